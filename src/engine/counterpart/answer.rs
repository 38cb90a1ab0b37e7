//! What a counterpart answers by itself, and how an answer is written down.
//! By itself it is merely well-formed: it takes what comes, knows nobody, and issues a token to whoever asks.

use super::desk::Arrived;
use super::tongue::Tongue;
use crate::engine::body::Written;
use crate::engine::identity::Life;
use crate::engine::oracle::tree;
use crate::model::counterpart::{Counterpart, Outage};
use serde_json::{Value, json};

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// It is answered.
    Answer {
        /// The status.
        status: u16,
        /// Headers, names in small letters.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// It is never answered.
    Silence,
    /// The connection is cut.
    Reset,
    /// The status list, as it is issued when it is sent.
    StatusList(Life),
}

impl Reply {
    /// A status without body.
    pub(super) fn bare(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A body of this media type.
    pub(super) fn of(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self::Answer { status, headers: vec![("content-type".to_owned(), media_type.to_owned())], body }
    }

    /// A FHIR resource.
    pub(super) fn fhir(status: u16, resource: &Value, tongue: Tongue) -> Self {
        let Written { bytes, media_type } = tongue.write(resource);
        Self::of(status, media_type, bytes)
    }

    /// An OperationOutcome with one issue.
    pub(super) fn outcome(status: u16, code: &str, tongue: Tongue) -> Self {
        let issue = json!([{ "severity": "error", "code": code }]);
        Self::fhir(status, &json!({ "resourceType": "OperationOutcome", "issue": issue }), tongue)
    }

    /// A token (RFC 6749, 5.1).
    pub(super) fn token(token: &str) -> Self {
        let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 60 });
        let headers = [("content-type", "application/json"), ("cache-control", "no-store"), ("pragma", "no-cache")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self::Answer { status: 200, headers, body: body.to_string().into_bytes() }
    }

    /// What a server says that creates what came, if it is a resource of this type: there it is, under a new id.
    pub(super) fn of_creation(kind: &str, arrived: &Arrived, tongue: Tongue) -> Option<Self> {
        let mut resource = tree::carried(&arrived.headers, &arrived.body)?;
        if tree::resource_type(&resource) != Some(kind) {
            return None;
        }
        let id = format!("{:032x}", rand::random::<u128>());
        resource["id"] = json!(id);
        let place = arrived.url.split('?').next().unwrap_or_default();
        let Self::Answer { status, mut headers, body } = Self::fhir(201, &resource, tongue) else { return None };
        headers.push(("location".to_owned(), format!("{place}/{id}")));
        Some(Self::Answer { status, headers, body })
    }

    /// What a server says of a Bundle that says this status of every entry that came: a `batch-response` to a batch, else
    /// a `transaction-response`.
    pub(super) fn of_transaction(status: u16, arrived: &Arrived, tongue: Tongue) -> Self {
        let Some(bundle) = tree::carried(&arrived.headers, &arrived.body) else {
            return Self::outcome(400, "structure", tongue);
        };
        let came = bundle["entry"].as_array().map_or(0, Vec::len);
        let entry = json!({ "response": { "status": status.to_string() } });
        let entries = vec![entry; came];
        let kind = if bundle["type"] == "batch" { "batch-response" } else { "transaction-response" };
        Self::fhir(200, &json!({ "resourceType": "Bundle", "type": kind, "entry": entries }), tongue)
    }
}

/// What a counterpart does that fails so.
pub(super) fn outage(outage: Outage, tongue: Tongue) -> Reply {
    match outage {
        Outage::Refused => Reply::Reset,
        Outage::Silent => Reply::Silence,
        Outage::Error => Reply::outcome(503, "transient", tongue),
        Outage::OutOfDate => Reply::StatusList(Life::Ended),
        Outage::WrongAnswer => Reply::of(200, "text/html", b"<!DOCTYPE html><title>Welcome</title>".to_vec()),
    }
}

/// What a counterpart does of itself; a token service is asked for elsewhere.
pub(super) fn by_itself(counterpart: Counterpart, method: &str, below: &str, tongue: Tongue) -> Reply {
    let is_search = method == "GET" || below.split('?').next().is_some_and(|path| path.ends_with("/_search"));
    match counterpart {
        Counterpart::Receiver | Counterpart::OtherReceiver if method == "POST" => Reply::bare(202),
        Counterpart::Receiver | Counterpart::OtherReceiver => Reply::bare(405),
        Counterpart::StatusList if method == "GET" => Reply::StatusList(Life::default()),
        Counterpart::StatusList => Reply::bare(405),
        Counterpart::Sender | Counterpart::TokenService => Reply::outcome(404, "not-found", tongue),
        _ if is_search => {
            Reply::fhir(200, &json!({ "resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [] }), tongue)
        }
        _ if matches!(method, "POST" | "PUT") => Reply::bare(201),
        _ => Reply::bare(405),
    }
}
