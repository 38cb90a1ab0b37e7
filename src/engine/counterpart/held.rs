//! Resources that a counterpart keeps for others to collect, and the few FHIR interactions by which that is done.
//! No rule about who may do what is kept here: whoever shows a token of this case is served.

use super::answer::Reply;
use super::desk::Arrived;
use super::tongue::Tongue;
use crate::engine::oracle::tree;
use serde_json::{Value, json};

/// Answers one request about what is held.
pub(super) fn answer(held: &mut [Value], arrived: &Arrived, tongue: Tongue) -> Reply {
    let path = arrived.below.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let absent = || Reply::outcome(404, "not-found", tongue);
    match (arrived.method.as_str(), segments.as_slice()) {
        ("GET", [kind, id]) => match find(held, kind, id) {
            Some(position) => Reply::fhir(200, &held[position], tongue),
            None => absent(),
        },
        ("GET", [kind, id, "$document"]) => match held.iter().find(|held| is_document_of(held, kind, id)) {
            Some(document) => Reply::fhir(200, document, tongue),
            None => absent(),
        },
        ("GET", [kind]) | ("POST", [kind, "_search"]) => {
            let found = held.iter().filter(|held| held["resourceType"] == *kind);
            let entries: Vec<Value> = found.map(|held| json!({ "resource": held })).collect();
            let total = entries.len();
            let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "entry": entries });
            Reply::fhir(200, &bundle, tongue)
        }
        ("PUT", [kind, id]) => match (find(held, kind, id), tree::carried(&arrived.headers, &arrived.body)) {
            (Some(position), Some(resource)) => {
                held[position] = resource;
                Reply::fhir(200, &held[position], tongue)
            }
            (Some(_), None) => Reply::outcome(400, "structure", tongue),
            (None, _) => absent(),
        },
        _ => Reply::outcome(405, "not-supported", tongue),
    }
}

fn find(held: &[Value], kind: &str, id: &str) -> Option<usize> {
    held.iter().position(|held| held["resourceType"] == kind && held["id"] == id)
}

fn is_document_of(held: &Value, kind: &str, id: &str) -> bool {
    let first = &held["entry"][0]["resource"];
    held["resourceType"] == "Bundle" && held["type"] == "document" && first["resourceType"] == kind && first["id"] == id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_read_and_replaced_and_nothing_else() {
        let mut held = vec![
            json!({ "resourceType": "Task", "id": "t", "status": "in-progress" }),
            json!({ "resourceType": "Bundle", "type": "document", "entry": [{ "resource": { "resourceType": "Composition", "id": "c" } }] }),
        ];
        let arrived = |method: &str, below: &str, body: &str| Arrived {
            method: method.to_owned(),
            below: below.to_owned(),
            url: below.to_owned(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            cut: false,
        };
        let mut ask = |method: &str, below: &str, body: &str| match answer(
            &mut held,
            &arrived(method, below, body),
            Tongue::plain(),
        ) {
            Reply::Answer { status, body, .. } => (status, String::from_utf8(body).unwrap()),
            other => panic!("{other:?}"),
        };
        assert_eq!(ask("GET", "/Task/t", "").0, 200);
        assert_eq!(ask("GET", "/Task/u", "").0, 404);
        assert!(ask("GET", "/Composition/c/$document", "").1.contains("\"document\""));
        assert_eq!(ask("GET", "/Composition/d/$document", "").0, 404);
        assert!(ask("GET", "/Task?owner=x", "").1.contains("\"total\":1"));
        let completed = r#"{"resourceType":"Task","id":"t","status":"completed"}"#;
        assert_eq!(ask("PUT", "/Task/t", completed).0, 200);
        assert!(ask("GET", "/Task/t", "").1.contains("completed"));
        let rejected = r#"<Task xmlns="http://hl7.org/fhir"><id value="t"/><status value="rejected"/><intent value="order"/></Task>"#;
        assert_eq!(ask("PUT", "/Task/t", rejected).0, 200);
        assert!(
            ask("GET", "/Task/t", "").1.contains(r#""status":"rejected""#),
            "what comes in XML is kept as it reads"
        );
        assert_eq!((ask("PUT", "/Task/t", "{").0, ask("DELETE", "/Task/t", "").0), (400, 405));
    }
}
