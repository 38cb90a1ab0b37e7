//! The run's clock: real time, plus what the target's own clock was advanced by.
//! It stamps assertions, consents and records; nothing here waits.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// One clock for a whole run; shared, never reset.
#[derive(Debug)]
pub struct RunClock {
    began: Instant,
    began_at: OffsetDateTime,
    advanced_ms: AtomicI64,
}

impl RunClock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
            began_at: OffsetDateTime::now_utc(),
            advanced_ms: AtomicI64::new(0),
        }
    }

    /// The time of day on the target's clock, as far as we know it.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        let advanced = time::Duration::milliseconds(self.advanced_ms.load(Ordering::Relaxed));
        self.began_at
            .saturating_add(advanced)
            .saturating_add(signed(self.began.elapsed()))
    }

    /// When the run began, in real time.
    #[must_use]
    pub fn began_at(&self) -> OffsetDateTime {
        self.began_at
    }

    /// Real nanoseconds since the run began; an advance does not count.
    #[must_use]
    pub fn elapsed_ns(&self) -> u64 {
        self.ns_at(Instant::now())
    }

    /// Real nanoseconds from the run's beginning to that moment.
    #[must_use]
    pub fn ns_at(&self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Says that the target's clock was advanced by this much.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.advanced_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advance_moves_the_time_of_day_and_not_the_stopwatch() {
        let clock = RunClock::start();
        let before = clock.now();
        clock.advance(Duration::from_secs(86_400));
        assert!(clock.now() - before >= time::Duration::days(1));
        assert!(clock.elapsed_ns() < 3_600_000_000_000);
    }
}
