//! Where a sender says that there is a handoff to read: one address per Task, and no body at all.
//! Who says so is taken from the token; what it is about is read at the sender, afterwards.

use super::reader;
use super::state::MOST;
use crate::app::App;
use crate::config::Right;
use crate::fhir::Speech;
use crate::token::bearer;
use crate::wire::{Call, Content, Payload, Reply};
use hyper::{Method, StatusCode};
use std::sync::Arc;

pub(crate) fn notified(app: &Arc<App>, call: &Call, rest: &[&str]) -> Reply {
    answer(app, call, rest).unwrap_or_else(|refusal| refusal)
}

fn answer(app: &Arc<App>, call: &Call, rest: &[&str]) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let task = match rest {
        [task] if is_id(task) => *task,
        _ => return Err(speech.unserved_path()),
    };
    if call.method != Method::POST {
        return Err(speech.method("POST"));
    }
    let session =
        bearer(app, call, &[setup.notification()]).map_err(|denied| speech.unauthorized(denied.challenge()))?;
    let meant = session.has_word("eOverdracht-receiver");
    let Right::Organisation { ura } = &session.right else {
        return Err(speech.forbidden());
    };
    if !meant {
        return Err(speech.forbidden());
    }
    if !matches!(&call.payload, Payload::Whole(bytes) if bytes.is_empty()) {
        return Err(speech.bad("structure", "a notification has no body"));
    }
    let begins = {
        let received = &mut app.world().directed.received;
        let key = (ura.clone(), task.to_owned());
        if received.len() >= MOST && !received.contains_key(&key) {
            return Err(speech.full());
        }
        let one = received.entry(key).or_default();
        one.rung_again = one.attended;
        !std::mem::replace(&mut one.attended, true)
    };
    if begins {
        app.errands.run(reader::attend(Arc::clone(app), ura.clone(), task.to_owned()));
    }
    Ok(Reply::new(StatusCode::ACCEPTED, Content::Empty))
}

/// Whether this can be the id of a resource, and so be put into an address as it is.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(fits) && text.bytes().any(|byte| byte != b'.')
}
