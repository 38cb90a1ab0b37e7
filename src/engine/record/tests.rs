use super::testing::Trial;
use crate::engine::binding::{Ask, Question, Told};
use crate::engine::judge;
use crate::engine::tape;
use crate::model::record::{Event, Phase};
use crate::model::verdict::{Doubt, Outcome, Trouble};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

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

/// A case that changes something and then asks five times, for each time another body.
fn asks_much() -> Value {
    let ask = json!({ "method": "GET", "endpoint": "fhir", "path": "/Patient/{{ctrl.id}}?n={{n}}" });
    json!([
        { "given": "changed", "act": { "do": "record-consent", "for": "ctrl" } },
        { "step": "asked", "each": { "n": { "in": ["1", "2", "3", "4", "5"] } }, "as": "requester",
          "send": { "http": ask }, "expect": [{ "status": [200] }, { "count": { "exactly": 5 } }] },
        { "step": "asked-again", "as": "requester", "again": { "step": "asked" }, "expect": [{ "status": [200] }] },
    ])
}

#[tokio::test]
async fn bodies_beyond_their_room_cut_the_run_off_and_it_is_judged() {
    const BODY: usize = 40_000;
    const ROOM: u64 = 100_000;
    let bindings = json!({ "record-consent": post("/choose"), "clear-choices": post("/clear") });
    let cases = [("much", asks_much()), ("more", asks_much())];
    let large = |seen: &crate::engine::probe::testing::Seen| {
        let text = format!("{} ", seen.line());
        (200, json!({ "text": text.repeat(BODY / text.len()) }).to_string())
    };
    let trial = Trial::of(&cases, bindings.clone(), large).await.holding(ROOM);
    let tried = trial.run().await;
    for case in ["much", "more"] {
        assert_eq!(tried.verdict(case).outcome, Outcome::Inconclusive(Doubt::Aborted), "{case}");
    }
    // Nothing more was asked than there was room for, and what was changed was changed back.
    let asked = tried.asked();
    assert_eq!(asked.iter().filter(|line| line.starts_with("GET")).count(), 2, "{asked:?}");
    assert_eq!(asked.iter().filter(|line| *line == "POST /fhir/choose").count(), 1, "{asked:?}");
    assert_eq!(asked.last().map(String::as_str), Some("POST /fhir/clear"), "{asked:?}");
    let kept: usize = tried.recording.bodies.values().map(|body| body.len()).sum();
    assert!(kept < ROOM as usize + BODY + 1000, "{kept} bytes");
    // Of the way back the exchange is recorded, without its body.
    let undone = tried.recording.records.iter().find(|record| record.key.phase == Phase::Undo).unwrap();
    assert!(matches!(&undone.event, Event::Http(http) if http.response.status == 200 && http.response.body.cut));
    assert!(matches!(&tried.recording.records.last().unwrap().event, Event::End(end) if !end.interrupted));
    // What stands on the disk is whole and judged alike.
    let read = tape::read(&tried.folder.path().join("run")).unwrap();
    assert_eq!(judge::judge(&tried.catalogue, &read.header.plan, &read), tried.verdicts);

    let roomy = Trial::of(&cases, bindings, large).await.run().await;
    for case in ["much", "more"] {
        assert_eq!(roomy.verdict(case).outcome, Outcome::Pass, "{case}");
    }
}

#[tokio::test]
async fn a_failure_that_was_seen_before_the_room_was_full_stands() {
    let mut steps = asks_much();
    steps[1]["expect"] = json!([{ "status": [404] }]);
    let bindings = json!({ "record-consent": post("/choose"), "clear-choices": post("/clear") });
    let large = |seen: &crate::engine::probe::testing::Seen| (200, format!("{} {}", seen.line(), "x".repeat(40_000)));
    let tried = Trial::of(&[("much", steps)], bindings, large).await.holding(100_000).run().await;
    assert_eq!(tried.verdict("much").outcome, Outcome::Fail);
}

/// An operator at whom our own code breaks.
struct Breaks;

#[async_trait::async_trait]
impl Ask for Breaks {
    async fn ask(&self, _: &Question) -> Told {
        tokio::task::yield_now().await;
        panic!("a fault of ours")
    }
}

/// Changes something, has an operator asked, and asks.
fn changes() -> Value {
    json!([
        { "given": "changed", "act": { "do": "record-consent", "for": "ctrl" } },
        { "step": "read", "act": { "do": "show-choices", "for": "ctrl" } },
        { "step": "asked", "as": "requester", "send": { "http": ask() }, "expect": [{ "status": [200] }] },
    ])
}

fn manual() -> Value {
    json!({ "manual": { "say": { "nl": "Kijk.", "en": "Look." }, "within": "5s" } })
}

