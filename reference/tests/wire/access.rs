//! Who sees what: relation, objection, regime, tokens, and what nobody may tell apart.

use crate::stage::{FHIR, STYLES, Stage, send, stage};
use serde_json::json;
use toetssteen_reference::{Regime, Style};

async fn sees(stage: &Stage, client: &str, patient: &str) -> bool {
    let read = stage.get(client, &format!("/Patient/{patient}")).await.status == 200;
    let search = stage.get(client, &format!("/Observation?patient={patient}")).await.entries() == 1;
    let asked = stage.ask(client, "Observation", &[("patient", patient)]).await.entries() == 1;
    assert_eq!([read, search, asked], [read; 3]);
    read
}

/// Compares everything an organisation can ask about two patients.
async fn indistinguishable(stage: &Stage, client: &str, hidden: &str, bsn: &str) {
    let never = stage.never();
    for path in [
        "/Patient/ID",
        "/Patient/ID/_history/1",
        "/Patient/ID/_history/r9e3779",
        "/Patient/ID/_history",
        "/Patient?_id=ID&_revinclude=Observation:subject",
        "/Observation?patient=ID",
        "/Observation?subject=Patient/ID",
        "/Patient?_id=ID",
        "/Condition?patient=ID",
        "/Consent?patient=ID",
        "/CareTeam/ID",
        "/Consent/ID",
    ] {
        for accept in [FHIR, "application/fhir+xml", "application/fhir+turtle"] {
            let a = stage.get_with(client, &path.replace("ID", hidden), &[("accept", accept)]).await;
            let b = stage.get_with(client, &path.replace("ID", &never), &[("accept", accept)]).await;
            assert_eq!(a.without(hidden), b.without(&never), "{path}");
        }
    }
    for (method, media) in [("PUT", "text/plain"), ("PUT", FHIR), ("DELETE", FHIR), ("PATCH", FHIR), ("POST", FHIR)] {
        let path = |id: &str| format!("/Patient/{id}");
        let body = |id: &str| json!({ "resourceType": "Patient", "id": id }).to_string();
        let a = stage.call(method, client, &path(hidden), &[("content-type", media)], &body(hidden)).await;
        let b = stage.call(method, client, &path(&never), &[("content-type", media)], &body(&never)).await;
        assert_eq!(a.without(hidden), b.without(&never), "{method} {media}");
        assert!(a.is_outcome());
    }
    for method in ["PUT", "DELETE"] {
        let headers = [("content-type", FHIR), ("if-none-exist", "_id=x")];
        let path = |id: &str| format!("/Patient?_id={id}");
        let body = json!({ "resourceType": "Patient" }).to_string();
        let a = stage.call(method, client, &path(hidden), &headers, &body).await;
        let b = stage.call(method, client, &path(&never), &headers, &body).await;
        assert_eq!(a.without(hidden), b.without(&never), "{method} by search");
        assert_eq!(a.status, 403);
    }
    let a = stage.ask(client, "Patient", &[("identifier", &format!("bsn|{bsn}"))]).await;
    let b = stage.ask(client, "Patient", &[("identifier", "bsn|999999999")]).await;
    assert_eq!(a.without(bsn), b.without("999999999"));
    let batch = |id: &str| {
        json!({ "resourceType": "Bundle", "type": "batch", "entry": [
            { "request": { "method": "GET", "url": format!("Patient/{id}") } },
            { "request": { "method": "GET", "url": format!("Observation?patient={id}") } },
            { "request": { "method": "DELETE", "url": format!("Patient/{id}") } },
        ]})
        .to_string()
    };
    let a = stage.call("POST", client, "", &[("content-type", FHIR)], &batch(hidden)).await;
    let b = stage.call("POST", client, "", &[("content-type", FHIR)], &batch(&never)).await;
    assert_eq!(a.status, 200);
    assert_eq!(a.without(hidden), b.without(&never));
}

#[tokio::test]
async fn an_objection_hides_and_its_withdrawal_shows_again() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        let other = stage.patient("222222221", Some("00000001")).await;
        assert!(sees(&stage, "org-r", &patient).await);
        let before = stage.get("org-r", &format!("/Observation?patient={patient}")).await.json()["entry"].clone();
        stage.choose(&patient, "objection").await;
        assert_eq!(stage.choices(&patient).await["objected"], true);
        assert!(!sees(&stage, "org-r", &patient).await);
        assert!(sees(&stage, "org-r", &other).await);
        indistinguishable(&stage, "org-r", &patient, "111111110").await;
        stage.choose(&patient, "none").await;
        assert_eq!(stage.choices(&patient).await["objected"], false);
        assert!(sees(&stage, "org-r", &patient).await);
        let after = stage.get("org-r", &format!("/Observation?patient={patient}")).await.json()["entry"].clone();
        assert_eq!(before, after);
        stage.run.stop().await;
    }
}

#[tokio::test]
async fn without_relation_nothing_shows() {
    for style in STYLES {
        let stage = stage(style, Regime::Implied, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        assert!(sees(&stage, "org-r", &patient).await);
        assert!(!sees(&stage, "org-x", &patient).await);
        indistinguishable(&stage, "org-x", &patient, "111111110").await;
    }
}

#[tokio::test]
async fn under_opt_in_nothing_shows_without_a_permission() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        assert!(!sees(&stage, "org-r", &patient).await);
        indistinguishable(&stage, "org-r", &patient, "111111110").await;
        stage.choose(&patient, "permit").await;
        assert_eq!(stage.choices(&patient).await, json!({ "objected": false, "consented": true, "patient": patient }));
        assert!(sees(&stage, "org-r", &patient).await);
        stage.choose(&patient, "objection").await;
        assert!(!sees(&stage, "org-r", &patient).await);
    }
}

