//! What a case does with our counterparts: it tells them what to play, and waits for what arrives.
//! How long to wait follows from what is wanted; whether it came in time is for the judge.

use super::instance::Walk;
use crate::engine::body::{self, Written};
use crate::engine::counterpart::{self, Desk, Forms, Playing, Ready, ReadyBody};
use crate::engine::identity::LONGEST;
use crate::engine::judge::{self, Heard};
use crate::engine::oracle::{Exchange, value};
use crate::engine::schedule::{self, Move, word_of};
use crate::model::counterpart::{Counterpart, Outage};
use crate::model::expectation::{Count, Expectation};
use crate::model::plan::Dialect;
use crate::model::record::{Event, ListenRecord, PlayRecord, SkipReason};
use crate::model::request::Fixture;
use crate::model::target::Format;
use crate::model::testcase::{Await, Part, Play, Scripted, ScriptedBody, Step, Verb};
use crate::model::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Walk<'_> {
    /// The counterparts that these names stand for here.
    fn counterparts(&self, names: &[crate::model::text::Name], one: &Move<'_>) -> Vec<Counterpart> {
        names.iter().flat_map(|name| Counterpart::named(&word_of(name, &one.values))).collect()
    }

    /// Tells counterparts what to play.
    pub(super) async fn play(&mut self, one: &Move<'_>) {
        let Verb::Play(Play { who, be }) = &one.step.verb else { return };
        let (Some(board), Some(desk)) = (self.session.board.clone(), self.desk.clone()) else {
            return self.skip(self.key(one), SkipReason::NoValue, "nobody listens");
        };
        let counterparts = self.counterparts(who, one);
        let mut told = String::new();
        for counterpart in &counterparts {
            let (word, playing) = match self.part(be, one) {
                Ok(part) => part,
                Err(why) => return self.skip(self.key(one), SkipReason::NoValue, why),
            };
            let closed = matches!(playing, Playing::Fault(Outage::Refused));
            desk.play(*counterpart, playing);
            if !board.set_open(*counterpart, !closed).await {
                return self.skip(self.key(one), SkipReason::Internal, format!("the port of {counterpart} is taken"));
            }
            told = word;
        }
        let who = counterparts.iter().map(ToString::to_string).collect();
        let event = Event::Play(PlayRecord { who, be: told, at_ns: self.session.tape.now_ns() });
        self.session.tape.event(self.key(one), event);
    }

    /// What is to be played, with its names filled in, and the word for it.
    fn part(&self, be: &Part, one: &Move<'_>) -> Result<(String, Playing), String> {
        Ok(match be {
            Part::Up => ("up".to_owned(), Playing::Up),
            Part::Unguarded => ("unguarded".to_owned(), Playing::Unguarded),
            Part::Fault(name) => {
                let word = word_of(name, &one.values);
                let fault = word.parse().map_err(|_| format!("`{word}` is no way to fail"))?;
                (word, Playing::Fault(fault))
            }
            Part::Holds(fixtures) => {
                let held = fixtures.iter().map(|fixture| {
                    let json = self.fixture_for_others(fixture, Format::Json, one)?;
                    // What is held is given in both forms: that it can be, shows here and not once it is asked for.
                    if self.instance().dialect.format == Format::Xml {
                        self.fixture_for_others(fixture, Format::Xml, one)?;
                    }
                    serde_json::from_slice(&json.bytes).map_err(|error| error.to_string())
                });
                ("holds".to_owned(), Playing::Holds(held.collect::<Result<_, String>>()?))
            }
            Part::Lists(listed) => {
                if !listed.revoked.is_empty() && !self.revoke() {
                    return Err("nothing can be revoked".to_owned());
                }
                let lasting = |moment| schedule::length(moment, &self.instance().options);
                let lasting = listed.lasting.as_ref().map(lasting).transpose();
                let lasting = lasting.map_err(|_| "how long a list lasts is not stated")?;
                let lasting = lasting.map_or(LONGEST, |span| Duration::from_millis(span.as_millis()));
                let word = if listed.revoked.is_empty() { "lists" } else { "lists-revoked" };
                (word.to_owned(), Playing::Lists(lasting))
            }
            Part::Answers(lines) => {
                let ready = lines.iter().map(|line| Ok((self.ready(line, one)?, 0)));
                ("answers".to_owned(), Playing::Answers(ready.collect::<Result<_, String>>()?))
            }
        })
    }

    /// Revokes the certificate that this attempt at this case shows; says whether that is done.
    fn revoke(&self) -> bool {
        self.session.board.as_ref().is_some_and(|board| board.revoke((self.number, self.attempt)))
    }

    fn ready(&self, line: &Scripted, one: &Move<'_>) -> Result<Ready, String> {
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let nothing = BTreeMap::new();
        let scene = self.scene(&one.values, None, "fhir", &captures, &nothing);
        let fill = |text: &Text| scene.fill(text).map_err(|error| error.to_string());
        let number = |name: &crate::model::text::Name| -> Result<String, String> {
            fill(&Text::try_from(format!("{{{{{name}.bsn}}}}")).map_err(|error| error.to_string())?)
        };
        let mut headers = Vec::new();
        for (name, text) in &line.header {
            headers.push((name.as_str().to_owned(), fill(text)?));
        }
        let body = match &line.body {
            None => ReadyBody::Bytes(Vec::new()),
            Some(ScriptedBody::Text(text)) => ReadyBody::Bytes(fill(text)?.into_bytes()),
            Some(ScriptedBody::Forms(forms)) => {
                let written = |format: Format, text| {
                    Ok::<_, String>(Written { bytes: fill(text)?.into_bytes(), media_type: format.media_type() })
                };
                ReadyBody::Forms(Forms {
                    json: written(Format::Json, &forms.json)?,
                    xml: written(Format::Xml, &forms.xml)?,
                })
            }
            Some(ScriptedBody::TransactionResponse(status)) => ReadyBody::TransactionResponse(*status),
            Some(ScriptedBody::Fixture(fixture)) => {
                let named = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
                match named.map(|named| body::form(self.instance().dialect, Some(named)).format) {
                    Some(format) => ReadyBody::Bytes(self.fixture_for_others(fixture, format, one)?.bytes),
                    None => ReadyBody::Forms(self.both_forms(fixture, one)?),
                }
            }
        };
        Ok(Ready {
            method: line.method.map(crate::model::request::Method::as_str),
            path: line.path.as_ref().map(fill).transpose()?,
            about: line.about.as_ref().map(number).transpose()?,
            times: line.times,
            status: line.status,
            headers,
            body,
        })
    }

    /// A fixture in both forms; only that of the claim must be possible.
    fn both_forms(&self, fixture: &Fixture, one: &Move<'_>) -> Result<Forms, String> {
        let own = self.instance().dialect.format;
        let json = self.fixture_for_others(fixture, Format::Json, one)?;
        Ok(match self.fixture_for_others(fixture, Format::Xml, one) {
            Ok(xml) => Forms { json, xml },
            Err(_) if own == Format::Json => Forms { xml: json.clone(), json },
            Err(why) => return Err(why),
        })
    }

    fn fixture_for_others(&self, fixture: &Fixture, format: Format, one: &Move<'_>) -> Result<Written, String> {
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let nothing = BTreeMap::new();
        let scene = self.scene(&one.values, None, "fhir", &captures, &nothing);
        let dialect = Dialect { format, ..self.instance().dialect };
        body::fixture(&self.session.catalogue, fixture, dialect, &scene).map_err(|error| error.to_string())
    }

    /// Waits for exchanges since the latest trigger, until what is wanted has come or time is up.
    pub(super) async fn hear(&mut self, one: &Move<'_>) {
        let Verb::Await(wanted) = &one.step.verb else { return };
        let Some(desk) = self.desk.clone() else {
            return self.skip(self.key(one), SkipReason::NoValue, "nobody listens");
        };
        let within = schedule::length(&wanted.within, &self.instance().options);
        let Ok(within) = within else {
            return self.skip(self.key(one), SkipReason::NoValue, "the time to wait is not stated");
        };
        let limit = Duration::from_millis(within.as_millis());
        // One too many matters only where a number is exact.
        let exact = one.step.frame.expect.iter().any(|e| matches!(e, Expectation::Count(Count::Exactly(_))));
        let settle = if exact { Duration::from_millis(self.one_too_many().as_millis()) } else { Duration::ZERO };
        // Silence lasts its whole time from here on: what was waited for before may have taken long to come. So does what
        // an access has to be logged in, which no action set off.
        let silent = |e: &Expectation| matches!(e, Expectation::Count(Count::None | Count::AtMost(_)));
        let fresh = one.step.frame.expect.iter().any(silent) || judge::wanted_logged(one.step).is_some();
        let from = if fresh { Instant::now() } else { self.triggered };
        self.wait_until(one, wanted, &desk, (from + limit, settle)).await;
        let record = ListenRecord {
            at: self.counterparts(&wanted.at, one).iter().map(ToString::to_string).collect(),
            since: self.since,
            within_ms: within.as_millis(),
            waited_ms: u64::try_from(self.triggered.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        self.session.tape.event(self.key(one), Event::Listen(record));
        self.keep_heard(one.step);
    }

    /// How long one exchange too many is waited for.
    fn one_too_many(&self) -> crate::model::span::Span {
        self.session.target.counterparts.clone().unwrap_or_default().settle
    }

    async fn wait_until(&self, one: &Move<'_>, wanted: &Await, desk: &Arc<Desk>, (end, settle): (Instant, Duration)) {
        let mut arrivals = desk.arrivals();
        let mut settled: Option<Instant> = None;
        while !self.session.stop.asked() {
            arrivals.borrow_and_update();
            if settled.is_none() && self.has_come(one, wanted) {
                settled = Some(Instant::now() + settle);
            }
            let until = settled.map_or(end, |settled| settled.min(end));
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            // Short pieces, so that an interrupted run does not wait on.
            let piece = left.min(Duration::from_millis(200));
            // Whether something came or time passed, the next look tells.
            let _ = tokio::time::timeout(piece, arrivals.changed()).await;
        }
    }

    /// Whether what a step waits for is there.
    fn has_come(&self, one: &Move<'_>, wanted: &Await) -> bool {
        let Some(log) = judge::wanted_logged(one.step) else {
            return enough(one.step, self.heard_so_far(one, wanted));
        };
        let at: Vec<String> = self.counterparts(&wanted.at, one).iter().map(ToString::to_string).collect();
        self.session.court(|court| {
            let dockets = court.dockets(self.position);
            dockets.iter().any(|docket| docket.attempt == self.attempt && judge::is_logged(docket, log, &at))
        })
    }

    /// How many exchanges that are meant have arrived since the trigger.
    fn heard_so_far(&self, one: &Move<'_>, wanted: &Await) -> u64 {
        let at: Vec<String> = self.counterparts(&wanted.at, one).iter().map(ToString::to_string).collect();
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let nothing = BTreeMap::new();
        let path = wanted
            .path
            .as_ref()
            .map(|text| self.scene(&one.values, None, "fhir", &captures, &nothing).fill(text).unwrap_or_default());
        let heard = Heard { at: &at, method: wanted.method, path: path.as_deref() };
        self.session.tape.look(|records, _| {
            let since = usize::try_from(self.since).unwrap_or(usize::MAX);
            let later = records.get(since..).unwrap_or_default().iter();
            let own = later.filter(|r| r.key.instance == Some(self.number) && r.key.attempt == self.attempt);
            own.filter(|record| heard.means(record)).count() as u64
        })
    }

    /// Keeps the values that a step saves from what arrived; what is secret in it stays sealed.
    fn keep_heard(&mut self, step: &Step) {
        let found: Vec<(String, String)> = self.session.court(|court| {
            let Some(docket) = court.dockets(self.position).into_iter().find(|d| d.attempt == self.attempt) else {
                return Vec::new();
            };
            let heard: Vec<Exchange<'_>> = docket.answered(&step.name);
            let mut found = Vec::new();
            for (name, save) in &step.frame.save {
                let value = |one: &Exchange<'_>| value::read(&save.at, one.side(save.of), one).into_iter().next();
                found.extend(heard.iter().rev().find_map(value).map(|value| (name.to_string(), value)));
            }
            found
        });
        for (name, value) in found {
            self.kept.insert((step.name.to_string(), name), value);
        }
    }

    /// From here on, what arrives is a consequence of what is about to be done.
    pub(super) fn trigger(&mut self) {
        self.since = self.session.tape.latest();
        self.triggered = Instant::now();
    }

    /// Seats this case's counterparts, if it has any.
    pub(super) fn seat(&mut self, needs: &schedule::Needs) {
        let Some(board) = self.session.board.clone().filter(|_| !needs.counterparts.is_empty()) else { return };
        let segment = counterpart::segment(&self.session.header.parameters, self.number, self.attempt);
        let desk = Arc::new(Desk::new(self.number, self.attempt, segment, self.instance().dialect));
        board.seat(&desk, &needs.counterparts.iter().copied().collect::<Vec<_>>());
        self.desk = Some(desk);
    }

    /// Has this system call us, where it can be told to: so that silence later on is known to be its own.
    pub(super) async fn reach(&mut self) {
        let Ok(action) = "reach".parse::<crate::model::id::ActionId>() else { return };
        if self.desk.is_none() || !self.session.target.bindings.contains_key(&action) {
            return;
        }
        let header = &self.session.header;
        let url = counterpart::address(header, self.number, self.attempt, Counterpart::Receiver).unwrap_or_default();
        let with = BTreeMap::from([("url".to_owned(), format!("{url}/reach"))]);
        let key = crate::model::record::Key {
            instance: Some(self.number),
            attempt: self.attempt,
            purpose: crate::model::record::Purpose::Action,
            ..crate::model::record::Key::of(crate::model::record::Phase::Case)
        };
        self.perform(key, &action, None, super::deed::Given::ours(with)).await;
    }

    /// Lets this case's counterparts go.
    pub(super) async fn unseat(&mut self) {
        if let (Some(board), Some(desk)) = (self.session.board.clone(), self.desk.take()) {
            board.leave(&desk).await;
        }
    }
}

/// Whether as many have come as a step wants, so that only one too many is still waited for.
fn enough(step: &Step, so_far: u64) -> bool {
    let wanted = step.frame.expect.iter().find_map(|expectation| match expectation {
        Expectation::Count(count) => Some(*count),
        _ => None,
    });
    match wanted {
        // Silence takes the whole time.
        Some(Count::None | Count::AtMost(_)) => false,
        Some(Count::Exactly(least) | Count::AtLeast(least)) => so_far >= u64::from(least),
        None => so_far > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_never_enough_and_one_too_many_is_waited_for() {
        let step = |count: serde_json::Value| -> Step {
            serde_json::from_value(serde_json::json!({
                "step": "s", "await": { "at": ["receiver"], "within": "1s" }, "expect": [{ "count": count }],
            }))
            .unwrap()
        };
        let none = step(serde_json::json!("none"));
        assert!(!enough(&none, 0) && !enough(&none, 3));
        let two = step(serde_json::json!({ "exactly": 2 }));
        assert!(!enough(&two, 1) && enough(&two, 2) && enough(&two, 3));
    }
}
