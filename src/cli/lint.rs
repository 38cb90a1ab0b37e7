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
    let counts = loaded.catalogue.as_ref().map(|c| (c.profiles.len(), c.cases.len(), c.defects.len()));
    let (profiles, cases, defects) = counts.unwrap_or_default();
    stream::out(&match Lang::from(common.lang) {
        Lang::En => {
            format!("{errors} errors, {warnings} warnings; {profiles} profiles, {cases} cases, {defects} defects\n")
        }
        Lang::Nl => format!(
            "{errors} fouten, {warnings} waarschuwingen; {profiles} profielen, {cases} testgevallen, {defects} defecten\n"
        ),
    });
    if loaded.catalogue.is_some() { Exit::Fine as u8 } else { Exit::Usage as u8 }
}
