//! Several processes share a run: their parts together say what one process says, and nothing else is put together.

use crate::bench::Served;
use crate::binary::{text, toetssteen, told};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PROFILE: &str = "fhir-rest";

fn report(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("report.json")).expect("a report")).expect("a report")
}

/// What is said of each requirement of the profile, and of each case.
fn said(report: &Value) -> Vec<String> {
    let of = |list: &str| report[list].as_array().expect("a list").clone();
    let requirements = of("requirements").into_iter().chain(of("cases"));
    let mut all: Vec<String> = requirements
        .map(|entry| format!("{} {} {} {}", entry["id"], entry["each"], entry["outcome"], entry["reason"]))
        .collect();
    all.sort();
    all
}

#[test]
fn the_parts_of_a_run_are_one_run_and_nothing_else_is() {
    let served = Served::start(&["--defect", "stale-if-match-accepted"]);
    let at = |name: &str| served.path(name).to_string_lossy().into_owned();
    let run = |name: &str, seed: &str, more: &[&str]| {
        let (target, out) = (served.target(), at(name));
        let arguments = ["run", "--target", &target, "--profile", PROFILE, "--out", &out, "--seed", seed];
        toetssteen(&[&arguments[..], more].concat())
    };
    for (name, shard, seed) in [("one", "1/2", "7"), ("two", "2/2", "8")] {
        let done = run(name, seed, &["--shard", shard]);
        assert!(text(&done.stdout).contains("SELECTION"), "a part is no whole: {}", told(&done));
    }
    let whole = run("whole", "9", &[]);
    let (one, two, merged) = (at("one"), at("two"), at("merged"));
    let done = toetssteen(&["merge", &two, &one, "--out", &merged]);
    assert_eq!(done.status.code(), whole.status.code(), "{}", told(&done));
    assert_eq!(done.status.code(), Some(1), "{}", told(&done));
    let together = report(&served.path("merged"));
    assert_eq!(said(&together), said(&report(&served.path("whole"))));
    assert_eq!(together["run"]["parts"][1]["shard"], "2/2");
    assert!(text(&done.stdout).contains("parts/"), "records are cited by part: {}", told(&done));

    let again = toetssteen(&["rejudge", &merged]);
    assert!(text(&again.stdout).contains("byte for byte"), "{}", told(&again));
    let page = at("page.html");
    let paged = toetssteen(&["rejudge", &merged, "--report", &format!("html={page}")]);
    assert_eq!(paged.status.code(), Some(1), "{}", told(&paged));

    for (parts, why) in [
        (vec![&one], "part 2 is missing"),
        (vec![&one, &one], "are both part 1/2"),
        (vec![&at("whole")], "was not made with --shard"),
        (vec![&merged, &one], "is put together already"),
    ] {
        let arguments: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        let refused = toetssteen(&[&["merge", "--out", &at("never")], &arguments[..]].concat());
        assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
        assert!(text(&refused.stderr).contains(why), "{why}: {}", told(&refused));
        assert!(!served.path("never").exists(), "nothing is written");
    }

    // Another challenge: the same shares of another run.
    let other = run("other", "8", &["--shard", "2/2", "--challenge", "a buyer's"]);
    assert!(text(&other.stdout).contains("SELECTION"), "{}", told(&other));
    let unlike = toetssteen(&["merge", &one, &at("other"), "--out", &at("never")]);
    assert!(text(&unlike.stderr).contains("differ in the limits or the challenge"), "{}", told(&unlike));

    // A part in which something was changed does not fit, in the parts or in the whole.
    let kept = served.path("merged/parts/1/run.jsonl");
    let changed = fs::read_to_string(&kept).expect("a recording").replacen("\"status\":200", "\"status\":201", 1);
    fs::write(&kept, changed).expect("the recording");
    let refused = toetssteen(&["rejudge", &merged]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
}
