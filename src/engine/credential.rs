//! Secrets of the parties, read once from environment or files, and the headers they turn into.
//! No message ever holds one: errors name the variable or the file, never what stands in it.

mod desk;
mod key;
mod token;

pub use token::{ResolvedChange, TokenError, Tokens};

use crate::model::id::MemberId;
use crate::model::target::{Target, TokenParameters};
use desk::Desk;
use key::Signer;
use std::collections::BTreeMap;
use std::path::Path;

/// The party that shows a bearer token which nobody ever issued.
pub const NONSENSE: &str = "nonsense";

/// The proofs of all parties.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    parties: BTreeMap<MemberId, Proof>,
    secrets: Secrets,
}

/// A secret that cannot be had, in words fit to follow "cannot continue: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credential of `{party}` needs {place}, {cause}; {remedy}")]
pub struct CredentialError {
    /// The party whose credential it is.
    pub party: MemberId,
    /// The variable or file.
    pub place: String,
    /// What is wrong with it.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: String,
}

/// What a step may want of a token beyond the default; a credential may not be able to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Meant for another endpoint.
    Endpoint,
    /// Meant for a patient.
    Patient,
    /// With another scope.
    Scope,
    /// With a purpose of use.
    Purpose,
}

impl Want {
    /// The word of the language for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Patient => "patient",
            Self::Scope => "scope",
            Self::Purpose => "purpose",
        }
    }
}

#[derive(Clone)]
enum Proof {
    None,
    /// The value of the `authorization` header.
    Fixed(String),
    Client(Box<Client>),
}

#[derive(Clone)]
struct Client {
    id: String,
    means: ClientMeans,
    scope: Option<String>,
    token_url: String,
    parameters: TokenParameters,
}

#[derive(Clone)]
enum ClientMeans {
    Basic(String),
    Post(String),
    Key(Box<Signer>),
}

#[derive(Clone, Default)]
struct Secrets(Vec<(&'static str, String)>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Fixed(_) => "Fixed",
            Self::Client(_) => "Client",
        })
    }
}

impl Credentials {
    /// Reads every secret the target file points at; `base` is the folder of that file.
    ///
    /// # Errors
    /// One for each secret that is missing, empty or unfit.
    pub fn load(
        target: &Target,
        base: &Path,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<CredentialError>> {
        let (mut loaded, mut errors) = (Self::default(), Vec::new());
        for (party, credential) in &target.credentials {
            let desk = Desk { target, base, env, party };
            match desk.proof(credential, &mut loaded.secrets.0) {
                Ok(proof) => drop(loaded.parties.insert(party.clone(), proof)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(loaded) } else { Err(errors) }
    }

    /// Whether this party can prove who it is, be it by needing no proof; `nonsense` always can.
    #[must_use]
    pub fn knows(&self, party: &MemberId) -> bool {
        party.as_str() == NONSENSE || self.parties.contains_key(party)
    }

    /// Whether a token of this party can be asked for in that way.
    #[must_use]
    pub fn can(&self, party: &MemberId, want: Want) -> bool {
        let Some(Proof::Client(client)) = self.parties.get(party) else {
            return false;
        };
        match want {
            Want::Endpoint | Want::Scope => true,
            Want::Patient => client.parameters.patient.is_some(),
            Want::Purpose => client.parameters.purpose.is_some(),
        }
    }

    /// Every secret with its kind, for the seal to learn before anything is sent.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.secrets.0.iter().map(|(kind, value)| (*kind, value.as_str()))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A target with these endpoints and credentials, both in JSON.
    pub(crate) fn target(endpoints: &serde_json::Value, credentials: &serde_json::Value) -> Target {
        serde_json::from_value(serde_json::json!({
            "format": 1,
            "name": "target",
            "product": { "vendor": "v", "name": "n", "version": "1" },
            "authorisation": { "owner": "o", "environment": "test", "until": "2099-01-01", "max-requests-per-second": 5 },
            "claims": [],
            "endpoints": endpoints,
            "credentials": credentials,
            "cast": "fhir",
        }))
        .unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn load(credentials: &serde_json::Value, env: &[(&str, &str)]) -> Result<Credentials, Vec<CredentialError>> {
        let target = testing::target(&json!({ "token": "http://127.0.0.1:1/token" }), credentials);
        let env: BTreeMap<&str, &str> = env.iter().copied().collect();
        Credentials::load(&target, Path::new("/nonexistent"), &|name| env.get(name).map(|value| (*value).to_owned()))
    }

    #[test]
    fn each_fault_names_its_place_and_never_a_value() {
        let errors = load(
            &json!({
                "requester": { "bearer": { "token": { "env": "MISSING" } } },
                "requester-2": { "basic": { "user": "u", "password": { "file": "absent.txt" } } },
                "stranger": { "client-credentials": { "id": "c", "key": { "env": "BAD_KEY" } } },
                "writer": { "client-credentials": { "id": "c", "secret": { "env": "TWO" } } },
                "patient": { "client-credentials": { "id": "c" } },
                "other": { "client-credentials": { "id": "c", "secret": { "env": "FINE" }, "endpoint": "elsewhere" } },
            }),
            &[("BAD_KEY", "hush-hush"), ("TWO", "hush\nhush"), ("FINE", "hush")],
        )
        .unwrap_err();
        let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 6, "{text:#?}");
        for part in
            ["variable MISSING", "file absent.txt", "variable BAD_KEY", "variable TWO", "neither", "`elsewhere`"]
        {
            assert!(text.iter().any(|line| line.contains(part)), "{part} in {text:#?}");
        }
        assert!(!text.join("").contains("hush"));
    }

    #[test]
    fn what_is_secret_is_listed_and_not_shown() {
        let credentials = load(
            &json!({ "requester": { "basic": { "user": "u", "password": { "env": "P" } } }, "writer": "none" }),
            &[("P", "s3cret")],
        )
        .unwrap();
        assert!(credentials.secrets().any(|secret| secret == ("password", "s3cret")));
        assert!(credentials.secrets().any(|secret| secret == ("password", "dTpzM2NyZXQ=")));
        assert!(!format!("{credentials:?}").contains("s3cret"));
        for (party, known) in [("requester", true), ("writer", true), ("nonsense", true), ("stranger", false)] {
            assert_eq!(credentials.knows(&party.parse().unwrap()), known, "{party}");
        }
        assert!(!credentials.can(&"requester".parse().unwrap(), Want::Purpose));
    }
}
