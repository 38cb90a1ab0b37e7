//! What tools are told of the golden report, held against their schemas and read by what others wrote.
//! The SARIF schema is that of OASIS, as it comes with the crate that reads our log.

use crate::bones::{command, tap};
use crate::golden;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::{SOURCE, github, gitlab, sarif, tap as tap_of};

/// The golden report, and the same in the states that change what is said.
fn reports() -> Vec<(&'static str, Report)> {
    let golden = golden::report();
    let mut interrupted = golden.clone();
    (interrupted.run.interrupted, interrupted.run.selection, interrupted.run.finished) = (true, true, None);
    let mut empty = golden.clone();
    empty.requirements.clear();
    empty.preflight.clear();
    let mut faultless = empty.clone();
    faultless.requirements = golden.requirements.iter().filter(|one| one.outcome == "pass").cloned().collect();
    vec![("golden", golden), ("interrupted", interrupted), ("empty", empty), ("faultless", faultless)]
}

/// The schema in the package of `serde-sarif`, which is that of OASIS.
fn oasis() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let told = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let tree: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let packages = tree["packages"].as_array().expect("packages");
    let package = packages.iter().find(|it| it["name"] == "serde-sarif").expect("the package");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    let schema = manifest.parent().unwrap_or(Path::new(".")).join("src/schema.json");
    let text = std::fs::read_to_string(schema).expect("the schema");
    // One pattern ends in a bracket that only lenient readers of regular expressions take for itself.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}\\\\]?$");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn sarif_fits_the_schema_of_oasis() {
    let schema = oasis();
    assert!(schema["title"].as_str().is_some_and(|title| title.contains("2.1.0")));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (name, report) in reports() {
        for lang in [Lang::Nl, Lang::En] {
            let text = sarif::render(&report, lang, "ci/our target.yaml").expect("SARIF");
            let tree: Value = serde_json::from_str(&text).expect("JSON");
            let faults: Vec<String> =
                validator.iter_errors(&tree).map(|error| format!("{error} at {}", error.instance_path())).collect();
            assert_eq!(faults, Vec::<String>::new(), "{name}");
        }
    }
    // The validator is awake: what the schema does not know is a fault.
    let wrong =
        serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "x" } }, "result": [] }] });
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn sarif_is_read_by_a_reader_of_others_without_loss() {
    for (name, report) in reports() {
        let text = sarif::render(&report, Lang::En, SOURCE).expect("SARIF");
        let read: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect(name);
        let back = serde_json::to_value(&read).expect("JSON");
        let (mut ours, mut back) = (serde_json::from_str::<Value>(&text).expect("JSON"), back);
        for tree in [&mut ours, &mut back] {
            bare(tree);
        }
        assert_eq!(ours, back, "{name}: a field was not known");
    }
}

/// Without nulls, which mean the same as nothing.
fn bare(tree: &mut Value) {
    match tree {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(bare);
        }
        Value::Array(items) => items.iter_mut().for_each(bare),
        _ => {}
    }
}

#[test]
fn every_result_points_at_its_rule_and_at_the_file_that_was_named() {
    let text = sarif::render(&golden::report(), Lang::En, "./ci/our target.yaml").expect("SARIF");
    let tree: Value = serde_json::from_str(&text).expect("JSON");
    let run = &tree["runs"][0];
    let results = run["results"].as_array().expect("results");
    let told: Vec<(&str, &str, &str)> = results
        .iter()
        .map(|it| (it["ruleId"].as_str().unwrap(), it["kind"].as_str().unwrap(), it["level"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("privacy-by-design/OPT-01", "fail", "error"),
            ("privacy-by-design/CON-01", "open", "none"),
            ("privacy-by-design/BLR-01", "open", "none"),
            ("privacy-by-design/OPT-01-reversible", "open", "none"),
            ("privacy-by-design/OPT-02", "fail", "warning"),
            ("fhir-rest/SRCH-01", "fail", "warning"),
        ]
    );
    let mut prints = BTreeSet::new();
    for result in results {
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][at]["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "ci/our%20target.yaml");
        assert!(prints.insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string()));
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], Value::from(false), "pre-flight found something");
}

