//! From a Catalogue to Verdicts: plan, record, judge.
//! Probes and bindings move bytes and never judge; oracles judge and never move bytes.

pub mod draw;
pub mod fill;
pub mod oracle;
pub mod plan;
pub mod probe;
pub mod schedule;
