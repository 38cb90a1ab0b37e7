//! Rules about claims, in `reference.yaml` and in target files: they speak of what profiles know,
//! do not contradict each other, and every case and step runs under some claim of the reference.

use super::ground::{Ground, StepAt, duplicates};
use super::profile::allows;
use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::source::Node;
use crate::language::suggest;
use crate::model::id::CaseId;
use crate::model::profile::Profile;
use crate::model::target::Claim;
use crate::model::testcase::{TestCase, Where};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let Some(reference) = &ground.house.reference else {
        return;
    };
    if !reference.whole {
        return;
    }
    let sets = &reference.value.sets;
    let region = |way: String| reference.tree.region(&way);
    duplicates(
        found,
        "claim set",
        sets.iter().enumerate().map(|(n, set)| (set.id.to_string(), &reference.source, region(format!("sets/{n}/id")))),
    );
    if sets.is_empty() {
        let message = "the reference is run under no claims";
        found.push(Diagnostic::at(Code::EmptyList, &reference.source, region("sets".to_owned()), message));
        return;
    }
    let profiles: Vec<&Profile> = ground.profiles.values().map(|parsed| &parsed.value).collect();
    for (n, set) in sets.iter().enumerate() {
        let place = Place { source: &reference.source, tree: &reference.tree, way: format!("sets/{n}/claims") };
        let doubted = |id: &str| ground.doubted(id);
        claims(&profiles, &set.claims, &place, &doubted, found);
    }
    // Where a condition or claim cites what does not exist, what runs cannot be said.
    let unclear = [Code::UnknownProfile, Code::UnknownRole, Code::UnknownOption, Code::UnknownOptionValue];
    if !ground.complete() || found.iter().any(|diagnostic| unclear.contains(&diagnostic.code)) {
        return;
    }
    for (n, set) in sets.iter().enumerate() {
        let running: BTreeSet<&CaseId> = ground
            .cases()
            .filter(|(id, parsed)| set.takes(id) && runs(&profiles, id, &parsed.value, &set.claims))
            .map(|(id, _)| id)
            .collect();
        let mut idle = |way: String, message: String| {
            found.push(Diagnostic::at(Code::IdleClaims, &reference.source, region(way), message));
        };
        if running.is_empty() {
            idle(format!("sets/{n}/id"), format!("no case runs under `{}`", set.id));
        }
        for (m, case) in set.only.iter().enumerate().filter(|(_, case)| !running.contains(case)) {
            idle(format!("sets/{n}/only/{m}"), format!("no case `{case}` runs under `{}`", set.id));
        }
    }
    for (id, parsed) in ground.cases() {
        let case = &parsed.value;
        // An unknown profile or role is told elsewhere.
        let known = ground.profiles.get(id.standard()).is_some_and(|profile| profile.value.roles.contains(&case.role));
        let under: Vec<&[Claim]> = sets
            .iter()
            .filter(|set| set.takes(id))
            .map(|set| set.claims.as_slice())
            .filter(|claims| runs(&profiles, id, case, claims))
            .collect();
        if known && under.is_empty() {
            let way = if case.condition.is_some() { "where" } else { "role" };
            found.push(
                Diagnostic::at(
                    Code::NeverRuns,
                    &parsed.source,
                    parsed.tree.key_region(way),
                    "this case runs under none of the claim sets of the reference",
                )
                .help(never_help()),
            );
            continue;
        }
        for (index, step) in case.steps.iter().enumerate() {
            let Some(condition) = &step.frame.condition else {
                continue;
            };
            if known && !under.iter().any(|claims| step_runs(&profiles, id, case, condition, claims)) {
                let at = StepAt { id, parsed, index, step };
                let message = format!("`{}` runs under none of the claim sets of the reference", step.name);
                let region = parsed.tree.key_region(&at.way("where"));
                found.push(Diagnostic::at(Code::NeverRuns, &parsed.source, region, message).help(never_help()));
            }
        }
    }
}

fn never_help() -> String {
    "add a claim set to `testcases/reference.yaml` that meets its role and conditions".to_owned()
}

/// Where claims stand.
pub(in crate::language) struct Place<'p> {
    pub source: &'p Arc<SourceFile>,
    pub tree: &'p Node,
    /// The way to the list.
    pub way: String,
}

