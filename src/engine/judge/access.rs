//! The accesses that took place in some steps, as a log should list them.
//! Times are those of the run's clock: what the target's clock was advanced by before a record counts.

use super::docket::Docket;
use crate::engine::oracle::log::{Access, Ledger};
use crate::engine::oracle::tree;
use crate::engine::schedule::member_of;
use crate::model::expectation::Log;
use crate::model::id::MemberId;
use crate::model::record::{ClockRecord, Event, Key, Record};
use crate::model::testcase::Step;
use crate::model::text::Text;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// What a log about this person is held against; nothing if the recording has no time.
pub fn ledger(docket: &Docket<'_>, wanted: &Log, key: &Key) -> Option<Ledger> {
    let began = docket.records.first().and_then(|record| moment(docket, record))?.0;
    let mut accesses = Vec::new();
    for name in &wanted.steps {
        let Some(step) = docket.case.step(name) else { continue };
        for record in docket.all_of_step(name).filter(|record| concerns(record, key.about.as_ref())) {
            let party = step.frame.party.as_ref().and_then(|party| member_of(party, &docket.values(step, &record.key)));
            let ura = party.and_then(|party| docket.court.header.organisations.get(&party).cloned());
            let (Some(ura), Some(span)) = (ura, moment(docket, record)) else { continue };
            if docket.discloses_asked(record) {
                let person = if key.about.is_some() { Vec::new() } else { person(docket, step, record) };
                accesses.push(Access { number: record.number, ura, kinds: kinds(docket, record), person, span });
            }
        }
    }
    // Where the clock was put back meanwhile, an access was before the case began by the time of day.
    let began = accesses.iter().map(|access| access.span.0).fold(began, OffsetDateTime::min);
    let organisations: BTreeMap<String, String> =
        docket.court.header.organisations.iter().map(|(member, ura)| (ura.clone(), member.to_string())).collect();
    Some(Ledger {
        steps: wanted.steps.iter().map(ToString::to_string).collect(),
        accesses,
        began,
        within: Duration::milliseconds(i64::try_from(wanted.within.as_millis()).unwrap_or(i64::MAX)),
        organisations,
    })
}

/// The words by which a log of everybody may say whose data an exchange was about.
fn person(docket: &Docket<'_>, step: &Step, record: &Record) -> Vec<String> {
    let texts = ["{{asked.id}}", "{{asked.bsn}}"].into_iter().filter_map(|text| Text::try_from(text.to_owned()).ok());
    texts.filter_map(|text| docket.fill(step, (record.number, &record.key), &text).ok()).collect()
}

fn concerns(record: &Record, person: Option<&MemberId>) -> bool {
    person.is_none() || record.key.about.as_ref() == person
}

/// Between when and when an exchange was, by the time of day of the run.
fn moment(docket: &Docket<'_>, record: &Record) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let started = OffsetDateTime::parse(&docket.court.header.started, &Rfc3339).ok()?;
    let (mut advanced, mut steps) = (0_u64, Vec::new());
    for other in docket.court.records {
        match &other.event {
            Event::Wait(wait) if wait.advanced && other.number < record.number => advanced += wait.millis,
            Event::Clock(step) => steps.push(step),
            _ => {}
        }
    }
    let (began_ns, ended_ns) = match &record.event {
        Event::Http(http) => (http.started_ns, http.ended_ns),
        Event::Fault(fault) => (fault.started_ns, fault.ended_ns),
        _ => (0, 0),
    };
    let at = |nanos: u64, stepped_ms: i64| {
        started
            .checked_add(Duration::nanoseconds(i64::try_from(nanos).ok()?))?
            .checked_add(Duration::milliseconds(i64::try_from(advanced).ok()?))?
            .checked_add(Duration::milliseconds(stepped_ms))
    };
    Some((at(began_ns, stepped(&steps, began_ns).0)?, at(ended_ns, stepped(&steps, ended_ns).1)?))
}

/// By how many milliseconds the clock had been put on so far, at least and at most: between two looks at it nobody knows.
fn stepped(steps: &[&ClockRecord], at_ns: u64) -> (i64, i64) {
    steps.iter().fold((0, 0), |(least, most), step| match step {
        step if step.before_ns <= at_ns => (least + step.by_ms, most + step.by_ms),
        step if step.after_ns < at_ns => (least + step.by_ms.min(0), most + step.by_ms.max(0)),
        _ => (least, most),
    })
}

/// The types of all resources in an answer, those inside Bundles within it included.
fn kinds(docket: &Docket<'_>, record: &Record) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Some(tree) = docket.court.exchange(record).and_then(|exchange| tree::json(&exchange)) {
        gather(&tree, &mut found);
    }
    found
}

fn gather(tree: &Value, found: &mut BTreeSet<String>) {
    for resource in tree::resources(tree) {
        match tree::resource_type(resource) {
            Some("Bundle") => gather(resource, found),
            Some("OperationOutcome") | None => {}
            Some(kind) => drop(found.insert(kind.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_counts_from_when_it_was_noticed_and_perhaps_from_the_look_before() {
        let slept = ClockRecord { by_ms: 60_000, after_ns: 10, before_ns: 20 };
        let set_back = ClockRecord { by_ms: -5_000, after_ns: 30, before_ns: 40 };
        let at = |nanos| stepped(&[&slept, &set_back], nanos);
        assert_eq!([at(10), at(15), at(20)], [(0, 0), (0, 60_000), (60_000, 60_000)]);
        assert_eq!([at(35), at(40)], [(55_000, 60_000), (55_000, 55_000)]);
    }
}
