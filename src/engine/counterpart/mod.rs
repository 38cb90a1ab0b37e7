//! Our stand-ins for other parties: they listen, record what arrives, and play what a case scripts.
//! They have no rules of their own and judge nothing; what a target sends decides no more than which script line fits.

mod answer;
#[cfg(test)]
mod crowd_tests;
mod desk;
mod gate;
#[cfg(test)]
mod guard_tests;
mod held;
mod path;
mod secure;
mod status;
mod switchboard;
mod tongue;

pub(in crate::engine) use desk::Arrived;
pub use desk::{Desk, Playing, Ready, ReadyBody};
pub use path::fits;
pub use switchboard::{OpenError, Switchboard};
pub use tongue::Forms;

use crate::model::counterpart::Counterpart;
use crate::model::record::{CounterpartPlace, Parameters, RunHeader};
use std::collections::BTreeMap;

/// The segment that a case has to itself below the counterparts' common address.
#[must_use]
pub fn segment(parameters: &Parameters, number: u32, attempt: u32) -> String {
    crate::engine::draw::fresh(parameters, number, attempt, "counterpart")
}

/// Where a counterpart is reached by the target in this attempt at a case; nothing if it does not listen.
#[must_use]
pub fn address(header: &RunHeader, number: u32, attempt: u32, counterpart: Counterpart) -> Option<String> {
    place(&header.counterparts, counterpart).map(|place| {
        if place.shared {
            place.url.clone()
        } else {
            format!("{}/{}/{counterpart}", place.url, segment(&header.parameters, number, attempt))
        }
    })
}

fn place(places: &BTreeMap<String, CounterpartPlace>, counterpart: Counterpart) -> Option<&CounterpartPlace> {
    places.get(counterpart.as_str())
}
