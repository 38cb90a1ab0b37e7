//! The sample requests that a target file names in files of their own: no real person stands in them.
//! Whether they are requests is found when a case sends them.

use super::diagnostic::{Diagnostic, SourceFile};
use super::folder;
use super::number::{self, Ranges};
use crate::language::catalogue::Catalogue;
use crate::model::target::{SampleSource, Target};
use std::path::Path;
use std::sync::Arc;

/// Headers of which nothing is printed: they hold secrets, which do not belong there but may be.
const UNSPOKEN: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "dpop", "x-api-key"];

/// Every number in a sample that may be a living person's. What cannot be read is refused by whoever sends it.
pub(super) fn check(folder: &Path, target: &Target, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let owned: Vec<&str> = target.number_ranges.iter().map(|range| range.prefix.as_str()).collect();
    let ranges = Ranges::of(&catalogue.numbers, &owned);
    let files = target.samples.values().filter_map(|source| match source {
        SampleSource::File(file) => Some(folder.join(file)),
        // Stands in the target file, where it is looked at with all else.
        SampleSource::Text(_) => None,
    });
    let mut found = Vec::new();
    for path in files {
        let Ok(bytes) = folder::read_file(&path) else { continue };
        found.extend(of_text(&path.display().to_string(), &String::from_utf8_lossy(&bytes), &ranges));
    }
    found
}

fn of_text(name: &str, text: &str, ranges: &Ranges) -> Vec<Diagnostic> {
    let mut real = number::real_numbers(text, ranges);
    real.extend(number::coded_numbers(text, ranges));
    // Secrets first: with a number in it made unreadable a secret would not be found any more.
    let hidden = [unspoken(text), number::to_hide(&real, text)].concat();
    let masked = SourceFile { path: name.to_owned(), text: number::masked(text, &hidden) };
    number::refused(real, &Arc::new(masked))
}

/// What of a sample must not be printed.
pub(super) fn unspoken(text: &str) -> Vec<String> {
    let headers = text.lines().filter_map(|line| line.split_once(':'));
    let unspoken = headers.filter(|(name, _)| UNSPOKEN.contains(&name.trim().to_ascii_lowercase().as_str()));
    // Single letters would blank half the file and are nobody's secret.
    unspoken.map(|(_, value)| value.trim().to_owned()).filter(|value| value.len() > 3).collect()
}
