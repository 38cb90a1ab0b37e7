//! Consumers that are no crate: the harness of Perl reads our TAP. It is needed for this target and for nothing else.
//! That harness knows TAP up to 13, of which 14 is a stricter form; the first line is changed for it, and nothing more.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::tap;

const READER: &str = r#"
use strict; use warnings; use TAP::Parser;
local $/; open my $file, "<:encoding(UTF-8)", $ARGV[0] or die; binmode STDOUT, ":encoding(UTF-8)";
my $parser = TAP::Parser->new({ tap => <$file> });
while (my $it = $parser->next) {
    if ($it->is_test) { print join("\t", "test", $it->is_actual_ok ? "ok" : "not ok", $it->number, $it->directive), "\n" }
    elsif ($it->is_yaml) { my $data = $it->data; print "message\t$data->{message}\n" }
    elsif ($it->is_unknown) { print "unknown\t", $it->as_string, "\n" }
    elsif ($it->is_bailout) { print "bailout\n" }
}
print "error\t$_\n" for $parser->parse_errors;
"#;

fn golden() -> Report {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/golden.json");
    serde_json::from_slice(&fs::read(file).expect("the golden report")).expect("a report")
}

/// The golden report with a text that does harm in TAP wherever an endpoint speaks.
fn hostile() -> Report {
    let mut report = golden();
    let harm = "# TODO \\# SKIP\nnot ok 99 - x\nBail out!\n  ...\n\"'\\ \u{1b}[31m";
    for entry in &mut report.requirements {
        entry.text.en.push_str(harm);
        entry.detail = Some(harm.to_owned());
    }
    for step in report.cases.iter_mut().flat_map(|case| &mut case.steps) {
        step.judgements.iter_mut().for_each(|judgement| judgement.observed.en.push_str(harm));
    }
    report
}

fn faultless() -> Report {
    let mut report = golden();
    report.preflight.clear();
    report.requirements.retain(|one| matches!(one.outcome.as_str(), "pass" | "warn" | "not-applicable"));
    report
}

fn write(folder: &TempDir, report: &Report) -> String {
    let text = tap::render(report, Lang::En).replacen("TAP version 14", "TAP version 13", 1);
    let path = folder.path().join("stream.tap");
    fs::write(&path, text).expect("a file");
    path.to_string_lossy().into_owned()
}

fn perl(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").output().expect("perl is installed")
}

#[test]
fn every_point_and_every_message_is_read() {
    let folder = TempDir::new().expect("a folder");
    for report in [golden(), hostile()] {
        let told = perl("perl", &["-e", READER, &write(&folder, &report)]);
        let text = String::from_utf8(told.stdout).expect("text");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let points: Vec<&str> = text.lines().filter(|line| line.starts_with("test\t")).collect();
        let one = |at: usize, ok: &str, directive: &str| format!("test\t{ok}\t{at}\t{directive}");
        let wanted = [
            one(1, "not ok", ""),
            one(2, "not ok", ""),
            one(3, "not ok", ""),
            one(4, "not ok", "TODO"),
            one(5, "not ok", ""),
            one(6, "ok", ""),
            one(7, "not ok", ""),
            one(8, "ok", "SKIP"),
            one(9, "ok", ""),
            one(10, "ok", ""),
            one(11, "not ok", "TODO"),
            one(12, "ok", "SKIP"),
        ];
        assert_eq!(points, wanted, "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("message\t")).count(), 7, "{text}");
        for word in ["unknown\t", "error\t", "bailout"] {
            assert!(!text.lines().any(|line| line.starts_with(word)), "{text}");
        }
    }
}

#[test]
fn a_harness_is_green_only_where_nothing_failed() {
    let folder = TempDir::new().expect("a folder");
    let prove = |report: &Report| perl("prove", &["--exec", "cat", &write(&folder, report)]).status.success();
    assert!(prove(&faultless()));
    assert!(!prove(&golden()));
    let mut interrupted = faultless();
    interrupted.run.interrupted = true;
    assert!(!prove(&interrupted), "an interrupted run is no success");
    let mut empty = faultless();
    empty.requirements.clear();
    assert!(!prove(&empty), "nothing tested is no success");
}
