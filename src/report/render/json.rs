//! `report.json`: the product itself, pretty-printed with a final line break.
//! Characters that steer stand as escapes, so that the file can be shown on a terminal; their value stays.

use super::visible::steers;
use crate::model::report::Report;
use serde::Serialize;
use std::io::{self, Write};

/// The bytes of `report.json`.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report) -> serde_json::Result<Vec<u8>> {
    let mut out = Vec::new();
    write(report, &mut out)?;
    Ok(out)
}

/// Any value of ours as text, written the same way.
///
/// # Errors
/// When it cannot be JSON.
pub fn text(value: &impl Serialize) -> serde_json::Result<String> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    String::from_utf8(out).map_err(|error| serde_json::Error::io(io::Error::other(error)))
}

/// Writes any value of ours in the same form, without holding it in memory as text.
///
/// # Errors
/// When the writer refuses.
pub fn write(value: &impl Serialize, mut out: &mut dyn Write) -> serde_json::Result<()> {
    serde_json::to_writer_pretty(Escaping(&mut out), value)?;
    out.write_all(b"\n").map_err(serde_json::Error::io)
}

struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // JSON comes in whole pieces of text; a piece that ended within a character would be a fault of the writer.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut plain = 0;
        for (at, c) in text.char_indices() {
            // Outside strings JSON is plain ASCII, so whatever steers stands inside one, where an escape means the same.
            if c != '\n' && steers(c) {
                self.0.write_all(&bytes[plain..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(self.0, "\\u{unit:04x}")?;
                }
                plain = at + c.len_utf8();
            }
        }
        self.0.write_all(&bytes[plain..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
