//! A small run and one exchange in it, for the tests of oracles that look for people.
//! Everybody's markers begin with their own name, so that a test reads by itself.

use super::Exchange;
use super::markers::Register;
use crate::model::record::{BodyRef, CastRecord, Key, Phase, Response, RunHeader, SentRequest, Withheld};
use serde_json::json;

/// One exchange under construction.
pub(super) struct Case {
    key: Key,
    request: SentRequest,
    request_body: Vec<u8>,
    response: Response,
    body: Vec<u8>,
}

impl Case {
    pub(super) fn new(url: &str) -> Self {
        Self {
            key: Key::of(Phase::Case),
            request: SentRequest {
                method: "GET".into(),
                url: url.into(),
                headers: vec![("accept".into(), "application/fhir+json".into())],
                body: BodyRef::default(),
            },
            request_body: Vec::new(),
            response: Response { status: 200, headers: Vec::new(), trailers: Vec::new(), body: BodyRef::default() },
            body: Vec::new(),
        }
    }

    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.response.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn trailer(mut self, name: &str, value: &str) -> Self {
        self.response.trailers.push((name.into(), value.into()));
        self
    }

    pub(super) fn sent(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.request_body = body.into();
        self
    }

    pub(super) fn sent_header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn withheld(mut self, why: Withheld) -> Self {
        self.response.body.withheld = Some(why);
        self
    }

    pub(super) fn cut(mut self) -> Self {
        self.response.body.cut = true;
        self
    }

    pub(super) fn exchange(&self) -> Exchange<'_> {
        Exchange {
            inbound: false,
            certificate: None,
            number: 7,
            key: &self.key,
            fhir: crate::model::target::FhirVersion::R4,
            request: &self.request,
            request_body: &self.request_body,
            response: &self.response,
            body: &self.body,
        }
    }
}

pub(super) fn register() -> Register {
    let person = |name: &str, bsn: &str| {
        let canary = |group: &str| json!({ "group": group, "value": format!("{name}{group}0000000000000001") });
        json!({ "member": name, "bsn": bsn, "family": format!("{name}familia"), "given": format!("{name}givenna"),
            "birth-date": "1970-01-01", "canaries": [canary("clinical"), canary("in-set"), canary("identity")] })
    };
    let never = json!({ "member": "never", "bsn": "999923341", "family": "neverfamilia", "given": "nevergivenna",
        "birth-date": "1970-01-01", "canaries": [] });
    let header: RunHeader = serde_json::from_value(json!({
        "format": 1, "judge": "0", "catalogue-digest": "", "run-id": "", "started": "",
        "target": {
            "name": "t", "product": { "vendor": "v", "name": "n", "version": "1" },
            "authorisation": { "owner": "o", "environment": "test", "until": "2030-01-01", "max-requests-per-second": 1 },
            "endpoints": { "fhir": "http://host/fhir", "second": "http://second/r4/" }, "bindings": {}
        },
        "parameters": { "seed": 1, "attempts": 1, "timeout-ms": 1, "body-limit": 1 },
        "plan": { "claims": [], "facts": {}, "instances": [], "left-out": [], "cast": {}, "selection": false },
        "people": [person("ctrl", "999911120"), person("opt", "999912343"), never],
        "organisations": {}, "ranges": ["9999"]
    }))
    .unwrap();
    let cast = |member: &str, endpoint: &str, id: &str, resources: &[&str]| -> CastRecord {
        serde_json::from_value(
            json!({ "member": member, "endpoint": endpoint, "id": id, "fields": {}, "resources": resources }),
        )
        .unwrap()
    };
    let records = [
        cast("ctrl", "fhir", "pat-ctrl", &["Patient/7", "Organization/shared", "Observation/obs-ctrl"]),
        cast("opt", "fhir", "pat-opt", &["Organization/shared"]),
        cast("opt", "second", "7", &[]),
    ];
    Register::of(&header, records.iter())
}
