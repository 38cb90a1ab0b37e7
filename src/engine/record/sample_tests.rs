use super::testing::Trial;
use crate::model::verdict::Outcome;
use serde_json::{Value, json};

/// Two ids are kept; the answer about the first has this status, about the second 200, and about any other 404.
async fn sampled(status: u16) -> (Outcome, Vec<String>) {
    let kept = json!({ "http": {
        "as": "patient", "method": "GET", "endpoint": "fhir", "path": "/kept",
        "returns": { "objected": { "at": { "json": "/gone" } }, "consented": { "at": { "json": "/waits" } } },
    } });
    let class = |key: &str, value: &str| Value::from_iter([(key, format!("{{{{kept.{value}}}}}"))]);
    let steps = json!([
        { "given": "kept", "act": { "do": "show-choices", "for": "ctrl" },
          "save": { "objected": { "at": { "json": "/objected" } }, "consented": { "at": { "json": "/consented" } } } },
        { "step": "same", "as": "requester", "sample": {
            "set": "existence", "only": "by-id", "per-class": 30, "protected": class("id", "objected"),
            "unknown": class("like", "objected"), "known": class("id", "consented") },
          "expect": [{ "indistinguishable": { "by": "structure" } }] },
    ]);
    let trial = Trial::of(&[("sampled", steps)], json!({ "show-choices": kept }), move |seen| {
        let id = seen.line().rsplit('/').next().unwrap_or_default().to_owned();
        match id.as_str() {
            "kept" => (200, json!({ "gone": "msg-0042-gone", "waits": "msg-0043-wait" }).to_string()),
            "msg-0043-wait" => (200, json!({ "id": id }).to_string()),
            // An answer may say again what it was asked; that is no difference.
            "msg-0042-gone" => (status, json!({ "error": format!("nothing at {id}") }).to_string()),
            _ => (404, json!({ "error": format!("nothing at {id}") }).to_string()),
        }
    })
    .await;
    let tried = trial.run().await;
    (tried.verdict("sampled").outcome, tried.asked())
}

#[tokio::test]
async fn what_has_an_id_is_compared_with_ids_of_its_form_that_nobody_gave_out() {
    let (outcome, asked) = sampled(404).await;
    assert_eq!(outcome, Outcome::Pass);
    let ids = asked.iter().filter_map(|line| line.strip_prefix("GET /fhir/Patient/"));
    let unknown: Vec<&str> = ids.filter(|id| !id.starts_with("msg-004")).collect();
    let form = |id: &str| {
        id.chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '0'
                } else if c == '-' {
                    c
                } else {
                    'a'
                }
            })
            .collect()
    };
    assert!(
        unknown.iter().all(|id| -> bool {
            let form: String = form(id);
            form == "aaa-0000-aaaa"
        }),
        "{unknown:?}"
    );
    let distinct: std::collections::BTreeSet<&&str> = unknown.iter().collect();
    assert_eq!((unknown.len(), distinct.len()), (60, 30), "each is asked about twice, as everybody else is");
    assert_eq!(sampled(410).await.0, Outcome::Fail);
}
