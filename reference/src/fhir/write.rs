//! Create, update, and delete, with their preconditions.
//! Everything here has passed the general rights; what a portal may touch is judged once more.

use super::access::Lens;
use super::desk::Desk;
use super::kind::Kind;
use super::store::Version;
use super::validate::fault;
use crate::clock::http_date;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Content, Reply};
use hyper::StatusCode;
use serde_json::Value;

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Desk<'_> {
    pub(crate) fn create(&mut self, call: &Call, kind: &Kind, body: Value) -> Reply {
        let id = self.promised.take().unwrap_or_else(|| fresh_id(self.setup.style));
        if call.headers.contains_key("if-none-exist") {
            return self.speech.bad("not-supported", "conditional create is not supported");
        }
        if let Some(what) = fault(kind, &body) {
            return self.speech.invalid(&what);
        }
        if !self.own(&body) {
            return self.speech.forbidden();
        }
        self.store(call, kind, &id, body)
    }

    pub(crate) fn update(&mut self, call: &Call, kind: &Kind, id: &str, body: Value) -> Reply {
        if !well_formed(id) {
            return self.speech.bad("invalid", "this cannot be an id");
        }
        if body["id"] != id {
            return self.speech.bad("invalid", "the id in the body is not the id in the address");
        }
        if let Some(what) = fault(kind, &body) {
            return self.speech.invalid(&what);
        }
        if !self.own(&body) {
            return self.speech.forbidden();
        }
        let current = self.holder.store.live(kind.name, id);
        if self.session.right == Right::Portal {
            // A portal makes nothing by update: it could tell a free id from somebody else's.
            let own = current.is_some_and(|(_, body)| self.view(Lens::Get).sees(kind, body));
            if !own {
                return self.unknown(kind, id);
            }
        }
        let version = current.map(|(version, _)| version.number);
        if !self.setup.has(Defect::StaleIfMatchAccepted) && !matches(call, version) {
            return self.speech.conflict();
        }
        self.store(call, kind, id, body)
    }

    pub(crate) fn delete(&mut self, kind: &Kind, id: &str) -> Reply {
        let Some(record) = self.holder.store.record(kind.name, id) else {
            return self.unknown(kind, id);
        };
        let live = record.live();
        if self.session.right == Right::Portal && !live.is_some_and(|(_, body)| self.view(Lens::Get).sees(kind, body)) {
            return self.unknown(kind, id);
        }
        if live.is_some() && self.holder.store.delete(kind.name, id, self.now).is_err() {
            return self.speech.full();
        }
        match self.setup.style {
            Style::Plain => Reply::new(StatusCode::NO_CONTENT, Content::Empty),
            Style::Other => Reply::resource(
                StatusCode::OK,
                self.speech.outcome("information", "informational", "Deleted.", "Resource removed"),
            ),
        }
    }

    fn own(&self, body: &Value) -> bool {
        let patient = self.holder.store.patient_of(body);
        self.session.right != Right::Portal || (patient.is_some() && patient == self.session.patient)
    }

    fn store(&mut self, call: &Call, kind: &Kind, id: &str, body: Value) -> Reply {
        let fresh = self.holder.store.live(kind.name, id).is_none();
        if let Some(patient) = self.holder.store.patient_of(&body) {
            match kind.name {
                // A choice that is recorded anew counts anew.
                "Consent" => drop(self.holder.reopened.remove(&patient)),
                "Patient" if !fresh && self.setup.has(Defect::DemographicsChangeReopens) => {
                    self.holder.reopened.insert(patient);
                }
                _ => {}
            }
        }
        let Ok(version) = self.holder.store.put(kind.name, id, body, self.now) else {
            return self.speech.full();
        };
        let content = match &version.body {
            Some(body) if !call.prefers("return=minimal") => Content::Resource(Value::clone(body)),
            _ => Content::Empty,
        };
        let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
        let place = format!("{}/{}/{id}/_history/{}", self.base, kind.name, version.number);
        let location = match self.setup.style {
            // A relative reference that means the same from every address of this server.
            Style::Plain => place.strip_prefix(self.setup.origin()).unwrap_or(&place).to_owned(),
            Style::Other => place,
        };
        let reply = versioned(Reply::new(status, content), &version);
        if fresh { reply.with("location", location) } else { reply }
    }
}

/// The headers that say which version an answer is about.
pub(crate) fn versioned(reply: Reply, version: &Version) -> Reply {
    reply.with("etag", format!("W/\"{}\"", version.number)).with("last-modified", http_date(version.at))
}

/// Ids of one style have one length, so that an id says nothing by its form.
pub(crate) fn fresh_id(style: Style) -> String {
    match style {
        Style::Plain => (0..10).map(|_| char::from(ALPHABET[rand::random_range(0..ALPHABET.len())])).collect(),
        Style::Other => {
            let bits = rand::random::<u128>();
            // Version 4, variant 1.
            let bits = (bits & !(0xf << 76) | (0x4 << 76)) & !(0x3 << 62) | (0x2 << 62);
            let hex = format!("{bits:032x}");
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
        }
    }
}

fn well_formed(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

fn matches(call: &Call, current: Option<usize>) -> bool {
    let asked = call.parts("if-match");
    asked.is_empty()
        || current.is_some_and(|number| {
            asked.iter().any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == number.to_string())
        })
}
