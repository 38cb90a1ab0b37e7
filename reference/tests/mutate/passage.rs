//! What the proxy changes unasked, names of hosts, and what it carries over untouched.
//! Both ways are looked at: what the teller heard, and what came back.

use crate::stage::{VERBATIM, always, ask, authority, get, proxy};
use std::time::Duration;
use toetssteen_reference::mutate::Action;
use tokio::net::TcpStream;
use tokio::time::timeout;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/fhir+json; charset=utf-8\r\n";

#[tokio::test]
async fn endpoints_keep_their_path_and_get_the_port_of_the_proxy() {
    let (running, there) = proxy(vec![]).await;
    let here = authority(&running);
    assert_ne!(here, there);
    assert_eq!(running.endpoints()["fhir"], format!("http://{here}/a/fhir"));
    assert_eq!(running.endpoints()["token"], format!("http://{here}/token"));
    assert_eq!(running.assertion_audience, Some(format!("http://{there}/token")));
    running.stop().await;
}

#[tokio::test]
async fn answers_name_the_proxy() {
    let (running, there) = proxy(vec![]).await;
    let here = authority(&running);
    let seen = get(&running, "/a/fhir").await;
    assert_eq!(seen.headers["location"], format!("http://{here}/a/fhir/Patient/1"));
    assert_eq!(seen.json()["here"], format!("http://{here}/a/fhir"));
    assert_eq!(seen.json()["next"], format!("u=http%3A%2F%2F{}", here.replace(':', "%3A")));
    // Also what the teller heard of itself comes back under the other name.
    assert!(!seen.body.contains(&there));
    running.stop().await;
}

#[tokio::test]
async fn requests_name_the_reference() {
    let (running, there) = proxy(vec![]).await;
    let here = authority(&running);
    let (there_escaped, here_escaped) = (there.replace(':', "%3A"), here.replace(':', "%3A"));
    for escaped in [&here_escaped.replace('.', "%2E"), &here_escaped, &here] {
        let target = format!("/a/fhir/X?s=http%3A%2F%2F{escaped}%2Fa&c=%7e");
        let seen = ask(&running, "GET", &target, VERBATIM, "").await.json();
        let wanted = format!("/a/fhir/X?s=http%3A%2F%2F{there_escaped}%2Fa&c=%7e");
        assert_eq!(seen["target"], wanted);
        assert_eq!(seen["headers"]["host"], there);
    }
    let body = |name: &str| format!(r#"{{"url":"http://{name}/a", "n":1.10}}"#);
    let headers = format!("{VERBATIM}{JSON}Origin: http://{here}\r\n");
    let seen = ask(&running, "POST", "/a/fhir", &headers, &body(&here)).await.json();
    assert_eq!(seen["body"], body(&there));
    assert_eq!(seen["headers"]["origin"], format!("http://{there}"));
    assert_eq!(seen["headers"]["content-length"], body(&there).len().to_string());
    running.stop().await;
}

#[tokio::test]
async fn the_token_request_changes_in_its_resource_only() {
    let (running, there) = proxy(vec![]).await;
    let here = authority(&running);
    let escaped = there.replace(':', "%3A");
    let headers = format!("{VERBATIM}{FORM}");
    let form = format!("a=http://{here}/x&resource=http://{here}/x&client_assertion=e30.e30.x");
    let seen = ask(&running, "POST", "/token", &headers, &form).await.json();
    let rest = format!("resource=http%3A%2F%2F{escaped}%2Fx&client_assertion=e30.e30.x");
    assert_eq!(seen["body"], format!("a=http://{here}/x&{rest}"));
    let seen = ask(&running, "POST", "/a/fhir/_search", &headers, &form).await.json();
    assert_eq!(seen["body"], format!("a=http%3A%2F%2F{escaped}%2Fx&{rest}"));
    running.stop().await;
}

#[tokio::test]
async fn what_names_nobody_is_carried_over_untouched() {
    let (running, _) = proxy(vec![]).await;
    let headers = format!("{FORM}Authorization: Basic YTpi\r\nX-Odd:  a  b \r\nPrefer: x\r\nPrefer: y\r\n");
    let form = "b=%7e&&a=+%20&=c&d";
    let seen = ask(&running, "PUT", "/a/%7Efhir//x?&b=%7e&", &headers, form).await.json();
    assert_eq!(seen["method"], "PUT");
    assert_eq!(seen["target"], "/a/%7Efhir//x?&b=%7e&");
    assert_eq!(seen["body"], form);
    assert_eq!(seen["headers"]["authorization"], "Basic YTpi");
    assert_eq!(seen["headers"]["x-odd"], "a  b");
    assert!(seen["headers"].get("connection").is_none());
    running.stop().await;
}

#[tokio::test]
async fn a_head_request_keeps_the_length_it_is_told() {
    let (running, _) = proxy(vec![]).await;
    let seen = ask(&running, "HEAD", "/a/fhir", "", "").await;
    assert_eq!((seen.status, seen.body.as_str()), (200, ""));
    assert!(seen.headers["content-length"].parse::<usize>().unwrap() > 0);
    running.stop().await;
}

#[tokio::test]
async fn stopping_ends_what_is_under_way_and_the_listener() {
    let wait = always(Action::Delay(Duration::from_secs(600)));
    let (running, _) = proxy(vec![wait]).await;
    let here = authority(&running);
    let mut stream = TcpStream::connect(&here).await.unwrap();
    let request = b"GET /a/fhir HTTP/1.1\r\nHost: x\r\n\r\n";
    tokio::io::AsyncWriteExt::write_all(&mut stream, request).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    timeout(Duration::from_secs(5), running.stop()).await.unwrap();
    assert!(TcpStream::connect(&here).await.is_err());
}
