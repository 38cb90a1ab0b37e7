//! What `each` names range over, and what a bare name then stands for.
//! Pure: the same catalogue, seed and capability statement give the same combinations.

use super::layout::LayoutError;
use crate::engine::draw;
use crate::model::id::{ActionId, MemberId, Role, Word};
use crate::model::plan::{EachValue, Instance};
use crate::model::record::Parameters;
use crate::model::testcase::{Each, Range, Reduce, Where};
use crate::model::text::{Name, Text};
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// The values that names stand for.
pub type Values = BTreeMap<String, EachValue>;

/// Every combination of an `each`, in name order, values in the order written.
///
/// # Errors
/// When a named set is empty on this target.
pub fn combinations(
    each: &Each,
    sets: &BTreeMap<Word, Vec<String>>,
    parameters: &Parameters,
) -> Result<Vec<Values>, LayoutError> {
    let mut all = vec![Values::new()];
    for (name, range) in each {
        let values = values_of(name, range, sets, parameters)?;
        all = all
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut next = so_far.clone();
                    next.insert(name.clone(), value.clone());
                    next
                })
            })
            .collect();
    }
    Ok(all)
}

fn values_of(
    name: &str,
    range: &Range,
    sets: &BTreeMap<Word, Vec<String>>,
    parameters: &Parameters,
) -> Result<Vec<EachValue>, LayoutError> {
    Ok(match range {
        Range::In(words) => words.iter().cloned().map(EachValue::Word).collect(),
        Range::Of(set) => {
            let words = sets.get(set).filter(|words| !words.is_empty());
            let words = words.ok_or_else(|| LayoutError::EmptySet(set.to_string()))?;
            words.iter().cloned().map(EachValue::Word).collect()
        }
        Range::Rows(rows) => rows
            .iter()
            .map(|row| EachValue::Row(row.iter().map(|(k, v)| (k.clone(), v.to_string())).collect()))
            .collect(),
        Range::Draw(draw) => drawn(name, draw.count, draw.take, &draw.from, parameters),
        Range::Near(near) => {
            let by = i64::from(near.by);
            let offsets = (-by..=by).filter(|offset| *offset != 0);
            offsets.map(|offset| EachValue::Near { to: near.to.to_string(), offset }).collect()
        }
    })
}

/// `count` draws of `take` different texts each, in columns `1`, `2` …; no draw comes twice while there are others.
fn drawn(name: &str, count: u32, take: u32, from: &[Text], parameters: &Parameters) -> Vec<EachValue> {
    let mut generator = draw::generator(parameters, &format!("draw {name}"));
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    // Bounded: there may be fewer different draws than are asked for.
    for _ in 0..count.saturating_mul(8) {
        if rows.len() >= count as usize {
            break;
        }
        let mut order: Vec<usize> = (0..from.len()).collect();
        order.shuffle(&mut generator);
        order.truncate(take as usize);
        if seen.insert(order.clone()) {
            let mut row: BTreeMap<String, String> =
                order.iter().enumerate().map(|(n, index)| ((n + 1).to_string(), from[*index].to_string())).collect();
            let label = order.iter().map(|index| from[*index].to_string()).collect::<Vec<_>>().join(" & ");
            row.insert("name".to_owned(), label);
            rows.push(EachValue::Row(row));
        }
    }
    rows
}

/// Fewer combinations, such that every pair of values of two names still occurs together.
#[must_use]
pub fn reduced(all: Vec<Values>, reduce: Option<Reduce>) -> Vec<Values> {
    match reduce {
        None => all,
        Some(Reduce::Pairwise) => pairwise(all),
    }
}

type Pair = (String, EachValue, String, EachValue);

fn pairs(values: &Values) -> Vec<Pair> {
    let named: Vec<_> = values.iter().collect();
    let mut pairs = Vec::new();
    for (at, (name, value)) in named.iter().enumerate() {
        for (other, of_other) in &named[at + 1..] {
            pairs.push(((*name).clone(), (*value).clone(), (*other).clone(), (*of_other).clone()));
        }
    }
    pairs
}

/// Greedy: the combination with the most pairs not yet seen comes next; of equals the first.
fn pairwise(all: Vec<Values>) -> Vec<Values> {
    if all.first().is_none_or(|values| values.len() < 3) {
        return all;
    }
    let mut left: BTreeSet<Pair> = all.iter().flat_map(pairs).collect();
    let mut chosen: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let fresh = |index: &usize| pairs(&all[*index]).iter().filter(|pair| left.contains(*pair)).count();
        let Some(best) = (0..all.len()).max_by_key(|index| (fresh(index), std::cmp::Reverse(*index))) else { break };
        pairs(&all[best]).iter().for_each(|pair| {
            left.remove(pair);
        });
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| all[index].clone()).collect()
}

/// Whether a `where` holds for this instance, its `each` values and the roles claimed.
#[must_use]
pub fn holds(condition: Option<&Where>, instance: &Instance, values: &Values, roles: &[Role]) -> bool {
    let Some(condition) = condition else { return true };
    (condition.fhir.is_empty() || condition.fhir.contains(&instance.dialect.fhir))
        && (condition.format.is_empty() || condition.format.contains(&instance.dialect.format))
        && condition
            .options
            .iter()
            .all(|(option, allowed)| instance.options.get(option).is_some_and(|value| allowed.contains(value)))
        && condition.claims.iter().all(|role| roles.contains(role))
        && condition
            .each
            .iter()
            .all(|(name, allowed)| values.get(name).is_some_and(|value| allowed.iter().any(|a| *a == value.label())))
}

