//! Every action, and the route that decides whether it is taken.
//! What the proxy changes without being asked stands in `passage`.

use crate::stage::{always, ask, at, get, proxy, teller, upstreams};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use toetssteen_reference::mutate::{Action, Mutation, Route, start};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[tokio::test]
async fn a_status_is_replaced_and_nothing_else() {
    let (running, _) = proxy(vec![always(Action::Status(418))]).await;
    let seen = get(&running, "/a/fhir/Patient/1").await;
    assert_eq!(seen.status, 418);
    assert_eq!(seen.json()["target"], "/a/fhir/Patient/1");
    running.stop().await;
}

#[tokio::test]
async fn a_status_that_allows_no_body_or_is_unheard_of_is_sent_all_the_same() {
    for status in [204, 304, 599, 999] {
        let (running, _) = proxy(vec![always(Action::Status(status))]).await;
        assert_eq!(get(&running, "/a/fhir").await.status, status);
        running.stop().await;
    }
}

#[tokio::test]
async fn a_body_is_replaced_or_dropped_and_the_headers_stay() {
    let (running, _) =
        proxy(vec![at("/one", Action::Body("{\"a\":1}".to_owned())), at("/two", Action::DropBody)]).await;
    let one = get(&running, "/a/fhir/one").await;
    assert_eq!((one.body.as_str(), one.headers["content-length"].as_str()), ("{\"a\":1}", "7"));
    assert_eq!(one.headers["content-type"], "application/fhir+json");
    let two = get(&running, "/a/fhir/two").await;
    assert_eq!((two.status, two.body.as_str()), (200, ""));
    assert_eq!(two.headers["x-teller"], "yes");
    let head = ask(&running, "HEAD", "/a/fhir/one", "", "").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    running.stop().await;
}

#[tokio::test]
async fn a_header_is_set_or_dropped() {
    let set = |name: &str, value: &str| always(Action::Header { name: name.to_owned(), value: value.to_owned() });
    let (running, _) = proxy(vec![
        set("Content-Type", "text/plain"),
        set("X-New", "1"),
        always(Action::DropHeader("X-Teller".to_owned())),
    ])
    .await;
    let seen = get(&running, "/a/fhir").await;
    assert_eq!(seen.headers["content-type"], "text/plain");
    assert_eq!(seen.headers["x-new"], "1");
    assert!(!seen.headers.contains_key("x-teller"));
    assert!(seen.headers.contains_key("location"));
    running.stop().await;
}

#[tokio::test]
async fn an_element_is_removed() {
    let (running, _) = proxy(vec![
        always(Action::RemoveElement("/headers/host".to_owned())),
        always(Action::RemoveElement("/nowhere".to_owned())),
    ])
    .await;
    let seen = get(&running, "/a/fhir").await.json();
    assert!(seen["headers"].get("host").is_none());
    assert_eq!(seen["method"], "GET");
    running.stop().await;
}

#[tokio::test]
async fn a_parameter_is_ignored_in_query_and_form() {
    let (running, _) = proxy(vec![always(Action::IgnoreParameter("patient".to_owned()))]).await;
    let seen = get(&running, "/a/fhir/X?code=%7e&patient=1&patient:Patient=2").await;
    assert_eq!(seen.json()["target"], "/a/fhir/X?code=%7e");
    let seen = get(&running, "/a/fhir/X?patient=1").await;
    assert_eq!(seen.json()["target"], "/a/fhir/X");
    let seen = ask(&running, "POST", "/a/fhir/X/_search", FORM, "patient=1&code=2").await;
    assert_eq!(seen.json()["body"], "code=2");
    assert_eq!(seen.json()["headers"]["content-length"], "6");
    running.stop().await;
}

#[tokio::test]
async fn a_request_header_is_dropped() {
    let (running, _) = proxy(vec![always(Action::DropRequestHeader("Authorization".to_owned()))]).await;
    let headers = "Authorization: Bearer x\r\nAccept: a/b\r\n";
    let seen = ask(&running, "GET", "/a/fhir", headers, "").await.json();
    assert!(seen["headers"].get("authorization").is_none());
    assert_eq!(seen["headers"]["accept"], "a/b");
    running.stop().await;
}

