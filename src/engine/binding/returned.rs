//! What an action returns, read from the answer to its request.
//! Read before sealing, in memory; what is recorded of it passes the seal like everything else.

use crate::engine::oracle::{Exchange, value};
use crate::engine::probe::{Answer, Request};
use crate::model::record::{BodyRef, Key, Phase, Response, SentRequest};
use crate::model::target::FhirVersion;
use crate::model::target::Returned;
use crate::model::testcase::Side;
use crate::model::text::Text;

/// An exchange as it was, with its secrets; lives only as long as something is read from it.
#[must_use]
pub fn unsealed(request: &Request, answer: &Answer) -> (SentRequest, Response) {
    let sent = SentRequest {
        method: request.method.as_str().to_owned(),
        url: request.url.clone(),
        headers: request.headers.clone(),
        body: BodyRef::default(),
    };
    let response = Response {
        status: answer.status,
        headers: answer.headers.clone(),
        trailers: answer.trailers.clone(),
        body: BodyRef::default(),
    };
    (sent, response)
}

/// The value of a returned name: `true` or `false` where a matcher stands, else the value itself.
#[must_use]
pub fn returned(wanted: &Returned, answer: &Answer, request: &Request) -> Option<String> {
    let (sent, response) = unsealed(request, answer);
    let key = Key::of(Phase::Case);
    let exchange = Exchange {
        inbound: false,
        certificate: None,
        number: 0,
        key: &key,
        fhir: FhirVersion::R4,
        request: &sent,
        request_body: &request.body,
        response: &response,
        body: &answer.body,
    };
    let values = value::read(&wanted.at, Side::Response, &exchange);
    match &wanted.is {
        Some(matcher) => {
            let literal = |text: &Text| Some(text.to_string());
            value::matches(matcher, &literal, &values).map(|holds| holds.to_string())
        }
        None => values.into_iter().next(),
    }
}
