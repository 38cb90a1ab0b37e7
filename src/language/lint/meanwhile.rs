//! Two things at once, and what may vex a system: steps that go on during another, and hostile bodies.
//! That a cited step exists and came before is a matter of `step`.

use super::ground::{Ground, StepAt};
use super::scope::{Scope, Values};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::language::suggest;
use crate::model::request::{Body, HostileForm};
use crate::model::testcase::{Head, Send, Step, Verb};

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for at in ground.steps() {
        during(&at, found);
        hostile(ground, &at, found);
    }
    for parsed in ground.sets.values() {
        for (n, request) in parsed.value.requests.iter().enumerate() {
            if matches!(request.http.body, Some(Body::Hostile(_))) {
                let region = parsed.tree.key_region(&format!("requests/{n}/http/body/hostile"));
                let message = "a hostile body stands in the case that needs it, and in no set that others ask";
                found.push(Diagnostic::at(Code::BadValue, &parsed.source, region, message));
            }
        }
    }
}

/// What goes on during another step: both send requests, each in its own words. Of several faults the first is said.
fn during(at: &StepAt<'_>, found: &mut Vec<Diagnostic>) {
    let Some(other) = &at.step.frame.meanwhile else { return };
    // A step that does not exist is told as such.
    let Some(during) = at.case().step(other) else { return };
    let name = &at.step.name;
    let each = |word: &str| [at.step, during].iter().any(|step| step.frame.each.contains_key(word));
    let both = || at.step.frame.each.keys().find(|name| during.frame.each.contains_key(*name));
    let message = if !is_sent(at.step) {
        format!("`{name}` cannot go on during another: only a `step` or `control` that asks or sends, without `at`")
    } else if !is_sent(during) || during.frame.meanwhile.is_some() {
        format!(
            "nothing can go on during `{other}`: only during a `step` or `control` that asks or sends, in its own turn and without `at`"
        )
    } else if each("when") || at.case().each.contains_key("when") {
        "`when` tells what was sent during a step from what was sent after it; name the `each` otherwise".to_owned()
    } else if let Some(word) = both() {
        format!("both `{name}` and `{other}` range over `{word}`, and no record could tell them apart")
    } else {
        return;
    };
    found.push(at.finding(Code::BadValue, "meanwhile", message));
}

/// Whether a step does nothing but send, now, what answers itself.
fn is_sent(step: &Step) -> bool {
    matches!(step.verb, Verb::Ask(_) | Verb::Send(Send::Http(_)))
        && matches!(step.head, Head::Step | Head::Control)
        && step.frame.at.is_empty()
}

/// The forms that a hostile body is to have are known.
fn hostile(ground: &Ground<'_>, at: &StepAt<'_>, found: &mut Vec<Diagnostic>) {
    let Verb::Send(Send::Http(request)) = &at.step.verb else { return };
    let Some(Body::Hostile(hostile)) = &request.body else { return };
    let words = match Scope::of(at).values(ground, &hostile.form) {
        None => vec![hostile.form.to_string()],
        Some(Values::Known(words)) => words,
        Some(Values::Open | Values::NoColumn(_)) => vec![hostile.form.to_string()],
    };
    for word in words.iter().filter(|word| HostileForm::named(word).is_none()) {
        let message = format!("`{word}` is no form of a hostile body");
        let help = suggest::help(word, HostileForm::ALL.map(HostileForm::as_str));
        found.push(at.finding(Code::BadValue, "send/http/body/hostile/form", message).help(help));
    }
    let swells = words.iter().any(|word| HostileForm::named(word) == Some(HostileForm::Swelling));
    if swells && !request.header.keys().any(|name| name.as_str() == "content-encoding") {
        let message =
            "a `swelling` body says by `content-encoding: gzip` that it is to be unpacked; without it nothing swells";
        found.push(at.finding(Code::BadValue, "send/http/body/hostile/form", message));
    }
}
