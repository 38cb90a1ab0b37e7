//! Access tokens: made with a key that lives as long as the process, and read back from a request.
//! A token that is nonsense and one that is meant for somebody else are the same thing here.

use super::scope;
use crate::app::App;
use crate::config::Right;
use crate::wire::Call;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

pub(crate) const LIFETIME: i64 = 300;

/// So many tokens are known at a time; then all are forgotten, so that a flood of them takes no memory.
const KNOWN: usize = 4096;

pub(crate) struct Signer {
    signing: EncodingKey,
    reading: DecodingKey,
    /// Tokens whose signature was found good. Only that is remembered: times and audiences are judged every time.
    known: Mutex<HashMap<String, Claims>>,
}

/// What a token says; clients have no business reading it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Value,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) patient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Who asks, as far as an endpoint needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) client: String,
    pub(crate) right: Right,
    /// The only patient this token is about, if it was narrowed.
    pub(crate) patient: Option<String>,
    /// What the token was narrowed to, if it was.
    pub(crate) scope: Option<String>,
}

impl Session {
    /// Whether the scope of the token covers reading this type.
    pub(crate) fn may_read(&self, kind: &str) -> bool {
        scope::reads(self.scope.as_deref(), kind)
    }

    /// Whether the scope of the token has this word.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|one| one == word))
    }

    /// Whether it covers changing this type.
    pub(crate) fn may_write(&self, kind: &str) -> bool {
        scope::writes(self.scope.as_deref(), kind)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// No bearer token was sent.
    Missing,
    /// One was sent, but it is not good here.
    Invalid,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Denied {
    /// The challenge that goes with a 401.
    pub(crate) fn challenge(self) -> &'static str {
        match self {
            Self::Missing => "Bearer realm=\"reference\"",
            Self::Invalid => "Bearer realm=\"reference\", error=\"invalid_token\"",
        }
    }
}

impl Signer {
    pub(crate) fn generate() -> Result<Self, String> {
        // A random scalar is out of range less than once in 2^32; a second draw is enough.
        let key = (0..8)
            .find_map(|_| SigningKey::from_slice(&rand::random::<[u8; 32]>()).ok())
            .ok_or("no signing key could be drawn")?;
        let der = key.to_pkcs8_der().map_err(|fault| fault.to_string())?;
        let public = key.verifying_key().to_encoded_point(false);
        Ok(Self {
            signing: EncodingKey::from_ec_der(der.as_bytes()),
            reading: DecodingKey::from_ec_der(public.as_bytes()),
            known: Mutex::default(),
        })
    }

    pub(crate) fn sign(&self, claims: &impl Serialize) -> Option<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &self.signing).ok()
    }

    fn read(&self, token: &str) -> Option<Claims> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claims) = known().get(token) {
            return Some(claims.clone());
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.reading, &unjudged()).ok()?.claims;
        let mut known = known();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(token.to_owned(), claims.clone());
        Some(claims)
    }
}

/// Checks the signature only: every time is judged on the clock of the reference.
pub(super) fn unjudged() -> Validation {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

/// Whether `aud` names at least one of these.
pub(super) fn names(aud: &Value, any_of: &[String]) -> bool {
    let named = |value: &Value| value.as_str().is_some_and(|aud| any_of.iter().any(|one| one == aud));
    match aud {
        Value::Array(all) => all.iter().any(named),
        one => named(one),
    }
}

/// Reads the bearer token of a call that arrived where one of these audiences is served.
pub(crate) fn bearer(app: &App, call: &Call, audiences: &[String]) -> Result<Session, Denied> {
    let mut sent = call.headers.get_all("authorization").iter();
    let first = sent.next().ok_or(Denied::Missing)?;
    if sent.next().is_some() {
        return Err(Denied::Invalid);
    }
    let claims = first
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| app.signer.read(token.trim()))
        .ok_or(Denied::Invalid)?;
    let now = app.clock.now().unix_timestamp();
    let good =
        claims.iss == app.setup.token() && claims.exp > now && claims.iat <= now && names(&claims.aud, audiences);
    let client = app.setup.clients.iter().find(|client| client.id == claims.sub);
    match client.filter(|_| good) {
        Some(client) => {
            let wide = scope::overrides(&app.setup, claims.scope.as_deref());
            let right = if wide { Right::Writer } else { client.right.clone() };
            Ok(Session { client: client.id.clone(), right, patient: claims.patient, scope: claims.scope })
        }
        None => Err(Denied::Invalid),
    }
}
