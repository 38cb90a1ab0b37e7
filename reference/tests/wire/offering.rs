//! Offering a patient to several, of whom one is chosen: what each of them reads before and after.
//! Two organisations are asked; both are one stand-in that tells them apart by path.

use crate::handoff::{at, hook, record, willing};
use crate::partner::{Heard, Partner};
use crate::probed::each_alone;
use crate::stage::{STYLES, Stage, stage};
use serde_json::{Value, json};
use std::time::Duration;
use toetssteen_reference::{Regime, Style};

const CHOSEN: (&str, &str) = ("org-r", "00000001");
const LOSER: (&str, &str) = ("org-x", "00000009");

/// The task under which whoever listens at this path was told last, once as many words came there as are wanted.
async fn told(partner: &Partner, path: &str, wanted: usize) -> String {
    let start = format!("POST /{path}/");
    for _ in 0..400 {
        let heard: Vec<String> = partner.like(&start).iter().map(Heard::line).collect();
        if heard.len() >= wanted {
            return heard.last().unwrap().trim_start_matches(&start).to_owned();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody was told at {path}");
}

/// What somebody reads: the task, the message that it names, and that as a document.
async fn reads(stage: &Stage, who: &str, task: &str, message: Option<&str>) -> (Vec<u16>, String, String) {
    let seen = at(stage, who, "GET", &format!("/Task/{task}"), "").await;
    let named =
        || seen.json()["input"][0]["valueReference"]["reference"].as_str().unwrap_or("Composition/x").to_owned();
    let message = message.map_or_else(named, str::to_owned);
    let (mut statuses, mut text) = (vec![seen.status], seen.text.clone());
    for path in [format!("/{message}"), format!("/{message}/$document")] {
        let seen = at(stage, who, "GET", &path, "").await;
        statuses.push(seen.status);
        text.push_str(&seen.text);
    }
    (statuses, text, message)
}

struct Told {
    before: [(Vec<u16>, String, String); 2],
    chosen: (Vec<u16>, String, String),
    lost: (Vec<u16>, String, String),
}

async fn told_whole(style: Style, defects: &[&str]) -> Told {
    let stage = stage(style, Regime::OptIn, defects).await;
    let partner = Partner::new(willing).await;
    let patient = record(&stage).await;
    let order = json!({
        "patient": patient, "endpoint": "fhir", "need": "Condition/cond", "token-endpoint": format!("{}/token", partner.origin),
        "candidate-1": CHOSEN.1, "address-1": format!("{}/one", partner.origin),
        "candidate-2": LOSER.1, "address-2": format!("{}/two", partner.origin)
    });
    let offer = hook(&stage, "offer", &order).await.json()["offer"].as_str().unwrap().to_owned();
    let (one, two) = (told(&partner, "one", 1).await, told(&partner, "two", 1).await);
    assert_ne!(one, two);
    let before = [reads(&stage, CHOSEN.0, &one, None).await, reads(&stage, LOSER.0, &two, None).await];
    let choice = json!({ "offer": offer, "candidate": CHOSEN.1 });
    assert_eq!(hook(&stage, "choose", &json!({ "offer": offer, "candidate": "00000077" })).await.status, 404);
    let message: Value = hook(&stage, "choose", &choice).await.json()["message"].clone();
    let again = told(&partner, "one", 2).await;
    assert_eq!(again == one, style == Style::Plain);
    let chosen = reads(&stage, CHOSEN.0, &again, message.as_str()).await;
    let lost = reads(&stage, LOSER.0, &two, Some(&before[1].2)).await;
    let withdrawn = hook(&stage, "withdraw-offers", &json!({ "patient": patient, "endpoint": "fhir" })).await;
    assert_eq!(withdrawn.status, 200);
    assert_ne!(reads(&stage, CHOSEN.0, &again, message.as_str()).await.0, [200, 200, 200]);
    Told { before, chosen, lost }
}

#[tokio::test]
async fn candidates_see_what_is_needed_and_one_of_them_the_rest() {
    for style in STYLES {
        let told = told_whole(style, &[]).await;
        for (own, (statuses, text, _)) in [CHOSEN.1, LOSER.1].into_iter().zip(&told.before) {
            assert_eq!(*statuses, [200; 3], "{style}");
            assert!(text.contains("mark-condition") && text.contains(own), "{text}");
            for mark in ["mark-vital", "mark-held", "mark-pill", "111111110", "canary-111111110"] {
                assert!(!text.contains(mark), "{mark} {text}");
            }
        }
        let (statuses, text, _) = told.chosen;
        assert_eq!(statuses, [200; 3], "{style}");
        assert!(text.contains("mark-vital") && text.contains("111111110"), "{text}");
        let (statuses, text, _) = told.lost;
        assert_eq!(statuses, if style == Style::Plain { [403; 3] } else { [200, 403, 403] });
        assert!(!text.contains("mark-") && !text.contains("input"), "{text}");
    }
}

#[tokio::test]
async fn each_defect_of_an_offer_shows_alone() {
    let probed = ["candidates-see-all", "candidates-see-each-other", "losers-keep-access", "loser-told-gone"];
    each_alone(&probed, async |probe, style, defects| {
        let told = told_whole(style, defects).await;
        match probe {
            "candidates-see-all" => told.before.iter().all(|(_, text, _)| text.contains("mark-vital")),
            "candidates-see-each-other" => told.before[0].1.contains("\"restriction\""),
            "losers-keep-access" => told.lost.0 == [200; 3],
            "loser-told-gone" => told.lost.0[1..] == [410; 2],
            _ => panic!("no probe for {probe}"),
        }
    })
    .await;
}
