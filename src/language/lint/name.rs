//! Rules about names: people, parties, columns, and what stands between `{{` and `}}`.
//! A name that nothing introduces would be sent as it stands.

use super::ground::{Ground, PARTIES, RESERVED, StepAt};
use super::scope::{Scope, Values};
use super::step::precedes;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::{Node, Region};
use crate::model::counterpart::{Counterpart, EVERY_FACILITY, Outage};
use crate::model::expectation::{Disclosure, Expectation, Matcher, ValueAt};
use crate::model::testcase::{Part, Send, Verb};
use crate::model::text::{Name, Text};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for at in ground.steps() {
        let mut look = Look { ground, at, scope: Scope::of(&at), found };
        look.names();
        if let Some(node) = at.parsed.tree.find(&at.way("")) {
            for entry in node.entries().iter().filter(|entry| entry.key != "title") {
                placeholders(at.source(), &entry.node, &mut |name, region| look.placeholder(&name, region));
            }
        }
    }
    heads(ground, found);
    sets(ground, found);
}

/// Placeholders in the columns of a case's own `each`.
fn heads(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (id, parsed) in ground.cases() {
        let Some(node) = parsed.tree.find("each") else {
            continue;
        };
        let scope = Scope::of_case(&parsed.value, id.standard());
        placeholders(&parsed.source, node, &mut |name, region| {
            let place = (&parsed.source, region);
            if !common(ground, &scope, &name, place, found) {
                unknown(ground, &scope, &name, place, found);
            }
        });
    }
}

/// Request sets may use the `each` names of the cases that ask them, if all of those have them.
fn sets(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (_, parsed) in ground.house.sets.iter().filter(|(_, parsed)| parsed.whole) {
        let askers: Vec<StepAt<'_>> =
            ground.steps().filter(|at| at.step.verb.set().is_some_and(|(set, _)| *set == parsed.value.id)).collect();
        placeholders(&parsed.source, &parsed.tree, &mut |name, region| {
            let known = !askers.is_empty() && askers.iter().all(|at| Scope::of(at).range(&name.root).is_some());
            let scope = Scope::of_nothing();
            let place = (&parsed.source, region);
            if !known && !common(ground, &scope, &name, place, found) {
                unknown(ground, &scope, &name, place, found);
            }
        });
        for (n, expectation) in parsed.value.open_when.iter().enumerate() {
            if let Expectation::Discloses(disclosure) = expectation {
                for (key, m, name) in disclosed(disclosure) {
                    let region = parsed.tree.region(&format!("open-when/{n}/discloses/{key}/{m}"));
                    let place = (&parsed.source, region);
                    who(ground, &Scope::of_nothing(), name, place, found);
                }
            }
        }
    }
}

/// Calls with every placeholder below a node, and where it stands.
pub(super) fn placeholders(source: &Arc<SourceFile>, node: &Node, call: &mut dyn FnMut(Name, Region)) {
    node.each_scalar(&mut |text, region| {
        let Ok(parsed) = text.parse::<Text>() else {
            return;
        };
        for name in parsed.names() {
            // As written, if it can be found there; a quoted text may be written otherwise.
            let written = source.text.get(region.start..region.end).unwrap_or_default();
            let start = written.match_indices("{{").find_map(|(at, _)| {
                let inside = &written[at + 2..];
                let end = inside.find("}}")?;
                (inside[..end].trim() == name.to_string()).then_some((at, at + end + 4))
            });
            let exact = match start {
                Some((start, end)) => Region::of(&source.text, region.start + start, region.start + end),
                None => region,
            };
            call(name.clone(), exact);
        }
    });
}

type Place<'p> = (&'p Arc<SourceFile>, Region);

