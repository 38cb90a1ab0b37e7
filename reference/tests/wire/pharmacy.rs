//! Prescriptions: what is taken, what is refused, and who reads it back.

use crate::stage::{BSN, FHIR, STYLES, Seen, Stage, URA, post, send, stage};
use serde_json::{Value, json};
use toetssteen_reference::{Regime, Style};

pub fn prescription() -> Value {
    let request = |identifier: &str, category: &str| {
        json!({
            "resourceType": "MedicationRequest",
            "meta": { "tag": [{ "system": "http://terminology.hl7.org/CodeSystem/common-tags", "code": "actionable" }] },
            "identifier": [{ "system": "urn:oid:1.2.3", "value": identifier }],
            "status": "active", "intent": "order",
            "category": [{ "coding": [{ "system": "http://snomed.info/sct", "code": category }] }],
            "medicationReference": { "reference": "urn:uuid:m" },
            "subject": { "reference": "urn:uuid:p" }
        })
    };
    let mut dispense = request("VV1", "52711000146108");
    dispense["dispenseRequest"] = json!({ "performer": { "identifier": { "system": URA, "value": "00000009" } } });
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        post("a", "MedicationRequest", request("MA1", "33633005")),
        post("d", "MedicationRequest", dispense),
        post("p", "Patient", json!({ "resourceType": "Patient", "identifier": [{ "system": BSN, "value": "111111110" }] })),
        post("m", "Medication", json!({ "resourceType": "Medication", "code": { "text": "pil" } })),
    ]})
}

pub async fn send_prescription(stage: &Stage, body: &str, headers: &[(&str, &str)]) -> Seen {
    let bearer = stage.bearer("org-r", "prescriptions", &[]).await;
    let mut all = vec![("authorization", bearer.as_str()), ("content-type", FHIR)];
    all.extend_from_slice(headers);
    send("POST", &stage.url("prescriptions"), &all, body.to_owned()).await
}

pub async fn read_back(stage: &Stage, client: &str, identifier: &str) -> Seen {
    let bearer = stage.bearer(client, "prescriptions", &[]).await;
    let url = format!("{}/MedicationRequest?identifier=urn:oid:1.2.3|{identifier}", stage.url("prescriptions"));
    send("GET", &url, &[("authorization", &bearer)], "").await
}

#[tokio::test]
async fn a_prescription_is_kept_and_read_by_those_concerned() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let seen = send_prescription(&stage, &prescription().to_string(), &[("x-unknown", "1")]).await;
        assert_eq!((seen.status, seen.entries()), (200, 4), "{seen:?}");
        assert_eq!(seen.json()["type"], "transaction-response");
        for client in ["org-r", "org-x", "writer"] {
            let found = read_back(&stage, client, "MA1").await;
            assert_eq!(found.entries(), 1, "{client}");
            assert!(!found.text.contains("urn:uuid"));
        }
        let mut unaddressed = prescription();
        unaddressed["entry"].as_array_mut().unwrap().remove(1);
        let text = unaddressed.to_string().replace("MA1", "MA2");
        assert_eq!(send_prescription(&stage, &text, &[]).await.status, 200);
        assert_eq!(read_back(&stage, "org-x", "MA2").await.entries(), 0);
        assert_eq!(read_back(&stage, "org-r", "MA2").await.entries(), 1);
    }
}

#[tokio::test]
async fn form_makes_no_difference_and_extensions_are_kept() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let mut bundle = prescription();
    bundle["entry"][0]["resource"]["extension"] =
        json!([{ "url": "https://strange.example/x", "valueString": "kept" }]);
    let reversed: serde_json::Map<_, _> = bundle.as_object().unwrap().clone().into_iter().rev().collect();
    let seen = send_prescription(&stage, &serde_json::to_string_pretty(&reversed).unwrap(), &[]).await;
    assert_eq!(seen.status, 200);
    assert!(read_back(&stage, "org-r", "MA1").await.text.contains("kept"));
}

#[tokio::test]
async fn what_is_no_prescription_is_refused_and_not_kept() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let good = prescription();
        let cases: [(&str, Value, u16); 10] = [
            ("/entry/1/resource/dispenseRequest/performer/identifier/value", json!("00000003"), 422),
            ("/entry/1/resource/status", json!("entered-in-error"), 422),
            ("/type", json!("collection"), 400),
            ("/entry/0/resource/meta", json!({}), 422),
            ("/entry/1/resource/meta", json!({}), 422),
            ("/entry/0/resource/intent", json!("plan"), 422),
            ("/entry/0/resource/category", json!([]), 422),
            ("/entry/1/resource/status", json!(null), 422),
            ("/entry/2/resource/identifier", json!([]), 422),
            (
                "/entry/0/resource/subject/reference",
                json!("urn:uuid:zz"),
                if style == Style::Plain { 422 } else { 400 },
            ),
        ];
        for (place, value, status) in cases {
            let mut bad = good.clone();
            *bad.pointer_mut(place).unwrap() = value;
            let seen = send_prescription(&stage, &bad.to_string(), &[]).await;
            assert_eq!(seen.status, status, "{place}");
            assert!(seen.is_outcome());
            assert_eq!(read_back(&stage, "writer", "MA1").await.entries(), 0, "{place}");
            assert_eq!(read_back(&stage, "writer", "VV1").await.entries(), 0, "{place}");
        }
    }
}

#[tokio::test]
async fn a_writer_removes_what_was_sent_and_nobody_else_does() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        send_prescription(&stage, &prescription().to_string(), &[]).await;
        let id =
            read_back(&stage, "writer", "MA1").await.json()["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
        let url = format!("{}/MedicationRequest/{id}", stage.url("prescriptions"));
        let mut seen = Vec::new();
        for client in ["org-r", "writer", "writer"] {
            let bearer = stage.bearer(client, "prescriptions", &[]).await;
            seen.push(send("DELETE", &url, &[("authorization", &bearer)], "").await.status);
        }
        let removed = if style == Style::Plain { 204 } else { 200 };
        assert_eq!(seen, [403, removed, removed]);
        assert_eq!(read_back(&stage, "writer", "MA1").await.entries(), 0);
        assert_eq!(read_back(&stage, "writer", "VV1").await.entries(), 1);
    }
}
