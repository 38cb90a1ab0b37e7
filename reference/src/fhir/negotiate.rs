//! What an endpoint can read and write: media types, body size, and JSON.
//! Nothing is looked up here, so nothing about a patient can show.

use super::outcome::Speech;
use crate::wire::{Call, Pairs, Payload, Reply, pairs};
use hyper::StatusCode;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expects {
    Nothing,
    Form,
    Resource,
}

#[derive(Debug)]
pub(crate) enum Received {
    Nothing,
    Form(Pairs),
    Resource(Value),
}

/// Whether the caller takes JSON.
pub(crate) fn accepted(call: &Call, speech: Speech) -> Result<(), Reply> {
    let refused = || {
        speech.refuse(
            StatusCode::NOT_ACCEPTABLE,
            "not-supported",
            "Only application/fhir+json can be produced.",
            "Requested representation unavailable, try application/fhir+json",
        )
    };
    if let Some(format) = call.single("_format") {
        // A query turns the plus sign of the media type into a space.
        let format = format.replace(' ', "+");
        let json = ["json", "application/json", "application/fhir+json", "text/json"];
        return if json.contains(&format.as_str()) { Ok(()) } else { Err(refused()) };
    }
    let ranges = call.parts("accept");
    if ranges.is_empty() || ranges.iter().any(|range| admits_json(range)) { Ok(()) } else { Err(refused()) }
}

fn admits_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts
        .filter_map(|part| part.strip_prefix("q="))
        .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
    let json = ["*/*", "application/*", "application/fhir+json", "application/json"];
    !refused && json.contains(&media.as_str())
}

/// The body as this interaction expects it.
pub(crate) fn received(call: &Call, expects: Expects, speech: Speech) -> Result<Received, Reply> {
    let media = call.content_type().unwrap_or_default();
    let readable = match expects {
        Expects::Nothing => true,
        Expects::Form => media == "application/x-www-form-urlencoded",
        Expects::Resource => ["application/fhir+json", "application/json"].contains(&media.as_str()),
    };
    if !readable {
        return Err(speech.refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            "This media type cannot be read here.",
            "Content type not supported",
        ));
    }
    let Payload::Whole(bytes) = &call.payload else {
        return Err(speech.refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            "The body is larger than 1 MiB.",
            "Request entity exceeds 1 MiB",
        ));
    };
    match expects {
        Expects::Nothing => Ok(Received::Nothing),
        Expects::Form => std::str::from_utf8(bytes)
            .map(|text| Received::Form(pairs(text)))
            .map_err(|_| speech.bad("structure", "the form is not UTF-8")),
        Expects::Resource => match serde_json::from_slice::<Value>(bytes) {
            Ok(value) if value.is_object() => Ok(Received::Resource(value)),
            Ok(_) => Err(speech.bad("structure", "the body is not a JSON object")),
            Err(_) => Err(speech.bad("structure", "the body is not JSON")),
        },
    }
}
