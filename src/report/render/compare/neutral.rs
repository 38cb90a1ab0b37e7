//! Text on its way into a spreadsheet: nothing in it may be taken for a formula, now or after somebody saves it again.
//! Whatever begins like one gets an apostrophe in front, which every spreadsheet shows as text.

use crate::report::render::visible;

/// What a spreadsheet takes in one cell.
const LONGEST: usize = 32_000;

/// The text with nothing that steers, nothing that begins a formula, and no longer than a cell bears.
#[must_use]
pub fn neutral(text: &str) -> String {
    let mut out = visible(text);
    if out.trim_start().starts_with(begins_a_formula) {
        out.insert(0, '\'');
    }
    if out.encode_utf16().count() > LONGEST {
        let mut units = 0;
        let kept = |c: &char| {
            units += c.len_utf16();
            units < LONGEST
        };
        out = out.chars().take_while(kept).chain(['…']).collect();
    }
    out
}

/// Also as full-width forms, which some spreadsheets read alike.
pub(super) fn begins_a_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠' | '−')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_formula_becomes_text() {
        assert_eq!(neutral("=HYPERLINK(\"http://127.0.0.1\")"), "'=HYPERLINK(\"http://127.0.0.1\")");
        assert_eq!(neutral("  @SUM(A1)"), "'  @SUM(A1)");
        assert_eq!(neutral("\t-1"), "\\u{9}-1");
        assert_eq!(neutral("voldoet niet"), "voldoet niet");
    }

    proptest! {
        #[test]
        fn no_text_begins_a_formula_or_is_too_long(text in any::<String>(), times in 1..3_000usize) {
            let out = neutral(&text.repeat(times));
            prop_assert!(!out.trim_start().starts_with(begins_a_formula), "{out}");
            prop_assert!(out.encode_utf16().count() <= LONGEST);
        }
    }
}
