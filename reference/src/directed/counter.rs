//! Where recipients read what is handed off to them, and say that they have it (FHIR STU3).
//! Nobody but the owner of a Task learns anything here, and the owner only while the handoff lasts.

use super::handoff::Handoff;
use super::notice;
use super::stu3_statement;
use crate::app::{App, Setup};
use crate::clock::instant;
use crate::config::{Right, Style};
use crate::defect::Defect;
use crate::fhir::{Expects, Received, Speech, accepted, received};
use crate::token::{Session, bearer};
use crate::wire::{Call, Content, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// The types that a handoff consists of.
pub(super) const KINDS: [&str; 6] = ["Task", "Composition", "Patient", "Organization", "Condition", "Observation"];

pub(crate) fn serve(app: &Arc<App>, call: &Call, rest: &[&str]) -> Reply {
    // A HEAD is answered as the GET it stands for; the socket leaves the body out.
    if call.method == Method::HEAD {
        let call = Call { method: Method::GET, ..call.clone() };
        return serve(app, &call, rest);
    }
    answer(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn answer(app: &Arc<App>, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    if rest == ["metadata"] {
        if call.method != Method::GET {
            return Err(speech.method("GET"));
        }
        accepted(call, speech)?;
        return Ok(Reply::resource(StatusCode::OK, stu3_statement::of(setup)));
    }
    let session = bearer(app, call, &[setup.handoff()]).map_err(|denied| speech.unauthorized(denied.challenge()))?;
    let ura = recipient(&session).ok_or_else(|| speech.forbidden())?;
    let kind = rest.first().copied().unwrap_or_default();
    if let Some(found) = anything(app, call, ura, rest) {
        return Ok(found);
    }
    if !KINDS.contains(&kind) {
        return Err(speech.unknown_type(kind));
    }
    let allow = if matches!(rest, ["Task", id] if *id != "_search") { "GET, PUT" } else { "GET" };
    let searches = matches!(rest, [_] | [_, "_search"]);
    if searches && rest == ["Task"] && call.method == Method::GET && setup.has(Defect::TaskSearchOpen) {
        return Ok(tasks(app, ura));
    }
    if searches && [Method::GET, Method::POST].contains(&call.method) {
        // What is handed off is named to whom it concerns; there is nothing to look for.
        return Err(speech.forbidden());
    }
    if !allow.split(", ").any(|method| method == call.method.as_str()) {
        return Err(speech.method(allow));
    }
    accepted(call, speech)?;
    match rest {
        ["Task", id] if call.method == Method::PUT => write_back(app, call, ura, id),
        ["Task", id] => {
            let world = app.world();
            let handoff = own(setup, world.directed.handoffs.get(*id), ura).ok_or_else(|| not_yours(speech, id))?;
            Ok(Reply::resource(StatusCode::OK, handoff.task.clone()))
        }
        [kind, id, tail @ ..] => read(app, ura, kind, id, tail).ok_or_else(|| speech.forbidden()),
        _ => Err(speech.unserved_path()),
    }
}

/// In whose name a handoff is read: an organisation whose token is not for something else.
fn recipient(session: &Session) -> Option<&str> {
    let meant = session.scope.is_none() || session.has_word("eOverdracht-sender");
    match &session.right {
        Right::Organisation { ura } if meant => Some(ura),
        Right::Organisation { .. } | Right::Writer | Right::Portal => None,
    }
}

/// A handoff as far as it is there for whoever asks.
fn own<'h>(setup: &Setup, handoff: Option<&'h Handoff>, ura: &str) -> Option<&'h Handoff> {
    handoff.filter(|handoff| handoff.owner == ura || setup.has(Defect::HandoffOpenToAnyPartner))
}

/// Only with a defect: what lies in the record of a patient who is being handed off.
fn anything(app: &App, call: &Call, ura: &str, rest: &[&str]) -> Option<Reply> {
    let [kind, id] = rest else { return None };
    if call.method != Method::GET || !app.setup.has(Defect::RecordOpenThroughHandoff) {
        return None;
    }
    let mut world = app.world();
    let under_way = |handoff: &&Handoff| handoff.owner == ura && handoff.status() == "in-progress";
    let sources = world.directed.handoffs.values().filter(under_way).map(|handoff| handoff.source.clone());
    let sources: Vec<_> = sources.collect();
    sources.into_iter().find_map(|(which, patient)| {
        let store = &world.holder(which).store;
        let (_, body) = store.live(kind, id)?;
        let concerns = store.patient_of(body)? == patient;
        concerns.then(|| Reply::resource(StatusCode::OK, Value::clone(body)))
    })
}

/// Only with a defect: the Tasks of whoever asks, without their having been named.
fn tasks(app: &App, ura: &str) -> Reply {
    let world = app.world();
    let own = world.directed.handoffs.values().filter(|handoff| handoff.owner == ura);
    let entries: Vec<Value> = own.map(|handoff| json!({ "resource": handoff.task })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries });
    Reply::resource(StatusCode::OK, bundle)
}

