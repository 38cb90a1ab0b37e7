//! `report.json`: the product itself, pretty-printed with a final line break.

use crate::model::report::Report;

/// The bytes of `report.json`.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(bytes)
}
