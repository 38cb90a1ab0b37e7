//! From a Catalogue to Verdicts: plan, record, judge.
//! Probes and bindings move bytes and never judge; oracles judge and never move bytes.

pub mod binding;
pub mod credential;
pub mod oracle;
pub mod pace;
pub mod probe;
pub mod wire;
