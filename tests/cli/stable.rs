//! Order of cases, number of jobs and seed change no verdict: the whole catalogue twice, the rest unlike.
//! The seed draws the order of the cases, the cast and the samples. `prove --rounds` asks the same of every defect.

use super::binary::{toetssteen, told};
use super::stage::report;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// What is said under each set of claims, of every requirement and every case.
fn outcomes(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for run in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let claims = run.file_name().expect("a name").to_string_lossy().into_owned();
        all.extend(of_run(&run).into_iter().map(|(what, outcome)| (format!("{claims}: {what}"), outcome)));
    }
    all
}

fn of_run(run: &Path) -> BTreeMap<String, String> {
    let report = report(run);
    let said = |outcome: &str, reason: &Option<String>| format!("{outcome} {}", reason.clone().unwrap_or_default());
    let requirements = report
        .requirements
        .iter()
        .map(|entry| (format!("requirement {} of {}", entry.id, entry.role), said(&entry.outcome, &entry.reason)));
    // The seed draws which instances a case has, so that a case is compared by all its outcomes together.
    let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in &report.cases {
        cases.entry(format!("case {}", entry.id)).or_default().insert(said(&entry.outcome, &entry.reason));
    }
    let cases = cases.into_iter().map(|(case, said)| (case, said.into_iter().collect::<Vec<_>>().join(", ")));
    requirements.chain(cases).collect()
}

fn is_stable(style: &str, defects: &[&str], code: i32) {
    let folder = TempDir::new().expect("a folder");
    let seen: Vec<_> = [("21", "1"), ("22", "16")]
        .map(|(seed, jobs)| {
            let out = folder.path().join(seed).join("run");
            fs::create_dir(out.parent().expect("a folder")).expect("a new folder");
            let mut arguments = vec!["demo", "--style", style, "--seed", seed, "--jobs", jobs, "--out"];
            arguments.push(out.to_str().expect("a path"));
            arguments.extend(defects.iter().flat_map(|defect| ["--defect", defect]));
            let done = toetssteen(&arguments);
            assert_eq!(done.status.code(), Some(code), "{}", told(&done));
            outcomes(out.parent().expect("a folder"))
        })
        .into();
    let judged = |outcome: &str| seen[0].values().filter(|known| known.as_str() == format!("{outcome} ")).count();
    assert!(judged("pass") > 20, "much passes");
    assert_eq!(judged("fail") > 0, !defects.is_empty(), "a defect is seen, and nothing where there is none");
    for other in &seen[1..] {
        let differ: Vec<_> = seen[0].iter().filter(|(what, outcome)| other.get(*what) != Some(outcome)).collect();
        assert!(differ.is_empty(), "{style} {defects:?}: {differ:#?} became {:#?}", {
            differ.iter().map(|(what, _)| other.get(*what)).collect::<Vec<_>>()
        });
        assert_eq!(seen[0].len(), other.len());
    }
}

/// A handful at once: switches in the reference and mutations before it.
const DEFECTS: [&str; 5] =
    ["audience-not-checked", "objection-only-on-get", "no-choice-403", "stale-if-match-409", "unknown-id-200"];

#[test]
fn the_clean_reference() {
    is_stable("other", &[], 0);
}

#[test]
fn a_handful_of_defects() {
    is_stable("plain", &DEFECTS, 1);
}
