//! A target file to a Target: its shape, its claims, its bindings, and no real person in it.
//! Contacts nothing; whether the target is there is a matter of pre-flight.

use super::catalogue::Catalogue;
use super::code::Code;
use super::diagnostic::{Diagnostic, Severity, SourceFile};
use super::lint::claim;
use super::lint::target::Look;
use super::load::{self, Parsed};
use super::number;
use crate::model::target::Target;
use std::path::Path;
use std::sync::Arc;
use url::{Host, Url};

/// What came of reading a target file.
#[derive(Debug)]
pub struct LoadedTarget {
    /// The target, if no error was found.
    pub target: Option<Target>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// The parts of a target file of which each tells at most one fault of shape.
const ITEMS: &[&str] = &[
    "claims/*",
    "endpoints/*",
    "credentials/*",
    "bindings/*",
    "number-ranges/*",
    "not-testable/*",
    "cast/preloaded/*",
];

/// Reads and checks a target file. It need not lie in the catalogue's folder.
#[must_use]
pub fn load_target(path: &Path, catalogue: &Catalogue) -> LoadedTarget {
    let name = path.display().to_string();
    match load::read_file(path) {
        Ok(bytes) => read_target(&name, &bytes, catalogue),
        Err(error) => LoadedTarget {
            target: None,
            diagnostics: vec![Diagnostic::of_file(
                Code::Unreadable,
                name,
                format!("the target file cannot be read: {}", load::reason(&error)),
            )],
        },
    }
}

/// Checks the bytes of a target file; `name` is what diagnostics call it.
#[must_use]
pub fn read_target(name: &str, bytes: &[u8], catalogue: &Catalogue) -> LoadedTarget {
    let mut found = Vec::new();
    let Some(source) = load::text(name, bytes, &mut found) else {
        return LoadedTarget { target: None, diagnostics: found };
    };
    let parsed: Option<Parsed<Target>> = load::yaml(&source, ITEMS, &mut found);
    let owned: Vec<&str> =
        parsed.iter().flat_map(|parsed| &parsed.value.number_ranges).map(|range| range.prefix.as_str()).collect();
    let ranges = number::Ranges::of(&catalogue.numbers, &owned);
    let mut real = number::real_numbers(&source.text, &ranges);
    if let Some(parsed) = &parsed {
        real.extend(number::real_scalars(&parsed.tree, &ranges));
        Look::new(catalogue, parsed, &mut found).check();
        let profiles: Vec<_> = catalogue.profiles.values().collect();
        let place = claim::Place { source: &source, tree: &parsed.tree, way: "claims".to_owned() };
        if parsed.whole {
            claim::claims(&profiles, &parsed.value.claims, &place, &|_| false, &mut found);
        }
    }
    let masked = Arc::new(SourceFile { path: name.to_owned(), text: number::masked(&source.text, &real) });
    for diagnostic in &mut found {
        hide(diagnostic, &masked, &real);
    }
    found.extend(real.iter().map(|number| {
        let region = number.region;
        Diagnostic::at(Code::RealNumber, &masked, region, "this may be the number of a living person")
            .label("nine digits that pass the 11-proof, outside every reserved range")
            .help(
                "use a number from `testcases/cast/numbers.yaml`, or declare the range under `number-ranges`"
                    .to_owned(),
            )
    }));
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    found.dedup();
    let faulty = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    LoadedTarget { target: parsed.filter(|_| !faulty).map(|parsed| parsed.value), diagnostics: found }
}

/// Takes real numbers out of everything a diagnostic would print.
fn hide(diagnostic: &mut Diagnostic, masked: &Arc<SourceFile>, real: &[number::Found]) {
    diagnostic.message = number::masked(&diagnostic.message, real);
    diagnostic.label = number::masked(&diagnostic.label, real);
    diagnostic.help = diagnostic.help.take().map(|help| number::masked(&help, real));
    if diagnostic.source.is_some() {
        diagnostic.source = Some(Arc::clone(masked));
    }
    for related in &mut diagnostic.related {
        related.source = Arc::clone(masked);
    }
}

/// Whether every endpoint of a target is on this machine, so that nobody else has to allow the test.
/// Addresses of our own counterparts count as such.
#[must_use]
pub fn is_loopback(target: &Target) -> bool {
    target.endpoints.values().all(|endpoint| {
        endpoint.starts_with("{{counterpart.")
            || Url::parse(endpoint).is_ok_and(|url| match url.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                None => false,
            })
    })
}
