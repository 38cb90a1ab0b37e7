//! What decisions about a report rest on, for gate and tender alike: which requirements count, which were judged, and
//! whether the report's own word follows from them.

use crate::model::report::{Conformance, ProfileConclusion, Report, RequirementEntry};

/// A MUST that can be tested and applies.
pub(in crate::report) fn counts(entry: &RequirementEntry) -> bool {
    entry.effective == "must" && entry.verification == "test" && entry.outcome != "not-applicable"
}

/// Whether there is a verdict.
pub(in crate::report) fn is_judged(entry: &RequirementEntry) -> bool {
    matches!(entry.outcome.as_str(), "pass" | "warn" | "fail")
}

/// Data reached someone not entitled to them.
pub(in crate::report) fn is_grave(entry: &RequirementEntry) -> bool {
    entry.outcome == "fail" && entry.severity == "I"
}

/// Whether data were seen to reach someone: a failure of that kind, or a remark where a step `disclosed` a person.
///
/// An expectation that rests on little lowers the verdict, and takes nothing away from what was seen.
pub(in crate::report) fn is_leak(entry: &RequirementEntry, disclosed: impl FnOnce() -> bool) -> bool {
    is_grave(entry) || (entry.outcome == "warn" && entry.severity == "I" && disclosed())
}

/// Whether what was seen, by its code, is a person.
pub(in crate::report) fn discloses(observed: &str) -> bool {
    observed == "disclosed"
}

/// Whether a requirement is of this profile and role.
pub(in crate::report) fn of_claim(claim: &ProfileConclusion, entry: &RequirementEntry) -> bool {
    entry.id.profile() == claim.id && entry.role == claim.role
}

/// Whether the word of a report about a role follows from what it says of each requirement.
pub(in crate::report) fn follows(report: &Report, claim: &ProfileConclusion) -> bool {
    let all = || report.requirements.iter().filter(|one| of_claim(claim, one) && counts(one));
    let failed = all().any(|one| one.outcome == "fail");
    let whole = all().next().is_some() && all().all(is_judged) && !report.run.selection;
    match claim.conclusion.conformance {
        Conformance::Conformant => whole && !failed,
        Conformance::NotConformant => failed,
        Conformance::NotShown => !failed && !whole,
    }
}
