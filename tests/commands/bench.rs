//! Starting the binary and reading what it says.
//! No expectation lives here.

use std::process::{Command, Output};

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

/// Both streams, for messages of failed expectations.
pub fn told(output: &Output) -> String {
    format!("exit {:?}\n{}{}", output.status.code(), text(&output.stdout), text(&output.stderr))
}
