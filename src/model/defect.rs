//! Defects: what is deliberately wrong with the reference so that cases can show they notice.
//! A defect is a switch built into the reference, or a mutation applied by a proxy before it.

use super::id::{DefectId, Role};
use super::request::{Format1, HeaderName, Method};
use super::span::Span;
use super::text::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `testcases/<profile>/defects.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Defects {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The defects of this profile.
    pub defects: Vec<Defect>,
}

/// One defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Defect {
    /// Its name.
    pub id: DefectId,
    /// The role of the reference that has it.
    pub role: Role,
    /// What is wrong, in one sentence.
    pub title: Bilingual,
    /// How it is brought about.
    pub by: Means,
}

/// How a defect is brought about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Means {
    /// A switch of the same name in the reference.
    Switch,
    /// A change made to the traffic of the clean reference.
    Mutation(Mutation),
}

/// A change made to traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mutation {
    /// The exchanges it touches.
    #[serde(default)]
    pub route: MutationRoute,
    /// What is done to them.
    #[serde(rename = "do")]
    pub change: Change,
}

/// Which exchanges a mutation touches; absent matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MutationRoute {
    /// The method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// A glob over the path below whichever endpoint was called, or over the whole path, which names one endpoint;
    /// `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The class of the answer's status, 2 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_class: Option<u16>,
}

/// What a mutation does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Answers with this status instead.
    Status(u16),
    /// Answers with this body instead.
    Body(String),
    /// Answers without body.
    DropBody,
    /// Sets a response header.
    Header {
        /// The header.
        name: HeaderName,
        /// What it says, and nothing else does.
        value: String,
    },
    /// Takes a response header away.
    DropHeader(HeaderName),
    /// Takes an element out of a JSON answer, by JSON pointer.
    RemoveElement(String),
    /// Takes a parameter out of the request.
    IgnoreParameter(String),
    /// Takes a header out of the request.
    DropRequestHeader(HeaderName),
    /// Answers this much later.
    Delay(Span),
}

/// `testcases/reference.yaml`: the claims under which the reference is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferenceClaims {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The sets; each is one run.
    pub sets: Vec<ClaimSet>,
}

/// One set of claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClaimSet {
    /// Its name.
    pub id: super::id::Word,
    /// The claims, written as in a target file.
    pub claims: Vec<super::target::Claim>,
    /// The cases that are run under them, where most would only show again what another set shows; all by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<super::id::CaseId>,
}

impl ClaimSet {
    /// Whether this case is run under these claims, if it applies there.
    #[must_use]
    pub fn takes(&self, case: &super::id::CaseId) -> bool {
        self.only.is_empty() || self.only.contains(case)
    }

    /// What of a selection is run under these claims; to be asked only where anything of it is.
    #[must_use]
    pub fn narrowed(&self, selection: &super::plan::Selection) -> super::plan::Selection {
        let mut narrowed = selection.clone();
        if !self.only.is_empty() {
            let wanted = |case: &&super::id::CaseId| selection.cases.is_empty() || selection.cases.contains(case);
            narrowed.cases = self.only.iter().filter(wanted).cloned().collect();
        }
        narrowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::Selection;

    #[test]
    fn a_set_that_names_its_cases_leaves_the_others_of_a_selection_out() {
        let id = |id: &str| id.parse::<super::super::id::CaseId>().unwrap();
        let set = |only: &[&str]| ClaimSet {
            id: "kept".parse().unwrap(),
            claims: Vec::new(),
            only: only.iter().map(|case| id(case)).collect(),
        };
        let asked =
            |cases: &[&str]| Selection { cases: cases.iter().map(|case| id(case)).collect(), ..Selection::default() };
        let whole = set(&[]);
        assert!(whole.takes(&id("demo/a")) && whole.narrowed(&asked(&[])).is_whole());
        let few = set(&["demo/a", "demo/b"]);
        assert!(few.takes(&id("demo/a")) && !few.takes(&id("demo/c")));
        assert_eq!(few.narrowed(&asked(&[])).cases, few.only);
        assert_eq!(few.narrowed(&asked(&["demo/b", "demo/c"])).cases, [id("demo/b")]);
    }
}
