//! Carries out one action by its binding and records it with the exchanges it took.
//! What goes wrong on the way is recorded as not acknowledged; only what never began is refused.

use super::stage::{Call, Refusal, Stage};
use super::{consent, exec, http, manual};
use crate::engine::credential::{ResolvedChange, TokenError, Tokens, Want};
use crate::engine::probe::{Answer, Carried, Request};
use crate::model::id::{MemberId, Word};
use crate::model::record::{ActionRecord, Key, Purpose};
use crate::model::target::Binding;
use crate::model::verdict::Evidence;
use std::collections::BTreeMap;

/// An action that was carried out and recorded.
#[derive(Clone, Debug)]
pub struct Acted {
    /// The number of its record.
    pub number: u64,
    /// What was recorded, before sealing: `returned` holds the values for later steps.
    pub record: ActionRecord,
}

/// Carries out an action.
///
/// # Errors
/// If it could not even begin; then nothing is recorded.
pub async fn act(stage: &Stage<'_>, tokens: &mut Tokens, call: &Call, binding: &Binding) -> Result<Acted, Refusal> {
    let mut errand = Errand { stage, tokens, call, exchanges: Vec::new() };
    let (word, evidence, done) = match binding {
        Binding::FhirConsent(binding) => ("fhir-consent", Evidence::Wire, consent::run(&mut errand, binding).await),
        Binding::Http(binding) => ("http", Evidence::Wire, http::run(&mut errand, binding).await),
        Binding::Exec(arguments) => ("exec", Evidence::Hook, exec::run(stage, call, arguments).await),
        Binding::Manual(binding) => ("manual", Evidence::Operator, manual::run(stage, call, binding).await),
    };
    let done = match done {
        Ok(done) => done,
        Err(Halt::Failed(detail)) => Done { acknowledged: false, detail, returned: BTreeMap::new() },
        Err(Halt::Refused(refusal)) => return Err(refusal),
    };
    let record = ActionRecord {
        action: call.action.clone(),
        person: call.person.as_ref().map(|person| person.member.clone()),
        binding: word.to_owned(),
        with: call.with.clone(),
        acknowledged: done.acknowledged,
        detail: done.detail,
        returned: done.returned,
        evidence,
        exchanges: errand.exchanges,
        // The seal knows.
        foreign: Vec::new(),
        // The log knows when the run began.
        ended_ns: 0,
    };
    let key = Key { purpose: Purpose::Action, ..call.key.clone() };
    let number = stage.wire.log().action(key, record.clone());
    Ok(Acted { number, record })
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) acknowledged: bool,
    pub(super) detail: String,
    pub(super) returned: BTreeMap<String, String>,
}

impl Done {
    pub(super) fn acknowledged(detail: impl Into<String>) -> Self {
        Self { acknowledged: true, detail: detail.into(), returned: BTreeMap::new() }
    }
}

/// Why an action came to an end before its end.
#[derive(Clone, Debug)]
pub(super) enum Halt {
    /// It never began.
    Refused(Refusal),
    /// It began and failed.
    Failed(String),
}

impl Halt {
    pub(super) fn failed(detail: impl Into<String>) -> Self {
        Self::Failed(detail.into())
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An action on its way over the wire.
pub(super) struct Errand<'a, 's> {
    pub(super) stage: &'a Stage<'s>,
    pub(super) tokens: &'a mut Tokens,
    pub(super) call: &'a Call,
    pub(super) exchanges: Vec<u64>,
}

impl Errand<'_, '_> {
    /// The base URL of an endpoint, without a slash at the end.
    pub(super) fn base(&self, endpoint: &Word) -> Result<String, Refusal> {
        let url = self.stage.target.endpoints.get(endpoint);
        url.map(|url| url.trim_end_matches('/').to_owned()).ok_or_else(|| Refusal::NoEndpoint(endpoint.clone()))
    }

    /// Sends a request as a party; without one it is anonymous.
    pub(super) async fn send(
        &mut self,
        party: Option<&MemberId>,
        endpoint: &Word,
        request: Request,
    ) -> Result<(Request, Answer), Halt> {
        self.send_for(party, endpoint, request, |_, _| Vec::new()).await
    }

    /// The same, for a request from whose answer values are returned: `values` reads them, by name.
    pub(super) async fn send_for(
        &mut self,
        party: Option<&MemberId>,
        endpoint: &Word,
        mut request: Request,
        values: impl FnOnce(&Request, &Answer) -> Vec<(String, String)> + Send,
    ) -> Result<(Request, Answer), Halt> {
        if let Some(party) = party {
            let authorization = self.authorization(party, endpoint).await?;
            // A header that the binding writes itself is the owner's express wish.
            let written = request.headers.iter().any(|(name, _)| name == "authorization");
            request.headers.extend(authorization.filter(|_| !written));
        }
        let key = Key { purpose: Purpose::Action, ..self.call.key.clone() };
        let read =
            |carried: &Carried| carried.result.as_ref().map(|answer| values(&request, answer)).unwrap_or_default();
        let exchanged = self.stage.wire.exchange_returning(key, request.clone(), read).await;
        self.exchanges.push(exchanged.number);
        match exchanged.carried.result {
            Ok(answer) => Ok((request, answer)),
            Err(broken) => Err(Halt::Failed(format!("{} broke: {}", request.method.as_str(), broken.detail))),
        }
    }

    async fn authorization(&mut self, party: &MemberId, endpoint: &Word) -> Result<Option<(String, String)>, Halt> {
        let change = ResolvedChange {
            default_endpoint: self.stage.target.endpoints.get(endpoint).cloned(),
            patient: self.own_session(party, endpoint),
            ..ResolvedChange::default()
        };
        let key = self.call.key.clone();
        match self.tokens.header(self.stage.wire, key, party, &change, self.stage.now).await {
            Ok(header) => Ok(header),
            Err(TokenError::NoCredential) => Err(Refusal::NoCredential(party.clone()).into()),
            Err(error) => {
                self.exchanges.extend(error.number());
                Err(Halt::Failed(format!("no token for `{party}`: {error}")))
            }
        }
    }

    /// The party `patient` acts in the session of the person concerned, where its credential can say whose.
    fn own_session(&self, party: &MemberId, endpoint: &Word) -> Option<String> {
        let person = self.call.person.as_ref().filter(|_| party.as_str() == "patient")?;
        let id = person.ids.get(endpoint).or_else(|| person.ids.get("fhir"))?;
        self.tokens.can(party, Want::Patient).then(|| id.clone())
    }
}
