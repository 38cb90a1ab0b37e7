//! The socket of an impostor: bounded connections, each of bounded length, all gone after stopping.
//! What is done on a connection stands in `part`.

use super::part::Part;
use super::{Capability, Impostor};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// An impostor that listens; it ends when stopped or dropped.
#[derive(Debug)]
pub struct RunningImpostor {
    origin: String,
    halt: Option<oneshot::Sender<()>>,
    listening: JoinHandle<()>,
}

impl RunningImpostor {
    /// The full URL of a path at this impostor, whatever the path.
    pub fn url(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.origin)
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

impl Drop for RunningImpostor {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    connections: usize,
    lifetime: Duration,
}

const LIMITS: Limits = Limits { connections: 256, lifetime: Duration::from_secs(60) };

/// Starts an impostor on a free port of 127.0.0.1.
///
/// It serves 256 connections at a time; one more waits. No connection lives longer than a minute.
pub async fn start(impostor: Impostor, capability: Capability) -> io::Result<RunningImpostor> {
    start_within(LIMITS, impostor, capability).await
}

async fn start_within(limits: Limits, impostor: Impostor, capability: Capability) -> io::Result<RunningImpostor> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let part = Arc::new(Part::new(impostor, capability, origin.clone()));
    let (halt, halted) = oneshot::channel();
    let listening = tokio::spawn(listen(listener, part, limits, halted));
    Ok(RunningImpostor { origin, halt: Some(halt), listening })
}

async fn listen(listener: TcpListener, part: Arc<Part>, limits: Limits, mut halted: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut halted => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < limits.connections => {
                let Ok((stream, _)) = accepted else {
                    // Out of descriptors, most likely: asking again at once would spin.
                    sleep(Duration::from_millis(20)).await;
                    continue;
                };
                // Without this, small writes wait for the other side's acknowledgement.
                let _ = stream.set_nodelay(true);
                let part = Arc::clone(&part);
                // A connection that breaks off or runs out of time is the other side's business.
                connections.spawn(async move {
                    let _ = timeout(limits.lifetime, part.play(stream)).await;
                });
            }
        }
    }
    connections.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    async fn connect(running: &RunningImpostor) -> TcpStream {
        let address = running.origin.trim_start_matches("http://");
        TcpStream::connect(address).await.unwrap()
    }

    async fn ask(running: &RunningImpostor) -> TcpStream {
        let mut stream = connect(running).await;
        stream.write_all(b"GET /fhir HTTP/1.1\r\n\r\n").await.unwrap();
        stream
    }

    async fn rest(mut stream: TcpStream) -> usize {
        let mut seen = Vec::new();
        // The end may come as a reset, which is an end too.
        let _ = stream.read_to_end(&mut seen).await;
        seen.len()
    }

    #[tokio::test]
    async fn a_silent_connection_ends_when_its_time_is_up() {
        let limits = Limits { connections: 4, lifetime: Duration::from_millis(100) };
        let running = start_within(limits, Impostor::NeverAnswers, Capability::Same).await.unwrap();
        let ended = timeout(Duration::from_secs(5), rest(ask(&running).await)).await;
        assert_eq!(ended.unwrap(), 0);
        // Also when nothing was asked at all.
        let ended = timeout(Duration::from_secs(5), rest(connect(&running).await)).await;
        assert_eq!(ended.unwrap(), 0);
        running.stop().await;
    }

    #[tokio::test]
    async fn a_flood_ends_when_its_time_is_up() {
        let limits = Limits { connections: 4, lifetime: Duration::from_millis(100) };
        let running = start_within(limits, Impostor::EndlessBody, Capability::Same).await.unwrap();
        let ended = timeout(Duration::from_secs(20), rest(ask(&running).await)).await;
        assert!(ended.unwrap() > 100_000);
        running.stop().await;
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_for_another_to_end() {
        let limits = Limits { connections: 2, lifetime: Duration::from_secs(60) };
        let running = start_within(limits, Impostor::EmptyObject, Capability::Same).await.unwrap();
        let holding = [connect(&running).await, connect(&running).await];
        sleep(Duration::from_millis(50)).await;
        let waiting = tokio::spawn(rest(ask(&running).await));
        sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        drop(holding);
        let seen = timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert!(seen > 0);
        running.stop().await;
    }

    #[tokio::test]
    async fn stopping_ends_every_connection_and_the_listener() {
        let running = start(Impostor::NeverAnswers, Capability::Same).await.unwrap();
        let address = running.origin.trim_start_matches("http://").to_owned();
        let open = ask(&running).await;
        timeout(Duration::from_secs(5), running.stop()).await.unwrap();
        assert_eq!(timeout(Duration::from_secs(5), rest(open)).await.unwrap(), 0);
        assert!(TcpStream::connect(address).await.is_err());
    }
}
