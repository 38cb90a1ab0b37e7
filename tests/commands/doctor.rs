//! `doctor`: every fault named with what to do, and nothing written at the target.

use crate::bench::Served;
use crate::binary::{command, text, toetssteen, told};
use std::fs;

fn doctor(target: &str, more: &[&str]) -> (Option<i32>, String) {
    let mut arguments = vec!["doctor", "--target", target];
    arguments.extend(more);
    let output = toetssteen(&arguments);
    (output.status.code(), told(&output))
}

#[test]
fn a_sound_target_is_found_sound_and_nothing_is_written() {
    let served = Served::start(&[]);
    let (code, said) = doctor(&served.target(), &[]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "FHIR 4.0.1",
        "the token service gave a token",
        "record-objection",
        "0 faults found",
        "runs   fhir-rest/unknown-id",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let writing =
        |line: &&String| !(line.starts_with("GET ") || line.starts_with("POST ") && line.ends_with(" /token"));
    let log = served.log();
    assert!(!log.is_empty());
    assert_eq!(log.iter().filter(writing).collect::<Vec<_>>(), Vec::<&String>::new());
    let dutch = text(&toetssteen(&["--lang", "nl", "doctor", "--target", &served.target()]).stdout);
    assert!(dutch.contains("Er is niets geschreven op het systeem"), "{dutch}");
    // `toetssteen.yaml` in the folder is found by itself.
    served.variant("toetssteen.yaml", "format: 1", "format: 1");
    let found = command(&["doctor"]).current_dir(served.folder.path()).output().unwrap();
    assert_eq!(found.status.code(), Some(0), "{}", told(&found));
}

#[test]
fn what_contact_shows_exits_3_and_says_what_to_do() {
    let served = Served::start(&[]);
    let url = fs::read_to_string(served.path("t.yaml")).unwrap();
    let url = url.lines().find_map(|line| line.trim().strip_prefix("fhir: ")).expect("the endpoint").to_owned();
    fs::write(served.path("wrong"), "not the secret").unwrap();
    let faults = [
        (
            served.variant("port.yaml", &format!("fhir: {url}"), "fhir: http://127.0.0.1:9/fhir"),
            "no server answers",
            "port and path",
        ),
        (
            served.variant("name.yaml", &format!("fhir: {url}"), "fhir: http://nowhere.invalid/fhir"),
            "FAULT  fhir",
            "Do:",
        ),
        (
            served.variant("secret.yaml", "t.yaml.secrets/requester\n", "wrong\n"),
            "the credential is refused",
            "Check client id",
        ),
        (served.variant("version.yaml", "- r4\n", "- stu3\n"), "another FHIR version", "Change the line `fhir:`"),
    ];
    for (target, fault, remedy) in faults {
        // Both claims speak one version in the file; a claim of another must not be excused by its neighbour.
        let text = fs::read_to_string(&target)
            .unwrap()
            .replace("- r4\n", if target.contains("version") { "- stu3\n" } else { "- r4\n" });
        fs::write(&target, text).unwrap();
        let (code, said) = doctor(&target, &["--timeout", "3s"]);
        assert_eq!(code, Some(3), "{target}: {said}");
        assert!(said.contains(fault) && said.contains(remedy), "{target}: {fault}, {remedy} in {said}");
    }
}

#[test]
fn a_missing_binding_names_the_cases_that_it_costs() {
    let served = Served::start(&[]);
    let (mut kept, mut inside) = (String::new(), false);
    for line in fs::read_to_string(served.path("t.yaml")).unwrap().lines() {
        let another = line.len() > 2 && line.starts_with("  ") && !line.starts_with("   ");
        inside = line == "  record-objection:" || (inside && !another);
        if !inside {
            kept.push_str(&format!("{line}\n"));
        }
    }
    let target = served.path("less.yaml").to_string_lossy().into_owned();
    fs::write(&target, kept).unwrap();
    let (code, said) = doctor(&target, &["--profile", "privacy-by-design"]);
    assert_eq!(code, Some(0), "{said}");
    let line = said.lines().find(|line| line.contains("record-objection ")).unwrap_or_default();
    assert!(line.contains("missing") && line.contains("objection-stops-retrieval"), "{said}");
    assert!(
        said.contains("an action has no binding (record-objection)") && said.contains("under `bindings`"),
        "{said}"
    );
}

#[test]
fn faulty_files_exit_2_and_contact_nobody() {
    let served = Served::start(&[]);
    let before = served.log().len();
    let target = served.variant("gone.yaml", "t.yaml.secrets/writer", "t.yaml.secrets/nobody");
    let (code, said) = doctor(&target, &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("writer") && said.contains("nobody"), "{said}");
    let target = served.variant("faulty.yaml", "claims:", "claim:");
    assert_eq!(doctor(&target, &[]).0, Some(2));
    assert_eq!(doctor("no-such-file.yaml", &[]).0, Some(2));
    assert_eq!(served.log().len(), before, "nothing was contacted");
    let (code, said) = doctor(&served.target(), &["--role", "receiver", "--profile", "fhir-rest"]);
    assert_eq!(code, Some(5), "{said}");
}

/// A port of this machine where nobody listens.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn an_address_of_ours_that_leads_elsewhere_is_told() {
    let served = Served::start(&[]);
    let at = |name: &str, listen: &str, public: &str| {
        let text = fs::read_to_string(served.path("t.yaml")).unwrap();
        let mut target: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        target["counterparts"]["listen"] = listen.into();
        target["counterparts"]["public-url"] = public.into();
        fs::write(served.path(name), target.to_string()).unwrap();
        served.path(name).to_string_lossy().into_owned()
    };
    let narrow = ["--profile", "eoverdracht", "--timeout", "3s"];
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let (code, said) = doctor(&at("right.yaml", &listen, &format!("http://localhost:{port}/")), &narrow);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("leads to us"), "{said}");
    // Nobody is there; somebody else is there; and there is another machine, which is left alone.
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let text = fs::read_to_string(served.path("t.yaml")).unwrap();
    let somebody = text.lines().find_map(|line| line.trim().strip_prefix("fhir: ")).expect("the endpoint").to_owned();
    for (name, public) in [("nobody.yaml", nobody), ("somebody.yaml", somebody)] {
        let (code, said) = doctor(&at(name, "127.0.0.1:0", &public), &narrow);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("FAULT  public-url") && said.contains("leave `public-url` out"), "{said}");
    }
    let (code, said) = doctor(&at("far.yaml", "127.0.0.1:0", "http://192.0.2.1:9000"), &narrow);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("192.0.2.1 is no address of this machine"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = doctor(&at("taken.yaml", &taken.local_addr().unwrap().to_string(), "http://127.0.0.1"), &narrow);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("cannot be listened at") && said.contains("Give another address"), "{said}");
}

