//! The moves of an instance in order: rounds, repetitions, requests of sets.
//! What a move needs, and what names stand for, is said beside.

use super::needs::{Needs, needs};
use super::range::{Values, combinations, holds, member_of, word_of};
use crate::engine::{draw, plan as planning};
use crate::language::catalogue::Catalogue;
use crate::model::id::{MemberId, OptionId, RequestSetId, Role, StepId, Word};
use crate::model::plan::{CapabilityFacts, Instance, Plan};
use crate::model::record::{Parameters, Pass};
use crate::model::request::{HttpRequest, RequestSet, SetRequest};
use crate::model::span::{Moment, Span};
use crate::model::testcase::{Head, Send, Step, TestCase, VendorSample, Verb, Without};
use crate::model::text::Name;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Move<'a> {
    /// The step it belongs to.
    pub step: &'a Step,
    /// For an `around` step: its first or second time.
    pub pass: Option<Pass>,
    /// Milliseconds after the anchor.
    pub at_ms: Option<u64>,
    /// The step's own `each` values.
    pub own: Values,
    /// The step's own and the case's `each` values together.
    pub values: Values,
    /// Whether it is carried out during the move before it that has this not, and is no move of its own.
    pub meanwhile: bool,
    /// What it is.
    pub deed: Deed<'a>,
}

/// What a move does.
#[derive(Clone, Debug)]
pub enum Deed<'a> {
    /// One request.
    Request {
        /// Its name within its set, if it is of one.
        request: Option<&'a Word>,
        /// What is sent.
        http: &'a HttpRequest,
        /// The person asked about.
        about: Option<MemberId>,
    },
    /// The bytes of an earlier step once more, all of them.
    Again {
        /// The earlier step.
        step: &'a StepId,
        /// Another endpoint.
        to: Option<&'a Name>,
        /// Parts left out.
        without: Option<&'a Without>,
    },
    /// A request of the vendor's own client.
    VendorSample {
        /// Which, and about whom.
        sample: &'a VendorSample,
    },
    /// An action.
    Act,
    /// All blocks of a sample.
    Sample {
        /// The requests of the set, in order.
        requests: Vec<&'a SetRequest>,
    },
    /// A set, and every route it leads to.
    Crawl {
        /// The requests it begins with.
        requests: Vec<&'a SetRequest>,
    },
    /// Sets of choices, each asked for every cell.
    Walk {
        /// The requests that ask.
        requests: Vec<&'a SetRequest>,
        /// The values of the step's `each` names, one combination a cell.
        cells: Vec<Values>,
    },
    /// Counterparts are told what to do.
    Play,
    /// Nothing moves.
    Look,
    /// We listen.
    Await,
}

/// Why a case cannot be laid out; each is a fault of the catalogue that lint finds first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// A request set that does not exist.
    #[error("no request set `{0}`")]
    NoSet(RequestSetId),
    /// An option without value.
    #[error("option `{0}` has no value")]
    NoOption(OptionId),
    /// A named set that could not be read from the target.
    #[error("the set `{0}` is empty on this target")]
    EmptySet(String),
}

/// What the layout needs to know of the run.
#[derive(Clone, Copy)]
pub struct Stage<'a, 's> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// For seeded orders.
    pub parameters: &'s Parameters,
    /// The roles claimed under the instance's profile.
    pub roles: &'s [Role],
    /// Named sets of the profile, resolved.
    pub sets: &'s BTreeMap<Word, Vec<String>>,
    /// What capability statements say, by endpoint.
    pub facts: &'s BTreeMap<Word, CapabilityFacts>,
}

/// The length of a moment under these options.
///
/// # Errors
/// When it is an option without value.
pub fn length(moment: &Moment, options: &BTreeMap<OptionId, String>) -> Result<Span, LayoutError> {
    match moment {
        Moment::Fixed(span) => Ok(*span),
        Moment::Option(option) => options
            .get(option)
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| LayoutError::NoOption(option.clone())),
    }
}

