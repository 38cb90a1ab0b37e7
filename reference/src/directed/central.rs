//! The hooks about central facilities: to ask one, to be listed in the index, to follow the register of consent.
//! No exchange with a known recipient comes past here.

use super::order::{Order, bad, full, unknown};
use super::state::MOST;
use crate::app::{App, Which};
use crate::facility::{FACILITIES, Facility, consult, number, publish};
use crate::wire::{Call, Reply};
use hyper::StatusCode;
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Following {
    Register,
    Nobody,
}

pub(super) async fn usage(app: &App, call: &Call) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let name = order.needed("facility")?;
    let named: Vec<Facility> =
        FACILITIES.into_iter().filter(|one| name == "every-facility" || name == one.name()).collect();
    if named.is_empty() {
        return Err(bad("facility is consent-register, localisation-index, directory or every-facility"));
    }
    let bsn = bsn(app, &order)?;
    let mut answered = true;
    for facility in named {
        let answer = consult(app, facility, &bsn, &app.setup.own_ura).await;
        answered &= answer.is_ok_and(|answer| answer.status.is_success());
    }
    done(answered)
}

pub(super) async fn registration(app: &App, call: &Call) -> Result<Reply, Reply> {
    let bsn = bsn(app, &Order::read(call)?)?;
    done(publish(app, &bsn).await)
}

pub(super) fn following(app: &App, call: &Call, following: Following) -> Result<Reply, Reply> {
    let order = Order::read(call)?;
    let (which, patient) = known(app, &order)?;
    let mut world = app.world();
    let holder = world.holder(which);
    holder.copies.forget(&patient);
    let followers = &mut holder.followers;
    match following {
        Following::Register if followers.len() >= MOST => return Err(full()),
        Following::Register => drop(followers.insert(patient)),
        Following::Nobody => drop(followers.remove(&patient)),
    }
    done(true)
}

fn known(app: &App, order: &Order) -> Result<(Which, String), Reply> {
    let (which, patient) = (order.holder()?, order.needed("patient")?);
    let mut world = app.world();
    let live = world.holder(which).store.live("Patient", patient).is_some();
    if live { Ok((which, patient.to_owned())) } else { Err(unknown("that patient is not known there")) }
}

fn bsn(app: &App, order: &Order) -> Result<String, Reply> {
    let (which, patient) = known(app, order)?;
    let mut world = app.world();
    number(&world.holder(which).store, &patient).ok_or_else(|| unknown("that patient has no number"))
}

fn done(answered: bool) -> Result<Reply, Reply> {
    if answered {
        return Ok(Reply::json(StatusCode::OK, json!({ "done": true })));
    }
    Err(Reply::problem(StatusCode::BAD_GATEWAY, "not_answered", "a facility did not answer, or not with yes"))
}
