//! An honest, stateful FHIR R4 endpoint in two lawful styles, with named defects that can be switched on.
//! It shares no code with the tester that is proved against it, and it never prints.

mod app;
mod clock;
mod config;
mod control;
mod defect;
mod fhir;
pub mod impostor;
mod life;
pub mod mutate;
mod pharmacy;
mod portal;
mod public;
mod server;
mod token;
mod wire;

pub use config::{Client, ClientKey, Config, Regime, Right, Style, UnknownWord};
pub use defect::{DEFECTS, DefectSwitch};
pub use server::{Running, start};
