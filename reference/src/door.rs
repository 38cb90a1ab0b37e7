//! Where a server is to be found, and who is told of each request that it answered.
//! It only tells; what is asked and answered passes it unchanged.

use hyper::Request;
use std::fmt;
use std::sync::Arc;

/// Told of every answered request.
pub type Watch = Arc<dyn Fn(&Heard) + Send + Sync>;

/// A port of 127.0.0.1, and somebody who watches it.
#[derive(Clone, Default)]
pub struct Door {
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Who is told; nobody by default.
    pub watch: Option<Watch>,
}

/// One request that was answered. Headers and bodies, where secrets travel, are no part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub status: u16,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("port", &self.port).field("watched", &self.watch.is_some()).finish()
    }
}

impl Door {
    pub(crate) fn hears<B>(&self, request: &Request<B>) -> Hearing {
        let heard = self.watch.as_ref().map(|_| Heard {
            method: request.method().to_string(),
            target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            status: 0,
        });
        Hearing { watch: self.watch.clone(), heard }
    }
}

/// A request that waits for its answer.
pub(crate) struct Hearing {
    watch: Option<Watch>,
    heard: Option<Heard>,
}

impl Hearing {
    pub(crate) fn answered(self, status: u16) {
        if let (Some(watch), Some(heard)) = (self.watch, self.heard) {
            watch(&Heard { status, ..heard });
        }
    }
}
