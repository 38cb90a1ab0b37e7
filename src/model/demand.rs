//! What civil-rights texts ask, one line each, and how far a test from the outside can answer it.
//! Positions that requirements may serve; nothing here is a finding about anybody.

use super::profile::Demand;
use super::request::Format1;
use super::text::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The demands file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Demands {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The demands.
    pub demands: Vec<Stated>,
}

/// One demand as it is stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stated {
    /// Its number.
    pub id: Demand,
    /// What is asked or feared, in one line.
    pub title: Bilingual,
    /// How far a test can answer it.
    pub answered_by: Answer,
}

/// How far a test from the outside can answer a demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// What is asked shows at an endpoint.
    Test,
    /// A part of it does; the rest needs evidence.
    Partly(Grounds),
    /// It is for institutions; a test cannot answer it.
    Institution(Grounds),
}

/// Why a test cannot answer, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Grounds {
    /// The reason.
    pub because: Bilingual,
}

impl Answer {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Partly(_) => "partly",
            Self::Institution(_) => "institution",
        }
    }

    /// Why a test cannot answer it, or not wholly.
    #[must_use]
    pub const fn grounds(&self) -> Option<&Bilingual> {
        match self {
            Self::Test => None,
            Self::Partly(grounds) | Self::Institution(grounds) => Some(&grounds.because),
        }
    }
}
