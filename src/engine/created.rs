//! What an exchange brought into being at the target, so that it can be taken out again.
//! Pure; a resource that may have stood there before is never called ours.

use crate::engine::oracle::created::{below, echoes, reference_of};
use crate::engine::oracle::tree;
use crate::model::record::{Bodies, Event, HttpRecord, Record, Recording};
use serde_json::Value;
use std::collections::BTreeSet;

/// A resource that was created and must go again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Created {
    /// The endpoint's base URL.
    pub base: String,
    /// `Type/id`.
    pub reference: String,
}

/// One answered exchange, as far as creation shows in it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The base URL of the endpoint.
    pub base: &'a str,
    /// The method.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// Whether it was a conditional create, which may answer with what stood there already.
    pub conditional: bool,
    /// What was sent.
    pub sent: &'a [u8],
    /// The status.
    pub status: u16,
    /// The header `location`.
    pub location: Option<String>,
    /// What came back.
    pub got: &'a [u8],
}

/// What this exchange created.
///
/// Only what was asked for counts: a `Location` that leads to another server or another type, or what an operation names, is
/// somebody else's. `told` says whether the target named a resource before: one that it never named has an id that we
/// coined, so that a PUT to it created it even where the answer is 200 instead of 201. A create answered 200 made what it
/// answers with if that bears all that was sent; a server that knows the person already answers with what stood there.
pub fn by(seen: &Seen<'_>, told: &dyn Fn(&str) -> bool) -> Vec<Created> {
    if !matches!(seen.method, "POST" | "PUT") || !(200..300).contains(&seen.status) {
        return Vec::new();
    }
    let base = seen.base.trim_end_matches('/').to_owned();
    let ours = |references: Vec<String>| {
        references.into_iter().map(|reference| Created { base: base.clone(), reference }).collect()
    };
    let (sent, got) = (tree::either(seen.sent), tree::either(seen.got));
    if let Some(entries) = got.as_ref().and_then(|tree| answered_entries(tree)) {
        let asked = sent.as_ref().and_then(tree::entries).unwrap_or_default();
        let each = entries.iter().enumerate().filter_map(|(at, entry)| of_entry(&base, entry, asked.get(at)?, told));
        return ours(each.collect());
    }
    let rest = seen.url.strip_prefix(base.as_str()).unwrap_or_default();
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let asked = Asked { method: seen.method, path, created: seen.status == 201 };
    let made = asked.made(&base, seen.location.as_deref(), got.as_ref(), told);
    let echoed = || !seen.conditional && sent.zip(got.as_ref()).is_some_and(|(sent, got)| echoes(&sent, got));
    let sure = |_: &String| seen.method == "PUT" || asked.created || echoed();
    ours(made.filter(sure).into_iter().collect())
}

/// What was created, or may have been, without an answer that says for sure what is ours: nobody takes it out again, so
/// that somebody must be told. A 200 or 204 that only points somewhere may point to what stood there before.
pub fn out_of_reach(seen: &Seen<'_>) -> Option<String> {
    let url = seen.url.split(['?', '#']).next().unwrap_or_default();
    let base = seen.base.trim_end_matches('/');
    let path = url.strip_prefix(base).unwrap_or_default().trim_matches('/');
    if seen.method != "POST" || !is_type(path) {
        return None;
    }
    match seen.status {
        201 => Some(format!("POST {url} → 201")),
        200 | 204 if !seen.conditional => {
            let place = below(base, seen.location.as_deref()?)?;
            place.starts_with(&format!("{path}/")).then(|| format!("POST {url} → {}: {place}", seen.status))
        }
        _ => None,
    }
}

/// What may have been created by a request whose answer never came: nobody knows its id, so that somebody must be told.
#[must_use]
pub fn unanswered(base: &str, method: &str, url: &str) -> Option<String> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let path = url.strip_prefix(base.trim_end_matches('/'))?.trim_matches('/');
    // To the base itself goes a transaction.
    (method == "POST" && (path.is_empty() || is_type(path))).then(|| format!("POST {url} → ?"))
}

/// A request that may create, as it was answered.
struct Asked<'a> {
    method: &'a str,
    /// Below the base, without query.
    path: &'a str,
    /// Whether the answer says that something was created.
    created: bool,
}

