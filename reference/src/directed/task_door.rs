//! Where a sender creates a notification Task (TA Notified Pull, FHIR STU3): it is looked at, and answered at once.
//! Who sends is told by the token; a Task that says otherwise, or is meant for somebody else, is not taken.

use super::doorbell::{begin, sender};
use super::notification_task::{Told, Unfit, claimed_sender, read};
use super::state::MOST;
use crate::app::App;
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{Expects, Received, Speech, fresh_id, received};
use crate::wire::{Call, Content, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a token must be good for.
pub(crate) const SCOPE: &str = "ta-np-notification";

/// Takes a notification Task, or says why not.
pub(super) fn delivered(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let has = |defect| setup.has(defect);
    let mut ura = sender(app, call, &|session| session.has_word(SCOPE))?;
    let Received::Resource(notification) = received(call, Expects::Resource, speech)? else {
        return Err(speech.bad("structure", "a Task is missing"));
    };
    if has(Defect::NotificationSenderFromTask) {
        ura = claimed_sender(&notification).map_or(ura, str::to_owned);
    }
    let partner = app.world().directed.partners.get(&ura).cloned();
    let told = read(setup, &ura, partner.as_ref(), &notification).map_err(|unfit| refused(speech, unfit))?;
    let known = app.world().directed.notified.get(&(ura.clone(), told.number.clone())).cloned();
    let id = match &known {
        Some(id) => id.clone(),
        None => kept(app, &ura, &told)?,
    };
    // A number that came before asks for nothing; looking again would do no harm either.
    let due = known.is_none() || setup.style == Style::Other || has(Defect::FilesTwice);
    if due && !has(Defect::AcknowledgesAndNeverReads) {
        begin(app, ura, &told.task, told.base)?;
    }
    Ok(answered(app, notification, &id, known.is_some()))
}

/// Remembers a notification by its number; gives the id under which it is here.
fn kept(app: &App, ura: &str, told: &Told) -> Result<String, Reply> {
    let notified = &mut app.world().directed.notified;
    if notified.len() >= MOST {
        return Err(Speech(app.setup.style).full());
    }
    let id = fresh_id(app.setup.style);
    notified.insert((ura.to_owned(), told.number.clone()), id.clone());
    Ok(id)
}

fn answered(app: &App, mut notification: Value, id: &str, again: bool) -> Reply {
    let setup = &app.setup;
    if setup.has(Defect::Answers204) {
        return Reply::new(StatusCode::NO_CONTENT, Content::Empty);
    }
    let status = if again && setup.style == Style::Plain { StatusCode::OK } else { StatusCode::CREATED };
    let reply = match setup.style {
        Style::Plain => {
            notification["id"] = json!(id);
            Reply::resource(status, notification)
        }
        Style::Other => Reply::new(status, Content::Empty),
    };
    reply.with("location", format!("{}/Task/{id}", setup.notification()))
}

fn refused(speech: Speech, unfit: Unfit) -> Reply {
    match (unfit, speech.0) {
        (Unfit::Content(what), _) => speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what),
        (Unfit::Party, Style::Plain) => speech.forbidden(),
        (Unfit::Party, Style::Other) => {
            speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, "the parties of this Task are others")
        }
    }
}
