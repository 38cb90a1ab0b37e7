//! Comparison to bytes. A renderer shows fields of the comparison; it never compares and never decides.

pub mod csv;
pub mod html;
mod neutral;
pub mod terminal;
mod view;
pub mod xlsx;

pub use neutral::neutral;
pub use view::Page;
