//! The rule that what an action is said to have closed could be given at all.
//! A control about somebody else shows that the way is open; that this person's data ever went along it, it does not.

use super::ground::{Ground, StepAt};
use super::scope::{Scope, Values};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::model::expectation::{Expectation, Opening};
use crate::model::testcase::{Head, Send, Step, Verb};
use crate::model::text::Name;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for at in ground.steps().filter(|at| at.step.head == Head::Step) {
        let all = || at.case().steps.iter().enumerate().map(|(index, step)| StepAt { index, step, ..at });
        for (n, person) in hidden(at.step) {
            // What an earlier action opened is shown before the last one, which is said to have closed it.
            let Some(act) = all().take(at.index).rfind(|other| acts_on(ground, other.step, person)) else {
                continue;
            };
            if !all().any(|other| gives(ground, &other, person)) {
                found.push(finding(&at, n, person, act.step));
            }
        }
    }
}

fn finding(at: &StepAt<'_>, n: usize, person: &Name, act: &Step) -> Diagnostic {
    at.finding(
        Code::NeverOpen,
        &format!("expect/{n}"),
        format!("no step shows that anything of `{person}` can be given"),
    )
    .label("a server that never had anything of this person would pass this")
    .help(format!(
        "add a `control` before `{}`, with the same request about `{person}`, that expects `discloses: {{ any: [{person}] }}`",
        act.name
    ))
}

/// Of whom a step wants nothing disclosed, each with the place of the expectation.
fn hidden(step: &Step) -> impl Iterator<Item = (usize, &Name)> {
    step.frame.expect.iter().enumerate().flat_map(|(n, expectation)| {
        let none: &[Name] = match expectation {
            Expectation::Discloses(disclosure) => &disclosure.none,
            _ => &[],
        };
        none.iter().filter(|name| name.field.is_none()).map(move |name| (n, name))
    })
}

/// Whether a step changes something about this person; what cannot be taken back only shows.
fn acts_on(ground: &Ground<'_>, step: &Step, person: &Name) -> bool {
    let Verb::Act(act) = &step.verb else { return false };
    let changes = || ground.actions.get(act.action.root.as_str()).is_some_and(|action| action.undo.is_some());
    act.person.as_ref() == Some(person) && changes()
}

/// Whether a step holds only where something of this person is given.
fn gives(ground: &Ground<'_>, at: &StepAt<'_>, person: &Name) -> bool {
    let means = |name: &Name| {
        name.root == person.root
            || match Scope::of(at).values(ground, name) {
                Some(Values::Known(words)) => words.contains(&person.root),
                Some(Values::Open) => true,
                Some(Values::NoColumn(_)) | None => false,
            }
    };
    let discloses = |expectation: &Expectation| match expectation {
        // Of several in `any` it may be another that is given.
        Expectation::Discloses(one) => one.all.iter().any(means) || (one.any.len() == 1 && one.any.iter().any(means)),
        Expectation::Opens(Opening::All) => about(at.step).is_some_and(means),
        _ => false,
    };
    // A crawl yields only what disclosed the person it is about.
    matches!(&at.step.verb, Verb::Crawl(crawl) if means(&crawl.about)) || at.step.frame.expect.iter().any(discloses)
}

fn about(step: &Step) -> Option<&Name> {
    match &step.verb {
        Verb::Ask(ask) => Some(&ask.about),
        Verb::Send(Send::VendorSample(sample)) => Some(&sample.about),
        _ => None,
    }
}
