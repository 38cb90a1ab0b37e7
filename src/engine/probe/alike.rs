//! Drives both probes against the same small servers: what they report must not depend on which of them asked.
//! Only tests live here.

use super::http::HttpProbe;
use super::message::Limits;
use super::raw::RawProbe;
use super::testing::{Play, Server, message};
use super::trust::Trust;
use super::{Answer, Broken, Probe, Request};
use crate::model::record::{Facts, FaultPhase};
use crate::model::request::Method;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const LIMITS: Limits = Limits { timeout: Duration::from_millis(800), header_limit: 64 * 1024, body_limit: 100_000 };

fn probes(trust: &Trust) -> (HttpProbe, RawProbe) {
    (HttpProbe::new(LIMITS, trust).unwrap(), RawProbe::new(LIMITS, trust))
}

pub(super) fn get(url: &str) -> Request {
    let headers = vec![("accept".to_owned(), "application/fhir+json".to_owned())];
    Request { method: Method::Get, url: url.to_owned(), headers, body: Vec::new() }
}

/// What both probes say, facts aside.
pub(super) async fn both(trust: &Trust, request: &Request) -> Result<Answer, Broken> {
    let (http, raw) = probes(trust);
    let http = http.exchange(request).await.result;
    let raw = raw.exchange(request).await.result;
    let plain = |answer: &Answer| format!("{:?}", Answer { facts: Facts::default(), ..answer.clone() });
    match (&http, &raw) {
        (Ok(http), Ok(raw)) => assert_eq!(plain(http), plain(raw)),
        (Err(http), Err(raw)) => assert_eq!(format!("{http:?}"), format!("{raw:?}")),
        (http, raw) => panic!("reqwest saw {http:?}\nhyper saw {raw:?}"),
    }
    raw
}

async fn answered(plays: Vec<Play>) -> Result<Answer, Broken> {
    let server = Server::answering(move |_| plays.clone()).await;
    both(&Trust::with(&[]).unwrap(), &get(&format!("{}/fhir/Patient?name=x|y", server.url))).await
}

pub(super) fn say(text: impl AsRef<[u8]>) -> Vec<Play> {
    vec![Play::Say(text.as_ref().to_vec())]
}

#[tokio::test]
async fn whole_answers_come_whole() {
    let answer = answered(say(message(200, &[("X-A", "1"), ("x-b", "2"), ("X-a", "3")], b"hello"))).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice(), answer.cut), (200, b"hello".as_slice(), false));
    let of_a: Vec<_> =
        answer.headers.iter().filter(|(name, _)| name == "x-a").map(|(_, value)| value.as_str()).collect();
    assert_eq!(of_a, ["1", "3"]);

    let empty = answered(say(message(204, &[], b""))).await.unwrap();
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    let until_close = answered(say("HTTP/1.1 200 OK\r\n\r\nuntil the end")).await.unwrap();
    assert_eq!(until_close.body, b"until the end");
    let early =
        answered(say("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))
            .await;
    assert_eq!((early.as_ref().unwrap().status, early.unwrap().body.as_slice()), (200, b"ok".as_slice()));
}

#[tokio::test]
async fn nothing_is_followed_decoded_or_kept() {
    let moved = answered(say(message(302, &[("location", "/elsewhere"), ("set-cookie", "a=b")], b""))).await.unwrap();
    assert_eq!(moved.status, 302);
    let coded = answered(say(message(200, &[("content-encoding", "gzip")], b"\x1f\x8b\x08not really"))).await.unwrap();
    assert_eq!(coded.body, b"\x1f\x8b\x08not really");
    let foreign = answered(say(b"HTTP/1.1 200 OK\r\nx-name: caf\xe9\r\ncontent-length: 0\r\n\r\n")).await.unwrap();
    assert!(foreign.headers.iter().any(|(_, value)| value == "caf\u{fffd}"));
}

#[tokio::test]
async fn chunks_and_trailers_are_read() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx-sum: 5\r\n\r\n";
    let answer = answered(say(chunked)).await.unwrap();
    assert_eq!(answer.body, b"abcde");
    assert_eq!(answer.trailers, [("x-sum".to_owned(), "5".to_owned())]);
}

#[tokio::test]
async fn what_is_not_framed_right_is_broken_while_receiving() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for plays in [
        say("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort"),
        say("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\nshort"),
        say(format!("{chunked}zz\r\nabc\r\n0\r\n\r\n")),
        say(format!("{chunked}5\r\nab")),
        say("SSH-2.0-OpenSSH_9.9\r\n"),
        say("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"),
        say(""),
    ] {
        let broken = answered(plays.clone()).await.expect_err(&format!("{plays:?}"));
        assert_eq!((broken.phase, broken.timed_out), (FaultPhase::Receive, false), "{plays:?}: {}", broken.detail);
    }
}

