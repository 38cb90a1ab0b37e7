//! Sealing what a target sends of its own accord: its address counts as something that came, not as something asked.
//! The sides are turned, sealed as any exchange is, and turned back.

use super::Seal;
use super::door::Scope;
use crate::engine::counterpart::Arrived;
use crate::engine::probe::{Answer, Request};
use crate::model::record::{Facts, PATH, Response, SentRequest};
use crate::model::request::Method;

/// The status, headers and body of an answer that a counterpart gave.
pub(in crate::engine) type Given<'a> = (u16, &'a [(String, String)], &'a [u8]);

/// An inbound exchange that may be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedInbound {
    /// Path and query below the counterpart.
    pub below: String,
    /// What the target sent.
    pub request: SentRequest,
    /// What was answered, if anything was.
    pub response: Option<Response>,
    /// The bodies to keep, by digest.
    pub bodies: Vec<(String, Vec<u8>)>,
    /// Salted hashes of citizen service numbers outside the ranges.
    pub foreign: Vec<String>,
}

impl Seal {
    /// Seals what arrived and with which status, headers and body it was answered, if it was.
    pub(in crate::engine) fn inbound(
        &self,
        scope: Scope,
        arrived: &Arrived,
        answered: Option<Given<'_>>,
    ) -> SealedInbound {
        let (status, headers, body) = answered.unwrap_or((0, &[], &[]));
        let base = arrived.url.strip_suffix(arrived.below.as_str()).unwrap_or_default();
        let turned = Request {
            // Nothing is sealed by its method; that of the target is put back below.
            method: Method::Post,
            url: base.to_owned(),
            headers: headers.to_vec(),
            body: body.to_vec(),
        };
        let line = std::iter::once((PATH.to_owned(), arrived.below.clone()));
        let came = Answer {
            status,
            headers: line.chain(arrived.headers.iter().cloned()).collect(),
            trailers: Vec::new(),
            body: arrived.body.clone(),
            cut: arrived.cut,
            facts: Facts::default(),
        };
        let sealed = self.answer(scope, &turned, &came);
        let mut headers = sealed.response.headers;
        let below = if headers.is_empty() { String::new() } else { headers.remove(0).1 };
        let method = self.text(scope, &arrived.method);
        let response = answered.map(|_| Response {
            status,
            headers: sealed.request.headers,
            trailers: Vec::new(),
            body: sealed.request.body,
        });
        SealedInbound {
            request: SentRequest { method, url: format!("{base}{below}"), headers, body: sealed.response.body },
            below,
            response,
            bodies: sealed.bodies,
            foreign: sealed.foreign,
        }
    }
}
