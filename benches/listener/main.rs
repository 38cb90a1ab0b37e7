//! How many exchanges per second our counterparts take, beside a bare axum server that answers the same and keeps nothing.
//! Both are asked in turn over the same number of connections, so that their ratio holds on any machine.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use toetssteen::engine::counterpart::{Desk, Switchboard};
use toetssteen::engine::seal::Seal;
use toetssteen::engine::tape::Tape;
use toetssteen::model::plan::Dialect;
use toetssteen::model::target::{Counterparts, FhirVersion, Format};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 16;
const EACH: usize = 400;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measure())
}

#[expect(clippy::print_stdout, reason = "a bench is read on the terminal")]
async fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let board = Arc::new(Switchboard::open(&Counterparts::default(), 1 << 20).await?);
    let tape = Arc::new(Tape::new(Seal::new(Vec::new(), Vec::new(), BTreeSet::new(), "bench"), 1 << 30));
    let dialect = Dialect { fhir: FhirVersion::R4, format: Format::Json };
    // A case for each connection: of one alone only so many exchanges are kept.
    for caller in 0..CONNECTIONS {
        board.seat(&Arc::new(Desk::new(u32::try_from(caller)?, 1, format!("bench-{caller}"), dialect)), &[]);
    }
    board.serve(&tape, &Arc::default());
    let ours = board.places()["receiver"].url.trim_start_matches("http://").to_owned();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let bare = listener.local_addr()?.to_string();
    let router =
        Router::new().route("/{case}/receiver/task", post(|_: axum::body::Bytes| async { StatusCode::ACCEPTED }));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (mut kept, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        kept.push(rate(&ours).await?);
        plain.push(rate(&bare).await?);
    }
    server.abort();
    let (kept, plain) = (median(kept), median(plain));
    println!("listener, recorded and sealed  {kept:>9.0} exchanges/s");
    println!("bare axum, nothing kept        {plain:>9.0} exchanges/s");
    println!("ratio                          {:>9.2}", plain / kept);
    Ok(())
}

/// Exchanges per second over several connections at once.
async fn rate(host: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let began = Instant::now();
    let callers = (0..CONNECTIONS).map(|caller| tokio::spawn(calls(host.to_owned(), caller)));
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok((CONNECTIONS * EACH) as f64 / seconds)
}

async fn calls(host: String, caller: usize) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(&host).await?;
    stream.set_nodelay(true)?;
    let head = "accept: application/fhir+json\r\nauthorization: Bearer 0123456789abcdef0123456789abcdef";
    let request =
        format!("POST /bench-{caller}/receiver/task HTTP/1.1\r\nhost: {host}\r\n{head}\r\ncontent-length: 0\r\n\r\n");
    let mut answer = [0_u8; 1024];
    for _ in 0..EACH {
        stream.write_all(request.as_bytes()).await?;
        let read = stream.read(&mut answer).await?;
        if !answer[..read].starts_with(b"HTTP/1.1 202") {
            return Err(std::io::Error::other("not accepted"));
        }
    }
    Ok(())
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
