//! Citizen service numbers, counted where they are labelled as such: by system, identifier or name.
//! Whose they are is decided by range and by the run's own people; nothing else is guessed.

use super::part::Part;
use crate::engine::oracle::views::{Piece, digits::Nine, object::Objects};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use regex::bytes::Regex;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

/// What may stand between a label and its number.
static AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)^[^0-9a-z]{0,80}(?:(?:value|extension|nummer|number|content|nr)[a-z]*[^0-9a-z]{0,24}){0,3}([0-9])",
    )
    .ok()
});
/// The same where the number comes first.
static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)(?:value|extension)\\?["']?\s*[=:]\s*\\?["']([0-9])[0-9 .-]{6,13}\\?["']([^0-9]{0,80})$"#).ok()
});
/// Where one object or element ends before the next begins: a label counts within its own, not for its neighbours.
static NEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)\}(?:\s|\\[nrt])*,(?:\s|\\[nrt])*\{|</?(?:[\w.-]+:)?(?:identifier|id)\b").ok());
/// How far a number may stand before its label.
const BEHIND: usize = 240;

/// How numbers are labelled, and which of them are nobody's.
pub(super) struct Numbers {
    labels: Vec<String>,
    searcher: Option<AhoCorasick>,
    ranges: Vec<String>,
    salt: String,
}

impl Numbers {
    pub(super) fn new(ranges: Vec<String>, labels: Vec<String>, salt: &str) -> Self {
        let labels: Vec<String> = labels.into_iter().filter(|label| !label.is_empty()).collect();
        let searcher = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(&labels).ok();
        let ranges = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        Self { labels, searcher, ranges, salt: salt.to_owned() }
    }

    /// The labelled numbers of these views that pass the 11-proof.
    pub(super) fn labelled(&self, pieces: &[Piece]) -> BTreeSet<Nine> {
        let mut found = BTreeSet::new();
        for piece in pieces {
            self.in_text(&piece.text, &mut found);
        }
        found.retain(passes);
        found
    }

    fn in_text(&self, text: &[u8], found: &mut BTreeSet<Nine>) {
        let Some(searcher) = &self.searcher else { return };
        let (mut objects, mut labelled) = (None, BTreeSet::new());
        for hit in searcher.find_overlapping_iter(text) {
            let Some(label) = self.labels.get(hit.pattern().as_usize()) else { continue };
            let (from, to) = (hit.start(), hit.end());
            if within_word(text, from, to) {
                continue;
            }
            let after = &text[to..];
            let number = AFTER.as_ref().and_then(|after_label| after_label.captures(after)?.get(1));
            if let Some(number) = number.filter(|number| !is_past_the_end(&after[..number.start()])) {
                found.extend(number_at(after, number.start()));
            }
            let before = &text[from.saturating_sub(BEHIND)..from];
            let number = BEFORE.as_ref().and_then(|before_label| {
                let captured = before_label.captures(before)?;
                let between = captured.get(2)?.as_bytes();
                captured.get(1).filter(|_| !is_past_the_end(between))
            });
            if let Some(number) = number {
                found.extend(number_at(before, number.start()));
            }
            if label.contains([':', '.']) {
                let objects = objects.get_or_insert_with(|| Objects::of(text, "value"));
                labelled.extend(objects.around(from));
            }
        }
        // Each object once, however many labels stand in it.
        for values in labelled.iter().flat_map(|object| objects.iter().map(|objects| objects.values(*object))) {
            found.extend(values.iter().filter_map(|value| number_at(value, 0)));
        }
    }

    /// The numbers that a value of this name may be: labelled by its name or within it, or the whole of it.
    ///
    /// Nothing stands around a value that an action returns, so that a number without a label counts here, as it
    /// does in a target file. Only nine digits: eight are a date as well.
    pub(super) fn named(&self, name: &str, value: &Part) -> BTreeSet<Nine> {
        let mut found = BTreeSet::new();
        for piece in value.pieces() {
            self.in_text(&piece.text, &mut found);
            self.in_text(&[name.as_bytes(), b"=", &piece.text].concat(), &mut found);
            let whole = piece.text.trim_ascii();
            if whole.iter().filter(|byte| byte.is_ascii_digit()).count() == 9 {
                found.extend(number_at(whole, 0).filter(|_| whole.iter().all(is_of_number)));
            }
        }
        found.retain(passes);
        found
    }

    /// Whether a number is in none of the ranges where nobody lives.
    pub(super) fn is_real(&self, nine: &Nine) -> bool {
        !self.ranges.iter().any(|range| nine.starts_with(range.as_bytes()))
    }

    /// What is told of a real number: enough to see that it is the same one again in this run.
    pub(super) fn hash(&self, nine: &Nine) -> String {
        let digest = Sha256::new().chain_update(self.salt.as_bytes()).chain_update([0]).chain_update(nine).finalize();
        digest.iter().take(8).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// Whether what stands between a label and a number leads from one object or element into the next.
fn is_past_the_end(between: &[u8]) -> bool {
    NEXT.as_ref().is_some_and(|next| next.is_match(between))
}

/// Whether a label is part of a longer word, or an identifier of a longer one.
fn within_word(text: &[u8], from: usize, to: usize) -> bool {
    let inner = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let dotted = text.get(to) == Some(&b'.') && text.get(to + 1).is_some_and(u8::is_ascii_digit);
    inner(from.checked_sub(1).and_then(|at| text.get(at))) || inner(text.get(to)) || dotted
}

/// The nine digits that begin here, in groups or not; eight stand for nine with a zero lost in front.
fn number_at(text: &[u8], from: usize) -> Option<Nine> {
    let mut digits = Vec::new();
    let mut grouped = false;
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match byte {
            b'0'..=b'9' => digits.push(*byte),
            b' ' | b'.' | b'-' if digits.len() < 9 && text.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                grouped = true
            }
            _ => break,
        }
        at += 1;
        if digits.len() > 9 {
            return None;
        }
    }
    if digits.len() == 8 && !grouped {
        digits.insert(0, b'0');
    }
    Nine::try_from(digits.as_slice()).ok()
}

/// What a number is written with, in groups or not.
fn is_of_number(byte: &u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'-')
}

/// The 11-proof.
fn passes(nine: &Nine) -> bool {
    let sum: i32 =
        nine.iter().zip([9, 8, 7, 6, 5, 4, 3, 2, -1]).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    sum % 11 == 0 && nine.iter().any(|digit| *digit != b'0')
}
