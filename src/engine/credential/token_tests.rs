//! What a token service gets to see, and what its answers lead to.
//! Only tests live here.

use super::*;
use crate::engine::credential::testing::target;
use crate::engine::probe::testing::{Seen, Server};
use crate::engine::wire::testing::{Line, wire};
use crate::model::record::Phase;
use serde_json::json;
use std::path::Path;

async fn service(
    answer: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static,
    credential: Value,
) -> (Server, Tokens) {
    let server = Server::json(answer).await;
    let target = target(&json!({ "token": server.url }), &json!({ "requester": credential, "writer": "none" }));
    let env = |name: &str| match name {
        "SECRET" => Some("p&ss w%rd".to_owned()),
        "KEY" => Some(rcgen::KeyPair::generate().unwrap().serialize_pem()),
        _ => None,
    };
    let credentials = Credentials::load(&target, Path::new("."), &env).unwrap();
    (server, Tokens::new(Arc::new(credentials), "run 1"))
}

fn issued(_: &Seen) -> (u16, String) {
    (200, json!({ "access_token": "t0ken", "token_type": "Bearer", "expires_in": 60 }).to_string())
}

fn party(name: &str) -> MemberId {
    name.parse().unwrap()
}

fn key() -> Key {
    Key::of(Phase::Case)
}

fn form(seen: &Seen) -> BTreeMap<String, String> {
    form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect()
}

const SECRET: &str = r#"{ "client-credentials": { "id": "e:m", "secret": { "env": "SECRET" }, "scope": "a b" } }"#;

fn secret() -> Value {
    serde_json::from_str(SECRET).unwrap()
}

#[tokio::test]
async fn a_token_is_learned_before_it_is_recorded_and_kept_until_it_runs_out() {
    let (server, mut tokens) = service(issued, secret()).await;
    let (wire, memory) = wire();
    let (now, change) = (OffsetDateTime::now_utc(), ResolvedChange::default());
    for (later, asked) in [(0, 1), (49, 1), (51, 2)] {
        let now = now + time::Duration::seconds(later);
        let header = tokens.header(&wire, key(), &party("requester"), &change, now).await.unwrap().unwrap();
        assert_eq!(header, ("authorization".to_owned(), "Bearer t0ken".to_owned()));
        assert_eq!(server.seen().len(), asked, "after {later} s");
    }
    let lines = memory.lines();
    let Line::Learned("token", value) = &lines[0] else { panic!("{lines:?}") };
    assert_eq!(value, "t0ken");
    let Line::Http(http) = &lines[1] else { panic!("{lines:?}") };
    assert_eq!(http.0.purpose, Purpose::Token);

    let other = ResolvedChange { scope: Some(String::new()), ..ResolvedChange::default() };
    tokens.header(&wire, key(), &party("requester"), &other, now).await.unwrap();
    assert_eq!(server.seen().len(), 3, "another scope is another token");
    assert!(!form(&server.seen()[2]).contains_key("scope"));
}

#[tokio::test]
async fn a_secret_travels_form_encoded_in_the_header_or_in_the_form() {
    let (server, mut tokens) = service(issued, secret()).await;
    let (wire, _) = wire();
    let (now, change) = (OffsetDateTime::now_utc(), ResolvedChange::default());
    tokens.header(&wire, key(), &party("requester"), &change, now).await.unwrap();
    let seen = &server.seen()[0];
    let expected = STANDARD.encode("e%3Am:p%26ss+w%25rd");
    assert_eq!(seen.header("authorization"), Some(format!("Basic {expected}").as_str()));
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.body, "grant_type=client_credentials&scope=a+b");

    let mut posted = secret();
    posted["client-credentials"]["method"] = json!("post");
    let (server, mut tokens) = service(issued, posted).await;
    tokens.header(&wire, key(), &party("requester"), &change, now).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("authorization"), None);
    assert_eq!((form(seen)["client_id"].as_str(), form(seen)["client_secret"].as_str()), ("e:m", "p&ss w%rd"));
}

