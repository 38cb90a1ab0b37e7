//! Reads whatever is sent as if it were HTTP, within bounds, and complains about nothing.
//! It keeps no more than it may and never decides what is answered.

use serde_json::Value;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const HEAD_LIMIT: u64 = 256 * 1024;
/// How much of a body is kept; bounded because hundreds of connections may be open.
const KEEP_LIMIT: usize = 2 * 1024 * 1024;
/// How much of a body is read in all, so that its sender still hears the answer.
const READ_LIMIT: u64 = 64 * 1024 * 1024;

/// One request, as far as it could be understood.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query as they were sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Asked {
    /// Reads one request; nothing when the other side closed without sending anything.
    pub(super) async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let Some((first, headers)) = head(stream).await? else {
            return Ok(None);
        };
        let mut words = first.split_whitespace();
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or("/");
        let mut asked = Self { method, target: origin_form(target).to_owned(), headers, body: Vec::new() };
        asked.body = asked.receive(stream).await?;
        Ok(Some(asked))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    async fn receive(&self, stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
        if self.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
            stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let mut kept = Vec::new();
        let chunked =
            self.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked {
            let mut left = READ_LIMIT;
            while let Some(size) = chunk_size(stream).await? {
                if size == 0 || size > left {
                    break;
                }
                left -= size;
                keep(stream, size, &mut kept).await?;
                line(stream).await?;
            }
        } else if let Some(length) = self.header("content-length") {
            let length = length.trim().parse::<u64>().unwrap_or_default();
            keep(stream, length.min(READ_LIMIT), &mut kept).await?;
        }
        Ok(kept)
    }
}

type Head = (String, Vec<(String, String)>);

async fn head(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Head>> {
    let mut limited = stream.take(HEAD_LIMIT);
    let mut raw = Vec::new();
    let mut lines = Vec::new();
    while limited.read_until(b'\n', &mut raw).await? > 0 {
        let text = String::from_utf8_lossy(&raw).trim_end().to_owned();
        raw.clear();
        if text.is_empty() {
            if lines.is_empty() {
                continue;
            }
            break;
        }
        lines.push(text);
    }
    let mut lines = lines.into_iter();
    let Some(first) = lines.next() else {
        return Ok(None);
    };
    let headers = lines
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect();
    Ok(Some((first, headers)))
}

fn origin_form(target: &str) -> &str {
    target.strip_prefix("http://").map_or(target, |rest| rest.find('/').map_or("/", |at| &rest[at..]))
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut raw = Vec::new();
    stream.take(HEAD_LIMIT).read_until(b'\n', &mut raw).await?;
    Ok(String::from_utf8_lossy(&raw).trim().to_owned())
}

async fn chunk_size(stream: &mut BufReader<TcpStream>) -> io::Result<Option<u64>> {
    let line = line(stream).await?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    Ok(u64::from_str_radix(digits, 16).ok())
}

async fn keep(stream: &mut BufReader<TcpStream>, length: u64, kept: &mut Vec<u8>) -> io::Result<()> {
    let mut limited = stream.take(length);
    loop {
        let part = limited.fill_buf().await?;
        if part.is_empty() {
            return Ok(());
        }
        let room = KEEP_LIMIT.saturating_sub(kept.len());
        kept.extend_from_slice(&part[..part.len().min(room)]);
        let seen = part.len();
        limited.consume(seen);
    }
}
