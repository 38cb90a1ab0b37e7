//! Something on its way to one recipient: where it goes, what opens the door there, and when it has arrived.
//! What it says is made elsewhere; here it is carried, again and again if need be, and never anywhere else.

use super::state::Address;
use crate::app::App;
use crate::facility::{Facility, address, consult};
use crate::outbound::{Answer, Fault, Outgoing, Patience, bearer, judged};
use hyper::{Method, StatusCode};
use serde_json::Value;

#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// The URA of whom it is for.
    pub(super) recipient: String,
    pub(super) address: Address,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// That there is something to read under this Task, or that it changed.
    Notice { task: String },
    /// A transaction with a prescription in it.
    Order(Value),
}

impl Letter {
    /// Carries it until it has arrived or never will, and says to which address.
    pub(super) async fn deliver(&self, app: &App) -> Result<String, Fault> {
        let base = match &self.address.url {
            Some(url) => url.clone(),
            None => looked_up(app, &self.recipient).await?,
        };
        let mut token = None;
        let mut patience = Patience::default();
        loop {
            match self.attempt(app, &base, &mut token).await {
                Ok(()) => return Ok(base),
                Err(fault) if patience.wait(fault).await => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// One try; a token that was had before is good for the next one too.
    async fn attempt(&self, app: &App, base: &str, token: &mut Option<String>) -> Result<(), Fault> {
        if let (Some(service), None) = (&self.address.token, token.as_ref()) {
            *token = Some(bearer(app, service, self.scope()).await?);
        }
        let outgoing = self.outgoing(base).bearing(token.as_deref());
        let answer = judged(app, app.carrier.carry(outgoing).await)?;
        if self.taken(&answer) { Ok(()) } else { Err(Fault::Refused) }
    }

    fn scope(&self) -> Option<&'static str> {
        match self.content {
            Content::Notice { .. } => Some("eOverdracht-receiver"),
            Content::Order(_) => None,
        }
    }

    fn outgoing(&self, base: &str) -> Outgoing {
        let fhir = "application/fhir+json";
        match &self.content {
            Content::Notice { task } => {
                let outgoing = Outgoing::new(Method::POST, format!("{base}/{task}"));
                outgoing.with("accept", fhir).with("content-length", "0")
            }
            Content::Order(bundle) => Outgoing::new(Method::POST, base)
                .with("accept", fhir)
                .with("prefer", "return=representation")
                .body(fhir, bundle.to_string()),
        }
    }

    /// Whether an answer that says yes says it to all of the content.
    fn taken(&self, answer: &Answer) -> bool {
        match self.content {
            Content::Notice { .. } => true,
            Content::Order(_) => [StatusCode::OK, StatusCode::CREATED].contains(&answer.status) && all_taken(answer),
        }
    }
}

/// Whether every entry of a transaction was carried out.
fn all_taken(answer: &Answer) -> bool {
    let Ok(bundle) = serde_json::from_slice::<Value>(&answer.body) else { return false };
    let done = |entry: &Value| entry["response"]["status"].as_str().is_some_and(|status| status.starts_with('2'));
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    bundle["type"] == "transaction-response" && !entries.is_empty() && entries.iter().all(done)
}

/// The one address that the directory has for an organisation.
async fn looked_up(app: &App, ura: &str) -> Result<String, Fault> {
    let answer = consult(app, Facility::Directory, "", ura).await.map_err(|_| Fault::Hopeless)?;
    address(&answer).ok_or(Fault::Hopeless)
}
