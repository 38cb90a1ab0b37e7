//! The plan: what will run and, for everything that will not, why.
//! It is made before the first case and recorded in the first line of the run.

use super::id::{CaseId, MemberId, OptionId, ProfileId, Role, Word};
use super::target::{FhirVersion, Format};
use super::verdict::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What will run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// What the target claims, with options resolved.
    pub claims: Vec<PlannedClaim>,
    /// What was read from capability statements, by endpoint.
    pub facts: BTreeMap<Word, CapabilityFacts>,
    /// What runs, in canonical order; the number is the position.
    pub instances: Vec<Instance>,
    /// Cases that do not run, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// Patients that must be in the target, at which endpoints.
    pub cast: BTreeMap<MemberId, Vec<Word>>,
    /// Whether the run was narrowed by `--profile`, `--case` or `--role`.
    pub selection: bool,
    /// What it was narrowed to.
    #[serde(default, skip_serializing_if = "Selection::is_whole")]
    pub only: Selection,
}

impl Plan {
    /// The claim an instance runs under.
    #[must_use]
    pub fn claim_of(&self, instance: &Instance) -> Option<&PlannedClaim> {
        self.claims.iter().find(|claim| claim.profile.as_str() == instance.case.standard())
    }
}

/// What the user narrowed the run to; empty lists narrow nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Selection {
    /// Profiles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileId>,
    /// Cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseId>,
    /// Roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

impl Selection {
    /// Whether it leaves nothing out.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.profiles.is_empty() && self.cases.is_empty() && self.roles.is_empty()
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        !self.is_whole()
    }

    /// Whether it takes this case.
    #[must_use]
    pub fn takes(&self, profile: &ProfileId, case: &CaseId, role: &Role) -> bool {
        self.takes_any(profile, std::slice::from_ref(case), role)
    }

    /// Whether it takes something that these cases verify in this role; what no case verifies only if no case was named.
    #[must_use]
    pub fn takes_any(&self, profile: &ProfileId, cases: &[CaseId], role: &Role) -> bool {
        (self.profiles.is_empty() || self.profiles.contains(profile))
            && (self.cases.is_empty() || cases.iter().any(|case| self.cases.contains(case)))
            && (self.roles.is_empty() || self.roles.contains(role))
    }
}

/// One claim, with every option resolved to a value or absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedClaim {
    /// The profile.
    pub profile: ProfileId,
    /// Its edition.
    pub edition: String,
    /// The roles claimed.
    pub roles: Vec<Role>,
    /// The dialects: every combination of FHIR version and format.
    pub dialects: Vec<Dialect>,
    /// Options, defaults filled in.
    pub options: BTreeMap<OptionId, String>,
}

/// A FHIR version in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Dialect {
    /// The version.
    pub fhir: FhirVersion,
    /// The format.
    pub format: Format,
}

/// One case under one combination of its `each` values, in one dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    /// The case.
    pub case: CaseId,
    /// The dialect.
    pub dialect: Dialect,
    /// The values of the case's `each` names.
    pub each: BTreeMap<String, EachValue>,
    /// The options of the claim it runs under.
    pub options: BTreeMap<OptionId, String>,
}

/// What an `each` name stands for in one repetition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EachValue {
    /// A word.
    Word(String),
    /// A row with columns; texts still unfilled.
    Row(BTreeMap<String, String>),
    /// An id this far from another; the text is still unfilled.
    Near {
        /// The other id, as a text.
        to: String,
        /// How far, never 0.
        offset: i64,
    },
}

impl EachValue {
    /// How reports name this value: the word, or the column `name`, or the first column.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Row(row) => row.get("name").or_else(|| row.values().next()).cloned().unwrap_or_default(),
            Self::Near { offset, .. } => format!("{offset:+}"),
        }
    }
}

/// A case that does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// The case.
    pub case: CaseId,
    /// Why.
    pub outcome: Outcome,
    /// What is missing, by the name it has in the target file or on the command line, so that it reads alike in every
    /// language: the binding, the credential, the option, the flag.
    pub detail: String,
}

/// What was read from a capability statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CapabilityFacts {
    /// Its `fhirVersion`; absent if none was to be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fhir_version: Option<String>,
    /// Types with the interaction `search-type`, each with its search parameters and their types.
    #[serde(default)]
    pub search: BTreeMap<String, BTreeMap<String, String>>,
    /// The operations it names anywhere, without `$`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub operations: BTreeSet<String>,
    /// By interaction on instances and types, such as `create`, the types that have it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub interactions: BTreeMap<String, Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_case_verifies_is_taken_with_its_profile_and_not_with_a_case() {
        let (profile, role) = ("demo".parse::<ProfileId>().unwrap(), "holder".parse::<Role>().unwrap());
        let case: CaseId = "demo/one".parse().unwrap();
        let whole = Selection::default();
        let of_profile = Selection { profiles: vec![profile.clone()], ..Selection::default() };
        let of_case = Selection { cases: vec![case.clone()], ..Selection::default() };
        let of_role = Selection { roles: vec!["sender".parse().unwrap()], ..Selection::default() };
        let taken = |one: &Selection, cases: &[CaseId]| one.takes_any(&profile, cases, &role);
        assert_eq!([&whole, &of_profile, &of_case, &of_role].map(|one| taken(one, &[])), [true, true, false, false]);
        let one = [case];
        assert_eq!([&whole, &of_profile, &of_case, &of_role].map(|all| taken(all, &one)), [true, true, true, false]);
        assert!(!whole.narrows() && of_case.narrows());
    }
}
