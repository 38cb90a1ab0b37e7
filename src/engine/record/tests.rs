use super::testing::Trial;
use crate::model::verdict::{Doubt, Outcome};
use serde_json::{Value, json};

/// Passes the 11-proof outside every range; an example number of documentation.
const REAL: &str = "123456782";

fn post(path: &str) -> Value {
    json!({ "http": { "as": "patient", "method": "POST", "endpoint": "fhir", "path": path } })
}

fn ask() -> Value {
    json!({ "method": "GET", "endpoint": "fhir", "path": "/Patient/{{ctrl.id}}" })
}

/// A case that has the choices shown and then asks.
fn shows() -> Value {
    json!([
        { "given": "shown", "act": { "do": "show-choices", "for": "ctrl" },
          "expect": [{ "value": { "at": { "json": "/objected" }, "is": { "equals": "true" } } }] },
        { "step": "asked", "as": "requester", "send": { "http": ask() }, "expect": [{ "status": [200] }] },
    ])
}

#[tokio::test]
async fn a_bare_real_number_in_an_answer_that_an_action_returns_is_stored_nowhere_and_stops_the_case() {
    let mut shown = post("/choices");
    shown["http"]["returns"] =
        json!({ "consented": { "at": { "json": "/of" } }, "objected": { "at": { "json": "/objected" } } });
    let trial = Trial::of(&[("shows", shows())], json!({ "show-choices": shown }), |_| {
        (200, json!({ "of": REAL, "who": "Vreemdelinck", "objected": "true" }).to_string())
    })
    .await;
    let tried = trial.run().await;
    let written = tried.written();
    assert!(!written.contains(REAL) && !written.contains("Vreemdelinck"), "{written}");
    let action = tried.actions()[0];
    assert_eq!((action.foreign.len(), action.returned["objected"].as_str()), (1, "⟦withheld⟧"));
    assert_eq!(tried.verdict("shows").outcome, Outcome::Inconclusive(Doubt::ForeignData));
    assert_eq!(tried.asked(), ["POST /fhir/choices"], "nothing more was asked");
}

#[cfg(unix)]
#[tokio::test]
async fn a_real_number_that_a_program_returns_or_speaks_of_is_stored_nowhere_and_stops_the_case() {
    for script in [
        format!("printf '{{\"objected\":\"true\",\"note\":\"{REAL}\",\"who\":\"Vreemdelinck\"}}'"),
        format!("echo 'BSN {REAL}, Vreemdelinck, is not known' >&2; exit 3"),
    ] {
        let bindings = json!({ "show-choices": { "exec": ["./show.sh"] } });
        let trial = Trial::of(&[("shows", shows())], bindings, |_| (200, "{}".to_owned())).await;
        trial.program("show.sh", &script);
        let tried = trial.run().await;
        let written = tried.written();
        assert!(!written.contains(REAL) && !written.contains("Vreemdelinck"), "{written}");
        assert_eq!(tried.actions()[0].foreign.len(), 1);
        assert_eq!(tried.verdict("shows").outcome, Outcome::Inconclusive(Doubt::ForeignData), "{script}");
        assert_eq!(tried.asked(), Vec::<String>::new(), "nothing was asked");
    }
}

#[tokio::test]
async fn what_an_action_returns_of_our_own_people_or_of_nobody_stays() {
    let mut shown = post("/choices");
    shown["http"]["returns"] =
        json!({ "consented": { "at": { "json": "/of" } }, "objected": { "at": { "json": "/objected" } } });
    for of in ["999990019", "123456789", "20240115", "1234567820", "Observation/123456782"] {
        let bindings = json!({ "show-choices": shown });
        let trial = Trial::of(&[("shows", shows())], bindings, move |_| {
            (200, json!({ "of": of, "objected": "true" }).to_string())
        })
        .await;
        let tried = trial.run().await;
        assert_eq!(tried.actions()[0].returned["consented"], of);
        assert_eq!(tried.asked(), ["POST /fhir/choices", "GET /fhir/Patient/p1"], "{of}");
        assert_eq!(tried.verdict("shows").outcome, Outcome::Pass, "{of}");
    }
}

/// A case that gives an action a value: this text, where `first.got` was captured from the server.
fn gives(effect: &str) -> Value {
    json!([
        { "control": "first", "as": "requester", "send": { "http": ask() },
          "save": { "got": { "at": { "json": "/got" } } }, "expect": [{ "status": [200] }] },
        { "given": "recorded", "each": { "who": { "in": ["ctrl"] }, "row": { "rows": [{ "told": "{{first.got}}", "own": "deny" }] } },
          "act": { "do": "record-choice", "for": "ctrl", "with": { "effect": effect } } },
        { "step": "asked", "as": "requester", "send": { "http": ask() }, "expect": [{ "status": [200] }] },
    ])
}

#[cfg(unix)]
#[tokio::test]
async fn what_an_endpoint_said_never_becomes_an_argument_of_a_program() {
    const SAID: &str = "--all; rm -r /";
    async fn tried(effect: &str, arguments: &[&str]) -> (super::testing::Tried, Option<String>) {
        let bindings = json!({ "record-choice": { "exec": arguments }, "clear-choices": { "exec": ["./clear.sh"] } });
        let answer = |_: &crate::engine::probe::testing::Seen| (200, json!({ "got": SAID }).to_string());
        let trial = Trial::of(&[("gives", gives(effect))], bindings, answer).await;
        trial.program("act.sh", "echo \"$*\" > ran; cat >> ran");
        trial.program("clear.sh", "exit 0");
        let tried = trial.run().await;
        let ran = std::fs::read_to_string(tried.folder.path().join("ran")).ok();
        (tried, ran)
    }
    for effect in ["{{first.got}}", "x{{row.told}}y", "{{ctrl.id}}", "{{who.id}}"] {
        let (refused, ran) = tried(effect, &["./act.sh", "{{with.effect}}"]).await;
        assert_eq!(ran, None, "{effect}: the program was started");
        assert!(refused.written().contains("was not drawn by us"), "{effect}: {}", refused.written());
        assert_ne!(refused.verdict("gives").outcome, Outcome::Pass);
        // On standard input it may come.
        let (given, ran) = tried(effect, &["./act.sh"]).await;
        assert_eq!(given.verdict("gives").outcome, Outcome::Pass, "{effect}");
        let ran = ran.unwrap();
        assert!(ran.starts_with('\n') && ran.contains("\"effect\":\""), "{effect}: {ran}");
    }
    for (effect, argument) in [("deny", "deny"), ("{{row.own}}", "deny"), ("{{who}}", "ctrl")] {
        let (given, ran) = tried(effect, &["./act.sh", "{{with.effect}}"]).await;
        assert_eq!(given.verdict("gives").outcome, Outcome::Pass, "{effect}");
        assert!(ran.unwrap().starts_with(&format!("{argument}\n")), "{effect}");
    }
    // A capture cited by the binding itself, which lint refuses in a file.
    let (_, ran) = tried("deny", &["./act.sh", "{{first.got}}"]).await;
    assert_eq!(ran, None);
}
