//! The report: the published, versioned statement about one run (`report.json`).
//! Every other format renders it; nothing in it is computed by a renderer.

use super::id::{CaseId, RequirementId, StepId};
use super::profile::{Depth, Obligation, Severity, Strength};
use super::record::Parameters;
use super::shard::Shard;
use super::target::{Authorisation, Product};
use super::testcase::Head;
use super::text::Lang;
use super::verdict::{Evidence, Fault, OUTCOMES, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The version of this format; 1.
    pub format: u32,
    /// The version of the judge.
    pub judge: String,
    /// What it was judged with.
    pub catalogue: CatalogueRef,
    /// The run it is about.
    pub run: RunRef,
    /// What was tested.
    pub target: TargetRef,
    /// What is concluded about all that is claimed.
    pub conclusion: Conclusion,
    /// The same, for each profile and role claimed.
    pub profiles: Vec<ProfileConclusion>,
    /// What pre-flight found.
    pub preflight: Vec<PreflightEntry>,
    /// What is said of each kind of requirement, for every role of every claimed profile.
    #[serde(default)]
    pub categories: Vec<CategoryEntry>,
    /// Every requirement of every claimed profile, in the profile's order.
    pub requirements: Vec<RequirementEntry>,
    /// Every case of them.
    pub cases: Vec<CaseEntry>,
    /// What the run created and could not remove.
    pub left_behind: Vec<String>,
}

/// The catalogue judged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CatalogueRef {
    /// SHA-256 over its files.
    pub digest: String,
}

/// The run reported on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RunRef {
    /// Its identity.
    pub id: String,
    /// When it began.
    pub started: String,
    /// When it ended; absent if it was cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<String>,
    /// Whether it was interrupted or cut off.
    pub interrupted: bool,
    /// Whether it was narrowed.
    pub selection: bool,
    /// SHA-256 of `run.jsonl`; of a run in parts, of their digests, one a line in the order of the parts.
    pub digest: String,
    /// Seed and limits.
    pub parameters: Parameters,
    /// How many exchanges were recorded.
    pub exchanges: u64,
    /// Nobody but the tester saw these exchanges.
    pub self_tested: bool,
    /// The parts that it was put together from, in order; none if one process took every case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartRef>,
}

/// One part of a run that several processes shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PartRef {
    /// Which of how many.
    pub shard: Shard,
    /// Its identity.
    pub id: String,
    /// When it began.
    pub started: String,
    /// Where it found the system, by name.
    pub endpoints: BTreeMap<String, String>,
    /// From what its people and orders were drawn.
    pub seed: u64,
    /// SHA-256 of its `run.jsonl`.
    pub digest: String,
    /// How many exchanges were recorded.
    pub exchanges: u64,
}

/// What was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetRef {
    /// Its name.
    pub name: String,
    /// The product.
    pub product: Product,
    /// Who allowed the test; absent for a loopback address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<Authorisation>,
    /// Base URLs by name.
    pub endpoints: BTreeMap<String, String>,
    /// How each bound action is done.
    pub bindings: BTreeMap<String, String>,
}

/// A conclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Conclusion {
    /// Whether what is claimed is met.
    pub conformance: Conformance,
    /// How much of it was judged.
    pub completeness: Completeness,
}

/// Whether what is claimed is met; there is no other word, no percentage, no ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conformance {
    /// Every applicable MUST was judged and none failed.
    Conformant,
    /// A MUST failed.
    NotConformant,
    /// Neither was shown.
    NotShown,
}

/// How much was judged, in MUSTs that can be tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Completeness {
    /// Ended pass, warn or fail.
    pub judged: u64,
    /// Applicable in all.
    pub applicable: u64,
    /// Attested, counted beside the others.
    pub attested: u64,
    /// MUSTs that apply and for which no test exists yet, counted beside the others.
    #[serde(default)]
    pub not_yet: u64,
}

/// A conclusion about one role of one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProfileConclusion {
    /// The profile.
    pub id: String,
    /// Its edition.
    pub edition: String,
    /// Its name in Dutch and English.
    pub title: Said,
    /// The role claimed.
    pub role: String,
    /// The options stated or filled in.
    pub options: BTreeMap<String, String>,
    /// What each of them is called in Dutch and English.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub option_titles: BTreeMap<String, Said>,
    /// What is concluded.
    #[serde(flatten)]
    pub conclusion: Conclusion,
}

/// What is said of one kind of requirement, for one role of one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CategoryEntry {
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// The group, as the profile names it; absent for requirements without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its name in Dutch and English.
    pub title: Said,
    /// What is concluded, by rule and never by average.
    pub conclusion: CategoryConclusion,
    /// How its MUSTs ended.
    pub must: Tally,
    /// How its SHOULDs ended.
    pub should: Tally,
    /// The requirements in it; empty for a role that is not claimed.
    #[schemars(with = "Vec<String>")]
    pub requirements: Vec<RequirementId>,
}

/// What is concluded about one kind of requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CategoryConclusion {
    /// Every MUST that applies was met, and no SHOULD was broken.
    Meets,
    /// Every MUST that applies was met, and something that is only a SHOULD was broken.
    MeetsWithRemarks,
    /// No MUST was broken, and of at least one nothing was shown.
    NotShown,
    /// A MUST was broken.
    DoesNotMeet,
    /// The role is not claimed, or none of the requirements applies.
    NotApplicable,
}

