//! Servers that do nothing of what they answer to, each in one way, on a loopback port of its own.
//! Nothing here may resemble service: an impostor that passes a check has found a fault in the tester.

mod answer;
mod blob;
mod content;
mod kind;
mod part;
mod request;
mod server;
mod writer;

pub use kind::{Capability, Impostor, UnknownImpostor};
pub use server::{RunningImpostor, start};
