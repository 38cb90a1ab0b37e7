//! Text of an endpoint on its way to a person: nothing in it may steer a terminal or turn the writing around.
//! Control and direction characters become visible escapes; everything else stands as it came.

use unicode_general_category::{GeneralCategory, get_general_category};

/// Whether this character acts instead of being seen: control, formatting and direction characters, line
/// and paragraph separators, and code points that no text holds.
#[must_use]
pub fn steers(c: char) -> bool {
    // Most of every report is ASCII; the table is for the rest.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    match get_general_category(c) {
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned => true,
        // The list of categories is Unicode's; all others are letters, marks, digits, signs and spaces.
        _ => false,
    }
}

/// The character as an escape that can be read.
pub(super) fn escaped(c: char) -> String {
    c.escape_unicode().to_string()
}

/// The text with control and direction characters made visible.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// A whole line for a terminal, made visible, that a CI runner does not take for a command of its own: GitHub's reads
/// `::name …::` at the beginning of what a job prints, and `##[name …]` anywhere in it; others read `##vso[` and `##teamcity[`.
#[must_use]
pub fn unheard(line: &str) -> String {
    let command = |line: String, mark: &str| line.replace(mark, &format!("\\u{{23}}{}", &mark[1..]));
    let line = ["##[", "##vso[", "##teamcity["].into_iter().fold(visible(line), command);
    let text = line.trim_start();
    match text.strip_prefix("::") {
        Some(rest) => format!("{}\\u{{3a}}:{rest}", &line[..line.len() - text.len()]),
        None => line,
    }
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

    #[test]
    fn every_character_that_turns_the_writing_is_known() {
        let turning = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(turning.chars().all(steers));
        let hiding =
            "\u{0}\u{7f}\u{85}\u{9b}\u{ad}\u{180e}\u{200b}\u{2028}\u{2029}\u{2060}\u{feff}\u{fff9}\u{ffff}\u{e0041}";
        assert!(hiding.chars().all(steers));
    }

    #[test]
    fn a_runner_hears_nothing() {
        assert_eq!(unheard("  ::error::x"), "  \\u{3a}:error::x");
        assert_eq!(unheard("a ##[add-path]b ::x::"), "a \\u{23}#[add-path]b ::x::");
        assert_eq!(unheard("##vso[x]y ##teamcity[z]"), "\\u{23}#vso[x]y \\u{23}#teamcity[z]");
        assert_eq!(unheard("a::b # c"), "a::b # c");
    }

    #[test]
    fn what_people_write_stays() {
        assert!(!"Zoë Ćosić, 東京, ا ב, 1 ½ €; «…» ⟦token:1:32⟧ 😀".chars().any(steers));
    }

    proptest! {
        #[test]
        fn nothing_that_steers_survives(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(steers));
        }
    }
}
