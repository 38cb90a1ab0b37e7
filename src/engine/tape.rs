//! The tape: the append-only recording of a run, in memory and on disk at once.
//! What reaches it is sealed already; each line holds the hash of the line before.

mod drift;

use self::drift::Drift;
use crate::engine::counterpart::Arrived;
use crate::engine::probe::{Carried, Request};
use crate::engine::seal::{Given, Seal, SecretKind};
use crate::engine::wire::Log;
use crate::model::counterpart::Counterpart;
use crate::model::digest::digest;
use crate::model::record::{
    ActionRecord, Bodies, Event, Facts, FaultRecord, HttpRecord, InboundRecord, Key, Mirror, Phase, Record, Recording,
    RunHeader,
};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The recording as it grows.
pub struct Tape {
    seal: Seal,
    began: Instant,
    /// How many bytes of bodies there is room for.
    room: usize,
    inner: Mutex<Inner>,
}

struct Inner {
    records: Vec<Record>,
    drift: Drift,
    bodies: Bodies,
    kept: usize,
    file: Option<Chain>,
    /// The first thing that went wrong while writing; a run must not go on without its recording.
    trouble: Option<String>,
}

impl Inner {
    fn add(&mut self, key: Key, event: Event) -> u64 {
        let number = self.records.len() as u64 + 1;
        let record = Record { number, key, event };
        // Behind a line that was cut nothing could be read again.
        if let Some(chain) = self.file.as_mut().filter(|_| self.trouble.is_none())
            && let Err(error) = chain.line(&record)
        {
            self.trouble.get_or_insert(format!("cannot write run.jsonl: {error}"));
        }
        self.records.push(record);
        number
    }
}

/// An open `run.jsonl` and the hash of its last line.
struct Chain {
    file: File,
    folder: PathBuf,
    last: String,
}

impl Chain {
    fn line(&mut self, content: &impl serde::Serialize) -> io::Result<()> {
        let line = chained(&self.last, content).map_err(io::Error::other)?;
        self.file.write_all(line.as_bytes())?;
        self.file.write_all(b"\n")?;
        self.last = digest(line.as_bytes());
        Ok(())
    }
}

/// The hash that the first line holds instead of the one before it.
#[must_use]
pub fn no_line_before() -> String {
    "0".repeat(64)
}

/// One line of `run.jsonl`: the hash of the line before, and the content.
fn chained(before: &str, content: &impl serde::Serialize) -> serde_json::Result<String> {
    let content = serde_json::to_string(content)?;
    Ok(format!("{{\"after\":\"{before}\",\"is\":{content}}}"))
}

impl Tape {
    /// A tape that keeps everything in memory until a folder is given, with room for so many bytes of bodies.
    #[must_use]
    pub fn new(seal: Seal, room: u64) -> Self {
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let inner = Inner {
            records: Vec::new(),
            drift: Drift::new(),
            bodies: Bodies::new(),
            kept: 0,
            file: None,
            trouble: None,
        };
        Self { seal, began: Instant::now(), room, inner: Mutex::new(inner) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The seal through which everything passes.
    #[must_use]
    pub const fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Writes the first line and what was recorded so far; from here on every record reaches the disk.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn begin(&self, folder: &Path, header: &RunHeader) -> io::Result<()> {
        fs::create_dir_all(folder.join("bodies"))?;
        // One that stands there says what another run left at the target, and is never written over.
        let file = File::create_new(folder.join("run.jsonl"))?;
        // As long as this process lives nobody takes the run for one that was cut off. Where a disk knows no locks,
        // the number of the process in the folder's name tells.
        let _ = file.lock();
        let mut chain = Chain { file, folder: folder.to_owned(), last: no_line_before() };
        chain.line(header)?;
        let mut inner = self.inner();
        for (name, bytes) in &inner.bodies {
            fs::write(folder.join("bodies").join(name), bytes)?;
        }
        for record in &inner.records {
            chain.line(record)?;
        }
        inner.file = Some(chain);
        drop(inner);
        Ok(())
    }

    /// Whether the bodies fill their room. What is under way then is still recorded whole, so that every record can be
    /// judged: it is for the recorder to send nothing more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.inner().kept >= self.room
    }

    /// Whether the bodies of this exchange go unkept: way back and clean-up must go on when there is no room, and
    /// nobody judges them.
    fn is_bodiless(&self, key: &Key) -> bool {
        matches!(key.phase, Phase::Undo | Phase::Cleanup) && self.is_full()
    }

    /// Nanoseconds since the run began.
    fn since_start(&self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.began).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The same for now.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.since_start(Instant::now())
    }

    /// Records something that is not an exchange; its texts must be sealed already.
    pub fn event(&self, key: Key, event: Event) -> u64 {
        self.append(key, event, Vec::new())
    }

