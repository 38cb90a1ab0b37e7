//! Rules about the whole: requirements have cases, defects have killers.
//! Said only when everything was read, for a file that was not may hold the case.

use super::ground::Ground;
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::model::profile::{Obligation, Verification};
use std::collections::BTreeSet;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    if !ground.complete() {
        return;
    }
    let tested: BTreeSet<(String, &str)> = ground
        .cases()
        .flat_map(|(_, parsed)| {
            let role = parsed.value.role.as_str();
            parsed.value.verifies.iter().map(move |requirement| (requirement.to_string(), role))
        })
        .collect();
    for parsed in &ground.house.profiles {
        for (at, requirement) in parsed.value.requirements.iter().enumerate() {
            let id = parsed.value.id_of(requirement).to_string();
            let region = |key: &str| parsed.tree.region(&format!("requirements/{at}/{key}"));
            let by_test = requirement.verification == Verification::Test;
            for (n, role) in requirement.roles.iter().enumerate() {
                let has_case = tested.contains(&(id.clone(), role.as_str()));
                if by_test && !has_case {
                    let code = match requirement.obligation {
                        Obligation::Must => Code::UntestedMust,
                        Obligation::Should | Obligation::May => Code::Untested,
                    };
                    let message = format!("no case verifies `{id}` for the role `{role}`");
                    found.push(Diagnostic::at(code, &parsed.source, region(&format!("roles/{n}")), message).related(
                        &parsed.source,
                        region("verification"),
                        "though it says that cases do",
                    ));
                } else if !by_test && has_case {
                    let message = format!("`{id}` is verified by a case, though this says otherwise");
                    let region = parsed.tree.key_region(&format!("requirements/{at}/verification"));
                    found.push(Diagnostic::at(Code::TestedAnyway, &parsed.source, region, message));
                }
            }
        }
    }
    let killed: BTreeSet<&str> =
        ground.cases().flat_map(|(_, parsed)| &parsed.value.kills).map(|defect| defect.as_str()).collect();
    for (_, parsed) in &ground.house.defects {
        for (at, defect) in parsed.value.defects.iter().enumerate() {
            if !killed.contains(defect.id.as_str()) {
                let region = parsed.tree.region(&format!("defects/{at}/id"));
                let message = format!("no case kills the defect `{}`", defect.id);
                found.push(Diagnostic::at(Code::UnkilledDefect, &parsed.source, region, message));
            }
        }
    }
}
