//! Where recipients read what is handed off to them, and say that they have it (FHIR STU3).
//! Nobody but the owner of a Task learns anything here, and the owner only while the handoff lasts.

use super::handoff::Handoff;
use super::notice;
use super::stu3_statement;
use crate::app::{App, Setup};
use crate::clock::instant;
use crate::config::{Right, Style};
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
    if !KINDS.contains(&kind) {
        return Err(speech.unknown_type(kind));
    }
    let allow = if matches!(rest, ["Task", id] if *id != "_search") { "GET, PUT" } else { "GET" };
    let searches = matches!(rest, [_] | [_, "_search"]);
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

fn own<'h>(_setup: &Setup, handoff: Option<&'h Handoff>, ura: &str) -> Option<&'h Handoff> {
    handoff.filter(|handoff| handoff.owner == ura)
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
    if handoff.status() != "in-progress" {
        return None;
    }
    let resource = match tail {
        [] => handoff.part(kind, id).cloned()?,
        ["$document"] if kind == "Composition" => handoff.document(id, &setup.handoff(), &instant(app.clock.now()))?,
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
    let handoff = world.directed.handoffs.get_mut(id);
    if own(setup, handoff.as_deref(), ura).is_none() {
        return Err(not_yours(speech, id));
    }
    let (Some(handoff), Received::Resource(sent)) = (handoff, sent) else {
        return Err(not_yours(speech, id));
    };
    if sent["resourceType"] != "Task" || sent["id"] != id {
        return Err(speech.bad("invalid", "the body is not the Task of this address"));
    }
    if settled(&sent) != settled(&handoff.task) {
        return Err(speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, "more than the status was changed"));
    }
    match (handoff.status(), sent["status"].as_str().unwrap_or_default()) {
        ("in-progress", "completed") => {
            handoff.task["status"] = json!("completed");
            app.errands.run(notice::remind(Arc::clone(app), id.to_owned()));
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
