//! A resource in XML as JSON: lists where FHIR has them, values with their types.
//! What is not FHIR of that version is not read at all.

use super::table::{Content, Place, Table, Version};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use serde_json::{Map, Value, json};

const FHIR: &[u8] = b"http://hl7.org/fhir";
const XHTML: &[u8] = b"http://www.w3.org/1999/xhtml";
/// How deep elements may stand in each other.
const DEPTH: usize = 60;

/// One element as it stands in the text.
#[derive(Debug, Default)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    within: Vec<Tag>,
    /// A narrative, as text.
    markup: Option<String>,
}

/// The resource; nothing if the text is no FHIR of that version.
pub(crate) fn read(bytes: &[u8], version: Version) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    let root = parse(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    resource(version.table(), &root)
}

fn parse(text: &str) -> Option<Tag> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Tag> = Vec::new();
    let mut root = None;
    loop {
        let begin = usize::try_from(reader.buffer_position()).ok()?;
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let is_in = |name: &[u8]| matches!(&namespace, ResolveResult::Bound(bound) if bound.as_ref() == name);
        let done = match event {
            Event::Start(start) if is_in(XHTML) => {
                reader.read_to_end(start.name()).ok()?;
                let end = usize::try_from(reader.buffer_position()).ok()?;
                Tag { name: "div".to_owned(), markup: Some(text.get(begin..end)?.to_owned()), ..Tag::default() }
            }
            Event::Start(start) if is_in(FHIR) && root.is_none() && open.len() < DEPTH => {
                open.push(tag(&start)?);
                continue;
            }
            Event::Empty(start) if is_in(FHIR) && root.is_none() => tag(&start)?,
            Event::End(_) => open.pop()?,
            Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => continue,
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
            Event::Eof => return root.filter(|_| open.is_empty()),
            Event::Start(_) | Event::Empty(_) | Event::Text(_) | Event::CData(_) => return None,
            Event::DocType(_) | Event::GeneralRef(_) => return None,
        };
        match open.last_mut() {
            Some(around) => around.within.push(done),
            None => root = Some(done),
        }
    }
}

fn tag(start: &BytesStart) -> Option<Tag> {
    let mut tag = Tag { name: String::from_utf8(start.local_name().as_ref().to_vec()).ok()?, ..Tag::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        if attribute.key.as_namespace_binding().is_none() {
            let name = String::from_utf8(attribute.key.as_ref().to_vec()).ok()?;
            tag.attributes
                .push((name, attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned()));
        }
    }
    Some(tag)
}

fn resource(table: &'static Table, tag: &Tag) -> Option<Value> {
    let place = table.resource(&tag.name).filter(|_| tag.attributes.is_empty())?;
    let mut members = Map::new();
    members.insert("resourceType".to_owned(), json!(tag.name));
    fill(table, tag, place, &mut members)?;
    Some(Value::Object(members))
}

/// Adds everything within a tag, but the value of a primitive.
fn fill(table: &'static Table, tag: &Tag, place: Place, members: &mut Map<String, Value>) -> Option<()> {
    let elements = table.elements(place);
    for (name, value) in tag.attributes.iter().filter(|(name, _)| name != "value") {
        elements.iter().find(|element| element.is_attribute && element.name == name)?;
        members.insert(name.clone(), json!(value));
    }
    for child in &tag.within {
        let mut known = elements.iter().filter(|element| !element.is_attribute);
        let (is_list, content) = known.find_map(|element| {
            let (_, content) = table.names(element).into_iter().find(|(name, _)| *name == child.name)?;
            Some((element.is_list, content))
        })?;
        let (value, beside) = content_of(table, child, content)?;
        let both = [(child.name.clone(), value), (format!("_{}", child.name), beside)];
        for (name, value) in both {
            match (is_list, members.get_mut(&name)) {
                (true, Some(Value::Array(items))) => items.push(value),
                (true, _) => drop(members.insert(name, json!([value]))),
                (false, None) => drop(members.insert(name, value)),
                (false, Some(_)) => return None,
            }
        }
    }
    // Beside most values there is nothing.
    members.retain(|_, value| !value.is_null() && !value.as_array().is_some_and(|all| all.iter().all(Value::is_null)));
    Some(())
}

/// What an element holds, and what stands beside the value of a primitive.
fn content_of(table: &'static Table, tag: &Tag, content: Content) -> Option<(Value, Value)> {
    Some(match content {
        Content::Markup => (json!(tag.markup.as_ref()?), Value::Null),
        _ if tag.markup.is_some() => return None,
        Content::Resource => match tag.within.as_slice() {
            [only] => (resource(table, only)?, Value::Null),
            _ => return None,
        },
        Content::Elements(place) => {
            let mut members = Map::new();
            fill(table, tag, place, &mut members)?;
            (Value::Object(members), Value::Null)
        }
        Content::Value(kind) => {
            let mut beside = Map::new();
            fill(table, tag, Place::Type("Element"), &mut beside)?;
            let value = tag.attributes.iter().find(|(name, _)| name == "value").map(|(_, text)| typed(kind, text));
            (value.unwrap_or_default(), if beside.is_empty() { Value::Null } else { Value::Object(beside) })
        }
    })
}

fn typed(kind: &str, text: &str) -> Value {
    let typed = match kind {
        "boolean" => text.parse().ok().map(Value::Bool),
        "integer" | "positiveInt" | "unsignedInt" | "decimal" => text.parse().ok().map(Value::Number),
        _ => None,
    };
    typed.unwrap_or_else(|| json!(text))
}
