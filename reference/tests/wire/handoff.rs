//! Handing off: what is sent, who reads what while it lasts, and what is left when it is completed.
//! The recipient is a stand-in that answers as each test tells it.

use crate::partner::{Heard, Partner, Said};
use crate::stage::{FHIR, OWN, STYLES, Seen, Stage, URA, send, stage};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;
use toetssteen_reference::{Regime, Style};

/// A patient with something of every kind; the marks tell what is whose.
pub async fn record(stage: &Stage) -> String {
    let patient = stage.patient("111111110", None).await;
    let about = json!({ "reference": format!("Patient/{patient}") });
    let sign = json!({ "coding": [{ "code": "vital-signs" }] });
    let bodies = [
        json!({ "resourceType": "Condition", "id": "cond", "subject": about,
            "clinicalStatus": { "coding": [{ "code": "active" }] }, "code": { "text": "mark-condition" } }),
        json!({ "resourceType": "Condition", "id": "held", "subject": about, "code": { "text": "mark-held" },
            "note": [{ "text": "mark-held-note" }] }),
        json!({ "resourceType": "Observation", "id": "vital", "subject": about, "status": "final",
            "category": [sign], "code": { "text": "pols" }, "note": [{ "text": "mark-vital" }] }),
        json!({ "resourceType": "MedicationRequest", "id": "med", "subject": about, "status": "active",
            "intent": "order", "medicationCodeableConcept": { "text": "mark-pill" } }),
    ];
    for body in bodies {
        let path = format!("/{}/{}", body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap());
        assert_eq!(stage.write("PUT", &path, &body).await.status, 201);
    }
    patient
}

pub async fn hook(stage: &Stage, name: &str, body: &Value) -> Seen {
    send("POST", &format!("{}/{name}", stage.url("hooks")), &[], body.to_string()).await
}

/// Asks a hook until it says this, or something else that stays.
pub async fn settles(stage: &Stage, path: &str, member: &str, wanted: &Value) -> Value {
    let mut said = Value::Null;
    for _ in 0..400 {
        said = send("GET", &format!("{}/{path}", stage.url("hooks")), &[], "").await.json();
        if said[member] == *wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    said
}

/// Begins a handoff to this recipient and gives the id of its Task, once it was delivered or given up.
pub async fn begin(stage: &Stage, patient: &str, partner: &Partner, more: &[(&str, &str)]) -> String {
    let mut order = json!({
        "patient": patient, "endpoint": "fhir", "recipient": "00000001", "withhold": "Condition/held",
        "address": format!("{}/inbox", partner.origin), "token-endpoint": format!("{}/token", partner.origin)
    });
    for (name, value) in more {
        order[*name] = json!(value);
    }
    let seen = hook(stage, "send-handoff", &order).await;
    assert_eq!(seen.status, if stage.style == Style::Plain { 200 } else { 202 }, "{seen:?}");
    let task = seen.json()["task"].as_str().unwrap().to_owned();
    for _ in 0..800 {
        let said = send("GET", &format!("{}/sent/{task}", stage.url("hooks")), &[], "").await.json();
        if said["status"] != "pending" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    task
}

pub async fn delivery(stage: &Stage, id: &str) -> String {
    let seen = send("GET", &format!("{}/sent/{id}", stage.url("hooks")), &[], "").await;
    seen.json()["status"].as_str().unwrap_or_default().to_owned()
}

pub fn willing(heard: &Heard, _: usize) -> Said {
    if heard.target == "/token" { Said::token() } else { Said::status(202) }
}

pub async fn at(stage: &Stage, client: &str, method: &str, path: &str, body: &str) -> Seen {
    let bearer = stage.bearer(client, "handoff", &[]).await;
    let headers = [("authorization", bearer.as_str()), ("content-type", FHIR)];
    send(method, &format!("{}{path}", stage.url("handoff")), &headers, body.to_owned()).await
}

pub fn claims(jwt: &str) -> Value {
    let part = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_recipient_is_told_with_an_empty_post_and_a_token_of_its_own_service() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(willing).await;
        let patient = record(&stage).await;
        let task = begin(&stage, &patient, &partner, &[]).await;
        assert_eq!(delivery(&stage, &task).await, "delivered");
        let heard = partner.heard();
        assert_eq!(heard.len(), 2, "{heard:?}");
        let form = heard[0].form();
        assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
        assert_eq!(form["scope"], "eOverdracht-receiver");
        let claims = claims(&form["assertion"]);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!(OWN), &json!(OWN)));
        assert_eq!(claims["aud"], json!(format!("{}/token", partner.origin)));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 5);
        assert_eq!(heard[1].line(), format!("POST /inbox/{task}"));
        assert_eq!((heard[1].body.as_str(), heard[1].header("content-length")), ("", "0"));
        assert_eq!((heard[1].header("accept"), heard[1].header("authorization")), (FHIR, "Bearer their-token"));
    }
}

