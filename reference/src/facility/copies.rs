//! What the register of consent last said of those who follow it, and for how long that may be used again.
//! An objection at the holder itself is none of its business: it is looked at beside whatever a copy says.

use super::register::Said;
use crate::app::Setup;
use crate::defect::Defect;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// The latest answers by the id of the patient; only where copies are kept are they used.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    latest: BTreeMap<String, (Said, OffsetDateTime)>,
    /// Only with a defect: of whom nothing new is believed since the register failed to answer.
    stuck: BTreeSet<String>,
}

impl Copies {
    /// What a copy says that may be used now.
    pub(super) fn good(&self, setup: &Setup, patient: &str, now: OffsetDateTime) -> Option<Said> {
        let lasts = setup.copies_last?;
        let (said, since) = self.latest.get(patient)?;
        let over = now - *since >= lasts && !setup.has(Defect::CopyNeverEnds);
        match said {
            _ if over => None,
            Said::Clear => Some(Said::ClearByCopy),
            other => Some(*other),
        }
    }

    /// What holds now that the register said this, or failed to say anything.
    pub(super) fn settle(&mut self, setup: &Setup, patient: &str, said: Said, now: OffsetDateTime) -> Said {
        if !matches!(said, Said::Clear | Said::Objection) {
            if setup.has(Defect::OutageFreezesDecisions) {
                self.stuck.insert(patient.to_owned());
            }
            return self.good(setup, patient, now).unwrap_or(said);
        }
        match self.latest.get(patient).filter(|_| self.stuck.contains(patient)) {
            Some((before, _)) => *before,
            None => {
                self.latest.insert(patient.to_owned(), (said, now));
                said
            }
        }
    }

    /// Nothing said before counts when somebody begins or ceases to follow the register.
    pub(crate) fn forget(&mut self, patient: &str) {
        self.latest.remove(patient);
        self.stuck.remove(patient);
    }
}
