//! The counterparts of one attempt at a case: what they play, the tokens they issued, and who waits for them.
//! Only what a case scripted changes what they do.

use super::answer::{self, Reply};
use super::tongue::{Forms, Tongue};
use super::{held, path};
use crate::engine::identity::Life;
use crate::model::counterpart::{Counterpart, Outage};
use crate::model::plan::Dialect;
use rand::RngExt;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How many requests of the target are kept in one attempt at a case. A system that calls without end is told to slow
/// down, and nobody has to look through all that it says.
pub(super) const MOST: u64 = 2_000;

/// What becomes of a request, by how many came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is kept and answered.
    Kept,
    /// It is the first that is not kept, which is noted.
    FirstTooMany,
    /// It is not kept.
    TooMany,
}

/// What a counterpart plays.
#[derive(Clone, Debug, Default)]
pub enum Playing {
    /// It answers as it does by itself.
    #[default]
    Up,
    /// It does, for a caller without a client certificate too.
    Unguarded,
    /// It fails.
    Fault(Outage),
    /// It keeps resources and gives them to whoever shows a token of this case.
    Holds(Vec<Value>),
    /// It answers as scripted, with how often each line was used.
    Answers(Vec<(Ready, u32)>),
    /// It gives the status list, good for so long once it was asked for.
    Lists(Duration),
}

/// A scripted answer with its names filled in.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Only to this method.
    pub method: Option<&'static str>,
    /// Only to this path.
    pub path: Option<String>,
    /// Only to what holds this citizen service number, in the address or in the body.
    pub about: Option<String>,
    /// How often at most.
    pub times: Option<u32>,
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: ReadyBody,
}

/// The body of a scripted answer.
#[derive(Clone, Debug)]
pub enum ReadyBody {
    /// These bytes.
    Bytes(Vec<u8>),
    /// This resource, in the form that is asked for.
    Forms(Forms),
    /// A `transaction-response` with this status for every entry.
    TransactionResponse(u16),
}

/// What arrived, with its secrets.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Arrived {
    pub(in crate::engine) method: String,
    /// Path and query below the counterpart.
    pub(in crate::engine) below: String,
    /// The whole URL as it was called.
    pub(in crate::engine) url: String,
    pub(in crate::engine) headers: Vec<(String, String)>,
    pub(in crate::engine) body: Vec<u8>,
    /// Whether more came than is kept.
    pub(in crate::engine) cut: bool,
}

/// The counterparts of one attempt at a case.
#[derive(Debug)]
pub struct Desk {
    /// The position of the case in the plan.
    pub number: u32,
    /// The attempt.
    pub attempt: u32,
    /// The segment below which its counterparts are called.
    pub segment: String,
    /// The FHIR version in which its counterparts speak, and the form in which they do unless asked otherwise.
    dialect: Dialect,
    state: Mutex<State>,
    came: AtomicU64,
    arrivals: watch::Sender<u64>,
    closed: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    parts: BTreeMap<Counterpart, Playing>,
    tokens: BTreeSet<String>,
}

