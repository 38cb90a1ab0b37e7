//! Code Quality for GitLab: a list of issues, of which the merge request shows those that came and went.
//! The fingerprint depends on requirement and role alone, so that the same issue is known again in the next run.

use super::alert::{self, Alert, Mark};
use super::visible;
use crate::model::report::Report;
use crate::model::text::Lang;
use serde_json::{Value, json};

/// The bytes of a Code Quality report. `source` is the file at which the issues point.
///
/// # Errors
/// Never for a report that this program built; serde's signature says so.
pub fn render(report: &Report, lang: Lang, source: &str) -> serde_json::Result<String> {
    let issues: Vec<Value> = alert::all(report, lang)
        .iter()
        .map(|alert| {
            json!({
                "description": format!("{}. {}", alert.title, alert.lines.join(" · ")),
                "check_name": alert.rule,
                "fingerprint": alert.fingerprint,
                "severity": severity(alert),
                // The file as a whole: nothing in it is wrong, it says what was tested.
                "location": { "path": visible(source), "lines": { "begin": 1 } },
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&issues)?;
    text.push('\n');
    Ok(text)
}

/// Ours in the words of the format. Of a broken MUST the severity counts; of the rest, whether it stops the job.
fn severity(alert: &Alert<'_>) -> &'static str {
    match (alert.mark, alert.severity) {
        (Mark::Broken, "I") => "blocker",
        (Mark::Broken, "II") => "critical",
        (Mark::Broken, _) | (Mark::SetUp, _) => "major",
        (Mark::Open, _) => "minor",
        (Mark::Remark, _) => "info",
    }
}
