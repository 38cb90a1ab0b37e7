//! One step: every expectation held against every exchange, and what follows from all of them.
//! Before `settles` a breach is measured, after it judged.

use super::docket::Docket;
use super::{access, handshake, heard, logged, names, pace, pattern, power, trail, walk};
use crate::engine::fill::Asked;
use crate::engine::oracle::{
    Exchange, after, body, compare, count, disclosure, hides, indistinguishable, log, matching, media, opens, status,
    value,
};
use crate::engine::schedule;
use crate::model::expectation::{Expectation, Matcher, Relation, StatusPattern, ValueAt, YesNo};
use crate::model::finding::{Expected, Observed};
use crate::model::id::StepId;
use crate::model::record::{ActionRecord, Event, FaultRecord, Key, Record, SampleClassName, SkipReason, SkippedRecord};
use crate::model::testcase::{Head, Step, Verb};
use crate::model::text::Text;
use crate::model::verdict::{Doubt, Evidence, Judgement, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What was found about one step, before its head and its requirements are considered.
#[derive(Debug, Default)]
pub struct Findings {
    /// Every judgement.
    pub judgements: Vec<Judgement>,
    /// The weakest evidence used.
    pub evidence: Evidence,
    /// For how long after the act a breach was still seen, in milliseconds.
    pub effect_ms: Option<u64>,
    /// What kept it from being carried out, if anything did.
    pub skipped: Option<SkipReason>,
}

/// Judges one step of one attempt.
#[must_use]
pub fn judge(docket: &Docket<'_>, step: &Step) -> Findings {
    let mut findings = Findings::default();
    let names: Vec<_> = match &step.verb {
        Verb::Look(steps) => steps.iter().collect(),
        _ => vec![&step.name],
    };
    let records: Vec<&Record> = names.iter().flat_map(|name| docket.of_step(name)).collect();
    for record in &records {
        match &record.event {
            Event::Skipped(skipped) if skipped.why == SkipReason::ScopeRefused && refusal_suffices(step) => {
                let (expected, witnesses) = (Expected::OpensNone, vec![record.number]);
                let judgement = Judgement::of(true, expected, Observed::ScopeRefused, witnesses);
                findings.judgements.push(Judgement { of: label(&record.key), ..judgement });
            }
            Event::Skipped(skipped) => {
                findings.skipped = findings.skipped.or(Some(skipped.why));
                findings.judgements.extend(not_sent(skipped, record.number));
            }
            Event::Action(action) => findings.action(docket, step, record, action),
            Event::Play(_) => findings.judgements.push(heard::played(record.number)),
            _ => {}
        }
    }
    let cut_off = records
        .iter()
        .any(|record| matches!(&record.event, Event::Skipped(skipped) if matches!(skipped.why, SkipReason::Aborted | SkipReason::Internal)));
    if matches!(step.verb, Verb::Sample(_)) {
        findings.sample(docket, step, &records);
        findings.only_what_was_seen(0, cut_off);
        return findings;
    }
    let settles = step
        .frame
        .settles
        .as_ref()
        .and_then(|moment| schedule::length(moment, &docket.instance.options).ok())
        .map(crate::model::span::Span::as_millis);
    for record in records.iter().filter(|record| record.key.try_number == 1) {
        let judgements = exchange_with_second_try(docket, step, record);
        if let (Some(settles), Some(at)) = (settles, record.key.at_ms)
            && at < settles
        {
            if judgements.iter().any(|judgement| judgement.verdict == Verdict::Fail) {
                findings.effect_ms = findings.effect_ms.max(Some(at));
            }
            continue;
        }
        findings.judgements.extend(judgements);
    }
    let before = findings.judgements.len();
    findings.together(docket, step, &records);
    if matches!(step.verb, Verb::Await(_)) {
        findings.evidence = findings.evidence.max(heard::evidence(docket, step));
        if let Some(wanted) = heard::wanted(step) {
            let judged = heard::judge(docket, step, wanted);
            // What did not come cannot be otherwise than wanted; that it did not come is judged here.
            findings.judgements.extend(judged);
        }
        findings.judgements.extend(logged::judge(docket, step));
    }
    findings.judgements.extend(power::lacking(docket, step));
    findings.only_what_was_seen(before, cut_off);
    findings
}

/// Judges one record; of a failing request that was done twice, both must say the same.
fn exchange_with_second_try(docket: &Docket<'_>, step: &Step, record: &Record) -> Vec<Judgement> {
    let first = one(docket, step, record);
    let Some(second) = docket.second_try(record) else { return first };
    let again = one(docket, step, second);
    let worst = |judgements: &[Judgement]| Verdict::worst_of(judgements.iter().map(|j| j.verdict));
    let told_apart = worst(&first) != worst(&again);
    let mut judgements: Vec<Judgement> = first
        .into_iter()
        .map(|judgement| match judgement.verdict {
            Verdict::Fail if told_apart => differs(judgement, vec![record.number, second.number]),
            _ => judgement,
        })
        .collect();
    // What the second try gave away was given away.
    judgements.extend(again.into_iter().filter(|judgement| judgement.breach && judgement.verdict == Verdict::Fail));
    judgements
}

/// A failure that a second try of the same request did not confirm.
fn differs(judgement: Judgement, witnesses: Vec<u64>) -> Judgement {
    let Judgement { expected, of, .. } = judgement;
    let doubt = Doubt::Nondeterministic;
    Judgement { of, ..Judgement::doubtful(doubt, expected, Observed::SecondTryDiffers, witnesses) }
}

/// What all exchanges of a step say together: first as they came, then with the second answer of each that was tried
/// twice. A failure that only the first answers show is not confirmed; a breach stands whichever shows it.
pub(super) fn of_both_tries(first: Judgement, again: Option<Judgement>) -> Judgement {
    let Some(again) = again else { return first };
    match (first.verdict, again.verdict) {
        (Verdict::Fail, _) if first.breach => first,
        (_, Verdict::Fail) if again.breach => again,
        (Verdict::Fail, Verdict::Fail) => first,
        (Verdict::Fail, _) => {
            let witnesses: BTreeSet<u64> = first.witnesses.iter().chain(&again.witnesses).copied().collect();
            differs(first, witnesses.into_iter().collect())
        }
        (Verdict::Pass, Verdict::Fail) => {
            let witnesses: BTreeSet<u64> = first.witnesses.iter().chain(&again.witnesses).copied().collect();
            differs(again, witnesses.into_iter().collect())
        }
        (Verdict::Pass | Verdict::Warn | Verdict::Inconclusive | Verdict::Error, _) => first,
    }
}

/// What the expectations say of one record. The engine calls this to decide on a second try.
#[must_use]
pub fn one(docket: &Docket<'_>, step: &Step, record: &Record) -> Vec<Judgement> {
    let mut judgements = match &record.event {
        Event::Fault(fault) => {
            let late = pace::judge(docket, step, record);
            let told = handshake::broken(step, record, fault).or(late);
            vec![told.unwrap_or_else(|| broken(record, fault))]
        }
        Event::Http(_) | Event::Inbound(_) => {
            let answered = seen(docket, step, record).map(|exchange| answered(docket, step, &exchange));
            answered.unwrap_or_default().into_iter().chain(pace::judge(docket, step, record)).collect()
        }
        _ => Vec::new(),
    };
    for judgement in &mut judgements {
        judgement.of = label(&record.key);
    }
    judgements
}

/// The exchange of a record as this step looks at it.
fn seen<'r>(docket: &Docket<'r>, step: &Step, record: &Record) -> Option<Exchange<'r>> {
    let own = docket.records.iter().find(|own| own.number == record.number)?;
    docket.exchange(step, own)
}

