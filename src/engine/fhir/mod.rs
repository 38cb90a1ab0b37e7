//! FHIR as data: the facts of its elements, and its two forms as one tree.
//! Nothing here knows an exchange, a verdict, or what a profile asks beyond FHIR itself.

mod check;
mod facts;
mod fault;
mod markup;
mod primitive;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use check::{Problem, check};
pub use fault::{Fault, Spot};
pub use read::read;
pub use write::{write, write_in_lines};
