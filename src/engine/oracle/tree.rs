//! Bodies as trees, be they JSON or FHIR XML: decoding, and the few walks that oracles and captures need.
//! Nothing is judged here; what cannot be read says why.

use super::{Exchange, media};
use crate::engine::fhir::{self, Fault};
use crate::model::record::BodyRef;
use crate::model::target::{FhirVersion, Format};
use crate::model::testcase::Side;
use crate::model::verdict::Doubt;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;

/// A body larger than this after decoding is not read: a small answer must not fill our memory.
pub const DECODED_LIMIT: usize = 4 * 1024 * 1024;

/// Why a body cannot be read as a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// There is none.
    Empty,
    /// More came than is kept.
    Cut,
    /// It is not kept, because it held people who are not ours.
    Withheld,
    /// It is larger than [`DECODED_LIMIT`] once decoded.
    TooLarge,
    /// Its content coding is unknown or broken.
    Coding,
    /// It is not JSON, or nested too deeply.
    NotJson,
    /// It says that it is XML, but is no FHIR in XML.
    NotXml,
}

impl Unread {
    /// The word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Cut => "cut",
            Self::Withheld => "withheld",
            Self::TooLarge => "too large",
            Self::Coding => "content coding",
            Self::NotJson => "not JSON",
            Self::NotXml => "not FHIR XML",
        }
    }

    /// The doubt it leaves, where the fault is not that of the target but that we do not hold it.
    #[must_use]
    pub const fn doubt(self) -> Option<Doubt> {
        match self {
            Self::Withheld => Some(Doubt::ForeignData),
            Self::Cut | Self::TooLarge => Some(Doubt::EvidenceDoesNotFit),
            Self::Empty | Self::Coding | Self::NotJson | Self::NotXml => None,
        }
    }
}

/// The response body as a tree; nothing if it cannot be read.
#[must_use]
pub fn json(exchange: &Exchange) -> Option<Value> {
    read(Side::Response, exchange).ok()
}

/// The body of that side as a tree, content-decoded; a byte order mark is tolerated.
///
/// FHIR XML, told by its media type, becomes the very tree that it is in JSON, if not in the version that is claimed then
/// in the other; what the claimed version does not know is told by [`fault`].
///
/// # Errors
/// Says why it cannot be read.
pub fn read(side: Side, exchange: &Exchange) -> Result<Value, Unread> {
    let bytes = decoded(side, exchange)?;
    if bytes.is_empty() {
        return Err(Unread::Empty);
    }
    if is_xml(side, exchange, &bytes) {
        // A product may speak another version at another address, which in JSON would read as well.
        let other = match exchange.fhir {
            FhirVersion::Stu3 => FhirVersion::R4,
            FhirVersion::R4 => FhirVersion::Stu3,
        };
        let read = fhir::read(&bytes, exchange.fhir).or_else(|_| fhir::read(&bytes, other));
        return read.map_err(|_| Unread::NotXml);
    }
    parse(&bytes).ok_or(Unread::NotJson)
}

/// What keeps a body that says that it is XML from being FHIR, with its place.
#[must_use]
pub fn fault(side: Side, exchange: &Exchange) -> Option<Fault> {
    let bytes = decoded(side, exchange).ok().filter(|bytes| is_xml(side, exchange, bytes))?;
    fhir::read(&bytes, exchange.fhir).err()
}

/// Whether a body is XML by its media type.
///
/// What is JSON all the same is read as such: the wrong type is a finding of its own, and must hide nothing.
#[must_use]
pub fn is_xml(side: Side, exchange: &Exchange, bytes: &[u8]) -> bool {
    let named = match side {
        Side::Request => exchange.request.header("content-type"),
        Side::Response => exchange.response.header("content-type"),
    };
    let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    !is_json && named.is_some_and(|named| Format::of_media_type(&media::essence(&named)) == Some(Format::Xml))
}

