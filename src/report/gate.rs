//! Whether a report satisfies a policy, and why: the rules, each a violation when it is broken.
//! Pure; the day is given. A waiver decorates a decision and changes no outcome; what nobody can sign for stays a violation.

mod show;
mod waiver;

pub use show::sheet;
pub use waiver::Waived;

use super::diff::{self, OtherProduct, Shown};
use super::ground::{self, counts, is_judged, leaked, of_claim};
use crate::model::policy::{Policy, ProfileRule};
use crate::model::report::{ProfileConclusion, Report, RequirementEntry, Said};
use crate::report::words::gate as words;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use time::Date;

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// What must hold.
    pub policy: &'a Policy,
    /// The report that must satisfy it.
    pub report: &'a Report,
    /// What it must not be worse than.
    pub baseline: Option<&'a Report>,
    /// The day on which it is asked.
    pub today: Date,
}

/// Why nothing is decided; the question itself is faulty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unasked {
    /// The policy compares with a baseline and none is given.
    #[error("the policy compares with a baseline; give it with --baseline")]
    NoBaseline,
    /// A baseline is given and the policy compares nothing with it.
    #[error("a baseline is given, but the policy has no rule under `baseline`, so that nothing would be compared")]
    IdleBaseline,
    /// The baseline is of another product.
    #[error("the baseline does not fit: {0}")]
    OtherProduct(#[from] OtherProduct),
}

/// A rule that can be broken; in the order of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Data reached someone not entitled to them: severity I, which nobody can waive.
    Leak,
    /// The run did not reach its end.
    Interrupted,
    /// The run was narrowed.
    Selection,
    /// Something was wrong before the first case.
    SetUp,
    /// The tester itself was at fault.
    Ours,
    /// Not one MUST was judged.
    NothingJudged,
    /// It was judged with another catalogue than the policy names.
    Catalogue,
    /// The report contradicts itself.
    Contradiction,
    /// A MUST is broken, and neither waived nor known from the baseline.
    MustBroken,
    /// A MUST is broken that the baseline does not have broken.
    NewMustFailure,
    /// A profile that must be conformant is not claimed.
    NotClaimed,
    /// Of a profile that must be conformant a MUST was not judged.
    NotShown,
    /// A MUST was judged in the baseline and is not judged now.
    CompletenessDropped,
    /// The baseline is of a narrowed or interrupted run.
    BaselinePart,
    /// Baseline and report are of one run.
    BaselineSame,
    /// A SHOULD is broken past the day until which that is let through.
    ShouldOverdue,
    /// A waiver covers what nobody can waive.
    WaiverOfLeak,
    /// A waiver is about more than one thing, or for longer than a year.
    WaiverBroad,
    /// A waiver has ended.
    WaiverExpired,
    /// A waiver fits nothing that is broken.
    WaiverUnmatched,
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// What is wrong, without full stop, fit to follow a colon.
    pub said: Said,
    /// The requirements that it is about, with their roles.
    pub about: Vec<About>,
    /// What shows it, where the report does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
}

/// A requirement in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct About {
    /// The requirement.
    pub requirement: String,
    /// The role.
    pub role: String,
    /// Its sentence.
    pub text: Said,
    /// How it ended.
    pub ended: Said,
}

impl About {
    pub(super) fn of(entry: &RequirementEntry) -> Self {
        Self {
            requirement: entry.id.to_string(),
            role: entry.role.clone(),
            text: entry.text.clone(),
            ended: super::words::entry::ended(entry),
        }
    }
}

/// What is decided, and why.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    /// The version of this format; 1.
    pub format: u32,
    /// Whether it may go on: no rule is broken.
    pub passed: bool,
    /// The whole of it in one sentence.
    pub sentence: Said,
    /// The day on which it was decided.
    pub today: String,
    /// The report decided on, by its run.
    pub run: String,
    /// What is broken, the gravest first.
    pub violations: Vec<Violation>,
    /// What is broken and covered by a waiver.
    pub waived: Vec<Waived>,
    /// What is broken in the baseline too, and let through for that.
    pub known: Vec<About>,
    /// The SHOULDs that are broken and let through.
    pub remarks: Vec<About>,
    /// What else has to be known.
    pub notes: Vec<Said>,
}

/// Decides.
///
/// # Errors
/// If the question is faulty, so that any answer would mislead.
pub fn decide(question: Question<'_>) -> Result<Decision, Unasked> {
    match (question.baseline, &question.policy.baseline) {
        (None, Some(_)) => return Err(Unasked::NoBaseline),
        (Some(_), None) => return Err(Unasked::IdleBaseline),
        (Some(baseline), Some(_)) => diff::same_product(baseline, question.report)?,
        (None, None) => {}
    }
    let mut gate =
        Gate { question, violations: Vec::new(), waived: Vec::new(), known: Vec::new(), remarks: Vec::new() };
    gate.whole();
    gate.waivers();
    gate.failures();
    gate.profiles();
    gate.baseline();
    gate.shoulds();
    Ok(gate.decision())
}