/// Checks claims against the profiles, and against each other.
pub(in crate::language) fn claims(
    profiles: &[&Profile],
    claims: &[Claim],
    place: &Place<'_>,
    doubted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) {
    let region = |way: String| place.tree.region(&format!("{}/{way}", place.way));
    let mut unknown = |code, region, id: &str, message: String, known: Vec<&str>| {
        if !doubted(id) {
            let finding = Diagnostic::at(code, place.source, region, message).label("claimed here");
            found.push(finding.help(suggest::help(id, known)));
        }
    };
    for (n, claim) in claims.iter().enumerate() {
        let Some(profile) = profiles.iter().find(|profile| profile.id == claim.profile) else {
            let message = format!("no profile has the id `{}`", claim.profile);
            let known = profiles.iter().map(|profile| profile.id.as_str()).collect();
            unknown(Code::UnknownProfile, region(format!("{n}/profile")), claim.profile.as_str(), message, known);
            continue;
        };
        for (m, role) in claim.roles.iter().enumerate() {
            if !profile.roles.contains(role) {
                let message = format!("`{}` has no role `{role}`", profile.id);
                let known = profile.roles.iter().map(|role| role.as_str()).collect();
                unknown(Code::UnknownRole, region(format!("{n}/roles/{m}")), role.as_str(), message, known);
            }
        }
        for (id, value) in &claim.options {
            let way = format!("{}/{n}/options/{id}", place.way);
            let Some(option) = profile.options.iter().find(|option| option.id == *id) else {
                let message = format!("`{}` has no option `{id}`", profile.id);
                let known = profile.options.iter().map(|option| option.id.as_str()).collect();
                unknown(Code::UnknownOption, place.tree.key_region(&way), id.as_str(), message, known);
                continue;
            };
            if !allows(option, value) {
                let message = match option.default {
                    Some(_) => {
                        format!("`{value}` is not a length of time from {} for `{id}`", option.values.join(" to "))
                    }
                    None => format!("the option `{id}` has no value `{value}`"),
                };
                let known = match option.default {
                    Some(_) => Vec::new(),
                    None => option.values.iter().map(String::as_str).collect(),
                };
                unknown(Code::UnknownOptionValue, place.tree.region(&way), value, message, known);
            }
        }
    }
    for (n, claim) in claims.iter().enumerate() {
        for (list, empty) in
            [("roles", claim.roles.is_empty()), ("fhir", claim.fhir.is_empty()), ("format", claim.format.is_empty())]
        {
            if empty {
                let message = format!("a claim with no {list}");
                found.push(Diagnostic::at(Code::EmptyList, place.source, region(format!("{n}/{list}")), message));
            }
        }
        for (earlier, other) in claims[..n].iter().enumerate().filter(|(_, other)| other.profile == claim.profile) {
            let role = claim.roles.iter().find(|role| other.roles.contains(role));
            let option =
                claim.options.iter().find(|(id, value)| other.options.get(*id).is_some_and(|other| other != *value));
            let message = match (role, option) {
                (_, Some((id, value))) => {
                    format!("the option `{id}` is claimed as `{value}` and as something else")
                }
                (Some(role), None) => {
                    format!("the role `{role}` of `{}` is claimed twice", claim.profile)
                }
                (None, None) => continue,
            };
            found.push(
                Diagnostic::at(Code::ContradictingClaims, place.source, region(format!("{n}/profile")), message)
                    .label("claimed here")
                    .related(place.source, region(format!("{earlier}/profile")), "and here"),
            );
        }
    }
}

/// Whether a case runs under these claims.
pub(in crate::language) fn runs(profiles: &[&Profile], id: &CaseId, case: &TestCase, claims: &[Claim]) -> bool {
    let Some(profile) = profiles.iter().find(|profile| profile.id.as_str() == id.standard()) else {
        return false;
    };
    claims.iter().filter(|claim| claim.profile == profile.id && claim.roles.contains(&case.role)).any(|claim| {
        let meets =
            |condition: Option<&Where>| condition.is_none_or(|condition| holds(profile, condition, claim, claims));
        let applies = case.verifies.iter().any(|requirement| {
            profile
                .requirements
                .iter()
                .find(|known| profile.id_of(known) == *requirement)
                .is_none_or(|known| meets(known.condition.as_ref()))
        });
        meets(case.condition.as_ref()) && (applies || case.verifies.is_empty())
    })
}

fn step_runs(profiles: &[&Profile], id: &CaseId, case: &TestCase, condition: &Where, claims: &[Claim]) -> bool {
    let mut narrowed = case.clone();
    narrowed.condition = Some(condition.clone());
    runs(profiles, id, &narrowed, claims)
}

/// Whether one claim meets a condition; `each` is left to the plan.
fn holds(profile: &Profile, condition: &Where, claim: &Claim, claims: &[Claim]) -> bool {
    let any = |wanted: bool, found: bool| !wanted || found;
    any(!condition.fhir.is_empty(), condition.fhir.iter().any(|fhir| claim.fhir.contains(fhir)))
        && any(!condition.format.is_empty(), condition.format.iter().any(|format| claim.format.contains(format)))
        && any(
            !condition.claims.is_empty(),
            condition.claims.iter().any(|role| claims.iter().any(|claim| claim.roles.contains(role))),
        )
        && condition.options.iter().all(|(id, values)| {
            let default = profile.options.iter().find(|option| option.id == *id).and_then(|option| option.default);
            let stated = claim.options.get(id).cloned().or_else(|| default.map(|default| default.to_string()));
            stated.is_some_and(|stated| values.contains(&stated))
        })
}
