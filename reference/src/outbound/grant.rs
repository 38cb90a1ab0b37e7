//! Asks the token service of a partner for a token, with an assertion that lives for seconds (RFC 7523).
//! Every assertion is made anew; none is ever sent twice.

use super::carrier::Outgoing;
use super::patience::{Fault, judged};
use crate::app::App;
use crate::defect::Defect;
use crate::wire::query;
use hyper::Method;
use serde::Serialize;
use serde_json::Value;

/// How long an assertion is good, in seconds.
const LIFETIME: i64 = 5;

#[derive(Debug, Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

/// A token from this service, with this scope or the one that is usual there, and on this ground if there is one
/// (`authorization_base` of TA Notified Pull).
pub(crate) async fn bearer(app: &App, service: &str, scope: Option<&str>, base: Option<&str>) -> Result<String, Fault> {
    let own = app.setup.own_ura.as_str();
    let now = app.clock.now().unix_timestamp();
    let jti = match app.setup.has(Defect::SameProofEveryTime) {
        true => "0".repeat(32),
        false => format!("{:032x}", rand::random::<u128>()),
    };
    let assertion = Assertion { iss: own, sub: own, aud: service, iat: now, exp: now + LIFETIME, jti };
    let assertion = app.signer.sign(&assertion).ok_or(Fault::Hopeless)?;
    let mut form = vec![
        ("grant_type".to_owned(), "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned()),
        ("assertion".to_owned(), assertion),
    ];
    form.extend(scope.map(|scope| ("scope".to_owned(), scope.to_owned())));
    form.extend(base.map(|base| ("authorization_base".to_owned(), base.to_owned())));
    let outgoing = Outgoing::new(Method::POST, service)
        .with("accept", "application/json")
        .body("application/x-www-form-urlencoded", query(&form));
    let answer = judged(app, app.carrier.carry(outgoing).await)?;
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| Fault::Refused)?;
    body["access_token"].as_str().map(str::to_owned).ok_or(Fault::Refused)
}
