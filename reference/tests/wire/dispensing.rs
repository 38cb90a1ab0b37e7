//! The pharmacy over time: what is sent again, what is taken back, and what each of its defects does.
//! A probe is true when the misbehaviour of its defect is seen, on a fresh reference.

use crate::pharmacy::{prescription, read_back, send_prescription};
use crate::probed::each_alone;
use crate::stage::{STYLES, Stage, URA, post, stage};
use serde_json::{Value, json};
use toetssteen_reference::{Regime, Style};

async fn taken(stage: &Stage, bundle: &Value) -> bool {
    let seen = send_prescription(stage, &bundle.to_string(), &[]).await;
    assert!(seen.status == 200 || (400..500).contains(&seen.status) && seen.is_outcome(), "{seen:?}");
    seen.status == 200
}

/// The orders that are known by a number, as their status says.
async fn orders(stage: &Stage, number: &str) -> Vec<String> {
    let found = read_back(stage, "writer", number).await.json();
    let entries = found["entry"].as_array().into_iter().flatten();
    entries.map(|entry| entry["resource"]["status"].as_str().unwrap().to_owned()).collect()
}

fn with(place: &str, value: Value) -> Value {
    let mut bundle = prescription();
    *bundle.pointer_mut(place).unwrap() = value;
    bundle
}

fn cancel() -> Value {
    with("/entry/1/resource/status", json!("entered-in-error"))
}

#[tokio::test]
async fn what_is_sent_again_is_one_order_and_can_be_taken_back() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let first = send_prescription(&stage, &prescription().to_string(), &[]).await.json();
        let again = send_prescription(&stage, &prescription().to_string(), &[]).await;
        assert_eq!((again.status, again.entries()), (200, 4));
        for index in 0..4 {
            let place = |body: &Value| body["entry"][index]["response"]["location"].clone();
            assert_eq!(place(&first), place(&again.json()));
            assert_eq!(again.json()["entry"][index]["response"]["status"], "200 OK");
        }
        assert_eq!((orders(&stage, "MA1").await.len(), orders(&stage, "VV1").await), (1, vec!["active".to_owned()]));
        let seen = send_prescription(&stage, &cancel().to_string(), &[("prefer", "return=representation")]).await;
        assert_eq!(seen.json()["entry"][1]["resource"]["status"], "entered-in-error", "{seen:?}");
        assert_eq!(orders(&stage, "VV1").await, ["entered-in-error"]);
        // The order that arrives late does not come back to life.
        assert!(taken(&stage, &prescription()).await);
        assert_eq!(orders(&stage, "VV1").await, ["entered-in-error"]);
    }
}

#[tokio::test]
async fn what_came_along_may_be_gone_when_an_order_is_taken_back() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    let first = send_prescription(&stage, &prescription().to_string(), &[]).await.json();
    let patient = first["entry"][2]["response"]["location"].as_str().unwrap().split("/_history").next().unwrap();
    let bearer = stage.bearer("writer", "prescriptions", &[]).await;
    let url = format!("{}/{patient}", stage.url("prescriptions"));
    assert_eq!(crate::stage::send("DELETE", &url, &[("authorization", &bearer)], "").await.status, 204);
    let seen = send_prescription(&stage, &cancel().to_string(), &[]).await;
    assert_eq!((seen.status, seen.entries()), (200, 4), "{seen:?}");
    assert_eq!(orders(&stage, "VV1").await, ["entered-in-error"]);
}

#[tokio::test]
async fn another_sender_takes_nothing_back() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    assert!(taken(&stage, &prescription()).await);
    let bearer = stage.bearer("org-x", "prescriptions", &[]).await;
    let headers = [("authorization", bearer.as_str()), ("content-type", crate::stage::FHIR)];
    let seen = crate::stage::send("POST", &stage.url("prescriptions"), &headers, cancel().to_string()).await;
    assert_eq!((seen.status, seen.is_outcome()), (422, true));
    assert_eq!(orders(&stage, "VV1").await, ["active"]);
}

#[tokio::test]
async fn a_pharmacy_that_comes_along_is_an_address_too() {
    let stage = stage(Style::Plain, Regime::OptIn, &[]).await;
    for (ura, taken_there) in [("00000003", false), ("00000009", true)] {
        let mut bundle =
            with("/entry/1/resource/dispenseRequest/performer", json!({ "reference": "urn:uuid:pharmacy" }));
        let pharmacy = json!({ "resourceType": "Organization", "identifier": [{ "system": URA, "value": ura }] });
        bundle["entry"].as_array_mut().unwrap().push(post("pharmacy", "Organization", pharmacy));
        assert_eq!(taken(&stage, &bundle).await, taken_there);
    }
}

async fn shows(probe: &str, style: Style, defects: &[&str]) -> bool {
    let stage = stage(style, Regime::OptIn, defects).await;
    let seen = match probe {
        "plan-taken" => taken(&stage, &with("/entry/0/resource/intent", json!("plan"))).await,
        "untagged-taken" => taken(&stage, &with("/entry/1/resource/meta", json!({}))).await,
        "uncategorised-taken" => taken(&stage, &with("/entry/0/resource/category", json!([]))).await,
        "other-pharmacy-taken" => {
            let place = "/entry/1/resource/dispenseRequest/performer/identifier/value";
            taken(&stage, &with(place, json!("00000003"))).await
        }
        "collection-taken" => taken(&stage, &with("/type", json!("collection"))).await,
        "dangling-reference-taken" => {
            taken(&stage, &with("/entry/0/resource/medicationReference/reference", json!("urn:uuid:zz"))).await
        }
        "cancel-of-unknown-taken" => taken(&stage, &cancel()).await,
        "half-prescription-stored" => {
            let refused = !taken(&stage, &with("/entry/1/resource/subject", json!(null))).await;
            refused && orders(&stage, "MA1").await.len() == 1
        }
        "repeat-makes-second-order" => {
            taken(&stage, &prescription()).await
                && taken(&stage, &prescription()).await
                && orders(&stage, "VV1").await.len() == 2
        }
        "cancel-ignored" => {
            taken(&stage, &prescription()).await
                && taken(&stage, &cancel()).await
                && orders(&stage, "VV1").await == ["active"]
        }
        _ => panic!("no probe for {probe}"),
    };
    // Whatever the defect, a good prescription is taken, kept, and can be taken back.
    let good = prescription().to_string().replace("MA1", "MA9").replace("VV1", "VV9");
    assert_eq!(send_prescription(&stage, &good, &[]).await.status, 200);
    assert_eq!(orders(&stage, "VV9").await, ["active"]);
    seen
}

const PROBED: [&str; 10] = [
    "plan-taken",
    "untagged-taken",
    "uncategorised-taken",
    "other-pharmacy-taken",
    "collection-taken",
    "dangling-reference-taken",
    "cancel-of-unknown-taken",
    "half-prescription-stored",
    "repeat-makes-second-order",
    "cancel-ignored",
];

#[tokio::test]
async fn each_defect_of_the_pharmacy_shows_and_nowhere_else() {
    each_alone(&PROBED, shows).await;
}
