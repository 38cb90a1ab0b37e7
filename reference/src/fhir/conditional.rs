//! What depends on what is there already: reading unless known, and writing by search instead of by id.
//! Only a client that may see everything writes by search; to others the number of matches would say who exists.

use super::desk::Desk;
use super::kind::Kind;
use super::query::Query;
use crate::clock::from_http_date;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::wire::{Call, Content, Pairs, Reply, pairs};
use hyper::StatusCode;
use serde_json::{Value, json};

impl Desk<'_> {
    /// The answer to a read, or only that the asker has it already.
    pub(crate) fn unless_known(&self, call: &Call, reply: Reply) -> Reply {
        let header = |name: &str| reply.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        let (Some(etag), Some(modified), StatusCode::OK) = (header("etag"), header("last-modified"), reply.status)
        else {
            return reply;
        };
        let tags = call.parts("if-none-match");
        let since = call.header("if-modified-since");
        let bare = |tag: &str| tag.trim_start_matches("W/").to_owned();
        let known = if self.setup.has(Defect::NotModifiedAlthoughChanged) {
            !tags.is_empty() || since.is_some()
        } else if tags.is_empty() {
            let (since, modified) = (since.and_then(from_http_date), from_http_date(modified));
            matches!((since, modified), (Some(since), Some(modified)) if modified <= since)
        } else {
            tags.iter().any(|tag| tag == "*" || bare(tag) == bare(etag))
        };
        if known { Reply { status: StatusCode::NOT_MODIFIED, content: Content::Empty, ..reply } } else { reply }
    }

    /// Whether a create may go on: nothing fits its condition.
    pub(crate) fn none_exists(&mut self, call: &Call, kind: &'static Kind, body: &Value) -> Result<(), Reply> {
        let Some(criteria) = call.header("if-none-exist") else {
            return Ok(());
        };
        let found = self.matched(kind, &pairs(criteria.trim_start_matches('?')))?;
        match found.as_slice() {
            [] => Ok(()),
            [id] if self.setup.has(Defect::IfNoneExistUpdates) => {
                let mut body = body.clone();
                body["id"] = json!(id);
                Err(self.update(call, kind, id, body))
            }
            [id] => Err(self.present(call, kind, id)),
            _ if self.setup.has(Defect::IfNoneExistManyAccepted) => Ok(()),
            _ => Err(self.speech.unselective()),
        }
    }

    pub(crate) fn update_by_search(&mut self, call: &Call, kind: &'static Kind, mut body: Value) -> Reply {
        let mut found = match self.matched(kind, &call.query) {
            Ok(found) => found,
            Err(refusal) => return refusal,
        };
        if self.setup.has(Defect::ConditionalUpdateCreates) {
            found.clear();
        }
        if self.setup.has(Defect::ConditionalUpdateTakesFirst) {
            found.truncate(1);
        }
        match found.as_slice() {
            [] => self.create(call, kind, body),
            [id] => {
                if body["id"].is_null() {
                    body["id"] = json!(id);
                }
                self.update(call, kind, id, body)
            }
            _ => self.speech.unselective(),
        }
    }

    pub(crate) fn delete_by_search(&mut self, call: &Call, kind: &'static Kind) -> Reply {
        let mut found = match self.matched(kind, &call.query) {
            Ok(found) => found,
            Err(refusal) => return refusal,
        };
        if self.setup.has(Defect::ConditionalDeleteIdle) {
            return Reply::new(StatusCode::NO_CONTENT, Content::Empty);
        }
        if self.setup.has(Defect::ConditionalDeleteSome) {
            found.truncate(1);
        }
        let Some((last, others)) = found.split_last() else {
            return match self.setup.style {
                Style::Plain => Reply::new(StatusCode::NO_CONTENT, Content::Empty),
                Style::Other => self.speech.unselective_none(),
            };
        };
        // Both are lawful: one style deletes all that fit, the other wants one.
        if !others.is_empty() && self.setup.style == Style::Plain {
            return self.speech.unselective();
        }
        for id in others {
            let reply = self.delete(kind, id);
            if !reply.status.is_success() {
                return reply;
            }
        }
        self.delete(kind, last)
    }

    fn matched(&self, kind: &'static Kind, criteria: &Pairs) -> Result<Vec<String>, Reply> {
        if self.session.right != Right::Writer {
            return Err(self.speech.forbidden());
        }
        let query = Query::parse(kind, criteria, self.setup.style).map_err(|what| self.speech.bad("invalid", &what))?;
        // What is not understood would widen the condition, and the wrong resource would be written.
        if query.ignored || query.clauses.is_empty() || query.has_empty() {
            return Err(self.speech.unselective());
        }
        let store = &self.holder.store;
        let all = store.each(kind.name).into_iter();
        Ok(all
            .filter(|(id, version, resource)| query.matches(id, version, resource, store))
            .map(|(id, ..)| id.to_owned())
            .collect())
    }

    /// What there is already, in place of what was to be created.
    fn present(&self, call: &Call, kind: &Kind, id: &str) -> Reply {
        let mut reply = self.read(kind, id, None);
        let place = format!("{}/{}/{id}", self.base, kind.name);
        if self.setup.style == Style::Other && !call.prefers("return=representation") {
            reply.content = Content::Empty;
        }
        reply.with("location", place)
    }
}
