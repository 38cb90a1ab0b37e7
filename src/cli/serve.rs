//! `serve`: something of ours that listens on this machine until it is asked to stop.
//! Loopback only; each kind of thing that can be served has a module of its own.

mod counterpart;
mod handout;
mod reference;

use super::args::{Common, Serve, Served};
use crate::model::counterpart::Counterpart;

/// Runs the command.
pub fn run(command: &Serve, common: &Common) -> u8 {
    match &command.what {
        None => reference::run(&command.reference, common),
        Some(Served::Reference(reference)) => reference::run(reference, common),
        Some(Served::Receiver(one)) => counterpart::run(Counterpart::Receiver, one, common),
        Some(Served::Sender(one)) => counterpart::run(Counterpart::Sender, one, common),
        Some(Served::TokenService(one)) => counterpart::run(Counterpart::TokenService, one, common),
        Some(Served::ConsentRegister(one)) => counterpart::run(Counterpart::ConsentRegister, one, common),
        Some(Served::LocalisationIndex(one)) => counterpart::run(Counterpart::LocalisationIndex, one, common),
        Some(Served::Directory(one)) => counterpart::run(Counterpart::Directory, one, common),
        Some(Served::LogFacility(one)) => counterpart::run(Counterpart::LogFacility, one, common),
    }
}
