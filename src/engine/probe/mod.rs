//! Transports: they carry one request to the target and bring back what was seen.
//! A probe never judges, retries, follows a redirect, keeps a cookie, or writes.

#[cfg(test)]
mod alike;
#[cfg(test)]
mod alike_tls;
mod fault;
pub mod http;
mod message;
pub mod raw;
mod stage;
#[cfg(test)]
pub(crate) mod testing;
pub mod trust;

pub use message::Limits;

use crate::model::record::{Facts, FaultPhase};
use crate::model::request::Method;
use crate::model::target::Format;
use std::time::Instant;

/// A request with its secrets, in memory only.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Headers in order; the probe adds only `host` and `content-length`.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl Request {
    /// The headers that every request of ours begins with; it asks for an answer in this form.
    #[must_use]
    pub fn own_headers(format: Format) -> Vec<(String, String)> {
        vec![
            ("user-agent".to_owned(), concat!("toetssteen/", env!("CARGO_PKG_VERSION")).to_owned()),
            ("accept".to_owned(), format.media_type().to_owned()),
        ]
    }
}

/// What came back, with its secrets, in memory only.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers in order, names in small letters; bytes that are not UTF-8 are replaced by U+FFFD.
    pub headers: Vec<(String, String)>,
    /// Trailers in order.
    pub trailers: Vec<(String, String)>,
    /// The body before content-decoding, at most as long as the limit.
    pub body: Vec<u8>,
    /// Whether more came, or would have come, than the limit allows; the connection was then closed.
    pub cut: bool,
    /// What was measured.
    pub facts: Facts,
}

/// An exchange that broke.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Where.
    pub phase: FaultPhase,
    /// How, in our own words, fit to follow a colon; never holds a secret.
    pub detail: String,
    /// Whether it broke because time ran out.
    pub timed_out: bool,
}

/// What became of one request.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The answer, or how it broke.
    pub result: Result<Answer, Broken>,
    /// When it began.
    pub started: Instant,
    /// When the last byte had come, or it broke.
    pub ended: Instant,
}

/// Carries one request.
///
/// What could not be carried is a [`Broken`], not an error: silence is an observation.
#[async_trait::async_trait]
pub trait Probe: Send + Sync {
    /// Sends it and reads the answer, within the probe's limits of time and size.
    async fn exchange(&self, request: &Request) -> Carried;
}
