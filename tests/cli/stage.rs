//! What the tests of the command share beside the binary: folders, and one small run to look at.
//! Whoever changes a run directory works on a copy.

use super::binary::{toetssteen, told};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;
use tempfile::TempDir;

const CASES: [&str; 4] = [
    "--case",
    "privacy-by-design/objection-stops-retrieval",
    "--case",
    "privacy-by-design/token-of-one-holder-elsewhere",
];

/// Two cases against the embedded reference.
pub fn demo(out: &Path, more: &[&str]) -> Output {
    let out = out.to_string_lossy().into_owned();
    let mut arguments = vec!["demo", "--out", &out];
    arguments.extend(CASES);
    arguments.extend(more);
    toetssteen(&arguments)
}

/// One small run that serves many tests.
pub static RUN: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("run");
    let done = demo(&out, &["--seed", "7"]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    (folder, out)
});

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            fs::copy(&entry, &target).expect("a copy");
        }
    }
}

/// Every file below a folder, in name order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            found.push(entry);
        }
    }
    found.sort();
    found
}

pub fn rejudged(run: &Path) -> Output {
    toetssteen(&["rejudge", &run.to_string_lossy()])
}

/// The report of a run directory, as its own types read it.
pub fn report(run: &Path) -> toetssteen::model::report::Report {
    let bytes = fs::read(run.join("report.json")).expect("a report");
    serde_json::from_slice(&bytes).expect("a report that its own types can read")
}