/// Plain bytes as JSON; a byte order mark is tolerated, nesting is bounded.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()
}

/// Plain bytes as JSON, or as FHIR XML of whichever version reads it: for what has neither a media type nor a version.
#[must_use]
pub fn either(bytes: &[u8]) -> Option<Value> {
    let is_markup = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"<");
    if !is_markup {
        return parse(bytes);
    }
    [FhirVersion::R4, FhirVersion::Stu3].into_iter().find_map(|version| fhir::read(bytes, version).ok())
}

/// An answer as a tree while it is still unsealed, content-decoded: some servers compress unasked, as they may.
#[must_use]
pub fn carried(headers: &[(String, String)], body: &[u8]) -> Option<Value> {
    let codings = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let mut bytes = Cow::Borrowed(body);
    for coding in codings.rev().flat_map(|(_, value)| value.rsplit(',')) {
        bytes = undo(coding.trim(), bytes).ok()?;
    }
    either(&bytes)
}

/// The bytes of the body of that side, content-decoded.
///
/// # Errors
/// Says why there are none.
pub fn decoded<'a>(side: Side, exchange: &Exchange<'a>) -> Result<Cow<'a, [u8]>, Unread> {
    let (body, bytes, coding): (&BodyRef, &[u8], _) = match side {
        Side::Request => (&exchange.request.body, exchange.request_body, exchange.request.header("content-encoding")),
        Side::Response => (&exchange.response.body, exchange.body, exchange.response.header("content-encoding")),
    };
    if body.withheld.is_some() {
        return Err(Unread::Withheld);
    }
    if body.cut {
        return Err(Unread::Cut);
    }
    if bytes.is_empty() {
        return Err(Unread::Empty);
    }
    let mut bytes = Cow::Borrowed(bytes);
    // What sealing had to decode is kept decoded; the header still names the coding.
    if body.decoded.is_none() {
        for coding in coding.unwrap_or_default().rsplit(',') {
            bytes = undo(coding.trim(), bytes)?;
        }
    }
    if bytes.len() > DECODED_LIMIT { Err(Unread::TooLarge) } else { Ok(bytes) }
}

fn undo<'a>(coding: &str, bytes: Cow<'a, [u8]>) -> Result<Cow<'a, [u8]>, Unread> {
    match coding.to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(bytes),
        "gzip" | "x-gzip" => bounded(GzDecoder::new(&*bytes)).map(Cow::Owned),
        // RFC 9110 means zlib; some servers send the bare stream.
        "deflate" => match bounded(ZlibDecoder::new(&*bytes)) {
            Err(Unread::Coding) => bounded(DeflateDecoder::new(&*bytes)).map(Cow::Owned),
            other => other.map(Cow::Owned),
        },
        _ => Err(Unread::Coding),
    }
}

fn bounded(reader: impl Read) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    reader.take(DECODED_LIMIT as u64 + 1).read_to_end(&mut bytes).map_err(|_| Unread::Coding)?;
    if bytes.len() > DECODED_LIMIT { Err(Unread::TooLarge) } else { Ok(bytes) }
}

/// The type of a FHIR resource.
#[must_use]
pub fn resource_type(tree: &Value) -> Option<&str> {
    tree.get("resourceType")?.as_str()
}

/// `Type/id` of a resource; what it lacks is left out.
#[must_use]
pub fn name(resource: &Value) -> String {
    let kind = resource_type(resource).unwrap_or("?");
    match resource.get("id").and_then(Value::as_str) {
        Some(id) => format!("{kind}/{id}"),
        None => kind.to_owned(),
    }
}

/// The entries of a Bundle, outcomes included; nothing if it is none.
#[must_use]
pub fn entries(tree: &Value) -> Option<&[Value]> {
    if resource_type(tree) != Some("Bundle") {
        return None;
    }
    Some(tree.get("entry").and_then(Value::as_array).map_or(&[], Vec::as_slice))
}

