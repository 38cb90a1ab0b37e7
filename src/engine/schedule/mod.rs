//! What one instance of a case does, move by move: a pure function of case, instance and catalogue.
//! The recorder walks it; the judge walks it again to see whether the evidence is whole.

mod layout;
mod needs;
mod range;
mod sample;

pub use layout::{Deed, LayoutError, Move, Stage, layout, length, moves, requests_of, undeclared};
pub use needs::{Needs, needs};
pub use range::{Values, action_of, combinations, holds, member_of, neighbour, reduced, word_of};
pub use sample::{asks_of_block, asks_of_sample};
