//! A narrowed run lists and counts what was selected, and nothing else: what nobody asked for lacks nothing.

use crate::bench::Served;
use crate::binary::{text, toetssteen, told};
use serde_json::Value;
use std::collections::BTreeSet;

/// The exit code, the page, and how every requirement that was selected ended.
fn run(served: &Served, target: &str, narrow: &[&str]) -> (Option<i32>, String, BTreeSet<(String, String)>) {
    let out = served.path("out").to_string_lossy().into_owned();
    let done = toetssteen(&[&["run", "--target", target, "--out", &out], narrow].concat());
    let bytes = std::fs::read(served.path("out/report.json")).unwrap_or_else(|_| panic!("{}", told(&done)));
    let report: Value = serde_json::from_slice(&bytes).expect("a report");
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let selected = report["requirements"].as_array().expect("requirements").iter();
    let selected = selected
        .filter(|entry| entry["reason"] != "not-selected" && entry["outcome"] != "not-applicable")
        .map(|entry| (word(entry, "id"), format!("{} {}", word(entry, "outcome"), word(entry, "reason"))));
    let selected = selected.map(|(id, ended)| (id, ended.trim_end().to_owned())).collect();
    (done.status.code(), text(&done.stdout), selected)
}

fn ended(all: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    all.iter().map(|(id, ended)| ((*id).to_owned(), (*ended).to_owned())).collect()
}

#[test]
fn only_what_was_selected_is_listed_and_decides_the_exit_code() {
    let served = Served::start(&[]);
    // Requirements of both profiles now hang on an option that is not stated.
    served.variant("less.yaml", "    create: offered\n", "");
    let stated = std::fs::read_to_string(served.path("less.yaml")).expect("the target file");
    let less = served.path("less.yaml").to_string_lossy().into_owned();
    std::fs::write(&less, stated.replacen("    choice-regime: opt-in\n", "", 1)).expect("the target file");

    let (code, page, selected) = run(&served, &less, &["--case", "fhir-rest/unknown-id"]);
    assert_eq!(code, Some(0), "{page}");
    assert_eq!(selected, ended(&[("fhir-rest/ERR-01", "pass"), ("fhir-rest/ERR-02", "pass")]), "{page}");
    assert!(!page.contains("option-not-stated") && !page.contains("not-yet"), "{page}");

    let (code, page, selected) = run(&served, &less, &["--profile", "privacy-by-design", "--role", "receiver"]);
    assert_eq!(code, Some(0), "{page}");
    let received = [("privacy-by-design/PSH-02", "pass"), ("privacy-by-design/PSH-02-stored", "pass")];
    assert_eq!(selected, ended(&received), "{page}");

    // What was selected still has to be judged.
    let (code, page, selected) = run(&served, &less, &["--case", "fhir-rest/create-is-answered-with-201"]);
    assert_eq!(code, Some(3), "{page}");
    assert_eq!(selected, ended(&[("fhir-rest/CRE-01", "not-tested option-not-stated")]), "{page}");
    assert!(page.contains("(option-not-stated): create"), "{page}");

    let (code, page, selected) = run(&served, &less, &["--profile", "fhir-rest", "--role", "receiver"]);
    assert_eq!((code, selected), (Some(5), ended(&[])), "{page}");
}

#[test]
fn an_option_makes_no_demand_disappear_for_which_there_is_no_case_under_it() {
    let served = Served::start(&[]);
    served.variant("other.yaml", "notification-form: empty-post", "notification-form: r4-subscription");
    let other = served.path("other.yaml").to_string_lossy().into_owned();
    let (_, page, selected) = run(&served, &other, &["--profile", "eoverdracht", "--role", "sender"]);
    // Who may read a handoff is demanded whatever announces it; only with the other forms is it looked at.
    let open = ended(&[("eoverdracht/P8", "not-tested not-yet"), ("eoverdracht/E13", "not-tested not-yet")]);
    assert!(open.is_subset(&selected), "{page}");
    // What is about another form is not applicable, and so not among them.
    assert!(!selected.iter().any(|(id, _)| id == "eoverdracht/SX-23"), "{page}");
}