#[tokio::test]
async fn endless_answers_end_within_the_limits() {
    let start = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let body = answered(vec![Play::Say(start.clone()), Play::Forever(vec![b'x'; 8192])]).await.unwrap();
    assert_eq!((body.body.len(), body.cut), (LIMITS.body_limit, true));

    let head = answered(vec![
        Play::Say(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Play::Forever(b"x-filler: 0123456789\r\n".repeat(50)),
    ]);
    assert_eq!(head.await.unwrap_err().phase, FaultPhase::Receive);
    let five_megabytes = message(200, &[("x-large", &"y".repeat(5_000_000))], b"");
    let large = answered(say(five_megabytes)).await.unwrap_err();
    assert_eq!((large.phase, large.timed_out), (FaultPhase::Receive, false), "{}", large.detail);
    let above = answered(say(message(200, &[("x-large", &"y".repeat(70_000))], b""))).await.unwrap_err();
    assert_eq!(above.detail, "its headers are larger than 65536 bytes");

    let hints = answered(vec![Play::Forever(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(50))]).await.unwrap_err();
    assert_eq!((hints.phase, hints.timed_out), (FaultPhase::Receive, true));
    let drip = Play::Wait(Duration::from_secs(20));
    let begun = Instant::now();
    let slow = answered(vec![Play::Say([start, b"a".to_vec()].concat()), drip.clone()]).await.unwrap_err();
    let silent = answered(vec![drip]).await.unwrap_err();
    assert!(slow.timed_out && silent.timed_out && begun.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn an_exact_fit_is_not_cut() {
    let exact = answered(say(message(200, &[], &vec![b'x'; LIMITS.body_limit]))).await.unwrap();
    assert_eq!((exact.body.len(), exact.cut), (LIMITS.body_limit, false));
    let above = answered(say(message(200, &[], &vec![b'x'; LIMITS.body_limit + 1]))).await.unwrap();
    assert_eq!((above.body.len(), above.cut), (LIMITS.body_limit, true));
}

#[tokio::test]
async fn a_request_arrives_as_written_and_nothing_is_added() {
    let server = Server::answering(|_| say(message(200, &[], b""))).await;
    let trust = Trust::with(&[]).unwrap();
    let post = Request {
        method: Method::Post,
        url: format!("{}/a%2Fb?q=1#part", server.url),
        headers: vec![("x-one".to_owned(), "1".to_owned()), ("x-one".to_owned(), "é".to_owned())],
        body: b"{}".to_vec(),
    };
    let with_accept = Request { headers: [get("").headers, post.headers.clone()].concat(), ..post.clone() };
    let empty = Request { body: Vec::new(), ..with_accept.clone() };
    for (request, length, headers) in [(post, "2", 4), (with_accept, "2", 5), (empty, "0", 5)] {
        both(&trust, &request).await.unwrap();
        for seen in &server.seen()[server.seen().len() - 2..] {
            assert_eq!(seen.line(), "POST /a%2Fb?q=1");
            assert_eq!(seen.header("content-length"), Some(length));
            assert_eq!(Some(seen.header("host").unwrap()), server.url.strip_prefix("http://"));
            assert_eq!(seen.head.lines().count() - 1, headers, "{}", seen.head);
        }
    }
}

#[tokio::test]
async fn only_the_raw_probe_measures_the_wire() {
    let bytes = message(200, &[], b"12345");
    let length = bytes.len() as u64;
    let server = Server::answering(move |_| say(&bytes)).await;
    let (_, raw) = probes(&Trust::with(&[]).unwrap());
    for number in 1..=2 {
        let facts = raw.exchange(&get(&server.url)).await.result.unwrap().facts;
        assert_eq!((facts.wire_length, facts.connection, facts.tls), (Some(length), Some(number), None));
    }
}

#[tokio::test]
async fn no_name_and_no_port_are_told_apart() {
    let trust = Trust::with(&[]).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let port = both(&trust, &get(&format!("http://{free}/"))).await.unwrap_err();
    assert_eq!((port.phase, port.detail.as_str()), (FaultPhase::Connect, "nobody listens at that address"));
    let name = both(&trust, &get("http://nobody.invalid/")).await.unwrap_err();
    assert_eq!(name.phase, FaultPhase::Resolve, "{}", name.detail);
    let url = both(&trust, &get("ftp://nobody.invalid/")).await.unwrap_err();
    assert_eq!(url.phase, FaultPhase::Send);
}
