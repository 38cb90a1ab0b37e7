//! Data of real people: a citizen service number outside the synthetic ranges is stored nowhere.
//! The case that met it fails if it was about keeping silent, else it shows nothing.

use super::binary::{text, toetssteen, told};
use super::server::{Answer, Asked, Server};
use super::stage::{files, rejudged, report};
use serde_json::{Value, json};
use std::fs;
use std::sync::Mutex;
use tempfile::TempDir;

/// Passes the 11-proof and is in none of the ranges; the name beside it belongs to nobody either.
const FOREIGN: &str = "123456782";
const NAME: &str = "Vreemdelinck";

/// What the server holds: resources by `Type/id`, in the order in which they came.
#[derive(Default)]
struct Shelf(Mutex<Vec<(String, Value)>>);

impl Shelf {
    /// The first patient that was brought in is answered honestly; about everybody else it gives a stranger's data.
    fn answer(&self, asked: &Asked) -> Answer {
        let mut held = self.0.lock().expect("no panic in here");
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, &asked.body));
        let path = path.trim_start_matches("/fhir/");
        match (asked.method.as_str(), path) {
            (_, "metadata") => {
                let statement = json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1" });
                Answer::json(200, statement.to_string())
            }
            ("POST", "consent") => Answer::json(200, "{\"consented\":\"true\"}"),
            ("POST", kind) if !kind.ends_with("/_search") => {
                let mut resource: Value = serde_json::from_str(&asked.body).unwrap_or_default();
                let reference = format!("{kind}/n{}", held.len() + 1);
                resource["id"] = json!(reference.split('/').next_back());
                held.push((reference.clone(), resource.clone()));
                Answer::json(201, resource.to_string()).with("location", format!("/fhir/{reference}/_history/1"))
            }
            ("DELETE", reference) => {
                held.retain(|(known, _)| known != reference);
                Answer::json(204, "")
            }
            (_, place) => {
                let first =
                    held.iter().find(|(known, _)| known.starts_with("Patient/")).map(|(known, _)| known.clone());
                let kind = place.trim_end_matches("/_search");
                let about = query.split('&').find_map(|pair| pair.strip_prefix("patient="));
                let about = about.map_or_else(|| place.to_owned(), |id| format!("Patient/{id}"));
                if first.as_deref() != Some(about.as_str()) {
                    return Answer::json(200, stranger().to_string());
                }
                let fits = |(reference, resource): &&(String, Value)| {
                    reference.starts_with(&format!("{kind}/")) && resource.to_string().contains(&format!("\"{about}\""))
                };
                let entries: Vec<Value> =
                    held.iter().filter(fits).map(|(_, resource)| json!({ "resource": resource })).collect();
                Answer::json(
                    200,
                    json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries }).to_string(),
                )
            }
        }
    }
}

fn stranger() -> Value {
    json!({ "resourceType": "Patient", "id": "p9", "name": [{ "family": NAME }],
        "identifier": [{ "system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": FOREIGN }] })
}

const TARGET: &str = r#"
format: 1
name: a shelf
product: { vendor: V, name: P, version: "1" }
claims:
  - { profile: fhir-rest, roles: [holder], fhir: [r4], format: [json] }
  - { profile: privacy-by-design, roles: [holder], fhir: [r4], format: [json], options: { choice-regime: opt-in } }
endpoints: { fhir: "URL" }
credentials: { writer: none, requester: none, patient: none }
"#;

#[test]
fn a_real_number_is_stored_nowhere_and_its_case_does_not_pass() {
    let shelf = Shelf::default();
    let server = Server::start(move |asked| shelf.answer(asked));
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml");
    let act = "http: { as: patient, method: POST, endpoint: fhir, path: /consent";
    let shown = "returns: { consented: { at: { json: /consented } }, objected: { at: { json: /objected } } }";
    let more = format!(
        "cast: fhir\nbindings: {{ record-consent: {{ {act} }} }}, clear-choices: {{ {act} }} }}, \
         show-choices: {{ {act}, {shown} }} }}, advance-clock: {{ {act} }} }} }}\n"
    );
    fs::write(&target, format!("{}{more}", TARGET.replace("URL", &server.url("/fhir")))).expect("a target file");
    let out = folder.path().join("out");
    let done = toetssteen(&[
        "run",
        "--target",
        &target.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
        "--case",
        "privacy-by-design/no-choice-means-closed",
        "--case",
        "fhir-rest/unknown-id",
    ]);
    assert_eq!(done.status.code(), Some(1), "{}", told(&done));
    let report = report(&out);
    let ended = |case: &str| {
        let entries = report.cases.iter().filter(|entry| entry.id.to_string() == case);
        entries.map(|entry| (entry.outcome.clone(), entry.reason.clone())).collect::<Vec<_>>()
    };
    // Here nothing of anybody was to be disclosed, and somebody was.
    assert_eq!(ended("privacy-by-design/no-choice-means-closed"), [("fail".to_owned(), None)], "{}", told(&done));
    // Here a stranger's data only stood in the way.
    let doubtful = ("inconclusive".to_owned(), Some("foreign-data".to_owned()));
    let unknown = ended("fhir-rest/unknown-id");
    assert!(!unknown.is_empty() && unknown.iter().all(|outcome| *outcome == doubtful), "{unknown:?}");

    for file in files(&out) {
        let content = text(&fs::read(&file).expect("a file"));
        assert!(!content.contains(FOREIGN) && !content.contains(NAME), "{} holds real data", file.display());
    }
    assert!(!told(&done).contains(FOREIGN) && !told(&done).contains(NAME));
    let recording = fs::read_to_string(out.join("run.jsonl")).expect("the recording");
    assert!(recording.contains("\"withheld\":\"real-number\""), "that something was withheld is recorded");
    assert_eq!(rejudged(&out).status.code(), Some(1));
}

#[test]
fn a_real_number_in_a_target_file_is_refused() {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml");
    let out = folder.path().join("out").to_string_lossy().into_owned();
    let run = |bsn: &str, command: &str| {
        let cast = format!(
            "cast: {{ preloaded: {{ plain: {{ id: {{ fhir: p1 }}, bsn: \"{bsn}\", family: Testpersoon, birth-date: \"1980-01-01\", \
             fields: {{ observation: o1 }}, markers: [abcdefghijklmnopqrstuvwx, zyxwvutsrqponmlkjihgfedc] }} }} }}\n"
        );
        let file = format!("{}{cast}", TARGET.replace("URL", "http://127.0.0.1:9/fhir"));
        fs::write(&target, file).expect("a target file");
        let mut arguments = vec![command, "--target", target.to_str().expect("a path")];
        if command == "run" {
            arguments.extend(["--out", &out]);
        }
        toetssteen(&arguments)
    };
    let refused = run(FOREIGN, "run");
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(text(&refused.stderr).contains("error[real-number]"), "{}", told(&refused));
    assert!(!folder.path().join("out").exists(), "nothing was contacted");
    let synthetic = run("999911120", "plan");
    assert_eq!(synthetic.status.code(), Some(0), "a synthetic one is not: {}", told(&synthetic));
}
