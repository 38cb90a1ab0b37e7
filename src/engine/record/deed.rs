//! What a move does: send a request, repeat one, or have an action done.
//! Requests are filled here with their secrets; only the tape, behind the seal, keeps them.

use super::guard::caught;
use super::instance::Walk;
use super::via;
use crate::engine::binding::{self, Call};
use crate::engine::body::BodyError;
use crate::engine::created;
use crate::engine::credential::ResolvedChange;
use crate::engine::fill::{Asked, NoValue, Scene};
use crate::engine::judge;
use crate::engine::oracle::{Exchange, is_server_failure, value};
use crate::engine::plan as planning;
use crate::engine::probe::{Answer, Request};
use crate::engine::schedule::{Deed, Move, action_of, member_of, word_of};
use crate::engine::steer;
use crate::engine::wire::{Exchanged, Lane};
use crate::model::id::{ActionId, MemberId};
use crate::model::profile::NamedSet;
use crate::model::record::{Event, FaultPhase, Key, Phase, Purpose, SkipReason};
use crate::model::request::{HttpRequest, Method};
use crate::model::span::Span;
use crate::model::testcase::{Range, Step, Verb, Without};
use crate::model::text::Text;
use crate::model::verdict::Verdict;
use std::collections::{BTreeMap, BTreeSet};

/// A request that was sent, with its secrets, so that its bytes can be sent again.
#[derive(Clone)]
pub struct Sent {
    pub(super) key: Key,
    pub(super) base: String,
    pub(super) request: Request,
    pub(super) response: Option<Vec<u8>>,
    pub(super) lane: Lane,
}

/// What an action is given besides the person.
#[derive(Default)]
pub(super) struct Given {
    with: BTreeMap<String, String>,
    /// The names whose values came from an endpoint: no program gets them as an argument.
    captured: BTreeSet<String>,
}

impl Given {
    /// Values that we drew, or that stand in files.
    pub(super) fn ours(with: BTreeMap<String, String>) -> Self {
        Self { with, captured: BTreeSet::new() }
    }
}

impl Sent {
    pub(super) fn new(key: Key, base: String, request: Request) -> Self {
        Self { key, base, request, response: None, lane: Lane::Ordinary }
    }
}