/// Checks a placeholder whose meaning does not depend on steps; whether it was one of those.
fn common(ground: &Ground<'_>, scope: &Scope<'_>, name: &Name, place: Place<'_>, found: &mut Vec<Diagnostic>) -> bool {
    let root = name.root.as_str();
    let field = name.field.as_deref();
    if let Some(values) = scope.values(ground, name) {
        match (values, field, members(ground, scope, root)) {
            // `{{patient.id}}` with `patient: { in: [ctrl, opt] }`: the field of whoever it is.
            (Values::NoColumn(_), Some(field), Some(patients)) => {
                for patient in &patients {
                    fields(ground, Some(patient), field, place, found);
                }
            }
            (Values::NoColumn(columns), _, _) => no_column(name, &columns, place, found),
            (Values::Known(_) | Values::Open, _, _) => {}
        }
        return true;
    }
    match (root, field) {
        ("option", Some(option)) => {
            let own = ground.profiles.get(scope.profile).into_iter();
            let profiles: Vec<_> =
                if scope.profile.is_empty() { ground.profiles.values().collect() } else { own.collect() };
            let known: Vec<&str> =
                profiles.iter().flat_map(|parsed| &parsed.value.options).map(|option| option.id.as_str()).collect();
            if !known.contains(&option) && !profiles.is_empty() {
                let message = match scope.profile {
                    "" => format!("no profile has an option `{option}`"),
                    profile => format!("`{profile}` has no option `{option}`"),
                };
                ground.unknown(found, Code::UnknownOption, place, (option, message), known);
            }
        }
        ("organisation", Some(organisation)) => {
            if !ground.organisations.contains(organisation) && scope.range(organisation).is_none() {
                let message = format!("the cast has no organisation `{organisation}`");
                let known = ground.organisations.iter().copied();
                ground.unknown(found, Code::UnknownMember, place, (organisation, message), known);
            }
        }
        ("counterpart", Some(word)) if scope.range(word).is_none() && word.parse::<Counterpart>().is_err() => {
            let message = format!("`{word}` is no counterpart of ours");
            let known = Counterpart::ALL.map(Counterpart::as_str);
            ground.unknown(found, Code::UnknownCounterpart, place, (word, message), known);
        }
        ("asked", Some(field)) => fields(ground, None, field, place, found),
        (patient, Some(field)) if ground.patients.contains_key(patient) => {
            fields(ground, Some(patient), field, place, found);
        }
        (patient, None) if patient == "asked" || ground.patients.contains_key(patient) => {
            let message = format!("`{{{{{patient}}}}}` does not say which field");
            found.push(
                Diagnostic::at(Code::UnknownField, place.0, place.1, message)
                    .help(format!("write `{{{{{patient}.id}}}}`")),
            );
        }
        (root, _) => return RESERVED.contains(&root) || ground.organisations.contains(root),
    }
    true
}

/// The patients that an `each` name ranges over, if it ranges over nothing else.
fn members(ground: &Ground<'_>, scope: &Scope<'_>, root: &str) -> Option<Vec<String>> {
    let bare = Name { root: root.to_owned(), field: None };
    match scope.values(ground, &bare)? {
        Values::Known(words) => words.iter().all(|word| ground.patients.contains_key(word.as_str())).then_some(words),
        Values::Open | Values::NoColumn(_) => None,
    }
}

fn fields(ground: &Ground<'_>, patient: Option<&str>, field: &str, place: Place<'_>, found: &mut Vec<Diagnostic>) {
    let known = ground.fields(patient);
    if !known.contains(field) {
        let message = match patient {
            Some(patient) => format!("the patient `{patient}` has no field `{field}`"),
            None => format!("no patient has a field `{field}`"),
        };
        ground.unknown(found, Code::UnknownField, place, (field, message), known);
    }
}

fn no_column(name: &Name, columns: &[String], place: Place<'_>, found: &mut Vec<Diagnostic>) {
    let message = match &name.field {
        Some(field) => format!("not every row of `{}` has a column `{field}`", name.root),
        None => format!("`{}` has columns, and none is named", name.root),
    };
    let message = if columns.is_empty() { format!("`{}` has no columns", name.root) } else { message };
    let help =
        crate::language::suggest::help(name.field.as_deref().unwrap_or_default(), columns.iter().map(String::as_str));
    found.push(Diagnostic::at(Code::UnknownField, place.0, place.1, message).help(help));
}

fn unknown(ground: &Ground<'_>, scope: &Scope<'_>, name: &Name, place: Place<'_>, found: &mut Vec<Diagnostic>) {
    let mut known: BTreeSet<&str> = ground.patients.keys().copied().collect();
    known.extend(RESERVED);
    known.extend(scope.names());
    if let Some(case) = scope.case {
        known.extend(case.steps.iter().filter(|step| !step.frame.save.is_empty()).map(|step| step.name.as_str()));
    }
    let message = format!("nothing introduces the name `{}`", name.root);
    ground.unknown(found, Code::UnknownName, place, (&name.root, message), known);
}

/// Checks one name of a disclosure: a patient, perhaps with a group, or everyone, or the one asked about.
fn who(ground: &Ground<'_>, scope: &Scope<'_>, name: &Name, place: Place<'_>, found: &mut Vec<Diagnostic>) {
    if matches!(name.root.as_str(), "asked" | "everyone") && scope.range(&name.root).is_none() {
        return;
    }
    // With `in` or `of` what stands after the dot is a group, with rows a column.
    let bare = Name { root: name.root.clone(), field: None };
    let (values, group) = match scope.values(ground, name) {
        Some(Values::NoColumn(columns)) if columns.is_empty() => (scope.values(ground, &bare), name.field.as_deref()),
        other => (other, None),
    };
    match values {
        Some(Values::Known(words)) => {
            for word in words {
                let (root, field) =
                    word.split_once('.').map_or((word.as_str(), group), |(root, field)| (root, Some(field)));
                patient(ground, scope, root, field, place, found);
            }
        }
        Some(Values::Open) => {}
        Some(Values::NoColumn(columns)) => no_column(name, &columns, place, found),
        None => patient(ground, scope, &name.root, name.field.as_deref(), place, found),
    }
}

