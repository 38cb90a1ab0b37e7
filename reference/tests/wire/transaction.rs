//! Transactions leave everything or nothing; batches judge each entry by itself.

use crate::stage::{FHIR, STYLES, post, stage};
use serde_json::json;
use toetssteen_reference::Regime;

#[tokio::test]
async fn a_transaction_rewrites_references_and_fails_as_a_whole() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let patient = stage.patient("111111110", None).await;
        let found = stage.get("writer", &format!("/Observation?patient={patient}")).await;
        assert_eq!(found.entries(), 1);
        assert!(!found.text.contains("urn:uuid"));

        for bad in [
            json!({ "resourceType": "Observation" }),
            json!({ "resourceType": "Observation", "status": "final", "code": { "text": "x" },
                "subject": { "reference": "urn:uuid:nobody" } }),
        ] {
            let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
                post("p", "Patient", json!({ "resourceType": "Patient", "identifier": [{ "value": "half" }] })),
                post("o", "Observation", bad),
            ]});
            let seen = stage.write("POST", "", &bundle).await;
            assert!((400..500).contains(&seen.status));
            assert!(seen.is_outcome());
            assert_eq!(stage.get("writer", "/Patient?identifier=half").await.entries(), 0);
        }
    }
}

#[tokio::test]
async fn a_batch_judges_each_entry_by_the_same_rules() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        let hidden = stage.patient("222222221", None).await;
        let get = |url: String| json!({ "request": { "method": "GET", "url": url } });
        let bundle = json!({ "resourceType": "Bundle", "type": "batch", "entry": [
            get(format!("Patient/{patient}")), get(format!("Patient/{hidden}")), get("Nothing/1".to_owned()),
            post("x", "Patient", json!({ "resourceType": "Patient" })),
        ]});
        let seen = stage.call("POST", "org-r", "", &[("content-type", FHIR)], &bundle.to_string()).await;
        let said: Vec<String> = seen.json()["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["response"]["status"].as_str().unwrap()[..3].to_owned())
            .collect();
        assert_eq!(said, ["200", "404", "404", "403"]);
        let written = bundle.to_string().replace("batch", "transaction");
        let refused = stage.call("POST", "org-r", "", &[("content-type", FHIR)], &written).await;
        assert_eq!(refused.status, 403);
    }
}
