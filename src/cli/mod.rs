//! The command: arguments in, reports and an exit code out. It may import everything and decides nothing
//! about a verdict. Only here is anything printed: results on stdout, progress and faults on stderr.

mod args;
mod clean;
mod compare;
mod completions;
mod day;
mod demo;
mod diff;
mod doctor;
pub mod endpoint;
mod explain;
mod further;
mod gate;
mod init;
mod lint;
mod list;
mod load;
mod man;
mod merge;
mod operator;
mod plan;
mod progress;
pub mod prove;
mod purge;
mod rejudge;
mod report;
mod run;
mod rundir;
mod serve;
mod signals;
mod store;
mod stream;
mod tender;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// Runs the command with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap prints help to stdout with 0 and faults to stderr with 2; those are our codes too.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let code = match arguments.command {
        Command::Init(command) => init::run(&command, &arguments.common),
        Command::List(command) => list::run(&command, &arguments.common),
        Command::Lint => lint::run(&arguments.common),
        Command::Plan(command) => plan::run(&command, &arguments.common),
        Command::Doctor(command) => doctor::run(&command, &arguments.common),
        Command::Run(command) => run::run(&command, &arguments.common),
        Command::Demo(command) => demo::run(&command, &arguments.common),
        Command::Serve(command) => serve::run(&command, &arguments.common),
        Command::Prove(command) => prove::run(&command, &arguments.common),
        Command::Explain(command) => explain::run(&command, &arguments.common),
        Command::Diff(command) => diff::run(&command, &arguments.common),
        Command::Gate(command) => gate::run(&command, &arguments.common),
        Command::Report(command) => report::run(&command, &arguments.common),
        Command::Tender(command) => tender::run(&command, &arguments.common),
        Command::Rejudge(command) => rejudge::run(&command, &arguments.common),
        Command::Merge(command) => merge::run(&command, &arguments.common),
        Command::Compare(command) => compare::run(&command, &arguments.common),
        Command::Clean(command) => clean::run(&command, &arguments.common),
        Command::Purge(command) => purge::run(&command, &arguments.common),
        Command::Completions(command) => completions::run(&command),
        Command::Man(command) => man::run(&command),
    };
    ExitCode::from(code)
}
