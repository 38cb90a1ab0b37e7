//! Whether the records of a larger verb are what it would have sent: evidence that is whole, and nothing besides.
//! It decides whether evidence fits, never what it shows; verdicts do not depend on why a request was sent.

use super::docket::Docket;
use super::walk;
use crate::engine::fill::url_below;
use crate::engine::oracle::{Exchange, tree};
use crate::engine::schedule::{Move, word_of};
use crate::engine::steer::crawl::Crawl;
use crate::engine::steer::walk::planned;
use crate::model::record::{Event, Record, SkipReason};
use crate::model::request::SetRequest;
use crate::model::testcase::Verb;
use std::collections::BTreeMap;

/// Whether these records are a whole crawl: the set, then each route in the order in which answers led to it.
pub fn fits(docket: &Docket<'_>, one: &Move<'_>, requests: &[&SetRequest], records: &[&Record]) -> bool {
    let (Verb::Crawl(verb), Some(first)) = (&one.step.verb, requests.first()) else { return false };
    let silent =
        |record: &&Record| matches!(&record.event, Event::Skipped(skipped) if skipped.why == SkipReason::Silent);
    if records.iter().any(silent) {
        return true;
    }
    let endpoint = word_of(&first.http.endpoint, &one.values);
    let Some(base) = docket.court.header.target.endpoints.get(endpoint.as_str()) else { return false };
    let nothing = BTreeMap::new();
    let facts = docket.court.plan.facts.get(endpoint.as_str());
    let mut crawl = Crawl::new(verb, base, requests.len(), facts.map_or(&nothing, |facts| &facts.search));
    let seeds =
        records.iter().filter(|record| requests.iter().any(|seed| record.key.request.as_ref() == Some(&seed.id)));
    let mut asked = 0;
    for record in seeds {
        asked += 1;
        saw(docket, &mut crawl, 0, record);
    }
    if asked < requests.len() {
        return false;
    }
    for record in records.iter().skip(asked) {
        let Some(route) = crawl.next_route() else { return false };
        let sent = match &record.event {
            Event::Http(http) => &http.request,
            Event::Fault(fault) => &fault.request,
            Event::Skipped(_) => return true,
            Event::Action(_) | Event::Wait(_) | Event::Cast(_) | Event::Preflight(_) | Event::End(_) => return false,
        };
        if sent.method != route.method.as_str() || sent.url != url_below(base, &route.path) {
            return false;
        }
        saw(docket, &mut crawl, route.depth, record);
    }
    crawl.next_route().is_none()
}

fn saw(docket: &Docket<'_>, crawl: &mut Crawl<'_>, depth: u32, record: &Record) {
    if let Some(exchange) = Exchange::seen(docket.court.bodies, record)
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
