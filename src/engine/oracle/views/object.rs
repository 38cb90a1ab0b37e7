//! The object that a place in a JSON text belongs to, found by its braces.
//! It also works in text that is cut off or stands within other text, where a parser gives up.

use std::ops::Range;

/// How far a brace is looked for.
const REACH: usize = 512 * 1024;

/// The object around this place, braces included; to the end of the text if it is cut off.
pub(crate) fn around(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let mut start = None;
    for (index, byte) in text[..at.min(text.len())].iter().enumerate().rev().take(REACH) {
        match byte {
            b'}' => depth += 1,
            b'{' if depth == 0 => {
                start = Some(index);
                break;
            }
            b'{' => depth -= 1,
            _ => {}
        }
    }
    let start = start?;
    let mut depth = 0_usize;
    for (index, byte) in text.iter().enumerate().skip(at).take(REACH) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(start..index + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    Some(start..text.len().min(at + REACH))
}

/// The text values of a member of this object itself, not of objects within.
pub(crate) fn members<'a>(object: &'a [u8], name: &str) -> Vec<&'a [u8]> {
    let mut values = Vec::new();
    let mut depth = 0_usize;
    for (index, byte) in object.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'"' if depth == 1 => values.extend(member(&object[index..], name)),
            _ => {}
        }
    }
    values
}

fn member<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let rest = text.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\"")?;
    let rest = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    Some(&rest[..end])
}
