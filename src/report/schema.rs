//! The JSON Schemas of what `run`, `compare`, `tender`, `diff` and `gate` write as JSON, made from the types that are written.
//! They say what every file of this format has; fields that come later break no reader.

use crate::language::schema::of;
use crate::model::comparison::Comparison;
use crate::model::report::Report;
use crate::model::tender::Tender;
use crate::report::diff::Diff;
use crate::report::gate::Decision;

/// The schema, as it stands in `reports/schema/report.schema.json`.
#[must_use]
pub fn report() -> String {
    of::<Report>("A report")
}

/// The schema, as it stands in `reports/schema/comparison.schema.json`.
#[must_use]
pub fn comparison() -> String {
    of::<Comparison>("A comparison of reports")
}

/// The schema, as it stands in `reports/schema/tender.schema.json`.
#[must_use]
pub fn tender() -> String {
    of::<Tender>("What a buyer demands")
}

/// The schema, as it stands in `reports/schema/diff.schema.json`.
#[must_use]
pub fn diff() -> String {
    of::<Diff>("What changed between two reports of one product")
}

/// The schema, as it stands in `reports/schema/decision.schema.json`.
#[must_use]
pub fn decision() -> String {
    of::<Decision>("What the gate decided, and why")
}
