//! What must hold between files, and within one beyond its shape: one module for each family.
//! Rules only look; they load nothing and repair nothing.

mod case;
mod cast;
mod cause;
pub(super) mod claim;
mod control;
mod coverage;
mod defect;
mod demand;
mod endpoint;
mod expectation;
mod ground;
mod meanwhile;
mod name;
pub(super) mod profile;
mod request;
mod scope;
mod step;
pub(super) mod target;
mod text;
mod unused;

use super::diagnostic::Diagnostic;
use super::load::House;
use ground::Ground;

/// A rule: looks at everything that was read and says what it finds.
type Rule = fn(&Ground<'_>, &mut Vec<Diagnostic>);

/// Every rule, by the name of its family.
const RULES: &[(&str, Rule)] = &[
    ("profile", profile::check),
    ("cast", cast::check),
    ("request", request::check),
    ("endpoint", endpoint::check),
    ("defect", defect::check),
    ("demand", demand::check),
    ("case", case::check),
    ("step", step::check),
    ("meanwhile", meanwhile::check),
    ("name", name::check),
    ("expectation", expectation::check),
    ("control", control::check),
    ("cause", cause::check),
    ("claim", claim::check),
    ("text", text::check),
    ("coverage", coverage::check),
    ("unused", unused::check),
];

/// Every rule over everything that was read.
pub(super) fn run(house: &House) -> Vec<Diagnostic> {
    let ground = Ground::new(house);
    let mut found = Vec::new();
    for (_, rule) in RULES {
        rule(&ground, &mut found);
    }
    found
}
