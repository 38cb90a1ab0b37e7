//! What everybody who reads a report rests on: which requirements count, which were judged, which are met, where a person
//! was seen, and whether the report's own word follows from them.

use crate::model::report::{Conformance, ProfileConclusion, Report, RequirementEntry};

/// A MUST that can be tested and applies.
pub(in crate::report) fn counts(entry: &RequirementEntry) -> bool {
    entry.effective == "must" && entry.verification == "test" && entry.outcome != "not-applicable"
}

/// Whether there is a verdict.
pub(in crate::report) fn is_judged(entry: &RequirementEntry) -> bool {
    matches!(entry.outcome.as_str(), "pass" | "warn" | "fail")
}

/// Whether an outcome keeps a requirement. Of a MUST a remark is about a part that only counts as a SHOULD; of what counts
/// as a SHOULD as a whole it is the breach itself.
pub(in crate::report) fn is_met(effective: &str, outcome: &str) -> bool {
    outcome == "pass" || (outcome == "warn" && effective == "must")
}

/// Whether an outcome breaks a requirement; by the same rule.
pub(in crate::report) fn is_broken(effective: &str, outcome: &str) -> bool {
    outcome == "fail" || (outcome == "warn" && effective != "must")
}

/// Whether data were seen to reach someone not entitled to them. Whoever reads a report asks this and nothing less, so that
/// a leak is one thing on every page, at the gate and in a tender.
pub(in crate::report) fn leaked(report: &Report, entry: &RequirementEntry) -> bool {
    let disclosed = || {
        let cases = report.cases.iter().filter(|case| entry.cases.contains(&case.id));
        let mut broken =
            cases.flat_map(|case| &case.steps).filter(|step| step.breach && step.verifies.contains(&entry.id));
        broken.any(|step| step.judgements.iter().any(|one| one.verdict != "pass" && discloses(&one.observed.code)))
    };
    is_leak(entry, disclosed)
}

/// The same where the cases are held in another shape: a failure of severity I, or a remark where a step `disclosed` a person.
///
/// An expectation that rests on little lowers the verdict, and takes nothing away from what was seen.
pub(in crate::report) fn is_leak(entry: &RequirementEntry, disclosed: impl FnOnce() -> bool) -> bool {
    entry.severity == "I" && (entry.outcome == "fail" || (entry.outcome == "warn" && disclosed()))
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
