//! From Verdicts to what people read: counting, sentences in two languages, and renderers.
//! Imports `model` and the Catalogue; never a probe, never an oracle.

pub mod build;
pub mod buyer;
pub mod compare;
pub mod diff;
pub mod exit;
pub mod gate;
mod ground;
pub mod group;
pub mod load;
pub mod render;
pub mod schema;
pub mod tender;
pub mod words;
