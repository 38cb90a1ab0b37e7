//! Compression undone, never beyond the room that is given.
//! What breaks half-way yields what came before it.

use super::run::holds_text;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// Below this size nobody compresses without a header.
const BARE_LEAST: usize = 48;

/// What came out.
pub(crate) struct Undone {
    /// The codings, outermost first.
    pub(crate) codings: Vec<&'static str>,
    pub(crate) text: Vec<u8>,
    /// Whether it ended by itself, and not at the end of the room or of what was received.
    pub(crate) complete: bool,
}

/// Undoes the codings of a `content-encoding` header; nothing if one is unknown or the bytes are not so coded.
pub(crate) fn undo(bytes: &[u8], content_encoding: &str, room: usize) -> Option<Undone> {
    let mut undone = Undone { codings: Vec::new(), text: Vec::new(), complete: true };
    let mut current = None;
    for coding in content_encoding.rsplit(',').map(str::trim).filter(|coding| !coding.is_empty()).take(4) {
        let input: &[u8] = current.as_deref().unwrap_or(bytes);
        let (name, (text, complete)) = match coding.to_ascii_lowercase().as_str() {
            "identity" => continue,
            "gzip" | "x-gzip" => ("gzip", read(MultiGzDecoder::new(input), room)),
            "deflate" => ("deflate", {
                let zlib = zlib(input, room);
                if zlib.0.is_empty() { deflate(input, room) } else { zlib }
            }),
            _ => return None,
        };
        if text.is_empty() && !complete {
            return None;
        }
        undone.codings.push(name);
        undone.complete &= complete;
        current = Some(text);
    }
    undone.text = current?;
    Some(undone)
}

/// Undoes what says by its first bytes that it is compressed.
pub(super) fn by_magic(bytes: &[u8], room: usize) -> Option<(&'static str, Undone)> {
    let (name, (text, complete)) = match bytes {
        [0x1f, 0x8b, 8, ..] => ("gzip", read(MultiGzDecoder::new(bytes), room)),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => ("deflate", zlib(bytes, room)),
        _ => return None,
    };
    (!text.is_empty()).then_some((name, Undone { codings: vec![name], text, complete }))
}

/// Undoes deflate without any header, as in SAML redirects: only if it fits wholly and yields text.
pub(super) fn bare(bytes: &[u8], room: usize) -> Option<(&'static str, Undone)> {
    // Text is no deflate stream, and an attempt costs more than a look.
    if bytes.len() < BARE_LEAST || bytes.iter().all(|byte| matches!(byte, b'\t'..=b'~')) {
        return None;
    }
    let (text, complete) = deflate(bytes, room);
    (complete && holds_text(&text)).then(|| ("deflate", Undone { codings: vec!["deflate"], text, complete }))
}

/// What stands behind the end of a stream is none of it, and nobody has read it.
fn zlib(bytes: &[u8], room: usize) -> (Vec<u8>, bool) {
    let mut decoder = ZlibDecoder::new(bytes);
    let (text, complete) = read(&mut decoder, room);
    (text, complete && decoder.total_in() == bytes.len() as u64)
}

fn deflate(bytes: &[u8], room: usize) -> (Vec<u8>, bool) {
    let mut decoder = DeflateDecoder::new(bytes);
    let (text, complete) = read(&mut decoder, room);
    (text, complete && decoder.total_in() == bytes.len() as u64)
}

fn read(mut decoder: impl Read, room: usize) -> (Vec<u8>, bool) {
    let mut text = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        match decoder.read(&mut part) {
            Ok(0) => return (text, true),
            Ok(width) if text.len() + width > room => {
                text.extend_from_slice(&part[..room - text.len()]);
                return (text, false);
            }
            Ok(width) => text.extend_from_slice(&part[..width]),
            Err(_) => return (text, false),
        }
    }
}
