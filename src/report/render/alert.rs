//! What a tool that marks places in files is told of a report: one alert for everything that somebody has to do.
//! What is met, does not apply or was not asked for is no alert; the order is that of gravity.

use super::view::{self, Finding, Prose};
use super::visible;
use crate::model::report::{PreflightEntry, Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::{self, Label, entry};
use sha2::{Digest, Sha256};

/// The file at which an alert points where the caller names none: what is wrong is wrong with a running system, and
/// the target file is what describes it in the repository of its maker.
pub const SOURCE: &str = "toetssteen.yaml";

/// What an alert says of the system. In the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// It could not be tested like this.
    SetUp,
    /// A MUST is broken.
    Broken,
    /// Of a MUST that applies nothing was shown.
    Open,
    /// A SHOULD is broken.
    Remark,
}

/// One alert; its texts hold nothing that steers.
pub(super) struct Alert<'r> {
    /// The requirement or the kind of fault: stable, and no text of an endpoint.
    pub rule: String,
    /// The requirement; absent for what pre-flight found.
    pub entry: Option<&'r RequirementEntry>,
    /// What it says.
    pub mark: Mark,
    /// `I` to `IV`; empty for what pre-flight found.
    pub severity: &'r str,
    /// Which requirement, in which role, and how it ended.
    pub title: String,
    /// What was wanted, what was seen, what to do: a sentence each.
    pub lines: Vec<String>,
    /// The same for the same requirement and role in every run.
    pub fingerprint: String,
}

/// All alerts, the gravest first.
pub(super) fn all(report: &Report, lang: Lang) -> Vec<Alert<'_>> {
    let mut alerts: Vec<Alert<'_>> = report.preflight.iter().map(|found| set_up(found, lang)).collect();
    alerts.extend(report.requirements.iter().filter_map(|one| alert(report, one, lang)));
    // A stable sort: within one kind and severity the report's own order stands.
    alerts.sort_by_key(|alert| (alert.mark, rank(alert.severity)));
    alerts
}

fn rank(severity: &str) -> usize {
    ["I", "II", "III", "IV"].iter().position(|known| *known == severity).unwrap_or(4)
}

/// What an entry says to whoever has to do something; nothing where there is nothing to do.
pub(super) fn mark(entry: &RequirementEntry) -> Option<Mark> {
    match entry.outcome.as_str() {
        "fail" => Some(Mark::Broken),
        "warn" => Some(Mark::Remark),
        "pass" | "attested" | "not-applicable" => None,
        _ if entry.effective != "must" || entry.verification != "test" => None,
        _ if entry.reason.as_deref() == Some("not-selected") => None,
        _ => Some(Mark::Open),
    }
}

fn alert<'r>(report: &'r Report, one: &'r RequirementEntry, lang: Lang) -> Option<Alert<'r>> {
    let mark = mark(one)?;
    let role = entry::role(&one.role).into_said(lang);
    let ended = entry::ended(one).into_said(lang);
    let mut lines = vec![one.text.say(lang).to_owned()];
    match mark {
        Mark::Broken | Mark::Remark => lines.extend(seen(&view::broken(report, one, lang), lang)),
        Mark::Open | Mark::SetUp => lines.extend(missing(one, lang)),
    }
    Some(Alert {
        rule: one.id.to_string(),
        entry: Some(one),
        mark,
        severity: &one.severity,
        title: visible(&format!("{} ({role}): {ended}", one.id)),
        lines: lines.iter().map(|line| visible(line)).collect(),
        fingerprint: fingerprint(&[one.id.as_str(), &one.role]),
    })
}

fn seen(finding: &Finding, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    match &finding.first {
        Some(first) => {
            lines.push(field(Label::Expected, &first.expected, lang));
            lines.push(field(Label::Observed, &first.observed, lang));
            let exchange = first.exchange.iter().map(|text| format!("{text} · ")).collect::<String>();
            lines.push(field(Label::Evidence, &format!("{exchange}{} · {}", first.records, first.case), lang));
        }
        None => lines.push(field(Label::Observed, Label::NoObservation.say(lang), lang)),
    }
    lines.push(field(Label::WhatNow, &plain(&finding.remedy), lang));
    lines
}

fn missing(one: &RequirementEntry, lang: Lang) -> Vec<String> {
    let missing = entry::missing(one).map(|detail| field(Label::Missing, detail, lang));
    let outcome = entry::parse(&one.outcome, one.reason.as_deref());
    let next = outcome.and_then(entry::next).map(|said| field(Label::WhatNow, said.say(lang), lang));
    missing.into_iter().chain(next).collect()
}

fn set_up(found: &PreflightEntry, lang: Lang) -> Alert<'_> {
    let known = entry::parse("config-error", Some(&found.fault)).map(words::outcome);
    let ended = known.map_or_else(|| found.fault.clone(), |said| said.into_said(lang));
    let lines = [field(Label::Observed, &found.detail, lang), field(Label::WhatNow, found.remedy.say(lang), lang)];
    Alert {
        rule: "preflight".to_owned(),
        entry: None,
        mark: Mark::SetUp,
        severity: "",
        title: visible(&format!("{}: {ended}", found.place)),
        lines: lines.iter().map(|line| visible(line)).collect(),
        fingerprint: fingerprint(&["preflight", &found.fault, &found.place]),
    }
}

fn field(label: Label, text: &str, lang: Lang) -> String {
    format!("{}: {text}", label.say(lang))
}

fn plain(text: &Prose) -> String {
    text.0.iter().map(|piece| piece.text.as_str()).collect()
}

fn fingerprint(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\n"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
