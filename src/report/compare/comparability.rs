//! What may be laid beside what: reports that agree on everything that decides a verdict beside the system itself.
//! The largest set of reports that agree is aligned; the others stand beside it, with what differs.

use super::{Brief, letter};
use crate::model::comparison::{Difference, Holding, Obstacle, Party, Subject, Weight};
use crate::model::report::{ProfileConclusion, Said};
use crate::model::span::Span;
use crate::report::words::compare as words;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What of each report decides whether it may be compared at all.
pub(super) struct Ground {
    /// For each report, what it has of each kind that blocks.
    facts: Vec<Vec<(Difference, Said)>>,
    /// Whether each is of a time that the others can be held against.
    time: Vec<Time>,
}

/// When a report was made, seen from the moment that age is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// Not too long before it.
    Fits,
    /// Too long before it, or nobody can say when.
    TooOld,
    /// Long after it.
    ToCome,
}

impl Time {
    fn of(party: &Party, max_age_days: u64) -> Self {
        match party.age_days {
            Some(days) if days <= max_age_days => Self::Fits,
            // A date that gives no age is of a day that is yet to come.
            None if words::has_date(&party.started) => Self::ToCome,
            Some(_) | None => Self::TooOld,
        }
    }
}

/// How reports stand to each other in one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether the report may be compared with the others for which this is true.
    pub(super) comparable: bool,
    /// What differs, if it may not.
    pub(super) because: Vec<Difference>,
}

impl Ground {
    /// The grounds of all reports.
    pub(super) fn of(briefs: &[Brief], parties: &[Party], max_age_days: u64) -> Self {
        let time = parties.iter().map(|party| Time::of(party, max_age_days)).collect();
        Self { facts: briefs.iter().map(facts).collect(), time }
    }

    /// How the reports that offer a role stand to each other in it; `None` for those that do not.
    pub(super) fn standings(&self, briefs: &[Brief], profile: &str, role: &str) -> Vec<Option<Standing>> {
        let decisive = decisive(briefs, profile, role);
        let keys: Vec<Option<Vec<(Difference, String)>>> = briefs
            .iter()
            .zip(&self.facts)
            .map(|(brief, facts)| {
                let claim = brief.claim(profile, role)?;
                let options = claim.options.iter().filter(|(name, _)| decisive.contains(name.as_str()));
                let options = options.map(|(name, value)| format!("{name}\u{1f}{}", normal(value)));
                let own = [
                    (Difference::Edition, claim.edition.clone()),
                    (Difference::Options, options.collect::<Vec<_>>().join("\u{1e}")),
                ];
                Some(facts.iter().map(|(kind, value)| (*kind, value.en.clone())).chain(own).collect())
            })
            .collect();
        let young: Vec<Option<&Vec<(Difference, String)>>> =
            keys.iter().zip(&self.time).map(|(key, time)| key.as_ref().filter(|_| *time == Time::Fits)).collect();
        let first = representative(&young);
        keys.iter()
            .enumerate()
            .map(|(at, key)| {
                let key = key.as_ref()?;
                let mut because: Vec<Difference> = match first {
                    Some(first) => differing(key, first),
                    // No two agree: each differs from the others in what any of them has otherwise.
                    None => {
                        let all: BTreeSet<Difference> =
                            young.iter().flatten().flat_map(|other| differing(key, other)).collect();
                        all.into_iter().collect()
                    }
                };
                if self.time.get(at).is_some_and(|time| *time != Time::Fits) {
                    because.push(Difference::Age);
                }
                Some(Standing { comparable: because.is_empty(), because })
            })
            .collect()
    }
}

/// The options that must be alike: those that all state, and those that some state unlike each other. One that some do not
/// state takes nothing away from others that agree: what depends on it is not tested there.
fn decisive<'b>(briefs: &'b [Brief], profile: &str, role: &str) -> BTreeSet<&'b str> {
    let claims: Vec<&ProfileConclusion> = briefs.iter().filter_map(|brief| brief.claim(profile, role)).collect();
    let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in claims.iter().flat_map(|claim| &claim.options) {
        values.entry(name).or_default().push(normal(value));
    }
    let counts = |all: &Vec<String>| all.len() == claims.len() || all.iter().any(|value| *value != all[0]);
    values.into_iter().filter(|(_, all)| counts(all)).map(|(name, _)| name).collect()
}

/// The same duration may be written in two ways.
fn normal(value: &str) -> String {
    value.parse::<Span>().map_or_else(|_| value.to_owned(), |span| span.to_string())
}

fn differing(one: &[(Difference, String)], other: &[(Difference, String)]) -> Vec<Difference> {
    one.iter().zip(other).filter(|(a, b)| a.1 != b.1).map(|(a, _)| a.0).collect()
}

