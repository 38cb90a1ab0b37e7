//! Being handed off to: who may ring, what is read where, and what is filed how often.
//! The sender is a stand-in that answers as each test tells it.

use crate::handoff::{claims, hook, settles};
use crate::partner::{Heard, Partner, Said};
use crate::stage::{FHIR, OWN, STYLES, Seen, Stage, URA, send, stage};
use serde_json::{Value, json};
use std::time::Duration;
use toetssteen_reference::{Regime, Style};

pub fn task(status: &str) -> Value {
    json!({
        "resourceType": "Task", "id": "t1", "status": status, "intent": "order",
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "308292007" }] },
        "for": { "reference": "Patient/p" }, "requester": { "agent": { "reference": "Organization/s" } },
        "owner": { "identifier": { "system": URA, "value": OWN } },
        "input": [{
            "type": { "coding": [{ "system": "http://snomed.info/sct", "code": "11171000146100" }] },
            "valueReference": { "reference": "Composition/c" }
        }]
    })
}

/// A sender with this Task, and the document it leads to.
pub fn sender(task: Value) -> impl Fn(&Heard, usize) -> Said + Send + Sync {
    move |heard, _| match (heard.method.as_str(), heard.target.as_str()) {
        (_, "/token") => Said::token(),
        ("GET", "/fhir/Task/t1") => Said::json(&task),
        ("PUT", "/fhir/Task/t1") => Said::status(200),
        ("GET", "/fhir/Composition/c/$document") => Said::json(&json!({
            "resourceType": "Bundle", "type": "document",
            "entry": [{ "resource": { "resourceType": "Composition", "id": "c" } }]
        })),
        _ => Said::status(404),
    }
}

pub async fn meet(stage: &Stage, partner: &Partner) {
    let body = json!({
        "ura": "00000001", "fhir": format!("{}/fhir/", partner.origin), "token-endpoint": format!("{}/token", partner.origin)
    });
    assert_eq!(hook(stage, "partners", &body).await.status, 200);
}

pub async fn ring(stage: &Stage, path: &str, method: &str, scope: &str, body: &str) -> Seen {
    let bearer = stage.bearer("org-r", "notification", &[("scope", scope)]).await;
    send(method, &format!("{}{path}", stage.url("notification")), &[("authorization", &bearer)], body.to_owned()).await
}

pub const MEANT: &str = "eOverdracht-receiver";

pub async fn standing(stage: &Stage, wanted: &str) -> Value {
    settles(stage, "received/t1", "status", &json!(wanted)).await
}

#[tokio::test]
async fn a_handoff_under_way_is_read_filed_and_written_back_once() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(sender(task("in-progress"))).await;
        meet(&stage, &partner).await;
        let seen = ring(&stage, "/t1", "POST", MEANT, "").await;
        assert_eq!((seen.status, seen.text.as_str()), (202, ""));
        assert_eq!(standing(&stage, "filed").await, json!({ "status": "filed", "copies": 1 }));
        let put = partner.hears("PUT /fhir/Task/t1", 1).await.remove(0);
        assert_eq!(serde_json::from_str::<Value>(&put.body).unwrap(), task("completed"));
        assert_eq!(put.header("content-type"), FHIR);
        let lines: Vec<_> = partner.heard().iter().map(Heard::line).collect();
        let document = "GET /fhir/Composition/c/$document";
        assert_eq!(lines, ["POST /token", "GET /fhir/Task/t1", document, "PUT /fhir/Task/t1"]);
        assert!(partner.heard()[1..].iter().all(|heard| heard.header("authorization") == "Bearer their-token"));
        let form = partner.heard()[0].form();
        assert_eq!(form["scope"], "eOverdracht-sender");
        assert_eq!(claims(&form["assertion"])["iss"], OWN);
        // The sender of this test keeps it under way, and is not told for ever.
        for _ in 0..3 {
            assert_eq!(ring(&stage, "/t1", "POST", MEANT, "").await.status, 202);
        }
        partner.hears("GET /fhir/Task/t1", 2).await;
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!((partner.like("PUT").len(), partner.like(document).len()), (1, 1));
        assert_eq!(standing(&stage, "filed").await["copies"], 1);
    }
}

