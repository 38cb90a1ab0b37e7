//! From a Catalogue to Verdicts: plan, record, judge.
//! Probes and bindings move bytes and never judge; oracles judge and never move bytes.

pub mod oracle;
pub mod probe;
pub mod seal;
