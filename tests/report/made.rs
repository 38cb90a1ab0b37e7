//! Reports made of the golden one: all is met, but for what a test changes.
//! Conclusions follow from the requirements, as in every report that was built.

use crate::golden;
use toetssteen::model::report::{Completeness, Conclusion, Conformance, Report, RequirementEntry};

/// A report in which every requirement that applies was tested and met.
pub fn good() -> Report {
    let mut report = golden::report();
    report.preflight.clear();
    for entry in report.requirements.iter_mut().filter(|one| one.outcome != "not-applicable") {
        if entry.verification == "test" {
            ended(entry, "pass");
        }
    }
    settled(report)
}

/// The same, of another run.
pub fn earlier() -> Report {
    let mut report = good();
    report.run.id = "searlier".to_owned();
    report.run.started = "2026-04-01T09:00:00Z".to_owned();
    report
}

/// The report in which these requirements end like this: `id outcome` or `id outcome:reason`.
pub fn with(mut report: Report, ends: &[&str]) -> Report {
    for end in ends {
        let (id, outcome) = end.split_once(' ').expect("id and outcome");
        let entry = report.requirements.iter_mut().find(|one| one.id.as_str() == id).expect(id);
        ended(entry, outcome);
    }
    settled(report)
}

/// The report without this requirement.
pub fn without(mut report: Report, id: &str) -> Report {
    report.requirements.retain(|one| one.id.as_str() != id);
    settled(report)
}

/// The report in which no step saw a person.
pub fn harmless(mut report: Report) -> Report {
    let steps = report.cases.iter_mut().flat_map(|case| &mut case.steps);
    for judgement in steps.flat_map(|step| &mut step.judgements).filter(|one| one.verdict != "pass") {
        judgement.observed.code = "status".to_owned();
    }
    report
}

/// The report of a system whose target file was left as `init` writes it, in one of the two languages.
pub fn unnamed(mut report: Report, system: &str, not_stated: &str) -> Report {
    let product = &mut report.target.product;
    for field in [&mut product.vendor, &mut product.name, &mut product.version] {
        *field = not_stated.to_owned();
    }
    report.target.name = system.to_owned();
    report
}

fn ended(entry: &mut RequirementEntry, outcome: &str) {
    let (outcome, reason) = outcome.split_once(':').map_or((outcome, None), |(word, reason)| (word, Some(reason)));
    entry.outcome = outcome.to_owned();
    entry.reason = reason.map(str::to_owned);
    entry.because = None;
    entry.detail = None;
}

/// The report with conclusions that follow.
pub fn settled(mut report: Report) -> Report {
    let selection = report.run.selection;
    let conclude = |of: &dyn Fn(&&RequirementEntry) -> bool| {
        let musts: Vec<_> = report.requirements.iter().filter(of).filter(|one| one.effective == "must").collect();
        let tested = || musts.iter().filter(|one| one.verification == "test" && one.outcome != "not-applicable");
        let judged = tested().filter(|one| matches!(one.outcome.as_str(), "pass" | "warn" | "fail")).count() as u64;
        let applicable = tested().count() as u64;
        let conformance = match musts.iter().any(|one| one.outcome == "fail") {
            true => Conformance::NotConformant,
            false if applicable > 0 && judged == applicable && !selection => Conformance::Conformant,
            false => Conformance::NotShown,
        };
        Conclusion { conformance, completeness: Completeness { judged, applicable, attested: 0, not_yet: 0 } }
    };
    let whole = conclude(&|_| true);
    let claims: Vec<Conclusion> = report
        .profiles
        .iter()
        .map(|claim| conclude(&|one| one.id.profile() == claim.id && one.role == claim.role))
        .collect();
    report.conclusion = whole;
    for (claim, conclusion) in report.profiles.iter_mut().zip(claims) {
        claim.conclusion = conclusion;
    }
    report
}
