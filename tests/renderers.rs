//! What people read, as snapshots: one golden report through every renderer, in Dutch and English.
//! The report has every outcome, and text of an endpoint that tries to steer a terminal.

use std::path::Path;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::model::verdict::{OUTCOMES, Outcome};
use toetssteen::report::render::terminal::{self, Colour};
use toetssteen::report::render::{json, junit};

fn golden() -> Report {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/golden-report.json");
    serde_json::from_slice(&std::fs::read(file).expect("the golden report")).expect("today's types read it")
}

#[test]
fn the_golden_report_shows_every_outcome_and_survives_the_round_trip() {
    let report = golden();
    for outcome in OUTCOMES {
        assert!(report.requirements.iter().any(|entry| entry.outcome == outcome), "no {outcome}");
    }
    let bytes = json::render(&report).expect("JSON");
    assert_eq!(serde_json::from_slice::<Report>(&bytes).expect("a report"), report);
}

#[test]
fn the_terminal_reads_well() {
    for (lang, name) in [(Lang::En, "terminal.en"), (Lang::Nl, "terminal.nl")] {
        let page = terminal::render(&golden(), lang, Colour::Plain, "reports/out");
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'), "an endpoint steers the terminal");
        insta::assert_snapshot!(name, page);
    }
}

/// Codes are looked up, so they stand between brackets, behind their words.
#[test]
fn dutch_on_the_terminal_has_no_word_of_the_format_but_between_brackets() {
    let page = terminal::render(&golden(), Lang::Nl, Colour::Plain, "reports/out");
    let bare = regex::Regex::new(r"\([^)]*\)").expect("a pattern").replace_all(&page, "").into_owned();
    let others = ["must", "should", "holder", "sender", "wire", "hook"];
    let reasons = Outcome::all().filter_map(Outcome::reason).filter(|reason| reason.contains('-'));
    for word in OUTCOMES.into_iter().chain(others).map(str::to_owned).chain(reasons) {
        let found = regex::Regex::new(&format!(r"(?i)\b{word}\b")).expect("a pattern").is_match(&bare);
        assert!(!found, "{word} in {bare}");
    }
}

#[test]
fn colour_adds_marks_and_no_words() {
    let plain = terminal::render(&golden(), Lang::En, Colour::Plain, "reports/out");
    let coloured = terminal::render(&golden(), Lang::En, Colour::Ansi, "reports/out");
    assert_ne!(plain, coloured);
    let bare = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern").replace_all(&coloured, "").into_owned();
    assert_eq!(bare, plain);
}

#[test]
fn the_junit_file_reads_well() {
    for (lang, name) in [(Lang::En, "junit.en"), (Lang::Nl, "junit.nl")] {
        let xml = junit::render(&golden(), lang).expect("XML");
        insta::assert_snapshot!(name, xml);
    }
}
