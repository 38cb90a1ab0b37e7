//! The FHIR side of a data holder, and the parts of it that the pharmacy shares.
//! Only what other modules need is named here.

mod access;
mod address;
mod blunder;
mod bulk;
mod bundle;
mod capability;
mod choice;
mod conditional;
mod date;
mod desk;
mod handle;
mod history;
mod include;
mod kind;
mod loose;
mod matching;
mod negotiate;
mod outcome;
mod query;
mod read;
mod rewrite;
mod search;
mod selection;
mod slip;
mod spoil;
mod store;
mod traverse;
mod undeclared;
mod validate;
mod validator;
mod write;

pub(crate) use access::related;
pub(crate) use capability::{Offer, statement};
pub(crate) use choice::{Choice, Choices, Scope, Stance};
pub(crate) use desk::answer;
pub(crate) use kind::{PHARMACY, holder_kinds, named};
pub(crate) use negotiate::{Expects, Received, accepted, received};
pub(crate) use outcome::Speech;
pub(crate) use query::Query;
pub(crate) use rewrite::Rewrite;
pub(crate) use search::{Found, searchset};
pub(crate) use store::{Store, URA};
pub(crate) use validate::fault;
pub(crate) use write::{fresh_id, versioned};