/// How reports name the repetition a record belongs to.
fn label(key: &Key) -> BTreeMap<String, String> {
    let mut of = key.each.clone();
    if let Some(request) = &key.request {
        of.insert("request".to_owned(), request.to_string());
    }
    if let Some(about) = &key.about {
        of.insert("about".to_owned(), about.to_string());
    }
    if let Some(at) = key.at_ms {
        of.insert("at".to_owned(), crate::model::span::Span::millis(at).to_string());
    }
    if let Some(pass) = key.pass {
        let word = match pass {
            crate::model::record::Pass::Before => "before",
            crate::model::record::Pass::After => "after",
        };
        of.insert("pass".to_owned(), word.to_owned());
    }
    of
}

fn broken(record: &Record, fault: &FaultRecord) -> Judgement {
    let doubt = if fault.timed_out { Doubt::TimedOut } else { Doubt::Transport };
    let phase = serde_json::to_value(fault.phase).ok().and_then(|word| word.as_str().map(str::to_owned));
    let observed = Observed::Fault { phase: phase.unwrap_or_default(), detail: fault.detail.clone() };
    Judgement::doubtful(doubt, Expected::Answered, observed, vec![record.number])
}

/// Whether a step asks for 429 itself, so that being slowed down is what it tests.
fn wants_429(step: &Step) -> bool {
    step.frame.expect.iter().any(|expectation| {
        matches!(expectation, Expectation::Status(patterns) if patterns.contains(&StatusPattern::Code(429)))
    })
}

