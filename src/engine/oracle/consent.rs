//! The rules by which choices decide, as one small model; where their source says nothing, so does the model.
//! Source: conflict rules C1 to C7 of the Dutch generic function consent (draft guide): the more specific choice goes
//! before the less specific one, and of equally specific ones the objection wins. How a named organisation ranks
//! against a named category is not said.

use crate::engine::steer::walk::{Choice, EFFECT};
use crate::model::expectation::Model;
use std::collections::BTreeMap;

/// The value that stands for all.
const ANY: &str = "any";

/// Whether these choices open this cell; nothing where the rules do not say.
///
/// `cell` has a value for each dimension; `default` is what holds where no choice concerns the cell.
#[must_use]
pub fn decide(
    model: Model,
    choices: &[Choice],
    cell: &BTreeMap<String, String>,
    default: Option<bool>,
) -> Option<bool> {
    match model {
        Model::NlGfConsent => nl_gf(choices, cell, default),
    }
}

fn nl_gf(choices: &[Choice], cell: &BTreeMap<String, String>, default: Option<bool>) -> Option<bool> {
    let concerned: Vec<&Choice> = choices.iter().filter(|choice| concerns(choice, cell)).collect();
    // The most specific: those than which no other is strictly more specific.
    let most: Vec<&&Choice> =
        concerned.iter().filter(|one| !concerned.iter().any(|other| is_more_specific(other, one))).collect();
    let permits = |choice: &Choice| choice.get(EFFECT).is_some_and(|effect| effect == "permit");
    match most.as_slice() {
        [] => default,
        [first, rest @ ..] if rest.iter().all(|other| permits(other) == permits(first)) => Some(permits(first)),
        // They disagree: of equally specific ones the objection wins; of those that cannot be ranked nothing is said.
        [first, rest @ ..] if rest.iter().all(|other| named(other).eq(named(first))) => Some(false),
        _ => None,
    }
}

fn scope(choice: &Choice) -> impl Iterator<Item = (&String, &String)> {
    choice.iter().filter(|(name, _)| name.as_str() != EFFECT)
}

fn named(choice: &Choice) -> impl Iterator<Item = &String> {
    scope(choice).filter(|(_, value)| value.as_str() != ANY).map(|(name, _)| name)
}

fn concerns(choice: &Choice, cell: &BTreeMap<String, String>) -> bool {
    scope(choice).all(|(name, value)| value == ANY || cell.get(name) == Some(value))
}

fn is_more_specific(one: &Choice, other: &Choice) -> bool {
    named(other).all(|name| named(one).any(|known| known == name)) && named(one).count() > named(other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(effect: &str, category: &str, organisation: &str) -> Choice {
        [(EFFECT, effect), ("category", category), ("organisation", organisation)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn decided(choices: &[Choice]) -> Option<bool> {
        let cell =
            [("category", "medication"), ("organisation", "a")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        decide(Model::NlGfConsent, choices, &cell, Some(false))
    }

    #[test]
    fn the_more_specific_choice_wins_in_any_order() {
        let (wide, narrow) = (choice("permit", "any", "any"), choice("deny", "medication", "any"));
        assert_eq!(decided(&[wide.clone(), narrow.clone()]), Some(false));
        assert_eq!(decided(&[narrow, wide]), Some(false));
        assert_eq!(decided(&[choice("deny", "any", "any"), choice("permit", "any", "a")]), Some(true));
        assert_eq!(decided(&[choice("deny", "any", "a"), choice("permit", "medication", "a")]), Some(true));
    }

    #[test]
    fn of_equals_the_objection_wins() {
        assert_eq!(decided(&[choice("permit", "any", "a"), choice("deny", "any", "a")]), Some(false));
    }

    #[test]
    fn what_the_rules_do_not_rank_is_not_decided() {
        assert_eq!(decided(&[choice("permit", "any", "a"), choice("deny", "medication", "any")]), None);
        assert_eq!(decided(&[choice("deny", "any", "a"), choice("deny", "medication", "any")]), Some(false));
    }

    #[test]
    fn a_choice_about_another_part_says_nothing_here() {
        assert_eq!(decided(&[choice("permit", "laboratory", "any"), choice("permit", "any", "b")]), Some(false));
        assert_eq!(decided(&[]), Some(false));
    }
}
