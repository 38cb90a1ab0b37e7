//! `_include` and `_revinclude`: what goes along with the matches of a page.
//! What goes along is ruled like a match: nobody sees by inclusion what a search would not show.

use super::access::Lens;
use super::desk::Desk;
use super::kind::{HOLDER, Kind, Meaning, named};
use super::query::Query;
use super::search::Found;
use crate::config::{Right, Style};
use crate::defect::Defect;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The reference field that `Type:parameter` names, with its type.
pub(crate) fn named_reference(text: &str) -> Option<(&'static Kind, &'static str)> {
    let (kind, rest) = text.split_once(':')?;
    let (param, target) = rest.split_once(':').unwrap_or((rest, "Patient"));
    let kind = named(HOLDER, kind)?;
    let field = kind.params.iter().filter(|known| known.name == param).find_map(|known| match known.meaning {
        Meaning::Patient(field) => Some(field),
        _ => None,
    })?;
    (target == "Patient").then_some((kind, field))
}

impl Desk<'_> {
    /// Adds to a Bundle what was asked to go along with the resources of this page.
    pub(crate) fn go_along(&self, bundle: &mut Value, kind: &Kind, query: &Query, page: &[Found], lens: Lens) {
        let mut seen: BTreeSet<(&str, String)> = page.iter().map(|(id, _)| (kind.name, id.clone())).collect();
        let mut entries = Vec::new();
        for (place, id, resource) in self.wanted(kind, query, page) {
            if self.view(lens).sees(place, &resource) && seen.insert((place.name, id.clone())) {
                let mode = if self.setup.has(Defect::IncludeAsMatch) { "match" } else { "include" };
                entries.push(json!({
                    "fullUrl": format!("{}/{}/{id}", self.base, place.name),
                    "resource": resource.as_ref(),
                    "search": { "mode": mode }
                }));
            }
        }
        if entries.is_empty() {
            return;
        }
        let mut matches = bundle["entry"].as_array().cloned().unwrap_or_default();
        if self.setup.has(Defect::IncludeInsteadOfMatches) {
            matches.clear();
        }
        // The order of entries says nothing, so the styles differ in it.
        bundle["entry"] = match self.setup.style {
            Style::Plain => matches.into_iter().chain(entries).collect(),
            Style::Other => entries.into_iter().chain(matches).collect(),
        };
    }

    fn wanted(&self, kind: &Kind, query: &Query, page: &[Found]) -> Vec<(&'static Kind, String, Arc<Value>)> {
        let store = &self.holder.store;
        let mut wanted = Vec::new();
        let patients = named(HOLDER, "Patient");
        for (_, field) in query.includes.iter().filter(|(from, _)| from.name == kind.name) {
            for (_, resource) in page {
                let id = resource[*field]["reference"].as_str().and_then(|text| store.local(text, "Patient"));
                if let (Some(id), Some(patients)) = (id, patients)
                    && let Some((_, body)) = store.live("Patient", &id)
                {
                    wanted.push((patients, id, Arc::clone(body)));
                }
            }
        }
        let ids: BTreeSet<&str> = page.iter().map(|(id, _)| id.as_str()).filter(|_| kind.name == "Patient").collect();
        let organisation = matches!(self.session.right, Right::Organisation { .. });
        for (from, field) in &query.revincludes {
            if organisation && ["Consent", "CareTeam"].contains(&from.name) {
                continue;
            }
            for (id, _, body) in store.each(from.name) {
                let about = body[*field]["reference"].as_str().and_then(|text| store.local(text, "Patient"));
                if about.is_some_and(|about| ids.contains(about.as_str())) {
                    wanted.push((from, id.to_owned(), Arc::clone(body)));
                }
            }
        }
        wanted
    }
}
