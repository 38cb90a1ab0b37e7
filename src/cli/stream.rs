//! Writing to stdout and stderr without falling over when the reader has gone.
//! What it is given is written as it is, for making it safe to show is the renderer's task; only a fault is made safe here,
//! since it may quote anybody.

use crate::report::render::terminal::Colour;
use crate::report::render::unheard;
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

/// Says what went wrong. Line breaks stay; who quotes others has made theirs visible.
pub fn fault(message: &str) {
    err(&shown(message));
}

fn shown(message: &str) -> String {
    let lines: Vec<String> = message.split('\n').map(unheard).collect();
    format!("error: {}\n", lines.join("\n"))
}

/// Says what went wrong before anything was contacted, and gives the exit code for that.
pub fn refuse(message: &str) -> u8 {
    fault(message);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fault_quotes_steers_nothing_and_its_lines_stay() {
        assert_eq!(shown("a\u{1b}[2J`\u{202e}`\n::b"), "error: a\\u{1b}[2J`\\u{202e}`\n\\u{3a}:b\n");
    }
}
