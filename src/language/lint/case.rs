//! Rules about the head of a case: what it verifies, for whom, what it kills, where it applies.
//! Its steps are a matter of the other families.

use super::ground::{Ground, PARTIES, RESERVED, duplicates};
use super::profile::condition_holds;
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::language::load::Parsed;
use crate::model::id::{CaseId, RequirementId};
use crate::model::profile::Profile;
use crate::model::testcase::{Each, Head, Range, TestCase};

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    for (id, parsed) in ground.cases() {
        let case = &parsed.value;
        let finding =
            |code, way: &str, message: String| Diagnostic::at(code, &parsed.source, parsed.tree.region(way), message);
        match ground.profiles.get(id.standard()) {
            None => {
                let place = (&parsed.source, parsed.tree.region("verifies"));
                let message = format!("no profile has the id `{}`, the name of this folder", id.standard());
                ground.unknown(
                    found,
                    Code::UnknownProfile,
                    place,
                    (id.standard(), message),
                    ground.profiles.keys().copied(),
                );
            }
            Some(profile) => role_and_condition(ground, parsed, &profile.value, found),
        }
        verifies(ground, id, parsed, found);
        if case.verifies.is_empty() {
            found.push(finding(Code::EmptyList, "verifies", "a case that verifies nothing".to_owned()));
        }
        if case.kills.is_empty() {
            found.push(finding(
                Code::KillsNothing,
                "kills",
                "this case kills no defect, so nothing shows that it can fail".to_owned(),
            ));
        }
        for (at, defect) in case.kills.iter().enumerate() {
            if !ground.defects.contains(defect.as_str()) {
                let place = (&parsed.source, parsed.tree.region(&format!("kills/{at}")));
                let said = (defect.as_str(), format!("no file declares the defect `{defect}`"));
                ground.unknown(found, Code::UnknownDefect, place, said, ground.defects.iter().copied());
            }
        }
        for list in ["verifies", "kills"] {
            let items = parsed.tree.find(list).map(|node| node.items()).unwrap_or_default();
            let ids = items.iter().filter_map(|item| Some((item.scalar()?.to_owned(), &parsed.source, item.region)));
            duplicates(found, list, ids);
        }
        if !case.steps.iter().any(|step| step.head == Head::Step) {
            found.push(finding(Code::NoStep, "steps", "no step of this case judges the target".to_owned()));
        }
        each(ground, parsed, "each", &case.each, id.standard(), found);
        for (at, step) in case.steps.iter().enumerate() {
            each(ground, parsed, &format!("steps/{at}/each"), &step.frame.each, id.standard(), found);
        }
        names(ground, parsed, found);
    }
}

fn role_and_condition(ground: &Ground<'_>, parsed: &Parsed<TestCase>, profile: &Profile, found: &mut Vec<Diagnostic>) {
    let case = &parsed.value;
    if !profile.roles.contains(&case.role) {
        let place = (&parsed.source, parsed.tree.region("role"));
        let said = (case.role.as_str(), format!("`{}` has no role `{}`", profile.id, case.role));
        ground.unknown(found, Code::UnknownRole, place, said, profile.roles.iter().map(|role| role.as_str()));
    }
    if let Some(condition) = &case.condition {
        condition_holds(ground, profile, condition, (parsed, "where"), found);
    }
    for (at, step) in case.steps.iter().enumerate() {
        if let Some(condition) = &step.frame.condition {
            condition_holds(ground, profile, condition, (parsed, &format!("steps/{at}/where")), found);
        }
    }
}