/// Whether a step asks for this status, so that a failing server may be what it tests.
fn wants(step: &Step, status: u16) -> bool {
    step.frame.expect.iter().any(|expectation| {
        matches!(expectation, Expectation::Status(patterns) if patterns.iter().any(|pattern| pattern.fits(status)))
    })
}

/// Whether an answer is an error of the server that this step looks at among all of its answers: it may be over by the
/// next, and what the step wants open is no failure for one of them. The engine calls this to decide on a second try.
#[must_use]
pub fn may_pass(step: &Step, exchange: &Exchange<'_>) -> bool {
    let together = |expectation: &Expectation| match expectation {
        Expectation::Opens(_) | Expectation::Decisions(_) | Expectation::Count(_) => !expectation.is_negative(),
        Expectation::Compare(comparison) => comparison.what.is_of_whole_step(),
        Expectation::Status(_)
        | Expectation::MediaType(_)
        | Expectation::Value(_)
        | Expectation::Body(_)
        | Expectation::Discloses(_)
        | Expectation::OnlyMatching
        | Expectation::Logs(_)
        | Expectation::After(_)
        | Expectation::KeepsPace(_)
        | Expectation::Pattern(_)
        | Expectation::Handshake(_)
        | Expectation::Indistinguishable(_)
        | Expectation::Acknowledged(_) => false,
    };
    exchange.is_server_failure() && !wants(step, exchange.response.status) && step.frame.expect.iter().any(together)
}

/// That a failing server gave nothing away shows nothing; what it did give counts.
fn undecided(judgement: Judgement) -> Judgement {
    match judgement.verdict {
        Verdict::Pass => {
            let Judgement { expected, witnesses, .. } = judgement;
            Judgement::doubtful(Doubt::Vacuous, expected, Observed::ServerFailed(1), witnesses)
        }
        _ => judgement,
    }
}

fn answered(docket: &Docket<'_>, step: &Step, exchange: &Exchange<'_>) -> Vec<Judgement> {
    let fill = |text: &Text| docket.fill(step, (exchange.number, exchange.key), text).ok();
    let slowed = exchange.response.status == 429 && !wants_429(step);
    let failed = exchange.is_server_failure() && !wants(step, exchange.response.status);
    let mut judgements = Vec::new();
    for expectation in &step.frame.expect {
        let judgement = match expectation {
            Expectation::Status(patterns) => status::judge(patterns, exchange),
            Expectation::MediaType(types) => media::judge(types, exchange),
            Expectation::Value(wanted) => match &wanted.is {
                Matcher::Hides(names) => match names::whos(docket, step, exchange.key, names) {
                    Some(whos) => hides::judge(wanted, &whos, docket.court.register, exchange),
                    None => nobody(exchange),
                },
                Matcher::OneOfEvery(texts) => {
                    value::judge(&one_of_each(docket, step, exchange, wanted, texts), &fill, exchange)
                }
                _ => value::judge(wanted, &fill, exchange),
            },
            // What arrived is held against the accesses all together.
            Expectation::Logs(_) if exchange.inbound => continue,
            Expectation::Logs(wanted) => match access::ledger(docket, wanted, exchange.key) {
                Some(ledger) => log::judge(&ledger, exchange),
                None => nobody(exchange),
            },
            Expectation::Body(wanted) => {
                body::judge(wanted, &|name| docket.court.catalogue.schema(name).map(<[u8]>::to_vec), exchange)
            }
            Expectation::Discloses(wanted) => match names::wanted(docket, step, exchange.key, wanted) {
                Some(wanted) => disclosure::judge(&wanted, docket.court.register, exchange),
                None => nobody(exchange),
            },
            Expectation::Compare(comparison) if !comparison.what.is_of_whole_step() => {
                let earlier = docket.answered(&comparison.step);
                judgements.extend(compare::judge(comparison, &earlier, &[*exchange], &|_| BTreeSet::new()));
                continue;
            }
            Expectation::Compare(_)
            | Expectation::Opens(_)
            | Expectation::Indistinguishable(_)
            | Expectation::Count(_)
            | Expectation::Decisions(_)
            | Expectation::After(_)
            | Expectation::KeepsPace(_)
            | Expectation::Pattern(_)
            | Expectation::Acknowledged(_) => continue,
            Expectation::OnlyMatching => matching::judge(exchange),
            Expectation::Handshake(wanted) => handshake::answered(*wanted, exchange),
        };
        let idle = failed && (expectation.is_negative() || expectation.only_limits());
        judgements.push(if idle { undecided(judgement) } else { judgement });
    }
    if slowed {
        // Being told to slow down shows nothing about the requirement, except what it gives away.
        judgements.retain(|judgement| judgement.breach && judgement.verdict == Verdict::Fail);
        judgements.push(Judgement::doubtful(
            Doubt::RateLimited,
            Expected::Answered,
            Observed::RateLimited,
            vec![exchange.number],
        ));
    }
    judgements
}

