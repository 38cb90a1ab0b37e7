//! An intermediary: what is left for an addressee is there until its delivery is confirmed, and then for nobody.
//! One organisation sends, the other is the addressee; what the second leaves for itself the first has nothing to do with.

use crate::probed::each_alone;
use crate::stage::{STYLES, Seen, Stage, send, stage};
use serde_json::json;
use toetssteen_reference::{Regime, Style};

const SENDER: &str = "org-r";
const ADDRESSEE: (&str, &str) = ("org-x", "00000009");

async fn ask(stage: &Stage, who: &str, method: &str, endpoint: &str, path: &str, body: &str) -> Seen {
    let bearer = stage.bearer(who, endpoint, &[]).await;
    send(method, &format!("{}{path}", stage.url(endpoint)), &[("authorization", bearer.as_str())], body.to_owned())
        .await
}

async fn read(stage: &Stage, who: &str, id: &str) -> Seen {
    ask(stage, who, "GET", "mailbox", &format!("/{id}"), "").await
}

async fn listed(stage: &Stage) -> String {
    let seen = ask(stage, ADDRESSEE.0, "GET", "inbox", "", "").await;
    assert_eq!(seen.status, 200);
    seen.text
}

/// A message of this sender, by its id.
async fn left(stage: &Stage, sender: &str) -> String {
    let body = json!({ "to": ADDRESSEE.1, "content": "a letter" }).to_string();
    let seen = ask(stage, sender, "POST", "mailbox", "", &body).await;
    assert_eq!(seen.status, 201, "{}", seen.text);
    seen.json()["id"].as_str().unwrap().to_owned()
}

async fn confirm(stage: &Stage, who: &str, id: &str) -> u16 {
    let (method, path) = match stage.style {
        Style::Plain => ("POST", format!("/{id}/receipt")),
        Style::Other => ("DELETE", format!("/{id}")),
    };
    ask(stage, who, method, "mailbox", &path, "").await.status
}

async fn a_minute_later(stage: &Stage) {
    let seen = send("POST", &format!("{}/clock", stage.url("control")), &[], r#"{"by-ms":60000}"#).await;
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn a_message_waits_for_its_addressee_alone_until_delivery_is_confirmed() {
    for style in STYLES {
        let stage = stage(style, Regime::OptIn, &[]).await;
        let (id, waiting) = (left(&stage, SENDER).await, left(&stage, SENDER).await);
        a_minute_later(&stage).await;
        let seen = read(&stage, ADDRESSEE.0, &id).await;
        assert!(seen.status == 200 && seen.text.contains("a letter"), "{}", seen.text);
        let never = if style == Style::Plain { "zzzzzzzzzz" } else { "00000000-0000-4000-8000-000000000000" };
        let unknown = read(&stage, SENDER, never).await.without(never);
        assert_eq!(read(&stage, SENDER, &id).await.without(&id), unknown, "{style}");
        assert!(![200, 204].contains(&confirm(&stage, SENDER, &id).await), "whoever sent it cannot confirm");
        assert_eq!(confirm(&stage, ADDRESSEE.0, &id).await, 204);
        a_minute_later(&stage).await;
        assert_eq!(
            read(&stage, ADDRESSEE.0, &id).await.without(&id),
            read(&stage, ADDRESSEE.0, never).await.without(never)
        );
        assert_ne!(confirm(&stage, ADDRESSEE.0, &id).await, 204, "what is not there cannot be confirmed");
        let list = listed(&stage).await;
        assert!(!list.contains(&id) && list.contains(&waiting) && !list.contains("a letter"), "{list}");
        assert_eq!(read(&stage, ADDRESSEE.0, &waiting).await.status, 200);
        let anonymous = send("GET", &format!("{}/{waiting}", stage.url("mailbox")), &[], "").await;
        assert_eq!(anonymous.status, 401);
        stage.run.stop().await;
    }
}

async fn shows(probe: &str, style: Style, defects: &[&str]) -> bool {
    let stage = stage(style, Regime::OptIn, defects).await;
    let (id, own) = (left(&stage, SENDER).await, left(&stage, ADDRESSEE.0).await);
    let others = read(&stage, SENDER, &own).await.status;
    assert_eq!(confirm(&stage, ADDRESSEE.0, &id).await, 204);
    a_minute_later(&stage).await;
    let seen = read(&stage, ADDRESSEE.0, &id).await.status;
    let showed = match probe {
        "mailbox-open-to-others" => others == 200,
        "delivered-kept-ninety-days" => seen == 200,
        "delivered-410-unknown-404" => seen == 410,
        "delivered-stays-listed" => seen != 200 && listed(&stage).await.contains(&id),
        "delivered-open-to-sender" => read(&stage, SENDER, &id).await.status == 200,
        other => panic!("nobody probes {other}"),
    };
    stage.run.stop().await;
    showed
}

#[tokio::test]
async fn a_defect_of_an_intermediary_shows_alone() {
    let probed = [
        "mailbox-open-to-others",
        "delivered-kept-ninety-days",
        "delivered-410-unknown-404",
        "delivered-stays-listed",
        "delivered-open-to-sender",
    ];
    each_alone(&probed, shows).await;
}
