//! An error of the server that is over by the next request fails nobody; one that stays, fails.

use super::binary::{toetssteen, told};
use super::server::{Answer, Server};
use super::shelf::Shelf;
use super::stage::{rejudged, report};
use std::fs;
use std::sync::Mutex;
use tempfile::TempDir;

const TARGET: &str = r#"
format: 1
name: a shelf
product: { vendor: V, name: P, version: "1" }
claims: [{ profile: fhir-rest, roles: [holder], fhir: [r4], format: [json], options: { create: offered, paging: offered } }]
endpoints: { fhir: "URL" }
credentials: { writer: none }
cast: fhir
"#;

/// The outcome of PAGE-01 where the second page is answered with 503 this many times.
fn paged(errors: u32) -> (String, Option<String>) {
    let (shelf, left) = (Shelf::default(), Mutex::new(errors));
    let server = Server::start(move |asked| {
        let mut left = left.lock().expect("no panic in here");
        if *left > 0 && asked.path.contains("start=2") {
            *left -= 1;
            return Answer::json(503, "");
        }
        shelf.answer(asked)
    });
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml");
    fs::write(&target, TARGET.replace("URL", &server.url("/fhir"))).expect("a target file");
    let (target, out) = (target.to_string_lossy().into_owned(), folder.path().join("out"));
    let case = "fhir-rest/pages-reach-everything-once";
    let done = toetssteen(&["run", "--target", &target, "--out", &out.to_string_lossy(), "--case", case]);
    let report = report(&out);
    let page = report.requirements.iter().find(|entry| entry.id.to_string() == "fhir-rest/PAGE-01");
    let page = page.unwrap_or_else(|| panic!("{}", told(&done)));
    assert_eq!(rejudged(&out).status.code(), done.status.code(), "{}", told(&done));
    (page.outcome.clone(), page.reason.clone())
}

#[test]
fn an_error_that_is_over_by_the_next_try_is_no_failure() {
    assert_eq!(paged(0), ("pass".to_owned(), None));
    assert_eq!(paged(1), ("inconclusive".to_owned(), Some("nondeterministic".to_owned())));
    assert_eq!(paged(99), ("fail".to_owned(), None));
}
