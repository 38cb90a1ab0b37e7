//! Tells a recipient that there is something to read: a request without a body, and nothing about whom.
//! Which handoff it is stands in the address; everything else is read where the handoff lies.

use super::state::Delivery;
use crate::app::App;
use crate::fhir::URA;
use crate::outbound::{Fault, Outgoing, Patience, bearer, judged};
use crate::wire::query;
use hyper::Method;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The longest a central facility may take.
pub(super) const FACILITY: Duration = Duration::from_secs(2);

/// Sends the first word of a handoff, and remembers whether it arrived.
pub(super) async fn announce(app: Arc<App>, task: String) {
    let arrived = notify(&app, &task).await.is_ok();
    if let Some(handoff) = app.world().directed.handoffs.get_mut(&task) {
        handoff.delivery = if arrived { Delivery::Delivered } else { Delivery::Failed };
    }
}

/// Sends word that a handoff changed.
pub(super) async fn remind(app: Arc<App>, task: String) {
    // Whoever does not hear of a change still finds it in the Task.
    let _ = notify(&app, &task).await;
}

async fn notify(app: &App, task: &str) -> Result<(), Fault> {
    let (mut address, owner) = {
        let world = app.world();
        let handoff = world.directed.handoffs.get(task).ok_or(Fault::Refused)?;
        (handoff.address.clone(), handoff.owner.clone())
    };
    if address.url.is_none() {
        address.url = Some(looked_up(app, &owner).await?);
        if let Some(handoff) = app.world().directed.handoffs.get_mut(task) {
            handoff.address.url.clone_from(&address.url);
        }
    }
    let base = address.url.as_deref().unwrap_or_default().trim_end_matches('/');
    let url = format!("{base}/{task}");
    let mut token = None;
    let mut patience = Patience::default();
    loop {
        match ring(app, &url, address.token.as_deref(), &mut token).await {
            Ok(()) => return Ok(()),
            Err(fault) if patience.wait(fault).await => {}
            Err(fault) => return Err(fault),
        }
    }
}

/// One try; a token that was had before is good for the next one too.
async fn ring(app: &App, url: &str, service: Option<&str>, token: &mut Option<String>) -> Result<(), Fault> {
    if let (Some(service), None) = (service, token.as_ref()) {
        *token = Some(bearer(app, service, Some("eOverdracht-receiver")).await?);
    }
    let outgoing = Outgoing::new(Method::POST, url)
        .with("accept", "application/fhir+json")
        .with("content-length", "0")
        .bearing(token.as_deref());
    judged(app, app.carrier.carry(outgoing).await).map(drop)
}

/// The one address that the directory has for an organisation.
pub(super) async fn looked_up(app: &App, ura: &str) -> Result<String, Fault> {
    let base = app.setup.facilities.get("directory").ok_or(Fault::Refused)?;
    let asked = query(&[("organization.identifier".to_owned(), format!("{URA}|{ura}"))]);
    let outgoing = Outgoing::new(Method::GET, format!("{}/Endpoint?{asked}", base.trim_end_matches('/')))
        .with("accept", "application/fhir+json")
        .within(FACILITY);
    let answer = judged(app, app.carrier.carry(outgoing).await)?;
    let bundle: Value = serde_json::from_slice(&answer.body).map_err(|_| Fault::Refused)?;
    let entries = bundle["entry"].as_array().into_iter().flatten();
    let mut endpoints = entries.map(|entry| &entry["resource"]).filter(|found| found["resourceType"] == "Endpoint");
    match (endpoints.next(), endpoints.next()) {
        (Some(one), None) => one["address"].as_str().map(str::to_owned).ok_or(Fault::Refused),
        _ => Err(Fault::Refused),
    }
}
