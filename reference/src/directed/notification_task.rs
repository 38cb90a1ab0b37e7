//! The notification Task of TA Notified Pull (FHIR STU3): made by a sender, and read by a recipient.
//! It says that there is something to collect, from whom, and on what ground; not about whom.

use super::handoff::{BSN, Handoff};
use super::state::Partner;
use crate::app::Setup;
use crate::clock::instant;
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{URA, fresh_id};
use hyper::Uri;
use serde_json::{Value, json};
use time::OffsetDateTime;

const CODES: &str = "http://fhir.nl/fhir/NamingSystem/TaskCode";
const PARAMETERS: &str = "http://fhir.nl/fhir/NamingSystem/TaskParameter";
const UUID: &str = "https://tools.ietf.org/html/rfc4122";
const CODE: &str = "pull-notification";
const BASE: &str = "authorization-base";
const WORKFLOW: &str = "get-workflow-task";

/// What the notifications of one handoff have in common.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    /// The number of the whole exchange.
    group: String,
    /// What the recipient is to show when it asks for a token: it stands for our decision and says nothing.
    base: String,
}

impl Thread {
    pub(super) fn begun(setup: &Setup) -> Self {
        let base = match setup.has(Defect::SameAuthorizationBase) {
            true => "0".repeat(32),
            false => format!("{:032x}", rand::random::<u128>()),
        };
        Self { group: fresh_id(Style::Other), base }
    }
}

/// Word of a handoff, under a number of its own.
pub(super) fn made(setup: &Setup, now: OffsetDateTime, task: &str, handoff: &Handoff) -> Value {
    let has = |defect| setup.has(defect);
    let uuid = |number: &str| json!({ "system": UUID, "value": format!("urn:uuid:{number}") });
    let organisation = |ura: &str| json!({ "identifier": { "system": URA, "value": ura } });
    let thread = &handoff.thread;
    let kind = if has(Defect::NotificationTaskOfAnotherCode) { "fulfill" } else { CODE };
    let mut notification = json!({
        "resourceType": "Task",
        "identifier": [uuid(&fresh_id(Style::Other))],
        "groupIdentifier": uuid(&thread.group),
        "basedOn": [{ "reference": match setup.style {
            Style::Plain => format!("Task/{task}"),
            Style::Other => format!("{}/Task/{task}", setup.handoff()),
        } }],
        "status": "requested",
        "intent": "proposal",
        "code": { "coding": [{ "system": CODES, "code": kind }] },
        "authoredOn": instant(now),
        "requester": {
            "agent": { "identifier": { "system": "urn:ietf:rfc:3986", "value": setup.handoff() } },
            "onBehalfOf": organisation(&setup.own_ura)
        },
        "owner": organisation(&handoff.owner),
        "input": [
            { "type": parameter(BASE), "valueString": thread.base },
            { "type": parameter(WORKFLOW), "valueBoolean": true }
        ]
    });
    if has(Defect::BsnInNotification) {
        notification["for"] = json!({ "identifier": { "system": BSN, "value": handoff.bsn } });
    }
    if has(Defect::DiagnosisInNotification) {
        notification["description"] = json!(handoff.diagnosis());
    }
    let lost: &[&str] = match (has(Defect::NotificationTaskWithoutWorkflow), has(Defect::NotificationTaskWithoutOwner))
    {
        (true, _) => &["basedOn", "input"],
        (false, true) => &["owner"],
        (false, false) => &[],
    };
    if let Some(fields) = notification.as_object_mut() {
        fields.retain(|name, _| !lost.contains(&name.as_str()));
    }
    notification
}

/// What a notification Task says to whoever receives it.
#[derive(Debug)]
pub(super) struct Told {
    /// Under which number it came, with the system of it.
    pub(super) number: String,
    /// The id of the Task at the sender that it is about.
    pub(super) task: String,
    /// On what ground it may be collected.
    pub(super) base: Option<String>,
}

/// Why a notification Task is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is no such Task, or lacks what it must have.
    Content(&'static str),
    /// It is for somebody else, or from somebody else than it says.
    Party,
}

