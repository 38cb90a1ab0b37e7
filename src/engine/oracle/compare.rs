//! Whether the answers of two steps stand in a relation: equal, subset, superset.
//! Only what aspects name is compared; no value of an element is ever shown.

mod aspect;

use super::Exchange;
use super::value::cut;
use crate::model::expectation::{Aspect, Comparison, Relation};
use crate::model::finding::{Expected, Observed};
use crate::model::id::{MemberId, Word};
use crate::model::record::Key;
use crate::model::verdict::{Doubt, Judgement};
use aspect::{Items, is_served};
use std::collections::{BTreeMap, BTreeSet};

/// What an answer says of people: names of canaries, fit to be shown.
pub type Canaries<'a> = &'a dyn Fn(&Exchange) -> BTreeSet<String>;

/// Compares every later exchange with the last earlier one before it of the same question; canaries
/// and pages are compared once, as a union over each step.
///
/// Two exchanges put the same question if request and person are the same, and every `each` name
/// that both steps have. Something served where it was refused before is a breach, if `outcome` is
/// what is compared; but an error of the server refused nothing, and nothing can be held against it.
/// Two empty sets show nothing, and an empty answer that refuses shows no subset.
#[must_use]
pub fn judge(comparison: &Comparison, earlier: &[Exchange], later: &[Exchange], canaries: Canaries) -> Vec<Judgement> {
    if comparison.what.is_of_whole_step() {
        return vec![of_steps(comparison, earlier, later, canaries)];
    }
    let names = shared_names(earlier, later);
    later
        .iter()
        .map(|exchange| {
            let Some(partner) = partner(earlier, exchange, &names) else {
                let seen = Observed::NothingToCompare;
                let witnesses = vec![exchange.number];
                return Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected(comparison), seen, witnesses);
            };
            let witnesses = vec![partner.number, exchange.number];
            if partner.is_server_failure() {
                let seen = Observed::ServerFailed(1);
                let judgement = Judgement::doubtful(Doubt::Vacuous, expected(comparison), seen, witnesses);
                return Judgement { of: repetition(exchange.key), ..judgement };
            }
            let judgement = Pair::of(comparison.what, partner, exchange).judge(comparison, witnesses);
            Judgement { of: repetition(exchange.key), ..judgement }
        })
        .collect()
}

/// Compares all exchanges of one step with all of another, as a union over each.
#[must_use]
pub fn of_steps(comparison: &Comparison, earlier: &[Exchange], later: &[Exchange], canaries: Canaries) -> Judgement {
    let witnesses = earlier.iter().chain(later).map(|exchange| exchange.number).collect();
    Pair::of_steps(comparison.what, earlier, later, canaries).judge(comparison, witnesses)
}

/// Whether any later set was smaller than the one it is held against; nothing where that is not asked.
///
/// Ask this over a whole step, all its comparisons together: if no subset was ever smaller, a
/// parameter may simply be ignored, and [`underpowered`] belongs beside the passes. Of `equal` and
/// `superset-of` it is not asked: who must get at least what another gets may get exactly that.
/// A refusal is no smaller set.
#[must_use]
pub fn ever_smaller(
    comparison: &Comparison,
    earlier: &[Exchange],
    later: &[Exchange],
    canaries: Canaries,
) -> Option<bool> {
    let served: Vec<Exchange> = later.iter().filter(|one| is_served(one.response.status)).copied().collect();
    let pairs: Vec<Pair> = if served.is_empty() {
        Vec::new()
    } else if comparison.what.is_of_whole_step() {
        vec![Pair::of_steps(comparison.what, earlier, &served, canaries)]
    } else {
        let names = shared_names(earlier, &served);
        served
            .iter()
            .filter_map(|exchange| {
                partner(earlier, exchange, &names).map(|partner| Pair::of(comparison.what, partner, exchange))
            })
            .collect()
    };
    match comparison.is {
        Relation::Equal | Relation::SupersetOf => None,
        Relation::SubsetOf => Some(pairs.iter().any(|pair| pair.later.is_smaller_than(&pair.earlier))),
    }
}

/// What stands beside the passes of a step in which no subset was ever smaller.
#[must_use]
pub fn underpowered(comparison: &Comparison, witnesses: Vec<u64>) -> Judgement {
    Judgement::doubtful(Doubt::Underpowered, expected(comparison), Observed::RelationHolds, witnesses)
}

fn expected(comparison: &Comparison) -> Expected {
    Expected::Related { what: comparison.what, is: comparison.is, step: comparison.step.to_string() }
}

/// The `each` names that both steps have.
fn shared_names(earlier: &[Exchange], later: &[Exchange]) -> BTreeSet<String> {
    let names = |exchanges: &[Exchange]| -> BTreeSet<String> {
        exchanges.iter().flat_map(|exchange| exchange.key.each.keys().cloned()).collect()
    };
    &names(earlier) & &names(later)
}

