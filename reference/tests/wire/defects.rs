//! Every defect shows where it should, and nowhere else.
//! A probe is true when the misbehaviour of its defect is seen, on a fresh reference.

use crate::pharmacy::{prescription, read_back, send_prescription};
use crate::stage::{FHIR, STYLES, Stage, post, send, stage};
use serde_json::{Value, json};
use toetssteen_reference::{DEFECTS, Regime, Style};

const OURS: Option<&str> = Some("00000001");

async fn shows(probe: &str, style: Style, defects: &[&str]) -> bool {
    if let Some(seen) = crate::holder::shows(probe, style, defects).await {
        return seen;
    }
    let regime = match probe {
        "open-without-choice" | "no-choice-403" => Regime::OptIn,
        _ => Regime::OptOut,
    };
    let stage = stage(style, regime, defects).await;
    let seen = match probe.split('-').next() {
        Some("objection" | "withdrawal" | "objected" | "open" | "no") => choice(probe, &stage).await,
        Some("vendor" | "key" | "extension" | "acknowledges") => receiving(probe, &stage).await,
        Some("empty" | "patient" | "date" | "strict" | "self") => searching(probe, &stage).await,
        Some("transaction") => transacting(probe, &stage).await,
        _ => conversing(probe, &stage).await,
    };
    stage.run.stop().await;
    seen
}

async fn choice(probe: &str, stage: &Stage) -> bool {
    let patient = stage.patient("111111110", OURS).await;
    let read = async || stage.get("org-r", &format!("/Patient/{patient}")).await;
    let search = async || stage.get("org-r", &format!("/Observation?patient={patient}")).await;
    if !["open-without-choice", "no-choice-403"].contains(&probe) {
        stage.choose(&patient, "objection").await;
        assert_eq!(stage.choices(&patient).await["objected"], true);
    }
    match probe {
        "open-without-choice" | "objection-never-consulted" => {
            read().await.status == 200 && search().await.entries() == 1
        }
        "no-choice-403" | "objected-403-unknown-404" => {
            let unknown = stage.get("org-r", &format!("/Patient/{}", stage.never())).await.status;
            unknown != 403 && read().await.status == 403 && search().await.status == 403
        }
        "objection-only-on-get" => {
            let posted = stage.ask("org-r", "Observation", &[("patient", &patient)]).await;
            posted.entries() == 1 && search().await.entries() == 0
        }
        "withdrawal-loses-data" => {
            stage.choose(&patient, "none").await;
            let kept = stage.get("writer", &format!("/Patient/{patient}")).await.status == 200;
            kept && read().await.status != 200 && search().await.entries() == 0
        }
        "objected-hint-in-outcome" => {
            let never = stage.never();
            let unknown = stage.get("org-r", &format!("/Patient/{never}")).await;
            let empty = stage.get("org-r", &format!("/Observation?patient={never}")).await;
            let (read, search) = (read().await, search().await);
            read.status == unknown.status
                && search.status == empty.status
                && read.without(&patient) != unknown.without(&never)
                && search.without(&patient) != empty.without(&never)
        }
        _ => panic!("no probe for {probe}"),
    }
}

async fn receiving(probe: &str, stage: &Stage) -> bool {
    let tenant = [("x-vendor-tenant", "1")];
    let plain = prescription();
    match probe {
        "vendor-header-required" => {
            let without = send_prescription(stage, &plain.to_string(), &[]).await;
            let with = send_prescription(stage, &plain.to_string(), &tenant).await;
            without.status == 400 && without.is_outcome() && with.status == 200
        }
        "key-order-required" => {
            let reversed: serde_json::Map<_, _> = plain.as_object().unwrap().clone().into_iter().rev().collect();
            let turned = send_prescription(stage, &Value::Object(reversed).to_string(), &tenant).await;
            turned.status == 400 && send_prescription(stage, &plain.to_string(), &tenant).await.status == 200
        }
        "extension-refused" => {
            let mut strange = plain.clone();
            strange["entry"][0]["resource"]["extension"] =
                json!([{ "url": "https://x.example/y", "valueString": "z" }]);
            let refused = send_prescription(stage, &strange.to_string(), &tenant).await;
            refused.status == 422 && send_prescription(stage, &plain.to_string(), &tenant).await.status == 200
        }
        "acknowledges-without-storing" => {
            let seen = send_prescription(stage, &plain.to_string(), &tenant).await;
            seen.status == 200 && seen.entries() == 4 && read_back(stage, "org-r", "MA1").await.entries() == 0
        }
        _ => panic!("no probe for {probe}"),
    }
}

async fn searching(probe: &str, stage: &Stage) -> bool {
    let patient = stage.patient("111111110", OURS).await;
    let hidden = stage.patient("222222221", None).await;
    let leaks = async |path: String| stage.get("org-r", &path).await.text.contains("canary-222222221");
    let unknown = format!("/Observation?patient={patient}&foo=bar");
    match probe {
        "empty-patient-means-all" => leaks("/Observation?patient=".to_owned()).await,
        "patient-list-accepted" => leaks(format!("/Observation?patient={patient},{hidden}")).await,
        "date-search-without-patient" => {
            leaks("/Observation?_lastUpdated=gt2020".to_owned()).await
                && leaks("/Observation".to_owned()).await
                && leaks("/Observation?date=2026".to_owned()).await
        }
        "strict-handling-ignored" => {
            stage.get_with("org-r", &unknown, &[("prefer", "handling=strict")]).await.status == 200
        }
        "self-link-echoes-ignored" => {
            let link = stage.get("org-r", &unknown).await.link("self");
            link.is_some_and(|link| link.contains("foo=bar"))
        }
        "self-link-missing" => stage.get("org-r", &unknown).await.link("self").is_none(),
        _ => panic!("no probe for {probe}"),
    }
}

