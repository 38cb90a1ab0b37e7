//! What anything that contacts a target needs first: secrets, people, the seal, and the line.
//! Made from files alone; nothing is contacted here.

use crate::engine::credential::Credentials;
use crate::engine::draw;
use crate::engine::pace::Pace;
use crate::engine::plan::Circumstances;
use crate::engine::preflight::Looked;
use crate::engine::probe::Limits;
use crate::engine::probe::http::HttpProbe;
use crate::engine::probe::raw::RawProbe;
use crate::engine::probe::trust::Trust;
use crate::engine::run::{Request, RunError};
use crate::engine::seal::{Seal, SecretKind};
use crate::engine::tape::Tape;
use crate::engine::wire::Wire;
use crate::model::cast::Person;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Secrets, people, seal and line of one command.
pub struct Outfit {
    /// The secrets.
    pub credentials: Arc<Credentials>,
    /// The people of this run.
    pub people: Vec<Person>,
    /// Number ranges in which synthetic people live.
    pub ranges: Vec<String>,
    /// Drawn anew.
    pub run_id: String,
    /// The recording, in memory until it gets a folder.
    pub tape: Arc<Tape>,
    /// The line to the target.
    pub wire: Arc<Wire>,
}

impl Outfit {
    /// Reads secrets and certificates, and makes the line.
    ///
    /// # Errors
    /// When a secret, key or certificate cannot be read.
    pub fn new(request: &Request) -> Result<Self, RunError> {
        let credentials =
            Credentials::load(&request.target, &request.base, &*request.env).map_err(RunError::Credentials)?;
        let people = draw::people(&request.catalogue, &request.target.cast, &request.parameters);
        let ranges = ranges(request);
        let run_id = draw::marker(&mut rand::rng());
        let seal = sealed_for(request, &people, &ranges, &run_id);
        // What gives our own people away is never a secret, or an endpoint could hide a leak by calling it a token.
        seal.know(people.iter().flat_map(marks_of));
        for (kind, secret) in credentials.secrets() {
            seal.learn(SecretKind::named(kind), secret);
        }
        let tape = Arc::new(Tape::new(seal, request.bodies_limit));
        let wire = Arc::new(line(request, Arc::clone(&tape))?);
        Ok(Self { credentials: Arc::new(credentials), people, ranges, run_id, tape, wire })
    }
}

/// What the plan must know of this request.
pub(super) fn circumstances(request: &Request, seen: &Looked, started: OffsetDateTime) -> Circumstances {
    Circumstances {
        facts: seen.facts.clone(),
        faults: seen.faults.clone(),
        selection: request.selection.clone(),
        allow_exec: request.means.programs == crate::engine::binding::Programs::Allowed,
        operator: request.means.operator.is_some(),
        today: stamp(started).chars().take(10).collect(),
    }
}

/// A moment as it is written down.
pub(super) fn stamp(moment: OffsetDateTime) -> String {
    moment.replace_nanosecond(0).unwrap_or(moment).format(&Rfc3339).unwrap_or_default()
}

/// What gives a person away wherever it turns up.
fn marks_of(person: &Person) -> Vec<String> {
    let names = [&person.family, &person.given].into_iter().filter(|name| !name.is_empty()).cloned();
    person.canaries.iter().map(|canary| canary.value.clone()).chain(names).collect()
}

/// The line to the target: both probes with the run's limits, at the pace that the authorisation allows.
fn line(request: &Request, tape: Arc<Tape>) -> Result<Wire, RunError> {
    let mut added = Vec::new();
    for file in &request.target.trust {
        let read = std::fs::read(request.base.join(file));
        added.push(read.map_err(|cause| RunError::File { file: file.clone(), cause: cause.to_string() })?);
    }
    let trust = Trust::with(&added)?;
    let limits = Limits {
        timeout: Duration::from_millis(request.parameters.timeout_ms),
        body_limit: usize::try_from(request.parameters.body_limit).unwrap_or(usize::MAX),
        ..Limits::default()
    };
    let stated = request.target.authorisation.as_ref().map(|given| given.max_requests_per_second);
    let pace = Arc::new(Pace::new(stated.unwrap_or(LOOPBACK_PACE)));
    let probe = Arc::new(HttpProbe::new(limits, &trust)?);
    Ok(Wire::new(probe, Arc::new(RawProbe::new(limits, &trust)), pace, tape))
}

/// Requests per second to one's own machine, where nobody stated a ceiling.
const LOOPBACK_PACE: u32 = 10_000;

fn ranges(request: &Request) -> Vec<String> {
    let reserved = request.catalogue.numbers.bsn.ranges.iter().map(|range| range.prefix.clone());
    let owned = request.target.number_ranges.iter().map(|range| range.prefix.clone());
    reserved.chain(owned).collect()
}

fn sealed_for(request: &Request, people: &[Person], ranges: &[String], run_id: &str) -> Seal {
    let bsn = &request.catalogue.numbers.bsn;
    let mut labels = vec![bsn.system.clone(), bsn.oid.clone()];
    labels.extend(bsn.labels.iter().cloned());
    let known = people.iter().map(|person| person.bsn.clone()).collect();
    Seal::new(ranges.to_vec(), labels, known, run_id)
}
