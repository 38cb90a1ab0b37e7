//! The control routes, with which a tester moves the clock of the reference and lets things happen to a record.
//! They stand apart from every conformance route and need no token.

use crate::app::App;
use crate::life;
use crate::wire::{Call, Payload, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

pub(crate) fn answer(app: &App, call: &Call, rest: &[&str]) -> Reply {
    if !matches!(rest, ["clock"] | ["life", _]) {
        return Reply::problem(StatusCode::NOT_FOUND, "not_found", "the controls are clock and life");
    }
    if call.method != Method::POST {
        return Reply::problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use POST").with("allow", "POST");
    }
    if let ["life", event] = rest {
        return life::happen(app, event, &call.payload);
    }
    let Payload::Whole(bytes) = &call.payload else {
        return Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large");
    };
    let by_ms = serde_json::from_slice::<Value>(bytes).ok().and_then(|body| body.get("by-ms").and_then(Value::as_i64));
    match by_ms.and_then(|by_ms| app.clock.advance(by_ms)) {
        Some(offset) => Reply::json(StatusCode::OK, json!({ "offset-ms": offset })),
        None => Reply::problem(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "by-ms must be a whole number of milliseconds within a hundred years",
        ),
    }
}
