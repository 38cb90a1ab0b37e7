//! Where something stands in a comparison.

use toetssteen::model::comparison::{Comparison, Difference, Obstacle, Row, Subject};

pub fn subject<'c>(all: &'c Comparison, profile: &str, role: &str) -> &'c Subject {
    all.subjects.iter().find(|one| one.profile == profile && one.role == role).expect("the subject")
}

pub fn row<'c>(all: &'c Comparison, requirement: &str) -> &'c Row {
    let rows = all.subjects.iter().flat_map(|one| &one.categories).flat_map(|one| &one.rows);
    rows.into_iter().find(|row| row.requirement.as_str() == requirement).expect("the row")
}

pub fn obstacles(all: &Comparison, kind: Difference) -> Vec<&Obstacle> {
    all.obstacles.iter().filter(|one| one.kind == kind).collect()
}
