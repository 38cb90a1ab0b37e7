//! That somebody asks this process to stop: at the keyboard, or by ending the job or container that it runs in.

/// The ways of asking, listened to from when it is made.
pub struct Signals {
    #[cfg(unix)]
    kinds: Option<[tokio::signal::unix::Signal; 2]>,
}

impl Signals {
    /// Listens from now on; to be made within a runtime.
    #[must_use]
    pub fn new() -> Self {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let of = |kind| signal(kind).ok();
            // Not the end of a terminal: whoever started this with `nohup` wants it to go on.
            let both = of(SignalKind::interrupt()).zip(of(SignalKind::terminate()));
            Self { kinds: both.map(|(interrupt, terminate)| [interrupt, terminate]) }
        }
        #[cfg(not(unix))]
        Self {}
    }

    /// Waits until somebody asks.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if let Some([interrupt, terminate]) = &mut self.kinds {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        // Without a handler nobody could ask, and waiting for ever would be worse than ending.
        let _ = tokio::signal::ctrl_c().await;
    }
}
