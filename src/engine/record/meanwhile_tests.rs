use super::testing::Trial;
use crate::model::verdict::{Doubt, Outcome};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Somebody is asked about as usual, then while and after a message comes that nobody can read.
fn vexed(within: &str) -> Value {
    let ask = json!({ "http": { "method": "GET", "endpoint": "fhir", "path": "/Patient/{{ctrl.id}}" } });
    json!([
        { "control": "as-usual", "as": "requester", "send": ask, "expect": [{ "discloses": { "any": ["ctrl"] } }] },
        { "step": "bad", "as": "requester", "expect": [{ "status": ["2xx", "4xx"] }], "send": { "http": {
            "method": "POST", "endpoint": "fhir", "path": "/Observation",
            "body": { "hostile": { "form": "cut-off", "subject": "Patient/{{ctrl.id}}" } } } } },
        { "step": "others", "meanwhile": "bad", "as": "requester", "send": ask, "expect": [
            { "discloses": { "any": ["ctrl"] } }, { "keeps-pace": { "with": "as-usual", "within": within } }] },
    ])
}

/// What comes of it where the server answers the n-th question about somebody like this.
async fn tried(within: &str, answer: impl Fn(u32) -> u16 + Send + Sync + 'static) -> (Outcome, Vec<String>) {
    let asked = AtomicU32::new(0);
    let cases = [("vexed", vexed(within))];
    let trial = Trial::of(&cases, json!({}), move |seen| {
        if seen.line().starts_with("POST") {
            return (400, json!({ "resourceType": "OperationOutcome" }).to_string());
        }
        let status = answer(asked.fetch_add(1, Ordering::SeqCst));
        (status, if status == 200 { json!({ "note": "marker-of-ctrl-1" }).to_string() } else { "{}".to_owned() })
    });
    let tried = trial.await.run().await;
    (tried.verdict("vexed").outcome, tried.asked())
}

const BAD: &str = "POST /fhir/Observation";
const ASK: &str = "GET /fhir/Patient/p1";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn others_are_asked_about_while_and_after_it_came_and_nothing_is_repeated_where_all_is_well() {
    let (outcome, asked) = tried("5s", |_| 200).await;
    assert_eq!((outcome, asked), (Outcome::Pass, [ASK, BAD, ASK, ASK].map(str::to_owned).to_vec()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_that_is_down_for_others_fails_and_one_hiccup_does_not() {
    let (outcome, asked) = tried("5s", |number| if number == 0 { 200 } else { 503 }).await;
    let all = [ASK, BAD, ASK, ASK, BAD, ASK, ASK].map(str::to_owned).to_vec();
    assert_eq!((outcome, asked), (Outcome::Fail, all), "both at once are tried once more");
    let (outcome, _) = tried("5s", |number| if number == 1 { 503 } else { 200 }).await;
    assert_eq!(outcome, Outcome::Inconclusive(Doubt::Nondeterministic));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_keeps_others_waiting_fails_and_whoever_is_always_slow_does_not() {
    let wait = |length: u64| std::thread::sleep(Duration::from_millis(length));
    let blocked = move |number| {
        wait(if number == 0 { 0 } else { 700 });
        200
    };
    let slow = move |_| {
        wait(700);
        200
    };
    assert_eq!(tried("300ms", blocked).await.0, Outcome::Fail);
    assert_eq!(tried("300ms", slow).await.0, Outcome::Pass);
}
