//! Rules about single steps: what they cite exists and came before, and each can fail.
//! Names of people, parties and placeholders are a matter of `name`.

use super::ground::{Ground, OWN_ACTIONS, StepAt};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::language::suggest;
use crate::model::expectation::Expectation;
use crate::model::id::{RequestSetId, StepId};
use crate::model::request::Body;
use crate::model::testcase::{Head, Part, Play, Sample, SampleClass, Send, Subject, Verb};
use crate::model::text::Name;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for at in ground.steps() {
        frame(&at, found);
        citations(&at, found);
        match &at.step.verb {
            Verb::Ask(ask) => asked(ground, &at, "ask", &ask.set, ask.only.as_ref(), found),
            Verb::Sample(sample) => asked(ground, &at, "sample", &sample.set, sample.only.as_ref(), found),
            Verb::Crawl(crawl) => asked(ground, &at, "crawl", &crawl.from, None, found),
            Verb::Walk(walk) => walked(ground, &at, walk, found),
            Verb::Again(again) => left_out(ground, &at, again, found),
            Verb::Act(act) => acted(ground, &at, act, found),
            Verb::Await(wait) => {
                if wait.at.is_empty() {
                    found.push(at.finding(Code::EmptyList, "await/at", "nobody listens"));
                }
                // What must be logged is as many as the accesses were.
                let says =
                    |expectation: &Expectation| matches!(expectation, Expectation::Count(_) | Expectation::Logs(_));
                if !at.step.frame.expect.iter().any(says) {
                    found.push(
                        Diagnostic::at(
                            Code::NoCount,
                            at.source(),
                            at.parsed.tree.key_region(&at.way("await")),
                            format!("`{}` awaits without saying how many", at.step.name),
                        )
                        .help("add `count: { exactly: 1 }`, `count: { at-least: 1 }` or `count: none`".to_owned()),
                    );
                }
            }
            Verb::Look(steps) if steps.is_empty() => {
                found.push(at.finding(Code::EmptyList, "look", "it looks at no step"));
            }
            Verb::Play(play) => played(ground, &at, play, found),
            Verb::Look(_) | Verb::Send(_) => {}
        }
    }
}

/// What counterparts are told to do: somebody is told, and there is such a thing as they are to give.
fn played(ground: &Ground<'_>, at: &StepAt<'_>, play: &Play, found: &mut Vec<Diagnostic>) {
    if play.who.is_empty() {
        found.push(at.finding(Code::EmptyList, "play/who", "nobody is told"));
    }
    if let Part::Answers(lines) = &play.be
        && lines.is_empty()
    {
        found.push(at.finding(Code::EmptyList, "play/be/answers", "no answer is scripted; `be: up` is the default"));
    }
    for (way, fixture) in play.fixtures() {
        if !ground.bodies.contains(fixture.name.as_str()) {
            let place = (at.source(), at.region(&format!("play/{way}/name")));
            let said = (fixture.name.as_str(), format!("there is no body `{}`", fixture.name));
            ground.unknown(found, Code::UnknownBody, place, said, ground.bodies.iter().copied());
        }
    }
}

