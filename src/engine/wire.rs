//! The one way in which the engine talks to the target: paced, carried, sealed, recorded.
//! It decides nothing about what is sent and reads nothing of what came back.

use super::identity::Attempt;
use super::pace::Pace;
use super::probe::{Broken, Carried, Probe, Request};
use crate::model::record::{ActionRecord, FaultPhase, Key};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// Where everything that happens is sealed and recorded.
///
/// A log may not fail: what it cannot store it reports when the run ends.
pub trait Log: Send + Sync {
    /// Records an exchange and gives its number.
    fn http(&self, key: Key, request: &Request, carried: &Carried) -> u64;

    /// Says that this value is secret, before anything that holds it is recorded.
    fn learn(&self, kind: &'static str, value: &str);

    /// Says that an action returns this value, before the answer that holds it is recorded.
    fn returned(&self, key: &Key, name: &str, value: &str);

    /// Records an action and gives its number.
    fn action(&self, key: Key, record: ActionRecord) -> u64;
}

/// A recorded exchange.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// The number of its record.
    pub number: u64,
    /// What came back, with its secrets.
    pub carried: Carried,
}

/// Which probe carries an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// For all that does not judge bytes or sizes.
    #[default]
    Ordinary,
    /// Counts bytes; a connection for each exchange.
    Raw,
    /// The ordinary one, that shows no client certificate, or one that is not to be believed.
    Showing(Certificate),
}

/// What a lane shows of itself where it differs from what we ordinarily show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certificate {
    /// None.
    None,
    /// One that has expired.
    Expired,
    /// One of an authority that nobody knows.
    Untrusted,
    /// One that is the case's own.
    Revocable,
}

/// Makes the probe that shows the certificate of one attempt at a case.
pub type OfCase = dyn Fn(Attempt) -> Option<Arc<dyn Probe>> + Send + Sync;

/// In place of a probe whose certificate could not be made: it connects to nobody.
struct Unmade;

#[async_trait::async_trait]
impl Probe for Unmade {
    async fn exchange(&self, _: &Request) -> Carried {
        let detail = "the certificate of this case could not be made".to_owned();
        let now = Instant::now();
        Carried {
            result: Err(Broken { phase: FaultPhase::Connect, detail, timed_out: false }),
            started: now,
            ended: now,
        }
    }
}

