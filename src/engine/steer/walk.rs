//! Sets of choices, drawn from the seed, in several orders; and, once one fails, ever smaller sets that still fail.
//! What fails is told by the caller; nothing here judges.

use crate::engine::draw;
use crate::model::profile::Choices;
use crate::model::record::Parameters;
use crate::model::testcase::Walk as Verb;
use rand::RngExt;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The dimension that says what a choice does; the others say about what.
pub const EFFECT: &str = "effect";

/// One choice: a value for each dimension.
pub type Choice = BTreeMap<String, String>;

/// One set in one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Which set.
    pub walk: u32,
    /// Which order of it.
    pub order: u32,
    /// The choices, in the order in which they are recorded.
    pub choices: Vec<Choice>,
}

/// Every course that is walked whatever is found.
#[must_use]
pub fn planned(verb: &Verb, choices: &Choices, parameters: &Parameters, label: &str) -> Vec<Course> {
    let mut generator = draw::generator(parameters, &format!("walk {label}"));
    let mut scopes = product(choices.iter().filter(|(name, _)| name.as_str() != EFFECT));
    let effects: Vec<String> =
        choices.iter().find(|(name, _)| name.as_str() == EFFECT).map(|(_, v)| v.clone()).unwrap_or_default();
    let (least, most) = (verb.length.0.max(1), verb.length.1.max(verb.length.0).max(1));
    let mut singles = Vec::new();
    if most == 1 {
        // Single choices: every one there is, in seeded order, before any comes twice.
        for scope in &scopes {
            singles.extend(effects.iter().map(|effect| with_effect(scope, effect)));
        }
        singles.shuffle(&mut generator);
    }
    let mut courses = Vec::new();
    for walk in 0..verb.walks {
        let set: Vec<Choice> = if singles.is_empty() {
            let length = generator.random_range(least..=most) as usize;
            scopes.shuffle(&mut generator);
            let of_scope = |scope: &Choice| {
                effects.get(generator.random_range(0..effects.len().max(1))).map(|effect| with_effect(scope, effect))
            };
            scopes.iter().cycle().take(length.min(scopes.len())).filter_map(of_scope).collect()
        } else {
            singles.get(walk as usize % singles.len()).cloned().into_iter().collect()
        };
        let mut seen = BTreeSet::new();
        let mut order: Vec<usize> = (0..set.len()).collect();
        // Bounded: a short set has few orders.
        for _ in 0..verb.orders.saturating_mul(4) {
            if seen.len() >= verb.orders as usize {
                break;
            }
            if seen.insert(order.clone()) {
                courses.push(Course {
                    walk,
                    order: u32::try_from(seen.len() - 1).unwrap_or(u32::MAX),
                    choices: order.iter().map(|index| set[*index].clone()).collect(),
                });
            }
            order.shuffle(&mut generator);
        }
    }
    courses
}

fn with_effect(scope: &Choice, effect: &str) -> Choice {
    let mut choice = scope.clone();
    choice.insert(EFFECT.to_owned(), effect.to_owned());
    choice
}

fn product<'c>(dimensions: impl Iterator<Item = (&'c crate::model::id::Word, &'c Vec<String>)>) -> Vec<Choice> {
    let mut all = vec![Choice::new()];
    for (name, values) in dimensions {
        all = all
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut next = so_far.clone();
                    next.insert(name.to_string(), value.clone());
                    next
                })
            })
            .collect();
    }
    all
}

/// The courses of a step: the planned ones, then the shrinking of the first that failed.
pub struct Courses {
    waiting: VecDeque<Course>,
    /// The smallest set that failed so far, and sets with one choice less that were not tried yet.
    smallest: Option<Course>,
    smaller: VecDeque<Course>,
    number: u32,
    /// How many courses may be spent on shrinking.
    left: u32,
}

impl Courses {
    /// The courses of a step.
    #[must_use]
    pub fn new(planned: Vec<Course>) -> Self {
        const SHRINKING: u32 = 30;
        let number = planned.iter().map(|course| course.walk + 1).max().unwrap_or(0);
        Self { waiting: planned.into(), smallest: None, smaller: VecDeque::new(), number, left: SHRINKING }
    }

    /// The next course.
    pub fn next_course(&mut self) -> Option<Course> {
        if let Some(course) = self.waiting.pop_front() {
            return Some(course);
        }
        self.left = self.left.checked_sub(1)?;
        self.smaller.pop_front()
    }

    /// Takes in whether a course failed by itself.
    pub fn told(&mut self, course: &Course, failed: bool) {
        let smaller = self.smallest.as_ref().is_none_or(|known| course.choices.len() < known.choices.len());
        if !failed || !smaller {
            return;
        }
        self.smaller.clear();
        for leave_out in 0..course.choices.len() {
            if course.choices.len() < 2 {
                break;
            }
            let mut choices = course.choices.clone();
            choices.remove(leave_out);
            self.smaller.push_back(Course { walk: self.number, order: 0, choices });
            self.number += 1;
        }
        self.smallest = Some(course.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(walks: u32, length: (u32, u32), orders: u32) -> Verb {
        serde_json::from_value(serde_json::json!({
            "for": "spec", "do": "record-choice", "choices": "nl-gf", "walks": walks, "length": [length.0, length.1],
            "orders": orders, "set": "cells", "ask": "at-end",
        }))
        .unwrap()
    }

    fn choices() -> Choices {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        [
            ("effect".parse().unwrap(), words(&["permit", "deny"])),
            ("category".parse().unwrap(), words(&["any", "medication"])),
            ("organisation".parse().unwrap(), words(&["any", "requester"])),
        ]
        .into()
    }

    fn parameters() -> Parameters {
        Parameters { seed: 3, attempts: 1, timeout_ms: 1, body_limit: 1, challenge: None, shard: None }
    }

    #[test]
    fn single_choices_cover_all_there_are() {
        let courses = planned(&verb(8, (1, 1), 1), &choices(), &parameters(), "x");
        let all: BTreeSet<_> = courses.iter().map(|course| course.choices.clone()).collect();
        assert_eq!((courses.len(), all.len()), (8, 8));
    }

    #[test]
    fn a_set_never_speaks_twice_about_the_same_part() {
        let courses = planned(&verb(20, (2, 4), 6), &choices(), &parameters(), "x");
        for course in &courses {
            let scopes: BTreeSet<_> =
                course.choices.iter().map(|choice| (&choice["category"], &choice["organisation"])).collect();
            assert_eq!(scopes.len(), course.choices.len());
        }
        let orders: BTreeSet<_> =
            courses.iter().filter(|course| course.walk == 0).map(|course| course.choices.clone()).collect();
        assert!(orders.len() > 1);
        assert_eq!(courses, planned(&verb(20, (2, 4), 6), &choices(), &parameters(), "x"));
    }

    #[test]
    fn a_failing_set_shrinks_to_the_smallest_that_fails() {
        let mut courses = Courses::new(planned(&verb(4, (4, 4), 1), &choices(), &parameters(), "x"));
        let fails = |course: &Course| {
            course.choices.iter().any(|choice| choice["category"] == "medication" && choice["organisation"] == "any")
        };
        let mut smallest = usize::MAX;
        let mut count = 0;
        while let Some(course) = courses.next_course() {
            count += 1;
            let failed = fails(&course);
            if failed {
                smallest = smallest.min(course.choices.len());
            }
            courses.told(&course, failed);
        }
        assert_eq!(smallest, 1);
        assert!(count < 40);
    }
}
