//! Reads a handoff where its sender has it, files it once, and says so to the sender.
//! What is not ours, not a handoff, or not under way is left where it is.

use super::handoff::{NURSING, SNOMED, TRANSFER};
use super::state::{Partner, Standing};
use crate::app::App;
use crate::config::Style;
use crate::converse::Answer;
use crate::defect::Defect;
use crate::fhir::URA;
use crate::outbound::{Fault, Outgoing, Patience, bearer, judged};
use crate::xml::{self, Version};
use hyper::{Method, Uri};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long the other style lets a notification lie.
const LIES: Duration = Duration::from_millis(50);

/// Looks at a handoff as often as it was rung for, one look at a time.
pub(super) async fn attend(app: Arc<App>, key: (String, String)) {
    loop {
        if app.setup.style == Style::Other {
            tokio::time::sleep(LIES).await;
        }
        let standing = match look(&app, &key).await {
            Ok(standing) => standing,
            Err(standing) => Some(standing),
        };
        let mut world = app.world();
        let Some(received) = world.directed.received.get_mut(&key) else { return };
        // What was filed stays filed, whatever a later look finds.
        if received.standing != Standing::Filed {
            received.standing = standing.unwrap_or(received.standing);
        }
        if !std::mem::take(&mut received.rung_again) {
            received.attended = false;
            return;
        }
    }
}

/// One look: what is to be remembered of it, if anything is.
async fn look(app: &App, key: &(String, String)) -> Result<Option<Standing>, Standing> {
    let (ura, id) = key;
    let partner = app.world().directed.partners.get(ura).cloned().ok_or(Standing::Failed)?;
    let base = app.world().directed.received.get(key).and_then(|received| received.base.clone());
    let caller = Caller::admitted(app, partner, base).await.map_err(|_| Standing::Failed)?;
    let place = format!("{}/Task/{id}", caller.partner.fhir);
    let (task, is_xml) = caller.get(&place).await.map_err(|_| Standing::Failed)?;
    if !is_ours(app, &task) {
        return Err(Standing::Refused);
    }
    let has = |defect| app.setup.has(defect);
    let filed = app.world().directed.received.get(key).is_some_and(|received| received.copies > 0);
    let again = filed && has(Defect::FilesTwice);
    let (due, under_way) = match task["status"].as_str().unwrap_or_default() {
        "in-progress" => (!filed || again, true),
        "requested" | "accepted" => (!filed && has(Defect::ReadsHandoffWhileRequested), false),
        // There is nothing to read any more.
        _ => (again, false),
    };
    if due {
        let composition = composition(&task, &caller.partner.fhir).ok_or(Standing::Refused)?;
        let (document, _) = caller.get(&format!("{composition}/$document")).await.map_err(|_| Standing::Failed)?;
        if !is_document(&document) {
            return Err(Standing::Failed);
        }
        if let Some(received) = app.world().directed.received.get_mut(key) {
            received.copies += 1;
            received.standing = Standing::Filed;
        }
    }
    let told = app.world().directed.received.get(key).is_some_and(|received| received.written_back);
    // Said once: a sender that keeps it under way all the same would be told for ever.
    if under_way && !told && !has(Defect::NeverWritesBack) {
        let answer = caller.put(&place, completed(app, task, ura), is_xml).await;
        if let Some(received) = app.world().directed.received.get_mut(key) {
            received.written_back = answer.is_ok();
        }
    }
    Ok(None)
}

/// Whoever reads at a partner, with what opens the door there.
pub(super) struct Caller<'a> {
    app: &'a App,
    partner: Partner,
    token: Option<String>,
}

