//! A program of the vendor's own that brings the patients in: what of its answer stands in the recording.

use crate::bench::Served;
use crate::binary::{toetssteen, told};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

/// Runs one case with a program that answers this, written into a file beside it.
fn run_with(served: &Served, name: &str, answer: &str) -> (Option<i32>, String, PathBuf) {
    let text = fs::read_to_string(served.path("t.yaml")).unwrap();
    let mut target: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    let program = format!("{name}.sh");
    target["cast"] = serde_json::json!({ "fixture": { "write": "cast.json", "exec": [format!("./{program}")] } });
    fs::write(served.path(&program), format!("#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")).unwrap();
    fs::set_permissions(served.path(&program), fs::Permissions::from_mode(0o755)).unwrap();
    let (file, out) = (served.path(&format!("{name}.yaml")), served.path(name));
    fs::write(&file, target.to_string()).unwrap();
    let (file, folder) = (file.to_string_lossy().into_owned(), out.to_string_lossy().into_owned());
    let run =
        toetssteen(&["run", "--target", &file, "--allow-exec", "--case", "fhir-rest/unknown-id", "--out", &folder]);
    (run.status.code(), told(&run), out)
}

#[test]
fn of_what_a_program_says_only_the_ids_are_kept() {
    let served = Served::start(&[]);
    let answer = r#"{ "fhir": { "plain": { "id": "made-up-1", "observation": "made-up-2", "bsn": "123456782", "session": "not-for-anybody" } } }"#;
    let (code, said, out) = run_with(&served, "more", answer);
    // Nobody is there under these ids, so that nothing could be shown.
    assert_eq!(code, Some(3), "{said}");
    let recording = fs::read_to_string(out.join("run.jsonl")).unwrap();
    assert!(recording.contains("made-up-1") && recording.contains("made-up-2"), "{recording}");
    assert!(!recording.contains("123456782") && !recording.contains("not-for-anybody"), "{recording}");
}

#[test]
fn a_number_that_may_be_somebodys_is_no_id() {
    let served = Served::start(&[]);
    let answer = r#"{ "fhir": { "plain": { "id": "bsn-123456782", "observation": "made-up" } } }"#;
    let (code, said, out) = run_with(&served, "real", answer);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("plain at fhir: `id` holds what may be the number of a living person"), "{said}");
    assert!(!fs::read_to_string(out.join("run.jsonl")).unwrap().contains("123456782"));
}
