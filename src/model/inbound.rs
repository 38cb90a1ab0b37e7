//! What counterparts add to a recording: where they listened, what they were told to do, and what arrived.
//! An exchange that the target began is kept as it was; its mirror image lets it be looked at as an answer is.

use super::record::{BodyRef, Facts, Response, SentRequest};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Where a counterpart listened, as the target reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CounterpartPlace {
    /// Its base URL.
    pub url: String,
    /// Whether every case has it under the same URL; else each has a segment of its own below it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// An exchange that the target began, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct InboundRecord {
    /// The counterpart at which it arrived.
    pub counterpart: String,
    /// Path and query below that counterpart.
    pub below: String,
    /// What the target sent.
    pub request: SentRequest,
    /// What was answered; nothing if nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// When its head had come, in nanoseconds since the run began.
    pub started_ns: u64,
    /// When it was answered, or it was clear that it would not be.
    pub ended_ns: u64,
    /// What was measured before sealing.
    pub facts: Facts,
    /// The same from the other side; made when it is first looked at.
    #[serde(skip)]
    pub mirror: Mirror,
}

/// An inbound exchange with its sides turned, so that what came from the target is looked at as an answer is.
#[derive(Clone, Debug, Default)]
pub struct Mirror(OnceLock<(SentRequest, Response)>);

impl PartialEq for Mirror {
    fn eq(&self, _: &Self) -> bool {
        // It follows from the rest of the record.
        true
    }
}

impl Eq for Mirror {}

/// The name under which the address that a target called stands among the headers of what it sent, after HTTP/2.
pub const PATH: &str = ":path";

impl InboundRecord {
    /// What we answered as if we had sent it, and what the target sent as if it had answered, its line among the headers.
    #[must_use]
    pub fn mirrored(&self) -> &(SentRequest, Response) {
        self.mirror.0.get_or_init(|| {
            let (headers, body) = match &self.response {
                Some(response) => (response.headers.clone(), response.body.clone()),
                None => (Vec::new(), BodyRef::default()),
            };
            let SentRequest { method, url, .. } = &self.request;
            let sent = SentRequest { method: method.clone(), url: url.clone(), headers, body };
            let line = std::iter::once((PATH.to_owned(), self.below.clone()));
            let headers = line.chain(self.request.headers.iter().cloned()).collect();
            // A status of ours says nothing about the target.
            (sent, Response { status: 200, headers, trailers: Vec::new(), body: self.request.body.clone() })
        })
    }
}

/// A time in which we waited for exchanges at our counterparts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ListenRecord {
    /// The counterparts.
    pub at: Vec<String>,
    /// The number of the last record before the trigger: what arrived after it is meant.
    pub since: u64,
    /// How long we were ready to wait after the trigger, in milliseconds.
    pub within_ms: u64,
    /// How long it was in the end.
    pub waited_ms: u64,
}

/// What a counterpart was told to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlayRecord {
    /// The counterparts.
    pub who: Vec<String>,
    /// What: `up`, `unguarded`, `holds`, `answers`, `lists`, `lists-revoked`, or the fault.
    pub be: String,
    /// When, in nanoseconds since the run began.
    pub at_ns: u64,
}
