//! The parts of one run together: one report, as if one process had taken every case.
//! Parts that are not of one run are refused; nothing is averaged and nothing is left out.

use super::{cases, category, conclude, preflight, profiles, requirements};
use crate::language::catalogue::Catalogue;
use crate::model::digest::digest;
use crate::model::plan::Plan;
use crate::model::record::{Bodies, EndRecord, Event, Parameters, Recording, RunHeader};
use crate::model::report::{CaseEntry, CatalogueRef, PartRef, PreflightEntry, Report, RunRef};
use crate::model::shard::Shard;
use crate::model::verdict::{InstanceVerdict, Verdicts};
use std::collections::BTreeSet;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One part: its recording, what was judged of it, and the SHA-256 of its `run.jsonl`.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The recording.
    pub recording: &'a Recording,
    /// The verdicts about it.
    pub verdicts: &'a Verdicts,
    /// The digest.
    pub digest: &'a str,
}

/// Why recordings are not the parts of one run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlike {
    /// Nothing was given.
    #[error("there is nothing to merge")]
    Nothing,
    /// A run that is whole, or narrowed otherwise than into parts.
    #[error("{0} is no part of a run: it was not made with --shard")]
    NoPart(String),
    /// Parts of runs that were divided otherwise.
    #[error("{0} is part {1}, and {2} is part {3}: they are not parts of one division")]
    OtherDivision(String, Shard, String, Shard),
    /// The same part twice.
    #[error("{0} and {1} are both part {2}")]
    Twice(String, String, Shard),
    /// Parts that were not given.
    #[error("part {} is missing", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "))]
    Missing(Vec<u32>),
    /// A part of which nobody knows when it was made.
    #[error("{0} does not say when it began")]
    NoTime(String),
    /// Parts that were made too long after each other to be one run.
    #[error("{0} and {1} began more than a day apart: they are not parts of one run")]
    Apart(String, String),
    /// Something that all parts must share, and two do not.
    #[error("{0} and {1} differ in {2}")]
    Differ(String, String, &'static str),
}

/// The shards of these headers, in their order, each with its position among them.
///
/// `name` says how a reader knows a part: its folder.
///
/// # Errors
/// When they are not all the parts of one run.
pub fn order(headers: &[&RunHeader], name: &dyn Fn(usize) -> String) -> Result<Vec<usize>, Unlike> {
    let shard = |position: usize| headers[position].parameters.shard.ok_or_else(|| Unlike::NoPart(name(position)));
    if headers.is_empty() {
        return Err(Unlike::Nothing);
    }
    let first = shard(0)?;
    let mut by_index: Vec<Option<usize>> = vec![None; first.of() as usize];
    for (position, header) in headers.iter().enumerate() {
        let own = shard(position)?;
        if own.of() != first.of() {
            return Err(Unlike::OtherDivision(name(0), first, name(position), own));
        }
        if let Some(what) = differs(headers[0], header) {
            return Err(Unlike::Differ(name(0), name(position), what));
        }
        let place = &mut by_index[own.index() as usize - 1];
        if let Some(before) = place.replace(position) {
            return Err(Unlike::Twice(name(before), name(position), own));
        }
    }
    if let Some((first, last)) = apart(headers, name)? {
        return Err(Unlike::Apart(name(first), name(last)));
    }
    let missing: Vec<u32> = (1..=first.of()).filter(|index| by_index[*index as usize - 1].is_none()).collect();
    if missing.is_empty() { Ok(by_index.into_iter().flatten().collect()) } else { Err(Unlike::Missing(missing)) }
}

/// The part that began first and the one that began last, if more than a day lies between them; a part that was repeated
/// until it suited would not be of one run. All are held together, so that the order in which they are given says nothing.
fn apart(headers: &[&RunHeader], name: &dyn Fn(usize) -> String) -> Result<Option<(usize, usize)>, Unlike> {
    let read = |(position, header): (usize, &&RunHeader)| match OffsetDateTime::parse(&header.started, &Rfc3339) {
        Ok(began) => Ok((began, position)),
        Err(_) => Err(Unlike::NoTime(name(position))),
    };
    let mut all: Vec<(OffsetDateTime, usize)> = headers.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    all.sort();
    let ends = all.first().zip(all.last());
    Ok(ends.filter(|(first, last)| last.0 - first.0 > time::Duration::DAY).map(|(first, last)| (first.1, last.1)))
}

