//! The patient's portal: reading choices in both styles, recording them in the other one.
//! A portal session reaches the choices of its own patient and nothing else.

use crate::app::{App, Which};
use crate::config::{Right, Style};
use crate::fhir::{Choices, Stance};
use crate::token::bearer;
use crate::wire::{Call, Payload, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// The most patients whose choices are kept.
const MOST: usize = 50_000;

pub(crate) fn answer(app: &App, call: &Call, rest: &[&str]) -> Reply {
    choices(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn choices(app: &App, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let which = match call.single("endpoint") {
        None | Some("fhir") => Which::A,
        Some("fhir-2") => Which::B,
        Some(_) => return Err(bad("endpoint is fhir or fhir-2")),
    };
    let audiences = [app.setup.portal(), app.setup.holder(which)];
    let session = bearer(app, call, &audiences).map_err(|denied| {
        Reply::problem(StatusCode::UNAUTHORIZED, "invalid_token", "a valid access token is required")
            .with("www-authenticate", denied.challenge())
    })?;
    let ["choices", patient] = rest else {
        return Err(Reply::problem(StatusCode::NOT_FOUND, "not_found", "nothing is served here"));
    };
    let records = app.setup.style == Style::Other;
    let stance = match call.method {
        Method::GET => None,
        Method::PUT if !records => {
            return Err(Reply::problem(
                StatusCode::NOT_FOUND,
                "not_supported",
                "choices are recorded as Consent resources at the FHIR endpoint",
            ));
        }
        Method::PUT => Some(asked(call, app.clock.now())?),
        _ => {
            let allow = if records { "GET, PUT" } else { "GET" };
            return Err(Reply::problem(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "use one of the allowed methods",
            )
            .with("allow", allow));
        }
    };
    if session.right != Right::Portal || session.patient.as_deref() != Some(patient) {
        return Err(Reply::problem(
            StatusCode::FORBIDDEN,
            "forbidden",
            "a portal session reaches the choices of its own patient only",
        ));
    }
    let mut world = app.world();
    let holder = world.holder(which);
    if let Some((stance, until)) = stance {
        if holder.choices.len() >= MOST && !holder.choices.contains_key(*patient) {
            return Err(Reply::problem(StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room for more choices"));
        }
        holder.choices.entry((*patient).to_owned()).or_default().change(stance, until);
        holder.reopened.remove(*patient);
    }
    let recorded = holder.choices.get(*patient).copied();
    let now = Choices { store: &holder.store, recorded, patient, now: Some(app.clock.now()) };
    let (objected, consented) = (now.objected(None), now.permitted(None));
    Ok(Reply::json(StatusCode::OK, json!({ "objected": objected, "consented": consented, "patient": patient })))
}

fn bad(description: &str) -> Reply {
    Reply::problem(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// What is chosen, and when that ends if it does.
fn asked(call: &Call, now: OffsetDateTime) -> Result<(Stance, Option<OffsetDateTime>), Reply> {
    let Payload::Whole(bytes) = &call.payload else {
        return Err(Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"));
    };
    let body: Value = serde_json::from_slice(bytes).map_err(|_| bad("the body is not JSON"))?;
    let until = match body["lasts"].as_str() {
        Some(text) => Some(length(text).map(|lasts| now + lasts).ok_or_else(|| bad("lasts is such as 30s or 5m"))?),
        None => None,
    };
    match body["choice"].as_str() {
        Some("objection") => Ok((Stance::Objection, until)),
        Some("permit") => Ok((Stance::Permit, until)),
        Some("none") => Ok((Stance::None, until)),
        _ => Err(bad("choice is objection, permit or none")),
    }
}

/// A length of time, from seconds to days.
fn length(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    Some(Duration::seconds(number.parse::<u32>().ok().map(i64::from)?.checked_mul(seconds)?))
}
