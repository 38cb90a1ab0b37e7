//! Who saw what of whom and when, kept for the patient, as FHIR AuditEvents.
//! It is written from what was answered, so that nothing is given that is not in it.

mod forward;

use crate::app::{App, Setup, Which};
use crate::clock::instant;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::fhir::{Speech, Store, URA};
use crate::token::{Session, bearer};
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;

/// The most events that are kept; the oldest go first.
const MOST: usize = 20_000;

#[derive(Debug, Default)]
pub(crate) struct Log {
    kept: VecDeque<Event>,
    /// What the log facility has not taken yet.
    unsent: VecDeque<Event>,
    /// Whether somebody is at it to send that.
    sending: bool,
    /// When the log facility last took something.
    heard: Option<Instant>,
}

/// What one answer gives, as it belongs in the log.
#[derive(Clone, Debug)]
pub(crate) struct Accesses(Vec<Event>);

/// One access, or a part of it.
#[derive(Clone, Debug)]
struct Event {
    patient: String,
    ura: String,
    at: OffsetDateTime,
    /// `Type/id` of everything that was given.
    what: Vec<String>,
}

/// What an answer gives an organisation, if it gives anything.
pub(crate) fn accesses(
    setup: &Setup,
    store: &Store,
    session: &Session,
    reply: &Reply,
    at: OffsetDateTime,
) -> Option<Accesses> {
    let (Right::Organisation { ura }, Content::Resource(answer)) = (&session.right, &reply.content) else {
        return None;
    };
    if !reply.status.is_success() {
        return None;
    }
    let mut events = Vec::new();
    let mut given: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    gather(setup, answer, &mut |resource| {
        let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) else { return };
        if let Some(patient) = store.patient_of(resource) {
            given.entry((patient, kind.to_owned())).or_default().push(format!("{kind}/{id}"));
        }
    });
    for ((patient, _), what) in given {
        // One event for each kind of data, or one for each resource: the standard leaves it free.
        let parts = match setup.style {
            Style::Plain => vec![what],
            Style::Other => what.into_iter().map(|one| vec![one]).collect(),
        };
        for what in parts {
            events.push(Event { patient: patient.clone(), ura: ura.clone(), at, what });
        }
        if setup.has(Defect::LogInventsAccess)
            && let Some(ura) = other_than(setup, ura)
        {
            events.push(Event { patient: patient.clone(), ura, at, what: vec![format!("Patient/{patient}")] });
        }
    }
    (!events.is_empty()).then_some(Accesses(events))
}

/// Keeps the accesses of an answer before it is given; where they cannot be logged as they must, it is not given.
pub(crate) async fn kept(app: &Arc<App>, mut reply: Reply) -> Reply {
    let Some(Accesses(events)) = reply.accesses.take().map(|accesses| *accesses) else { return reply };
    if forward::taken(app, &events).await {
        app.world().log.add(events);
        return reply;
    }
    Speech(app.setup.style).unlogged()
}

impl Log {
    fn add(&mut self, events: Vec<Event>) {
        for event in events {
            if self.kept.len() >= MOST {
                self.kept.pop_front();
            }
            self.kept.push_back(event);
        }
    }

    fn of(&self, patient: &str) -> Vec<Value> {
        let own = self.kept.iter().filter(|event| event.patient == patient);
        own.enumerate().map(|(number, event)| json!({ "resource": event.numbered(number) })).collect()
    }
}

impl Event {
    fn numbered(&self, number: usize) -> Value {
        let mut resource = self.resource();
        resource["id"] = json!(format!("event-{number}"));
        resource
    }

    fn resource(&self) -> Value {
        let entities: Vec<Value> = std::iter::once(format!("Patient/{}", self.patient))
            .chain(self.what.iter().cloned())
            .map(|reference| json!({ "what": { "reference": reference } }))
            .collect();
        json!({
            "resourceType": "AuditEvent",
            "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest" },
            "action": "R",
            "recorded": instant(self.at),
            "outcome": "0",
            "agent": [{ "who": { "identifier": { "system": URA, "value": self.ura } }, "requestor": true }],
            "source": { "observer": { "display": "reference" } },
            "entity": entities
        })
    }
}

/// Calls with every resource in an answer that ends up in the log.
fn gather(setup: &Setup, answer: &Value, call: &mut dyn FnMut(&Value)) {
    if answer["resourceType"] != "Bundle" {
        return call(answer);
    }
    if answer["type"] == "batch-response" && setup.has(Defect::BatchNotLogged) {
        return;
    }
    for entry in answer["entry"].as_array().into_iter().flatten() {
        let included = entry["search"]["mode"] == "include";
        if !(included && setup.has(Defect::IncludesNotLogged)) {
            gather(setup, &entry["resource"], call);
        }
    }
}

fn other_than(setup: &Setup, ura: &str) -> Option<String> {
    setup.clients.iter().rev().find_map(|client| match &client.right {
        Right::Organisation { ura: other } if other != ura => Some(other.clone()),
        _ => None,
    })
}

/// The log as its patient reads it at the portal.
pub(crate) fn answer(app: &App, call: &Call, rest: &[&str]) -> Reply {
    read(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn read(app: &App, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let audiences = [app.setup.portal(), app.setup.holder(Which::A), app.setup.holder(Which::B)];
    let session = bearer(app, call, &audiences).map_err(|denied| {
        Reply::problem(StatusCode::UNAUTHORIZED, "invalid_token", "a valid access token is required")
            .with("www-authenticate", denied.challenge())
    })?;
    if rest != ["AuditEvent"] || call.method != Method::GET {
        return Err(Reply::problem(StatusCode::NOT_FOUND, "not_found", "nothing is served here"));
    }
    let patient = call.single("patient").map(|text| text.strip_prefix("Patient/").unwrap_or(text));
    if session.right != Right::Portal || session.patient.as_deref() != patient {
        return Err(Reply::problem(StatusCode::FORBIDDEN, "forbidden", "a patient reads the own log only"));
    }
    let entries = app.world().log.of(patient.unwrap_or_default());
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len() });
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    Ok(Reply::resource(StatusCode::OK, bundle))
}
