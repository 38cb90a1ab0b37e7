//! From a Catalogue to Verdicts: plan, record, judge.
//! Probes and bindings move bytes and never judge; oracles judge and never move bytes.

//BIND
pub mod clock;
//CRED
pub mod oracle;
pub mod pace;
pub mod probe;
//WIRE
