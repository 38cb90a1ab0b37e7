//! A handoff as its sender makes it: a Task, and a Composition with what the recipient needs (FHIR STU3).
//! Nothing of the record goes in but the set of a handoff, and no id of the record goes along.

use super::form::Form;
use super::narrative;
use super::notification_task::Thread;
use super::state::{Address, Delivery};
use super::stu3;
use crate::app::{App, Setup, Which};
use crate::clock::instant;
use crate::config::Style;
use crate::defect::Defect;
use crate::facility::number;
use crate::fhir::{Store, URA, fresh_id, holder_kinds};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const SNOMED: &str = "http://snomed.info/sct";
/// What the Task is: a transfer of care.
pub(super) const TRANSFER: &str = "308292007";
/// What is transferred: a nursing handoff.
pub(super) const NURSING: &str = "11171000146100";
pub(super) const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const PROFILE: &str = "http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task";

/// A type and an id.
pub(super) type Name = (&'static str, String);

#[derive(Debug)]
pub(super) struct Handoff {
    /// The URA of whoever it is handed off to.
    pub(super) owner: String,
    pub(super) address: Address,
    /// How the recipient is told.
    pub(super) form: Form,
    pub(super) thread: Thread,
    /// Whether word of the handoff arrived; word of later changes does not alter that.
    pub(super) delivery: Delivery,
    pub(super) task: Value,
    /// What the message refers to, the Composition first; in the order in which a document has it.
    pub(super) parts: Vec<(Name, Value)>,
    /// Which of the parts the document has: all that the Composition leads to.
    pub(super) in_document: usize,
    document_number: String,
    /// Whose record it is made from; only defects look there again.
    pub(super) source: (Which, String),
    pub(super) bsn: String,
}

/// Whose record, for whom, and what of it is not handed off.
#[derive(Debug)]
pub(super) struct Wish<'w> {
    pub(super) which: Which,
    pub(super) patient: &'w str,
    pub(super) recipient: &'w str,
    pub(super) withhold: Option<(&'w str, &'w str)>,
    pub(super) stage: Stage<'w>,
    pub(super) form: Form,
}

/// How far a handoff has come, which decides what its recipient gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage<'w> {
    /// The recipient is one of several who may be chosen: this entry of the record says what is asked of them, and of
    /// whom it is they are not told.
    Offered {
        need: (&'w str, &'w str),
    },
    Settled,
}

impl Stage<'_> {
    fn status(self) -> &'static str {
        match self {
            Self::Offered { .. } => "requested",
            Self::Settled => "in-progress",
        }
    }
}

impl Handoff {
    /// Makes a handoff from a record; nothing if that patient has none here.
    pub(super) fn made(app: &App, store: &Store, wish: &Wish<'_>, address: Address) -> Option<(String, Self)> {
        let setup = &app.setup;
        let (_, record) = store.live("Patient", wish.patient)?;
        let fresh = || fresh_id(setup.style);
        let (task_id, composition, patient) = (fresh(), fresh(), fresh());
        let (sender, recipient) = (fresh(), fresh());
        let whom = match wish.stage {
            Stage::Offered { .. } if !setup.has(Defect::CandidatesSeeAll) => nobody(record, &patient),
            Stage::Offered { .. } | Stage::Settled => stu3::patient(record, &patient, BSN),
        };
        let mut parts = vec![(("Patient", patient.clone()), whom)];
        parts.push((("Organization", sender.clone()), organization(&sender, &setup.own_ura)));
        let content = set(setup, store, wish).into_iter().filter(|_| !setup.has(Defect::EnvelopeWithoutContent));
        for (kind, r4) in content {
            let id = fresh();
            parts.extend(stu3::converted(r4, &id, &patient).map(|stu3| ((kind, id), stu3)));
        }
        let left_out = withheld(store, wish).filter(|_| setup.has(Defect::WithheldStaysInNarrative));
        let body = composed(&composition, &instant(app.clock.now()), &patient, &sender, &parts, left_out);
        if setup.has(Defect::WholeRecordInDocument) {
            parts.extend(rest(setup, store, wish, &patient).map(|(kind, body)| ((kind, fresh()), body)));
            parts.iter_mut().for_each(|((_, id), body)| body["id"] = json!(id));
        }
        let in_document = parts.len() + 1;
        parts.insert(0, (("Composition", composition.clone()), body));
        parts.push((("Organization", recipient.clone()), organization(&recipient, wish.recipient)));
        let mut task = json!({
            "resourceType": "Task",
            "id": task_id,
            "meta": { "profile": [PROFILE] },
            "status": wish.stage.status(),
            "intent": "order",
            "code": { "coding": [{ "system": SNOMED, "code": TRANSFER }] },
            "for": { "reference": format!("Patient/{patient}") },
            "requester": { "agent": party(&sender, &setup.own_ura) },
            "owner": party(&recipient, wish.recipient),
            "input": [{
                "type": { "coding": [{ "system": SNOMED, "code": NURSING }] },
                "valueReference": { "reference": format!("Composition/{composition}") }
            }]
        });
        spoil(setup, &mut task, record);
        let handoff = Self {
            owner: wish.recipient.to_owned(),
            address,
            form: wish.form,
            thread: Thread::begun(setup),
            delivery: Delivery::Pending,
            task,
            parts,
            in_document,
            document_number: fresh_id(Style::Other),
            source: (wish.which, wish.patient.to_owned()),
            bsn: number(store, wish.patient).unwrap_or_default(),
        };
        Some((task_id, handoff))
    }

