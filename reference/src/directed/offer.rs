//! One handoff that is offered to several, of whom one is chosen: each has a Task of its own and hears nothing of the others.
//! Until then they get what they need to decide; afterwards one gets the whole, and of the others nothing is left to read.

use super::form::Form;
use super::handoff::{Handoff, Stage, Wish};
use super::hook::{begun, heeded};
use super::notice;
use super::order::{Order, bad, full, unknown};
use super::state::{Address, Directed, MOST};
use crate::app::{App, Setup, Which};
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{URA, fresh_id};
use crate::wire::{Call, Reply};
use hyper::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many may be asked at once.
const CANDIDATES: [&str; 2] = ["1", "2"];

#[derive(Debug)]
pub(super) struct Offer {
    which: Which,
    patient: String,
    /// The URA of each with the id of the Task for them.
    candidates: Vec<(String, String)>,
}

/// Offers the care of a patient to some, each at an own address.
pub(super) async fn made(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let (which, patient) = (order.holder()?, order.needed("patient")?);
    let need = order.needed("need")?.split_once('/').ok_or_else(|| bad("need is a type and an id"))?;
    let mut asked = Vec::new();
    for number in CANDIDATES {
        let url = order.address(&format!("address-{number}"))?;
        let address = Address { url, token: order.address("token-endpoint")? };
        asked.push((order.needed(&format!("candidate-{number}"))?, address));
    }
    let uras: Vec<&str> = asked.iter().map(|(ura, _)| *ura).collect();
    let id = fresh_id(app.setup.style);
    let tasks: Vec<String> = {
        let mut world = app.world();
        if world.directed.handoffs.len() + asked.len() > MOST || world.directed.offers.len() >= MOST {
            return Err(full());
        }
        let mut candidates = Vec::new();
        for (recipient, address) in asked.iter().cloned() {
            let holder = world.holder(which);
            heeded(app, holder, patient)?;
            let wish = Wish {
                which,
                patient,
                recipient,
                withhold: None,
                stage: Stage::Offered { need },
                form: Form::EmptyPost,
            };
            let made = Handoff::made(app, &holder.store, &wish, address);
            let (task, mut handoff) = made.ok_or_else(|| unknown("that patient is not known there"))?;
            if app.setup.has(Defect::CandidatesSeeEachOther) {
                name_all(&mut handoff.task, &uras);
            }
            world.directed.handoffs.insert(task.clone(), handoff);
            candidates.push((recipient.to_owned(), task));
        }
        let tasks = candidates.iter().map(|(_, task)| task.clone()).collect();
        world.directed.offers.insert(id.clone(), Offer { which, patient: patient.to_owned(), candidates });
        tasks
    };
    let announced = Arc::clone(app);
    let done = app.errands.begin(async move {
        for task in tasks {
            notice::announce(Arc::clone(&announced), task).await;
        }
    });
    Ok(begun(app.setup.style, done, json!({ "offer": id })).await)
}

/// Only with a defect: a Task that says to whom else it was offered.
fn name_all(task: &mut Value, uras: &[&str]) {
    let named = uras.iter().map(|ura| json!({ "identifier": { "system": URA, "value": ura } }));
    task["restriction"] = json!({ "recipient": named.collect::<Vec<_>>() });
}

/// Hands off to one of those to whom it was offered; it ends for the others.
pub(super) async fn chosen(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let (id, ura) = (order.needed("offer")?, order.needed("candidate")?);
    let (task, message) = {
        let mut world = app.world();
        let offer = world.directed.offers.get(id).ok_or_else(|| unknown("nothing was offered under that id"))?;
        let (which, patient, candidates) = (offer.which, offer.patient.clone(), offer.candidates.clone());
        let own = candidates.iter().find(|(candidate, _)| candidate == ura).map(|(_, task)| task.clone());
        let asked = own.ok_or_else(|| unknown("it was not offered to that organisation"))?;
        let before = world.directed.handoffs.remove(&asked);
        let address = before.map(|offered| offered.address).ok_or_else(|| unknown("that offer was withdrawn"))?;
        let wish = Wish {
            which,
            patient: &patient,
            recipient: ura,
            withhold: None,
            stage: Stage::Settled,
            form: Form::EmptyPost,
        };
        let made = Handoff::made(app, &world.holder(which).store, &wish, address);
        let (fresh, mut handoff) = made.ok_or_else(|| unknown("that patient is not known there"))?;
        // The Task by which somebody was asked goes on, or another takes its place.
        let task = match app.setup.style {
            Style::Plain => asked,
            Style::Other => fresh,
        };
        handoff.task["id"] = json!(task);
        let message = handoff.parts.first().map(|((kind, id), _)| format!("{kind}/{id}")).unwrap_or_default();
        world.directed.handoffs.insert(task.clone(), handoff);
        for (_, lost) in candidates.iter().filter(|(candidate, _)| candidate != ura) {
            end(&app.setup, &mut world.directed, lost);
        }
        (task, message)
    };
    let done = app.errands.begin(notice::announce(Arc::clone(app), task.clone()));
    Ok(begun(app.setup.style, done, json!({ "task": task, "message": message })).await)
}

/// What is left for somebody who was not chosen: nothing, or a Task that says no more than that.
fn end(setup: &Setup, directed: &mut Directed, task: &str) {
    if setup.has(Defect::LosersKeepAccess) {
        return;
    }
    let Some(handoff) = directed.handoffs.get_mut(task) else { return };
    handoff.task["status"] = json!("cancelled");
    if setup.has(Defect::LoserToldGone) {
        return;
    }
    if setup.style == Style::Plain {
        directed.handoffs.remove(task);
        return;
    }
    handoff.parts.clear();
    handoff.in_document = 0;
    if let Some(fields) = handoff.task.as_object_mut() {
        fields.retain(|name, _| !["for", "input", "requester"].contains(&name.as_str()));
    }
}

/// Takes back whatever is offered of a patient, the choice included.
pub(super) fn withdrawn(app: &App, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let (which, patient) = (order.holder()?, order.needed("patient")?);
    let mut world = app.world();
    let concerns = |offer: &Offer| offer.which == which && offer.patient == patient;
    let Directed { offers, handoffs, .. } = &mut world.directed;
    for offer in offers.values().filter(|offer| concerns(offer)) {
        let uras: Vec<&String> = offer.candidates.iter().map(|(ura, _)| ura).collect();
        let own = |handoff: &Handoff| handoff.source == (which, patient.to_owned()) && uras.contains(&&handoff.owner);
        handoffs.retain(|_, handoff| !own(handoff));
    }
    offers.retain(|_, offer| !concerns(offer));
    Ok(Reply::json(StatusCode::OK, json!({ "done": true })))
}