fn verifies(ground: &Ground<'_>, id: &CaseId, parsed: &Parsed<TestCase>, found: &mut Vec<Diagnostic>) {
    let case = &parsed.value;
    for (at, requirement) in case.verifies.iter().enumerate() {
        let region = parsed.tree.region(&format!("verifies/{at}"));
        match ground.requirement(requirement.as_str()) {
            None => {
                let ids = all_requirements(ground);
                let said = (requirement.as_str(), format!("no profile defines `{requirement}`"));
                let known = ids.iter().map(|id| id.as_str());
                ground.unknown(found, Code::UnknownRequirement, (&parsed.source, region), said, known);
            }
            Some((profile, _)) if profile.id.as_str() != id.standard() => {
                let message =
                    format!("`{requirement}` is not a requirement of `{}`, whose case this is", id.standard());
                found.push(Diagnostic::at(Code::ForeignRequirement, &parsed.source, region, message));
            }
            Some((profile, known)) if profile.roles.contains(&case.role) && !known.roles.contains(&case.role) => {
                let roles: Vec<_> = known.roles.iter().map(|role| format!("`{role}`")).collect();
                found.push(
                    Diagnostic::at(
                        Code::RoleNotBound,
                        &parsed.source,
                        parsed.tree.region("role"),
                        format!("`{requirement}` does not bind the role `{}`", case.role),
                    )
                    .label("tested here")
                    .related(&parsed.source, region, "verified here")
                    .help(format!("it binds {}", roles.join(", "))),
                );
            }
            Some(_) => {}
        }
        let bears = |step: &&crate::model::testcase::Step| {
            step.head == Head::Step && step.frame.verifies.as_ref().is_none_or(|list| list.contains(requirement))
        };
        if case.steps.iter().any(|step| step.head == Head::Step) && !case.steps.iter().any(|step| bears(&step)) {
            let message = format!("no step bears on `{requirement}`");
            found.push(Diagnostic::at(Code::NoBearing, &parsed.source, region, message));
        }
    }
}

fn all_requirements(ground: &Ground<'_>) -> Vec<RequirementId> {
    ground
        .profiles
        .values()
        .flat_map(|parsed| parsed.value.requirements.iter().map(|requirement| parsed.value.id_of(requirement)))
        .collect()
}

fn each(
    ground: &Ground<'_>,
    parsed: &Parsed<TestCase>,
    way: &str,
    each: &Each,
    profile: &str,
    found: &mut Vec<Diagnostic>,
) {
    for (name, range) in each {
        let region = |below: &str| parsed.tree.region(&format!("{way}/{name}/{below}"));
        let empty = match range {
            Range::In(words) => words.is_empty(),
            Range::Draw(draw) => draw.count == 0 || draw.take == 0 || draw.from.len() < draw.take as usize,
            Range::Near(near) => near.by == 0,
            Range::Rows(rows) => rows.is_empty() || rows.iter().any(std::collections::BTreeMap::is_empty),
            Range::Of(set) => {
                let sets = ground.profiles.get(profile).map(|profile| &profile.value.sets);
                if sets.is_some_and(|sets| !sets.contains_key(set)) {
                    let known = sets.into_iter().flat_map(|sets| sets.keys()).map(|set| set.as_str());
                    let said = (set.as_str(), format!("`{profile}` has no named set `{set}`"));
                    ground.unknown(found, Code::UnknownSet, (&parsed.source, region("of")), said, known);
                }
                false
            }
        };
        if empty {
            let message = format!("`{name}` ranges over nothing");
            found.push(Diagnostic::at(Code::EmptyList, &parsed.source, region(""), message));
        }
        if RESERVED.contains(&name.as_str())
            || ground.patients.contains_key(name.as_str())
            || ground.organisations.contains(name.as_str())
        {
            let message = format!("`{name}` is already a member of the cast or a reserved word");
            let region = parsed.tree.key_region(&format!("{way}/{name}"));
            found.push(Diagnostic::at(Code::AmbiguousName, &parsed.source, region, message));
        }
    }
}

/// Steps are cited by name, and what they save is `{{step.value}}`: neither may mean anything else.
fn names(ground: &Ground<'_>, parsed: &Parsed<TestCase>, found: &mut Vec<Diagnostic>) {
    let case = &parsed.value;
    let name_of = |at: usize| {
        ["given", "control", "around", "step"]
            .iter()
            .find_map(|head| parsed.tree.find(&format!("steps/{at}/{head}")))
            .map_or_else(|| parsed.tree.region("steps"), |node| node.region)
    };
    duplicates(
        found,
        "step",
        case.steps.iter().enumerate().map(|(at, step)| (step.name.to_string(), &parsed.source, name_of(at))),
    );
    for (at, step) in case.steps.iter().enumerate() {
        let name = step.name.as_str();
        let taken = RESERVED.contains(&name)
            || PARTIES.contains(&name)
            || ground.patients.contains_key(name)
            || ground.organisations.contains(name)
            || case.each.contains_key(name)
            || case.steps.iter().any(|other| other.frame.each.contains_key(name));
        if taken && !step.frame.save.is_empty() {
            let message = format!("`{name}` already means something else, so `{{{{{name}.…}}}}` would be ambiguous");
            found.push(Diagnostic::at(Code::AmbiguousName, &parsed.source, name_of(at), message));
        }
    }
}
