//! Rules about request sets, and about each request wherever it is written.
//! The names in them are a matter of `name`.

use super::ground::{Ground, duplicates};
use super::profile::allows;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::load::Parsed;
use crate::language::source::Node;
use crate::language::suggest;
use crate::model::request::{Body, HttpRequest, RequestSet};
use crate::model::testcase::{Send, Verb, Where};
use crate::model::text::Part;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    duplicates(
        found,
        "request set",
        ground.house.sets.iter().map(|(_, p)| (p.value.id.to_string(), &p.source, p.tree.region("id"))),
    );
    for (stem, parsed) in &ground.house.sets {
        if parsed.value.id.as_str() != stem {
            let message = format!("the id is `{}`, and the file is `{stem}.yaml`", parsed.value.id);
            found.push(Diagnostic::at(Code::Misplaced, &parsed.source, parsed.tree.region("id"), message));
        }
        if parsed.whole {
            set(ground, parsed, found);
        }
    }
    for at in ground.steps() {
        if let Verb::Send(Send::Http(request)) = &at.step.verb {
            // A column of an `each` may hold a saved value too.
            let each = |name: &str| at.step.frame.each.contains_key(name) || at.case().each.contains_key(name);
            let saved = |name: &str| each(name) || at.case().steps.iter().any(|step| step.name.as_str() == name);
            http(ground, (at.source(), &at.parsed.tree), &at.way("send/http"), request, &saved, found);
        }
    }
}

fn set(ground: &Ground<'_>, parsed: &Parsed<RequestSet>, found: &mut Vec<Diagnostic>) {
    let requests = &parsed.value.requests;
    if requests.is_empty() {
        let message = format!("the request set `{}` asks nothing", parsed.value.id);
        found.push(Diagnostic::at(Code::EmptyList, &parsed.source, parsed.tree.region("requests"), message));
    }
    for (at, request) in requests.iter().enumerate() {
        let place = (&parsed.source, &parsed.tree);
        http(ground, place, &format!("requests/{at}/http"), &request.http, &|_| false, found);
        let same = requests[..at].iter().position(|other| {
            other.id == request.id && !disjoint(other.condition.as_ref(), request.condition.as_ref())
        });
        if let Some(first) = same {
            let region = |at: usize| parsed.tree.region(&format!("requests/{at}/id"));
            let message = format!("a second request `{}` that can exist beside the first", request.id);
            found.push(
                Diagnostic::at(Code::DuplicateId, &parsed.source, region(at), message)
                    .label("and here again")
                    .related(&parsed.source, region(first), "the first is here")
                    .help("forms of one request have the same id and a `where` that excludes the other".to_owned()),
            );
        }
        if let Some(condition) = &request.condition {
            options(ground, parsed, at, condition, found);
        }
    }
}

/// Whether no dialect and no claim meets both conditions.
fn disjoint(one: Option<&Where>, other: Option<&Where>) -> bool {
    fn apart<T: Ord>(one: &[T], other: &[T]) -> bool {
        let one: BTreeSet<&T> = one.iter().collect();
        !one.is_empty() && !other.is_empty() && other.iter().all(|value| !one.contains(value))
    }
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    apart(&one.fhir, &other.fhir)
        || apart(&one.format, &other.format)
        || one.options.iter().any(|(id, values)| other.options.get(id).is_some_and(|others| apart(values, others)))
        || one.each.iter().any(|(id, values)| other.each.get(id).is_some_and(|others| apart(values, others)))
}

/// A set belongs to no profile, so an option of any will do.
fn options(
    ground: &Ground<'_>,
    parsed: &Parsed<RequestSet>,
    at: usize,
    condition: &Where,
    found: &mut Vec<Diagnostic>,
) {
    for (id, values) in &condition.options {
        let all = || ground.profiles.values().flat_map(|profile| &profile.value.options);
        let options: Vec<_> = all().filter(|option| option.id == *id).collect();
        let way = format!("requests/{at}/where/options/{id}");
        if options.is_empty() {
            let place = (&parsed.source, parsed.tree.key_region(&way));
            let said = (id.as_str(), format!("no profile has an option `{id}`"));
            ground.unknown(found, Code::UnknownOption, place, said, all().map(|option| option.id.as_str()));
            continue;
        }
        for (n, value) in values.iter().enumerate() {
            if !options.iter().any(|option| allows(option, value)) {
                let region = parsed.tree.region(&format!("{way}/{n}"));
                let message = format!("the option `{id}` has no value `{value}`");
                let known = options.iter().flat_map(|option| &option.values).map(String::as_str);
                found.push(
                    Diagnostic::at(Code::UnknownOptionValue, &parsed.source, region, message)
                        .label("cited here")
                        .help(suggest::help(value, known)),
                );
            }
        }
    }
}

fn http(
    ground: &Ground<'_>,
    (source, tree): (&Arc<SourceFile>, &Node),
    way: &str,
    request: &HttpRequest,
    saved: &dyn Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) {
    let region = |below: &str| tree.region(&format!("{way}/{below}"));
    let below = matches!(request.path.parts().first(), Some(Part::Literal(text)) if text.starts_with('/'));
    let link = request.is_link() && request.path.names().all(|name| saved(&name.root));
    if !below && !link {
        let message = "the path of a request begins with `/`, or is one saved value alone";
        found.push(Diagnostic::at(Code::BadPlace, source, region("path"), message));
    }
    if request.follow.as_ref().is_some_and(String::is_empty) {
        let message = "the relation of a link is not empty";
        found.push(Diagnostic::at(Code::BadPlace, source, region("follow"), message));
    }
    if !request.form.is_empty() && request.body.is_some() {
        let message = "a request has a `form` or a `body`, not both";
        found.push(Diagnostic::at(Code::BadValue, source, tree.key_region(&format!("{way}/body")), message));
    }
    if let Some(Body::Fixture(fixture)) = &request.body
        && !ground.bodies.contains(fixture.name.as_str())
    {
        let place = (source, region("body/fixture/name"));
        let said = (fixture.name.as_str(), format!("there is no body `{}`", fixture.name));
        ground.unknown(found, Code::UnknownBody, place, said, ground.bodies.iter().copied());
    }
}
