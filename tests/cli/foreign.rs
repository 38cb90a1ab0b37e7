//! Data of real people: a citizen service number outside the synthetic ranges is stored nowhere.
//! The case that met it fails if it was about keeping silent, else it shows nothing.

use super::binary::{text, toetssteen, told};
use super::server::{Answer, Asked, Server};
use super::stage::{files, rejudged, report};
use serde_json::{Value, json};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
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
                let of_first = |resource: &Value| {
                    first.as_ref().is_some_and(|first| resource.to_string().contains(&format!("\"{first}\"")))
                };
                if let Some((_, own)) = held.iter().find(|(known, resource)| known == place && of_first(resource)) {
                    return Answer::json(200, own.to_string());
                }
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

/// One walk is one long course: it ends where people come who are not ours, and not at its end.
#[test]
fn a_walk_that_meets_a_stranger_asks_nothing_more() {
    let (shelf, asked_about) = (Shelf::default(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked_about);
    let server = Server::start(move |asked| {
        if asked.method == "GET" && asked.path.contains("patient=") {
            counted.fetch_add(1, Ordering::SeqCst);
            return Answer::json(200, stranger().to_string());
        }
        shelf.answer(asked)
    });
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml");
    let act = "http: { as: patient, method: POST, endpoint: fhir, path: /consent }";
    let bound = ["record-consent", "record-choice", "clear-choices", "advance-clock"];
    let bound = bound.map(|action| format!("{action}: {{ {act} }}")).join(", ");
    let requesters = TARGET.replace("requester: none", "requester: none, requester-2: none");
    let file = format!("{}cast: fhir\nbindings: {{ {bound} }}\n", requesters.replace("URL", &server.url("/fhir")));
    fs::write(&target, file).expect("a target file");
    let (target, out) = (target.to_string_lossy().into_owned(), folder.path().join("out"));
    let case = "privacy-by-design/more-consent-never-closes";
    let done = toetssteen(&["run", "--target", &target, "--out", &out.to_string_lossy(), "--case", case]);
    let report = report(&out);
    let entry = report.cases.iter().find(|entry| entry.id.to_string() == case).expect("the case");
    let ended = (entry.outcome.as_str(), entry.reason.as_deref());
    assert_eq!(ended, ("inconclusive", Some("foreign-data")), "{}", told(&done));
    assert_eq!(asked_about.load(Ordering::SeqCst), 1, "{}", told(&done));
}

#[test]
fn a_real_number_in_a_sample_request_is_refused_before_anything_is_contacted() {
    let server = Server::start(|_| panic!("it was contacted"));
    let folder = TempDir::new().expect("a folder");
    let (target, out) = (folder.path().join("t.yaml"), folder.path().join("out"));
    let system = "http%3A%2F%2Ffhir.nl%2Ffhir%2FNamingSystem%2Fbsn";
    let requests = [
        (1, format!("GET /Patient?identifier={system}%7C{FOREIGN}\nAccept: application/fhir+json\n\n")),
        (1, format!("GET /Patient?identifier={}\n\n", format!("{system}%7C{FOREIGN}").replace('%', "%25"))),
        (1, format!("GET /Patient?bsn=%20{FOREIGN}\n\n")),
        (2, format!("GET /Patient\nX-Patient: {FOREIGN}\n\n")),
        (5, format!("POST /Patient\nAuthorization: Bearer geheim-{FOREIGN}-x\nX: 1\n\n{{\"bsn\":\"{FOREIGN}\"}}\n")),
        (4, "POST /x\nX: 1\n\n<id root=\"2.16.840.1.113883.2.4.6.3\" extension=\"1234.56.782\"/>\n".to_owned()),
    ];
    let more = |sample: &str| {
        let cast = "cast: { preloaded: { plain: { id: { fhir: p1 }, bsn: \"999911120\", family: Testpersoon, \
             birth-date: \"1980-01-01\", fields: { observation: o1 }, \
             markers: [abcdefghijklmnopqrstuvwx, zyxwvutsrqponmlkjihgfedc] } } }";
        format!("{}{cast}\nsamples: {{ retrieval: {{ {sample} }} }}\n", TARGET.replace("URL", &server.url("/fhir")))
    };
    let run =
        || toetssteen(&["run", "--target", target.to_str().expect("a path"), "--out", out.to_str().expect("a path")]);
    for (line, request) in &requests {
        // In groups it is found by its label, where all codings are undone, and not by its digits.
        let inline = if request.contains("1234.") { "the target file, samples.retrieval:4:" } else { "t.yaml:" };
        fs::write(folder.path().join("retrieval.http"), request).expect("a sample");
        for (place, sample) in [
            (format!("retrieval.http:{line}:"), "file: retrieval.http".to_owned()),
            (inline.to_owned(), format!("text: {}", json!(request))),
        ] {
            fs::write(&target, more(&sample)).expect("a target file");
            let refused = run();
            let said = told(&refused);
            assert_eq!(refused.status.code(), Some(2), "{request}: {said}");
            assert!(text(&refused.stderr).contains("number of a living person"), "{request}: {said}");
            assert!(text(&refused.stderr).contains(&place), "{request}: {place}: {said}");
            assert!(text(&refused.stderr).contains("number-ranges"), "a remedy: {said}");
            assert!(!said.contains(FOREIGN) && !said.contains("geheim") && !out.exists(), "{said}");
        }
    }
    // A number that nobody bears, and one that is no number of a person, are no reason to refuse.
    fs::write(folder.path().join("retrieval.http"), "GET /x?a=%7C999911120&b=123456789\nHost: 192.168.1.10\n\n")
        .expect("a sample");
    fs::write(&target, more("file: retrieval.http")).expect("a target file");
    let fine = toetssteen(&["plan", "--target", target.to_str().expect("a path")]);
    assert_eq!(fine.status.code(), Some(0), "{}", told(&fine));
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
