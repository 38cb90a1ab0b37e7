//! What arrived at our counterparts while a step waited, and what silence may mean.
//! Silence shows something only if it is known that the target was asked, and that it could have been heard.

use super::docket::Docket;
use crate::engine::counterpart;
use crate::engine::oracle::count;
use crate::engine::schedule;
use crate::model::expectation::{Count, Expectation};
use crate::model::finding::{Expected, Observed};
use crate::model::record::{Event, Key, ListenRecord, Purpose, Record};
use crate::model::request::Method;
use crate::model::testcase::{Await, Head, Step, Verb};
use crate::model::verdict::{Doubt, Evidence, Judgement, Verdict};
use std::collections::HashMap;

/// Which inbound exchanges a step means.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// At these counterparts.
    pub at: &'a [String],
    /// With this method.
    pub method: Option<Method>,
    /// With a path that fits this pattern.
    pub path: Option<&'a str>,
}

impl Heard<'_> {
    /// Whether a record is of such an exchange.
    #[must_use]
    pub fn means(&self, record: &Record) -> bool {
        let Event::Inbound(inbound) = &record.event else { return false };
        self.at.contains(&inbound.counterpart)
            && self.method.is_none_or(|method| method.as_str() == inbound.request.method)
            && self.path.is_none_or(|pattern| counterpart::fits(pattern, &inbound.below))
    }
}

/// One time of waiting, and the exchanges that are meant.
pub(super) struct Window<'a> {
    /// The record of the waiting itself.
    pub(super) own: &'a Record,
    /// What arrived.
    pub(super) heard: Vec<&'a Record>,
}

/// Everything that one step heard; made once for a docket, since every value that it kept is looked up in it.
#[derive(Default)]
pub(super) struct Listened<'a> {
    /// The times that it waited.
    pub(super) windows: Vec<Window<'a>>,
    /// Under which key each exchange is looked at: that of the first waiting in which it came.
    keys: HashMap<u64, &'a Key>,
}

impl<'a> Listened<'a> {
    /// What a step heard; nothing if it did not wait.
    pub(super) fn of(docket: &Docket<'a>, step: &Step) -> Self {
        let Verb::Await(wanted) = &step.verb else { return Self::default() };
        let own = docket.all_of_step(&step.name).filter_map(|record| match &record.event {
            Event::Listen(listen) => Some(Window { own: record, heard: heard(docket, step, wanted, record, listen) }),
            _ => None,
        });
        let windows: Vec<Window<'a>> = own.collect();
        let mut keys = HashMap::new();
        for window in &windows {
            for record in &window.heard {
                keys.entry(record.number).or_insert(&window.own.key);
            }
        }
        Self { windows, keys }
    }

    /// Under which key an inbound exchange is looked at by the step: that of the waiting in which it came.
    pub(super) fn key_of(&self, number: u64) -> Option<&'a Key> {
        self.keys.get(&number).copied()
    }
}

fn heard<'a>(docket: &Docket<'a>, step: &Step, wanted: &Await, own: &Record, listen: &ListenRecord) -> Vec<&'a Record> {
    let path = match &wanted.path {
        None => None,
        Some(text) => match docket.fill(step, (own.number, &own.key), text) {
            Ok(path) => Some(path),
            // A path that cannot be said is fitted by nothing.
            Err(_) => return Vec::new(),
        },
    };
    let meant = Heard { at: &listen.at, method: wanted.method, path: path.as_deref() };
    let within = |record: &&&Record| record.number > listen.since && record.number < own.number;
    docket.records.iter().filter(within).filter(|record| meant.means(record)).copied().collect()
}

/// What made the target act before a record: whether it said so, how that is known, and the record that tells.
struct Trigger {
    acknowledged: bool,
    /// Whether it took the order on, so that something should follow.
    taken: bool,
    evidence: Evidence,
    number: u64,
}

