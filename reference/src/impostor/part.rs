//! How each impostor plays its part on one connection.
//! It writes to the socket itself where a polite library would refuse to.

use super::answer::{Answer, FHIR, head};
use super::request::Asked;
use super::{Capability, Impostor, blob, content, writer};
use bytes::Bytes;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How long the other side may take to read what was sent before the connection is torn down.
const LINGER: Duration = Duration::from_secs(2);
const DAY: &str = "86400";

/// One impostor and what it needs for its part.
#[derive(Debug)]
pub(super) struct Part {
    impostor: Impostor,
    capability: Capability,
    origin: String,
    /// The large body, from the first request on.
    blob: OnceLock<Bytes>,
    served: AtomicU64,
}

/// What is done with one request.
enum Manner {
    Answer(Answer),
    Silence,
    Trickle,
    Flood,
    Leave,
}

impl Part {
    pub(super) fn new(impostor: Impostor, capability: Capability, origin: String) -> Self {
        Self { impostor, capability, origin, blob: OnceLock::new(), served: AtomicU64::new(0) }
    }

    /// Plays one connection to its end; the caller bounds how long that may take.
    pub(super) async fn play(&self, stream: TcpStream) -> io::Result<()> {
        let leaves = self.impostor == Impostor::ClosesAtOnce;
        if leaves && self.capability == Capability::Same {
            return Ok(());
        }
        let mut stream = BufReader::new(stream);
        let Some(asked) = Asked::read(&mut stream).await? else {
            return Ok(());
        };
        let mut stream = stream.into_inner();
        match self.manner(&asked) {
            Manner::Answer(answer) => {
                answer.send(&asked, &mut stream).await?;
                part_ways(stream).await
            }
            Manner::Silence => discard(&mut stream).await,
            Manner::Trickle => trickle(&mut stream).await,
            Manner::Flood => flood(&mut stream).await,
            Manner::Leave => Ok(()),
        }
    }

    fn manner(&self, asked: &Asked) -> Manner {
        let path = asked.path();
        if self.capability == Capability::Honest
            && asked.method == "GET"
            && let Some(base) = path.strip_suffix("/metadata")
        {
            let base = format!("{}{base}", self.origin);
            let statement = content::capability_statement(&base);
            return Manner::Answer(Answer::resource(200, &statement));
        }
        let url = format!("{}{}", self.origin, asked.target);
        let answer = match self.impostor {
            Impostor::NeverAnswers => return Manner::Silence,
            Impostor::OneByteASecond => return Manner::Trickle,
            Impostor::EndlessBody => return Manner::Flood,
            Impostor::ClosesAtOnce => return Manner::Leave,
            Impostor::Refuses401 => {
                refusal(401, "login").with("WWW-Authenticate", "Bearer realm=\"fhir\", error=\"invalid_token\"")
            }
            Impostor::Refuses403 => refusal(403, "forbidden"),
            Impostor::Refuses404 => refusal(404, "not-found"),
            Impostor::Refuses410 => refusal(410, "deleted"),
            Impostor::Refuses429 => refusal(429, "throttled").with("Retry-After", DAY),
            Impostor::Refuses500 => refusal(500, "exception"),
            Impostor::PoliteOutcome => Answer::resource(404, &content::polite_outcome()),
            Impostor::EmptyObject => Answer::new(200, FHIR, "{}"),
            Impostor::EmptyBundle => Answer::resource(200, &content::empty_bundle()),
            Impostor::EmptyBundleTotal => Answer::resource(200, &content::empty_bundle_for(&url)),
            Impostor::Always201 => {
                let id = rand::random::<u128>();
                let place = format!("{}{path}/{id:032x}/_history/1", self.origin);
                Answer::bare(201).with("Location", place)
            }
            Impostor::Echo => echo(asked),
            Impostor::Html => Answer::new(200, "text/html; charset=utf-8", content::page()),
            Impostor::RandomBytes => {
                let number = self.served.fetch_add(1, Ordering::Relaxed);
                Answer::new(200, FHIR, blob::noise(number))
            }
            Impostor::InvalidUtf8 => self.large(blob::invalid_utf8),
            Impostor::NestedJson => self.large(blob::nested),
            Impostor::SamePatient if is_patient(path) => Answer::resource(200, &content::patient()),
            Impostor::SamePatient => Answer::resource(200, &content::same_bundle(&self.origin)),
            Impostor::AcceptsWritesReturnsNothing => writer::answer(asked, &self.origin),
            Impostor::TokenForEveryone if asked.method == "POST" && path.ends_with("/token") => Answer::token(),
            Impostor::TokenForEveryone => Answer::resource(200, &content::empty_bundle()),
            Impostor::ScriptEverywhere => poison(asked),
            Impostor::RedirectLoop => Answer::bare(302).with("Location", url),
            Impostor::HugeHeader => Answer::resource(200, &content::empty_bundle()).with("X-Filler", blob::filler()),
            Impostor::Bomb => self.large(blob::bomb).with("Content-Encoding", "gzip"),
            Impostor::WrongLength => {
                let body = content::empty_bundle().to_string();
                let stated = body.len() + 1000;
                Answer::new(200, FHIR, body).stating(stated)
            }
            Impostor::WrongLengthShort => Answer::resource(200, &content::empty_bundle()).stating(20),
        };
        Manner::Answer(answer)
    }

