//! Carries one request to the reference and its answer back, with the names of both changed.
//! It keeps what it does not have to change and spoils nothing itself.

use super::rewrite::{Swap, Values};
use crate::converse::{Answer, converse};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderMap, HeaderName};
use hyper::http::request::Parts;
use hyper::{Method, Request};
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest the reference may take, and the largest answer that is held.
const PATIENCE: Duration = Duration::from_secs(60);
const ANSWER_LIMIT: usize = 64 * 1024 * 1024;

/// What concerns one connection only (RFC 9110, 7.6.1), and framing, which is made anew.
const HOP: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The host and port of the reference, and the two ways of changing names.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) authority: String,
    pub(super) inward: Swap,
    pub(super) outward: Swap,
}

/// What is taken out of a request on the way in.
#[derive(Debug, Default)]
pub(super) struct Without<'a> {
    pub(super) parameters: Vec<&'a str>,
    pub(super) headers: Vec<&'a str>,
}

/// Whether a request goes to the token service, whose forms are signed for in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counter {
    Token,
    Other,
}

impl Upstream {
    pub(super) async fn exchange(
        &self,
        head: &Parts,
        body: Bytes,
        counter: Counter,
        without: &Without<'_>,
    ) -> io::Result<Answer> {
        let request = self.inward(head, body, counter, without)?;
        let answer =
            timeout(PATIENCE, self.carry(request)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(self.outward(&head.method, answer))
    }

    fn inward(
        &self,
        head: &Parts,
        body: Bytes,
        counter: Counter,
        without: &Without<'_>,
    ) -> io::Result<Request<Full<Bytes>>> {
        let mut headers = self.renamed(&self.inward, &head.headers);
        for name in &without.headers {
            headers.remove(*name);
        }
        let body = match content(&head.headers) {
            Content::Form => {
                let values = match counter {
                    Counter::Token => Values::Of("resource"),
                    Counter::Other => Values::All,
                };
                self.inward.pairs(&body, values, &without.parameters).into()
            }
            Content::Text => self.inward.bytes(&body).map_or(body, Bytes::from),
            Content::Unknown => body,
        };
        let mut target = head.uri.path().to_owned();
        if let Some(query) = head.uri.query() {
            let query = self.inward.pairs(query.as_bytes(), Values::All, &without.parameters);
            // A query of which nothing is left was never asked.
            if !query.is_empty() || without.parameters.is_empty() {
                target.push('?');
                target.push_str(&String::from_utf8_lossy(&query));
            }
        }
        let mut request = Request::builder()
            .method(head.method.clone())
            .uri(target)
            .body(Full::new(body))
            .map_err(io::Error::other)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    async fn carry(&self, request: Request<Full<Bytes>>) -> io::Result<Answer> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        converse(stream, request, ANSWER_LIMIT).await
    }

    fn outward(&self, method: &Method, mut answer: Answer) -> Answer {
        let length = answer.headers.get("content-length").cloned();
        if content(&answer.headers) != Content::Unknown
            && let Some(body) = self.outward.bytes(&answer.body)
        {
            answer.body = body.into();
        }
        answer.headers = self.renamed(&self.outward, &answer.headers);
        if let Some(length) = length.filter(|_| method == Method::HEAD) {
            answer.headers.insert("content-length", length);
        }
        answer
    }

    /// The headers that go on, with the other name in them.
    fn renamed(&self, swap: &Swap, headers: &HeaderMap) -> HeaderMap {
        let named: Vec<String> = headers
            .get_all("connection")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let goes_on =
            |name: &HeaderName| !HOP.contains(&name.as_str()) && !named.iter().any(|hop| hop == name.as_str());
        let mut renamed = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers.iter().filter(|(name, _)| goes_on(name)) {
            let changed = swap.bytes(value.as_bytes()).and_then(|bytes| bytes.try_into().ok());
            renamed.append(name, changed.unwrap_or_else(|| value.clone()));
        }
        renamed
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Form,
    Text,
    Unknown,
}

fn content(headers: &HeaderMap) -> Content {
    // What is packed names nobody in a way that could be changed.
    if headers.contains_key("content-encoding") {
        return Content::Unknown;
    }
    let media = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match media.as_deref() {
        Some("application/x-www-form-urlencoded") => Content::Form,
        Some(media) if media.starts_with("text/") || media.ends_with("json") || media.ends_with("xml") => Content::Text,
        Some(_) | None => Content::Unknown,
    }
}
