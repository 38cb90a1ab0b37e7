//! How an abstract action is carried out on this target: over FHIR, over HTTP, by a program, by a person.
//! A binding says whether it was acknowledged; whether it had its effect is for the case to read back.

mod act;
mod consent;
mod exec;
mod http;
mod manual;
pub mod program;
mod resource;
mod returned;
mod stage;
#[cfg(test)]
mod testing;

pub use act::{Acted, act};
pub use exec::load_cast;
pub use manual::{Ask, Question, Told};
pub use resource::TAG_SYSTEM;
pub use returned::{returned, unsealed};
pub use stage::{Call, Fill, Made, MadeConsent, Means, PersonAt, Programs, Read, Refusal, Stage};
