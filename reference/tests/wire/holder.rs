//! The defects of a data holder that go beyond who may see what: life of a choice, doors, errors, pages.
//! A probe is true when the misbehaviour of its defect is seen, on a fresh reference.

use crate::stage::{BSN, FHIR, Stage, send, stage};
use serde_json::json;
use toetssteen_reference::{Regime, Style};

const OURS: Option<&str> = Some("00000001");

/// Whether the misbehaviour is seen; nothing when the probe is not one of these.
pub async fn shows(probe: &str, style: Style, defects: &[&str]) -> Option<bool> {
    let by_consent =
        ["consent-header", "requester-consent", "withdrawal-keeps", "withdrawn", "consent-end", "client-date"];
    let regime = if by_consent.iter().any(|start| probe.starts_with(start)) { Regime::OptIn } else { Regime::OptOut };
    let stage = stage(style, regime, defects).await;
    let patient = stage.patient("111111110", OURS).await;
    let seen = match choice(probe, &stage, &patient).await {
        Some(seen) => Some(seen),
        None => match door(probe, &stage, &patient).await {
            Some(seen) => Some(seen),
            None => word(probe, &stage, &patient).await,
        },
    };
    stage.run.stop().await;
    seen
}

async fn control(stage: &Stage, path: &str, body: serde_json::Value) {
    let url = format!("{}{path}", stage.url("control"));
    assert_eq!(send("POST", &url, &[], body.to_string()).await.status, 200);
}

/// A permission that is over.
async fn ended(stage: &Stage, patient: &str) {
    match stage.style {
        Style::Plain => {
            let mut consent = stage.consent(patient, "permit");
            consent["provision"]["period"] = json!({ "start": "2020-01-01", "end": "2021-01-01" });
            assert_eq!(stage.write("POST", "/Consent", &consent).await.status, 201);
        }
        Style::Other => {
            let bearer = stage.bearer("portal", "portal", &[("patient", patient)]).await;
            let url = format!("{}/choices/{patient}", stage.url("portal"));
            let body = json!({ "choice": "permit", "lasts": "5s" }).to_string();
            assert_eq!(send("PUT", &url, &[("authorization", &bearer)], body).await.status, 200);
            control(stage, "/clock", json!({ "by-ms": 60_000 })).await;
        }
    }
}

async fn choice(probe: &str, stage: &Stage, patient: &str) -> Option<bool> {
    let search = format!("/Observation?patient={patient}");
    let open = async || stage.get("org-r", &search).await.entries() == 1;
    let consents = format!("/Consent?patient={patient}");
    let event = json!({ "patient": patient });
    match probe {
        "consent-readable-by-requesters" | "objection-date-in-refusal" => {
            stage.choose(patient, "objection").await;
            let seen = stage.get("org-r", &consents).await;
            Some(match probe {
                "objection-date-in-refusal" => seen.status == 403 && seen.text.to_lowercase().contains("objection"),
                _ => seen.status == 200 && seen.entries() >= 1,
            })
        }
        "reimport-resets-objection" | "restore-forgets-objection" | "demographics-change-reopens" => {
            stage.choose(patient, "objection").await;
            if open().await {
                return Some(false);
            }
            match probe {
                "reimport-resets-objection" => control(stage, "/life/import", event).await,
                "restore-forgets-objection" => control(stage, "/life/restore", event).await,
                _ => {
                    let moved = json!({ "resourceType": "Patient", "id": patient, "birthDate": "1970-01-02" });
                    assert_eq!(stage.write("PUT", &format!("/Patient/{patient}"), &moved).await.status, 200);
                }
            }
            let lapsed = open().await;
            // A choice that is recorded anew counts anew.
            stage.choose(patient, "none").await;
            stage.choose(patient, "objection").await;
            Some(lapsed && !open().await)
        }
        "consent-header-trusted" => {
            let vouched = stage.get_with("org-r", &search, &[("x-consent", "true")]).await;
            Some(!open().await && vouched.entries() == 1)
        }
        "requester-consent-counts" => {
            let consent = stage.consent(patient, "permit").to_string();
            stage.call("POST", "org-r", "/Consent", &[("content-type", FHIR)], &consent).await;
            Some(open().await)
        }
        "withdrawal-keeps-access" | "withdrawn-403-unknown-404" => {
            stage.choose(patient, "permit").await;
            let opened = open().await;
            stage.choose(patient, "none").await;
            let read = stage.get("org-r", &format!("/Patient/{patient}")).await.status;
            Some(opened && if probe == "withdrawal-keeps-access" { open().await } else { read == 403 })
        }
        "consent-end-ignored" => {
            ended(stage, patient).await;
            Some(open().await)
        }
        "client-date-trusted" => {
            ended(stage, patient).await;
            let dated = stage.get_with("org-r", &search, &[("date", "Wed, 01 Jul 2020 00:00:00 GMT")]).await;
            Some(!open().await && dated.entries() == 1)
        }
        _ => None,
    }
}