fn patient(
    ground: &Ground<'_>,
    scope: &Scope<'_>,
    root: &str,
    group: Option<&str>,
    place: Place<'_>,
    found: &mut Vec<Diagnostic>,
) {
    if matches!(root, "asked" | "everyone") {
        return;
    }
    if !ground.patients.contains_key(root) {
        let message = format!("the cast has no patient `{root}`");
        let known: Vec<&str> = ground.patients.keys().copied().chain(scope.names()).collect();
        return ground.unknown(found, Code::UnknownMember, place, (root, message), known);
    }
    if let Some(group) = group {
        let groups = ground.groups(root);
        if !groups.contains(group) {
            let message = format!("no canary of the group `{group}` is planted in the record of `{root}`");
            ground.unknown(found, Code::UnknownField, place, (group, message), groups.iter().map(String::as_str));
        }
    }
}

fn disclosed(disclosure: &Disclosure) -> impl Iterator<Item = (&'static str, usize, &Name)> {
    [("any", &disclosure.any), ("all", &disclosure.all), ("none", &disclosure.none), ("only", &disclosure.only)]
        .into_iter()
        .flat_map(|(key, names)| names.iter().enumerate().map(move |(n, name)| (key, n, name)))
}

struct Look<'l, 'h> {
    ground: &'l Ground<'h>,
    at: StepAt<'h>,
    scope: Scope<'h>,
    found: &'l mut Vec<Diagnostic>,
}