impl Desk {
    /// The counterparts of this attempt, all up.
    #[must_use]
    pub fn new(number: u32, attempt: u32, segment: String, dialect: Dialect) -> Self {
        Self {
            number,
            attempt,
            segment,
            dialect,
            state: Mutex::default(),
            came: AtomicU64::new(0),
            arrivals: watch::Sender::new(0),
            closed: watch::Sender::new(false),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what a counterpart plays.
    pub fn play(&self, counterpart: Counterpart, playing: Playing) {
        self.state().parts.insert(counterpart, playing);
    }

    /// Counts a request, and says what becomes of it.
    pub(super) fn comes(&self) -> Turn {
        match self.came.fetch_add(1, Ordering::Relaxed) {
            before if before < MOST => Turn::Kept,
            MOST => Turn::FirstTooMany,
            _ => Turn::TooMany,
        }
    }

    /// Told after every exchange that was recorded.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }

    /// Says that an exchange was recorded.
    pub(super) fn arrived(&self) {
        self.arrivals.send_modify(|count| *count += 1);
    }

    /// The case is over: whoever was kept waiting is let go.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Waits until the case is over.
    pub(super) async fn over(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as this desk; if it is gone, the case is over as well.
        let _ = closed.wait_for(|closed| *closed).await;
    }

    /// Whether this counterpart serves whoever shows no client certificate.
    pub(super) fn is_unguarded(&self, counterpart: Counterpart) -> bool {
        matches!(self.state().parts.get(&counterpart), Some(Playing::Unguarded))
    }

    /// What becomes of a request, and the token that was issued with it, which is secret.
    pub(super) fn reply(&self, counterpart: Counterpart, arrived: &Arrived) -> (Reply, Option<String>) {
        let tongue = Tongue::of(self.dialect, arrived);
        let mut state = self.state();
        let State { parts, tokens } = &mut *state;
        match parts.entry(counterpart).or_default() {
            Playing::Fault(fault) => (answer::outage(*fault, tongue), None),
            Playing::Lists(span) => (Reply::StatusList(Life::Lasting(*span)), None),
            Playing::Holds(held) => {
                let bearer = arrived.header("authorization").and_then(|value| value.split_once(' '));
                let known = bearer.is_some_and(|(scheme, token)| {
                    scheme.eq_ignore_ascii_case("bearer") && tokens.contains(token.trim())
                });
                match known {
                    true => (held::answer(held, arrived, tongue), None),
                    false => (unauthorised(tongue), None),
                }
            }
            Playing::Answers(lines) => match lines.iter_mut().find(|(line, used)| line.fits(arrived, *used)) {
                Some((line, used)) => {
                    *used += 1;
                    (line.reply(arrived, tongue), None)
                }
                None => by_itself(tokens, counterpart, arrived, tongue),
            },
            Playing::Up | Playing::Unguarded => by_itself(tokens, counterpart, arrived, tongue),
        }
    }
}

fn by_itself(
    tokens: &mut BTreeSet<String>,
    counterpart: Counterpart,
    arrived: &Arrived,
    tongue: Tongue,
) -> (Reply, Option<String>) {
    if counterpart == Counterpart::TokenService && arrived.method == "POST" {
        let mut rng = rand::rng();
        let token = format!("{:016x}{:016x}", rng.random::<u64>(), rng.random::<u64>());
        tokens.insert(token.clone());
        return (Reply::token(&token), Some(token));
    }
    if counterpart == Counterpart::LogFacility && arrived.method == "POST" && path::fits("/", &arrived.below) {
        // Several events at once come as a Bundle (IHE ITI-20).
        return (Reply::of_transaction(201, arrived, tongue), None);
    }
    let receives = matches!(counterpart, Counterpart::Receiver | Counterpart::OtherReceiver);
    if receives
        && arrived.method == "POST"
        && path::fits("/Task", &arrived.below)
        && let Some(reply) = Reply::of_creation("Task", arrived, tongue)
    {
        return (reply, None);
    }
    (answer::by_itself(counterpart, &arrived.method, &arrived.below, tongue), None)
}

fn unauthorised(tongue: Tongue) -> Reply {
    match Reply::outcome(401, "login", tongue) {
        Reply::Answer { status, mut headers, body } => {
            headers.push(("www-authenticate".to_owned(), "Bearer".to_owned()));
            Reply::Answer { status, headers, body }
        }
        other => other,
    }
}

impl Arrived {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a number stands in it by itself; digits are never escaped, neither in a query nor in a form, and
    /// whatever hides the number is about somebody whom we do not know.
    fn names(&self, number: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body);
        [self.below.as_str(), &body].iter().any(|text| {
            text.match_indices(number).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + number.len()..].chars().next();
                // `%7C` before the number ends in a letter, `%20` in a digit that is none of it.
                let escaped = at >= 3 && text.as_bytes()[at - 3] == b'%';
                (escaped || before.is_none_or(|one| !one.is_ascii_digit()))
                    && after.is_none_or(|one| !one.is_ascii_digit())
            })
        })
    }
}

impl Ready {
    fn fits(&self, arrived: &Arrived, used: u32) -> bool {
        self.method.is_none_or(|method| method == arrived.method)
            && self.path.as_ref().is_none_or(|pattern| path::fits(pattern, &arrived.below))
            && self.about.as_ref().is_none_or(|number| arrived.names(number))
            && self.times.is_none_or(|times| used < times)
    }

