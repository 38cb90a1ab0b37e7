//! The comparison of several reports: the published, versioned format of `comparison.json`.
//! Every other form of it renders this; it holds no total, no rank and no percentage.

use super::id::RequirementId;
use super::profile::{Obligation, Severity};
use super::report::{CategoryConclusion, Conclusion, Said};
use super::target::Environment;
use super::verdict::OUTCOMES;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// The version of this format; 1.
    pub format: u32,
    /// The version of the program that compared.
    pub program: String,
    /// Against which moment age was measured; absent if no report says when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Beyond how many days a report is too old.
    pub max_age_days: u64,
    /// The reports, in the order in which they were given; the order means nothing.
    pub reports: Vec<Party>,
    /// Why reports, or parts of them, may not be compared.
    pub obstacles: Vec<Obstacle>,
    /// Broken requirements by which data reached somebody not entitled to them.
    pub leaks: Vec<Leak>,
    /// What the reports show of a tender, where they were held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
    /// Every role of every profile that any report speaks of, whether or not it is offered.
    pub subjects: Vec<Subject>,
    /// What was measured.
    pub quantities: Vec<Quantity>,
}

/// The reports held against a tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Against {
    /// What is bought.
    pub title: Said,
    /// Who buys.
    pub buyer: String,
    /// The last day (ISO 8601).
    pub deadline: String,
    /// What each report shows, in the order of the reports.
    pub bids: Vec<BidShown>,
}

/// What one report shows of a tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BidShown {
    /// `meets`, `does-not-meet` or `not-shown`.
    pub conclusion: String,
    /// The whole of it in one sentence.
    pub sentence: Said,
    /// Why not, the gravest first.
    pub reasons: Vec<Said>,
    /// What else has to be known.
    pub notes: Vec<Said>,
}

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Party {
    /// By what it is called in this comparison: A, B, … Z, AA, …
    pub letter: String,
    /// The product and its version, or the name of the system.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// When the run began, as the report says it.
    pub started: String,
    /// How many whole days older than `as-of`; absent if the report does not say when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<u64>,
    /// What kind of environment was tested; absent for the machine of the tester.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// SHA-256 over the profiles and cases judged with.
    pub catalogue: String,
    /// The version of the judge.
    pub judge: String,
    /// SHA-256 of the recording.
    pub run: String,
    /// Whether the run was narrowed.
    pub selection: bool,
    /// Whether the run was cut off.
    pub interrupted: bool,
    /// Whether nobody but the tester saw the exchanges.
    pub self_tested: bool,
    /// What the report concludes about all that is claimed.
    pub conclusion: Conclusion,
}

/// Why reports, or parts of them, may not be compared; or what a reader has to know beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Obstacle {
    /// What differs.
    pub kind: Difference,
    /// How far it reaches.
    pub weight: Weight,
    /// Of which profile; absent if of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Of which role; absent if of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Of which group of requirements; absent if of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Who has what: each value with the letters of its reports.
    pub values: Vec<Holding>,
    /// The same as a sentence.
    pub says: Said,
}

/// One value, and the reports that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Holding {
    /// The value in words.
    pub value: Said,
    /// The letters of the reports.
    pub reports: Vec<String>,
}

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// The profiles and cases judged with.
    Catalogue,
    /// The version of the judge.
    Judge,
    /// The edition of a profile.
    Edition,
    /// The environment tested.
    Environment,
    /// A parameter of the suite: attempts, time-out, limit of a body.
    Parameters,
    /// A report is too old, or does not say when it was made.
    Age,
    /// The options stated.
    Options,
    /// The cases carried out.
    Executed,
    /// A role is offered by some only.
    Roles,
    /// The ceiling of the request rate; it matters to measured quantities.
    Ceiling,
    /// A text that the buyer issued: some have one.
    Challenge,
    /// Some were tested by themselves, others were not.
    Independence,
    /// A run was narrowed or cut off.
    Narrowed,
    /// Two reports are of one and the same run.
    SameRun,
}

/// How far a difference reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// What it names may not be compared.
    Blocks,
    /// Only measured quantities may not.
    Quantities,
    /// Nothing is refused for it; the reader has to know it.
    Notes,
}

/// A broken requirement of the gravest kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Leak {
    /// The requirement.
    #[schemars(with = "String")]
    pub requirement: RequirementId,
    /// The role.
    pub role: String,
    /// Its sentence.
    pub text: Said,
    /// The letters of the reports in which it is broken.
    pub reports: Vec<String>,
}