#[tokio::test]
async fn the_owner_reads_the_set_of_the_handoff_and_nothing_else() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(willing).await;
        let patient = record(&stage).await;
        let task = begin(&stage, &patient, &partner, &[]).await;
        let read = async |path: &str| at(&stage, "org-r", "GET", path, "").await;
        let seen = read(&format!("/Task/{task}")).await;
        let body = seen.json();
        assert_eq!((seen.status, body["status"].as_str()), (200, Some("in-progress")), "{seen:?}");
        assert_eq!(body["owner"]["identifier"], json!({ "system": URA, "value": "00000001" }));
        assert!(!seen.text.contains("display") && !seen.text.contains("111111110") && !seen.text.contains(&patient));
        let composition = body["input"][0]["valueReference"]["reference"].as_str().unwrap().to_owned();
        let document = read(&format!("/{composition}/$document")).await;
        let bundle = document.json();
        assert_eq!(bundle["type"], "document", "{document:?}");
        let entries = bundle["entry"].as_array().unwrap();
        let kinds: Vec<_> = entries.iter().map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["Composition", "Patient", "Organization", "Condition", "Observation"]);
        for (mark, there) in [("mark-condition", true), ("mark-vital", true), ("111111110", true)] {
            assert_eq!(document.text.contains(mark), there, "{mark} {document:?}");
        }
        for mark in ["mark-held", "mark-pill", "canary-111111110", patient.as_str(), "clinicalStatus\":{"] {
            assert!(!document.text.contains(mark), "{mark} {document:?}");
        }
        for entry in entries {
            let url = entry["fullUrl"].as_str().unwrap();
            let path = url.strip_prefix(&stage.url("handoff")).unwrap();
            let seen = read(path).await;
            assert_eq!((seen.status, seen.json()), (200, entry["resource"].clone()));
            assert_eq!(at(&stage, "org-x", "GET", path, "").await.status, 403);
        }
        for path in
            ["/Condition/cond", "/Condition/held", "/Task?owner=x", "/Composition", &format!("/Patient/{patient}")]
        {
            assert_eq!(read(path).await.status, 403, "{path}");
        }
        let alike = [at(&stage, "org-x", "GET", &format!("/Task/{task}"), "").await, read("/Task/never").await];
        let expected = if style == Style::Plain { 403 } else { 404 };
        assert_eq!(alike[0].without(&task).2, alike[1].without("never").2);
        assert_eq!(alike.map(|seen| seen.status), [expected; 2]);
        let seen = send("GET", &format!("{}/Task/{task}", stage.url("handoff")), &[], "").await;
        assert_eq!((seen.status, seen.is_outcome()), (401, true));
        assert!(seen.header("www-authenticate").starts_with("Bearer"));
    }
}

#[tokio::test]
async fn a_token_for_something_else_opens_nothing() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let partner = Partner::new(willing).await;
    let task = begin(&stage, &record(&stage).await, &partner, &[]).await;
    let url = format!("{}/Task/{task}", stage.url("handoff"));
    let with = async |endpoint: &str, scope: &str| {
        let bearer = stage.bearer("org-r", endpoint, &[("scope", scope)]).await;
        send("GET", &url, &[("authorization", &bearer)], "").await.status
    };
    assert_eq!(with("handoff", "eOverdracht-sender").await, 200);
    assert_eq!(with("handoff", "eOverdracht-receiver").await, 403);
    assert_eq!(with("notification", "eOverdracht-sender").await, 401);
}

