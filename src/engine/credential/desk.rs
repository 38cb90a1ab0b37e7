//! Makes one party's proof from what the target file says of it and where it says the secrets are.
//! A secret is read here and nowhere else; a fault is told by its place.

use super::key::{self, Signer};
use super::token;
use super::{Client, ClientMeans, CredentialError, Proof};
use crate::model::id::MemberId;
use crate::model::target::{ClientCredentials, Credential, SecretMethod, SecretRef, Target};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// Where one party's credential is made up.
pub(super) struct Desk<'a> {
    pub(super) target: &'a Target,
    pub(super) base: &'a Path,
    pub(super) env: &'a dyn Fn(&str) -> Option<String>,
    pub(super) party: &'a MemberId,
}

impl Desk<'_> {
    /// The proof of this party; its secrets are noted for the seal.
    pub(super) fn proof(
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
            Credential::ClientCredentials(client) => Proof::Client(Box::new(self.client(client, secrets)?)),
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
                    self.error(place, "which holds no PEM private key for P-256 or RSA", key::REMEDY.to_owned())
                })?;
                secrets.push(("private-key", pem));
                ClientMeans::Key(Box::new(signer))
            }
            (Some(_), Some(_)) => return Err(self.exactly_one("but has both")),
            (None, None) => return Err(self.exactly_one("but has neither")),
        };
        let token_url = self.target.endpoints.get(&client.endpoint).cloned().ok_or_else(|| CredentialError {
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
            return Err(self.error(place, "which holds more than one line, or control characters", remedy));
        }
        Ok(secret)
    }

    fn secret(&self, place: &SecretRef) -> Result<String, CredentialError> {
        let secret = match place {
            SecretRef::Env(name) => (self.env)(name)
                .ok_or_else(|| self.error(place, "which is not set", format!("set {name} before starting")))?,
            SecretRef::File(path) => {
                let text = std::fs::read_to_string(self.base.join(path)).map_err(|_| {
                    let remedy = "give the path relative to the target file, and make it readable".to_owned();
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
        CredentialError { party: self.party.clone(), place, cause, remedy }
    }
}
