//! What one instance of a case does, move by move: a pure function of case, instance and catalogue.
//! The recorder walks it; the judge walks it again to see whether the evidence is whole.

use crate::language::catalogue::Catalogue;
use crate::model::id::{ActionId, MemberId, OptionId, RequestSetId, Role, StepId, Word};
use crate::model::plan::{CapabilityFacts, EachValue, Instance, Plan};
use crate::model::record::{Parameters, Pass};
use crate::model::request::{HttpRequest, RequestSet, SetRequest};
use crate::model::span::{Moment, Span};
use crate::model::testcase::{Each, Head, Range, Step, TestCase, Verb, Where};
use crate::model::text::Name;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// The values that names stand for.
pub type Values = BTreeMap<String, EachValue>;

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
    },
    /// An action.
    Act,
    /// All blocks of a sample.
    Sample {
        /// The requests of the set, in order.
        requests: Vec<&'a SetRequest>,
    },
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

/// Every combination of an `each`, in name order, values in the order written.
///
/// # Errors
/// When a named set is empty on this target.
pub fn combinations(each: &Each, sets: &BTreeMap<Word, Vec<String>>) -> Result<Vec<Values>, LayoutError> {
    let mut all = vec![Values::new()];
    for (name, range) in each {
        let values: Vec<EachValue> = match range {
            Range::In(words) => words.iter().cloned().map(EachValue::Word).collect(),
            Range::Of(set) => {
                let words = sets.get(set).filter(|words| !words.is_empty());
                let words = words.ok_or_else(|| LayoutError::EmptySet(set.to_string()))?;
                words.iter().cloned().map(EachValue::Word).collect()
            }
            Range::Rows(rows) => rows
                .iter()
                .map(|row| EachValue::Row(row.iter().map(|(k, v)| (k.clone(), v.to_string())).collect()))
                .collect(),
        };
        all = all
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut next = so_far.clone();
                    next.insert(name.clone(), value.clone());
                    next
                })
            })
            .collect();
    }
    Ok(all)
}

/// Whether a `where` holds for this instance, its `each` values and the roles claimed.
#[must_use]
pub fn holds(condition: Option<&Where>, instance: &Instance, values: &Values, roles: &[Role]) -> bool {
    let Some(condition) = condition else { return true };
    (condition.fhir.is_empty() || condition.fhir.contains(&instance.dialect.fhir))
        && (condition.format.is_empty() || condition.format.contains(&instance.dialect.format))
        && condition
            .options
            .iter()
            .all(|(option, allowed)| instance.options.get(option).is_some_and(|value| allowed.contains(value)))
        && condition.claims.iter().all(|role| roles.contains(role))
        && condition
            .each
            .iter()
            .all(|(name, allowed)| values.get(name).is_some_and(|value| allowed.iter().any(|a| a == value.label())))
}

/// The word a bare name stands for: an `each` value, a column of one, or itself.
#[must_use]
pub fn word_of(name: &Name, values: &Values) -> String {
    match (values.get(&name.root), &name.field) {
        (Some(EachValue::Word(word)), None) => word.clone(),
        (Some(EachValue::Row(row)), Some(column)) => row.get(column).cloned().unwrap_or_default(),
        _ => name.to_string(),
    }
}

/// The cast member a bare name stands for.
#[must_use]
pub fn member_of(name: &Name, values: &Values) -> Option<MemberId> {
    word_of(name, values).parse().ok()
}

/// The action a bare name stands for.
#[must_use]
pub fn action_of(name: &Name, values: &Values) -> Option<ActionId> {
    word_of(name, values).parse().ok()
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
    for round in rounds(case) {
        all.extend(round_moves(stage, instance, number, &round)?);
    }
    Ok(all)
}

/// Steps that are interleaved: neighbours with `at`, or one step alone.
type Round<'a> = Vec<(&'a Step, Option<Pass>)>;

