//! Pre-flight alone: what answers, what is accepted, and what would then run.
//! It reads and asks for tokens, creates nothing, and keeps no recording.

use crate::engine::outfit::{self, Outfit};
use crate::engine::plan;
use crate::engine::preflight::{self, Accepted};
use crate::engine::run::{Request, RunError};
use crate::model::id::{MemberId, Word};
use crate::model::plan::Plan;
use crate::model::record::{Event, Record};
use crate::model::verdict::PreflightFinding;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// What was seen without changing anything.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// Faults found by contacting the target.
    pub findings: Vec<PreflightFinding>,
    /// How each endpoint answered, if it did.
    pub answers: BTreeMap<Word, Answered>,
    /// Whether each party with client credentials got a token.
    pub parties: BTreeMap<MemberId, Accepted>,
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

/// Looks at the target of this request; its folder and jobs are not used.
///
/// # Errors
/// Before anything is contacted, when secrets or certificates cannot be read.
pub async fn examine(request: &Request) -> Result<Checkup, RunError> {
    let outfit = Outfit::new(request)?;
    let started = OffsetDateTime::now_utc();
    let seen = preflight::look(&request.target, &outfit.wire, &outfit.tape, &outfit.credentials, started).await;
    let known = outfit::circumstances(request, &seen, started);
    let plan = plan::plan(&request.catalogue, &request.target, &known, &request.parameters);
    let (findings, answers) = outfit.tape.look(|records, _| {
        let found = records.iter().filter_map(|record| match &record.event {
            Event::Preflight(finding) => Some(finding.clone()),
            _ => None,
        });
        (found.collect(), answers(request, records))
    });
    Ok(Checkup { findings, answers, parties: seen.parties, plan })
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
