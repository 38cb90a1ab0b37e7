//! Names with one door each: parsed once, trusted afterwards.
//! No id is ever built from text that an endpoint sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// A word holds something else than small letters, digits and hyphens.
    #[error("`{0}` is not a word of small letters, digits and hyphens")]
    NotAWord(String),
    /// A requirement or case id lacks its profile.
    #[error("`{0}` is not written `profile/name`")]
    NoProfile(String),
}

/// Words are what ids are made of: `[a-z0-9][a-z0-9-]*`, at most 80 characters.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A clause code such as `OPT-01` or `SX-27-notified`: a word in which capitals and dots may stand.
fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= 80 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $check:expr, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(#[schemars(regex(pattern = $pattern))] String);

        impl $name {
            /// The id as it is written in files.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                let check: fn(&str) -> Result<(), IdError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

fn word(text: &str) -> Result<(), IdError> {
    if is_word(text) { Ok(()) } else { Err(IdError::NotAWord(text.to_owned())) }
}

fn code(text: &str) -> Result<(), IdError> {
    if is_code(text) { Ok(()) } else { Err(IdError::NotAWord(text.to_owned())) }
}

fn profile_and_code(text: &str) -> Result<(), IdError> {
    match text.split_once('/') {
        Some((profile, rest)) if is_word(profile) && is_code(rest) => Ok(()),
        _ => Err(IdError::NoProfile(text.to_owned())),
    }
}

fn profile_and_word(text: &str) -> Result<(), IdError> {
    match text.split_once('/') {
        Some((profile, rest)) if is_word(profile) && is_word(rest) => Ok(()),
        _ => Err(IdError::NoProfile(text.to_owned())),
    }
}

id!(
    /// The identity of a profile: `privacy-by-design`.
    ProfileId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// The part of a requirement's identity that its own profile writes: `OPT-01`.
    ClauseCode, code, "^[A-Za-z0-9.-]+$"
);
id!(
    /// The identity of one requirement, written `profile/code`: `privacy-by-design/OPT-01`.
    ///
    /// Only a profile file can introduce one; everything else refers to it.
    /// An id is never reused, not even after its requirement is withdrawn.
    RequirementId, profile_and_code, "^[a-z0-9][a-z0-9-]*/[A-Za-z0-9.-]+$"
);
id!(
    /// The identity of a test case: its path below `testcases/`, without ending.
    CaseId, profile_and_word, "^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$"
);
id!(
    /// The name of a step within its case.
    StepId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// The name of a defect that the reference, or a mutation before it, can have.
    DefectId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// A role that a system can claim: `holder`, `receiver`.
    Role, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// An abstract action born in a profile: `record-objection`.
    ActionId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// An option of a profile: `choice-regime`.
    OptionId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// A request set: the file name below `testcases/requests/`.
    RequestSetId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// A member of the cast: patient or organisation.
    MemberId, word, "^[a-z0-9][a-z0-9-]*$"
);
id!(
    /// Any other word that files use as a name.
    Word, word, "^[a-z0-9][a-z0-9-]*$"
);

impl RequirementId {
    /// Joins a profile and the code its file gives a requirement.
    #[must_use]
    pub fn of(profile: &ProfileId, code: &ClauseCode) -> Self {
        Self(format!("{profile}/{code}"))
    }

    /// The profile this requirement belongs to.
    #[must_use]
    pub fn profile(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(profile, _)| profile)
    }

    /// Its id within that profile.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(_, local)| local)
    }
}

impl CaseId {
    /// The standard this case stands under.
    #[must_use]
    pub fn standard(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(standard, _)| standard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_door() {
        assert!("privacy-by-design/OPT-01".parse::<RequirementId>().is_ok());
        assert!("OPT-01".parse::<RequirementId>().is_err());
        assert!("../../etc/passwd".parse::<CaseId>().is_err());
        assert!("Upper".parse::<StepId>().is_err());
    }
}