/// The order of steps: `around` before the first `step` and again after the last.
fn rounds(case: &TestCase) -> Vec<Round<'_>> {
    let first = case.steps.iter().position(|step| step.head == Head::Step).unwrap_or(case.steps.len());
    let last = case.steps.iter().rposition(|step| step.head == Head::Step).unwrap_or(case.steps.len());
    let mut order: Vec<(&Step, Option<Pass>)> = Vec::new();
    for (position, step) in case.steps.iter().enumerate() {
        if position == first {
            let late = case.steps[first..].iter().filter(|s| s.head == Head::Around);
            order.extend(late.map(|s| (s, Some(Pass::Before))));
        }
        match step.head {
            Head::Around if position < first => order.push((step, Some(Pass::Before))),
            Head::Around => {}
            Head::Given | Head::Control | Head::Step => order.push((step, None)),
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
        now.shuffle(&mut super::draw::generator(stage.parameters, &label));
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
    for own in combinations(&step.frame.each, stage.sets)? {
        let mut values = instance.each.clone();
        values.extend(own.clone());
        if !holds(step.frame.condition.as_ref(), instance, &values, stage.roles) {
            continue;
        }
        for deed in deeds(stage, instance, step, &values)? {
            all.push(Move { step, pass, at_ms, own: own.clone(), values: values.clone(), deed });
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
        Verb::Send(crate::model::testcase::Send::Http(http)) => {
            vec![Deed::Request { request: None, http, about: None }]
        }
        Verb::Again(again) => vec![Deed::Again { step: &again.step, to: again.to.as_ref() }],
        Verb::Act(_) => vec![Deed::Act],
        Verb::Look(_) => vec![Deed::Look],
        Verb::Sample(sample) => {
            let only = sample.only.as_ref().map(|name| word_of(name, values));
            let (_, requests) = requests_of(stage, instance, &sample.set, only.as_deref(), values)?;
            vec![Deed::Sample { requests }]
        }
        Verb::Await(_) => vec![Deed::Await],
    })
}

/// What an instance needs from the target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Endpoints by name.
    pub endpoints: BTreeSet<String>,
    /// Parties that act.
    pub parties: BTreeSet<MemberId>,
    /// Actions, without their undo.
    pub actions: BTreeSet<ActionId>,
    /// Patients that must stand at the target.
    pub patients: BTreeSet<MemberId>,
    /// Patients whose state is changed.
    pub changes: BTreeSet<MemberId>,
    /// Parties that need a token for one patient.
    pub patient_tokens: BTreeSet<MemberId>,
    /// Parties that need a token for one purpose.
    pub purpose_tokens: BTreeSet<MemberId>,
    /// Whether it waits at moments, hence may advance a clock.
    pub waits: bool,
    /// Whether it listens for inbound exchanges.
    pub listens: bool,
}