/// One of several, where a name that a step kept more than once stands for each of its values.
fn one_of_each(docket: &Docket<'_>, step: &Step, exchange: &Exchange, wanted: &ValueAt, texts: &[Text]) -> ValueAt {
    let each = |text: &Text| match docket.fill_each(step, (exchange.number, exchange.key), text) {
        // What stands for nothing is left to the oracle to say.
        none if none.is_empty() => vec![text.clone()],
        each => each,
    };
    ValueAt { is: Matcher::OneOf(texts.iter().flat_map(each).collect()), ..wanted.clone() }
}

/// A name in an expectation that stands for nothing in this recording.
fn nobody(exchange: &Exchange<'_>) -> Judgement {
    let (doubt, witnesses) = (Doubt::EvidenceDoesNotFit, vec![exchange.number]);
    Judgement::doubtful(doubt, Expected::Answered, Observed::NothingRecorded, witnesses)
}

/// Whether a refusal of the token alone fulfils a step: it asked for a scope, and wants nothing but that nothing opens.
fn refusal_suffices(step: &Step) -> bool {
    let expect = &step.frame.expect;
    step.head == Head::Step && !expect.is_empty() && expect.iter().all(Expectation::is_negative)
}

impl Findings {
    /// Of what was cut off, what is lacking shows nothing: of the judgements from here on only a breach may fail.
    fn only_what_was_seen(&mut self, from: usize, cut_off: bool) {
        let mut index = 0;
        self.judgements.retain(|judgement| {
            index += 1;
            !cut_off || index <= from || judgement.breach || judgement.verdict != Verdict::Fail
        });
    }

    fn action(&mut self, docket: &Docket<'_>, step: &Step, record: &Record, action: &ActionRecord) {
        self.evidence = self.evidence.max(action.evidence);
        let observed = || Observed::Acknowledged { yes: action.acknowledged, detail: action.detail.clone() };
        let mut wants_refusal = false;
        for expectation in &step.frame.expect {
            match expectation {
                Expectation::Acknowledged(wanted) => {
                    wants_refusal = *wanted == YesNo::No;
                    let holds = action.acknowledged != wants_refusal;
                    let expected = Expected::Acknowledged(!wants_refusal);
                    self.judgements.push(Judgement::of(holds, expected, observed(), vec![record.number]));
                }
                Expectation::Value(wanted) => {
                    let fill = |text: &Text| docket.fill(step, (record.number, &record.key), text).ok();
                    if !action.foreign.is_empty() {
                        // What it returned is not kept, and nothing is known of it.
                        let observed = Observed::ForeignData("real-number".to_owned());
                        let (doubt, expected) = (Doubt::ForeignData, value::expected(wanted, &fill));
                        self.judgements.push(Judgement::doubtful(doubt, expected, observed, vec![record.number]));
                        continue;
                    }
                    let values = Docket::returned(&wanted.at, &action.returned);
                    let holds = value::matches(&wanted.is, &fill, &values).unwrap_or(false);
                    let (expected, observed) = (value::expected(wanted, &fill), value::observed(&values));
                    self.judgements.push(Judgement::of(holds, expected, observed, vec![record.number]));
                }
                _ => {}
            }
        }
        if !action.acknowledged && !wants_refusal {
            let doubt = Doubt::StimulusNotConfirmed;
            self.judgements.push(Judgement::doubtful(doubt, Expected::Done, observed(), vec![record.number]));
        } else if step.frame.expect.is_empty() {
            self.judgements.push(Judgement::of(true, Expected::Done, observed(), vec![record.number]));
        }
    }

