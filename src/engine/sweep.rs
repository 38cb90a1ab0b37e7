//! After a crash: what a recorded run created is taken out of the target again.
//! It removes what the recording names or what hangs on it, at endpoints that the target file names.

mod open;
mod stray;

pub use self::open::{Open, open};

use crate::engine::created::{self, Created};
use crate::engine::outfit::Outfit;
use crate::engine::plan::{is_loopback, writer};
use crate::engine::provision::Provision;
use crate::engine::record::{RunClock, Stop};
use crate::engine::run::{Request, RunError, means, status_list_alone};
use crate::model::record::{Event, Recording};
use crate::model::target::CastMeans;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What sweeping after one run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// URLs of what was removed.
    pub removed: Vec<String>,
    /// URLs of what was there no more.
    pub gone: Vec<String>,
    /// URLs of what could not be removed, each with what was answered, if anything was.
    pub left: Vec<(String, String)>,
    /// URLs of what stands at an endpoint that the target file does not name; not asked for.
    pub elsewhere: Vec<String>,
    /// What was done and not taken back, with the action that does so.
    pub choices: Vec<Open>,
}

/// Why nothing may be removed from this target, if so.
#[must_use]
pub fn forbidden(request: &Request, today: &str) -> Option<String> {
    let target = &request.target;
    if target.endpoints.values().all(|url| is_loopback(url)) {
        return None;
    }
    match &target.authorisation {
        None => Some("fill in `authorisation`: the endpoint is not on this machine".to_owned()),
        Some(given) if given.until.as_str() < today => Some(format!("the authorisation ended on {}", given.until)),
        Some(_) => None,
    }
}

/// What would be removed after this run: ours at known endpoints, and what stands elsewhere.
#[must_use]
pub fn due(request: &Request, recording: &Recording) -> (Vec<Created>, Vec<String>) {
    let known: Vec<&str> = request.target.endpoints.values().map(|base| base.trim_end_matches('/')).collect();
    let (ours, elsewhere): (Vec<Created>, Vec<Created>) =
        created::left_by(recording).into_iter().partition(|one| known.contains(&one.base.as_str()));
    (ours, elsewhere.iter().map(url_of).collect())
}

/// Removes it, last first.
///
/// # Errors
/// Before anything is contacted, when secrets cannot be read or `writer` has no credential.
pub async fn sweep(request: &Request, recording: &Recording) -> Result<Swept, RunError> {
    let status_list = status_list_alone(request).await?;
    let outfit = Outfit::new(request, status_list.as_deref())?;
    if let Some(board) = &status_list {
        board.serve(&outfit.tape, &Arc::default());
    }
    let (mut ours, elsewhere) = due(request, recording);
    let means = means(request, &recording.header.run_id);
    let (clock, stop) = (RunClock::default(), Stop::default());
    let provision = Provision {
        catalogue: &request.catalogue,
        target: &request.target,
        header: &recording.header,
        wire: &outfit.wire,
        tape: &outfit.tape,
        credentials: &outfit.credentials,
        means: &means,
        clock: &clock,
        stop: &stop,
    };
    if looks_for_strays(request, recording) {
        ours.extend(stray::find(&provision, &ours).await);
    }
    let left = provision.take_out(&ours).await;
    let mut answers = answers(&outfit);
    let mut swept =
        Swept { elsewhere, choices: open(&request.catalogue, &request.target, &recording.records), ..Swept::default() };
    for one in &ours {
        let url = url_of(one);
        let answer = answers.remove(&url).unwrap_or_default();
        if left.contains(&url) {
            swept.left.push((url, answer));
        } else if answer.starts_with('2') {
            swept.removed.push(url);
        } else {
            swept.gone.push(url);
        }
    }
    Ok(swept)
}

/// Whether what the run created without living to record it is looked for: only a cast that a run itself creates over
/// FHIR leaves any. Who stood there before, or was loaded by a program of the vendor's, is the vendor's own.
#[must_use]
pub fn looks_for_strays(request: &Request, recording: &Recording) -> bool {
    request.target.cast == CastMeans::Fhir && !is_complete(recording)
}

/// Whether the run reached its own end, and so recorded all that it did.
fn is_complete(recording: &Recording) -> bool {
    recording.records.iter().any(|record| matches!(record.event, Event::End(_)))
}

fn url_of(one: &Created) -> String {
    format!("{}/{}", one.base.trim_end_matches('/'), one.reference)
}

/// What became of each DELETE, by URL; a party without a token shows under its own name.
fn answers(outfit: &Outfit) -> BTreeMap<String, String> {
    outfit.tape.look(|records, _| {
        let deletes = records.iter().filter_map(|record| match &record.event {
            Event::Http(http) if http.request.method == "DELETE" => {
                Some((http.request.url.clone(), http.response.status.to_string()))
            }
            Event::Fault(fault) if fault.request.method == "DELETE" => {
                Some((fault.request.url.clone(), fault.detail.clone()))
            }
            _ => None,
        });
        deletes.collect()
    })
}

/// Whether the party that removes has a credential, or there is nothing for it to remove.
#[must_use]
pub fn can_remove(request: &Request, recording: &Recording) -> bool {
    let nothing = || due(request, recording).0.is_empty() && !looks_for_strays(request, recording);
    request.target.credentials.contains_key(&writer()) || nothing()
}
