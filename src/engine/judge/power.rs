//! Whether a comparison could have shown anything: a subset that is never smaller may be a filter that is ignored.
//! Asked over all instances of a case together, for one draw may happen to leave nothing out.

use super::docket::Docket;
use crate::engine::oracle::{Exchange, compare};
use crate::model::expectation::{Comparison, Expectation};
use crate::model::testcase::{Step, Verb};
use crate::model::verdict::Judgement;

/// What stands beside the passes of a step in whose comparisons no subset was ever smaller.
pub fn lacking(docket: &Docket<'_>, step: &Step) -> Vec<Judgement> {
    let compared = step.frame.expect.iter().filter_map(|expectation| match expectation {
        Expectation::Compare(comparison) => Some(comparison),
        _ => None,
    });
    compared
        .filter(|comparison| !is_powered(docket, step, comparison))
        .map(|comparison| {
            let witnesses = exchanges(docket, step).iter().map(|exchange| exchange.number).collect();
            compare::underpowered(comparison, witnesses)
        })
        .collect()
}

/// Whether it was smaller here or in another instance, or is not asked for that.
fn is_powered(docket: &Docket<'_>, step: &Step, comparison: &Comparison) -> bool {
    let here = ever_smaller(docket, step, comparison);
    // Without an answer there is nothing to be smaller; that it was not asked is another judgement.
    if here != Some(false) || exchanges(docket, step).is_empty() {
        return true;
    }
    let court = &docket.court;
    let same = |position: &usize| court.plan.instances[*position].case == docket.instance.case;
    (0..court.plan.instances.len())
        .filter(same)
        .flat_map(|position| court.dockets(position))
        .any(|other| ever_smaller(&other, step, comparison) == Some(true))
}

fn ever_smaller(docket: &Docket<'_>, step: &Step, comparison: &Comparison) -> Option<bool> {
    let canaries = |exchange: &Exchange<'_>| docket.court.register.canaries(exchange);
    compare::ever_smaller(comparison, &docket.answered(&comparison.step), &exchanges(docket, step), &canaries)
}

/// What a step is judged by: its own answers, or those of the steps it looks at.
fn exchanges<'a>(docket: &Docket<'a>, step: &Step) -> Vec<Exchange<'a>> {
    match &step.verb {
        Verb::Look(steps) => steps.iter().flat_map(|name| docket.answered(name)).collect(),
        _ => docket.answered(&step.name),
    }
}
