//! The accesses that took place in some steps, as a log should list them.
//! Times are those of the run's clock: what the target's clock was advanced by before a record counts.

use super::docket::Docket;
use crate::engine::oracle::log::{Access, Ledger};
use crate::engine::oracle::tree;
use crate::engine::schedule::member_of;
use crate::model::expectation::Log;
use crate::model::id::MemberId;
use crate::model::record::{Event, Key, Record};
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

/// When an exchange began and ended, by the clock of the run.
fn moment(docket: &Docket<'_>, record: &Record) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let started = OffsetDateTime::parse(&docket.court.header.started, &Rfc3339).ok()?;
    let advanced: u64 = docket
        .court
        .records
        .iter()
        .take_while(|other| other.number < record.number)
        .filter_map(|other| match &other.event {
            Event::Wait(wait) if wait.advanced => Some(wait.millis),
            _ => None,
        })
        .sum();
    let at = |nanos: u64| {
        started
            .checked_add(Duration::nanoseconds(i64::try_from(nanos).ok()?))?
            .checked_add(Duration::milliseconds(i64::try_from(advanced).ok()?))
    };
    match &record.event {
        Event::Http(http) => Some((at(http.started_ns)?, at(http.ended_ns)?)),
        Event::Fault(fault) => Some((at(fault.started_ns)?, at(fault.ended_ns)?)),
        _ => Some((at(0)?, at(0)?)),
    }
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
