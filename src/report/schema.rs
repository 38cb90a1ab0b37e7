//! The JSON Schema of `report.json`, made from the types that are written.
//! It says what every report of this format has; fields that come later break no reader.

use crate::language::schema::of;
use crate::model::comparison::Comparison;
use crate::model::report::Report;

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