#[tokio::test]
async fn completing_closes_the_message_and_only_the_status_is_taken() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(willing).await;
        let task = begin(&stage, &record(&stage).await, &partner, &[]).await;
        let path = format!("/Task/{task}");
        let read = async |path: &str| at(&stage, "org-r", "GET", path, "").await;
        let put = async |body: &Value| at(&stage, "org-r", "PUT", &path, &body.to_string()).await.status;
        let body = read(&path).await.json();
        let composition = format!("/{}", body["input"][0]["valueReference"]["reference"].as_str().unwrap());
        let patient = format!("/{}", body["for"]["reference"].as_str().unwrap());
        let mut other = body.clone();
        other["status"] = json!("completed");
        other["owner"]["identifier"]["value"] = json!("00000009");
        assert_eq!(put(&other).await, 422);
        let mut rejected = body.clone();
        rejected["status"] = json!("rejected");
        assert_eq!(put(&rejected).await, 409);
        assert_eq!(read(&path).await.json(), body);
        let mut completed = body.clone();
        completed["status"] = json!("completed");
        let strange = at(&stage, "org-x", "PUT", &path, &completed.to_string()).await.status;
        assert_eq!(strange, if style == Style::Plain { 403 } else { 404 });
        assert_eq!(partner.like("POST /inbox").len(), 1);
        assert_eq!(put(&completed).await, 200);
        partner.hears("POST /inbox", 2).await;
        assert_eq!(put(&completed).await, 200);
        let after = read(&path).await;
        assert_eq!((after.status, after.json()), (200, completed.clone()));
        for path in [&composition, &format!("{composition}/$document"), &patient] {
            assert_eq!(read(path).await.status, 403);
        }
        assert_eq!(put(&body).await, 409);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(partner.like("POST /inbox").len(), 2);
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_waited_for_and_a_refusal_is_not() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let patient = record(&stage).await;
    let busy = Partner::new(|heard, before| match (heard.target.as_str(), before) {
        ("/token", _) => Said::token(),
        (_, 0) => Said(503, vec![("retry-after", "1".to_owned())], String::new()),
        _ => Said::status(204),
    })
    .await;
    let task = begin(&stage, &patient, &busy, &[]).await;
    let heard = busy.like("POST /inbox");
    assert_eq!((delivery(&stage, &task).await.as_str(), heard.len()), ("delivered", 2));
    assert!(heard[1].at - heard[0].at >= Duration::from_millis(950));
    for (said, tries) in [(400, 1), (503, 4)] {
        let partner = Partner::new(move |_, _| Said::status(said)).await;
        let task = begin(&stage, &patient, &partner, &[("token-endpoint", "")]).await;
        assert_eq!(delivery(&stage, &task).await, "failed");
        let heard = partner.heard();
        assert_eq!(heard.len(), tries);
        assert!(heard.iter().all(|one| one.header("authorization").is_empty()));
    }
    let long = Partner::new(|_, _| Said(429, vec![("retry-after", "60".to_owned())], String::new())).await;
    let task = begin(&stage, &patient, &long, &[("token-endpoint", "")]).await;
    assert_eq!((delivery(&stage, &task).await.as_str(), long.heard().len()), ("failed", 1));
    // Without an address and without a directory nothing can be sent.
    let task = begin(&stage, &patient, &long, &[("address", "")]).await;
    assert_eq!(delivery(&stage, &task).await, "failed");
}

#[tokio::test]
async fn a_hook_refuses_what_it_cannot_do() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let cases = [
        ("send-handoff", json!({ "patient": "nobody", "recipient": "1" }), 404),
        ("send-handoff", json!({ "recipient": "1" }), 400),
        ("send-handoff", json!({ "patient": "p", "recipient": "1", "address": "ftp://x" }), 400),
        ("partners", json!({ "ura": "1" }), 400),
        ("no-such-hook", json!({}), 404),
    ];
    for (name, body, status) in cases {
        let seen = hook(&stage, name, &body).await;
        assert_eq!(seen.status, status, "{name} {body}");
        assert!(seen.json()["error"].is_string());
    }
    let seen = send("GET", &format!("{}/send-handoff", stage.url("hooks")), &[], "").await;
    assert_eq!(seen.status, 405);
    assert_eq!(send("GET", &format!("{}/sent/x", stage.url("hooks")), &[], "").await.status, 404);
}

#[tokio::test]
async fn a_capability_statement_of_stu3_needs_no_token() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let seen = send("GET", &format!("{}/metadata", stage.url("handoff")), &[], "").await;
        let body = seen.json();
        assert_eq!((seen.status, body["kind"].as_str()), (200, Some("instance")));
        assert!(body["fhirVersion"].as_str().unwrap().starts_with("3.0."));
        assert!(body["acceptUnknown"].is_string() && body["format"].is_array());
    }
}
