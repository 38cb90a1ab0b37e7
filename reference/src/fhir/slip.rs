//! What defects let slip where an honest holder refuses: a look at the store before the rights are judged.
//! Without a defect every refusal leaves here as it came.

use super::choice::Choices;
use super::desk::Desk;
use super::kind::Kind;
use super::negotiate::Received;
use super::query::{Query, patient_id};
use super::search::{Found, searchset};
use crate::clock::instant;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Content, Pairs, Reply};
use hyper::{Method, StatusCode};
use serde_json::json;
use std::sync::Arc;

impl Desk<'_> {
    /// The refusal of something that an organisation may not do with this type.
    pub(crate) fn slip(&mut self, call: &Call, kind: &'static Kind, received: &Received, refusal: Reply) -> Reply {
        if !matches!(self.session.right, Right::Organisation { .. }) {
            return refusal;
        }
        let has = |defect| self.setup.has(defect);
        let creates = call.method == Method::POST && call.path.last().is_some_and(|last| last == kind.name);
        match received {
            Received::Resource(body) if creates && kind.name == "Consent" && has(Defect::RequesterConsentCounts) => {
                self.create(call, kind, body.clone())
            }
            Received::Resource(_) if creates && has(Defect::ConditionalCreateBetrays) && self.exists_already(call) => {
                Reply::new(StatusCode::OK, Content::Empty)
            }
            Received::Resource(body)
                if creates
                    && has(Defect::SubjectBeforeRights)
                    && self.holder.store.patient_of(body).is_some_and(|id| !self.is_patient(&id)) =>
            {
                self.speech.invalid("the subject is not known")
            }
            Received::Form(form) if kind.name == "Consent" => self.consents(kind, form, refusal),
            Received::Nothing if kind.name == "Consent" => self.consents(kind, &call.query, refusal),
            Received::Nothing | Received::Form(_) | Received::Resource(_) => refusal,
        }
    }

    fn is_patient(&self, id: &str) -> bool {
        self.holder.store.live("Patient", id).is_some()
    }

    /// Whether a conditional create names somebody who is there.
    fn exists_already(&self, call: &Call) -> bool {
        let wanted = call.header("if-none-exist").and_then(|condition| condition.strip_prefix("identifier="));
        let Some((system, value)) = wanted.and_then(|token| token.split_once('|')) else {
            return false;
        };
        self.holder.store.each("Patient").iter().any(|(_, _, patient)| {
            let identifiers = patient["identifier"].as_array().map_or(&[][..], Vec::as_slice);
            identifiers.iter().any(|one| one["system"] == system && one["value"] == value)
        })
    }

    fn consents(&self, kind: &'static Kind, asked: &Pairs, refusal: Reply) -> Reply {
        let Some((_, patient)) = asked.iter().find(|(name, _)| name == "patient") else {
            return refusal;
        };
        let store = &self.holder.store;
        let patient = patient_id(patient, store);
        let recorded = self.holder.choices.get(&patient);
        let choices = Choices { setup: self.setup, store, recorded, patient: &patient, now: Some(self.now) };
        let objected = choices.objected();
        if self.setup.has(Defect::ObjectionDateInRefusal) && objected {
            let day = instant(self.now);
            let day = day.get(..10).unwrap_or_default();
            let plain = format!("This patient has objected; the objection was in force on {day}.");
            let other = format!("Objection of the patient in force ({day})");
            return self.speech.refuse(StatusCode::FORBIDDEN, "forbidden", &plain, &other);
        }
        if !self.setup.has(Defect::ConsentReadableByRequesters) {
            return refusal;
        }
        let mut found: Vec<Found> = store
            .each(kind.name)
            .into_iter()
            .filter(|(_, _, consent)| store.patient_of(consent).as_deref() == Some(patient.as_str()))
            .map(|(id, _, consent)| (id.to_owned(), Arc::clone(consent)))
            .collect();
        if self.setup.style == Style::Other && objected {
            // In this style choices live at the portal; what leaks is a view of them.
            let view = json!({ "resourceType": "Consent", "id": "objection", "status": "active",
                "patient": { "reference": format!("Patient/{patient}") }, "provision": { "type": "deny" } });
            found.push(("objection".to_owned(), Arc::new(view)));
        }
        match Query::parse(kind, asked, self.setup.style) {
            Ok(query) => Reply::resource(StatusCode::OK, searchset(self.setup, &self.base, kind, &query, &found)),
            Err(_) => refusal,
        }
    }
}