fn frame(at: &StepAt<'_>, found: &mut Vec<Diagnostic>) {
    let frame = &at.step.frame;
    if frame.expect.is_empty() && at.step.head != Head::Given {
        let message = format!("`{}` expects nothing, so it holds whatever happens", at.step.name);
        found.push(Diagnostic::at(Code::NoExpectation, at.source(), at.name_region(), message));
    }
    // A walk has no moments: it waits as long as `settles` says before it asks.
    if frame.settles.is_some() && frame.at.is_empty() && !matches!(at.step.verb, Verb::Walk(_)) {
        found.push(
            Diagnostic::at(
                Code::SettlesWithoutAt,
                at.source(),
                at.parsed.tree.key_region(&at.way("settles")),
                format!("`{}` has `settles` and no `at`", at.step.name),
            )
            .help("add `at: [0s, …]` with moments up to that of `settles`".to_owned()),
        );
    }
    if frame.via.is_some() && !matches!(at.step.verb, Verb::Ask(_) | Verb::Send(_) | Verb::Again(_)) {
        let message = format!("`{}` sends nothing that could go through another client", at.step.name);
        found.push(
            at.finding(Code::BadValue, "via", message).help("`via` goes with `ask`, `send` and `again`".to_owned()),
        );
    }
    if let Some(verifies) = &frame.verifies {
        for (n, requirement) in verifies.iter().enumerate() {
            if !at.case().verifies.contains(requirement) {
                let known = at.case().verifies.iter().map(|id| id.as_str());
                found.push(
                    at.finding(
                        Code::ForeignVerifies,
                        &format!("verifies/{n}"),
                        format!("this case does not verify `{requirement}`"),
                    )
                    .help(suggest::help(requirement.as_str(), known)),
                );
            }
        }
        if verifies.is_empty() {
            found.push(at.finding(Code::EmptyList, "verifies", "this step bears on no requirement"));
        }
    }
    let expects = frame.expect.iter().position(|e| matches!(e, Expectation::Indistinguishable(_)));
    let samples = matches!(at.step.verb, Verb::Sample(_));
    if samples && expects.is_none() {
        let region = at.parsed.tree.key_region(&at.way("sample"));
        let message = format!("`{}` samples, and nothing is expected of what it compares", at.step.name);
        found.push(
            Diagnostic::at(Code::BlindSample, at.source(), region, message)
                .help("expect `indistinguishable: { by: structure }`".to_owned()),
        );
    }
    if let Verb::Sample(sample) = &at.step.verb {
        of_sample(at, sample, found);
    }
    if let (false, Some(n)) = (samples, expects) {
        let message = "only a `sample` has classes that can be indistinguishable";
        found.push(at.finding(Code::BlindSample, &format!("expect/{n}"), message));
    }
}

/// Who or what is asked about must be of a kind: a comparison with something else is blind, or sees what it should not.
fn of_sample(at: &StepAt<'_>, sample: &Sample, found: &mut Vec<Diagnostic>) {
    for (key, class) in [("protected", &sample.protected), ("known", &sample.known)] {
        if matches!(class.subject, Subject::Like(_)) {
            let message = "what is `like` an id exists nowhere, so only the `unknown` can be";
            found.push(at.finding(Code::BlindSample, &format!("sample/{key}/like"), message));
        }
    }
    let is_person = |class: &SampleClass| class.person().is_some();
    let (people, unknown) = (is_person(&sample.protected), &sample.unknown.subject);
    if is_person(&sample.known) != people || matches!(unknown, Subject::Person(_)) != people {
        let message = "people are compared with people, and ids with ids";
        found.push(
            at.finding(Code::BlindSample, "sample", message)
                .help("write `about` in all three, or `id` and `like`".to_owned()),
        );
    } else if matches!(unknown, Subject::Thing(_)) {
        let message = "this id exists, so that nothing unknown is compared";
        found.push(at.finding(Code::BlindSample, "sample/unknown/id", message).help("write `like` here".to_owned()));
    }
}

/// Every step that a step cites, and the way to the citation.
pub(super) fn cited<'h>(at: &StepAt<'h>) -> Vec<(&'h StepId, String)> {
    let mut cited = Vec::new();
    cited.extend(at.step.frame.meanwhile.iter().map(|step| (step, "meanwhile".to_owned())));
    match &at.step.verb {
        Verb::Again(again) => cited.push((&again.step, "again/step".to_owned())),
        Verb::Look(steps) => cited.extend(steps.iter().enumerate().map(|(n, step)| (step, format!("look/{n}")))),
        Verb::Send(Send::Http(request)) => {
            if let Some(Body::Response(body)) = &request.body {
                cited.push((&body.of, "send/http/body/response/of".to_owned()));
            }
        }
        Verb::Send(Send::VendorSample(_))
        | Verb::Ask(_)
        | Verb::Act(_)
        | Verb::Sample(_)
        | Verb::Play(_)
        | Verb::Await(_)
        | Verb::Crawl(_)
        | Verb::Walk(_) => {}
    }
    for (n, expectation) in at.step.frame.expect.iter().enumerate() {
        let way = |m: usize| match expectation {
            Expectation::Compare(_) => "compare/step".to_owned(),
            Expectation::Opens(_) => "opens/as-in/step".to_owned(),
            Expectation::Logs(_) => format!("logs/steps/{m}"),
            Expectation::After(_) => "after".to_owned(),
            Expectation::KeepsPace(_) => "keeps-pace/with".to_owned(),
            _ => String::new(),
        };
        let cites = expectation.cites().into_iter().enumerate();
        cited.extend(cites.map(|(m, step)| (step, format!("expect/{n}/{}", way(m)))));
    }
    cited
}

