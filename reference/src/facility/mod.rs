//! Central facilities: what is asked of them and said to them, and what a holder makes of their answers.
//! Exchange with a known recipient needs none of them; who uses one was told to.

mod consult;
mod copies;
mod register;

pub(crate) use consult::{FACILITIES, Facility, address, consult, number, publish};
pub(crate) use copies::Copies;
pub(crate) use register::{Heard, Said, heard};
