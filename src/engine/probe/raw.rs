//! Exchanges that are judged by bytes, sizes or malformed input: hyper over a stream that we count.
//! One connection an exchange, closed after it; otherwise the record is the same as of `http.rs`.

use super::fault::{broken, too_slow, unwritable};
use super::message::{HEADER_COUNT, Limits, Parts, answer, parts};
use super::trust::Trust;
use super::{Answer, Broken, Carried, Probe, Request, stage};
use crate::model::record::{Facts, FaultPhase};
use bytes::Bytes;
use http::HeaderValue;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use rustls::ProtocolVersion;
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// The probe that counts what comes over the wire.
pub struct RawProbe {
    limits: Limits,
    tls: TlsConnector,
    connections: AtomicU64,
}

impl std::fmt::Debug for RawProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawProbe").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl RawProbe {
    /// A probe within these limits that believes these authorities.
    #[must_use]
    pub fn new(limits: Limits, trust: &Trust) -> Self {
        let tls = TlsConnector::from(Arc::clone(trust.config()));
        Self { limits, tls, connections: AtomicU64::new(0) }
    }

    async fn carry(&self, request: &Request) -> Result<Answer, Broken> {
        let parts = parts(request)?;
        let message = message(&parts, &request.body)?;
        let tcp = connect(&parts.url).await?;
        let mut facts =
            Facts { connection: Some(self.connections.fetch_add(1, Ordering::Relaxed) + 1), ..Facts::default() };
        if parts.url.scheme() == "https" {
            stage::mark(FaultPhase::Tls);
            let name = server_name(&parts.url)?;
            let stream = self.tls.connect(name, tcp).await.map_err(|error| broken(FaultPhase::Tls, &error))?;
            facts.tls = stream.get_ref().1.protocol_version().map(version);
            self.speak(stream, message, facts).await
        } else {
            self.speak(tcp, message, facts).await
        }
    }

    async fn speak<S>(&self, stream: S, message: http::Request<Full<Bytes>>, mut facts: Facts) -> Result<Answer, Broken>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        stage::mark(FaultPhase::Receive);
        let received = Arc::new(AtomicU64::new(0));
        let counted = TokioIo::new(Counted { stream, received: Arc::clone(&received) });
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_headers(HEADER_COUNT)
            .handshake(counted)
            .await
            .map_err(|error| broken(FaultPhase::Send, &error))?;
        // Ends with this function: dropping the set aborts the task and closes the connection.
        let mut driver = tokio::task::JoinSet::new();
        driver.spawn(connection);
        let response = sender.send_request(message).await.map_err(|error| broken(FaultPhase::Receive, &error))?;
        let mut answer = answer(response, self.limits).await?;
        facts.wire_length = Some(received.load(Ordering::Relaxed));
        answer.facts = facts;
        Ok(answer)
    }
}

#[async_trait::async_trait]
impl Probe for RawProbe {
    async fn exchange(&self, request: &Request) -> Carried {
        let started = Instant::now();
        let result = stage::scope(async {
            let whole = tokio::time::timeout(self.limits.timeout, self.carry(request)).await;
            whole.unwrap_or_else(|_| Err(too_slow(stage::current())))
        })
        .await;
        Carried { result, started, ended: Instant::now() }
    }
}

fn message(parts: &Parts, body: &[u8]) -> Result<http::Request<Full<Bytes>>, Broken> {
    let unreadable = || unwritable("the URL cannot be read");
    let uri: http::Uri = parts.url.as_str().parse().map_err(|_| unreadable())?;
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut message = http::Request::builder()
        .method(parts.method.clone())
        .uri(path)
        .body(Full::new(Bytes::copy_from_slice(body)))
        .map_err(|_| unreadable())?;
    let headers = message.headers_mut();
    if !parts.headers.contains_key(http::header::HOST) {
        let host = parts.url.host_str().unwrap_or_default();
        let host = parts.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        headers.insert(http::header::HOST, HeaderValue::from_str(&host).map_err(|_| unreadable())?);
    }
    headers.extend(parts.headers.clone());
    Ok(message)
}

async fn connect(url: &Url) -> Result<TcpStream, Broken> {
    let port = url.port_or_known_default().unwrap_or_default();
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => vec![SocketAddr::from((ip, port))],
        Some(Host::Ipv6(ip)) => vec![SocketAddr::from((ip, port))],
        Some(Host::Domain(name)) => {
            stage::mark(FaultPhase::Resolve);
            let found = tokio::net::lookup_host((name, port)).await;
            found.map_err(|error| broken(FaultPhase::Resolve, &error))?.collect()
        }
        None => return Err(unwritable("the URL names no host")),
    };
    stage::mark(FaultPhase::Connect);
    let tcp = TcpStream::connect(addresses.as_slice()).await.map_err(|error| broken(FaultPhase::Connect, &error))?;
    // Small requests would otherwise wait for acknowledgements and blur what is measured.
    let _ = tcp.set_nodelay(true);
    Ok(tcp)
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Broken> {
    let name = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
        Some(Host::Ipv4(ip)) => Some(ServerName::from(std::net::IpAddr::from(ip))),
        Some(Host::Ipv6(ip)) => Some(ServerName::from(std::net::IpAddr::from(ip))),
        None => None,
    };
    name.ok_or_else(|| Broken {
        phase: FaultPhase::Tls,
        detail: "the host has no name that a certificate can bear".to_owned(),
        timed_out: false,
    })
}

fn version(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_3 => "1.3".to_owned(),
        ProtocolVersion::TLSv1_2 => "1.2".to_owned(),
        other => format!("{other:?}"),
    }
}

/// A stream that counts what is read from it.
struct Counted<S> {
    stream: S,
    received: Arc<AtomicU64>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
