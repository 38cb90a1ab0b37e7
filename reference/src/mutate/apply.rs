//! Spoils an answer that is on its way back, one declared action at a time.
//! It changes what the action names and leaves every other byte alone.

use super::mutation::Action;
use crate::converse::Answer;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::time::sleep;

impl Answer {
    /// An answer of the proxy itself; what looks like JSON is sent as FHIR.
    pub(super) fn own(status: u16, body: &str) -> Self {
        let is_json = serde_json::from_str::<Value>(body).is_ok();
        let media = if is_json { "application/fhir+json" } else { "text/plain; charset=utf-8" };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(media));
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    /// Carries out one action; those for the way in have had their turn and do nothing here.
    pub(super) async fn spoil(&mut self, action: &Action) {
        match action {
            Action::Status(status) => {
                self.status = StatusCode::from_u16(*status).unwrap_or(self.status);
            }
            Action::Body(body) => self.replace(body.clone().into()),
            Action::DropBody => self.replace(Bytes::new()),
            Action::Header { name, value } => {
                let name = HeaderName::from_bytes(name.as_bytes());
                if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                    self.headers.insert(name, value);
                }
            }
            Action::DropHeader(name) => {
                self.headers.remove(name);
            }
            Action::RemoveElement(pointer) => {
                if let Some(body) = without(&self.body, pointer) {
                    self.replace(body);
                }
            }
            Action::Delay(wait) => sleep(*wait).await,
            Action::IgnoreParameter(_) | Action::DropRequestHeader(_) | Action::AnswerBeforeForwarding { .. } => {}
        }
    }

    fn replace(&mut self, body: Bytes) {
        // Only an answer to HEAD still states a length here, and it would no longer be true.
        self.headers.remove("content-length");
        self.headers.remove("content-encoding");
        self.body = body;
    }
}

fn without(body: &[u8], pointer: &str) -> Option<Bytes> {
    let mut whole: Value = serde_json::from_slice(body).ok()?;
    let (parent, last) = pointer.rsplit_once('/')?;
    let key = last.replace("~1", "/").replace("~0", "~");
    match whole.pointer_mut(parent)? {
        // Shifting keeps the order of what stays.
        Value::Object(map) => map.shift_remove(&key).map(drop)?,
        Value::Array(items) => {
            let at = key.parse::<usize>().ok().filter(|at| *at < items.len())?;
            items.remove(at);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    serde_json::to_vec(&whole).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(body: &str, pointer: &str) -> Option<String> {
        without(body.as_bytes(), pointer).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn an_element_is_removed_and_the_order_of_the_others_stays() {
        let body = r#"{"z":1,"a":[1,{"x~/y":2,"b":3}],"c":4}"#;
        assert_eq!(removed(body, "/z").unwrap(), r#"{"a":[1,{"x~/y":2,"b":3}],"c":4}"#);
        assert_eq!(removed(body, "/a/0").unwrap(), r#"{"z":1,"a":[{"x~/y":2,"b":3}],"c":4}"#);
        assert_eq!(removed(body, "/a/1/x~0~1y").unwrap(), r#"{"z":1,"a":[1,{"b":3}],"c":4}"#);
    }

    #[test]
    fn nothing_is_removed_where_there_is_nothing() {
        let body = r#"{"a":[1],"s":"t"}"#;
        for pointer in ["/b", "/a/1", "/a/x", "/s/t", "/a/0/0"] {
            assert_eq!(removed(body, pointer), None, "{pointer}");
        }
        assert_eq!(removed("no json", "/a"), None);
    }
}