    pub(super) fn status(&self) -> &str {
        self.task["status"].as_str().unwrap_or_default()
    }

    pub(super) fn part(&self, kind: &str, id: &str) -> Option<&Value> {
        self.parts.iter().find(|((name, own), _)| *name == kind && own == id).map(|(_, part)| part)
    }

    /// What the patient has, in the words of the first diagnosis.
    pub(super) fn diagnosis(&self) -> String {
        let first = self.parts.iter().find(|((kind, _), _)| *kind == "Condition");
        first.and_then(|(_, part)| part["code"]["text"].as_str()).unwrap_or("diagnosis").to_owned()
    }

    /// The document that a Composition heads, if it is the one of this handoff.
    pub(super) fn document(&self, composition: &str, setup: &Setup, at: &str) -> Option<Value> {
        self.part("Composition", composition)?;
        let base = setup.handoff();
        let mut entries: Vec<Value> = self.parts[..self.in_document]
            .iter()
            .map(|((kind, id), part)| json!({ "fullUrl": format!("{base}/{kind}/{id}"), "resource": part }))
            .collect();
        if setup.has(Defect::DocumentLacksAReferencedResource) {
            entries.pop();
        }
        if setup.has(Defect::DocumentWithoutCompositionFirst) {
            entries.rotate_left(1);
        }
        Some(json!({
            "resourceType": "Bundle",
            "meta": { "lastUpdated": at },
            "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", self.document_number) },
            "type": "document",
            "entry": entries
        }))
    }
}

/// The set of a handoff: problems and vital signs, but for what is withheld; of one that is only offered, what is needed.
fn set<'s>(setup: &Setup, store: &'s Store, wish: &Wish<'_>) -> Vec<(&'static str, &'s Value)> {
    let mut all = Vec::new();
    for kind in ["Condition", "Observation"] {
        let records = store.about(wish.patient, kind).filter_map(|record| Some((record.rank, record.live()?.1)));
        let mut found: BTreeMap<usize, &Value> = records.map(|(rank, body)| (rank, body.as_ref())).collect();
        found.retain(|_, body| store.patient_of(body).as_deref() == Some(wish.patient));
        found.retain(|_, body| kind == "Condition" || is_vital_sign(body));
        found.retain(|_, body| wish.withhold.is_none_or(|(other, id)| other != kind || body["id"] != id));
        if let Stage::Offered { need: (needed, id) } = wish.stage
            && !setup.has(Defect::CandidatesSeeAll)
        {
            found.retain(|_, body| needed == kind && body["id"] == id);
        }
        all.extend(found.into_values().map(|body| (kind, body)));
    }
    all
}

/// What is not handed off although it is of the set.
fn withheld<'s>(store: &'s Store, wish: &Wish<'_>) -> Option<&'s Value> {
    let (kind, id) = wish.withhold?;
    store.live(kind, id).map(|(_, body)| body.as_ref())
}

