//! Resources that a counterpart keeps for others to collect, and the few FHIR interactions by which that is done.
//! No rule about who may do what is kept here: whoever shows a token of this case is served.

use super::answer::Reply;
use serde_json::{Value, json};

/// Answers one request about what is held.
pub(super) fn answer(held: &mut [Value], method: &str, below: &str, body: &[u8]) -> Reply {
    let path = below.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (method, segments.as_slice()) {
        ("GET", [kind, id]) => match find(held, kind, id) {
            Some(position) => Reply::fhir(200, &held[position]),
            None => Reply::outcome(404, "not-found"),
        },
        ("GET", [kind, id, "$document"]) => match held.iter().find(|held| is_document_of(held, kind, id)) {
            Some(document) => Reply::fhir(200, document),
            None => Reply::outcome(404, "not-found"),
        },
        ("GET", [kind]) | ("POST", [kind, "_search"]) => {
            let found = held.iter().filter(|held| held["resourceType"] == *kind);
            let entries: Vec<Value> = found.map(|held| json!({ "resource": held })).collect();
            let total = entries.len();
            Reply::fhir(
                200,
                &json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "entry": entries }),
            )
        }
        ("PUT", [kind, id]) => match (find(held, kind, id), serde_json::from_slice::<Value>(body)) {
            (Some(position), Ok(resource)) => {
                held[position] = resource;
                Reply::fhir(200, &held[position])
            }
            (Some(_), Err(_)) => Reply::outcome(400, "structure"),
            (None, _) => Reply::outcome(404, "not-found"),
        },
        _ => Reply::outcome(405, "not-supported"),
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
        let mut ask = |method: &str, below: &str, body: &str| match answer(&mut held, method, below, body.as_bytes()) {
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
        assert_eq!((ask("PUT", "/Task/t", "{").0, ask("DELETE", "/Task/t", "").0), (400, 405));
    }
}