impl Asked<'_> {
    /// What was made by it, as far as the answer names it.
    fn made(
        &self,
        base: &str,
        location: Option<&str>,
        body: Option<&Value>,
        told: &dyn Fn(&str) -> bool,
    ) -> Option<String> {
        let kind = format!("{}/", self.path);
        let fits = |reference: &String| reference.starts_with(&kind);
        let named = || location.and_then(|place| below(base, place)).filter(fits);
        let shown = || body.and_then(own_reference).filter(fits);
        match (self.method, is_type(self.path)) {
            // To a type: a create, or an update of what a search finds.
            ("POST", true) => named().or_else(shown),
            ("PUT", true) if self.created => named().or_else(shown),
            // Without 201 it was created only if nobody but us can have chosen the id.
            ("PUT", false) => reference_of(&format!("/{}", self.path))
                .filter(|reference| self.path == reference && (self.created || !told(reference))),
            // Other POSTs are searches and operations.
            _ => None,
        }
    }
}

/// The entries of an answer to a batch or transaction.
fn answered_entries(tree: &Value) -> Option<&[Value]> {
    let kind = tree.get("type").and_then(Value::as_str);
    tree::entries(tree).filter(|_| matches!(kind, Some("transaction-response" | "batch-response")))
}

fn of_entry(base: &str, entry: &Value, asked: &Value, told: &dyn Fn(&str) -> bool) -> Option<String> {
    let response = entry.get("response")?;
    let status = response.get("status")?.as_str().filter(|status| status.starts_with('2'))?;
    let request = asked.get("request")?;
    let text = |key: &str| request.get(key).and_then(Value::as_str);
    let path = text("url")?.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let asked = Asked { method: text("method")?, path, created: status.starts_with("201") };
    let location = response.get("location").and_then(Value::as_str);
    let sure = |_: &String| asked.method == "PUT" || asked.created;
    asked.made(base, location, entry.get("resource"), told).filter(sure)
}

fn is_type(path: &str) -> bool {
    path.starts_with(|c: char| c.is_ascii_uppercase()) && path.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The type and id of this resource, if they are such.
pub(super) fn own_reference(tree: &Value) -> Option<String> {
    let (kind, id) = (tree.get("resourceType")?.as_str()?, tree.get("id")?.as_str()?);
    reference_of(&format!("/{kind}/{id}"))
}

/// Whether an answer before the record of this number named the resource as one that is there.
///
/// An answer that is not kept as it came may have named it, and then nothing is ours for certain.
#[must_use]
pub fn told(records: &[Record], bodies: &Bodies, before: u64, reference: &str) -> bool {
    records.iter().filter(|record| record.number < before).any(|record| {
        if let Event::Cast(cast) = &record.event {
            return cast.resources.iter().any(|known| known == reference);
        }
        let Event::Http(http) = &record.event else { return false };
        let (response, body) = (&http.response, &http.response.body);
        if !(200..300).contains(&response.status) {
            return false;
        }
        let unread = body.cut || body.withheld.is_some() || response.header("content-encoding").is_some();
        let bytes = body.sha256.as_ref().and_then(|name| bodies.get(name));
        unread
            || response.header("location").as_deref().and_then(reference_of).as_deref() == Some(reference)
            || bytes.and_then(|bytes| tree::either(bytes)).is_some_and(|tree| holds(&tree, reference))
    })
}

/// Whether a resource of this type and id stands anywhere in a tree.
fn holds(tree: &Value, reference: &str) -> bool {
    if own_reference(tree).as_deref() == Some(reference) {
        return true;
    }
    match tree {
        Value::Array(items) => items.iter().any(|item| holds(item, reference)),
        Value::Object(members) => members.values().any(|member| holds(member, reference)),
        _ => false,
    }
}

/// What a recorded run created and did not remove, in the order of creation.
#[must_use]
pub fn left_by(recording: &Recording) -> Vec<Created> {
    let mut left: Vec<Created> = Vec::new();
    let mut seen = BTreeSet::new();
    for record in &recording.records {
        let Event::Http(http) = &record.event else { continue };
        let Some(base) = base_of(recording, &http.request.url) else { continue };
        if http.request.method == "DELETE" && is_gone(http.response.status) {
            let below = http.request.url.strip_prefix(base).unwrap_or_default();
            left.retain(|one| one.base != base || below.trim_matches('/') != one.reference);
            seen = left.iter().cloned().collect();
            continue;
        }
        let told = |reference: &str| told(&recording.records, &recording.bodies, record.number, reference);
        for one in by(&seen_of(recording, http, base), &told) {
            if seen.insert(one.clone()) {
                left.push(one);
            }
        }
    }
    left
}

/// Whether a DELETE with this answer leaves nothing behind.
#[must_use]
pub const fn is_gone(status: u16) -> bool {
    matches!(status, 200..=299 | 404 | 410)
}

/// The endpoint a URL lies below: the longest that fits.
fn base_of<'a>(recording: &'a Recording, url: &str) -> Option<&'a str> {
    let bases = recording.header.target.endpoints.values().map(|base| base.trim_end_matches('/'));
    let fits =
        |base: &&str| url.strip_prefix(*base).is_some_and(|below| below.is_empty() || below.starts_with(['/', '?']));
    bases.filter(fits).max_by_key(|base| base.len())
}