impl Walk<'_> {
    pub(super) async fn carry_out(&mut self, one: &Move<'_>) {
        if matches!(one.step.verb, Verb::Act(_) | Verb::Send(_) | Verb::Again(_)) {
            self.trigger();
        }
        match &one.deed {
            Deed::Request { request, http, about } => {
                let key = Key { request: request.cloned(), about: about.clone(), ..self.key(one) };
                let asked = about.clone().map(Asked::Member);
                if let Some(sent) = self.make(one.step, key, http, asked.as_ref(), &one.values).await {
                    let answered = self.send(one.step, sent).await;
                    if let Some(relation) = http.follow.as_ref().filter(|_| answered) {
                        self.follow(one.step, relation).await;
                    }
                }
                self.set_anchor(one.step.name.as_str(), false);
            }
            Deed::Again { step, to, without } => {
                let to = to.map(|name| word_of(name, &one.values));
                self.again(one, step.as_str(), to.as_deref(), *without).await;
                self.set_anchor(one.step.name.as_str(), false);
            }
            Deed::Act => {
                self.act(one).await;
                self.set_anchor(one.step.name.as_str(), true);
            }
            Deed::Sample { requests } => self.sample(one, requests).await,
            Deed::VendorSample { sample } => {
                self.vendor_sample(one, sample).await;
                self.set_anchor(one.step.name.as_str(), false);
            }
            Deed::Walk { requests, cells } => self.walk(one, requests, cells).await,
            Deed::Crawl { requests } => {
                self.crawl(one, requests).await;
                self.set_anchor(one.step.name.as_str(), false);
            }
            Deed::Play => {
                self.play(one).await;
                self.set_anchor(one.step.name.as_str(), true);
            }
            Deed::Await => self.hear(one).await,
            Deed::Look => {}
        }
    }

    /// Fills a request and gets its credential; what cannot be made is noted as skipped.
    pub(super) async fn make(
        &mut self,
        step: &Step,
        key: Key,
        http: &HttpRequest,
        asked: Option<&Asked>,
        values: &crate::engine::schedule::Values,
    ) -> Option<Sent> {
        let endpoint = word_of(&http.endpoint, values);
        let Some(base) = self.session.target.endpoints.get(endpoint.as_str()).cloned() else {
            self.skip(key, SkipReason::NoValue, format!("no endpoint {endpoint}"));
            return None;
        };
        let mut request = match self.filled(http, asked, values, &endpoint, &base) {
            Ok(request) => request,
            Err(error) => {
                let why = if let BodyError::NoValue(name) = &error { self.lacking(name) } else { error.to_string() };
                self.skip(key, SkipReason::NoValue, why);
                return None;
            }
        };
        request.headers.extend(self.credential(step, &key, values, &endpoint).await?);
        let lane = via::dress(step.frame.via, &self.session.target.own_client, &mut request);
        Some(Sent { lane, ..Sent::new(key, base, request) })
    }

    /// The headers by which a step's party shows who it is; what cannot be had is noted as skipped.
    pub(super) async fn credential(
        &mut self,
        step: &Step,
        key: &Key,
        values: &crate::engine::schedule::Values,
        endpoint: &str,
    ) -> Option<Vec<(String, String)>> {
        let Some(party) = step.frame.party.as_ref().and_then(|name| member_of(name, values)) else {
            return Some(Vec::new());
        };
        let change = match self.token_change(step, values, endpoint) {
            Ok(change) => change,
            Err(error) => {
                self.skip(key.clone(), SkipReason::NoValue, error.to_string());
                return None;
            }
        };
        let token_key = Key { purpose: Purpose::Token, ..key.clone() };
        let now = self.session.clock.now();
        match self.tokens.header(&self.session.wire, token_key, &party, &change, now).await {
            Ok(header) => Some(header.into_iter().collect()),
            Err(error) => {
                let asks = change.scope.is_some() && error.is_of_scope();
                let why = if asks { SkipReason::ScopeRefused } else { SkipReason::NoToken };
                self.skip(key.clone(), why, format!("{party}: {error}"));
                None
            }
        }
    }

    fn token_change(
        &self,
        step: &Step,
        values: &crate::engine::schedule::Values,
        endpoint: &str,
    ) -> Result<ResolvedChange, NoValue> {
        let mut resolved = ResolvedChange {
            default_endpoint: self.session.target.endpoints.get(endpoint).cloned(),
            ..ResolvedChange::default()
        };
        let Some(change) = &step.frame.token else { return Ok(resolved) };
        let mut home = endpoint.to_owned();
        if let Some(name) = &change.endpoint {
            home = word_of(name, values);
            let url = self.session.target.endpoints.get(home.as_str()).cloned();
            resolved.endpoint = Some(url.ok_or_else(|| NoValue(home.clone()))?);
        }
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let with = BTreeMap::new();
        let scene = self.scene(values, None, &home, &captures, &with);
        if let Some(name) = &change.patient {
            let member = member_of(name, values).ok_or_else(|| NoValue(name.to_string()))?;
            // A portal or a log has no ids of its own; it speaks of people as the holder does.
            let cast = &self.session.cast;
            let at = cast.at(&member, &home).or_else(|| cast.at(&member, "fhir"));
            let at = at.ok_or_else(|| NoValue(name.to_string()))?;
            resolved.patient = Some(at.id.clone());
        }
        resolved.scope = change.scope.as_ref().map(|text| scene.fill(text)).transpose()?;
        resolved.purpose = change.purpose.as_ref().map(|text| scene.fill(text)).transpose()?;
        Ok(resolved)
    }

    /// Sends a request, keeps what the step saves, and repeats it once if it fails and may be repeated.
    /// Says whether it was answered.
    pub(super) async fn send(&mut self, step: &Step, mut sent: Sent) -> bool {
        let exchanged = self.session.wire.exchange_on(sent.lane, sent.key.clone(), sent.request.clone()).await;
        if let Ok(answer) = &exchanged.carried.result {
            self.keep(step, &sent.request, answer);
            self.note_created(&sent, answer, exchanged.number);
            sent.response = Some(answer.body.clone());
        }
        self.note_unanswered(&sent, &exchanged);
        let answered = exchanged.carried.result.is_ok();
        if sent.key.sample.is_some() {
            // Nobody sends a sample again, and its answers are many.
            return answered;
        }
        if answered && repeatable(&sent.request) && self.is_worth_a_second_try(step, exchanged.number) {
            let key = Key { try_number: 2, ..sent.key.clone() };
            let again = self.session.wire.exchange_on(sent.lane, key, sent.request.clone()).await;
            // Where the server was only out of breath, what follows goes on from what it then gave.
            if let Ok(answer) = again.carried.result
                && exchanged.carried.result.is_ok_and(|first| is_server_failure(first.status))
            {
                sent.response = Some(answer.body);
            }
        }
        self.sent.push(sent);
        answered
    }

    /// Notes what may have been created although no answer came, so that somebody looks.
    pub(super) fn note_unanswered(&self, sent: &Sent, exchanged: &Exchanged) {
        if let Err(broken) = &exchanged.carried.result
            && broken.phase == FaultPhase::Receive
            && let Some(what) = created::unanswered(&sent.base, sent.request.method.as_str(), &sent.request.url)
        {
            self.session.note_left(what);
        }
    }

    /// Notes what the exchange of this number created, so that it is removed at the end.
    pub(super) fn note_created(&self, sent: &Sent, answer: &Answer, number: u64) {
        let header = |headers: &[(String, String)], name: &str| {
            headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        let seen = created::Seen {
            base: &sent.base,
            method: sent.request.method.as_str(),
            url: &sent.request.url,
            conditional: header(&sent.request.headers, "if-none-exist").is_some(),
            sent: &sent.request.body,
            status: answer.status,
            location: header(&answer.headers, "location"),
            got: &answer.body,
        };
        let told = |reference: &str| {
            self.session.tape.look(|records, bodies| created::told(records, bodies, number, reference))
        };
        let made = created::by(&seen, &told);
        if made.is_empty()
            && let Some(what) = created::out_of_reach(&seen)
        {
            self.session.note_left(what);
        }
        self.session.note_created(made);
    }

    /// Whether this very exchange fails in a way that a second try may clear up; a disclosure fails at once.
    pub(super) fn is_worth_a_second_try(&self, step: &Step, number: u64) -> bool {
        self.session.court(|court| {
            let Some(docket) = court.dockets(self.position).into_iter().find(|d| d.attempt == self.attempt) else {
                return false;
            };
            let Some(record) = docket.records.iter().find(|record| record.number == number) else { return false };
            let judgements = judge::one(&docket, step, record);
            let failing = court.exchange(record).is_some_and(|seen| judge::may_pass(step, &seen));
            (failing || judgements.iter().any(|j| j.verdict == Verdict::Fail))
                && !judgements.iter().any(|j| j.verdict == Verdict::Fail && j.breach)
        })
    }

    /// Reads the values a step saves from the exchange as it was, before sealing.
    pub(super) fn keep(&mut self, step: &Step, request: &Request, answer: &Answer) {
        for (name, save) in &step.frame.save {
            let (sent, response) = binding::unsealed(request, answer);
            let key = Key::of(Phase::Case);
            let exchange = Exchange {
                number: 0,
                key: &key,
                fhir: self.session.header.plan.instances[self.position].dialect.fhir,
                request: &sent,
                request_body: &request.body,
                response: &response,
                body: &answer.body,
                inbound: false,
                certificate: None,
            };
            if let Some(value) = value::read(&save.at, exchange.side(save.of), &exchange).into_iter().next() {
                self.kept.insert((step.name.to_string(), name.to_string()), value);
            }
        }
    }

    async fn again(&mut self, one: &Move<'_>, step: &str, to: Option<&str>, without: Option<&Without>) {
        let earlier: Vec<Sent> = self
            .sent
            .iter()
            .filter(|sent| sent.key.step.as_ref().is_some_and(|name| name.as_str() == step))
            .filter(|sent| sent.key.pass != Some(crate::model::record::Pass::After))
            .cloned()
            .collect();
        if earlier.is_empty() {
            self.skip(self.key(one), SkipReason::NoValue, format!("step {step} sent nothing"));
        }
        for mut sent in earlier {
            if self.is_over(|| self.key(one)) {
                return;
            }
            let key = self.key(one);
            let each = if key.each.is_empty() { sent.key.each.clone() } else { key.each.clone() };
            let at = sent.key.clone();
            sent.key = Key { each, request: at.request, about: at.about, ..key };
            if let Some(base) = to.and_then(|name| self.session.target.endpoints.get(name)).cloned() {
                let below = sent.request.url.strip_prefix(sent.base.trim_end_matches('/')).unwrap_or_default();
                sent.request.url = format!("{}{below}", base.trim_end_matches('/'));
                sent.base = base;
            }
            if let Some(party) = one.step.frame.party.as_ref().and_then(|name| member_of(name, &one.values)) {
                sent.request.headers.retain(|(name, _)| name != "authorization");
                let Ok(change) = self.token_change(one.step, &one.values, "fhir") else { continue };
                let token_key = Key { purpose: Purpose::Token, ..sent.key.clone() };
                let now = self.session.clock.now();
                match self.tokens.header(&self.session.wire, token_key, &party, &change, now).await {
                    Ok(header) => sent.request.headers.extend(header),
                    Err(error) => {
                        self.skip(sent.key, SkipReason::NoToken, format!("{party}: {error}"));
                        continue;
                    }
                }
            }
            if one.step.frame.via.is_some() {
                sent.lane = via::dress(one.step.frame.via, &self.session.target.own_client, &mut sent.request);
            }
            let Some(without) = without else {
                self.send(one.step, sent).await;
                continue;
            };
            let listed = self.listed(without);
            for (lacking, request) in steer::without::variants(&sent.request, without, &listed) {
                if self.is_over(|| self.key(one)) {
                    return;
                }
                let mut sent = Sent { request, ..sent.clone() };
                sent.key.each.insert("without".to_owned(), lacking);
                self.send(one.step, sent).await;
            }
        }
    }

    /// The parts that a profile's named set lists.
    fn listed(&self, without: &Without) -> Vec<String> {
        let (Without::AllBut(set) | Without::EachOf(set)) = without;
        let plan = &self.session.header.plan;
        let profile =
            plan.claim_of(self.instance()).and_then(|claim| self.session.catalogue.profiles.get(&claim.profile));
        profile.and_then(|profile| planning::named_sets(profile, &plan.facts).remove(set)).unwrap_or_default()
    }

    async fn act(&mut self, one: &Move<'_>) {
        let Verb::Act(act) = &one.step.verb else { return };
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let nothing = BTreeMap::new();
        let scene = self.scene(&one.values, None, "fhir", &captures, &nothing);
        let (mut with, mut captured) = (BTreeMap::new(), BTreeSet::new());
        let told = self.told(one.step);
        for (name, text) in &act.with {
            match scene.fill(text) {
                Ok(value) => with.insert(name.to_string(), value),
                Err(error) => return self.skip(self.key(one), SkipReason::NoValue, self.lacking(&error)),
            };
            if !scene.is_ours(text, &told) {
                captured.insert(name.to_string());
            }
        }
        let Some(action) = action_of(&act.action, &one.values) else {
            return self.skip(self.key(one), SkipReason::NoValue, format!("`{}` is no action", act.action));
        };
        self.complete(&action, &mut with);
        let person = act.person.as_ref().and_then(|name| member_of(name, &one.values));
        let took_back = self.is_way_back(&action, person.as_ref());
        if !took_back {
            self.remember_way_back(&action, person.as_ref());
        }
        let given = Given { with, captured };
        let returned = self.perform(self.key(one), &action, person.as_ref(), given).await;
        // Refused, it is tried once more at the end.
        if took_back && self.was_acknowledged(&action) {
            self.forget_way_back(&action, person.as_ref());
        }
        for (name, value) in returned {
            self.kept.insert((one.step.name.to_string(), name), value);
        }
    }

    /// The `each` names of a step whose values the target's capability statement gives.
    fn told(&self, step: &Step) -> BTreeSet<String> {
        let (plan, catalogue) = (&self.session.header.plan, &self.session.catalogue);
        let profile = plan.claim_of(self.instance()).and_then(|claim| catalogue.profiles.get(&claim.profile));
        let case = catalogue.cases.get(&self.instance().case);
        let ranges = step.frame.each.iter().chain(case.into_iter().flat_map(|case| &case.each));
        let is_told = |range: &Range| match range {
            Range::Of(set) => match profile.and_then(|profile| profile.sets.get(set)) {
                Some(NamedSet::Words(_)) => false,
                Some(NamedSet::Capability(_)) | None => true,
            },
            Range::In(_) | Range::Rows(_) | Range::Draw(_) | Range::Near(_) => false,
        };
        ranges.filter(|(_, range)| is_told(range)).map(|(name, _)| name.clone()).collect()
    }

    /// An argument that an action takes and the case does not give is an empty text, so that bindings may cite it.
    pub(super) fn complete(&self, action: &ActionId, with: &mut BTreeMap<String, String>) {
        let takes = self.session.catalogue.action(action).map(|action| action.with.clone()).unwrap_or_default();
        for word in takes {
            with.entry(word.to_string()).or_default();
        }
    }

    /// What takes an action back is due at the end, unless the case does it itself.
    pub(super) fn remember_way_back(&mut self, action: &ActionId, person: Option<&MemberId>) {
        if let Some(undo) = self.session.catalogue.action(action).and_then(|action| action.undo.clone()) {
            self.to_undo.push((undo, person.cloned()));
        }
    }

    /// Whether this is due at the end.
    fn is_way_back(&self, action: &ActionId, person: Option<&MemberId>) -> bool {
        self.to_undo.iter().any(|(undo, who)| undo == action && who.as_ref() == person)
    }

    fn forget_way_back(&mut self, action: &ActionId, person: Option<&MemberId>) {
        if let Some(index) = self.to_undo.iter().rposition(|(undo, who)| undo == action && who.as_ref() == person) {
            self.to_undo.remove(index);
        }
    }

    /// Has an action done by the target's binding, and records it.
    pub(super) async fn perform(
        &mut self,
        key: Key,
        action: &ActionId,
        person: Option<&MemberId>,
        Given { with, captured }: Given,
    ) -> BTreeMap<String, String> {
        let Some(binding) = self.session.target.bindings.get(action).cloned() else {
            self.skip(key, SkipReason::NoValue, format!("no binding for {action}"));
            return BTreeMap::new();
        };
        let session = self.session;
        let asked = person.cloned().map(Asked::Member);
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let values = self.instance().each.clone();
        let options = &session.header.plan.instances[self.position].options;
        let call = Call {
            action: action.clone(),
            person: person.and_then(|member| session.cast.person(&session.header, member)),
            with: with.clone(),
            captured,
            key: key.clone(),
        };
        let fill = |endpoint: &str, text: &Text| {
            let scene = Scene {
                header: &session.header,
                cast: &session.cast,
                options,
                number: self.number,
                attempt: self.attempt,
                values: &values,
                asked: asked.as_ref(),
                endpoint,
                captures: &captures,
                with: &with,
            };
            scene.fill(text).map_err(|error| error.to_string())
        };
        let stage = binding::Stage {
            wire: &session.wire,
            target: &session.target,
            means: &session.means,
            now: session.clock.now(),
            fill: &fill,
            read: &binding::returned,
        };
        match binding::act(&stage, &mut self.tokens, &call, &binding).await {
            Ok(acted) => acted.record.returned,
            Err(refusal) => {
                self.skip(key, SkipReason::NoValue, format!("{action}: {refusal}"));
                BTreeMap::new()
            }
        }
    }

    /// Advances the target's clock through its binding; false if that was refused.
    pub(super) async fn advance_clock(&mut self, millis: u64) -> bool {
        let Ok(action) = "advance-clock".parse::<ActionId>() else { return false };
        let by = BTreeMap::from([
            ("by".to_owned(), Span::millis(millis).to_string()),
            ("by-ms".to_owned(), millis.to_string()),
        ]);
        let key = Key { instance: Some(self.number), attempt: self.attempt, ..Key::of(Phase::Case) };
        let key = Key { purpose: Purpose::Action, ..key };
        self.perform(key, &action, None, Given::ours(by)).await;
        let done = self.was_acknowledged(&action);
        if done {
            self.session.clock.advance(i64::try_from(millis).unwrap_or(i64::MAX));
        }
        done
    }

    /// Whether the target acknowledged this action when this walk through a case last carried it out.
    pub(super) fn was_acknowledged(&self, action: &ActionId) -> bool {
        let acknowledged = self.session.tape.look(|records, _| {
            let own = records.iter().rev().filter(|record| record.key.instance == Some(self.number));
            own.filter_map(|record| match &record.event {
                Event::Action(done) if done.action == *action => Some(done.acknowledged),
                _ => None,
            })
            .next()
        });
        acknowledged.unwrap_or(false)
    }

    /// Takes back what was done, last first; a stop or a fault of ours does not keep it from happening.
    /// Says whether all of it was at least tried.
    pub(super) async fn take_back(&mut self) -> bool {
        let mut whole = true;
        while let Some((undo, person)) = self.to_undo.pop() {
            let key = Key { instance: Some(self.number), attempt: self.attempt, ..Key::of(Phase::Undo) };
            let key = Key { purpose: Purpose::Action, ..key };
            if caught(self.perform(key, &undo, person.as_ref(), Given::default())).await.is_err() {
                whole = false;
                let whose = person.map(|person| format!(" {person}")).unwrap_or_default();
                self.session.note_left(format!("{undo}{whose}"));
            }
        }
        whole
    }
}

/// Whether a request may be repeated: it changes nothing by its method, or is a search by form.
pub(super) fn repeatable(request: &Request) -> bool {
    match request.method {
        Method::Get | Method::Head | Method::Options => true,
        Method::Post => request.url.split('?').next().is_some_and(|path| path.ends_with("/_search")),
        Method::Put | Method::Patch | Method::Delete => false,
    }
}
