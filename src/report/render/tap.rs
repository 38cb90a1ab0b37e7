//! TAP 14: one test point per requirement and role, for any harness that reads it.
//! A MUST of which nothing was shown is `not ok`: a harness counts SKIP as success, and nothing was.

use super::alert::{self, Mark};
use super::visible;
use crate::model::report::{Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::{entry, page, tap};

/// The lines of a TAP stream.
#[must_use]
pub fn render(report: &Report, lang: Lang) -> String {
    let mut stream = Stream { lang, out: "TAP version 14\n".to_owned(), number: 0 };
    let points = report.preflight.len() + report.requirements.len();
    stream.line(&format!("1..{points}"));
    for stamp in page::stamps(report.run.selection, report.run.interrupted) {
        stream.line(&format!("# {}", visible(stamp.say(lang))));
    }
    let alerts = alert::all(report, lang);
    for found in alerts.iter().filter(|alert| alert.entry.is_none()) {
        stream.point("not ok", &found.title, None);
        stream.diagnostic(&found.lines);
    }
    for one in &report.requirements {
        let lines = alerts.iter().find(|alert| alert.entry.is_some_and(|known| std::ptr::eq(known, one)));
        stream.requirement(one, lines.map_or(&[], |alert| &alert.lines));
    }
    if points == 0 {
        stream.bail(tap::nothing().say(lang));
    } else if report.run.interrupted {
        stream.bail(tap::interrupted().say(lang));
    }
    stream.out
}

struct Stream {
    lang: Lang,
    out: String,
    number: usize,
}

impl Stream {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn requirement(&mut self, one: &RequirementEntry, lines: &[String]) {
        let role = entry::role(&one.role).into_said(self.lang);
        let says = visible(&format!("{} ({role}): {}", one.id, one.text.say(self.lang)));
        let ended = visible(entry::ended(one).say(self.lang));
        match (alert::mark(one), one.outcome.as_str()) {
            (Some(Mark::Broken | Mark::Open | Mark::SetUp), _) => self.point("not ok", &says, None),
            // Expected to fail now and then: a harness tells it and lets the job go on, as `run` does.
            (Some(Mark::Remark), _) => self.point("not ok", &says, Some(("TODO", &ended))),
            (None, "pass") => self.point("ok", &says, None),
            (None, _) => self.point("ok", &says, Some(("SKIP", &ended))),
        }
        if !lines.is_empty() {
            // The requirement's own sentence stands in the test point.
            self.diagnostic(&[&[ended], &lines[1..]].concat());
        }
    }

    fn point(&mut self, result: &str, says: &str, directive: Option<(&str, &str)>) {
        self.number += 1;
        let directive = directive.map(|(word, why)| format!(" # {word} {}", escaped(why))).unwrap_or_default();
        self.line(&format!("{result} {} - {}{directive}", self.number, escaped(says)));
    }

    /// A YAML block: one text in double quotes, in which YAML reads what JSON does.
    fn diagnostic(&mut self, lines: &[String]) {
        let text = lines.join(" · ").replace('\\', "\\\\").replace('"', "\\\"");
        self.line("  ---");
        self.line(&format!("  message: \"{text}\""));
        self.line("  ...");
    }

    fn bail(&mut self, why: &str) {
        self.line(&format!("Bail out! {why}"));
    }
}

/// A hash begins a directive, a backslash an escape.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
