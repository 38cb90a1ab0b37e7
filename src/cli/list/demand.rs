//! Demands with the requirements, cases and defects that serve each; and why nothing does.
//! A demand that only a statement or an institution can answer says so, lest silence look like a pass.

use super::coverage::{killed, untested, verifying};
use super::{Row, texts};
use crate::language::catalogue::Catalogue;
use crate::model::id::RequirementId;
use crate::model::profile::{Demand, Requirement};
use crate::model::text::Bilingual;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Every stated demand, and any further one that requirements cite where nothing is stated.
pub fn demands(catalogue: &Catalogue) -> Vec<Row> {
    let serving = serving(catalogue);
    let stated = catalogue.demands.iter().map(|stated| {
        let mut row = row(catalogue, &stated.id, serving.get(&stated.id), stated.answered_by.as_str());
        row.title = Some(stated.title.clone());
        let limits = stated.answered_by.grounds();
        if row.words.first().is_some_and(|word| word == UNTESTED) {
            row.reason = limits.cloned().or(row.reason);
        }
        row.more.insert("limits".to_owned(), json!(limits));
        row
    });
    let unstated = serving.iter().filter(|(id, _)| !catalogue.demands.iter().any(|stated| stated.id == **id));
    stated.chain(unstated.map(|(id, by)| row(catalogue, id, Some(by), "test"))).collect()
}

const TESTED: &str = "tested";
const UNTESTED: &str = "untested";

type Serving<'a> = BTreeMap<Demand, Vec<(RequirementId, &'a Requirement)>>;

fn serving(catalogue: &Catalogue) -> Serving<'_> {
    let mut serving = Serving::new();
    for profile in catalogue.profiles.values() {
        for requirement in &profile.requirements {
            for demand in &requirement.serves {
                serving.entry(demand.clone()).or_default().push((profile.id_of(requirement), requirement));
            }
        }
    }
    serving
}

fn row(
    catalogue: &Catalogue,
    id: &Demand,
    by: Option<&Vec<(RequirementId, &Requirement)>>,
    answered_by: &'static str,
) -> Row {
    let by = by.map(Vec::as_slice).unwrap_or_default();
    let mut cases = BTreeMap::new();
    let mut why = Vec::new();
    for (requirement, what) in by {
        let own: Vec<_> = verifying(catalogue, requirement).collect();
        if let Some(reason) = untested(what, &own) {
            why.push(Bilingual {
                nl: format!("{requirement}: {}", reason.nl),
                en: format!("{requirement}: {}", reason.en),
            });
        }
        cases.extend(own);
    }
    let cases: Vec<_> = cases.into_iter().collect();
    let state = if cases.is_empty() { UNTESTED } else { TESTED };
    let requirements: BTreeSet<String> = by.iter().map(|(requirement, _)| requirement.to_string()).collect();
    let mut row = Row {
        id: id.to_string(),
        words: vec![state.to_owned(), answered_by.to_owned()],
        lists: Vec::new(),
        title: None,
        reason: None,
        more: serde_json::Map::new(),
    }
    .list("requirements", requirements.into_iter().collect())
    .list("cases", texts(cases.iter().map(|(name, _)| name)))
    .list("defects", killed(&cases));
    if cases.is_empty() {
        row.reason = Some(joined(&why));
    }
    row.more.insert("tested".to_owned(), json!(!cases.is_empty()));
    row.more.insert("answered-by".to_owned(), json!(answered_by));
    row.more.insert("untested".to_owned(), json!(why));
    row
}

fn joined(why: &[Bilingual]) -> Bilingual {
    if why.is_empty() {
        return Bilingual {
            nl: "geen eis van deze profielen dient dit nog".to_owned(),
            en: "no requirement of these profiles serves it yet".to_owned(),
        };
    }
    let all = |lang: fn(&Bilingual) -> &String| why.iter().map(lang).cloned().collect::<Vec<_>>().join("; ");
    Bilingual { nl: all(|reason| &reason.nl), en: all(|reason| &reason.en) }
}
