//! The resources and pages the impostors hand out, all synthetic.
//! Nothing here looks at a request beyond the few words it is given.

use serde_json::{Value, json};

/// What a shown string must not be able to do: run, calculate, turn around, or ring.
const POISON: &str = "=HYPERLINK(\"http://127.0.0.1/\",\"k\")\"><script>alert(1)</script>\
    \u{202e}\u{2066}\u{200b}\u{feff}\0\u{7}\u{8}\u{1b}[31m\u{7f}\u{85}\u{2028}\r\n| `";

/// The poison that fits in a header.
pub(super) const POISON_HEADER: &str = "=HYPERLINK(\"x\")\"><script>alert(1)</script>";

pub(super) fn page() -> &'static str {
    "<!DOCTYPE html><html lang=\"nl\"><head><title>Welkom</title></head>\
     <body><h1>Het werkt!</h1><p>Deze pagina is van de webserver.</p></body></html>"
}

pub(super) fn outcome(code: &str, diagnostics: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": code, "diagnostics": diagnostics }]
    })
}

/// An outcome with everything a validator could wish for.
pub(super) fn polite_outcome() -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "id": "not-found",
        "text": {
            "status": "generated",
            "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">The resource was not found.</div>"
        },
        "issue": [{
            "severity": "error",
            "code": "not-found",
            "details": {
                "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/operation-outcome",
                    "code": "MSG_NO_EXIST",
                    "display": "Resource Id \"%s\" does not exist"
                }],
                "text": "The resource was not found."
            },
            "diagnostics": "Nothing is known under this address."
        }]
    })
}

pub(super) fn empty_bundle() -> Value {
    json!({ "resourceType": "Bundle", "type": "searchset" })
}

pub(super) fn empty_bundle_for(url: &str) -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [{ "relation": "self", "url": url }]
    })
}

pub(super) fn token() -> Value {
    json!({
        "access_token": format!("{:032x}", rand::random::<u128>()),
        "token_type": "Bearer",
        "expires_in": 300
    })
}

pub(super) fn patient() -> Value {
    json!({
        "resourceType": "Patient",
        "id": "same",
        "meta": { "versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z" },
        "identifier": [{
            "system": "http://fhir.nl/fhir/NamingSystem/bsn",
            "value": "999911120"
        }],
        "name": [{ "family": "Vuijk", "given": ["Eender"] }],
        "gender": "other",
        "birthDate": "1980-01-01"
    })
}

pub(super) fn same_bundle(origin: &str) -> Value {
    let observation = json!({
        "resourceType": "Observation",
        "id": "same-observation",
        "meta": { "versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z" },
        "status": "final",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "laboratory"
        }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "718-7" }] },
        "subject": { "reference": "Patient/same" },
        "effectiveDateTime": "2026-01-01T09:00:00Z",
        "valueQuantity": {
            "value": 8.5,
            "unit": "mmol/L",
            "system": "http://unitsofmeasure.org",
            "code": "mmol/L"
        }
    });
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "entry": [
            {
                "fullUrl": format!("{origin}/fhir/Observation/same-observation"),
                "resource": observation,
                "search": { "mode": "match" }
            },
            {
                "fullUrl": format!("{origin}/fhir/Patient/same"),
                "resource": patient(),
                "search": { "mode": "include" }
            }
        ]
    })
}

/// A Bundle that is recognised as one, and is poison in every other string.
pub(super) fn poison_bundle() -> Value {
    let names = json!([{ "text": POISON, "family": POISON, "given": [POISON] }]);
    let concept = json!({ "text": POISON, "coding": [{
        "system": POISON, "code": POISON, "display": POISON
    }] });
    json!({
        "resourceType": "Bundle",
        "id": POISON,
        "meta": { "lastUpdated": POISON, "versionId": POISON },
        "type": "searchset",
        "total": 3,
        "link": [{ "relation": "self", "url": POISON }, { "relation": "next", "url": POISON }],
        "entry": [
            {
                "fullUrl": POISON,
                "resource": {
                    "resourceType": "Patient",
                    "id": POISON,
                    "text": { "status": POISON, "div": POISON },
                    "identifier": [{ "system": POISON, "value": POISON }],
                    "name": names,
                    "birthDate": POISON
                },
                "search": { "mode": POISON }
            },
            {
                "fullUrl": POISON,
                "resource": {
                    "resourceType": "Observation",
                    "id": POISON,
                    "status": POISON,
                    "code": concept,
                    "subject": { "reference": POISON, "display": POISON },
                    "valueString": POISON,
                    POISON: POISON
                }
            },
            { "resource": { "resourceType": POISON, "id": POISON } }
        ]
    })
}

pub(super) fn poison_outcome() -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "id": POISON,
        "text": { "status": POISON, "div": POISON },
        "issue": [{
            "severity": POISON,
            "code": POISON,
            "details": { "text": POISON },
            "diagnostics": POISON,
            "location": [POISON],
            "expression": [POISON]
        }]
    })
}

/// A statement that promises everything a tester might look for before it asks.
pub(super) fn capability_statement(base: &str) -> Value {
    let coded = |codes: &[&str]| -> Vec<Value> { codes.iter().map(|code| json!({ "code": code })).collect() };
    // The same promises for every type: what is not promised would not be asked for either.
    let resources: Vec<Value> =
        ["Patient", "Observation", "MedicationRequest", "Condition", "DocumentReference", "Encounter"]
            .map(|kind| {
                json!({
                    "type": kind,
                    "versioning": "versioned",
                    "updateCreate": true,
                    "interaction": coded(&["read", "create", "update", "delete", "search-type"]),
                    "searchParam": [
                        { "name": "patient", "type": "reference" },
                        { "name": "identifier", "type": "token" },
                        { "name": "status", "type": "token" },
                        { "name": "code", "type": "token" },
                        { "name": "category", "type": "token" },
                        { "name": "date", "type": "date" }
                    ]
                })
            })
            .into();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "software": { "name": "Zorgserver", "version": "4.2" },
        "implementation": { "description": "Zorgserver", "url": base },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "resource": resources,
            "interaction": coded(&["transaction", "batch"])
        }]
    })
}
