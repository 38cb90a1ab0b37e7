//! The policy file: what a report must show before something may go on, and which deviations are known.
//! A waiver decorates a decision; it never changes an outcome.

use super::id::{ProfileId, RequirementId, Role};
use super::request::Format1;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One policy file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The only catalogue that counts, by its SHA-256 as the report gives it; any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// What must be conformant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileRule>,
    /// What must not get worse than in a baseline report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineRule>,
    /// How long a broken SHOULD is let through; for ever if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shoulds: Option<ShouldRule>,
    /// Known deviations, each with an owner and an end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// A profile that must be conformant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProfileRule {
    /// The profile.
    pub id: ProfileId,
    /// The role; every role claimed if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Every MUST that applies is judged, and none is broken but for what is waived; always `true`.
    pub conformant: Demanded,
}

/// What must not get worse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BaselineRule {
    /// A MUST that is broken must be broken in the baseline too; `true`, or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_new_must_failure: Option<Demanded>,
    /// A MUST that is judged in the baseline must be judged; `true`, or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completeness_may_not_drop: Option<Demanded>,
}

/// How long a broken SHOULD is let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ShouldRule {
    /// The last day (ISO 8601).
    pub allowed_until: String,
}

/// A deviation that somebody answers for, until a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Waiver {
    /// The one requirement; a profile or a pattern is read, and is a violation.
    pub requirement: Scope,
    /// The role; needed where the requirement is broken in more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Why, in the owner's words.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds (ISO 8601); at most a year ahead.
    pub until: String,
}

/// The word `true`. What is not demanded is left out, so that nothing in a policy looks like a rule and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "bool", into = "bool")]
#[schemars(with = "bool", extend("const" = true))]
pub struct Demanded;

impl TryFrom<bool> for Demanded {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("only `true` can stand here; leave the rule out if it is not demanded") }
    }
}

impl From<Demanded> for bool {
    fn from(_: Demanded) -> Self {
        true
    }
}

/// What a waiver is about, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Scope {
    /// One requirement.
    One(RequirementId),
    /// A whole profile, or a pattern: more than anybody can answer for.
    Broad(String),
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Read, so that the decision can say what is wrong with it; a typing error is a fault of the file.
        if text.contains('*') || text.parse::<ProfileId>().is_ok() {
            return Ok(Self::Broad(text));
        }
        text.parse().map(Self::One).map_err(|fault: super::id::IdError| fault.to_string())
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(id) => f.write_str(id.as_str()),
            Self::Broad(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_is_about_one_requirement_or_too_much() {
        let scope = |text: &str| Scope::try_from(text.to_owned());
        assert!(matches!(scope("fhir-rest/ERR-01"), Ok(Scope::One(_))));
        for broad in ["fhir-rest", "fhir-rest/*", "*", "*/ERR-01"] {
            assert_eq!(scope(broad), Ok(Scope::Broad(broad.to_owned())));
        }
        assert!(scope("fhir rest/ERR-01").is_err() && scope("").is_err());
    }
}
