//! The capability statement of the place where handoffs are read, in the words of FHIR STU3.
//! It says what is served there to a recipient, and needs no token.

use super::counter::KINDS;
use crate::app::Setup;
use crate::config::Style;
use serde_json::{Value, json};

pub(super) fn of(setup: &Setup) -> Value {
    let resources: Vec<Value> = KINDS
        .iter()
        .map(|kind| match *kind {
            "Task" => json!({ "type": kind, "interaction": [{ "code": "read" }, { "code": "update" }] }),
            _ => json!({ "type": kind, "interaction": [{ "code": "read" }] }),
        })
        .collect();
    let (version, unknown, formats) = match setup.style {
        Style::Plain => ("3.0.1", "no", ["json", "xml"]),
        Style::Other => ("3.0.2", "both", ["application/fhir+json", "application/fhir+xml"]),
    };
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "software": { "name": "reference" },
        "implementation": { "description": "Sender of handoffs", "url": setup.handoff() },
        "fhirVersion": version,
        "acceptUnknown": unknown,
        "format": formats,
        "rest": [{
            "mode": "server",
            "security": {
                "service": [{
                    "coding": [{ "system": "http://hl7.org/fhir/restful-security-service", "code": "OAuth" }]
                }]
            },
            "resource": resources,
            "operation": [{
                "name": "document",
                "definition": { "reference": "http://hl7.org/fhir/OperationDefinition/Composition-document" }
            }]
        }]
    })
}
