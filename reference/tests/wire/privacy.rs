//! What the reference shows besides data: links, marks for caches, scopes, and the patient's log.

use crate::stage::{STYLES, send, stage};
use serde_json::json;
use toetssteen_reference::Regime;

const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn|999911120";

#[tokio::test]
async fn a_link_never_repeats_the_number_that_was_searched_for() {
    for style in STYLES {
        let honest = stage(style, Regime::OptOut, &[]).await;
        honest.patient("999911120", Some("00000001")).await;
        let seen = honest.ask("org-r", "Patient", &[("identifier", BSN)]).await;
        assert_eq!(seen.entries(), 1);
        assert!(!seen.link("self").unwrap().contains("999911120"));
        assert_eq!(seen.header("cache-control"), "no-store");
        let defective = stage(style, Regime::OptOut, &["self-link-echoes-number"]).await;
        defective.patient("999911120", Some("00000001")).await;
        let echoed = defective.ask("org-r", "Patient", &[("identifier", BSN)]).await.link("self").unwrap();
        assert!(echoed.contains("999911120") || echoed.contains("/_page/"), "{echoed}");
    }
}

#[tokio::test]
async fn a_scope_narrows_and_never_widens() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let id = stage.patient("999911120", Some("00000001")).await;
        let bearer = stage.bearer("org-r", "fhir", &[("scope", "patient/Observation.read")]).await;
        let status = async |kind: &str| {
            let url = format!("{}/{kind}?patient={id}", stage.url("fhir"));
            send("GET", &url, &[("authorization", &bearer)], "").await.status
        };
        assert_eq!((status("Observation").await, status("Condition").await), (200, 403));
        let refused = stage.ask_token("org-r", &[("scope", "launch")]).await;
        assert_eq!((refused.status, &refused.json()["error"]), (400, &json!("invalid_scope")));
        let wide = stage.ask_token("org-r", &[("scope", "system/*.*")]).await;
        assert!(wide.status == 400 || !wide.json()["scope"].as_str().unwrap().contains('*'));
    }
}

#[tokio::test]
async fn a_patient_reads_who_looked_and_nobody_else_does() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let id = stage.patient("999911120", Some("00000001")).await;
        let url = format!("{}/AuditEvent?patient={id}", stage.url("access-log"));
        let own = stage.bearer("portal", "portal", &[("patient", &id)]).await;
        let log = async || send("GET", &url, &[("authorization", &own)], "").await;
        assert_eq!(log().await.entries(), 0);
        stage.get("org-x", &format!("/Observation?patient={id}")).await;
        assert_eq!(log().await.entries(), 0);
        stage.get("org-r", &format!("/Observation?patient={id}")).await;
        let seen = log().await.json();
        assert_eq!(seen["entry"][0]["resource"]["agent"][0]["who"]["identifier"]["value"], "00000001");
        let organisation = stage.bearer("org-r", "portal", &[]).await;
        assert_eq!(send("GET", &url, &[("authorization", &organisation)], "").await.status, 403);
    }
}