/// Whether an entry of a Bundle only tells how the request went.
#[must_use]
pub fn is_outcome(entry: &Value) -> bool {
    entry.pointer("/search/mode").and_then(Value::as_str) == Some("outcome")
        || entry.get("resource").and_then(resource_type) == Some("OperationOutcome")
}

/// What a body says about the world: the resources of a Bundle, or the one thing that it is.
///
/// An OperationOutcome says how the request went and is never among them.
#[must_use]
pub fn resources(tree: &Value) -> Vec<&Value> {
    match entries(tree) {
        Some(entries) => {
            entries.iter().filter(|entry| !is_outcome(entry)).filter_map(|entry| entry.get("resource")).collect()
        }
        None if resource_type(tree) == Some("OperationOutcome") => Vec::new(),
        None => vec![tree],
    }
}

/// The resources of a Bundle that were searched for, without what only goes along.
#[must_use]
pub fn matches(tree: &Value) -> Vec<&Value> {
    let goes_along = |entry: &&Value| entry.pointer("/search/mode").and_then(Value::as_str) == Some("include");
    let entries = entries(tree).unwrap_or_default().iter().filter(|entry| !is_outcome(entry) && !goes_along(entry));
    entries.filter_map(|entry| entry.get("resource")).collect()
}

/// The URL of a Bundle's links of that relation.
#[must_use]
pub fn links(tree: &Value, relation: &str) -> Vec<String> {
    if resource_type(tree) != Some("Bundle") {
        return Vec::new();
    }
    let links = tree.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    links
        .iter()
        .filter(|link| link.get("relation").and_then(Value::as_str) == Some(relation))
        .filter_map(|link| link.get("url")?.as_str().map(str::to_owned))
        .collect()
}

/// The values at a JSON pointer (RFC 6901), as text; each item of a list is a value.
#[must_use]
pub fn pointer(tree: &Value, pointer: &str) -> Vec<String> {
    tree.pointer(pointer).map_or_else(Vec::new, |found| {
        let mut texts = Vec::new();
        gather(found, &mut texts);
        texts
    })
}

/// The values at a FHIR path such as `Task.input.valueReference.reference`, as text.
///
/// The first name is the type of the resource that the body is; nothing inside it is searched for
/// another. Any item of a list counts. What is not a scalar is a value too, as compact JSON, so
/// that it counts as present.
#[must_use]
pub fn element(tree: &Value, path: &str) -> Vec<String> {
    let mut names = path.split('.');
    if names.next() != resource_type(tree) {
        return Vec::new();
    }
    let mut found = vec![tree];
    for name in names {
        found = found.into_iter().flat_map(items).filter_map(|item| item.get(name)).collect();
    }
    let mut texts = Vec::new();
    found.into_iter().for_each(|value| gather(value, &mut texts));
    texts
}

fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn gather(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
        other => into.push(text(other)),
    }
}

/// A value as text: a string as it is, anything else as compact JSON.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The name of a JSON type.
#[must_use]
pub const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Compact JSON in which the members of every object stand in one order.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            text.push('{');
            for (position, (name, member)) in sorted.into_iter().enumerate() {
                let comma = if position > 0 { "," } else { "" };
                let _ = write!(text, "{comma}{}:", Value::from(name.as_str()));
                write_canonical(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        scalar => {
            let _ = write!(text, "{scalar}");
        }
    }
}

/// Every path in a tree with the JSON type found there; lists add nothing to a path.
#[must_use]
pub fn paths(tree: &Value) -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    gather_paths(tree, "", &mut found);
    found
}

fn gather_paths(value: &Value, path: &str, found: &mut BTreeSet<(String, &'static str)>) {
    found.insert((path.to_owned(), kind(value)));
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather_paths(item, path, found)),
        Value::Object(members) => {
            for (name, member) in members {
                gather_paths(member, &join(path, name), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A path and one more member name.
#[must_use]
pub fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests;
