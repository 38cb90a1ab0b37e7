//! Search: what is asked, who may ask it, and the Bundle that answers.
//! Whom a search finds is decided after the matching, so that a filter never opens anything.

use super::access::{Lens, Ruling, Why};
use super::address;
use super::desk::Desk;
use super::kind::{HOLDER, Kind, named};
use super::query::{Query, Test};
use super::selection;
use super::spoil;
use crate::app::Setup;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Pairs, Reply, pairs, query};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::StatusCode;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A resource that was found, with its logical id.
pub(crate) type Found = (String, Arc<Value>);

/// A search as it arrives: the parameters, the way they came, and where the page starts.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) pairs: &'a Pairs,
    pub(crate) lens: Lens,
    pub(crate) offset: usize,
}

/// How the access rules bear on the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Ruled,
    /// Only with a defect: whoever matches is shown.
    Everybody,
}

impl Desk<'_> {
    pub(crate) fn search(&self, call: &Call, kind: &'static Kind, asked: Asked<'_>) -> Reply {
        if let Some(reply) = self.loose(kind, &asked) {
            return reply;
        }
        let mut query = match Query::parse(kind, asked.pairs, self.setup.style) {
            Ok(query) => query,
            Err(what) => return self.speech.bad("invalid", &what),
        };
        let lens = if asked.lens == Lens::Get && query.offset > 0 { Lens::Page } else { asked.lens };
        query.offset += asked.offset;
        spoil::query(self.setup, &mut query);
        if asked.lens == Lens::PostSearch && self.setup.has(Defect::PostSearchNextLosesBody) {
            query.onward = Some(call.query.clone());
        }
        let strict = call.prefers("handling=strict") && !self.setup.has(Defect::StrictHandlingIgnored);
        if query.ignored && (strict || self.setup.has(Defect::LenientHandlingIgnored)) {
            return self.speech.bad("not-supported", "a search parameter is not known");
        }
        if self.setup.has(Defect::SecondParameterOverridesPatient) {
            query.keep_last_patient();
        }
        let reach = match self.reach(kind, &mut query, lens) {
            Ok(reach) => reach,
            Err(refusal) => return refusal,
        };
        if query.has_empty() {
            return self.speech.bad("invalid", "a search parameter has no value");
        }
        let mut found = Vec::new();
        let mut closed = self.named(kind, &query, lens);
        let mut all = self.holder.store.each(kind.name);
        if self.setup.has(Defect::DeletedStillFound) {
            all.extend(self.holder.store.deleted(kind.name));
        }
        for (id, version, resource) in all {
            if !query.matches(id, version, resource, &self.holder.store) {
                continue;
            }
            match self.view(lens).ruling(kind, resource) {
                Ruling::Closed(why) if reach == Reach::Ruled => closed.push(why),
                Ruling::Open | Ruling::Closed(_) => found.push((id.to_owned(), Arc::clone(resource))),
            }
        }
        if closed.iter().any(|why| self.betrays(*why)) {
            return self.speech.forbidden();
        }
        let mut bundle = searchset(self.setup, &self.base, kind, &query, &found);
        let page = query.page(&found);
        self.traverse(&mut bundle, kind, &query.ways, page, lens);
        self.go_along(&mut bundle, kind, &query, page, lens);
        let hint = self.setup.has(Defect::ObjectedHintInOutcome) && closed.contains(&Why::Objected);
        if hint && found.is_empty() {
            let outcome =
                self.speech.outcome("information", "suppressed", "Some results are not available.", "Results withheld");
            bundle["entry"] = json!([{ "resource": outcome, "search": { "mode": "outcome" } }]);
        }
        if let Some(elements) = &query.elements {
            selection::narrow(self.setup, &mut bundle, elements);
        }
        Reply::resource(StatusCode::OK, bundle)
    }

    /// An organisation asks about exactly one patient, or it is told nothing.
    fn reach(&self, kind: &Kind, query: &mut Query, lens: Lens) -> Result<Reach, Reply> {
        let has = |defect| self.setup.has(defect);
        let store = &self.holder.store;
        if has(Defect::EmptyPatientMeansAll) {
            let before = query.clauses.len();
            query.clauses.retain(|clause| !clause.is_patient() || clause.values.iter().any(|value| !value.is_empty()));
            if query.clauses.len() < before && query.patients(store).is_empty() {
                return Ok(Reach::Everybody);
            }
        }
        let asks_for_others = matches!(self.session.right, Right::Organisation { .. });
        if asks_for_others && has(Defect::FirstPatientCheckedLastUsed) && self.swaps_patient(query) {
            return Ok(Reach::Everybody);
        }
        if !asks_for_others || kind.name == "Organization" || query.names_one_patient(kind, store) {
            return Ok(Reach::Ruled);
        }
        if has(Defect::DateSearchWithoutPatient) && query.only_dates() {
            return Ok(Reach::Everybody);
        }
        if has(Defect::PatientListAccepted) && self.opens_list(kind, query, lens) {
            return Ok(Reach::Everybody);
        }
        Err(match self.setup.style {
            Style::Plain => self.speech.bad("required", "a search is about exactly one patient"),
            Style::Other => Reply::resource(StatusCode::OK, searchset(self.setup, &self.base, kind, query, &[])),
        })
    }

    /// The defect holds the token against one patient that is named, and then looks up the other one.
    fn swaps_patient(&self, query: &mut Query) -> bool {
        let store = &self.holder.store;
        let Some(own) = self.session.patient.as_deref() else {
            return false;
        };
        let named = query.patients(store);
        if named.len() < 2 || !named.contains(own) {
            return false;
        }
        let is_own = |value: &String| super::query::patient_id(value, store) == own;
        query.clauses.retain(|clause| !clause.is_patient() || !clause.values.iter().all(is_own));
        true
    }

    /// The defect looks at one patient of the list only, and then opens them all.
    fn opens_list(&self, kind: &Kind, query: &Query, lens: Lens) -> bool {
        let listed = if kind.name == "Patient" {
            query
                .clauses
                .iter()
                .filter(|clause| ["_id", "identifier"].contains(&clause.param.name))
                .any(|clause| clause.test == Test::Fits && clause.values.len() > 1)
        } else {
            query.patients(&self.holder.store).len() > 1
        };
        let store = &self.holder.store;
        listed
            && store
                .each(kind.name)
                .into_iter()
                .filter(|(id, version, resource)| query.matches(id, version, resource, store))
                .any(|(_, _, resource)| self.view(lens).sees(kind, resource))
    }

    /// Why the patients that are named are closed, if they exist; only defects let it show.
    fn named(&self, kind: &Kind, query: &Query, lens: Lens) -> Vec<Why> {
        let asks_for_others = matches!(self.session.right, Right::Organisation { .. });
        if !asks_for_others || kind.name == "Patient" {
            return Vec::new();
        }
        query
            .patients(&self.holder.store)
            .iter()
            .filter(|id| self.holder.store.live("Patient", id).is_some())
            .filter_map(|id| match self.view(lens).about(id, kind.name) {
                Ruling::Open => None,
                Ruling::Closed(why) => Some(why),
            })
            .collect()
    }

    /// A further page: the question travels in the link, and every rule is applied anew.
    pub(crate) fn page(&self, call: &Call, token: &str) -> Reply {
        let asked =
            URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| {
                let (name, rest) = text.split_once('?')?;
                let (offset, rest) = rest.split_once('?')?;
                Some((named(HOLDER, name)?, offset.parse::<usize>().ok()?, pairs(rest)))
            });
        let Some((kind, offset, pairs)) = asked else {
            return self.speech.bad("invalid", "this is not a page");
        };
        let withheld = ["Consent", "CareTeam"].contains(&kind.name);
        if (withheld && matches!(self.session.right, Right::Organisation { .. })) || !self.session.may_read(kind.name) {
            return self.speech.forbidden();
        }
        let asked = Asked { pairs: &pairs, lens: Lens::Page, offset };
        self.search(call, kind, asked)
    }
}