#[tokio::test]
async fn a_key_signs_an_assertion_whose_signature_is_learned() {
    let (server, mut tokens) =
        service(issued, json!({ "client-credentials": { "id": "eem", "key": { "env": "KEY" } } })).await;
    let (wire, memory) = wire();
    let now = OffsetDateTime::now_utc();
    tokens.header(&wire, key(), &party("requester"), &ResolvedChange::default(), now).await.unwrap();
    let form = form(&server.seen()[0]);
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let parts: Vec<&str> = form["client_assertion"].split('.').collect();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    assert_eq!((claims["aud"].as_str(), claims["sub"].as_str()), (Some(server.url.as_str()), Some("eem")));
    assert!(matches!(&memory.lines()[0], Line::Learned("signature", value) if value == parts[2]));
}

#[tokio::test]
async fn a_change_is_sent_by_the_names_of_the_credential() {
    let mut named = secret();
    named["client-credentials"]["parameters"] = json!({ "patient": "login_hint" });
    let (server, mut tokens) = service(issued, named).await;
    let (wire, _) = wire();
    let now = OffsetDateTime::now_utc();
    let change = ResolvedChange {
        default_endpoint: Some("https://a.example/fhir".to_owned()),
        endpoint: Some("https://b.example/fhir".to_owned()),
        patient: Some("p1".to_owned()),
        ..ResolvedChange::default()
    };
    tokens.header(&wire, key(), &party("requester"), &change, now).await.unwrap();
    let sent = form(&server.seen()[0]);
    assert_eq!((sent["resource"].as_str(), sent["login_hint"].as_str()), ("https://b.example/fhir", "p1"));

    let plain = ResolvedChange { endpoint: None, patient: None, ..change.clone() };
    tokens.header(&wire, key(), &party("requester"), &plain, now).await.unwrap();
    assert!(!form(&server.seen()[1]).contains_key("resource"), "only a named parameter tells the default endpoint");

    let purpose = ResolvedChange { purpose: Some("TREAT".to_owned()), ..ResolvedChange::default() };
    for who in ["requester", "writer"] {
        let refused = tokens.header(&wire, key(), &party(who), &purpose, now).await;
        assert_eq!(refused, Err(TokenError::NotNamed("purpose")), "{who}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_refusal_tells_its_status_and_a_plain_code_only() {
    let (wire, memory) = wire();
    let now = OffsetDateTime::now_utc();
    for (status, body, code) in [
        (401, r#"{"error":"invalid_client","error_description":"p&ss w%rd is wrong"}"#, Some("invalid_client")),
        (400, r#"{"error":"p&ss w%rd"}"#, None),
        (200, r#"{"access_token":"two words"}"#, None),
        (200, "<html>", None),
        (201, r#"{"access_token":"t0ken"}"#, None),
    ] {
        let (_server, mut tokens) = service(move |_| (status, body.to_owned()), secret()).await;
        let refused = tokens.header(&wire, key(), &party("requester"), &ResolvedChange::default(), now).await;
        let error = refused.unwrap_err();
        let TokenError::Refused { status: seen, code: word, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*seen, word.as_deref()), (status, code), "{body}");
        assert!(!error.to_string().contains("p&ss"));
    }
    // Whatever it hands out is secret, accepted or not.
    assert!(memory.lines().iter().any(|line| matches!(line, Line::Learned("token", value) if value == "two words")));

    let (_server, mut tokens) = service(issued, secret()).await;
    let unknown = tokens.header(&wire, key(), &party("stranger"), &ResolvedChange::default(), now).await;
    assert_eq!(unknown, Err(TokenError::NoCredential));
}

#[tokio::test]
async fn nonsense_is_drawn_and_not_asked_for() {
    let (server, mut tokens) = service(issued, secret()).await;
    let (wire, _) = wire();
    let (now, change) = (OffsetDateTime::now_utc(), ResolvedChange::default());
    let (name, value) = tokens.header(&wire, key(), &party("nonsense"), &change, now).await.unwrap().unwrap();
    assert_eq!((name.as_str(), value.len()), ("authorization", "Bearer ".len() + 43));
    let mut again = Tokens::new(Arc::clone(&tokens.credentials), "run 1");
    let mut other = Tokens::new(Arc::clone(&tokens.credentials), "run 2");
    assert_eq!(again.header(&wire, key(), &party("nonsense"), &change, now).await.unwrap().unwrap().1, value);
    assert_ne!(other.header(&wire, key(), &party("nonsense"), &change, now).await.unwrap().unwrap().1, value);
    assert_eq!(tokens.header(&wire, key(), &party("writer"), &change, now).await, Ok(None));
    assert!(server.seen().is_empty());
}
