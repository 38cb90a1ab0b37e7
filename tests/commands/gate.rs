//! `report`, `diff` and `gate` through the binary, on a report that a run against the reference left.
//! The runs are small: one case, narrowed; what a gate says of a whole run is tested on reports that are made.

use crate::binary::{command, text, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;
use tempfile::TempDir;
use toetssteen::report::schema;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/examples/objection-never-consulted/report.json");
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden.json");
const POLICY: &str = "format: 1\nprofiles: [ { id: fhir-rest, conformant: true } ]\n";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fn run(arguments: &[&str]) -> Output {
    // The fifteenth of June 2026, whatever day it is.
    command(arguments).env("SOURCE_DATE_EPOCH", "1781481600").output().expect("the binary starts")
}

fn file(name: &str, text: &str) -> String {
    let path = FOLDER.path().join(name);
    fs::write(&path, text).expect("a file");
    path.to_string_lossy().into_owned()
}

/// The golden report, with this done to its text.
fn golden(name: &str, change: impl Fn(String) -> String) -> String {
    file(name, &change(fs::read_to_string(GOLDEN).expect("the golden report")))
}

fn code(output: &Output, wanted: i32) {
    assert_eq!(output.status.code(), Some(wanted), "{}", told(output));
}

#[test]
fn a_report_is_shown_and_written_in_every_format() {
    let shown = run(&["report", EXAMPLE, "--lang", "nl"]);
    code(&shown, 0);
    assert!(text(&shown.stdout).contains("Niet conform"), "{}", told(&shown));
    for kind in ["html", "markdown", "junit", "json", "sarif", "github", "gitlab", "tap"] {
        let path = FOLDER.path().join("formats").join(kind);
        let written = run(&["report", EXAMPLE, "--report", &format!("{kind}={}", path.display())]);
        code(&written, 0);
        let printed = run(&["report", EXAMPLE, "--report", &format!("{kind}=-")]);
        code(&printed, 0);
        assert!(!printed.stdout.is_empty());
        assert_eq!(text(&printed.stdout), fs::read_to_string(&path).expect(kind), "the same bytes, and nothing beside");
    }
    let pointed = run(&["report", EXAMPLE, "--report", "github=-", "--source", "ci/t.yaml"]);
    assert!(text(&pointed.stdout).contains("file=ci/t.yaml,line=1"), "{}", told(&pointed));
    let dir = Path::new(EXAMPLE).parent().unwrap().to_string_lossy().into_owned();
    code(&run(&["report", &dir]), 0);
}

#[test]
fn a_run_writes_what_report_writes_later() {
    let place = |name: &str| FOLDER.path().join(name);
    let kinds = ["sarif", "github", "gitlab", "tap"];
    let asked: Vec<String> = kinds.iter().map(|kind| format!("{kind}={}", place(kind).display())).collect();
    let out = place("run").to_string_lossy().into_owned();
    let mut arguments =
        vec!["demo", "--seed", "1", "--case", "fhir-rest/unknown-id", "--profile", "fhir-rest", "--out", &out];
    asked.iter().for_each(|one| arguments.extend(["--report", one]));
    code(&run(&arguments), 0);
    for kind in kinds {
        let later = run(&["report", &out, "--report", &format!("{kind}=-")]);
        code(&later, 0);
        assert_eq!(text(&later.stdout), fs::read_to_string(place(kind)).expect(kind), "{kind}");
    }
    // A narrowed run is never green.
    let policy = file("narrowed.yaml", POLICY);
    // A day before the run would let waivers live again that have ended since.
    let early = run(&["gate", &out, "--policy", &policy]);
    code(&early, 2);
    assert!(text(&early.stderr).contains("the run began later"), "{}", told(&early));
    let gate =
        command(&["gate", &out, "--policy", &policy]).env_remove("SOURCE_DATE_EPOCH").output().expect("the binary");
    code(&gate, 6);
    assert!(text(&gate.stdout).starts_with("Stopped ("), "{}", told(&gate));
    assert!(text(&gate.stdout).contains("only a chosen part was tested"), "{}", told(&gate));
}

#[test]
fn what_is_no_report_exits_2() {
    let broken = file("broken.json", "{\"format\": 1, \"judge\": \"\u{1b}[31m\"");
    let later = file("later.json", "{\"format\": 2}");
    let policy = file("any.yaml", POLICY);
    for path in [broken.as_str(), later.as_str(), "no-such-file", "/"] {
        for arguments in [
            vec!["report", path],
            vec!["diff", path, GOLDEN],
            vec!["diff", GOLDEN, path],
            vec!["gate", path, "--policy", &policy],
        ] {
            let refused = run(&arguments);
            code(&refused, 2);
            assert_eq!(text(&refused.stderr).lines().count(), 1, "one message: {}", told(&refused));
            assert!(refused.stdout.is_empty() && !text(&refused.stderr).contains('\u{1b}'), "{}", told(&refused));
        }
    }
    for wrong in ["pdf=x", "tap", "tap="] {
        code(&run(&["report", EXAMPLE, "--report", wrong]), 2);
    }
}

/// What is written is valid, the schema can say no, and the committed one is that of the types.
fn keeps_its_promise(tree: &Value, name: &str, schema: &str, spoil: impl Fn(&mut Value)) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("reports/schema/{name}.schema.json"));
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&file, schema).expect("the schema");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema, "{name}: stale: run this test once with UPDATE_SCHEMAS=1 and commit");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(tree).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new(), "{name}");
    let mut wrong = tree.clone();
    spoil(&mut wrong);
    assert!(!validator.is_valid(&wrong), "{name}: the schema can say no");
}

