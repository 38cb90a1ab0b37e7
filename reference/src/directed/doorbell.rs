//! Where a sender says that there is a handoff to read: one address per Task, and no body at all; a Task and a Bundle are for other doors.
//! Who says so is taken from the token; what it is about is read at the sender, afterwards.

use super::state::MOST;
use super::{bulletin, reader, task_door};
use crate::app::App;
use crate::config::Right;
use crate::defect::Defect;
use crate::fhir::Speech;
use crate::token::{Denied, Session, bearer};
use crate::wire::{Call, Content, Payload, Reply};
use hyper::{Method, StatusCode};
use std::sync::Arc;

/// What a token must be good for.
const SCOPE: &str = "eOverdracht-receiver";

pub(crate) fn notified(app: &Arc<App>, call: &Call, rest: &[&str]) -> Reply {
    answer(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn answer(app: &Arc<App>, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let empty = matches!(&call.payload, Payload::Whole(bytes) if bytes.is_empty());
    let task = match rest {
        [] | [""] if call.method == Method::POST && !empty => return bulletin::arrived(app, call),
        ["Task"] if call.method == Method::POST && !empty => return task_door::delivered(app, call),
        [task] if is_id(task) => *task,
        _ => return Err(speech.unserved_path()),
    };
    let has = |defect| setup.has(defect);
    if call.method != Method::POST && !(call.method == Method::GET && has(Defect::NotificationMethodNotChecked)) {
        return Err(speech.method("POST"));
    }
    let ura = sender(app, call, &|session| session.has_word(SCOPE))?;
    if !empty && !has(Defect::IgnoresNotificationBody) {
        return Err(speech.bad("structure", "a notification has no body"));
    }
    if !has(Defect::AcknowledgesAndNeverReads) {
        let others: Vec<String> = match has(Defect::NotificationReadAtEveryPartner) {
            true => app.world().directed.partners.keys().filter(|one| **one != ura).cloned().collect(),
            false => Vec::new(),
        };
        for one in std::iter::once(ura).chain(others) {
            begin(app, one, task, None)?;
        }
    }
    let status = if has(Defect::Answers204) { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED };
    Ok(Reply::new(status, Content::Empty))
}

/// Who rings, as a token says that is meant for this; nothing else is believed.
pub(super) fn sender(app: &App, call: &Call, is_meant: &dyn Fn(&Session) -> bool) -> Result<String, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let session = match bearer(app, call, &[setup.notification()]) {
        Ok(session) => session,
        Err(Denied::Missing) if setup.has(Defect::NotificationWithoutTokenTaken) => {
            return Ok(app.world().directed.partners.keys().next().cloned().unwrap_or_default());
        }
        Err(denied) => return Err(speech.unauthorized(denied.challenge())),
    };
    let meant = is_meant(&session) || setup.has(Defect::NotificationWithWrongScopeTaken);
    match session.right {
        Right::Organisation { ura } if meant => Ok(ura),
        Right::Organisation { .. } | Right::Writer | Right::Portal => Err(speech.forbidden()),
    }
}

/// Has the handoff looked at; where somebody is at it already, once more afterwards.
pub(super) fn begin(app: &Arc<App>, ura: String, task: &str, base: Option<String>) -> Result<(), Reply> {
    let key = (ura, task.to_owned());
    {
        let received = &mut app.world().directed.received;
        if received.len() >= MOST && !received.contains_key(&key) {
            return Err(Speech(app.setup.style).full());
        }
        let one = received.entry(key.clone()).or_default();
        one.base = base.or(one.base.take());
        if one.attended {
            one.rung_again = true;
            return Ok(());
        }
        one.attended = true;
    }
    app.errands.run(reader::attend(Arc::clone(app), key));
    Ok(())
}

/// Whether this can be the id of a resource, and so be put into an address as it is.
pub(super) fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(fits) && text.bytes().any(|byte| byte != b'.')
}
