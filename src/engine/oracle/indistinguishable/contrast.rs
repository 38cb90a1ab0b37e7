//! Two classes of answers held against each other, feature by feature.
//! A feature tells them apart only if chance cannot, and only if it does not merely tell people apart.

use super::feature::{Feature, Features};
use super::fisher::Fisher;
use std::collections::{BTreeMap, BTreeSet};

/// One answer with its features.
pub struct Observation<'a> {
    /// The number of its record.
    pub number: u64,
    /// The own values of the person it is about, by which two answers are of one person.
    pub person: &'a [String],
    /// What can be told from it.
    pub features: Features,
}

/// The answers of one class.
pub type Class<'c, 'a> = &'c [&'c Observation<'a>];

/// A feature that tells two classes apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub feature: String,
    /// What it is for the one class, and how often.
    pub one: String,
    /// What it is for the other.
    pub other: String,
    /// Records that show it.
    pub witnesses: Vec<u64>,
}

/// What a contrast found.
#[derive(Debug, Default)]
pub struct Contrast {
    /// The most telling difference.
    pub certain: Option<Difference>,
    /// One that may be nothing but a value that every person has of their own.
    pub unclear: Option<Difference>,
}

/// Holds a class of one person against the unknown, who are many; `third` is the class of another
/// single person, which may show how much of a feature belongs to the person.
pub fn of_person(one: Class, unknown: Class, third: Class, most: f64, fisher: &Fisher) -> Contrast {
    let mut contrast = Contrast::default();
    for feature in features(one, unknown) {
        let Some(table) =
            Table::most_telling(feature, one, unknown, fisher, most, &|table| !feature.is_sum() || table.is_steady)
        else {
            continue;
        };
        let bound = if table.is_steady { Bound::Not } else { Bound::of(feature, one, unknown, third) };
        match bound {
            Bound::Not => {
                contrast.certain = Some(difference(feature, &table, one, unknown));
                return contrast;
            }
            Bound::Unclear if contrast.unclear.is_none() => {
                contrast.unclear = Some(difference(feature, &table, one, unknown));
            }
            Bound::Unclear | Bound::ToPerson => {}
        }
    }
    contrast
}

/// Holds two halves of one class against each other.
pub fn of_halves(one: Class, other: Class, most: f64, fisher: &Fisher) -> Option<Difference> {
    features(one, other).into_iter().find_map(|feature| {
        let table = Table::most_telling(feature, one, other, fisher, most, &|_| !feature.is_sum())?;
        Some(difference(feature, &table, one, other))
    })
}

fn features<'c>(one: Class<'c, '_>, other: Class<'c, '_>) -> BTreeSet<&'c Feature> {
    one.iter().chain(other).flat_map(|observation| observation.features.keys()).collect()
}

/// Whether a feature that varies among the unknown varies with the person.
///
/// A hash of the question is different for everybody and the same each time: constant for the
/// protected, who is one, and never twice the same for the unknown, who are many. That is no
/// difference between classes, although it looks like a perfect one.
enum Bound {
    Not,
    ToPerson,
    Unclear,
}

impl Bound {
    fn of(feature: &Feature, one: Class, unknown: Class, third: Class) -> Self {
        if !feature.may_be_personal() {
            return Self::Not;
        }
        match Self::of_repeated(feature, unknown) {
            Self::Unclear => {}
            known => return known,
        }
        // What varies for one person is not a person's own; what does not vary for two may be,
        // unless the unknown mostly agree.
        if states(feature, one).len() > 1 {
            return Self::Not;
        }
        let found = states(feature, unknown);
        let (most, all) = (found.values().max().copied().unwrap_or(0), found.values().sum::<usize>());
        // An odd draw among values that are drawn each time: digits alone where letters were as likely.
        if most * 10 >= all * 9 && states(&feature.source(), one).len() > 1 {
            return Self::Not;
        }
        if most * 2 <= all && states(feature, third).len() == 1 { Self::ToPerson } else { Self::Unclear }
    }

    /// What those of the unknown show who were asked about more than once.
    fn of_repeated(feature: &Feature, unknown: Class) -> Self {
        let mut people: BTreeMap<&[String], Vec<&State>> = BTreeMap::new();
        for observation in unknown {
            people.entry(observation.person).or_default().extend(observation.features.get(feature));
        }
        let repeated: Vec<&Vec<&State>> = people.values().filter(|states| states.len() > 1).collect();
        if repeated.iter().any(|states| states.windows(2).any(|pair| pair[0] != pair[1])) {
            return Self::Not;
        }
        let distinct: BTreeSet<&State> = repeated.iter().filter_map(|states| states.first().copied()).collect();
        if distinct.len() > 1 { Self::ToPerson } else { Self::Unclear }
    }
}

/// The split of a feature that tells most.
struct Table {
    p: f64,
    /// The value that the split is by; for a threshold none.
    value: Option<String>,
    /// Whether the whole other class agrees in it, as far as it has the feature, so that no spread
    /// among people explains why this one does not.
    is_steady: bool,
}

