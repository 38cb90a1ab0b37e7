//! The command `toetssteen`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    toetssteen::cli::main()
}
