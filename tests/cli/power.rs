//! What could not have shown a difference is no pass, and says so.

use super::binary::{toetssteen, told};
use super::stage::{RUN, copy, rejudged, report};
use std::fs;
use tempfile::TempDir;

/// The outcome of MIN-02 against the honest reference where these are the filters.
fn narrowed(filters: &str) -> (String, Option<String>) {
    let folder = TempDir::new().expect("a folder");
    let catalogue = folder.path().join("catalogue");
    copy(&RUN.1.join("catalogue"), &catalogue);
    let case = catalogue.join("testcases/privacy-by-design/narrowing-never-widens.yaml");
    let file = fs::read_to_string(&case).expect("the case");
    let (before, after) = file.split_once("from: [").expect("filters");
    let (_, after) = after.split_once(']').expect("filters");
    fs::write(&case, format!("{before}from: [{filters}]{after}")).expect("the case");
    let out = folder.path().join("out");
    let (out_name, catalogue) = (out.to_string_lossy(), catalogue.to_string_lossy());
    let case = "privacy-by-design/narrowing-never-widens";
    let done = toetssteen(&["--catalogue", &catalogue, "demo", "--out", &out_name, "--case", case]);
    assert!(out.exists(), "{}", told(&done));
    assert_eq!(rejudged(&out).status.code(), done.status.code(), "{}", told(&done));
    let report = report(&out);
    let found = report.requirements.iter().find(|entry| entry.id.to_string() == "privacy-by-design/MIN-02");
    let found = found.unwrap_or_else(|| panic!("{}", told(&done)));
    (found.outcome.clone(), found.reason.clone())
}

#[test]
fn filters_that_never_filter_show_nothing_and_one_that_does_suffices() {
    let idle = r#""_format=json", "_format=application/json", "_format=application/fhir%2Bjson""#;
    assert_eq!(narrowed(idle), ("inconclusive".to_owned(), Some("underpowered".to_owned())));
    assert_eq!(narrowed(&format!("{idle}, \"category=laboratory\"")), ("pass".to_owned(), None));
}
