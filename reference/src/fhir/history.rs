//! The history of one resource, newest version first, its deletion included.
//! Whoever may not see a version is not told that there was one.

use super::access::Lens;
use super::desk::Desk;
use super::kind::Kind;
use super::store::Version;
use super::write::etag;
use crate::clock::instant;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::Reply;
use hyper::StatusCode;
use serde_json::{Map, Value, json};

impl Desk<'_> {
    pub(crate) fn history(&self, kind: &Kind, id: &str) -> Reply {
        let Some(record) = self.holder.store.record(kind.name, id) else {
            return self.unknown(kind, id);
        };
        let writer = self.session.right == Right::Writer;
        let open = record.live().is_some_and(|(_, body)| self.view(Lens::Get).sees(kind, body));
        if !writer && !open {
            return self.unknown(kind, id);
        }
        let visible = |version: &&Version| match &version.body {
            Some(body) => writer || self.view(Lens::Get).sees(kind, body),
            None => writer && !self.setup.has(Defect::HistoryHidesDeletion),
        };
        let mut entries: Vec<Value> =
            record.versions.iter().rev().filter(visible).map(|version| self.past(kind, id, version)).collect();
        if self.setup.has(Defect::HistoryOldestFirst) {
            entries.reverse();
        }
        let mut bundle = Map::new();
        bundle.insert("resourceType".to_owned(), json!("Bundle"));
        bundle.insert("type".to_owned(), json!("history"));
        if self.setup.style == Style::Plain {
            bundle.insert("total".to_owned(), json!(entries.len()));
        }
        let own = format!("{}/{}/{id}/_history", self.base, kind.name);
        bundle.insert("link".to_owned(), json!([{ "relation": "self", "url": own }]));
        bundle.insert("entry".to_owned(), Value::Array(entries));
        Reply::resource(StatusCode::OK, Value::Object(bundle))
    }

    fn past(&self, kind: &Kind, id: &str, version: &Version) -> Value {
        let place = format!("{}/{id}", kind.name);
        let (method, url, status) = match (&version.body, version.number) {
            (None, _) => ("DELETE", place.clone(), "204"),
            (Some(_), 1) => ("POST", kind.name.to_owned(), "201"),
            (Some(_), _) => ("PUT", place.clone(), "200"),
        };
        let mut entry = json!({
            "fullUrl": format!("{}/{place}", self.base),
            "request": { "method": method, "url": url },
            "response": {
                "status": status,
                "etag": etag(self.setup, version),
                "lastModified": instant(version.at),
            },
        });
        if let Some(body) = &version.body {
            entry["resource"] = Value::clone(body);
        }
        entry
    }
}
