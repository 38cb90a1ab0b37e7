//! The socket: it listens, turns bytes into calls, and writes answers back.
//! It decides nothing about what is asked.

use crate::app::{App, Gate, Origins, nothing_here};
use crate::caching;
use crate::clock::{self, Clock};
use crate::config::{Config, Style};
use crate::directed;
use crate::door::Door;
use crate::errand::{Errand, Errands};
use crate::facility;
use crate::log;
use crate::outbound::Carrier;
use crate::stall;
use crate::tls::{Asks, Ends, Usher};
use crate::wire::{BODY_LIMIT, Call, Payload, pairs};
use crate::xml;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// How much of an oversized body is read and thrown away, so that its sender still hears why.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;
/// The longest a partner may take to show who it is.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A reference that listens; it ends when stopped or dropped.
#[derive(Debug)]
pub struct Running {
    endpoints: BTreeMap<String, String>,
    halt: Option<oneshot::Sender<()>>,
    listening: JoinHandle<()>,
}

impl Running {
    /// The full URL of an endpoint: `fhir`, `fhir-2`, `token`, `portal`, `control`, `hooks`,
    /// `prescriptions`, `handoff`, or `notification`.
    pub fn endpoint(&self, name: &str) -> Option<String> {
        self.endpoints.get(name).cloned()
    }

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

impl Drop for Running {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Starts the reference on a free port of 127.0.0.1.
///
/// Refuses, with `InvalidInput`, an unknown defect name, a client id given twice, or a key or certificate that
/// cannot be used.
pub async fn start(config: Config) -> io::Result<Running> {
    start_at(config, Door::default()).await
}

/// The same at a door of choice; a port that is taken keeps it from starting.
pub async fn start_at(config: Config, door: Door) -> io::Result<Running> {
    let listener = TcpListener::bind(("127.0.0.1", door.port)).await?;
    let own = format!("http://{}", listener.local_addr()?);
    // Read before the names of defects are: one that nobody knows is refused later.
    let optional = config.defects.contains("client-certificate-optional");
    let asks = if optional { Asks::WhoeverLikes } else { Asks::Everybody };
    let clock = Clock::default();
    let secure = config.partners.tls.as_ref().map(|tls| Ends::read(tls, asks, &clock)).transpose()?;
    let partners = match &secure {
        None => None,
        Some(ends) => Some((TcpListener::bind(("127.0.0.1", 0)).await?, ends.usher.clone())),
    };
    let partner = match &partners {
        None => None,
        Some((listener, _)) => Some(format!("https://{}", listener.local_addr()?)),
    };
    let (errands, sent) = Errands::new();
    let app = Arc::new(App::new(config, clock, Origins { own, partner }, Carrier::new(secure), errands)?);
    let endpoints = app.setup.endpoints();
    let (halt, halted) = oneshot::channel();
    let entrances = Entrances { listener, partners };
    let listening = tokio::spawn(listen(entrances, app, door, sent, halted));
    Ok(Running { endpoints, halt: Some(halt), listening })
}

/// The ordinary port, and the one for partners if they have one of their own.
struct Entrances {
    listener: TcpListener,
    partners: Option<(TcpListener, Arc<Usher>)>,
}

impl Entrances {
    /// The next connection, with what makes it secure if it came in by the port of partners.
    async fn next(&self) -> io::Result<(TcpStream, Option<Arc<Usher>>)> {
        let Some((partners, usher)) = &self.partners else {
            return Ok((self.listener.accept().await?.0, None));
        };
        tokio::select! {
            accepted = self.listener.accept() => Ok((accepted?.0, None)),
            accepted = partners.accept() => Ok((accepted?.0, Some(Arc::clone(usher)))),
        }
    }
}

async fn listen(
    entrances: Entrances,
    app: Arc<App>,
    door: Door,
    mut errands: mpsc::UnboundedReceiver<Errand>,
    mut halted: oneshot::Receiver<()>,
) {
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut halted => break,
            Some(_) = tasks.join_next() => {}
            Some(errand) = errands.recv() => drop(tasks.spawn(errand)),
            accepted = entrances.next() => {
                let Ok((stream, usher)) = accepted else { continue };
                // Without this, small answers wait for the other side's acknowledgement.
                let _ = stream.set_nodelay(true);
                let (app, door) = (Arc::clone(&app), door.clone());
                tasks.spawn(async move {
                    match usher {
                        None => converse(app, door, Gate::Ordinary, stream).await,
                        Some(usher) => {
                            let Some(acceptor) = usher.acceptor(&app).await else { return };
                            // Whoever shows no certificate, or nothing at all, is not talked to.
                            if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                                converse(app, door, Gate::Partner, stream).await;
                            }
                        }
                    }
                });
            }
        }
    }
    tasks.shutdown().await;
}

async fn converse(app: Arc<App>, door: Door, gate: Gate, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (app, heard) = (Arc::clone(&app), door.hears(&request));
        async move {
            let response = respond(app, gate, request).await?;
            heard.answered(response.status().as_u16());
            Ok::<_, Infallible>(response)
        }
    });
    // A connection that breaks off is the other side's business.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(app: Arc<App>, gate: Gate, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let path = head
        .uri
        .path()
        .trim_start_matches('/')
        .split('/')
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let call = Call {
        method: head.method,
        path,
        query: pairs(head.uri.query().unwrap_or_default()),
        headers: head.headers,
        payload: collect(body).await,
        in_xml: false,
    };
    let (call, form) = xml::inward(call);
    let style = app.setup.style;
    let reply = match call.path.as_slice() {
        _ if !app.setup.serves(gate, &call) => nothing_here(),
        [hooks, rest @ ..] if hooks == "hooks" => directed::hooked(&app, &call, rest).await,
        _ => match stall::hinder(&app, &call).await {
            Some(refusal) => refusal,
            None => {
                let heard = facility::heard(&app, &call).await;
                let reply = app.answer(&call, &heard);
                stall::note(&app, &call, &reply);
                log::kept(&app, reply).await
            }
        },
    };
    let (status, mut headers, bytes) = reply.render(style, form);
    if let Ok(date) = HeaderValue::from_str(&clock::http_date(app.clock.now())) {
        headers.insert("date", date);
    }
    caching::mark(&app.setup, &call, &mut headers);
    if style == Style::Other {
        headers.insert("server", HeaderValue::from_static("Gemaal/7"));
        let number = format!("{:032x}", rand::random::<u128>());
        if let Ok(number) = HeaderValue::from_str(&number) {
            headers.insert("x-request-id", number);
        }
    }
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

async fn collect(mut body: Incoming) -> Payload {
    let mut whole = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(part) = frame.data_ref() else {
            continue;
        };
        seen = seen.saturating_add(part.len());
        if seen <= BODY_LIMIT {
            whole.extend_from_slice(part);
        } else {
            whole.clear();
        }
        if seen > DRAIN_LIMIT {
            break;
        }
    }
    if seen > BODY_LIMIT { Payload::TooLarge } else { Payload::Whole(whole.freeze()) }
}
