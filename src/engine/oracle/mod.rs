//! Pure judges over sealed records; each gives what was wanted and what was seen.
//! Only `judge.rs` calls them; none moves a byte, reads a clock, or knows why a request was sent.

pub mod after;
pub mod body;
pub mod compare;
pub mod consent;
pub mod count;
pub mod created;
pub mod decisions;
pub mod disclosure;
#[cfg(test)]
pub(super) mod fixture;
pub mod hides;
pub mod indistinguishable;
pub mod links;
pub mod log;
pub mod markers;
pub mod matching;
pub mod media;
pub mod notified;
pub mod opens;
pub mod pace;
pub mod pattern;
#[cfg(test)]
mod people;
pub mod status;
pub mod tree;
pub mod value;
pub mod views;

use crate::model::record::{Bodies, Event, Key, Record, Recording, Response, SentRequest};
use crate::model::target::FhirVersion;
use crate::model::testcase::Side;

/// One answered exchange, as an oracle sees it: sealed, with its bodies at hand.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The number of its record.
    pub number: u64,
    /// To what it belongs.
    pub key: &'a Key,
    /// The version of FHIR it is in; of an exchange that no case sent, R4.
    pub fhir: FhirVersion,
    /// What was sent.
    pub request: &'a SentRequest,
    /// The body that was sent.
    pub request_body: &'a [u8],
    /// What came back.
    pub response: &'a Response,
    /// The body that came back, before content-decoding.
    pub body: &'a [u8],
    /// Whether the target began it: then what it sent stands as what came back, and what we answered as what was sent.
    pub inbound: bool,
    /// The client certificate that whoever called us showed, as its SHA-256.
    pub certificate: Option<&'a str>,
}

impl<'a> Exchange<'a> {
    /// The exchange of a record; nothing if the record is of another kind.
    #[must_use]
    pub fn of(recording: &'a Recording, record: &'a Record) -> Option<Self> {
        Self::seen(&recording.bodies, record)
    }

    /// The same, where only records and bodies are at hand.
    #[must_use]
    pub fn seen(bodies: &'a Bodies, record: &'a Record) -> Option<Self> {
        match &record.event {
            Event::Http(http) => Some(Self {
                number: record.number,
                key: &record.key,
                fhir: FhirVersion::R4,
                request: &http.request,
                request_body: http.request.body.bytes(bodies),
                response: &http.response,
                body: http.response.body.bytes(bodies),
                inbound: false,
                certificate: None,
            }),
            Event::Inbound(inbound) => {
                let (request, response) = inbound.mirrored();
                Some(Self {
                    number: record.number,
                    key: &record.key,
                    fhir: FhirVersion::R4,
                    request,
                    request_body: request.body.bytes(bodies),
                    response,
                    body: response.body.bytes(bodies),
                    inbound: true,
                    certificate: inbound.facts.peer_certificate.as_deref(),
                })
            }
            _ => None,
        }
    }

    /// Where a side of the exchange is found; by default that which came from the target.
    #[must_use]
    pub const fn side(&self, of: Option<Side>) -> Side {
        match (of, self.inbound) {
            (None, _) | (Some(Side::Response), false) | (Some(Side::Request), true) => Side::Response,
            (Some(Side::Request), false) | (Some(Side::Response), true) => Side::Request,
        }
    }

    /// The same, in this version of FHIR.
    #[must_use]
    pub const fn in_version(self, fhir: FhirVersion) -> Self {
        Self { fhir, ..self }
    }

    /// Whether the answer says that the server, or one behind it, failed.
    #[must_use]
    pub const fn is_server_failure(&self) -> bool {
        is_server_failure(self.response.status)
    }
}

/// Whether a status says that the server, or one behind it, failed (RFC 9110, 15.6).
///
/// 501 and 505 speak of the request, as a refusal does.
#[must_use]
pub const fn is_server_failure(status: u16) -> bool {
    matches!(status, 500 | 502 | 503 | 504)
}