#[tokio::test]
async fn a_case_in_which_we_break_is_an_error_and_its_changes_are_taken_back() {
    let bindings =
        json!({ "record-consent": post("/choose"), "clear-choices": post("/clear"), "show-choices": manual() });
    let other =
        json!([{ "step": "asked", "as": "requester", "send": { "http": ask() }, "expect": [{ "status": [200] }] }]);
    let cases = [("changes", changes()), ("other", other)];
    let tried = Trial::of(&cases, bindings, |_| (200, "{}".to_owned())).await.asking(Breaks).run().await;
    assert_eq!(tried.verdict("changes").outcome, Outcome::Error(Trouble::Internal));
    assert_eq!(tried.verdict("other").outcome, Outcome::Pass, "the others go on");
    let mut asked = tried.asked();
    asked.retain(|line| line.starts_with("POST"));
    assert_eq!(asked, ["POST /fhir/choose", "POST /fhir/clear"]);
    assert!(matches!(&tried.recording.records.last().unwrap().event, Event::End(end) if end.left_behind.is_empty()));
}

#[tokio::test]
async fn a_way_back_at_which_we_break_is_told_and_the_others_are_gone() {
    let mut steps = changes();
    steps[1] = json!({ "given": "objected", "act": { "do": "record-objection", "for": "ctrl" } });
    let bindings = json!({
        "record-consent": post("/choose"), "clear-choices": post("/clear"),
        "record-objection": post("/object"), "withdraw-objection": manual(),
    });
    let tried = Trial::of(&[("changes", steps)], bindings, |_| (200, "{}".to_owned())).await.asking(Breaks).run().await;
    assert_eq!(tried.verdict("changes").outcome, Outcome::Error(Trouble::Internal));
    assert_eq!(tried.asked().last().map(String::as_str), Some("POST /fhir/clear"));
    let left = ["withdraw-objection ctrl".to_owned()];
    assert!(matches!(&tried.recording.records.last().unwrap().event, Event::End(end) if end.left_behind == left));
}

#[tokio::test]
async fn the_judge_takes_the_value_that_the_run_took() {
    let ask = |path: &str| json!({ "http": { "method": "GET", "endpoint": "fhir", "path": path } });
    let echo = json!([{ "value": { "at": { "json": "/echo" }, "is": { "equals": "{{state.turn}}" } } }]);
    let steps = json!([
        { "around": "state", "as": "requester", "send": ask("/state"),
          "save": { "turn": { "at": { "json": "/turn" } } }, "expect": [{ "status": [200] }] },
        { "step": "first", "as": "requester", "send": ask("/echo/{{state.turn}}"), "expect": echo },
        { "step": "second", "as": "requester", "send": ask("/echo/{{state.turn}}"), "expect": echo },
    ]);
    let turn = AtomicU32::new(0);
    let tried = Trial::of(&[("around", steps)], json!({}), move |seen| {
        let echo = seen.line().rsplit('/').next().unwrap_or_default().to_owned();
        let turn = turn.fetch_add(u32::from(echo == "state"), Ordering::SeqCst);
        (200, json!({ "echo": echo, "turn": format!("turn-{turn}") }).to_string())
    })
    .await
    .run()
    .await;
    let asked = ["GET /fhir/state", "GET /fhir/echo/turn-0", "GET /fhir/echo/turn-0", "GET /fhir/state"];
    assert_eq!(tried.asked(), asked);
    assert_eq!(tried.verdict("around").outcome, Outcome::Pass);
}

/// What stands around a premise that fails is not asked a second time: that is no fault of the recording.
#[tokio::test]
async fn a_case_that_a_premise_ended_is_refused_and_not_misfitting() {
    let read = |path: &str| json!({ "http": { "method": "GET", "endpoint": "fhir", "path": path } });
    let steps = json!([
        { "around": "there", "as": "requester", "send": read("/Patient/a"), "expect": [{ "status": [200] }] },
        { "given": "premise", "as": "requester", "send": read("/Patient/b"), "expect": [{ "status": [405] }] },
        { "step": "judged", "as": "requester", "send": read("/Patient/c"), "expect": [{ "status": [404] }] },
    ]);
    let tried = Trial::of(&[("ends", steps)], json!({}), |_| (200, "{}".to_owned())).await.run().await;
    assert_eq!(tried.verdict("ends").outcome, Outcome::Inconclusive(Doubt::SetupRefused));
    assert!(!tried.asked().iter().any(|line| line.ends_with("/c")), "{:?}", tried.asked());
}

#[tokio::test]
async fn who_never_existed_is_asked_about_like_anybody_else() {
    let steps = json!([
        { "control": "by-id", "as": "requester",
          "send": { "http": { "method": "GET", "endpoint": "fhir", "path": "/Observation?patient={{never.id}}" } },
          "expect": [{ "status": [200] }] },
        { "step": "by-set", "as": "requester", "ask": { "set": "clinical", "only": "laboratory", "about": "never" },
          "expect": [{ "status": [200] }] },
    ]);
    let trial = Trial::of(&[("asks", steps)], json!({}), |_| (200, "{}".to_owned())).await;
    let tried = trial.run().await;
    let asked = tried.asked();
    assert_eq!((asked.len(), asked[0].as_str()), (2, asked[1].as_str()));
    assert!(!asked[0].ends_with('='), "{asked:?}");
    assert_eq!(tried.verdict("asks").outcome, Outcome::Pass, "{asked:?}");
}
