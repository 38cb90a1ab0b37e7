//! One attempt at one instance: its moves in order, its waits, and at the end the way back.
//! What was changed is taken back also when a premise failed or the run was interrupted.

use super::deed::Sent;
use super::guard::caught;
use super::session::{Notice, Session};
use crate::engine::counterpart::Desk;
use crate::engine::credential::Tokens;
use crate::engine::fill::{Asked, Captures, Scene};
use crate::engine::judge;
use crate::engine::schedule::{self, Deed, Move, Values};
use crate::model::id::{ActionId, MemberId, StepId};
use crate::model::plan::Instance;
use crate::model::record::{Event, Key, Phase, SkipReason, SkippedRecord, WaitRecord};
use crate::model::testcase::Head;
use crate::model::verdict::Outcome;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Said of what broke through a fault of ours.
const OURS: &str = "a fault of ours ended this case; what it had changed is taken back";
const OURS_TAKING_BACK: &str = "a fault of ours kept a change from being taken back; `clean` tells which";

/// Said of what was cut off.
const FULL: &str = "the bodies that a run may keep are reached";

/// One attempt at one instance, while it runs.
pub struct Walk<'s> {
    pub(super) session: &'s Arc<Session>,
    pub(super) position: usize,
    pub(super) number: u32,
    pub(super) attempt: u32,
    pub(super) tokens: Tokens,
    /// What was sent, with its secrets, for `again`.
    pub(super) sent: Vec<Sent>,
    /// Values kept, with their secrets, by step and name.
    pub(super) kept: BTreeMap<(String, String), String>,
    /// What must be taken back, in the order in which it was done.
    pub(super) to_undo: Vec<(ActionId, Option<MemberId>)>,
    /// Since when `at` counts, and by how much the target's clock was advanced since.
    anchor: Instant,
    advanced_ms: u64,
    /// The step after which the anchor was last set.
    anchored_step: Option<String>,
    /// This case's counterparts, while it runs and if it has any.
    pub(super) desk: Option<Arc<Desk>>,
    /// The latest record before the target was last made to act, and when that was.
    pub(super) since: u64,
    pub(super) triggered: Instant,
}

impl<'s> Walk<'s> {
    pub(super) fn new(session: &'s Arc<Session>, position: usize, attempt: u32) -> Self {
        Self {
            session,
            position,
            number: u32::try_from(position).unwrap_or(u32::MAX),
            attempt,
            tokens: Tokens::new(
                Arc::clone(&session.credentials),
                &format!("{} {position} {attempt}", session.header.run_id),
            ),
            sent: Vec::new(),
            kept: BTreeMap::new(),
            to_undo: Vec::new(),
            anchor: Instant::now(),
            advanced_ms: 0,
            anchored_step: None,
            desk: None,
            since: 0,
            triggered: Instant::now(),
        }
    }