/// The first of the largest set that agree; of equally large ones, of that which begins first.
/// None if there are several and no two agree: then none is the measure of the others.
pub(super) fn representative<'k, K: Eq + std::hash::Hash>(keys: &[Option<&'k K>]) -> Option<&'k K> {
    let mut sizes: HashMap<&K, (usize, usize)> = HashMap::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            sizes.entry(key).or_insert((0, at)).0 += 1;
        }
    }
    let several = sizes.len() > 1;
    let best = sizes.into_iter().max_by_key(|(_, (size, at))| (*size, std::cmp::Reverse(*at)));
    best.filter(|(_, (size, _))| *size > 1 || !several).map(|(key, _)| key)
}

fn facts(brief: &Brief) -> Vec<(Difference, Said)> {
    let same = |text: &str| Said { nl: text.to_owned(), en: text.to_owned() };
    let own = brief.parameters();
    vec![
        (Difference::Catalogue, same(&brief.catalogue)),
        (Difference::Judge, same(&brief.judge)),
        (
            Difference::Environment,
            words::environment(brief.target.authorisation.as_ref().map(|given| given.environment)),
        ),
        (Difference::Parameters, words::parameters(own.attempts, own.timeout_ms, own.body_limit)),
    ]
}

/// What differs and matters less.
fn remarks(brief: &Brief) -> Vec<(Difference, Weight, Said)> {
    let ceiling = brief.target.authorisation.as_ref().map(|given| given.max_requests_per_second);
    vec![
        (Difference::Ceiling, Weight::Quantities, words::ceiling(ceiling)),
        (Difference::Challenge, Weight::Notes, words::challenge(brief.parameters().challenge.is_some())),
        (Difference::Independence, Weight::Notes, words::independence(brief.run.self_tested)),
    ]
}

/// Whether measured times may be compared at all.
pub(super) fn same_ceiling(briefs: &[Brief]) -> bool {
    let ceilings: BTreeSet<Option<u32>> = briefs
        .iter()
        .map(|brief| brief.target.authorisation.as_ref().map(|given| given.max_requests_per_second))
        .collect();
    ceilings.len() <= 1
}

/// Everything that a reader has to be told before comparing.
pub(super) fn obstacles(
    briefs: &[Brief],
    ground: &Ground,
    subjects: &[Subject],
    as_of: Option<&str>,
    max_age_days: u64,
) -> Vec<Obstacle> {
    let mut all = Vec::new();
    for at in 0..ground.facts.first().map_or(0, Vec::len) {
        let kind = ground.facts[0][at].0;
        all.extend(whole(kind, Weight::Blocks, ground.facts.iter().map(|facts| facts[at].1.clone())));
    }
    let as_of = as_of.unwrap_or_default();
    let times = [(Time::TooOld, words::too_old(max_age_days, as_of)), (Time::ToCome, words::to_come(as_of))];
    for (time, says) in times.into_iter().filter(|(time, _)| ground.time.contains(time)) {
        let those = briefs.iter().zip(&ground.time).enumerate().filter(|(_, (_, known))| **known == time);
        let values = holdings(those.map(|(at, (brief, _))| (at, words::day(&brief.run.started))));
        all.push(Obstacle { values, says, ..bare(Difference::Age, Weight::Blocks) });
    }
    let remarks: Vec<Vec<(Difference, Weight, Said)>> = briefs.iter().map(remarks).collect();
    for at in 0..remarks.first().map_or(0, Vec::len) {
        let (kind, weight, _) = remarks[0][at];
        all.extend(whole(kind, weight, remarks.iter().map(|one| one[at].2.clone())));
    }
    all.extend(narrowed(briefs));
    all.extend(same_runs(briefs));
    for subject in subjects {
        all.extend(of_subject(briefs, subject));
    }
    all.sort_by_key(|one| (one.weight, one.kind));
    all
}

fn bare(kind: Difference, weight: Weight) -> Obstacle {
    Obstacle { kind, weight, profile: None, role: None, group: None, values: Vec::new(), says: words::obstacle(kind) }
}

/// An obstacle if not all have the same.
fn whole(kind: Difference, weight: Weight, values: impl Iterator<Item = Said>) -> Option<Obstacle> {
    let values = holdings(values.enumerate());
    (values.len() > 1).then(|| Obstacle { values, ..bare(kind, weight) })
}

/// Values with the reports that have them, in the order in which they first occur.
fn holdings(values: impl Iterator<Item = (usize, Said)>) -> Vec<Holding> {
    let mut all: Vec<Holding> = Vec::new();
    let mut places: HashMap<Said, usize> = HashMap::new();
    for (at, value) in values {
        let place = *places.entry(value).or_insert_with_key(|value| {
            all.push(Holding { value: value.clone(), reports: Vec::new() });
            all.len() - 1
        });
        all[place].reports.push(letter(at));
    }
    all
}

