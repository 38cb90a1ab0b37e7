//! Rules about demands: each stands once, and requirements serve only those that are stated.
//! A catalogue without a demands file cites freely; there is nothing to hold it against.

use super::ground::{Ground, duplicates};
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;

pub(super) fn check(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) {
    let Some(demands) = &ground.house.demands else { return };
    let stated: Vec<String> = demands.value.demands.iter().map(|demand| demand.id.to_string()).collect();
    if demands.whole {
        let ids = stated.iter().enumerate();
        duplicates(
            found,
            "demand",
            ids.map(|(at, id)| (id.clone(), &demands.source, demands.tree.region(&format!("demands/{at}/id")))),
        );
    }
    for parsed in ground.house.profiles.iter().filter(|parsed| parsed.whole) {
        for (at, requirement) in parsed.value.requirements.iter().enumerate() {
            for (n, demand) in requirement.serves.iter().enumerate() {
                let id = demand.to_string();
                if !stated.contains(&id) {
                    let place = (&parsed.source, parsed.tree.region(&format!("requirements/{at}/serves/{n}")));
                    let said = (id.as_str(), format!("`profiles/demands.yaml` states no demand `{id}`"));
                    ground.unknown(found, Code::UnknownDemand, place, said, stated.iter().map(String::as_str));
                }
            }
        }
    }
}
