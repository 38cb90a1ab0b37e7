//! Numbers that may be of living people: found by the 11-proof, and hidden in everything said about them.
//! It knows reserved ranges and asks nobody.

use super::source::{Node, Region};
use crate::model::cast::Numbers;

/// Beginnings of citizen service numbers that are no person's.
pub(super) struct Ranges(Vec<String>);

impl Ranges {
    /// The reserved ranges, and those that an owner vouches for.
    pub fn of(numbers: &Numbers, owned: &[&str]) -> Self {
        let reserved = numbers.bsn.ranges.iter().filter(|range| range.digits == 9).map(|range| range.prefix.as_str());
        Self(reserved.chain(owned.iter().copied()).filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect())
    }

    fn has(&self, digits: &str) -> bool {
        self.0.iter().any(|prefix| digits.starts_with(prefix))
    }
}

/// A number that may be someone's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The digits as they stand; never printed.
    pub digits: String,
    /// Where.
    pub region: Region,
}

/// Whether these nine digits pass the 11-proof of citizen service numbers.
pub(super) fn passes(digits: &str) -> bool {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    if digits.len() != 9 || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.bytes().all(|b| b == b'0') {
        return false;
    }
    let sum: i32 = digits.bytes().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    sum % 11 == 0
}

/// The runs of exactly nine digits in a text that may be someone's number.
pub(super) fn real_numbers(text: &str, ranges: &Ranges) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = bytes[at..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |length| at + length);
        // Within a word, as in a digest, digits are no number.
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let alone = ![before, bytes.get(end)].into_iter().flatten().any(u8::is_ascii_alphabetic);
        let digits = &text[at..end];
        if alone && passes(digits) && !ranges.has(digits) {
            found.push(Found { digits: digits.to_owned(), region: Region::of(text, at, end) });
        }
        at = end;
    }
    found
}

/// The same in values as they are read: escapes are undone, and a `bsn` that lost its zero counts.
pub(super) fn real_scalars(tree: &Node, ranges: &Ranges) -> Vec<Found> {
    let mut found = Vec::new();
    tree.each_scalar(&mut |text, region| {
        found.extend(real_numbers(text, ranges).into_iter().map(|number| Found { region, ..number }));
    });
    tree.each_map(&mut |map| {
        let Some(node) = map.get("bsn") else { return };
        let Some(short) = node.scalar().filter(|text| text.len() == 8) else {
            return;
        };
        let digits = format!("0{short}");
        if passes(&digits) && !ranges.has(&digits) {
            found.push(Found { digits: short.to_owned(), region: node.region });
        }
    });
    found
}

/// A text with these made unreadable, byte for byte as long as before.
pub(super) fn masked(text: &str, hidden: &[String]) -> String {
    hidden.iter().fold(text.to_owned(), |text, hidden| text.replace(hidden, &"#".repeat(hidden.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by the proof alone, outside the reserved range, and put together here so that it stands in no file.
    fn made_up() -> String {
        (0..10).map(|last| format!("12345{}{last}", "678")).find(|digits| passes(digits)).unwrap_or_default()
    }

    #[test]
    fn the_proof_is_that_of_citizen_service_numbers() {
        assert!(passes("999990019"));
        assert!(!passes("999990018"));
        assert!(!passes("000000000"));
        assert!(!passes("99999001"));
    }

    #[test]
    fn a_number_outside_the_ranges_is_found_and_hidden() {
        let number = made_up();
        let text = format!("bsn: \"{number}\" # 999990019 and a{number}f\n");
        let ranges = Ranges(vec!["99999".to_owned()]);
        let found = real_numbers(&text, &ranges);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].region.line, found[0].region.column), (1, 7));
        let hidden = masked(&text, &[found[0].digits.clone()]);
        assert!(!hidden.contains(&number));
        assert_eq!(hidden.len(), text.len());
    }
}
