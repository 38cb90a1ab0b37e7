//! Whether the clock of this machine was set, or went on while the machine slept, in the course of a run.
//! Times in a recording are counted from its beginning by a clock that nobody sets; what an endpoint writes into its log
//! is the time of day. Whoever holds the one against the other must know when the two parted.

use crate::model::record::ClockRecord;
use std::time::{Duration, Instant, SystemTime};

/// What is less than this is no step: clocks are kept right by small ones.
const SMALLEST_MS: i64 = 1_000;
/// Two clocks between whose readings more than this passed say nothing about each other.
const AT_ONCE: Duration = Duration::from_millis(100);

/// The time of day, held against the time that passed.
pub(super) struct Drift {
    began: SystemTime,
    /// What was noticed so far, in milliseconds.
    known_ms: i64,
    /// When the two were last held against each other, in nanoseconds since the run began.
    looked_ns: u64,
}

impl Drift {
    /// Both begin now.
    pub(super) fn new() -> Self {
        Self { began: SystemTime::now(), known_ms: 0, looked_ns: 0 }
    }

    /// What became of the time of day since the last look, in a run that began then.
    pub(super) fn look(&mut self, began: Instant) -> Option<ClockRecord> {
        let passed = began.elapsed();
        let day = match SystemTime::now().duration_since(self.began) {
            Ok(later) => millis(later),
            Err(earlier) => -millis(earlier.duration()),
        };
        if began.elapsed() - passed > AT_ONCE {
            return None;
        }
        self.hold(passed, day)
    }

    fn hold(&mut self, passed: Duration, day_ms: i64) -> Option<ClockRecord> {
        let now_ns = u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX);
        let after_ns = std::mem::replace(&mut self.looked_ns, now_ns);
        let by_ms = day_ms - millis(passed) - self.known_ms;
        if by_ms.abs() < SMALLEST_MS {
            return None;
        }
        self.known_ms += by_ms;
        Some(ClockRecord { by_ms, after_ns, before_ns: now_ns })
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_step_is_noticed_once_and_small_ones_when_they_add_up() {
        let mut drift = Drift::new();
        assert_eq!(drift.hold(seconds(1), 1_400), None);
        let slept = drift.hold(seconds(3), 63_000);
        assert_eq!(slept, Some(ClockRecord { by_ms: 60_000, after_ns: 1_000_000_000, before_ns: 3_000_000_000 }));
        assert_eq!(drift.hold(seconds(4), 64_000), None);
        assert_eq!(drift.hold(seconds(5), 64_500), None);
        assert_eq!(drift.hold(seconds(6), 65_000).map(|step| step.by_ms), Some(-1_000));
    }

    #[test]
    fn a_clock_that_is_let_alone_takes_no_step() {
        assert_eq!(Drift::new().look(Instant::now()), None);
    }
}
