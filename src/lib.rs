//! Toetssteen reads standard profiles and puts a running system to the touchstone: black box, one
//! role at a time, every conclusion traceable to a requirement and to evidence.
//!
//! Imports point left, never right: `model ← language ← engine ← report ← cli`.

pub mod cli;
pub mod engine;
pub mod language;
pub mod model;
pub mod report;
