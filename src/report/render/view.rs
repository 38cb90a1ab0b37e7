//! A report as one reader reads it: in one language, in reading order, every field a text.
//! Page and Markdown show it; it selects and orders, and never counts.

mod banner;
mod finding;
mod open;
mod outage;
mod prose;
mod segment;
mod strip;
mod subject;

pub use banner::Banner;
pub use finding::{Breaking, Finding, Observation, Source, breaking};
pub use open::{Open, Unshown};
pub use outage::{Cell, OutageRow, OutageTable};
pub use prose::{Piece, Prose};
pub use segment::{Key, Line, Segment, Strip};
pub use strip::{Clause, Row};
pub use subject::{Category, Passed, Role, Subject};

use super::frame::Frame;
use crate::model::report::{Conformance, Report, RequirementEntry, Said};
use crate::model::text::Lang;
use crate::report::words::page::{self, Limit};
use crate::report::words::{self, Label, entry};
use std::collections::HashSet;

/// One report in one language.
pub struct View {
    /// The language.
    pub lang: Lang,
    /// The product and its version, as the heading says it.
    pub product: String,
    /// `good`, `bad` or `open`: how the conclusion is marked, beside its words.
    pub tone: &'static str,
    /// The conclusion in one sentence.
    pub verdict: String,
    /// How much was judged.
    pub completeness: String,
    /// What is counted beside it.
    pub beside: Vec<String>,
    /// What limits the whole page.
    pub banners: Vec<Banner>,
    /// Every requirement in a box.
    pub overview: Vec<Strip>,
    /// What the letters in them stand for.
    pub legend: Vec<Key>,
    /// The roles to choose from; none if there is one.
    pub roles: Vec<(&'static str, String)>,
    /// Broken requirements of the gravest kind: they stand on the first screen.
    pub leaks: Vec<Leak>,
    /// Product, profiles, digests, date.
    pub strip: Vec<Row>,
    /// What *self-tested* is called and means; absent if somebody else saw the exchanges.
    pub self_tested: Option<(String, String)>,
    /// What pre-flight found.
    pub preflight: Vec<Found>,
    /// What is broken, gravest first.
    pub findings: Vec<Finding>,
    /// What stands instead of findings when there are none.
    pub no_findings: &'static str,
    /// The conclusion about every role claimed, with its categories.
    pub subjects: Vec<Subject>,
    /// Roles that are not claimed.
    pub unclaimed: Vec<Role>,
    /// What goes on while central facilities are out.
    pub outages: Vec<OutageTable>,
    /// What was not shown, by reason.
    pub open: Vec<Unshown>,
    /// What was met.
    pub passed: Vec<Passed>,
    /// What the supplier states and nobody tested.
    pub attested: Vec<Passed>,
    /// What does not apply.
    pub not_applicable: Vec<Passed>,
    /// The small print of the run.
    pub about: Vec<Row>,
    /// How to read it.
    pub reading: Vec<Clause>,
}

/// A broken requirement of the gravest kind, in one line.
pub struct Leak {
    /// Where the finding stands.
    pub anchor: String,
    /// The requirement's id in its profile.
    pub id: String,
    /// Its sentence.
    pub text: String,
    /// What was seen.
    pub observed: Option<String>,
}

/// What pre-flight found.
pub struct Found {
    /// The kind of fault, as a sentence.
    pub fault: String,
    /// Where.
    pub place: String,
    /// What was seen.
    pub detail: String,
    /// What to do.
    pub remedy: Prose,
}

/// How an outcome is marked in a box.
pub(super) fn outcome_mark(outcome: &str) -> &'static str {
    segment::mark(outcome)
}

/// What limits the whole page.
pub(super) fn banners(report: &Report, frame: &Frame, lang: Lang) -> Vec<Banner> {
    banner::all(report, frame, lang)
}

impl View {
    /// The product and its version, as a heading says it.
    #[must_use]
    pub fn product(report: &Report) -> String {
        page::product(&report.target)
    }

    /// The report in this language.
    #[must_use]
    pub fn of(report: &Report, lang: Lang) -> Self {
        Self::framed(report, lang, &Frame::default())
    }

