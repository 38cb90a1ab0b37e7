//! The command: files and directories in, four files out, the same bytes each time.

use super::bidders::{bidder, same, withdraw};
use super::binary::{command, text, toetssteen, told};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::{html, json};
use toetssteen::report::schema;

const KINDS: [&str; 4] = ["html", "xlsx", "csv", "json"];

fn write(folder: &Path, name: &str, tree: Value) -> PathBuf {
    let report: Report = serde_json::from_value(tree).expect("a report");
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, json::render(&report).expect("JSON")).expect("the disk takes it");
    path
}

/// A report by itself, and one in a run directory.
fn two(folder: &Path) -> (String, String) {
    let north = write(folder, "north.json", bidder("North", same));
    write(folder, "south/report.json", bidder("South", |tree| withdraw(tree, "privacy-by-design", "receiver")));
    (north.to_string_lossy().into_owned(), folder.join("south").to_string_lossy().into_owned())
}

fn all(out: &Path) -> Vec<Vec<u8>> {
    KINDS.map(|kind| fs::read(out.join(format!("comparison.{kind}"))).expect("it is written")).into()
}

#[test]
fn the_same_reports_give_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let (north, south) = two(folder.path());
    let mut known = Vec::new();
    for (name, zone) in [("one", "UTC"), ("two", "Asia/Tokyo")] {
        let out = folder.path().join(name);
        let done = command(&["compare", &north, &south, "--out", &out.to_string_lossy()])
            .env("TZ", zone)
            .env_remove("SOURCE_DATE_EPOCH")
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        assert!(text(&done.stdout).contains("What cannot be compared"), "{}", told(&done));
        known.push(all(&out));
    }
    assert!(known[0] == known[1], "two runs of the command differ");
}

#[test]
fn the_comparison_keeps_the_promise_of_its_schema() {
    let folder = TempDir::new().unwrap();
    let (north, south) = two(folder.path());
    let file = folder.path().join("c.json");
    let done = toetssteen(&["compare", &north, &south, "--report", &format!("json={}", file.display())]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let value: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(&schema::comparison()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    let mut wrong = value;
    wrong["subjects"][0]["categories"][0]["rows"][0]["cells"][0]["state"] = "good".into();
    assert!(!validator.is_valid(&wrong), "the schema can say no");
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/schema/comparison.schema.json");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&file, schema::comparison()).expect("the schema");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema::comparison(), "stale: run this test once with UPDATE_SCHEMAS=1 and commit");
}

#[test]
fn a_page_beside_a_report_is_linked_and_that_of_another_run_is_not() {
    let folder = TempDir::new().unwrap();
    let (north, south) = two(folder.path());
    let page = |tree: Value| html::render(&serde_json::from_value(tree).unwrap(), Lang::Nl).unwrap();
    fs::write(folder.path().join("north.html"), page(bidder("North", same))).unwrap();
    let other = bidder("South", |tree| tree["run"]["digest"] = "of another run".into());
    fs::write(folder.path().join("south.html"), page(other)).unwrap();
    let out = folder.path().join("out").join("c.html");
    let done = toetssteen(&["compare", &north, &south, "--report", &format!("html={}", out.display())]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let written = fs::read_to_string(out).unwrap();
    assert!(written.contains("href=\"../north.html#nl-privacy-by-design-OPT-01-holder\""), "no link to the page");
    assert!(!written.contains("south.html"), "a page of another run is linked");
}

#[test]
fn what_is_no_report_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let (north, south) = two(folder.path());
    let bad = folder.path().join("bad.json");
    fs::write(&bad, "{}").unwrap();
    let missing = folder.path().join("missing");
    let refused = |arguments: &[&str], words: &str| {
        let done = toetssteen(arguments);
        assert_eq!(done.status.code(), Some(2), "{}", told(&done));
        assert!(text(&done.stderr).contains(words), "{}", told(&done));
    };
    refused(&["compare", &north, &bad.to_string_lossy()], "bad.json: it is no report");
    refused(&["compare", &north, &missing.to_string_lossy()], "missing");
    refused(&["compare", &north, &north], "named twice");
    refused(&["compare", &north], "2 values");
    refused(&["compare", &north, &south, "--report", "pdf=x"], "html, xlsx, csv and json");
    refused(&["compare", &north, &south, "--report", "html"], "KIND=PATH");
    let epoch = command(&["compare", &north, &south]).env("SOURCE_DATE_EPOCH", "soon").output().unwrap();
    assert_eq!(epoch.status.code(), Some(2), "{}", told(&epoch));
    let blocked = toetssteen(&["compare", &north, &south, "--out", &north]);
    assert_eq!(blocked.status.code(), Some(4), "{}", told(&blocked));
}

#[test]
fn age_can_be_limited_and_counted_from_a_later_moment() {
    let folder = TempDir::new().unwrap();
    let (north, south) = two(folder.path());
    let told_old = |epoch: &str, age: &str| {
        let arguments = ["compare", &north, &south, "--lang", "nl", "--max-age", age];
        let done = command(&arguments).env("SOURCE_DATE_EPOCH", epoch).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", told(&done));
        text(&done.stdout).contains("te oud")
    };
    // 4 May 2026, and a hundred days later.
    assert!(!told_old("1777885950", "30d"));
    assert!(told_old("1786525950", "30d"));
    assert!(!told_old("1786525950", "101d"));
}
