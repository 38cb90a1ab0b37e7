//! What a request of a case brought about at the target, read off the answer, so that it can be removed at the end.
//! It sends nothing; a resource that the run did not create is never named.

use super::session::Session;
use crate::engine::oracle::tree;
use crate::engine::probe::{Answer, Request};
use crate::engine::provision::{self, Created};
use crate::model::request::Method;
use serde_json::Value;

/// What this request created.
pub(super) fn by(session: &Session, base: &str, request: &Request, answer: &Answer) -> Vec<Created> {
    let base = base.trim_end_matches('/');
    references(request, answer, &|reference| session.knows(base, reference))
        .into_iter()
        .map(|reference| Created { base: base.to_owned(), reference })
        .collect()
}

/// As `Type/id`. `known` says what the run had already, which an update does not create.
fn references(request: &Request, answer: &Answer, known: &dyn Fn(&str) -> bool) -> Vec<String> {
    if !(200..300).contains(&answer.status) {
        return Vec::new();
    }
    let path = request.url.split('?').next().unwrap_or_default();
    match request.method {
        // Some servers create by an update and say 200: who updates what nobody knew of has created it.
        Method::Put => provision::reference_of(path).filter(|reference| !known(reference)).into_iter().collect(),
        Method::Post if path.ends_with("/_search") => Vec::new(),
        Method::Post => {
            let location = answer.headers.iter().find(|(name, _)| name == "location");
            match location.and_then(|(_, url)| provision::reference_of(url)) {
                Some(reference) => vec![reference],
                None => in_body(path, answer),
            }
        }
        Method::Get | Method::Head | Method::Options | Method::Patch | Method::Delete => Vec::new(),
    }
}

/// The resource that was posted, as it came back; or the entries that a transaction created.
fn in_body(path: &str, answer: &Answer) -> Vec<String> {
    let Some(tree) = tree::carried(&answer.headers, &answer.body) else { return Vec::new() };
    let text = |name: &str| tree.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, id) = (text("resourceType"), text("id"));
    if path.rsplit('/').next() == Some(kind) {
        return provision::reference_of(&format!("/{kind}/{id}")).into_iter().collect();
    }
    let response = |entry: &Value| {
        let response = entry.get("response")?;
        let created = response.get("status")?.as_str()?.starts_with("201");
        response.get("location")?.as_str().filter(|_| created).and_then(provision::reference_of)
    };
    tree::entries(&tree).unwrap_or_default().iter().filter_map(response).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Facts;

    fn made(method: Method, path: &str, status: u16, location: Option<&str>, body: &str) -> Vec<String> {
        let request = Request { method, url: format!("http://h/fhir{path}"), headers: Vec::new(), body: Vec::new() };
        let headers = location.map(|url| ("location".to_owned(), url.to_owned())).into_iter().collect();
        let body = body.as_bytes().to_vec();
        let answer = Answer { status, headers, trailers: Vec::new(), body, cut: false, facts: Facts::default() };
        references(&request, &answer, &|reference| reference == "Observation/ours")
    }

    #[test]
    fn a_create_is_known_by_its_location_or_else_by_what_came_back() {
        let body = r#"{"resourceType":"Observation","id":"b"}"#;
        let of = |status, location| made(Method::Post, "/Observation", status, location, body);
        assert_eq!(of(201, Some("http://h/fhir/Observation/a/_history/1")), ["Observation/a"]);
        assert_eq!(of(201, None), ["Observation/b"]);
        assert_eq!(of(200, None), ["Observation/b"]);
        assert!(of(422, None).is_empty());
        assert!(
            made(Method::Post, "/Observation", 200, None, r#"{"resourceType":"OperationOutcome","id":"b"}"#).is_empty()
        );
    }

    #[test]
    fn an_update_creates_only_what_was_not_there() {
        let of = |path, status| made(Method::Put, path, status, None, "");
        assert_eq!(of("/Observation/never", 201), ["Observation/never"]);
        assert_eq!(of("/Observation/never", 200), ["Observation/never"]);
        assert!(of("/Observation/ours", 200).is_empty());
        assert!(of("/Observation/never", 404).is_empty());
    }

    #[test]
    fn of_a_transaction_only_the_entries_that_were_created_count_and_of_a_search_none() {
        let body = r#"{"resourceType":"Bundle","id":"x","entry":[
            {"response":{"status":"201 Created","location":"Observation/a/_history/1"}},
            {"response":{"status":"200","location":"Observation/b"}},
            {"resource":{"resourceType":"Observation","id":"c"}}]}"#;
        assert_eq!(made(Method::Post, "", 200, None, body), ["Observation/a"]);
        assert!(made(Method::Post, "/Observation/_search", 200, None, body).is_empty());
    }
}
