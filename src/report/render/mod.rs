//! Report to bytes. A renderer shows fields of the report; it never counts and never decides.

mod alert;
pub mod annex;
pub mod buyer;
pub mod compare;
pub mod frame;
pub mod github;
pub mod gitlab;
pub mod group;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod sheet;
pub mod tap;
pub mod terminal;
pub mod view;
mod visible;

pub use alert::SOURCE;
pub use visible::{steers, unheard, visible};
