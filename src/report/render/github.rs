//! Workflow commands: annotations that a job on GitHub shows beside the change.
//! Each is one line; line ends and percent signs stand as escapes, so that no text becomes a command of its own.

use super::alert::{self, Alert, Mark};
use super::view::View;
use super::visible;
use crate::model::report::Report;
use crate::model::text::Lang;

/// The commands: first the conclusion, then every alert. `source` is the file at which they point.
#[must_use]
pub fn render(report: &Report, lang: Lang, source: &str) -> String {
    let view = View::of(report, lang);
    let conclusion = format!("{}\n{}.", visible(&view.verdict), visible(&view.completeness));
    let mut out = command("notice", source, &visible(&view.product), &conclusion);
    for alert in alert::all(report, lang) {
        out.push_str(&command(level(&alert), source, &alert.title, &alert.lines.join("\n")));
    }
    out
}

/// What stops the job is an error; what was not shown, or is only a SHOULD, a warning.
fn level(alert: &Alert<'_>) -> &'static str {
    match alert.mark {
        Mark::SetUp | Mark::Broken => "error",
        Mark::Open | Mark::Remark => "warning",
    }
}

fn command(level: &str, source: &str, title: &str, message: &str) -> String {
    let (file, title) = (property(&visible(source)), property(title));
    format!("::{level} file={file},line=1,title={title}::{}\n", data(message))
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: a comma or colon would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