fn narrowed(briefs: &[Brief]) -> Option<Obstacle> {
    let limited = briefs.iter().enumerate().filter(|(_, brief)| brief.run.selection || brief.run.interrupted);
    let said = limited.map(|(at, brief)| (at, words::narrowed(brief.run.selection, brief.run.interrupted)));
    let values = holdings(said);
    (!values.is_empty()).then(|| Obstacle { values, ..bare(Difference::Narrowed, Weight::Notes) })
}

fn same_runs(briefs: &[Brief]) -> Option<Obstacle> {
    let runs =
        briefs.iter().enumerate().map(|(at, brief)| (at, Said { nl: brief.run.id.clone(), en: brief.run.id.clone() }));
    let values: Vec<Holding> = holdings(runs).into_iter().filter(|one| one.reports.len() > 1).collect();
    (!values.is_empty()).then(|| Obstacle { values, ..bare(Difference::SameRun, Weight::Notes) })
}

fn of_subject(briefs: &[Brief], subject: &Subject) -> Vec<Obstacle> {
    let (profile, role) = (&subject.profile, &subject.role);
    let own = |kind: Difference| Obstacle {
        profile: Some(profile.clone()),
        role: Some(role.clone()),
        ..bare(kind, Weight::Blocks)
    };
    let claims: Vec<_> = briefs.iter().map(|brief| brief.claim(profile, role)).collect();
    let offering = || claims.iter().enumerate().filter_map(|(at, claim)| claim.map(|claim| (at, claim)));
    let mut all = Vec::new();
    let offered = holdings(claims.iter().map(|claim| words::offered(claim.is_some())).enumerate());
    if offered.len() > 1 {
        all.push(Obstacle { values: offered, ..own(Difference::Roles) });
    }
    let editions =
        holdings(offering().map(|(at, claim)| (at, Said { nl: claim.edition.clone(), en: claim.edition.clone() })));
    if editions.len() > 1 {
        all.push(Obstacle { values: editions, ..own(Difference::Edition) });
    }
    let decisive = decisive(briefs, profile, role);
    let claims: Vec<(usize, &ProfileConclusion)> = offering().collect();
    let (unlike, partly) = options(&claims, &decisive);
    if !unlike.is_empty() {
        all.push(Obstacle { values: unlike, ..own(Difference::Options) });
    }
    if !partly.is_empty() {
        all.push(Obstacle {
            values: partly,
            weight: Weight::Notes,
            says: words::partly_stated(),
            ..own(Difference::Options)
        });
    }
    for category in &subject.categories {
        let values = executed(briefs, subject, category);
        if !values.is_empty() {
            let says = words::executed(values.len());
            all.push(Obstacle { values, says, group: category.group.clone(), ..own(Difference::Executed) });
        }
    }
    all
}

/// Options that are stated unlike each other, and options that not all state and the others state alike.
fn options(claims: &[(usize, &ProfileConclusion)], decisive: &BTreeSet<&str>) -> (Vec<Holding>, Vec<Holding>) {
    let names: BTreeSet<&String> = claims.iter().flat_map(|(_, claim)| claim.options.keys()).collect();
    let (mut unlike, mut partly) = (Vec::new(), Vec::new());
    for name in names {
        // A report of before titles were kept names its options by their ids.
        let title = claims.iter().find_map(|(_, claim)| claim.option_titles.get(name).cloned());
        let title = title.unwrap_or_else(|| Said { nl: name.clone(), en: name.clone() });
        let values = holdings(claims.iter().map(|(at, claim)| {
            let value = claim.options.get(name).map(|value| normal(value));
            (*at, value.map_or_else(|| words::not_stated(&title), |value| words::option(&title, &value)))
        }));
        if !decisive.contains(name.as_str()) {
            partly.extend(values);
        } else if values.len() > 1 {
            unlike.extend(values);
        }
    }
    (unlike, partly)
}

/// The cases of a category that were carried out for some of the reports that may be compared, and not for all.
fn executed(briefs: &[Brief], subject: &Subject, category: &crate::model::comparison::Category) -> Vec<Holding> {
    let within: BTreeSet<&str> = category.rows.iter().map(|row| row.requirement.as_str()).collect();
    let comparable = |at: &usize| subject.offers.get(*at).is_some_and(|offer| offer.offered && offer.comparable);
    let those: Vec<usize> = (0..briefs.len()).filter(comparable).collect();
    let mut ran: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for at in &those {
        let points = briefs[*at].requirements.iter().filter(|one| *one.role == *subject.role);
        for case in points.filter(|one| within.contains(one.id.as_str())).flat_map(|one| one.ran.iter()) {
            ran.entry(case).or_default().insert(*at);
        }
    }
    ran.into_iter()
        .filter(|(_, reports)| reports.len() < those.len())
        .map(|(case, reports)| Holding {
            value: Said { nl: case.to_owned(), en: case.to_owned() },
            reports: reports.into_iter().map(letter).collect(),
        })
        .collect()
}