    /// Seals and records one exchange, answered or broken.
    pub fn http(&self, key: Key, request: &Request, carried: &Carried) -> u64 {
        let (started_ns, ended_ns) = (self.since_start(carried.started), self.since_start(carried.ended));
        match &carried.result {
            Ok(answer) => {
                let sealed = self.seal.answer(key.instance, request, answer);
                let mut facts = answer.facts.clone();
                facts.foreign = sealed.foreign;
                let (mut request, mut response, mut bodies) = (sealed.request, sealed.response, sealed.bodies);
                if self.is_bodiless(&key) {
                    bodies.clear();
                    for body in [&mut request.body, &mut response.body] {
                        body.cut |= body.sha256.take().is_some();
                    }
                }
                let record = HttpRecord { request, response, started_ns, ended_ns, facts };
                self.append(key, Event::Http(Box::new(record)), bodies)
            }
            Err(broken) => {
                let (request, bodies) = self.seal.request(key.instance, request);
                let record = FaultRecord {
                    request,
                    phase: broken.phase,
                    detail: self.seal.text(key.instance, &broken.detail),
                    timed_out: broken.timed_out,
                    started_ns,
                    ended_ns,
                };
                self.append(key, Event::Fault(record), bodies)
            }
        }
    }

    /// Seals and records an exchange that the target began: what arrived, and with which status, headers and body it was
    /// answered, if it was.
    pub(super) fn inbound(
        &self,
        key: Key,
        counterpart: Counterpart,
        arrived: &Arrived,
        answered: Option<Given<'_>>,
        (started, ended): (Instant, Instant),
        mut facts: Facts,
    ) -> u64 {
        let sealed = self.seal.inbound(key.instance, arrived, answered);
        facts.foreign = sealed.foreign;
        let record = InboundRecord {
            counterpart: counterpart.to_string(),
            below: sealed.below,
            request: sealed.request,
            response: sealed.response,
            started_ns: self.since_start(started),
            ended_ns: self.since_start(ended),
            facts,
            mirror: Mirror::default(),
        };
        self.append(key, Event::Inbound(Box::new(record)), sealed.bodies)
    }

    /// The number of the latest record; 0 before the first.
    #[must_use]
    pub fn latest(&self) -> u64 {
        self.inner().records.len() as u64
    }

    /// Seals and records an action.
    pub fn action(&self, key: Key, mut record: ActionRecord) -> u64 {
        self.seal.action(key.instance, &mut record);
        record.ended_ns = self.now_ns();
        self.append(key, Event::Action(record), Vec::new())
    }

    fn append(&self, key: Key, event: Event, bodies: Vec<(String, Vec<u8>)>) -> u64 {
        let mut inner = self.inner();
        for (name, bytes) in bodies {
            if inner.bodies.contains_key(&name) {
                continue;
            }
            inner.kept += bytes.len();
            if let Some(chain) = inner.file.as_ref().filter(|_| inner.trouble.is_none())
                && let Err(error) = fs::write(chain.folder.join("bodies").join(&name), &bytes)
            {
                inner.trouble.get_or_insert(format!("cannot write a body: {error}"));
            }
            inner.bodies.insert(name, bytes.into());
        }
        if let Some(step) = inner.drift.look(self.began) {
            inner.add(Key::of(Phase::Case), Event::Clock(step));
        }
        inner.add(key, event)
    }

    /// What went wrong while writing, if anything did.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.inner().trouble.clone()
    }

    /// Looks at the recording so far. The header is not part of what is looked at.
    pub fn look<T>(&self, look: impl FnOnce(&[Record], &Bodies) -> T) -> T {
        let inner = self.inner();
        look(&inner.records, &inner.bodies)
    }

    /// The whole recording, once the run has ended.
    #[must_use]
    pub fn recording(&self, header: Arc<RunHeader>) -> Recording {
        let inner = self.inner();
        Recording { header, records: inner.records.clone(), bodies: inner.bodies.clone() }
    }
}

/// A line of `run.jsonl` as it is read back.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<T> {
    after: String,
    is: T,
}

/// Why a run directory cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// A file cannot be read.
    #[error("{file}: {cause}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        cause: String,
    },
    /// A line does not follow from the one before, or is not what it must be.
    #[error("run.jsonl:{line}: {cause}")]
    Broken {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
    },
    /// A body is not what its name says.
    #[error("bodies/{name}: the bytes do not have this digest")]
    Altered {
        /// Its name.
        name: String,
    },
}

