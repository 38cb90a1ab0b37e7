//! Whose an id in quotes is: the type of the resource it stands in, in JSON and XML.
//! A text that does not parse is read by its braces and tags.

use crate::engine::oracle::tree;
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
        let Some(outer) = before.strip_suffix(b"=").and_then(before_id) else { return false };
        is_first_in(outer, resource)
            || self.resources().is_some_and(|known| known.contains(&(resource.to_owned(), id.to_owned())))
    }

    fn is_in_json(&self, resource: &str, id: &str, at: usize) -> bool {
        if let Some(resources) = self.resources() {
            return resources.contains(&(resource.to_owned(), id.to_owned()));
        }
        let objects = self.objects.get_or_init(|| Objects::of(self.text, "resourceType"));
        objects.around(at).is_some_and(|object| objects.values(object).contains(&resource.as_bytes()))
    }

    /// Type and id of every resource of a text that parses, in either form.
    fn resources(&self) -> Option<&BTreeSet<(String, String)>> {
        let gathered = self.resources.get_or_init(|| {
            // The parser itself bounds how deep a document may be.
            let document = tree::either(self.text)?;
            let mut resources = BTreeSet::new();
            gather(&document, &mut resources);
            Some(resources)
        });
        gathered.as_ref()
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

/// The longest `<prefix:id ` that is looked for, in bytes.
const LONGEST_TAG: usize = 128;

/// What stands before `<id value`, if that stands last.
fn before_id(before: &[u8]) -> Option<&[u8]> {
    let before = before.trim_ascii_end().strip_suffix(b"value")?;
    // The tag is short, and a text without any would be searched to its beginning for every id.
    let near = before.len().saturating_sub(LONGEST_TAG);
    let tag = near + before[near..].iter().rposition(|byte| *byte == b'<')?;
    (local(before[tag + 1..].trim_ascii_end()) == b"id").then(|| before[..tag].trim_ascii_end())
}

/// In FHIR's XML the id is the first element of its resource: `<Patient xmlns="…"><id value="…`.
fn is_first_in(outer: &[u8], resource: &str) -> bool {
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
