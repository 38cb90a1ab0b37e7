//! Secrets of the parties, read once from environment or files, and the headers they turn into.
//! No message ever holds one: errors name the variable or the file, never what stands in it.

mod key;
mod token;

pub use token::{ResolvedChange, TokenError, Tokens};

use crate::model::id::MemberId;
use crate::model::target::{
    ClientCredentials, Credential, SecretMethod, SecretRef, Target, TokenParameters,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
    Key(Signer),
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
            let desk = Desk {
                target,
                base,
                env,
                party,
            };
            match desk.proof(credential, &mut loaded.secrets.0) {
                Ok(proof) => drop(loaded.parties.insert(party.clone(), proof)),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(loaded)
        } else {
            Err(errors)
        }
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
        self.secrets
            .0
            .iter()
            .map(|(kind, value)| (*kind, value.as_str()))
    }
}

/// Where one party's credential is made up.
struct Desk<'a> {
    target: &'a Target,
    base: &'a Path,
    env: &'a dyn Fn(&str) -> Option<String>,
    party: &'a MemberId,
}

impl Desk<'_> {
    fn proof(
        &self,
        credential: &Credential,
        secrets: &mut Vec<(&'static str, String)>,
    ) -> Result<Proof, CredentialError> {
        Ok(match credential {
            Credential::None => Proof::None,
            Credential::Bearer(bearer) => {
                let token = self.one_line(&bearer.token)?;
                secrets.push(("token", token.clone()));
                Proof::Fixed(format!("Bearer {token}"))
            }
            Credential::Basic(basic) => {
                let password = self.one_line(&basic.password)?;
                let pair = STANDARD.encode(format!("{}:{password}", basic.user));
                secrets.extend([("password", password), ("password", pair.clone())]);
                Proof::Fixed(format!("Basic {pair}"))
            }
            Credential::ClientCredentials(client) => {
                Proof::Client(Box::new(self.client(client, secrets)?))
            }
        })
    }

    fn client(
        &self,
        client: &ClientCredentials,
        secrets: &mut Vec<(&'static str, String)>,
    ) -> Result<Client, CredentialError> {
        let means = match (&client.secret, &client.key) {
            (Some(secret), None) => {
                let secret = self.one_line(secret)?;
                secrets.push(("client-secret", secret.clone()));
                match client.method {
                    SecretMethod::Basic => {
                        let basic = token::basic(&client.id, &secret);
                        secrets.push(("client-secret", basic.clone()));
                        ClientMeans::Basic(basic)
                    }
                    SecretMethod::Post => ClientMeans::Post(secret),
                }
            }
            (None, Some(place)) => {
                let pem = self.secret(place)?;
                let signer = Signer::from_pem(&pem, client.key_id.clone()).ok_or_else(|| {
                    self.error(
                        place,
                        "which holds no PEM private key for P-256 or RSA",
                        key::REMEDY.to_owned(),
                    )
                })?;
                secrets.push(("private-key", pem));
                ClientMeans::Key(signer)
            }
            (Some(_), Some(_)) => return Err(self.exactly_one("but has both")),
            (None, None) => return Err(self.exactly_one("but has neither")),
        };
        let token_url = self
            .target
            .endpoints
            .get(&client.endpoint)
            .cloned()
            .ok_or_else(|| CredentialError {
                party: self.party.clone(),
                place: format!("endpoint `{}`", client.endpoint),
                cause: "which the target file does not give",
                remedy: format!("add `{}` under `endpoints`", client.endpoint),
            })?;
        Ok(Client {
            id: client.id.clone(),
            means,
            scope: client.scope.clone(),
            token_url,
            parameters: client.parameters.clone(),
        })
    }

    /// A secret that is to stand in a header or form field.
    fn one_line(&self, place: &SecretRef) -> Result<String, CredentialError> {
        let secret = self.secret(place)?;
        if secret.chars().any(char::is_control) {
            let remedy = "put exactly one line there".to_owned();
            return Err(self.error(
                place,
                "which holds more than one line, or control characters",
                remedy,
            ));
        }
        Ok(secret)
    }

    fn secret(&self, place: &SecretRef) -> Result<String, CredentialError> {
        let secret = match place {
            SecretRef::Env(name) => (self.env)(name).ok_or_else(|| {
                self.error(
                    place,
                    "which is not set",
                    format!("set {name} before starting"),
                )
            })?,
            SecretRef::File(path) => {
                let text = std::fs::read_to_string(self.base.join(path)).map_err(|_| {
                    let remedy = "give the path relative to the target file, and make it readable"
                        .to_owned();
                    self.error(place, "which cannot be read", remedy)
                })?;
                let text = text.strip_suffix('\n').unwrap_or(&text);
                text.strip_suffix('\r').unwrap_or(text).to_owned()
            }
        };
        if secret.is_empty() {
            return Err(self.error(place, "which is empty", "put the secret there".to_owned()));
        }
        Ok(secret)
    }

    fn exactly_one(&self, cause: &'static str) -> CredentialError {
        CredentialError {
            party: self.party.clone(),
            place: "either `secret` or `key`".to_owned(),
            cause,
            remedy: "state exactly one of them in the target file".to_owned(),
        }
    }

    fn error(&self, place: &SecretRef, cause: &'static str, remedy: String) -> CredentialError {
        let place = match place {
            SecretRef::Env(name) => format!("environment variable {name}"),
            SecretRef::File(path) => format!("file {path}"),
        };
        CredentialError {
            party: self.party.clone(),
            place,
            cause,
            remedy,
        }
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

    fn load(
        credentials: &serde_json::Value,
        env: &[(&str, &str)],
    ) -> Result<Credentials, Vec<CredentialError>> {
        let target = testing::target(&json!({ "token": "http://127.0.0.1:1/token" }), credentials);
        let env: BTreeMap<&str, &str> = env.iter().copied().collect();
        Credentials::load(&target, Path::new("/nonexistent"), &|name| {
            env.get(name).map(|value| (*value).to_owned())
        })
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
        for part in [
            "variable MISSING",
            "file absent.txt",
            "variable BAD_KEY",
            "variable TWO",
            "neither",
            "`elsewhere`",
        ] {
            assert!(
                text.iter().any(|line| line.contains(part)),
                "{part} in {text:#?}"
            );
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
        assert!(
            credentials
                .secrets()
                .any(|secret| secret == ("password", "s3cret"))
        );
        assert!(
            credentials
                .secrets()
                .any(|secret| secret == ("password", "dTpzM2NyZXQ="))
        );
        assert!(!format!("{credentials:?}").contains("s3cret"));
        for (party, known) in [
            ("requester", true),
            ("writer", true),
            ("nonsense", true),
            ("stranger", false),
        ] {
            assert_eq!(credentials.knows(&party.parse().unwrap()), known, "{party}");
        }
        assert!(!credentials.can(&"requester".parse().unwrap(), Want::Purpose));
    }
}
