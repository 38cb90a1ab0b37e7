//! The cast: synthetic patients and organisations, and the numbers they may bear.
//! Declared here, drawn per run from the seed; never a real person.

use super::id::{MemberId, Word};
use super::profile::Strength;
use super::request::Format1;
use super::text::Bilingual;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A cast file (`testcases/cast/*.yaml`); all of them together are the cast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Cast {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// Patients by name.
    #[serde(default)]
    pub patients: BTreeMap<MemberId, Patient>,
    /// Organisations by name; a step acts `as` one of them.
    #[serde(default)]
    pub organisations: BTreeMap<MemberId, Organisation>,
    /// The file `testcases/bodies/<relation>.<fhir>.<format>` that says to a target who treats whom; made once for
    /// each patient and organisation, with `{{asked.id}}` and `{{organisation.ura}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Word>,
}

/// How a patient comes to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Patient {
    /// From a fixture.
    Record(PatientRecord),
    /// Same types, counts and sizes as another; other content, other canaries.
    Twin(Twin),
    /// Never existed anywhere; numbers in turn from the run's pool.
    Never,
}

/// A patient with a record of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PatientRecord {
    /// The file `testcases/bodies/<fixture>.<fhir>.<format>`: a Bundle whose first entry is the Patient.
    pub fixture: Word,
    /// Ids of further resources by name: the last part of the entry's `fullUrl`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Word, String>,
    /// Organisations with a treatment relationship.
    #[serde(default)]
    pub treated_by: Vec<MemberId>,
    /// The choice about availability that is on record.
    pub choice: Choice,
}

/// A twin of another patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Twin {
    /// The other; itself with a record.
    pub of: MemberId,
    /// Organisations with a treatment relationship, if not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treated_by: Option<Vec<MemberId>>,
    /// The choice on record, if not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
}

/// What a patient's choice on record is when a case begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Whatever the claimed regime needs for retrieval to be allowed.
    Open,
    /// None was ever recorded.
    Unset,
}

/// An organisation of the cast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Organisation {
    /// Its name in reports.
    pub title: Bilingual,
}

/// The one place that fixes which numbers synthetic people may bear (`testcases/cast/numbers.yaml`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Numbers {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// Citizen service numbers.
    pub bsn: NumberKind,
    /// Care provider numbers.
    pub ura: NumberKind,
}

/// One kind of number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberKind {
    /// Its FHIR identifier system.
    pub system: String,
    /// Its object identifier.
    pub oid: String,
    /// Names under which it is labelled in parameters and claims.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Ranges reserved for tests.
    pub ranges: Vec<NumberRange>,
}

/// A reserved range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberRange {
    /// The digits it begins with.
    pub prefix: String,
    /// How many digits a number has in all.
    pub digits: u8,
    /// Where that is laid down.
    pub source: String,
    /// How well that is known.
    pub strength: Strength,
}

/// A patient as drawn for one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Person {
    /// The name in the cast; for numbers of the pool `never`.
    pub member: MemberId,
    /// A citizen service number from a reserved range, passing the 11-proof.
    pub bsn: String,
    /// A family name no one bears; unique in the run.
    pub family: String,
    /// A given name; unique in the run.
    pub given: String,
    /// Birth date, ISO 8601.
    pub birth_date: String,
    /// Markers planted in its record, with the group each belongs to.
    pub canaries: Vec<Canary>,
}

/// A random marker planted in one place of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Canary {
    /// The group: `clinical`, `identity`, …
    pub group: String,
    /// 128 random bits, written in small letters and digits.
    pub value: String,
}
