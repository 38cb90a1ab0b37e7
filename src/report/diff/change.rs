//! One requirement in one role, before and after: the rule by which a change is worse, better, or neither.
//! Judged and then judged no more is worse whatever the verdict was: less is shown than before.

use super::Diff;
use crate::model::report::{CaseEntry, Report, RequirementEntry, Said};
use crate::report::render::view;
use crate::report::words::entry;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What kind of change; in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is broken now, and was not.
    Broken,
    /// It was judged, and is so no longer.
    Lost,
    /// It holds less well: a SHOULD is broken that was not.
    Remark,
    /// It is broken no longer.
    Mended,
    /// It is judged now, and was not.
    Judged,
    /// It came, or applies now.
    Arrived,
    /// It went, or applies no longer.
    Gone,
}

/// What became of one requirement in one role.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The requirement.
    pub requirement: String,
    /// Its profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// Its sentence.
    pub text: Said,
    /// What kind of change.
    pub kind: Kind,
    /// Whether it is a MUST in either report.
    pub must: bool,
    /// `I` to `IV`.
    pub severity: String,
    /// How it ended before; absent if it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Ended>,
    /// How it ended now; absent if it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Ended>,
    /// The cases that ended otherwise.
    pub cases: Vec<CaseChange>,
    /// What shows that it is broken, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
}

/// How a requirement ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Ended {
    /// The outcome.
    pub outcome: String,
    /// Its reason, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was missing, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Both as a few words.
    pub said: Said,
}

/// A case, or an instance of one, that ended otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseChange {
    /// The case.
    pub id: String,
    /// The values of its `each` names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: BTreeMap<String, String>,
    /// Its outcome before; absent if it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Its outcome now; absent if it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What shows that something is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// The case.
    pub case: String,
    /// The step.
    pub step: String,
    /// What was wanted.
    pub expected: Said,
    /// What was seen.
    pub observed: Said,
    /// The exchange in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// The records of the new run.
    pub records: Vec<u64>,
    /// In which part of a run that several processes shared they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
}

impl Change {
    /// Whether it makes the exit code 1: a MUST that broke or lost its verdict.
    #[must_use]
    pub fn weighs(&self) -> bool {
        self.must && matches!(self.kind, Kind::Broken | Kind::Lost)
    }
}

type Entries<'r> = BTreeMap<(&'r str, &'r str), &'r RequirementEntry>;

fn entries(report: &Report) -> Entries<'_> {
    report.requirements.iter().map(|entry| ((entry.id.as_str(), entry.role.as_str()), entry)).collect()
}

/// Puts every requirement of either report where it belongs.
pub(super) fn sort_out(old: &Report, new: &Report, found: &mut Diff) {
    let (before, after) = (entries(old), entries(new));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for key in keys {
        let (from, to) = (before.get(&key).copied(), after.get(&key).copied());
        // A requirement that the profile withdrew is no loss of the product's; a claim that was taken back is.
        let withdrawn = to.is_none()
            && old.catalogue != new.catalogue
            && from.is_some_and(|entry| new.profiles.iter().any(|it| it.id == entry.id.profile() && it.role == key.1));
        let Some(kind) = kind(from, to, withdrawn) else {
            let broken = to.is_some_and(|entry| entry.outcome == "fail");
            found.still_broken += u64::from(broken);
            found.unchanged += u64::from(!broken);
            continue;
        };
        let list = match kind {
            Kind::Broken | Kind::Lost | Kind::Remark => &mut found.regressions,
            Kind::Mended | Kind::Judged => &mut found.improvements,
            Kind::Arrived => &mut found.arrived,
            Kind::Gone => &mut found.gone,
        };
        list.extend(change(kind, (old, from), (new, to)));
    }
    let rank = |severity: &str| ["I", "II", "III", "IV"].iter().position(|known| *known == severity).unwrap_or(4);
    for list in [&mut found.regressions, &mut found.improvements, &mut found.arrived, &mut found.gone] {
        // A stable sort: what is alike stays in the order of the ids.
        list.sort_by_key(|change| (change.kind, !change.must, rank(&change.severity)));
    }
}

/// How well a requirement stands; nothing for what does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Met,
    Remark,
    Broken,
    Open,
}

