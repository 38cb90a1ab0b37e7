//! `lint`: every finding about profiles and test cases, errors and warnings, in one pass.
//! Exits 2 when there is an error; warnings alone are fine.

use super::args::Common;
use super::{load, stream};
use crate::language::catalogue::Catalogue;
use crate::language::diagnostic::Severity;
use crate::model::text::Lang;
use crate::report::exit::Exit;

/// Runs the command.
pub fn run(common: &Common) -> u8 {
    let loaded = match &common.catalogue {
        Some(folder) => Catalogue::from_folder(folder),
        None => Catalogue::embedded(),
    };
    load::print(&loaded.diagnostics.iter().collect::<Vec<_>>());
    let (errors, warnings) = (loaded.of(Severity::Error).count(), loaded.of(Severity::Warning).count());
    let lang = Lang::from(common.lang);
    let found = lang.pick(
        format!("fouten: {errors}, waarschuwingen: {warnings}"),
        format!("errors: {errors}, warnings: {warnings}"),
    );
    // With an error there is no catalogue to count; noughts would read as if nothing had been found.
    let counts = loaded.catalogue.as_ref().map_or_else(String::new, |catalogue| {
        let (profiles, cases, defects) = (catalogue.profiles.len(), catalogue.cases.len(), catalogue.defects.len());
        lang.pick(
            format!("; {profiles} profielen, {cases} testgevallen, {defects} defecten"),
            format!("; {profiles} profiles, {cases} cases, {defects} defects"),
        )
    });
    stream::out(&format!("{found}{counts}\n"));
    if loaded.catalogue.is_some() { Exit::Fine as u8 } else { Exit::Usage as u8 }
}
