//! Tokens: asked for when a request needs one, kept for the case that asked, made anew when they run out.
//! A refusal is told by its status and its error code only; a token service may quote secrets in prose.

use super::{Client, ClientMeans, Credentials, NONSENSE, Proof};
use crate::engine::oracle::tree;
use crate::engine::probe::{Answer, Carried, Request};
use crate::engine::wire::Wire;
use crate::model::id::MemberId;
use crate::model::record::{Key, Purpose};
use crate::model::request::Method;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::OffsetDateTime;
use url::form_urlencoded;

/// How much earlier than stated a token counts as run out.
const MARGIN: time::Duration = time::Duration::seconds(10);

/// How a token differs from the one a party normally gets, with every name resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResolvedChange {
    /// The URL of the endpoint the request goes to; told to a token service only if its
    /// credential names the parameter for endpoints.
    pub default_endpoint: Option<String>,
    /// The URL of the endpoint it is meant for, where the step states one.
    pub endpoint: Option<String>,
    /// The id of the patient it is meant for.
    pub patient: Option<String>,
    /// The scope asked for; an empty one asks for none.
    pub scope: Option<String>,
    /// The purpose of use.
    pub purpose: Option<String>,
}

impl ResolvedChange {
    /// The first thing a step asks for beyond the default.
    fn asks(&self) -> Option<&'static str> {
        [("endpoint", &self.endpoint), ("patient", &self.patient), ("scope", &self.scope), ("purpose", &self.purpose)]
            .into_iter()
            .find_map(|(name, value)| value.as_ref().map(|_| name))
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The party has no credential in the target file.
    #[error("there is no credential")]
    NoCredential,
    /// The credential has no way to say this; the plan leaves such steps out.
    #[error("its credential has no parameter for the {0} of a token")]
    NotNamed(&'static str),
    /// The assertion could not be signed.
    #[error("its assertion could not be signed")]
    Unsigned,
    /// The token service did not answer.
    #[error("the token service did not answer: {detail}")]
    Broken {
        /// The record that shows it.
        number: u64,
        /// How it broke, in our words.
        detail: String,
    },
    /// The token service gave no token.
    #[error("the token service answered {status}{}", .code.as_ref().map(|code| format!(" {code}")).unwrap_or_default())]
    Refused {
        /// The record that shows it.
        number: u64,
        /// The status of its answer; a 200 held no `access_token`.
        status: u16,
        /// The OAuth error code, if it is a plain word.
        code: Option<String>,
    },
}

impl TokenError {
    /// Whether the service refused what was asked of it, rather than who asked or in what form.
    #[must_use]
    pub fn is_of_scope(&self) -> bool {
        let Self::Refused { status, code, .. } = self else { return false };
        matches!(
            (*status, code.as_deref()),
            (400 | 403, Some("invalid_scope" | "access_denied" | "unauthorized_client"))
        )
    }

    /// The record that shows it.
    #[must_use]
    pub const fn number(&self) -> Option<u64> {
        match self {
            Self::Broken { number, .. } | Self::Refused { number, .. } => Some(*number),
            Self::NoCredential | Self::NotNamed(_) | Self::Unsigned => None,
        }
    }
}

/// The tokens of one case.
#[derive(Debug)]
pub struct Tokens {
    credentials: Arc<Credentials>,
    nonsense: String,
    kept: BTreeMap<(MemberId, ResolvedChange), Kept>,
}

struct Kept {
    header: String,
    until: Option<OffsetDateTime>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("until", &self.until).finish_non_exhaustive()
    }
}

impl Tokens {
    /// None yet; `draw` is a text of the run and case from which the nonsense token follows.
    #[must_use]
    pub fn new(credentials: Arc<Credentials>, draw: &str) -> Self {
        let digest = Sha256::digest(format!("nonsense token\n{draw}"));
        Self { credentials, nonsense: URL_SAFE_NO_PAD.encode(digest), kept: BTreeMap::new() }
    }

    /// Whether this party's credential can say this of a token.
    #[must_use]
    pub fn can(&self, party: &MemberId, want: super::Want) -> bool {
        self.credentials.can(party, want)
    }

    /// The header by which this party proves who it is; nothing if it needs none.
    ///
    /// # Errors
    /// If there is no such credential, it cannot say what is asked, or no token was given.
    pub async fn header(
        &mut self,
        wire: &Wire,
        key: Key,
        party: &MemberId,
        change: &ResolvedChange,
        now: OffsetDateTime,
    ) -> Result<Option<(String, String)>, TokenError> {
        let header = |value: String| Some(("authorization".to_owned(), value));
        if party.as_str() == NONSENSE {
            return Ok(header(format!("Bearer {}", self.nonsense)));
        }
        let credentials = Arc::clone(&self.credentials);
        let client = match credentials.parties.get(party).ok_or(TokenError::NoCredential)? {
            Proof::Client(client) => client,
            Proof::None | Proof::Fixed(_) if change.asks().is_some() => {
                return Err(TokenError::NotNamed(change.asks().unwrap_or_default()));
            }
            Proof::None => return Ok(None),
            Proof::Fixed(value) => return Ok(header(value.clone())),
        };
        let mut which = (party.clone(), change.clone());
        if client.parameters.endpoint.is_none() {
            // It is not told, so one token does for all endpoints.
            which.1.default_endpoint = None;
        }
        if let Some(kept) = self.kept.get(&which)
            && kept.until.is_none_or(|until| now < until)
        {
            return Ok(header(kept.header.clone()));
        }
        let key = Key { purpose: Purpose::Token, ..key };
        let kept = client.ask(wire, key, change, now).await?;
        let value = kept.header.clone();
        self.kept.insert(which, kept);
        Ok(header(value))
    }
}

