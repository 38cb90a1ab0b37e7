//! Whose an id in quotes is: the type of the resource it stands in, in JSON and XML.
//! A text that does not parse is read by its braces and tags.

use crate::engine::oracle::views::object::Objects;
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// The structure of one text, looked at only when asked.
pub(super) struct Structure<'a> {
    text: &'a [u8],
    resources: OnceCell<Option<BTreeSet<(String, String)>>>,
    objects: OnceCell<Objects<'a>>,
}

impl<'a> Structure<'a> {
    pub(super) const fn of(text: &'a [u8]) -> Self {
        Self { text, resources: OnceCell::new(), objects: OnceCell::new() }
    }

    /// Whether the id quoted at this place is the id of a resource of this type.
    pub(super) fn calls(&self, resource: &str, id: &str, at: usize) -> bool {
        let before = self.text[..at].trim_ascii_end();
        if let Some(before) = before.strip_suffix(b":") {
            return before.trim_ascii_end().ends_with(b"\"id\"") && self.is_in_json(resource, id, at);
        }
        before.strip_suffix(b"=").is_some_and(|before| is_in_xml(before, resource))
    }

    fn is_in_json(&self, resource: &str, id: &str, at: usize) -> bool {
        let resources = self.resources.get_or_init(|| {
            // The parser itself bounds how deep a document may be.
            let document: Value = serde_json::from_slice(self.text).ok()?;
            let mut resources = BTreeSet::new();
            gather(&document, &mut resources);
            Some(resources)
        });
        if let Some(resources) = resources {
            return resources.contains(&(resource.to_owned(), id.to_owned()));
        }
        let objects = self.objects.get_or_init(|| Objects::of(self.text, "resourceType"));
        objects.around(at).is_some_and(|object| objects.values(object).contains(&resource.as_bytes()))
    }
}

fn gather(value: &Value, resources: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            if let (Some(resource), Some(id)) = (text("resourceType"), text("id")) {
                resources.insert((resource.to_owned(), id.to_owned()));
            }
            members.values().for_each(|member| gather(member, resources));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, resources)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// In FHIR's XML the id is the first element of its resource: `<Patient xmlns="…"><id value="…`.
fn is_in_xml(before: &[u8], resource: &str) -> bool {
    let Some(before) = before.trim_ascii_end().strip_suffix(b"value") else { return false };
    let Some(tag) = before.iter().rposition(|byte| *byte == b'<') else { return false };
    if local(before[tag + 1..].trim_ascii_end()) != b"id" {
        return false;
    }
    let outer = before[..tag].trim_ascii_end();
    let Some(start) = outer.iter().rposition(|byte| *byte == b'<').filter(|_| outer.ends_with(b">")) else {
        return false;
    };
    let name = outer[start + 1..].split(|byte| byte.is_ascii_whitespace() || *byte == b'>').next();
    name.is_some_and(|name| local(name) == resource.as_bytes())
}

fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// Whether this id stands in the text, not within a longer one.
pub(super) fn holds_token(text: &[u8], id: &str) -> bool {
    let inner =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    text.windows(id.len().max(1)).enumerate().any(|(at, window)| {
        let (before, after) = (at.checked_sub(1).and_then(|at| text.get(at)), text.get(at + id.len()));
        window == id.as_bytes() && !inner(before) && !inner(after)
    })
}