#[tokio::test]
async fn a_consent_can_be_limited_to_an_organisation() {
    let stage = stage(Style::Plain, Regime::OptOut, &[]).await;
    let patient = stage.patient("111111110", Some("00000001")).await;
    let mut consent = stage.consent(&patient, "deny");
    let actor = |ura: &str| json!([{ "reference": { "identifier": { "system": crate::stage::URA, "value": ura } } }]);
    consent["provision"]["actor"] = actor("00000002");
    assert_eq!(stage.write("POST", "/Consent", &consent).await.status, 201);
    assert!(sees(&stage, "org-r", &patient).await);
    consent["provision"]["actor"] = actor("00000001");
    assert_eq!(stage.write("POST", "/Consent", &consent).await.status, 201);
    assert!(!sees(&stage, "org-r", &patient).await);
}

#[tokio::test]
async fn tokens_are_good_where_they_were_meant_and_no_longer_than_they_say() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        let url = format!("{}/Patient/{patient}", stage.url("fhir"));
        let foreign = stage.bearer("org-r", "fhir-2", &[]).await;
        let refused = send("GET", &url, &[("authorization", &foreign)], "").await;
        let nonsense = send("GET", &url, &[("authorization", "Bearer nonsense")], "").await;
        assert_eq!(refused.status, 401);
        assert!(refused.is_outcome());
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(refused.without("-"), nonsense.without("-"));
        assert_eq!(send("GET", &url, &[], "").await.status, 401);

        let good = stage.bearer("org-r", "fhir", &[]).await;
        assert_eq!(send("GET", &url, &[("authorization", &good)], "").await.status, 200);
        let clock = format!("{}/clock", stage.url("control"));
        let moved = send("POST", &clock, &[], r#"{"by-ms": 301000}"#).await;
        assert_eq!(moved.json(), json!({ "offset-ms": 301000 }));
        let expired = send("GET", &url, &[("authorization", &good)], "").await;
        assert_eq!(expired.without("-"), nonsense.without("-"));

        stage.forget();
        let other = stage.patient("222222221", Some("00000001")).await;
        let narrow = stage.bearer("org-r", "fhir", &[("patient", &other)]).await;
        assert_eq!(send("GET", &url, &[("authorization", &narrow)], "").await.status, 404);
        let url = format!("{}/Patient/{other}", stage.url("fhir"));
        assert_eq!(send("GET", &url, &[("authorization", &narrow)], "").await.status, 200);
    }
}

#[tokio::test]
async fn a_portal_reaches_its_own_patient_only() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let own = stage.patient("111111110", None).await;
        let other = stage.patient("222222221", None).await;
        let bearer = stage.bearer("portal", "fhir", &[("patient", &own)]).await;
        let base = stage.url("fhir");
        let headers = [("authorization", bearer.as_str()), ("content-type", FHIR)];
        let get = |path: String| {
            let url = format!("{base}{path}");
            async move { send("GET", &url, &headers, "").await }
        };
        assert_eq!(get(format!("/Patient/{own}")).await.status, 200);
        assert_eq!(get(format!("/Patient/{other}")).await.status, 404);
        assert_eq!(get(format!("/Observation?patient={own}")).await.entries(), 1);
        assert_eq!(get(format!("/Observation?patient={other}")).await.entries(), 0);
        let foreign = stage.consent(&other, "deny").to_string();
        let refused = send("POST", &format!("{base}/Consent"), &headers, foreign).await;
        assert_eq!(refused.status, if style == Style::Plain { 403 } else { 405 });
        let patient = json!({ "resourceType": "Patient" }).to_string();
        assert_eq!(send("POST", &format!("{base}/Patient"), &headers, patient).await.status, 403);

        let bearer = stage.bearer("portal", "portal", &[("patient", &own)]).await;
        let url = format!("{}/choices/{other}", stage.url("portal"));
        assert_eq!(send("GET", &url, &[("authorization", &bearer)], "").await.status, 403);
        let url = format!("{}/choices/{own}", stage.url("portal"));
        let seen = send("PUT", &url, &[("authorization", &bearer)], r#"{"choice":"objection"}"#).await;
        assert_eq!(seen.status, if style == Style::Plain { 404 } else { 200 });
    }
}

#[tokio::test]
async fn the_second_holder_has_its_own_choices() {
    let stage = stage(Style::Other, Regime::OptOut, &[]).await;
    let patient = stage.patient("111111110", Some("00000001")).await;
    let bearer = stage.bearer("portal", "fhir-2", &[("patient", &patient)]).await;
    let url = format!("{}/choices/{patient}?endpoint=fhir-2", stage.url("portal"));
    let seen = send("PUT", &url, &[("authorization", &bearer)], r#"{"choice":"objection"}"#).await;
    assert_eq!(seen.json()["objected"], true);
    assert_eq!(stage.choices(&patient).await["objected"], false);
    assert!(sees(&stage, "org-r", &patient).await);
}

#[tokio::test]
async fn an_unheard_objection_at_the_portal_leaves_the_permission_standing() {
    let deaf = ["objection-never-consulted"];
    let stage = stage(Style::Other, Regime::OptIn, &deaf).await;
    let patient = stage.patient("111111110", Some("00000001")).await;
    stage.choose(&patient, "objection").await;
    assert!(!sees(&stage, "org-r", &patient).await);
    stage.choose(&patient, "permit").await;
    stage.choose(&patient, "objection").await;
    assert!(sees(&stage, "org-r", &patient).await);
    stage.choose(&patient, "none").await;
    assert!(!sees(&stage, "org-r", &patient).await);
}
