//! The sockets of all counterparts, and to which case what arrives belongs.
//! What belongs to no case that is under way is answered, counted, and not kept.

use super::answer::Reply;
use super::desk::{Arrived, Desk, MOST, Turn};
use super::gate::{Door, Gate};
use super::secure;
use super::status::StatusList;
use super::tongue::Tongue;
use crate::engine::identity::{Attempt, Identities};
use crate::engine::record::RunClock;
use crate::engine::tape::Tape;
use crate::model::counterpart::Counterpart;
use crate::model::record::{CounterpartPlace, Event, Facts, Key, Phase, SkipReason, SkippedRecord};
use crate::model::target::Counterparts;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How many connections are served at a time; more wait for their turn.
const CONNECTIONS: usize = 256;
/// How long a caller may take for a head, and between the parts of a body.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long somebody is kept waiting at most.
const SILENCE: Duration = Duration::from_secs(120);

/// Why counterparts cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("{place}: cannot listen at {address}: {cause}; give another address, or stop what listens there")]
pub struct OpenError {
    /// Where in the target file.
    pub place: String,
    /// The address.
    pub address: String,
    /// Why.
    pub cause: io::Error,
}

/// The sockets of all counterparts.
pub struct Switchboard {
    places: BTreeMap<String, CounterpartPlace>,
    fixed: bool,
    body_limit: usize,
    /// Where parties listen, and how they speak TLS, where they do.
    listen: String,
    secure: OnceLock<TlsAcceptor>,
    status: StatusList,
    gates: BTreeMap<Counterpart, Gate>,
    doors: Mutex<Vec<(Option<Counterpart>, Door)>>,
    desks: RwLock<HashMap<String, Arc<Desk>>>,
    /// Who has what only one case at a time can have: facilities, and parties under a fixed address.
    holders: RwLock<HashMap<Counterpart, Arc<Desk>>>,
    serving: Mutex<Vec<JoinHandle<()>>>,
    strays: AtomicU64,
}

impl Switchboard {
    /// Begins to listen; nothing is answered before [`Self::serve`], and where parties speak TLS, [`Self::secure`] comes
    /// before that.
    ///
    /// # Errors
    /// When an address cannot be listened at.
    pub async fn open(at: &Counterparts, body_limit: u64) -> Result<Self, OpenError> {
        let (mut places, mut gates, mut doors) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let wrong = |place: &str, address: &str, cause| OpenError {
            place: place.to_owned(),
            address: address.to_owned(),
            cause,
        };
        let (common, door) =
            Gate::bind(&at.listen).await.map_err(|cause| wrong("counterparts.listen", &at.listen, cause))?;
        doors.push((None, door));
        let scheme = if at.secure { "https" } else { "http" };
        let base = at.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", common.address()));
        let base = base.trim_end_matches('/').to_owned();
        for party in Counterpart::ALL.into_iter().filter(|one| !one.is_facility()) {
            let url = if at.fixed { format!("{base}/{party}") } else { base.clone() };
            places.insert(party.to_string(), CounterpartPlace { url, shared: at.fixed });
        }
        // The gate of the parties stays open; it is kept so that its door does not end.
        gates.insert(Counterpart::Receiver, common);
        for (name, place) in &at.facilities {
            let Ok(facility) = name.as_str().parse::<Counterpart>() else { continue };
            let label = format!("counterparts.facilities.{name}.listen");
            let (gate, door) = Gate::bind(&place.listen).await.map_err(|cause| wrong(&label, &place.listen, cause))?;
            let url = place.public_url.clone().unwrap_or_else(|| format!("http://{}", gate.address()));
            places
                .insert(name.to_string(), CounterpartPlace { url: url.trim_end_matches('/').to_owned(), shared: true });
            gates.insert(facility, gate);
            doors.push((Some(facility), door));
        }
        Ok(Self {
            places,
            fixed: at.fixed,
            body_limit: usize::try_from(body_limit).unwrap_or(usize::MAX),
            listen: at.listen.clone(),
            secure: OnceLock::new(),
            status: StatusList::default(),
            gates,
            doors: Mutex::new(doors),
            desks: RwLock::default(),
            holders: RwLock::default(),
            serving: Mutex::default(),
            strays: AtomicU64::new(0),
        })
    }