/// Whether the step at one position has happened when the one at another begins.
pub(super) fn precedes(at: &StepAt<'_>, earlier: usize) -> bool {
    let around = at.case().steps[earlier].head == Head::Around;
    // `around` steps run before the first `step`, wherever they are written.
    earlier < at.index || (around && at.step.head == Head::Step && earlier != at.index)
}

fn citations(at: &StepAt<'_>, found: &mut Vec<Diagnostic>) {
    for (step, way) in cited(at) {
        match at.case().steps.iter().position(|other| other.name == *step) {
            None => {
                let known = at.case().steps.iter().map(|step| step.name.as_str());
                found.push(
                    at.finding(Code::UnknownStep, &way, format!("this case has no step `{step}`"))
                        .label("cited here")
                        .help(suggest::help(step.as_str(), known)),
                );
            }
            Some(earlier) if !precedes(at, earlier) => {
                let message = if earlier == at.index {
                    format!("`{step}` cites itself")
                } else {
                    format!("`{step}` comes after `{}`, which cites it", at.step.name)
                };
                let other = StepAt { index: earlier, step: &at.case().steps[earlier], ..*at };
                let finding = at.finding(Code::LaterStep, &way, message).label("cited here");
                found.push(if earlier == at.index {
                    finding
                } else {
                    finding.related(at.source(), other.name_region(), "it happens here")
                });
            }
            Some(_) => {}
        }
    }
}

fn asked(
    ground: &Ground<'_>,
    at: &StepAt<'_>,
    verb: &str,
    set: &RequestSetId,
    only: Option<&Name>,
    found: &mut Vec<Diagnostic>,
) {
    let Some(parsed) = ground.sets.get(set.as_str()) else {
        let key = if verb == "crawl" { "from" } else { "set" };
        let place = (at.source(), at.region(&format!("{verb}/{key}")));
        let said = (set.as_str(), format!("there is no request set `{set}`"));
        return ground.unknown(found, Code::UnknownRequestSet, place, said, ground.sets.keys().copied());
    };
    let Some(only) = only else { return };
    let known = || parsed.value.requests.iter().map(|request| request.id.as_str());
    let words = match super::scope::Scope::of(at).values(ground, only) {
        None => vec![only.to_string()],
        Some(super::scope::Values::Known(words)) => words,
        Some(super::scope::Values::Open | super::scope::Values::NoColumn(_)) => Vec::new(),
    };
    for word in words {
        if !known().any(|id| id == word) && parsed.whole {
            let message = format!("the request set `{set}` has no request `{word}`");
            found.push(
                at.finding(Code::UnknownRequest, &format!("{verb}/only"), message)
                    .label("cited here")
                    .help(suggest::help(&word, known())),
            );
        }
    }
}

