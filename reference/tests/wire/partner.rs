//! Another party at the other end of an exchange: it remembers what it was asked and answers as told.
//! Nothing here judges what it hears.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: String,
    pub target: String,
    pub headers: HeaderMap,
    pub body: String,
    pub at: Instant,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The fields of a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        self.body.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (decoded(a), decoded(b))).collect()
    }
}

/// An answer: status, headers, body.
pub struct Said(pub u16, pub Vec<(&'static str, String)>, pub String);

impl Said {
    pub fn status(status: u16) -> Self {
        Self(status, Vec::new(), String::new())
    }

    pub fn json(body: &Value) -> Self {
        Self(200, vec![("content-type", "application/fhir+json".to_owned())], body.to_string())
    }

    pub fn token() -> Self {
        Self::json(&json!({ "access_token": "their-token", "token_type": "Bearer", "expires_in": 60 }))
    }
}

pub struct Partner {
    pub origin: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    listening: JoinHandle<()>,
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Partner {
    /// Answers each request by what it is and by how many of the same target went before.
    pub async fn new(answer: impl Fn(&Heard, usize) -> Said + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (log, answer) = (Arc::clone(&heard), Arc::new(answer));
        let listening = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                        let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                        async move { Ok::<_, Infallible>(one(request, &log, answer.as_ref()).await) }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { origin, heard, listening }
    }

    /// Everything that was heard so far, oldest first.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The requests whose method and target begin so.
    pub fn like(&self, start: &str) -> Vec<Heard> {
        self.heard().into_iter().filter(|heard| heard.line().starts_with(start)).collect()
    }

    /// Waits until so many requests begin so.
    pub async fn hears(&self, start: &str, count: usize) -> Vec<Heard> {
        for _ in 0..400 {
            let found = self.like(start);
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} times `{start}` was not heard, but {:?}", self.heard());
    }
}

async fn one(
    request: Request<hyper::body::Incoming>,
    log: &Mutex<Vec<Heard>>,
    answer: &(dyn Fn(&Heard, usize) -> Said + Send + Sync),
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let heard = Heard {
        method: head.method.to_string(),
        target: head.uri.to_string(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
        at: Instant::now(),
    };
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|one| one.line() == heard.line()).count();
        log.push(heard.clone());
        before
    };
    let Said(status, headers, text) = answer(&heard, before);
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(text))).unwrap()
}
