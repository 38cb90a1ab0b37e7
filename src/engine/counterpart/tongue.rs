//! In which form a counterpart answers: the one that is asked for, else the one that is claimed.
//! It has no rules of its own: what it is asked for in neither form it gives as claimed.

use super::desk::Arrived;
use crate::engine::body::{self, Written};
use crate::engine::oracle::media;
use crate::model::plan::Dialect;
use crate::model::request::Layout;
use crate::model::target::{FhirVersion, Format};
use serde_json::Value;

/// The FHIR version and form of one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tongue(Dialect);

/// A body in both forms, of which the one is given that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forms {
    /// In JSON.
    pub json: Written,
    /// In XML; what has no form in XML stands here in JSON too.
    pub xml: Written,
}

impl Tongue {
    /// What this request asks for, in its address or its `Accept` header.
    pub(super) fn of(claimed: Dialect, arrived: &Arrived) -> Self {
        let accept: Vec<&str> = arrived
            .headers
            .iter()
            .filter(|(name, _)| name == "accept")
            .flat_map(|(_, value)| value.split(','))
            .collect();
        let asked = in_address(&arrived.below).or_else(|| preferred(&accept, claimed.format));
        Self(Dialect { format: asked.unwrap_or(claimed.format), ..claimed })
    }

    /// That of JSON, for whoever calls for no case.
    pub(super) const fn plain() -> Self {
        Self(Dialect { fhir: FhirVersion::R4, format: Format::Json })
    }

    /// A resource in this form; one that XML cannot hold, since somebody sent it to us so, stays JSON.
    pub(super) fn write(self, resource: &Value) -> Written {
        body::written(resource, Layout::Compact, self.0).unwrap_or_else(|_| Written {
            bytes: resource.to_string().into_bytes(),
            media_type: Format::Json.media_type(),
        })
    }

    pub(super) fn choose(self, forms: &Forms) -> &Written {
        match self.0.format {
            Format::Json => &forms.json,
            Format::Xml => &forms.xml,
        }
    }
}

/// The form that `_format` asks for, as a word or as a media type.
fn in_address(below: &str) -> Option<Format> {
    let (_, query) = below.split_once('?')?;
    let (_, asked) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "_format")?;
    match asked.as_ref() {
        "json" => Some(Format::Json),
        "xml" => Some(Format::Xml),
        // A plus sign that was not escaped reads as a space.
        other => Format::of_media_type(&media::essence(&other.replace(' ', "+"))),
    }
}

/// The claimed form if it is named, since a party may speak no other; else the one with the higher weight, of equals the
/// claimed one; nothing if neither is wanted.
fn preferred(accept: &[&str], claimed: Format) -> Option<Format> {
    let weigh = |format| accept.iter().filter_map(|range| weight(range, format)).max().unwrap_or_default();
    let (json, xml) = (weigh(Format::Json), weigh(Format::Xml));
    let (own, other) = match claimed {
        Format::Json => (json, xml),
        Format::Xml => (xml, json),
    };
    let is_named = own.0 == NAMED && own.1 > 0;
    match json.1.cmp(&xml.1) {
        _ if is_named || own.1 > 0 && own.1 == other.1 => Some(claimed),
        std::cmp::Ordering::Greater => Some(Format::Json),
        std::cmp::Ordering::Less => Some(Format::Xml),
        std::cmp::Ordering::Equal => None,
    }
}

/// How exactly a range is that names a media type.
const NAMED: u8 = 2;

/// How exactly a range names this form, and its weight in thousandths (RFC 9110, 12.5.1); nothing if it does not.
fn weight(range: &str, format: Format) -> Option<(u8, u32)> {
    let exactness = match media::essence(range).as_str() {
        "*/*" => 0,
        "application/*" => 1,
        named => Format::of_media_type(named).filter(|named| *named == format).map(|_| NAMED)?,
    };
    let weight = range.split(';').skip(1).find_map(|part| part.trim().strip_prefix("q="));
    let weight = weight.map_or(1.0, |weight| weight.trim().parse::<f64>().unwrap_or(0.0).clamp(0.0, 1.0));
    Some((exactness, format!("{weight:.3}").replace('.', "").parse().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(claimed: Format, accept: &str, below: &str) -> Format {
        let headers = [("accept".to_owned(), accept.to_owned())];
        let arrived = Arrived {
            method: "GET".to_owned(),
            below: below.to_owned(),
            url: below.to_owned(),
            headers: headers.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            body: Vec::new(),
            cut: false,
        };
        Tongue::of(Dialect { fhir: FhirVersion::R4, format: claimed }, &arrived).0.format
    }

    #[test]
    fn what_is_asked_for_goes_before_what_is_claimed() {
        use Format::{Json, Xml};
        for claimed in [Json, Xml] {
            for (accept, below, wanted) in [
                ("application/fhir+xml", "/", Xml),
                ("application/fhir+json; fhirVersion=3.0", "/", Json),
                ("application/fhir+json;q=0.5, application/fhir+xml", "/", claimed),
                ("application/json, */*;q=0.5", "/", Json),
                ("application/fhir+xml;q=0, */*", "/", Json),
                ("*/*;q=0.1, text/xml", "/", Xml),
                ("application/fhir+json", "/Task/1?_format=xml", Xml),
                ("application/fhir+xml", "/Task?_format=application/fhir+json", Json),
                ("", "/Task", claimed),
                ("*/*", "/Task", claimed),
                ("application/fhir+xml, application/fhir+json", "/Task", claimed),
                ("application/pdf", "/Task", claimed),
            ] {
                assert_eq!(asked(claimed, accept, below), wanted, "{claimed:?} {accept} {below}");
            }
        }
    }
}