#[test]
fn programs_are_looked_for_before_anything_is_contacted() {
    let served = Served::start(&[]);
    let text = fs::read_to_string(served.path("t.yaml")).unwrap();
    let mut target: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    target["cast"] = serde_json::json!({ "fixture": { "write": "cast.json", "exec": ["ci/load.sh", "cast.json"] } });
    target["bindings"]["start-handoff"] = serde_json::json!({ "exec": ["start-handoff.sh"] });
    target["bindings"]["introduce-partner"] = serde_json::json!({ "exec": ["./plain.txt"] });
    for name in ["start-handoff.sh", "plain.txt"] {
        fs::write(served.path(name), "#!/bin/sh\n").unwrap();
    }
    let file = served.path("programs.yaml");
    fs::write(&file, target.to_string()).unwrap();
    let file = file.to_string_lossy().into_owned();
    let before = served.log().len();
    let out = served.path("out").to_string_lossy().into_owned();
    let run = toetssteen(&["run", "--target", &file, "--allow-exec", "--out", &out]);
    for (code, said) in [doctor(&file, &["--allow-exec"]), (run.status.code(), told(&run))] {
        assert_eq!(code, Some(2), "{said}");
        for part in [
            "programs.yaml: cast.fixture.exec: the program `ci/load.sh` is not there (looked for ",
            "the path, which begins at the target file's folder",
            "bindings.start-handoff.exec: the program `start-handoff.sh` is not on the search path (PATH); write `./`",
            "bindings.introduce-partner.exec: the program `./plain.txt` may not be executed; allow it: chmod +x ",
            "nothing was contacted",
        ] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    assert_eq!(served.log().len(), before, "nothing was contacted");
    // Without leave to start them they need not be there; what that costs is said at once.
    let (code, said) = doctor(&file, &["--profile", "eoverdracht"]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "note: ",
        "starts programs (cast.fixture.exec, bindings.introduce-partner.exec, bindings.start-handoff.exec)",
        "without --allow-exec what needs them is not tested",
        "may not be started without --allow-exec",
        "exec, only with --allow-exec",
        "0 faults found",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let run = toetssteen(&["run", "--target", &file, "--profile", "eoverdracht", "--out", &out]);
    assert_eq!(run.status.code(), Some(3), "{}", told(&run));
    assert!(!told(&run).contains("test patients could not"), "{}", told(&run));
}
