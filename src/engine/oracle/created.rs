//! What an answer says was created: by `Location`, else by the resource in its body.
//! What is no id by the rules of FHIR is none here, for ids end up in URLs.

use super::tree;
use serde_json::Value;

/// The id of the resource of this type that was created.
#[must_use]
pub fn id(kind: &str, location: Option<&str>, body: Option<&Value>) -> Option<String> {
    let from_location = location.and_then(reference_of).and_then(|reference| {
        let (made, id) = reference.split_once('/')?;
        (made == kind).then(|| id.to_owned())
    });
    let from_body = || {
        let tree = body.filter(|tree| tree::resource_type(tree) == Some(kind))?;
        Some(tree.get("id")?.as_str()?.to_owned())
    };
    from_location.or_else(from_body).filter(|id| is_id(id))
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

    #[test]
    fn location_goes_before_the_body() {
        let body = serde_json::json!({ "resourceType": "Patient", "id": "b" });
        let body = Some(&body);
        for (location, found) in [
            (Some("http://h/fhir/Patient/a/_history/1"), Some("a")),
            (Some("Patient/a"), Some("a")),
            (Some("/fhir/Observation/a"), Some("b")),
            (Some("http://h/fhir/Patient/a b"), Some("b")),
            (None, Some("b")),
        ] {
            assert_eq!(id("Patient", location, body).as_deref(), found, "{location:?}");
        }
        assert_eq!(id("Observation", None, body), None);
        assert_eq!(id("Patient", None, Some(&serde_json::json!({ "resourceType": "Patient", "id": "../b" }))), None);
    }
}
