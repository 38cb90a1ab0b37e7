//! The token endpoint: client credentials (RFC 6749) with resource indicators (RFC 8707).
//! It answers in the words of those two and never says whether a patient exists.

use super::assertion::{issuer, proves, secret_is};
use super::scope::granted;
use super::session::{Claims, LIFETIME};
use crate::app::App;
use crate::config::{Client, Right};
use crate::wire::{Call, Pairs, Payload, Reply, pairs, single};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) fn answer(app: &App, call: &Call) -> Reply {
    grant(app, call).unwrap_or_else(|refusal| refusal).with("cache-control", "no-store").with("pragma", "no-cache")
}

fn grant(app: &App, call: &Call) -> Result<Reply, Reply> {
    if call.method != Method::POST {
        return Err(Reply::problem(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "use POST").with("allow", "POST"));
    }
    let form = form(call)?;
    let client = authenticated(app, call, &form)?;
    match single(&form, "grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(bad("unsupported_grant_type", "only client_credentials is granted"));
        }
        None => return Err(bad("invalid_request", "grant_type is missing")),
    }
    let aud = audience(app, &form)?;
    let patient = single(&form, "patient").filter(|id| !id.is_empty());
    if client.right == Right::Portal && patient.is_none() {
        return Err(bad("invalid_request", "a portal asks for a token per patient"));
    }
    let now = app.clock.now().unix_timestamp();
    let asked = single(&form, "scope").filter(|scope| !scope.is_empty());
    let scope = match asked.map(|asked| granted(&app.setup, &client.right, asked)) {
        Some(None) => return Err(bad("invalid_scope", "the scope is not one that this client can have")),
        Some(granted) => granted,
        None => None,
    };
    let claims = Claims {
        iss: app.setup.token(),
        sub: client.id.clone(),
        aud,
        iat: now,
        exp: now + LIFETIME,
        jti: format!("{:032x}", rand::random::<u128>()),
        patient: patient.map(|id| id.strip_prefix("Patient/").unwrap_or(id).to_owned()),
        purpose: single(&form, "purpose").map(str::to_owned),
        scope: scope.clone(),
    };
    let Some(token) = app.signer.sign(&claims) else {
        return Err(Reply::problem(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the token could not be signed"));
    };
    let mut body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME });
    if let Some(scope) = scope {
        body["scope"] = Value::String(scope);
    }
    Ok(Reply::json(StatusCode::OK, body))
}

fn bad(error: &str, description: &str) -> Reply {
    Reply::problem(StatusCode::BAD_REQUEST, error, description)
}

fn form(call: &Call) -> Result<Pairs, Reply> {
    let Payload::Whole(bytes) = &call.payload else {
        return Err(Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the body is too large"));
    };
    if call.content_type().as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(bad("invalid_request", "the body must be a form"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| bad("invalid_request", "the body is not text"))?;
    let form = pairs(text);
    let repeated =
        form.iter().any(|(key, _)| key != "resource" && form.iter().filter(|(other, _)| other == key).count() > 1);
    if repeated {
        return Err(bad("invalid_request", "a parameter is repeated"));
    }
    Ok(form)
}

fn audience(app: &App, form: &Pairs) -> Result<Value, Reply> {
    let all = app.setup.audiences();
    let mut named = Vec::new();
    for (_, resource) in form.iter().filter(|(key, _)| key == "resource") {
        if !all.contains(resource) {
            return Err(bad("invalid_target", "the resource is not one of ours"));
        }
        named.push(resource.clone());
    }
    Ok(match named.as_slice() {
        [] => json!(all),
        [one] => json!(one),
        _ => json!(named),
    })
}

fn authenticated<'a>(app: &'a App, call: &Call, form: &Pairs) -> Result<&'a Client, Reply> {
    let refused = || {
        Reply::problem(StatusCode::UNAUTHORIZED, "invalid_client", "the client could not be authenticated")
            .with("www-authenticate", "Basic realm=\"token\"")
    };
    let known = |id: &str| app.setup.clients.iter().find(|client| client.id == id);
    let basic = call.header("authorization");
    let secret = single(form, "client_secret");
    let assertion = single(form, "client_assertion");
    let id = single(form, "client_id");
    let client = match (basic, secret, assertion) {
        (Some(value), None, None) => {
            let (name, secret) = credentials(value).ok_or_else(refused)?;
            known(&name).filter(|client| secret_is(client, &secret))
        }
        (None, Some(secret), None) => id.and_then(known).filter(|client| secret_is(client, secret)),
        (None, None, Some(assertion)) => {
            if single(form, "client_assertion_type") != Some(JWT_BEARER) {
                return Err(bad("invalid_request", "client_assertion_type must be jwt-bearer"));
            }
            let now = app.clock.now().unix_timestamp();
            let used = &mut app.world().assertions;
            issuer(assertion)
                .and_then(|name| known(&name))
                .filter(|client| proves(client, assertion, &app.setup.token(), now, used))
        }
        (None, None, None) => None,
        _ => {
            return Err(bad("invalid_request", "more than one way of authenticating was used"));
        }
    };
    let client = client.ok_or_else(refused)?;
    if id.is_some_and(|id| id != client.id) {
        return Err(refused());
    }
    Ok(client)
}

/// Both halves are form-encoded first (RFC 6749, 2.3.1).
fn credentials(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, secret) = text.split_once(':')?;
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    Some((decode(name), decode(secret)))
}
