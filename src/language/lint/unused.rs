//! The rule that what is declared is used, over every kind of id.
//! Said only when everything was read, for a file that was not may hold the use.

use super::ground::Ground;
use super::name::placeholders;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::{Node, Region};
use crate::model::cast::Patient;
use crate::model::expectation::{BodyIs, Expectation};
use crate::model::request::Body;
use crate::model::testcase::{Range, Send, Verb, Without};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    // What was misspelt elsewhere is told there.
    if !ground.complete() || found.iter().any(|diagnostic| diagnostic.code.as_str().starts_with("unknown-")) {
        return;
    }
    let words = Words::of(ground);
    of_profiles(ground, &words, found);
    of_cast(ground, &words, found);
    of_requests(ground, found);
    of_bodies(ground, found);
    of_cases(ground, found);
}

fn say(found: &mut Vec<Diagnostic>, source: &Arc<SourceFile>, region: Region, what: &str, id: &str) {
    found.push(Diagnostic::at(Code::Unused, source, region, format!("the {what} `{id}` is never used")));
}

/// Every word that cases, request sets, casts and claims use: names, roots and fields of placeholders.
struct Words<'g> {
    whole: BTreeSet<&'g str>,
    names: BTreeSet<String>,
}

impl<'g> Words<'g> {
    fn of(ground: &Ground<'g>) -> Self {
        let mut words = Self { whole: BTreeSet::new(), names: BTreeSet::new() };
        ground.cases().for_each(|(_, parsed)| words.add(&parsed.source, &parsed.tree));
        ground.house.sets.iter().for_each(|(_, parsed)| words.add(&parsed.source, &parsed.tree));
        if let Some(reference) = &ground.house.reference {
            words.add(&reference.source, &reference.tree);
        }
        words
    }

    fn add(&mut self, source: &Arc<SourceFile>, tree: &'g Node) {
        tree.each_scalar(&mut |text, _| {
            self.whole.insert(text);
            // `ctrl.clinical` uses `ctrl`.
            self.whole.extend(text.split_once('.').map(|(root, _)| root));
        });
        placeholders(source, tree, &mut |name, _| {
            self.names.insert(name.root);
            self.names.extend(name.field);
        });
    }

    fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.names.contains(word)
    }
}

fn of_profiles(ground: &Ground<'_>, words: &Words<'_>, found: &mut Vec<Diagnostic>) {
    for parsed in &ground.house.profiles {
        let profile = &parsed.value;
        let mut unless = |used: bool, way: String, what: &str, id: &str| {
            if !used {
                let region = match parsed.tree.find(&way) {
                    Some(node) => node.region,
                    None => parsed.tree.key_region(&way),
                };
                say(found, &parsed.source, region, what, id);
            }
        };
        let requirements = &profile.requirements;
        for (n, role) in profile.roles.iter().enumerate() {
            let used = requirements.iter().any(|requirement| requirement.roles.contains(role));
            unless(used, format!("roles/{n}"), "role", role.as_str());
        }
        for (n, group) in profile.groups.iter().enumerate() {
            let used = requirements.iter().any(|requirement| requirement.group.as_ref() == Some(&group.id));
            unless(used, format!("groups/{n}/id"), "group", group.id.as_str());
        }
        for (n, option) in profile.options.iter().enumerate() {
            let conditions = requirements.iter().filter_map(|requirement| requirement.condition.as_ref());
            let used = words.has(option.id.as_str())
                || conditions.into_iter().any(|condition| condition.options.contains_key(&option.id));
            unless(used, format!("options/{n}/id"), "option", option.id.as_str());
        }
        for (n, action) in profile.actions.iter().enumerate() {
            let undone = ground.actions.values().any(|other| other.undo.as_ref() == Some(&action.id));
            unless(undone || words.has(action.id.as_str()), format!("actions/{n}/id"), "action", action.id.as_str());
        }
        for name in profile.sets.keys() {
            let own = ground.cases().filter(|(id, _)| id.standard() == profile.id.as_str());
            let used = own.into_iter().any(|(_, parsed)| {
                let steps = parsed.value.steps.iter().map(|step| &step.frame.each);
                let ranges = steps
                    .chain([&parsed.value.each])
                    .any(|each| each.values().any(|range| *range == Range::Of(name.clone())));
                ranges || parsed.value.steps.iter().any(|step| leaves_out(&step.verb, name))
            });
            if !used {
                let region = parsed.tree.key_region(&format!("sets/{name}"));
                say(found, &parsed.source, region, "named set", name.as_str());
            }
        }
    }
}

fn of_cast(ground: &Ground<'_>, words: &Words<'_>, found: &mut Vec<Diagnostic>) {
    for parsed in &ground.house.casts {
        for id in parsed.value.patients.keys() {
            let original = ground.patients.values().any(|other| matches!(other, Patient::Twin(twin) if twin.of == *id));
            if !original && !words.has(id.as_str()) {
                let region = parsed.tree.key_region(&format!("patients/{id}"));
                say(found, &parsed.source, region, "patient", id.as_str());
            }
        }
        for id in parsed.value.organisations.keys() {
            let treats = ground.patients.values().any(|patient| match patient {
                Patient::Record(record) => record.treated_by.contains(id),
                Patient::Twin(twin) => twin.treated_by.as_ref().is_some_and(|by| by.contains(id)),
                Patient::Never => false,
            });
            if !treats && !words.has(id.as_str()) {
                let region = parsed.tree.key_region(&format!("organisations/{id}"));
                say(found, &parsed.source, region, "organisation", id.as_str());
            }
        }
    }
}

