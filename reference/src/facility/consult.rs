//! One question to one central facility, and one entry in the index.
//! What the answers say is left to whoever asked.

use crate::app::{App, Setup};
use crate::converse::Answer;
use crate::defect::Defect;
use crate::fhir::{Store, URA};
use crate::outbound::Outgoing;
use crate::wire::query;
use hyper::Method;
use serde_json::{Value, json};
use std::io;
use std::time::Duration;

/// The longest a facility may take.
const PATIENCE: Duration = Duration::from_secs(2);
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const FHIR: &str = "application/fhir+json";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facility {
    ConsentRegister,
    LocalisationIndex,
    Directory,
    AuditRepository,
}

/// The central ones; a log is an organisation's own.
pub(crate) const FACILITIES: [Facility; 3] =
    [Facility::ConsentRegister, Facility::LocalisationIndex, Facility::Directory];

impl Facility {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ConsentRegister => "consent-register",
            Self::LocalisationIndex => "localisation-index",
            Self::Directory => "directory",
            Self::AuditRepository => "log-facility",
        }
    }

    /// Where it is, if this system knows one.
    pub(crate) fn base(self, app: &App) -> Option<&str> {
        app.setup.facilities.get(self.name()).map(|base| base.trim_end_matches('/'))
    }
}

/// The citizen service number of a patient.
pub(crate) fn number(store: &Store, patient: &str) -> Option<String> {
    let (_, body) = store.live("Patient", patient)?;
    let mut numbers = body["identifier"].as_array()?.iter().filter(|identifier| identifier["system"] == BSN);
    numbers.find_map(|identifier| identifier["value"].as_str()).map(str::to_owned)
}

/// What a facility answers about a patient, or a directory about an organisation.
pub(crate) async fn consult(app: &App, facility: Facility, bsn: &str, ura: &str) -> io::Result<Answer> {
    let base = facility.base(app).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let patient = || query(&[("patient.identifier".to_owned(), format!("{BSN}|{bsn}"))]);
    let search = |kind: &str| {
        let outgoing = Outgoing::new(Method::POST, format!("{base}/{kind}/_search"));
        outgoing.body("application/x-www-form-urlencoded", patient())
    };
    let outgoing = match facility {
        Facility::ConsentRegister => search("Consent"),
        Facility::LocalisationIndex => search("List"),
        Facility::AuditRepository => search("AuditEvent"),
        Facility::Directory => {
            let asked = query(&[("organization.identifier".to_owned(), format!("{URA}|{ura}"))]);
            Outgoing::new(Method::GET, format!("{base}/Endpoint?{asked}"))
        }
    };
    app.carrier.carry(outgoing.with("accept", FHIR).within(PATIENCE)).await
}

/// Has the index say that data of a patient are here; true when it says that it does.
pub(crate) async fn publish(app: &App, bsn: &str) -> bool {
    let Some(base) = Facility::LocalisationIndex.base(app) else { return false };
    let list = json!({
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "subject": { "identifier": { "system": BSN, "value": bsn } },
        "source": { "identifier": { "system": URA, "value": app.setup.own_ura } }
    });
    let outgoing = Outgoing::new(Method::POST, format!("{base}/List"))
        .with("accept", FHIR)
        .body(FHIR, list.to_string())
        .within(PATIENCE);
    app.carrier.carry(outgoing).await.is_ok_and(|answer| answer.status.is_success())
}

/// Whether a media type is the one of FHIR, with nothing behind it; only a defect wants that.
pub(super) fn is_bare(answer: &Answer) -> bool {
    answer.headers.get("content-type").is_some_and(|given| given == FHIR)
}

/// The one address that a directory gives for an organisation.
pub(crate) fn address(setup: &Setup, answer: &Answer) -> Option<String> {
    if setup.has(Defect::DirectoryMediaTypeExact) && !is_bare(answer) {
        return None;
    }
    let read = if setup.has(Defect::DirectoryReadByPosition) { 1 } else { usize::MAX };
    let bundle: Value = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status.is_success())?;
    let entries = bundle["entry"].as_array()?.iter().take(read).map(|entry| &entry["resource"]);
    let mut endpoints = entries.filter(|found| found["resourceType"] == "Endpoint");
    let one = endpoints.next().filter(|_| endpoints.next().is_none())?;
    let address = one["address"].as_str().filter(|address| address.starts_with("http"))?;
    Some(address.trim_end_matches('/').to_owned())
}
