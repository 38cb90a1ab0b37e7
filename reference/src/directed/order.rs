//! What a tester asks of a hook, read from JSON.
//! What is not there is taken as empty; what cannot be meant is refused in words.

use crate::app::Which;
use crate::wire::{Call, Payload, Reply};
use hyper::{StatusCode, Uri};
use serde_json::Value;

/// The members of what was sent.
pub(super) struct Order(Value);

impl Order {
    pub(super) fn read(call: &Call) -> Result<Self, Reply> {
        let Payload::Whole(bytes) = &call.payload else {
            return Err(Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"));
        };
        let body: Value = serde_json::from_slice(bytes).map_err(|_| bad("the body is not JSON"))?;
        if body.is_object() { Ok(Self(body)) } else { Err(bad("the body is not an object")) }
    }

    /// A member, or nothing when it is absent or empty.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.0[name].as_str().filter(|word| !word.is_empty())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Reply> {
        self.word(name).ok_or_else(|| bad(&format!("{name} is missing")))
    }

    /// A member that is an address, without the slash it may end in.
    pub(super) fn address(&self, name: &str) -> Result<Option<String>, Reply> {
        let Some(url) = self.word(name) else { return Ok(None) };
        let uri = url.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
        match uri {
            Some(_) => Ok(Some(url.trim_end_matches('/').to_owned())),
            None => Err(bad(&format!("{name} is not an address"))),
        }
    }

    pub(super) fn holder(&self) -> Result<Which, Reply> {
        match self.word("endpoint") {
            None | Some("fhir") => Ok(Which::A),
            Some("fhir-2") => Ok(Which::B),
            Some(_) => Err(bad("endpoint is fhir or fhir-2")),
        }
    }
}

pub(super) fn bad(description: &str) -> Reply {
    Reply::problem(StatusCode::BAD_REQUEST, "invalid_request", description)
}

pub(super) fn unknown(description: &str) -> Reply {
    Reply::problem(StatusCode::NOT_FOUND, "not_found", description)
}

pub(super) fn full() -> Reply {
    Reply::problem(StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room for more")
}
