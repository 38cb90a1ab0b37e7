//! A reference that only tells what reached it, a proxy before it, and a client of bare sockets.
//! Nothing here judges what comes back.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use toetssteen_reference::mutate::{Action, Mutation, Route, RunningProxy, start};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An upstream that tells what reached it: its number of requests is part of the answer.
pub(crate) async fn teller() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let own = authority.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let own = own.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| tell(own.clone(), request));
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    authority
}

async fn tell(own: String, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers: Map<String, Value> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let told = json!({
        "method": head.method.as_str(),
        "target": head.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "here": format!("http://{own}/a/fhir"),
        "next": format!("u=http%3A%2F%2F{}", own.replace(':', "%3A")),
    });
    let status = if head.uri.path().contains("missing") { 404 } else { 200 };
    // The proxy changes no names in what is not text, so that what was heard can be seen.
    let media =
        if head.headers.contains_key("x-verbatim") { "application/octet-stream" } else { "application/fhir+json" };
    let response = Response::builder()
        .status(status)
        .header("content-type", media)
        .header("location", format!("http://{own}/a/fhir/Patient/1"))
        .header("x-teller", "yes")
        .body(Full::new(Bytes::from(told.to_string())));
    Ok(response.unwrap())
}

/// The endpoints `fhir` and `token` of a teller.
pub(crate) fn upstreams(authority: &str) -> BTreeMap<String, String> {
    [("fhir", "/a/fhir"), ("token", "/token")]
        .map(|(name, path)| (name.to_owned(), format!("http://{authority}{path}")))
        .into()
}

pub(crate) async fn proxy(mutations: Vec<Mutation>) -> (RunningProxy, String) {
    let authority = teller().await;
    let running = start(upstreams(&authority), mutations).await.unwrap();
    (running, authority)
}

/// A mutation of every exchange.
pub(crate) fn always(action: Action) -> Mutation {
    Mutation { route: Route::default(), action }
}

/// A mutation of what lies at a path.
pub(crate) fn at(path: &str, action: Action) -> Mutation {
    let route = Route { path: Some(path.to_owned()), ..Route::default() };
    Mutation { route, action }
}

pub(crate) fn authority(running: &RunningProxy) -> String {
    let url = &running.endpoints()["fhir"];
    url.split('/').nth(2).unwrap().to_owned()
}

/// One exchange with the proxy; `headers` are whole lines, each with its line end.
pub(crate) async fn ask(running: &RunningProxy, method: &str, target: &str, headers: &str, body: &str) -> Seen {
    let authority = authority(running);
    let mut stream = TcpStream::connect(&authority).await.unwrap();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         {headers}{length}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let read = stream.read_to_string(&mut seen);
    timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    let (first, rest) = head.split_once("\r\n").unwrap();
    Seen {
        status: first.split(' ').nth(1).unwrap().parse().unwrap(),
        headers: rest
            .split("\r\n")
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

/// With this header line the teller's answer comes back with the names it heard itself.
pub(crate) const VERBATIM: &str = "X-Verbatim: 1\r\n";

pub(crate) async fn get(running: &RunningProxy, target: &str) -> Seen {
    ask(running, "GET", target, "", "").await
}
