//! Create, read, update, delete, and the errors around them.

use crate::stage::{FHIR, STYLES, Seen, send, stage};
use serde_json::json;
use toetssteen_reference::{Regime, Style};

#[tokio::test]
async fn a_resource_lives_through_its_versions() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let tag = |version: &str| match style {
            Style::Plain => format!("W/\"{version}\""),
            Style::Other => format!("\"{version}\""),
        };
        let whole = [("content-type", FHIR), ("prefer", "return=representation")];
        let active = json!({ "resourceType": "Patient", "active": true }).to_string();
        let made = stage.call("POST", "writer", "/Patient", &whole, &active).await;
        let version = |seen: &Seen| seen.json()["meta"]["versionId"].as_str().unwrap().to_owned();
        let first = version(&made);
        assert_eq!(first == "1", style == Style::Plain);
        assert_eq!((made.status, made.header("etag")), (201, tag(&first).as_str()));
        assert!(made.headers.contains_key("last-modified"));
        assert_eq!(made.header("location").starts_with("http"), style == Style::Other);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        assert!(made.header("location").ends_with(&format!("/Patient/{id}/_history/{first}")));
        assert_eq!(id.len(), if style == Style::Plain { 10 } else { 36 });

        let path = format!("/Patient/{id}");
        let changed = json!({ "resourceType": "Patient", "id": id, "active": false }).to_string();
        let media = ("content-type", FHIR);
        let stale = stage.call("PUT", "writer", &path, &[media, ("if-match", "W/\"7\"")], &changed).await;
        assert_eq!(stale.status, 412);
        assert!(stale.is_outcome());
        let fresh = stage.call("PUT", "writer", &path, &[media, ("if-match", &tag(&first))], &changed).await;
        assert_eq!(fresh.status, 200);
        let second = version(&stage.get("writer", &path).await);
        assert_ne!(first, second);
        assert_eq!(fresh.header("etag"), tag(&second));
        assert_eq!(stage.get("writer", &path).await.json()["active"], false);
        assert_eq!(stage.get("writer", &format!("{path}/_history/{first}")).await.json()["active"], true);

        let gone = stage.call("DELETE", "writer", &path, &[], "").await;
        assert_eq!(gone.status, if style == Style::Plain { 204 } else { 200 });
        let read = stage.get("writer", &path).await;
        assert_eq!(read.status, 410);
        assert!(read.is_outcome());
        let named = json!({ "resourceType": "Patient", "id": "my-own" });
        assert_eq!(stage.write("PUT", "/Patient/my-own", &named).await.status, 201);
        let minimal = [media, ("prefer", "return=minimal")];
        let quiet = stage.call("POST", "writer", "/Patient", &minimal, r#"{"resourceType":"Patient"}"#).await;
        assert_eq!((quiet.status, quiet.text.as_str()), (201, ""));
    }
}

#[tokio::test]
async fn every_error_explains_itself() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let invalid = if style == Style::Plain { 422 } else { 400 };
        let large = "x".repeat(1024 * 1024 + 1);
        let cases = [
            ("GET", "/Patient/nobody", vec![], "", 404),
            ("GET", "/AllergyIntolerance", vec![], "", 404),
            ("GET", "/Patient/nobody", vec![("accept", "application/fhir+turtle")], "", 406),
            ("PATCH", "/Patient/nobody", vec![("content-type", FHIR)], "{}", 405),
            ("POST", "/Patient", vec![("content-type", "text/plain")], "{}", 415),
            ("POST", "/Patient", vec![("content-type", FHIR)], "{", 400),
            ("POST", "/Patient", vec![("content-type", FHIR)], large.as_str(), 413),
            ("POST", "/Observation", vec![("content-type", FHIR)], r#"{"resourceType":"Observation"}"#, invalid),
            ("POST", "/Observation", vec![("content-type", FHIR)], r#"{"resourceType":"Patient"}"#, invalid),
            ("POST", "/Condition", vec![("content-type", FHIR)], r#"{"resourceType":"Condition"}"#, invalid),
            (
                "POST",
                "/MedicationRequest",
                vec![("content-type", FHIR)],
                r#"{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"}}"#,
                invalid,
            ),
        ];
        for (method, path, headers, body, status) in cases {
            let seen = stage.call(method, "writer", path, &headers, body).await;
            assert_eq!(seen.status, status, "{method} {path}");
            assert!(seen.is_outcome(), "{seen:?}");
            assert_eq!(seen.headers.contains_key("allow"), status == 405);
        }
    }
}

#[tokio::test]
async fn the_capability_statement_says_what_is_served() {
    for style in STYLES {
        let stage = stage(style, Regime::OptOut, &[]).await;
        let seen = send("GET", &format!("{}/metadata", stage.url("fhir")), &[], "").await;
        assert_eq!(seen.status, 200);
        let said = seen.json();
        assert_eq!(said["fhirVersion"], "4.0.1");
        for resource in said["rest"][0]["resource"].as_array().unwrap() {
            let kind = resource["type"].as_str().unwrap();
            let codes: Vec<_> =
                resource["interaction"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
            assert_eq!(codes.contains(&json!("create")), kind != "Consent" || style == Style::Plain);
            for param in resource["searchParam"].as_array().unwrap() {
                let name = param["name"].as_str().unwrap();
                let value = if param["type"] == "date" { "2026" } else { "1" };
                let strict = [("prefer", "handling=strict")];
                let seen = stage.get_with("writer", &format!("/{kind}?{name}={value}"), &strict).await;
                assert_eq!(seen.status, 200, "{kind} {name}");
            }
        }
        assert!(!said.to_string().contains("AllergyIntolerance"));
    }
}
