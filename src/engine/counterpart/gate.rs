//! A listening socket that can be closed and opened again under the same address.
//! While it is closed nobody listens there: a caller is refused by the operating system itself.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// How often a port that is not free yet is tried again, and how long between.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(20);

/// How many callers may wait to be let in.
const BACKLOG: u32 = 1024;

/// A socket bound to this address, which others of ours may share.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Elsewhere the second of two sockets takes the port by this alone.
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Opens and closes the door of a facility.
#[derive(Debug)]
pub(super) struct Gate {
    address: SocketAddr,
    wanted: watch::Sender<bool>,
    stands: watch::Receiver<bool>,
}

/// The other side of a gate: where callers come in.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    /// Bound and never listening: it keeps the port from others while nobody listens.
    _reserved: TcpSocket,
    listener: Option<TcpListener>,
    wanted: watch::Receiver<bool>,
    stands: watch::Sender<bool>,
}

impl Gate {
    /// A gate at this address, open.
    pub(super) async fn bind(address: &str) -> io::Result<(Self, Door)> {
        let mut resolved = tokio::net::lookup_host(address).await?;
        let wanted = resolved.next().ok_or_else(|| io::Error::other("the address leads nowhere"))?;
        // A socket that shares with nobody: the port must not be another run's.
        let free = TcpListener::bind(wanted).await?;
        let address = free.local_addr()?;
        drop(free);
        let reserved = socket(address)?;
        let listener = socket(address)?.listen(BACKLOG)?;
        let (wanted, to_be) = watch::channel(true);
        let (is, stands) = watch::channel(true);
        let door = Door { address, _reserved: reserved, listener: Some(listener), wanted: to_be, stands: is };
        Ok((Self { address, wanted, stands }, door))
    }

    /// Where it is.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens or closes it, and waits until that is so; says whether it is.
    pub(super) async fn set(&self, open: bool) -> bool {
        self.wanted.send_replace(open);
        let mut stands = self.stands.clone();
        let wait = stands.wait_for(|stands| *stands == open);
        tokio::time::timeout(BETWEEN * (TRIES + 10), wait).await.is_ok_and(|waited| waited.is_ok())
    }
}

impl Door {
    /// The next caller; nothing once the gate is gone.
    pub(super) async fn caller(&mut self) -> Option<TcpStream> {
        loop {
            let open = *self.wanted.borrow_and_update();
            match (&self.listener, open) {
                (Some(listener), true) => tokio::select! {
                    changed = self.wanted.changed() => { changed.ok()?; }
                    accepted = listener.accept() => {
                        if let Ok((stream, _)) = accepted {
                            return Some(stream);
                        }
                        // No file handles left, or the caller was gone again: neither is for ever.
                        tokio::time::sleep(BETWEEN).await;
                    }
                },
                (Some(_), false) => {
                    self.listener = None;
                    self.stands.send_replace(false);
                }
                (None, false) => self.wanted.changed().await.ok()?,
                (None, true) => {
                    self.listener = self.bind_again().await;
                    if self.listener.is_none() {
                        // Somebody took the port: it stays closed until it is asked for once more.
                        self.wanted.changed().await.ok()?;
                        continue;
                    }
                    self.stands.send_replace(true);
                }
            }
        }
    }

    async fn bind_again(&self) -> Option<TcpListener> {
        for _ in 0..TRIES {
            if let Ok(listener) = socket(self.address).and_then(|socket| socket.listen(BACKLOG)) {
                return Some(listener);
            }
            tokio::time::sleep(BETWEEN).await;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_gate_refuses_and_an_open_one_lets_in() {
        let (gate, mut door) = Gate::bind("127.0.0.1:0").await.unwrap();
        let inside = tokio::spawn(async move {
            let mut count = 0;
            while door.caller().await.is_some() {
                count += 1;
            }
            count
        });
        assert!(TcpStream::connect(gate.address()).await.is_ok());
        // Whoever is still in the queue when the gate closes is not let in.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(gate.set(false).await);
        assert!(TcpStream::connect(gate.address()).await.is_err());
        assert!(gate.set(true).await);
        assert!(TcpStream::connect(gate.address()).await.is_ok());
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(gate);
        assert_eq!(inside.await.unwrap(), 2);
    }
}
