//! Exchanges for the tests of oracles, owned and easily said.
//! No oracle may import this outside its tests.

use super::Exchange;
use crate::model::record::{BodyRef, Key, Phase, Response, SentRequest};
use crate::model::target::FhirVersion;
use serde_json::Value;

/// An exchange that owns its parts.
#[derive(Clone, Debug)]
pub struct Given {
    /// The number of its record.
    pub number: u64,
    /// To what it belongs.
    pub key: Key,
    /// The version of FHIR it is in.
    pub fhir: FhirVersion,
    /// What was sent.
    pub request: SentRequest,
    /// The body that was sent.
    pub request_body: Vec<u8>,
    /// What came back.
    pub response: Response,
    /// The body that came back.
    pub body: Vec<u8>,
}

impl Given {
    /// A GET that was answered with this status and nothing else.
    pub fn answer(status: u16) -> Self {
        Self {
            number: 1,
            key: Key::of(Phase::Case),
            fhir: FhirVersion::R4,
            request: SentRequest {
                method: "GET".to_owned(),
                url: "http://localhost/fhir/Patient".to_owned(),
                headers: Vec::new(),
                body: BodyRef::default(),
            },
            request_body: Vec::new(),
            response: Response { status, headers: Vec::new(), trailers: Vec::new(), body: BodyRef::default() },
            body: Vec::new(),
        }
    }

    /// With one more response header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.response.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With these bytes as response body.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.body = bytes.to_vec();
        self.response.body.length = bytes.len() as u64;
        self
    }

    /// With this text as response body.
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// With this tree as response body.
    pub fn json(self, tree: &Value) -> Self {
        self.header("content-type", "application/fhir+json").text(&tree.to_string())
    }

    /// With this FHIR in XML as response body.
    pub fn xml(self, fhir: FhirVersion, text: &str) -> Self {
        Self { fhir, ..self.header("content-type", "application/fhir+xml; charset=utf-8").text(text) }
    }

    /// With this record number.
    pub fn number(mut self, number: u64) -> Self {
        self.number = number;
        self
    }

    /// As oracles see it.
    pub fn exchange(&self) -> Exchange<'_> {
        Exchange {
            inbound: false,
            certificate: None,
            number: self.number,
            key: &self.key,
            fhir: self.fhir,
            request: &self.request,
            request_body: &self.request_body,
            response: &self.response,
            body: &self.body,
        }
    }
}
