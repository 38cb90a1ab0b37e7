//! What an answer says was created: by `Location`, else by the resource in its body.
//! A `Location` that leads to another server or another type names something else; what is no id by the rules of FHIR is
//! none here, for ids end up in URLs.

use super::tree;
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// The id of the resource of this type that was created below this base.
#[must_use]
pub fn id(base: &str, kind: &str, location: Option<&str>, body: Option<&Value>) -> Option<String> {
    let from_location = || {
        let reference = below(base, location?)?;
        let (made, id) = reference.split_once('/')?;
        (made == kind).then(|| id.to_owned())
    };
    let from_body = || {
        let tree = body.filter(|tree| tree::resource_type(tree) == Some(kind))?;
        Some(tree.get("id")?.as_str()?.to_owned())
    };
    from_location().or_else(from_body).filter(|id| is_id(id))
}

/// The base below which a request of this URL created something of this type: what stands before the type, else all of it.
#[must_use]
pub fn base_of<'u>(url: &'u str, kind: &str) -> &'u str {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let place = format!("/{kind}");
    let is_whole = |at: usize| matches!(path.as_bytes().get(at + place.len()), None | Some(b'/'));
    let at = path.rmatch_indices(&place).map(|(at, _)| at).find(|at| is_whole(*at));
    at.map_or(path, |at| &path[..at])
}

/// `Type/id` of what a `Location` leads to, with or without version, if that stands directly below this base.
#[must_use]
pub fn below(base: &str, location: &str) -> Option<String> {
    let base = Url::parse(&format!("{}/", base.trim_end_matches('/'))).ok()?;
    let place = base.join(location).ok()?;
    let below = place.as_str().strip_prefix(base.as_str())?;
    let reference = reference_of(&format!("/{below}"))?;
    let rest = below.strip_prefix(&reference)?;
    (rest.is_empty() || rest.starts_with("/_history/")).then_some(reference)
}

/// Whether a resource bears all words of what was sent: what a server made of that, and not what stood there before.
///
/// Servers write dates and numbers in their own way, set ids and `meta`, and make `text` anew; those do not count.
#[must_use]
pub fn echoes(sent: &Value, got: &Value) -> bool {
    let (mut wanted, mut there) = (BTreeSet::new(), BTreeSet::new());
    words(sent, true, &mut wanted);
    words(got, true, &mut there);
    // A reference may come back with the base before it.
    let stands = |word: &&str| there.contains(*word) || there.iter().any(|other| other.ends_with(&format!("/{word}")));
    tree::resource_type(sent) == tree::resource_type(got) && wanted.iter().all(stands)
}

fn words<'t>(tree: &'t Value, is_top: bool, found: &mut BTreeSet<&'t str>) {
    let is_moment = |text: &str| text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    match tree {
        Value::String(text) if !is_moment(text) || text.bytes().all(|byte| byte.is_ascii_digit()) => {
            found.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, false, found)),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !is_top || !matches!(name.as_str(), "id" | "meta" | "text"))
            .for_each(|(_, member)| words(member, false, found)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `Type/id` at the end of a `Location`, with or without version.
#[must_use]
pub fn reference_of(location: &str) -> Option<String> {
    let below = location.split("/_history").next()?;
    let (rest, id) = below.rsplit_once('/').unwrap_or(("", below));
    let kind = rest.rsplit('/').next()?;
    let is_type = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_type && is_id(id)).then(|| format!("{kind}/{id}"))
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://h/fhir";

    #[test]
    fn location_goes_before_the_body_if_it_leads_to_what_was_asked() {
        let body = serde_json::json!({ "resourceType": "Patient", "id": "b" });
        let body = Some(&body);
        for (location, found) in [
            (Some("http://h/fhir/Patient/a/_history/1"), Some("a")),
            (Some("http://h:80/fhir/Patient/a"), Some("a")),
            (Some("Patient/a"), Some("a")),
            (Some("/fhir/Patient/a"), Some("a")),
            (Some("/fhir/Observation/a"), Some("b")),
            (Some("http://h/fhir/Patient/a b"), Some("b")),
            (Some("http://elsewhere/fhir/Patient/a"), Some("b")),
            (Some("/fhir/tenant/Patient/a"), Some("b")),
            (Some("/Patient/a"), Some("b")),
            (Some("../other/Patient/a"), Some("b")),
            (Some("Patient/a/$everything"), Some("b")),
            (None, Some("b")),
        ] {
            assert_eq!(id(BASE, "Patient", location, body).as_deref(), found, "{location:?}");
        }
        assert_eq!(id(BASE, "Observation", None, body), None);
        assert_eq!(id(BASE, "Patient", Some("http://elsewhere/fhir/Patient/a"), None), None);
        let climbing = serde_json::json!({ "resourceType": "Patient", "id": "../b" });
        assert_eq!(id(BASE, "Patient", None, Some(&climbing)), None);
    }

    #[test]
    fn the_base_stands_before_the_type() {
        for url in
            ["http://h/fhir/Patient", "http://h/fhir/Patient?x=/Patient", "http://h/fhir/Patient/7", "http://h/fhir/"]
        {
            assert_eq!(base_of(url, "Patient"), BASE, "{url}");
        }
        assert_eq!(base_of("http://h/Patients/fhir", "Patient"), "http://h/Patients/fhir");
    }

    #[test]
    fn what_bears_every_word_that_was_sent_is_what_was_made_of_it() {
        let sent = serde_json::json!({ "resourceType": "Patient", "birthDate": "1980-01-01", "text": { "div": "x" },
            "identifier": [{ "value": "999900006" }], "name": [{ "family": "Aa" }], "link": [{ "other": { "reference": "Patient/1" } }] });
        let mut made = sent.clone();
        made["id"] = "7".into();
        made["meta"] = serde_json::json!({ "versionId": "1" });
        made["birthDate"] = "1980-01-01T00:00:00Z".into();
        made["text"] = serde_json::Value::Null;
        made["link"][0]["other"]["reference"] = "http://h/fhir/Patient/1".into();
        assert!(echoes(&sent, &made));
        made["name"][0]["family"] = "Bb".into();
        assert!(!echoes(&sent, &made), "another person under the same number");
        assert!(!echoes(&sent, &serde_json::json!({ "resourceType": "OperationOutcome" })));
    }
}