    fn reply(&self, arrived: &Arrived, tongue: Tongue) -> Reply {
        let reply = match &self.body {
            ReadyBody::Bytes(bytes) => Reply::Answer { status: self.status, headers: Vec::new(), body: bytes.clone() },
            ReadyBody::Forms(forms) => {
                let written = tongue.choose(forms);
                Reply::of(self.status, written.media_type, written.bytes.clone())
            }
            ReadyBody::TransactionResponse(status) => Reply::of_transaction(*status, arrived, tongue),
        };
        match reply {
            Reply::Answer { status, mut headers, body } => {
                headers.retain(|(name, _)| !self.headers.iter().any(|(own, _)| own == name));
                headers.extend(self.headers.iter().cloned());
                Reply::Answer { status, headers, body }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::target::{FhirVersion, Format};

    const R4_JSON: Dialect = Dialect { fhir: FhirVersion::R4, format: Format::Json };

    fn arrived(method: &str, below: &str, bearer: Option<&str>) -> Arrived {
        let headers = bearer.map(|token| ("authorization".to_owned(), format!("Bearer {token}")));
        Arrived {
            method: method.to_owned(),
            below: below.to_owned(),
            url: format!("http://localhost{below}"),
            headers: headers.into_iter().collect(),
            body: Vec::new(),
            cut: false,
        }
    }

    fn status(reply: &Reply) -> u16 {
        match reply {
            Reply::Answer { status, .. } => *status,
            Reply::Silence | Reply::Reset | Reply::StatusList(_) => 0,
        }
    }

    #[test]
    fn what_is_held_is_given_for_a_token_of_this_case_alone() {
        let desk = Desk::new(0, 1, "s".to_owned(), R4_JSON);
        desk.play(Counterpart::Sender, Playing::Holds(vec![serde_json::json!({ "resourceType": "Task", "id": "t" })]));
        let ask = |token: Option<&str>| status(&desk.reply(Counterpart::Sender, &arrived("GET", "/Task/t", token)).0);
        assert_eq!((ask(None), ask(Some("guessed"))), (401, 401));
        let (_, token) = desk.reply(Counterpart::TokenService, &arrived("POST", "/token", None));
        assert_eq!(ask(token.as_deref()), 200);
    }

    #[test]
    fn a_line_that_is_used_up_gives_way_to_the_next() {
        let desk = Desk::new(0, 1, "s".to_owned(), R4_JSON);
        let line = |status, times| Ready {
            method: Some("POST"),
            path: None,
            about: None,
            times,
            status,
            headers: Vec::new(),
            body: ReadyBody::Bytes(Vec::new()),
        };
        let lines = [line(503, Some(1)), line(201, None)].map(|line| (line, 0)).to_vec();
        desk.play(Counterpart::Receiver, Playing::Answers(lines));
        let ask = |method: &str| status(&desk.reply(Counterpart::Receiver, &arrived(method, "/x", None)).0);
        assert_eq!((ask("POST"), ask("POST"), ask("POST"), ask("GET")), (503, 201, 201, 405));
        desk.play(Counterpart::Receiver, Playing::Fault(Outage::Silent));
        assert_eq!(ask("POST"), 0);
    }

    #[test]
    fn a_task_that_is_created_at_a_receiver_is_there_under_an_id_of_its_own() {
        let desk = Desk::new(0, 1, "s".to_owned(), R4_JSON);
        let create = |below: &str, body: &[u8]| {
            desk.reply(Counterpart::Receiver, &Arrived { body: body.to_vec(), ..arrived("POST", below, None) }).0
        };
        let (task, patient) =
            (&br#"{"resourceType":"Task","status":"requested"}"#[..], br#"{"resourceType":"Patient"}"#);
        let Reply::Answer { status: said, headers, body } = create("/Task", task) else { panic!() };
        let created: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((said, &created["status"]), (201, &serde_json::json!("requested")));
        let place = headers.iter().find(|(name, _)| name == "location").map(|(_, place)| place.as_str());
        assert_eq!(place, Some(format!("http://localhost/Task/{}", created["id"].as_str().unwrap()).as_str()));
        assert_eq!((status(&create("/Task", b"")), status(&create("/Task", patient))), (202, 202));
        assert_eq!(status(&create("/another", task)), 202);
    }

    #[test]
    fn a_line_about_somebody_answers_what_names_that_number_and_no_longer_one() {
        let desk = Desk::new(0, 1, "s".to_owned(), R4_JSON);
        let line = Ready {
            method: None,
            path: None,
            about: Some("999900006".to_owned()),
            times: None,
            status: 418,
            headers: Vec::new(),
            body: ReadyBody::Bytes(Vec::new()),
        };
        desk.play(Counterpart::ConsentRegister, Playing::Answers(vec![(line, 0)]));
        let ask = |below: &str, body: &str| {
            let arrived = Arrived { body: body.as_bytes().to_vec(), ..arrived("POST", below, None) };
            status(&desk.reply(Counterpart::ConsentRegister, &arrived).0)
        };
        let place = "/Consent/_search";
        assert_eq!(ask(place, "patient.identifier=http%3A%2F%2Fx%7C999900006&_count=1"), 418);
        assert_eq!(ask("/Consent?patient.identifier=x|999900006", ""), 418);
        assert_eq!(ask(place, "{\"bsn\":\"999900006\"}"), 418);
        assert_eq!(ask(place, "bsn=%20999900006"), 418);
        for other in ["", "bsn=999900018", "bsn=1999900006", "bsn=9999000061"] {
            assert_eq!(ask(place, other), 200, "{other}");
        }
    }
}
