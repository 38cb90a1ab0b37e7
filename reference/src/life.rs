//! What happens to a record over the years, on demand: it is imported again, or a backup is put back.
//! An objection outlives all of it; only a defect lets it lapse.

use crate::app::{App, Which};
use crate::defect::Defect;
use crate::wire::{Payload, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};

/// Lets an event happen to the record of one patient: `import` or `restore`.
pub(crate) fn happen(app: &App, event: &str, payload: &Payload) -> Reply {
    let body = match payload {
        Payload::Whole(bytes) => serde_json::from_slice::<Value>(bytes).unwrap_or_default(),
        Payload::TooLarge => Value::Null,
    };
    let Some(patient) = body["patient"].as_str() else {
        return Reply::problem(StatusCode::BAD_REQUEST, "invalid_request", "patient is missing");
    };
    let which = if body["endpoint"] == "fhir-2" { Which::B } else { Which::A };
    let now = app.clock.now();
    let mut world = app.world();
    let holder = world.holder(which);
    let lapses = match event {
        "import" => {
            for (kind, id) in holder.store.keys_about(patient) {
                // Choices are no part of what other systems deliver.
                if kind == "Consent" {
                    continue;
                }
                let body = holder.store.live(&kind, &id).map(|(_, body)| Value::clone(body));
                if let Some(body) = body
                    && holder.store.put(&kind, &id, body, now).is_err()
                {
                    return Reply::problem(StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room");
                }
            }
            Defect::ReimportResetsObjection
        }
        "restore" => {
            // The backup of a moment ago holds what is there now, the choices included.
            holder.store = holder.store.clone();
            Defect::RestoreForgetsObjection
        }
        _ => return Reply::problem(StatusCode::NOT_FOUND, "not_found", "the events are import and restore"),
    };
    if app.setup.has(lapses) {
        holder.reopened.insert(patient.to_owned());
    }
    Reply::json(StatusCode::OK, json!({ "done": event }))
}
