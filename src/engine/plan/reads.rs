//! Whether a case only reads: what may be done where nobody gave leave for more, and in production.

use crate::language::catalogue::Catalogue;
use crate::model::request::{HttpRequest, Method};
use crate::model::testcase::{Send, TestCase, Verb};

/// Whether nothing that a case sends or has done changes anything at the target.
pub(super) fn reads_only(catalogue: &Catalogue, case: &TestCase) -> bool {
    case.steps.iter().all(|step| match &step.verb {
        Verb::Send(Send::Http(http)) => is_reading(http),
        Verb::Ask(ask) => {
            catalogue.sets.get(&ask.set).is_some_and(|set| set.requests.iter().all(|one| is_reading(&one.http)))
        }
        // Whatever is sent again is sent by another step; the others send nothing.
        Verb::Again(_) | Verb::Look(_) | Verb::Play(_) | Verb::Await(_) => true,
        // An action is the target's own affair, and so is a request of its own client.
        Verb::Act(_) | Verb::Send(Send::VendorSample(_)) => false,
        // Too many requests to be called reading alone.
        Verb::Sample(_) | Verb::Crawl(_) | Verb::Walk(_) => false,
    })
}

/// By its method, or as a search by form.
fn is_reading(http: &HttpRequest) -> bool {
    let path = http.path.to_string();
    match http.method {
        Method::Get | Method::Head | Method::Options => true,
        Method::Post => path.split(['?', '#']).next().unwrap_or_default().ends_with("/_search"),
        Method::Put | Method::Patch | Method::Delete => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_creates_changes_or_deletes_is_no_reading() {
        let catalogue = Catalogue::embedded().catalogue.unwrap();
        let reads = |case: &str| reads_only(&catalogue, &catalogue.cases[case]);
        for case in ["fhir-rest/unknown-id", "fhir-rest/search-by-post-equals-get"] {
            assert!(reads(case), "{case}");
        }
        for (id, case) in &catalogue.cases {
            let writes = |step: &crate::model::testcase::Step| match &step.verb {
                Verb::Send(Send::Http(http)) => matches!(http.method, Method::Put | Method::Patch | Method::Delete),
                Verb::Act(_) => true,
                _ => false,
            };
            assert!(!(case.steps.iter().any(writes) && reads_only(&catalogue, case)), "{id}");
        }
        assert!(!reads("fhir-rest/create-is-answered-with-201"));
    }
}
