//! The status list of a run: what its authority says of the certificates that it issued (RFC 5280).
//! It is there for everybody, before any case as well, since a target may ask for it at every connection.

use super::answer::Reply;
use crate::engine::identity::{Identities, Life};
use crate::engine::record::RunClock;
use std::sync::{Arc, OnceLock};
use time::OffsetDateTime;

/// The authority whose list is published, once there is one, and the time by which it is issued.
#[derive(Debug, Default)]
pub(super) struct StatusList {
    issuer: OnceLock<Arc<Identities>>,
    clock: OnceLock<Arc<RunClock>>,
}

impl StatusList {
    /// From here on this authority's list is published.
    pub(super) fn issued_by(&self, issuer: &Arc<Identities>) {
        // A board serves one run; a second authority would have no list.
        let _ = self.issuer.set(Arc::clone(issuer));
    }

    /// From here on lists are issued by this clock.
    pub(super) fn keeps_time_by(&self, clock: &Arc<RunClock>) {
        let _ = self.clock.set(Arc::clone(clock));
    }

    /// The list as it is sent (RFC 2585); not found where no authority has one.
    pub(super) fn reply(&self, life: Life) -> Reply {
        let now = self.clock.get().map_or_else(OffsetDateTime::now_utc, |clock| clock.now());
        match self.issuer.get().map(|issuer| issuer.list(life, now)) {
            Some(Ok(list)) => Reply::of(200, "application/pkix-crl", list),
            Some(Err(_)) => Reply::bare(500),
            None => Reply::bare(404),
        }
    }

    /// Revokes what this attempt at a case shows; says whether that is done.
    pub(super) fn revoke(&self, attempt: crate::engine::identity::Attempt) -> bool {
        let now = self.clock.get().map_or_else(OffsetDateTime::now_utc, |clock| clock.now());
        self.issuer.get().is_some_and(|issuer| issuer.revoke(attempt, now).is_ok())
    }
}
