//! Where the value of a text comes from: from us and the target's owner, or from an endpoint.
//! Follows `value` name by name; what is not known to be ours is not.

use super::{Captures, DEPTH, Scene, personal};
use crate::model::plan::EachValue;
use crate::model::text::{Name, Text};
use std::collections::BTreeSet;

/// Roots whose values we draw or compute, or that stand in files.
const OURS: [&str; 6] = ["option", "fresh", "uuid", "organisation", "time", "counterpart"];

impl Scene<'_> {
    /// Whether nothing in this text came from an endpoint; `told` are the `each` names that range over what its
    /// capability statement says.
    #[must_use]
    pub fn is_ours(&self, text: &Text, told: &BTreeSet<String>) -> bool {
        self.is_ours_within(text, told, DEPTH)
    }

    fn is_ours_within(&self, text: &Text, told: &BTreeSet<String>, depth: u8) -> bool {
        text.names().all(|name| self.is_name_ours(name, told, depth))
    }

    fn is_name_ours(&self, name: &Name, told: &BTreeSet<String>, depth: u8) -> bool {
        let cited = |text: &String| {
            let text = Text::try_from(text.clone());
            text.is_ok_and(|text| depth > 0 && self.is_ours_within(&text, told, depth - 1))
        };
        let field = name.field.as_deref();
        if let Some(value) = self.values.get(&name.root) {
            return match (value, field) {
                (EachValue::Word(_), None) => !told.contains(&name.root),
                (EachValue::Word(word), Some(field)) => self.is_personal(word, field),
                (EachValue::Row(row), Some(column)) => row.get(column).is_some_and(cited),
                (EachValue::Near { to, .. }, None) => cited(to),
                (EachValue::Row(_), None) | (EachValue::Near { .. }, Some(_)) => false,
            };
        }
        let captures: Captures<'_> = self.captures;
        match (name.root.as_str(), field) {
            (root, Some(_)) if OURS.contains(&root) => true,
            (root, Some(field)) => captures(root, field).is_none() && self.is_personal(root, field),
            (_, None) => false,
        }
    }

    /// Whether a field of a member is one of those with which we made the member; ids are the endpoint's.
    fn is_personal(&self, member: &str, field: &str) -> bool {
        self.person(member).is_some_and(|person| personal(person, field).is_some())
    }
}
