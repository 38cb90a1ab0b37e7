//! Something on its way to one recipient: where it goes, what opens the door there, and when it has arrived.
//! What it says is made elsewhere; here it is carried, again and again if need be, and never anywhere else.

use super::prescription::{Intention, Prescription};
use super::state::{Address, MOST};
use super::task_door;
use crate::app::App;
use crate::config::Style;
use crate::converse::Answer;
use crate::defect::Defect;
use crate::facility::{Facility, address, consult, publish};
use crate::outbound::{Fault, Outgoing, Patience, bearer, judged};
use crate::wire::query;
use crate::xml::{self, Version};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

const FHIR: &str = "application/fhir+json";
const FHIR_XML: &str = "application/fhir+xml";

/// Facilities that a sender with this defect asks first.
const BEFORE: [(Defect, Facility); 3] = [
    (Defect::ConsentCallBeforeSending, Facility::ConsentRegister),
    (Defect::IndexCallBeforeSending, Facility::LocalisationIndex),
    (Defect::DirectoryCallBeforeSending, Facility::Directory),
];

#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// The URA of whom it is for.
    pub(super) recipient: String,
    pub(super) address: Address,
    pub(super) content: Content,
    /// Whom it is about; only defects tell anybody on the way.
    pub(super) bsn: String,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// That there is something to read under this Task, or that it changed.
    Notice {
        task: String,
        /// What the patient has; only a defect says it here.
        diagnosis: String,
    },
    /// A notification Task, to be created at the recipient.
    Task(Box<Value>),
    /// A message on a subscription of the recipient.
    Bulletin(Box<Value>),
    /// A transaction with a prescription in it.
    Order { prescription: Box<Prescription>, intention: Intention },
}

impl Letter {
    /// Delivers the first letter about something. Nobody is asked for leave, and nobody else is told.
    pub(super) async fn begin(&self, app: &App) -> Result<Option<String>, Fault> {
        let has = |defect| app.setup.has(defect);
        for (_, facility) in
            BEFORE.into_iter().filter(|(defect, facility)| has(*defect) && facility.base(app).is_some())
        {
            let answer = consult(app, facility, &self.bsn, &self.recipient).await;
            if !answer.is_ok_and(|answer| answer.status.is_success()) {
                return Err(Fault::Hopeless);
            }
        }
        let arrived = self.deliver(app).await;
        if has(Defect::SendingRegistersInIndex) {
            publish(app, &self.bsn).await;
        }
        arrived
    }

    /// Carries it until it has arrived or never will, and says to which address.
    pub(super) async fn deliver(&self, app: &App) -> Result<Option<String>, Fault> {
        if app.setup.has(Defect::SendOnlyPublishes) {
            publish(app, &self.bsn).await;
            return Ok(None);
        }
        let base = match &self.address.url {
            Some(url) => url.clone(),
            None => looked_up(app, &self.recipient).await?,
        };
        let mut token = None;
        let arrived = self.carry(app, &base, &mut token).await;
        if arrived.is_ok() && app.setup.has(Defect::SendsTwice) {
            // The second one is nobody's concern any more.
            let _ = self.carry(app, &base, &mut token).await;
        }
        if app.setup.has(Defect::SendsToEveryPartner) {
            for other in others(app, &base) {
                let _ = self.attempt(app, &other, &mut None, false).await;
            }
        }
        arrived.map(|()| Some(base))
    }

    async fn carry(&self, app: &App, base: &str, token: &mut Option<String>) -> Result<(), Fault> {
        let mut patience = Patience::of_sender(&app.setup);
        loop {
            match self.attempt(app, base, token, patience.is_again()).await {
                Ok(()) => return Ok(()),
                Err(fault) if patience.wait(fault).await => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// One try; a token that was had before is good for the next one too.
    async fn attempt(&self, app: &App, base: &str, token: &mut Option<String>, again: bool) -> Result<(), Fault> {
        let service = self.address.token.as_ref().filter(|_| !app.setup.has(Defect::SendsWithoutToken));
        if let (Some(service), None) = (service, token.as_ref()) {
            *token = Some(bearer(app, service, self.scope(), None).await?);
        }
        let outgoing = self
            .outgoing(app, base, again)
            .bare(app.setup.has(Defect::SendsWithoutCertificate))
            .bearing(token.as_deref());
        let answer = judged(app, app.carrier.carry(outgoing).await)?;
        if self.taken(&answer) { Ok(()) } else { Err(Fault::Refused) }
    }

    fn scope(&self) -> Option<&'static str> {
        match self.content {
            Content::Notice { .. } => Some("eOverdracht-receiver"),
            Content::Task(_) => Some(task_door::SCOPE),
            Content::Bulletin(_) | Content::Order { .. } => None,
        }
    }

    fn outgoing(&self, app: &App, base: &str, again: bool) -> Outgoing {
        let has = |defect| app.setup.has(defect);
        match &self.content {
            Content::Notice { task, diagnosis } => {
                let asked = match has(Defect::BsnInNotification) {
                    true => format!("?{}", query(&[("bsn".to_owned(), self.bsn.clone())])),
                    false => String::new(),
                };
                let outgoing = Outgoing::new(Method::POST, format!("{base}/{task}{asked}"));
                let outgoing =
                    if has(Defect::NotificationWithoutAccept) { outgoing } else { outgoing.with("accept", FHIR) };
                match has(Defect::DiagnosisInNotification) {
                    true => outgoing.body("application/json", json!({ "diagnosis": diagnosis }).to_string()),
                    false => outgoing.with("content-length", "0"),
                }
            }
            Content::Task(task) => {
                let in_xml =
                    xml::write(task, Version::Stu3, app.setup.style).filter(|_| app.setup.style == Style::Other);
                let outgoing = Outgoing::new(Method::POST, format!("{base}/Task"));
                match in_xml {
                    Some(text) => outgoing.with("accept", FHIR_XML).body(FHIR_XML, text),
                    None => outgoing.with("accept", FHIR).body(FHIR, task.to_string()),
                }
            }
            Content::Bulletin(bundle) => {
                Outgoing::new(Method::POST, base).with("accept", FHIR).body(FHIR, bundle.to_string())
            }
            Content::Order { prescription, intention } => {
                let bundle = match again && has(Defect::NewIdentifiersOnSecondTry) {
                    true => prescription.renumbered().transaction(&app.setup, *intention),
                    false => prescription.transaction(&app.setup, *intention),
                };
                let outgoing = Outgoing::new(Method::POST, base).with("accept", FHIR);
                outgoing.with("prefer", "return=representation").body(FHIR, bundle.to_string())
            }
        }
    }

    /// Whether an answer that says yes says it to all of the content.
    fn taken(&self, answer: &Answer) -> bool {
        match self.content {
            Content::Notice { .. } | Content::Task(_) | Content::Bulletin(_) => true,
            Content::Order { .. } => {
                [StatusCode::OK, StatusCode::CREATED].contains(&answer.status) && all_taken(answer)
            }
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
    address(&app.setup, &answer).ok_or(Fault::Hopeless)
}

/// Only with a defect: every other address that was sent to before this one and is reached at the same place; this one
/// is remembered.
fn others(app: &App, base: &str) -> Vec<String> {
    let place = |address: &str| address.rsplit_once('/').map(|(place, _)| place.to_owned());
    let addresses = &mut app.world().directed.addresses;
    let beside = |other: &&String| *other != base && place(other) == place(base);
    let others = addresses.iter().filter(beside).cloned().collect();
    if addresses.len() < MOST {
        addresses.insert(base.to_owned());
    }
    others
}
