//! From a Catalogue to Verdicts: plan, record, judge.
//! Probes and bindings move bytes and never judge; oracles judge and never move bytes.

pub mod approach;
pub mod binding;
pub mod body;
pub mod checkup;
pub mod counterpart;
pub mod created;
pub mod credential;
pub mod draw;
pub mod fhir;
pub mod fill;
pub mod identity;
pub mod judge;
pub mod oracle;
pub mod outfit;
pub mod pace;
pub mod plan;
pub mod preflight;
pub mod probe;
pub mod provision;
pub mod record;
pub mod run;
pub mod schedule;
pub mod seal;
pub mod steer;
pub mod sweep;
pub mod tape;
pub mod wire;
