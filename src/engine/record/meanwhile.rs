//! Two things at once: a request, and others that are sent while it is under way and once more when it was answered.
//! What goes wrong beside it is tried once more with it, for one hiccup of a network harms nobody.

use super::deed::Sent;
use super::instance::Walk;
use crate::engine::fill::Asked;
use crate::engine::schedule::{Deed, Move};
use crate::engine::wire::Exchanged;
use crate::model::record::Key;
use std::time::Duration;

/// How long the first is ahead: long enough to have reached the other side, short beside any answer worth waiting for.
const LEAD: Duration = Duration::from_millis(50);
/// By what the records of both times are told apart, beside the `each` names.
const WHEN: &str = "when";

/// A request that is ready, and the move it is of.
struct Prepared<'m, 'a> {
    of: &'m Move<'a>,
    sent: Sent,
}

impl Walk<'_> {
    /// Carries out a move, and these others while it is under way: one after another, all at least once.
    pub(super) async fn at_once(&mut self, one: &Move<'_>, beside: &[Move<'_>]) {
        self.trigger();
        let mut ready = Vec::new();
        for each in std::iter::once(one).chain(beside) {
            ready.push(self.prepared(each).await);
        }
        let mut ready = ready.into_iter();
        let (first, others): (_, Vec<_>) = (ready.next().flatten(), ready.flatten().collect());
        let (Some(first), false) = (first, others.is_empty()) else { return };
        let seen = self.exchanged(&first, &others, 1).await;
        let twice = || std::iter::once(&first).chain(&others).chain(&others);
        let is_worth_it = twice().zip(&seen).any(|(of, seen)| self.is_worth_a_second_try(of.of.step, seen.number));
        self.take_in(first, others, seen, is_worth_it && !self.session.stop.asked()).await;
        self.set_anchor(one.step.name.as_str(), false);
    }

    async fn prepared<'m, 'a>(&mut self, one: &'m Move<'a>) -> Option<Prepared<'m, 'a>> {
        let Deed::Request { request, http, about } = &one.deed else { return None };
        let key = Key { request: request.cloned(), about: about.clone(), ..self.key(one) };
        let asked = about.clone().map(Asked::Member);
        let sent = self.make(one.step, key, http, asked.as_ref(), &one.values).await?;
        Some(Prepared { of: one, sent })
    }

    /// What came of them, the first one first.
    async fn exchanged(
        &self,
        first: &Prepared<'_, '_>,
        others: &[Prepared<'_, '_>],
        try_number: u32,
    ) -> Vec<Exchanged> {
        let wire = &self.session.wire;
        let exchange = |ready: &Prepared<'_, '_>, when: Option<&str>| {
            let Sent { mut key, request, lane, .. } = ready.sent.clone();
            key.each.extend(when.map(|when| (WHEN.to_owned(), when.to_owned())));
            wire.exchange_on(lane, Key { try_number, ..key }, request)
        };
        let beside = async |when| {
            let mut seen = Vec::new();
            for other in others {
                seen.push(exchange(other, Some(when)).await);
            }
            seen
        };
        let during = async {
            tokio::time::sleep(LEAD).await;
            beside("during").await
        };
        let (first, during) = tokio::join!(exchange(first, None), during);
        // A message may be taken at once and block what comes after it.
        let after = beside("after").await;
        std::iter::once(first).chain(during).chain(after).collect()
    }

    /// Keeps what steps save and what was created, and tries all of it once more if that is asked.
    async fn take_in(
        &mut self,
        first: Prepared<'_, '_>,
        others: Vec<Prepared<'_, '_>>,
        seen: Vec<Exchanged>,
        once_more: bool,
    ) {
        let second = if once_more { self.exchanged(&first, &others, 2).await } else { Vec::new() };
        let twice = || std::iter::once(&first).chain(&others).chain(&others);
        for (ready, exchanged) in twice().zip(&seen).chain(twice().zip(&second)) {
            if let Ok(answer) = &exchanged.carried.result {
                self.keep(ready.of.step, &ready.sent.request, answer);
                self.note_created(&ready.sent, answer, exchanged.number);
            }
            self.note_unanswered(&ready.sent, exchanged);
        }
        for (Prepared { mut sent, .. }, exchanged) in std::iter::once(first).chain(others).zip(seen) {
            sent.response = exchanged.carried.result.ok().map(|answer| answer.body);
            self.sent.push(sent);
        }
    }
}
