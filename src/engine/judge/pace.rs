//! What is usual, for an exchange that must keep pace: the slowest answer of an earlier step to the same request.

use super::docket::Docket;
use crate::engine::oracle::pace::{self, Timing};
use crate::engine::schedule;
use crate::model::expectation::Expectation;
use crate::model::record::Record;
use crate::model::testcase::Step;
use crate::model::verdict::Judgement;

/// Judges the pace of one record; nothing if the step wants none or the record says nothing about it.
#[must_use]
pub fn judge(docket: &Docket<'_>, step: &Step, record: &Record) -> Option<Judgement> {
    let wanted = step.frame.expect.iter().find_map(|expectation| match expectation {
        Expectation::KeepsPace(wanted) => Some(wanted),
        _ => None,
    })?;
    let within = schedule::length(&wanted.within, &docket.instance.options).ok()?.as_millis();
    let timing = Timing::of(record)?;
    let usual = docket
        .all_of_step(&wanted.with)
        .filter(|other| other.key.request == record.key.request)
        .filter_map(|other| match Timing::of(other) {
            Some(Timing::Answered(ms)) => Some(ms),
            Some(Timing::Unanswered(_)) | None => None,
        })
        .max();
    Some(pace::judge(wanted.with.as_str(), within, usual, timing, record.number))
}
