//! Exit codes: one enum, and the one function that reads them off a report.
//! They speak about what was selected; the report's conclusion speaks about what is claimed.

use crate::model::report::{Report, RequirementEntry};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Every selected MUST was judged and none failed.
    Fine = 0,
    /// A MUST failed.
    Failed = 1,
    /// Faulty before the target was contacted: usage, files, keys. No report.
    Usage = 2,
    /// Something selected was not judged. A report is written.
    NotJudged = 3,
    /// A fault of ours.
    Ours = 4,
    /// Nothing was selected.
    Nothing = 5,
    /// A waiver, gate or `not-testable` entry is violated.
    Gate = 6,
    /// Interrupted; a partial report is written.
    Interrupted = 130,
}

/// What counts as failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// A broken MUST.
    #[default]
    Must,
    /// A broken SHOULD as well.
    Should,
}

fn selected(report: &Report) -> impl Iterator<Item = &RequirementEntry> {
    report.requirements.iter().filter(|entry| entry.reason.as_deref() != Some("not-selected"))
}

fn testable(report: &Report) -> impl Iterator<Item = &RequirementEntry> {
    selected(report).filter(|entry| entry.verification == "test" && entry.outcome != "not-applicable")
}

/// Whether a MUST was selected; where none was, exit code 0 says nothing about the target.
#[must_use]
pub fn selects_a_must(report: &Report) -> bool {
    testable(report).any(|entry| entry.effective == "must")
}

/// The exit code of a run.
#[must_use]
pub fn of(report: &Report, fail_on: FailOn, gate_violated: bool) -> Exit {
    let selected = || selected(report);
    let failed =
        selected().any(|entry| entry.outcome == "fail" || (fail_on == FailOn::Should && entry.outcome == "warn"));
    let judged = |outcome: &str| matches!(outcome, "pass" | "warn" | "fail");
    if report.run.interrupted {
        return Exit::Interrupted;
    }
    if failed {
        return Exit::Failed;
    }
    if selected().any(|entry| entry.outcome == "error") {
        return Exit::Ours;
    }
    if gate_violated {
        return Exit::Gate;
    }
    let testable = || testable(report);
    if testable().next().is_none() && report.preflight.is_empty() {
        return Exit::Nothing;
    }
    let must_unjudged = testable().any(|entry| entry.effective == "must" && !judged(&entry.outcome));
    if must_unjudged || !testable().any(|entry| judged(&entry.outcome)) || !report.preflight.is_empty() {
        return Exit::NotJudged;
    }
    Exit::Fine
}
