//! The CI snippets: readable, with flags that exist, and failing closed whatever goes wrong.
//! The script is run against stand-ins for the binary, each of which goes wrong in one way.

use crate::binary::{text, toetssteen, told};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn ci(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(name)
}

fn snippet(name: &str) -> (String, Value) {
    let text = fs::read_to_string(ci(name)).expect("the snippet");
    let tree = serde_saphyr::from_str(&text).expect("YAML that can be read");
    (text, tree)
}

/// Every text in a tree that is run as a command.
fn commands(tree: &Value, found: &mut Vec<String>) {
    match tree {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("run", Value::String(text)) => found.push(text.clone()),
                    ("script" | "before_script" | "after_script", Value::Array(lines)) => {
                        found.extend(lines.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => commands(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| commands(item, found)),
        _ => {}
    }
}

/// The flags with which a shell text calls the binary, by command.
fn calls(shell: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for line in shell.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            if !matches!(*word, "\"$binary\"" | "bin/toetssteen") || at + 1 == words.len() {
                continue;
            }
            let command = words[at + 1];
            if !command.bytes().all(|b| b.is_ascii_lowercase()) {
                continue;
            }
            let own = words[at + 2..].iter().take_while(|word| !matches!(**word, "||" | "&&" | "|" | ";"));
            let flags = own.filter(|word| word.starts_with("--")).map(|word| (*word).to_owned());
            found.push((command.to_owned(), flags.collect()));
        }
    }
    found
}

#[test]
fn the_snippets_are_readable_and_every_flag_in_them_exists() {
    let mut texts = vec![fs::read_to_string(ci("conformance.sh")).unwrap()];
    for name in ["github.yml", "gitlab.yml"] {
        let (text, tree) = snippet(name);
        let mut found = Vec::new();
        commands(&tree, &mut found);
        assert!(found.iter().any(|line| line.contains("ci/conformance.sh")), "{name}: {found:?}");
        for opening in ["continue-on-error", "allow_failure: true", "|| true", "set +e"] {
            assert!(!text.contains(opening), "{name} opens with {opening}");
        }
        texts.extend(found);
    }
    let calls: Vec<_> = texts.iter().flat_map(|text| calls(text)).collect();
    for wanted in ["run", "doctor", "clean", "rejudge", "gate", "report"] {
        assert!(calls.iter().any(|(command, _)| command == wanted), "{wanted} in {calls:?}");
    }
    for (command, flags) in calls {
        let help = toetssteen(&[&command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}");
        for flag in flags {
            assert!(text(&help.stdout).contains(&flag), "{command} has no {flag}");
        }
    }
}

/// Runs the script with a stand-in for the binary that does this when asked to run.
fn script(on_run: &str, prepare: impl Fn(&Path)) -> Output {
    script_in(on_run, &[], prepare)
}

/// The same with variables of the environment.
fn script_in(on_run: &str, variables: &[(&str, &str)], prepare: impl Fn(&Path)) -> Output {
    let folder = TempDir::new().unwrap();
    let binary = folder.path().join("toetssteen");
    let body = format!(
        "#!/bin/sh\ncase \"$1\" in\nrun) {on_run} ;;\nrejudge) [ \"$(cat reports/out/report.json)\" = whole ] && exit \"${{AGAIN:-0}}\" ;;\n\
gate) [ \"$3 $4\" = \"--policy ci/policy.yaml\" ] || exit 2; echo said > reports/out.gate.md; exit \"${{GATE:-0}}\" ;;\n*) exit 0 ;;\nesac\n"
    );
    fs::write(&binary, body).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("toetssteen.yaml"), "format: 1\n").unwrap();
    prepare(folder.path());
    let mut command = Command::new("bash");
    command.arg(ci("conformance.sh")).current_dir(folder.path()).env("TOETSSTEEN", &binary);
    for name in [
        "TOETSSTEEN_TARGET",
        "TOETSSTEEN_OUT",
        "TOETSSTEEN_POLICY",
        "TOETSSTEEN_BASELINE",
        "TOETSSTEEN_ALLOW_EXEC",
        "GITHUB_STEP_SUMMARY",
    ] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).output().expect("bash runs")
}

