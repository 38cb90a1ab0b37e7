//! Report to bytes. A renderer shows fields of the report; it never counts and never decides.

pub mod json;
pub mod junit;
pub mod terminal;
mod visible;

pub use visible::visible;
