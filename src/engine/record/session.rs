//! What all cases of a run share: the wire, the tape, the cast, the clock, and the wish to stop.
//! Cases run side by side as far as what they change allows.

use super::guard::caught;
use super::instance::Walk;
use super::queue::{Entry, Queue};
use crate::engine::binding::Means;
use crate::engine::counterpart::Switchboard;
use crate::engine::created::Created;
use crate::engine::credential::Credentials;
use crate::engine::fill::CastIndex;
use crate::engine::judge::Court;
use crate::engine::oracle::markers::Register;
use crate::engine::tape::Tape;
use crate::engine::wire::Wire;
use crate::language::catalogue::Catalogue;
use crate::model::id::Word;
use crate::model::record::{Bodies, Event, Key, Phase, Record, RunHeader, SkipReason, SkippedRecord};
use crate::model::target::Target;
use crate::model::testcase::{Step, Verb};
use crate::model::verdict::{Doubt, Outcome};
use rand::seq::SliceRandom;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;

/// Something worth telling whoever waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A part of the run began.
    Began(&'static str),
    /// An instance began: its position, how many there are, its case.
    Case(usize, usize, String),
    /// An instance ended.
    Done(usize, usize, String),
    /// Something the run could not do, in one sentence.
    Trouble(String),
}

/// Told what happens; prints it or does not.
pub trait Progress: Send + Sync {
    /// Takes a notice.
    fn tell(&self, notice: Notice);
}

/// The wish to stop; asked between moves, so that a stopped run still takes back what it did.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the run to stop.
    pub fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The time of the run: the machine's, plus what the target's clock was advanced by.
#[derive(Debug, Default)]
pub struct RunClock(AtomicI64);

impl RunClock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + time::Duration::milliseconds(self.0.load(Ordering::SeqCst))
    }

    /// Notes that the target's clock was advanced.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

/// What all cases share.
pub struct Session {
    /// The catalogue.
    pub catalogue: Arc<Catalogue>,
    /// The target.
    pub target: Arc<Target>,
    /// The first line of the recording.
    pub header: Arc<RunHeader>,
    /// The recording.
    pub tape: Arc<Tape>,
    /// The way to the target.
    pub wire: Arc<Wire>,
    /// The secrets.
    pub credentials: Arc<Credentials>,
    /// How actions may be done.
    pub means: Arc<Means>,
    /// What endpoints call our people; complete once the cast is in.
    pub cast: CastIndex,
    /// Their markers.
    pub register: Register,
    /// The time.
    pub clock: Arc<RunClock>,
    /// The wish to stop.
    pub stop: Stop,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
    /// Where our counterparts listen, if a case needs them.
    pub board: Option<Arc<Switchboard>>,
    /// Samples of the vendor's own client, by name.
    pub samples: BTreeMap<Word, String>,
    /// What cases created at the target, in order.
    pub created: Mutex<Vec<Created>>,
    /// Ways back that a fault of ours kept from being tried: the action, and whom it concerns.
    pub left: Mutex<Vec<String>>,
}

impl Session {
    /// Notes what a case created, so that it is removed at the end.
    pub fn note_created(&self, created: Vec<Created>) {
        self.created.lock().unwrap_or_else(PoisonError::into_inner).extend(created);
    }

