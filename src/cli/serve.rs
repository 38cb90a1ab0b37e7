//! `serve`: something of ours that listens on this machine until it is asked to stop.
//! Loopback only; each kind of thing that can be served has a module of its own.

mod handout;
mod reference;

use super::args::{Common, Serve, Served};

/// Runs the command.
pub fn run(command: &Serve, common: &Common) -> u8 {
    match &command.what {
        None => reference::run(&command.reference, common),
        Some(Served::Reference(reference)) => reference::run(reference, common),
    }
}

/// Waits until somebody asks this process to stop.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    // Without a handler nobody could ask, and waiting for ever would be worse than ending.
    let _ = tokio::signal::ctrl_c().await;
}
