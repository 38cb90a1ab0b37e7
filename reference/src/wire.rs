//! Requests and answers as plain values, so that a batch entry takes the same road as a socket.
//! Nothing here knows FHIR; style is applied when an answer becomes bytes.

use crate::config::Style;
use crate::log::Accesses;
use crate::xml::{Form, write};
use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value, json};

pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// What stays readable in a query; everything else is escaped.
const IN_QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':').remove(b'/').remove(b',');

pub(crate) type Pairs = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Decoded path segments.
    pub(crate) path: Vec<String>,
    pub(crate) query: Pairs,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    /// Whether the body came in XML; it is read already.
    pub(crate) in_xml: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Whole(Bytes),
    TooLarge,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Every comma-separated part of every header of this name.
    pub(crate) fn parts(&self, name: &str) -> Vec<String> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The media type of the body, without parameters.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next()?.trim().to_ascii_lowercase())
    }

    pub(crate) fn prefers(&self, preference: &str) -> bool {
        self.headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split([',', ';']))
            .any(|part| part.replace(' ', "").eq_ignore_ascii_case(preference))
    }

    /// The one value of a query parameter; nothing when it is absent or repeated.
    pub(crate) fn single(&self, name: &str) -> Option<&str> {
        single(&self.query, name)
    }
}

pub(crate) fn single<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(key, _)| key == name);
    let first = values.next()?;
    values.next().is_none().then_some(first.1.as_str())
}

/// Reads `a=b&c=d` as forms and queries write it.
pub(crate) fn pairs(text: &str) -> Pairs {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        })
        .collect()
}

pub(crate) fn query(pairs: &[(String, String)]) -> String {
    let encode = |part: &str| utf8_percent_encode(part, IN_QUERY).to_string();
    pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join("&")
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    /// What of whom this gives to whom, as it belongs in the log.
    pub(crate) accesses: Option<Box<Accesses>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Empty,
    Resource(Value),
    Json(Value),
    Html(&'static str),
    Text(String),
}

impl Reply {
    pub(crate) fn new(status: StatusCode, content: Content) -> Self {
        Self { status, headers: Vec::new(), content, accesses: None }
    }

    pub(crate) fn resource(status: StatusCode, resource: Value) -> Self {
        Self::new(status, Content::Resource(resource))
    }

    pub(crate) fn json(status: StatusCode, value: Value) -> Self {
        Self::new(status, Content::Json(value))
    }

    /// An error of a route that does not speak FHIR, in the words of RFC 6749.
    pub(crate) fn problem(status: StatusCode, error: &str, description: &str) -> Self {
        Self::json(status, json!({ "error": error, "error_description": description }))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Headers and bytes as this style writes them in this form; what has none in XML stays JSON.
    pub(crate) fn render(self, style: Style, form: Form) -> (StatusCode, HeaderMap, Bytes) {
        let xml = match (&self.content, form) {
            (Content::Resource(resource), Form::Xml(version)) => write(resource, version, style),
            _ => None,
        };
        let (media, body) = match self.content {
            Content::Empty => (None, Bytes::new()),
            Content::Resource(_) if xml.is_some() => (Some(xml_media(style)), Bytes::from(xml.unwrap_or_default())),
            Content::Resource(value) => (Some(fhir_media(style)), text(style, &ordered(style, value))),
            Content::Json(value) => (Some("application/json"), text(style, &value)),
            Content::Text(text) => (Some("text/plain; charset=utf-8"), Bytes::from(text)),
            Content::Html(page) => (Some("text/html"), Bytes::from_static(page.as_bytes())),
        };
        let mut headers = HeaderMap::new();
        let all = self.headers.into_iter().chain(media.map(|media| ("content-type", media.to_owned())));
        for (name, value) in all {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        (self.status, headers, body)
    }
}

fn fhir_media(style: Style) -> &'static str {
    match style {
        Style::Plain => "application/fhir+json",
        Style::Other => "application/fhir+json;charset=utf-8",
    }
}

fn xml_media(style: Style) -> &'static str {
    match style {
        Style::Plain => "application/fhir+xml",
        Style::Other => "application/fhir+xml; charset=UTF-8",
    }
}

fn text(style: Style, value: &Value) -> Bytes {
    let written = match style {
        Style::Plain => serde_json::to_vec(value),
        Style::Other => serde_json::to_vec_pretty(value),
    };
    Bytes::from(written.unwrap_or_default())
}

/// The other style writes Bundles back to front, which no reader may mind.
fn ordered(style: Style, value: Value) -> Value {
    match value {
        Value::Object(map)
            if style == Style::Other && map.get("resourceType").and_then(Value::as_str) == Some("Bundle") =>
        {
            let mut pairs: Vec<_> = map.into_iter().collect();
            pairs.reverse();
            Value::Object(pairs.into_iter().collect::<Map<_, _>>())
        }
        value => value,
    }
}
