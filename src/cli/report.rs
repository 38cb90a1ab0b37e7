//! `report`: a report that is there already, shown or written in other formats.
//! It judges nothing, so its exit code says nothing about the target.

use super::args::{Common, Report as Arguments};
use super::{further, load, run, rundir};
use crate::report::exit::Exit;

/// Runs the command.
pub fn run(command: &Arguments, common: &Common) -> u8 {
    carry_out(command, common).unwrap_or_else(|code| code)
}

fn carry_out(command: &Arguments, common: &Common) -> Result<u8, u8> {
    let further = further::asked(&command.reports)?;
    let report = load::report(&command.path)?;
    // Whoever asks for a format on standard output gets that alone.
    if !further.iter().any(further::Further::is_stdout) {
        let folder = if command.path.is_dir() { command.path.clone() } else { rundir::parent(&command.path) };
        run::show(&report, common.lang.into(), &folder);
    }
    further::write(&further, &report, common.lang.into())?;
    Ok(Exit::Fine as u8)
}
