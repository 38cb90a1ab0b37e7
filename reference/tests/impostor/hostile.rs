//! The impostors that attack whoever reads, waits, follows, or shows.
//! Each test takes what one of them sends and is itself bounded.

use crate::client::{LONG, PLAIN, SEARCH, Seen, ask, get, open, raw, run};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read;
use std::time::Duration;
use toetssteen_reference::impostor::{Capability, Impostor, start};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

#[tokio::test]
async fn what_is_not_text_is_sent_as_if_it_were() {
    let running = run(Impostor::RandomBytes).await;
    let (one, other) = (get(&running, SEARCH).await, get(&running, SEARCH).await);
    assert_eq!(one.headers["content-type"], "application/fhir+json");
    assert_eq!(one.body.len(), 4096);
    assert_ne!(one.body, other.body);
    running.stop().await;
    let again = run(Impostor::RandomBytes).await;
    assert_eq!(get(&again, SEARCH).await.body, one.body);
    again.stop().await;

    let running = run(Impostor::InvalidUtf8).await;
    let seen = get(&running, SEARCH).await;
    assert!(seen.body.starts_with(br#"{"resourceType":"Bundle""#));
    assert!(std::str::from_utf8(&seen.body).is_err());
    running.stop().await;
}

#[tokio::test]
async fn the_nested_arrays_go_a_hundred_thousand_deep_and_come_back() {
    let running = run(Impostor::NestedJson).await;
    let body = get(&running, SEARCH).await.body;
    let count = |wanted: u8| body.iter().filter(|byte| **byte == wanted).count();
    assert_eq!((count(b'['), count(b']')), (100_000, 100_000));
    running.stop().await;
}

#[tokio::test]
async fn every_free_string_of_the_poisoner_is_poison() {
    fn strings<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a str)>, key: &'a str) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| strings(value, found, key)),
            Value::Array(items) => items.iter().for_each(|value| strings(value, found, key)),
            Value::String(text) => found.push((key, text)),
            _ => {}
        }
    }
    let running = run(Impostor::ScriptEverywhere).await;
    for (method, kind, status) in [("GET", "Bundle", 200), ("POST", "OperationOutcome", 422)] {
        let seen = ask(&running, method, "/fhir/Patient", "").await;
        let whole = seen.json();
        assert_eq!((seen.status, &whole["resourceType"]), (status, &json!(kind)));
        assert!(seen.headers["etag"].contains("<script>"));
        let mut found = Vec::new();
        strings(&whole, &mut found, "");
        let needed = ["resourceType", "type", "relation"];
        let free: Vec<_> = found.iter().filter(|(key, _)| !needed.contains(key)).collect();
        assert!(free.len() > 5);
        for (key, text) in free {
            assert!(text.starts_with("=HYPERLINK("), "{key}");
            for part in ["\"><script>alert(1)</script>", "\u{202e}", "\u{1b}", "\0"] {
                assert!(text.contains(part), "{key}");
            }
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn the_redirect_leads_to_itself() {
    let running = run(Impostor::RedirectLoop).await;
    let seen = get(&running, SEARCH).await;
    assert_eq!((seen.status, &seen.headers["location"]), (302, &running.url(SEARCH)));
    running.stop().await;
}

#[tokio::test]
async fn the_header_is_five_megabytes() {
    let running = run(Impostor::HugeHeader).await;
    let seen = get(&running, SEARCH).await;
    assert_eq!(seen.headers["x-filler"].len(), 5 * 1024 * 1024);
    running.stop().await;
}

#[tokio::test]
async fn the_bomb_is_a_megabyte_on_the_wire_and_zeros_inside() {
    let running = run(Impostor::Bomb).await;
    let seen = get(&running, SEARCH).await;
    assert_eq!(seen.headers["content-encoding"], "gzip");
    assert!((900_000..1_200_000).contains(&seen.body.len()));
    // The last four bytes of a gzip file say how much it unpacks to.
    let size = seen.body.last_chunk::<4>().unwrap();
    assert_eq!(u32::from_le_bytes(*size), 1 << 30);
    let mut first = vec![1; 1_000_000];
    GzDecoder::new(&seen.body[..]).read_exact(&mut first).unwrap();
    assert!(first.iter().all(|byte| *byte == 0));
    running.stop().await;
}

#[tokio::test]
async fn a_wrong_length_is_wrong_in_the_way_it_says() {
    for (impostor, is_promised) in [(Impostor::WrongLength, true), (Impostor::WrongLengthShort, false)] {
        let running = run(impostor).await;
        let seen = get(&running, SEARCH).await;
        let stated: usize = seen.headers["content-length"].parse().unwrap();
        assert_ne!(stated, seen.body.len());
        assert_eq!(stated > seen.body.len(), is_promised);
        running.stop().await;
    }
}

#[tokio::test]
async fn the_silent_one_is_silent() {
    let running = run(Impostor::NeverAnswers).await;
    let mut stream = open(&running, PLAIN).await;
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(500), stream.read(&mut byte)).await.is_err());
    running.stop().await;
}

#[tokio::test]
async fn the_slow_one_sends_a_byte_a_second_after_its_head() {
    let running = run(Impostor::OneByteASecond).await;
    let mut stream = open(&running, PLAIN).await;
    let mut seen = Vec::new();
    let _ = timeout(Duration::from_millis(2500), stream.read_to_end(&mut seen)).await;
    let seen = Seen::parse(&seen);
    assert_eq!(seen.status, 200);
    assert_eq!(seen.body, br#"{"resourceType""#[..3]);
    running.stop().await;
}

#[tokio::test]
async fn the_flood_goes_on_as_fast_as_it_is_read() {
    let running = run(Impostor::EndlessBody).await;
    let stream = open(&running, PLAIN).await;
    let mut seen = Vec::new();
    let mut most = stream.take(50_000_000);
    let read = timeout(LONG, most.read_to_end(&mut seen)).await;
    assert_eq!(read.unwrap().unwrap(), 50_000_000);
    assert_eq!(Seen::parse(&seen[..1000]).headers["transfer-encoding"], "chunked");
    running.stop().await;
}

#[tokio::test]
async fn the_one_that_leaves_says_nothing() {
    for capability in [Capability::Same, Capability::Honest] {
        let running = start(Impostor::ClosesAtOnce, capability).await.unwrap();
        assert_eq!(raw(&running, PLAIN).await, b"");
        running.stop().await;
    }
}
