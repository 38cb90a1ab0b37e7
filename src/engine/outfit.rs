//! What anything that contacts a target needs first: secrets, people, the seal, and the line.
//! Made from files alone; nothing is contacted here.

use crate::engine::counterpart::Switchboard;
use crate::engine::credential::Credentials;
use crate::engine::draw;
use crate::engine::identity::{Identities, Who};
use crate::engine::pace::Pace;
use crate::engine::plan::{Circumstances, is_loopback};
use crate::engine::preflight::Looked;
use crate::engine::probe::http::HttpProbe;
use crate::engine::probe::raw::RawProbe;
use crate::engine::probe::trust::Trust;
use crate::engine::probe::{Limits, Probe};
use crate::engine::run::{Request, RunError};
use crate::engine::seal::{Seal, SecretKind};
use crate::engine::tape::Tape;
use crate::engine::wire::{Certificate, Wire};
use crate::model::cast::Person;
use std::collections::BTreeMap;
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
    /// The certificates of this run, where client certificates are asked for.
    pub identities: Option<Arc<Identities>>,
}

impl Outfit {
    /// Reads secrets and certificates, and makes the line; who listens for the target speaks TLS as the target file says.
    ///
    /// # Errors
    /// When a secret, key or certificate cannot be read.
    pub fn new(request: &Request, board: Option<&Switchboard>) -> Result<Self, RunError> {
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
        let identities = identities(request, board)?;
        let wire = Arc::new(line(request, Arc::clone(&tape), identities.as_ref())?);
        Ok(Self { credentials: Arc::new(credentials), people, ranges, run_id, tape, wire, identities })
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

/// The certificates of a run against a target that asks for some, and what the target is told of them.
fn identities(request: &Request, board: Option<&Switchboard>) -> Result<Option<Arc<Identities>>, RunError> {
    let Some(at) = request.target.counterparts.as_ref().filter(|at| at.secure) else { return Ok(None) };
    let identities = match &request.identities {
        Some(identities) => Arc::clone(identities),
        None => {
            let url = at.public_url.as_ref().and_then(|url| url::Url::parse(url).ok());
            let host = url.and_then(|url| url.host_str().map(str::to_owned));
            let list = board.and_then(Switchboard::status_list);
            Arc::new(Identities::fresh(&host.into_iter().collect::<Vec<_>>(), list.as_deref())?)
        }
    };
    if let Some(board) = board {
        board.secure(&identities, &trusted(request)?)?;
    }
    if let Some(folder) = &at.identities {
        let place = request.base.join(folder);
        let write = |name: &str, text: &str| {
            let wrong =
                |cause: std::io::Error| RunError::File { file: format!("{folder}/{name}"), cause: cause.to_string() };
            std::fs::create_dir_all(&place).and_then(|()| std::fs::write(place.join(name), text)).map_err(wrong)
        };
        write("authority.pem", &identities.authority_pem())?;
        write("party.pem", identities.of(Who::Party).map_or("", |party| party.certificate_pem.as_str()))?;
    }
    Ok(Some(identities))
}

/// The authorities that the target file adds, in PEM.
pub(super) fn trusted(request: &Request) -> Result<Vec<Vec<u8>>, RunError> {
    let read = |file: &String| {
        let bytes = std::fs::read(request.base.join(file));
        bytes.map_err(|cause| RunError::File { file: file.clone(), cause: cause.to_string() })
    };
    request.target.trust.iter().map(read).collect()
}

/// The line to the target: both probes with the run's limits, at the pace that the authorisation allows.
fn line(request: &Request, tape: Arc<Tape>, identities: Option<&Arc<Identities>>) -> Result<Wire, RunError> {
    let mut added = trusted(request)?;
    added.extend(identities.map(|own| own.authority_pem().into_bytes()));
    let trust = Trust::showing(&added, identities.and_then(|own| own.proof(Who::Party)))?;
    let limits = Limits {
        timeout: Duration::from_millis(request.parameters.timeout_ms),
        body_limit: usize::try_from(request.parameters.body_limit).unwrap_or(usize::MAX),
        ..Limits::default()
    };
    let stated = request.target.authorisation.as_ref().map(|given| given.max_requests_per_second);
    let own = request.target.endpoints.values().all(|url| is_loopback(url));
    let pace = Arc::new(Pace::new(stated.unwrap_or(if own { LOOPBACK_PACE } else { STRANGERS_PACE })));
    let probe = Arc::new(HttpProbe::new(limits, &trust)?);
    let wire = Wire::new(probe, Arc::new(RawProbe::new(limits, &trust)), pace, tape);
    let Some(own) = identities else { return Ok(wire) };
    let mut showing: BTreeMap<Certificate, Arc<dyn Probe>> = BTreeMap::new();
    let lanes = [
        (Certificate::None, None),
        (Certificate::Expired, Some(Who::Expired)),
        (Certificate::Untrusted, Some(Who::Untrusted)),
    ];
    for (certificate, who) in lanes {
        let trust = Trust::showing(&added, who.and_then(|who| own.proof(who)))?;
        showing.insert(certificate, Arc::new(HttpProbe::new(limits, &trust)?));
    }
    let own = Arc::clone(own);
    let of_case = move |attempt| -> Option<Arc<dyn Probe>> {
        let identity = own.revocable(attempt).ok()?;
        let trust = Trust::showing(&added, Some(identity.proof())).ok()?;
        Some(Arc::new(HttpProbe::new(limits, &trust).ok()?))
    };
    Ok(wire.with_certificates(showing, Arc::new(of_case)))
}

/// Requests per second to one's own machine, where nobody stated a ceiling.
const LOOPBACK_PACE: u32 = 10_000;
/// The same to a machine whose owner has not said that it may be tested.
const STRANGERS_PACE: u32 = 2;

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