/// The URA that a notification Task names as the one it comes from.
pub(super) fn claimed_sender(notification: &Value) -> Option<&str> {
    notification["requester"]["onBehalfOf"]["identifier"]["value"].as_str()
}

/// Reads a notification Task that came from this sender, by its token, to us.
pub(super) fn read(setup: &Setup, sender: &str, partner: Option<&Partner>, given: &Value) -> Result<Told, Unfit> {
    if given["resourceType"] != "Task" || !codings(&given["code"]).any(|coding| coding["code"] == CODE) {
        return Err(Unfit::Content("only a Task that is a pull-notification is taken here"));
    }
    if given["status"] != "requested" || given["intent"] != "proposal" {
        return Err(Unfit::Content("a notification has status requested and intent proposal"));
    }
    let number = &given["identifier"][0];
    let number = number["value"].as_str().map(|value| format!("{}|{value}", number["system"].as_str().unwrap_or("")));
    let number = number.ok_or(Unfit::Content("identifier is missing"))?;
    if given["requester"]["agent"]["identifier"]["value"].as_str().is_none() {
        return Err(Unfit::Content("requester.agent.identifier is missing"));
    }
    match claimed_sender(given) {
        None => return Err(Unfit::Content("requester.onBehalfOf.identifier is missing")),
        Some(claimed) if claimed != sender => return Err(Unfit::Party),
        Some(_) => {}
    }
    match given["owner"]["identifier"]["value"].as_str() {
        _ if setup.has(Defect::TakesNotificationForAnother) => {}
        Some(owner) if owner == setup.own_ura => {}
        Some(_) => return Err(Unfit::Party),
        // Some mean the system that they send to, and leave out whose it is.
        None if setup.style == Style::Other => {}
        None => return Err(Unfit::Content("owner is missing")),
    }
    let wanted = input(given, WORKFLOW).is_some_and(|input| input["valueBoolean"] == true);
    let reference = given["basedOn"][0]["reference"].as_str().filter(|_| wanted);
    let task = reference.and_then(|reference| workflow(reference, partner?)).map(str::to_owned);
    let task = task.ok_or(Unfit::Content("there is no workflow task of the sender to collect"))?;
    let base = input(given, BASE).and_then(|input| input["valueString"].as_str()).map(str::to_owned);
    Ok(Told { number, task, base })
}

/// The id of a Task at this partner, by a reference that may be whole; nothing if it lies elsewhere.
fn workflow<'r>(reference: &'r str, partner: &Partner) -> Option<&'r str> {
    let relative = match reference.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some()) {
        None => reference.strip_prefix('/').unwrap_or(reference),
        Some(_) => reference.strip_prefix(partner.fhir.as_str())?.strip_prefix('/')?,
    };
    let id = relative.strip_prefix("Task/")?.split("/_history/").next()?;
    super::doorbell::is_id(id).then_some(id)
}

fn parameter(code: &str) -> Value {
    json!({ "coding": [{ "system": PARAMETERS, "code": code }] })
}

/// The first input of this type, under whichever system: sources name several.
fn input<'t>(task: &'t Value, code: &str) -> Option<&'t Value> {
    let mut inputs = task["input"].as_array().into_iter().flatten();
    inputs.find(|input| codings(&input["type"]).any(|coding| coding["code"] == code))
}

fn codings(concept: &Value) -> impl Iterator<Item = &Value> {
    concept["coding"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_task_lies_at_the_sender_and_nowhere_else() {
        let partner = Partner { fhir: "http://sender.example/fhir".to_owned(), token: None };
        for here in ["Task/1", "/Task/1", "Task/1/_history/2", "http://sender.example/fhir/Task/1"] {
            assert_eq!(workflow(here, &partner), Some("1"), "{here}");
        }
        for elsewhere in [
            "http://other.example/fhir/Task/1",
            "http://sender.example/fhirs/Task/1",
            "Task/../Patient",
            "Task/",
            "Patient/1",
            "Task/1/2",
        ] {
            assert_eq!(workflow(elsewhere, &partner), None, "{elsewhere}");
        }
    }
}
