//! A client of bare sockets: it reports what came back, however malformed.
//! It judges nothing, and it waits for nothing longer than `LONG`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use toetssteen_reference::impostor::{Capability, Impostor, RunningImpostor, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) const SEARCH: &str = "/fhir/Observation?patient=Patient/1";
pub(crate) const PLAIN: &[u8] = b"GET /fhir/Patient HTTP/1.1\r\n\r\n";
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let (first, rest) = head.split_once("\r\n").unwrap();
        Self {
            status: first.split(' ').nth(1).unwrap().parse().unwrap(),
            headers: rest
                .split("\r\n")
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: raw[end + 4..].to_vec(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) async fn run(impostor: Impostor) -> RunningImpostor {
    start(impostor, Capability::Same).await.unwrap()
}

pub(crate) async fn connect(running: &RunningImpostor) -> TcpStream {
    let url = running.url("/");
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    TcpStream::connect(address).await.unwrap()
}

pub(crate) async fn open(running: &RunningImpostor, request: &[u8]) -> TcpStream {
    let mut stream = connect(running).await;
    // One that hangs up at once may be gone before anything is sent.
    let _ = stream.write_all(request).await;
    stream
}

/// Everything that comes back until the other side closes.
pub(crate) async fn raw(running: &RunningImpostor, request: &[u8]) -> Vec<u8> {
    let mut stream = open(running, request).await;
    let mut seen = Vec::new();
    let _ = timeout(LONG, stream.read_to_end(&mut seen)).await.unwrap();
    seen
}

pub(crate) async fn ask(running: &RunningImpostor, method: &str, path: &str, body: &str) -> Seen {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer secret\r\n\
         Content-Type: application/fhir+json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    Seen::parse(&raw(running, request.as_bytes()).await)
}

pub(crate) async fn get(running: &RunningImpostor, path: &str) -> Seen {
    ask(running, "GET", path, "").await
}