fn standing(entry: &RequirementEntry) -> Option<Standing> {
    match entry.outcome.as_str() {
        "pass" => Some(Standing::Met),
        "warn" => Some(Standing::Remark),
        "fail" => Some(Standing::Broken),
        "not-applicable" => None,
        // Attested is stated by the supplier; nobody saw it.
        _ => Some(Standing::Open),
    }
}

/// What kind of change this is; none if there is no change.
fn kind(from: Option<&RequirementEntry>, to: Option<&RequirementEntry>, withdrawn: bool) -> Option<Kind> {
    use Standing::{Broken, Met, Open, Remark};
    match (from.and_then(standing), to.and_then(standing)) {
        (Some(Broken), Some(Broken)) | (None, None) => None,
        (_, Some(Broken)) => Some(Kind::Broken),
        (None, Some(_)) => Some(Kind::Arrived),
        (Some(Open), None) => Some(Kind::Gone),
        (Some(_), None) if withdrawn => Some(Kind::Gone),
        (Some(Met | Remark | Broken), None | Some(Open)) => Some(Kind::Lost),
        (Some(Met), Some(Remark)) => Some(Kind::Remark),
        (Some(Broken), Some(Met | Remark)) | (Some(Remark), Some(Met)) => Some(Kind::Mended),
        (Some(Open), Some(Met | Remark)) => Some(Kind::Judged),
        (Some(Met), Some(Met)) | (Some(Remark), Some(Remark)) | (Some(Open), Some(Open)) => None,
    }
}

fn change(
    kind: Kind,
    (old, from): (&Report, Option<&RequirementEntry>),
    (new, to): (&Report, Option<&RequirementEntry>),
) -> Option<Change> {
    let entry = to.or(from)?;
    let must = [from, to].into_iter().flatten().any(|entry| entry.effective == "must");
    Some(Change {
        requirement: entry.id.to_string(),
        profile: entry.id.profile().to_owned(),
        role: entry.role.clone(),
        text: entry.text.clone(),
        kind,
        must,
        severity: entry.severity.clone(),
        from: from.map(ended),
        to: to.map(ended),
        cases: cases((old, from), (new, to)),
        shown: to.filter(|it| matches!(it.outcome.as_str(), "fail" | "warn")).and_then(|entry| shown(new, entry)),
    })
}

fn ended(entry: &RequirementEntry) -> Ended {
    Ended {
        outcome: entry.outcome.clone(),
        reason: entry.reason.clone(),
        missing: entry::missing(entry).map(str::to_owned),
        said: entry::ended(entry),
    }
}

/// The cases of either requirement that ended otherwise.
fn cases(
    (old, from): (&Report, Option<&RequirementEntry>),
    (new, to): (&Report, Option<&RequirementEntry>),
) -> Vec<CaseChange> {
    type Outcomes<'r> = BTreeMap<(&'r str, &'r BTreeMap<String, String>), &'r CaseEntry>;
    fn of<'r>(report: &'r Report, entry: Option<&RequirementEntry>) -> Outcomes<'r> {
        let bears = |case: &&CaseEntry| entry.is_some_and(|entry| entry.cases.contains(&case.id));
        report.cases.iter().filter(bears).map(|case| ((case.id.as_str(), &case.each), case)).collect()
    }
    let (before, after) = (of(old, from), of(new, to));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let outcome = |case: Option<&&CaseEntry>| {
        case.map(|case| match &case.reason {
            Some(reason) => format!("{}:{reason}", case.outcome),
            None => case.outcome.clone(),
        })
    };
    keys.into_iter()
        .map(|key| CaseChange {
            id: key.0.to_owned(),
            each: key.1.clone(),
            from: outcome(before.get(&key)),
            to: outcome(after.get(&key)),
        })
        .filter(|case| case.from != case.to)
        .collect()
}

/// What shows that a requirement is broken: the first and most telling judgement.
#[must_use]
pub fn shown(report: &Report, entry: &RequirementEntry) -> Option<Shown> {
    let (case, step, judgement) = view::breaking(report, entry).into_iter().next()?;
    let said = |fact: &crate::model::report::SaidFact| Said { nl: fact.nl.clone(), en: fact.en.clone() };
    Some(Shown {
        case: case.id.to_string(),
        step: step.id.to_string(),
        expected: said(&judgement.expected),
        observed: said(&judgement.observed),
        exchange: judgement.exchange.clone(),
        records: judgement.records.clone(),
        part: case.part,
    })
}
