//! `report.json` keeps the promise of its schema: a real one, and the example that stands in the repository.
//! `UPDATE_SCHEMAS=1` writes the schema anew.

use super::stage::RUN;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::terminal::{self, Colour};
use toetssteen::report::schema;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn faults(report: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(&schema::report()).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(report).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a report")).expect("JSON")
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let file = root().join("reports/schema/report.schema.json");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&file, schema::report()).expect("the schema");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema::report(), "stale: run this test once with UPDATE_SCHEMAS=1 and commit");
}

#[test]
fn a_real_report_is_valid_and_its_schema_can_say_no() {
    let report = read(&RUN.1.join("report.json"));
    assert_eq!(faults(&report), Vec::<String>::new());
    let mut wrong = report.clone();
    wrong["requirements"][0]["outcome"] = "passed".into();
    assert_eq!(faults(&wrong).len(), 1);
    let mut wrong = report;
    wrong.as_object_mut().expect("an object").remove("conclusion");
    assert_eq!(faults(&wrong).len(), 1);
}

#[test]
fn the_example_stays_readable() {
    let folder = root().join("reports/examples/objection-never-consulted");
    let value = read(&folder.join("report.json"));
    assert_eq!(faults(&value), Vec::<String>::new());
    let report: Report = serde_json::from_value(value).expect("today's types read it");
    assert!(report.requirements.iter().any(|entry| entry.outcome == "fail"), "it shows a failure");
    for (lang, name) in [(Lang::En, "terminal.en.txt"), (Lang::Nl, "terminal.nl.txt")] {
        let shown = terminal::render(&report, lang, Colour::Plain, "reports/out");
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(folder.join(name), &shown).expect("the example");
        }
        assert_eq!(
            shown,
            fs::read_to_string(folder.join(name)).unwrap_or_default(),
            "{name} is stale: UPDATE_SCHEMAS=1"
        );
    }
}
