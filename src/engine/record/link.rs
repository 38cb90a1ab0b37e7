//! Links that the target gave, in a header or a Bundle: where they lead, and whether we go there.
//! Credentials go to the endpoints of the target file and nowhere else.

use super::deed::Sent;
use super::instance::Walk;
use crate::engine::body::BodyError;
use crate::engine::oracle::tree;
use crate::engine::probe::Request;
use crate::model::record::SkipReason;
use crate::model::request::Method;
use crate::model::testcase::Step;
use url::Url;

/// How many answers one request with `follow` yields at most.
const MOST: usize = 20;

/// The first link of this relation in a Bundle.
fn of(body: &[u8], relation: &str) -> Option<String> {
    tree::links(&tree::either(body)?, relation).into_iter().next()
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

impl Walk<'_> {
    /// Reads on, from link to link of this relation, with the credential of the first request.
    pub(super) async fn follow(&mut self, step: &Step, relation: &str) {
        for _ in 1..MOST {
            let Some(last) = self.sent.last().cloned() else { return };
            let Some(url) = last.response.as_deref().and_then(|body| of(body, relation)) else { return };
            if self.is_over(|| last.key.clone()) {
                return;
            }
            let url = match resolved(&last.base, &url) {
                Ok(url) => url,
                Err(error) => return self.skip(last.key, SkipReason::NoValue, error.to_string()),
            };
            let mut headers = last.request.headers;
            headers.retain(|(name, _)| name != "content-type");
            let request = Request { method: Method::Get, url, headers, body: Vec::new() };
            let next = Sent { request, response: None, ..last };
            if !self.send(step, next).await {
                return;
            }
        }
        // What the pages after the last one hold was not seen, and nothing may be concluded as if it had been.
        if let Some(last) = self.sent.last().cloned()
            && last.response.as_deref().and_then(|body| of(body, relation)).is_some()
        {
            self.skip(last.key, SkipReason::Limit, format!("still a link `{relation}` after {} answers", MOST));
        }
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
