//! Ctrl-C in the middle of a run: it takes back what it did, judges what it has, and says that it was interrupted.
//! The signal goes to one process, by its id.

use super::binary::{command, text, told};
use super::stage::{rejudged, report};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How many records of cases the run in this folder has written so far.
fn records_of_cases(parent: &Path, process: u32) -> usize {
    let recording = parent.join(format!(".run.{process}.partial")).join("run.jsonl");
    fs::read_to_string(recording).map(|lines| lines.matches("\"phase\":\"case\"").count()).unwrap_or(0)
}

#[test]
fn an_interrupted_run_leaves_a_partial_report_that_judges_again_to_the_same_bytes() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("run");
    let mut running = command(&["demo", "--jobs", "1", "--seed", "3", "--out", &out.to_string_lossy()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let began = Instant::now();
    while records_of_cases(folder.path(), running.id()) < 20 {
        assert!(began.elapsed() < Duration::from_secs(60), "the run never came to its cases");
        if let Some(status) = running.try_wait().expect("a process") {
            panic!("the run ended before it could be interrupted: {status}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let process = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(process, rustix::process::Signal::INT).expect("a signal");
    let done = running.wait_with_output().expect("an end");

    assert_eq!(done.status.code(), Some(130), "{}", told(&done));
    assert!(text(&done.stdout).contains("INTERRUPTED"), "{}", told(&done));
    assert!(text(&done.stderr).contains("stopping: taking back what was done"), "{}", told(&done));
    let partial = report(&out);
    assert!(partial.run.interrupted);
    assert_eq!(partial.left_behind, Vec::<String>::new(), "what was created was removed");
    let ended = |outcome: &str, reason: Option<&str>| {
        partial.cases.iter().any(|case| case.outcome == outcome && case.reason.as_deref() == reason)
    };
    assert!(ended("inconclusive", Some("aborted")), "something was cut off");
    assert!(!ended("fail", None), "to be interrupted is no failure of the target");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing lies beside the run");

    let again = rejudged(&out);
    assert_eq!(again.status.code(), Some(130), "{}", told(&again));
    assert!(text(&again.stdout).contains("the same verdicts, byte for byte"), "{}", told(&again));
}
