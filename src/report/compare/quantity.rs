//! What was measured, side by side: times in whole seconds, which is as fine as they were measured, and outages.
//! A smaller difference is shown as equal.

use super::Brief;
use super::brief::{Reading, named};
use super::comparability::same_ceiling;
use crate::model::comparison::{ABSENT, Measure, Measured, NOT_OFFERED, Quantity, Subject};
use crate::report::words::compare as words;
use std::collections::BTreeMap;

/// Kind, case, repetition and role.
type Key = (Measure, String, BTreeMap<String, String>, String);

/// All quantities, by kind and case.
pub(super) fn all(briefs: &[Brief], subjects: &[Subject]) -> Vec<Quantity> {
    let mut found: BTreeMap<Key, Vec<Option<&Reading>>> = BTreeMap::new();
    for (at, brief) in briefs.iter().enumerate() {
        for reading in &brief.measured {
            for kind in kinds(reading) {
                let key = (kind, reading.case.clone(), reading.of.clone(), reading.role.clone());
                found.entry(key).or_insert_with(|| vec![None; briefs.len()])[at] = Some(reading);
            }
        }
    }
    let timed = same_ceiling(briefs);
    found
        .into_iter()
        .filter_map(|((kind, case, of, role), readings)| {
            let first = readings.iter().flatten().next()?;
            let subject = subjects.iter().find(|one| one.profile == first.profile && one.role == role)?;
            // A case that measured no time was carried out all the same: then the action worked at the first look.
            let ended =
                |at: usize| briefs[at].ended.get(&(case.as_str().into(), named(&of).into())).map(ToString::to_string);
            let values = readings.iter().zip(&subject.offers).enumerate().map(|(at, (reading, offer))| Measured {
                number: reading
                    .and_then(|reading| reading.effect_ms)
                    .filter(|_| kind == Measure::Effect)
                    .map(|ms| ms / 1000),
                state: match reading {
                    Some(reading) => reading.outcome.clone(),
                    None if offer.offered => ended(at).unwrap_or_else(|| ABSENT.to_owned()),
                    None => NOT_OFFERED.to_owned(),
                },
                comparable: offer.comparable && (timed || kind == Measure::Outage),
            });
            let values = values.collect();
            Some(Quantity {
                kind,
                values,
                title: match kind {
                    Measure::Effect => words::effect(&first.purpose),
                    Measure::Outage => first.purpose.clone(),
                },
                unit: if kind == Measure::Effect { "s" } else { "" }.to_owned(),
                profile: first.profile.clone(),
                case,
                of,
                role,
            })
        })
        .collect()
}

fn kinds(reading: &Reading) -> impl Iterator<Item = Measure> {
    let outage = reading.of.contains_key("facility") && reading.of.contains_key("fault");
    [reading.effect_ms.map(|_| Measure::Effect), outage.then_some(Measure::Outage)].into_iter().flatten()
}
