//! The subscriptions that a sender keeps for its recipients, and what it sends on them (FHIR R4, Subscriptions backport).
//! A message on one has ids and a number that rises by one; nothing else about anybody.

use super::handoff::{BSN, Handoff};
use super::letter::{Content, Letter};
use super::state::Address;
use crate::app::{App, Setup};
use crate::clock::instant;
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::fresh_id;
use crate::outbound::Fault;
use serde_json::{Value, json};
use time::OffsetDateTime;

const BUNDLE: &str =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4";
const STATUS: &str =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4";

/// By the URA of a recipient and where it is told.
pub(super) type Whose = (String, Option<String>);

/// One subscription; it is there from the first handshake on, and for good.
#[derive(Clone, Debug)]
pub(super) struct Subscription {
    id: String,
    /// How many events there were.
    events: u64,
}

/// What a message on a subscription is.
enum Kind<'h> {
    Handshake,
    Event { task: &'h str, handoff: &'h Handoff },
}

pub(super) fn of(recipient: &str, address: &Address) -> Whose {
    (recipient.to_owned(), address.url.clone())
}

/// Opens a subscription, unless it is there: the recipient is asked by a handshake, and has to agree.
pub(super) async fn opened(app: &App, recipient: &str, address: &Address) -> Result<(), Fault> {
    let whose = of(recipient, address);
    let handshake = {
        let subscriptions = &mut app.world().directed.subscriptions;
        if subscriptions.contains_key(&whose) {
            return Ok(());
        }
        let fresh = Subscription { id: fresh_id(Style::Other), events: 0 };
        let handshake = fresh.message(&app.setup, app.clock.now(), &Kind::Handshake);
        subscriptions.insert(whose.clone(), fresh);
        handshake
    };
    if app.setup.has(Defect::EventsWithoutHandshake) {
        return Ok(());
    }
    let content = Content::Bulletin(Box::new(handshake));
    let letter = Letter { recipient: recipient.to_owned(), address: address.clone(), content, bsn: String::new() };
    let arrived = letter.deliver(app).await;
    if arrived.is_err() {
        app.world().directed.subscriptions.remove(&whose);
    }
    arrived.map(drop)
}

impl Subscription {
    /// Word that a handoff is there or changed, under the next number.
    pub(super) fn event(&mut self, setup: &Setup, now: OffsetDateTime, task: &str, handoff: &Handoff) -> Value {
        if self.events == 0 || !setup.has(Defect::EventNumberStandsStill) {
            self.events += 1;
        }
        self.message(setup, now, &Kind::Event { task, handoff })
    }

    fn message(&self, setup: &Setup, now: OffsetDateTime, kind: &Kind<'_>) -> Value {
        let has = |defect| setup.has(defect);
        let own = format!("{}/Subscription/{}", setup.handoff(), self.id);
        let (status, word) = match kind {
            Kind::Handshake => ("requested", "handshake-notification"),
            Kind::Event { .. } => ("active", "event-notification"),
        };
        let mut parameters = vec![
            json!({ "name": "subscription", "valueReference": { "reference": own } }),
            json!({ "name": "status", "valueCode": status }),
            json!({ "name": "type", "valueCode": word }),
            json!({ "name": "events-since-subscription-start", "valueString": self.events.to_string() }),
        ];
        let mut further = Vec::new();
        if let Kind::Event { task, handoff } = kind {
            let place = format!("{}/Task/{task}", setup.handoff());
            let mut focus = json!({ "reference": place });
            if has(Defect::BsnInNotification) {
                focus["identifier"] = json!({ "system": BSN, "value": handoff.bsn });
            }
            if has(Defect::DiagnosisInNotification) {
                focus["display"] = json!(handoff.diagnosis());
            }
            parameters.push(json!({ "name": "notification-event", "part": [
                { "name": "event-number", "valueString": self.events.to_string() },
                { "name": "timestamp", "valueInstant": instant(now) },
                { "name": "focus", "valueReference": focus }
            ] }));
            if has(Defect::EventsBringTheTask) {
                further.push(json!({
                    "fullUrl": place,
                    "resource": handoff.task,
                    "request": { "method": "PUT", "url": format!("Task/{task}") },
                    "response": { "status": "200" }
                }));
            }
        }
        let first = json!({
            "fullUrl": format!("urn:uuid:{}", fresh_id(Style::Other)),
            "resource": { "resourceType": "Parameters", "meta": { "profile": [STATUS] }, "parameter": parameters },
            "request": { "method": "GET", "url": format!("{own}/$status") },
            "response": { "status": "200" }
        });
        let entries: Vec<Value> = std::iter::once(first).chain(further).collect();
        json!({
            "resourceType": "Bundle",
            "meta": { "profile": [BUNDLE] },
            "type": "history",
            "timestamp": instant(now),
            "entry": entries
        })
    }
}
