//! A report with as many requirements as are asked for, made of the golden one.
//! Every outcome, severity and role of the golden report comes back in it, in turn.

use crate::golden;
use toetssteen::model::report::{CaseEntry, Report, RequirementEntry};

/// The golden report with this many requirements, each with a case of its own.
pub fn report(number: usize) -> Report {
    let mut report = golden::report();
    let (kinds, cases) = (report.requirements.clone(), report.cases.clone());
    report.requirements.clear();
    report.cases.clear();
    for category in &mut report.categories {
        category.requirements.clear();
    }
    for at in 0..number {
        let kind = &kinds[at % kinds.len()];
        let (entry, of_it) = numbered(kind, &cases, at);
        let mut places = report.categories.iter_mut();
        let same = places.find(|one| one.profile == entry.id.profile() && one.role == entry.role);
        same.expect("a category").requirements.push(entry.id.clone());
        report.requirements.push(entry);
        report.cases.extend(of_it);
    }
    report
}

fn numbered(kind: &RequirementEntry, cases: &[CaseEntry], at: usize) -> (RequirementEntry, Vec<CaseEntry>) {
    let mut entry = kind.clone();
    entry.id = format!("{}/GEN-{at:04}", kind.id.profile()).parse().expect("an id");
    let of_it: Vec<CaseEntry> = cases
        .iter()
        .filter(|case| kind.cases.contains(&case.id))
        .map(|case| {
            let mut case = case.clone();
            case.id = format!("{}-{at:04}", case.id).parse().expect("an id");
            case.verifies = vec![entry.id.clone()];
            for step in case.steps.iter_mut().filter(|step| !step.verifies.is_empty()) {
                step.verifies = if step.verifies.contains(&kind.id) { vec![entry.id.clone()] } else { Vec::new() };
            }
            case
        })
        .collect();
    entry.cases = of_it.iter().map(|case| case.id.clone()).collect();
    (entry, of_it)
}
