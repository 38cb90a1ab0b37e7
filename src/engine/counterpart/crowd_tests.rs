//! Many callers at once, slow ones and broken ones among them: nothing is lost, mixed up, or kept without bound.
//! Only tests live here.

use super::desk::MOST;
use super::{Desk, Switchboard};
use crate::engine::seal::Seal;
use crate::engine::tape::Tape;
use crate::model::plan::Dialect;
use crate::model::record::{Event, InboundRecord};
use crate::model::target::{Counterparts, FhirVersion, Format};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CALLERS: u32 = 100;
const EACH: u32 = 10;
const LIMIT: u64 = 4096;

struct Ground {
    board: Arc<Switchboard>,
    tape: Arc<Tape>,
    desks: Vec<Arc<Desk>>,
    host: String,
}

/// Two cases at one switchboard.
async fn ground() -> Ground {
    let board = Arc::new(Switchboard::open(&Counterparts::default(), LIMIT).await.unwrap());
    let tape = Arc::new(Tape::new(Seal::new(Vec::new(), Vec::new(), BTreeSet::new(), "salt"), 1 << 26));
    let dialect = Dialect { fhir: FhirVersion::R4, format: Format::Json };
    let desks: Vec<Arc<Desk>> =
        (0..2).map(|number| Arc::new(Desk::new(number, 1, format!("case-{number}"), dialect))).collect();
    desks.iter().for_each(|desk| board.seat(desk, &[]));
    board.serve(&tape, &Arc::default());
    let host = board.places()["receiver"].url.strip_prefix("http://").unwrap().to_owned();
    Ground { board, tape, desks, host }
}

impl Ground {
    fn arrived(&self) -> Vec<InboundRecord> {
        self.tape.look(|records, _| {
            let inbound = records.iter().filter_map(|record| match &record.event {
                Event::Inbound(inbound) => Some((**inbound).clone()),
                _ => None,
            });
            inbound.collect()
        })
    }
}

fn post(host: &str, path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 1024];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut bytes)).await;
    let read = read.expect("it is answered").unwrap_or(0);
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_notifications_over_a_hundred_connections_all_arrive_where_they_belong() {
    let ground = ground().await;
    // Somebody who says half a word, and somebody who goes away in the middle.
    let mut slow = TcpStream::connect(&ground.host).await.unwrap();
    slow.write_all(b"POST /case-0/receiver/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nab").await.unwrap();
    let mut broken = TcpStream::connect(&ground.host).await.unwrap();
    broken.write_all(b"POST /case-0/receiver/broken HTTP/1.1\r\ncontent-le").await.unwrap();
    drop(broken);
    let callers = (0..CALLERS).map(|caller| {
        let host = ground.host.clone();
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(&host).await.unwrap();
            for number in 0..EACH {
                let (case, id) = (caller % 2, caller * EACH + number);
                let request = post(&host, &format!("/case-{case}/receiver/task-{id}"), &format!("body of {id}"));
                stream.write_all(request.as_bytes()).await.unwrap();
                assert!(answer(&mut stream).await.starts_with("HTTP/1.1 202"));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let records = ground.tape.look(|records, bodies| {
        let of = |record: &crate::model::record::Record| match &record.event {
            Event::Inbound(inbound) => {
                let body = String::from_utf8_lossy(inbound.request.body.bytes(bodies)).into_owned();
                Some((inbound.below.clone(), (record.key.instance, body)))
            }
            _ => None,
        };
        let all: Vec<_> = records.iter().filter_map(of).collect();
        assert_eq!(all.len(), (CALLERS * EACH) as usize, "each once, and nobody who did not finish");
        all.into_iter().collect::<BTreeMap<_, _>>()
    });
    for id in 0..CALLERS * EACH {
        let caller = id / EACH;
        assert_eq!(records[&format!("/task-{id}")], (Some(caller % 2), format!("body of {id}")));
    }
    // The slow one is not forgotten either.
    slow.write_all(b"cd").await.unwrap();
    assert!(answer(&mut slow).await.starts_with("HTTP/1.1 202"));
    assert_eq!(ground.arrived().len(), (CALLERS * EACH) as usize + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_without_end_is_told_to_slow_down_and_noted_once() {
    let ground = ground().await;
    let mut stream = TcpStream::connect(&ground.host).await.unwrap();
    let mut refused = 0;
    for _ in 0..MOST + 3 {
        stream.write_all(post(&ground.host, "/case-0/receiver/again", "x").as_bytes()).await.unwrap();
        refused += u64::from(answer(&mut stream).await.starts_with("HTTP/1.1 429"));
    }
    assert_eq!((refused, ground.arrived().len() as u64), (3, MOST));
    let noted = ground.tape.look(|records, _| {
        let limit = |record: &&crate::model::record::Record| matches!(record.event, Event::Skipped(_));
        records.iter().filter(limit).map(|record| (record.key.instance, record.key.step.clone())).collect::<Vec<_>>()
    });
    assert_eq!(noted, [(Some(0), None)]);
    // Another case is not touched by it.
    stream.write_all(post(&ground.host, "/case-1/receiver/first", "x").as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 202"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_cut_and_said_to_be() {
    let ground = ground().await;
    let mut stream = TcpStream::connect(&ground.host).await.unwrap();
    let large = "x".repeat(3 * LIMIT as usize);
    stream.write_all(post(&ground.host, "/case-0/receiver/large", &large).as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 413"));
    let arrived = ground.arrived();
    assert_eq!((arrived.len(), arrived[0].request.body.cut), (1, true));
    assert!(arrived[0].request.body.length <= LIMIT);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_for_nobody_is_answered_and_not_kept() {
    let ground = ground().await;
    let desk = &ground.desks[1];
    ground.board.leave(desk).await;
    for path in ["/case-1/receiver/late", "/unknown/receiver/x", "/case-0/nobody/x", "/"] {
        let mut stream = TcpStream::connect(&ground.host).await.unwrap();
        stream.write_all(post(&ground.host, path, "x").as_bytes()).await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 404"), "{path}");
    }
    assert_eq!((ground.arrived().len(), ground.board.strays()), (0, 4));
}

#[tokio::test]
async fn a_board_that_is_shut_leaves_its_addresses_to_others() {
    let ground = ground().await;
    let address = ground.host.clone();
    assert!(tokio::net::TcpListener::bind(&address).await.is_err());
    ground.board.shut().await;
    assert!(tokio::net::TcpListener::bind(&address).await.is_ok());
}
