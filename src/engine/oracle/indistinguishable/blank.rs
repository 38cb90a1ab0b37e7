//! A person's own values taken out of a text, so that an echo of the question is no difference.
//! Which of the values stood there stays visible: naming an id that was never asked is an answer.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeSet;

/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Shorter values stand in texts by chance, so they count only where they stand as a value.
const SHORT: usize = 4;

/// Own values in every form in which they are looked for, longest first.
pub struct Blanks {
    forms: Vec<Form>,
}

struct Form {
    /// In small letters.
    text: String,
    mark: String,
    short: bool,
}

impl Blanks {
    /// For these values. Unless `numbered`, all of them leave the same mark.
    pub fn of(own: &[String], numbered: bool) -> Self {
        let mut forms = Vec::new();
        let mut seen = BTreeSet::new();
        for (position, value) in own.iter().enumerate().filter(|(_, value)| !value.is_empty()) {
            let mark = if numbered { format!("⟦own:{position}⟧") } else { "⟦own⟧".to_owned() };
            for text in [
                value.clone(),
                utf8_percent_encode(value, RESERVED).to_string(),
                utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
                url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            ] {
                let text = text.to_ascii_lowercase();
                if seen.insert(text.clone()) {
                    forms.push(Form { short: value.chars().count() < SHORT, mark: mark.clone(), text });
                }
            }
        }
        forms.sort_by_key(|form| std::cmp::Reverse(form.text.len()));
        Self { forms }
    }

    /// The text without them; letter case does not count.
    pub fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut small = text.to_ascii_lowercase();
        for form in &self.forms {
            if !small.contains(&form.text) {
                continue;
            }
            let is_url = small.contains("://") || small.starts_with('/') || small.starts_with('?');
            let (mut blanked, mut end) = (String::new(), 0);
            for (start, found) in small.match_indices(&form.text) {
                let after = start + found.len();
                if form.short && !stands_as_value(&small[..start], &small[after..], is_url) {
                    continue;
                }
                blanked.push_str(&text[end..start]);
                blanked.push_str(&form.mark);
                end = after;
            }
            blanked.push_str(&text[end..]);
            small = blanked.to_ascii_lowercase();
            text = blanked;
        }
        text
    }

    /// A number as text, blanked only if it is one of the longer values as a whole.
    pub fn apply_to_number(&self, text: &str) -> String {
        let whole = self.forms.iter().find(|form| !form.short && form.text == text);
        whole.map_or_else(|| text.to_owned(), |form| form.mark.clone())
    }
}

fn stands_as_value(before: &str, after: &str, is_url: bool) -> bool {
    let ends = after.chars().next().is_none_or(|next| "/?&#|\"'<>,;) ".contains(next));
    match before.chars().next_back() {
        None => after.is_empty(),
        Some('/' | '|') => ends,
        Some('=') => ends && is_url,
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn own_values_are_blanked_in_every_form() {
        let blanks = Blanks::of(&own(&["Abc-7", "999912345", "van Dïjk"]), true);
        assert_eq!(blanks.apply("Patient/abc-7 (999912345)"), "Patient/⟦own:0⟧ (⟦own:1⟧)");
        assert_eq!(blanks.apply("?f=van%20D%C3%AFjk&g=van+D%c3%afjk&i=abc%2D7"), "?f=⟦own:2⟧&g=⟦own:2⟧&i=⟦own:0⟧");
        assert_eq!(Blanks::of(&own(&["a-long-id"]), false).apply("a-long-id"), "⟦own⟧");
        assert_eq!(blanks.apply_to_number("999912345"), "⟦own:1⟧");
    }

    #[test]
    fn a_short_value_counts_only_where_it_stands_as_one() {
        let blanks = Blanks::of(&own(&["5", ""]), true);
        assert_eq!(blanks.apply("Patient/5"), "Patient/⟦own:0⟧");
        assert_eq!(blanks.apply("http://h/Patient?_id=5&x=55"), "http://h/Patient?_id=⟦own:0⟧&x=55");
        assert_eq!(blanks.apply("5"), "⟦own:0⟧");
        for text in ["timeout=5, max=100", "FHIR 5.0", "15", "5 entries"] {
            assert_eq!(blanks.apply(text), text);
        }
        assert_eq!(blanks.apply_to_number("5"), "5");
    }
}
