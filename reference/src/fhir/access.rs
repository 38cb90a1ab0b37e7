//! Who sees what at a data holder: relation, objection, regime, and the width of the token.
//! A ruling names its reason only because defects need one; honest answers never show it.

use super::choice::Choices;
use super::kind::Kind;
use super::store::{Store, URA};
use crate::app::{Holder, Setup};
use crate::config::{Regime, Right};
use crate::defect::Defect;
use crate::facility::{Heard, Said};
use crate::token::Session;
use serde_json::Value;
use time::OffsetDateTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    Open,
    Closed(Why),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nobody the asker could be entitled to.
    Outside,
    Unrelated,
    Objected,
    /// Only with a defect: the objection was withdrawn and the data did not come back.
    Lost,
    NoChoice,
    /// The register of consent that this patient follows did not clear it.
    Register,
    /// There was a permission once.
    Withdrawn,
}

/// Through which interaction somebody looks; it matters to defects only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lens {
    Get,
    PostSearch,
    /// One version, named by its number.
    Version,
    /// A page that an earlier search linked to.
    Page,
    /// One resource, named by its id.
    Id,
}

#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) holder: &'a Holder,
    pub(crate) session: &'a Session,
    pub(crate) lens: Lens,
    /// The moment at which choices are judged.
    pub(crate) now: Option<OffsetDateTime>,
    /// Whether the asker says that there is consent, which is worth nothing.
    pub(crate) vouched: bool,
    /// What the register of consent said of those who follow it.
    pub(crate) heard: &'a Heard,
}

impl View<'_> {
    pub(crate) fn sees(&self, kind: &Kind, resource: &Value) -> bool {
        self.ruling(kind, resource) == Ruling::Open
    }

    pub(crate) fn ruling(&self, kind: &Kind, resource: &Value) -> Ruling {
        let patient = self.store().patient_of(resource);
        match &self.session.right {
            Right::Writer => Ruling::Open,
            Right::Portal if kind.name == "DocumentReference" && self.setup.has(Defect::PatientLacksDocuments) => {
                Ruling::Closed(Why::Outside)
            }
            Right::Portal if patient.is_some() && patient == self.session.patient => {
                let needs = self.setup.has(Defect::OwnAccessNeedsRegister);
                match patient.filter(|patient| needs && self.unanswered(patient)) {
                    Some(_) => Ruling::Closed(Why::Outside),
                    None => Ruling::Open,
                }
            }
            Right::Portal => Ruling::Closed(Why::Outside),
            Right::Organisation { .. } if kind.name == "Organization" => Ruling::Open,
            Right::Organisation { .. } => match patient {
                Some(patient) => self.about(&patient, kind.name),
                None => Ruling::Closed(Why::Outside),
            },
        }
    }

    /// Whether an organisation may see data of this type of this patient.
    pub(crate) fn about(&self, patient: &str, kind: &str) -> Ruling {
        let Right::Organisation { ura } = &self.session.right else {
            return Ruling::Closed(Why::Outside);
        };
        let by_address = matches!(self.lens, Lens::Id | Lens::Version);
        let unbound = by_address && self.setup.has(Defect::TokenPatientNotCheckedOnRead);
        if !unbound && self.session.patient.as_deref().is_some_and(|only| only != patient) {
            return Ruling::Closed(Why::Outside);
        }
        let has = |defect| self.setup.has(defect);
        let by_id = self.lens == Lens::Id && has(Defect::IdsOpenWithoutRelation);
        if !by_id && !related(self.store(), patient, ura) {
            return Ruling::Closed(Why::Unrelated);
        }
        if !self.cleared(patient) {
            return Ruling::Closed(Why::Register);
        }
        let recorded = self.holder.choices.get(patient);
        let choices = Choices { setup: self.setup, store: self.store(), recorded, patient, now: self.now };
        let deaf = has(Defect::ObjectionNeverConsulted)
            || self.holder.reopened.contains(patient)
            || match self.lens {
                Lens::Get | Lens::Id => false,
                Lens::PostSearch => has(Defect::ObjectionOnlyOnGet),
                Lens::Version => has(Defect::VersionReadSkipsObjection),
                Lens::Page => has(Defect::PageSkipsObjection),
            };
        let decision = choices.decision(kind, ura, deaf);
        if decision == Some(false) && self.overruled(patient) {
            return Ruling::Open;
        }
        if decision == Some(false) {
            return Ruling::Closed(Why::Objected);
        }
        if has(Defect::WithdrawalLosesData) && choices.ever_objected() {
            return Ruling::Closed(Why::Lost);
        }
        // An objection at the portal takes the place of a permission there; whoever does not
        // hear the objection still holds the permission.
        let permitted = decision == Some(true)
            || (deaf && choices.permitted_but_for_objection())
            || (has(Defect::WithdrawalKeepsAccess) && choices.ever_permitted())
            || (has(Defect::ConsentHeaderTrusted) && self.vouched);
        match self.setup.regime {
            Regime::OptIn if !permitted && !has(Defect::OpenWithoutChoice) => {
                Ruling::Closed(if choices.ever_permitted() { Why::Withdrawn } else { Why::NoChoice })
            }
            Regime::OptIn | Regime::OptOut | Regime::Implied => Ruling::Open,
        }
    }

    /// Whether the register has nothing against it, for a patient who follows it.
    fn cleared(&self, patient: &str) -> bool {
        let has = |defect| self.setup.has(defect);
        if !self.holder.followers.contains(patient) {
            return true;
        }
        match self.heard.get(patient) {
            Some(Said::Clear | Said::ClearByCopy) => true,
            Some(Said::Silence) => has(Defect::RegisterSilenceMeansOpen),
            Some(Said::Fault) => has(Defect::RegisterFaultMeansOpen),
            Some(Said::Garbage) => has(Defect::RegisterGarbageMeansOpen),
            // Whoever was not asked about was not cleared.
            Some(Said::Objection) | None => false,
        }
    }

    /// Whether a patient follows the register and it did not answer.
    fn unanswered(&self, patient: &str) -> bool {
        let answered = matches!(self.heard.get(patient), Some(Said::Clear | Said::ClearByCopy | Said::Objection));
        self.holder.followers.contains(patient) && !answered
    }

    /// Only with defects: what the register does not object to, or did not when it last answered, nobody objects to.
    fn overruled(&self, patient: &str) -> bool {
        let by = match self.heard.get(patient) {
            Some(Said::Clear) => self.setup.has(Defect::ObjectionOverruledByRegister),
            Some(Said::ClearByCopy) => self.setup.has(Defect::CopyOverrulesObjection),
            _ => false,
        };
        by && self.holder.followers.contains(patient)
    }

    fn store(&self) -> &Store {
        &self.holder.store
    }
}

/// Whether an organisation is in a care team of this patient.
pub(crate) fn related(store: &Store, patient: &str, ura: &str) -> bool {
    store
        .about(patient, "CareTeam")
        .filter_map(|record| record.live())
        .filter(|(_, team)| store.patient_of(team).as_deref() == Some(patient))
        .filter_map(|(_, team)| team["participant"].as_array())
        .flatten()
        .map(|participant| &participant["member"]["identifier"])
        .any(|identifier| identifier["system"] == URA && identifier["value"] == ura)
}
