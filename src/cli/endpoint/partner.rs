//! How the reference is made to exchange with others: at its hooks, as a vendor's own test interface would do it.
//! What it then sends is its own affair; nothing here knows how an exchange goes.

use crate::model::defect::ClaimSet;
use serde_json::{Value, json};
use toetssteen_reference::Style;

/// The bindings for everything that concerns another party.
pub(super) fn bindings(style: Style, claims: &ClaimSet) -> Value {
    let option = |profile: &str, name: &str| {
        let mut of = claims.claims.iter().filter(|claim| claim.profile.as_str() == profile);
        of.find_map(|claim| claim.options.get(name)).map(String::as_str)
    };
    let hook = |path: &str, body: Value| {
        json!({ "http": {
            "method": "POST", "endpoint": "hooks", "path": path,
            "header": { "content-type": "application/json" }, "body": body.to_string(),
        } })
    };
    let told = |mut binding: Value, name: &str, from: &str| {
        binding["http"]["returns"] = json!({ name: { "at": { "json": from } } });
        binding
    };
    let whom = |further: &[&str]| {
        let mut body = json!({ "patient": "{{asked.id}}", "endpoint": "{{asked.holder}}" });
        for name in further {
            body[*name] = json!(format!("{{{{with.{name}}}}}"));
        }
        body
    };
    let form = option("eoverdracht", "notification-form");
    let handoff = |form: Option<&str>| {
        let mut body = whom(&["recipient", "address", "token-endpoint", "withhold"]);
        body["form"] = json!(form);
        hook("/send-handoff", body)
    };
    let prescription = || hook("/send-prescription", whom(&["recipient", "address", "token-endpoint"]));
    let candidates = ["candidate-1", "address-1", "candidate-2", "address-2", "token-endpoint", "need"];
    let offer = || hook("/offer", whom(&candidates));
    let as_message = option("privacy-by-design", "push-form") == Some("message");
    let show = json!({ "http": {
        "method": "GET", "endpoint": "hooks", "path": "/sent/{{with.sent}}",
        "returns": { "status": { "at": { "json": "/status" } } },
    } });
    let received = json!({ "http": {
        "method": "GET", "endpoint": "hooks", "path": "/received/{{with.task}}",
        "returns": { "status": { "at": { "json": "/status" } }, "copies": { "at": { "json": "/copies" } } },
    } });
    let mut confirm = json!({ "http": {
        "as": "receiver", "method": "POST", "endpoint": "mailbox", "path": "/{{with.message}}/receipt",
    } });
    if style == Style::Other {
        confirm["http"]["method"] = json!("DELETE");
        confirm["http"]["path"] = json!("/{{with.message}}");
    }
    json!({
        "deposit-message": { "http": {
            "as": "sender", "method": "POST", "endpoint": "mailbox", "path": "/",
            "header": { "content-type": "application/json" },
            "body": json!({ "to": "{{with.recipient}}", "content": "{{with.content}}" }).to_string(),
            "returns": { "message": { "at": { "json": "/id" } } },
        } },
        "confirm-delivery": confirm,
        "reach": hook("/reach", json!({ "url": "{{with.url}}" })),
        "introduce-partner": hook("/partners", json!({
            "ura": "{{with.organisation}}", "fhir": "{{with.fhir}}", "token-endpoint": "{{with.token-endpoint}}",
        })),
        "open-subscription": hook("/subscribe", json!({
            "recipient": "{{with.recipient}}", "address": "{{with.address}}", "token-endpoint": "{{with.token-endpoint}}",
        })),
        "start-handoff": told(handoff(form), "task", "/task"),
        "send-prescription": told(prescription(), "prescription", "/prescription"),
        "cancel-prescription": hook("/cancel-prescription", json!({ "prescription": "{{with.prescription}}" })),
        "send-directed": if as_message {
            told(prescription(), "sent", "/prescription")
        } else {
            told(handoff(None), "sent", "/task")
        },
        "offer-to-candidates": told(offer(), "offer", "/offer"),
        "choose-candidate": told(
            hook("/choose", json!({ "offer": "{{with.offer}}", "candidate": "{{with.candidate}}" })),
            "message",
            "/message",
        ),
        "withdraw-offer": hook("/withdraw-offers", whom(&[])),
        "show-sending": show,
        "show-received": received,
        "use-facility": hook("/use-facility", whom(&["facility"])),
        "register-in-index": hook("/register-in-index", whom(&[])),
        "follow-register": hook("/follow-register", whom(&[])),
        "follow-nobody": hook("/follow-nobody", whom(&[])),
    })
}
