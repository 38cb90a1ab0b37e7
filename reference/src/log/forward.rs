//! Has accesses logged at the log facility, if there is one: before they are given, or as soon as it takes them.
//! Both keep what cannot be logged from going unseen; which of them it is depends on the style.

use super::{Event, MOST};
use crate::app::App;
use crate::config::Style;
use crate::defect::Defect;
use crate::facility::Facility;
use crate::outbound::Outgoing;
use hyper::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest the facility may take over one message.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long what was not taken rests before it is sent again.
const PAUSE: Duration = Duration::from_millis(250);
/// Nothing is refused for want of a facility that was not there in this time: where nobody plays it, nobody looks for it.
const LATELY: Duration = Duration::from_secs(5);
/// The most events in one message.
const AT_ONCE: usize = 100;

/// Whether accesses may be given, being logged or on their way to it.
pub(super) async fn taken(app: &Arc<App>, accesses: &[Event]) -> bool {
    if Facility::AuditRepository.base(app).is_none() {
        return true;
    }
    let careless = app.setup.has(Defect::LogOutageSwallowed) || app.setup.has(Defect::LoggedAtRecovery);
    let heard = app.world().log.heard.is_some_and(|heard| heard.elapsed() < LATELY);
    if app.setup.style == Style::Other && heard && !careless {
        return sent(app, accesses).await;
    }
    let mut world = app.world();
    let log = &mut world.log;
    if log.unsent.len() + accesses.len() > MOST {
        return false;
    }
    log.unsent.extend(accesses.iter().cloned());
    if !std::mem::replace(&mut log.sending, true) {
        app.errands.run(send_all(Arc::clone(app)));
    }
    true
}

/// Sends until there is nothing left to send.
async fn send_all(app: Arc<App>) {
    let mut failed = false;
    loop {
        let mut events: Vec<Event> = {
            let mut world = app.world();
            let log = &mut world.log;
            log.sending = !log.unsent.is_empty();
            log.unsent.iter().take(AT_ONCE).cloned().collect()
        };
        if events.is_empty() {
            return;
        }
        if failed && app.setup.has(Defect::LoggedAtRecovery) {
            let now = app.clock.now();
            events.iter_mut().for_each(|event| event.at = now);
        }
        let taken = sent(&app, &events).await;
        if taken || app.setup.has(Defect::LogOutageSwallowed) {
            app.world().log.unsent.drain(..events.len());
        } else {
            tokio::time::sleep(PAUSE).await;
        }
        failed = !taken;
    }
}

/// Whether the facility took all of these: several in one batch, or each by itself.
async fn sent(app: &App, events: &[Event]) -> bool {
    let Some(base) = Facility::AuditRepository.base(app) else { return false };
    let messages: Vec<(String, Value)> = match app.setup.style {
        Style::Plain => {
            let request = json!({ "method": "POST", "url": "AuditEvent" });
            let entry = |event: &Event| json!({ "resource": event.resource(), "request": request });
            let entries: Vec<Value> = events.iter().map(entry).collect();
            vec![(base.to_owned(), json!({ "resourceType": "Bundle", "type": "batch", "entry": entries }))]
        }
        Style::Other => events.iter().map(|event| (format!("{base}/AuditEvent"), event.resource())).collect(),
    };
    for (url, message) in messages {
        let outgoing = Outgoing::new(Method::POST, url).body("application/fhir+json", message.to_string());
        let answer = app.carrier.carry(outgoing.within(PATIENCE)).await;
        if !answer.is_ok_and(|answer| answer.status.is_success()) {
            return false;
        }
    }
    app.world().log.heard = Some(Instant::now());
    true
}
