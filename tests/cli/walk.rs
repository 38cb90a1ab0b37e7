//! A run against the embedded reference, its report, and judging it again.
//! One small run serves every test here; each works on a copy of its directory.

use super::binary::{text, toetssteen, told};
use super::stage::{RUN, copy, demo, files, rejudged};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn a_copy() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let run = folder.path().join("elsewhere");
    copy(&RUN.1, &run);
    (folder, run)
}

#[test]
fn a_run_is_judged_again_to_the_same_bytes_elsewhere() {
    let (_folder, run) = a_copy();
    let again = rejudged(&run);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("the same verdicts, byte for byte"));
}

/// Who gets a run directory reads it on the same page as who made it.
#[test]
fn a_run_of_others_gets_its_page_only_if_it_fits() {
    let (folder, run) = a_copy();
    let page = folder.path().join("page.html");
    let asked = format!("html={}", page.display());
    let again = toetssteen(&["rejudge", &run.to_string_lossy(), "--report", &asked]);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    let written = fs::read_to_string(&page).expect("the page");
    assert!(written.starts_with("<!doctype html>") && written.contains("OPT-01"), "{}", &written[..200]);
    fs::remove_file(&page).expect("the page");
    fs::write(run.join("note.txt"), "hello").expect("a file");
    let again = toetssteen(&["rejudge", &run.to_string_lossy(), "--report", &asked]);
    assert_eq!(again.status.code(), Some(2), "{}", told(&again));
    assert!(!page.exists(), "a run that does not fit has no page");
}

/// The first file below a folder, in name order.
fn first_file(folder: &Path) -> PathBuf {
    files(folder).into_iter().next().expect("something")
}

#[test]
fn one_altered_byte_is_found_wherever_it_stands() {
    let places = |run: &Path| {
        vec![
            run.join("report.json"),
            run.join("run.jsonl"),
            first_file(&run.join("bodies")),
            first_file(&run.join("catalogue")),
        ]
    };
    for index in 0..4 {
        let (_folder, run) = a_copy();
        let file = places(&run).remove(index);
        let mut bytes = fs::read(&file).expect("the file");
        let middle = bytes.len() / 2;
        bytes[middle] = if bytes[middle] == b'x' { b'y' } else { b'x' };
        fs::write(&file, bytes).expect("the file");
        let again = rejudged(&run);
        assert_eq!(again.status.code(), Some(2), "{} altered: {}", file.display(), text(&again.stdout));
        assert!(text(&again.stderr).contains("does not fit"), "{}", text(&again.stderr));
    }
}

#[test]
fn what_was_added_or_lost_is_found() {
    let (_folder, run) = a_copy();
    fs::write(run.join("note.txt"), "hello").expect("a file");
    assert_eq!(rejudged(&run).status.code(), Some(2));
    let (_folder, run) = a_copy();
    fs::remove_file(first_file(&run.join("bodies"))).expect("a file");
    assert_eq!(rejudged(&run).status.code(), Some(2));
}

#[test]
fn a_run_that_was_cut_off_is_judged_and_says_so() {
    let (folder, run) = a_copy();
    let lines = fs::read_to_string(run.join("run.jsonl")).expect("the recording");
    let kept: String = lines.lines().take(lines.lines().count() / 2).map(|line| format!("{line}\n")).collect();
    fs::write(run.join("run.jsonl"), kept).expect("the recording");
    fs::remove_file(run.join("report.json")).expect("the report");
    let out = folder.path().join("again");
    let again = toetssteen(&["rejudge", &run.to_string_lossy(), "--out", &out.to_string_lossy()]);
    assert_eq!(again.status.code(), Some(130), "{}{}", text(&again.stdout), text(&again.stderr));
    assert!(text(&again.stdout).contains("INTERRUPTED"));
}

#[test]
fn seeds_and_jobs_change_no_verdict_and_a_defect_is_noticed() {
    let folder = TempDir::new().expect("a folder");
    let other = demo(&folder.path().join("a"), &["--seed", "8", "--jobs", "1", "--style", "other"]);
    assert_eq!(other.status.code(), Some(0), "{}", text(&other.stdout));
    let noticed = demo(&folder.path().join("b"), &["--seed", "9", "--defect", "audience-not-checked"]);
    assert_eq!(noticed.status.code(), Some(1), "{}", text(&noticed.stdout));
    assert!(text(&noticed.stdout).contains("FAIL privacy-by-design/BLR-01"));
}

#[test]
fn nothing_secret_is_written() {
    // The reference signs its tokens as JWTs; none may stand anywhere in what a run writes.
    for file in files(&RUN.1) {
        let content = text(&fs::read(&file).expect("a file"));
        assert!(!content.contains("Bearer eyJ"), "{} holds a token", file.display());
        assert!(!content.contains("\"access_token\":\"eyJ"), "{} holds a token", file.display());
        assert!(!content.contains("PRIVATE KEY-----\\n"), "{} holds a key", file.display());
    }
    let recording = fs::read_to_string(RUN.1.join("run.jsonl")).expect("the recording");
    assert!(recording.contains("⟦token:1:"), "tokens stand sealed");
}