impl Client {
    async fn ask(
        &self,
        wire: &Wire,
        key: Key,
        change: &ResolvedChange,
        now: OffsetDateTime,
    ) -> Result<Kept, TokenError> {
        let request = self.request(change, now)?;
        if let Some(signature) = signature(&request) {
            wire.log().learn("signature", &signature);
        }
        let exchanged = wire.exchange_learning(key, request, secrets).await;
        let number = exchanged.number;
        let answer = match exchanged.carried.result {
            Ok(answer) => answer,
            Err(broken) => {
                return Err(TokenError::Broken { number, detail: broken.detail });
            }
        };
        let body = json(&answer);
        let token = body.as_ref().and_then(|body| body["access_token"].as_str()).filter(|token| sendable(token));
        match (answer.status, token) {
            (200, Some(token)) => {
                let lifetime = body.as_ref().and_then(|body| seconds(&body["expires_in"]));
                let until = lifetime.map(|lifetime| now.saturating_add(lifetime) - MARGIN);
                Ok(Kept { header: format!("Bearer {token}"), until })
            }
            (status, _) => {
                let code = body.as_ref().and_then(|body| body["error"].as_str()).filter(|code| plain(code));
                Err(TokenError::Refused { number, status, code: code.map(str::to_owned) })
            }
        }
    }

    fn request(&self, change: &ResolvedChange, now: OffsetDateTime) -> Result<Request, TokenError> {
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ];
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        for (name, value) in self.parameters(change)? {
            form.append_pair(name, value);
        }
        match &self.means {
            ClientMeans::Basic(pair) => headers.push(("authorization".to_owned(), format!("Basic {pair}"))),
            ClientMeans::Post(secret) => {
                form.append_pair("client_id", &self.id).append_pair("client_secret", secret);
            }
            ClientMeans::Key(signer) => {
                let assertion = signer.assertion(&self.id, &self.token_url, now.unix_timestamp());
                form.append_pair("client_id", &self.id)
                    .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    .append_pair("client_assertion", &assertion.ok_or(TokenError::Unsigned)?);
            }
        }
        Ok(Request { method: Method::Post, url: self.token_url.clone(), headers, body: form.finish().into_bytes() })
    }

    fn parameters<'a>(&'a self, change: &'a ResolvedChange) -> Result<Vec<(&'a str, &'a str)>, TokenError> {
        let named = &self.parameters;
        let mut pairs = Vec::new();
        let scope = change.scope.as_ref().or(self.scope.as_ref()).filter(|scope| !scope.is_empty());
        pairs.extend(scope.map(|scope| ("scope", scope.as_str())));
        let endpoint = match (&named.endpoint, &change.endpoint) {
            (name, Some(endpoint)) => Some((name.as_deref().unwrap_or("resource"), endpoint.as_str())),
            (Some(name), None) => change.default_endpoint.as_deref().map(|endpoint| (name.as_str(), endpoint)),
            (None, None) => None,
        };
        pairs.extend(endpoint);
        for (what, name, value) in
            [("patient", &named.patient, &change.patient), ("purpose", &named.purpose, &change.purpose)]
        {
            if let Some(value) = value {
                pairs.push((name.as_deref().ok_or(TokenError::NotNamed(what))?, value.as_str()));
            }
        }
        Ok(pairs)
    }
}

/// Client id and secret for HTTP Basic, each form-encoded first (RFC 6749, 2.3.1).
pub(super) fn basic(id: &str, secret: &str) -> String {
    let coded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    STANDARD.encode(format!("{}:{}", coded(id), coded(secret)))
}

/// The signature of the assertion in a token request; its header and claims are no secret.
fn signature(request: &Request) -> Option<String> {
    let (_, assertion) = form_urlencoded::parse(&request.body).find(|(name, _)| name == "client_assertion")?;
    assertion.rsplit('.').next().map(str::to_owned)
}

/// Whatever a token service hands out, also in an answer that we do not accept.
fn secrets(carried: &Carried) -> Vec<(&'static str, String)> {
    let Some(body) = carried.result.as_ref().ok().and_then(json) else {
        return Vec::new();
    };
    ["access_token", "refresh_token", "id_token"]
        .into_iter()
        .filter_map(|name| body[name].as_str())
        .filter(|token| !token.is_empty())
        .map(|token| ("token", token.to_owned()))
        .collect()
}

fn json(answer: &Answer) -> Option<Value> {
    tree::carried(&answer.headers, &answer.body)
}

/// Some services write the lifetime as text.
fn seconds(value: &Value) -> Option<time::Duration> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    Some(time::Duration::seconds(seconds.clamp(0, 10 * 365 * 86_400)))
}

/// Whether a token can stand in a header (RFC 6750, 2.1, read generously).
fn sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether an error code is a word that cannot hold a secret.
fn plain(code: &str) -> bool {
    (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
