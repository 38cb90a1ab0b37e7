//! The hooks, with which a tester makes this side of an exchange begin, and asks what became of it.
//! They stand apart from every conformance route and need no token.

use super::central::{self, Following};
use super::form::Form;
use super::handoff::{Handoff, Stage, Wish};
use super::notice;
use super::offer;
use super::order::{Order, bad, full, unknown};
use super::prescriber;
use super::prescription::{Intention, Prescription};
use super::state::{Address, Delivery, MOST, Partner};
use super::subscription;
use crate::app::{App, Holder};
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{Choices, fresh_id};
use crate::outbound::Outgoing;
use crate::wire::{Call, Reply};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn answer(app: &Arc<App>, call: &Call, rest: &[String]) -> Reply {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let method = match rest.as_slice() {
        ["sent" | "received", _] => Method::GET,
        [
            "partners"
            | "send-handoff"
            | "send-prescription"
            | "cancel-prescription"
            | "use-facility"
            | "register-in-index"
            | "follow-register"
            | "follow-nobody"
            | "offer"
            | "choose"
            | "withdraw-offers"
            | "subscribe"
            | "reach",
        ] => Method::POST,
        _ => return unknown("there is no such hook"),
    };
    if call.method != method {
        return Reply::problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use the allowed method")
            .with("allow", method.as_str());
    }
    let reply = match rest.as_slice() {
        ["sent", id] => sent(app, id),
        ["received", task] => Ok(received(app, task)),
        ["partners"] => partner(app, call),
        ["send-prescription"] => send_prescription(app, call).await,
        ["use-facility"] => central::usage(app, call).await,
        ["register-in-index"] => central::registration(app, call).await,
        ["follow-register"] => central::following(app, call, Following::Register),
        ["follow-nobody"] => central::following(app, call, Following::Nobody),
        ["cancel-prescription"] => cancel_prescription(app, call).await,
        ["offer"] => offer::made(app, call).await,
        ["choose"] => offer::chosen(app, call).await,
        ["withdraw-offers"] => offer::withdrawn(app, call),
        ["subscribe"] => subscribe(app, call).await,
        ["reach"] => reach(app, call).await,
        _ => send_handoff(app, call).await,
    };
    reply.unwrap_or_else(|refusal| refusal)
}

/// Calls an address, so that a tester knows that we can.
async fn reach(app: &App, call: &Call) -> Result<Reply, Reply> {
    let url = Order::read(call)?.address("url")?.ok_or_else(|| bad("url is missing"))?;
    match app.carrier.carry(Outgoing::new(Method::GET, url)).await {
        Ok(answer) => Ok(Reply::json(StatusCode::OK, json!({ "status": answer.status.as_u16() }))),
        Err(_) => Err(Reply::problem(StatusCode::BAD_GATEWAY, "unreachable", "nobody answers there")),
    }
}

fn partner(app: &App, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let ura = order.needed("ura")?;
    let fhir = order.address("fhir")?.ok_or_else(|| bad("fhir is missing"))?;
    let partner = Partner { fhir, token: order.address("token-endpoint")? };
    let partners = &mut app.world().directed.partners;
    if partners.len() >= MOST && !partners.contains_key(ura) {
        return Err(full());
    }
    partners.insert(ura.to_owned(), partner);
    Ok(Reply::json(StatusCode::OK, json!({ "ura": ura })))
}

async fn send_handoff(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let withhold = match order.word("withhold") {
        None => None,
        Some(name) => Some(name.split_once('/').ok_or_else(|| bad("withhold is a type and an id"))?),
    };
    let wish = Wish {
        which: order.holder()?,
        patient: order.needed("patient")?,
        recipient: order.needed("recipient")?,
        withhold,
        stage: Stage::Settled,
        form: Form::named(order.word("form")).ok_or_else(|| bad("form is none that is known"))?,
    };
    let address = Address { url: order.address("address")?, token: order.address("token-endpoint")? };
    let task = {
        let mut world = app.world();
        if world.directed.handoffs.len() >= MOST {
            return Err(full());
        }
        let holder = world.holder(wish.which);
        heeded(app, holder, wish.patient)?;
        let store = &holder.store;
        let (task, handoff) =
            Handoff::made(app, store, &wish, address).ok_or_else(|| unknown("that patient is not known there"))?;
        world.directed.handoffs.insert(task.clone(), handoff);
        task
    };
    let done = app.errands.begin(notice::announce(Arc::clone(app), task.clone()));
    Ok(begun(app.setup.style, done, json!({ "task": task })).await)
}

