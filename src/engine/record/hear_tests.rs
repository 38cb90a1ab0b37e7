//! What silence and noise at our counterparts are taken for: rules 3 to 5 of the language, with parties that are prompt,
//! slow, dead and silent.

use super::testing::{Trial, Tried};
use crate::engine::binding::{Ask, Question, Told};
use crate::model::record::Event;
use crate::model::verdict::{Doubt, Evidence, Outcome};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Calls an address of ours, as the system under test would, and reads what is answered.
fn call(method: &str, url: &str, body: &str) -> String {
    let rest = url.strip_prefix("http://").expect("an address");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).expect("somebody listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let length = body.len();
    let head =
        format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{body}").as_bytes()).expect("it can be sent");
    let mut answer = String::new();
    // A counterpart that cuts the connection has said all it had to say.
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// The binding by which the system is told to send something to an address.
fn told() -> Value {
    json!({ "show-choices": { "http": {
        "as": "patient", "method": "POST", "endpoint": "fhir", "path": "/send",
        "body": "{{with.to}} {{with.other}}",
    } } })
}

fn act(name: &str) -> Value {
    json!({ "given": name, "act": { "do": "show-choices", "for": "ctrl",
        "with": { "to": "{{counterpart.receiver}}", "other": "{{counterpart.other-receiver}}" } } })
}

fn wait(head: &str, name: &str, at: &str, count: Value) -> Value {
    // Silence takes its whole time; what comes ends the waiting, however busy the machine is.
    let within = if count == "none" { "400ms" } else { "2s" };
    json!({ head: name, "await": { "at": [at], "method": "POST", "within": within }, "expect": [{ "count": count }] })
}

/// A case of these steps against a system that does this with the addresses it is given.
async fn tried(steps: Value, does: impl Fn(&str, &str) + Send + Sync + 'static) -> Tried {
    let cases = [("hears", steps)];
    let trial = Trial::of(&cases, told(), move |seen| {
        let (to, other) = seen.body.split_once(' ').unwrap_or_default();
        // It blocks, and whoever is called may wait for this very thread.
        tokio::task::block_in_place(|| does(to, other));
        (200, "{}".to_owned())
    });
    trial.await.settling().run().await
}

fn later(after: u64, what: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(after));
        what();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_arrives_is_counted_once_and_one_too_many_is_noticed() {
    let steps = || json!([act("sent"), wait("step", "arrives", "receiver", json!({ "exactly": 1 }))]);
    let once = tried(steps(), |to, _| drop(call("POST", &format!("{to}/x?a=b"), "marker-of-ctrl-1"))).await;
    assert_eq!(once.verdict("hears").outcome, Outcome::Pass, "{:?}", once.verdict("hears"));
    let inbound = once.recording.records.iter().find_map(|record| match &record.event {
        Event::Inbound(inbound) => Some(inbound),
        _ => None,
    });
    let inbound = inbound.expect("it is recorded");
    assert_eq!((inbound.counterpart.as_str(), inbound.below.as_str()), ("receiver", "/x?a=b"));
    assert_eq!(inbound.response.as_ref().map(|answer| answer.status), Some(202));
    let twice = tried(steps(), |to, _| {
        let to = to.to_owned();
        call("POST", &to, "");
        later(100, move || drop(call("POST", &to, "")));
    })
    .await;
    assert_eq!(twice.verdict("hears").outcome, Outcome::Fail);
    let slow = tried(steps(), |to, _| {
        let to = to.to_owned();
        later(200, move || drop(call("POST", &to, "")));
    })
    .await;
    assert_eq!(slow.verdict("hears").outcome, Outcome::Pass, "slow is not missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_fails_only_a_system_that_could_be_heard() {
    let steps = || json!([act("sent"), wait("step", "arrives", "receiver", json!({ "exactly": 1 }))]);
    let dead = tried(steps(), |_, _| {}).await;
    assert_eq!(dead.verdict("hears").outcome, Outcome::Inconclusive(Doubt::TimedOut), "the line may be closed");
    let elsewhere = tried(steps(), |_, other| drop(call("POST", other, ""))).await;
    assert_eq!(elsewhere.verdict("hears").outcome, Outcome::Fail, "it reached us, and not whom it should");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn silence_passes_only_where_something_was_heard_in_a_control() {
    let bare = || json!([act("sent"), wait("step", "silent", "other-receiver", json!("none"))]);
    let unproven = tried(bare(), |to, _| drop(call("POST", to, ""))).await;
    assert_eq!(unproven.verdict("hears").outcome, Outcome::Inconclusive(Doubt::ControlFailed));
    let proven = |does: fn(&str, &str)| {
        let steps = json!([
            act("sent-to-other"),
            wait("control", "can-be-heard", "receiver", json!({ "at-least": 1 })),
            act("sent"),
            wait("step", "silent", "receiver", json!("none")),
        ]);
        tried(steps, does)
    };
    // The first call gives the address, and only the first is answered by a message.
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let quiet = proven(|to, _| {
        if COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            call("POST", to, "");
        }
    })
    .await;
    assert_eq!(quiet.verdict("hears").outcome, Outcome::Pass, "{:?}", quiet.verdict("hears"));
    let loud = proven(|to, _| drop(call("POST", to, ""))).await;
    assert_eq!(loud.verdict("hears").outcome, Outcome::Fail);
}

/// An operator who says that it is done, and did not do it.
struct Says(Told);

#[async_trait::async_trait]
impl Ask for Says {
    async fn ask(&self, _: &Question) -> Told {
        self.0
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_operator_makes_nobody_fail() {
    let manual =
        json!({ "show-choices": { "manual": { "say": { "nl": "Stuur het.", "en": "Send it." }, "within": "1s" } } });
    for (told, outcome) in [
        (Told::Done, Outcome::Inconclusive(Doubt::StimulusNotConfirmed)),
        (Told::NotDone, Outcome::Inconclusive(Doubt::SetupRefused)),
    ] {
        let steps = json!([act("sent"), wait("step", "arrives", "receiver", json!({ "exactly": 1 }))]);
        let trial = Trial::of(&[("hears", steps)], manual.clone(), |_| (200, "{}".to_owned())).await;
        let tried = trial.asking(Says(told)).settling().run().await;
        let verdict = tried.verdict("hears");
        assert_eq!((verdict.outcome, verdict.evidence), (outcome, Evidence::Operator));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_counterpart_fails_as_it_is_told_and_is_up_again_for_the_next_case() {
    let steps = |fault: &str| {
        json!([
            { "given": "down", "play": { "who": ["receiver"], "be": { "fault": fault } } },
            act("sent"),
            { "step": "tries", "await": { "at": ["receiver"], "within": "2s" }, "expect": [{ "count": { "at-least": 1 } }] },
        ])
    };
    for (fault, status) in [("refused", ""), ("error", " 503 "), ("wrong-answer", " 200 ")] {
        let (tell, told) = std::sync::mpsc::channel();
        let tell = std::sync::Mutex::new(tell);
        let tried = tried(steps(fault), move |to, _| {
            let _ = tell.lock().unwrap().send(call("POST", to, ""));
        })
        .await;
        assert_eq!(tried.verdict("hears").outcome, Outcome::Pass, "{fault}");
        let answer = told.recv().unwrap();
        let line = answer.lines().next().unwrap_or_default();
        assert!(if status.is_empty() { line.is_empty() } else { line.contains(status) }, "{fault}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_arrives_is_sealed_as_an_answer_is() {
    let real = "123456782";
    let steps = || json!([act("sent"), wait("step", "arrives", "receiver", json!({ "exactly": 1 }))]);
    let tried =
        tried(steps(), move |to, _| drop(call("POST", &format!("{to}/{real}?bsn={real}"), "Vreemdelinck"))).await;
    let written = tried.written();
    assert!(!written.contains(real) && !written.contains("Vreemdelinck"), "{written}");
    assert_eq!(tried.verdict("hears").outcome, Outcome::Inconclusive(Doubt::ForeignData));
}
