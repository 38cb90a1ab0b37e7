//! The house stands on its layers: imports point left, never right.
//! `model ← language ← engine ← report ← cli`; the reference shares nothing with the tester.

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [&str; 5] = ["model", "language", "engine", "report", "cli"];

/// The layers to the right of this one, which it may not import.
fn forbidden(layer: &str) -> &'static [&'static str] {
    let position = LAYERS.iter().position(|known| *known == layer).expect("a layer");
    &LAYERS[position + 1..]
}

/// The imports of a source text that break the order, as `line: layer`.
fn breaches(layer: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for other in forbidden(layer) {
            if line.contains(&format!("crate::{other}::")) {
                found.push(format!("{}: {other}", number + 1));
            }
        }
        if layer != "cli" && line.contains("toetssteen_reference") {
            found.push(format!("{}: reference", number + 1));
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files.extend(sources(&entry));
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            files.push(entry);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn imports_point_left() {
    let mut found = Vec::new();
    for layer in LAYERS {
        for file in sources(&root().join("src").join(layer)) {
            let text = fs::read_to_string(&file).expect("a source");
            found.extend(breaches(layer, &text).into_iter().map(|breach| format!("{}:{breach}", file.display())));
        }
    }
    assert!(found.is_empty(), "imports against the layers:\n{}", found.join("\n"));
}

#[test]
fn a_planted_breach_is_found() {
    assert_eq!(breaches("model", "use crate::engine::plan;\n"), ["1: engine"]);
    assert_eq!(breaches("report", "use crate::model::id;\nuse crate::cli::run;\n"), ["2: cli"]);
    assert_eq!(breaches("engine", "use toetssteen_reference::start;\n"), ["1: reference"]);
    assert!(breaches("cli", "use crate::engine::plan;\nuse toetssteen_reference::start;\n").is_empty());
    assert!(breaches("model", "// use crate::engine::plan;\n").is_empty());
}

#[test]
fn the_reference_shares_nothing_with_its_judge() {
    for file in sources(&root().join("reference").join("src")) {
        let text = fs::read_to_string(&file).expect("a source");
        assert!(!text.contains("use toetssteen::"), "{} imports the tester", file.display());
    }
}

#[test]
fn files_stay_readable() {
    for folder in ["src", "reference/src", "tests"] {
        for file in sources(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source");
            assert!(text.lines().count() <= 600, "{} is past 600 lines", file.display());
            assert!(!text.contains(concat!("#[", "ignore")), "{} ignores a test", file.display());
        }
    }
}
