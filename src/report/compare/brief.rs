//! What a comparison needs of one report, and nothing else: of five hundred reports only this stays in memory.
//! Reading it takes the published fields as they stand; a report of another number is refused.

use super::pool::Pool;
use crate::model::comparison::Shown;
use crate::model::id::RequirementId;
use crate::model::record::Parameters;
use crate::model::report::{
    CategoryConclusion, Conclusion, ProfileConclusion, RequirementEntry, RunRef, Said, TargetRef,
};
use crate::report::ground;
use crate::report::words::page;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The number of the report format that is understood.
const FORMAT: u32 = 1;

/// One report, cut down.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// The version of the judge.
    pub judge: String,
    /// SHA-256 over the catalogue.
    pub catalogue: String,
    /// The run.
    pub run: RunRef,
    /// What was tested.
    pub target: TargetRef,
    /// What is concluded about all that is claimed.
    pub conclusion: Conclusion,
    /// The roles claimed.
    pub profiles: Vec<ProfileConclusion>,
    /// Kinds of requirement, of roles that are not claimed too.
    pub categories: Vec<Kind>,
    /// What is said of each requirement and role.
    pub requirements: Vec<Point>,
    /// What was measured.
    pub measured: Vec<Reading>,
    /// How each case that was carried out ended, by its name and repetition.
    pub ended: HashMap<(Arc<str>, Arc<str>), Arc<str>>,
}

/// One kind of requirement of one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// The group.
    pub group: Option<String>,
    /// Its name.
    pub title: Arc<Said>,
    /// What is concluded.
    pub conclusion: CategoryConclusion,
    /// Its requirements.
    pub requirements: Vec<Arc<RequirementId>>,
}

/// What is said of one requirement for one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The requirement.
    pub id: Arc<RequirementId>,
    /// The role.
    pub role: Arc<str>,
    /// Its sentence.
    pub text: Arc<Said>,
    /// How binding it counts.
    pub effective: Arc<str>,
    /// `I` to `IV`.
    pub severity: Arc<str>,
    /// The outcome.
    pub outcome: Arc<str>,
    /// The reason.
    pub reason: Option<String>,
    /// The reason as a sentence.
    pub because: Option<Arc<Said>>,
    /// The weakest evidence used.
    pub evidence: Option<Arc<str>>,
    /// The cases that were carried out for it.
    pub ran: Arc<BTreeSet<Arc<str>>>,
    /// Whether a person's data were seen to reach someone not entitled to them.
    pub leaks: bool,
    /// The most telling observation, if something is broken or in doubt.
    pub shown: Option<Box<Shown>>,
}

/// One thing measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The case.
    pub case: String,
    /// The repetition; empty if the case has none.
    pub of: BTreeMap<String, String>,
    /// The profile, which is the first part of the case's name.
    pub profile: String,
    /// The role.
    pub role: String,
    /// The case's purpose.
    pub purpose: Said,
    /// How the case ended.
    pub outcome: String,
    /// For how long an action had not taken effect yet, in milliseconds.
    pub effect_ms: Option<u64>,
}

/// Why a report cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum BriefError {
    /// It is no report.
    #[error("it is no report: {0}")]
    Shape(#[from] serde_json::Error),
    /// It is of a format that this version does not know.
    #[error("it is of format {0}, and this version reads format {FORMAT}")]
    Format(u32),
}

/// The fields that are read; all others are passed over without being kept.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Slim<'a> {
    format: u32,
    judge: String,
    catalogue: crate::model::report::CatalogueRef,
    run: RunRef,
    target: TargetRef,
    conclusion: Conclusion,
    profiles: Vec<ProfileConclusion>,
    #[serde(default)]
    categories: Vec<crate::model::report::CategoryEntry>,
    requirements: Vec<RequirementEntry>,
    #[serde(borrow)]
    cases: Vec<SlimCase<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SlimCase<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    purpose: SlimSaid<'a>,
    #[serde(default)]
    each: BTreeMap<String, String>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    #[serde(default)]
    part: Option<u32>,
    #[serde(borrow)]
    steps: Vec<SlimStep<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SlimStep<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    verifies: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    outcome: Cow<'a, str>,
    breach: bool,
    effect_ms: Option<u64>,
    #[serde(borrow)]
    judgements: Vec<SlimJudgement<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SlimJudgement<'a> {
    #[serde(borrow)]
    verdict: Cow<'a, str>,
    #[serde(borrow)]
    expected: SlimSaid<'a>,
    #[serde(borrow)]
    observed: SlimSaid<'a>,
    records: Vec<u64>,
    #[serde(borrow)]
    exchange: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct SlimSaid<'a> {
    /// Of a sentence that is a fact; others have none.
    #[serde(borrow, default)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    nl: Cow<'a, str>,
    #[serde(borrow)]
    en: Cow<'a, str>,
}

impl SlimSaid<'_> {
    fn said(&self) -> Said {
        Said { nl: self.nl.to_string(), en: self.en.to_string() }
    }
}

