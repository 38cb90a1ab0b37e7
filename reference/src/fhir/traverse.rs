//! Inclusion along references between clinical resources: what a found resource refers to goes along.
//! Each target is ruled on its own; who may see a resource may not for that reason see what it refers to.

use super::access::Lens;
use super::desk::Desk;
use super::kind::{HOLDER, Kind, named};
use super::search::Found;
use crate::defect::Defect;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A reference that can be followed: the type that has it, the parameter, the field, the type it leads to.
struct Way {
    from: &'static str,
    param: &'static str,
    field: &'static str,
    to: &'static str,
}

const WAYS: &[Way] = &[
    Way { from: "Observation", param: "has-member", field: "hasMember", to: "Observation" },
    Way { from: "Observation", param: "encounter", field: "encounter", to: "Encounter" },
];

/// The ways of a type, as a capability statement names them.
pub(crate) fn declared(kind: &str) -> impl Iterator<Item = String> {
    WAYS.iter().filter(move |way| way.from == kind).map(|way| format!("{}:{}", way.from, way.param))
}

/// Whether `_include` with this value is understood here.
pub(crate) fn is_way(kind: &Kind, value: &str) -> bool {
    declared(kind.name).any(|way| way == value)
}

impl Desk<'_> {
    /// Adds to a Bundle what the resources of this page refer to, along the ways that were asked for.
    pub(crate) fn traverse(&self, bundle: &mut Value, kind: &Kind, ways: &[String], page: &[Found], lens: Lens) {
        let mut seen: BTreeSet<(&str, String)> = page.iter().map(|(id, _)| (kind.name, id.clone())).collect();
        let mut entries = Vec::new();
        for way in WAYS.iter().filter(|way| ways.contains(&format!("{}:{}", way.from, way.param))) {
            let Some(target) = named(HOLDER, way.to) else { continue };
            for (id, resource) in page.iter().flat_map(|(_, resource)| self.targets(way, resource)) {
                let skips = self.setup.has(Defect::IncludedSkipsPolicy);
                let open = self.session.may_read(target.name) && self.view(lens).sees(target, &resource);
                if (open || skips) && seen.insert((target.name, id.clone())) {
                    entries.push(json!({
                        "fullUrl": format!("{}/{}/{id}", self.base, target.name),
                        "resource": resource.as_ref(),
                        "search": { "mode": "include" }
                    }));
                }
            }
        }
        if !entries.is_empty() {
            let mut all = bundle["entry"].as_array().cloned().unwrap_or_default();
            all.extend(entries);
            bundle["entry"] = Value::Array(all);
        }
    }

    fn targets(&self, way: &Way, resource: &Value) -> Vec<(String, Arc<Value>)> {
        let field = &resource[way.field];
        let references = field.as_array().map_or_else(|| vec![field], |all| all.iter().collect());
        let ids = references.into_iter().filter_map(|one| self.holder.store.local(one["reference"].as_str()?, way.to));
        ids.filter_map(|id| {
            let body = Arc::clone(self.holder.store.live(way.to, &id)?.1);
            Some((id, body))
        })
        .collect()
    }
}
