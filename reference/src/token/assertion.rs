//! How a client proves who it is: by a secret, or by an assertion it signed (RFC 7523).
//! A proof is judged on the clock of the reference and an assertion is good only once.

use super::session::{names, unjudged};
use crate::config::{Client, ClientKey};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The furthest an assertion may reach into the future, in seconds.
const LONGEST: i64 = 3600;
/// The most assertions remembered at a time.
const MOST: usize = 10_000;

/// The assertions that were used and have not expired.
#[derive(Debug, Default)]
pub(crate) struct Assertions(BTreeMap<(String, String), i64>);

#[derive(Debug, Deserialize)]
struct Assertion {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
}

/// Whether the key of this client can be used at all.
pub(crate) fn readable(client: &Client) -> bool {
    match &client.key {
        ClientKey::Secret(secret) => !secret.is_empty(),
        ClientKey::PublicPem(pem) => DecodingKey::from_ec_pem(pem.as_bytes()).is_ok(),
    }
}

/// Whether this is the secret of the client; every byte is looked at.
pub(super) fn secret_is(client: &Client, offered: &str) -> bool {
    match &client.key {
        ClientKey::Secret(secret) => {
            let (a, b) = (secret.as_bytes(), offered.as_bytes());
            a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
        }
        ClientKey::PublicPem(_) => false,
    }
}

/// Who an assertion says it is from; nothing is checked yet.
pub(super) fn issuer(assertion: &str) -> Option<String> {
    jsonwebtoken::dangerous::insecure_decode::<Assertion>(assertion).ok().map(|decoded| decoded.claims.iss)
}

/// Whether this assertion proves, now and for the first time, that the client asks at `audience`.
pub(super) fn proves(client: &Client, assertion: &str, audience: &str, now: i64, used: &mut Assertions) -> bool {
    let ClientKey::PublicPem(pem) = &client.key else {
        return false;
    };
    let Ok(key) = DecodingKey::from_ec_pem(pem.as_bytes()) else {
        return false;
    };
    let Ok(decoded) = jsonwebtoken::decode::<Assertion>(assertion, &key, &unjudged()) else {
        return false;
    };
    let claims = decoded.claims;
    let fits = claims.iss == client.id
        && claims.sub == client.id
        && names(&claims.aud, &[audience.to_owned()])
        && claims.exp > now
        && claims.exp <= now + LONGEST
        && claims.nbf.is_none_or(|from| from <= now)
        && !claims.jti.is_empty();
    fits && used.first_time(&client.id, claims.jti, claims.exp, now)
}

impl Assertions {
    fn first_time(&mut self, client: &str, jti: String, exp: i64, now: i64) -> bool {
        self.0.retain(|_, expires| *expires > now);
        // A full memory refuses: forgetting would let an old assertion in again.
        self.0.len() < MOST && self.0.insert((client.to_owned(), jti), exp).is_none()
    }
}