/// The word a bare name stands for: an `each` value, a column of one, or itself.
#[must_use]
pub fn word_of(name: &Name, values: &Values) -> String {
    match (values.get(&name.root), &name.field) {
        (Some(EachValue::Word(word)), None) => word.clone(),
        (Some(EachValue::Row(row)), Some(column)) => row.get(column).cloned().unwrap_or_default(),
        _ => name.to_string(),
    }
}

/// The action a bare name stands for.
#[must_use]
pub fn action_of(name: &Name, values: &Values) -> Option<ActionId> {
    word_of(name, values).parse().ok()
}

/// The cast member a bare name stands for.
#[must_use]
pub fn member_of(name: &Name, values: &Values) -> Option<MemberId> {
    word_of(name, values).parse().ok()
}

/// The id that stands this far from another in the order in which ids may have been given out.
///
/// The run of letters (of one case) and digits at its end counts: in decimal, else in hexadecimal, else in base 36.
/// Nothing was given out before the first; what would lie there is taken from the other side.
#[must_use]
pub fn neighbour(id: &str, offset: i64) -> Option<String> {
    let upper = id.ends_with(|c: char| c.is_ascii_uppercase());
    let is_letter = |c: char| if upper { c.is_ascii_uppercase() } else { c.is_ascii_lowercase() };
    let start = id.rfind(|c: char| !(c.is_ascii_digit() || is_letter(c))).map_or(0, |at| at + 1);
    // A long run would not fit a number; its end is what a counter changes.
    let start = start.max(id.len().saturating_sub(10));
    let (head, tail) = (id.get(..start)?, id.get(start..).filter(|tail| !tail.is_empty())?);
    let digits = tail.len() - tail.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (head, tail, radix) = if digits > 0 && tail.bytes().any(|b| !b.is_ascii_hexdigit()) {
        (id.get(..id.len() - digits)?, id.get(id.len() - digits..)?, 10)
    } else if tail.bytes().all(|byte| byte.is_ascii_digit()) {
        (head, tail, 10)
    } else if tail.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        (head, tail, 16)
    } else {
        (head, tail, 36)
    };
    let mut digits = Vec::new();
    let mut rest = i64::from_str_radix(tail, radix).ok()?.checked_add(offset)?.unsigned_abs();
    while rest > 0 || digits.is_empty() {
        digits.push(char::from_digit(u32::try_from(rest % u64::from(radix)).ok()?, radix)?);
        rest /= u64::from(radix);
    }
    let cased = |digit: char| if upper { digit.to_ascii_uppercase() } else { digit };
    let written: String = digits.into_iter().rev().map(cased).collect();
    Some(format!("{head}{written:0>width$}", width = tail.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> EachValue {
        EachValue::Word(text.to_owned())
    }

    #[test]
    fn neighbours_keep_the_form_of_an_id() {
        for (id, offset, expected) in [
            ("12", 1, "13"),
            ("099", 1, "100"),
            ("pat-7", -1, "pat-6"),
            ("a1b2-00ff", 1, "a1b2-0100"),
            ("xyz", 1, "xz0"),
            ("obs9", 1, "obs10"),
        ] {
            assert_eq!(neighbour(id, offset).as_deref(), Some(expected), "{id}");
        }
        assert_eq!(neighbour("7", -20).as_deref(), Some("13"), "a small id has neighbours too");
        assert_eq!(neighbour("01J-ABZ", 1).as_deref(), Some("01J-AC0"));
        assert_eq!(neighbour("abc-", 1), None);
    }

    #[test]
    fn every_pair_survives_a_reduction() {
        let names = [("a", 3), ("b", 3), ("c", 4)];
        let mut all = vec![Values::new()];
        for (name, count) in names {
            all = all
                .into_iter()
                .flat_map(|values| {
                    (0..count).map(move |n| {
                        let mut next = values.clone();
                        next.insert(name.to_owned(), word(&n.to_string()));
                        next
                    })
                })
                .collect();
        }
        let whole: BTreeSet<Pair> = all.iter().flat_map(pairs).collect();
        let few = reduced(all.clone(), Some(Reduce::Pairwise));
        let kept: BTreeSet<Pair> = few.iter().flat_map(pairs).collect();
        assert_eq!(whole, kept);
        assert!(few.len() <= 16 && few.len() < all.len(), "{}", few.len());
    }

    #[test]
    fn draws_are_different_and_follow_the_seed() {
        let parameters =
            Parameters { seed: 1, attempts: 1, timeout_ms: 1, body_limit: 1, challenge: None, shard: None };
        let from: Vec<Text> = ["a", "b", "c"].map(Text::literal).into();
        let first = drawn("x", 4, 2, &from, &parameters);
        assert_eq!(first, drawn("x", 4, 2, &from, &parameters));
        assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 4);
        assert_eq!(drawn("x", 100, 2, &from, &parameters).len(), 6, "there are no more than six");
    }
}
