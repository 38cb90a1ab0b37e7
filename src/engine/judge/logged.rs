//! Whether accesses were logged at a facility that we stand in for.
//! The whole case is looked at, not one window: what is logged late belongs to an access from before.

use super::access;
use super::docket::Docket;
use crate::engine::oracle::log;
use crate::model::expectation::{Expectation, Log};
use crate::model::finding::{Expected, Observed};
use crate::model::record::{Event, Key, Phase, Record};
use crate::model::testcase::{Step, Verb};
use crate::model::verdict::{Doubt, Judgement, Verdict};

/// What a step that waits wants logged, if it says so.
#[must_use]
pub fn wanted(step: &Step) -> Option<&Log> {
    step.frame.expect.iter().find_map(|expectation| match expectation {
        Expectation::Logs(wanted) if matches!(step.verb, Verb::Await(_)) => Some(wanted),
        _ => None,
    })
}

/// Whether everything that a step wants logged at these counterparts is logged by now. The engine calls this to stop waiting.
#[must_use]
pub fn is_complete(docket: &Docket<'_>, wanted: &Log, at: &[String]) -> bool {
    one(docket, wanted, at, u64::MAX).verdict == Verdict::Pass
}

/// Holds what had arrived by the end of each time that a step waited against the accesses that it means.
pub(super) fn judge(docket: &Docket<'_>, step: &Step) -> Vec<Judgement> {
    let Some(wanted) = wanted(step) else { return Vec::new() };
    let listens = docket.all_of_step(&step.name).filter_map(|record| match &record.event {
        Event::Listen(listen) => Some((record, listen)),
        _ => None,
    });
    let judged = |(record, listen): (&Record, &crate::model::record::ListenRecord)| {
        let mut judgement = one(docket, wanted, &listen.at, record.number);
        judgement.witnesses.push(record.number);
        judgement
    };
    listens.map(judged).collect()
}

fn one(docket: &Docket<'_>, wanted: &Log, at: &[String], before: u64) -> Judgement {
    // What a counterpart said no to, or did not answer, it did not take.
    let took = |record: &&Record| match &record.event {
        Event::Inbound(inbound) => {
            at.contains(&inbound.counterpart)
                && inbound.response.as_ref().is_some_and(|answer| (200..300).contains(&answer.status))
        }
        _ => false,
    };
    let taken = docket.records.iter().copied().filter(|record| record.number < before).filter(took);
    let taken: Vec<_> = taken.filter_map(|record| docket.court.exchange(record)).collect();
    match access::ledger(docket, wanted, &Key::of(Phase::Case)) {
        Some(ledger) => log::judge_taken(&ledger, &taken),
        None => {
            let expected = Expected::LoggedThere(wanted.steps.iter().map(ToString::to_string).collect());
            Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, Observed::NothingRecorded, Vec::new())
        }
    }
}