struct Gate<'a> {
    question: Question<'a>,
    violations: Vec<Violation>,
    waived: Vec<Waived>,
    known: Vec<About>,
    remarks: Vec<About>,
}

impl<'a> Gate<'a> {
    fn say(&mut self, rule: Rule, said: Said, about: Vec<About>) {
        self.violations.push(Violation { rule, said, about, shown: None });
    }

    /// What holds whatever the policy says: the report is of a whole run, and says something.
    fn whole(&mut self) {
        let report = self.question.report;
        if report.run.interrupted {
            self.say(Rule::Interrupted, words::interrupted(), Vec::new());
        }
        if report.run.selection {
            self.say(Rule::Selection, words::selection(), Vec::new());
        }
        if let Some(found) = report.preflight.first() {
            self.say(Rule::SetUp, words::set_up(&found.place, report.preflight.len()), Vec::new());
        }
        let ours: Vec<About> = report.requirements.iter().filter(|one| one.outcome == "error").map(About::of).collect();
        if !ours.is_empty() {
            self.say(Rule::Ours, words::ours(ours.len()), ours);
        }
        if !report.requirements.iter().any(|one| counts(one) && is_judged(one)) {
            self.say(Rule::NothingJudged, words::nothing_judged(), Vec::new());
        }
        if let Some(wanted) = self.question.policy.catalogue.as_ref().filter(|it| **it != report.catalogue.digest) {
            self.say(Rule::Catalogue, words::catalogue(wanted, &report.catalogue.digest), Vec::new());
        }
    }

    fn waivers(&mut self) {
        for waiver in &self.question.policy.waivers {
            match waiver::hold(waiver, self.question.report, self.question.today) {
                Ok(waived) => self.waived.extend(waived),
                Err(violations) => self.violations.extend(violations),
            }
        }
    }

    fn is_waived(&self, entry: &RequirementEntry) -> bool {
        self.waived.iter().any(|it| it.about.requirement == entry.id.as_str() && it.about.role == entry.role)
    }

    fn must_be_conformant(&self, entry: &RequirementEntry) -> bool {
        let names = |rule: &ProfileRule| {
            rule.id.as_str() == entry.id.profile() && rule.role.as_ref().is_none_or(|role| role.as_str() == entry.role)
        };
        self.question.policy.profiles.iter().any(names)
    }

    /// Every MUST that is broken must be explained: by a waiver, or by a baseline in which it is broken too. What leaked
    /// cannot be, whatever the verdict on it counts as.
    fn failures(&mut self) {
        let report = self.question.report;
        let no_new = self.question.policy.baseline.as_ref().is_some_and(|rule| rule.no_new_must_failure.is_some());
        let before = self.question.baseline.filter(|_| no_new).map(entries);
        for entry in report.requirements.iter().filter(|one| one.outcome == "fail" || leaked(report, one)) {
            let was_broken = |known: &Entries<'_>| known.get(&key(entry)).is_some_and(|it| it.outcome == "fail");
            let (rule, said) = if leaked(report, entry) {
                (Rule::Leak, words::leak(entry.id.as_str(), &entry.role))
            } else if self.is_waived(entry) {
                continue;
            } else if self.must_be_conformant(entry) || before.is_none() {
                (Rule::MustBroken, words::must_broken(entry.id.as_str(), &entry.role))
            } else if before.as_ref().is_some_and(was_broken) {
                self.known.push(About::of(entry));
                continue;
            } else {
                (Rule::NewMustFailure, words::new_must_failure(entry.id.as_str(), &entry.role))
            };
            let shown = diff::shown(report, entry);
            self.violations.push(Violation { rule, said, about: vec![About::of(entry)], shown });
        }
    }

    fn profiles(&mut self) {
        let report = self.question.report;
        for rule in &self.question.policy.profiles {
            let takes = |claim: &&ProfileConclusion| {
                claim.id == rule.id.as_str() && rule.role.as_ref().is_none_or(|role| role.as_str() == claim.role)
            };
            let claims: Vec<&ProfileConclusion> = report.profiles.iter().filter(takes).collect();
            if claims.is_empty() {
                let role = rule.role.as_ref().map(|role| role.as_str());
                self.say(Rule::NotClaimed, words::not_claimed(rule.id.as_str(), role), Vec::new());
            }
            for claim in claims {
                self.conformant(claim);
            }
        }
        for claim in &report.profiles {
            self.contradiction(claim);
        }
    }

