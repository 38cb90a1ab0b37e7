//! What a recording says of time: what passed on purpose, and what the machine's own clock did meanwhile.

use serde::{Deserialize, Serialize};

/// Time that passed on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct WaitRecord {
    /// How long, in milliseconds.
    pub millis: u64,
    /// Whether the target's clock was advanced instead.
    pub advanced: bool,
}

/// A step that the clock of the machine took, noticed as soon as something was recorded: it was set, or the machine slept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClockRecord {
    /// By how much the time of day was put on, in milliseconds; back, if negative.
    pub by_ms: i64,
    /// When that was not yet so, in nanoseconds since the run began.
    pub after_ns: u64,
    /// When it was.
    pub before_ns: u64,
}
