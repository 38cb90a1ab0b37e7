//! Accesses that are logged at a facility of their own, and what becomes of them while it is away.
//! Either nothing is given meanwhile, or it is logged afterwards with the time at which it was.

use crate::partner::{Heard, Partner, Said};
use crate::stage::{STYLES, stage_among};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use toetssteen_reference::{Regime, Style};

/// The times of the accesses that a facility was told of, in the order in which they came.
fn times(heard: &[Heard]) -> Vec<OffsetDateTime> {
    let bodies = heard.iter().map(|one| serde_json::from_str::<Value>(&one.body).unwrap());
    let events = bodies.flat_map(|body| match body["entry"].as_array() {
        Some(entries) => entries.iter().map(|entry| entry["resource"].clone()).collect(),
        None => vec![body],
    });
    events.map(|event| OffsetDateTime::parse(event["recorded"].as_str().unwrap(), &Rfc3339).unwrap()).collect()
}

/// The answer to an access during an outage, and whether what is logged afterwards has a time before the recovery; an
/// access before it is logged at once.
async fn seen_during_an_outage(style: Style, defects: &[&str]) -> (u16, Vec<bool>) {
    let away = Arc::new(AtomicBool::new(false));
    let is_away = Arc::clone(&away);
    let partner = Partner::new(move |_, _| match is_away.load(Ordering::SeqCst) {
        true => Said::status(503),
        false => Said::json(&json!({})),
    })
    .await;
    let stage = stage_among(style, Regime::OptOut, defects, &["log-facility"], &partner.origin).await;
    let patient = stage.patient("111111110", Some("00000001")).await;
    let see = async || stage.get("org-r", &format!("/Patient/{patient}")).await.status;
    assert_eq!(see().await, 200);
    let settled = || tokio::time::sleep(Duration::from_millis(700));
    settled().await;
    assert_eq!(times(&partner.heard()).len(), 1, "{style} {defects:?}");
    away.store(true, Ordering::SeqCst);
    let status = see().await;
    settled().await;
    let meanwhile = partner.heard().len();
    let recovered = OffsetDateTime::now_utc();
    away.store(false, Ordering::SeqCst);
    settled().await;
    (status, times(&partner.heard()[meanwhile..]).into_iter().map(|at| at < recovered).collect())
}

#[tokio::test]
async fn what_cannot_be_logged_is_refused_or_logged_afterwards_with_its_own_time() {
    assert_eq!(seen_during_an_outage(Style::Plain, &[]).await, (200, vec![true]));
    assert_eq!(seen_during_an_outage(Style::Other, &[]).await, (503, Vec::new()));
}

#[tokio::test]
async fn with_a_defect_it_is_lost_or_has_the_time_of_the_recovery() {
    for style in STYLES {
        assert_eq!(seen_during_an_outage(style, &["log-outage-swallowed"]).await, (200, Vec::new()), "{style}");
        assert_eq!(seen_during_an_outage(style, &["logged-at-recovery"]).await, (200, vec![false]), "{style}");
    }
}
