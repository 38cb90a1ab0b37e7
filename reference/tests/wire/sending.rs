//! The defects of a sender: one story of sending, told with each of them, in which only its own mark may show.
//! The recipient, the pharmacy and the central facilities are one stand-in.

use crate::facility::{ALL, searchset};
use crate::handoff::{at, begin, delivery, hook, record};
use crate::partner::{Heard, Partner, Said};
use crate::prescribing::{bundle, dangling, pharmacy, prescribe, rests};
use crate::probed::in_stories;
use crate::stage::{Seen, Stage, stage_among};
use serde_json::{Value, json};
use std::time::Duration;
use toetssteen_reference::{Regime, Style};

/// What was seen of one telling.
struct Story {
    heard: Vec<Heard>,
    first: String,
    unsent: Value,
    task: Seen,
    others_task: u16,
    document: Value,
    document_text: String,
    by_record_id: u16,
    search: u16,
    owner_change: u16,
    whole: u16,
    completed: u16,
    reminded: bool,
    composition_after: u16,
    patient_after: u16,
    refused: String,
    refused_tries: usize,
    flaky: String,
    wait: Duration,
    objecting: u16,
    unchosen: u16,
}

fn world(heard: &Heard, before: usize) -> Said {
    let target = heard.target.as_str();
    match target.split(['/', '?']).nth(1).unwrap() {
        "token" => Said::token(),
        "refuse" => Said::status(400),
        "flaky" if before == 0 => Said::status(503),
        "busy" if before == 0 => Said(503, vec![("retry-after", "1".to_owned())], String::new()),
        "rx-flaky" if before == 0 => Said::status(503),
        "rx" | "rx-flaky" => pharmacy(heard, before),
        "consent-register" | "localisation-index" | "directory" => searchset(json!([])),
        _ => Said::status(202),
    }
}