async fn door(probe: &str, stage: &Stage, patient: &str) -> Option<bool> {
    let hidden = stage.patient("222222221", None).await;
    let other = stage.patient("333333332", OURS).await;
    let leaks = async |path: &str| {
        let seen = stage.get("org-r", path).await;
        seen.status == 200 && (seen.text.contains("canary-222222221") || seen.text.contains("Naam222222221"))
    };
    let json = ("content-type", FHIR);
    let bound = async |path: &str| {
        let bearer = stage.bearer("org-r", "fhir", &[("patient", patient)]).await;
        send("GET", &format!("{}{path}", stage.url("fhir")), &[("authorization", &bearer)], "").await
    };
    match probe {
        "contains-passes-through" => Some(leaks("/Patient?family:contains=aam").await),
        "identifier-prefix-matches" => Some(leaks("/Patient?identifier=2222*").await),
        "name-alone-suffices" => {
            let seen = stage.get("org-r", "/Patient?family=Naam111111110").await;
            Some(seen.status == 200 && seen.entries() == 1)
        }
        "conditional-create-betrays" => {
            let known = format!("identifier={BSN}|222222221");
            let create = async |condition: &str| {
                let headers = [json, ("if-none-exist", condition)];
                stage.call("POST", "org-x", "/Patient", &headers, r#"{"resourceType":"Patient"}"#).await.status
            };
            let unknown = create(&format!("identifier={BSN}|444444443")).await;
            Some(unknown == 403 && create(&known).await == 200)
        }
        "subject-before-rights" => {
            let create = async |subject: &str| {
                let body =
                    json!({ "resourceType": "Observation", "subject": { "reference": format!("Patient/{subject}") } });
                stage.call("POST", "org-x", "/Observation", &[json], &body.to_string()).await.status
            };
            Some(create(&hidden).await == 403 && create(&stage.never()).await != 403)
        }
        "etag-on-existing" | "longer-refusal-for-existing" => {
            let never = stage.never();
            let seen = stage.get("org-r", &format!("/Patient/{hidden}")).await;
            let unknown = stage.get("org-r", &format!("/Patient/{never}")).await;
            if [seen.status, unknown.status] != [404, 404] {
                return Some(false);
            }
            Some(match probe {
                "etag-on-existing" => !seen.header("etag").is_empty() && unknown.header("etag").is_empty(),
                _ => seen.without(&hidden).2 != unknown.without(&never).2,
            })
        }
        "export-for-any-token" => {
            let seen = stage.get("org-r", "/$export").await;
            Some(seen.status == 202 && !seen.header("content-location").is_empty())
        }
        "system-history-open" => Some(leaks("/Observation/_history").await && leaks("/_history").await),
        "type-everything-open" => Some(leaks("/Patient/$everything").await),
        "wide-subscription-accepted" => {
            let body = r#"{"resourceType":"Subscription","criteria":"Observation?"}"#;
            Some(stage.call("POST", "org-r", "/Subscription", &[json], body).await.status == 201)
        }
        "first-patient-checked-last-used" => {
            let seen = bound(&format!("/Observation?patient={patient}&patient={other}")).await;
            Some(seen.text.contains("canary-333333332"))
        }
        "token-patient-not-checked-on-read" => {
            assert_eq!(bound(&format!("/Patient/{patient}")).await.status, 200);
            Some(bound(&format!("/Patient/{other}")).await.text.contains("Naam333333332"))
        }
        _ => None,
    }
}

async fn word(probe: &str, stage: &Stage, patient: &str) -> Option<bool> {
    let page = async |path: &str| {
        let seen = send("GET", &format!("{}{path}", stage.url("public")), &[], "").await;
        assert_eq!(seen.status, 200, "{path}");
        seen.text
    };
    let wrong = async || stage.get("org-r", &format!("/Observation?patient={patient}&date=never")).await;
    match probe {
        "metrics-name-patients" => Some(page("/metrics").await.contains(patient)),
        "latest-requests-public" => {
            let seen = send("GET", &format!("{}/server-status", stage.url("public")), &[], "").await;
            Some(seen.status == 200 && seen.text.contains(patient))
        }
        "openapi-shows-a-patient" => Some(page("/openapi.json").await.contains("Naam")),
        "narrative-survives-selection" => {
            let condition = json!({ "resourceType": "Condition", "recordedDate": "2024-05-06",
                "subject": { "reference": format!("Patient/{patient}") }, "code": { "text": "told in code" },
                "text": { "status": "generated", "div": "<div>told in the narrative</div>" } });
            assert_eq!(stage.write("POST", "/Condition", &condition).await.status, 201);
            let asked = format!("/Condition?patient={patient}&_elements=recordedDate");
            let seen = stage.get("org-r", &asked).await.text;
            assert!(seen.contains("2024-05-06") && seen.contains("SUBSETTED") && !seen.contains("told in code"));
            Some(seen.contains("told in the narrative"))
        }
        "html-error-page" => {
            let seen = wrong().await;
            Some(seen.status == 400 && seen.header("content-type") == "text/html")
        }
        "trace-in-error" => Some(wrong().await.text.contains("Planner.java:214")),
        "query-in-error" => Some(wrong().await.text.contains("SELECT id")),
        _ => None,
    }
}