    /// A Bundle, or what passes for one, that is made only once.
    fn large(&self, make: fn() -> Bytes) -> Answer {
        Answer::new(200, FHIR, self.blob.get_or_init(make).clone())
    }
}

fn refusal(status: u16, code: &str) -> Answer {
    Answer::resource(status, &content::outcome(code, "this request is refused"))
}

/// Whether a path ends in `Patient/<something>`.
fn is_patient(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    parts.next().is_some_and(|id| !id.is_empty() && !id.starts_with(['_', '$'])) && parts.next() == Some("Patient")
}

fn echo(asked: &Asked) -> Answer {
    let answer = if asked.body.is_empty() {
        let mut text = format!("{} {} HTTP/1.1", asked.method, asked.target);
        for (name, value) in &asked.headers {
            text.push_str(&format!("\r\n{name}: {value}"));
        }
        Answer::new(200, FHIR, serde_json::Value::String(text).to_string())
    } else {
        let media = asked.header("content-type").unwrap_or("text/plain");
        Answer::new(200, media, asked.body.clone())
    };
    // A name that is none would spoil the head, and a malformed head is not this part.
    let named = asked.headers.iter().filter(|(name, _)| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        name.chars().all(fits)
    });
    named.fold(answer, |answer, (name, value)| answer.with(format!("X-Echo-{name}"), value))
}

fn poison(asked: &Asked) -> Answer {
    let is_search = asked.method == "GET" || asked.path().ends_with("/_search");
    let answer = if is_search {
        Answer::resource(200, &content::poison_bundle())
    } else {
        Answer::resource(422, &content::poison_outcome())
    };
    ["Server", "ETag", "Location", "X-Request-Id"]
        .into_iter()
        .fold(answer, |answer, name| answer.with(name, content::POISON_HEADER))
}

/// Ends our side first: closing on unread bytes would tear the answer from the reader's hands.
async fn part_ways(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    // Whoever is not done by then loses the connection, which is no fault.
    let _ = timeout(LINGER, discard(&mut stream)).await;
    Ok(())
}

async fn discard(stream: &mut TcpStream) -> io::Result<()> {
    let mut waste = vec![0; 16 * 1024];
    while stream.read(&mut waste).await? > 0 {}
    Ok(())
}

async fn trickle(stream: &mut TcpStream) -> io::Result<()> {
    let body = content::same_bundle("http://127.0.0.1").to_string();
    let headers = [("Content-Type".to_owned(), FHIR.to_owned()), ("Content-Length".to_owned(), body.len().to_string())];
    stream.write_all(head(200, &headers).as_bytes()).await?;
    for byte in body.bytes() {
        stream.write_all(&[byte]).await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn flood(stream: &mut TcpStream) -> io::Result<()> {
    let headers =
        [("Content-Type".to_owned(), FHIR.to_owned()), ("Transfer-Encoding".to_owned(), "chunked".to_owned())];
    stream.write_all(head(200, &headers).as_bytes()).await?;
    let start = r#"{"resourceType":"Bundle","type":"searchset","entry":["#;
    stream.write_all(&chunk(start)).await?;
    let entry = r#"{"resource":{"resourceType":"Patient","id":"again"}},"#;
    let more = chunk(&entry.repeat(1024));
    loop {
        stream.write_all(&more).await?;
    }
}

fn chunk(text: &str) -> Vec<u8> {
    format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()
}
