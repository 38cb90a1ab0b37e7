//! Rules about one profile: its roles, groups, options, actions and requirements hold together.
//! What cases make of it is a matter of the other families.

use super::ground::{Ground, OWN_ACTIONS, duplicates};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::language::load::Parsed;
use crate::language::suggest;
use crate::model::profile::{NamedSet, Profile, ProfileOption, Requirement};
use crate::model::span::Span;
use crate::model::testcase::Where;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let profiles = || ground.house.profiles.iter();
    duplicates(
        found,
        "profile",
        profiles().map(|parsed| (parsed.value.id.to_string(), &parsed.source, parsed.tree.region("id"))),
    );
    duplicates(
        found,
        "action",
        profiles().filter(|parsed| parsed.whole).flat_map(|parsed| {
            parsed.value.actions.iter().enumerate().map(move |(at, action)| {
                (action.id.to_string(), &parsed.source, parsed.tree.region(&format!("actions/{at}/id")))
            })
        }),
    );
    for parsed in profiles() {
        place(parsed, found);
        if parsed.whole {
            own_ids(parsed, found);
            options(parsed, found);
            actions(ground, parsed, found);
            for (at, requirement) in parsed.value.requirements.iter().enumerate() {
                requirement_holds(ground, parsed, at, requirement, found);
            }
        }
    }
}

fn place(parsed: &Parsed<Profile>, found: &mut Vec<Diagnostic>) {
    let parts: Vec<&str> = parsed.source.path.split('/').collect();
    let [_, standard, edition, _] = parts.as_slice() else {
        return;
    };
    for (key, written, folder) in
        [("id", parsed.value.id.as_str(), *standard), ("edition", parsed.value.edition.as_str(), *edition)]
    {
        if written != folder {
            let message = format!("the {key} is `{written}`, and the folder is `{folder}`");
            found.push(Diagnostic::at(Code::Misplaced, &parsed.source, parsed.tree.region(key), message));
        }
    }
}

fn own_ids(parsed: &Parsed<Profile>, found: &mut Vec<Diagnostic>) {
    let profile = &parsed.value;
    let at = |way: String| parsed.tree.region(&way);
    let source = &parsed.source;
    let listed = |list: &'static str, ids: Vec<String>| {
        ids.into_iter().enumerate().map(move |(n, id)| (id, source, at(format!("{list}/{n}/id"))))
    };
    duplicates(
        found,
        "role",
        profile.roles.iter().enumerate().map(|(n, role)| (role.to_string(), source, at(format!("roles/{n}")))),
    );
    duplicates(found, "group", listed("groups", profile.groups.iter().map(|group| group.id.to_string()).collect()));
    duplicates(found, "option", listed("options", profile.options.iter().map(|o| o.id.to_string()).collect()));
    duplicates(
        found,
        "requirement",
        listed("requirements", profile.requirements.iter().map(|r| r.id.to_string()).collect()),
    );
    for (list, empty) in [("roles", profile.roles.is_empty()), ("requirements", profile.requirements.is_empty())] {
        if empty {
            let message = format!("a profile without {list}");
            found.push(Diagnostic::at(Code::EmptyList, source, at(list.to_owned()), message));
        }
    }
    for (name, set) in &profile.sets {
        if matches!(set, NamedSet::Words(words) if words.is_empty()) {
            let message = format!("the named set `{name}` is empty");
            found.push(Diagnostic::at(Code::EmptyList, source, at(format!("sets/{name}")), message));
        }
    }
}

fn options(parsed: &Parsed<Profile>, found: &mut Vec<Diagnostic>) {
    for (at, option) in parsed.value.options.iter().enumerate() {
        let way = format!("options/{at}/values");
        duplicates(
            found,
            "value",
            option
                .values
                .iter()
                .enumerate()
                .map(|(n, value)| (value.clone(), &parsed.source, parsed.tree.region(&format!("{way}/{n}")))),
        );
        if option.values.is_empty() {
            let message = format!("the option `{}` has no values", option.id);
            found.push(Diagnostic::at(Code::EmptyList, &parsed.source, parsed.tree.region(&way), message));
        } else if let Some(default) = option.default {
            let message = match bounds(option) {
                None => format!("the option `{}` has a default, and its values are not two lengths of time", option.id),
                Some((least, most)) if default < least || most < default => {
                    format!("the default of `{}` lies outside {least} to {most}", option.id)
                }
                Some(_) => continue,
            };
            let region = parsed.tree.region(&format!("options/{at}/default"));
            found.push(
                Diagnostic::at(Code::BadOption, &parsed.source, region, message)
                    .help("only lengths of time have a default: `values: [60s, 24h], default: 60s`".to_owned()),
            );
        }
    }
}

/// The smallest and the largest length, if this option is a length of time.
pub(super) fn bounds(option: &ProfileOption) -> Option<(Span, Span)> {
    match option.values.as_slice() {
        [least, most] => {
            let (least, most): (Span, Span) = (least.parse().ok()?, most.parse().ok()?);
            (least <= most).then_some((least, most))
        }
        _ => None,
    }
}

/// Whether an option may have this value.
pub(super) fn allows(option: &ProfileOption, value: &str) -> bool {
    match (option.default, bounds(option), value.parse::<Span>()) {
        (Some(_), Some((least, most)), Ok(span)) => least <= span && span <= most,
        _ => option.values.iter().any(|known| known == value),
    }
}

