//! Who stood there before us: never taken for what we made, never used, never removed.

use super::binary::{text, toetssteen, told};
use super::server::{Answer, Server};
use super::shelf::Shelf;
use super::stage::report;
use serde_json::json;
use std::fs;
use std::sync::Arc;
use tempfile::TempDir;

/// Runs a case that needs a patient, where every create of a Patient is answered like this.
fn brought_in(answer: impl Fn() -> Answer + Send + Sync + 'static, cause: &str) {
    let shelf = Arc::new(Shelf::default());
    shelf.put(json!({ "resourceType": "Patient", "id": "stood-there", "name": [{ "family": "Ander" }] }));
    let behind = Arc::clone(&shelf);
    let server = Server::start(move |asked| {
        let creates = asked.method == "POST" && asked.path == "/fhir/Patient";
        if creates { answer() } else { behind.answer(asked) }
    });
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let written = toetssteen(&["init", "--fhir", &server.url("/fhir"), "--output", &target]);
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    let out = folder.path().join("out");
    let case = "fhir-rest/read-names-its-resource";
    let done = toetssteen(&["run", "--target", &target, "--out", &out.to_string_lossy(), "--case", case]);
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    let page = text(&done.stdout);
    assert_eq!(page.matches("CONFIGURATION").count(), 1, "one message: {page}");
    assert!(page.starts_with("CONFIGURATION cast · ") && page.contains(cause), "{page}");
    let report = report(&out);
    assert!(report.cases.iter().all(|entry| !matches!(entry.outcome.as_str(), "pass" | "fail")), "{page}");
    assert_eq!(shelf.deleted(), Vec::<String>::new(), "it is not ours to remove");
    let recording = fs::read_to_string(out.join("run.jsonl")).expect("the recording");
    assert!(!recording.contains("\"kind\":\"cast\""), "nobody is used as a patient of ours");
    let cleaned = toetssteen(&["clean", &out.to_string_lossy(), "--target", &target]);
    assert_eq!(shelf.deleted(), Vec::<String>::new(), "nor after a crash: {}", told(&cleaned));
}

#[test]
fn a_server_that_knows_the_person_already_answers_200_with_whom_it_knows() {
    let known = || {
        let patient = json!({ "resourceType": "Patient", "id": "stood-there", "name": [{ "family": "Ander" }] });
        Answer::json(200, patient.to_string()).with("location", "/fhir/Patient/stood-there")
    };
    brought_in(known, "which stood there already");
    let silent = || Answer::json(200, "").with("location", "/fhir/Patient/stood-there");
    brought_in(silent, "a location where what was sent does not stand");
}

#[test]
fn a_location_on_another_server_or_of_another_type_is_not_followed_home() {
    let elsewhere = || Answer::json(201, "").with("location", "http://192.0.2.1/fhir/Patient/stood-there");
    brought_in(elsewhere, "a location where what was sent does not stand");
    let other_type = || Answer::json(201, "").with("location", "/fhir/Observation/stood-there");
    brought_in(other_type, "without an id");
}
