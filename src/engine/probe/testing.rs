//! A tiny server for our own tests: it answers with whatever bytes a test wants, well-formed or not.
//! It is no stand-in for a FHIR server; that is `reference`.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the server does with one connection, in order; then it closes.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Sends these bytes until nobody listens any more.
    Forever(Vec<u8>),
    /// Does nothing for so long.
    Wait(Duration),
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and headers.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

impl Seen {
    /// The request line without the protocol.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A running server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Its base URL, without a slash at the end.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers every request by this function.
    pub(crate) async fn answering(answer: impl Fn(&Seen) -> Vec<Play> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let server = Self { url, seen: Arc::clone(&seen) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move { play(stream, &seen, &*answer).await });
            }
        });
        server
    }

    /// Answers every request with a status and a JSON body.
    pub(crate) async fn json(answer: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static) -> Self {
        Self::answering(move |seen| {
            let (status, body) = answer(seen);
            vec![Play::Say(message(status, &[("content-type", "application/json")], body.as_bytes()))]
        })
        .await
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A well-formed answer.
pub(crate) fn message(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("connection: close\r\n\r\n");
    [text.as_bytes(), body].concat()
}

/// Plays one connection over any stream.
pub(crate) async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    seen: &Mutex<Vec<Seen>>,
    answer: &(impl Fn(&Seen) -> Vec<Play> + ?Sized),
) {
    let Some(request) = request(&mut stream).await else {
        return;
    };
    let plays = answer(&request);
    seen.lock().unwrap().push(request);
    for play in plays {
        let went = match play {
            Play::Say(bytes) => stream.write_all(&bytes).await,
            Play::Forever(bytes) => loop {
                if let Err(error) = stream.write_all(&bytes).await {
                    break Err(error);
                }
            },
            Play::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
        };
        if went.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}

async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Seen> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let seen = Seen { head: head.to_owned(), body: body.to_owned() };
        let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return Some(seen);
        }
    }
}
