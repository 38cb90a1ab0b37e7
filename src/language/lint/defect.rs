//! Rules about defects: unique, of a known profile and role, with mutations that can be done.
//! Whether they are killed is a matter of `coverage`.

use super::ground::{Ground, duplicates};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::model::defect::{Change, Means};

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let files = || ground.house.defects.iter().filter(|(_, parsed)| parsed.whole);
    duplicates(
        found,
        "defect",
        files().flat_map(|(_, parsed)| {
            parsed.value.defects.iter().enumerate().map(|(at, defect)| {
                (defect.id.to_string(), &parsed.source, parsed.tree.region(&format!("defects/{at}/id")))
            })
        }),
    );
    for (folder, parsed) in files() {
        let Some(profile) = ground.profiles.get(folder.as_str()) else {
            let place = (&parsed.source, parsed.tree.region(""));
            let said = (folder.as_str(), format!("no profile has the id `{folder}`, the name of this folder"));
            ground.unknown(found, Code::UnknownProfile, place, said, ground.profiles.keys().copied());
            continue;
        };
        for (at, defect) in parsed.value.defects.iter().enumerate() {
            let region = |below: &str| parsed.tree.region(&format!("defects/{at}/{below}"));
            if !ground.profiles.values().any(|profile| profile.value.roles.contains(&defect.role)) {
                let place = (&parsed.source, region("role"));
                let said = (defect.role.as_str(), format!("no profile has the role `{}`", defect.role));
                let known = profile.value.roles.iter().map(|role| role.as_str());
                ground.unknown(found, Code::UnknownRole, place, said, known);
            }
            let Means::Mutation(mutation) = &defect.by else {
                continue;
            };
            if let Change::Status(status) = mutation.change
                && !(200..=599).contains(&status)
            {
                let message = format!("no answer can have the status {status}");
                found.push(Diagnostic::at(Code::BadValue, &parsed.source, region("by/mutation/do/status"), message));
            }
            if let Some(class) = mutation.route.status_class
                && !(2..=5).contains(&class)
            {
                let message = format!("{class} is not a class of status: they are 2 to 5");
                let way = "by/mutation/route/status-class";
                found.push(Diagnostic::at(Code::BadValue, &parsed.source, region(way), message));
            }
            if let Change::Header { value, .. } = &mutation.change
                && !value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
            {
                let message = format!("no header can have the value `{}`", value.escape_default());
                found.push(Diagnostic::at(
                    Code::BadValue,
                    &parsed.source,
                    region("by/mutation/do/header/value"),
                    message,
                ));
            }
            if let Change::RemoveElement(pointer) = &mutation.change
                && !pointer.starts_with('/')
            {
                let message = format!("the JSON pointer `{pointer}` does not begin with `/`");
                let way = "by/mutation/do/remove-element";
                found.push(Diagnostic::at(Code::BadPlace, &parsed.source, region(way), message));
            }
        }
    }
}
