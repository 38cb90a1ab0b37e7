//! The mutating proxy over real sockets: every action, and everything it must leave alone.
//! What is honest behind it is a teller, or the reference itself.

mod action;
mod honest;
mod passage;
mod stage;