async fn tell(style: Style, defect: Option<&str>) -> Story {
    let partner = Partner::new(world).await;
    let defects: Vec<&str> = defect.into_iter().collect();
    let stage = stage_among(style, Regime::OptIn, &defects, &ALL, &partner.origin).await;
    let chosen = record(&stage).await;
    let objecting = stage.patient("222222221", None).await;
    let unchosen = stage.patient("333333332", None).await;
    stage.choose(&chosen, "permit").await;
    stage.choose(&objecting, "objection").await;
    let order = |patient: &str| json!({ "patient": patient, "recipient": "00000001", "address": format!("{}/other", partner.origin) });
    let objecting = hook(&stage, "send-handoff", &order(&objecting)).await.status;
    let unchosen = hook(&stage, "send-prescription", &order(&unchosen)).await.status;
    // What this telling begins must be over before the story proper, of which every request counts.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let id = begin(&stage, &chosen, &partner, &[]).await;
    let first = delivery(&stage, &id).await;
    let read = async |path: &str| at(&stage, "org-r", "GET", path, "").await;
    let path = format!("/Task/{id}");
    let task = read(&path).await;
    let body = task.json();
    let composition = format!("/{}", body["input"][0]["valueReference"]["reference"].as_str().unwrap());
    let patient = format!("/{}", body["for"]["reference"].as_str().unwrap());
    let document = read(&format!("{composition}/$document")).await;
    let others_task = at(&stage, "org-x", "GET", &path, "").await.status;
    let by_record_id = read("/MedicationRequest/med").await.status;
    let search = read("/Task?status=in-progress").await.status;
    let mut other = body.clone();
    other["owner"]["identifier"]["value"] = json!("00000009");
    let owner_change = at(&stage, "org-r", "PUT", &path, &other.to_string()).await.status;
    let mut done = if owner_change == 200 { other } else { body };
    done["status"] = json!("completed");
    let told = partner.like("POST /inbox").len();
    let mut whole = done.clone();
    whole["for"]["reference"] = json!("Patient/toetssteen");
    let whole = at(&stage, "org-r", "PUT", &path, &whole.to_string()).await.status;
    let completed = match whole {
        200 => whole,
        _ => at(&stage, "org-r", "PUT", &path, &done.to_string()).await.status,
    };
    let mut reminded = false;
    for _ in 0..100 {
        reminded = partner.like("POST /inbox").len() > told;
        if reminded {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (composition_after, patient_after) = (read(&composition).await.status, read(&patient).await.status);
    let place = |name: &str| format!("{}/{name}", partner.origin);
    let refuse = begin(&stage, &chosen, &partner, &[("address", &place("refuse"))]).await;
    let flaky = begin(&stage, &chosen, &partner, &[("address", &place("flaky"))]).await;
    let busy = begin(&stage, &chosen, &partner, &[("address", &place("busy"))]).await;
    let rx = prescribe(&stage, &chosen, &place("rx"), &place("token")).await;
    hook(&stage, "cancel-prescription", &json!({ "prescription": rx })).await;
    rests(&stage, &rx).await;
    prescribe(&stage, &chosen, &place("rx-flaky"), "").await;
    let busy = partner.like(&format!("POST /busy/{busy}"));
    let story = Story {
        first,
        unsent: json!(delivery(&stage, &rx).await),
        others_task,
        document: if document.status == 200 { document.json() } else { Value::Null },
        document_text: document.text,
        by_record_id,
        search,
        owner_change,
        whole,
        completed,
        reminded,
        composition_after,
        patient_after,
        refused: delivery(&stage, &refuse).await,
        refused_tries: partner.like(&format!("POST /refuse/{refuse}")).len(),
        flaky: delivery(&stage, &flaky).await,
        wait: if busy.len() > 1 { busy[1].at - busy[0].at } else { Duration::MAX },
        objecting,
        unchosen,
        heard: partner.heard(),
        task,
    };
    stop(stage).await;
    story
}

async fn stop(stage: Stage) {
    stage.run.stop().await;
}

impl Story {
    fn to(&self, start: &str) -> Vec<&Heard> {
        self.heard.iter().filter(|heard| heard.line().starts_with(start)).collect()
    }

    fn id(&self) -> String {
        self.task.json()["id"].as_str().unwrap().to_owned()
    }

    fn kinds(&self) -> Vec<&str> {
        let entries = self.document["entry"].as_array().into_iter().flatten();
        entries.map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|one| **one == kind).count()
    }

    /// The orders of the first prescription; nothing when none was sent.
    fn orders(&self) -> Vec<Value> {
        let first = self.to("POST /rx").first().map(|sent| bundle(sent));
        first.map(|bundle| (0..2).map(|index| bundle["entry"][index]["resource"].clone()).collect()).unwrap_or_default()
    }

    fn shows(&self, probe: &str) -> bool {
        let notices = self.to(&format!("POST /inbox/{}", self.id()));
        let publishes = !self.to("POST /localisation-index/List").iter().all(|one| one.target.contains("_search"));
        let orders = self.orders();
        match probe {
            "send-only-publishes" => publishes && notices.is_empty() && self.first == "delivered",
            "sending-registers-in-index" => publishes && !notices.is_empty(),
            "handoff-open-to-any-partner" => self.others_task == 200,
            "diagnosis-in-notification" => notices.iter().any(|one| one.body.contains("mark-condition")),
            "bsn-in-notification" => notices.iter().any(|one| one.target.ends_with("?bsn=111111110")),
            "whole-record-in-document" => self.document_text.contains("mark-pill"),
            "record-open-through-handoff" => self.by_record_id == 200,
            "composition-open-after-completed" => self.completed == 200 && self.composition_after == 200,
            "resource-open-after-completed" => self.completed == 200 && self.patient_after == 200,
            "no-notification-after-write-back" => self.completed == 200 && !self.reminded,
            "consent-call-before-sending" => !self.to("POST /consent-register").is_empty(),
            "index-call-before-sending" => !self.to("POST /localisation-index/List/_search").is_empty(),
            "directory-call-before-sending" => !self.to("GET /directory").is_empty(),
            "unchosen-not-sent" => self.unchosen == 409,
            "objection-stops-sending" => self.objecting == 409,
            "loss-is-silent" => self.refused == "delivered" && !self.to("POST /refuse").is_empty(),
            "withheld-stays-in-narrative" => self.document_text.contains("mark-held-note"),
            "name-in-task" => self.task.text.contains("Naam"),
            "task-search-open" => self.search == 200,
            "task-owner-can-change" => self.owner_change == 200,
            "task-taken-whole-with-status" => self.whole == 200,
            "task-without-requester" => self.task.json()["requester"].is_null(),
            "task-of-another-code" => self.task.json()["code"]["coding"][0]["code"] != "308292007",
            "sends-twice" => notices.len() > 2,
            "sends-to-every-partner" => !self.to(&format!("POST /other/{}", self.id())).is_empty(),
            "sends-without-token" => notices.iter().any(|one| one.header("authorization").is_empty()),
            "notification-without-accept" => notices.iter().any(|one| one.header("accept").is_empty()),
            "document-without-composition-first" => self.kinds().first() != Some(&"Composition"),
            "document-lacks-a-referenced-resource" => self.count("Observation") == 0,
            "write-back-refused" => self.completed != 200,
            "prescription-without-tag" => orders.iter().any(|order| order["meta"]["tag"].is_null()),
            "prescription-without-performer" => !orders.is_empty() && orders[1]["performer"].is_null(),
            "prescription-with-dangling-reference" => {
                self.to("POST /rx").iter().any(|one| !dangling(&bundle(one)).is_empty())
            }
            "no-second-try" => self.flaky == "failed",
            "new-identifiers-on-second-try" => {
                let tries = self.to("POST /rx-flaky");
                tries.len() > 1 && tries[0].body != tries[1].body
            }
            "tries-again-after-refusal" => self.refused_tries > 1,
            "retry-after-ignored" => self.wait < Duration::from_millis(900),
            "cancel-is-not-sent" => {
                let cancels = self.to("POST /rx").iter().any(|one| one.body.contains("entered-in-error"));
                !cancels && self.unsent == "delivered" && !orders.is_empty()
            }
            _ => panic!("no probe for {probe}"),
        }
    }
}

const PROBED: [&str; 38] = [
    "send-only-publishes",
    "sending-registers-in-index",
    "handoff-open-to-any-partner",
    "diagnosis-in-notification",
    "bsn-in-notification",
    "whole-record-in-document",
    "record-open-through-handoff",
    "composition-open-after-completed",
    "resource-open-after-completed",
    "no-notification-after-write-back",
    "consent-call-before-sending",
    "index-call-before-sending",
    "directory-call-before-sending",
    "unchosen-not-sent",
    "objection-stops-sending",
    "loss-is-silent",
    "withheld-stays-in-narrative",
    "name-in-task",
    "task-search-open",
    "task-owner-can-change",
    "task-taken-whole-with-status",
    "task-without-requester",
    "task-of-another-code",
    "sends-twice",
    "sends-to-every-partner",
    "sends-without-token",
    "notification-without-accept",
    "document-without-composition-first",
    "document-lacks-a-referenced-resource",
    "write-back-refused",
    "prescription-without-tag",
    "prescription-without-performer",
    "prescription-with-dangling-reference",
    "no-second-try",
    "new-identifiers-on-second-try",
    "tries-again-after-refusal",
    "retry-after-ignored",
    "cancel-is-not-sent",
];

/// What else of the story goes with a defect that keeps it from going on.
fn follows(defect: &str, probe: &str) -> bool {
    match defect {
        // Without a second word nothing is left to be told.
        "send-only-publishes" => probe == "no-notification-after-write-back",
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_defect_of_a_sender_shows_and_nothing_else_does() {
    let expected = |defect: Option<&str>, probe: &str| {
        defect == Some(probe) || defect.is_some_and(|defect| follows(defect, probe))
    };
    in_stories(&PROBED, 20, tell, Story::shows, expected).await;
}
