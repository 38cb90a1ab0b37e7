//! What decisions about a report rest on, for gate and tender alike: which requirements count, which were judged, and
//! whether the report's own word follows from them.

use crate::model::report::{Conformance, ProfileConclusion, Report, RequirementEntry};

/// A MUST that can be tested and applies.
pub(super) fn counts(entry: &RequirementEntry) -> bool {
    entry.effective == "must" && entry.verification == "test" && entry.outcome != "not-applicable"
}

/// Whether there is a verdict.
pub(super) fn is_judged(entry: &RequirementEntry) -> bool {
    matches!(entry.outcome.as_str(), "pass" | "warn" | "fail")
}

/// Data reached someone not entitled to them.
pub(super) fn is_grave(entry: &RequirementEntry) -> bool {
    entry.outcome == "fail" && entry.severity == "I"
}

/// Whether a requirement is of this profile and role.
pub(super) fn of_claim(claim: &ProfileConclusion, entry: &RequirementEntry) -> bool {
    entry.id.profile() == claim.id && entry.role == claim.role
}

/// Whether the word of a report about a role follows from what it says of each requirement.
pub(super) fn follows(report: &Report, claim: &ProfileConclusion) -> bool {
    let all = || report.requirements.iter().filter(|one| of_claim(claim, one) && counts(one));
    let failed = all().any(|one| one.outcome == "fail");
    let whole = all().next().is_some() && all().all(is_judged) && !report.run.selection;
    match claim.conclusion.conformance {
        Conformance::Conformant => whole && !failed,
        Conformance::NotConformant => failed,
        Conformance::NotShown => !failed && !whole,
    }
}