#[test]
fn faulty_input_ends_with_2_and_one_clear_message() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let cases = [
        file("empty.yaml", b""),
        file("binary.yaml", &[0, 159, 146, 150]),
        file("cyclic.yaml", b"format: 1\nname: &a [*a]\n"),
        file("deep.yaml", "[".repeat(5000).as_bytes()),
        folder.path().join("missing.yaml").to_string_lossy().into_owned(),
    ];
    for target in &cases {
        let out = folder.path().join("out").to_string_lossy().into_owned();
        let done = toetssteen(&["run", "--target", target, "--out", &out]);
        assert_eq!(done.status.code(), Some(2), "{target}: {}{}", text(&done.stdout), text(&done.stderr));
        let said = text(&done.stderr);
        assert!(said.contains("error"), "{target}: {said}");
        assert!(!said.contains("panicked"), "{target}: {said}");
        assert!(!Path::new(&out).exists(), "{target}: a report was written");
    }
    for unknown in [["--case", "fhir-rest/nothing"], ["--profile", "nothing"], ["--role", "nobody"]] {
        let done = toetssteen(&["demo", unknown[0], unknown[1]]);
        assert_eq!(done.status.code(), Some(2), "{unknown:?}");
    }
}

#[test]
fn a_catalogue_that_is_missing_empty_or_broken_ends_every_command_with_2() {
    let folder = TempDir::new().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    fs::create_dir(place("empty")).expect("a folder");
    fs::write(place("file"), "format: 1\n").expect("a file");
    copy(&RUN.1.join("catalogue"), Path::new(&place("broken")));
    fs::write(Path::new(&place("broken")).join("testcases/fhir-rest/broken.yaml"), "format: 1\n").expect("a file");
    let out = place("out");
    for catalogue in ["nowhere", "empty", "file", "broken"].map(place) {
        for command in [&["lint"][..], &["list", "cases"], &["demo", "--out", &out], &["prove", "--no-impostors"]] {
            let done = toetssteen(&[&["--catalogue", &catalogue], command].concat());
            assert_eq!(done.status.code(), Some(2), "{catalogue} {command:?}: {}", told(&done));
            assert!(text(&done.stderr).contains("error"), "{catalogue} {command:?}: {}", told(&done));
            assert!(!Path::new(&out).exists(), "{catalogue} {command:?}: something was written");
        }
    }
}

#[test]
fn init_writes_a_file_that_is_valid_at_once_and_a_closed_port_is_a_configuration_error() {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let claim = ["--claim", "fhir-rest=holder", "--claim", "privacy-by-design=holder"];
    let mut arguments = vec!["init", "--fhir", "http://127.0.0.1:9/fhir", "--output", &target];
    arguments.extend(claim);
    let written = toetssteen(&arguments);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert_eq!(toetssteen(&arguments).status.code(), Some(2), "an existing file is left alone");
    assert_eq!(toetssteen(&["plan", "--target", &target]).status.code(), Some(0));
    let out = folder.path().join("out").to_string_lossy().into_owned();
    let run = toetssteen(&["run", "--target", &target, "--out", &out]);
    assert_eq!(run.status.code(), Some(3), "{}{}", text(&run.stdout), text(&run.stderr));
    assert!(text(&run.stdout).contains("port"), "{}", text(&run.stdout));
}

#[test]
fn init_knows_what_a_directed_exchange_needs() {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let claim = ["--claim", "eoverdracht=sender", "--claim", "eoverdracht=receiver", "--claim", "voorschrift=receiver"];
    let mut arguments = vec!["init", "--fhir", "http://127.0.0.1:9/fhir", "--output", &target];
    arguments.extend(claim);
    let written = toetssteen(&arguments);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let file = fs::read_to_string(&target).expect("the file");
    let version = |profile: &str| {
        let mut lines = file.lines().skip_while(|line| !line.ends_with(&format!("profile: {profile}")));
        lines.find_map(|line| line.trim().strip_prefix("fhir: ")).map(str::to_owned)
    };
    assert_eq!(version("eoverdracht").as_deref(), Some("[stu3]"));
    assert_eq!(version("voorschrift").as_deref(), Some("[r4]"));
    for blank in ["# handoff: ", "# notification: ", "# prescriptions: ", "# counterparts: ", "start-handoff: "] {
        assert!(file.contains(blank), "{blank} in {file}");
    }
    assert_eq!(toetssteen(&["plan", "--target", &target]).status.code(), Some(0));
}

#[test]
fn init_asks_an_intermediary_for_its_messages_and_nothing_else() {
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml").to_string_lossy().into_owned();
    let claim = ["--claim", "privacy-by-design=intermediary"];
    let written =
        toetssteen(&[&["init", "--fhir", "http://127.0.0.1:9/messages", "--output", &target], &claim[..]].concat());
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let file = fs::read_to_string(&target).expect("the file");
    assert!(file.contains("\n  mailbox: \"http://127.0.0.1:9/messages\""), "{file}");
    for foreign in ["  fhir: \"", "writer: ", "patient: none", "choice-regime", "record-consent"] {
        assert!(!file.contains(foreign), "{foreign} in {file}");
    }
    let cases = ["delivered-message-is-forgotten", "delivered-message-leaves-the-list", "only-the-addressee-collects"];
    let planned = || {
        let plan = text(&toetssteen(&["plan", "--target", &target]).stdout).to_string();
        cases.map(|case| plan.lines().find(|line| line.contains(case)).unwrap_or_default().contains(" requests"))
    };
    assert_eq!(planned(), [false; 3], "nothing is bound yet");
    // With the # taken away as it says, every case about messages can be carried out.
    let mut filled = file.replace("    #   ", "      ");
    for key in ["    # options:", "  # inbox:", "# bindings:", "#   deposit-message:", "#   confirm-delivery:"] {
        filled = filled.replace(key, &key.replacen("# ", "", 1));
    }
    fs::write(&target, filled).expect("the file");
    assert_eq!(planned(), [true; 3]);
}
