//! What was done for somebody who stood at the target before, and was not taken back.
//! With a cast that a run creates itself, the choice goes with the patient.

use crate::language::catalogue::Catalogue;
use crate::model::id::{ActionId, MemberId};
use crate::model::record::{Event, Phase, Record};
use crate::model::target::{CastMeans, Target};
use std::fmt;

/// An acknowledged action that nothing took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The action.
    pub action: ActionId,
    /// Whom it concerns.
    pub person: Option<MemberId>,
    /// The action that takes it back.
    pub undo: ActionId,
}

/// What is to be done about it.
impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.person.as_ref().map(|person| format!(" {person}")).unwrap_or_default();
        write!(f, "{}{who}", self.undo)
    }
}

/// The acknowledged actions of cases that nothing took back.
#[must_use]
pub fn open(catalogue: &Catalogue, target: &Target, records: &[Record]) -> Vec<Open> {
    let mut open = Vec::<Open>::new();
    for record in records {
        let Event::Action(done) = &record.event else { continue };
        if !done.acknowledged || !matches!(record.key.phase, Phase::Case | Phase::Undo) {
            continue;
        }
        // Whoever is removed takes the choice along; what is done for nobody in particular stays.
        if target.cast == CastMeans::Fhir && done.person.is_some() {
            continue;
        }
        if let Some(at) = open.iter().rposition(|one| one.undo == done.action && one.person == done.person) {
            open.remove(at);
        } else if let Some(undo) = catalogue.action(&done.action).and_then(|action| action.undo.clone()) {
            open.push(Open { action: done.action.clone(), person: done.person.clone(), undo });
        }
    }
    open
}
