//! From text to a Catalogue: reading, checking and explaining the files that people write.
//! Imports `model` only; contacts nothing and prints nothing.

pub mod catalogue;
pub mod code;
pub mod diagnostic;
mod folder;
mod lint;
pub mod load;
mod number;
pub mod policy;
mod prune;
mod sample;
pub mod schema;
pub mod shape;
pub mod source;
pub mod suggest;
pub mod target;
pub mod tender;
