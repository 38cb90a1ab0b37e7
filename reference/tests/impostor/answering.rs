//! The impostors that answer as a server would and do nothing of it.
//! Those that break the rules of the wire stand in `hostile`.

use crate::client::{SEARCH, Seen, ask, get, raw, run};
use serde_json::json;
use toetssteen_reference::impostor::Impostor;

#[tokio::test]
async fn those_that_refuse_do_so_everywhere_and_with_an_outcome() {
    for (impostor, status) in [
        (Impostor::Refuses401, 401),
        (Impostor::Refuses403, 403),
        (Impostor::Refuses404, 404),
        (Impostor::Refuses410, 410),
        (Impostor::Refuses429, 429),
        (Impostor::Refuses500, 500),
        (Impostor::PoliteOutcome, 404),
    ] {
        let running = run(impostor).await;
        for (method, path) in [("GET", SEARCH), ("GET", "/metadata"), ("POST", "/token"), ("PUT", "/x")] {
            let seen = ask(&running, method, path, "").await;
            assert_eq!(seen.status, status, "{impostor}");
            assert_eq!(seen.headers["content-type"], "application/fhir+json");
            assert_eq!(seen.json()["resourceType"], "OperationOutcome");
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn those_with_nothing_to_say_say_it_well() {
    let running = run(Impostor::EmptyObject).await;
    assert_eq!(get(&running, SEARCH).await.body, b"{}");
    running.stop().await;

    let running = run(Impostor::EmptyBundle).await;
    let seen = get(&running, SEARCH).await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.json(), json!({ "resourceType": "Bundle", "type": "searchset" }));
    running.stop().await;

    let running = run(Impostor::EmptyBundleTotal).await;
    let bundle = get(&running, SEARCH).await.json();
    assert_eq!(bundle["total"], 0);
    assert_eq!(bundle["link"][0]["url"], running.url(SEARCH));
    running.stop().await;

    let running = run(Impostor::Html).await;
    let seen = get(&running, SEARCH).await;
    assert!(seen.headers["content-type"].starts_with("text/html"));
    assert!(seen.body.starts_with(b"<!DOCTYPE html>"));
    running.stop().await;

    let running = run(Impostor::Always201).await;
    let (one, other) = (get(&running, SEARCH).await, get(&running, SEARCH).await);
    assert_eq!((one.status, one.body.len()), (201, 0));
    assert!(one.headers["location"].starts_with(&running.url("/fhir/Observation/")));
    assert_ne!(one.headers["location"], other.headers["location"]);
    running.stop().await;
}

#[tokio::test]
async fn the_echo_gives_back_bodies_headers_and_secrets() {
    let running = run(Impostor::Echo).await;
    let seen = ask(&running, "POST", "/fhir/Patient", r#"{"resourceType":"Patient"}"#).await;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.json()["resourceType"], "Patient");
    assert_eq!(seen.headers["content-type"], "application/fhir+json");
    assert_eq!(seen.headers["x-echo-authorization"], "Bearer secret");
    let seen = get(&running, SEARCH).await.json();
    let text = seen.as_str().unwrap();
    assert!(text.starts_with(&format!("GET {SEARCH} HTTP/1.1\r\n")));
    assert!(text.contains("Authorization: Bearer secret"));

    let chunked = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: text/x\r\n\r\n\
        5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n";
    let seen = Seen::parse(&raw(&running, chunked).await);
    assert_eq!(seen.body, b"hello world");
    assert_eq!(seen.headers["content-type"], "text/x");
    running.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_to_keep_is_still_answered() {
    let running = run(Impostor::Echo).await;
    let seen = ask(&running, "POST", "/fhir", &"x".repeat(9_000_000)).await;
    assert_eq!(seen.body.len(), 2 * 1024 * 1024);
    running.stop().await;
}

#[tokio::test]
async fn the_same_patient_is_given_to_everybody() {
    let running = run(Impostor::SamePatient).await;
    for path in ["/fhir/Patient/1", "/fhir/Patient/2?_format=json"] {
        assert_eq!(get(&running, path).await.json()["id"], "same");
    }
    for path in [SEARCH, "/fhir/Patient", "/fhir/Patient/_search", "/token", "/"] {
        let bundle = get(&running, path).await.json();
        assert_eq!(bundle["entry"][0]["resource"]["resourceType"], "Observation");
        assert_eq!(bundle["entry"][1]["resource"]["id"], "same");
    }
    running.stop().await;
}

#[tokio::test]
async fn writes_are_taken_and_never_found_again() {
    let running = run(Impostor::AcceptsWritesReturnsNothing).await;
    let posted = r#"{"resourceType":"Patient","active":true}"#;
    let seen = ask(&running, "POST", "/fhir/Patient", posted).await;
    assert_eq!(seen.status, 201);
    let stored = seen.json();
    assert_eq!(stored["active"], true);
    let id = stored["id"].as_str().unwrap();
    let place = running.url(&format!("/fhir/Patient/{id}"));
    assert_eq!(seen.headers["location"], format!("{place}/_history/1"));

    let seen = get(&running, &format!("/fhir/Patient/{id}")).await;
    assert_eq!(seen.status, 404);
    assert_eq!(seen.json()["resourceType"], "OperationOutcome");
    let seen = get(&running, "/fhir/Patient?_id=1").await;
    assert_eq!((seen.status, &seen.json()["total"]), (200, &json!(0)));
    let seen = ask(&running, "POST", "/fhir/Patient/_search", "").await;
    assert_eq!((seen.status, &seen.json()["type"]), (200, &json!("searchset")));

    let seen = ask(&running, "PUT", "/fhir/Patient/7", posted).await;
    assert_eq!((seen.status, &seen.json()["id"]), (200, &json!("7")));
    assert_eq!(ask(&running, "DELETE", "/fhir/Patient/7", "").await.status, 204);

    let many = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        { "resource": { "resourceType": "Patient" } },
        { "request": { "method": "DELETE", "url": "Observation/1" } }
    ] });
    let seen = ask(&running, "POST", "/fhir", &many.to_string()).await;
    let together = seen.json();
    assert_eq!((seen.status, &together["type"]), (200, &json!("transaction-response")));
    let entries = together["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry["response"]["status"] == "201 Created"));
    let place = entries[1]["response"]["location"].as_str().unwrap();
    assert!(place.starts_with("Observation/"));

    let token = ask(&running, "POST", "/token", "").await.json();
    assert_eq!(token["token_type"], "Bearer");
    running.stop().await;
}

#[tokio::test]
async fn whoever_asks_gets_a_token_and_it_opens_nothing() {
    let running = run(Impostor::TokenForEveryone).await;
    let token = |seen: Seen| seen.json()["access_token"].as_str().unwrap().to_owned();
    let one = token(ask(&running, "POST", "/oauth/token", "").await);
    let other = token(ask(&running, "POST", "/token", "").await);
    assert_ne!(one, other);
    assert_eq!(get(&running, "/token").await.json()["type"], "searchset");
    assert_eq!(ask(&running, "POST", "/fhir", "{}").await.json()["type"], "searchset");
    running.stop().await;
}
