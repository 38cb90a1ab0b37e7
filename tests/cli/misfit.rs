//! Run directories that somebody else made: what was cut out of the plan, what is no file, what another version judged, and
//! what would steer a terminal.

use super::binary::{command, text, toetssteen, told};
use super::stage::{RUN, copy};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

fn a_copy() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let run = folder.path().join("run");
    copy(&RUN.1, &run);
    (folder, run)
}

/// A recording with its first line changed and every hash made anew, as whoever forges one would.
fn forged(run: &Path, change: impl Fn(&mut Value)) {
    let place = run.join("run.jsonl");
    let lines = fs::read_to_string(&place).expect("a recording");
    let (mut out, mut before) = (String::new(), "0".repeat(64));
    for (number, line) in lines.lines().enumerate() {
        let mut content = serde_json::from_str::<Value>(line).expect("a line")["is"].take();
        if number == 0 {
            change(&mut content);
        }
        let line = format!("{{\"after\":\"{before}\",\"is\":{content}}}");
        before = toetssteen::model::digest::digest(line.as_bytes());
        out.push_str(&line);
        out.push('\n');
    }
    fs::write(place, out).expect("the recording");
}

/// Judged again into another folder, so that no earlier report is asked what it says.
fn judged_anew(folder: &TempDir, run: &Path) -> Output {
    let out = folder.path().join("anew");
    toetssteen(&["rejudge", &run.to_string_lossy(), "--out", &out.to_string_lossy()])
}

const CASE: &str = "privacy-by-design/objection-stops-retrieval";

#[test]
fn a_case_that_was_cut_out_of_the_plan_is_missed() {
    let (folder, run) = a_copy();
    forged(&run, |_| {});
    assert_eq!(judged_anew(&folder, &run).status.code(), Some(0), "what was only written anew is judged");

    let instances = |plan: &mut Value| plan["plan"]["instances"].as_array_mut().expect("instances").clone();
    let is_case = |one: &Value| one["case"] == CASE;
    type Change<'c> = (&'c str, &'c dyn Fn(&mut Value));
    let changes: [Change<'_>; 5] = [
        ("its catalogue has none", &|header| {
            for one in header["plan"]["instances"].as_array_mut().expect("instances") {
                if one["case"] == CASE {
                    one["case"] = json!("privacy-by-design/no-such-case");
                }
            }
        }),
        ("does not say what becomes of", &|header| {
            let kept: Vec<Value> = instances(header).into_iter().filter(|one| !is_case(one)).collect();
            header["plan"]["instances"] = json!(kept);
        }),
        ("under other options than it claims", &|header| {
            for one in header["plan"]["instances"].as_array_mut().expect("instances") {
                one["options"] = json!({});
            }
        }),
        ("called a selection", &|header| header["plan"]["only"] = json!({})),
        ("not called one", &|header| header["plan"]["selection"] = json!(false)),
    ];
    for (why, change) in changes {
        let (folder, run) = a_copy();
        forged(&run, change);
        let refused = judged_anew(&folder, &run);
        assert_eq!(refused.status.code(), Some(2), "{why}: {}", told(&refused));
        let said = text(&refused.stderr);
        assert!(said.contains("does not fit: run.jsonl:1: the plan") && said.contains(why), "{why}: {said}");
        assert!(!folder.path().join("anew").exists(), "nothing is written");
    }
}

#[test]
fn what_another_version_judged_is_said_to_be_so_in_both_languages() {
    let (_folder, run) = a_copy();
    let report = run.join("report.json");
    let own = format!("\"judge\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let honest = fs::read_to_string(&report).expect("a report");
    assert!(honest.contains(&own), "a report names its judge");
    fs::write(&report, honest.replace(&own, "\"judge\": \"0.0.9\"")).expect("the report");
    for (lang, words) in
        [("en", "judged by Toetssteen 0.0.9, and this is"), ("nl", "beoordeeld door Toetssteen 0.0.9, en dit is")]
    {
        let refused = toetssteen(&["--lang", lang, "rejudge", &run.to_string_lossy()]);
        assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
        assert!(text(&refused.stderr).contains(words), "{}", told(&refused));
        assert!(!text(&refused.stderr).contains("says something else"), "{}", told(&refused));
    }
}

#[test]
fn what_a_refusal_quotes_steers_no_terminal() {
    const STEERING: &str = "\u{1b}[2J\u{202e}\nerror: all is well";
    let (folder, run) = a_copy();
    fs::write(run.join("run.jsonl"), format!("{}\n", json!({ STEERING: 1 }))).expect("the recording");
    let golden =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden.json")).expect("a report");
    let mut report: Value = serde_json::from_str(&golden).expect("a report");
    report["conclusion"]["conformance"] = json!(STEERING);
    let (one, nowhere) = (folder.path().join("one.json"), folder.path().join(STEERING));
    fs::write(&one, report.to_string()).expect("a report");
    let (run, one, nowhere, out) =
        (run.to_string_lossy(), one.to_string_lossy(), nowhere.to_string_lossy(), folder.path().join("out"));
    for arguments in [
        vec!["rejudge", &run],
        vec!["merge", &run, "--out", &out.to_string_lossy()],
        vec!["merge", &nowhere, "--out", &out.to_string_lossy()],
        vec!["compare", &one, &one],
        vec!["compare", &one, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden.json")],
    ] {
        let refused = toetssteen(&arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", told(&refused));
        let said = text(&refused.stderr);
        assert!(!said.contains(['\u{1b}', '\u{202e}']) && !said.contains("\nerror: all"), "{arguments:?}: {said:?}");
    }
    let seen = text(&toetssteen(&["rejudge", &run]).stderr);
    assert!(seen.contains("\\u{1b}[2J\\u{202e}"), "{seen:?}");
}

/// Whatever is no file is never opened: to open a pipe waits for somebody who writes.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let within = |arguments: &[&str]| {
        let mut child =
            command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let end = Instant::now() + Duration::from_secs(60);
        while child.try_wait().expect("a process").is_none() {
            if Instant::now() > end {
                child.kill().expect("it can be ended");
                panic!("{arguments:?} waits");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        child.wait_with_output().expect("an end")
    };
    for name in ["bodies/pipe", "run.jsonl", "report.json", "catalogue/profiles/pipe"] {
        let (_folder, run) = a_copy();
        let place = run.join(name);
        let _ = fs::remove_file(&place);
        let made = std::process::Command::new("mkfifo").arg(&place).status().expect("mkfifo");
        assert!(made.success());
        let refused = within(&["rejudge", &run.to_string_lossy()]);
        assert_eq!(refused.status.code(), Some(2), "{name}: {}", told(&refused));
        assert!(text(&refused.stderr).contains("is neither a file nor a folder"), "{name}: {}", told(&refused));
    }
    let (_folder, run) = a_copy();
    let _listening = std::os::unix::net::UnixListener::bind(run.join("bodies/s")).expect("a socket");
    let refused = within(&["rejudge", &run.to_string_lossy()]);
    assert!(text(&refused.stderr).contains("its bodies/s is neither a file nor a folder"), "{}", told(&refused));
}
