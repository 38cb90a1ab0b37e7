//! Prescribing: what is sent to a pharmacy, when it counts as delivered, and how it is taken back.
//! The pharmacy is a stand-in, or the reference itself.

use crate::handoff::{delivery, hook, record, settles};
use crate::partner::{Heard, Partner, Said};
use crate::stage::{FHIR, OWN, STYLES, Stage, URA, stage};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use toetssteen_reference::{Regime, Style};

/// A pharmacy that takes every entry.
pub fn pharmacy(heard: &Heard, _: usize) -> Said {
    if heard.target == "/token" {
        return Said::token();
    }
    let sent: Value = serde_json::from_str(&heard.body).unwrap();
    let entries: Vec<_> =
        sent["entry"].as_array().unwrap().iter().map(|_| json!({ "response": { "status": "201 Created" } })).collect();
    Said::json(&json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries }))
}

/// Prescribes at this address and gives the id, once it was delivered or given up.
pub async fn prescribe(stage: &Stage, patient: &str, address: &str, token: &str) -> String {
    let order = json!({
        "patient": patient, "endpoint": "fhir", "recipient": "00000001", "address": address, "token-endpoint": token
    });
    let seen = hook(stage, "send-prescription", &order).await;
    assert_eq!(seen.status, if stage.style == Style::Plain { 200 } else { 202 }, "{seen:?}");
    let id = seen.json()["prescription"].as_str().unwrap().to_owned();
    rests(stage, &id).await;
    id
}

pub async fn rests(stage: &Stage, id: &str) {
    for _ in 0..300 {
        if delivery(stage, id).await != "pending" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

pub fn bundle(heard: &Heard) -> Value {
    serde_json::from_str(&heard.body).unwrap()
}

/// Every reference of a Bundle that names no entry of it.
pub fn dangling(bundle: &Value) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, field)| match field {
                Value::String(text) if name == "reference" => found.push(text.clone()),
                field => walk(field, found),
            }),
            _ => {}
        }
    }
    let names: BTreeSet<_> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap().to_owned()).collect();
    let mut all = Vec::new();
    walk(bundle, &mut all);
    all.retain(|reference| !names.contains(reference));
    all
}

#[tokio::test]
async fn a_prescription_is_one_transaction_that_says_all_it_refers_to() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(pharmacy).await;
        let patient = record(&stage).await;
        let (address, token) = (format!("{}/rx", partner.origin), format!("{}/token", partner.origin));
        let id = prescribe(&stage, &patient, &address, &token).await;
        assert_eq!(delivery(&stage, &id).await, "delivered");
        assert!(!partner.heard()[0].form().contains_key("scope"));
        let sent = partner.like("POST /rx").remove(0);
        assert_eq!((sent.header("content-type"), sent.header("prefer")), (FHIR, "return=representation"));
        assert_eq!(sent.header("authorization"), "Bearer their-token");
        let bundle = bundle(&sent);
        assert_eq!(bundle["type"], "transaction");
        assert_eq!(dangling(&bundle), Vec::<String>::new());
        let requests = [&bundle["entry"][0]["resource"], &bundle["entry"][1]["resource"]];
        for request in requests {
            assert_eq!(
                (&request["intent"], &request["meta"]["tag"][0]["code"]),
                (&json!("order"), &json!("actionable"))
            );
        }
        assert_eq!(requests[0]["category"][0]["coding"][0]["code"], "33633005");
        assert_eq!(requests[1]["category"][0]["coding"][0]["code"], "52711000146108");
        let performer = &requests[1]["performer"]["identifier"];
        assert_eq!(*performer, json!({ "system": URA, "value": "00000001" }));
        assert!(sent.body.contains("mark-pill") && sent.body.contains("111111110"));
        assert!(!sent.body.contains("mark-condition") && !sent.body.contains(&patient));
    }
}

#[tokio::test]
async fn what_is_taken_back_bears_the_same_identifiers() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(pharmacy).await;
        let patient = record(&stage).await;
        let id = prescribe(&stage, &patient, &format!("{}/rx", partner.origin), "").await;
        let seen = hook(&stage, "cancel-prescription", &json!({ "prescription": id })).await;
        assert_eq!(seen.status, if style == Style::Plain { 200 } else { 202 });
        assert_eq!(settles(&stage, &format!("sent/{id}"), "status", &json!("delivered")).await["status"], "delivered");
        let sent = partner.hears("POST /rx", 2).await;
        let (ordered, cancelled) = (bundle(&sent[0]), bundle(&sent[1]));
        for index in [0, 1] {
            let identifier = |bundle: &Value| bundle["entry"][index]["resource"]["identifier"].clone();
            assert_eq!(identifier(&ordered), identifier(&cancelled));
        }
        assert_eq!(cancelled["entry"][1]["resource"]["status"], "entered-in-error");
        assert!(cancelled["entry"][0]["resource"]["priorPrescription"].is_object());
        assert_eq!(dangling(&cancelled), Vec::<String>::new());
        assert_eq!(hook(&stage, "cancel-prescription", &json!({ "prescription": "x" })).await.status, 404);
    }
}

#[tokio::test]
async fn what_was_not_taken_whole_was_not_delivered() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let patient = record(&stage).await;
    let half = json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": [
        { "response": { "status": "201" } }, { "response": { "status": "422" } }
    ] });
    let answers = [Said::json(&half), Said::json(&json!({})), Said::status(204), Said::status(422)];
    for Said(status, headers, body) in answers {
        let partner = Partner::new(move |_, _| Said(status, headers.clone(), body.clone())).await;
        let id = prescribe(&stage, &patient, &partner.origin, "").await;
        assert_eq!((delivery(&stage, &id).await.as_str(), partner.heard().len()), ("failed", 1));
    }
}

#[tokio::test]
async fn a_second_try_bears_the_same_identifiers() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let patient = record(&stage).await;
    let partner =
        Partner::new(|heard, before| if before == 0 { Said::status(503) } else { pharmacy(heard, before) }).await;
    let id = prescribe(&stage, &patient, &partner.origin, "").await;
    let heard = partner.heard();
    assert_eq!((delivery(&stage, &id).await.as_str(), heard.len()), ("delivered", 2));
    assert_eq!(heard[0].body, heard[1].body);
}

#[tokio::test]
async fn the_pharmacy_of_the_reference_takes_what_the_reference_prescribes() {
    for style in STYLES {
        let sending = stage(Style::Plain, Regime::OptIn, &[]).await;
        let patient = record(&sending).await;
        let mut config = crate::stage::config(style, Regime::OptIn, &[]);
        config.own_ura = "00000001".to_owned();
        let receiving = Stage::new(toetssteen_reference::start(config).await.unwrap(), style);
        let bearer = receiving.bearer("org-x", "prescriptions", &[]).await;
        let token = bearer.strip_prefix("Bearer ").unwrap().to_owned();
        let tokens = Partner::new(move |_, _| Said::json(&json!({ "access_token": token }))).await;
        let id = prescribe(&sending, &patient, &receiving.url("prescriptions"), &tokens.origin).await;
        assert_eq!(delivery(&sending, &id).await, "delivered", "{OWN}");
        assert_eq!(hook(&sending, "cancel-prescription", &json!({ "prescription": id })).await.status, 200);
        assert_eq!(delivery(&sending, &id).await, "delivered");
    }
}
