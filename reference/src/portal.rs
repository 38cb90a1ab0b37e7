//! The patient's portal: reading choices in both styles, recording them in the other one.
//! A portal session reaches the choices of its own patient and nothing else.

use crate::app::{App, Which};
use crate::config::{Right, Style};
use crate::fhir::{Choices, Scope, Stance};
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
    let deed = match call.method {
        Method::GET => None,
        Method::PUT if !records => {
            return Err(Reply::problem(
                StatusCode::NOT_FOUND,
                "not_supported",
                "choices are recorded as Consent resources at the FHIR endpoint",
            ));
        }
        Method::PUT => Some(asked(app, call)?),
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
    if let Some((deed, scope, until)) = deed {
        if holder.choices.len() >= MOST && !holder.choices.contains_key(*patient) {
            return Err(Reply::problem(StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room for more choices"));
        }
        let choice = holder.choices.entry((*patient).to_owned()).or_default();
        match deed {
            Deed::Record(stance) if scope == Scope::default() => choice.change(stance, until),
            Deed::Record(stance) => choice.change_part(scope, stance),
            Deed::Withdraw => choice.withdraw(),
            Deed::Clear => choice.clear(),
        }
        holder.reopened.remove(*patient);
    }
    let recorded = holder.choices.get(*patient);
    let now = Choices { setup: &app.setup, store: &holder.store, recorded, patient, now: Some(app.clock.now()) };
    let (objected, consented) = (now.objected(), now.consented());
    Ok(Reply::json(StatusCode::OK, json!({ "objected": objected, "consented": consented, "patient": patient })))
}

fn bad(description: &str) -> Reply {
    Reply::problem(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// What a patient does to the choices on record.
enum Deed {
    Record(Stance),
    Withdraw,
    Clear,
}

fn asked(app: &App, call: &Call) -> Result<(Deed, Scope, Option<OffsetDateTime>), Reply> {
    let Payload::Whole(bytes) = &call.payload else {
        return Err(Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"));
    };
    let body: Value = serde_json::from_slice(bytes).map_err(|_| bad("the body is not JSON"))?;
    let deed = match body["choice"].as_str() {
        Some("objection" | "deny") => Deed::Record(Stance::Objection),
        Some("permit") => Deed::Record(Stance::Permit),
        Some("withdraw") => Deed::Withdraw,
        Some("none") => Deed::Clear,
        _ => return Err(bad("choice is objection, permit, withdraw or none")),
    };
    let word = |name: &str| body[name].as_str().filter(|word| !matches!(*word, "" | "any")).map(str::to_owned);
    let kind = match word("category").as_deref() {
        None => None,
        Some("medication") => Some("MedicationRequest".to_owned()),
        Some("laboratory") => Some("Observation".to_owned()),
        Some(_) => return Err(bad("category is medication or laboratory")),
    };
    let ura = word("organisation");
    let known = |ura: &String| {
        app.setup.clients.iter().any(|client| matches!(&client.right, Right::Organisation { ura: own } if own == ura))
    };
    if ura.as_ref().is_some_and(|ura| !known(ura)) {
        return Err(bad("organisation is the URA of somebody who can ask here"));
    }
    let until = match body["lasts"].as_str() {
        Some(text) => {
            let lasts = length(text).ok_or_else(|| bad("lasts is such as 30s or 5m"))?;
            Some(app.clock.now() + lasts)
        }
        None => None,
    };
    Ok((deed, Scope { kind, ura }, until))
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