#[tokio::test]
async fn a_notification_is_an_empty_post_by_whoever_may_hand_off() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let partner = Partner::new(sender(task("in-progress"))).await;
        meet(&stage, &partner).await;
        let full = ring(&stage, "/t1", "POST", MEANT, "{}").await;
        assert_eq!((full.status, full.is_outcome()), (400, true));
        assert_eq!(ring(&stage, "/t1", "POST", "eOverdracht-sender", "").await.status, 403);
        for method in ["GET", "PUT", "DELETE"] {
            assert_eq!(ring(&stage, "/t1", method, MEANT, "").await.status, 405);
        }
        for path in ["", "/", "/t1/more", "/a%2Fb", "/.."] {
            assert_eq!(ring(&stage, path, "POST", MEANT, "").await.status, 404, "{path}");
        }
        let url = format!("{}/t1", stage.url("notification"));
        assert_eq!(send("POST", &url, &[], "").await.status, 401);
        let bearer = stage.bearer("org-r", "fhir", &[]).await;
        assert_eq!(send("POST", &url, &[("authorization", &bearer)], "").await.status, 401);
        let bearer = stage.bearer("org-r", "notification", &[]).await;
        assert_eq!(send("POST", &url, &[("authorization", &bearer)], "").await.status, 403);
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert!(partner.heard().is_empty());
        assert_eq!(standing(&stage, "none").await, json!({ "status": "none", "copies": 0 }));
    }
}

#[tokio::test]
async fn what_is_not_ours_or_not_under_way_is_left_alone() {
    let mut owner = task("in-progress");
    owner["owner"]["identifier"]["value"] = json!("00000001");
    let mut code = task("in-progress");
    code["code"]["coding"][0]["code"] = json!("1");
    let mut elsewhere = task("in-progress");
    elsewhere["input"][0]["valueReference"]["reference"] = json!("http://127.0.0.1:9/fhir/Composition/c");
    let cases = [
        (owner, "refused"),
        (code, "refused"),
        (elsewhere, "refused"),
        (task("requested"), "none"),
        (task("completed"), "none"),
    ];
    for (body, wanted) in cases {
        let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
        let partner = Partner::new(sender(body.clone())).await;
        meet(&stage, &partner).await;
        assert_eq!(ring(&stage, "/t1", "POST", MEANT, "").await.status, 202);
        partner.hears("GET /fhir/Task/t1", 1).await;
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert_eq!(standing(&stage, wanted).await, json!({ "status": wanted, "copies": 0 }), "{body}");
        assert_eq!(partner.heard().len(), 2, "{body}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_failure_that_a_later_notification_mends() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    assert_eq!(ring(&stage, "/t1", "POST", MEANT, "").await.status, 202);
    assert_eq!(standing(&stage, "failed").await["status"], "failed");
    let good = sender(task("in-progress"));
    let partner = Partner::new(move |heard, before| {
        let document = heard.target.ends_with("$document");
        if document && before == 0 { Said::json(&json!({ "resourceType": "Bundle" })) } else { good(heard, before) }
    })
    .await;
    meet(&stage, &partner).await;
    assert_eq!(ring(&stage, "/t1", "POST", MEANT, "").await.status, 202);
    partner.hears("GET /fhir/Composition", 1).await;
    assert_eq!(standing(&stage, "failed").await["status"], "failed");
    assert_eq!(ring(&stage, "/t1", "POST", MEANT, "").await.status, 202);
    assert_eq!(standing(&stage, "filed").await, json!({ "status": "filed", "copies": 1 }));
}

#[tokio::test]
async fn two_references_hand_off_to_each_other_and_come_to_rest() {
    // The sender's token service is not asked for this: its tokens are had as any client has them.
    let sending = stage(Style::Other, Regime::OptIn, &[]).await;
    let patient = crate::handoff::record(&sending).await;
    let order = json!({ "patient": patient, "recipient": "00000001", "address": "http://127.0.0.1:9/x" });
    let task = hook(&sending, "send-handoff", &order).await.json()["task"].as_str().unwrap().to_owned();
    let bearer = sending.bearer("org-r", "handoff", &[]).await;
    let token = bearer.strip_prefix("Bearer ").unwrap().to_owned();
    let tokens = Partner::new(move |_, _| Said::json(&json!({ "access_token": token }))).await;
    let mut config = crate::stage::config(Style::Plain, Regime::OptIn, &[]);
    config.own_ura = "00000001".to_owned();
    let receiving = Stage::new(toetssteen_reference::start(config).await.unwrap(), Style::Plain);
    let partner =
        json!({ "ura": "00000001", "fhir": sending.url("handoff"), "token-endpoint": format!("{}/t", tokens.origin) });
    assert_eq!(hook(&receiving, "partners", &partner).await.status, 200);
    assert_eq!(ring(&receiving, &format!("/{task}"), "POST", MEANT, "").await.status, 202);
    let said = settles(&receiving, &format!("received/{task}"), "status", &json!("filed")).await;
    assert_eq!(said, json!({ "status": "filed", "copies": 1 }));
    for _ in 0..200 {
        let seen = crate::handoff::at(&sending, "org-r", "GET", &format!("/Task/{task}"), "").await;
        if seen.json()["status"] == "completed" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it was not written back");
}