    /// Has parties speak TLS with certificates of this run, believing these authorities too, and its status list
    /// published.
    ///
    /// # Errors
    /// When certificates cannot be used.
    pub fn secure(&self, identities: &Arc<Identities>, trusted: &[Vec<u8>]) -> Result<(), OpenError> {
        let acceptor = secure::acceptor(identities, trusted).map_err(|cause| OpenError {
            place: "counterparts.secure".to_owned(),
            address: self.listen.clone(),
            cause: io::Error::other(cause.to_string()),
        })?;
        // Whoever secures a board twice does so with the same certificates.
        let _ = self.secure.set(acceptor);
        self.status.issued_by(identities);
        Ok(())
    }

    /// Where the list of revoked certificates is, if it has a place of its own.
    #[must_use]
    pub fn status_list(&self) -> Option<String> {
        let place = self.places.get(Counterpart::StatusList.as_str())?;
        Some(format!("{}/revoked.crl", place.url))
    }

    /// Revokes the certificate of an attempt at a case; says whether that is done.
    #[must_use]
    pub fn revoke(&self, attempt: Attempt) -> bool {
        self.status.revoke(attempt)
    }

    /// Where counterparts are reached, for the recording.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, CounterpartPlace> {
        self.places.clone()
    }

    /// Ceases to listen, before or after anything was answered.
    pub fn close(&self) {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for task in self.serving.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }

    /// The same, and every address is free once this returns.
    pub async fn shut(&self) {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let serving: Vec<_> = self.serving.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect();
        for task in serving {
            task.abort();
            // It ends at once, with its socket; that it was ended is no news.
            let _ = task.await;
        }
    }

    /// Begins to answer by this clock, and to record on this tape.
    pub fn serve(self: &Arc<Self>, tape: &Arc<Tape>, clock: &Arc<RunClock>) {
        self.status.keeps_time_by(clock);
        let doors = std::mem::take(&mut *self.doors.lock().unwrap_or_else(PoisonError::into_inner));
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        let mut serving = self.serving.lock().unwrap_or_else(PoisonError::into_inner);
        for (facility, mut door) in doors {
            let (board, tape, permits) = (Arc::downgrade(self), Arc::clone(tape), Arc::clone(&permits));
            serving.push(tokio::spawn(async move {
                let mut connections = tokio::task::JoinSet::new();
                loop {
                    tokio::select! {
                        Some(_) = connections.join_next() => {}
                        caller = door.caller() => {
                            let (Some(stream), Some(board)) = (caller, board.upgrade()) else { return };
                            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                            let tape = Arc::clone(&tape);
                            connections.spawn(async move {
                                board.connection(facility, stream, tape).await;
                                drop(permit);
                            });
                        }
                    }
                }
            }));
        }
    }

    /// Takes in the counterparts of a case, with what it has to itself.
    pub fn seat(&self, desk: &Arc<Desk>, alone: &[Counterpart]) {
        self.desks.write().unwrap_or_else(PoisonError::into_inner).insert(desk.segment.clone(), Arc::clone(desk));
        let mut holders = self.holders.write().unwrap_or_else(PoisonError::into_inner);
        holders.extend(alone.iter().map(|counterpart| (*counterpart, Arc::clone(desk))));
    }

    /// Lets them go again; every facility that was closed is opened.
    pub async fn leave(&self, desk: &Arc<Desk>) {
        desk.close();
        self.desks.write().unwrap_or_else(PoisonError::into_inner).remove(&desk.segment);
        let held: Vec<Counterpart> = {
            let mut holders = self.holders.write().unwrap_or_else(PoisonError::into_inner);
            let held = holders.iter().filter(|(_, own)| Arc::ptr_eq(own, desk)).map(|(one, _)| *one).collect();
            holders.retain(|_, own| !Arc::ptr_eq(own, desk));
            held
        };
        for counterpart in held {
            self.set_open(counterpart, true).await;
        }
    }

    /// Opens or closes the socket of a facility; of a party, whose socket is everybody's, nothing changes. Says
    /// whether it stands as wanted.
    pub async fn set_open(&self, counterpart: Counterpart, open: bool) -> bool {
        match self.gates.get(&counterpart).filter(|_| counterpart.is_facility()) {
            Some(gate) => gate.set(open).await,
            None => true,
        }
    }

    /// How many exchanges belonged to no case that was under way.
    #[must_use]
    pub fn strays(&self) -> u64 {
        self.strays.load(Ordering::Relaxed)
    }

    async fn connection(self: Arc<Self>, facility: Option<Counterpart>, stream: TcpStream, tape: Arc<Tape>) {
        // Without this, small answers wait for the other side's acknowledgement.
        let _ = stream.set_nodelay(true);
        let acceptor = self.secure.get().filter(|_| facility.is_none()).cloned();
        let Some(acceptor) = acceptor else {
            return self.speak(facility, stream, tape, Facts::default()).await;
        };
        // Whoever speaks without TLS where TLS is spoken is heard, so that it can be told of.
        if !secure::begins_with_tls(&stream, PATIENCE).await {
            return self.speak(facility, stream, tape, Facts::default()).await;
        }
        if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
            let facts = secure::facts(stream.get_ref().1);
            self.speak(facility, stream, tape, facts).await;
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send>(
        self: Arc<Self>,
        facility: Option<Counterpart>,
        stream: S,
        tape: Arc<Tape>,
        facts: Facts,
    ) {
        let service = service_fn(move |request| {
            let (board, tape, facts) = (Arc::clone(&self), Arc::clone(&tape), facts.clone());
            async move { board.exchange(facility, request, &tape, facts).await }
        });
        // A connection that breaks off is the other side's business, and so is one that we cut.
        let _ = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            // A facility that is closed must not go on serving on a connection from before.
            .keep_alive(facility.is_none())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn exchange(
        &self,
        facility: Option<Counterpart>,
        request: hyper::Request<Incoming>,
        tape: &Tape,
        facts: Facts,
    ) -> Result<hyper::Response<Full<Bytes>>, Cut> {
        let started = Instant::now();
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let Some((counterpart, desk, below)) = self.whose(facility, &target) else {
            self.strays.fetch_add(1, Ordering::Relaxed);
            // It is read so far as it must be to answer, and not kept.
            let _ = body(request.into_body(), self.body_limit).await;
            return respond(self.issued(stray(facility)));
        };
        let shows_none = facts.tls.is_some() && facts.peer_certificate.is_none();
        if shows_none && !desk.is_unguarded(counterpart) {
            // Whoever shows no certificate is not spoken with, as if the session had been refused.
            self.strays.fetch_add(1, Ordering::Relaxed);
            return Err(Cut);
        }
        let (head, incoming) = request.into_parts();
        let (body, cut) = body(incoming, self.body_limit).await.ok_or(Cut)?;
        let pairs = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let key = Key { instance: Some(desk.number), attempt: desk.attempt, ..Key::of(Phase::Case) };
        match desk.comes() {
            Turn::Kept => {}
            Turn::FirstTooMany => {
                let detail =
                    format!("more than {MOST} requests of the target in one case; what came after them is not kept");
                tape.event(key, Event::Skipped(SkippedRecord { why: SkipReason::Limit, detail }));
                return respond(Reply::bare(429));
            }
            Turn::TooMany => return respond(Reply::bare(429)),
        }
        let arrived = Arrived {
            method: head.method.to_string(),
            url: self.url_of(counterpart, &desk, &below),
            below,
            headers: head.headers.iter().map(pairs).collect(),
            body,
            cut,
        };
        let (reply, token) = if cut { (Reply::bare(413), None) } else { desk.reply(counterpart, &arrived) };
        let reply = self.issued(reply);
        if let Some(token) = token {
            tape.seal().learn(crate::engine::seal::SecretKind::Token, &token);
        }
        let answered = match &reply {
            Reply::Answer { status, headers, body } => Some((*status, headers.as_slice(), body.as_slice())),
            Reply::Silence | Reply::Reset | Reply::StatusList(_) => None,
        };
        // Noted before it is answered: what the target does next comes after it in the recording.
        tape.inbound(key, counterpart, &arrived, answered, (started, Instant::now()), facts);
        desk.arrived();
        if reply == Reply::Silence {
            let _ = tokio::time::timeout(SILENCE, desk.over()).await;
        }
        respond(reply)
    }

    /// With the status list as it is now, if that is what is given.
    fn issued(&self, reply: Reply) -> Reply {
        match reply {
            Reply::StatusList(life) => self.status.reply(life),
            other => other,
        }
    }

    /// The counterpart that is called, the case it belongs to, and the path below it.
    fn whose(&self, facility: Option<Counterpart>, target: &str) -> Option<(Counterpart, Arc<Desk>, String)> {
        let holder = |counterpart: Counterpart| {
            self.holders.read().unwrap_or_else(PoisonError::into_inner).get(&counterpart).cloned()
        };
        if let Some(facility) = facility {
            return Some((facility, holder(facility)?, target.to_owned()));
        }
        let (segment, rest) = match self.fixed {
            true => (None, target.trim_start_matches('/')),
            false => {
                let (segment, rest) = target.trim_start_matches('/').split_once('/')?;
                (Some(segment), rest)
            }
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let counterpart: Counterpart = rest[..end].parse().ok()?;
        let desk = match segment {
            Some(segment) => self.desks.read().unwrap_or_else(PoisonError::into_inner).get(segment).cloned()?,
            None => holder(counterpart)?,
        };
        let below = &rest[end..];
        Some((counterpart, desk, if below.starts_with('/') { below.to_owned() } else { format!("/{below}") }))
    }

    fn url_of(&self, counterpart: Counterpart, desk: &Desk, below: &str) -> String {
        let base = self.places.get(counterpart.as_str()).map_or("", |place| place.url.as_str());
        match self.fixed || counterpart.is_facility() {
            true => format!("{base}{below}"),
            false => format!("{base}/{}/{counterpart}{below}", desk.segment),
        }
    }
}

impl std::fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Switchboard").field("places", &self.places).finish_non_exhaustive()
    }
}

impl Drop for Switchboard {
    fn drop(&mut self) {
        for task in self.serving.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

/// A connection that is cut on purpose, or whose caller did not finish.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

/// What somebody hears who calls for no case: a facility goes on as if it knew nothing.
fn stray(facility: Option<Counterpart>) -> Reply {
    match facility {
        Some(facility) => super::answer::by_itself(facility, "GET", "/", Tongue::plain()),
        None => Reply::outcome(404, "not-found", Tongue::plain()),
    }
}

fn respond(reply: Reply) -> Result<hyper::Response<Full<Bytes>>, Cut> {
    let Reply::Answer { status, headers, body } = reply else { return Err(Cut) };
    let mut response = hyper::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(body))).map_err(|_| Cut)
}

/// A body up to a limit, and whether there was more; nothing if it does not come to its end.
async fn body(mut incoming: Incoming, limit: usize) -> Option<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    loop {
        let frame = tokio::time::timeout(PATIENCE, incoming.frame()).await.ok()?;
        let Some(frame) = frame else { return Some((bytes, false)) };
        let Ok(data) = frame.ok()?.into_data() else { continue };
        let room = limit.saturating_sub(bytes.len());
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Some((bytes, true));
        }
    }
}