/// The requests of a set that exist under this instance, narrowed by `only`.
///
/// # Errors
/// When the set does not exist.
pub fn requests_of<'a>(
    stage: &Stage<'a, '_>,
    instance: &Instance,
    set: &RequestSetId,
    only: Option<&str>,
    values: &Values,
) -> Result<(&'a RequestSet, Vec<&'a SetRequest>), LayoutError> {
    let found = stage.catalogue.sets.get(set).ok_or_else(|| LayoutError::NoSet(set.clone()))?;
    let requests = found
        .requests
        .iter()
        .filter(|request| only.is_none_or(|only| request.id.as_str() == only))
        .filter(|request| holds(request.condition.as_ref(), instance, values, stage.roles))
        .filter(|request| declared(stage, &request.http, values))
        .collect();
    Ok((found, requests))
}

/// Whether the target declares the type that a search is on; what is not declared is absent from a set.
///
/// A target without capability statement declares nothing, and is asked everything.
fn declared(stage: &Stage<'_, '_>, http: &HttpRequest, values: &Values) -> bool {
    let endpoint = word_of(&http.endpoint, values);
    let Some(facts) = stage.facts.get(endpoint.as_str()).filter(|facts| !facts.search.is_empty()) else {
        return true;
    };
    let path = http.path.to_string();
    let (kind, rest) = path.trim_start_matches('/').split_once(['?', '/']).unwrap_or((path.as_str(), ""));
    let is_search = path.contains('?') || rest.starts_with("_search");
    let is_type = kind.starts_with(|c: char| c.is_ascii_uppercase());
    !(is_search && is_type) || facts.search.contains_key(kind)
}

/// The requests of an instance's sets that are left out because the target does not declare them, as `set/request`, and
/// the steps over a named set that is empty on this target, as `set/step`.
///
/// A report names them: whoever declares less is asked less, and a reader must see that.
#[must_use]
pub fn undeclared(catalogue: &Catalogue, plan: &Plan, parameters: &Parameters, position: usize) -> BTreeSet<String> {
    let mut absent = BTreeSet::new();
    let Some(instance) = plan.instances.get(position) else { return absent };
    let (Some(case), Some(claim)) = (catalogue.cases.get(&instance.case), plan.claim_of(instance)) else {
        return absent;
    };
    let profile = catalogue.profiles.get(&claim.profile);
    let sets = profile.map(|profile| planning::named_sets(profile, &plan.facts)).unwrap_or_default();
    let stage = Stage { catalogue, parameters, roles: &claim.roles, sets: &sets, facts: &plan.facts };
    let idle = idle(&stage, case).unwrap_or_default();
    absent.extend(idle.into_iter().map(|(step, set)| format!("{set}/{step}")));
    for step in &case.steps {
        let Some((set, _)) = step.verb.set() else { continue };
        let Some(found) = catalogue.sets.get(set) else { continue };
        let left_out = found
            .requests
            .iter()
            .filter(|request| holds(request.condition.as_ref(), instance, &instance.each, stage.roles))
            .filter(|request| !declared(&stage, &request.http, &instance.each));
        absent.extend(left_out.map(|request| format!("{set}/{}", request.id)));
    }
    absent
}

/// Everything an instance does, in order.
///
/// # Errors
/// When the catalogue does not hold together; lint finds that first.
pub fn moves<'a>(
    stage: &Stage<'a, '_>,
    case: &'a TestCase,
    instance: &Instance,
    number: u32,
) -> Result<Vec<Move<'a>>, LayoutError> {
    let mut all = Vec::new();
    let idle = idle(stage, case)?;
    for mut round in rounds(case) {
        round.retain(|(step, _)| !idle.contains_key(&step.name));
        if round.is_empty() {
            continue;
        }
        let moves = round_moves(stage, instance, number, &round)?;
        let beside = case.steps.iter().filter(|step| !idle.contains_key(&step.name));
        let beside: Vec<&Step> =
            beside.filter(|step| step.frame.meanwhile.as_ref() == Some(&round[0].0.name)).collect();
        for one in moves {
            let during = during(stage, instance, &one, &beside)?;
            all.push(one);
            all.extend(during);
        }
    }
    Ok(all)
}

/// What is carried out during one move: every move of these steps, marked with the `each` values of that one.
fn during<'a>(
    stage: &Stage<'a, '_>,
    instance: &Instance,
    one: &Move<'a>,
    beside: &[&'a Step],
) -> Result<Vec<Move<'a>>, LayoutError> {
    let mut all = Vec::new();
    for step in beside {
        for mut other in step_moves(stage, instance, step, one.pass, one.at_ms)? {
            other.meanwhile = true;
            for (name, value) in &one.own {
                other.own.entry(name.clone()).or_insert_with(|| value.clone());
                other.values.entry(name.clone()).or_insert_with(|| value.clone());
            }
            all.push(other);
        }
    }
    Ok(all)
}

