//! A tender: what a buyer demands of a system, as the buyer writes it and as it is published with the annex.
//! The published form stands alone: whoever checks a report with it needs no catalogue.

use super::id::{OptionId, ProfileId, RequirementId, Role};
use super::profile::{Depth, Obligation, Severity};
use super::report::Said;
use super::request::Format1;
use super::span::Span;
use super::target::{Environment, FhirVersion};
use super::text::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One tender file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TenderFile {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// What is bought.
    pub title: Bilingual,
    /// Who buys it.
    pub buyer: String,
    /// The day on which the annex is published (ISO 8601); without it, that of `SOURCE_DATE_EPOCH`, else none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// The last day on which a bid may be handed in (ISO 8601).
    pub deadline: String,
    /// How long before the deadline a run may have begun, in whole days (`60d`).
    pub no_older_than: Span,
    /// Where a run may have taken place.
    pub environments: Vec<Place>,
    /// The text that a run must draw its test persons from.
    pub challenge: Challenge,
    /// What is demanded.
    pub profiles: Vec<Demanded>,
}

/// Where a run took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A machine of the bidder's own (a loopback address), for which nobody had to allow the test.
    OwnMachine,
    /// Only synthetic data.
    Test,
    /// A copy of production.
    Acceptance,
    /// Real care.
    Production,
}

impl Tender {
    /// The first day on which a run counts (ISO 8601): so many days before the deadline, and not before the tender was
    /// published; none if the deadline is no day.
    #[must_use]
    pub fn earliest(&self) -> Option<String> {
        let day = time::macros::format_description!("[year]-[month]-[day]");
        let deadline = time::Date::parse(&self.deadline, day).ok()?;
        let oldest = deadline.checked_sub(time::Duration::days(self.no_older_than_days.into()))?.to_string();
        Some(self.issued.clone().filter(|issued| *issued > oldest).unwrap_or(oldest))
    }
}

impl Place {
    /// The place of a run, by the environment that its authorisation names; without one it was a machine of one's own.
    #[must_use]
    pub const fn of(environment: Option<Environment>) -> Self {
        match environment {
            None => Self::OwnMachine,
            Some(Environment::Test) => Self::Test,
            Some(Environment::Acceptance) => Self::Acceptance,
            Some(Environment::Production) => Self::Production,
        }
    }
}

/// The text from which a run must draw its test persons, so that it cannot have taken place before the text was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Challenge {
    /// One text for all bidders, published in the annex: letters, digits, `-`, `_` and `.`, at least 16 of them.
    Text(String),
    /// Each bidder gets a text of its own, which stands in no file of the tender.
    PerBidder,
}

/// A profile that is demanded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Demanded {
    /// The profile.
    pub profile: ProfileId,
    /// The roles that the system must have.
    pub roles: Vec<Role>,
    /// Options with the value that is demanded; for a length of time, the longest that is accepted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<OptionId, String>,
    /// What a report must at least show.
    pub minimum: Minimum,
    /// SHOULDs that the buyer wishes; they are reported and exclude nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<RequirementId>,
}

/// What a report must at least show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Minimum {
    /// Every MUST that applies and can be tested was judged, and none failed.
    Conformant,
    /// These MUSTs passed, and every MUST of severity I that applies; nobody can do without those.
    Musts(Vec<RequirementId>),
}

/// The tender as it is published (`tender.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Tender {
    /// The version of this format; 1.
    pub format: u32,
    /// What is bought.
    pub title: Said,
    /// Who buys it.
    pub buyer: String,
    /// The day on which it was published, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// The last day on which a bid may be handed in.
    pub deadline: String,
    /// How many days before the deadline a run may have begun; never before it was published.
    pub no_older_than_days: u32,
    /// Where a run may have taken place.
    pub environments: Vec<Place>,
    /// The text that a run must draw its test persons from.
    pub challenge: Challenge,
    /// The version of Toetssteen whose requirements these are.
    pub judge: String,
    /// SHA-256 over the files of the catalogue, as reports give it.
    pub catalogue: String,
    /// What is demanded, by profile and role.
    pub demands: Vec<RoleDemand>,
}

/// What is demanded of one role of one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RoleDemand {
    /// The profile.
    pub profile: String,
    /// Its edition.
    pub edition: String,
    /// SHA-256 of the profile's file.
    pub digest: String,
    /// Its name.
    pub title: Said,
    /// The FHIR version in which its exchange is laid down, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fhir: Option<FhirVersion>,
    /// The role.
    pub role: String,
    /// The options demanded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDemand>,
    /// Whether the role as a whole must be conformant, or what is listed must be met.
    pub minimum: MinimumKind,
    /// The requirements that bear on it, in the profile's order.
    pub requirements: Vec<RequirementDemand>,
}

/// What a report must at least show, without the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MinimumKind {
    /// The role as a whole is conformant.
    Conformant,
    /// The requirements of the kind `minimum` are met.
    Listed,
}

/// An option that is demanded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OptionDemand {
    /// The option.
    pub id: String,
    /// What it is.
    pub title: Said,
    /// The value demanded.
    pub value: String,
    /// Whether it is a length of time, so that a shorter one is accepted too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
}

/// A requirement of a tender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RequirementDemand {
    /// The requirement.
    #[schemars(with = "String")]
    pub id: RequirementId,
    /// Its sentence.
    pub text: Said,
    /// The kind of requirement, where the profile groups them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Said>,
    /// Declared.
    pub obligation: Obligation,
    /// In effect, after the strength of expected values.
    pub effective: Obligation,
    /// How bad a breach is.
    pub severity: Severity,
    /// Whether cases cover it wholly.
    pub depth: Depth,
    /// What it is in this tender.
    pub kind: DemandKind,
    /// Whether it must be met even if the options stated are such that it would not apply.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// Options, with the values under which it applies, that the tender leaves to the bidder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applies_with: Vec<Condition>,
    /// Why no test can show it, where none can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Said>,
    /// The evidence asked for instead, where the profile names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Said>,
}

/// What a requirement is in a tender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DemandKind {
    /// A report must show it.
    Minimum,
    /// Reported, and excludes nobody.
    Wish,
    /// No test shows it; the bidder answers in writing.
    Question,
}

/// Under which values of an option a requirement applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Condition {
    /// The option.
    pub option: String,
    /// What it is.
    pub title: Said,
    /// The values under which it applies.
    pub values: Vec<String>,
    /// Every value that the option may have.
    pub all: Vec<String>,
}