#[tokio::test]
async fn an_answer_is_delayed() {
    let (running, _) = proxy(vec![at("/slow", Action::Delay(Duration::from_millis(400)))]).await;
    let since = Instant::now();
    assert_eq!(get(&running, "/a/fhir/slow").await.status, 200);
    assert!(since.elapsed() >= Duration::from_millis(400));
    running.stop().await;
}

#[tokio::test]
async fn what_is_answered_before_is_never_forwarded() {
    let before = |body: &str| Action::AnswerBeforeForwarding { status: 202, body: body.to_owned() };
    let mutations = vec![at("/json", before("{}")), at("/text", before("hi")), at("/json", Action::Status(500))];
    // Nothing listens behind this proxy any more, so forwarding would show.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = gone.local_addr().unwrap().to_string();
    drop(gone);
    let running = start(upstreams(&authority), mutations).await.unwrap();
    let json = ask(&running, "POST", "/a/fhir/json", "", "{}").await;
    assert_eq!((json.status, json.body.as_str()), (202, "{}"));
    assert_eq!(json.headers["content-type"], "application/fhir+json");
    let text = get(&running, "/a/fhir/text").await;
    assert_eq!((text.status, text.body.as_str()), (202, "hi"));
    assert_eq!(get(&running, "/a/fhir/other").await.status, 502);
    running.stop().await;
}

#[tokio::test]
async fn a_route_means_a_method_a_path_and_a_status() {
    let route =
        Route { method: Some("get".to_owned()), path: Some("/Observation*".to_owned()), status: Some((400, 499)) };
    let (running, _) = proxy(vec![
        Mutation { route, action: Action::Status(299) },
        at("/token", Action::Status(298)),
        at("/$x", Action::Status(297)),
        at("", Action::Status(296)),
    ])
    .await;
    for (method, target, status) in [
        ("GET", "/a/fhir/Observation/missing", 299),
        ("GET", "/a/fhir/Observation/1", 200),
        ("PUT", "/a/fhir/Observation/missing", 404),
        ("GET", "/a/fhir/Patient/missing", 404),
        ("GET", "/Observation/missing", 299),
        ("GET", "/a/fhirx/Observation/missing", 404),
        ("GET", "/a/fhir/%24x", 297),
        ("GET", "/a/fhir?_count=1", 296),
    ] {
        assert_eq!(ask(&running, method, target, "", "").await.status, status, "{target}");
    }
    // The token endpoint is its own base, so the whole path is what names it.
    assert_eq!(get(&running, "/token?x").await.status, 296);
    running.stop().await;
}

#[tokio::test]
async fn several_mutations_are_done_in_order_on_the_status_of_the_reference() {
    let on_200 = |action| Mutation { route: Route { status: Some((200, 200)), ..Route::default() }, action };
    let (running, _) = proxy(vec![
        always(Action::Status(500)),
        on_200(Action::Body("one".to_owned())),
        always(Action::Body("two".to_owned())),
    ])
    .await;
    let seen = get(&running, "/a/fhir").await;
    assert_eq!((seen.status, seen.body.as_str()), (500, "two"));
    running.stop().await;
}

#[tokio::test]
async fn what_could_never_be_carried_out_is_refused() {
    let before = Action::IgnoreParameter("a".to_owned());
    let route = Route { status: Some((200, 299)), ..Route::default() };
    let set = |name: &str, value: &str| Action::Header { name: name.into(), value: value.into() };
    let authority = teller().await;
    for mutation in [
        Mutation { route, action: before },
        always(Action::Status(99)),
        always(Action::RemoveElement("a".to_owned())),
        always(Action::RemoveElement(String::new())),
        always(set("a b", "c")),
        always(set("a", "b\r\nc")),
        always(set("Content-Length", "1")),
        always(Action::DropHeader(String::new())),
    ] {
        let refused = start(upstreams(&authority), vec![mutation.clone()]).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput, "{mutation:?}");
    }
    for urls in [
        vec![],
        vec!["https://127.0.0.1:1/a"],
        vec!["http://127.0.0.1/a"],
        vec!["http://127.0.0.1:1/a", "http://127.0.0.1:2/a"],
    ] {
        let named = urls.iter().enumerate().map(|(at, url)| (at.to_string(), (*url).to_owned()));
        let refused = start(named.collect::<BTreeMap<_, _>>(), vec![]).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput, "{urls:?}");
    }
}