/// The steps that are absent because a named set they range over is empty on this target, with that set.
///
/// # Errors
/// When a requirement would be left without any step: of that nothing is shown, and the case does not run.
fn idle<'a>(stage: &Stage<'a, '_>, case: &'a TestCase) -> Result<BTreeMap<&'a StepId, String>, LayoutError> {
    let mut idle = BTreeMap::new();
    let steps = || case.steps.iter().filter(|step| step.head == Head::Step);
    for step in steps() {
        match combinations(&step.frame.each, stage.sets, stage.parameters) {
            Err(LayoutError::EmptySet(set)) => drop(idle.insert(&step.name, set)),
            Err(other @ (LayoutError::NoSet(_) | LayoutError::NoOption(_))) => return Err(other),
            Ok(_) => {}
        }
    }
    for requirement in &case.verifies {
        let bears = |step: &&Step| step.frame.verifies.as_ref().is_none_or(|some| some.contains(requirement));
        if let Some(set) = steps().filter(bears).find_map(|step| idle.get(&step.name))
            && steps().filter(bears).all(|step| idle.contains_key(&step.name))
        {
            return Err(LayoutError::EmptySet(set.clone()));
        }
    }
    Ok(idle)
}

/// Steps that are interleaved: neighbours with `at`, or one step alone.
type Round<'a> = Vec<(&'a Step, Option<Pass>)>;

/// The order of steps: `around` before the first `step` and again after the last.
fn rounds(case: &TestCase) -> Vec<Round<'_>> {
    let first = case.steps.iter().position(|step| step.head == Head::Step).unwrap_or(case.steps.len());
    let last = case.steps.iter().rposition(|step| step.head == Head::Step).unwrap_or(case.steps.len());
    let mut order: Vec<(&Step, Option<Pass>)> = Vec::new();
    for (position, step) in case.steps.iter().enumerate() {
        // It has no turn of its own, but one during each move of another.
        let own_turn = step.frame.meanwhile.is_none();
        if position == first {
            let late = case.steps[first..].iter().filter(|s| s.head == Head::Around);
            order.extend(late.map(|s| (s, Some(Pass::Before))));
        }
        match step.head {
            Head::Around if position < first => order.push((step, Some(Pass::Before))),
            Head::Around => {}
            Head::Given | Head::Control | Head::Step if own_turn => order.push((step, None)),
            Head::Given | Head::Control | Head::Step => {}
        }
        if position == last {
            let around = case.steps.iter().filter(|s| s.head == Head::Around);
            order.extend(around.map(|s| (s, Some(Pass::After))));
        }
    }
    let mut rounds: Vec<Round<'_>> = Vec::new();
    for entry in order {
        let timed = |(step, _): &(&Step, Option<Pass>)| !step.frame.at.is_empty();
        match rounds.last_mut() {
            Some(round) if timed(&entry) && round.iter().all(timed) => round.push(entry),
            _ => rounds.push(vec![entry]),
        }
    }
    rounds
}

fn round_moves<'a>(
    stage: &Stage<'a, '_>,
    instance: &Instance,
    number: u32,
    round: &Round<'a>,
) -> Result<Vec<Move<'a>>, LayoutError> {
    let mut times: BTreeSet<Option<u64>> = BTreeSet::new();
    let mut per_step = Vec::new();
    for (step, pass) in round {
        let mut own: BTreeSet<Option<u64>> = BTreeSet::new();
        for moment in &step.frame.at {
            own.insert(Some(length(moment, &instance.options)?.as_millis()));
        }
        if own.is_empty() {
            own.insert(None);
        }
        times.extend(&own);
        per_step.push((*step, *pass, own));
    }
    let mut all = Vec::new();
    for time in times {
        let mut now: Vec<_> = per_step.iter().filter(|(_, _, own)| own.contains(&time)).collect();
        // At one time they go in seeded order, so that no step is always the first to be asked.
        let label = format!("round {number} {} {time:?}", round[0].0.name);
        now.shuffle(&mut draw::generator(stage.parameters, &label));
        for (step, pass, _) in now {
            all.extend(step_moves(stage, instance, step, *pass, time)?);
        }
    }
    Ok(all)
}

