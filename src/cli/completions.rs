//! `completions`: a script for a shell, made from the arguments themselves.
//! Prints and nothing else.

use super::args::{Arguments, Completions};
use super::stream;
use clap::CommandFactory;

/// Runs the command.
pub fn run(command: &Completions) -> u8 {
    let mut bytes = Vec::new();
    clap_complete::generate(command.shell, &mut Arguments::command(), "toetssteen", &mut bytes);
    stream::out(&String::from_utf8_lossy(&bytes));
    0
}
