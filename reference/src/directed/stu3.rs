//! The resources of a record as FHIR STU3 writes them.
//! What has no place there, and every reference to something else in the record, stays behind.

use serde_json::{Map, Value, json};

const CONDITION: &[&str] = &[
    "language",
    "text",
    "extension",
    "identifier",
    "category",
    "severity",
    "code",
    "bodySite",
    "onsetDateTime",
    "onsetAge",
    "onsetPeriod",
    "onsetRange",
    "onsetString",
    "abatementDateTime",
    "abatementAge",
    "abatementPeriod",
    "abatementRange",
    "abatementString",
    "note",
];
const OBSERVATION: &[&str] = &[
    "language",
    "text",
    "extension",
    "identifier",
    "status",
    "category",
    "code",
    "effectiveDateTime",
    "effectivePeriod",
    "issued",
    "bodySite",
    "method",
];
/// What an Observation and each of its components share.
const MEASURED: &[&str] = &[
    "code",
    "valueQuantity",
    "valueCodeableConcept",
    "valueString",
    "valueBoolean",
    "valueRange",
    "valueRatio",
    "valueSampledData",
    "valueTime",
    "valueDateTime",
    "valuePeriod",
    "dataAbsentReason",
    "referenceRange",
];
/// Code systems that were renamed after STU3.
const RENAMED: [(&str, &str); 2] = [
    ("http://terminology.hl7.org/CodeSystem/observation-category", "http://hl7.org/fhir/observation-category"),
    ("http://terminology.hl7.org/CodeSystem/condition-category", "http://hl7.org/fhir/condition-category"),
];

/// A Condition or an Observation under this id, about this patient; nothing for other types.
pub(super) fn converted(r4: &Value, id: &str, patient: &str) -> Option<Value> {
    let mut body = match r4["resourceType"].as_str()? {
        "Condition" => condition(r4),
        "Observation" => observation(r4),
        _ => return None,
    };
    body.insert("subject".to_owned(), json!({ "reference": format!("Patient/{patient}") }));
    let mut whole = Map::new();
    whole.insert("resourceType".to_owned(), r4["resourceType"].clone());
    whole.insert("id".to_owned(), json!(id));
    whole.extend(body);
    Some(Value::Object(whole))
}

/// Who it is about: name, number and birth date, and nothing else.
pub(super) fn patient(r4: &Value, id: &str, bsn_system: &str) -> Value {
    let numbers = r4["identifier"].as_array().into_iter().flatten();
    let numbers: Vec<_> = numbers.filter(|identifier| identifier["system"] == bsn_system).cloned().collect();
    let mut whole = json!({ "resourceType": "Patient", "id": id });
    if !numbers.is_empty() {
        whole["identifier"] = Value::Array(numbers);
    }
    for name in ["name", "birthDate"] {
        if let Some(value) = r4.get(name) {
            whole[name] = unbound(value);
        }
    }
    whole
}

fn condition(r4: &Value) -> Map<String, Value> {
    let mut stu3 = kept(r4, CONDITION);
    // Both became concepts in R4.
    if let Some(code) = code(&r4["clinicalStatus"]) {
        let code = if code == "relapse" { "recurrence" } else { code };
        stu3.insert("clinicalStatus".to_owned(), json!(code));
    }
    if let Some(code) = code(&r4["verificationStatus"]) {
        let code = if code == "unconfirmed" { "unknown" } else { code };
        stu3.insert("verificationStatus".to_owned(), json!(code));
    }
    if let Some(date) = r4.get("recordedDate") {
        stu3.insert("assertedDate".to_owned(), date.clone());
    }
    stu3
}

