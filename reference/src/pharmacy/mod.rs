//! A receiver of prescriptions: it takes transactions, keeps them, and shows them to those concerned.
//! It shares the FHIR machinery of the data holders, but none of their access rules.

mod desk;
mod intake;
mod prescription;

pub(crate) use desk::{Pharmacy, answer};
