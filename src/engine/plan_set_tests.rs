//! What becomes of cases that hang on what a server declares or offers: an empty set, an option.

use super::*;
use crate::language::target::read_target;

const CASE: &str = "privacy-by-design/undeclared-routes-give-nothing";

/// The steps of LOC-01 that are laid out where these are declared; else why the case is left out, and what is noted.
fn laid_out(types: &[&str], operations: &[&str]) -> (Result<BTreeSet<String>, String>, BTreeSet<String>) {
    let catalogue = Catalogue::embedded().catalogue.unwrap();
    let text = "format: 1\nname: t\nproduct: { vendor: v, name: n, version: '1' }\n\
         claims: [ { profile: privacy-by-design, roles: [holder], fhir: [r4], format: [json], options: { choice-regime: implied } } ]\n\
         endpoints: { fhir: 'http://127.0.0.1:1' }\ncredentials: { writer: none, requester: none }\ncast: fhir\n";
    let target = read_target("t.yaml", text.as_bytes(), &catalogue).target.unwrap();
    let facts = CapabilityFacts {
        search: types.iter().map(|kind| ((*kind).to_owned(), BTreeMap::new())).collect(),
        operations: operations.iter().map(|name| (*name).to_owned()).collect(),
        ..CapabilityFacts::default()
    };
    let known = Circumstances {
        facts: [("fhir".parse().unwrap(), facts)].into(),
        faults: BTreeMap::new(),
        selection: Selection { cases: vec![CASE.parse().unwrap()], ..Selection::default() },
        allow_exec: false,
        operator: false,
        today: "2025-01-01".to_owned(),
    };
    let parameters =
        Parameters { seed: 1, attempts: 1, timeout_ms: 1000, body_limit: 1000, challenge: None, shard: None };
    let plan = plan(&catalogue, &target, &known, &parameters);
    if plan.instances.is_empty() {
        let left = plan.left_out.iter().find(|left| left.case.to_string() == CASE).unwrap();
        return (Err(format!("{} {}", left.outcome.reason().unwrap(), left.detail)), BTreeSet::new());
    }
    let (moves, _) = schedule::layout(&catalogue, &plan, &parameters, 0).unwrap();
    let steps = moves.iter().map(|one| one.step).filter(|step| step.head == crate::model::testcase::Head::Step);
    let steps = steps.map(|step| step.name.to_string()).collect();
    (Ok(steps), schedule::undeclared(&catalogue, &plan, &parameters, 0))
}

#[test]
fn what_is_there_is_judged_and_what_is_not_is_noted() {
    let steps = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let (both, absent) = laid_out(&["Observation"], &[]);
    assert_eq!((both.unwrap(), absent), (steps(&["no-operation-besides", "no-type-besides"]), steps(&[])));
    let (operations, absent) = laid_out(&TYPES, &[]);
    assert_eq!(operations.unwrap(), steps(&["no-operation-besides"]));
    assert_eq!(absent, steps(&["undeclared-types/no-type-besides"]));
    let (types, absent) = laid_out(&["Observation"], &OPERATIONS);
    assert_eq!(types.unwrap(), steps(&["no-type-besides"]));
    assert_eq!(absent, steps(&["undeclared-operations/no-operation-besides"]));
    // Nothing is left to be asked, and nothing is shown.
    for (types, operations) in [(&TYPES[..], &OPERATIONS[..]), (&[], &[])] {
        assert_eq!(laid_out(types, operations).0, Err("no-request undeclared-operations".to_owned()));
    }
}

/// What becomes of these cases where the claim states these options.
fn left_out(options: &str, cases: &[&str]) -> Vec<Option<String>> {
    let catalogue = Catalogue::embedded().catalogue.unwrap();
    let text = format!(
        "format: 1\nname: t\nproduct: {{ vendor: v, name: n, version: '1' }}\n\
         claims: [ {{ profile: privacy-by-design, roles: [holder], fhir: [r4], format: [json], \
         options: {{ choice-regime: implied{options} }} }} ]\n\
         endpoints: {{ fhir: 'http://127.0.0.1:1' }}\ncredentials: {{ writer: none, requester: none }}\ncast: fhir\n"
    );
    let target = read_target("t.yaml", text.as_bytes(), &catalogue).target.unwrap();
    let known = Circumstances {
        facts: BTreeMap::new(),
        faults: BTreeMap::new(),
        selection: Selection::default(),
        allow_exec: false,
        operator: false,
        today: "2025-01-01".to_owned(),
    };
    let parameters =
        Parameters { seed: 1, attempts: 1, timeout_ms: 1000, body_limit: 1000, challenge: None, shard: None };
    let plan = plan(&catalogue, &target, &known, &parameters);
    let left = |case: &&str| {
        let left = plan.left_out.iter().find(|left| left.case.to_string() == format!("privacy-by-design/{case}"));
        left.map(|left| left.outcome.reason().unwrap_or_else(|| left.outcome.word().to_owned()))
    };
    cases.iter().map(left).collect()
}

#[test]
fn what_a_server_may_lack_counts_against_nobody_who_says_so() {
    let cases = ["reference-opens-nobody-else", "inclusion-opens-nobody-else", "paging-link-is-no-key"];
    let said = |word: &str| Some(word.to_owned());
    let unstated = left_out("", &cases);
    assert_eq!(unstated, [None, said("option-not-stated"), said("option-not-stated")]);
    let lacking = left_out(", include: not-offered, paging: not-offered", &cases);
    assert_eq!(lacking, [None, said("not-applicable"), said("not-applicable")]);
    assert_eq!(left_out(", include: offered, paging: not-offered", &cases)[1], None);
}
