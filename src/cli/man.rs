//! `man`: manual pages, made from the arguments themselves.
//! One page on stdout, or one for each command in a folder.

use super::args::{Arguments, Man};
use super::stream;
use crate::report::exit::Exit;
use clap::CommandFactory;
use std::path::Path;

/// Runs the command.
pub fn run(command: &Man) -> u8 {
    let tree = Arguments::command();
    let done = match &command.out {
        Some(folder) => pages(&tree, folder),
        None => page(&tree),
    };
    match done {
        Ok(()) => Exit::Fine as u8,
        Err(error) => {
            stream::err(&format!("error: cannot write the manual: {error}\n"));
            Exit::Ours as u8
        }
    }
}

fn page(tree: &clap::Command) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(tree.clone()).render(&mut bytes)?;
    stream::out(&String::from_utf8_lossy(&bytes));
    Ok(())
}

fn pages(tree: &clap::Command, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(tree.clone(), folder)
}
