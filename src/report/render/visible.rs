//! Text of an endpoint on its way to a person: nothing in it may steer a terminal or turn the writing around.
//! Control and direction characters become visible escapes; everything else stands as it came.

/// The text with control and direction characters made visible.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let steers = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if steers {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_escape_sequence_is_shown_not_obeyed() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("\u{202e}txt"), "\\u{202e}txt");
        assert_eq!(visible("tabel é"), "tabel é");
    }

    proptest! {
        #[test]
        fn nothing_that_steers_survives(text in "\\PC*|.*") {
            let shown = visible(&text);
            let steers = shown.chars().any(|c| c.is_control() || c == '\u{202e}');
            prop_assert!(!steers);
        }
    }
}
