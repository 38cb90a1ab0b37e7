//! Pre-flight alone: what answers, what is accepted, and what would then run.
//! It reads and asks for tokens, creates nothing, and keeps no recording.

use crate::engine::approach::{self, Approach};
use crate::engine::draw;
use crate::engine::outfit::{self, Outfit};
use crate::engine::plan;
use crate::engine::preflight::{self, Accepted};
use crate::engine::run::{Request, RunError, status_list_alone};
use crate::model::id::{MemberId, Word};
use crate::model::plan::Plan;
use crate::model::record::{Event, Record};
use crate::model::target::{CastMeans, Credential, Target};
use crate::model::verdict::PreflightFinding;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::OffsetDateTime;

/// What was seen without changing anything.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// Faults found by contacting the target.
    pub findings: Vec<PreflightFinding>,
    /// How each endpoint answered, if it did.
    pub answers: BTreeMap<Word, Answered>,
    /// What each FHIR endpoint answered to a question about data without credentials, if a party has none.
    pub unasked: BTreeMap<Word, Unasked>,
    /// Whether each party with client credentials got a token.
    pub parties: BTreeMap<MemberId, Accepted>,
    /// Whether our counterparts are reached where the target file says, if a case has some.
    pub approaches: Vec<Approach>,
    /// What would run, and why the rest would not.
    pub plan: Plan,
}

/// The first answer of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// The TLS version, if there was TLS.
    pub tls: Option<String>,
}

/// The answer to a question about data that came without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unasked {
    /// What was asked for.
    pub url: String,
    /// The status.
    pub status: u16,
}

impl Unasked {
    /// Whether credentials are asked for. A 403 may mean that nobody gets this, whoever asks.
    #[must_use]
    pub const fn demands(&self) -> bool {
        self.status == 401
    }

    /// Whether it was answered as to one from whom nothing more is asked.
    #[must_use]
    pub const fn serves(&self) -> bool {
        matches!(self.status, 200..=299 | 404 | 410)
    }
}

impl Checkup {
    /// The parties without credentials that cannot do what the target file counts on: the FHIR endpoint asks for
    /// credentials, and either nobody has any, or it is the one who brings the cast in. Others may be meant to be strangers.
    #[must_use]
    pub fn refused(&self, target: &Target) -> BTreeSet<MemberId> {
        let demanded = self.unasked.iter().any(|(name, seen)| name.as_str() == "fhir" && seen.demands());
        let without = |credential: &Credential| matches!(credential, Credential::None);
        let nobody = target.credentials.values().all(without);
        let brings = |party: &MemberId| target.cast == CastMeans::Fhir && *party == plan::writer();
        let parties = target.credentials.iter().filter(|(_, credential)| demanded && without(credential));
        parties.map(|(party, _)| party.clone()).filter(|party| nobody || brings(party)).collect()
    }
}

/// Looks at the target of this request; its folder and jobs are not used.
///
/// # Errors
/// Before anything is contacted, when secrets or certificates cannot be read.
pub async fn examine(request: &Request) -> Result<Checkup, RunError> {
    let status_list = status_list_alone(request).await?;
    let outfit = Outfit::new(request, status_list.as_deref())?;
    if let Some(board) = &status_list {
        board.serve(&outfit.tape, &Arc::default());
    }
    let started = OffsetDateTime::now_utc();
    let seen = preflight::look(&request.target, &outfit.wire, &outfit.tape, &outfit.credentials, started).await;
    let unasked = without_credentials(request, &outfit).await;
    if let Some(board) = status_list {
        // What follows listens at every address itself.
        board.shut().await;
    }
    let approaches = approach::look(request, &outfit).await?;
    let known = outfit::circumstances(request, &seen, started);
    let plan = plan::plan(&request.catalogue, &request.target, &known, &request.parameters);
    let (findings, answers) = outfit.tape.look(|records, _| {
        let found = records.iter().filter_map(|record| match &record.event {
            Event::Preflight(finding) => Some(finding.clone()),
            _ => None,
        });
        (found.collect(), answers(request, records))
    });
    Ok(Checkup { findings, answers, unasked, parties: seen.parties, approaches, plan })
}

/// A capability statement is often open where data are not, so a patient is asked for, of whom there is none.
async fn without_credentials(request: &Request, outfit: &Outfit) -> BTreeMap<Word, Unasked> {
    let mut seen = BTreeMap::new();
    if !request.target.credentials.values().any(|credential| matches!(credential, Credential::None)) {
        return seen;
    }
    for (name, base) in request.target.endpoints.iter().filter(|(name, _)| preflight::speaks_fhir(name.as_str())) {
        let url = format!("{}/Patient/{}", base.trim_end_matches('/'), draw::marker(&mut rand::rng()));
        if let (_, Ok(answer)) = preflight::ask(&outfit.wire, &request.target, &url, None).await {
            seen.insert(name.clone(), Unasked { url, status: answer.status });
        }
    }
    seen
}

fn answers(request: &Request, records: &[Record]) -> BTreeMap<Word, Answered> {
    let mut answers = BTreeMap::new();
    for (name, base) in &request.target.endpoints {
        let asked = preflight::asked_first(name, base);
        let first = records.iter().find_map(|record| match &record.event {
            Event::Http(http) if http.request.method == "GET" && http.request.url == asked => {
                Some(Answered { status: http.response.status, tls: http.facts.tls.clone() })
            }
            _ => None,
        });
        if let Some(first) = first {
            answers.insert(name.clone(), first);
        }
    }
    answers
}