    pub(super) fn instance(&self) -> &'s Instance {
        &self.session.header.plan.instances[self.position]
    }

    /// Carries it out and takes it back.
    pub(super) async fn run(mut self) {
        let (catalogue, header) = (Arc::clone(&self.session.catalogue), Arc::clone(&self.session.header));
        let layout = schedule::layout(&catalogue, &header.plan, &header.parameters, self.position);
        let Ok((moves, needs)) = layout else { return };
        self.seat(&needs);
        self.trigger();
        self.reach().await;
        let reached = AtomicUsize::new(0);
        if caught(self.go(&moves, &reached)).await.is_err() {
            self.note_fault(&moves, reached.load(Ordering::SeqCst), OURS);
        }
        if !self.take_back().await {
            self.note_fault(&moves, 0, OURS_TAKING_BACK);
        }
        self.unseat().await;
    }

    /// The moves in order, until one of them is the last.
    async fn go(&mut self, moves: &[Move<'_>], reached: &AtomicUsize) {
        for (index, one) in moves.iter().enumerate() {
            reached.store(index, Ordering::SeqCst);
            if self.session.stop.asked() {
                break;
            }
            self.wait_for(one).await;
            if self.session.tape.is_full() {
                self.cut_off(&moves[index..]);
                break;
            }
            if one.meanwhile {
                // Carried out with the move before it.
                continue;
            }
            let beside = moves[index + 1..].iter().take_while(|next| next.meanwhile).count();
            match &moves[index + 1..=index + beside] {
                [] => self.carry_out(one).await,
                beside => self.at_once(one, beside).await,
            }
            let last_of_step = moves.get(index + 1).is_none_or(|next| next.step.name != one.step.name);
            if last_of_step && one.step.head == Head::Given && !self.premise_holds(one) {
                break;
            }
            if self.foreign_data_came() {
                break;
            }
        }
    }

    /// Notes that something of ours broke at this move, so that the case is an error and nothing else.
    fn note_fault(&self, moves: &[Move<'_>], at: usize, detail: &str) {
        let moves_something = |one: &&Move<'_>| !matches!(one.deed, Deed::Look);
        // What only looks has no records of its own, and is judged by those of others.
        let (before, from) = moves.split_at(at.min(moves.len()));
        if let Some(one) = from.iter().find(moves_something).or_else(|| before.iter().rfind(moves_something)) {
            self.skip(self.key(one), SkipReason::Internal, detail);
        }
        self.session.progress.tell(Notice::Trouble(format!("{}: {detail}", self.instance().case)));
    }

    /// Notes of every step that these moves are of that it was cut off.
    ///
    /// The recording must stay whole and the report be written whatever a target sends, so that the bound on bodies
    /// ends the cases and not the run; and since it is the bodies of the target that reached it, what was not carried
    /// out is inconclusive like anything interrupted, and no fault of ours.
    fn cut_off(&self, moves: &[Move<'_>]) {
        let mut told: Option<&StepId> = None;
        for one in moves.iter().filter(|one| !matches!(one.deed, Deed::Look)) {
            if told != Some(&one.step.name) {
                self.skip(self.key(one), SkipReason::Aborted, FULL);
            }
            told = Some(&one.step.name);
        }
    }

    /// Whether a larger verb is to go no further; that there is no room for more is noted under this key.
    pub(super) fn is_over(&self, key: impl FnOnce() -> Key) -> bool {
        // People who are not ours: what else there is to find is not ours to see.
        if self.session.stop.asked() || self.foreign_data_came() {
            return true;
        }
        let full = self.session.tape.is_full();
        if full {
            self.skip(key(), SkipReason::Aborted, FULL);
        }
        full
    }

    /// Waits for the moment of a move: really, or by advancing the target's clock.
    async fn wait_for(&mut self, one: &Move<'_>) {
        if one.at_ms.is_none() || matches!(one.deed, Deed::Act) {
            return;
        }
        let target = one.at_ms.unwrap_or(0);
        let passed = u64::try_from(self.anchor.elapsed().as_millis()).unwrap_or(u64::MAX) + self.advanced_ms;
        let Some(millis) = target.checked_sub(passed).filter(|millis| *millis > 0) else { return };
        let advanced = self.session.advances_clock() && self.advance_clock(millis).await;
        if advanced {
            self.advanced_ms += millis;
        } else {
            self.sleep(Duration::from_millis(millis)).await;
        }
        let key = self.key(one);
        self.session.tape.event(key, Event::Wait(WaitRecord { millis, advanced }));
    }

    /// Sleeps in short pieces, so that an interrupted run does not sleep on.
    pub(super) async fn sleep(&self, length: Duration) {
        let end = Instant::now() + length;
        while !self.session.stop.asked() && !self.session.tape.is_full() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(Duration::from_millis(100))).await;
        }
    }

    /// From here on `at` counts: after something changed, at the target or at a counterpart, else after a step that is
    /// followed by one with `at`.
    pub(super) fn set_anchor(&mut self, step: &str, is_change: bool) {
        let after_change = self.anchored_step.is_some();
        if is_change || !after_change {
            self.anchor = Instant::now();
            self.advanced_ms = 0;
        }
        if is_change {
            self.anchored_step = Some(step.to_owned());
        }
    }

    /// The key of a move's records.
    pub(super) fn key(&self, one: &Move<'_>) -> Key {
        Key {
            instance: Some(self.number),
            attempt: self.attempt,
            step: Some(one.step.name.clone()),
            pass: one.pass,
            at_ms: one.at_ms,
            each: one.own.iter().map(|(name, value)| (name.clone(), value.label().to_owned())).collect(),
            ..Key::of(Phase::Case)
        }
    }

    /// What names stand for in a request.
    pub(super) fn scene<'a>(
        &'a self,
        values: &'a Values,
        asked: Option<&'a Asked>,
        endpoint: &'a str,
        captures: Captures<'a>,
        with: &'a BTreeMap<String, String>,
    ) -> Scene<'a> {
        Scene {
            header: &self.session.header,
            cast: &self.session.cast,
            options: &self.instance().options,
            number: self.number,
            attempt: self.attempt,
            values,
            asked,
            endpoint,
            captures,
            with,
        }
    }

    pub(super) fn skip(&self, key: Key, why: SkipReason, detail: impl Into<String>) {
        let detail = self.session.tape.seal().text(key.instance, &detail.into());
        self.session.tape.event(key, Event::Skipped(SkippedRecord { why, detail }));
    }

    fn premise_holds(&self, one: &Move<'_>) -> bool {
        self.session.court(|court| {
            let verdict = judge::instance(court, self.position);
            verdict.steps.iter().find(|step| step.step == one.step.name).is_some_and(|s| s.outcome == Outcome::Pass)
        })
    }

    /// Data of people outside the cast end the case: what else it would find is not ours to see.
    pub(super) fn foreign_data_came(&self) -> bool {
        self.session.court(|court| {
            // Other cases run beside this one: only its own records count towards the bound.
            let own = court.records.iter().rev().filter(|record| record.key.instance == Some(self.number));
            own.take(64).any(|record| !record.event.foreign().is_empty())
        })
    }
}