fn step_moves<'a>(
    stage: &Stage<'a, '_>,
    instance: &Instance,
    step: &'a Step,
    pass: Option<Pass>,
    at_ms: Option<u64>,
) -> Result<Vec<Move<'a>>, LayoutError> {
    let mut all = Vec::new();
    let cells = combinations(&step.frame.each, stage.sets, stage.parameters)?;
    if let Verb::Walk(walk) = &step.verb {
        let (_, requests) = requests_of(stage, instance, &walk.set, None, &instance.each)?;
        let (own, values) = (Values::new(), instance.each.clone());
        if holds(step.frame.condition.as_ref(), instance, &values, stage.roles) {
            let deed = Deed::Walk { requests, cells };
            all.push(Move { step, pass, at_ms, own, values, meanwhile: false, deed });
        }
        return Ok(all);
    }
    for own in cells {
        let mut values = instance.each.clone();
        values.extend(own.clone());
        if !holds(step.frame.condition.as_ref(), instance, &values, stage.roles) {
            continue;
        }
        for deed in deeds(stage, instance, step, &values)? {
            let (own, values) = (own.clone(), values.clone());
            all.push(Move { step, pass, at_ms, own, values, meanwhile: false, deed });
        }
    }
    Ok(all)
}

fn deeds<'a>(
    stage: &Stage<'a, '_>,
    instance: &Instance,
    step: &'a Step,
    values: &Values,
) -> Result<Vec<Deed<'a>>, LayoutError> {
    Ok(match &step.verb {
        Verb::Ask(ask) => {
            let only = ask.only.as_ref().map(|name| word_of(name, values));
            let (_, requests) = requests_of(stage, instance, &ask.set, only.as_deref(), values)?;
            let about = member_of(&ask.about, values);
            requests
                .into_iter()
                .map(|request| Deed::Request { request: Some(&request.id), http: &request.http, about: about.clone() })
                .collect()
        }
        // Laid out whole: its cells are not repetitions of the step.
        Verb::Walk(_) => Vec::new(),
        Verb::Send(Send::VendorSample(sample)) => vec![Deed::VendorSample { sample }],
        Verb::Send(Send::Http(http)) => {
            vec![Deed::Request { request: None, http, about: None }]
        }
        Verb::Again(again) => {
            vec![Deed::Again { step: &again.step, to: again.to.as_ref(), without: again.without.as_ref() }]
        }
        Verb::Act(_) => vec![Deed::Act],
        Verb::Look(_) => vec![Deed::Look],
        Verb::Sample(sample) => {
            let only = sample.only.as_ref().map(|name| word_of(name, values));
            let (_, requests) = requests_of(stage, instance, &sample.set, only.as_deref(), values)?;
            vec![Deed::Sample { requests }]
        }
        Verb::Crawl(crawl) => {
            let (_, requests) = requests_of(stage, instance, &crawl.from, None, values)?;
            vec![Deed::Crawl { requests }]
        }
        Verb::Play(_) => vec![Deed::Play],
        Verb::Await(_) => vec![Deed::Await],
    })
}

/// Everything an instance of a plan does, and what it needs.
///
/// # Errors
/// When plan and catalogue do not fit; the text says what is missing.
pub fn layout<'a>(
    catalogue: &'a Catalogue,
    plan: &Plan,
    parameters: &Parameters,
    position: usize,
) -> Result<(Vec<Move<'a>>, Needs), String> {
    let instance = plan.instances.get(position).ok_or("no such instance")?;
    let case = catalogue.cases.get(&instance.case).ok_or("no such case")?;
    let claim = plan.claim_of(instance).ok_or("no such claim")?;
    let profile = catalogue.profiles.get(&claim.profile).ok_or("no such profile")?;
    let sets = planning::named_sets(profile, &plan.facts);
    let stage = Stage { catalogue, parameters, roles: &claim.roles, sets: &sets, facts: &plan.facts };
    let number = u32::try_from(position).unwrap_or(u32::MAX);
    let moves = moves(&stage, case, instance, number).map_err(|error| error.to_string())?;
    let needs = needs(catalogue, &moves);
    Ok((moves, needs))
}
