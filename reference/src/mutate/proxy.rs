//! The socket of the proxy, and the order in which mutations get their turn.
//! What a mutation does stands in `apply`, and how a request travels in `forward`.

use super::forward::{Counter, Upstream, Without};
use super::mutation::{Action, Mutation, refused};
use super::rewrite::Swap;
use crate::converse::Answer;
use crate::door::Door;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// More than the reference reads of a request; whoever sends more hears it from the proxy.
const REQUEST_LIMIT: usize = 32 * 1024 * 1024;
const CONNECTIONS: usize = 256;

/// A proxy that listens; it ends when stopped or dropped.
#[derive(Debug)]
pub struct RunningProxy {
    endpoints: BTreeMap<String, String>,
    /// The token endpoint as the reference itself knows it, when there is one called `token`.
    ///
    /// `private_key_jwt` does not work through the proxy: an assertion names the URL it was made
    /// for, which is that of the proxy, and what is signed cannot be changed on the way. Clients
    /// use a secret; one that can choose the `aud` of its assertion may name this URL instead.
    pub assertion_audience: Option<String>,
    halt: Option<oneshot::Sender<()>>,
    listening: JoinHandle<()>,
}

impl RunningProxy {
    /// By name, every URL that was given, with the host and port of the proxy.
    pub fn endpoints(&self) -> BTreeMap<String, String> {
        self.endpoints.clone()
    }

    /// Ends every connection and returns once nothing listens any more.
    pub async fn stop(mut self) {
        if let Some(halt) = self.halt.take() {
            // The listener may have ended by itself; then there is nobody to tell.
            let _ = halt.send(());
        }
        let _ = (&mut self.listening).await;
    }
}

impl Drop for RunningProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

#[derive(Debug)]
struct Proxy {
    upstream: Upstream,
    /// Base paths without a slash at the end, the longest first.
    bases: Vec<String>,
    token: Option<String>,
    mutations: Vec<Mutation>,
}

/// Starts a proxy on a free port of 127.0.0.1; see [`start_at`].
pub async fn start(upstreams: BTreeMap<String, String>, mutations: Vec<Mutation>) -> io::Result<RunningProxy> {
    start_at(upstreams, mutations, Door::default()).await
}

/// Starts a proxy at a door of choice; a port that is taken keeps it from starting.
///
/// Refuses, with `InvalidInput`, URLs that do not all name the same host and port over plain HTTP,
/// and mutations that could never be carried out. Everything on that host and port is reachable
/// through the proxy, also what lies below none of the URLs.
pub async fn start_at(
    upstreams: BTreeMap<String, String>,
    mutations: Vec<Mutation>,
    door: Door,
) -> io::Result<RunningProxy> {
    mutations.iter().try_for_each(Mutation::check)?;
    let mut authority = None;
    let mut paths = BTreeMap::new();
    for (name, url) in &upstreams {
        let (there, path) = split(url).ok_or_else(|| refused(format_args!("`{name}` is no plain HTTP URL")))?;
        if *authority.get_or_insert(there) != there {
            return Err(refused(format_args!("`{name}` is on another host or port")));
        }
        paths.insert(name.clone(), path);
    }
    let authority = authority.ok_or_else(|| refused(format_args!("there is no endpoint")))?;
    let listener = TcpListener::bind(("127.0.0.1", door.port)).await?;
    let own = listener.local_addr()?.to_string();
    let endpoints = paths.iter().map(|(name, path)| (name.clone(), format!("http://{own}{path}"))).collect();
    let mut bases: Vec<String> = paths.values().map(|path| base(path)).collect();
    bases.sort_by_key(|base| std::cmp::Reverse(base.len()));
    let proxy = Proxy {
        upstream: Upstream {
            authority: authority.to_owned(),
            inward: Swap::new(&own, authority),
            outward: Swap::new(authority, &own),
        },
        bases,
        token: paths.get("token").map(|path| base(path)),
        mutations,
    };
    let (halt, halted) = oneshot::channel();
    let listening = tokio::spawn(listen(listener, Arc::new(proxy), door, halted));
    Ok(RunningProxy { endpoints, assertion_audience: upstreams.get("token").cloned(), halt: Some(halt), listening })
}

/// Host and port, and everything after them.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':')?;
    let fits = !host.is_empty() && port.parse::<u16>().is_ok() && !authority.contains(['@', '?']);
    fits.then_some((authority, path))
}

fn base(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}

async fn listen(listener: TcpListener, proxy: Arc<Proxy>, door: Door, mut halted: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut halted => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => {
                let Ok((stream, _)) = accepted else {
                    // Out of descriptors, most likely: asking again at once would spin.
                    sleep(Duration::from_millis(20)).await;
                    continue;
                };
                // Without this, small answers wait for the other side's acknowledgement.
                let _ = stream.set_nodelay(true);
                let (proxy, door) = (Arc::clone(&proxy), door.clone());
                connections.spawn(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        let (proxy, heard) = (Arc::clone(&proxy), door.hears(&request));
                        async move {
                            let response = respond(proxy, request).await?;
                            heard.answered(response.status().as_u16());
                            Ok::<_, Infallible>(response)
                        }
                    });
                    // A connection that breaks off is the other side's business.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .auto_date_header(false)
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        }
    }
    connections.shutdown().await;
}

async fn respond(proxy: Arc<Proxy>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = proxy.answer(request).await;
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

impl Proxy {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, REQUEST_LIMIT).collect().await else {
            return Answer::own(413, "the request is too large or broke off");
        };
        let path = head.uri.path();
        let meant: Vec<&Mutation> = self
            .mutations
            .iter()
            .filter(|mutation| {
                let (below, whole) = (decoded(self.below(path)), decoded(path));
                mutation.route.means(head.method.as_str(), &below, &whole)
            })
            .collect();
        let mut without = Without::default();
        for mutation in &meant {
            match &mutation.action {
                Action::AnswerBeforeForwarding { status, body } => {
                    return Answer::own(*status, body);
                }
                Action::IgnoreParameter(name) => without.parameters.push(name),
                Action::DropRequestHeader(name) => without.headers.push(name),
                Action::Status(_)
                | Action::Body(_)
                | Action::DropBody
                | Action::Header { .. }
                | Action::DropHeader(_)
                | Action::RemoveElement(_)
                | Action::Delay(_) => {}
            }
        }
        let counter =
            if self.token.as_deref() == Some(path.trim_end_matches('/')) { Counter::Token } else { Counter::Other };
        let exchange = self.upstream.exchange(&head, body.to_bytes(), counter, &without);
        let mut answer = match exchange.await {
            Ok(answer) => answer,
            // A fault of the proxy is never spoiled into something that looks like an answer.
            Err(_) => return Answer::own(502, "the reference behind this proxy did not answer"),
        };
        let status = answer.status.as_u16();
        for mutation in meant {
            if mutation.route.means_status(status) {
                answer.spoil(&mutation.action).await;
            }
        }
        answer
    }

    /// The path below the base it lies under; the whole path when it lies under none.
    fn below<'a>(&self, path: &'a str) -> &'a str {
        self.bases
            .iter()
            .find_map(|base| path.strip_prefix(base.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/')))
            .unwrap_or(path)
    }
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