/// What is wrong, what the stand-in does on `run`, and what was done to the folder before.
type Fault<'f> = (&'f str, &'f str, &'f dyn Fn(&Path));

const WELL: &str = "mkdir -p reports/out; printf whole > reports/out/report.json; printf x > reports/out.junit.xml";

#[test]
fn only_a_judged_report_lets_the_job_go_on() {
    let nothing = |_: &Path| {};
    let well = script(WELL, nothing);
    assert_eq!(well.status.code(), Some(0), "{}", told(&well));
    for code in [1, 2, 3, 4, 5, 6, 130] {
        let ended = script(&format!("{WELL}; exit {code}"), nothing);
        assert_eq!(ended.status.code(), Some(code), "{}", told(&ended));
    }
    let faults: [Fault; 6] = [
        ("no report", "exit 0", &nothing),
        ("no JUnit report", "mkdir -p reports/out; printf whole > reports/out/report.json", &nothing),
        (
            "an altered report",
            "mkdir -p reports/out; printf other > reports/out/report.json; printf x > reports/out.junit.xml",
            &nothing,
        ),
        ("no binary", WELL, &|folder| fs::remove_file(folder.join("toetssteen")).unwrap()),
        ("no target file", WELL, &|folder| fs::remove_file(folder.join("toetssteen.yaml")).unwrap()),
        ("an old report", WELL, &|folder| fs::create_dir_all(folder.join("reports/out")).unwrap()),
    ];
    for (what, on_run, prepare) in faults {
        let ended = script(on_run, prepare);
        assert_ne!(ended.status.code(), Some(0), "{what}: {}", told(&ended));
        assert!(text(&ended.stderr).contains("stopped: "), "{what}: {}", told(&ended));
    }
}

#[test]
fn what_was_left_at_the_system_stops_the_job_too() {
    let ended = script(WELL, |folder| {
        let binary = folder.join("toetssteen");
        let text = fs::read_to_string(&binary).unwrap();
        fs::write(&binary, text.replace("*) exit 0 ;;", "clean) exit 3 ;;\n*) exit 0 ;;")).unwrap();
    });
    assert_eq!(ended.status.code(), Some(3), "{}", told(&ended));
}

/// With a policy the gate decides about what failed or was not judged, and about nothing else.
#[test]
fn with_a_policy_the_gate_decides() {
    let policy = ("TOETSSTEEN_POLICY", "ci/policy.yaml");
    let nothing = |_: &Path| {};
    let run = |on_run: &str, again: &str, gate: &str, more: &[(&str, &str)]| {
        let variables = [&[policy, ("AGAIN", again), ("GATE", gate)], more].concat();
        script_in(on_run, &variables, nothing)
    };
    let summary = TempDir::new().unwrap();
    let file = summary.path().join("summary.md");
    for (code, gate, wanted) in
        [("0", "0", 0), ("1", "0", 0), ("3", "0", 0), ("0", "6", 6), ("1", "6", 6), ("0", "2", 2)]
    {
        let ended =
            run(&format!("{WELL}; exit {code}"), code, gate, &[("GITHUB_STEP_SUMMARY", file.to_str().unwrap())]);
        assert_eq!(ended.status.code(), Some(wanted), "{code} {gate}: {}", told(&ended));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "said\n".repeat(6));
    for code in [2, 4, 5, 6, 130] {
        let ended = run(&format!("{WELL}; exit {code}"), &code.to_string(), "0", &[]);
        assert_eq!(ended.status.code(), Some(code), "the gate must not be asked: {}", told(&ended));
    }
    let altered = run(&format!("{WELL}; exit 1"), "2", "0", &[]);
    assert_eq!(altered.status.code(), Some(1), "{}", told(&altered));
}
