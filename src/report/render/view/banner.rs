//! What limits the whole page, in the order in which it weighs.
//! Everything here is a field of the report, or was given beside it.

use super::super::frame::Frame;
use crate::model::report::{Report, Said};
use crate::model::text::Lang;
use crate::report::words::{banner, page};

/// A limit of the whole page.
pub struct Banner {
    /// How the style sheet knows it.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
}

/// All of them.
pub(super) fn all(report: &Report, frame: &Frame, lang: Lang) -> Vec<Banner> {
    let completeness = report.conclusion.completeness;
    let run = &report.run;
    let excused = report.requirements.iter().filter(|one| one.not_testable.is_some()).count();
    let stamp = |selection, interrupted| page::stamps(selection, interrupted).into_iter().next();
    let outdated = frame.outdated(report).zip(frame.as_of);
    let found: [(&'static str, Option<Said>); 7] = [
        ("interrupted", stamp(false, run.interrupted)),
        ("selection", stamp(run.selection, false)),
        ("partial", (completeness.judged < completeness.applicable).then(banner::partial)),
        ("outdated", outdated.map(|(ended, as_of)| banner::outdated(ended, as_of))),
        ("waived", (!frame.waived.is_empty()).then(|| banner::waived(frame.waived.len()))),
        ("excused", (excused > 0).then(|| banner::excused(excused))),
        ("challenge", run.parameters.challenge.as_ref().map(|_| banner::challenge())),
    ];
    found.into_iter().filter_map(|(kind, said)| Some(Banner { kind, text: said?.into_said(lang) })).collect()
}
