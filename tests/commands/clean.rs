//! `clean`: what a killed run left at the target goes again, and a living run is left alone.

use crate::bench::{Served, kill, until};
use crate::binary::{command, text, toetssteen, told};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

fn deleted(served: &Served) -> usize {
    served.log().iter().filter(|line| line.starts_with("DELETE 204")).count()
}

fn created(served: &Served) -> usize {
    served.log().iter().filter(|line| line.starts_with("POST 201")).count()
}

fn start_run(served: &Served) -> Child {
    command(&["run", "--target", "t.yaml", "--case", "privacy-by-design/more-consent-never-closes"])
        .current_dir(served.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

fn partial(served: &Served) -> PathBuf {
    let entries = fs::read_dir(served.path("reports")).expect("the folder");
    let partial = entries.map(|entry| entry.unwrap().path()).find(|path| path.to_string_lossy().ends_with(".partial"));
    partial.expect("what the run left")
}

#[test]
fn a_killed_run_is_cleaned_up_after() {
    let served = Served::start(&[]);
    let clean = |more: &[&str]| {
        let mut arguments = vec!["clean", "--target", "t.yaml"];
        arguments.extend(more);
        command(&arguments).current_dir(served.folder.path()).output().unwrap()
    };
    let nothing = clean(&[]);
    assert_eq!(nothing.status.code(), Some(0), "{}", told(&nothing));
    assert!(text(&nothing.stdout).contains("No interrupted run"), "{}", told(&nothing));

    let mut run = start_run(&served);
    // A Consent comes after the whole cast: then something of each way of creating stands there.
    until("a choice was recorded", || served.log().iter().any(|line| line == "POST 201 /holder-a/fhir/Consent"));
    // It stands still from here: what it does next, such as moving a clock forward, hangs on how fast this machine is.
    kill("-STOP", run.id());
    let living = clean(&[&partial(&served).to_string_lossy()]);
    assert_eq!(living.status.code(), Some(2), "a run that goes on is left alone: {}", told(&living));
    assert!(text(&clean(&[]).stdout).contains("No interrupted run"));
    kill("-KILL", run.id());
    run.wait().unwrap();
    assert_eq!(deleted(&served), 0, "the run was killed before it could clean up");
    // The server may still be answering what was on its way.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let stood = created(&served);
    assert!(stood > 3, "{stood}");

    let planned = clean(&["--dry-run"]);
    assert_eq!(planned.status.code(), Some(0), "{}", told(&planned));
    // What was on its way when the run was killed is not recorded; only a search finds it.
    let recorded = text(&planned.stdout).matches("would remove").count();
    assert!(recorded <= stood && stood <= recorded + 2, "{stood}: {}", told(&planned));
    assert_eq!(deleted(&served), 0);

    let done = clean(&[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(
        text(&done.stdout).contains(&format!("Removed: {stood}; gone before: 0; left behind: 0")),
        "{}",
        told(&done)
    );
    assert_eq!(deleted(&served), stood);
    let again = clean(&[]);
    assert_eq!(again.status.code(), Some(0), "{}", told(&again));
    // FHIR lets a server answer 204 as well as 404 to a second DELETE, so only what is left counts.
    assert!(text(&again.stdout).contains("left behind: 0"), "{}", told(&again));
}

#[test]
fn what_cannot_be_removed_is_said() {
    let served = Served::start(&[]);
    let out = served.path("run").to_string_lossy().into_owned();
    let target = served.target();
    let run = toetssteen(&["run", "--target", &target, "--out", &out, "--case", "fhir-rest/unknown-id"]);
    assert_eq!(run.status.code(), Some(0), "{}", told(&run));
    let tidy = toetssteen(&["clean", &out, "--target", &target]);
    assert_eq!(tidy.status.code(), Some(0), "{}", told(&tidy));
    assert!(text(&tidy.stdout).contains("Removed: 0; gone before: 0; left behind: 0"), "{}", told(&tidy));

    // The same recording, cut off before its clean-up: everything is due, and the endpoint is another now.
    let path = served.path("run/run.jsonl");
    let lines = fs::read_to_string(&path).unwrap();
    let kept: Vec<&str> = lines.lines().take_while(|line| !line.contains("\"phase\":\"cleanup\"")).collect();
    fs::write(&path, kept.join("\n") + "\n").unwrap();
    fs::remove_file(served.path("run/report.json")).unwrap();
    let text_of = fs::read_to_string(&target).unwrap();
    let fhir = text_of.lines().find_map(|line| line.trim().strip_prefix("fhir: ")).unwrap().to_owned();
    let moved = served.variant("moved.yaml", &format!("fhir: {fhir}"), "fhir: http://127.0.0.1:9/fhir");
    let left = toetssteen(&["clean", &out, "--target", &moved]);
    assert_eq!(left.status.code(), Some(3), "{}", told(&left));
    assert!(text(&left.stdout).contains("the target file does not name that endpoint"), "{}", told(&left));
    for (name, from, to) in
        [("remote.yaml", fhir.as_str(), "https://ehr.example/fhir"), ("no-writer.yaml", "  writer:", "  stranger-x:")]
    {
        let faulty = served.variant(name, from, to);
        let refused = toetssteen(&["clean", &out, "--target", &faulty]);
        assert_eq!(refused.status.code(), Some(2), "{name}: {}", told(&refused));
    }
    let nowhere = toetssteen(&["clean", &served.path("nowhere").to_string_lossy(), "--target", &target]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn a_run_whose_job_is_ended_takes_back_what_it_did() {
    let served = Served::start(&[]);
    let mut run = start_run(&served);
    until("a choice was recorded", || served.log().iter().any(|line| line == "POST 201 /holder-a/fhir/Consent"));
    kill("-TERM", run.id());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let stood = created(&served);
    assert!(stood > 3 && deleted(&served) == stood, "{stood} and {}", deleted(&served));
    let nothing = command(&["clean", "--target", "t.yaml"]).current_dir(served.folder.path()).output().unwrap();
    assert!(text(&nothing.stdout).contains("No interrupted run"), "{}", told(&nothing));
}

#[test]
fn who_stood_there_before_is_neither_looked_for_nor_removed() {
    let served = Served::start(&[]);
    let mut target: serde_json::Value =
        serde_saphyr::from_str(&fs::read_to_string(served.path("t.yaml")).unwrap()).unwrap();
    target["cast"] = serde_json::json!({ "preloaded": { "plain": {
        "id": { "fhir": "p1" }, "bsn": "999911120", "family": "Testpersoon", "birth-date": "1980-01-01",
        "markers": ["marker-one-of-theirs", "marker-two-of-theirs"],
    } } });
    fs::write(served.path("own.yaml"), target.to_string()).unwrap();
    let (file, out) = (served.path("own.yaml").to_string_lossy().into_owned(), served.path("own"));
    let folder = out.to_string_lossy().into_owned();
    toetssteen(&["run", "--target", &file, "--case", "fhir-rest/unknown-id", "--out", &folder]);
    // As a killed run leaves it: without its end.
    let recording = fs::read_to_string(out.join("run.jsonl")).unwrap();
    let kept: Vec<&str> = recording.lines().take_while(|line| !line.contains("\"phase\":\"cleanup\"")).collect();
    fs::write(out.join("run.jsonl"), kept.join("\n") + "\n").unwrap();
    fs::remove_file(out.join("report.json")).unwrap();
    let before = served.log().len();
    let done = toetssteen(&["clean", &folder, "--target", &file]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(text(&done.stdout).contains("Removed: 0; gone before: 0; left behind: 0"), "{}", told(&done));
    assert_eq!(served.log().len(), before, "nobody was asked anything");
}
