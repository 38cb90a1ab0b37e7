//! A proxy on loopback that stands before the honest reference and spoils what is declared, nothing else.
//! It knows no FHIR: what a mutation means is for whoever declares it.

mod apply;
mod forward;
mod mutation;
mod proxy;
mod rewrite;

pub use mutation::{Action, Mutation, Route};
pub use proxy::{RunningProxy, start, start_at};
