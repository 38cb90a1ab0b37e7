//! Several reports laid side by side: a pure function of the reports and of a limit of age.
//! It aligns, says what may not be aligned and why, and never sums up over requirements.

pub mod brief;
mod comparability;
mod matrix;
mod pool;
mod quantity;
mod together;

pub use brief::{Brief, BriefError};
pub use pool::Pool;

use crate::model::comparison::{Comparison, Leak, Party};
use crate::model::id::RequirementId;
use crate::model::report::Said;
use crate::report::words::utc;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The version of the format of a comparison.
const FORMAT: u32 = 1;
/// Reports that lie further apart than this say little of each other (half a year).
pub const MAX_AGE_DAYS: u64 = 183;

/// How a comparison is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Beyond how many days a report is too old.
    pub max_age_days: u64,
    /// The moment that is now for whoever compares, where one is given: age is counted from it, and a report that is dated
    /// later is no measure of the age of others. Without one age is counted from the newest report.
    pub not_before: Option<OffsetDateTime>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_age_days: MAX_AGE_DAYS, not_before: None }
    }
}

/// Compares reports, in the order given.
#[must_use]
pub fn compare(briefs: &[Brief], settings: Settings) -> Comparison {
    let as_of = as_of(briefs, settings);
    let days = |brief: &Brief| as_of.and_then(|as_of| age(brief, as_of, settings.max_age_days));
    let reports: Vec<Party> = briefs.iter().enumerate().map(|(at, brief)| party(at, brief, days(brief))).collect();
    let ground = comparability::Ground::of(briefs, &reports, settings.max_age_days);
    let subjects = matrix::all(briefs, &ground);
    let as_of = as_of.and_then(|moment| moment.format(&Rfc3339).ok());
    Comparison {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        obstacles: comparability::obstacles(briefs, &ground, &subjects, as_of.as_deref(), settings.max_age_days),
        as_of,
        max_age_days: settings.max_age_days,
        leaks: leaks(briefs),
        against: None,
        quantities: quantity::all(briefs, &subjects),
        subjects,
        reports,
    }
}

/// What the report at this place is called: A to Z, then AA, AB, …
#[must_use]
pub fn letter(at: usize) -> String {
    let mut name = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// No clock is read, so that the same reports give the same comparison on any day.
///
/// A moment that lies so far before every report that none would be comparable is no now: then it says nothing.
fn as_of(briefs: &[Brief], settings: Settings) -> Option<OffsetDateTime> {
    let began = || briefs.iter().filter_map(|brief| utc(&brief.run.started));
    let is_now = |given: &OffsetDateTime| {
        began().next().is_none() || began().any(|at| !is_beyond(at, *given, settings.max_age_days))
    };
    settings.not_before.filter(is_now).or_else(|| began().max())
}

/// Whether a report is dated so much later than the moment that age is counted from that it says little of the others.
fn is_beyond(began: OffsetDateTime, as_of: OffsetDateTime, max_age_days: u64) -> bool {
    u64::try_from((began - as_of).whole_days()).is_ok_and(|days| days > max_age_days)
}

/// In days; what began a little later than the moment that age is counted from is new, what began long after it has no age.
fn age(brief: &Brief, as_of: OffsetDateTime, max_age_days: u64) -> Option<u64> {
    let began = utc(&brief.run.started)?;
    let days = u64::try_from((as_of - began).whole_days()).unwrap_or(0);
    (!is_beyond(began, as_of, max_age_days)).then_some(days)
}

fn party(at: usize, brief: &Brief, age_days: Option<u64>) -> Party {
    Party {
        letter: letter(at),
        name: brief.name(),
        vendor: brief.target.product.vendor.clone(),
        started: brief.run.started.clone(),
        age_days,
        environment: brief.target.authorisation.as_ref().map(|given| given.environment),
        catalogue: brief.catalogue.clone(),
        judge: brief.judge.clone(),
        run: brief.run.digest.clone(),
        selection: brief.run.selection,
        interrupted: brief.run.interrupted,
        self_tested: brief.run.self_tested,
        conclusion: brief.conclusion.clone(),
    }
}

/// A leaked person stands on the first screen, whatever may or may not be compared.
fn leaks(briefs: &[Brief]) -> Vec<Leak> {
    let mut found: BTreeMap<(String, String), Leak> = BTreeMap::new();
    for (at, brief) in briefs.iter().enumerate() {
        for point in brief.requirements.iter().filter(|one| one.leaks) {
            let leak = found.entry((point.id.to_string(), point.role.to_string())).or_insert_with(|| Leak {
                requirement: RequirementId::clone(&point.id),
                role: point.role.to_string(),
                text: Said::clone(&point.text),
                reports: Vec::new(),
            });
            leak.reports.push(letter(at));
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_beyond_z() {
        let letters: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].map(letter).into();
        assert_eq!(letters, ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
