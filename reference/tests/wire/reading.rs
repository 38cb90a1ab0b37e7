//! The defects of a receiver of handoffs: one story of being rung for, told with each of them.
//! Every sender is a stand-in with one Task, and only the mark of its own defect may show.

use crate::handoff::hook;
use crate::partner::{Heard, Partner, Said};
use crate::probed::in_stories;
use crate::receiving::{MEANT, meet, ring, sender, task};
use crate::stage::{Stage, send, stage};
use serde_json::{Value, json};
use std::time::Duration;
use toetssteen_reference::{Regime, Style};

/// What was seen of one telling.
struct Story {
    answer: u16,
    heard: Vec<Heard>,
    after: Value,
    twice: Value,
    with_body: u16,
    without_token: u16,
    wrong_scope: u16,
    elsewhere: Vec<Heard>,
    by_get: u16,
    other_owner: Value,
    other_code: Value,
    requested: Value,
}

/// Rings for a Task like this at a fresh reference, and says what became of it.
async fn rung(style: Style, defects: &[&str], body: Value, times: usize) -> (u16, Vec<Heard>, Value) {
    let stage = stage(style, Regime::OptIn, defects).await;
    let partner = Partner::new(sender(body)).await;
    meet(&stage, &partner).await;
    let mut answer = 0;
    for _ in 0..times {
        answer = ring(&stage, "/t1", "POST", MEANT, "").await.status;
        rests(&partner).await;
    }
    (answer, partner.heard(), received(&stage).await)
}

async fn received(stage: &Stage) -> Value {
    send("GET", &format!("{}/received/t1", stage.url("hooks")), &[], "").await.json()
}

/// Waits until a partner hears nothing more.
async fn rests(partner: &Partner) {
    let mut before = usize::MAX;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let now = partner.heard().len();
        if now == before {
            return;
        }
        before = now;
    }
}

async fn tell(style: Style, defect: Option<&str>) -> Story {
    let defects: Vec<&str> = defect.into_iter().collect();
    let (answer, heard, after) = rung(style, &defects, task("in-progress"), 1).await;
    let twice = rung(style, &defects, task("in-progress"), 2).await.2;
    let mut owner = task("in-progress");
    owner["owner"]["identifier"]["value"] = json!("00000007");
    let mut code = task("in-progress");
    code["code"]["coding"][0]["code"] = json!("3457005");
    let other_owner = rung(style, &defects, owner, 1).await.2;
    let other_code = rung(style, &defects, code, 1).await.2;
    let requested = rung(style, &defects, task("requested"), 1).await.2;
    let stage = stage(style, Regime::OptIn, &defects).await;
    let silent = Partner::new(|_, _| Said::status(404)).await;
    let partner = json!({ "ura": "00000001", "fhir": silent.origin });
    assert_eq!(hook(&stage, "partners", &partner).await.status, 200);
    let without_token = send("POST", &format!("{}/t1", stage.url("notification")), &[], "").await.status;
    let answers = (
        ring(&stage, "/t1", "POST", MEANT, "{}").await.status,
        ring(&stage, "/t1", "POST", "eOverdracht-sender", "").await.status,
        ring(&stage, "/t1", "GET", MEANT, "").await.status,
    );
    let other = Partner::new(|_, _| Said::status(404)).await;
    let partner = json!({ "ura": "00000009", "fhir": other.origin });
    assert_eq!(hook(&stage, "partners", &partner).await.status, 200);
    ring(&stage, "/t2", "POST", MEANT, "").await;
    rests(&other).await;
    let (with_body, wrong_scope, by_get) = answers;
    Story {
        answer,
        heard,
        after,
        twice,
        with_body,
        without_token,
        wrong_scope,
        elsewhere: other.heard(),
        by_get,
        other_owner,
        other_code,
        requested,
    }
}

impl Story {
    fn puts(&self) -> Vec<Value> {
        let puts = self.heard.iter().filter(|one| one.method == "PUT");
        puts.map(|one| serde_json::from_str(&one.body).unwrap()).collect()
    }

    fn shows(&self, probe: &str) -> bool {
        let taken = |status: u16| (200..300).contains(&status);
        match probe {
            "acknowledges-and-never-reads" => taken(self.answer) && self.heard.is_empty(),
            "answers-204" => self.answer == 204,
            "ignores-notification-body" => taken(self.with_body),
            "notification-without-token-taken" => taken(self.without_token),
            "notification-with-wrong-scope-taken" => taken(self.wrong_scope),
            "notification-read-at-every-partner" => self.elsewhere.iter().any(|one| one.target == "/Task/t2"),
            "notification-method-not-checked" => taken(self.by_get),
            "never-writes-back" => self.after["status"] == "filed" && self.puts().is_empty(),
            "writes-back-more-than-status" => self.puts().iter().any(|put| *put != task("completed")),
            "takes-task-of-another-owner" => self.other_owner["status"] == "filed",
            "takes-task-of-another-code" => self.other_code["status"] == "filed",
            "reads-handoff-while-requested" => self.requested["status"] == "filed",
            "pulls-without-token" => {
                self.heard.iter().any(|one| one.header("authorization").is_empty())
                    && self.heard.iter().all(|one| one.target != "/token")
            }
            "files-twice" => self.twice["copies"] == 2,
            _ => panic!("no probe for {probe}"),
        }
    }
}

const PROBED: [&str; 14] = [
    "acknowledges-and-never-reads",
    "answers-204",
    "ignores-notification-body",
    "notification-without-token-taken",
    "notification-with-wrong-scope-taken",
    "notification-read-at-every-partner",
    "notification-method-not-checked",
    "never-writes-back",
    "writes-back-more-than-status",
    "takes-task-of-another-owner",
    "takes-task-of-another-code",
    "reads-handoff-while-requested",
    "pulls-without-token",
    "files-twice",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_defect_of_a_receiver_shows_and_nothing_else_does() {
    in_stories(&PROBED, 7, tell, Story::shows, |defect, probe| defect == Some(probe)).await;
}
