//! A Consent store small enough to read, with the ways in which real ones differ.
//! Only tests live here.

use crate::engine::binding::testing::{Set, binding};
use crate::engine::binding::{Acted, Refusal, TAG_SYSTEM};
use crate::engine::probe::testing::{Play, Seen, Server, message};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// How this store differs from the plainest one.
#[derive(Clone, Copy, Default)]
struct Manner {
    /// Answers PUT with this.
    put: Option<u16>,
    /// Answers a search with this.
    search: Option<u16>,
    /// Says it created and keeps nothing.
    forgetful: bool,
    /// Answers a create with the first that stood there already, having one for each patient.
    one_each: bool,
    /// Lists one Consent a page.
    pages: bool,
    /// Ends pages at another server.
    astray: bool,
}

async fn store(manner: Manner, kept: Vec<Value>) -> Server {
    let number = |kept: &BTreeMap<String, Value>| format!("c{}", kept.len());
    let mut map = BTreeMap::new();
    for consent in kept {
        map.insert(number(&map), consent);
    }
    let kept = Mutex::new(map);
    Server::answering(move |seen| {
        let mut kept = kept.lock().unwrap();
        let (status, location, body) = answer(manner, seen, &mut kept);
        let headers: Vec<_> = location.iter().map(|location| ("location", location.as_str())).collect();
        vec![Play::Say(message(status, &headers, body.to_string().as_bytes()))]
    })
    .await
}

fn answer(manner: Manner, seen: &Seen, kept: &mut BTreeMap<String, Value>) -> (u16, Option<String>, Value) {
    let (method, path) = seen.line().split_once(' ').unwrap();
    let id = path.strip_prefix("/fhir/Consent/").unwrap_or_default();
    let with_id = |(id, consent): (&String, &Value)| {
        let mut consent = consent.clone();
        consent["id"] = json!(id);
        json!({ "resource": consent })
    };
    match method {
        "POST" if manner.one_each => (200, Some("Consent/c0".to_owned()), Value::Null),
        "POST" if manner.forgetful => (201, Some(format!("Consent/c{}", kept.len())), Value::Null),
        "POST" => {
            let id = format!("c{}", kept.len());
            kept.insert(id.clone(), serde_json::from_str(&seen.body).unwrap());
            (201, Some(format!("http://elsewhere.invalid/fhir/Consent/{id}/_history/1")), Value::Null)
        }
        "PUT" if manner.put.is_some() => (manner.put.unwrap(), None, Value::Null),
        "PUT" => {
            kept.insert(id.to_owned(), serde_json::from_str(&seen.body).unwrap());
            (200, None, Value::Null)
        }
        "DELETE" => (204, None, json!(kept.remove(id).is_some())),
        _ if id.is_empty() && manner.search.is_some() => (manner.search.unwrap(), None, Value::Null),
        _ if id.is_empty() => {
            let (path, at) = path.split_once("&at=").unwrap_or((path, "0"));
            assert_eq!(path, "/fhir/Consent?patient=p1");
            let at: usize = at.parse().unwrap();
            let entries: Vec<Value> = kept.iter().map(with_id).collect();
            if !manner.pages && !manner.astray {
                return (200, None, json!({ "resourceType": "Bundle", "entry": entries }));
            }
            let url =
                if manner.astray { "http://elsewhere.invalid/".to_owned() } else { format!("{path}&at={}", at + 1) };
            let link = if at + 1 < entries.len() { json!([{ "relation": "next", "url": url }]) } else { json!([]) };
            (200, None, json!({ "resourceType": "Bundle", "entry": [entries[at]], "link": link }))
        }
        _ => kept
            .get_key_value(id)
            .map_or((404, None, Value::Null), |pair| (200, None, with_id(pair)["resource"].clone())),
    }
}

fn of_others(provision: &str) -> Value {
    json!({ "resourceType": "Consent", "status": "active", "patient": { "reference": "Patient/p1" },
        "meta": { "tag": [{ "system": TAG_SYSTEM, "code": "another-run" }] }, "provision": { "type": provision } })
}

async fn act(set: &Set, effect: &str) -> Acted {
    let binding = binding(&json!({ "fhir-consent": { "endpoint": "fhir", "as": "patient", "do": effect } }));
    set.act(&binding).await.unwrap()
}

async fn shown(set: &Set) -> (String, String) {
    let returned = act(set, "show").await.record.returned;
    (returned["objected"].clone(), returned["consented"].clone())
}

fn words(objected: bool, consented: bool) -> (String, String) {
    (objected.to_string(), consented.to_string())
}