async fn transacting(probe: &str, stage: &Stage) -> bool {
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        post("p", "Patient", json!({ "resourceType": "Patient", "identifier": [{ "value": "half" }] })),
        post("o", "Observation", json!({ "resourceType": "Observation" })),
    ]});
    let seen = stage.write("POST", "", &bundle).await;
    let kept = stage.get("writer", "/Patient?identifier=half").await.entries();
    match probe {
        "transaction-half-applied" => (400..500).contains(&seen.status) && kept == 1,
        "transaction-failure-200" => seen.status == 200 && kept == 0,
        _ => panic!("no probe for {probe}"),
    }
}

async fn conversing(probe: &str, stage: &Stage) -> bool {
    let patient = stage.patient("111111110", OURS).await;
    let never = format!("/Patient/{}", stage.never());
    let metadata = async || send("GET", &format!("{}/metadata", stage.url("fhir")), &[], "").await;
    match probe {
        "lookup-before-negotiation" => {
            let turtle = [("accept", "application/fhir+turtle")];
            let text = [("content-type", "text/plain")];
            let path = format!("/Patient/{patient}");
            let read = [
                stage.get_with("org-x", &path, &turtle).await.status,
                stage.get_with("org-x", &never, &turtle).await.status,
            ];
            let put = [
                stage.call("PUT", "org-x", &path, &text, "x").await.status,
                stage.call("PUT", "org-x", &never, &text, "x").await.status,
            ];
            read == [406, 404] && put == [415, 404]
        }
        "relation-403-unknown-404" => {
            let read = stage.get("org-x", &format!("/Patient/{patient}")).await.status;
            let search = stage.get("org-x", &format!("/Observation?patient={patient}")).await.status;
            let unknown = stage.get("org-x", &format!("/Observation?patient={}", stage.never())).await;
            [read, search] == [403, 403] && unknown.status == 200
        }
        "audience-not-checked" => {
            let foreign = stage.bearer("org-r", "fhir-2", &[]).await;
            let url = format!("{}/Patient/{patient}", stage.url("fhir"));
            let home = stage.bearer("org-r", "fhir", &[]).await;
            let reverse = format!("{}{never}", stage.url("fhir-2"));
            send("GET", &url, &[("authorization", &foreign)], "").await.status == 200
                && send("GET", &reverse, &[("authorization", &home)], "").await.status != 401
        }
        "capability-lists-unserved-type" => {
            metadata().await.text.contains("AllergyIntolerance")
                && stage.get("writer", "/AllergyIntolerance").await.status == 404
        }
        "capability-lists-unserved-parameter" => {
            let strict = [("prefer", "handling=strict")];
            let listed = metadata().await.text.contains("performer");
            listed && stage.get_with("writer", "/Observation?performer=1", &strict).await.status == 400
        }
        "unknown-id-without-outcome" => {
            let seen = stage.get("org-r", &never).await;
            seen.status == 404 && seen.text.is_empty()
        }
        "unknown-type-without-outcome" => {
            let seen = stage.get("org-r", "/Nothing/1").await;
            seen.status == 404 && seen.header("content-type") == "text/html"
        }
        "unknown-id-200" => {
            let seen = stage.get("org-r", &never).await;
            seen.status == 200 && seen.json()["resourceType"] == "Bundle"
        }
        "stale-if-match-accepted" => {
            let body = json!({ "resourceType": "Patient", "id": patient }).to_string();
            let headers = [("content-type", FHIR), ("if-match", "W/\"9\"")];
            stage.call("PUT", "writer", &format!("/Patient/{patient}"), &headers, &body).await.status == 200
        }
        _ => panic!("no probe for {probe}"),
    }
}

/// Defects of the first hour, probed without the tester's help; what the others do is shown by the cases that kill them.
const PROBED: [&str; 28] = [
    "objection-never-consulted",
    "objection-only-on-get",
    "withdrawal-loses-data",
    "objected-403-unknown-404",
    "objected-hint-in-outcome",
    "open-without-choice",
    "no-choice-403",
    "empty-patient-means-all",
    "patient-list-accepted",
    "date-search-without-patient",
    "lookup-before-negotiation",
    "relation-403-unknown-404",
    "audience-not-checked",
    "vendor-header-required",
    "key-order-required",
    "extension-refused",
    "acknowledges-without-storing",
    "capability-lists-unserved-type",
    "capability-lists-unserved-parameter",
    "strict-handling-ignored",
    "unknown-id-without-outcome",
    "unknown-type-without-outcome",
    "unknown-id-200",
    "stale-if-match-accepted",
    "transaction-half-applied",
    "transaction-failure-200",
    "self-link-echoes-ignored",
    "self-link-missing",
];

#[tokio::test]
async fn a_defect_shows_and_the_honest_reference_shows_none() {
    for style in STYLES {
        for defect in PROBED {
            assert!(DEFECTS.iter().any(|known| known.id == defect), "{defect} is no defect any more");
            assert!(shows(defect, style, &[defect]).await, "{defect} in {style}");
            assert!(!shows(defect, style, &[]).await, "honest {defect} in {style}");
        }
    }
}

#[tokio::test]
async fn a_defect_shows_nowhere_but_in_its_own_probe() {
    // One style is enough: the defects do not look at it, and the matrix is large.
    for defect in PROBED {
        for probe in PROBED.into_iter().filter(|probe| *probe != defect) {
            let seen = shows(probe, Style::Plain, &[defect]).await;
            assert!(!seen, "{defect} shows in the probe of {probe}");
        }
    }
}
