//! The capability statement, read from the same table as the behaviour.
//! Only a defect can make it say more than is served.

use super::kind::{HOLDER, Kind, Meaning, PHARMACY};
use super::traverse;
use crate::app::Setup;
use crate::config::Style;
use crate::defect::Defect;
use serde_json::{Value, json};

/// Whose statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    Holder,
    Pharmacy,
}

pub(crate) fn statement(setup: &Setup, base: &str, offer: Offer) -> Value {
    let (kinds, title) = match offer {
        Offer::Holder => (HOLDER, "Data holder"),
        Offer::Pharmacy => (PHARMACY, "Receiver of prescriptions"),
    };
    let mut resources: Vec<Value> = kinds.iter().map(|kind| resource(setup, kind, offer)).collect();
    if offer == Offer::Holder && setup.has(Defect::CapabilityListsUnservedType) {
        resources.push(json!({
            "type": "AllergyIntolerance",
            "interaction": interactions(&["read", "search-type"]),
            "versioning": "versioned",
            "searchParam": [{ "name": "patient", "type": "reference" }]
        }));
    }
    let whole: &[&str] = match offer {
        Offer::Holder => &["transaction", "batch"],
        Offer::Pharmacy => &["transaction"],
    };
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "software": { "name": "reference" },
        "implementation": { "description": title, "url": base },
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "rest": [{
            "mode": "server",
            "security": {
                "service": [{
                    "coding": [{
                        "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                        "code": "OAuth"
                    }]
                }]
            },
            "resource": resources,
            "interaction": interactions(whole)
        }]
    })
}

fn interactions(codes: &[&str]) -> Vec<Value> {
    codes.iter().map(|code| json!({ "code": code })).collect()
}

fn resource(setup: &Setup, kind: &Kind, offer: Offer) -> Value {
    let all = ["read", "vread", "history-instance", "create", "update", "delete", "search-type"];
    let codes: Vec<&str> = match offer {
        Offer::Holder if kind.name == "Consent" && setup.style == Style::Other => {
            vec!["read", "vread", "history-instance", "search-type"]
        }
        Offer::Holder => all.to_vec(),
        Offer::Pharmacy if kind.params.is_empty() => vec!["read", "vread", "delete"],
        Offer::Pharmacy => vec!["read", "vread", "delete", "search-type"],
    };
    let mut params: Vec<Value> =
        kind.params.iter().map(|param| json!({ "name": param.name, "type": written(param.meaning) })).collect();
    if !params.is_empty() {
        params.push(json!({ "name": "_count", "type": "number" }));
    }
    let lies = setup.has(Defect::CapabilityListsUnservedParameter) && offer == Offer::Holder;
    if lies && kind.name == "Observation" {
        params.push(json!({ "name": "performer", "type": "reference" }));
    }
    let mut stated = json!({
        "type": kind.name,
        "interaction": interactions(&codes),
        "versioning": "versioned"
    });
    if codes.contains(&"update") {
        stated["updateCreate"] = json!(true);
        stated["conditionalCreate"] = json!(true);
        stated["conditionalUpdate"] = json!(true);
        stated["conditionalDelete"] = json!(match setup.style {
            Style::Plain => "single",
            Style::Other => "multiple",
        });
    }
    if offer == Offer::Holder {
        stated["conditionalRead"] = json!("full-support");
        inclusions(kind, &mut stated);
    }
    if !params.is_empty() {
        stated["searchParam"] = Value::Array(params);
    }
    if offer == Offer::Holder {
        let mut ways: Vec<Value> = stated["searchInclude"].as_array().cloned().unwrap_or_default();
        ways.extend(traverse::declared(kind.name).map(Value::String));
        if !ways.is_empty() {
            stated["searchInclude"] = Value::Array(ways);
        }
    }
    stated
}

/// What may go along: the patient of a resource, and every resource of a patient.
fn inclusions(kind: &Kind, stated: &mut Value) {
    let references = |kind: &Kind| {
        let named = kind.params.iter().filter(|param| matches!(param.meaning, Meaning::Patient(_)));
        named.map(|param| format!("{}:{}", kind.name, param.name)).collect::<Vec<_>>()
    };
    let own = references(kind);
    if !own.is_empty() {
        stated["searchInclude"] = json!(own);
    }
    if kind.name == "Patient" {
        stated["searchRevInclude"] = json!(HOLDER.iter().flat_map(references).collect::<Vec<_>>());
    }
}

fn written(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Id | Meaning::Token(_) => "token",
        Meaning::LastUpdated | Meaning::Date(_) => "date",
        Meaning::Patient(_) => "reference",
        Meaning::Family => "string",
    }
}