fn observation(r4: &Value) -> Map<String, Value> {
    let mut stu3 = kept(r4, OBSERVATION);
    stu3.extend(measured(r4));
    if let Some(instant) = r4.get("effectiveInstant") {
        stu3.insert("effectiveDateTime".to_owned(), instant.clone());
    }
    // Many notes in R4, one comment before it.
    let notes = r4["note"].as_array().into_iter().flatten();
    let notes: Vec<_> = notes.filter_map(|note| note["text"].as_str()).collect();
    if !notes.is_empty() {
        stu3.insert("comment".to_owned(), json!(notes.join("\n")));
    }
    let components = r4["component"].as_array().into_iter().flatten();
    let components: Vec<_> = components.map(|component| Value::Object(measured(component))).collect();
    if !components.is_empty() {
        stu3.insert("component".to_owned(), Value::Array(components));
    }
    stu3
}

fn measured(r4: &Value) -> Map<String, Value> {
    let mut stu3 = kept(r4, MEASURED);
    if let Some(number) = r4.get("valueInteger") {
        stu3.insert("valueQuantity".to_owned(), json!({ "value": number }));
    }
    if let Some(first) = r4["interpretation"].get(0) {
        stu3.insert("interpretation".to_owned(), unbound(first));
    }
    stu3
}

fn kept(r4: &Value, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), unbound(r4.get(*name)?)))).collect()
}

fn code(concept: &Value) -> Option<&str> {
    concept["coding"][0]["code"].as_str()
}

/// The same without references, and with the code systems of STU3.
fn unbound(value: &Value) -> Value {
    let refers = |value: &Value| value.get("reference").is_some_and(Value::is_string);
    match value {
        Value::Array(items) => items.iter().filter(|item| !refers(item)).map(unbound).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, field)| !refers(field));
            Value::Object(fields.map(|(name, field)| (name.clone(), unbound(field))).collect())
        }
        Value::String(text) => {
            let renamed = RENAMED.iter().find(|(new, _)| new == text).map(|(_, old)| *old);
            Value::String(renamed.unwrap_or(text).to_owned())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_keeps_its_words_and_loses_what_it_refers_to() {
        let r4 = json!({
            "resourceType": "Condition", "id": "old", "meta": { "versionId": "1" },
            "text": { "status": "generated", "div": "<div>mark</div>" },
            "clinicalStatus": { "coding": [{ "code": "relapse" }] },
            "verificationStatus": { "coding": [{ "code": "confirmed" }] },
            "category": [{ "coding": [{ "system": RENAMED[1].0, "code": "problem-list-item" }] }],
            "code": { "text": "koorts" }, "subject": { "reference": "Patient/old" },
            "encounter": { "reference": "Encounter/e" }, "recordedDate": "2026-01-01",
            "note": [{ "text": "note", "authorReference": { "reference": "Practitioner/x" } }]
        });
        let expected = json!({
            "resourceType": "Condition", "id": "new",
            "text": { "status": "generated", "div": "<div>mark</div>" },
            "category": [{ "coding": [{ "system": RENAMED[1].1, "code": "problem-list-item" }] }],
            "code": { "text": "koorts" }, "note": [{ "text": "note" }],
            "clinicalStatus": "recurrence", "verificationStatus": "confirmed", "assertedDate": "2026-01-01",
            "subject": { "reference": "Patient/p" }
        });
        assert_eq!(converted(&r4, "new", "p"), Some(expected));
    }

    #[test]
    fn an_observation_has_one_interpretation_and_a_comment() {
        let r4 = json!({
            "resourceType": "Observation", "status": "final", "code": { "text": "pols" }, "valueInteger": 70,
            "interpretation": [{ "text": "hoog" }, { "text": "laag" }], "note": [{ "text": "a" }, { "text": "b" }],
            "hasMember": [{ "reference": "Observation/z" }], "effectiveInstant": "2026-01-01T00:00:00Z"
        });
        let stu3 = converted(&r4, "o", "p").unwrap();
        assert_eq!(stu3["interpretation"], json!({ "text": "hoog" }));
        assert_eq!(stu3["comment"], "a\nb");
        assert_eq!(stu3["valueQuantity"], json!({ "value": 70 }));
        assert_eq!(stu3["effectiveDateTime"], "2026-01-01T00:00:00Z");
        assert!(stu3.get("hasMember").is_none() && stu3.get("note").is_none());
    }
}
