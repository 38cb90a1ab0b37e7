//! Routes that the capability statement does not name, and that therefore do not exist.
//! Only defects serve them: to whoever may see the patient, but behind the reader's back.

use super::access::{Lens, Ruling};
use super::desk::Desk;
use crate::defect::Defect;
use crate::wire::{Call, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

impl Desk<'_> {
    /// The answer of a route that should not be there; nothing when it is not.
    pub(crate) fn undeclared(&self, call: &Call, rest: &[&str]) -> Option<Reply> {
        let has = |defect| self.setup.has(defect);
        let patient = match rest {
            ["Patient", id, "$summary"] if has(Defect::UndeclaredOperationReturnsData) => (*id).to_owned(),
            ["Flag"] if has(Defect::UndeclaredTypeReturnsData) => call.single("patient")?.to_owned(),
            _ => return None,
        };
        let open = self.view(Lens::Get).about(&patient, "Observation") == Ruling::Open;
        (open && call.method == Method::GET).then(|| self.observations(&patient))
    }

    fn observations(&self, patient: &str) -> Reply {
        let store = &self.holder.store;
        let entries: Vec<Value> = store
            .each("Observation")
            .into_iter()
            .filter(|(_, _, resource)| store.patient_of(resource).as_deref() == Some(patient))
            .map(|(_, _, resource)| json!({ "resource": resource.as_ref() }))
            .collect();
        Reply::resource(StatusCode::OK, json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries }))
    }
}
