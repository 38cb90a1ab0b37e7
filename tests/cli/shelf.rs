//! A small honest server: keeps what it is given, finds it by reference or identifier, page by page.
//! Each test spoils one thing before it; what the shelf held and what was deleted stays to be looked at.

use super::server::{Answer, Asked};
use serde_json::{Value, json};
use std::sync::Mutex;

#[derive(Default)]
pub struct Shelf {
    /// Resources by `Type/id`, in the order in which they came.
    held: Mutex<Vec<(String, Value)>>,
    deleted: Mutex<Vec<String>>,
}

impl Shelf {
    /// Something that stood there before anybody came.
    pub fn put(&self, resource: Value) {
        let reference = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        self.held.lock().expect("no panic in here").push((reference, resource));
    }

    /// What was asked to be deleted.
    pub fn deleted(&self) -> Vec<String> {
        self.deleted.lock().expect("no panic in here").clone()
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let mut held = self.held.lock().expect("no panic in here");
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let path = path.trim_start_matches("/fhir").trim_start_matches('/');
        match asked.method.as_str() {
            "GET" if path == "metadata" => Answer::json(200, statement().to_string()),
            "POST" => {
                let mut resource: Value = serde_json::from_str(&asked.body).unwrap_or_default();
                let reference = format!("{path}/n{}", held.len() + 1);
                resource["id"] = json!(reference.split('/').next_back());
                held.push((reference.clone(), resource.clone()));
                Answer::json(201, resource.to_string()).with("location", format!("/fhir/{reference}/_history/1"))
            }
            "DELETE" => {
                self.deleted.lock().expect("no panic in here").push(path.to_owned());
                held.retain(|(known, _)| known != path);
                Answer::json(204, "")
            }
            _ if path.contains('/') => match held.iter().find(|(known, _)| known == path) {
                Some((_, resource)) => Answer::json(200, resource.to_string()),
                None => Answer::json(404, json!({ "resourceType": "OperationOutcome" }).to_string()),
            },
            _ => Answer::json(200, search(&held, path, query).to_string()),
        }
    }
}

fn statement() -> Value {
    let codes = ["read", "create", "delete", "search-type"].map(|code| json!({ "code": code }));
    let names = ["identifier", "patient"].map(|name| json!({ "name": name, "type": "token" }));
    let serves = |kind: &str| json!({ "type": kind, "interaction": codes.as_slice(), "searchParam": names.as_slice() });
    json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1",
        "rest": [{ "mode": "server", "resource": [serves("Patient"), serves("Observation")] }] })
}

fn search(held: &[(String, Value)], kind: &str, query: &str) -> Value {
    let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    let mut found: Vec<&Value> =
        held.iter().filter(|(known, _)| known.starts_with(&format!("{kind}/"))).map(|(_, resource)| resource).collect();
    if let Some(wanted) = parameter("identifier") {
        found.retain(|resource| resource.pointer("/identifier/0/value").and_then(Value::as_str) == Some(wanted));
    }
    if let Some(wanted) = parameter("patient") {
        let reference = format!("Patient/{wanted}");
        found.retain(|resource| resource["subject"]["reference"] == reference.as_str());
    }
    let number = |name: &str| parameter(name).and_then(|text| text.parse::<usize>().ok());
    let (start, count) = (number("start").unwrap_or(0), number("_count").unwrap_or(20));
    let page: Vec<Value> = found.iter().skip(start).take(count).map(|one| json!({ "resource": one })).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": found.len(), "entry": page });
    if start + count < found.len() {
        let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("start=")).collect();
        let url = format!("{kind}?{}&start={}", rest.join("&"), start + count);
        bundle["link"] = json!([{ "relation": "next", "url": url }]);
    }
    bundle
}
