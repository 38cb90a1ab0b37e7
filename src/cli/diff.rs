//! `diff`: two reports of one product, what got worse first; judges nothing again.
//! Two products are refused: between them a difference is no regression.

use super::args::{Common, Diff as Arguments, SheetFormat};
use super::{load, stream};
use crate::report::diff;
use crate::report::exit::{Exit, FailOn};
use crate::report::render::{json, visible};

/// Runs the command.
pub fn run(command: &Arguments, common: &Common) -> u8 {
    carry_out(command, common).unwrap_or_else(|code| code)
}

fn carry_out(command: &Arguments, common: &Common) -> Result<u8, u8> {
    let (old, new) = (load::report(&command.old)?, load::report(&command.new)?);
    let found = diff::diff(&old, &new).map_err(|why| stream::refuse(&visible(&why.to_string())))?;
    let text = match command.format {
        SheetFormat::Text => diff::sheet(&found, common.lang.into()).text(),
        SheetFormat::Markdown => diff::sheet(&found, common.lang.into()).markdown(),
        SheetFormat::Json => json::text(&found).map_err(|error| {
            stream::err(&format!("error: {error}\n"));
            Exit::Ours as u8
        })?,
    };
    stream::out(&text);
    Ok(found.exit(FailOn::from(command.fail_on)) as u8)
}
