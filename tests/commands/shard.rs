//! Several processes share a run: their parts together say what one process says, and nothing else is put together.

use crate::bench::Served;
use crate::binary::{command, text, toetssteen, told};
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
    assert!(together["run"]["parts"][1]["endpoints"]["fhir"].is_string(), "where each part found the system is said");
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

    nothing_else_gives_way_to_a_merge(&served, &one, &two);

    // Another challenge: the same shares of another run.
    let other = run("other", "8", &["--shard", "2/2", "--challenge", "a buyer's"]);
    assert!(text(&other.stdout).contains("SELECTION"), "{}", told(&other));
    let unlike = toetssteen(&["merge", &one, &at("other"), "--out", &at("never")]);
    assert!(text(&unlike.stderr).contains("differ in the limits or the challenge"), "{}", told(&unlike));

    // What was put together goes as one run, with its parts.
    let kept = toetssteen(&["purge", "--out", &merged, "--dry-run"]);
    assert!(text(&kept.stdout).contains("merged"), "{}", told(&kept));

    // A link in somebody else's part would bring along what it leads to.
    #[cfg(unix)]
    {
        let link = served.path("two/catalogue/.link");
        std::os::unix::fs::symlink(served.path("one/report.json"), &link).expect("a link");
        let refused = toetssteen(&["merge", &one, &two, "--out", &at("never")]);
        assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
        assert!(text(&refused.stderr).contains(".link is a link"), "{}", told(&refused));
        fs::remove_file(link).expect("the link");
    }

    // A part in which something was changed does not fit, in the parts or in the whole.
    let kept = served.path("merged/parts/1/run.jsonl");
    let changed = fs::read_to_string(&kept).expect("a recording").replacen("\"status\":200", "\"status\":201", 1);
    fs::write(&kept, changed).expect("the recording");
    let refused = toetssteen(&["rejudge", &merged]);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
}

/// A merge replaces what a merge left, and that stands beside it then; whatever else stands there is left alone.
fn nothing_else_gives_way_to_a_merge(served: &Served, one: &str, two: &str) {
    let reports = served.path("reports");
    fs::create_dir_all(reports.join("parts/1")).expect("a folder");
    let baseline = reports.join("baseline.json");
    fs::write(&baseline, "mine").expect("a file");
    let part = reports.join("parts/1/notes.txt");
    fs::write(&part, "mine").expect("a file");
    let merge = |out: &str, at: &Path| {
        command(&["merge", one, two, "--out", out]).current_dir(at).output().expect("the binary starts")
    };
    let refused = |out: &str, at: &Path, why: &str| {
        let done = merge(out, at);
        assert_eq!(done.status.code(), Some(2), "{out}: {}", told(&done));
        let said = text(&done.stderr);
        assert!(said.contains(why) && said.lines().count() == 1, "{out}: {why}: {}", told(&done));
        assert_eq!(fs::read(&part).expect("what stood there"), b"mine", "{out}");
    };
    let folder = served.folder.path();
    refused("reports", folder, "it holds baseline.json, which no run leaves");
    refused(".", &reports, "has no name of its own");
    refused("../reports", &reports, "baseline.json");
    fs::remove_file(&baseline).expect("the file");
    // What a merge leaves is a report beside its parts, and runs in these.
    refused("reports", folder, "it holds notes.txt, which no run leaves");
    fs::write(reports.join("report.json"), "{}").expect("a file");
    refused("reports", folder, "it holds notes.txt, which no run leaves");
    refused(".", &reports, "has no name of its own");
    refused(one, folder, "which is a part");
    refused(&format!("{one}/merged"), folder, "which is a part");
    refused(&served.path("whole").to_string_lossy(), folder, "it is a run of its own");

    // The shards themselves, which nobody merged yet.
    let shards = served.path("shards");
    fs::create_dir_all(shards.join("parts")).expect("a folder");
    fs::rename(one, shards.join("parts/1")).expect("a part");
    let done =
        toetssteen(&["merge", &shards.join("parts/1").to_string_lossy(), two, "--out", &shards.to_string_lossy()]);
    assert_eq!(done.status.code(), Some(2), "{}", told(&done));
    assert!(text(&done.stderr).contains("it holds no report.json"), "{}", told(&done));
    fs::rename(shards.join("parts/1"), one).expect("the part");

    let first = served.path("merged/report.json");
    let known = fs::read(&first).expect("a report");
    for _ in 0..2 {
        // The second time what was moved aside the first time is there too.
        let again = merge("merged", folder);
        assert_eq!(again.status.code(), Some(1), "{}", told(&again));
        assert_eq!(fs::read(served.path("merged.previous/report.json")).expect("the report before"), known);
        assert_eq!(fs::read(&first).expect("a report"), known);
    }
    let previous = served.path("merged.previous");
    fs::remove_dir_all(&previous).expect("the folder");
    fs::create_dir(&previous).expect("a folder");
    fs::write(previous.join("mine.txt"), "mine").expect("a file");
    refused("merged", folder, "it is no earlier run and would be deleted");
    assert_eq!(fs::read(previous.join("mine.txt")).expect("what stood there"), b"mine");
    fs::remove_dir_all(&previous).expect("the folder");
}