    /// Expectations that look at all exchanges of a step together.
    fn together<'a>(&mut self, docket: &Docket<'a>, step: &Step, records: &[&'a Record]) {
        let firsts = records.iter().filter(|record| record.key.try_number == 1);
        let first: Vec<Exchange<'_>> = firsts.filter_map(|record| seen(docket, step, record)).collect();
        for expectation in &step.frame.expect {
            let judged = together(docket, step, expectation, &first, &|name| docket.answered(name));
            let Some(judgement) = judged else { continue };
            let in_the_end = || {
                let exchanges = docket.in_the_end(records);
                together(docket, step, expectation, &exchanges, &|name| docket.answered_in_the_end(name))
            };
            let tried_twice = docket.records.iter().any(|record| record.key.try_number == 2);
            self.judgements.push(of_both_tries(judgement, tried_twice.then(in_the_end).flatten()));
        }
    }

    fn sample(&mut self, docket: &Docket<'_>, step: &Step, records: &[&Record]) {
        let mut sampled = Vec::new();
        let mut asked = BTreeSet::new();
        let mut unanswered: BTreeMap<(String, SampleClassName), u32> = BTreeMap::new();
        for record in records {
            let Some(position) = &record.key.sample else { continue };
            let request = record.key.request.as_ref().map(ToString::to_string).unwrap_or_default();
            // Like is held against like: everybody as they look when they were asked about before.
            if asked.insert((request.clone(), position.class, position.person)) {
                continue;
            }
            match docket.court.exchange(record) {
                Some(exchange) if exchange.response.status != 429 => {
                    sampled.push(indistinguishable::Sampled {
                        exchange,
                        class: position.class,
                        block: position.block,
                        request,
                        own: own_values(docket, step, record),
                    });
                }
                Some(_) => *unanswered.entry((request, position.class)).or_default() += 1,
                None if matches!(record.event, Event::Fault(_)) => {
                    *unanswered.entry((request, position.class)).or_default() += 1;
                }
                None => {}
            }
        }
        for expectation in &step.frame.expect {
            if let Expectation::Indistinguishable(wanted) = expectation {
                self.judgements.extend(indistinguishable::judge(wanted, &sampled, &unanswered));
            }
        }
    }
}

/// What one expectation says of all these exchanges of a step; `earlier` gives those of a step before it.
fn together<'a>(
    docket: &Docket<'a>,
    step: &Step,
    expectation: &Expectation,
    exchanges: &[Exchange<'a>],
    earlier: &dyn Fn(&StepId) -> Vec<Exchange<'a>>,
) -> Option<Judgement> {
    match expectation {
        // What was waited for is counted where it is known what silence means.
        Expectation::Count(_) if matches!(step.verb, Verb::Await(_)) => None,
        Expectation::Pattern(wanted) => pattern::judge(docket, step, wanted),
        Expectation::After(before) => {
            let first = earlier(before).iter().map(|exchange| exchange.number).min();
            let numbers: Vec<u64> = exchanges.iter().map(|exchange| exchange.number).collect();
            // Of nothing that came there is nothing to say here.
            (!numbers.is_empty()).then(|| after::judge(before.as_str(), first, &numbers))
        }
        Expectation::Count(wanted) => {
            let numbers = exchanges.iter().map(|exchange| exchange.number).collect();
            Some(count::judge(*wanted, exchanges.len() as u64, numbers))
        }
        Expectation::Opens(wanted) => {
            let before = |name: &StepId| {
                docket.case.step(name).map(|step| decisions_of(docket, step, &earlier(name))).unwrap_or_default()
            };
            let fill = |text: &Text| {
                exchanges.first().and_then(|exchange| docket.fill(step, (exchange.number, exchange.key), text).ok())
            };
            Some(opens::judge(wanted, &decisions_of(docket, step, exchanges), &before, &fill))
        }
        Expectation::Decisions(wanted) => Some(walk::judge(docket, step, *wanted)),
        Expectation::Compare(comparison) if comparison.what.is_of_whole_step() => {
            let canaries = |exchange: &Exchange<'_>| docket.court.register.canaries(exchange);
            let cut_short = |step: &StepId| trail::cut_short(docket, step);
            let judgement = compare::of_steps(comparison, &earlier(&comparison.step), exchanges, &canaries);
            Some(not_found_in_time(judgement, comparison.is, (&comparison.step, &step.name), &cut_short))
        }
        Expectation::Compare(_)
        | Expectation::Status(_)
        | Expectation::MediaType(_)
        | Expectation::Value(_)
        | Expectation::Body(_)
        | Expectation::Discloses(_)
        | Expectation::OnlyMatching
        | Expectation::Logs(_)
        | Expectation::Handshake(_)
        | Expectation::KeepsPace(_)
        | Expectation::Indistinguishable(_)
        | Expectation::Acknowledged(_) => None,
    }
}

