//! Progress on stderr: a bar in a terminal, nothing where nobody watches.
//! Results never pass through here.

use crate::engine::record::{Notice, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A bar on stderr.
pub struct Bar {
    bar: ProgressBar,
    done: AtomicUsize,
}

impl Bar {
    /// A bar, hidden where stderr is no terminal.
    #[must_use]
    pub fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() && !super::stream::in_ci() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos}/{len} [{bar:30}] {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, done: AtomicUsize::new(0) }
    }

    /// A bar of steps that are known beforehand.
    #[must_use]
    pub fn of(steps: usize) -> Self {
        let bar = Self::new();
        bar.bar.set_length(steps as u64);
        bar
    }

    /// One step more is done, and this is what it was about.
    pub fn step(&self, what: String) {
        self.bar.set_message(what);
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn tell(&self, notice: Notice) {
        match notice {
            Notice::Began(part) => self.bar.set_message(part),
            Notice::Case(_, count, case) => {
                self.bar.set_length(count as u64);
                self.bar.set_message(case);
            }
            Notice::Done(_, _, _) => {
                let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
                self.bar.set_position(done as u64);
            }
            Notice::Trouble(text) => self.bar.suspend(|| super::stream::err(&format!("{text}\n"))),
        }
    }
}

/// Says nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn tell(&self, _: Notice) {}
}
