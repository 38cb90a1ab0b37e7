//! `report.json`: the product itself, pretty-printed with a final line break.
//! Characters that steer stand as escapes, so that the file can be shown on a terminal; their value stays.

use super::visible::steers;
use crate::model::report::Report;

/// The bytes of `report.json`.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(report)?;
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
    Ok(out.into_bytes())
}
