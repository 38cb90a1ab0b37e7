//! What a step's answers come to together.
//! Only tests live here.

use super::*;
use crate::engine::oracle::fixture::Given;

#[test]
fn what_a_step_lacks_counts_only_if_it_came_to_its_end() {
    let steps: (StepId, StepId) = ("earlier".parse().unwrap(), "later".parse().unwrap());
    let differing = |relation, found: &[&str], ended: &str| {
        let found = found.iter().map(|one| (*one).to_owned()).collect();
        let failed = Judgement::of(false, Expected::Answered, Observed::Differs(found), vec![1]);
        let judgement = not_found_in_time(failed, relation, (&steps.0, &steps.1), &|step| step.as_str() == ended);
        judgement.verdict
    };
    let judged = |relation, ended| differing(relation, &["- x"], ended);
    assert_eq!(judged(Relation::SupersetOf, "later"), Verdict::Inconclusive);
    assert_eq!(judged(Relation::SupersetOf, "earlier"), Verdict::Fail);
    assert_eq!(judged(Relation::SubsetOf, "earlier"), Verdict::Inconclusive);
    assert_eq!(judged(Relation::SubsetOf, "later"), Verdict::Fail);
    assert_eq!(judged(Relation::Equal, "later"), Verdict::Inconclusive);
    assert_eq!(judged(Relation::Equal, "neither"), Verdict::Fail);
    assert_eq!(differing(Relation::Equal, &["- x", "+ y"], "later"), Verdict::Fail, "y came, however far was read");
}

#[test]
fn a_failure_that_the_second_answers_do_not_show_is_not_confirmed() {
    let judged = |holds| Judgement::of(holds, Expected::OpensAll, Observed::ServerFailed(1), vec![1]);
    let both = |first, again| {
        let judgement = of_both_tries(first, Some(again));
        (judgement.verdict, judgement.doubt, judgement.breach)
    };
    assert_eq!(both(judged(false), judged(true)), (Verdict::Inconclusive, Some(Doubt::Nondeterministic), false));
    assert_eq!(both(judged(false), judged(false)), (Verdict::Fail, None, false));
    let undecided = (Verdict::Inconclusive, Some(Doubt::Nondeterministic), false);
    assert_eq!(both(judged(true), judged(false)), undecided);
    // What was given away stays given away, whichever answer did it.
    assert_eq!(both(judged(false).breach(), judged(true)), (Verdict::Fail, None, true));
    assert_eq!(both(judged(true), judged(false).breach()), (Verdict::Fail, None, true));
    assert_eq!(of_both_tries(judged(false), None).verdict, Verdict::Fail);
}

#[test]
fn only_an_error_where_something_is_wanted_open_may_pass() {
    let catalogue = crate::language::catalogue::Catalogue::embedded().catalogue.unwrap();
    let step = |case: &str, step: &str| {
        let case = catalogue.cases.iter().find(|(id, _)| id.to_string() == case).unwrap().1;
        case.step(&step.parse().unwrap()).unwrap()
    };
    let opens = step("privacy-by-design/objection-scope-is-exact", "every-cell-opens");
    let closed = step("privacy-by-design/no-choice-means-closed", "closed");
    let asked = |step, status| may_pass(step, &Given::answer(status).exchange());
    assert!([500, 502, 503, 504].iter().all(|status| asked(opens, *status)));
    assert!([200, 403, 404, 429, 501].iter().all(|status| !asked(opens, *status)));
    assert!(!asked(closed, 503));
}

#[test]
fn who_may_come_at_most_is_no_less_idle_than_who_may_not() {
    let catalogue = crate::language::catalogue::Catalogue::embedded().catalogue.unwrap();
    let case = &catalogue.cases["privacy-by-design/narrowing-never-widens"];
    let limits = |step: &str| {
        let step = case.step(&step.parse().unwrap()).unwrap();
        step.frame.expect.iter().map(Expectation::only_limits).collect::<Vec<_>>()
    };
    assert_eq!(limits("kind-twice"), [true]);
    let wants: Expectation =
        serde_json::from_value(serde_json::json!({ "discloses": { "any": ["a"], "only": ["a"] } })).unwrap();
    assert!(!wants.only_limits());
}
