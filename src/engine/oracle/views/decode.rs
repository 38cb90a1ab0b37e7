//! Decodings of a text as a whole: percent, form, entity, JSON escape, UTF-16.
//! Each says where every byte came from if it is asked to, and nothing if it changed nothing.

use super::Span;

/// A text to decode, with the origins of its bytes.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) text: &'a [u8],
    pub(super) trace: Trace<'a>,
}

/// What is known of origins.
#[derive(Clone, Copy)]
pub(super) enum Trace<'a> {
    /// Not asked for.
    Off,
    /// The text is the input itself.
    Root,
    /// One for each byte.
    Spans(&'a [Span]),
}

impl Source<'_> {
    /// The origin of a part, from its first and last byte.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        match self.trace {
            Trace::Off => (0, 0),
            Trace::Root => (narrow(from), narrow(to)),
            Trace::Spans(spans) => match (spans.get(from), spans.get(to.saturating_sub(1))) {
                (Some(first), Some(last)) => (first.0.min(last.0), first.1.max(last.1)),
                _ => (0, 0),
            },
        }
    }
}

/// What a decoding made so far.
pub(super) struct Made<'a> {
    source: Source<'a>,
    pub(super) text: Vec<u8>,
    pub(super) spans: Vec<Span>,
}

impl<'a> Made<'a> {
    pub(super) const fn new(source: Source<'a>) -> Self {
        Self { source, text: Vec::new(), spans: Vec::new() }
    }

    pub(super) const fn trace(&self) -> Trace<'_> {
        match self.source.trace {
            Trace::Off => Trace::Off,
            Trace::Root | Trace::Spans(_) => Trace::Spans(self.spans.as_slice()),
        }
    }

    /// Takes a part over as it is.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.text.extend_from_slice(&self.source.text[from..to]);
        match self.source.trace {
            Trace::Off => {}
            Trace::Root => self.spans.extend((from..to).map(|at| (narrow(at), narrow(at + 1)))),
            Trace::Spans(spans) => self.spans.extend_from_slice(&spans[from..to]),
        }
    }

    /// Puts bytes that a part stands for.
    pub(super) fn put(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.text.extend_from_slice(bytes);
        if !matches!(self.source.trace, Trace::Off) {
            let span = self.source.span(from, to);
            self.spans.extend(std::iter::repeat_n(span, bytes.len()));
        }
    }

    /// Adds another on a line of its own.
    pub(super) fn append(&mut self, other: &Made<'_>) {
        if other.text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(b'\n');
            if let Some(last) = self.spans.last().copied() {
                self.spans.push((last.1, last.1));
            }
        }
        self.text.extend_from_slice(&other.text);
        self.spans.extend_from_slice(&other.spans);
    }
}

pub(super) fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// `%63` to `c`.
pub(super) fn percent(source: Source<'_>) -> Option<Made<'_>> {
    rewrite(source, b'%', |rest| {
        let byte = hex_digit(*rest.get(1)?)? << 4 | hex_digit(*rest.get(2)?)?;
        Some((3, Few::Byte(byte)))
    })
}

/// `+` to a space, in what looks like a query and nothing else: elsewhere a plus is a plus.
pub(super) fn form(source: Source<'_>) -> Option<Made<'_>> {
    if source.text.iter().any(|byte| matches!(byte, b' ' | b'\n' | b'"' | b'{' | b'<')) || !source.text.contains(&b'=')
    {
        return None;
    }
    rewrite(source, b'+', |_| Some((1, Few::Byte(b' '))))
}

/// `&#99;`, `&#x63;` and `&amp;` to what they stand for.
pub(super) fn entity(source: Source<'_>) -> Option<Made<'_>> {
    rewrite(source, b'&', |rest| {
        let end = rest.iter().take(14).position(|byte| *byte == b';')?;
        let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
        let decoded = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            "sol" => '/',
            "colon" => ':',
            "period" => '.',
            "equals" => '=',
            "plus" => '+',
            "lowbar" => '_',
            "hyphen" | "dash" => '-',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        };
        Some((end + 1, Few::Char(decoded)))
    })
}

/// `\u0063`, `\/` and `\"` to what they stand for.
pub(super) fn json(source: Source<'_>) -> Option<Made<'_>> {
    rewrite(source, b'\\', |rest| {
        let decoded = match *rest.get(1)? {
            byte @ (b'"' | b'\\' | b'/' | b'\'') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'x' => return Some((4, Few::Char(char::from_u32(unit(rest.get(2..4)?)?)?))),
            b'u' => return escaped(rest),
            _ => return None,
        };
        Some((2, Few::Char(decoded)))
    })
}

fn escaped(rest: &[u8]) -> Option<(usize, Few)> {
    let high = unit(rest.get(2..6)?)?;
    if let Some(decoded) = char::from_u32(high) {
        return Some((6, Few::Char(decoded)));
    }
    let pair = rest.get(6..8).filter(|lead| lead == b"\\u").and_then(|_| unit(rest.get(8..12)?)).and_then(|low| {
        let joined = 0x1_0000 + (high.checked_sub(0xd800)? << 10) + low.checked_sub(0xdc00)?;
        char::from_u32(joined)
    });
    Some(pair.map_or((6, Few::Char('\u{fffd}')), |decoded| (12, Few::Char(decoded))))
}

fn unit(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| Some(sum << 4 | u32::from(hex_digit(*digit)?)))
}

pub(super) const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// UTF-16, by its mark or by its many zeros.
pub(super) fn utf16(source: Source<'_>) -> Option<(&'static str, Made<'_>)> {
    let text = source.text;
    let zeros = |odd: usize| text.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let many = |odd: usize| text.len() >= 16 && zeros(odd) * 10 > text.len() * 3;
    let (little, start) = match text {
        [0xff, 0xfe, ..] => (true, 2),
        [0xfe, 0xff, ..] => (false, 2),
        _ if !text.iter().take(64).any(|byte| *byte == 0) => return None,
        _ if many(1) => (true, 0),
        _ if many(0) => (false, 0),
        _ => return None,
    };
    let mut made = Made::new(source);
    let units = text[start..].chunks_exact(2).map(|pair| match pair {
        [first, second] if little => u16::from_le_bytes([*first, *second]),
        [first, second] => u16::from_be_bytes([*first, *second]),
        _ => 0,
    });
    let mut at = start;
    for decoded in char::decode_utf16(units) {
        let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
        let width = decoded.len_utf16() * 2;
        made.put(decoded.encode_utf8(&mut [0; 4]).as_bytes(), at, at + width);
        at += width;
    }
    Some((if little { "utf-16le" } else { "utf-16be" }, made))
}

/// What an escape stands for.
enum Few {
    Byte(u8),
    Char(char),
}

fn rewrite(source: Source<'_>, lead: u8, escape: impl Fn(&[u8]) -> Option<(usize, Few)>) -> Option<Made<'_>> {
    let text = source.text;
    let mut made = Made::new(source);
    let (mut copied, mut at, mut changed) = (0, 0, false);
    while let Some(next) = text[at..].iter().position(|byte| *byte == lead) {
        at += next;
        let Some((width, decoded)) = escape(&text[at..]) else {
            at += 1;
            continue;
        };
        if !changed {
            made.text.reserve(text.len());
        }
        changed = true;
        made.copy(copied, at);
        match decoded {
            Few::Byte(byte) => made.put(&[byte], at, at + width),
            Few::Char(decoded) => made.put(decoded.encode_utf8(&mut [0; 4]).as_bytes(), at, at + width),
        }
        at += width;
        copied = at;
    }
    changed.then(|| {
        made.copy(copied, text.len());
        made
    })
}
