//! What a walk showed: which choices stood, by the actions that were acknowledged, and what was open then.
//! Reads the recording only; what the decisions should have been is for the oracle.

use super::docket::Docket;
use super::step::{decisions_of, of_both_tries};
use crate::engine::oracle::decisions::{self, Taken};
use crate::engine::steer::walk::{Choice, Course};
use crate::model::expectation::{Decisions, Expectation};
use crate::model::profile::Choices;
use crate::model::record::{Event, Key, Record};
use crate::model::testcase::{Step, Verb};
use crate::model::verdict::{Judgement, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Judges a whole walk by one expectation.
pub fn judge(docket: &Docket<'_>, step: &Step, wanted: Decisions) -> Judgement {
    both_tries(docket, step, wanted, &|_| true)
}

/// Judges courses by their first answers, and where a request was tried twice by the second as well.
fn both_tries(docket: &Docket<'_>, step: &Step, wanted: Decisions, of: &dyn Fn((u32, u32)) -> bool) -> Judgement {
    let judged = |tries| decisions::judge(wanted, &taken(docket, step, of, tries), default(docket));
    let tried_twice = docket.all_of_step(&step.name).any(|record| record.key.try_number == 2);
    of_both_tries(judged(Tries::First), tried_twice.then(|| judged(Tries::Last)))
}

/// Which answer counts where a request was tried twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tries {
    First,
    Last,
}

/// Whether a set fails by itself, by any of the step's expectations.
#[must_use]
pub fn course_fails(docket: &Docket<'_>, step: &Step, walk: u32) -> bool {
    step.frame.expect.iter().any(|expectation| match expectation {
        Expectation::Decisions(wanted) => {
            both_tries(docket, step, *wanted, &|course| course.0 == walk).verdict == Verdict::Fail
        }
        _ => false,
    })
}

/// Whether every planned course left its trace: each choice recorded or refused, each cell asked.
#[must_use]
pub fn is_whole(docket: &Docket<'_>, step: &Step, courses: &[Course], asks: usize) -> bool {
    let records: Vec<&Record> = docket.all_of_step(&step.name).collect();
    if records.iter().any(|record| matches!(record.event, Event::Skipped(_))) {
        return true;
    }
    courses.iter().all(|course| {
        let own = |record: &&&Record| course_of(&record.key) == Some((course.walk, course.order));
        let acted = records.iter().filter(own).filter(|record| matches!(record.event, Event::Action(_))).count();
        let asked = records
            .iter()
            .filter(own)
            .filter(|record| record.key.try_number == 1 && matches!(record.event, Event::Http(_) | Event::Fault(_)))
            .count();
        acted > course.choices.len() && asked >= asks
    })
}

/// The decisions of these courses of a walk, with the choices that stood.
fn taken(docket: &Docket<'_>, step: &Step, of: &dyn Fn((u32, u32)) -> bool, tries: Tries) -> Vec<Taken> {
    let Verb::Walk(walk) = &step.verb else { return Vec::new() };
    let Some(choices) = docket.court.catalogue.choices(&docket.instance.case, &walk.choices) else {
        return Vec::new();
    };
    let records: Vec<&Record> = docket.all_of_step(&step.name).collect();
    // Where a choice or its clearing was not confirmed, nobody knows what stood.
    let unsure = |record: &&&Record| match &record.event {
        Event::Action(action) => !action.acknowledged,
        Event::Skipped(_) => true,
        _ => false,
    };
    let unsure: BTreeSet<(u32, u32)> = docket
        .records
        .iter()
        .filter(|record| record.key.step.as_ref() == Some(&step.name))
        .filter(unsure)
        .filter_map(|record| course_of(&record.key))
        .collect();
    let mut standing: BTreeMap<(u32, u32), Vec<Choice>> = BTreeMap::new();
    let mut all = Vec::new();
    for record in records.iter().filter(|record| record.key.try_number == 1) {
        let Some(course) = course_of(&record.key).filter(|course| of(*course) && !unsure.contains(course)) else {
            continue;
        };
        if let Event::Action(action) = &record.event
            && action.action == walk.action
            && action.acknowledged
        {
            standing.entry(course).or_default().push(choice(docket, choices, &action.with));
        }
        let answered = docket.second_try(record).filter(|_| tries == Tries::Last).unwrap_or(record);
        let Some(exchange) = docket.court.exchange(answered) else { continue };
        let Some(decision) = decisions_of(docket, step, &[exchange]).into_iter().next() else { continue };
        all.push(Taken {
            course,
            choices: standing.get(&course).cloned().unwrap_or_default(),
            cell: cell(choices, &record.key),
            open: decision.open,
            failed: decision.failed,
            unheld: decision.unheld,
            number: answered.number,
        });
    }
    all
}

fn course_of(key: &Key) -> Option<(u32, u32)> {
    Some((key.each.get("walk")?.parse().ok()?, key.each.get("order")?.parse().ok()?))
}

/// A choice as it was drawn: what the binding got, an organisation by its name in the cast.
fn choice(docket: &Docket<'_>, choices: &Choices, with: &BTreeMap<String, String>) -> Choice {
    let organisations = &docket.court.header.organisations;
    let drawn = |name: &str| {
        let value = with.get(name)?;
        let member = organisations.iter().find(|(_, number)| *number == value).map(|(member, _)| member.to_string());
        Some((name.to_owned(), member.unwrap_or_else(|| value.clone())))
    };
    choices.keys().filter_map(|name| drawn(name.as_str())).collect()
}

/// What was asked, a value for each dimension: the word among the step's `each` values and the request's name that is one
/// of the dimension's values.
fn cell(choices: &Choices, key: &Key) -> BTreeMap<String, String> {
    let mut words: Vec<String> = key.each.values().cloned().collect();
    words.extend(key.request.as_ref().map(ToString::to_string));
    choices
        .iter()
        .filter_map(|(name, values)| {
            let word = words.iter().find(|word| values.contains(word))?;
            Some((name.to_string(), word.clone()))
        })
        .collect()
}

/// What holds where no choice concerns a cell, by the regime that the target claims.
fn default(docket: &Docket<'_>) -> Option<bool> {
    match docket.instance.options.get("choice-regime").map(String::as_str) {
        Some("opt-in") => Some(false),
        Some("opt-out" | "implied") => Some(true),
        _ => None,
    }
}
