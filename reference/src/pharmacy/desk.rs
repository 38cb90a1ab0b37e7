//! The pharmacy answering one call: prescriptions in, and what was sent back out to read.
//! An organisation reads what it sent itself or what is addressed to it; a writer also removes.

use crate::app::{App, Setup};
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::fhir::{
    Expects, Found, Offer, PHARMACY, Query, Received, Speech, Store, accepted, named, received, searchset, statement,
    versioned,
};
use crate::token::{Session, bearer};
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::OffsetDateTime;

#[derive(Debug)]
pub(crate) struct Pharmacy {
    pub(super) store: Store,
    /// Who a resource came from and whom it is for, by type and id.
    pub(super) concerned: BTreeMap<(String, String), Arc<Concerned>>,
}

#[derive(Debug)]
pub(super) struct Concerned {
    pub(super) sender: String,
    pub(super) addressees: BTreeSet<String>,
    /// What came in one Bundle, in its order.
    pub(super) together: Vec<(&'static str, String)>,
}

/// One call at the pharmacy, with everything needed to answer it.
pub(super) struct Counter<'a> {
    pub(super) setup: &'a Setup,
    pub(super) speech: Speech,
    pub(super) base: String,
    pub(super) now: OffsetDateTime,
    pub(super) session: &'a Session,
    pub(super) pharmacy: &'a mut Pharmacy,
}

impl Pharmacy {
    pub(crate) fn new(base: String, style: Style) -> Self {
        Self { store: Store::new(base, style), concerned: BTreeMap::new() }
    }
}

pub(crate) fn answer(app: &App, call: &Call, rest: &[&str]) -> Reply {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let base = setup.prescriptions();
    if rest == ["metadata"] {
        if call.method != Method::GET {
            return speech.method("GET");
        }
        return match accepted(call, speech) {
            Ok(()) => Reply::resource(StatusCode::OK, statement(setup, &base, Offer::Pharmacy)),
            Err(refusal) => refusal,
        };
    }
    let session = match bearer(app, call, &[setup.prescriptions()]) {
        Ok(session) => session,
        Err(denied) => return speech.unauthorized(denied.challenge()),
    };
    let reads = call.method == Method::GET || rest.last() == Some(&"_search");
    let kind = "MedicationRequest";
    let covered = if reads { session.may_read(kind) } else { session.may_write(kind) };
    if session.right == Right::Portal || !covered {
        return speech.forbidden();
    }
    let now = app.clock.now();
    let mut world = app.world();
    let mut counter = Counter { setup, speech, base, now, session: &session, pharmacy: &mut world.pharmacy };
    counter.route(call, rest).unwrap_or_else(|refusal| refusal)
}

impl Counter<'_> {
    fn route(&mut self, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
        let (allow, expects) = match rest {
            [] | [""] => ("POST", Expects::Resource),
            [name, tail @ ..] => {
                let kind = named(PHARMACY, name).ok_or_else(|| self.speech.unknown_type(name))?;
                match tail {
                    [] if kind.name == "MedicationRequest" => ("GET", Expects::Nothing),
                    ["_search"] if kind.name == "MedicationRequest" => ("POST", Expects::Form),
                    [id] if !id.is_empty() && !id.starts_with(['$', '_']) => ("GET, DELETE", Expects::Nothing),
                    [id, "_history", _] if !id.is_empty() && !id.starts_with(['$', '_']) => ("GET", Expects::Nothing),
                    _ => return Err(self.speech.unserved_path()),
                }
            }
        };
        if !allow.split(", ").any(|method| method == call.method.as_str()) {
            return Err(self.speech.method(allow));
        }
        accepted(call, self.speech)?;
        let body = received(call, expects, self.speech)?;
        match (rest, body) {
            (_, Received::Resource(bundle)) => self.take(call, &bundle),
            (_, Received::Form(form)) => self.search(call, &form),
            ([_], _) => self.search(call, &call.query),
            ([name, id], _) if call.method == Method::DELETE => self.delete(name, id),
            ([name, id], _) => self.read(name, id, None),
            ([name, id, _, number], _) => self.read(name, id, Some(number)),
            _ => Err(self.speech.unserved_path()),
        }
    }

    fn sees(&self, kind: &str, id: &str) -> bool {
        let concerned = self.pharmacy.concerned.get(&(kind.to_owned(), id.to_owned()));
        match &self.session.right {
            Right::Writer => true,
            Right::Portal => false,
            Right::Organisation { ura } => {
                concerned.is_some_and(|one| one.sender == self.session.client || one.addressees.contains(ura))
            }
        }
    }

    fn read(&self, kind: &str, id: &str, number: Option<&str>) -> Result<Reply, Reply> {
        let version = self
            .pharmacy
            .store
            .record(kind, id)
            .filter(|_| self.sees(kind, id))
            .and_then(|record| number.map_or(record.versions.last(), |number| record.version(number)));
        match version.and_then(|version| Some((version, version.body.as_deref()?))) {
            Some((version, body)) => Ok(versioned(self.setup, Reply::resource(StatusCode::OK, body.clone()), version)),
            None => Err(self.speech.unknown_id(kind, id)),
        }
    }

    /// Only whoever fills and empties the stores takes something away again.
    fn delete(&mut self, kind: &str, id: &str) -> Result<Reply, Reply> {
        if self.session.right != Right::Writer {
            return Err(self.speech.forbidden());
        }
        let Some(record) = self.pharmacy.store.record(kind, id) else {
            return Err(self.speech.unknown_id(kind, id));
        };
        if record.live().is_some() && self.pharmacy.store.delete(kind, id, self.now).is_err() {
            return Err(self.speech.full());
        }
        Ok(match self.setup.style {
            Style::Plain => Reply::new(StatusCode::NO_CONTENT, Content::Empty),
            Style::Other => Reply::resource(
                StatusCode::OK,
                self.speech.outcome("information", "informational", "Deleted.", "Resource removed"),
            ),
        })
    }

    fn search(&self, call: &Call, asked: &[(String, String)]) -> Result<Reply, Reply> {
        let kind = named(PHARMACY, "MedicationRequest").ok_or_else(|| self.speech.unserved_path())?;
        let query =
            Query::parse(kind, &asked.to_vec(), self.setup.style).map_err(|what| self.speech.bad("invalid", &what))?;
        let strict = call.prefers("handling=strict") && !self.setup.has(Defect::StrictHandlingIgnored);
        if query.ignored && strict {
            return Err(self.speech.bad("not-supported", "a search parameter is not known"));
        }
        if query.has_empty() {
            return Err(self.speech.bad("invalid", "a search parameter has no value"));
        }
        if query.clauses.is_empty() {
            return Err(self.speech.bad("required", "a search names an identifier"));
        }
        let store = &self.pharmacy.store;
        let found: Vec<Found> = store
            .each(kind.name)
            .into_iter()
            .filter(|(id, version, body)| query.matches(id, version, body, store) && self.sees(kind.name, id))
            .map(|(id, _, body)| (id.to_owned(), Arc::clone(body)))
            .collect();
        let bundle = searchset(self.setup, &self.base, kind, &query, &found);
        Ok(Reply::resource(StatusCode::OK, bundle))
    }
}
