//! Catalogue and target file for the commands, with their diagnostics printed.
//! What cannot be loaded ends the command with the exit code for faulty input.

use super::args::{Common, Narrow};
use super::run::folder_of;
use super::stream;
use crate::engine::binding::program;
use crate::language::catalogue::Catalogue;
use crate::language::diagnostic::{self, Diagnostic, Severity};
use crate::language::policy::load_policy;
use crate::language::target::load_target;
use crate::language::tender::load_tender;
use crate::model::plan::Selection;
use crate::model::policy::Policy;
use crate::model::report::Report;
use crate::model::target::Target;
use crate::model::tender::TenderFile;
use crate::report::load;
use crate::report::render::visible;
use std::path::Path;
use std::sync::Arc;

/// The catalogue of this command.
///
/// # Errors
/// The exit code, once the diagnostics are printed.
pub fn catalogue(common: &Common) -> Result<Arc<Catalogue>, u8> {
    let loaded = match &common.catalogue {
        Some(folder) => Catalogue::from_folder(folder),
        None => Catalogue::embedded(),
    };
    let shown: Vec<&Diagnostic> = match loaded.catalogue {
        Some(_) => Vec::new(),
        None => loaded.of(Severity::Error).collect(),
    };
    print(&shown);
    match loaded.catalogue {
        Some(catalogue) => Ok(Arc::new(catalogue)),
        None => Err(stream::refuse(&format!("the catalogue has {} errors; nothing was contacted", shown.len()))),
    }
}

/// Prints diagnostics on stderr.
pub fn print(diagnostics: &[&Diagnostic]) {
    let colour = match stream::colour() {
        crate::report::render::terminal::Colour::Ansi => diagnostic::Colour::Ansi,
        crate::report::render::terminal::Colour::Plain => diagnostic::Colour::Plain,
    };
    for one in diagnostics {
        stream::err(&diagnostic::render(one, colour));
        stream::err("\n");
    }
}

/// The target file of this command.
///
/// # Errors
/// The exit code, once the diagnostics are printed.
pub fn target(path: &Path, catalogue: &Catalogue) -> Result<Target, u8> {
    let loaded = load_target(path, catalogue);
    print(&loaded.diagnostics.iter().collect::<Vec<_>>());
    loaded.target.ok_or_else(|| stream::refuse(&format!("{} cannot be used; nothing was contacted", path.display())))
}

/// Looks whether the programs of a target file are there, if they may be started; else says once what that costs.
///
/// # Errors
/// The exit code, once each that is missing is named.
pub fn programs(path: &Path, target: &Target, allow_exec: bool) -> Result<(), u8> {
    let file = path.display();
    if !allow_exec {
        let places: Vec<String> = program::named(target).into_iter().map(|(place, _)| place).collect();
        if !places.is_empty() {
            stream::err(&format!(
                "note: {file} starts programs ({}); without --allow-exec what needs them is not tested\n",
                places.join(", ")
            ));
        }
        return Ok(());
    }
    let missing = program::missing(target, &folder_of(path));
    for one in &missing {
        stream::refuse(&format!("{file}: {one}"));
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(stream::refuse(&format!("{file} cannot be used; nothing was contacted")))
    }
}

/// The policy file of this command.
///
/// # Errors
/// The exit code, once the diagnostics are printed.
pub fn policy(path: &Path) -> Result<Policy, u8> {
    let loaded = load_policy(path);
    print(&loaded.diagnostics.iter().collect::<Vec<_>>());
    loaded.policy.ok_or_else(|| stream::refuse(&format!("{} cannot be used; nothing was decided", path.display())))
}

/// The tender file of this command.
///
/// # Errors
/// The exit code, once the diagnostics are printed.
pub fn tender(path: &Path, catalogue: &Catalogue) -> Result<TenderFile, u8> {
    let loaded = load_tender(path, catalogue);
    print(&loaded.diagnostics.iter().collect::<Vec<_>>());
    loaded.tender.ok_or_else(|| stream::refuse(&format!("{} cannot be used; nothing was written", path.display())))
}

/// The report of a command that reads one: a `report.json`, or a run directory.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn report(path: &Path) -> Result<Report, u8> {
    // Why a file is no report may quote the file, and the file may be anybody's.
    load::load(path).map_err(|why| stream::refuse(&visible(&why.to_string())))
}

/// The same, with the digest of the file.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn digested(path: &Path) -> Result<(Report, String), u8> {
    load::digested(path).map_err(|why| stream::refuse(&visible(&why.to_string())))
}

/// What the run is narrowed to, with unknown names refused.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn selection(narrow: &Narrow, catalogue: &Catalogue) -> Result<Selection, u8> {
    if let Some(unknown) = narrow.profile.iter().find(|id| !catalogue.profiles.contains_key(*id)) {
        return Err(stream::refuse(&format!("no profile `{unknown}`; see `toetssteen list profiles`")));
    }
    if let Some(unknown) = narrow.case.iter().find(|id| !catalogue.cases.contains_key(*id)) {
        return Err(stream::refuse(&format!("no case `{unknown}`; see `toetssteen list cases`")));
    }
    let known = |role| catalogue.profiles.values().any(|profile| profile.roles.contains(role));
    if let Some(unknown) = narrow.role.iter().find(|role| !known(role)) {
        return Err(stream::refuse(&format!("no profile has the role `{unknown}`")));
    }
    Ok(Selection { profiles: narrow.profile.clone(), cases: narrow.case.clone(), roles: narrow.role.clone() })
}