fn trigger(docket: &Docket<'_>, before: u64) -> Option<Trigger> {
    let sends = |key: &Key| {
        let step = key.step.as_ref().and_then(|name| docket.case.step(name));
        step.is_some_and(|step| matches!(step.verb, Verb::Send(_) | Verb::Again(_)))
    };
    docket.records.iter().rev().filter(|record| record.number < before).find_map(|record| match &record.event {
        Event::Action(action) if record.key.step.is_some() => Some(Trigger {
            acknowledged: action.acknowledged,
            taken: action.acknowledged && action.evidence != Evidence::Operator,
            evidence: action.evidence,
            number: record.number,
        }),
        Event::Http(http) if record.key.purpose == Purpose::Main && sends(&record.key) => Some(Trigger {
            acknowledged: http.response.status < 500,
            taken: (200..300).contains(&http.response.status),
            evidence: Evidence::Wire,
            number: record.number,
        }),
        Event::Fault(_) if record.key.purpose == Purpose::Main && sends(&record.key) => {
            Some(Trigger { acknowledged: false, taken: false, evidence: Evidence::Wire, number: record.number })
        }
        _ => None,
    })
}

/// How what a step heard is known: as weakly as what made the target act.
pub(super) fn evidence(docket: &Docket<'_>, step: &Step) -> Evidence {
    let of = |window: &Window<'_>| trigger(docket, window.own.number).map(|trigger| trigger.evidence);
    docket.listened(step).windows.iter().filter_map(of).max().unwrap_or_default()
}

/// Holds what a step heard against how much it wanted, for each time that it waited.
pub(super) fn judge(docket: &Docket<'_>, step: &Step, wanted: Count) -> Vec<Judgement> {
    docket.listened(step).windows.iter().map(|window| one(docket, wanted, window)).collect()
}

fn one(docket: &Docket<'_>, wanted: Count, window: &Window<'_>) -> Judgement {
    let count = window.heard.len() as u64;
    let trigger = trigger(docket, window.own.number);
    let mut witnesses: Vec<u64> = window.heard.iter().map(|record| record.number).collect();
    witnesses.push(window.own.number);
    witnesses.extend(trigger.as_ref().map(|trigger| trigger.number));
    witnesses.sort_unstable();
    let judgement = count::judge(wanted, count, witnesses);
    let unproven = |doubt, lacks: &str| {
        let observed = Observed::Unproven { count, lacks: lacks.to_owned() };
        Judgement::doubtful(doubt, judgement.expected.clone(), observed, judgement.witnesses.clone())
    };
    let silent_is_right = matches!(wanted, Count::None | Count::AtMost(_)) && count == 0;
    let too_few = judgement.verdict == Verdict::Fail && !matches!(wanted, Count::None | Count::AtMost(_)) && {
        let wanted = match wanted {
            Count::Exactly(least) | Count::AtLeast(least) => u64::from(least),
            Count::None | Count::AtMost(_) => 0,
        };
        count < wanted
    };
    if silent_is_right {
        if !trigger.is_some_and(|trigger| trigger.acknowledged) {
            return unproven(Doubt::StimulusNotConfirmed, "trigger");
        }
        if !control_heard(docket, window) {
            return unproven(Doubt::ControlFailed, "control");
        }
    } else if too_few {
        if !trigger.is_some_and(|trigger| trigger.taken) {
            return unproven(Doubt::StimulusNotConfirmed, "trigger");
        }
        if !docket.records.iter().any(|record| matches!(record.event, Event::Inbound(_))) {
            return unproven(Doubt::TimedOut, "line");
        }
    }
    judgement
}

/// Whether something came to the same counterparts where a control of this case waited for it.
fn control_heard(docket: &Docket<'_>, window: &Window<'_>) -> bool {
    let Event::Listen(listen) = &window.own.event else { return false };
    listen.at.iter().all(|counterpart| {
        let at_this = |record: &&Record| match &record.event {
            Event::Inbound(inbound) => inbound.counterpart == *counterpart,
            _ => false,
        };
        let mut controls = docket.case.steps.iter().filter(|step| matches!(step.head, Head::Control | Head::Around));
        controls.any(|step| docket.listened(step).windows.iter().any(|window| window.heard.iter().any(at_this)))
    })
}

/// What a step that waits wanted to hear how often, if it said so.
pub(super) fn wanted(step: &Step) -> Option<Count> {
    step.frame.expect.iter().find_map(|expectation| match expectation {
        Expectation::Count(count) => Some(*count),
        _ => None,
    })
}

/// What is told of a counterpart that plays its part.
pub(super) fn played(number: u64) -> Judgement {
    Judgement::of(true, Expected::Done, Observed::RelationHolds, vec![number])
}

/// Whether every combination for which a step was to wait left its trace.
pub(super) fn is_whole(docket: &Docket<'_>, step: &Step, one: &schedule::Move<'_>) -> bool {
    docket.all_of_step(&step.name).any(|record| super::trail::belongs(&record.key, one))
}