impl Table {
    fn most_telling(
        feature: &Feature,
        one: Class,
        other: Class,
        fisher: &Fisher,
        most: f64,
        counts: &dyn Fn(&Self) -> bool,
    ) -> Option<Self> {
        let found = states(feature, other);
        let (has_one_state, with_feature) = (found.len() <= 1, found.values().sum::<usize>());
        let (n, m) = (one.len(), other.len());
        // Where values are drawn, most tables are one against none: each is worked out once.
        let mut known = BTreeMap::new();
        let mut p = |a: usize, b: usize| *known.entry((a, b)).or_insert_with(|| fisher.p((a, n), (b, m)));
        let mut tables = Vec::new();
        for (value, (a, b)) in by_value(feature, one, other) {
            let is_steady = has_one_state || b == with_feature;
            let p = p(a, b);
            tables.push(Self { p, value: Some(value.to_owned()), is_steady });
        }
        if feature.is_ordered() {
            for (a, b) in by_threshold(feature, one, other) {
                let p = p(a, b);
                tables.push(Self { p, value: None, is_steady: has_one_state });
            }
        }
        // A steady split first: it needs no further question. Of equals the first: two runs of the
        // judge must say the same.
        tables
            .into_iter()
            .filter(|table| table.p < most && counts(table))
            .min_by(|x, y| y.is_steady.cmp(&x.is_steady).then(x.p.total_cmp(&y.p)))
    }
}

/// The values of a feature in one answer.
type State = BTreeSet<String>;

/// The states of a feature in a class, where it is there at all, and how often each occurs.
fn states<'c>(feature: &Feature, class: Class<'c, '_>) -> BTreeMap<&'c State, usize> {
    let mut states = BTreeMap::new();
    for state in class.iter().filter_map(|observation| observation.features.get(feature)) {
        *states.entry(state).or_default() += 1;
    }
    states
}

fn by_value<'c>(feature: &Feature, one: Class<'c, '_>, other: Class<'c, '_>) -> BTreeMap<&'c str, (usize, usize)> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for value in one.iter().filter_map(|observation| observation.features.get(feature)).flatten() {
        counts.entry(value).or_default().0 += 1;
    }
    for value in other.iter().filter_map(|observation| observation.features.get(feature)).flatten() {
        counts.entry(value).or_default().1 += 1;
    }
    counts
}

/// How many of each class have a number of at least each number that occurs.
fn by_threshold(feature: &Feature, one: Class, other: Class) -> Vec<(usize, usize)> {
    let numbers = |class: Class| -> Vec<u64> {
        let largest = |values: &BTreeSet<String>| values.iter().filter_map(|value| value.parse().ok()).max();
        class.iter().filter_map(|observation| observation.features.get(feature).and_then(largest)).collect()
    };
    let (one, other) = (numbers(one), numbers(other));
    let thresholds: BTreeSet<u64> = one.iter().chain(&other).copied().collect();
    let reach = |numbers: &[u64], least: u64| numbers.iter().filter(|number| **number >= least).count();
    thresholds.into_iter().map(|least| (reach(&one, least), reach(&other, least))).collect()
}

fn difference(feature: &Feature, table: &Table, one: Class, other: Class) -> Difference {
    let (first, first_witness) = said(feature, table, one);
    let (second, second_witness) = said(feature, table, other);
    let witnesses = first_witness.into_iter().chain(second_witness).collect();
    Difference { feature: feature.label(), one: first, other: second, witnesses }
}

/// What a feature is for a class: the telling value where most have it, else what most have.
fn said(feature: &Feature, table: &Table, class: Class) -> (String, Option<u64>) {
    let cut = |text: &str| super::super::value::cut(text, 70);
    let with = |value: &str| {
        let has = |observation: &&&Observation| {
            observation.features.get(feature).is_some_and(|values| values.contains(value))
        };
        (class.iter().filter(has).count(), class.iter().find(has).map(|observation| observation.number))
    };
    if let Some(value) = &table.value {
        let (times, witness) = with(value);
        if times * 2 > class.len() {
            return (format!("{} {times}/{}", cut(value), class.len()), witness);
        }
    }
    let mut found: Vec<(Option<&State>, usize)> =
        states(feature, class).into_iter().map(|(state, times)| (Some(state), times)).collect();
    let with_feature: usize = found.iter().map(|(_, times)| times).sum();
    found.insert(0, (None, class.len() - with_feature));
    // Of equals the first: the words of two runs of the judge are compared byte for byte.
    let common = found.into_iter().rev().max_by_key(|(_, times)| *times);
    let Some((state, times)) = common else {
        return (String::new(), None);
    };
    let text = state.map_or_else(
        || "absent".to_owned(),
        |values| cut(&values.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
    );
    let witness = class.iter().find(|observation| observation.features.get(feature) == state);
    (format!("{text} {times}/{}", class.len()), witness.map(|observation| observation.number))
}
