//! The structure a resource must have before it is stored.
//! This is a floor, not a profile validator.

use super::kind::{Kind, Need};
use serde_json::Value;

/// What is wrong with a resource, or nothing.
pub(crate) fn fault(kind: &Kind, resource: &Value) -> Option<String> {
    if resource["resourceType"] != kind.name {
        return Some(format!("resourceType must be {}", kind.name));
    }
    if !resource["meta"].is_null() && !resource["meta"].is_object() {
        return Some("meta must be an object".to_owned());
    }
    if !["subject", "patient"].iter().all(|field| resource[*field].is_null() || resource[*field].is_object()) {
        return Some("a reference must be an object".to_owned());
    }
    kind.needs.iter().find_map(|need| missing(need, resource))
}

fn missing(need: &Need, resource: &Value) -> Option<String> {
    match need {
        Need::Field(field) => empty(&resource[*field]).then(|| format!("{field} is missing")),
        Need::Code(field, codes) => match resource[*field].as_str() {
            None => Some(format!("{field} is missing")),
            Some(code) if codes.contains(&code) => None,
            Some(_) => Some(format!("{field} is not one of its codes")),
        },
        Need::OneOf(fields) => fields
            .iter()
            .all(|field| empty(&resource[*field]))
            .then(|| format!("one of {} is needed", fields.join(", "))),
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
