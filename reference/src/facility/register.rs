//! A register of consent that decides along about patients who follow it, and about nobody else.
//! It is asked before the answer is made, so that no other call waits for it; when it says nothing, nothing opens.

use super::consult::{Facility, consult, is_bare, number};
use crate::app::{App, Which};
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::fhir::{Store, related};
use crate::token::{Session, bearer};
use crate::wire::{Call, Payload};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What the register said about each patient it was asked about, by the id of the patient.
pub(crate) type Heard = BTreeMap<String, Said>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// No objection is known there.
    Clear,
    /// None was known there when it last answered, and that answer may still be used.
    ClearByCopy,
    Objection,
    /// No answer came, or it came too late.
    Silence,
    /// An answer that says no, or that something broke.
    Fault,
    /// An answer that says yes and nothing that can be read.
    Garbage,
}

/// Asks the register about those who follow it, as far as this call could be about them.
pub(crate) async fn heard(app: &Arc<App>, call: &Call) -> Heard {
    let Some((which, concerned)) = concerned(app, call) else { return Heard::new() };
    let mut asking = JoinSet::new();
    let mut heard = Heard::new();
    for (patient, bsn) in concerned {
        // One style asks first and falls back on its copy; the other asks when its copy is over.
        if app.setup.style == Style::Other
            && let Some(said) = app.world().holder(which).copies.good(&app.setup, &patient, app.clock.now())
        {
            heard.insert(patient, said);
            continue;
        }
        let app = Arc::clone(app);
        asking.spawn(async move {
            let said = match bsn {
                Some(bsn) => ask(&app, &bsn).await,
                None => Said::Silence,
            };
            let said = app.world().holder(which).copies.settle(&app.setup, &patient, said, app.clock.now());
            (patient, said)
        });
    }
    while let Some(one) = asking.join_next().await {
        // Whoever could not be asked about stays closed.
        heard.extend(one.ok());
    }
    heard
}

async fn ask(app: &App, bsn: &str) -> Said {
    let Ok(answer) = consult(app, Facility::ConsentRegister, bsn, "").await else { return Said::Silence };
    if !answer.status.is_success() {
        return Said::Fault;
    }
    if app.setup.has(Defect::RegisterMediaTypeExact) && !is_bare(&answer) {
        return Said::Garbage;
    }
    let bundle: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if bundle["resourceType"] != "Bundle" || bundle["type"] != "searchset" {
        return Said::Garbage;
    }
    let read = if app.setup.has(Defect::RegisterReadByPosition) { 1 } else { usize::MAX };
    let mut entries = bundle["entry"].as_array().into_iter().flatten().take(read);
    let denies = entries.any(|entry| entry["resource"]["provision"]["type"] == "deny");
    if denies { Said::Objection } else { Said::Clear }
}

/// Patients with their numbers, where they have one.
type Patients = Vec<(String, Option<String>)>;

/// Those who follow the register at the holder that is called, and whom this call could be about.
fn concerned(app: &App, call: &Call) -> Option<(Which, Patients)> {
    let (which, rest) = match call.path.as_slice() {
        [holder, fhir, rest @ ..] if holder == "holder-a" && fhir == "fhir" => (Which::A, rest),
        [holder, fhir, rest @ ..] if holder == "holder-b" && fhir == "fhir" => (Which::B, rest),
        _ => return None,
    };
    if app.world().holder(which).followers.is_empty() {
        return None;
    }
    let audiences = [app.setup.holder(which)];
    let session = bearer(app, call, &audiences).ok()?;
    let mut world = app.world();
    let holder = world.holder(which);
    let store = &holder.store;
    let followers = holder.followers.iter().filter(|patient| match &session.right {
        Right::Organisation { ura } => {
            let only = session.patient.as_ref().is_none_or(|only| only == *patient);
            only && related(store, patient, ura) && could_concern(store, call, rest, patient)
        }
        Right::Portal => asks_for_own(app, &session, patient),
        Right::Writer => false,
    });
    Some((which, followers.map(|patient| (patient.clone(), number(store, patient))).collect()))
}

/// Patients see their own data whatever a register says; only a defect asks it.
fn asks_for_own(app: &App, session: &Session, patient: &str) -> bool {
    app.setup.has(Defect::OwnAccessNeedsRegister) && session.patient.as_deref() == Some(patient)
}

/// Whether a call names this patient, or names nobody in particular.
fn could_concern(store: &Store, call: &Call, rest: &[String], patient: &str) -> bool {
    match rest {
        [kind, id, ..] if !id.starts_with('_') => {
            let own = kind == "Patient" && id == patient;
            own || store.live(kind, id).is_some_and(|(_, body)| store.patient_of(body).as_deref() == Some(patient))
        }
        [kind, ..] if kind != "Patient" && !kind.is_empty() && !kind.starts_with('_') => {
            let form = match &call.payload {
                Payload::Whole(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Payload::TooLarge => return false,
            };
            let form = percent_decode_str(&form).decode_utf8_lossy();
            form.contains(patient) || call.query.iter().any(|(_, value)| value.contains(patient))
        }
        _ => true,
    }
}