impl Brief {
    /// Reads the bytes of a `report.json`; what other reports said too is kept once, in the pool.
    ///
    /// # Errors
    /// When they are no report, or one of a format that is not known.
    pub fn read(bytes: &[u8], pool: &mut Pool) -> Result<Self, BriefError> {
        #[derive(Deserialize)]
        struct Number {
            format: u32,
        }
        match serde_json::from_slice::<Slim<'_>>(bytes) {
            Ok(slim) if slim.format == FORMAT => Ok(Self::of(slim, pool)),
            Ok(slim) => Err(BriefError::Format(slim.format)),
            // A later format may have another shape; then its number is what the reader has to hear of.
            Err(fault) => match serde_json::from_slice::<Number>(bytes) {
                Ok(Number { format }) if format != FORMAT => Err(BriefError::Format(format)),
                Ok(_) | Err(_) => Err(fault.into()),
            },
        }
    }

    fn of(slim: Slim<'_>, pool: &mut Pool) -> Self {
        let mut by_name: HashMap<&str, Vec<&SlimCase<'_>>> = HashMap::new();
        for case in &slim.cases {
            by_name.entry(&*case.id).or_default().push(case);
        }
        let requirements = slim.requirements.into_iter().map(|entry| point(entry, &by_name, pool)).collect();
        let ran = slim.cases.iter().filter(|case| !case.steps.is_empty());
        let ended =
            ran.map(|case| ((pool.name(&case.id), pool.name(&named(&case.each))), pool.name(&case.outcome))).collect();
        Self {
            judge: slim.judge,
            catalogue: slim.catalogue.digest,
            run: slim.run,
            // Addresses and bindings differ without any bearing on a comparison.
            target: TargetRef { endpoints: BTreeMap::new(), bindings: BTreeMap::new(), ..slim.target },
            conclusion: slim.conclusion,
            profiles: slim.profiles,
            categories: slim
                .categories
                .into_iter()
                .map(|one| Kind {
                    profile: one.profile,
                    role: one.role,
                    group: one.group,
                    title: pool.said(one.title),
                    conclusion: one.conclusion,
                    requirements: one.requirements.into_iter().map(|id| pool.id(id)).collect(),
                })
                .collect(),
            requirements,
            measured: slim.cases.iter().filter_map(reading).collect(),
            ended,
        }
    }

    /// The product and its version, or the name of the system where no product is stated.
    #[must_use]
    pub fn name(&self) -> String {
        page::product(&self.target)
    }

    /// What is claimed of a role, if it is.
    #[must_use]
    pub fn claim(&self, profile: &str, role: &str) -> Option<&ProfileConclusion> {
        self.profiles.iter().find(|claim| claim.id == profile && claim.role == role)
    }

    /// The parameters of the suite.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.run.parameters
    }
}

fn point(entry: RequirementEntry, cases: &HashMap<&str, Vec<&SlimCase<'_>>>, pool: &mut Pool) -> Point {
    let own = || entry.cases.iter().filter_map(|id| cases.get(id.as_str())).flatten().copied();
    let ran = own().filter(|case| !case.steps.is_empty()).map(|case| pool.name(&case.id)).collect();
    let disclosed = |step: &SlimStep<'_>| {
        step.breach
            && step.verifies.iter().any(|id| id == entry.id.as_str())
            && step.judgements.iter().any(|one| one.verdict != "pass" && ground::discloses(&one.observed.code))
    };
    let leaks = ground::is_leak(&entry, || own().flat_map(|case| &case.steps).any(disclosed));
    let shown = match entry.outcome.as_str() {
        "fail" | "warn" | "inconclusive" => shown(&entry, own()),
        _ => None,
    };
    Point {
        role: pool.name(&entry.role),
        text: pool.said(entry.text),
        effective: pool.name(&entry.effective),
        severity: pool.name(&entry.severity),
        outcome: pool.name(&entry.outcome),
        reason: entry.reason,
        because: entry.because.map(|said| pool.said(said)),
        evidence: entry.evidence.map(|word| pool.name(&word)),
        ran: pool.set(ran),
        leaks,
        shown,
        id: pool.id(entry.id),
    }
}

/// What is broken before what is in doubt, and what should not have happened before what was missing.
fn shown<'a, 'b: 'a>(entry: &RequirementEntry, cases: impl Iterator<Item = &'a SlimCase<'b>>) -> Option<Box<Shown>> {
    let mut best: Option<((usize, bool), Shown)> = None;
    for case in cases {
        // What a control shows explains a doubt; a breach is one of the requirement's own steps.
        let bears = |step: &&SlimStep<'_>| {
            entry.outcome == "inconclusive" || step.verifies.iter().any(|id| id == entry.id.as_str())
        };
        for step in case.steps.iter().filter(bears).filter(|step| step.outcome != "pass") {
            for judgement in step.judgements.iter().filter(|one| one.verdict != "pass") {
                let rank = ["fail", "warn", "inconclusive"].iter().position(|word| *word == judgement.verdict);
                let rank = (rank.unwrap_or(3), !step.breach);
                if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                    let shown = Shown {
                        case: format!("{} / {}", case.id, step.id),
                        expected: judgement.expected.said(),
                        observed: judgement.observed.said(),
                        exchange: judgement.exchange.as_ref().map(ToString::to_string),
                        records: judgement.records.clone(),
                        part: case.part,
                    };
                    best = Some((rank, shown));
                }
            }
        }
    }
    best.map(|(_, shown)| Box::new(shown))
}

/// A repetition in one line; empty if there is none.
#[must_use]
pub fn named(of: &BTreeMap<String, String>) -> String {
    of.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

/// A case measures if it says how long something took, or lets a facility fail in one way.
fn reading(case: &SlimCase<'_>) -> Option<Reading> {
    let effect_ms = case.steps.iter().filter_map(|step| step.effect_ms).max();
    let outage = case.each.contains_key("facility") && case.each.contains_key("fault");
    (effect_ms.is_some() || outage).then(|| Reading {
        case: case.id.to_string(),
        of: case.each.clone(),
        profile: case.id.split('/').next().unwrap_or_default().to_owned(),
        role: case.role.to_string(),
        purpose: case.purpose.said(),
        outcome: case.outcome.to_string(),
        effect_ms,
    })
}