    /// Notes a way back that was not tried, so that the report says so.
    pub(super) fn note_left(&self, what: String) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// The ways back that were not tried.
    #[must_use]
    pub fn all_left(&self) -> Vec<String> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything the run created: the cast first, then what cases added, then choices that bindings wrote.
    #[must_use]
    pub fn all_created(&self, cast: Vec<Created>) -> Vec<Created> {
        let mut all = cast;
        all.extend(self.created.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
        all.extend(self.means.made.all().into_iter().filter_map(|made| {
            let base = self.target.endpoints.get(&made.endpoint)?.clone();
            Some(Created { base, reference: format!("Consent/{}", made.id) })
        }));
        all
    }

    /// Looks at the recording so far, as the judge would.
    pub fn court<T>(&self, look: impl FnOnce(&Court<'_>) -> T) -> T {
        self.tape.look(|records: &[Record], bodies: &Bodies| {
            look(&Court {
                catalogue: &self.catalogue,
                plan: &self.header.plan,
                header: &self.header,
                register: &self.register,
                cast: &self.cast,
                records,
                bodies,
            })
        })
    }

    /// Runs every instance of the plan, at most `jobs` at a time, in seeded order.
    pub async fn cases(self: &Arc<Self>, jobs: usize) {
        let count = self.header.plan.instances.len();
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut crate::engine::draw::generator(&self.header.parameters, "order of cases"));
        let mut queue = Queue::new(order.into_iter().filter_map(|position| self.entry(position)).collect());
        let mut running = tokio::task::JoinSet::new();
        loop {
            while running.len() < jobs.max(1)
                && !self.stop.asked()
                && self.tape.trouble().is_none()
                && let Some(Entry { position, .. }) = queue.next()
            {
                let session = Arc::clone(self);
                running.spawn(async move {
                    if caught(session.case(position, count)).await.is_err() {
                        session.note_fault(position);
                    }
                    position
                });
            }
            let Some(ended) = running.join_next().await else { break };
            // A panic of a case is caught above; one that is not leaves its people taken, and the rest runs.
            if let Ok(position) = ended {
                queue.ended(position);
            }
        }
        if self.tape.is_full() {
            let trouble =
                "the bodies that a run may keep are reached: what was not carried out by then is inconclusive";
            self.progress.tell(Notice::Trouble(trouble.to_owned()));
        }
    }

    /// Notes that a case broke through a fault of ours outside its moves: with these, nothing was changed.
    fn note_fault(&self, position: usize) {
        let case = self.header.plan.instances.get(position).and_then(|one| self.catalogue.cases.get(&one.case));
        let moves = |step: &&Step| !matches!(step.verb, Verb::Look(_));
        let step = case.and_then(|case| case.steps.iter().find(moves)).map(|step| step.name.clone());
        let key = Key { instance: u32::try_from(position).ok(), step, ..Key::of(Phase::Case) };
        let (why, detail) = (SkipReason::Internal, "a fault of ours ended this case".to_owned());
        self.tape.event(key, Event::Skipped(SkippedRecord { why, detail }));
    }

    /// An instance with what it takes; `None` if it is not begun, since pre-flight found what stands in its way.
    fn entry(&self, position: usize) -> Option<Entry> {
        self.court(|court| {
            let (_, needs) = court.layout(position).ok()?;
            let instance = &self.header.plan.instances[position];
            let faulty = crate::engine::judge::configuration_fault(court, instance, &needs).is_some();
            let alone = needs.disturbs || (self.advances_clock() && needs.waits);
            let fixed = self.target.counterparts.as_ref().is_some_and(|at| at.fixed);
            (!faulty).then(|| Entry::new(position, &needs, alone, fixed))
        })
    }

    async fn case(self: &Arc<Self>, position: usize, count: usize) {
        let name = self.header.plan.instances[position].case.to_string();
        self.progress.tell(Notice::Case(position, count, name.clone()));
        for attempt in 1..=self.header.parameters.attempts.max(1) {
            Walk::new(self, position, attempt).run().await;
            if self.stop.asked() || self.tape.is_full() || !self.worth_another(position) {
                break;
            }
        }
        self.progress.tell(Notice::Done(position, count, name));
    }

    /// Whether the target's clock can be advanced instead of waiting.
    #[must_use]
    pub fn advances_clock(&self) -> bool {
        self.target.bindings.contains_key("advance-clock")
    }

    /// Only a broken connection and being slowed down are attempted again; a failure never is.
    fn worth_another(&self, position: usize) -> bool {
        let verdict = self.court(|court| crate::engine::judge::instance(court, position));
        matches!(verdict.outcome, Outcome::Inconclusive(Doubt::Transport | Doubt::TimedOut | Doubt::RateLimited))
            && !verdict.saw_a_failure()
    }
}
