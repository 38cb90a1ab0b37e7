//! What `doctor` makes of a party without credentials: it asks for data without them and says what it saw.
//! An open capability statement shows nothing about that.

use super::binary::{text, toetssteen, told};
use super::server::{Answer, Server};
use std::fs;
use tempfile::TempDir;

/// A server with an open capability statement that answers this status to whoever asks for data without credentials.
fn server(status: u16) -> Server {
    Server::start(move |asked| match (asked.path.ends_with("/metadata"), asked.header("authorization")) {
        (true, _) => {
            Answer::json(200, r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","format":["json"]}"#)
        }
        (false, None) => Answer::json(status, "{}"),
        (false, Some(_)) => Answer::json(404, "{}"),
    })
}

/// The exit code, the line about this party, and all that was told.
fn doctor(lang: &str, fhir: &str, credentials: Option<&str>, party: &str) -> (Option<i32>, String, String) {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let written = toetssteen(&["init", "--fhir", fhir, "--output", &target]);
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    if let Some(credentials) = credentials {
        let file = fs::read_to_string(&target).expect("the target file");
        let lines: Vec<&str> = file.lines().collect();
        let own = lines.iter().position(|line| line.starts_with("credentials:")).expect("credentials");
        let rest = lines[own + 1..].iter().skip_while(|line| line.starts_with(' ') || line.starts_with('#'));
        let kept: Vec<&str> = lines[..own].iter().chain(rest).copied().collect();
        fs::write(&target, format!("{}\ncredentials: {credentials}\n", kept.join("\n"))).expect("the target file");
        fs::write(folder.path().join("secret"), "hush").expect("a secret");
    }
    let done = toetssteen(&["--lang", lang, "doctor", "--target", &target]);
    let page = text(&done.stdout);
    let line = page.lines().find(|line| line.contains(&format!(" {party} "))).unwrap_or_default().to_owned();
    (done.status.code(), line, told(&done))
}

#[test]
fn an_endpoint_that_asks_for_credentials_is_no_endpoint_that_asks_for_none() {
    let closed = server(401);
    let (code, line, all) = doctor("en", &closed.url("/fhir"), None, "writer");
    assert_eq!(code, Some(3), "{all}");
    assert!(line.starts_with("  FAULT  writer") && line.contains("asks for credentials"), "{all}");
    assert!(line.contains("/fhir/Patient/") && line.contains("→ 401"), "what was seen: {all}");
    assert!(all.contains("Do: Give this party a credential") && all.contains("1 fault found"), "{all}");
    let (code, line, all) = doctor("nl", &closed.url("/fhir"), None, "writer");
    assert_eq!(code, Some(3), "{all}");
    assert!(line.starts_with("  FOUT   writer") && line.contains("vraagt om inloggegevens"), "{all}");
}

#[test]
fn whoever_may_be_meant_to_be_a_stranger_is_only_noted() {
    let closed = server(401);
    let credentials = "{ writer: { bearer: { token: { file: secret } } }, stranger: none }";
    let (code, line, all) = doctor("en", &closed.url("/fhir"), Some(credentials), "stranger");
    assert_eq!(code, Some(0), "{all}");
    assert!(line.starts_with("  note   stranger") && line.contains("→ 401"), "{all}");
}

#[test]
fn an_honest_open_endpoint_raises_no_alarm() {
    for status in [404, 410, 200] {
        let open = server(status);
        let (code, line, all) = doctor("en", &open.url("/fhir"), None, "writer");
        assert_eq!(code, Some(0), "{all}");
        assert!(line.starts_with("  ok     writer") && line.contains(&format!("→ {status}")), "{all}");
    }
    // A refusal that names no credentials, and a server that stumbles, show neither.
    for status in [403, 400, 500] {
        let other = server(status);
        let (code, line, all) = doctor("en", &other.url("/fhir"), None, "writer");
        assert_eq!(code, Some(0), "{all}");
        assert!(line.starts_with("  note   writer") && line.contains(&format!("→ {status}")), "{all}");
    }
}

#[test]
fn where_nothing_answers_nothing_is_called_fine() {
    let (code, line, all) = doctor("en", "http://127.0.0.1:9/fhir", None, "writer");
    assert_eq!(code, Some(3), "{all}");
    assert!(line.starts_with("  note   writer") && !line.contains("GET"), "{all}");
}