impl<'a> Caller<'a> {
    pub(super) async fn admitted(app: &'a App, partner: Partner, base: Option<String>) -> Result<Self, Fault> {
        let service = partner.token.clone().filter(|_| !app.setup.has(Defect::PullsWithoutToken));
        let Some(service) = service else {
            return Ok(Self { app, partner, token: None });
        };
        let base = base.filter(|_| !app.setup.has(Defect::AuthorizationBaseDropped));
        let mut patience = Patience::of_reader();
        loop {
            match bearer(app, &service, Some("eOverdracht-sender"), base.as_deref()).await {
                Ok(token) => return Ok(Self { app, partner, token: Some(token) }),
                Err(fault) if patience.wait(fault).await => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    /// What stands there, with whether it came in XML.
    pub(super) async fn get(&self, url: &str) -> Result<(Value, bool), Fault> {
        let answer = self.carry(Outgoing::new(Method::GET, url)).await?;
        let media = answer.headers.get("content-type").and_then(|media| media.to_str().ok()).unwrap_or_default();
        let is_xml = xml::is_xml(media);
        let unread = is_xml && self.app.setup.has(Defect::XmlOfSenderNotRead);
        let tree = match is_xml {
            true => xml::read(&answer.body, Version::Stu3).filter(|_| !unread),
            false => serde_json::from_slice(&answer.body).ok(),
        };
        Ok((tree.ok_or(Fault::Refused)?, is_xml))
    }

    /// Writes in the form in which it was read.
    async fn put(&self, url: &str, body: Value, is_xml: bool) -> Result<Answer, Fault> {
        let text =
            Some(&body).filter(|_| is_xml).and_then(|body| xml::write(body, Version::Stu3, self.app.setup.style));
        let outgoing = Outgoing::new(Method::PUT, url);
        self.carry(match text {
            Some(text) => outgoing.body("application/fhir+xml", text),
            None => outgoing.body("application/fhir+json", body.to_string()),
        })
        .await
    }

    async fn carry(&self, outgoing: Outgoing) -> Result<Answer, Fault> {
        let either = match self.app.setup.style {
            Style::Plain => "application/fhir+json, application/fhir+xml",
            Style::Other => "application/fhir+xml, application/fhir+json",
        };
        let outgoing = outgoing.with("accept", either).bearing(self.token.as_deref());
        let mut patience = Patience::of_reader();
        loop {
            match judged(self.app, self.app.carrier.carry(outgoing.clone()).await) {
                Ok(answer) => return Ok(answer),
                Err(fault) if patience.wait(fault).await => {}
                Err(fault) => return Err(fault),
            }
        }
    }
}

/// Whether this is a Task that hands care over to us.
fn is_ours(app: &App, task: &Value) -> bool {
    let owner = &task["owner"]["identifier"];
    let named = owner["value"] == app.setup.own_ura.as_str() && (owner["system"].is_null() || owner["system"] == URA);
    task["resourceType"] == "Task"
        && (codes(&task["code"], TRANSFER) || app.setup.has(Defect::TakesTaskOfAnotherCode))
        && (named || app.setup.has(Defect::TakesTaskOfAnotherOwner))
}

/// The address of what is handed off; nothing if there is none, or if it lies elsewhere.
fn composition(task: &Value, base: &str) -> Option<String> {
    let inputs = task["input"].as_array().into_iter().flatten();
    let mut handoffs = inputs.filter(|input| codes(&input["type"], NURSING));
    let reference = handoffs.find_map(|input| input["valueReference"]["reference"].as_str())?;
    let named = |relative: &str| {
        let id = relative.strip_prefix("Composition/")?.split("/_history/").next()?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        (!id.is_empty() && id.bytes().all(fits)).then(|| format!("Composition/{id}"))
    };
    if !reference.contains(':') {
        return named(reference).map(|name| format!("{base}/{name}"));
    }
    let (theirs, ours) = (reference.parse::<Uri>().ok()?, base.parse::<Uri>().ok()?);
    // A token for one host is not shown to another.
    let same = theirs.scheme() == ours.scheme() && theirs.authority() == ours.authority();
    let at = reference.rfind("Composition/").filter(|_| same)?;
    named(&reference[at..]).map(|name| format!("{}{name}", &reference[..at]))
}

fn codes(concept: &Value, code: &str) -> bool {
    let mut codings = concept["coding"].as_array().into_iter().flatten();
    codings.any(|coding| coding["system"] == SNOMED && coding["code"] == code)
}

fn is_document(bundle: &Value) -> bool {
    bundle["resourceType"] == "Bundle"
        && bundle["type"] == "document"
        && bundle["entry"][0]["resource"]["resourceType"] == "Composition"
}

/// The Task as it was read, with nothing changed but its status.
fn completed(app: &App, mut task: Value, sender: &str) -> Value {
    task["status"] = json!("completed");
    if app.setup.has(Defect::WritesBackMoreThanStatus) {
        task["owner"]["identifier"]["value"] = json!(sender);
    }
    task
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(reference: &str) -> Option<String> {
        let task = json!({ "input": [{
            "type": { "coding": [{ "system": SNOMED, "code": NURSING }] },
            "valueReference": { "reference": reference }
        }] });
        composition(&task, "http://sender.example/fhir")
    }

    #[test]
    fn a_composition_is_read_at_the_sender_and_nowhere_else() {
        let place = Some("http://sender.example/fhir/Composition/1".to_owned());
        assert_eq!(of("Composition/1"), place);
        assert_eq!(of("Composition/1/_history/2"), place);
        assert_eq!(of("http://sender.example/fhir/Composition/1"), place);
        for elsewhere in [
            "http://other.example/fhir/Composition/1",
            "https://sender.example/fhir/Composition/1",
            "http://sender.example:81/fhir/Composition/1",
            "//other.example/Composition/1",
            "/Composition/1",
            "Composition/../Task",
            "Composition/",
            "Observation/1",
        ] {
            assert_eq!(of(elsewhere), None, "{elsewhere}");
        }
    }
}