/// The line to the target, shared by everything in a run.
#[derive(Clone)]
pub struct Wire {
    probe: Arc<dyn Probe>,
    raw: Arc<dyn Probe>,
    showing: BTreeMap<Certificate, Arc<dyn Probe>>,
    of_case: Option<Arc<OfCase>>,
    pace: Arc<Pace>,
    log: Arc<dyn Log>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Wire {
    /// A line over these probes, at this pace, recorded there.
    #[must_use]
    pub fn new(probe: Arc<dyn Probe>, raw: Arc<dyn Probe>, pace: Arc<Pace>, log: Arc<dyn Log>) -> Self {
        Self { probe, raw, showing: BTreeMap::new(), of_case: None, pace, log }
    }

    /// With probes that show another certificate; those of a case are made for each exchange, so that each has a
    /// connection of its own.
    #[must_use]
    pub fn with_certificates(mut self, showing: BTreeMap<Certificate, Arc<dyn Probe>>, of_case: Arc<OfCase>) -> Self {
        self.showing = showing;
        self.of_case = Some(of_case);
        self
    }

    /// Waits its turn, carries the request and records what became of it.
    pub async fn exchange(&self, key: Key, request: Request) -> Exchanged {
        self.exchange_on(Lane::Ordinary, key, request).await
    }

    /// The same over a probe of choice.
    pub async fn exchange_on(&self, lane: Lane, key: Key, request: Request) -> Exchanged {
        self.carry(lane, key, &request, |_| {}).await
    }

    /// The same, for a request from whose answer an action returns values.
    ///
    /// `values` reads them, by name; they are made known before anything is recorded.
    pub async fn exchange_returning(
        &self,
        key: Key,
        request: Request,
        values: impl FnOnce(&Carried) -> Vec<(String, String)> + Send,
    ) -> Exchanged {
        let (log, of) = (&self.log, key.clone());
        self.carry(Lane::Ordinary, key, &request, |carried| {
            for (name, value) in values(carried) {
                log.returned(&of, &name, &value);
            }
        })
        .await
    }

    /// The same, for a request whose answer may hold secrets that nobody knows yet.
    ///
    /// `secrets` finds them, with their kinds; they are learned before anything is recorded.
    pub async fn exchange_learning(
        &self,
        key: Key,
        request: Request,
        secrets: impl FnOnce(&Carried) -> Vec<(&'static str, String)> + Send,
    ) -> Exchanged {
        let log = &self.log;
        self.carry(Lane::Ordinary, key, &request, |carried| {
            for (kind, value) in secrets(carried) {
                log.learn(kind, &value);
            }
        })
        .await
    }

    async fn carry(
        &self,
        lane: Lane,
        key: Key,
        request: &Request,
        before_recording: impl FnOnce(&Carried) + Send,
    ) -> Exchanged {
        self.pace.turn().await;
        let carried = self.probe_of(lane, &key).exchange(request).await;
        before_recording(&carried);
        Exchanged { number: self.log.http(key, request, &carried), carried }
    }

    fn probe_of(&self, lane: Lane, key: &Key) -> Arc<dyn Probe> {
        match lane {
            Lane::Ordinary => Arc::clone(&self.probe),
            Lane::Raw => Arc::clone(&self.raw),
            Lane::Showing(certificate) => {
                let own = self.of_case.as_ref().filter(|_| certificate == Certificate::Revocable);
                match own.zip(key.instance) {
                    // Without it nothing is sent: a refusal of whoever shows none would pass for one of what it is.
                    Some((made, instance)) => made((instance, key.attempt)).unwrap_or_else(|| Arc::new(Unmade)),
                    // Where no certificate is ever shown, none is what everybody sees.
                    None => Arc::clone(self.showing.get(&certificate).unwrap_or(&self.probe)),
                }
            }
        }
    }

    /// Where it is recorded.
    #[must_use]
    pub fn log(&self) -> &dyn Log {
        &*self.log
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::engine::probe::http::HttpProbe;
    use crate::engine::probe::raw::RawProbe;
    use crate::engine::probe::trust::Trust;
    use crate::engine::probe::{Answer, Limits};
    use std::sync::Mutex;

    /// One thing that was logged, in order.
    #[derive(Clone, Debug)]
    pub(crate) enum Line {
        Http(Box<(Key, Request, Result<Answer, String>)>),
        Learned(&'static str, String),
        #[expect(dead_code, reason = "shown when a test fails")]
        Action(Box<(Key, ActionRecord)>),
    }

    /// A log in memory.
    #[derive(Debug, Default)]
    pub(crate) struct Memory {
        lines: Mutex<Vec<Line>>,
    }

    impl Memory {
        pub(crate) fn lines(&self) -> Vec<Line> {
            self.lines.lock().unwrap().clone()
        }

        fn push(&self, line: Line) -> u64 {
            let mut lines = self.lines.lock().unwrap();
            lines.push(line);
            lines.iter().filter(|line| matches!(line, Line::Http(_) | Line::Action(_))).count() as u64
        }
    }

    impl Log for Memory {
        fn http(&self, key: Key, request: &Request, carried: &Carried) -> u64 {
            let result = carried.result.clone().map_err(|broken| broken.detail);
            self.push(Line::Http(Box::new((key, request.clone(), result))))
        }

        fn learn(&self, kind: &'static str, value: &str) {
            self.push(Line::Learned(kind, value.to_owned()));
        }

        fn returned(&self, _: &Key, _: &str, _: &str) {}

        fn action(&self, key: Key, record: ActionRecord) -> u64 {
            self.push(Line::Action(Box::new((key, record))))
        }
    }

    /// A line over both real probes into memory.
    pub(crate) fn wire() -> (Wire, Arc<Memory>) {
        let (limits, trust, memory) = (Limits::default(), Trust::with(&[]).unwrap(), Arc::new(Memory::default()));
        let wire = Wire::new(
            Arc::new(HttpProbe::new(limits, &trust).unwrap()),
            Arc::new(RawProbe::new(limits, &trust)),
            Arc::new(Pace::new(1000)),
            Arc::clone(&memory) as Arc<dyn Log>,
        );
        (wire, memory)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{Line, wire};
    use super::*;
    use crate::engine::probe::testing::Server;
    use crate::model::record::Phase;
    use crate::model::request::Method;

    #[tokio::test]
    async fn a_secret_is_learned_before_the_answer_that_holds_it_is_recorded() {
        let server = Server::json(|_| (200, "s3cret".to_owned())).await;
        let (wire, memory) = wire();
        let request = Request { method: Method::Get, url: server.url.clone(), headers: Vec::new(), body: Vec::new() };
        let secrets = |carried: &Carried| {
            let body = carried.result.as_ref().map(|answer| answer.body.clone()).unwrap_or_default();
            vec![("token", String::from_utf8_lossy(&body).into_owned())]
        };
        let exchanged = wire.exchange_learning(Key::of(Phase::Preflight), request.clone(), secrets).await;
        assert_eq!(exchanged.number, 1);
        let exchanged = wire.exchange_on(Lane::Raw, Key::of(Phase::Preflight), request).await;
        assert_eq!((exchanged.number, exchanged.carried.result.unwrap().facts.connection), (2, Some(1)));
        let lines = memory.lines();
        assert!(
            matches!(&lines[..], [Line::Learned("token", value), Line::Http(_), Line::Http(_)] if value == "s3cret")
        );
    }
}
