//! Carries one request to another system and its answer back, within a time.
//! It follows no redirect, tries nothing twice, and never takes http where https was meant.

use crate::converse::{Answer, converse};
use crate::tls::Ends;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;

/// The longest an exchange with a partner may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer that is taken.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Carrier {
    /// Without it nothing can be carried to an https address.
    secure: Option<Ends>,
}

/// One request on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    within: Duration,
    bare: bool,
}

impl Outgoing {
    pub(crate) fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: Bytes::new(), within: PATIENCE, bare: false }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a bearer token, if there is one.
    pub(crate) fn bearing(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.with("authorization", format!("Bearer {token}")),
            None => self,
        }
    }

    pub(crate) fn body(mut self, media: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.with("content-type", media)
    }

    /// Without a client certificate, where this holds.
    pub(crate) fn bare(mut self, bare: bool) -> Self {
        self.bare = bare;
        self
    }

    pub(crate) fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }
}

impl Carrier {
    pub(crate) fn new(secure: Option<Ends>) -> Self {
        Self { secure }
    }

    /// What came back, whatever it says; an error when nothing whole did.
    pub(crate) async fn carry(&self, outgoing: Outgoing) -> io::Result<Answer> {
        let within = outgoing.within;
        timeout(within, self.exchange(outgoing)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn exchange(&self, outgoing: Outgoing) -> io::Result<Answer> {
        let unusable = || io::Error::from(io::ErrorKind::InvalidInput);
        let uri: Uri = outgoing.url.parse().map_err(|_| unusable())?;
        let authority = uri.authority().ok_or_else(unusable)?.clone();
        let bare = outgoing.bare;
        let request = request(&uri, authority.as_str(), outgoing)?;
        let (port, secure) = match uri.scheme_str() {
            Some("http") => (80, None),
            Some("https") => (443, Some(self.secure.as_ref().ok_or(io::ErrorKind::Unsupported)?)),
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported)),
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(port))).await?;
        stream.set_nodelay(true)?;
        match secure {
            None => converse(stream, request, ANSWER_LIMIT).await,
            Some(ends) => {
                let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
                let connector = if bare { &ends.bare } else { &ends.connector };
                converse(connector.connect(name, stream).await?, request, ANSWER_LIMIT).await
            }
        }
    }
}

fn request(uri: &Uri, authority: &str, outgoing: Outgoing) -> io::Result<Request<Full<Bytes>>> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(target)
        .body(Full::new(outgoing.body))
        .map_err(io::Error::other)?;
    let fixed = [("host", authority.to_owned()), ("user-agent", "Gemaal-Client/7".to_owned())];
    for (name, value) in fixed.into_iter().chain(outgoing.headers) {
        let value = HeaderValue::from_str(&value).map_err(io::Error::other)?;
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}
