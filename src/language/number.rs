//! Numbers that may be of living people: found by the 11-proof, and hidden in everything said about them.
//! It knows reserved ranges and asks nobody.

use super::code::Code;
use super::diagnostic::{Diagnostic, SourceFile};
use super::source::{Node, Region};
use crate::model::cast::Numbers;
use std::sync::Arc;

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

/// The same where a text is percent-coded, as in a query: `%7C` before a number is a bar, no part of a word.
pub(super) fn coded_numbers(text: &str, ranges: &Ranges) -> Vec<Found> {
    let (mut plain, mut origin): (Vec<u8>, Vec<usize>) = (text.bytes().collect(), (0..text.len()).collect());
    let mut found = Vec::new();
    // What was coded more often than twice nobody sends.
    for _ in 0..2 {
        let before = plain.len();
        (plain, origin) = decoded(&plain, &origin);
        if plain.len() == before {
            break;
        }
        // Byte for byte: no digit is part of a longer character.
        let seen: String = plain.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
        found.extend(real_numbers(&seen, ranges).into_iter().map(|number| {
            let start = origin.get(number.region.start).copied().unwrap_or_default();
            let end = origin.get(number.region.end).copied().unwrap_or(text.len());
            Found { region: Region::of(text, start, end), ..number }
        }));
    }
    found
}

/// A text with one layer of percent-coding undone, and where each byte of it stood.
fn decoded(text: &[u8], origin: &[usize]) -> (Vec<u8>, Vec<usize>) {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut plain, mut places, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        let coded = if *byte == b'%' { digit(at + 1).zip(digit(at + 2)) } else { None };
        let coded = coded.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        plain.push(coded.unwrap_or(*byte));
        places.push(origin[at]);
        at += if coded.is_some() { 3 } else { 1 };
    }
    (plain, places)
}

/// What must be made unreadable because of these numbers: their digits, or all that is written where they stand.
pub(super) fn to_hide(real: &[Found], text: &str) -> Vec<String> {
    let mut hidden = Vec::new();
    for number in real {
        hidden.push(number.digits.clone());
        // Written with escapes it is not found by its digits; then all that is written there goes.
        let written = text.get(number.region.start..number.region.end).unwrap_or_default();
        if !written.is_empty() && !written.contains(&number.digits) {
            hidden.push(written.to_owned());
        }
    }
    hidden
}

/// The refusal of each of these numbers; `masked` is the text in which they cannot be read.
pub(super) fn refused(mut real: Vec<Found>, masked: &Arc<SourceFile>) -> Vec<Diagnostic> {
    real.sort_by_key(|number| (number.region.start, std::cmp::Reverse(number.region.end)));
    // A number in a quoted text is found twice: as it stands, and as it is read.
    let mut told: Vec<&Found> = Vec::new();
    for number in &real {
        if !told.iter().any(|other| other.digits == number.digits && other.region.line == number.region.line) {
            told.push(number);
        }
    }
    let refusal = |number: &&Found| {
        Diagnostic::at(Code::RealNumber, masked, number.region, "this may be the number of a living person")
            .label("nine digits that pass the 11-proof, outside every reserved range")
            .help(
                "use a number from `testcases/cast/numbers.yaml`, or declare the range under `number-ranges`"
                    .to_owned(),
            )
    };
    told.iter().map(refusal).collect()
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