fn seen_of<'a>(recording: &'a Recording, http: &'a HttpRecord, base: &'a str) -> Seen<'a> {
    let bytes = |name: &Option<String>| {
        name.as_ref().and_then(|name| recording.bodies.get(name)).map(AsRef::as_ref).unwrap_or_default()
    };
    Seen {
        base,
        method: &http.request.method,
        url: &http.request.url,
        conditional: http.request.header("if-none-exist").is_some(),
        sent: bytes(&http.request.body.sha256),
        status: http.response.status,
        location: http.response.header("location"),
        got: bytes(&http.response.body.sha256),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://a.example/fhir";

    fn seen<'a>(method: &'a str, url: &'a str, status: u16, location: Option<&'a str>, got: &'a str) -> Seen<'a> {
        let (sent, got, location) = (&[][..], got.as_bytes(), location.map(str::to_owned));
        Seen { base: BASE, method, url, conditional: false, sent, status, location, got }
    }

    fn references(seen: &Seen<'_>, told: bool) -> Vec<String> {
        by(seen, &|_| told).into_iter().map(|one| one.reference).collect()
    }

    #[test]
    fn a_create_is_known_by_location_or_by_its_body() {
        let url = format!("{BASE}/Patient");
        let located = seen("POST", &url, 201, Some("http://a.example/fhir/Patient/7/_history/1"), "");
        assert_eq!(references(&located, false), ["Patient/7"]);
        let sent = br#"{"resourceType":"Patient"}"#;
        let bodied = Seen { sent, ..seen("POST", &url, 200, None, r#"{"resourceType":"Patient","id":"8"}"#) };
        assert_eq!(references(&bodied, false), ["Patient/8"]);
        let other = seen("POST", &url, 200, None, r#"{"resourceType":"OperationOutcome","id":"8"}"#);
        assert!(references(&other, false).is_empty());
        let found = Seen { conditional: true, ..bodied.clone() };
        assert!(references(&found, false).is_empty(), "a conditional create may answer with what stood there");
    }

    #[test]
    fn what_another_server_or_type_or_an_operation_names_is_a_strangers() {
        let (url, own) = (format!("{BASE}/Patient"), r#"{"resourceType":"Patient","id":"8"}"#);
        for place in ["http://b.example/fhir/Patient/7", "/fhir/Observation/7", "/other/Patient/7", "/fhir/x/Patient/7"]
        {
            assert!(references(&seen("POST", &url, 201, Some(place), ""), false).is_empty(), "{place}");
            assert_eq!(references(&seen("POST", &url, 201, Some(place), own), false), ["Patient/8"], "{place}");
        }
        let other = r#"{"resourceType":"Observation","id":"8"}"#;
        assert!(references(&seen("POST", &url, 201, None, other), false).is_empty());
        let coined = format!("{BASE}/Patient/coined");
        let elsewhere = seen("PUT", &coined, 201, Some("/fhir/Patient/7"), "");
        assert_eq!(references(&elsewhere, false), ["Patient/coined"], "a PUT makes what it names");
        let by_search = format!("{BASE}/Patient?identifier=x");
        assert_eq!(references(&seen("PUT", &by_search, 201, Some("/fhir/Patient/7"), ""), false), ["Patient/7"]);
        let operation = format!("{BASE}/$process-message");
        assert!(references(&seen("POST", &operation, 201, Some("/fhir/Patient/7"), ""), false).is_empty());
    }

    #[test]
    fn a_create_answered_200_with_somebody_else_created_nobody() {
        let url = format!("{BASE}/Patient");
        let sent = br#"{"resourceType":"Patient","identifier":[{"value":"n"}],"name":[{"family":"Aa"}]}"#;
        let answered = |family: &str| {
            format!(
                r#"{{"resourceType":"Patient","id":"8","identifier":[{{"value":"n"}}],"name":[{{"family":"{family}"}}]}}"#
            )
        };
        let told = |family: &str| {
            let got = answered(family);
            references(&Seen { sent, ..seen("POST", &url, 200, Some("/fhir/Patient/8"), &got) }, false)
        };
        assert_eq!(told("Aa"), ["Patient/8"]);
        assert!(told("Bb").is_empty(), "whoever stood there stays");
        let silent = Seen { sent, ..seen("POST", &url, 200, Some("/fhir/Patient/8"), "") };
        assert!(references(&silent, false).is_empty(), "it may be anybody");
    }

    #[test]
    fn what_may_have_been_created_is_told() {
        let url = format!("{BASE}/Patient");
        let told = |status, location, conditional| {
            out_of_reach(&Seen { conditional, ..seen("POST", &url, status, location, "") })
        };
        let place = Some("http://a.example/fhir/Patient/7/_history/1");
        assert_eq!(told(204, place, false), Some(format!("POST {url} → 204: Patient/7")));
        assert_eq!(told(201, None, false), Some(format!("POST {url} → 201")));
        assert_eq!(told(200, place, true), None, "a conditional create says what stood there");
        assert_eq!((told(204, None, false), told(204, Some("/fhir/Observation/7"), false)), (None, None));
        assert_eq!(told(400, place, false), None);
    }

    #[test]
    fn a_put_answered_200_created_what_only_we_can_have_named() {
        let url = format!("{BASE}/Patient/coined");
        assert_eq!(references(&seen("PUT", &url, 201, None, ""), true), ["Patient/coined"]);
        assert_eq!(references(&seen("PUT", &url, 200, None, ""), false), ["Patient/coined"]);
        assert!(references(&seen("PUT", &url, 200, None, ""), true).is_empty(), "what stood there is not ours");
        assert!(references(&seen("PUT", &url, 403, None, ""), false).is_empty());
        let conditional = format!("{BASE}/Patient?identifier=x");
        assert!(references(&seen("PUT", &conditional, 200, None, ""), false).is_empty());
    }

    #[test]
    fn searches_and_operations_create_nothing() {
        let bundle = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient","id":"1"},"response":{"status":"201","location":"Patient/1"}}]}"#;
        for below in ["Patient/_search", "$everything", "Patient/1/$match"] {
            let url = format!("{BASE}/{below}");
            assert!(references(&seen("POST", &url, 200, None, bundle), false).is_empty(), "{below}");
        }
        assert!(references(&seen("GET", &format!("{BASE}/Patient/1"), 200, None, ""), false).is_empty());
    }

    #[test]
    fn a_transaction_names_what_it_created() {
        let sent = r#"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient"}},{"request":{"method":"PUT","url":"Observation/o1"}},{"request":{"method":"GET","url":"Patient/9"}}]}"#;
        let got = r#"{"resourceType":"Bundle","type":"transaction-response","entry":[{"response":{"status":"201 Created","location":"Patient/5/_history/1"}},{"response":{"status":"200 OK"}},{"response":{"status":"200"}}]}"#;
        let seen = Seen { sent: sent.as_bytes(), ..seen("POST", BASE, 200, None, got) };
        assert_eq!(references(&seen, false), ["Patient/5", "Observation/o1"]);
        assert_eq!(references(&seen, true), ["Patient/5"]);
        for place in ["Observation/5", "http://b.example/fhir/Patient/5", "../x/Patient/5"] {
            let got = got.replace("Patient/5/_history/1", place);
            let astray = Seen { got: got.as_bytes(), ..seen.clone() };
            assert_eq!(references(&astray, true), Vec::<String>::new(), "{place}");
        }
    }

    #[test]
    fn a_resource_is_told_of_only_where_it_stands() {
        let outcome: Value = serde_json::from_str(r#"{"resourceType":"OperationOutcome","id":"x"}"#).unwrap();
        assert!(!holds(&outcome, "Patient/x"));
        let nested: Value =
            serde_json::from_str(r#"{"entry":[{"resource":{"resourceType":"Patient","id":"x"}}]}"#).unwrap();
        assert!(holds(&nested, "Patient/x") && !holds(&nested, "Patient/y"));
    }
}
