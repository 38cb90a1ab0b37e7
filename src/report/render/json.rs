//! `report.json`: the product itself, pretty-printed with a final line break.
//! Characters that steer stand as escapes, so that the file can be shown on a terminal; their value stays.

use super::visible::steers;
use crate::model::report::Report;
use serde::Serialize;

/// The bytes of `report.json`.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report) -> serde_json::Result<Vec<u8>> {
    text(report).map(String::into_bytes)
}

/// Any value of ours, written the same way.
///
/// # Errors
/// When it cannot be JSON.
pub fn text(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(value)?;
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Outside strings JSON is plain ASCII, so whatever steers stands inside one, where an escape means the same.
        if c != '\n' && steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out.push('\n');
    Ok(out)
}
