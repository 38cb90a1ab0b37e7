//! The token endpoint, in the words of RFC 6749, 7523 and 8707.

use crate::stage::{config, stage};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::ecdsa::SigningKey;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use toetssteen_reference::{Client, ClientKey, Regime, Right, Style, start};

#[tokio::test]
async fn secrets_are_taken_from_header_or_form() {
    let stage = stage(Style::Plain, Regime::OptOut, &[]).await;
    let seen = stage.ask_token("org-r", &[("scope", "patient/MedicationRequest.read")]).await;
    assert_eq!((seen.status, seen.header("cache-control")), (200, "no-store"));
    assert_eq!(seen.json()["token_type"], "Bearer");
    assert_eq!(seen.json()["expires_in"], 300);
    assert_eq!(seen.json()["scope"], "patient/MedicationRequest.read");

    // Without a resource, the token is good everywhere.
    let bearer = format!("Bearer {}", seen.json()["access_token"].as_str().unwrap());
    for place in ["fhir", "fhir-2", "prescriptions"] {
        let url = format!("{}/MedicationRequest?identifier=1&patient=x", stage.url(place));
        let seen = crate::stage::send("GET", &url, &[("authorization", &bearer)], "").await;
        assert_eq!(seen.status, 200, "{place}");
    }

    let basic = format!("Basic {}", STANDARD.encode("org-r:org-r-secret"));
    let grant = [("grant_type", "client_credentials")];
    let url = stage.url("token");
    assert_eq!(stage.post_form(&url, &grant, &[("authorization", &basic)]).await.status, 200);
    let wrong = format!("Basic {}", STANDARD.encode("org-r:x"));
    let seen = stage.post_form(&url, &grant, &[("authorization", &wrong)]).await;
    assert_eq!((seen.status, &seen.json()["error"]), (401, &json!("invalid_client")));
    assert!(seen.header("www-authenticate").starts_with("Basic"));
}

#[tokio::test]
async fn refusals_have_their_names() {
    let stage = stage(Style::Other, Regime::OptOut, &[]).await;
    let target = [("resource", "https://elsewhere.example/")];
    assert_eq!(stage.ask_token("org-r", &target).await.json()["error"], "invalid_target");
    assert_eq!(stage.ask_token("portal", &[]).await.json()["error"], "invalid_request");
    assert_eq!(stage.ask_token("nobody", &[]).await.json()["error"], "invalid_client");
    let form = [("grant_type", "password"), ("client_id", "org-r"), ("client_secret", "org-r-secret")];
    let seen = stage.post_form(&stage.url("token"), &form, &[]).await;
    assert_eq!((seen.status, &seen.json()["error"]), (400, &json!("unsupported_grant_type")));
}

#[tokio::test]
async fn an_assertion_is_good_once_and_only_here() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let pem = key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap();
    let mut config = config(Style::Plain, Regime::OptOut, &[]);
    config.clients.push(Client { id: "signer".to_owned(), key: ClientKey::PublicPem(pem), right: Right::Writer });
    let run = start(config).await.unwrap();
    let stage = crate::stage::Stage::new(run, Style::Plain);
    let url = stage.url("token");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let good = json!({ "iss": "signer", "sub": "signer", "aud": url, "exp": now + 60, "jti": "1" });
    let signing = EncodingKey::from_ec_der(key.to_pkcs8_der().unwrap().as_bytes());
    let ask = async |claims: &Value| {
        let assertion = jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &signing).unwrap();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        stage.post_form(&url, &form, &[]).await.status
    };
    for (field, value) in [
        ("aud", json!("https://elsewhere.example")),
        ("exp", json!(now - 1)),
        ("sub", json!("writer")),
        ("iss", json!("writer")),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(ask(&bad).await, 401, "{field}");
    }
    assert_eq!(ask(&good).await, 200);
    assert_eq!(ask(&good).await, 401);
}

#[tokio::test]
async fn a_config_that_cannot_be_meant_does_not_start() {
    let bad = config(Style::Plain, Regime::OptOut, &["no-such-defect"]);
    assert_eq!(start(bad).await.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}
