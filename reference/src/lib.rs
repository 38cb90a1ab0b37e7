//! An honest, stateful FHIR R4 endpoint in two lawful styles, with named defects that can be switched on.
//! It shares no code with the tester that is proved against it, and it never prints.

mod app;
mod caching;
mod client;
mod clock;
mod config;
mod control;
mod converse;
mod defect;
mod directed;
mod door;
mod errand;
mod facility;
mod fhir;
pub mod impostor;
mod life;
mod log;
mod mailbox;
pub mod mutate;
mod outbound;
mod pharmacy;
mod portal;
mod public;
mod revocation;
mod server;
mod stall;
mod tls;
mod token;
mod wire;
mod xml;

pub use config::{
    Client, ClientKey, Config, Partners, Regime, Revocation, RevocationAt, Right, Style, Tls, UnknownWord,
};
pub use defect::{DEFECTS, DefectSwitch};
pub use door::{Door, Heard, Watch};
pub use server::{Running, start, start_at};
