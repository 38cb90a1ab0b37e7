//! Requests and answers between our own types and those of the HTTP libraries, the same for every probe.
//! Bytes that came are kept as they are; nothing is decoded but header values that are not UTF-8.

use super::fault::{broken, unwritable};
use super::{Answer, Broken, Request};
use crate::model::record::{Facts, FaultPhase};
use crate::model::request::Method;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt;
use std::error::Error;
use std::time::Duration;
use url::Url;

/// How long and how large one exchange may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole exchange, from resolving the name to the last byte.
    pub timeout: Duration,
    /// All headers of an answer together, in bytes; a larger answer is broken.
    pub header_limit: usize,
    /// The body of an answer, in bytes; a larger one is cut.
    pub body_limit: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), header_limit: 256 * 1024, body_limit: 16 * 1024 * 1024 }
    }
}

/// How many headers an answer may have; what the library takes by default is less than some gateways send.
pub(super) const HEADER_COUNT: usize = 1000;

/// A request as the libraries want it.
pub(super) struct Parts {
    pub(super) method: http::Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
}

/// Reads a request of ours; the body is left to the caller.
pub(super) fn parts(request: &Request) -> Result<Parts, Broken> {
    let mut url = Url::parse(&request.url).map_err(|_| unwritable("the URL cannot be read"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(unwritable("the URL is not one of http or https"));
    }
    // A name and password in the URL would become a header that nobody asked for.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let written = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let (name, value) = written.ok_or_else(|| unwritable(format!("header `{name}` cannot be written")))?;
        headers.append(name, value);
    }
    let sends_body = matches!(request.method, Method::Post | Method::Put | Method::Patch);
    if sends_body && request.body.is_empty() && !headers.contains_key(http::header::CONTENT_LENGTH) {
        // Left to itself the library writes no length, which some servers answer with 411.
        headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(Parts { method: method(request.method), url, headers })
}

const fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
        Method::Options => http::Method::OPTIONS,
    }
}

/// Reads an answer to its end, or up to the limit; dropping what is left closes the connection.
pub(super) async fn answer<B>(response: http::Response<B>, limits: Limits) -> Result<Answer, Broken>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Error + 'static,
{
    let (head, mut body) = response.into_parts();
    if size(&head.headers) > limits.header_limit {
        let detail = format!("its headers are larger than {} bytes", limits.header_limit);
        return Err(Broken { phase: FaultPhase::Receive, detail, timed_out: false });
    }
    let mut answer = Answer {
        status: head.status.as_u16(),
        headers: pairs(&head.headers),
        trailers: Vec::new(),
        body: Vec::new(),
        cut: false,
        facts: Facts::default(),
    };
    while let Some(frame) = body.frame().await {
        match frame.map_err(|error| broken(FaultPhase::Receive, &error))?.into_data() {
            Ok(data) => {
                let room = limits.body_limit - answer.body.len();
                answer.body.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    answer.cut = true;
                    break;
                }
            }
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    answer.trailers.extend(pairs(&trailers));
                }
            }
        }
    }
    Ok(answer)
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)]) -> Request {
        Request {
            method: Method::Post,
            url: url.to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Vec::new(),
        }
    }

    #[test]
    fn a_url_never_becomes_a_credential() {
        let parts = parts(&request("http://user:pass@example.org/a#b", &[])).ok().unwrap();
        assert_eq!(parts.url.as_str(), "http://example.org/a");
        assert!(!parts.headers.contains_key("authorization"));
    }

    #[test]
    fn what_cannot_be_written_breaks_by_name_and_without_its_value() {
        for (url, headers) in [("gopher://a/", vec![]), ("http://a/", vec![("x-token", "se\ncret")])] {
            let broken = parts(&request(url, &headers)).err().unwrap();
            assert_eq!(broken.phase, FaultPhase::Send);
            assert!(!broken.detail.contains("cret"), "{}", broken.detail);
        }
    }
}
