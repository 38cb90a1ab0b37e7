//! What a name may stand for at a place: `each` names with their values, and the names of steps.
//! Answers questions of the other families; finds nothing itself.

use super::ground::{Ground, StepAt};
use crate::model::profile::NamedSet;
use crate::model::testcase::{Each, Range, TestCase};
use crate::model::text::{Name, Part, Text};

/// What an `each` name, with or without a column, can be.
pub(super) enum Values {
    /// One of these.
    Known(Vec<String>),
    /// Something that is known only during the run.
    Open,
    /// Nothing: there is no such column, or one is needed; with the columns there are.
    NoColumn(Vec<String>),
}

/// The `each` names of a place, the step's before the case's.
#[derive(Clone, Copy)]
pub(super) struct Scope<'h> {
    pub case: Option<&'h TestCase>,
    pub profile: &'h str,
    step: Option<&'h Each>,
}

impl<'h> Scope<'h> {
    pub fn of(at: &StepAt<'h>) -> Self {
        Self { case: Some(at.case()), profile: at.id.standard(), step: Some(&at.step.frame.each) }
    }

    pub fn of_case(case: &'h TestCase, profile: &'h str) -> Self {
        Self { case: Some(case), profile, step: None }
    }

    /// Outside any case: no `each` names, and options of any profile.
    pub fn of_nothing() -> Self {
        Self { case: None, profile: "", step: None }
    }

    /// What an `each` name ranges over.
    pub fn range(&self, name: &str) -> Option<&'h Range> {
        self.step.and_then(|each| each.get(name)).or_else(|| self.case.and_then(|case| case.each.get(name)))
    }

    /// The names there are.
    pub fn names(&self) -> impl Iterator<Item = &'h str> {
        let step = self.step.into_iter().flat_map(|each| each.keys());
        let case = self.case.into_iter().flat_map(|case| case.each.keys());
        step.chain(case).map(String::as_str)
    }

    /// What a name can be, if its root is an `each` name.
    pub fn values(&self, ground: &Ground<'_>, name: &Name) -> Option<Values> {
        let range = self.range(&name.root)?;
        Some(match (range, &name.field) {
            (Range::In(words), None) => Values::Known(words.clone()),
            (Range::Of(set), None) => {
                let set = ground.profiles.get(self.profile).and_then(|parsed| parsed.value.sets.get(set));
                match set {
                    Some(NamedSet::Words(words)) => Values::Known(words.clone()),
                    Some(NamedSet::Capability(_)) | None => Values::Open,
                }
            }
            (Range::Near(_), None) => Values::Open,
            (Range::In(_) | Range::Of(_) | Range::Near(_), Some(_)) => Values::NoColumn(Vec::new()),
            (Range::Draw(draw), field) => {
                let columns: Vec<String> = (1..=draw.take).map(|column| column.to_string()).collect();
                if field.as_ref().is_some_and(|field| columns.contains(field)) {
                    Values::Open
                } else {
                    Values::NoColumn(columns)
                }
            }
            (Range::Rows(rows), field) => {
                let mut columns: Vec<String> = rows.iter().flat_map(|row| row.keys().cloned()).collect();
                columns.sort();
                columns.dedup();
                let cells =
                    field.as_ref().map(|field| rows.iter().map(|row| row.get(field)).collect::<Option<Vec<_>>>());
                match cells.flatten() {
                    None => Values::NoColumn(columns),
                    Some(cells) => match cells.iter().map(|cell| literal(cell)).collect::<Option<Vec<_>>>() {
                        Some(words) => Values::Known(words),
                        None => Values::Open,
                    },
                }
            }
        })
    }
}

/// The text, if it has no placeholder.
pub(super) fn literal(text: &Text) -> Option<String> {
    match text.parts() {
        [Part::Literal(literal)] => Some(literal.clone()),
        _ => None,
    }
}
