//! What the binary says of itself: help, manual pages, completions; it needs no file beside it.

use crate::binary::{command, text, toetssteen, told};
use std::fs;
use tempfile::TempDir;

const COMMANDS: [&str; 23] = [
    "init",
    "list",
    "lint",
    "plan",
    "doctor",
    "run",
    "demo",
    "serve",
    "prove",
    "explain",
    "report",
    "diff",
    "gate",
    "tender",
    "rejudge",
    "compare",
    "merge",
    "clean",
    "purge",
    "completions",
    "man",
    "help",
    "serve reference",
];

#[test]
fn every_command_has_help_and_a_line_in_the_readme() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let table = readme.split("## Commands").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the table");
    let overview = text(&toetssteen(&["--help"]).stdout);
    for name in COMMANDS {
        let words: Vec<&str> = name.split(' ').collect();
        if name != "help" {
            let help = toetssteen(&[&words[..], &["--help"]].concat());
            assert_eq!(help.status.code(), Some(0), "{name}: {}", told(&help));
            assert!(table.contains(&format!("`{}", words[0])), "{name} is not in the README");
        }
        assert!(overview.contains(&format!("\n  {}", words[0])), "{name} is not in --help");
    }
    // Whatever is added gets tests of its own: this list must not fall behind.
    let shown = overview.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).unwrap();
    for line in shown.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        assert!(table.contains(&format!("`{name}")) || name == "help", "{name} is not in the README");
    }
}

#[test]
fn manual_pages_name_every_command() {
    let folder = TempDir::new().unwrap();
    let page = text(&toetssteen(&["man"]).stdout);
    assert!(page.contains(".TH") && page.contains("doctor"), "{page}");
    let out = folder.path().join("man").to_string_lossy().into_owned();
    let done = toetssteen(&["man", "--out", &out]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    for name in ["toetssteen.1", "toetssteen-run.1", "toetssteen-doctor.1", "toetssteen-serve-reference.1"] {
        assert!(folder.path().join("man").join(name).exists(), "{name}");
    }
    fs::write(folder.path().join("file"), "x").unwrap();
    let blocked = toetssteen(&["man", "--out", &folder.path().join("file").to_string_lossy()]);
    assert_eq!(blocked.status.code(), Some(4), "{}", told(&blocked));
    assert!(text(&toetssteen(&["completions", "bash"]).stdout).contains("doctor"));
}

#[test]
fn the_target_file_of_the_folder_is_found_and_nothing_else_is_needed() {
    let folder = TempDir::new().unwrap();
    let here = |arguments: &[&str]| command(arguments).current_dir(folder.path()).output().unwrap();
    let missing = here(&["plan"]);
    assert_eq!(missing.status.code(), Some(2), "{}", told(&missing));
    assert!(text(&missing.stderr).contains("toetssteen.yaml"), "{}", told(&missing));
    let written = here(&["init", "--fhir", "http://127.0.0.1:9/fhir"]);
    assert_eq!(written.status.code(), Some(0), "{}", told(&written));
    let found = here(&["plan"]);
    assert_eq!(found.status.code(), Some(0), "{}", told(&found));
    let elsewhere = command(&["plan"]).env("TOETSSTEEN_TARGET", "no-such.yaml").current_dir(folder.path()).output();
    assert_eq!(elsewhere.unwrap().status.code(), Some(2), "the environment goes over the file that is there");
    let lint = here(&["lint"]);
    assert_eq!(lint.status.code(), Some(0), "{}", told(&lint));
}