/// What two parts of one run must have in common, and these have not.
fn differs(one: &RunHeader, other: &RunHeader) -> Option<&'static str> {
    let apart = |parameters: &Parameters| Parameters { seed: 0, shard: None, ..parameters.clone() };
    let found = [
        (one.judge != other.judge, "the version of the judge"),
        (one.catalogue_digest != other.catalogue_digest, "the catalogue"),
        (one.target.product != other.target.product, "the product"),
        (one.target.name != other.target.name, "the name of the target"),
        (one.target.authorisation != other.target.authorisation, "the authorisation"),
        (one.target.bindings != other.target.bindings, "the bindings"),
        (one.target.not_testable != other.target.not_testable, "what is not testable"),
        (one.plan.claims != other.plan.claims, "the claims"),
        (one.plan.only != other.plan.only, "what the run was narrowed to"),
        (one.plan.facts != other.plan.facts, "the capability statements of the system"),
        (apart(&one.parameters) != apart(&other.parameters), "the limits or the challenge"),
    ];
    found.into_iter().find_map(|(unlike, what)| unlike.then_some(what))
}

/// One report of all parts, in the order of their shards.
#[must_use]
pub fn merge(catalogue: &Catalogue, parts: &[Part<'_>]) -> Option<Report> {
    let first = &parts.first()?.recording.header;
    let header = RunHeader { plan: plan(catalogue, parts), ..RunHeader::clone(first) };
    let whole = Recording { header: Arc::new(header), records: Vec::new(), bodies: Bodies::new() };
    let verdicts = verdicts(parts);
    let selection = whole.header.plan.selection;
    let requirements = requirements(catalogue, &whole, &verdicts);
    let ends = || parts.iter().map(|part| end(part.recording));
    // A run that was cut off in one part did not end.
    let finished: Option<Vec<String>> = ends().map(|end| end.map(|end| end.finished.clone())).collect();
    let claims = &first.plan.claims;
    Some(Report {
        format: 1,
        judge: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: CatalogueRef { digest: catalogue.digest.clone() },
        run: RunRef {
            id: parts.iter().map(|part| part.recording.header.run_id.as_str()).collect::<Vec<_>>().join("+"),
            started: parts.iter().map(|part| part.recording.header.started.clone()).min().unwrap_or_default(),
            finished: finished.and_then(|all| all.into_iter().max()),
            interrupted: !verdicts.complete,
            selection,
            digest: together(parts),
            parameters: Parameters { shard: None, ..first.parameters.clone() },
            exchanges: parts.iter().map(|part| super::exchanges(part.recording)).sum(),
            self_tested: true,
            parts: parts.iter().filter_map(part_ref).collect(),
        },
        target: super::target(first),
        conclusion: conclude(&requirements.iter().collect::<Vec<_>>(), selection),
        profiles: profiles(catalogue, claims, &requirements, selection),
        preflight: preflights(parts),
        categories: category::all(catalogue, claims, &requirements, selection),
        cases: all_cases(catalogue, parts),
        requirements,
        left_behind: ends().flatten().flat_map(|end| end.left_behind.clone()).collect(),
    })
}

/// One digest for all recordings, by which a page of this report is known.
fn together(parts: &[Part<'_>]) -> String {
    let lines: String = parts.iter().map(|part| format!("{}\n", part.digest)).collect();
    digest(lines.as_bytes())
}

fn part_ref(part: &Part<'_>) -> Option<PartRef> {
    let header = &part.recording.header;
    Some(PartRef {
        shard: header.parameters.shard?,
        id: header.run_id.clone(),
        started: header.started.clone(),
        endpoints: super::target(header).endpoints,
        seed: header.parameters.seed,
        digest: part.digest.to_owned(),
        exchanges: super::exchanges(part.recording),
    })
}

fn end(recording: &Recording) -> Option<&EndRecord> {
    recording.records.iter().rev().find_map(|record| match &record.event {
        Event::End(end) => Some(end),
        _ => None,
    })
}

/// What ran and what did not, of every case what its own part says.
fn plan(catalogue: &Catalogue, parts: &[Part<'_>]) -> Plan {
    let first = &parts[0].recording.header.plan;
    let mut plan = Plan { selection: first.only.narrows(), left_out: Vec::new(), ..first.clone() };
    plan.instances = parts.iter().flat_map(|part| part.recording.header.plan.instances.clone()).collect();
    for (part, own) in parts.iter().map(|part| (part, own_cases(catalogue, part))) {
        let left = part.recording.header.plan.left_out.iter().filter(|left| own.contains(left.case.as_str()));
        plan.left_out.extend(left.cloned());
    }
    plan
}

/// The cases that are of this part.
fn own_cases<'c>(catalogue: &'c Catalogue, part: &Part<'_>) -> BTreeSet<&'c str> {
    let shard = part.recording.header.parameters.shard;
    let own = |position: usize| shard.is_some_and(|shard| shard.takes(position));
    catalogue.cases.keys().enumerate().filter(|(position, _)| own(*position)).map(|(_, id)| id.as_str()).collect()
}

/// All verdicts; positions count on from part to part, as the instances of the whole plan do.
fn verdicts(parts: &[Part<'_>]) -> Verdicts {
    let mut all = Verdicts { preflight: Vec::new(), instances: Vec::new(), complete: true };
    let mut before = 0;
    for part in parts {
        all.complete &= part.verdicts.complete;
        let moved =
            |verdict: &InstanceVerdict| InstanceVerdict { instance: verdict.instance + before, ..verdict.clone() };
        all.instances.extend(part.verdicts.instances.iter().map(moved));
        before += u32::try_from(part.recording.header.plan.instances.len()).unwrap_or(u32::MAX);
    }
    all
}

/// What pre-flight found anywhere, each fault once; a record has its number in one part only.
fn preflights(parts: &[Part<'_>]) -> Vec<PreflightEntry> {
    let mut all: Vec<PreflightEntry> = Vec::new();
    for entry in parts.iter().flat_map(|part| preflight(part.verdicts)) {
        if !all.iter().any(|known| (&known.fault, &known.place) == (&entry.fault, &entry.place)) {
            all.push(PreflightEntry { records: Vec::new(), ..entry });
        }
    }
    all
}

fn all_cases(catalogue: &Catalogue, parts: &[Part<'_>]) -> Vec<CaseEntry> {
    let mut all: Vec<CaseEntry> = Vec::new();
    for part in parts {
        let own = own_cases(catalogue, part);
        let index = part.recording.header.parameters.shard.map(Shard::index);
        let entries = cases(catalogue, part.recording, part.verdicts);
        all.extend(
            entries
                .into_iter()
                .filter(|entry| own.contains(entry.id.as_str()))
                .map(|entry| CaseEntry { part: index, ..entry }),
        );
    }
    all.sort_by(|a, b| (&a.id, &a.each).cmp(&(&b.id, &b.each)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn part(shard: &str, started: &str) -> RunHeader {
        serde_json::from_value(json!({
            "format": 1, "judge": "0", "catalogue-digest": "d", "run-id": shard, "started": started,
            "target": {
                "name": "t", "product": { "vendor": "v", "name": "n", "version": "1" }, "endpoints": {}, "bindings": {},
            },
            "parameters": { "seed": 1, "attempts": 1, "timeout-ms": 1, "body-limit": 1, "shard": shard },
            "plan": { "claims": [], "facts": {}, "instances": [], "left-out": [], "cast": {}, "selection": true },
            "people": [], "organisations": {}, "ranges": [],
        }))
        .expect("a header")
    }

    fn ordered(parts: &[RunHeader]) -> Result<Vec<usize>, Unlike> {
        let name = |position: usize| parts[position].run_id.clone();
        order(&parts.iter().collect::<Vec<_>>(), &name)
    }

    #[test]
    fn no_two_parts_began_more_than_a_day_apart_in_whatever_order_they_are_given() {
        let parts =
            |last: &str| [part("1/3", "2026-03-02T12:00:00Z"), part("2/3", "2026-03-03T08:00:00Z"), part("3/3", last)];
        for turn in 0..3 {
            let mut together = parts("2026-03-02T08:00:00Z");
            together.rotate_left(turn);
            let order = ordered(&together).expect("a day between the first and the last");
            assert_eq!(order.iter().map(|at| together[*at].run_id.as_str()).collect::<Vec<_>>(), ["1/3", "2/3", "3/3"]);
            let mut apart = parts("2026-03-02T07:59:59Z");
            apart.rotate_left(turn);
            assert_eq!(ordered(&apart), Err(Unlike::Apart("3/3".to_owned(), "2/3".to_owned())));
        }
        assert_eq!(ordered(&parts("yesterday")), Err(Unlike::NoTime("3/3".to_owned())));
    }
}
