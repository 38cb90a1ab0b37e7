//! Whether a stored resource fits the clauses of a search.
//! Every clause has to fit; within a clause one alternative is enough.

use super::date::{fits, stored};
use super::kind::Meaning;
use super::query::{Clause, Query, Test, patient_id};
use super::store::{Store, Version};
use serde_json::Value;

impl Query {
    pub(crate) fn matches(&self, id: &str, version: &Version, resource: &Value, store: &Store) -> bool {
        let fits = |clause: &Clause| clause.matches(id, version, resource, store);
        if !self.any {
            return self.clauses.iter().all(fits);
        }
        // Whom it is about counts all the same: else it would find what other questions left behind, now this, now that.
        let (patient, others): (Vec<_>, Vec<_>) = self.clauses.iter().partition(|clause| clause.is_patient());
        patient.into_iter().all(fits) && others.into_iter().any(fits)
    }
}

impl Clause {
    fn matches(&self, id: &str, version: &Version, resource: &Value, store: &Store) -> bool {
        let any = |test: &dyn Fn(&str) -> bool| self.values.iter().any(|value| test(value));
        match self.param.meaning {
            Meaning::Id => any(&|value| value == id),
            Meaning::LastUpdated => {
                // Compared at the precision that was stored and shown.
                let shown = Value::String(crate::clock::instant(version.at));
                self.dated(&shown)
            }
            Meaning::Token(fields) => any(&|value| fields.iter().any(|field| token(&resource[*field], value))),
            Meaning::Patient(field) => {
                let reference = resource[field]["reference"].as_str();
                match self.test {
                    Test::Missing(missing) => reference.is_none() == missing,
                    Test::Fits | Test::Exact => reference
                        .and_then(|reference| store.local(reference, "Patient"))
                        .is_some_and(|patient| any(&|value| patient_id(value, store) == patient)),
                }
            }
            Meaning::Date(fields) => fields.iter().any(|field| self.dated(&resource[*field])),
            Meaning::Family => names(resource).any(|family| match self.test {
                Test::Exact => any(&|value| family == value),
                Test::Fits | Test::Missing(_) => any(&|value| family.to_lowercase().starts_with(&value.to_lowercase())),
            }),
        }
    }

    fn dated(&self, value: &Value) -> bool {
        stored(value).is_some_and(|value| self.dates.iter().any(|(prefix, asked)| fits(*prefix, value, *asked)))
    }
}

fn names(resource: &Value) -> impl Iterator<Item = &str> {
    resource["name"].as_array().into_iter().flatten().filter_map(|name| name["family"].as_str())
}

/// A token fits a code, an Identifier, a Coding in a CodeableConcept, or any of a list of these.
fn token(value: &Value, asked: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| token(item, asked)),
        // The system of a plain code is that of its element, so only the code is compared.
        Value::String(code) => asked.rsplit('|').next() == Some(code.as_str()),
        Value::Object(fields) if fields.contains_key("coding") => token(&value["coding"], asked),
        Value::Object(_) => {
            let system = value["system"].as_str();
            let code = value["value"].as_str().or(value["code"].as_str());
            match asked.split_once('|') {
                None => code == Some(asked),
                Some(("", wanted)) => system.is_none() && code == Some(wanted),
                Some((wanted, "")) => system == Some(wanted),
                Some((wanted_system, wanted)) => system == Some(wanted_system) && code == Some(wanted),
            }
        }
        _ => false,
    }
}