type Question<'k> = (Option<&'k Word>, Option<&'k MemberId>, Vec<(&'k str, Option<&'k String>)>);

fn question<'k>(key: &'k Key, names: &'k BTreeSet<String>) -> Question<'k> {
    let each = names.iter().map(|name| (name.as_str(), key.each.get(name))).collect();
    (key.request.as_ref(), key.about.as_ref(), each)
}

/// The last exchange of the same question before this one. What comes after it (the second time of
/// an `around`) is left out, so that a recording judged half-way and whole gives the same.
fn partner<'e, 'a>(
    earlier: &'e [Exchange<'a>],
    exchange: &Exchange,
    names: &BTreeSet<String>,
) -> Option<&'e Exchange<'a>> {
    let same = question(exchange.key, names);
    earlier
        .iter()
        .filter(|other| other.number < exchange.number && question(other.key, names) == same)
        .max_by_key(|other| other.number)
}

fn repetition(key: &Key) -> BTreeMap<String, String> {
    let mut of = key.each.clone();
    of.extend(key.request.as_ref().map(|request| ("request".to_owned(), request.to_string())));
    of.extend(key.about.as_ref().map(|about| ("about".to_owned(), about.to_string())));
    of
}

/// Two answers, by one aspect.
struct Pair {
    earlier: Items,
    later: Items,
    /// The statuses, where there are two.
    statuses: Option<(u16, u16)>,
}

impl Pair {
    fn of(what: Aspect, earlier: &Exchange, later: &Exchange) -> Self {
        Self {
            earlier: Items::of(what, earlier),
            later: Items::of(what, later),
            statuses: Some((earlier.response.status, later.response.status)),
        }
    }

    fn of_steps(what: Aspect, earlier: &[Exchange], later: &[Exchange], canaries: Canaries) -> Self {
        let all = |exchanges: &[Exchange]| match what {
            Aspect::Pages => Items::pages(exchanges),
            Aspect::Canaries
            | Aspect::Content
            | Aspect::Shape
            | Aspect::Outcome
            | Aspect::Entries
            | Aspect::Elements => Items::named(exchanges.iter().flat_map(canaries).collect()),
        };
        Self { earlier: all(earlier), later: all(later), statuses: None }
    }

    fn judge(&self, comparison: &Comparison, witnesses: Vec<u64>) -> Judgement {
        let expected = expected(comparison);
        if let Some((doubt, why)) = self.earlier.unusable().or_else(|| self.later.unusable()) {
            return Judgement::doubtful(doubt, expected, Observed::Unreadable(why.to_owned()), witnesses);
        }
        let differences = self.differences(comparison.is);
        if !differences.is_empty() {
            let judgement = Judgement::of(false, expected, Observed::Differs(differences), witnesses);
            return if comparison.what == Aspect::Outcome && self.is_opened() { judgement.breach() } else { judgement };
        }
        if comparison.what != Aspect::Outcome && self.is_vacuous(comparison.is) {
            return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingToCompare, witnesses);
        }
        Judgement::of(true, expected, Observed::RelationHolds, witnesses)
    }

    /// Whether the later was served and the earlier refused.
    fn is_opened(&self) -> bool {
        self.statuses.is_some_and(|(earlier, later)| !is_served(earlier) && is_served(later))
    }

    fn is_vacuous(&self, relation: Relation) -> bool {
        let refused = |pick: fn((u16, u16)) -> u16| self.statuses.is_some_and(|both| !is_served(pick(both)));
        match relation {
            Relation::Equal => self.earlier.is_empty() && self.later.is_empty(),
            Relation::SubsetOf => self.earlier.is_empty() || (self.later.is_empty() && refused(|both| both.1)),
            Relation::SupersetOf => self.later.is_empty() || (self.earlier.is_empty() && refused(|both| both.0)),
        }
    }

    /// A few examples of what breaks the relation: `+` came, `-` went, `~` changed.
    fn differences(&self, relation: Relation) -> Vec<String> {
        let (came, went) = match relation {
            Relation::Equal => (true, true),
            Relation::SubsetOf => (true, false),
            Relation::SupersetOf => (false, true),
        };
        let mut found: Vec<String> = Items::differences(&self.earlier, &self.later, came, went);
        if let (false, Some((earlier, later))) = (found.is_empty(), self.statuses)
            && is_served(earlier) != is_served(later)
            && !found.iter().any(|word| word.starts_with("status "))
        {
            found.insert(0, aspect::status_words(earlier, later));
        }
        found.truncate(5);
        found.into_iter().map(|word| cut(&word, 120)).collect()
    }
}

#[cfg(test)]
mod tests;
