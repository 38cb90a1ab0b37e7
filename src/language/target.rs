//! A target file to a Target: its shape, its claims, its bindings, and no real person in it.
//! Contacts nothing; whether the target is there is a matter of pre-flight.

use super::catalogue::Catalogue;
use super::code::Code;
use super::diagnostic::{Diagnostic, Severity, SourceFile};
use super::folder;
use super::lint::claim;
use super::lint::target::Look;
use super::load::{self, Parsed};
use super::number;
use super::sample;
use super::source::{self, Node};
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
    match folder::read_file(path) {
        Ok(bytes) => {
            let mut loaded = read_target(&name, &bytes, catalogue);
            let folder = path.parent().unwrap_or(Path::new(""));
            let faults = loaded.target.iter().flat_map(|target| sample::check(folder, target, catalogue));
            loaded.diagnostics.extend(faults.collect::<Vec<_>>());
            let faulty = |one: &Diagnostic| one.severity == Severity::Error;
            loaded.target = loaded.target.filter(|_| !loaded.diagnostics.iter().any(faulty));
            loaded
        }
        Err(error) => LoadedTarget {
            target: None,
            diagnostics: vec![Diagnostic::of_file(
                Code::Unreadable,
                name,
                format!("the target file cannot be read: {}", folder::reason(&error)),
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
    real.extend(number::coded_numbers(&source.text, &ranges));
    let mut hidden: Vec<String> = Vec::new();
    if let Ok(tree) = source::parse(&source.text) {
        real.extend(number::real_scalars(&tree, &ranges));
        hidden.extend(secrets(&tree));
    }
    hidden.extend(number::to_hide(&real, &source.text));
    if let Some(parsed) = &parsed {
        let profiles: Vec<_> = catalogue.profiles.values().collect();
        let place = claim::Place { source: &source, tree: &parsed.tree, way: "claims".to_owned() };
        let before = found.len();
        if parsed.whole {
            claim::claims(&profiles, &parsed.value.claims, &place, &|_| false, &mut found);
        }
        let claims_hold = parsed.whole && found.len() == before;
        Look::new(catalogue, parsed, claims_hold, &mut found).check();
    }
    let masked = Arc::new(SourceFile { path: name.to_owned(), text: number::masked(&source.text, &hidden) });
    for diagnostic in &mut found {
        hide(diagnostic, &masked, &hidden);
    }
    found.extend(number::refused(real, &masked));
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    found.dedup();
    let faulty = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    LoadedTarget { target: parsed.filter(|_| !faulty).map(|parsed| parsed.value), diagnostics: found }
}

/// What must not be printed although the file should not hold it: secrets written out where a
/// reference belongs, and user names and passwords in addresses.
fn secrets(tree: &Node) -> Vec<String> {
    let mut secrets = Vec::new();
    if let Some(credentials) = tree.get("credentials") {
        credentials.each_map(&mut |map| {
            for key in ["secret", "key", "token", "password"] {
                secrets.extend(map.get(key).and_then(Node::scalar).map(str::to_owned));
            }
        });
    }
    if let Some(samples) = tree.get("samples") {
        samples.each_scalar(&mut |text, _| secrets.extend(sample::unspoken(text)));
    }
    tree.each_scalar(&mut |text, _| {
        if let Some((_, rest)) = text.split_once("://")
            && let Some((user, _)) = rest.split('/').next().unwrap_or_default().rsplit_once('@')
        {
            secrets.push(user.to_owned());
        }
    });
    // Single letters would blank half the file and are nobody's secret.
    secrets.retain(|secret| secret.len() > 3);
    secrets
}

/// Takes everything that must not be printed out of a diagnostic.
fn hide(diagnostic: &mut Diagnostic, masked: &Arc<SourceFile>, hidden: &[String]) {
    diagnostic.message = number::masked(&diagnostic.message, hidden);
    diagnostic.label = number::masked(&diagnostic.label, hidden);
    diagnostic.help = diagnostic.help.take().map(|help| number::masked(&help, hidden));
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
