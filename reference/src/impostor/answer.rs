//! An answer as a plain value, and how it becomes bytes without a library that would tidy it.
//! Its head is sent as it stands: a length that is not true stays untrue.

use super::content;
use super::request::Asked;
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::Value;
use std::io;
use tokio::io::{AsyncWrite, AsyncWriteExt};

pub(super) const FHIR: &str = "application/fhir+json";

#[derive(Clone, Debug)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    stated: Option<usize>,
}

impl Answer {
    pub(super) fn new(status: u16, media: &str, body: impl Into<Bytes>) -> Self {
        Self::bare(status).with("Content-Type", media).body(body)
    }

    pub(super) fn resource(status: u16, resource: &Value) -> Self {
        Self::new(status, FHIR, resource.to_string())
    }

    /// A fresh bearer token, as RFC 6749 wants it.
    pub(super) fn token() -> Self {
        Self::new(200, "application/json", content::token().to_string()).with("Cache-Control", "no-store")
    }

    /// An answer without a body.
    pub(super) fn bare(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), stated: None }
    }

    pub(super) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// States a length other than that of the body.
    pub(super) fn stating(mut self, length: usize) -> Self {
        self.stated = Some(length);
        self
    }

    pub(super) async fn send(&self, asked: &Asked, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let length = self.stated.unwrap_or(self.body.len());
        let framing = ("Content-Length".to_owned(), length.to_string());
        let headers = self.headers.iter().chain([&framing]);
        to.write_all(head(self.status, headers).as_bytes()).await?;
        if asked.method != "HEAD" {
            to.write_all(&self.body).await?;
        }
        to.flush().await
    }

    fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

/// Status line and headers up to and with the empty line.
pub(super) fn head<'a>(status: u16, headers: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    let mut text = format!("HTTP/1.1 {status} {reason}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        // What is echoed must not break out of its line: a malformed head is another impostor.
        text.extend(value.chars().filter(|c| !c.is_control()));
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text
}
