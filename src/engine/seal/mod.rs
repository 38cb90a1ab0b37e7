//! The one door from the wire to the recording: secrets become placeholders, real people's data stays outside.
//! Nothing here judges; what was sealed is all that a judge will ever see.

mod action;
mod body;
mod door;
mod header;
mod inbound;
mod ledger;
mod number;
mod part;
mod place;
mod placeholder;
mod stretch;

pub use door::{Scope, Seal, SealedExchange};
pub(in crate::engine) use inbound::Given;
pub use inbound::SealedInbound;
pub use ledger::SecretKind;
pub(crate) use placeholder::{WITHHELD, without_placeholders};

#[cfg(test)]
mod tests;
