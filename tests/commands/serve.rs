//! `serve`: the reference on its own, and a target file with which a run against it works.

use crate::bench::Served;
use crate::binary::{command, text, toetssteen, told};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

const CASE: [&str; 2] = ["--case", "fhir-rest/unknown-id"];

fn run(served: &Served, more: &[&str]) -> std::process::Output {
    let (target, out) = (served.target(), served.path("out").to_string_lossy().into_owned());
    let mut arguments = vec!["run", "--target", &target, "--out", &out];
    arguments.extend(more);
    toetssteen(&arguments)
}

#[test]
fn a_run_against_it_works_from_the_file_alone_and_is_logged() {
    let served = Served::start(&[]);
    let welcome = served.welcome.join("\n");
    for part in ["endpoint fhir", "http://127.0.0.1:", "client   writer", "toetssteen run --target t.yaml"] {
        assert!(welcome.contains(part), "{part} in {welcome}");
    }
    let judged =
        run(&served, &["--profile", "privacy-by-design", "--case", "privacy-by-design/objection-stops-retrieval"]);
    assert_eq!(judged.status.code(), Some(0), "{}", told(&judged));
    let log = served.log();
    assert!(log.iter().any(|line| line.starts_with("GET 200 /holder-a/fhir/metadata")), "{log:?}");
    assert!(log.iter().any(|line| line.starts_with("POST 200 /token")), "{log:?}");
    assert!(log.iter().any(|line| line.starts_with("DELETE 204 /holder-a/fhir/Consent/")), "choices go again: {log:?}");
    let shown = log.join("\n");
    assert!(!shown.contains("Bearer") && !shown.contains("eyJ"), "no token is logged");
    let secret = served.path("t.yaml.secrets/writer");
    assert_eq!(fs::metadata(&secret).expect("a secret").permissions().mode() & 0o777, 0o600);
    let secret = fs::read_to_string(secret).expect("a secret");
    assert!(!fs::read_to_string(served.path("t.yaml")).unwrap().contains(&secret), "no secret in the target file");
    let (code, folder) = served.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(!folder.path().join("t.yaml.secrets").exists(), "no secret outlives the server");
}

#[test]
fn defects_and_styles_are_served_and_ctrl_c_stops_it() {
    // The first is a switch of the reference, the second a mutation in front of it.
    for defect in ["unknown-id-200", "objection-never-consulted"] {
        let served = Served::start(&["reference", "--style", "other", "--defect", defect]);
        let defects = text(&toetssteen(&["list", "defects", "--coverage"]).stdout);
        let line = defects.lines().find(|line| line.starts_with(defect)).expect("the defect").to_owned();
        let case =
            line.split("cases=").nth(1).and_then(|rest| rest.split([',', ' ']).next()).expect("its case").to_owned();
        let judged = run(&served, &["--case", &case]);
        assert_eq!(judged.status.code(), Some(1), "{defect}: {}", told(&judged));
        assert_eq!(served.stop("-INT").0, Some(0));
    }
}

#[test]
fn what_it_cannot_serve_it_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    fs::write(folder.path().join("mine.yaml"), "format: 1\n").unwrap();
    for arguments in [
        vec!["serve", "--port", &port],
        vec!["serve", "--defect", "nothing"],
        vec!["serve", "--claims", "nothing"],
        vec!["serve", "--target-out", "mine.yaml"],
        vec!["serve", "--target-out", "no/such/folder/t.yaml"],
        vec!["serve", "nothing"],
    ] {
        let output = command(&arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine.yaml")).unwrap(), "format: 1\n");
}

#[test]
fn a_port_of_choice_is_used_and_its_own_file_is_written_anew() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let served = Served::start(&["--port", &port]);
    assert!(served.welcome.join("\n").contains(&format!("http://127.0.0.1:{port}/holder-a/fhir")));
    let again =
        command(&["serve", "--port", &port, "--target-out", "t.yaml"]).current_dir(served.folder.path()).output();
    assert_eq!(again.unwrap().status.code(), Some(2), "the port is taken");
    let judged = run(&served, &CASE);
    assert_eq!(judged.status.code(), Some(0), "{}", told(&judged));
}
