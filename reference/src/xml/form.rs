//! Which form comes in and which goes out: told by media types alone, before anything is looked at.

use super::read::read;
use super::table::Version;
use crate::wire::{Call, Payload};
use bytes::Bytes;
use hyper::header::HeaderValue;

const JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");
const XML_TYPES: [&str; 4] = ["application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml"];
const JSON_TYPES: [&str; 4] = ["application/fhir+json", "application/json", "application/json+fhir", "text/json"];

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Xml(Version),
}

/// The call as it reads in JSON, and the form in which it wants its answer.
pub(crate) fn inward(mut call: Call) -> (Call, Form) {
    let version = match call.path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["care", "fhir", ..] | ["care", "notification", "Task"] => Version::Stu3,
        ["holder-a" | "holder-b" | "pharmacy", "fhir", ..] => Version::R4,
        _ => return (call, Form::Json),
    };
    call.in_xml = call.content_type().is_some_and(|named| is_xml(&named));
    if call.in_xml
        && let Payload::Whole(bytes) = &call.payload
    {
        // What is no FHIR XML is no JSON either, and is refused as such.
        let json = read(bytes, version).map_or_else(|| Bytes::from_static(b"<"), |tree| tree.to_string().into());
        call.payload = Payload::Whole(json);
        call.headers.insert("content-type", JSON);
    }
    let form = if wants_xml(&call) { Form::Xml(version) } else { Form::Json };
    if form != Form::Json {
        call.headers.insert("accept", JSON);
        call.query.iter_mut().filter(|(name, _)| name == "_format").for_each(|(_, asked)| "json".clone_into(asked));
    }
    (call, form)
}

/// Whether a media type is one of XML.
pub(crate) fn is_xml(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    XML_TYPES.contains(&essence.as_str())
}

fn wants_xml(call: &Call) -> bool {
    if let Some(asked) = call.single("_format") {
        return asked == "xml" || XML_TYPES.contains(&asked.replace(' ', "+").as_str());
    }
    let ranges = call.parts("accept");
    let weight = |types: &[&str]| ranges.iter().filter_map(|range| weight(range, types)).fold(0.0, f32::max);
    weight(&XML_TYPES) > weight(&JSON_TYPES).max(ranges.iter().filter_map(|range| wild(range)).fold(0.0, f32::max))
}

/// The weight of a range that names one of these types.
fn weight(range: &str, types: &[&str]) -> Option<f32> {
    let mut parts = range.split(';').map(str::trim);
    types.contains(&parts.next()?.to_ascii_lowercase().as_str()).then(|| {
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0))
    })
}

/// The weight of a range that takes anything.
fn wild(range: &str) -> Option<f32> {
    weight(range, &["*/*", "application/*"])
}