/// One role of one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Subject {
    /// The profile.
    pub profile: String,
    /// Its name in Dutch and English.
    pub title: Said,
    /// The editions in the reports, mostly one.
    pub editions: Vec<String>,
    /// The role.
    pub role: String,
    /// What each report says of it, in the order of the reports.
    pub offers: Vec<Offer>,
    /// Its kinds of requirement.
    pub categories: Vec<Category>,
    /// Of which reports each meets every MUST that the other meets and breaks none that the other does not; said of few reports only.
    pub not_inferior: Vec<NotInferior>,
}

/// What one report says of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Offer {
    /// Whether the role is claimed.
    pub offered: bool,
    /// Whether it may be compared with the other reports for which this is true.
    pub comparable: bool,
    /// What differs from those, if it may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Difference>,
    /// What is concluded, if it is claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
    /// The options stated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// One kind of requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Category {
    /// The group, as the profile names it; absent for requirements without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its name in Dutch and English.
    pub title: Said,
    /// What each report concludes; absent where the role is not offered.
    pub conclusions: Vec<Option<CategoryConclusion>>,
    /// Its requirements; none if nobody offers the role.
    pub rows: Vec<Row>,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Row {
    /// The requirement.
    #[schemars(with = "String")]
    pub requirement: RequirementId,
    /// Its sentence.
    pub text: Said,
    /// How binding it counts: `must`, `should` or `may`.
    #[schemars(with = "Obligation")]
    pub effective: String,
    /// `I` to `IV`.
    #[schemars(with = "Severity")]
    pub severity: String,
    /// What holds of all reports that may be compared here.
    pub together: Together,
    /// What each report says, in the order of the reports.
    pub cells: Vec<Cell>,
}

/// What holds of all reports that may be compared in one requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// All meet it.
    AllMeet,
    /// All break it: a matter of the standard, or of the field.
    AllFail,
    /// All ended the same way, otherwise.
    Same,
    /// They differ.
    Differ,
    /// There are no two to be compared.
    Alone,
}

/// What one report says of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Cell {
    /// An outcome of a report; or `not-offered` (the role is not claimed), or `absent` (this report does not know it).
    #[schemars(extend("enum" = STATES))]
    pub state: String,
    /// The reason, where the outcome has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The reason as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Said>,
    /// Whether it may be compared with the other cells of its row for which this is true.
    pub comparable: bool,
    /// What differs from those, if it may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<Difference>,
    /// Cases carried out here and not for those, after `+`; there and not here, after `-`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
    /// The weakest evidence used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The first and most telling observation, where something is broken or in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Box<Shown>>,
}

/// What a cell can say: an outcome, or why there is none in that report.
pub const STATES: [&str; OUTCOMES.len() + 2] = {
    let mut all = [""; OUTCOMES.len() + 2];
    let mut at = 0;
    while at < OUTCOMES.len() {
        all[at] = OUTCOMES[at];
        at += 1;
    }
    all[at] = NOT_OFFERED;
    all[at + 1] = ABSENT;
    all
};
/// The role is not claimed; not offering a way of exchange is information to a buyer.
pub const NOT_OFFERED: &str = "not-offered";
/// The role is claimed, and the report does not know the requirement: it was judged with another catalogue.
pub const ABSENT: &str = "absent";

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// The case and the step.
    pub case: String,
    /// What was wanted.
    pub expected: Said,
    /// What was seen.
    pub observed: Said,
    /// The exchange in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// The numbers of the records, in that report's recording.
    pub records: Vec<u64>,
    /// In which part of a run that several processes shared they stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
}

/// That one report meets all that another meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NotInferior {
    /// The letter of the one.
    pub report: String,
    /// The letter of the other.
    pub to: String,
    /// The MUSTs that it meets besides.
    #[schemars(with = "Vec<String>")]
    pub besides: Vec<RequirementId>,
    /// The same as a sentence.
    pub says: Said,
}

/// Something measured, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Quantity {
    /// What kind it is.
    pub kind: Measure,
    /// The case that measures it.
    pub case: String,
    /// The repetition it belongs to: names with their values, as `facility` with `directory`; empty if to none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, String>,
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// What it is, in Dutch and English.
    pub title: Said,
    /// The unit: `s`, or empty for an outcome.
    pub unit: String,
    /// What each report has, in the order of the reports.
    pub values: Vec<Measured>,
}

/// A kind of quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// For how many seconds after an action the old answer was still given.
    Effect,
    /// Whether the exchange went on while a facility was out in one way.
    Outage,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
    /// The number, in whole units; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The outcome, or why there is none: an outcome of a report, `not-offered`, or `absent`.
    #[schemars(extend("enum" = STATES))]
    pub state: String,
    /// Whether it may be compared with the others for which this is true.
    pub comparable: bool,
}
