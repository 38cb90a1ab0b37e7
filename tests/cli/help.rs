//! Every command explains itself: `--help` exits 0, on stdout, and names each flag that the command has.
//! The flags are listed here by hand: a flag that goes, or loses its name, breaks somebody's script.

use super::binary::{text, toetssteen, told};

const COMMANDS: [(&str, &[&str]); 11] = [
    ("init", &["--fhir", "--claim", "--output"]),
    ("list", &["--coverage", "--format", "profiles", "requirements", "cases", "defects", "demands"]),
    ("lint", &[]),
    ("plan", &["--target", "--profile", "--case", "--role", "--allow-exec"]),
    (
        "run",
        &[
            "--target",
            "--profile",
            "--case",
            "--role",
            "--out",
            "--report",
            "--seed",
            "--jobs",
            "--challenge",
            "--attempts",
            "--timeout",
            "--allow-exec",
            "--fail-on",
        ],
    ),
    ("demo", &["--defect", "--style", "--profile", "--case", "--role", "--out", "--report", "--seed", "--jobs"]),
    ("prove", &["--case", "--defect", "--exact", "--seed", "--jobs"]),
    ("explain", &["<WORD>"]),
    ("rejudge", &["<DIR>", "--out", "--report", "--fail-on"]),
    ("compare", &["<REPORT>", "--out", "--report", "--max-age"]),
    ("completions", &["<SHELL>"]),
];

#[test]
fn every_command_explains_itself() {
    let whole = toetssteen(&["--help"]);
    assert_eq!(whole.status.code(), Some(0));
    let whole = text(&whole.stdout);
    for code in ["0 every selected MUST", "1 a MUST failed", "2 faulty", "3 something", "4 ", "5 ", "6 ", "130 "] {
        assert!(whole.contains(code), "exit code {code} is not told: {whole}");
    }
    for (command, flags) in COMMANDS {
        assert!(whole.contains(&format!("\n  {command} ")), "`{command}` is not listed: {whole}");
        let help = toetssteen(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}: {}", told(&help));
        assert!(help.stderr.is_empty(), "{command}: {}", told(&help));
        let help = text(&help.stdout);
        for flag in flags.iter().chain(&["--catalogue", "--lang"]) {
            assert!(help.contains(flag), "`{command} --help` does not say {flag}: {help}");
        }
    }
}

#[test]
fn a_command_or_flag_that_is_none_exits_2() {
    for arguments in [&["test"][..], &["run", "--target"], &["run", "--sed", "1"], &["demo", "--jobs", "many"], &[]] {
        let done = toetssteen(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {}", told(&done));
        assert!(done.stdout.is_empty(), "{arguments:?}: {}", told(&done));
    }
}
