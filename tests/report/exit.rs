//! Whether exit code 0 says anything: it does if a MUST was among what was selected.

use crate::golden;
use toetssteen::model::report::Report;
use toetssteen::report::exit::{self, Exit, FailOn};

fn only(keep: impl Fn(&toetssteen::model::report::RequirementEntry) -> bool) -> Report {
    let mut report = golden::report();
    report.preflight.clear();
    report.requirements.retain(keep);
    report
}

#[test]
fn a_selection_without_a_must_exits_0_and_shows_nothing() {
    let remarks = only(|entry| entry.effective == "should" && entry.outcome == "warn");
    assert!(!remarks.requirements.is_empty());
    assert_eq!(exit::of(&remarks, FailOn::Must, false), Exit::Fine);
    assert!(!exit::selects_a_must(&remarks));
    let met = only(|entry| entry.effective == "must" && entry.outcome == "pass");
    assert_eq!(exit::of(&met, FailOn::Must, false), Exit::Fine);
    assert!(exit::selects_a_must(&met));
}

#[test]
fn a_must_that_was_not_selected_or_does_not_apply_is_no_must_of_this_run() {
    let mut report = only(|entry| entry.effective == "must" && entry.outcome == "pass");
    for entry in &mut report.requirements {
        entry.outcome = "not-tested".to_owned();
        entry.reason = Some("not-selected".to_owned());
    }
    assert!(!exit::selects_a_must(&report));
    assert_eq!(exit::of(&report, FailOn::Must, false), Exit::Nothing);
    for entry in &mut report.requirements {
        entry.outcome = "not-applicable".to_owned();
        entry.reason = None;
    }
    assert!(!exit::selects_a_must(&report));
}