    fn conformant(&mut self, claim: &ProfileConclusion) {
        let report = self.question.report;
        let musts: Vec<_> = report.requirements.iter().filter(|one| of_claim(claim, one) && counts(one)).collect();
        let open: Vec<About> = musts.iter().filter(|one| !is_judged(one)).map(|one| About::of(one)).collect();
        if musts.is_empty() || !open.is_empty() {
            let said = words::not_shown(&claim.id, &claim.role, open.len(), musts.len());
            self.say(Rule::NotShown, said, open);
        }
    }

    /// The word of a report must follow from what it says of each requirement.
    fn contradiction(&mut self, claim: &ProfileConclusion) {
        if !ground::follows(self.question.report, claim) {
            self.say(Rule::Contradiction, words::contradiction(&claim.id, &claim.role), Vec::new());
        }
    }

    fn baseline(&mut self) {
        let (Some(baseline), Some(rule)) = (self.question.baseline, &self.question.policy.baseline) else { return };
        let report = self.question.report;
        if baseline.run.interrupted || baseline.run.selection {
            self.say(Rule::BaselinePart, words::baseline_part(), Vec::new());
        }
        if baseline.run.id == report.run.id {
            self.say(Rule::BaselineSame, words::baseline_same(), Vec::new());
        }
        if rule.completeness_may_not_drop.is_none() {
            return;
        }
        let now = entries(report);
        let judged = |one: &&RequirementEntry| counts(one) && is_judged(one);
        let lost: Vec<About> = baseline
            .requirements
            .iter()
            .filter(judged)
            .filter(|one| !now.get(&key(one)).is_some_and(|entry| is_judged(entry)))
            .map(|one| now.get(&key(one)).map_or_else(|| gone(one), |entry| About::of(entry)))
            .collect();
        if !lost.is_empty() {
            self.say(Rule::CompletenessDropped, words::completeness_dropped(lost.len()), lost);
        }
    }

    fn shoulds(&mut self) {
        let report = self.question.report;
        let until = self.question.policy.shoulds.as_ref().map(|rule| rule.allowed_until.as_str());
        let overdue = until.is_some_and(|until| until < self.today().as_str());
        // What leaked is told already.
        for entry in report.requirements.iter().filter(|one| one.outcome == "warn" && !leaked(report, one)) {
            if self.is_waived(entry) {
                continue;
            }
            if overdue {
                let said = words::should_overdue(entry.id.as_str(), &entry.role, until.unwrap_or_default());
                let (about, shown) = (vec![About::of(entry)], diff::shown(report, entry));
                self.violations.push(Violation { rule: Rule::ShouldOverdue, said, about, shown });
            } else {
                self.remarks.push(About::of(entry));
            }
        }
    }

    /// As ISO 8601 writes it, so that days compare as texts.
    fn today(&self) -> String {
        self.question.today.to_string()
    }

    fn notes(&self) -> Vec<Said> {
        let report = self.question.report;
        let mut notes = Vec::new();
        if let Some(baseline) = self.question.baseline {
            notes.extend((baseline.catalogue != report.catalogue).then(super::words::diff::other_catalogue));
            notes.extend((baseline.judge != report.judge).then(super::words::diff::other_judge));
        }
        notes.extend(super::words::page::beside(report.conclusion.completeness));
        notes.extend(report.run.self_tested.then(super::words::page::self_tested_means));
        notes
    }

    fn decision(mut self) -> Decision {
        // A stable sort: what is equally grave stays in the order of the report.
        self.violations.sort_by_key(|violation| violation.rule);
        let (report, policy) = (self.question.report, self.question.policy);
        let product = super::words::page::product(&report.target);
        let sentence = match self.violations.as_slice() {
            [] => words::passed(&words::Passed {
                product: &product,
                today: &self.today(),
                profiles: policy.profiles.iter().map(|rule| rule.id.to_string()).collect(),
                baseline: policy.baseline.is_some(),
                waived: self.waived.len(),
                known: self.known.len(),
                remarks: self.remarks.len(),
            }),
            [first, rest @ ..] => words::stopped(&product, &self.today(), &first.said, rest.len()),
        };
        Decision {
            format: 1,
            passed: self.violations.is_empty(),
            sentence,
            today: self.today(),
            run: report.run.id.clone(),
            notes: self.notes(),
            violations: self.violations,
            waived: self.waived,
            known: self.known,
            remarks: self.remarks,
        }
    }
}

type Key<'r> = (&'r str, &'r str);
type Entries<'r> = BTreeMap<Key<'r>, &'r RequirementEntry>;

fn key(entry: &RequirementEntry) -> Key<'_> {
    (entry.id.as_str(), &entry.role)
}

fn entries(report: &Report) -> Entries<'_> {
    report.requirements.iter().map(|entry| (key(entry), entry)).collect()
}

/// A requirement of the baseline that the report does not have.
fn gone(entry: &RequirementEntry) -> About {
    About { ended: words::gone(), ..About::of(entry) }
}