#[test]
fn a_workflow_command_says_what_the_report_says() {
    let report = golden::report();
    let text = github::render(&report, Lang::En, "ci/a,b:c.yaml");
    let commands: Vec<_> = text.lines().map(|line| command(line).expect("a command")).collect();
    let names: Vec<&str> = commands.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["notice", "error", "error", "warning", "warning", "warning", "warning", "warning"]);
    for command in &commands {
        let keys: Vec<&str> = command.properties.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["file", "line", "title"]);
        assert_eq!(command.properties[0].1, "ci/a,b:c.yaml");
    }
    assert!(commands[0].data.starts_with("Not conformant:"), "{:?}", commands[0]);
    assert!(commands[2].properties[2].1.starts_with("privacy-by-design/OPT-01 (holder)"), "the gravest first");
    assert!(commands[2].data.contains("\nObserved: clinical data of opt"), "{:?}", commands[2]);
}

/// The fields that GitLab documents: all required, the severity one of five, a relative path, a first line.
#[test]
fn code_quality_has_the_documented_fields() {
    let schema = serde_json::json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "additionalProperties": false,
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^/.]" },
                        "lines": { "type": "object", "required": ["begin"], "properties": { "begin": { "type": "integer", "minimum": 1 } } },
                    },
                },
            },
        },
    });
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (name, report) in reports() {
        let text = gitlab::render(&report, Lang::Nl, SOURCE).expect("JSON");
        let tree: Value = serde_json::from_str(&text).expect("JSON");
        assert!(validator.is_valid(&tree), "{name}: {:?}", validator.iter_errors(&tree).next());
        let issues = tree.as_array().expect("a list");
        let prints: BTreeSet<String> = issues.iter().map(|it| it["fingerprint"].to_string()).collect();
        assert_eq!(prints.len(), issues.len(), "{name}: of two issues with one fingerprint the second is lost");
    }
    let text = gitlab::render(&golden::report(), Lang::En, SOURCE).expect("JSON");
    let tree: Value = serde_json::from_str(&text).expect("JSON");
    let severities: Vec<&str> = tree.as_array().unwrap().iter().map(|it| it["severity"].as_str().unwrap()).collect();
    assert_eq!(severities, ["major", "blocker", "minor", "minor", "minor", "info", "info"]);
}

#[test]
fn the_same_issue_is_known_again_in_the_next_run() {
    let mut next = golden::report();
    next.run.id = "another".to_owned();
    next.requirements.iter_mut().for_each(|one| one.text.en.push('!'));
    let prints = |report: &Report, lang| {
        let text = gitlab::render(report, lang, SOURCE).expect("JSON");
        let tree: Value = serde_json::from_str(&text).expect("JSON");
        tree.as_array().unwrap().iter().map(|it| it["fingerprint"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(prints(&golden::report(), Lang::Nl), prints(&next, Lang::En));
}

/// A harness counts SKIP and TODO as success: nothing that is not shown may hide behind them.
#[test]
fn tap_is_ok_only_for_what_is_met_or_not_asked() {
    for (name, report) in reports() {
        let stream = tap(&tap_of::render(&report, Lang::Nl)).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(stream.bail.is_some(), matches!(name, "interrupted" | "empty"), "{name}");
        let points = &stream.points[report.preflight.len()..];
        for (point, entry) in points.iter().zip(&report.requirements) {
            let counts = entry.effective == "must" && entry.verification == "test";
            let (ok, directive) = match entry.outcome.as_str() {
                "pass" => (true, None),
                "fail" => (false, None),
                "warn" => (false, Some("TODO")),
                "not-applicable" => (true, Some("SKIP")),
                _ if counts => (false, None),
                _ => (true, Some("SKIP")),
            };
            assert_eq!((point.ok, point.directive.as_deref()), (ok, directive), "{name}: {}", entry.id);
            assert_eq!(point.message.is_some(), !ok, "{}", entry.id);
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for (_, report) in reports() {
        let all = |report: &Report| {
            [Lang::Nl, Lang::En].map(|lang| {
                let sarif = sarif::render(report, lang, SOURCE).expect("SARIF");
                let gitlab = gitlab::render(report, lang, SOURCE).expect("JSON");
                [sarif, gitlab, github::render(report, lang, SOURCE), tap_of::render(report, lang)]
            })
        };
        let again: Report = serde_json::from_str(&serde_json::to_string(&report).expect("JSON")).expect("a report");
        assert_eq!(all(&report), all(&again));
    }
}

#[test]
fn what_annotations_say() {
    insta::assert_snapshot!("github-nl", github::render(&golden::report(), Lang::Nl, SOURCE));
    insta::assert_snapshot!("tap-nl", tap_of::render(&golden::report(), Lang::Nl));
    insta::assert_snapshot!("tap-en", tap_of::render(&golden::report(), Lang::En));
}