/// What these moves need.
#[must_use]
pub fn needs(catalogue: &Catalogue, moves: &[Move<'_>]) -> Needs {
    let mut needs = Needs::default();
    for one in moves {
        let values = &one.values;
        let acting = one.step.frame.party.as_ref().and_then(|name| member_of(name, values));
        needs.parties.extend(acting.clone());
        if let Verb::Sample(sample) = &one.step.verb {
            for class in [&sample.protected, &sample.unknown, &sample.known] {
                needs.parties.extend(class.party.as_ref().and_then(|name| member_of(name, values)));
                needs.patient(catalogue, &class.about, values);
            }
        }
        if let (Some(member), Some(change)) = (&acting, &one.step.frame.token) {
            if let Some(patient) = &change.patient {
                needs.patient_tokens.insert(member.clone());
                needs.patient(catalogue, patient, values);
            }
            if change.purpose.is_some() {
                needs.purpose_tokens.insert(member.clone());
            }
            if let Some(endpoint) = &change.endpoint {
                needs.endpoints.insert(word_of(endpoint, values));
            }
        }
        needs.waits |= one.at_ms.is_some_and(|at| at > 0);
        match &one.deed {
            Deed::Request { http, about, .. } => {
                needs.request(catalogue, http, values);
                if let Some(member) = about {
                    needs.member(catalogue, member);
                }
            }
            Deed::Sample { requests } => {
                for request in requests {
                    needs.request(catalogue, &request.http, values);
                }
            }
            Deed::Act => needs.act(catalogue, one),
            Deed::Again { to, .. } => {
                if let Some(to) = to {
                    needs.endpoints.insert(word_of(to, values));
                }
            }
            Deed::Await => needs.listens = true,
            Deed::Look => {}
        }
    }
    needs
}

impl Needs {
    fn member(&mut self, catalogue: &Catalogue, member: &MemberId) {
        if super::draw::record_of(catalogue, member).is_some() {
            self.patients.insert(member.clone());
        }
    }

    fn patient(&mut self, catalogue: &Catalogue, name: &Name, values: &Values) {
        let root = Name { root: name.root.clone(), field: None };
        if let Some(member) = member_of(&root, values).or_else(|| member_of(name, values)) {
            self.member(catalogue, &member);
        }
    }

    fn request(&mut self, catalogue: &Catalogue, http: &HttpRequest, values: &Values) {
        self.endpoints.insert(word_of(&http.endpoint, values));
        let texts = std::iter::once(&http.path).chain(http.header.values()).chain(http.form.values());
        for name in texts.flat_map(crate::model::text::Text::names) {
            self.patient(catalogue, name, values);
            // A column may itself hold placeholders.
            if let Some(EachValue::Row(row)) = values.get(&name.root) {
                let text = name.field.as_ref().and_then(|column| row.get(column)).cloned().unwrap_or_default();
                if let Ok(text) = crate::model::text::Text::try_from(text) {
                    text.names().for_each(|inner| self.patient(catalogue, inner, values));
                }
            }
        }
        for name in body_names(catalogue, http) {
            self.patient(catalogue, &name, values);
        }
    }

    fn act(&mut self, catalogue: &Catalogue, one: &Move<'_>) {
        let Verb::Act(act) = &one.step.verb else { return };
        let Some(action) = action_of(&act.action, &one.values) else { return };
        self.actions.insert(action.clone());
        if let Some(member) = act.person.as_ref().and_then(|name| member_of(name, &one.values)) {
            // Reading does not change: an action that returns something and has no undo only looks.
            let reads = catalogue.action(&action).is_some_and(|a| a.undo.is_none() && !a.returns.is_empty());
            if !reads {
                self.changes.insert(member.clone());
            }
            self.member(catalogue, &member);
        }
    }
}

/// The names that a request's body cites, those inside its fixture included.
fn body_names(catalogue: &Catalogue, http: &HttpRequest) -> Vec<Name> {
    use crate::model::request::Body;
    use crate::model::target::{FhirVersion, Format};
    use crate::model::text::Text;
    let cited = |text: &Text| text.names().cloned().collect::<Vec<_>>();
    match &http.body {
        None => Vec::new(),
        Some(Body::Text(text)) => cited(text),
        Some(Body::Response(response)) => response.set.values().flat_map(cited).collect(),
        Some(Body::Fixture(fixture)) => {
            let bytes = catalogue.body(&fixture.name, FhirVersion::R4, Format::Json).unwrap_or_default();
            let inside = String::from_utf8_lossy(bytes).into_owned();
            let inside = Text::try_from(inside).map(|text| cited(&text)).unwrap_or_default();
            fixture.set.values().flat_map(cited).chain(inside).collect()
        }
    }
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
    let sets = super::plan::named_sets(profile, &plan.facts);
    let stage = Stage { catalogue, parameters, roles: &claim.roles, sets: &sets, facts: &plan.facts };
    let number = u32::try_from(position).unwrap_or(u32::MAX);
    let moves = moves(&stage, case, instance, number).map_err(|error| error.to_string())?;
    let needs = needs(catalogue, &moves);
    Ok((moves, needs))
}
