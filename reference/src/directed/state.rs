//! What is remembered of directed exchange: partners, what was sent to them, and what they sent.
//! Nothing here is looked at by the access rules of a data holder.

use super::handoff::Handoff;
use super::offer::Offer;
use super::prescription::Prescription;
use super::subscription::{Subscription, Whose};
use crate::app::Setup;
use crate::defect::Defect;
use crate::outbound::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// The most partners, handoffs sent, and handoffs received that are remembered, each.
pub(super) const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Directed {
    /// By URA.
    pub(super) partners: BTreeMap<String, Partner>,
    /// By the id of the Task.
    pub(super) handoffs: BTreeMap<String, Handoff>,
    /// Only with a defect: every address that was ever sent to.
    pub(super) addresses: BTreeSet<String>,
    pub(super) offers: BTreeMap<String, Offer>,
    pub(super) subscriptions: BTreeMap<Whose, Subscription>,
    /// The highest number of an event, by the URA of the sender and the id of the subscription there.
    pub(super) counted: BTreeMap<(String, String), u64>,
    pub(super) prescriptions: BTreeMap<String, Prescription>,
    /// Under which id a notification Task is here, by the URA of its sender and its number.
    pub(super) notified: BTreeMap<(String, String), String>,
    /// By the URA of the sender and the id of the Task there.
    pub(super) received: BTreeMap<(String, String), Received>,
}

/// Another party, as a sender of handoffs.
#[derive(Clone, Debug)]
pub(super) struct Partner {
    pub(super) fhir: String,
    /// Its token endpoint; nothing where no token is asked.
    pub(super) token: Option<String>,
}

/// Where something is sent to.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// Nothing when it is still to be looked up.
    pub(super) url: Option<String>,
    pub(super) token: Option<String>,
}

impl Address {
    /// Keeps the place where something arrived, if it was not known before.
    pub(super) fn settle<E>(&mut self, arrived: Result<Option<String>, E>) {
        self.url = arrived.ok().flatten().or(self.url.take());
    }
}

/// Whether what was sent arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Pending,
    Delivered,
    Failed,
}

impl Delivery {
    pub(super) fn of<T>(setup: &Setup, arrived: &Result<T, Fault>) -> Self {
        if arrived.is_ok() || setup.has(Defect::LossIsSilent) { Self::Delivered } else { Self::Failed }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// One handoff at the receiving side.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    pub(super) standing: Standing,
    pub(super) copies: usize,
    /// Whether the sender took our word that it is completed.
    pub(super) written_back: bool,
    /// Whether somebody is at it now; then a notification only asks for another look.
    pub(super) attended: bool,
    pub(super) rung_again: bool,
    /// What the sender said it may be collected on.
    pub(super) base: Option<String>,
}

/// What became of a handoff; later entries go before earlier ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    #[default]
    None,
    Failed,
    Refused,
    Filed,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Filed => "filed",
        }
    }
}