/// How requirements ended, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// Ended pass.
    pub met: u64,
    /// Ended warn.
    pub remarks: u64,
    /// Ended fail.
    pub failed: u64,
    /// Apply, and ended without a verdict.
    pub not_shown: u64,
    /// Attested.
    pub attested: u64,
    /// Do not apply.
    pub not_applicable: u64,
}

/// A sentence in two languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Said {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Said {
    /// The sentence in this language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }

    /// The same, for keeping.
    #[must_use]
    pub fn into_said(self, lang: Lang) -> String {
        lang.pick(self.nl, self.en)
    }
}

/// A fact with its code, its arguments and its sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SaidFact {
    /// The code; stable.
    pub code: String,
    /// Its arguments.
    pub args: Value,
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl SaidFact {
    /// The sentence in this language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }
}

/// What pre-flight found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PreflightEntry {
    /// The kind of fault: name, port, tls, credential, cast, version or claims.
    #[schemars(with = "Fault")]
    pub fault: String,
    /// Which endpoint or party.
    pub place: String,
    /// What was seen.
    pub detail: String,
    /// What to do.
    pub remedy: Said,
    /// The records that show it.
    pub records: Vec<u64>,
}

/// What is said of one requirement for one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RequirementEntry {
    /// The requirement.
    #[schemars(with = "String")]
    pub id: RequirementId,
    /// The role.
    pub role: String,
    /// Its sentence.
    pub text: Said,
    /// Declared: `must`, `should` or `may`.
    #[schemars(with = "Obligation")]
    pub obligation: String,
    /// In effect, after options and the strength of expected values.
    #[schemars(with = "Obligation")]
    pub effective: String,
    /// Why less is in effect than declared, or why a broken MUST is only a warning; absent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowered: Option<Said>,
    /// Verdict, or why there is none.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: String,
    /// The reason, where the outcome has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Said>,
    /// What was missing, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// `I` to `IV`.
    #[schemars(with = "Severity")]
    pub severity: String,
    /// `full` or `partial`.
    #[schemars(with = "Depth")]
    pub depth: String,
    /// `test`, `attestation` or `not-yet`.
    #[schemars(extend("enum" = ["test", "attestation", "not-yet"]))]
    pub verification: String,
    /// The weakest evidence used: `wire`, `hook` or `operator`.
    #[schemars(with = "Option<Evidence>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Sources with their strength.
    pub sources: Vec<SourceEntry>,
    /// The cases that bear on it.
    #[schemars(with = "Vec<String>")]
    pub cases: Vec<CaseId>,
    /// What the vendor should look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Said>,
    /// What the owner says cannot be tested, if this is one of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_testable: Option<String>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SourceEntry {
    /// Document and clause.
    pub cite: String,
    /// `verified`, `known`, `guess` or `profile`.
    #[schemars(with = "Strength")]
    pub strength: String,
}

/// What is said of one case, or one instance of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseEntry {
    /// The case.
    #[schemars(with = "String")]
    pub id: CaseId,
    /// The role.
    pub role: String,
    /// Its purpose.
    pub purpose: Said,
    /// The values of its `each` names, where it has instances; and `dialect`, FHIR version and format, where it runs in
    /// every dialect of the target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: BTreeMap<String, String>,
    /// Verdict, or why there is none.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: String,
    /// The reason, where the outcome has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was missing, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The requirements it bears on.
    #[schemars(with = "Vec<String>")]
    pub verifies: Vec<RequirementId>,
    /// The defects it must find.
    pub kills: Vec<String>,
    /// Requests of its sets, as `set/request`, that were not sent because the target does not declare them, and steps, as
    /// `set/step`, over a named set that is empty on this target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// In a report of several parts: in whose recording the numbers of its records stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// Its steps; empty if it did not run.
    pub steps: Vec<StepEntry>,
}

/// What is said of one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StepEntry {
    /// The step.
    #[schemars(with = "String")]
    pub id: StepId,
    /// `given`, `control`, `around` or `step`.
    #[schemars(with = "Head")]
    pub head: String,
    /// The requirements it bears on; empty for what only has to hold.
    #[schemars(with = "Vec<String>")]
    pub verifies: Vec<RequirementId>,
    /// The step as a sentence.
    pub says: Said,
    /// Verdict.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: String,
    /// The reason, where the outcome has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The weakest evidence used.
    #[schemars(with = "Evidence")]
    pub evidence: String,
    /// Whether something happened that should not have.
    pub breach: bool,
    /// For how long after the act a breach was still measured, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect_ms: Option<u64>,
    /// What it rests on: all that does not hold, and one of each kind that does.
    pub judgements: Vec<JudgementEntry>,
}

/// One expectation held against the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JudgementEntry {
    /// `pass`, `warn`, `inconclusive`, `error` or `fail`.
    #[schemars(with = "Verdict")]
    pub verdict: String,
    /// The reason, if inconclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was wanted.
    pub expected: SaidFact,
    /// What was seen.
    pub observed: SaidFact,
    /// The repetition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, String>,
    /// The numbers of its records.
    pub records: Vec<u64>,
    /// The first exchange of them, in one line: method, URL and status, or where it broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// How many judgements said the same.
    pub times: u64,
}
