//! `list`: one id a line, coverage with reasons, and the demands in two languages.

use crate::binary::{text, toetssteen, told};
use serde_json::Value;
use std::collections::BTreeSet;

fn lines(arguments: &[&str]) -> Vec<String> {
    let output = toetssteen(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn items(arguments: &[&str]) -> Vec<Value> {
    let output = toetssteen(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    serde_json::from_slice(&output.stdout).expect("an array of items")
}

fn first(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

#[test]
fn text_is_one_id_a_line_and_json_has_the_same_ids() {
    for what in ["profiles", "requirements", "cases", "defects", "demands"] {
        for coverage in [false, true] {
            let mut arguments = vec!["list", what];
            if coverage {
                arguments.push("--coverage");
            }
            let lines = lines(&arguments);
            arguments.extend(["--format", "json"]);
            let items = items(&arguments);
            let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().expect("an id")).collect();
            assert_eq!(lines.iter().map(|line| first(line)).collect::<Vec<_>>(), ids, "{arguments:?}");
            assert!(!ids.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn coverage_has_cases_and_defects_or_a_reason_for_every_requirement() {
    let defects: BTreeSet<String> = lines(&["list", "defects"]).iter().map(|line| first(line).to_owned()).collect();
    let cases: BTreeSet<String> = lines(&["list", "cases"]).iter().map(|line| first(line).to_owned()).collect();
    let mut tested = 0;
    for item in items(&["list", "--coverage", "--format", "json"]) {
        let id = item["id"].as_str().unwrap();
        let names = |key: &str| item[key].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned());
        assert!(names("cases").all(|case| cases.contains(&case)), "{id}");
        assert!(names("defects").all(|defect| defects.contains(&defect)), "{id}");
        assert!(["full", "partial"].contains(&item["depth"].as_str().unwrap()), "{id}");
        let verification = item["verification"].as_str().unwrap().to_owned();
        if verification == "test" {
            assert!(names("cases").next().is_some() && names("defects").next().is_some(), "{id}: {item}");
        } else {
            assert!(!item["reason"]["nl"].as_str().unwrap().is_empty(), "{id}");
            assert!(!item["reason"]["en"].as_str().unwrap().is_empty(), "{id}");
        }
        tested += usize::from(verification == "test");
    }
    assert!(tested > 0, "nothing is tested at all");
}

#[test]
fn what_no_case_verifies_says_why_in_both_languages() {
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics/base");
    let lines = lines(&["--catalogue", base, "--lang", "nl", "list", "requirements", "--coverage"]);
    let line = lines.iter().find(|line| first(line) == "demo/N-1").expect("the requirement");
    assert!(line.contains("not-yet") && line.contains("cases=-") && line.contains("Vraagt een andere rol."), "{line}");
    // This catalogue states no demands; what its requirements cite is listed all the same.
    let cited = items(&["--catalogue", base, "list", "demands", "--format", "json"]);
    assert_eq!(cited.len(), 1);
    assert_eq!((&cited[0]["id"], &cited[0]["tested"]), (&Value::from("S1"), &Value::from(true)));
}

#[test]
fn every_demand_is_served_or_says_why_not() {
    let items = items(&["list", "demands", "--format", "json"]);
    let ids: Vec<String> = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, (1..=57).map(|number| format!("S{number}")).collect::<Vec<_>>());
    for item in &items {
        let tested = item["tested"].as_bool().unwrap();
        let cases = item["cases"].as_array().unwrap().len();
        assert_eq!(tested, cases > 0, "{item}");
        assert_eq!(tested, item["reason"].is_null(), "{item}");
        assert_ne!(item["title"]["nl"], item["title"]["en"]);
    }
    let institutional = items.iter().find(|item| item["id"] == "S4").unwrap();
    assert_eq!(institutional["answered-by"], "institution");
    assert!(institutional["reason"]["nl"].as_str().unwrap().contains("toezichthouder"));
    assert!(items.iter().any(|item| item["id"] == "S28" && item["tested"] == true));
    let dutch = lines(&["--lang", "nl", "list", "demands"]);
    assert!(dutch[27].contains("recht van bezwaar"), "{}", dutch[27]);
}

#[test]
fn what_cannot_be_listed_is_a_usage_fault() {
    for arguments in [vec!["list", "nothing"], vec!["list", "cases", "--format", "xml"]] {
        assert_eq!(toetssteen(&arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(lines(&["list"]), lines(&["list", "requirements"]), "alone it lists what is asked for most");
}
