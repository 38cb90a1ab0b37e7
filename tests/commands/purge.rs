//! `purge`: run directories go, and nothing else ever does.

use crate::binary::{command, text, toetssteen, told};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tempfile::TempDir;

/// A folder `reports` with a run `out`, made once by a small demonstration.
fn reports() -> TempDir {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("reports/out").to_string_lossy().into_owned();
    let demo = toetssteen(&["demo", "--out", &out, "--case", "fhir-rest/unknown-type"]);
    assert_eq!(demo.status.code(), Some(0), "{}", told(&demo));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let place = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &place);
        } else {
            fs::copy(&entry, &place).unwrap();
        }
    }
}

fn purge(folder: &TempDir, more: &[&str]) -> Output {
    let mut arguments = vec!["purge"];
    arguments.extend(more);
    command(&arguments).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap()
}

fn at(folder: &TempDir, path: &str) -> PathBuf {
    folder.path().join("reports").join(path)
}

#[test]
fn only_run_directories_go_and_only_when_confirmed() {
    let folder = reports();
    let run = at(&folder, "out");
    copy(&run, &at(&folder, "out.previous"));
    let going = at(&folder, ".out.4711.partial");
    copy(&run, &going);
    // As the process does that writes it; what only bears the number of a living one, 1, is nobody's any more.
    let held = fs::File::open(going.join("run.jsonl")).unwrap();
    held.lock().unwrap();
    let ended = at(&folder, ".out.1-2.partial");
    copy(&run, &ended);
    let mixed = at(&folder, "beside");
    copy(&run, &mixed);

    let asked = purge(&folder, &[]);
    assert_eq!(asked.status.code(), Some(2), "nobody confirmed: {}", told(&asked));
    let shown = purge(&folder, &["--dry-run"]);
    assert_eq!(shown.status.code(), Some(0), "{}", told(&shown));
    let young = purge(&folder, &["--older-than", "1d", "--yes"]);
    assert!(text(&young.stdout).contains("younger than 1d"), "{}", told(&young));
    let unknown = purge(&folder, &["--except", "reports/oud", "--yes"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", told(&unknown));
    assert!(run.exists() && at(&folder, "out.previous").exists());

    let kept = purge(&folder, &["--except", "reports/out", "--yes"]);
    assert_eq!(kept.status.code(), Some(0), "{}", told(&kept));
    assert!(run.exists() && !at(&folder, "out.previous").exists(), "{}", told(&kept));
    assert!(going.exists() && !ended.exists() && mixed.exists(), "{}", told(&kept));
    let done = purge(&folder, &["--older-than", "0s", "--yes"]);
    assert!(!run.exists() && mixed.exists(), "{}", told(&done));
    assert_eq!(purge(&folder, &["--yes"]).status.code(), Some(0), "nothing to do is fine");
}

#[test]
fn what_is_no_run_directory_is_left_alone() {
    let folder = reports();
    let run = at(&folder, "out");
    fs::write(run.join("notes.txt"), "mine").unwrap();
    let done = purge(&folder, &["--yes"]);
    assert!(run.join("notes.txt").exists() && text(&done.stdout).contains("notes.txt"), "{}", told(&done));
    fs::remove_file(run.join("notes.txt")).unwrap();

    // A folder of runs, with a stranger, a link out and a run in which a part is a link.
    let sets = at(&folder, "sets");
    copy(&run, &sets.join("a"));
    copy(&run, &sets.join("part"));
    fs::create_dir_all(sets.join("photos")).unwrap();
    fs::write(sets.join("photos/cat.jpg"), "cat").unwrap();
    fs::write(sets.join("run.txt"), "text").unwrap();
    let outside = folder.path().join("outside");
    copy(&run, &outside);
    symlink(&outside, sets.join("link")).unwrap();
    fs::remove_dir_all(sets.join("part/bodies")).unwrap();
    symlink(outside.join("bodies"), sets.join("part/bodies")).unwrap();
    let done = purge(&folder, &["--out", "reports/sets", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(!sets.join("a").exists(), "{}", told(&done));
    for left in ["photos/cat.jpg", "run.txt", "link/run.jsonl", "part/run.jsonl"] {
        assert!(sets.join(left).exists(), "{left}: {}", told(&done));
    }
    assert!(outside.join("report.json").exists() && fs::read_dir(outside.join("bodies")).unwrap().next().is_some());

    // The place itself is a link.
    symlink(&outside, at(&folder, "linked")).unwrap();
    let done = purge(&folder, &["--out", "reports/linked", "--yes"]);
    assert!(outside.join("run.jsonl").exists() && text(&done.stdout).contains("it is a link"), "{}", told(&done));
}

#[test]
fn what_an_interrupted_run_left_stays_until_it_is_asked_for() {
    let folder = reports();
    let run = at(&folder, "out");
    // A number that no process has: the largest that Linux gives is 4194304.
    let partial = at(&folder, ".out.2000000000.partial");
    fs::rename(&run, &partial).unwrap();
    fs::remove_file(partial.join("report.json")).unwrap();
    let done = purge(&folder, &["--yes"]);
    assert!(partial.exists() && text(&done.stdout).contains("`clean` needs it"), "{}", told(&done));
    let done = purge(&folder, &["--yes", "--interrupted"]);
    assert!(!partial.exists(), "{}", told(&done));
}
