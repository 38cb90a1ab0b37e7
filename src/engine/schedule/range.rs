//! What `each` names range over, and what a bare name then stands for.
//! Pure: the same catalogue, seed and capability statement give the same combinations.

use super::layout::LayoutError;
use crate::model::id::{MemberId, Role, Word};
use crate::model::plan::{EachValue, Instance};
use crate::model::testcase::{Each, Range, Where};
use crate::model::text::Name;
use std::collections::BTreeMap;

/// The values that names stand for.
pub type Values = BTreeMap<String, EachValue>;

/// Every combination of an `each`, in name order, values in the order written.
///
/// # Errors
/// When a named set is empty on this target.
pub fn combinations(each: &Each, sets: &BTreeMap<Word, Vec<String>>) -> Result<Vec<Values>, LayoutError> {
    let mut all = vec![Values::new()];
    for (name, range) in each {
        let values: Vec<EachValue> = match range {
            Range::In(words) => words.iter().cloned().map(EachValue::Word).collect(),
            Range::Of(set) => {
                let words = sets.get(set).filter(|words| !words.is_empty());
                let words = words.ok_or_else(|| LayoutError::EmptySet(set.to_string()))?;
                words.iter().cloned().map(EachValue::Word).collect()
            }
            Range::Rows(rows) => rows
                .iter()
                .map(|row| EachValue::Row(row.iter().map(|(k, v)| (k.clone(), v.to_string())).collect()))
                .collect(),
        };
        all = all
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut next = so_far.clone();
                    next.insert(name.clone(), value.clone());
                    next
                })
            })
            .collect();
    }
    Ok(all)
}

/// Whether a `where` holds for this instance, its `each` values and the roles claimed.
#[must_use]
pub fn holds(condition: Option<&Where>, instance: &Instance, values: &Values, roles: &[Role]) -> bool {
    let Some(condition) = condition else { return true };
    (condition.fhir.is_empty() || condition.fhir.contains(&instance.dialect.fhir))
        && (condition.format.is_empty() || condition.format.contains(&instance.dialect.format))
        && condition
            .options
            .iter()
            .all(|(option, allowed)| instance.options.get(option).is_some_and(|value| allowed.contains(value)))
        && condition.claims.iter().all(|role| roles.contains(role))
        && condition
            .each
            .iter()
            .all(|(name, allowed)| values.get(name).is_some_and(|value| allowed.iter().any(|a| a == value.label())))
}

/// The word a bare name stands for: an `each` value, a column of one, or itself.
#[must_use]
pub fn word_of(name: &Name, values: &Values) -> String {
    match (values.get(&name.root), &name.field) {
        (Some(EachValue::Word(word)), None) => word.clone(),
        (Some(EachValue::Row(row)), Some(column)) => row.get(column).cloned().unwrap_or_default(),
        _ => name.to_string(),
    }
}

/// The cast member a bare name stands for.
#[must_use]
pub fn member_of(name: &Name, values: &Values) -> Option<MemberId> {
    word_of(name, values).parse().ok()
}
