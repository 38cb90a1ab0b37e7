//! The ceiling of the request rate: every request of a run takes its turn here first.
//! It spaces starts evenly and saves nothing up, so there is never a burst.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// A ceiling shared by everything that contacts the target.
#[derive(Debug)]
pub struct Pace {
    spacing: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most this many starts in any second; zero is read as one.
    #[must_use]
    pub fn new(per_second: u32) -> Self {
        // Rounded up: N spacings must not fit in less than a second.
        let nanos = 1_000_000_000_u64.div_ceil(u64::from(per_second.max(1)));
        Self { spacing: Duration::from_nanos(nanos), next: Mutex::new(None) }
    }

    /// Waits until it is the caller's turn; who came first goes first.
    pub async fn turn(&self) {
        // The lock is held while waiting: tokio's mutex is fair, so the queue is the order of turns,
        // and a caller that gives up leaves no hole in it.
        let mut next = self.next.lock().await;
        if let Some(at) = *next {
            sleep_until(at).await;
        }
        // From now, not from the appointed moment: a timer that fired late must not be made up for.
        *next = Some(Instant::now() + self.spacing);
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
    async fn who_gives_up_does_not_block_the_others() {
        let pace = Pace::new(10);
        pace.turn().await;
        assert!(tokio::time::timeout(Duration::from_millis(5), pace.turn()).await.is_err());
        assert!(tokio::time::timeout(Duration::from_millis(500), pace.turn()).await.is_ok());
    }
}