/// Reads a recording back from its folder, checking the chain and every body.
///
/// # Errors
/// When anything in it does not fit; a last line without line break is taken as cut off and left out.
pub fn read(folder: &Path) -> Result<Recording, TapeError> {
    let (bodies, altered) = read_bodies(&folder.join("bodies"))?;
    let recording = read_lines(folder, bodies)?;
    for (index, record) in recording.records.iter().enumerate() {
        let Some(missing) = cited_bodies(record).into_iter().find(|name| !recording.bodies.contains_key(*name)) else {
            continue;
        };
        if altered.contains(missing) {
            return Err(TapeError::Altered { name: missing.clone() });
        }
        let cause = format!("cites the body {missing}, which is not there");
        return Err(TapeError::Broken { line: index + 2, cause });
    }
    Ok(recording)
}

/// Reads what a crash left: bodies that were cut off are left out instead of refused.
///
/// Good for finding what a run created, not for judging.
///
/// # Errors
/// When `run.jsonl` cannot be read or its lines do not follow from each other.
pub fn salvage(folder: &Path) -> Result<Recording, TapeError> {
    let entries = fs::read_dir(folder.join("bodies")).into_iter().flatten().filter_map(Result::ok);
    let whole = entries.filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = fs::read(entry.path()).ok()?;
        (digest(&bytes) == name).then(|| (name, bytes.into()))
    });
    let bodies = whole.collect();
    read_lines(folder, bodies)
}

fn read_lines(folder: &Path, bodies: Bodies) -> Result<Recording, TapeError> {
    let unreadable = |file: &str, cause: &dyn std::fmt::Display| TapeError::Unreadable {
        file: file.to_owned(),
        cause: cause.to_string(),
    };
    let bytes = fs::read(folder.join("run.jsonl")).map_err(|e| unreadable("run.jsonl", &e))?;
    // A crash may cut the last line anywhere, within a letter too.
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let whole = std::str::from_utf8(&bytes[..end]).map_err(|_| unreadable("run.jsonl", &"is not UTF-8"))?;
    let mut lines = whole.split('\n').enumerate();
    let mut last = no_line_before();
    let broken = |line: usize, cause: String| TapeError::Broken { line: line + 1, cause };
    let Some((_, first)) = lines.next().filter(|(_, line)| !line.is_empty()) else {
        return Err(unreadable("run.jsonl", &"is empty"));
    };
    let header: Line<RunHeader> = serde_json::from_str(first).map_err(|e| broken(0, e.to_string()))?;
    if header.after != last {
        return Err(broken(0, "is not a first line".to_owned()));
    }
    last = digest(first.as_bytes());
    let mut records = Vec::new();
    for (index, line) in lines {
        let parsed: Line<Record> = serde_json::from_str(line).map_err(|e| broken(index, e.to_string()))?;
        if parsed.after != last {
            return Err(broken(index, "does not follow from the line before: something was changed".to_owned()));
        }
        if parsed.is.number != records.len() as u64 + 1 {
            return Err(broken(index, "its number is not the next".to_owned()));
        }
        last = digest(line.as_bytes());
        records.push(parsed.is);
    }
    Ok(Recording { header: Arc::new(header.is), records, bodies })
}

/// The bodies whose bytes fit their names, and the names of those that do not: what no line cites was cut off by a crash
/// and says nothing.
fn read_bodies(folder: &Path) -> Result<(Bodies, BTreeSet<String>), TapeError> {
    let (mut bodies, mut altered) = (Bodies::new(), BTreeSet::new());
    let unreadable = |cause: io::Error| TapeError::Unreadable { file: "bodies".to_owned(), cause: cause.to_string() };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = fs::read(entry.path()).map_err(unreadable)?;
        if digest(&bytes) == name {
            bodies.insert(name, bytes.into());
        } else {
            altered.insert(name);
        }
    }
    Ok((bodies, altered))
}

fn cited_bodies(record: &Record) -> Vec<&String> {
    match &record.event {
        Event::Http(http) => http.request.body.sha256.iter().chain(http.response.body.sha256.iter()).collect(),
        Event::Fault(fault) => fault.request.body.sha256.iter().collect(),
        Event::Inbound(inbound) => {
            let answered = inbound.response.as_ref().and_then(|response| response.body.sha256.as_ref());
            inbound.request.body.sha256.iter().chain(answered).collect()
        }
        Event::Action(_)
        | Event::Listen(_)
        | Event::Play(_)
        | Event::Wait(_)
        | Event::Clock(_)
        | Event::Cast(_)
        | Event::Preflight(_)
        | Event::Skipped(_)
        | Event::End(_) => Vec::new(),
    }
}

impl Log for Tape {
    fn http(&self, key: Key, request: &Request, carried: &Carried) -> u64 {
        Self::http(self, key, request, carried)
    }

    fn learn(&self, kind: &'static str, value: &str) {
        self.seal.learn(SecretKind::named(kind), value);
    }

    fn returned(&self, key: &Key, name: &str, value: &str) {
        self.seal.returned(key.instance, name, value);
    }

    fn action(&self, key: Key, record: ActionRecord) -> u64 {
        Self::action(self, key, record)
    }
}