/// Only with a defect: everything else of the record, but for what is withheld.
fn rest<'s>(
    setup: &Setup,
    store: &'s Store,
    wish: &'s Wish<'_>,
    patient: &'s str,
) -> impl Iterator<Item = (&'static str, Value)> {
    let taken: Vec<&Value> = set(setup, store, wish).into_iter().map(|(_, body)| body).collect();
    let kinds = holder_kinds().filter(|kind| *kind != "Patient");
    kinds.flat_map(move |kind| {
        let records = store.about(wish.patient, kind).filter_map(|record| Some(record.live()?.1.as_ref()));
        let own = records.filter(|body| store.patient_of(body).as_deref() == Some(wish.patient));
        let left = own.filter(|body| !taken.contains(body) && Some(*body) != withheld(store, wish));
        let moved = left.map(|body| {
            let about = if body.get("patient").is_some() { "patient" } else { "subject" };
            let mut body = body.clone();
            body[about] = json!({ "reference": format!("Patient/{patient}") });
            (kind, body)
        });
        moved.collect::<Vec<_>>()
    })
}

/// Only with defects: a Task that says too much, too little, or something else.
fn spoil(setup: &Setup, task: &mut Value, patient: &Value) {
    if setup.has(Defect::NameInTask) {
        task["for"]["display"] = patient["name"][0]["family"].clone();
    }
    if setup.has(Defect::TaskOfAnotherCode) {
        task["code"]["coding"][0]["code"] = json!("3457005");
    }
    if let Some(fields) = task.as_object_mut().filter(|_| setup.has(Defect::TaskWithoutRequester)) {
        fields.shift_remove("requester");
    }
}

/// Somebody of whom only the gender is told.
fn nobody(record: &Value, id: &str) -> Value {
    let mut somebody = json!({ "resourceType": "Patient", "id": id });
    if let Some(gender) = record.get("gender") {
        somebody["gender"] = gender.clone();
    }
    somebody
}

fn is_vital_sign(observation: &Value) -> bool {
    let categories = observation["category"].as_array().into_iter().flatten();
    let codings = categories.flat_map(|category| category["coding"].as_array().into_iter().flatten());
    codings.into_iter().any(|coding| coding["code"] == "vital-signs")
}

fn composed(
    id: &str,
    at: &str,
    patient: &str,
    author: &str,
    parts: &[(Name, Value)],
    left_out: Option<&Value>,
) -> Value {
    let of = |kind: &'static str| parts.iter().filter(move |((name, _), _)| *name == kind);
    let sections = [("Condition", "52870002", "Diagnosen"), ("Observation", "363788007", "Metingen")];
    let sections: Vec<Value> = sections
        .into_iter()
        .filter(|(kind, ..)| of(kind).next().is_some())
        .map(|(kind, code, title)| {
            let entries: Vec<_> = of(kind).map(|((_, id), _)| json!({ "reference": format!("{kind}/{id}") })).collect();
            json!({
                "title": title,
                "code": { "coding": [{ "system": SNOMED, "code": code }] },
                "text": narrative::of(of(kind).map(|(_, part)| part)),
                "entry": entries
            })
        })
        .collect();
    let mut whole = json!({
        "resourceType": "Composition",
        "id": id,
        "text": narrative::of(of("Condition").chain(of("Observation")).map(|(_, part)| part).chain(left_out)),
        "status": "final",
        "type": { "coding": [{ "system": SNOMED, "code": NURSING }] },
        "subject": { "reference": format!("Patient/{patient}") },
        "date": at,
        "author": [{ "reference": format!("Organization/{author}") }],
        "title": "Verpleegkundige overdracht"
    });
    if !sections.is_empty() {
        whole["section"] = Value::Array(sections);
    }
    whole
}

fn organization(id: &str, ura: &str) -> Value {
    json!({
        "resourceType": "Organization",
        "id": id,
        "identifier": [{ "system": URA, "value": ura }]
    })
}

/// An organisation by its place here and by its number everywhere.
fn party(id: &str, ura: &str) -> Value {
    json!({ "reference": format!("Organization/{id}"), "identifier": { "system": URA, "value": ura } })
}
