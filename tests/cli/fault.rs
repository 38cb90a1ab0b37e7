//! Faults of the set-up, found by contacting the target: exit 3, one message with cause and remedy, nothing else.
//! None of them is anybody's non-conformance.

use super::binary::{command, text, toetssteen, told};
use super::server::{Authority, Server};
use super::stage::report;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use toetssteen_reference::{Client, ClientKey, Config, Regime, Right, Style};

/// Writes a target file for this base URL, runs it, and checks what every such fault has in common.
fn one_fault(fhir: &str, more: &str, fault: &str, cause: &str) {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let written = toetssteen(&["init", "--fhir", fhir, "--output", &target]);
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    let file = fs::read_to_string(&target).expect("the target file");
    fs::write(&target, format!("{file}\n{more}")).expect("the target file");
    let out = folder.path().join("out");
    let done = toetssteen(&["run", "--target", &target, "--out", &out.to_string_lossy()]);
    is_one_fault(&done, &out, fault, cause);
}

fn is_one_fault(done: &Output, out: &Path, fault: &str, cause: &str) {
    let page = text(&done.stdout);
    assert_eq!(done.status.code(), Some(3), "{}", told(done));
    assert_eq!(page.matches("CONFIGURATION").count(), 1, "one message: {page}");
    assert!(page.starts_with(&format!("CONFIGURATION {fault} · ")), "{page}");
    assert!(page.contains(cause), "{page}");
    assert!(page.contains("\n  Do         "), "a remedy: {page}");
    assert!(!told(done).contains("panicked") && !told(done).contains("stack backtrace"), "{}", told(done));
    let report = report(out);
    let faults: Vec<&str> = report.preflight.iter().map(|entry| entry.fault.as_str()).collect();
    assert_eq!(faults, [fault]);
    assert!(report.requirements.iter().all(|entry| entry.outcome != "fail" && entry.outcome != "pass"), "{page}");
    let as_fault = |entry: &&toetssteen::model::report::RequirementEntry| {
        entry.outcome == "config-error" && entry.reason.as_deref() == Some(fault)
    };
    assert!(report.requirements.iter().any(|entry| as_fault(&entry)), "{page}");
}

#[test]
fn a_host_name_that_does_not_resolve() {
    let allowed =
        "authorisation: { owner: the owner, environment: test, until: \"2099-12-31\", max-requests-per-second: 50 }";
    one_fault("http://no-such-host.invalid/fhir", allowed, "name", "the name does not resolve");
}

#[test]
fn a_certificate_that_has_expired() {
    let authority = Authority::new();
    let server =
        Server::tls(&authority.issue("localhost", |params| params.not_after = rcgen::date_time_ymd(2001, 1, 1)));
    tls(&server, Some(&authority), "the certificate has expired");
}

#[test]
fn a_certificate_of_an_authority_that_nobody_trusts() {
    let server = Server::tls(&Authority::new().issue("localhost", |_| {}));
    tls(&server, None, "an authority that is not trusted");
}

#[test]
fn a_certificate_for_another_name() {
    let authority = Authority::new();
    let server = Server::tls(&authority.issue("elsewhere.example", |_| {}));
    tls(&server, Some(&authority), "the certificate is for another name");
}

fn tls(server: &Server, trusted: Option<&Authority>, cause: &str) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("authority.pem");
    let more = trusted.map(|authority| {
        fs::write(&file, authority.pem()).expect("a file");
        format!("trust: [{:?}]\n", file.display().to_string())
    });
    let url = format!("https://localhost:{}/fhir", server.port());
    one_fault(&url, &more.unwrap_or_default(), "tls", cause);
}

/// The reference, met as any vendor's endpoint is: by a target file, with secrets from the environment.
#[test]
fn a_client_secret_that_the_token_service_refuses_and_a_token_service_that_is_not_there() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let key = ClientKey::Secret("the-secret-of-the-writer-1".to_owned());
    let clients = vec![Client { id: "writer".to_owned(), key, right: Right::Writer }];
    let (own_ura, partners) = (String::new(), Default::default());
    let (style, regime) = (Style::Plain, Regime::OptIn);
    let config = Config { style, regime, defects: BTreeSet::new(), clients, own_ura, partners };
    let reference = runtime.block_on(toetssteen_reference::start(config)).expect("the reference");
    let endpoints = reference.endpoints();
    let folder = TempDir::new().expect("a folder");
    let run = |name: &str, token: &str, secret: &str| {
        let target = folder.path().join(format!("{name}.yaml"));
        let fhir = &endpoints["fhir"];
        let file = format!(
            "format: 1\nname: secrets\nproduct: {{ vendor: V, name: P, version: \"1\" }}\n\
             claims: [{{ profile: fhir-rest, roles: [holder], fhir: [r4], format: [json] }}]\n\
             endpoints: {{ fhir: {fhir:?}, token: {token:?} }}\n\
             credentials: {{ writer: {{ client-credentials: {{ id: writer, secret: {{ env: WRITER }} }} }} }}\n\
             cast: fhir\n"
        );
        fs::write(&target, file).expect("a target file");
        let out = folder.path().join(name);
        let done = command(&["run", "--target", &target.to_string_lossy(), "--out", &out.to_string_lossy()])
            .env("WRITER", secret)
            .output()
            .expect("the binary starts");
        (done, out)
    };
    let (done, out) = run("refused", &endpoints["token"], "another-secret-1");
    is_one_fault(&done, &out, "credential", "401 invalid_client");
    assert!(text(&done.stdout).contains("credential · writer"), "{}", told(&done));
    let (done, out) = run("away", "http://127.0.0.1:9/token", "the-secret-of-the-writer-1");
    is_one_fault(&done, &out, "port", "nobody listens at that address");
    let (done, out) = run("right", &endpoints["token"], "the-secret-of-the-writer-1");
    // The options of the profile are not stated here, so that a part is not tested; what is, is judged.
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    let report = super::stage::report(&out);
    assert!(report.preflight.is_empty(), "with the right secret there is no fault: {}", told(&done));
    assert!(report.requirements.iter().filter(|entry| entry.outcome == "pass").count() > 10, "{}", told(&done));
    runtime.block_on(reference.stop());
}

#[test]
fn a_port_where_nobody_listens() {
    one_fault("http://127.0.0.1:9/fhir", "", "port", "nobody listens at that address");
}