/// The one answer for what is somebody else's and for what is nobody's.
fn not_yours(speech: Speech, id: &str) -> Reply {
    match speech.0 {
        Style::Plain => speech.forbidden(),
        Style::Other => speech.unknown_id("Task", id),
    }
}

/// One resource of a handoff, or the document that it heads.
fn read(app: &App, ura: &str, kind: &str, id: &str, tail: &[&str]) -> Option<Reply> {
    let setup = &app.setup;
    let world = app.world();
    let handoffs = world.directed.handoffs.values();
    let handoff = handoffs.into_iter().find(|handoff| handoff.part(kind, id).is_some())?;
    own(setup, Some(handoff), ura)?;
    let stays = match kind {
        "Composition" => setup.has(Defect::CompositionOpenAfterCompleted),
        _ => setup.has(Defect::ResourceOpenAfterCompleted),
    };
    if handoff.status() == "cancelled" && setup.has(Defect::LoserToldGone) {
        return Some(Speech(setup.style).gone());
    }
    let open = ["requested", "in-progress"].contains(&handoff.status());
    if !open && !stays {
        return None;
    }
    let resource = match tail {
        [] => handoff.part(kind, id).cloned()?,
        ["$document"] if kind == "Composition" => handoff.document(id, setup, &instant(app.clock.now()))?,
        _ => return None,
    };
    Some(Reply::resource(StatusCode::OK, resource))
}

/// The owner says that a handoff is completed; nothing else of a Task is the owner's to change.
fn write_back(app: &Arc<App>, call: &Call, ura: &str, id: &str) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let sent = received(call, Expects::Resource, speech)?;
    let mut world = app.world();
    let handoff = world.directed.handoffs.get_mut(id).filter(|handoff| handoff.owner == ura);
    let (Some(handoff), Received::Resource(sent)) = (handoff, sent) else {
        return Err(not_yours(speech, id));
    };
    if sent["resourceType"] != "Task" || sent["id"] != id {
        return Err(speech.bad("invalid", "the body is not the Task of this address"));
    }
    if setup.has(Defect::WriteBackRefused) {
        return Err(speech.forbidden());
    }
    let mut allowed = handoff.task.clone();
    if setup.has(Defect::TaskOwnerCanChange) {
        allowed["owner"] = sent["owner"].clone();
    }
    if setup.has(Defect::TaskTakenWholeWithStatus) && sent["status"] != handoff.task["status"] {
        allowed = sent.clone();
    }
    if settled(&sent) != settled(&allowed) {
        return Err(speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, "more than the status was changed"));
    }
    match (handoff.status(), sent["status"].as_str().unwrap_or_default()) {
        ("in-progress", "completed") => {
            handoff.task["status"] = json!("completed");
            if !setup.has(Defect::NoNotificationAfterWriteBack) {
                app.errands.run(notice::remind(Arc::clone(app), id.to_owned()));
            }
        }
        (from, to) if from == to => {}
        _ => {
            return Err(speech.refuse(
                StatusCode::CONFLICT,
                "business-rule",
                "The Task cannot go from its status to this one.",
                "Status transition not allowed",
            ));
        }
    }
    allowed["status"] = handoff.task["status"].clone();
    handoff.task = allowed;
    Ok(match setup.style {
        Style::Plain if !call.prefers("return=representation") => Reply::new(StatusCode::OK, Content::Empty),
        Style::Plain | Style::Other => Reply::resource(StatusCode::OK, handoff.task.clone()),
    })
}

/// A Task without what changes: its status, and what a server keeps about it.
fn settled(task: &Value) -> Value {
    let mut settled = task.clone();
    if let Some(fields) = settled.as_object_mut() {
        fields.shift_remove("status");
        fields.shift_remove("meta");
    }
    settled
}