/// What stands in `docs/scale`.
fn scale(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scale").join(name)
}

#[test]
fn the_script_shares_a_run_among_systems_and_stops_where_a_part_is_missing() {
    let systems = [Served::start(&[]), Served::start(&[])];
    let [first, second] = systems.each_ref().map(Served::target);
    let share = |out: &Path, targets: &[&str]| {
        let mut script = std::process::Command::new("bash");
        script
            .arg(scale("shards.sh"))
            .args(targets)
            .env("TOETSSTEEN", env!("CARGO_BIN_EXE_toetssteen"))
            .env("OUT", out);
        script.output().expect("bash")
    };
    let out = systems[0].path("whole");
    // All of it would take minutes; the catalogue has the profile of each system and nothing else.
    let narrowed = |from: &str, name: &str, served: &Served| {
        let text = fs::read_to_string(from).expect("a target file");
        let (head, rest) = text.split_once("claims:\n").expect("claims");
        let (_, after) = rest.split_once("\nendpoints:").expect("endpoints");
        let path = served.path(name);
        let claim = "- { profile: voorschrift, roles: [receiver], options: { door: token, read-back: not-offered, unknown-patient: registered, untagged-medication: refused } }";
        fs::write(&path, format!("{head}claims:\n  {claim}\nendpoints:{after}")).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let first = narrowed(&first, "a.yaml", &systems[0]);
    let second = narrowed(&second, "b.yaml", &systems[1]);
    let done = share(&out, &[&first, &second]);
    let page = told(&done);
    assert!(!page.contains("SELECTION"), "{page}");
    let together = report(&out);
    assert_eq!(together["run"]["parts"].as_array().map(Vec::len), Some(2), "{page}");
    assert_eq!(together["run"]["selection"], false);

    let broken = share(&systems[0].path("broken"), &[&first, "there-is-none.yaml"]);
    assert_eq!(broken.status.code(), Some(2), "{}", told(&broken));
    assert!(text(&broken.stderr).contains("part 2 left no report"), "{}", told(&broken));
}

#[test]
fn what_is_overdue_in_the_target_file_stops_the_whole_as_it_stops_a_run() {
    let served = Served::start(&[]);
    let target = served.path("overdue.yaml");
    let text_of = fs::read_to_string(served.target()).expect("a target file");
    let entry = "{ requirement: fhir-rest/ERR-01, reason: none, owner: nobody, until: 2020-01-01 }";
    fs::write(&target, format!("{text_of}\nnot-testable: [ {entry} ]\n")).expect("a file");
    let at = |name: &str| served.path(name).to_string_lossy().into_owned();
    let cases = ["--case", "fhir-rest/capability-statement-is-there", "--case", "fhir-rest/unknown-id"];
    for (name, shard) in [("one", "1/2"), ("two", "2/2")] {
        let out = at(name);
        let arguments = ["run", "--target", &target.to_string_lossy(), "--shard", shard, "--out", &out];
        let done = toetssteen(&[&arguments[..], &cases].concat());
        assert_eq!(done.status.code(), Some(6), "{}", told(&done));
    }
    let done = toetssteen(&["merge", &at("one"), &at("two"), "--out", &at("merged")]);
    assert_eq!(done.status.code(), Some(6), "{}", told(&done));
    assert!(text(&done.stderr).contains("fhir-rest/ERR-01 ended on 2020-01-01"), "{}", told(&done));
}

#[test]
fn the_manifests_can_be_read_and_call_what_there_is() {
    for name in ["github.yml", "gitlab.yml", "job.yaml"] {
        let manifest = fs::read_to_string(scale(name)).expect("a manifest");
        let _: Value = serde_saphyr::from_str(&manifest).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(manifest.contains(" run --target ") && manifest.contains(" --shard "), "{name}");
    }
    let help = toetssteen(&["run", "--help"]);
    assert!(text(&help.stdout).contains("--shard"), "{}", told(&help));
}