    /// The report in this language, with what is known beside it.
    #[must_use]
    pub fn framed(report: &Report, lang: Lang, frame: &Frame) -> Self {
        let conclusion = &report.conclusion;
        let limit = match (report.run.interrupted, report.run.selection, report.preflight.is_empty()) {
            (true, _, _) => Limit::Interrupted,
            (false, true, _) => Limit::Selection,
            (false, false, false) => Limit::Preflight,
            (false, false, true) => Limit::None,
        };
        let findings = finding::all(report, lang, frame);
        let judged = report.requirements.iter().any(|one| matches!(one.outcome.as_str(), "pass" | "warn" | "fail"));
        Self {
            lang,
            product: page::product(&report.target),
            tone: match conclusion.conformance {
                Conformance::Conformant => "good",
                Conformance::NotConformant => "bad",
                Conformance::NotShown => "open",
            },
            verdict: page::verdict(conclusion, limit).into_said(lang),
            completeness: capital(page::completeness(conclusion.completeness).say(lang)),
            beside: page::beside(conclusion.completeness).into_iter().map(|said| said.into_said(lang)).collect(),
            banners: banner::all(report, frame, lang),
            overview: segment::all(report, lang),
            legend: segment::legend(report, lang),
            roles: segment::roles(report, lang),
            leaks: findings.iter().filter(|finding| finding.grave).map(Finding::leak).collect(),
            strip: strip::strip(report, lang, frame),
            self_tested: report
                .run
                .self_tested
                .then(|| (page::self_tested().into_said(lang), page::self_tested_means().into_said(lang))),
            preflight: preflight(report, lang),
            findings,
            no_findings: if judged { Label::NoFindings } else { Label::NothingJudged }.say(lang),
            subjects: subject::all(report, lang),
            unclaimed: subject::unclaimed(report, lang),
            outages: outage::all(report, lang),
            open: open::all(report, lang),
            passed: subject::ended(report, lang, "pass"),
            attested: subject::ended(report, lang, "attested"),
            not_applicable: subject::ended(report, lang, "not-applicable"),
            about: strip::about(report, lang),
            reading: strip::reading(lang),
        }
    }

    /// Gives every requirement an address of its own, its id, where it first stands; for the side shown first only.
    #[must_use]
    pub fn addressed(mut self) -> Self {
        let mut seen = HashSet::new();
        let mut address = |id: &String| seen.insert(id.clone()).then(|| id.clone());
        for one in &mut self.findings {
            one.address = address(&one.full_id);
        }
        for one in self.open.iter_mut().flat_map(|group| &mut group.requirements) {
            one.address = address(&one.full_id);
        }
        let rest = self.passed.iter_mut().chain(&mut self.attested).chain(&mut self.not_applicable);
        for one in rest.flat_map(|group| &mut group.requirements) {
            one.address = address(&one.full_id);
        }
        self
    }

    /// A heading or the name of a field.
    #[must_use]
    pub fn say(&self, label: Label) -> &'static str {
        label.say(self.lang)
    }

    /// The ways to end that a filter knows, and their names.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(&'static str, String)> {
        let word = |word| say(entry::outcome(word), self.lang);
        let all = [
            ("fail", word("fail")),
            ("warn", word("warn")),
            ("open", self.say(Label::FilterOpen).to_owned()),
            ("pass", word("pass")),
            ("attested", word("attested")),
            ("none", word("not-applicable")),
        ];
        let occurs = |facet: &str| {
            let mark = format!("is-{facet}");
            let lines = self.overview.iter().flat_map(|strip| &strip.lines);
            lines.flat_map(|line| &line.segments).any(|one| one.facets.split(' ').next() == Some(&mark))
        };
        all.into_iter().filter(|(facet, _)| occurs(facet)).collect()
    }

    /// The language as HTML names it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.lang.pick("nl", "en")
    }
}

fn preflight(report: &Report, lang: Lang) -> Vec<Found> {
    let fault = |word: &str| {
        let known = entry::parse("config-error", Some(word)).and_then(words::because);
        known.map_or_else(|| word.to_owned(), |said| said.into_said(lang))
    };
    report
        .preflight
        .iter()
        .map(|found| Found {
            fault: capital(&fault(&found.fault)),
            place: found.place.clone(),
            detail: found.detail.clone(),
            remedy: Prose::of(found.remedy.say(lang)),
        })
        .collect()
}

/// A broken requirement as a finding.
pub(super) fn broken(report: &Report, entry: &RequirementEntry, lang: Lang) -> Finding {
    finding::finding(report, entry, lang, &Frame::default())
}

/// The text with a capital, for the beginning of a line.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where what is said of a requirement stands; unique within one language.
fn anchor(entry: &RequirementEntry, lang: Lang) -> String {
    let code = lang.pick("nl", "en");
    format!("{code}-{}-{}-{}", entry.id.profile(), entry.id.local(), entry.role)
}

/// The profile's name; its id where the report does not give one.
fn profile_title(report: &Report, id: &str, lang: Lang) -> String {
    let known = report.profiles.iter().find(|profile| profile.id == id);
    known.map_or_else(|| id.to_owned(), |profile| profile.title.say(lang).to_owned())
}

fn say(said: Said, lang: Lang) -> String {
    said.into_said(lang)
}
