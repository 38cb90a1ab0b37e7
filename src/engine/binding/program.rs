//! Whether the programs that a target file names are there to be started.
//! Nothing is started here, and what a program is given is not looked at.

use super::exec;
use crate::model::target::{Binding, CastMeans, Target};
use std::path::Path;

/// A program of the target file that cannot be started, in words fit to follow the name of that file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: the program `{program}` {cause}; {remedy}")]
pub struct MissingProgram {
    /// Where in the target file it is named.
    pub place: String,
    /// The program as it is named there.
    pub program: String,
    /// What is wrong with it.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
}

/// Where a target file names programs, with the program, in order.
#[must_use]
pub fn named(target: &Target) -> Vec<(String, String)> {
    let cast = match &target.cast {
        CastMeans::Fixture(fixture) => fixture.exec.first().map(|own| ("cast.fixture.exec".to_owned(), own.clone())),
        CastMeans::Fhir | CastMeans::Preloaded(_) => None,
    };
    let bound = target.bindings.iter().filter_map(|(action, binding)| match binding {
        Binding::Exec(arguments) => Some((format!("bindings.{action}.exec"), arguments.first()?.to_string())),
        Binding::FhirConsent(_) | Binding::Http(_) | Binding::Manual(_) => None,
    });
    cast.into_iter().chain(bound).collect()
}

/// The programs of a target file in this folder that could not be started.
#[must_use]
pub fn missing(target: &Target, folder: &Path) -> Vec<MissingProgram> {
    let faulty = |(place, program): (String, String)| {
        let (cause, remedy) = fault(folder, &program)?;
        Some(MissingProgram { place, program, cause, remedy })
    };
    named(target).into_iter().filter_map(faulty).collect()
}

/// What is wrong with a program, and what to do; nothing if nothing is.
fn fault(folder: &Path, program: &str) -> Option<(String, String)> {
    let place = exec::place(folder, program);
    if exec::is_bare(program) {
        // Elsewhere a name may be completed in ways of which the system alone knows.
        let on_the_path = || {
            let path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
        };
        if cfg!(windows) || on_the_path() {
            return None;
        }
        let beside = folder.join(program).is_file();
        let remedy = if beside {
            "write `./` before it: it stands beside the target file"
        } else {
            "install it, or correct the name"
        };
        return Some(("is not on the search path (PATH)".to_owned(), remedy.to_owned()));
    }
    let seen = place.display();
    if !place.exists() {
        let cause = format!("is not there (looked for {seen})");
        return Some((cause, "put it there, or correct the path, which begins at the target file's folder".to_owned()));
    }
    if !place.is_file() {
        return Some(("is a folder".to_owned(), "name the file in it that is to be started".to_owned()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if place.metadata().is_ok_and(|about| about.permissions().mode() & 0o111 == 0) {
            return Some(("may not be executed".to_owned(), format!("allow it: chmod +x {seen}")));
        }
    }
    None
}
