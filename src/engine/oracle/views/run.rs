//! Runs of the base64 and hexadecimal alphabets, and what they decode to.
//! Both base64 alphabets are one here, padding is optional, and every alignment is tried.

use super::decode::{Made, Source, hex_digit};

/// The shortest run of the base64 alphabet that is decoded: twelve bytes.
const BASE64_LEAST: usize = 16;
/// The shortest run of hexadecimal digits that is decoded: twelve bytes.
const HEX_LEAST: usize = 24;
/// The shortest text that anybody looks for.
const TEXT_LEAST: usize = 8;
/// A line at least this long may go on in the next, as in MIME and PEM.
const LINE_LEAST: usize = 40;

/// A run of the base64 alphabet.
pub(super) struct Run {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where each letter stands, if there are line breaks within.
    places: Option<Vec<usize>>,
}

/// The runs of a text, in order.
pub(super) fn runs(text: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if sextet(text[at]).is_none() {
            at += 1;
            continue;
        }
        let from = at;
        let mut to = line_end(text, at);
        let mut line = (from, to);
        let mut lines = Vec::new();
        while let Some(next) = continued(text, line) {
            lines.push(line);
            to = line_end(text, next);
            line = (next, to);
        }
        let places = (!lines.is_empty()).then(|| {
            lines.push(line);
            lines.iter().flat_map(|(from, to)| *from..*to).collect::<Vec<_>>()
        });
        if to - from >= BASE64_LEAST {
            runs.push(Run { from, to, places });
        }
        at = to;
    }
    runs
}

fn line_end(text: &[u8], from: usize) -> usize {
    text[from..].iter().position(|byte| sextet(*byte).is_none()).map_or(text.len(), |width| from + width)
}

/// Where the next line of a broken run begins.
fn continued(text: &[u8], (from, to): (usize, usize)) -> Option<usize> {
    let rest = &text[to..];
    let gap = rest.iter().take(8).take_while(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t')).count();
    let broken = to - from >= LINE_LEAST && matches!(rest.first(), Some(b'\r' | b'\n'));
    (broken && rest.get(gap).is_some_and(|byte| sextet(*byte).is_some())).then_some(to + gap)
}

impl Run {
    fn length(&self) -> usize {
        self.places.as_ref().map_or(self.to - self.from, Vec::len)
    }

    fn place(&self, index: usize) -> usize {
        match &self.places {
            Some(places) => places.get(index).copied().unwrap_or(self.from),
            None => self.from + index,
        }
    }

    /// The bytes it stands for if this many letters before it do not belong to it.
    pub(super) fn base64<'a>(&self, source: Source<'a>, offset: usize) -> Made<'a> {
        let mut made = Made::new(source);
        made.text.reserve(self.length() * 3 / 4);
        let mut index = offset;
        while index + 1 < self.length() {
            let letter = |ahead: usize| {
                let at = index + ahead;
                if at < self.length() { sextet(source.text[self.place(at)]) } else { None }
            };
            let (Some(first), Some(second)) = (letter(0), letter(1)) else { break };
            self.put(&mut made, first << 2 | second >> 4, index);
            if let Some(third) = letter(2) {
                self.put(&mut made, second << 4 | third >> 2, index + 1);
                if let Some(fourth) = letter(3) {
                    self.put(&mut made, third << 6 | fourth, index + 2);
                }
            }
            index += 4;
        }
        made
    }

    fn put(&self, made: &mut Made<'_>, byte: u8, letter: usize) {
        made.put(&[byte], self.place(letter), self.place(letter + 1) + 1);
    }

    /// Adds what the hexadecimal runs within it stand for, at both alignments.
    pub(super) fn hex(&self, source: Source<'_>, into: &mut Made<'_>, plausible: fn(&[u8]) -> bool) {
        let mut index = 0;
        while index < self.length() {
            let digit = |at: usize| if at < self.length() { hex_digit(source.text[self.place(at)]) } else { None };
            let from = index;
            while digit(index).is_some() {
                index += 1;
            }
            for offset in 0..2 {
                if index - from < HEX_LEAST {
                    break;
                }
                let mut made = Made::new(source);
                let mut at = from + offset;
                while at + 1 < index {
                    if let (Some(high), Some(low)) = (digit(at), digit(at + 1)) {
                        made.put(&[high << 4 | low], self.place(at), self.place(at + 1) + 1);
                    }
                    at += 2;
                }
                if plausible(&made.text) {
                    into.append(&made);
                }
            }
            index += 1;
        }
    }
}

/// Whether there is text in it: as many printable bytes in a row as the shortest thing looked for.
pub(super) fn holds_text(bytes: &[u8]) -> bool {
    let mut row = 0;
    bytes.iter().any(|byte| {
        row = if matches!(byte, b' '..=b'~') { row + 1 } else { 0 };
        row >= TEXT_LEAST
    })
}

const fn sextet(byte: u8) -> Option<u8> {
    let value = SEXTETS[byte as usize];
    if value == 64 { None } else { Some(value) }
}

const SEXTETS: [u8; 256] = {
    let mut table = [64; 256];
    let mut letter = 0;
    while letter < 26 {
        table[b'A' as usize + letter as usize] = letter;
        table[b'a' as usize + letter as usize] = letter + 26;
        letter += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit as usize] = digit + 52;
        digit += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table
};
