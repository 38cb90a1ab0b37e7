//! The ceiling of the request rate: every request of a run takes its turn here first.
//! It spaces starts evenly; only what is closer together than a timer can tell goes in small groups.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// How many groups there are in a second, for a ceiling above that. A timer rounds up to whole milliseconds, so that
/// to wait for each of ten thousand starts would take ten times as long as the ceiling allows.
const GROUPS: u32 = 100;

/// A ceiling shared by everything that contacts the target.
#[derive(Debug)]
pub struct Pace {
    /// In any stretch of this length there are no more starts than `group`.
    stretch: Duration,
    group: usize,
    /// The latest starts, as many as one group.
    starts: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// At most this many starts in any second; zero is read as one.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        let per_second = per_second.max(1);
        let group = (per_second / GROUPS).max(1);
        // Rounded up: N starts more must not fit in less than a second.
        let nanos = (1_000_000_000 * u64::from(group)).div_ceil(u64::from(per_second));
        let group = usize::try_from(group).unwrap_or(usize::MAX);
        Self { stretch: Duration::from_nanos(nanos), group, starts: Mutex::default() }
    }

    /// Waits until it is the caller's turn; who came first goes first.
    pub async fn turn(&self) {
        // The lock is held while waiting: tokio's mutex is fair, so the queue is the order of turns,
        // and a caller that gives up leaves no hole in it.
        let mut starts = self.starts.lock().await;
        if starts.len() >= self.group
            && let Some(earliest) = starts.front()
        {
            sleep_until(*earliest + self.stretch).await;
            starts.pop_front();
        }
        // From now, not from the appointed moment: a timer that fired late must not be made up for.
        starts.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn no_second_holds_more_starts_than_the_ceiling() {
        let pace = Arc::new(Pace::new(50));
        let began = Instant::now();
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..11 {
            let pace = Arc::clone(&pace);
            callers.spawn(async move {
                pace.turn().await;
                Instant::now()
            });
        }
        let mut starts = callers.join_all().await;
        starts.sort();
        assert!(starts[10] - began >= Duration::from_millis(200), "ten spacings of 20 ms");
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(18)));
    }

    #[tokio::test]
    async fn a_high_ceiling_is_kept_and_reached() {
        let pace = Pace::new(10_000);
        let mut starts = Vec::new();
        for _ in 0..1000 {
            pace.turn().await;
            starts.push(Instant::now());
        }
        assert!(
            starts.windows(101).all(|some| some[100] - some[0] >= Duration::from_micros(9_900)),
            "a hundred in 10 ms"
        );
        assert_eq!(pace.group, 100, "one wait for a hundred starts, not one for each");
    }

    #[tokio::test]
    async fn who_gives_up_does_not_block_the_others() {
        let pace = Pace::new(10);
        pace.turn().await;
        assert!(tokio::time::timeout(Duration::from_millis(5), pace.turn()).await.is_err());
        assert!(tokio::time::timeout(Duration::from_millis(500), pace.turn()).await.is_ok());
    }
}
