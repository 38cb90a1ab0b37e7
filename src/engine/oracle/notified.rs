//! What a notification is about, in whichever form it comes: a Task that points to another, an event of a subscription,
//! or an address that ends in an id. What is no id by the rules of FHIR is none here, for ids end up in URLs.

use super::created::reference_of;
use super::tree;
use serde_json::Value;

/// The id of the resource of this type that a notification tells of; `last` is the last segment of its address.
///
/// A Task or a Bundle says it in its body or not at all: the address of those names no id.
#[must_use]
pub fn id(kind: &str, last: Option<String>, body: Option<&Value>) -> Option<String> {
    let id = |reference: &str| {
        let found = reference_of(reference)?;
        Some(found.strip_prefix(kind)?.strip_prefix('/')?.to_owned())
    };
    let first = |path: &str| tree::element(body?, path).iter().find_map(|reference| id(reference));
    match body.and_then(tree::resource_type) {
        Some("Task") => first("Task.basedOn.reference"),
        Some("Bundle") => first("Bundle.entry.resource.parameter.part.valueReference.reference"),
        _ => last.and_then(|last| id(&format!("{kind}/{last}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(body: Option<Value>) -> Option<String> {
        id("Task", Some("7".to_owned()), body.as_ref())
    }

    #[test]
    fn an_id_stands_in_the_address_only_where_the_body_says_nothing() {
        assert_eq!(told(None).as_deref(), Some("7"));
        assert_eq!(told(Some(json!({ "diagnosis": "x" }))).as_deref(), Some("7"));
        assert_eq!(told(Some(json!({ "resourceType": "Task" }))), None);
        assert_eq!(id("Task", Some("no id".to_owned()), None), None);
    }

    #[test]
    fn a_task_points_to_another_and_an_event_has_a_focus() {
        for reference in ["Task/8", "/Task/8", "http://sender.example/fhir/Task/8", "Task/8/_history/2"] {
            let based = json!({ "resourceType": "Task", "basedOn": [{ "reference": "Patient/1" }, { "reference": reference }] });
            assert_eq!(told(Some(based)).as_deref(), Some("8"), "{reference}");
            let event = json!({ "resourceType": "Bundle", "entry": [{ "resource": { "parameter": [
                { "name": "subscription", "valueReference": { "reference": "Subscription/1" } },
                { "name": "notification-event", "part": [{ "name": "focus", "valueReference": { "reference": reference } }] }
            ] } }] });
            assert_eq!(told(Some(event)).as_deref(), Some("8"), "{reference}");
        }
    }
}
