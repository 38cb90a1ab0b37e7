//! The impostor that takes every write and keeps nothing.
//! It has no memory, so no later answer can depend on an earlier request.

use super::answer::Answer;
use super::content;
use super::request::Asked;
use serde_json::{Value, json};

pub(super) fn answer(asked: &Asked, origin: &str) -> Answer {
    let path = asked.path().trim_end_matches('/');
    match asked.method.as_str() {
        "POST" if path.ends_with("/token") => Answer::token(),
        "POST" if path.ends_with("/_search") => search(asked, origin),
        "POST" => match asked.json() {
            Some(bundle) if is_together(&bundle) => together(&bundle),
            posted => kept(201, &format!("{origin}{path}/{}", fresh()), posted),
        },
        "PUT" | "PATCH" => kept(200, &format!("{origin}{path}"), asked.json()),
        "DELETE" => Answer::bare(204),
        _ if is_read(path) => Answer::resource(404, &content::outcome("not-found", "not found")),
        _ => search(asked, origin),
    }
}

fn search(asked: &Asked, origin: &str) -> Answer {
    let url = format!("{origin}{}", asked.target);
    Answer::resource(200, &content::empty_bundle_for(&url))
}

fn fresh() -> String {
    format!("{:032x}", rand::random::<u128>())
}

fn is_together(bundle: &Value) -> bool {
    bundle["resourceType"] == "Bundle" && (bundle["type"] == "transaction" || bundle["type"] == "batch")
}

/// Whether a path ends in a type and something below it.
fn is_read(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn kept(status: u16, url: &str, posted: Option<Value>) -> Answer {
    let answer = match posted {
        Some(Value::Object(mut resource)) => {
            let id = url.rsplit('/').next().unwrap_or_default();
            resource.insert("id".to_owned(), json!(id));
            let meta = json!({ "versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z" });
            resource.insert("meta".to_owned(), meta);
            Answer::resource(status, &Value::Object(resource))
        }
        _ => Answer::bare(status),
    };
    answer.with("Location", format!("{url}/_history/1")).with("ETag", "W/\"1\"")
}

fn together(bundle: &Value) -> Answer {
    let entries: Vec<Value> = bundle["entry"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let kind = entry["resource"]["resourceType"]
                .as_str()
                .or_else(|| entry["request"]["url"].as_str()?.split(['/', '?']).next())
                .unwrap_or("Basic");
            json!({ "response": {
                "status": "201 Created",
                "location": format!("{kind}/{}/_history/1", fresh()),
                "etag": "W/\"1\"",
                "lastModified": "2026-01-01T00:00:00Z"
            } })
        })
        .collect();
    let kind = if bundle["type"] == "batch" { "batch-response" } else { "transaction-response" };
    let mut answer = json!({ "resourceType": "Bundle", "id": fresh(), "type": kind });
    if !entries.is_empty() {
        answer["entry"] = Value::Array(entries);
    }
    Answer::resource(200, &answer)
}
