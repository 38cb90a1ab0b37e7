//! Where a sender's subscription brings its messages (FHIR R4, Subscriptions backport): handshakes, heartbeats and events.
//! Events are counted; what was missed is asked for, and what came before has no effect again.

use super::doorbell::{begin, is_id, sender};
use super::reader::Caller;
use super::state::{MOST, Partner};
use crate::app::App;
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{Expects, Received, Speech, received};
use crate::token::Session;
use crate::wire::{Call, Content, Reply};
use hyper::StatusCode;
use serde_json::Value;
use std::sync::Arc;

/// One event, and the Task at the sender that it is about.
#[derive(Debug, PartialEq, Eq)]
struct Event {
    number: u64,
    task: String,
}

/// Takes one message.
pub(super) fn arrived(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let setup = &app.setup;
    let speech = Speech(setup.style);
    let ura =
        sender(app, call, &|session: &Session| session.scope.is_none() || session.has_word("eOverdracht-receiver"))?;
    let Received::Resource(bundle) = received(call, Expects::Resource, speech)? else {
        return Err(speech.bad("structure", "a Bundle is missing"));
    };
    let partner = app.world().directed.partners.get(&ura).cloned().ok_or_else(|| speech.forbidden())?;
    let unfit = |what| speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what);
    let status = status(&bundle).ok_or_else(|| unfit("this is no message on a subscription"))?;
    let subscription = subscription(status, &partner).ok_or_else(|| unfit("that is no subscription of the sender"))?;
    let key = (ura.clone(), subscription);
    let known = app.world().directed.counted.get(&key).copied();
    let kind = named(status, "type").and_then(|parameter| parameter["valueCode"].as_str()).unwrap_or_default();
    let counted = match (kind, known) {
        ("handshake-notification", known) => known.unwrap_or_default(),
        ("heartbeat-notification", _) if setup.has(Defect::HeartbeatRefused) => {
            return Err(unfit("only events are taken here"));
        }
        ("heartbeat-notification", Some(counted)) => counted,
        ("event-notification", Some(counted)) => {
            let events =
                events(&bundle, &partner).ok_or_else(|| unfit("an event has no number, or no Task of the sender"))?;
            taken(app, &key, counted, events)?
        }
        ("heartbeat-notification" | "event-notification", None) => {
            return Err(unfit("there was no handshake on that subscription"));
        }
        _ => return Err(unfit("a message is a handshake, a heartbeat or an event")),
    };
    let all = &mut app.world().directed.counted;
    if all.len() >= MOST && !all.contains_key(&key) {
        return Err(speech.full());
    }
    all.insert(key, counted);
    let status = if setup.style == Style::Plain { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(Reply::new(status, Content::Empty))
}

/// Has looked at what is new, and asks for what is missing; gives the highest number by now.
fn taken(app: &Arc<App>, key: &(String, String), counted: u64, mut events: Vec<Event>) -> Result<u64, Reply> {
    events.sort_by_key(|event| event.number);
    let mut highest = counted;
    for event in events.into_iter().filter(|event| event.number > counted) {
        if event.number > highest + 1 && !app.setup.has(Defect::GapNotNoticed) {
            app.errands.run(caught_up(Arc::clone(app), key.clone(), (highest + 1, event.number - 1)));
        }
        highest = event.number;
        if !app.setup.has(Defect::AcknowledgesAndNeverReads) {
            begin(app, key.0.clone(), &event.task, None)?;
        }
    }
    Ok(highest)
}

/// Asks the sender for the events from one number to another, and has them looked at.
async fn caught_up(app: Arc<App>, (ura, subscription): (String, String), (from, until): (u64, u64)) {
    let Some(partner) = app.world().directed.partners.get(&ura).cloned() else { return };
    let Ok(caller) = Caller::admitted(&app, partner.clone(), None).await else { return };
    let place = format!("{}/Subscription/{subscription}", partner.fhir);
    if app.setup.style == Style::Other {
        // Whether the subscription still stands; the events are asked for all the same.
        let _ = caller.get(&format!("{place}/$status")).await;
    }
    let asked = format!("{place}/$events?eventsSinceNumber={from}&eventsUntilNumber={until}");
    let Ok((bundle, _)) = caller.get(&asked).await else { return };
    let missed = events(&bundle, &partner).unwrap_or_default();
    for event in missed.into_iter().filter(|event| (from..=until).contains(&event.number)) {
        // Where there is no room for more, a later message asks again.
        let _ = begin(&app, ura.clone(), &event.task, None);
    }
}

/// What a message says of its subscription.
fn status(bundle: &Value) -> Option<&Value> {
    let first = &bundle["entry"][0]["resource"];
    (bundle["resourceType"] == "Bundle" && bundle["type"] == "history" && first["resourceType"] == "Parameters")
        .then_some(first)
}

fn named<'v>(parameters: &'v Value, name: &str) -> Option<&'v Value> {
    all_named(parameters, "parameter", name).next()
}

fn all_named<'v>(within: &'v Value, list: &str, name: &str) -> impl Iterator<Item = &'v Value> {
    within[list].as_array().into_iter().flatten().filter(move |one| one["name"] == name)
}

/// The id of a subscription that this partner has.
fn subscription(status: &Value, partner: &Partner) -> Option<String> {
    of_partner(named(status, "subscription")?["valueReference"]["reference"].as_str()?, "Subscription", partner)
}

/// The events of a message; nothing if one is not whole, or lies elsewhere than at this partner.
fn events(bundle: &Value, partner: &Partner) -> Option<Vec<Event>> {
    let event = |one: &Value| {
        let part = |name: &'static str| all_named(one, "part", name).next();
        let number = part("event-number")?["valueString"].as_str()?.parse().ok()?;
        let focus = part("focus")?["valueReference"]["reference"].as_str()?;
        Some(Event { number, task: of_partner(focus, "Task", partner)? })
    };
    all_named(status(bundle)?, "parameter", "notification-event").map(event).collect()
}

/// The id in a whole reference to something of this type at this partner, and nowhere else.
fn of_partner(reference: &str, kind: &str, partner: &Partner) -> Option<String> {
    let below = reference.strip_prefix(partner.fhir.as_str())?.strip_prefix('/')?;
    let id = below.strip_prefix(kind)?.strip_prefix('/')?;
    is_id(id).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_is_about_a_task_of_its_sender_and_nobody_elses() {
        let partner = Partner { fhir: "http://sender.example/fhir".to_owned(), token: None };
        let with = |focus: &str| {
            json!({ "resourceType": "Bundle", "type": "history", "entry": [{ "resource": {
                "resourceType": "Parameters",
                "parameter": [{ "name": "notification-event", "part": [
                    { "name": "event-number", "valueString": "7" },
                    { "name": "focus", "valueReference": { "reference": focus } }
                ] }]
            } }] })
        };
        let own = events(&with("http://sender.example/fhir/Task/1"), &partner);
        assert_eq!(own, Some(vec![Event { number: 7, task: "1".to_owned() }]));
        for elsewhere in ["http://other.example/fhir/Task/1", "Task/1", "http://sender.example/fhir/Patient/1"] {
            assert_eq!(events(&with(elsewhere), &partner), None, "{elsewhere}");
        }
    }
}
