//! Create, update, and delete, with their preconditions.
//! Everything here has passed the general rights; what a portal may touch is judged once more.

use super::access::Lens;
use super::desk::Desk;
use super::kind::{HOLDER, Kind, named};
use super::spoil;
use super::store::Version;
use super::validate::fault;
use crate::app::Setup;
use crate::clock::http_date;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Content, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Desk<'_> {
    pub(crate) fn create(&mut self, call: &Call, kind: &'static Kind, mut body: Value) -> Reply {
        let stated = body["resourceType"].as_str().filter(|_| self.setup.has(Defect::WrongTypeBodyDecides));
        let kind = stated.and_then(|name| named(HOLDER, name)).unwrap_or(kind);
        let promised = self.promised.take();
        if promised.is_some() && call.headers.contains_key("if-none-exist") {
            // The id of what is there already is not the one that other entries were promised.
            return self.speech.bad("not-supported", "conditional create is not supported in a transaction");
        }
        let taken = body["id"].as_str().filter(|_| self.setup.has(Defect::ClientIdTaken)).map(str::to_owned);
        let id = promised.or(taken).unwrap_or_else(|| fresh_id(self.setup.style));
        if let Err(reply) = self.none_exists(call, kind, &body) {
            return reply;
        }
        if self.setup.has(Defect::WrongTypeAccepted) {
            body["resourceType"] = json!(kind.name);
        }
        if let Some(what) = fault(kind, &body) {
            return self.speech.invalid(&what);
        }
        if !self.own(&body) {
            return self.speech.forbidden();
        }
        let reply = self.store(call, kind, &id, body);
        let unasked = reply.status == StatusCode::CREATED && !call.headers.contains_key("prefer");
        if unasked && self.setup.has(Defect::CreateAnswered204) {
            return Reply { status: StatusCode::NO_CONTENT, content: Content::Empty, ..reply };
        }
        reply
    }

    pub(crate) fn update(&mut self, call: &Call, kind: &Kind, id: &str, mut body: Value) -> Reply {
        if !well_formed(id) {
            return self.speech.bad("invalid", "this cannot be an id");
        }
        if self.setup.has(Defect::IdMismatchAccepted) {
            body["id"] = json!(id);
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
        let version = current.map(|(version, _)| version.name.as_str());
        if !self.setup.has(Defect::StaleIfMatchAccepted) && !matches(call, version) {
            return self.speech.conflict();
        }
        if let Some((version, _)) = current.filter(|_| self.setup.has(Defect::UpdateIdle)) {
            // What was sent comes back, as from a server that answers before it stores.
            return versioned(self.setup, Reply::resource(StatusCode::OK, body), version);
        }
        self.store(call, kind, id, body)
    }

    pub(crate) fn delete(&mut self, kind: &Kind, id: &str) -> Reply {
        let Some(record) = self.holder.store.record(kind.name, id) else {
            return self.unknown(kind, id);
        };
        let live = record.live();
        if live.is_none() && self.setup.has(Defect::DeleteTwiceFails) {
            return self.speech.bad("conflict", "this resource was deleted before");
        }
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
        let mut body = body;
        let old = self.holder.store.live(kind.name, id).map(|(_, old)| old.as_ref());
        spoil::body(self.setup, &mut body, old);
        let fresh = old.is_none();
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
        if self.setup.has(Defect::VersionStays) {
            self.holder.store.forget(kind.name, id);
        }
        let sent = body["id"].as_str().filter(|_| self.setup.has(Defect::ClientIdKeptInside)).map(str::to_owned);
        let Ok(version) = self.holder.store.put(kind.name, id, body, self.now) else {
            return self.speech.full();
        };
        let spoilt = sent.and_then(|sent| self.holder.store.bear(kind.name, id, &sent));
        let version = spoilt.unwrap_or(version);
        let content = match &version.body {
            // Whether the resource comes back unasked is free; one style does, the other does not.
            Some(body)
                if call.prefers("return=representation")
                    || (self.setup.style == Style::Plain && !call.prefers("return=minimal")) =>
            {
                Content::Resource(Value::clone(body))
            }
            _ => Content::Empty,
        };
        let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
        let place = format!("{}/{}/{id}/_history/{}", self.base, kind.name, version.name);
        let location = match self.setup.style {
            // A relative reference that means the same from every address of this server.
            Style::Plain => place.strip_prefix(self.setup.origin()).unwrap_or(&place).to_owned(),
            Style::Other => place,
        };
        let reply = versioned(self.setup, Reply::new(status, content), &version);
        if fresh { reply.with("location", location) } else { reply }
    }
}

/// The headers that say which version an answer is about.
pub(crate) fn versioned(setup: &Setup, reply: Reply, version: &Version) -> Reply {
    let at = if setup.has(Defect::LastModifiedIsCreation) { version.made } else { version.at };
    reply.with("etag", etag(setup, version)).with("last-modified", http_date(at))
}

/// The tag of a version: weak in one style, strong in the other.
pub(crate) fn etag(setup: &Setup, version: &Version) -> String {
    let other = if setup.has(Defect::EtagNotVersionId) { "0" } else { "" };
    match setup.style {
        Style::Plain => format!("W/\"{}{other}\"", version.name),
        Style::Other => format!("\"{}{other}\"", version.name),
    }
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

fn matches(call: &Call, current: Option<&str>) -> bool {
    let asked = call.parts("if-match");
    asked.is_empty()
        || current.is_some_and(|name| {
            asked.iter().any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == name)
        })
}
