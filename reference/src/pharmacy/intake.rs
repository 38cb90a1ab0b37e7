//! Prescriptions coming in: each is kept whole or not at all, and none twice.
//! What a sender sent before is known by its identifiers, whether it is sent again or taken back.

use super::desk::{Concerned, Counter};
use super::prescription::{Item, addressees, items, list, sound_items, strange_extension};
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{Rewrite, fresh_id};
use crate::wire::{Call, Reply};
use hyper::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The status of an order that should never have been.
const MISTAKE: &str = "entered-in-error";

/// What one entry of a prescription becomes.
#[derive(Clone, Debug)]
enum Place {
    /// A resource of its own.
    New(String),
    /// One that is there already.
    Known(String),
    /// Nothing: it came along with what is there already.
    Nothing,
}

impl Counter<'_> {
    pub(super) fn take(&mut self, call: &Call, bundle: &Value) -> Result<Reply, Reply> {
        let has = |defect| self.setup.has(defect);
        if has(Defect::VendorHeaderRequired) && !call.headers.contains_key("x-vendor-tenant") {
            return Err(self.speech.bad("required", "the header X-Vendor-Tenant is missing"));
        }
        if call.in_xml && has(Defect::XmlPrescriptionNotRead) {
            return Err(self.speech.bad("structure", "the body is not JSON"));
        }
        let first = bundle.as_object().and_then(|fields| fields.keys().next());
        if has(Defect::KeyOrderRequired) && first.is_none_or(|key| key != "resourceType") {
            return Err(self.speech.bad("structure", "resourceType does not come first"));
        }
        if has(Defect::ExtensionRefused) && strange_extension(bundle) {
            return Err(self.speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, "an extension is not known"));
        }
        match items(bundle, self.setup).and_then(|items| self.enter(call, items)) {
            Err(refusal) if has(Defect::HalfPrescriptionStored) => {
                let sound = sound_items(bundle, self.setup);
                let places = sound.iter().map(|_| Place::New(fresh_id(self.setup.style))).collect::<Vec<_>>();
                // Half of it is in; the sender hears the same refusal as ever.
                let _ = self.keep(call, sound, &places, BTreeSet::new());
                Err(refusal)
            }
            answered => answered,
        }
    }

    fn enter(&mut self, call: &Call, mut items: Vec<Item>) -> Result<Reply, Reply> {
        let addressees = addressees(&items);
        let places = self.places(&items)?;
        let mut rewrite = Rewrite::default();
        for (item, place) in items.iter().zip(&places) {
            let reference = match place {
                Place::New(id) | Place::Known(id) => self.located(&format!("{}/{id}", item.kind)),
                Place::Nothing => item.full_url.clone(),
            };
            rewrite.promise(&item.full_url, reference);
        }
        if self.setup.has(Defect::DanglingReferenceTaken) {
            let names: BTreeSet<_> = items.iter().map(|item| item.full_url.clone()).collect();
            let lost: BTreeSet<_> = items.iter().flat_map(|item| references(&item.resource)).collect();
            lost.difference(&names).for_each(|name| {
                rewrite.promise(name, name.clone());
            });
        }
        for (index, item) in items.iter_mut().enumerate() {
            rewrite
                .apply(&mut item.resource)
                .map_err(|what| self.speech.at_entry(self.speech.invalid(&what), index))?;
        }
        let answers = self.keep(call, items, &places, addressees)?;
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": answers });
        Ok(Reply::resource(StatusCode::OK, bundle))
    }

    /// Where every entry goes; a mistake that was never made here cannot be taken back.
    fn places(&self, items: &[Item]) -> Result<Vec<Place>, Reply> {
        let is_order = |item: &Item| item.kind == "MedicationRequest";
        let mistaken = |item: &Item| is_order(item) && item.resource["status"] == MISTAKE;
        let repeats = self.setup.has(Defect::RepeatMakesSecondOrder) && !items.iter().any(mistaken);
        let known: Vec<Option<String>> = items
            .iter()
            .map(|item| if is_order(item) && !repeats { self.known(&item.resource) } else { None })
            .collect();
        let unheard_of = items.iter().zip(&known).any(|(item, known)| mistaken(item) && known.is_none());
        if unheard_of && !self.setup.has(Defect::CancelOfUnknownTaken) {
            let what = "an order that is taken back is not known here";
            return Err(self.speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what));
        }
        let again = items.iter().zip(&known).all(|(item, known)| !is_order(item) || known.is_some());
        let first = known.iter().flatten().next().filter(|_| again);
        let mut left = first.map(|id| self.together(id)).unwrap_or_default();
        let places = items.iter().zip(known).map(|(item, known)| {
            // What came along then stands for what comes along now.
            let mut along = || left.iter().position(|(kind, _)| *kind == item.kind).map(|index| left.remove(index).1);
            match known.or_else(|| if is_order(item) { None } else { along() }) {
                Some(id) => Place::Known(id),
                None if again => Place::Nothing,
                None => Place::New(fresh_id(self.setup.style)),
            }
        });
        Ok(places.collect())
    }

    /// What came together with an order and is still there.
    fn together(&self, order: &str) -> Vec<(&'static str, String)> {
        let one = self.concerned("MedicationRequest", order);
        let together = one.map(|one| one.together.clone()).unwrap_or_default();
        together.into_iter().filter(|(kind, id)| self.pharmacy.store.live(kind, id).is_some()).collect()
    }

    /// The order that this sender sent before under one of these identifiers.
    fn known(&self, order: &Value) -> Option<String> {
        let numbers: Vec<_> = list(&order["identifier"]).filter(|number| number["value"].is_string()).collect();
        let same =
            |one: &Value| numbers.iter().any(|two| one["system"] == two["system"] && one["value"] == two["value"]);
        let stored = self.pharmacy.store.each("MedicationRequest");
        let mut known =
            stored.into_iter().filter(|(_, _, body)| list(&body["identifier"]).any(same)).filter(|(id, ..)| {
                self.concerned("MedicationRequest", id).is_some_and(|one| one.sender == self.session.client)
            });
        known.next().map(|(id, ..)| id.to_owned())
    }

    fn concerned(&self, kind: &str, id: &str) -> Option<&Concerned> {
        self.pharmacy.concerned.get(&(kind.to_owned(), id.to_owned())).map(Arc::as_ref)
    }

    fn keep(
        &mut self,
        call: &Call,
        items: Vec<Item>,
        places: &[Place],
        addressees: BTreeSet<String>,
    ) -> Result<Vec<Value>, Reply> {
        let together = items.iter().zip(places).filter_map(|(item, place)| match place {
            Place::New(id) | Place::Known(id) => Some((item.kind, id.clone())),
            Place::Nothing => None,
        });
        let together = together.collect();
        let concerned = Arc::new(Concerned { sender: self.session.client.clone(), addressees, together });
        let cancels = items.iter().any(|item| item.resource["status"] == MISTAKE);
        let before = self.pharmacy.store.clone();
        let mut answers = Vec::new();
        for (item, place) in items.into_iter().zip(places) {
            let said = match place {
                Place::New(id) => {
                    let key = (item.kind.to_owned(), id.clone());
                    self.pharmacy.concerned.insert(key, Arc::clone(&concerned));
                    self.put(item, id, "201 Created")
                }
                Place::Known(id) => self.meet(item, id, cancels),
                Place::Nothing => Some((json!({ "status": "200 OK" }), Some(item.resource))),
            };
            let Some((response, body)) = said else {
                self.pharmacy.store = before;
                return Err(self.speech.full());
            };
            let mut told = Map::new();
            if let Some(body) = body.filter(|_| call.prefers("return=representation")) {
                told.insert("resource".to_owned(), body);
            }
            told.insert("response".to_owned(), response);
            answers.push(Value::Object(told));
        }
        let lost = call.in_xml && self.setup.has(Defect::XmlPrescriptionLost);
        if lost || self.setup.has(Defect::AcknowledgesWithoutStoring) {
            self.pharmacy.store = before;
        }
        Ok(answers)
    }

    /// What is there stays as it is, but for an order that is taken back.
    fn meet(&mut self, item: Item, id: &str, cancels: bool) -> Option<(Value, Option<Value>)> {
        let (version, stored) = self.pharmacy.store.live(item.kind, id)?;
        let status = &item.resource["status"];
        let changes = cancels && item.kind == "MedicationRequest" && stored["status"] != *status;
        if changes && !self.setup.has(Defect::CancelIgnored) {
            let mut changed = Value::clone(stored);
            changed["status"] = status.clone();
            return self.put(Item { resource: changed, ..item }, id, "200 OK");
        }
        let place = self.located(&format!("{}/{id}/_history/{}", item.kind, version.name));
        let said = json!({ "status": "200 OK", "location": place, "etag": format!("W/\"{}\"", version.name) });
        Some((said, Some(Value::clone(stored))))
    }

    fn put(&mut self, item: Item, id: &str, status: &str) -> Option<(Value, Option<Value>)> {
        let version = self.pharmacy.store.put(item.kind, id, item.resource, self.now).ok()?;
        let place = self.located(&format!("{}/{id}/_history/{}", item.kind, version.name));
        let said = json!({ "status": status, "location": place, "etag": format!("W/\"{}\"", version.name) });
        Some((said, version.body.as_deref().cloned()))
    }

    fn located(&self, place: &str) -> String {
        match self.setup.style {
            Style::Plain => place.to_owned(),
            Style::Other => format!("{}/{place}", self.base),
        }
    }
}

/// Every temporary name that is referred to.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| match field {
                Value::String(text) if name == "reference" && text.starts_with("urn:") => vec![text.clone()],
                field => references(field),
            })
            .collect(),
        _ => Vec::new(),
    }
}
