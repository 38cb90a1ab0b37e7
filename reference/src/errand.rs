//! Work that goes on after a call was answered, and ends with the reference at the latest.
//! Nothing here knows what the work is.

use std::future::Future;
use std::pin::Pin;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

pub(crate) type Errand = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Hands work to whoever listens at the socket, so that it stops when that stops.
#[derive(Debug)]
pub(crate) struct Errands(UnboundedSender<Errand>);

impl Errands {
    pub(crate) fn new() -> (Self, UnboundedReceiver<Errand>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }

    pub(crate) fn run(&self, errand: impl Future<Output = ()> + Send + 'static) {
        // Where nobody listens any more, nothing is begun any more.
        let _ = self.0.send(Box::pin(errand));
    }

    /// The same, with something to wait for; whoever stops waiting does not stop the work.
    pub(crate) fn begin(&self, errand: impl Future<Output = ()> + Send + 'static) -> oneshot::Receiver<()> {
        let (done, wait) = oneshot::channel();
        self.run(async move {
            errand.await;
            let _ = done.send(());
        });
        wait
    }
}
