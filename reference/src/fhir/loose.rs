//! Searches for persons that defects answer although they do not single anybody out.
//! Without a defect nothing is answered here, and the ordinary search refuses them.

use super::desk::Desk;
use super::kind::Kind;
use super::query::Query;
use super::search::{Asked, Found, searchset};
use crate::config::Right;
use crate::defect::Defect;
use crate::wire::Reply;
use hyper::StatusCode;
use serde_json::Value;
use std::sync::Arc;

impl Desk<'_> {
    /// What a loose search for persons finds, where a defect lets it.
    pub(crate) fn loose(&self, kind: &'static Kind, asked: &Asked<'_>) -> Option<Reply> {
        if kind.name != "Patient" || !matches!(self.session.right, Right::Organisation { .. }) {
            return None;
        }
        let has = |defect| self.setup.has(defect);
        let value = |name: &str| asked.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if let Some(part) = value("family:contains").or(value("name:contains")).filter(|part| !part.is_empty())
            && has(Defect::ContainsPassesThrough)
        {
            let part = part.to_lowercase();
            return Some(self.persons(kind, &|patient| family(patient).to_lowercase().contains(&part)));
        }
        if let Some(start) = value("identifier").and_then(|value| value.strip_suffix('*'))
            && has(Defect::IdentifierPrefixMatches)
        {
            let start = start.rsplit('|').next().unwrap_or_default();
            return Some(self.persons(kind, &|patient| number(patient).starts_with(start)));
        }
        let (name, born) = (value("family"), value("birthdate"));
        if has(Defect::NameAloneSuffices) && name.is_some() != born.is_some() {
            let fits = |patient: &Value| {
                let named = name.is_none_or(|name| family(patient).eq_ignore_ascii_case(name));
                let seen = self.view(asked.lens).sees(kind, patient);
                named && born.is_none_or(|born| patient["birthDate"] == born) && seen
            };
            return Some(self.persons(kind, &fits));
        }
        None
    }

    fn persons(&self, kind: &'static Kind, fits: &dyn Fn(&Value) -> bool) -> Reply {
        let patients = self.holder.store.each(kind.name).into_iter();
        let found: Vec<Found> = patients
            .filter(|(_, _, patient)| fits(patient))
            .map(|(id, _, patient)| (id.to_owned(), Arc::clone(patient)))
            .collect();
        match Query::parse(kind, &Vec::new(), self.setup.style) {
            Ok(query) => Reply::resource(StatusCode::OK, searchset(self.setup, &self.base, kind, &query, &found)),
            Err(what) => self.speech.bad("invalid", &what),
        }
    }
}

fn family(patient: &Value) -> &str {
    patient["name"][0]["family"].as_str().unwrap_or_default()
}

fn number(patient: &Value) -> &str {
    patient["identifier"][0]["value"].as_str().unwrap_or_default()
}
