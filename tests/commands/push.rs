//! Push between two processes: one serves the reference, the other plays its counterparts and judges what arrives.
//! The verdicts are those of one process, whichever way the reference is told to send.

use crate::bench::Served;
use crate::binary::{toetssteen, told};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The outcome of each requirement in each role.
fn outcomes(folder: &Path) -> BTreeMap<String, String> {
    let report = fs::read(folder.join("report.json")).expect("a report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = report["requirements"].as_array().expect("requirements").iter();
    entries.map(|one| (format!("{} {}", text(&one["id"]), text(&one["role"])), text(&one["outcome"]))).collect()
}

/// How what passed came to be seen.
fn evidence(report: &Value) -> BTreeSet<&str> {
    let entries = report["requirements"].as_array().expect("requirements").iter();
    entries.filter(|one| one["outcome"] == "pass").filter_map(|one| one["evidence"].as_str()).collect()
}

fn run(target: &str, out: &Path, more: &[&str]) -> std::process::Output {
    let out = out.to_string_lossy().into_owned();
    let mut arguments = vec!["run", "--target", target, "--out", &out];
    arguments.extend(more);
    toetssteen(&arguments)
}

#[test]
fn two_processes_come_to_the_verdicts_of_one() {
    let narrow = ["--profile", "eoverdracht", "--profile", "voorschrift"];
    let served = Served::start(&[]);
    let apart = run(&served.target(), &served.path("apart"), &narrow);
    // Without TLS the cases about client certificates are not tested; everything else is judged.
    assert_eq!(apart.status.code(), Some(3), "{}", told(&apart));
    let together = served.path("together");
    let mut demo = vec!["demo", "--out", together.to_str().expect("a path")];
    demo.extend(narrow);
    let demo = toetssteen(&demo);
    assert_eq!(demo.status.code(), Some(0), "{}", told(&demo));
    let (apart, mut together) = (outcomes(&served.path("apart")), outcomes(&together));
    for certificate in ["eoverdracht/RX-01 receiver", "eoverdracht/RX-02 receiver", "eoverdracht/SX-02 sender"] {
        assert_eq!(together.insert(certificate.to_owned(), "not-tested".to_owned()).as_deref(), Some("pass"));
    }
    assert_eq!(apart, together);
    assert!(apart.values().filter(|outcome| *outcome == "pass").count() > 40, "{apart:?}");
}

/// Tells the reference to send, as a vendor's own script would: what was drawn comes as arguments, ids on standard input.
const SCRIPT: &str = r#"#!/usr/bin/env bash
set -euo pipefail
id="$(sed 's/.*"fhir":"\([^"]*\)".*/\1/')"
body="{\"patient\":\"$id\",\"endpoint\":\"fhir\",\"recipient\":\"$1\",\"address\":\"$2\",\"token-endpoint\":\"$3\"}"
exec 3<>"/dev/tcp/127.0.0.1/PORT"
printf 'POST /hooks/send-handoff HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s' "${#body}" "$body" >&3
sed '1,/^\r$/d' <&3
"#;

#[test]
fn a_program_that_tells_the_system_to_send_does_as_well_as_http() {
    let served = Served::start(&[]);
    let text = fs::read_to_string(served.path("t.yaml")).expect("the target file");
    let mut target: Value = serde_saphyr::from_str(&text).expect("YAML");
    let hooks = target["endpoints"]["hooks"].as_str().expect("an address").to_owned();
    let port = hooks.trim_start_matches("http://127.0.0.1:").split('/').next().expect("a port").to_owned();
    let script = served.path("start-handoff.sh");
    fs::write(&script, SCRIPT.replace("PORT", &port)).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it can be run");
    target["bindings"]["start-handoff"] =
        json!({ "exec": ["./start-handoff.sh", "{{with.recipient}}", "{{with.address}}", "{{with.token-endpoint}}"] });
    let file = served.path("exec.yaml");
    fs::write(&file, target.to_string()).expect("a file");
    let case = ["--case", "eoverdracht/completed-ends-access", "--allow-exec"];
    let judged = run(file.to_str().expect("a path"), &served.path("exec"), &case);
    assert_eq!(judged.status.code(), Some(0), "{}", told(&judged));
    let report = fs::read_to_string(served.path("exec").join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(evidence(&report), BTreeSet::from(["hook"]), "the evidence is that of a program");
    let forbidden = run(file.to_str().expect("a path"), &served.path("forbidden"), &case[..2]);
    assert_eq!(forbidden.status.code(), Some(3), "{}", told(&forbidden));
}

#[test]
fn a_program_that_returns_too_little_is_named_with_what_it_should_print() {
    let served = Served::start(&[]);
    let text = fs::read_to_string(served.path("t.yaml")).expect("the target file");
    let mut target: Value = serde_saphyr::from_str(&text).expect("YAML");
    target["bindings"]["send-prescription"] = json!({ "exec": ["true"] });
    for claim in
        target["claims"].as_array_mut().expect("claims").iter_mut().filter(|one| one["profile"] == "voorschrift")
    {
        claim["options"]["arrives-within"] = json!("1s");
    }
    let file = served.path("silent.yaml");
    fs::write(&file, target.to_string()).expect("a file");
    let case = ["--case", "voorschrift/loss-is-told", "--allow-exec"];
    let judged = run(file.to_str().expect("a path"), &served.path("silent"), &case);
    assert_eq!(judged.status.code(), Some(3), "{}", told(&judged));
    let report = fs::read_to_string(served.path("silent").join("report.json")).expect("a report");
    let hint = "the action send-prescription of step sent-well returned no `prescription`; let its program print one JSON \
                object with it, as {\\\"prescription\\\": ";
    assert!(report.contains(hint), "{report}");
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_is_contacted() {
    let served = Served::start(&[]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let text = fs::read_to_string(served.path("t.yaml")).expect("the target file");
    let mut target: Value = serde_saphyr::from_str(&text).expect("YAML");
    target["counterparts"]["listen"] = json!(address);
    let file = served.path("taken.yaml");
    fs::write(&file, target.to_string()).expect("a file");
    let refused = run(file.to_str().expect("a path"), &served.path("out"), &["--profile", "eoverdracht"]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    let said = told(&refused);
    assert!(said.contains("counterparts.listen") && said.contains(&address), "{said}");
    assert!(!served.path("out").exists() && served.log().is_empty(), "nothing was contacted");
}
