//! Report to bytes. A renderer shows fields of the report; it never counts and never decides.

pub mod compare;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod terminal;
pub mod view;
mod visible;

pub use visible::{steers, visible};
