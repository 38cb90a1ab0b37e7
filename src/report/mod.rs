//! From Verdicts to what people read: counting, sentences in two languages, and renderers.
//! Imports `model` and the Catalogue; never a probe, never an oracle.

pub mod build;
pub mod buyer;
pub mod diff;
pub mod exit;
pub mod gate;
pub mod group;
pub mod load;
pub mod render;
pub mod schema;
pub mod words;