#[test]
fn a_regression_exits_1_and_stands_first() {
    let old = golden("old.json", |text| text.replace("\"fail\"", "\"pass\"").replace("sgoldenrun", "searlier"));
    let worse = run(&["diff", &old, GOLDEN]);
    code(&worse, 1);
    let said = text(&worse.stdout);
    assert!(said.starts_with("A Vendor Dossier: 1 requirement got worse"), "{said}");
    assert!(said.contains("privacy-by-design/OPT-01 (holder): broken now"), "{said}");
    code(&run(&["diff", GOLDEN, &old]), 0);
    code(&run(&["diff", GOLDEN, GOLDEN]), 0);
    let json = run(&["diff", &old, GOLDEN, "--format", "json"]);
    let tree: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(tree["regressions"][0]["kind"], "broken");
    let markdown = run(&["diff", &old, GOLDEN, "--format", "markdown", "--lang", "nl"]);
    assert!(text(&markdown.stdout).starts_with("# Twee toetsen van één product"), "{}", told(&markdown));
    keeps_its_promise(&tree, "diff", &schema::diff(), |tree| tree["regressions"][0]["kind"] = "worse".into());
    let should = golden("should.json", |text| text.replacen("\"outcome\": \"warn\"", "\"outcome\": \"pass\"", 1));
    code(&run(&["diff", &should, GOLDEN]), 0);
    code(&run(&["diff", &should, GOLDEN, "--fail-on", "should"]), 1);
    let other = golden("other.json", |text| text.replace("\"A Vendor\"", "\"Another\""));
    let refused = run(&["diff", &other, GOLDEN]);
    code(&refused, 2);
    assert!(text(&refused.stderr).contains("OLD is about Another Dossier"), "{}", told(&refused));
}

#[test]
fn the_gate_says_in_its_first_line_what_is_decided_and_why() {
    let policy = file("policy.yaml", POLICY);
    let summary: PathBuf = FOLDER.path().join("gate.md");
    let stopped = run(&[
        "gate",
        GOLDEN,
        "--policy",
        &policy,
        "--lang",
        "nl",
        "--report",
        &format!("markdown={}", summary.display()),
    ]);
    code(&stopped, 6);
    let said = text(&stopped.stdout);
    let first = said.lines().next().expect("a line");
    assert!(first.starts_with("Tegengehouden (2026-06-15): Dossier 4.2") && first.ends_with('.'), "{first}");
    assert!(fs::read_to_string(&summary).expect("a summary").contains("Besluit volgens het beleid"));
    let json = run(&["gate", GOLDEN, "--policy", &policy, "--report", &format!("json={}", summary.display())]);
    code(&json, 6);
    let tree: Value = serde_json::from_slice(&fs::read(&summary).unwrap()).expect("JSON");
    keeps_its_promise(&tree, "decision", &schema::decision(), |tree| tree["violations"][0]["rule"] = "taste".into());
    assert_eq!((&tree["passed"], &tree["violations"][0]["rule"]), (&false.into(), &"leak".into()));
}

#[test]
fn a_faulty_question_exits_2_and_decides_nothing() {
    let policy = file("sound.yaml", POLICY);
    let idle = file("idle.yaml", "format: 1\nshoulds: { allowed-until: 2027-01-01 }\n");
    let compares = file("compares.yaml", "format: 1\nbaseline: { no-new-must-failure: true }\n");
    for arguments in [
        vec!["--policy", idle.as_str()],
        vec!["--policy", "no-such-file"],
        vec!["--policy", compares.as_str()],
        vec!["--policy", compares.as_str(), "--baseline", EXAMPLE],
        vec!["--policy", policy.as_str(), "--baseline", GOLDEN],
        vec!["--policy", policy.as_str(), "--report", "html=x"],
    ] {
        let refused = run(&[&["gate", GOLDEN], &arguments[..]].concat());
        code(&refused, 2);
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty(), "{}", told(&refused));
    }
    let faulty = run(&["gate", GOLDEN, "--policy", &idle]);
    assert!(text(&faulty.stderr).contains("error[idle-policy]"), "{}", told(&faulty));
    let day = command(&["gate", GOLDEN, "--policy", &policy]).env("SOURCE_DATE_EPOCH", "tomorrow").output().unwrap();
    code(&day, 2);
}