/// What a step lacks counts only if it was read to the end: a larger record takes longer to search.
fn not_found_in_time(
    judgement: Judgement,
    relation: Relation,
    (earlier, later): (&StepId, &StepId),
    cut_short: &dyn Fn(&StepId) -> bool,
) -> Judgement {
    let lacking = match (&judgement.observed, relation) {
        (_, Relation::SubsetOf) => cut_short(earlier),
        (_, Relation::SupersetOf) => cut_short(later),
        // What came although it is not in the earlier step, or came twice, is no matter of reading on in the later one.
        (Observed::Differs(found), Relation::Equal) => found.iter().all(|one| match one.chars().next() {
            Some('+') => cut_short(earlier),
            Some('-') => cut_short(later),
            _ => false,
        }),
        (_, Relation::Equal) => false,
    };
    match judgement.verdict {
        Verdict::Fail if lacking => {
            Judgement::doubtful(Doubt::Underpowered, judgement.expected, judgement.observed, judgement.witnesses)
        }
        _ => judgement,
    }
}

/// Why a step could not be carried out, where only its own record says so.
fn not_sent(skipped: &SkippedRecord, number: u64) -> Option<Judgement> {
    let doubt = match skipped.why {
        SkipReason::NoValue => Doubt::ControlFailed,
        SkipReason::Limit => Doubt::Underpowered,
        SkipReason::NoToken
        | SkipReason::ScopeRefused
        | SkipReason::Stopped
        | SkipReason::Aborted
        | SkipReason::Silent
        | SkipReason::Internal => return None,
    };
    let observed = Observed::NotSent(skipped.detail.clone());
    Some(Judgement::doubtful(doubt, Expected::Answered, observed, vec![number]))
}

fn own_values(docket: &Docket<'_>, step: &Step, record: &Record) -> Vec<String> {
    let (values, asked): (_, Option<Asked>) =
        (docket.values(step, &record.key), docket.asked(step, record.number, &record.key));
    // A person's own values are no captures.
    let with = BTreeMap::new();
    docket.scene(&values, asked.as_ref(), &|_, _| None, &with).own_values()
}

/// The decisions that exchanges show: open as their set says, else open if they disclose the asked person.
pub(super) fn decisions_of(docket: &Docket<'_>, step: &Step, exchanges: &[Exchange<'_>]) -> Vec<opens::Decision> {
    let set = match &step.verb {
        Verb::Ask(ask) => Some(&ask.set),
        Verb::Walk(walk) => Some(&walk.set),
        Verb::Again(again) => docket.case.step(&again.step).and_then(|step| match &step.verb {
            Verb::Ask(ask) => Some(&ask.set),
            _ => None,
        }),
        _ => None,
    };
    let open_when = set.and_then(|id| docket.court.catalogue.sets.get(id)).map(|set| &set.open_when);
    exchanges
        .iter()
        // Being told to slow down is no decision; that it happened is a judgement of its own.
        .filter(|exchange| exchange.response.status != 429 || wants_429(step))
        .map(|exchange| {
            let register = docket.court.register;
            let (open, closed) = match open_when.filter(|conditions| !conditions.is_empty()) {
                Some(conditions) => {
                    let frame = crate::model::testcase::Frame { expect: conditions.clone(), ..step.frame.clone() };
                    let step = Step { frame, ..step.clone() };
                    let seen = answered(docket, &step, exchange);
                    let every = seen.iter().all(|judgement| judgement.verdict == Verdict::Pass);
                    (every, seen.iter().any(|judgement| judgement.verdict == Verdict::Fail))
                }
                None => {
                    let about = exchange.key.about.as_ref().map(ToString::to_string);
                    (register.found(exchange).iter().any(|marker| Some(&marker.member) == about.as_ref()), false)
                }
            };
            let each = label(exchange.key);
            let label = each.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
            let failed = !open && exchange.is_server_failure();
            let unheld = !open && !closed && register.may_hold_more(exchange);
            opens::Decision { open, failed, unheld, label, number: exchange.number, each }
        })
        .collect()
}

#[cfg(test)]
mod tests;