/// Opens a subscription for a recipient, before there is anything to tell.
async fn subscribe(app: &App, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let recipient = order.needed("recipient")?;
    let address = Address { url: order.address("address")?, token: order.address("token-endpoint")? };
    if app.world().directed.subscriptions.len() >= MOST {
        return Err(full());
    }
    match subscription::opened(app, recipient, &address).await {
        Ok(()) => Ok(Reply::json(StatusCode::OK, json!({ "recipient": recipient }))),
        Err(_) => {
            Err(Reply::problem(StatusCode::BAD_GATEWAY, "not_subscribed", "the handshake was not answered with yes"))
        }
    }
}

async fn send_prescription(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let (which, patient, recipient) = (order.holder()?, order.needed("patient")?, order.needed("recipient")?);
    let address = Address { url: order.address("address")?, token: order.address("token-endpoint")? };
    let id = fresh_id(app.setup.style);
    {
        let mut world = app.world();
        if world.directed.prescriptions.len() >= MOST {
            return Err(full());
        }
        let holder = world.holder(which);
        heeded(app, holder, patient)?;
        let store = &holder.store;
        let prescription = Prescription::made(app, store, patient, recipient, address)
            .ok_or_else(|| unknown("that patient is not known there"))?;
        world.directed.prescriptions.insert(id.clone(), prescription);
    }
    Ok(dispatched(app, id, Intention::Order).await)
}

/// Only with defects: a choice about retrieval is taken for one about sending.
pub(super) fn heeded(app: &App, holder: &Holder, patient: &str) -> Result<(), Reply> {
    let (store, recorded) = (&holder.store, holder.choices.get(patient));
    let choices = Choices { setup: &app.setup, store, recorded, patient, now: Some(app.clock.now()) };
    let (objected, consented) = (choices.objected(), choices.consented());
    let stopped = (app.setup.has(Defect::ObjectionStopsSending) && objected)
        || (app.setup.has(Defect::UnchosenNotSent) && !objected && !consented);
    if stopped {
        return Err(Reply::problem(StatusCode::CONFLICT, "not_permitted", "the choices of the patient are against it"));
    }
    Ok(())
}

async fn cancel_prescription(app: &Arc<App>, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let id = order.needed("prescription")?.to_owned();
    match app.world().directed.prescriptions.get_mut(&id) {
        Some(prescription) => prescription.delivery = Delivery::Pending,
        None => return Err(unknown("nothing was prescribed under that id")),
    }
    Ok(dispatched(app, id, Intention::Cancel).await)
}

async fn dispatched(app: &Arc<App>, id: String, intention: Intention) -> Reply {
    let done = app.errands.begin(prescriber::dispatch(Arc::clone(app), id.clone(), intention));
    begun(app.setup.style, done, json!({ "prescription": id })).await
}

/// One style tells when it is done, the other that it was begun.
pub(super) async fn begun(style: Style, done: tokio::sync::oneshot::Receiver<()>, told: Value) -> Reply {
    match style {
        Style::Plain => {
            // An errand that was cut off has ended too.
            let _ = done.await;
            Reply::json(StatusCode::OK, told)
        }
        Style::Other => Reply::json(StatusCode::ACCEPTED, told),
    }
}

fn sent(app: &App, id: &str) -> Result<Reply, Reply> {
    let world = app.world();
    let handoff = world.directed.handoffs.get(id).map(|handoff| handoff.delivery);
    let prescription = || world.directed.prescriptions.get(id).map(|prescription| prescription.delivery);
    let delivery = handoff.or_else(prescription).ok_or_else(|| unknown("nothing was sent under that id"))?;
    Ok(Reply::json(StatusCode::OK, json!({ "status": delivery.word() })))
}

/// What became of the handoff with this Task, whoever sent it.
fn received(app: &App, task: &str) -> Reply {
    let world = app.world();
    let all = || world.directed.received.iter().filter(|((_, id), _)| id == task).map(|(_, received)| received);
    let standing = all().map(|received| received.standing).max().unwrap_or_default();
    let copies: usize = all().map(|received| received.copies).sum();
    Reply::json(StatusCode::OK, json!({ "status": standing.word(), "copies": copies }))
}
