//! Whom and what the report is about, when, and how it is to be read.
//! Digests and addresses stand in full: on paper nothing can be unfolded.

use super::super::frame::Frame;
use super::{Prose, capital, say};
use crate::model::report::{CategoryConclusion, PartRef, Report};
use crate::model::text::Lang;
use crate::report::words::{self, Label, banner, entry, page};

/// One field: a label and what stands in it.
pub struct Row {
    /// The label.
    pub label: &'static str,
    /// The lines of the field.
    pub lines: Vec<String>,
    /// Whether they are machine-made: digests, addresses, numbers.
    pub exact: bool,
}

/// A paragraph of the reading guide.
pub struct Clause {
    /// Its heading.
    pub title: &'static str,
    /// What it says.
    pub text: Option<Prose>,
    /// Its points.
    pub points: Vec<(String, String)>,
    /// A command, where it gives one.
    pub command: Option<&'static str>,
}

/// What stands beside the conclusion.
pub(super) fn strip(report: &Report, lang: Lang, frame: &Frame) -> Vec<Row> {
    let product = &report.target.product;
    let mut profiles: Vec<String> = Vec::new();
    for profile in &report.profiles {
        profiles.push(format!(
            "{} {} ({})",
            profile.title.say(lang),
            profile.edition,
            entry::role(&profile.role).say(lang)
        ));
    }
    let text = |label: Label, line: &str| {
        let line = if page::stated(line) { line } else { Label::NotStated.say(lang) };
        Row { label: label.say(lang), lines: vec![line.to_owned()], exact: false }
    };
    let exact = |label: Label, line: &str| Row { exact: true, ..text(label, line) };
    let mut rows = vec![
        text(Label::Product, &product.name),
        text(Label::Version, &product.version),
        text(Label::Supplier, &product.vendor),
        text(Label::Target, &report.target.name),
        Row { label: Label::Profiles.say(lang), lines: profiles, exact: false },
        text(Label::Date, words::period(&report.run.started, report.run.finished.as_deref()).say(lang)),
    ];
    rows.extend(frame.as_of.map(|day| text(Label::AsOf, words::day(day).say(lang))));
    rows.push(exact(Label::CatalogueDigest, &report.catalogue.digest));
    if !report.run.parts.is_empty() {
        rows.push(text(Label::Parts, banner::parts(report.run.parts.len()).say(lang)));
    }
    // A report of parts that was made before they had one together has none.
    if !report.run.digest.is_empty() {
        rows.push(exact(Label::RunDigest, &report.run.digest));
    }
    rows.extend(frame.digest.as_deref().map(|digest| exact(Label::ReportDigest, digest)));
    rows
}

/// The small print of the run.
pub(super) fn about(report: &Report, lang: Lang) -> Vec<Row> {
    let exact = |label: Label, lines: Vec<String>| Row { label: label.say(lang), lines, exact: true };
    let named = |all: &std::collections::BTreeMap<String, String>| {
        all.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>()
    };
    let authorisation = report.target.authorisation.iter().map(|given| words::page::authorised(given).into_said(lang));
    let rows = [
        Row { label: Label::Authorisation.say(lang), lines: authorisation.collect(), exact: false },
        exact(Label::Endpoints, named(&report.target.endpoints)),
        exact(Label::Bindings, named(&report.target.bindings)),
        exact(Label::Exchanges, vec![report.run.exchanges.to_string()]),
        exact(Label::LeftBehind, report.left_behind.clone()),
        exact(Label::RunId, vec![report.run.id.clone()]),
        exact(Label::Parts, report.run.parts.iter().map(part).collect()),
        exact(Label::Seed, vec![report.run.parameters.seed.to_string()]),
        exact(Label::Challenge, report.run.parameters.challenge.iter().cloned().collect()),
        exact(Label::Judge, vec![report.judge.clone()]),
    ];
    rows.into_iter().filter(|row| !row.lines.is_empty()).collect()
}

/// A part in one line: which, its identity, the digest of its recording.
fn part(part: &PartRef) -> String {
    format!("{} · {} · {}", part.shard, part.id, part.digest)
}

/// How to read the report.
pub(super) fn reading(lang: Lang) -> Vec<Clause> {
    let clause = |label: Label, text: String| Clause {
        title: label.say(lang),
        text: Some(Prose::of(&text)),
        points: Vec::new(),
        command: None,
    };
    let conclusions = [
        CategoryConclusion::Meets,
        CategoryConclusion::MeetsWithRemarks,
        CategoryConclusion::NotShown,
        CategoryConclusion::DoesNotMeet,
        CategoryConclusion::NotApplicable,
    ];
    let points = conclusions.map(|one| (capital(&say(page::category(one), lang)), say(page::category_rule(one), lang)));
    let mut all = vec![
        Clause { title: Label::Conclusions.say(lang), text: None, points: points.to_vec(), command: None },
        clause(Label::People, say(page::people(), lang)),
        clause(Label::Strengths, say(page::strengths(), lang)),
    ];
    all.push(Clause { command: Some("toetssteen rejudge DIR"), ..clause(Label::Again, say(page::again(), lang)) });
    all.push(clause(Label::Comparing, say(page::comparing(), lang)));
    all.push(clause(Label::Law, say(page::law(), lang)));
    all
}
