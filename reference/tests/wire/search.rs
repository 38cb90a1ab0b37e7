//! Search: parameters, pages, links, and no search without a patient.

use crate::stage::{BSN, STYLES, stage};
use serde_json::json;
use toetssteen_reference::{Regime, Style};

#[tokio::test]
async fn parameters_mean_what_fhir_says() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let a = stage.patient("111111110", None).await;
        let b = stage.patient("222222221", None).await;
        let base = stage.url("fhir");
        let bsn = BSN.replace('/', "%2F");
        let cases = [
            (format!("/Observation?patient={a}"), 1),
            (format!("/Observation?patient=Patient/{a}"), 1),
            (format!("/Observation?subject={base}/Patient/{a}"), 1),
            (format!("/Observation?patient={a},{b}"), 2),
            (format!("/Observation?patient={a}&patient={b}"), 0),
            ("/Observation?patient:missing=false".to_owned(), 2),
            ("/Observation?code=8302-2".to_owned(), 2),
            ("/Observation?code=http://loinc.org|8302-2&status=final".to_owned(), 2),
            ("/Observation?code=|8302-2".to_owned(), 0),
            ("/Observation?code=1,8302-2".to_owned(), 2),
            ("/Observation?date=2026-02".to_owned(), 2),
            ("/Observation?date=2026-02-03".to_owned(), 2),
            ("/Observation?date=gt2026-02-03".to_owned(), 0),
            ("/Observation?date=ge2026-02-03&date=lt2026-02-04".to_owned(), 2),
            ("/Observation?date=le2026-02-02".to_owned(), 0),
            ("/Observation?_lastUpdated=gt2020".to_owned(), 2),
            (format!("/Patient?identifier={bsn}|111111110"), 1),
            ("/Patient?identifier=111111110".to_owned(), 1),
            ("/Patient?family=naam".to_owned(), 2),
            ("/Patient?family:exact=naam".to_owned(), 0),
            ("/Patient?family:exact=Naam111111110".to_owned(), 1),
            ("/Patient?birthdate=1970-01-02".to_owned(), 2),
            (format!("/Patient?_id={a}"), 1),
        ];
        for (path, found) in cases {
            let seen = stage.get("writer", &path).await;
            assert_eq!((seen.status, seen.entries()), (200, found), "{path}");
            assert_eq!(seen.json().get("total").is_some(), style == Style::Plain);
        }
        for path in
            ["/Patient?family:contains=a", "/Observation?date=ne2026", "/Observation?date=x", "/Patient?_count=x"]
        {
            let seen = stage.get("writer", path).await;
            assert_eq!(seen.status, 400, "{path}");
            assert!(seen.is_outcome());
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_links_say_what_applied() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let patient = stage.patient("111111110", Some("00000001")).await;
        for number in 0..4 {
            let body = json!({ "resourceType": "Observation", "status": "final", "code": { "text": number.to_string() },
                "subject": { "reference": format!("Patient/{patient}") } });
            assert_eq!(stage.write("POST", "/Observation", &body).await.status, 201);
        }
        let mut path = format!("/Observation?patient={patient}&_count=2&foo=bar");
        let mut sizes = Vec::new();
        for _ in 0..9 {
            let seen = stage.get("org-r", &path).await;
            sizes.push(seen.entries());
            let own = seen.link("self").unwrap();
            assert!(own.contains("patient=") && own.contains("_count=2") && !own.contains("foo"), "{own}");
            match seen.link("next") {
                Some(next) => path = next.strip_prefix(&stage.url("fhir")).unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!(sizes, [2, 2, 1]);
        let strict = [("prefer", "handling=strict")];
        let seen = stage.get_with("org-r", &format!("/Observation?patient={patient}&foo=bar"), &strict).await;
        assert_eq!(seen.status, 400);
        assert!(seen.is_outcome());
    }
}

#[tokio::test]
async fn an_organisation_asks_about_exactly_one_patient() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let a = stage.patient("111111110", Some("00000001")).await;
        let b = stage.patient("222222221", Some("00000001")).await;
        let paths = [
            "/Observation".to_owned(),
            "/Patient".to_owned(),
            "/Observation?patient=".to_owned(),
            format!("/Observation?patient={a},{b}"),
            format!("/Observation?patient={a}&subject={b}"),
            "/Observation?patient:missing=false".to_owned(),
            "/Observation?date=2026".to_owned(),
            "/Observation?_lastUpdated=gt2020".to_owned(),
            format!("/Patient?_id={a},{b}"),
            format!("/Patient?identifier={BSN}|"),
            "/Patient?family=Naam111111110".to_owned(),
            "/Patient?birthdate=1970-01-02".to_owned(),
            "/Observation?patient.identifier=111111110".to_owned(),
        ];
        for path in paths {
            let seen = stage.get("org-r", &path).await;
            assert!(!seen.text.contains("canary") && !seen.text.contains("Naam1111111101"), "{path}");
            match style {
                Style::Plain => assert_eq!((seen.status, seen.is_outcome()), (400, true), "{path}"),
                Style::Other => assert_eq!((seen.status, seen.entries()), (200, 0), "{path}"),
            }
        }
        for path in [
            format!("/Observation?patient={a}"),
            format!("/Patient?identifier={BSN}|111111110"),
            format!("/Patient?_id={a}"),
            "/Patient?family=Naam111111110&birthdate=1970-01-02".to_owned(),
        ] {
            assert_eq!(stage.get("org-r", &path).await.entries(), 1, "{path}");
        }
        assert_eq!(stage.get("org-r", "/Organization").await.status, 200);
        assert_eq!(stage.get("org-r", &format!("/Consent?patient={a}")).await.status, 403);
    }
}
