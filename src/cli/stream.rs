//! Writing to stdout and stderr without falling over when the reader has gone.
//! What it is given is written as it is; making it safe to show is the renderer's task.

use crate::report::render::terminal::Colour;
use std::io::{IsTerminal, Write};

/// Writes a result. A closed pipe is the reader's choice, not a fault.
pub fn out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Writes a fault or progress.
pub fn err(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Says what went wrong before anything was contacted, and gives the exit code for that.
pub fn refuse(message: &str) -> u8 {
    err(&format!("error: {message}\n"));
    crate::report::exit::Exit::Usage as u8
}

/// Whether stdout may be coloured: a terminal, and nobody said no (https://no-color.org).
#[must_use]
pub fn colour() -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !refused && !in_ci() { Colour::Ansi } else { Colour::Plain }
}

/// Whether this runs in CI, where nobody can be asked.
#[must_use]
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}
