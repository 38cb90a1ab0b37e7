//! From text to a Catalogue: reading, checking and explaining the files that people write.
//! Imports `model` only; contacts nothing and prints nothing.

pub mod catalogue;
