//! What keeps working while a central facility is out: one table for each case that has facilities fail.
//! Rows are facilities, columns ways to fail; every cell is the outcome of one run of the case, and none is summed up.

use super::{capital, say};
use crate::model::counterpart::{Counterpart, Outage};
use crate::model::report::{CaseEntry, Report};
use crate::model::text::Lang;
use crate::report::words::entry;
use std::collections::BTreeSet;

/// One table.
pub struct OutageTable {
    /// What was to go on meanwhile.
    pub title: String,
    /// The case.
    pub case: String,
    /// The ways to fail, over the columns.
    pub faults: Vec<String>,
    /// A row for each facility.
    pub rows: Vec<OutageRow>,
}

/// One facility.
pub struct OutageRow {
    /// Its name.
    pub facility: String,
    /// What was concluded, for each way to fail.
    pub cells: Vec<Cell>,
}

/// What was concluded while one facility failed in one way.
pub struct Cell {
    /// How it is marked, beside its words.
    pub mark: &'static str,
    /// The outcome in words.
    pub outcome: String,
}

/// The names of a case's `each` from which a table is made.
const FACILITY: &str = "facility";
const FAULT: &str = "fault";

/// All tables, in the order of their cases.
pub(super) fn all(report: &Report, lang: Lang) -> Vec<OutageTable> {
    let ran = |case: &&CaseEntry| case.each.contains_key(FACILITY) && case.each.contains_key(FAULT);
    let mut ids: Vec<&CaseEntry> = Vec::new();
    for case in report.cases.iter().filter(ran) {
        if !ids.iter().any(|known| known.id == case.id) {
            ids.push(case);
        }
    }
    ids.into_iter().map(|first| table(report, first, lang)).collect()
}

fn table(report: &Report, first: &CaseEntry, lang: Lang) -> OutageTable {
    let own: Vec<&CaseEntry> = report.cases.iter().filter(|case| case.id == first.id).collect();
    // In the order of the words' own lists; what is none of them, such as all together, comes last.
    let values = |name: &str, order: &[&str]| -> Vec<&String> {
        let all: BTreeSet<&String> = own.iter().filter_map(|case| case.each.get(name)).collect();
        let mut all: Vec<&String> = all.into_iter().collect();
        all.sort_by_key(|word| order.iter().position(|known| known == word).unwrap_or(order.len()));
        all
    };
    let facilities = values(FACILITY, &Counterpart::ALL.map(Counterpart::as_str));
    let faults = values(FAULT, &Outage::ALL.map(Outage::as_str));
    let cell = |facility: &String, fault: &String| {
        let of =
            own.iter().find(|case| case.each.get(FACILITY) == Some(facility) && case.each.get(FAULT) == Some(fault));
        let outcome = of.map_or("not-tested", |case| case.outcome.as_str());
        Cell { mark: mark(outcome), outcome: say(entry::outcome(outcome), lang) }
    };
    OutageTable {
        title: first.purpose.say(lang).to_owned(),
        case: first.id.to_string(),
        rows: facilities
            .into_iter()
            .map(|facility| OutageRow {
                facility: capital(&say(entry::counterpart(facility), lang)),
                cells: faults.iter().map(|fault| cell(facility, fault)).collect(),
            })
            .collect(),
        faults: faults.iter().map(|fault| say(entry::fault(fault), lang)).collect(),
    }
}

fn mark(outcome: &str) -> &'static str {
    match outcome {
        "pass" => "meets",
        "fail" => "fails",
        "warn" => "remarks",
        _ => "not-shown",
    }
}