/// The Bundle for one page of what was found.
pub(crate) fn searchset(setup: &Setup, base: &str, kind: &Kind, query: &Query, found: &[Found]) -> Value {
    let mut bundle = Map::new();
    bundle.insert("resourceType".to_owned(), json!("Bundle"));
    bundle.insert("type".to_owned(), json!("searchset"));
    let page = query.page(found);
    let total = if setup.has(Defect::TotalOfPage) { Some(page.len()) } else { None };
    if let Some(total) = total.or((setup.style == Style::Plain).then_some(found.len())) {
        bundle.insert("total".to_owned(), json!(total));
    }
    let links = links(setup, base, kind, query, found.len());
    if !links.is_empty() {
        bundle.insert("link".to_owned(), Value::Array(links));
    }
    let entries: Vec<Value> = page
        .iter()
        .map(|(id, resource)| {
            json!({
                "fullUrl": format!("{base}/{}/{id}", kind.name),
                "resource": resource.as_ref(),
                "search": { "mode": "match" }
            })
        })
        .collect();
    // FHIR knows no empty arrays.
    if !entries.is_empty() {
        bundle.insert("entry".to_owned(), Value::Array(entries));
    }
    Value::Object(bundle)
}

fn links(setup: &Setup, base: &str, kind: &Kind, asked: &Query, total: usize) -> Vec<Value> {
    let link = |relation: &str, url: String| json!({ "relation": relation, "url": url });
    let address = |parameters: &Pairs| address::of(setup, base, kind.name, &address::shown(setup, parameters));
    let mut links = Vec::new();
    if !setup.has(Defect::SelfLinkMissing) {
        let shown = if setup.has(Defect::SelfLinkEchoesIgnored) { &asked.asked } else { &asked.applied };
        links.push(link("self", address(shown)));
    }
    let after = asked.offset + asked.count;
    let more = asked.count > 0 && after < total && !setup.has(Defect::NextLinkMissing);
    let next = match (setup.has(Defect::PagesOverlap), setup.has(Defect::PagesSkip)) {
        (true, _) => after.saturating_sub(1).max(asked.offset + 1),
        (_, true) => after + 1,
        _ => after,
    };
    if more {
        let carried = asked.onward.as_ref().unwrap_or(&asked.applied);
        let mut onward: Pairs = carried.iter().filter(|(key, _)| key != "_offset").cloned().collect();
        links.push(link(
            "next",
            match setup.style {
                Style::Plain => {
                    onward.push(("_offset".to_owned(), next.to_string()));
                    address(&onward)
                }
                Style::Other => {
                    let text = format!("{}?{next}?{}", kind.name, query(&onward));
                    format!("{base}/_page/{}", URL_SAFE_NO_PAD.encode(text))
                }
            },
        ));
    }
    links
}
