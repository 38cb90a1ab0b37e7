//! The binary as every test through it starts it, and what it says as text.
//! No expectation lives here.

use std::process::{Command, Output};

/// The binary, ready to be given arguments; nothing of the caller's environment decides how it speaks.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toetssteen"));
    command.args(arguments).env("NO_COLOR", "1");
    for variable in ["CI", "TOETSSTEEN_TARGET", "TOETSSTEEN_OUT", "TOETSSTEEN_CATALOGUE", "TOETSSTEEN_LANG"] {
        command.env_remove(variable);
    }
    command
}

pub fn toetssteen(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary starts")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The exit code and both streams, for messages of failed expectations.
pub fn told(output: &Output) -> String {
    format!("exit {:?}\n{}{}", output.status.code(), text(&output.stdout), text(&output.stderr))
}