fn of_requests(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (_, parsed) in &ground.house.sets {
        let asked = |verb: &Verb| verb.set().map(|(set, only)| (set.clone(), only.cloned()));
        let asks: Vec<_> = ground
            .steps()
            .filter_map(|at| asked(&at.step.verb).map(|(set, only)| (at, set, only)))
            .filter(|(_, set, _)| *set == parsed.value.id)
            .collect();
        if asks.is_empty() {
            say(found, &parsed.source, parsed.tree.region("id"), "request set", parsed.value.id.as_str());
            continue;
        }
        for (n, request) in parsed.value.requests.iter().enumerate() {
            let used = asks.iter().any(|(at, _, only)| {
                only.as_ref().is_none_or(|only| {
                    only.root == request.id.as_str() || super::scope::Scope::of(at).range(&only.root).is_some()
                })
            });
            if !used {
                let region = parsed.tree.region(&format!("requests/{n}/id"));
                say(found, &parsed.source, region, "request", request.id.as_str());
            }
        }
    }
}

fn of_bodies(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let mut fixtures: BTreeSet<&str> = BTreeSet::new();
    let mut schemas: BTreeSet<&str> = BTreeSet::new();
    fixtures.extend(ground.patients.values().filter_map(|patient| match patient {
        Patient::Record(record) => Some(record.fixture.as_str()),
        Patient::Twin(_) | Patient::Never => None,
    }));
    let in_sets = ground.house.sets.iter().flat_map(|(_, parsed)| &parsed.value.requests).map(|request| &request.http);
    let in_steps = ground.steps().filter_map(|at| match &at.step.verb {
        Verb::Send(Send::Http(request)) => Some(&**request),
        _ => None,
    });
    fixtures.extend(in_sets.chain(in_steps).filter_map(|request| match &request.body {
        Some(Body::Fixture(fixture)) => Some(fixture.name.as_str()),
        _ => None,
    }));
    let played = ground.steps().flat_map(|at| match &at.step.verb {
        Verb::Play(play) => play.fixtures(),
        _ => Vec::new(),
    });
    fixtures.extend(played.map(|(_, fixture)| fixture.name.as_str()));
    let of_sets = ground.house.sets.iter().flat_map(|(_, parsed)| &parsed.value.open_when);
    schemas.extend(ground.steps().flat_map(|at| &at.step.frame.expect).chain(of_sets).filter_map(|expectation| {
        match expectation {
            Expectation::Body(BodyIs::Schema(name)) => Some(name.as_str()),
            _ => None,
        }
    }));
    let relations = ground.house.casts.iter().filter_map(|parsed| parsed.value.relation.as_ref());
    fixtures.extend(relations.map(crate::model::id::Word::as_str));
    for body in &ground.house.bodies {
        let (used, what) = if body.schema { (&schemas, "JSON Schema") } else { (&fixtures, "body") };
        if !used.contains(body.name.as_str()) {
            let message = format!("the {what} `{}` is never used", body.name);
            found.push(Diagnostic::of_file(Code::Unused, &body.source.path, message));
        }
    }
}

/// `each` names and saved values of one case.
fn of_cases(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (_, parsed) in ground.cases() {
        let mut words = Words { whole: BTreeSet::new(), names: BTreeSet::new() };
        let mut asks_set = false;
        for (n, step) in parsed.value.steps.iter().enumerate() {
            if let Some(node) = parsed.tree.find(&format!("steps/{n}")) {
                words.add(&parsed.source, node);
            }
            if let Some(set) = step.verb.set().and_then(|(set, _)| ground.sets.get(set.as_str())) {
                words.add(&set.source, &set.tree);
                asks_set = true;
            }
        }
        let mut each = |way: String, name: &str| {
            // The key that introduces the name is a scalar too; what is asked for is a second use.
            let uses = count(&parsed.tree, name) + usize::from(asks_set && words.names.contains(name));
            if uses < 2 && !words.names.contains(name) {
                say(found, &parsed.source, parsed.tree.key_region(&way), "`each` name", name);
            }
        };
        parsed.value.each.keys().for_each(|name| each(format!("each/{name}"), name));
        for (n, step) in parsed.value.steps.iter().enumerate() {
            step.frame.each.keys().for_each(|name| each(format!("steps/{n}/each/{name}"), name));
        }
        let mut used: BTreeSet<String> = BTreeSet::new();
        placeholders(&parsed.source, &parsed.tree, &mut |name, _| {
            used.insert(name.to_string());
        });
        for (n, step) in parsed.value.steps.iter().enumerate() {
            for word in step.frame.save.keys() {
                if !used.contains(&format!("{}.{word}", step.name)) {
                    let region = parsed.tree.key_region(&format!("steps/{n}/save/{word}"));
                    say(found, &parsed.source, region, "saved value", word.as_str());
                }
            }
        }
    }
}

/// Whether a step leaves out, or keeps, the parts that this set lists.
fn leaves_out(verb: &Verb, set: &crate::model::id::Word) -> bool {
    match verb {
        Verb::Again(again) => again.without.as_ref().is_some_and(|without| {
            let (Without::AllBut(named) | Without::EachOf(named)) = without;
            named == set
        }),
        Verb::Ask(_)
        | Verb::Send(_)
        | Verb::Act(_)
        | Verb::Look(_)
        | Verb::Sample(_)
        | Verb::Play(_)
        | Verb::Await(_)
        | Verb::Crawl(_)
        | Verb::Walk(_) => false,
    }
}

/// How often a word stands as a name, bare or with a field.
fn count(tree: &Node, word: &str) -> usize {
    let mut count = 0;
    tree.each_scalar(&mut |text, _| {
        count += usize::from(text.split_once('.').map_or(text, |(root, _)| root) == word);
    });
    count
}
