//! A server without a capability statement lacks one thing, and a server that is not there lacks nothing.

use super::binary::{toetssteen, told};
use super::server::{Answer, Server};
use super::shelf::Shelf;
use super::stage::report;
use tempfile::TempDir;

/// What becomes of these requirements at an endpoint, under both profiles.
fn outcomes(fhir: &str, ids: &[&str]) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let claims = ["--claim", "fhir-rest=holder", "--claim", "privacy-by-design=holder"];
    let written = toetssteen(&[&["init", "--fhir", fhir, "--output", &target], &claims[..]].concat());
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    let out = folder.path().join("out");
    let cases = ["capability-statement-is-there", "capability-statement-is-complete", "capability-types-are-served"];
    let cases: Vec<String> = cases.iter().map(|case| format!("fhir-rest/{case}")).collect();
    let mut arguments = vec!["run", "--target", &target, "--out", out.to_str().expect("a path")];
    for case in &cases {
        arguments.extend(["--case", case.as_str()]);
    }
    arguments.extend(["--case", "fhir-rest/declared-parameters-are-known"]);
    arguments.extend(["--case", "privacy-by-design/no-search-without-patient"]);
    let done = toetssteen(&arguments);
    let report = report(&out);
    let of = |id: &&str| {
        let entry = report.requirements.iter().find(|entry| entry.id.to_string() == **id);
        let entry = entry.unwrap_or_else(|| panic!("{id}: {}", told(&done)));
        format!("{} {}", entry.outcome, entry.reason.as_deref().unwrap_or_default()).trim().to_owned()
    };
    ids.iter().map(of).collect()
}

const STATEMENT: [&str; 2] = ["fhir-rest/CAP-03", "fhir-rest/CAP-04"];
const BY_STATEMENT: [&str; 3] = ["fhir-rest/CAP-01", "fhir-rest/CAP-02", "privacy-by-design/UNT-01"];

#[test]
fn a_statement_that_is_not_there_fails_once() {
    let shelf = Shelf::default();
    let server = Server::start(move |asked| {
        let is_statement = asked.path.starts_with("/fhir/metadata");
        if is_statement { Answer::json(404, r#"{"resourceType":"OperationOutcome"}"#) } else { shelf.answer(asked) }
    });
    assert_eq!(outcomes(&server.url("/fhir"), &STATEMENT), ["fail", "inconclusive setup-refused"]);
    assert_eq!(outcomes(&server.url("/fhir"), &BY_STATEMENT), ["not-tested no-request"; 3]);
}

#[test]
fn what_a_closed_port_declares_is_not_known() {
    assert_eq!(outcomes("http://127.0.0.1:9/fhir", &STATEMENT), ["config-error port"; 2]);
    assert_eq!(outcomes("http://127.0.0.1:9/fhir", &BY_STATEMENT), ["config-error port"; 3]);
}