impl<'h> Look<'_, 'h> {
    fn names(&mut self) {
        let frame = &self.at.step.frame;
        if let Some(party) = &frame.party {
            self.party(party, "as");
        }
        if let Some(token) = &frame.token {
            token.patient.iter().for_each(|name| self.person(name, "token/patient"));
            token.endpoint.iter().for_each(|name| self.column(name, "token/endpoint"));
        }
        match &self.at.step.verb {
            Verb::Ask(ask) => {
                self.person(&ask.about, "ask/about");
                ask.only.iter().for_each(|name| self.column(name, "ask/only"));
            }
            Verb::Send(Send::Http(request)) => self.column(&request.endpoint, "send/http/endpoint"),
            Verb::Send(Send::VendorSample(sample)) => self.person(&sample.about, "send/vendor-sample/about"),
            Verb::Again(again) => again.to.iter().for_each(|name| self.column(name, "again/to")),
            Verb::Act(act) => act.person.iter().for_each(|name| self.person(name, "act/for")),
            Verb::Sample(sample) => {
                for (class, key) in
                    [(&sample.protected, "protected"), (&sample.unknown, "unknown"), (&sample.known, "known")]
                {
                    class.person().into_iter().for_each(|name| self.person(name, &format!("sample/{key}/about")));
                    class.party.iter().for_each(|name| self.party(name, &format!("sample/{key}/as")));
                }
            }
            Verb::Play(play) => {
                for (n, name) in play.who.iter().enumerate() {
                    self.counterpart(name, &format!("play/who/{n}"));
                }
                if let Part::Fault(fault) = &play.be {
                    let known = Outage::ALL.map(Outage::as_str);
                    self.one_of(fault, "play/be/fault", "is no way to fail", &known);
                    if self.words(fault, "play/be/fault").iter().any(|word| word == Outage::OutOfDate.as_str()) {
                        self.only_status_list(&play.who, "only the status list can be out of date");
                    }
                }
                if let Part::Lists(_) = &play.be {
                    self.only_status_list(&play.who, "only the status list says what is revoked");
                }
                if let Part::Answers(lines) = &play.be {
                    for (n, line) in lines.iter().enumerate() {
                        line.about.iter().for_each(|name| self.person(name, &format!("play/be/answers/{n}/about")));
                    }
                }
            }
            Verb::Await(wait) => {
                for (n, name) in wait.at.iter().enumerate() {
                    self.counterpart(name, &format!("await/at/{n}"));
                }
            }
            Verb::Crawl(crawl) => self.person(&crawl.about, "crawl/about"),
            Verb::Walk(walk) => self.person(&walk.person, "walk/for"),
            Verb::Look(_) => {}
        }
        for (n, expectation) in frame.expect.iter().enumerate() {
            if let Expectation::Discloses(disclosure) = expectation {
                for (key, m, name) in disclosed(disclosure) {
                    let region = self.at.region(&format!("expect/{n}/discloses/{key}/{m}"));
                    who(self.ground, &self.scope, name, (self.at.source(), region), self.found);
                }
            }
            if let Expectation::Value(ValueAt { is: Matcher::Hides(names), .. }) = expectation {
                for (m, name) in names.iter().enumerate() {
                    // A number is no canary of a record; everybody has one.
                    let number = name.field.as_deref() == Some("bsn");
                    let name = Name { field: name.field.clone().filter(|_| !number), root: name.root.clone() };
                    let region = self.at.region(&format!("expect/{n}/value/is/hides/{m}"));
                    who(self.ground, &self.scope, &name, (self.at.source(), region), self.found);
                }
            }
        }
    }

    /// A name that only has to be a whole `each` name if it is one: endpoints and counterparts are the target's.
    fn column(&mut self, name: &Name, way: &str) {
        let place = (self.at.source(), self.at.region(way));
        match self.scope.values(self.ground, name) {
            Some(Values::NoColumn(columns)) => no_column(name, &columns, place, self.found),
            None if name.field.is_some() => unknown(self.ground, &self.scope, name, place, self.found),
            _ => {}
        }
    }

    /// The words a name can be; nothing if that was told to be wrong or cannot be known.
    fn words(&mut self, name: &Name, way: &str) -> Vec<String> {
        match self.scope.values(self.ground, name) {
            None => vec![name.to_string()],
            Some(Values::Known(words)) => words,
            Some(Values::Open) => Vec::new(),
            Some(Values::NoColumn(columns)) => {
                no_column(name, &columns, (self.at.source(), self.at.region(way)), self.found);
                Vec::new()
            }
        }
    }

    fn person(&mut self, name: &Name, way: &str) {
        for word in self.words(name, way) {
            if !self.ground.patients.contains_key(word.as_str()) {
                let place = (self.at.source(), self.at.region(way));
                let known: Vec<&str> = self.ground.patients.keys().copied().chain(self.scope.names()).collect();
                let message = format!("the cast has no patient `{word}`");
                self.ground.unknown(self.found, Code::UnknownMember, place, (&word, message), known);
            }
        }
    }

    fn counterpart(&mut self, name: &Name, way: &str) {
        let known: Vec<&str> = Counterpart::ALL.map(Counterpart::as_str).into_iter().chain([EVERY_FACILITY]).collect();
        self.one_of(name, way, "is no counterpart of ours", &known);
    }

    /// What no other counterpart has.
    fn only_status_list(&mut self, who: &[Name], message: &str) {
        for (n, name) in who.iter().enumerate() {
            let way = format!("play/who/{n}");
            if self.words(name, &way).iter().any(|word| word != Counterpart::StatusList.as_str()) {
                let help = format!("write `who: [{}]`", Counterpart::StatusList.as_str());
                self.found.push(self.at.finding(Code::UnknownCounterpart, &way, message.to_owned()).help(help));
            }
        }
    }

    /// A name that must stand for words of a closed list.
    fn one_of(&mut self, name: &Name, way: &str, what: &str, known: &[&str]) {
        for word in self.words(name, way) {
            if !known.contains(&word.as_str()) {
                let place = (self.at.source(), self.at.region(way));
                let message = format!("`{word}` {what}");
                self.ground.unknown(
                    self.found,
                    Code::UnknownCounterpart,
                    place,
                    (&word, message),
                    known.iter().copied(),
                );
            }
        }
    }

    fn party(&mut self, name: &Name, way: &str) {
        for word in self.words(name, way) {
            if !self.ground.organisations.contains(word.as_str()) && !PARTIES.contains(&word.as_str()) {
                let place = (self.at.source(), self.at.region(way));
                let known = self.ground.organisations.iter().chain(PARTIES).copied().chain(self.scope.names());
                let message = format!("nobody of the name `{word}` can act");
                self.ground.unknown(self.found, Code::UnknownParty, place, (&word, message), known);
            }
        }
    }

    fn placeholder(&mut self, name: &Name, region: Region) {
        let place = (self.at.source(), region);
        if common(self.ground, &self.scope, name, place, self.found) {
            return;
        }
        let steps = &self.at.case().steps;
        let Some(earlier) = steps.iter().position(|step| step.name.as_str() == name.root) else {
            return unknown(self.ground, &self.scope, name, place, self.found);
        };
        let saves = &steps[earlier].frame.save;
        let message = match &name.field {
            Some(field) if !saves.contains_key(field.as_str()) => {
                format!("`{}` saves no `{field}`", name.root)
            }
            None => format!("`{{{{{}}}}}` does not say which saved value", name.root),
            Some(_) if !precedes(&self.at, earlier) => {
                format!("`{}` has not happened yet when this is needed", name.root)
            }
            Some(_) => return,
        };
        let help = crate::language::suggest::help(
            name.field.as_deref().unwrap_or_default(),
            saves.keys().map(|word| word.as_str()),
        );
        self.found.push(Diagnostic::at(Code::UnsavedCapture, place.0, place.1, message).label("used here").help(help));
    }
}
