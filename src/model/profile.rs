//! A profile: one edition of a standard, or of a part of it, for named roles.
//! It holds our own summaries with clause and source, never the text of a norm.

use super::id::{ActionId, ClauseCode, OptionId, ProfileId, RequirementId, Role, Word};
use super::request::Format1;
use super::span::Span;
use super::target::FhirVersion;
use super::testcase::Where;
use super::text::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One profile file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Profile {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// Its identity.
    pub id: ProfileId,
    /// The edition, as the folder is named.
    pub edition: String,
    /// How settled it is.
    pub status: Status,
    /// Its name.
    pub title: Bilingual,
    /// The roles it speaks of.
    pub roles: Vec<Role>,
    /// The FHIR version in which its exchange is laid down; what a target says of itself stands in its claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fhir: Option<FhirVersion>,
    /// The endpoint that speaks the FHIR version a target claims for this profile, where it is not that of its records
    /// (`fhir`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Word>,
    /// Kinds of requirement, for grouping in reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Where sources or implementations lawfully differ; the target states its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ProfileOption>,
    /// Named lists for `each … of`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sets: BTreeMap<Word, NamedSet>,
    /// What walks draw from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<Word, Choices>,
    /// Abstract actions; a target binds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// The requirements.
    pub requirements: Vec<Requirement>,
}

/// How settled a profile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// May still change.
    Draft,
    /// Agreed by its owners.
    Active,
    /// Replaced.
    Retired,
}

/// A kind of requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub id: Word,
    /// What it is about.
    pub title: Bilingual,
}

/// An option: several lawful values, of which a target states one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileOption {
    /// Its name.
    pub id: OptionId,
    /// What it is.
    pub title: Bilingual,
    /// The values it may have; for a length of time, the smallest and the largest.
    pub values: Vec<String>,
    /// Only lengths of time have one; any other option not stated makes what depends on it not-tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Span>,
}

/// What a walk draws from: dimensions with their values; `effect` holds `permit` and `deny`.
pub type Choices = BTreeMap<Word, Vec<String>>;

/// A named list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum NamedSet {
    /// These words.
    Words(Vec<String>),
    /// Read from the target's capability statement in pre-flight.
    Capability(Capability),
}

/// What can be read from a capability statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Resource types that can be searched by `patient`.
    PatientSearchTypes,
    /// Resource types with the interaction `search-type`.
    SearchTypes,
    /// Resource types with the interaction `create`.
    CreateTypes,
    /// Resource types with the interaction `update`.
    UpdateTypes,
    /// Resource types with the interaction `delete`.
    DeleteTypes,
    /// Pairs `Type?parameter` that are declared, for parameters of string, token, date and reference type.
    SearchParameters,
    /// Operations on a patient, written `/$name`, of those that servers are known to have and this one does not name.
    UndeclaredOperations,
    /// Types of clinical data that can be searched by `patient` elsewhere and that it does not name as searchable.
    UndeclaredTypes,
}

/// An abstract action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Action {
    /// Its name.
    pub id: ActionId,
    /// What it is, as an operator would be told.
    pub title: Bilingual,
    /// What it may be given besides the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Word>,
    /// What it returns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Word>,
    /// Under these options, doing this is what makes a patient's data available; so the cast is opened with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Where>,
    /// The action that takes it back; applied at the end of a case, also after failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<ActionId>,
}

/// One normative sentence, in our own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Requirement {
    /// Its code within the profile.
    pub id: ClauseCode,
    /// MUST, SHOULD or MAY.
    pub obligation: Obligation,
    /// The roles it binds.
    pub roles: Vec<Role>,
    /// The group it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Word>,
    /// How bad a breach is.
    pub severity: Severity,
    /// Where it applies at all.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Where>,
    /// The day from which its source applies (ISO 8601), where that lies ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies_from: Option<String>,
    /// The sentence.
    pub text: Bilingual,
    /// What a vendor should look at when this fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Bilingual>,
    /// Why it exists.
    pub sources: Vec<Source>,
    /// The civil-rights demands it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<Demand>,
    /// Whether cases cover it wholly.
    #[serde(default)]
    pub depth: Depth,
    /// How it is verified.
    pub verification: Verification,
}

/// How binding a requirement is (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Binding.
    Must,
    /// Binding unless there is a good reason.
    Should,
    /// Free; binding once its option is claimed.
    May,
}

/// How bad a breach is; decides what stands first in a report, never a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Severity {
    /// Data reached someone not entitled.
    I,
    /// Existence or choice revealed.
    #[serde(rename = "II")]
    Ii,
    /// Control or availability missing.
    #[serde(rename = "III")]
    Iii,
    /// Evidence, documentation, portability.
    #[serde(rename = "IV")]
    Iv,
}

/// How well a value or reason is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Read in the named public source.
    Verified,
    /// Set by the profile itself.
    Profile,
    /// Common knowledge of the field, not checked.
    Known,
    /// An inference.
    Guess,
}

/// Where a requirement comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Source {
    /// Document and clause.
    pub cite: String,
    /// How well it is known.
    pub strength: Strength,
    /// Where to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The number of a demand, `S1`, `S2` …; `profiles/demands.yaml` states them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Demand(u16);

impl TryFrom<String> for Demand {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.strip_prefix('S').and_then(|number| number.parse().ok()).map(Self) {
            Some(demand) if (1..=999).contains(&demand.0) && demand.to_string() == text => Ok(demand),
            _ => Err(format!("`{text}` is not the number of a demand: write `S1`, `S2` …")),
        }
    }
}

impl From<Demand> for String {
    fn from(demand: Demand) -> Self {
        demand.to_string()
    }
}

impl std::fmt::Display for Demand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S{}", self.0)
    }
}

/// Whether cases cover a requirement wholly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Wholly.
    #[default]
    Full,
    /// In part; the report prints it.
    Partial,
}

/// How a requirement is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Verification {
    /// By test cases.
    Test,
    /// By a statement with evidence, since it cannot be seen from outside.
    Attestation(Attestation),
    /// Not yet, and why.
    NotYet(NotYet),
}

/// What a statement must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attestation {
    /// Why it cannot be tested.
    pub because: Bilingual,
    /// The evidence asked for.
    pub asks: Bilingual,
    /// How long it holds.
    pub valid_for: Span,
}

/// Why there is no case yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotYet {
    /// The reason.
    pub because: Bilingual,
}

impl Profile {
    /// The full id of one of its requirements.
    #[must_use]
    pub fn id_of(&self, requirement: &Requirement) -> RequirementId {
        RequirementId::of(&self.id, &requirement.id)
    }
}