#[tokio::test]
async fn an_objection_is_written_shown_and_taken_back() {
    let server = store(Manner::default(), Vec::new()).await;
    let set = Set::at(&server.url);
    assert_eq!(shown(&set).await, words(false, false));
    let denied = act(&set, "deny").await.record;
    assert!(denied.acknowledged, "{}", denied.detail);
    assert_eq!((denied.exchanges.len(), set.means.made.all().len()), (2, 1));
    let seen = server.seen();
    let posted = &seen[1];
    assert_eq!(posted.header("authorization"), Some("Bearer of-the-patient"));
    assert_eq!(posted.header("content-type"), Some("application/fhir+json"));
    assert_eq!(seen[2].line(), "GET /fhir/Consent/c0", "never the server that Location names");
    act(&set, "permit").await;
    assert_eq!(shown(&set).await, words(true, true));

    assert!(act(&set, "revoke-deny").await.record.acknowledged);
    assert_eq!(shown(&set).await, words(false, true));
    assert!(act(&set, "revoke-all").await.record.acknowledged);
    assert_eq!(shown(&set).await, words(false, false));
}

#[tokio::test]
async fn what_others_wrote_is_shown_and_left_alone() {
    let server = store(Manner { pages: true, ..Manner::default() }, vec![of_others("permit"), of_others("deny")]).await;
    let set = Set::at(&server.url);
    assert_eq!(shown(&set).await, words(true, true));
    assert!(act(&set, "revoke-all").await.record.acknowledged);
    assert_eq!(shown(&set).await, words(true, true));
    assert!(server.seen().iter().all(|seen| seen.line().starts_with("GET ")));
}

#[tokio::test]
async fn a_store_that_cannot_change_deletes_and_one_that_cannot_search_is_remembered() {
    let server = store(Manner { put: Some(405), search: Some(403), ..Manner::default() }, Vec::new()).await;
    let set = Set::at(&server.url);
    assert!(!act(&set, "revoke-all").await.record.acknowledged, "nothing seen, nothing remembered");
    act(&set, "deny").await;
    let revoked = act(&set, "revoke-deny").await.record;
    assert!(revoked.acknowledged, "{}", revoked.detail);
    assert!(set.means.made.all().is_empty());
    assert!(server.seen().iter().any(|seen| seen.line() == "DELETE /fhir/Consent/c0"));
    let show = act(&set, "show").await.record;
    assert!(!show.acknowledged && show.returned.is_empty());
}

#[tokio::test]
async fn what_does_not_read_back_is_not_acknowledged() {
    let server = store(Manner { forgetful: true, ..Manner::default() }, Vec::new()).await;
    let set = Set::at(&server.url);
    let denied = act(&set, "deny").await.record;
    assert!(!denied.acknowledged);
    assert_eq!(set.means.made.all().len(), 1, "it may yet appear, so it is remembered");

    let server = store(Manner { put: Some(200), ..Manner::default() }, Vec::new()).await;
    let set = Set::at(&server.url);
    act(&set, "deny").await;
    let revoked = act(&set, "revoke-all").await.record;
    assert_eq!((revoked.acknowledged, revoked.detail.as_str()), (false, "Consent/c0 is still active"));
}

#[tokio::test]
async fn a_choice_that_stood_there_before_is_neither_ours_nor_touched() {
    let server = store(Manner { one_each: true, ..Manner::default() }, vec![of_others("deny")]).await;
    let set = Set::at(&server.url);
    let denied = act(&set, "deny").await.record;
    assert_eq!(denied.detail, "the Consent that is there is not the one that was created");
    assert!(!denied.acknowledged && set.means.made.all().is_empty());
    act(&set, "revoke-all").await;
    assert!(server.seen().iter().all(|seen| !seen.line().starts_with("PUT ") && !seen.line().starts_with("DELETE ")));
}

#[tokio::test]
async fn our_credential_is_not_carried_to_another_server() {
    let server = store(Manner { astray: true, ..Manner::default() }, vec![of_others("deny"), of_others("deny")]).await;
    let show = act(&Set::at(&server.url), "show").await.record;
    assert_eq!((show.acknowledged, show.detail.as_str()), (false, "the list of Consents goes on at another server"));

    let mut set = Set::at(&server.url);
    set.call.person.as_mut().unwrap().ids.clear();
    let binding = binding(&json!({ "fhir-consent": { "endpoint": "fhir", "as": "patient", "do": "deny" } }));
    assert_eq!(set.act(&binding).await.unwrap_err(), Refusal::NoId("fhir".parse().unwrap()));
}