/// A walk draws from choices of the profile, and records them by an action that can be cleared.
fn walked(ground: &Ground<'_>, at: &StepAt<'_>, walk: &crate::model::testcase::Walk, found: &mut Vec<Diagnostic>) {
    asked(ground, at, "walk", &walk.set, None, found);
    let id = walk.action.as_str();
    match ground.actions.get(id) {
        None => {
            let place = (at.source(), at.region("walk/do"));
            let said = (id, format!("no profile defines the action `{id}`"));
            ground.unknown(found, Code::UnknownAction, place, said, ground.actions.keys().copied());
        }
        Some(action) if action.undo.is_none() => {
            let message = format!("the action `{id}` has no `undo`, so that no set of choices begins from nothing");
            found.push(at.finding(Code::UnknownAction, "walk/do", message));
        }
        Some(_) => {}
    }
    let choices = ground.profiles.get(at.id.standard()).map(|profile| &profile.value.choices);
    if choices.is_some_and(|choices| !choices.contains_key(&walk.choices)) {
        let place = (at.source(), at.region("walk/choices"));
        let said = (walk.choices.as_str(), format!("`{}` has no choices `{}`", at.id.standard(), walk.choices));
        let known = choices.into_iter().flat_map(|choices| choices.keys()).map(|word| word.as_str());
        ground.unknown(found, Code::UnknownSet, place, said, known);
    }
    if walk.walks == 0 || walk.orders == 0 || walk.length.1 < walk.length.0 {
        found.push(at.finding(Code::EmptyList, "walk", "no set of choices is ever recorded"));
    }
}

/// The parts that are left out, or kept, are a named set of words of the profile.
fn left_out(ground: &Ground<'_>, at: &StepAt<'_>, again: &crate::model::testcase::Again, found: &mut Vec<Diagnostic>) {
    use crate::model::testcase::Without;
    let (set, key) = match &again.without {
        None => return,
        Some(Without::AllBut(set)) => (set, "all-but"),
        Some(Without::EachOf(set)) => (set, "each-of"),
    };
    let sets = ground.profiles.get(at.id.standard()).map(|profile| &profile.value.sets);
    if sets.is_some_and(|sets| !sets.contains_key(set)) {
        let place = (at.source(), at.region(&format!("again/without/{key}")));
        let said = (set.as_str(), format!("`{}` has no named set `{set}`", at.id.standard()));
        let known = sets.into_iter().flat_map(|sets| sets.keys()).map(|word| word.as_str());
        ground.unknown(found, Code::UnknownSet, place, said, known);
    }
}

fn acted(ground: &Ground<'_>, at: &StepAt<'_>, act: &crate::model::testcase::Act, found: &mut Vec<Diagnostic>) {
    let words = match super::scope::Scope::of(at).values(ground, &act.action) {
        None => vec![act.action.to_string()],
        Some(super::scope::Values::Known(words)) => words,
        Some(super::scope::Values::Open | super::scope::Values::NoColumn(_)) => {
            let message = format!("`{}` does not say which actions it ranges over", act.action);
            return found.push(at.finding(Code::UnknownAction, "act/do", message));
        }
    };
    words.iter().for_each(|id| one_action(ground, at, act, id, found));
}

fn one_action(
    ground: &Ground<'_>,
    at: &StepAt<'_>,
    act: &crate::model::testcase::Act,
    id: &str,
    found: &mut Vec<Diagnostic>,
) {
    let takes: Vec<&str> = match (OWN_ACTIONS.iter().find(|(own, _)| *own == id), ground.actions.get(id)) {
        (Some((_, takes)), _) => vec![takes],
        (None, Some(action)) => action.with.iter().map(|word| word.as_str()).collect(),
        (None, None) => {
            let place = (at.source(), at.region("act/do"));
            let said = (id, format!("no profile defines the action `{id}`"));
            return ground.unknown(found, Code::UnknownAction, place, said, ground.actions.keys().copied());
        }
    };
    for word in act.with.keys() {
        if !takes.contains(&word.as_str()) {
            let region = at.parsed.tree.key_region(&at.way(&format!("act/with/{word}")));
            found.push(
                Diagnostic::at(
                    Code::UnknownArgument,
                    at.source(),
                    region,
                    format!("the action `{id}` does not take `{word}`"),
                )
                .help(suggest::help(word.as_str(), takes.iter().copied())),
            );
        }
    }
}
