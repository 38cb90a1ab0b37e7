//! Transactions and batches: entries that take the same road as calls of their own.
//! A transaction leaves either everything or nothing behind; a batch never cares about its neighbours.

use super::desk::Desk;
use super::kind::{HOLDER, named};
use super::rewrite::Rewrite;
use super::write::fresh_id;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Content, Payload, Reply, pairs};
use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

const MOST_ENTRIES: usize = 2000;

#[derive(Debug)]
struct Entry {
    index: usize,
    full_url: Option<String>,
    call: Call,
    resource: Value,
    /// The id a created resource will get.
    promised: Option<String>,
}

impl Desk<'_> {
    pub(crate) fn bundle(&mut self, call: &Call, bundle: Value) -> Reply {
        if bundle["resourceType"] != "Bundle" {
            return self.speech.bad("structure", "only a Bundle is taken here");
        }
        if raw_entries(&bundle).len() > MOST_ENTRIES {
            return self.speech.bad("too-costly", "the Bundle has too many entries");
        }
        match bundle["type"].as_str() {
            Some("transaction") => self.transaction(call, &bundle),
            Some("batch") => self.batch(call, &bundle),
            _ => self.speech.bad("value", "the Bundle is neither transaction nor batch"),
        }
    }

    fn batch(&mut self, call: &Call, bundle: &Value) -> Reply {
        let mut answers = Vec::new();
        let mut failed = false;
        for (index, raw) in raw_entries(bundle).iter().enumerate() {
            if failed && self.setup.has(Defect::BatchStopsAtFault) {
                answers.push(json!({ "response": { "status": "424 Failed Dependency" } }));
                continue;
            }
            let reply = match self.entry(call, index, raw) {
                Ok(mut entry) => {
                    // Only a transaction knows ids beforehand.
                    entry.promised = None;
                    self.run(&entry, entry.resource.clone())
                }
                Err(what) => self.speech.bad("structure", what),
            };
            failed |= !reply.status.is_success();
            answers.push(self.told(call, reply));
        }
        if self.setup.has(Defect::ResponseEntriesReordered) {
            answers.reverse();
        }
        if self.setup.has(Defect::BatchFaultsFirst) {
            answers
                .sort_by_key(|told| told["response"]["status"].as_str().is_some_and(|status| status.starts_with('2')));
        }
        Reply::resource(StatusCode::OK, response("batch-response", answers))
    }

    fn transaction(&mut self, call: &Call, bundle: &Value) -> Reply {
        let raw = raw_entries(bundle);
        let read = raw
            .iter()
            .enumerate()
            .map(|(index, raw)| self.entry(call, index, raw).map_err(|what| (index, what)))
            .collect::<Result<Vec<_>, _>>();
        let mut entries = match read {
            Ok(entries) => entries,
            Err((index, what)) => {
                let reply = self.speech.bad("structure", what);
                return self.failed(raw.len(), index, reply);
            }
        };
        let writes = entries.iter().any(|entry| entry.call.method != Method::GET);
        if writes && matches!(self.session.right, Right::Organisation { .. }) {
            return self.speech.forbidden();
        }
        let mut rewrite = Rewrite::default();
        for entry in &entries {
            let (Some(full_url), Some(reference)) = (&entry.full_url, self.promise(entry)) else {
                continue;
            };
            if !rewrite.promise(full_url, reference) {
                let reply = self.speech.bad("duplicate", "a fullUrl is used twice");
                return self.failed(raw.len(), entry.index, reply);
            }
        }
        // FHIR fixes this order; within one method the order of the Bundle stays.
        entries.sort_by_key(|entry| match entry.call.method.as_str() {
            "DELETE" => 0,
            "POST" => 1,
            "PUT" => 2,
            _ => 3,
        });
        let before = self.holder.store.clone();
        let mut answers = vec![Value::Null; raw.len()];
        for entry in &entries {
            let mut resource = entry.resource.clone();
            let linked = if self.setup.has(Defect::TransactionReferencesKept) {
                Ok(())
            } else if self.setup.has(Defect::ForwardReferenceKept) {
                let later = entries.iter().filter(|other| other.index > entry.index);
                rewrite.keeping(later.filter_map(|other| other.full_url.as_deref())).apply(&mut resource)
            } else {
                rewrite.apply(&mut resource)
            };
            let reply = match linked {
                Ok(()) => self.run(entry, resource),
                Err(what) => self.speech.invalid(&what),
            };
            if reply.status.is_client_error() || reply.status.is_server_error() {
                if !self.setup.has(Defect::TransactionHalfApplied) {
                    self.holder.store = before;
                }
                return self.failed(raw.len(), entry.index, reply);
            }
            answers[entry.index] = self.told(call, reply);
        }
        if self.setup.has(Defect::ResponseEntriesReordered) {
            answers.reverse();
        }
        if self.setup.has(Defect::ResponseEntryAdded) {
            answers.push(json!({ "response": { "status": "200 OK" } }));
        }
        Reply::resource(StatusCode::OK, response("transaction-response", answers))
    }

    fn failed(&self, entries: usize, index: usize, reply: Reply) -> Reply {
        let reply = self.speech.at_entry(reply, index);
        let Content::Resource(outcome) = &reply.content else {
            return reply;
        };
        if !self.setup.has(Defect::TransactionFailure200) {
            let outcome = outcome.clone();
            return Reply::resource(reply.status, outcome);
        }
        let answers = (0..entries)
            .map(|at| match at == index {
                true => json!({ "response": { "status": reply.status.to_string(), "outcome": outcome } }),
                false => json!({ "response": { "status": "424 Failed Dependency" } }),
            })
            .collect();
        Reply::resource(StatusCode::OK, response("transaction-response", answers))
    }

    /// Reads one entry as the call it stands for.
    fn entry(&self, call: &Call, index: usize, raw: &Value) -> Result<Entry, &'static str> {
        let request = &raw["request"];
        let method = request["method"]
            .as_str()
            .and_then(|method| Method::from_bytes(method.as_bytes()).ok())
            .ok_or("an entry has no request.method")?;
        if ![Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(&method) {
            return Err("an entry has a method that is not served");
        }
        let url = request["url"].as_str().ok_or("an entry has no request.url")?;
        let url =
            url.strip_prefix(&self.base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(url).trim_start_matches('/');
        let (path, question) = url.split_once('?').unwrap_or((url, ""));
        let path: Vec<String> =
            path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
        if path.iter().all(String::is_empty) || path.get(1).is_some_and(|part| part == "_search") {
            return Err("an entry has a request.url that is not served in a Bundle");
        }
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/fhir+json"));
        if let Some(prefer) = call.headers.get("prefer") {
            headers.insert("prefer", prefer.clone());
        }
        for (name, field) in [("if-match", "ifMatch"), ("if-none-exist", "ifNoneExist")] {
            if let Some(value) = request[field].as_str() {
                let value = HeaderValue::from_str(value).map_err(|_| "an entry has an unreadable condition")?;
                headers.insert(name, value);
            }
        }
        let creates = method == Method::POST && path.len() == 1;
        Ok(Entry {
            index,
            full_url: raw["fullUrl"].as_str().map(str::to_owned),
            resource: raw["resource"].clone(),
            promised: creates.then(|| fresh_id(self.setup.style)),
            call: Call {
                method,
                path,
                query: pairs(question),
                headers,
                payload: Payload::Whole(Bytes::new()),
                in_xml: false,
            },
        })
    }

    fn run(&mut self, entry: &Entry, resource: Value) -> Reply {
        let mut call = entry.call.clone();
        if [Method::POST, Method::PUT].contains(&call.method) {
            call.payload = Payload::Whole(serde_json::to_vec(&resource).unwrap_or_default().into());
        }
        self.promised = entry.promised.clone();
        let path: Vec<&str> = entry.call.path.iter().map(String::as_str).collect();
        let reply = self.route(&call, &path);
        self.promised = None;
        reply
    }

    /// What other entries will call the resource of this one.
    fn promise(&self, entry: &Entry) -> Option<String> {
        let kind = named(HOLDER, entry.call.path.first()?)?;
        let id = match entry.call.path.get(1) {
            Some(id) => id,
            None => entry.promised.as_ref()?,
        };
        Some(match self.setup.style {
            Style::Plain => format!("{}/{id}", kind.name),
            Style::Other => format!("{}/{}/{id}", self.base, kind.name),
        })
    }

    /// How the Bundle that answers tells of one entry.
    fn told(&self, call: &Call, reply: Reply) -> Value {
        let header = |name: &str| reply.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let mut said = Map::new();
        said.insert("status".to_owned(), json!(reply.status.to_string()));
        if let Some(location) = header("location") {
            // A relative location in a Bundle is relative to the base.
            let base = self.base.strip_prefix(self.setup.origin()).unwrap_or_default();
            let relative = location.strip_prefix(base).and_then(|rest| rest.strip_prefix('/'));
            said.insert("location".to_owned(), json!(relative.unwrap_or(location)));
        }
        if let Some(etag) = header("etag") {
            said.insert("etag".to_owned(), json!(etag));
        }
        let mut told = Map::new();
        if let Content::Resource(resource) = &reply.content {
            if let Some(at) = resource["meta"]["lastUpdated"].as_str() {
                said.insert("lastModified".to_owned(), json!(at));
            }
            let wrote = header("location").is_some();
            if !reply.status.is_success() {
                said.insert("outcome".to_owned(), resource.clone());
            } else if !wrote || call.prefers("return=representation") {
                told.insert("resource".to_owned(), resource.clone());
            }
        }
        told.insert("response".to_owned(), Value::Object(said));
        Value::Object(told)
    }
}

fn raw_entries(bundle: &Value) -> &[Value] {
    bundle["entry"].as_array().map_or(&[], Vec::as_slice)
}

fn response(kind: &str, answers: Vec<Value>) -> Value {
    let mut bundle = Map::new();
    bundle.insert("resourceType".to_owned(), json!("Bundle"));
    bundle.insert("type".to_owned(), json!(kind));
    if !answers.is_empty() {
        bundle.insert("entry".to_owned(), Value::Array(answers));
    }
    Value::Object(bundle)
}
