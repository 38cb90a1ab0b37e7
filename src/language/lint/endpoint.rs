//! The rule about names of endpoints: which there are is for target files to say, so a name of its own is no fault,
//! but one that a single file uses and that is nearly the name of another is most likely a slip.

use super::ground::Ground;
use super::scope::{Scope, Values};
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::Region;
use crate::language::suggest;
use crate::model::testcase::{Send, Verb};
use crate::model::text::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names that have a meaning wherever they stand.
const OWN: [&str; 2] = ["fhir", "token"];

/// Where names of endpoints stand.
type Uses<'g> = BTreeMap<String, Vec<(&'g Arc<SourceFile>, Region)>>;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    // A file that was not read may be where the name is at home.
    if !ground.complete() {
        return;
    }
    let uses = uses(ground);
    for (name, places) in uses.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        let files: BTreeSet<&str> = places.iter().map(|(source, _)| source.path.as_str()).collect();
        if files.len() > 1 {
            continue;
        }
        let oftener = uses.iter().filter(|(_, others)| others.len() > places.len()).map(|(other, _)| other.as_str());
        let meant = OWN.into_iter().chain(oftener).filter(|other| other != name && !siblings(name, other));
        let Some(meant) = suggest::nearest(name, meant).filter(|meant| suggest::distance(name, meant) <= 2) else {
            continue;
        };
        for (source, region) in places {
            let message = format!("the endpoint `{name}` is nearly `{meant}`, and only this file uses it");
            found.push(
                Diagnostic::at(Code::MisspeltEndpoint, source, *region, message)
                    .label("used here")
                    .help(format!("did you mean `{meant}`?")),
            );
        }
    }
}

/// `fhir` and `fhir-2` are two of one kind, not one name spelt twice.
fn siblings(one: &str, other: &str) -> bool {
    fn kind(name: &str) -> &str {
        match name.rsplit_once('-') {
            Some((kind, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => kind,
            _ => name,
        }
    }
    kind(one) == kind(other)
}

fn uses<'g>(ground: &Ground<'g>) -> Uses<'g> {
    let mut uses = Uses::new();
    for at in ground.steps() {
        let scope = Scope::of(&at);
        let mut cite = |name: &Name, way: &str| {
            let words = match scope.values(ground, name) {
                None => vec![name.to_string()],
                Some(Values::Known(words)) => words,
                Some(Values::Open | Values::NoColumn(_)) => Vec::new(),
            };
            let words: BTreeSet<String> = words.into_iter().collect();
            words.into_iter().for_each(|word| uses.entry(word).or_default().push((at.source(), at.region(way))));
        };
        at.step.frame.token.iter().flat_map(|token| &token.endpoint).for_each(|name| cite(name, "token/endpoint"));
        match &at.step.verb {
            Verb::Send(Send::Http(request)) => cite(&request.endpoint, "send/http/endpoint"),
            Verb::Again(again) => again.to.iter().for_each(|name| cite(name, "again/to")),
            Verb::Send(Send::VendorSample(_))
            | Verb::Ask(_)
            | Verb::Act(_)
            | Verb::Look(_)
            | Verb::Sample(_)
            | Verb::Play(_)
            | Verb::Await(_)
            | Verb::Crawl(_)
            | Verb::Walk(_) => {}
        }
    }
    for (_, parsed) in &ground.house.sets {
        for (n, request) in parsed.value.requests.iter().enumerate() {
            let region = parsed.tree.region(&format!("requests/{n}/http/endpoint"));
            uses.entry(request.http.endpoint.to_string()).or_default().push((&parsed.source, region));
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_a_kind_is_no_slip() {
        assert!(siblings("fhir", "fhir-2") && siblings("fhir-2", "fhir-3"));
        assert!(!siblings("fhir", "fhir2") && !siblings("fhir", "fhri") && !siblings("fhir", "fhir-"));
    }
}
