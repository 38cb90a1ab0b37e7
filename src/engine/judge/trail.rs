//! Whether the records of a larger verb are what it would have sent: evidence that is whole, and nothing besides.
//! It decides whether evidence fits, never what it shows; verdicts do not depend on why a request was sent.

use super::docket::Docket;
use super::walk;
use crate::engine::fill::url_below;
use crate::engine::oracle::tree;
use crate::engine::schedule::{Deed, Move, word_of};
use crate::engine::steer::crawl::Crawl;
use crate::engine::steer::walk::planned;
use crate::model::id::StepId;
use crate::model::record::{Event, Key, Record, SkipReason};
use crate::model::request::SetRequest;
use crate::model::testcase::Verb;
use std::collections::BTreeMap;

/// What the records of a crawl are.
enum Trail {
    /// Nothing was answered, so nothing was followed.
    Silent,
    /// Not those of the crawl that this step would have been.
    Misfit,
    /// The set, then each route in the order in which answers led to it.
    Whole {
        /// Whether the bound ended it before every route was taken.
        cut_short: bool,
    },
}

/// Whether these records are a whole crawl.
pub fn fits(docket: &Docket<'_>, one: &Move<'_>, requests: &[&SetRequest], records: &[&Record]) -> bool {
    !matches!(retrace(docket, one, requests, records), Trail::Misfit)
}

/// Whether a step was not read to the end: by a bound, a link that leads where we do not go, a connection that broke, a
/// server that was too busy, an answer that we do not hold, or the end of the run. What it did not find may yet be there.
#[must_use]
pub fn cut_short(docket: &Docket<'_>, step: &StepId) -> bool {
    let unread = |event: &Event| match event {
        Event::Skipped(_) | Event::Fault(_) => true,
        Event::Http(http) => {
            let body = &http.response.body;
            http.response.status == 429 || body.cut || body.withheld.is_some()
        }
        Event::Inbound(_)
        | Event::Listen(_)
        | Event::Play(_)
        | Event::Action(_)
        | Event::Wait(_)
        | Event::Clock(_)
        | Event::Cast(_)
        | Event::Preflight(_)
        | Event::End(_) => false,
    };
    let broken_off =
        !docket.court.reached_the_end() || docket.records.iter().any(|one| !one.event.foreign().is_empty());
    if broken_off || docket.all_of_step(step).any(|record| unread(&record.event)) {
        return true;
    }
    let position = usize::try_from(docket.number).unwrap_or(usize::MAX);
    let Ok((moves, _)) = docket.court.layout(position) else { return false };
    moves.iter().filter(|one| one.step.name == *step).any(|one| match &one.deed {
        Deed::Crawl { requests } => {
            let records: Vec<&Record> = docket.all_of_step(step).filter(|record| belongs(&record.key, one)).collect();
            matches!(retrace(docket, one, requests, &records), Trail::Whole { cut_short: true })
        }
        _ => false,
    })
}

/// Whether a record was made by this move.
pub fn belongs(key: &Key, one: &Move<'_>) -> bool {
    let own = one.own.iter().all(|(name, value)| key.each.get(name).is_some_and(|label| *label == value.label()));
    key.pass == one.pass && key.at_ms == one.at_ms && own
}

fn retrace(docket: &Docket<'_>, one: &Move<'_>, requests: &[&SetRequest], records: &[&Record]) -> Trail {
    let (Verb::Crawl(verb), Some(first)) = (&one.step.verb, requests.first()) else { return Trail::Misfit };
    let silent =
        |record: &&Record| matches!(&record.event, Event::Skipped(skipped) if skipped.why == SkipReason::Silent);
    if records.iter().any(silent) {
        return Trail::Silent;
    }
    let endpoint = word_of(&first.http.endpoint, &one.values);
    let Some(base) = docket.court.header.target.endpoints.get(endpoint.as_str()) else { return Trail::Misfit };
    let nothing = BTreeMap::new();
    let facts = docket.court.plan.facts.get(endpoint.as_str());
    let mut crawl = Crawl::new(verb, base, requests.len(), facts.map_or(&nothing, |facts| &facts.search));
    let records: Vec<&Record> = records.iter().copied().filter(|record| record.key.try_number == 1).collect();
    let seeds =
        records.iter().filter(|record| requests.iter().any(|seed| record.key.request.as_ref() == Some(&seed.id)));
    let mut asked = 0;
    for record in seeds {
        asked += 1;
        saw(docket, &mut crawl, 0, record);
    }
    if asked < requests.len() {
        return Trail::Misfit;
    }
    for record in records.iter().skip(asked) {
        let Some(route) = crawl.next_route() else { return Trail::Misfit };
        let sent = match &record.event {
            Event::Http(http) => &http.request,
            Event::Fault(fault) => &fault.request,
            Event::Skipped(_) => return Trail::Whole { cut_short: true },
            Event::Inbound(_)
            | Event::Listen(_)
            | Event::Play(_)
            | Event::Action(_)
            | Event::Wait(_)
            | Event::Clock(_)
            | Event::Cast(_)
            | Event::Preflight(_)
            | Event::End(_) => return Trail::Misfit,
        };
        if sent.method != route.method.as_str() || sent.url != url_below(base, &route.path) {
            return Trail::Misfit;
        }
        saw(docket, &mut crawl, route.depth, record);
    }
    match crawl.next_route() {
        Some(_) => Trail::Misfit,
        None => Trail::Whole { cut_short: crawl.is_cut_short() },
    }
}

fn saw(docket: &Docket<'_>, crawl: &mut Crawl<'_>, depth: u32, record: &Record) {
    // What came of a route is what the second try gave, where the first met an error of the server.
    let record = docket.second_try(record).unwrap_or(record);
    if let Some(exchange) = docket.court.exchange(record)
        && docket.court.register.discloses(&exchange, record.key.about.as_ref().map_or("", |about| about.as_str()))
        && let Some(tree) = tree::json(&exchange)
    {
        crawl.saw(depth, &exchange.request.url, &tree);
    }
}

/// Whether every planned course of a walk was walked and asked; `cells` is how many questions one asking is.
pub fn walked(docket: &Docket<'_>, one: &Move<'_>, cells: usize) -> bool {
    let Verb::Walk(verb) = &one.step.verb else { return false };
    let Some(choices) = docket.court.catalogue.choices(&docket.instance.case, &verb.choices) else { return false };
    let label = format!("{} {}", docket.number, one.step.name);
    let courses = planned(verb, choices, &docket.court.header.parameters, &label);
    walk::is_whole(docket, one.step, &courses, cells)
}
