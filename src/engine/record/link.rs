//! Links that the target gave, in a header or a Bundle: where they lead, and whether we go there.
//! Credentials go to the endpoints of the target file and nowhere else.

use super::body::BodyError;
use crate::engine::oracle::tree;
use url::Url;

/// How many answers one request with `follow` yields at most.
pub const MOST: usize = 20;

/// The first link of this relation in a Bundle.
pub fn of(body: &[u8], relation: &str) -> Option<String> {
    tree::links(&tree::parse(body)?, relation).into_iter().next()
}

/// The whole URL of a link, which may be relative to the endpoint.
///
/// # Errors
/// When it is none, or leads away from the endpoint's own origin: the credential was given for that one.
pub fn resolved(base: &str, link: &str) -> Result<String, BodyError> {
    let nowhere = || BodyError::NoPlace(link.to_owned());
    let base = Url::parse(&format!("{}/", base.trim_end_matches('/'))).map_err(|_| nowhere())?;
    let url = base.join(link).map_err(|_| nowhere())?;
    if base.origin() == url.origin() {
        Ok(url.into())
    } else {
        Err(BodyError::Elsewhere(url.origin().ascii_serialization()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:8080/fhir";

    #[test]
    fn a_link_may_be_whole_or_relative_to_the_endpoint() {
        for (link, url) in [
            ("http://127.0.0.1:8080/fhir?page=2", "http://127.0.0.1:8080/fhir?page=2"),
            ("/fhir/Observation/1", "http://127.0.0.1:8080/fhir/Observation/1"),
            ("Observation/1/_history/2", "http://127.0.0.1:8080/fhir/Observation/1/_history/2"),
            ("?page=2", "http://127.0.0.1:8080/fhir/?page=2"),
        ] {
            assert_eq!(resolved(BASE, link).unwrap(), url);
        }
    }

    #[test]
    fn a_link_to_another_host_is_not_followed() {
        for link in ["http://example.org/fhir", "//example.org/x", "https://127.0.0.1:8080/fhir", "file:///etc/passwd"]
        {
            assert!(matches!(resolved(BASE, link), Err(BodyError::Elsewhere(_))), "{link}");
        }
        assert!(matches!(resolved(BASE, "http://127.0.0.1:9090/x"), Err(BodyError::Elsewhere(_))));
    }

    #[test]
    fn the_link_of_a_relation_is_the_first_that_bears_it() {
        let body = br#"{"resourceType":"Bundle","link":[{"relation":"self","url":"a"},{"relation":"next","url":"b"}]}"#;
        assert_eq!(of(body, "next").as_deref(), Some("b"));
        assert_eq!(of(body, "last"), None);
    }
}
