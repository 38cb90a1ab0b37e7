//! One message that is wrong or long, and everybody who must wait for it: only with a defect.
//! The honest reference deals with each message by itself.

use crate::app::App;
use crate::defect::Defect;
use crate::wire::{Call, Payload, Reply};
use hyper::{Method, StatusCode};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For how long nobody is served after a message that cannot be read.
const DOWN: Duration = Duration::from_millis(300);
/// For how long everybody waits for a long one, or a packed one.
const BLOCKED: Duration = Duration::from_secs(6);
/// From how many bytes on a message is long.
const LONG: usize = 100_000;
/// The statuses by which either style says that a message cannot be read.
const UNREADABLE: [StatusCode; 2] = [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY];

/// Until when the service is hindered.
#[derive(Debug, Default)]
pub(crate) struct Stall(Mutex<Option<Instant>>);

impl Stall {
    fn until(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, length: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + length);
    }
}

fn concerns(call: &Call) -> bool {
    call.path.first().is_some_and(|first| first.starts_with("holder-"))
}

/// Hinders a call that comes while another one is in the way; an answer if it is refused.
pub(crate) async fn hinder(app: &App, call: &Call) -> Option<Reply> {
    let until = app.stall.until().filter(|until| concerns(call) && *until > Instant::now())?;
    if app.setup.has(Defect::LongInputBlocksEverybody) || app.setup.has(Defect::PackedInputBlocksEverybody) {
        tokio::time::sleep_until(until.into()).await;
        return None;
    }
    Some(Reply::problem(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "a message is being dealt with"))
}

/// Notes what this call does to those after it.
pub(crate) fn note(app: &App, call: &Call, reply: &Reply) {
    if call.method != Method::POST || !concerns(call) {
        return;
    }
    let is_long = matches!(&call.payload, Payload::Whole(bytes) if bytes.len() >= LONG);
    if app.setup.has(Defect::LongInputBlocksEverybody) && is_long {
        app.stall.set(BLOCKED);
    }
    let is_packed = call.header("content-encoding").is_some_and(|coding| coding == "gzip");
    if app.setup.has(Defect::PackedInputBlocksEverybody) && is_packed {
        app.stall.set(BLOCKED);
    }
    if app.setup.has(Defect::BadInputLeavesServiceDown) && UNREADABLE.contains(&reply.status) {
        app.stall.set(DOWN);
    }
}