fn actions(ground: &Ground<'_>, parsed: &Parsed<Profile>, found: &mut Vec<Diagnostic>) {
    for (at, action) in parsed.value.actions.iter().enumerate() {
        if OWN_ACTIONS.iter().any(|(own, _)| *own == action.id.as_str()) {
            let region = parsed.tree.region(&format!("actions/{at}/id"));
            let message = format!("`{}` is an action of the language itself", action.id);
            found.push(Diagnostic::at(Code::DuplicateId, &parsed.source, region, message));
        }
        if let Some(undo) = &action.undo
            && !ground.actions.contains_key(undo.as_str())
        {
            let place = (&parsed.source, parsed.tree.region(&format!("actions/{at}/undo")));
            let said = (undo.as_str(), format!("no profile defines the action `{undo}`"));
            ground.unknown(found, Code::UnknownAction, place, said, ground.actions.keys().copied());
        }
    }
}

fn requirement_holds(
    ground: &Ground<'_>,
    parsed: &Parsed<Profile>,
    at: usize,
    requirement: &Requirement,
    found: &mut Vec<Diagnostic>,
) {
    let profile = &parsed.value;
    let way = |below: &str| format!("requirements/{at}/{below}");
    let region = |below: &str| parsed.tree.region(&way(below));
    let source = &parsed.source;
    let said = |id: &str, kind: &str| format!("`{}` has no {kind} `{id}`", profile.id);
    for (n, role) in requirement.roles.iter().enumerate() {
        if !profile.roles.contains(role) {
            let place = (source, region(&format!("roles/{n}")));
            let known = profile.roles.iter().map(|role| role.as_str());
            ground.unknown(found, Code::UnknownRole, place, (role.as_str(), said(role.as_str(), "role")), known);
        }
    }
    if let Some(group) = &requirement.group
        && !profile.groups.iter().any(|known| known.id == *group)
    {
        let place = (source, region("group"));
        let known = profile.groups.iter().map(|group| group.id.as_str());
        ground.unknown(found, Code::UnknownGroup, place, (group.as_str(), said(group.as_str(), "group")), known);
    }
    for (list, empty, what) in
        [("roles", requirement.roles.is_empty(), "no role"), ("sources", requirement.sources.is_empty(), "no source")]
    {
        if empty {
            let message = format!("requirement `{}` has {what}", requirement.id);
            found.push(Diagnostic::at(Code::EmptyList, source, region(list), message));
        }
    }
    if let Some(day) = &requirement.applies_from
        && !is_day(day)
    {
        found.push(bad_day(source, region("applies-from"), day));
    }
    for (n, reason) in requirement.sources.iter().enumerate() {
        if let Some(url) = &reason.url
            && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            let message = "the address of a source is a whole `http` or `https` URL";
            found.push(Diagnostic::at(Code::BadUrl, source, region(&format!("sources/{n}/url")), message));
        }
    }
    if let Some(condition) = &requirement.condition {
        condition_holds(ground, profile, condition, (parsed, &way("where")), found);
    }
}

/// Checks the options, values and roles of a `where` against a profile.
pub(super) fn condition_holds<T>(
    ground: &Ground<'_>,
    profile: &Profile,
    condition: &Where,
    (parsed, way): (&Parsed<T>, &str),
    found: &mut Vec<Diagnostic>,
) {
    for (id, values) in &condition.options {
        let Some(option) = profile.options.iter().find(|option| option.id == *id) else {
            let place = (&parsed.source, parsed.tree.key_region(&format!("{way}/options/{id}")));
            let said = (id.as_str(), format!("`{}` has no option `{id}`", profile.id));
            let known = profile.options.iter().map(|option| option.id.as_str());
            ground.unknown(found, Code::UnknownOption, place, said, known);
            continue;
        };
        for (n, value) in values.iter().enumerate() {
            if !allows(option, value) {
                let region = parsed.tree.region(&format!("{way}/options/{id}/{n}"));
                found.push(
                    Diagnostic::at(
                        Code::UnknownOptionValue,
                        &parsed.source,
                        region,
                        format!("the option `{id}` has no value `{value}`"),
                    )
                    .label("cited here")
                    .help(suggest::help(value, option.values.iter().map(String::as_str))),
                );
            }
        }
    }
    for (n, role) in condition.claims.iter().enumerate() {
        if !ground.profiles.values().any(|other| other.value.roles.contains(role)) {
            let place = (&parsed.source, parsed.tree.region(&format!("{way}/claims/{n}")));
            let known = ground.profiles.values().flat_map(|other| &other.value.roles).map(|role| role.as_str());
            let said = (role.as_str(), format!("no profile has the role `{role}`"));
            ground.unknown(found, Code::UnknownRole, place, said, known);
        }
    }
}

/// Whether this is a day of the calendar, `YYYY-MM-DD`.
pub(in crate::language) fn is_day(text: &str) -> bool {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, format).is_ok()
}

pub(in crate::language) fn bad_day(
    source: &std::sync::Arc<crate::language::diagnostic::SourceFile>,
    region: crate::language::source::Region,
    day: &str,
) -> Diagnostic {
    Diagnostic::at(Code::BadDate, source, region, format!("`{day}` is not a day of the calendar"))
        .help("write year, month and day: `2026-12-31`".to_owned())
}
