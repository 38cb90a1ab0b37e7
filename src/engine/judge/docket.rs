//! The records of one attempt at one instance, and what is needed to read them.
//! Built afresh from the recording each time; holds nothing that is not in it.

use super::heard::Listened;
use crate::engine::fill::{Asked, CastIndex, NoValue, Scene};
use crate::engine::oracle::markers::Register;
use crate::engine::oracle::{Exchange, value};
use crate::engine::plan::named_sets;
use crate::engine::schedule::{self, Move, Needs, Values};
use crate::language::catalogue::Catalogue;
use crate::model::expectation::Place;
use crate::model::id::StepId;
use crate::model::plan::{Instance, Plan};
use crate::model::record::{Bodies, Event, Key, Phase, Purpose, Record, RunHeader, SampleClassName};
use crate::model::testcase::{Step, Subject, TestCase, Verb};
use crate::model::text::{Name, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that judging looks at.
#[derive(Clone, Copy)]
pub struct Court<'a> {
    /// The catalogue judged with.
    pub catalogue: &'a Catalogue,
    /// The plan.
    pub plan: &'a Plan,
    /// The run.
    pub header: &'a RunHeader,
    /// The markers of everybody in it.
    pub register: &'a Register,
    /// What endpoints call them.
    pub cast: &'a CastIndex,
    /// The records so far.
    pub records: &'a [Record],
    /// Their bodies.
    pub bodies: &'a Bodies,
}

impl<'a> Court<'a> {
    /// Whether the run ended of itself.
    #[must_use]
    pub fn reached_the_end(&self) -> bool {
        matches!(self.records.last(), Some(Record { event: Event::End(end), .. }) if !end.interrupted)
    }

    /// The exchange of a record, in the version of FHIR of its instance; nothing if the record is of another kind.
    #[must_use]
    pub fn exchange(&self, record: &'a Record) -> Option<Exchange<'a>> {
        let exchange = Exchange::seen(self.bodies, record)?;
        let instance =
            record.key.instance.and_then(|position| self.plan.instances.get(usize::try_from(position).ok()?));
        Some(instance.map_or(exchange, |instance| exchange.in_version(instance.dialect.fhir)))
    }

    /// The attempts that were made at an instance, in order; empty if it never began.
    #[must_use]
    pub fn dockets(&self, position: usize) -> Vec<Docket<'a>> {
        let Some(instance) = self.plan.instances.get(position) else { return Vec::new() };
        let Some(case) = self.catalogue.cases.get(&instance.case) else { return Vec::new() };
        let number = u32::try_from(position).unwrap_or(u32::MAX);
        let mut attempts: BTreeMap<u32, Vec<&'a Record>> = BTreeMap::new();
        for record in self.records {
            if record.key.phase == Phase::Case && record.key.instance == Some(number) {
                attempts.entry(record.key.attempt).or_default().push(record);
            }
        }
        attempts
            .into_iter()
            .map(|(attempt, records)| Docket {
                court: *self,
                instance,
                case,
                number,
                attempt,
                records,
                disclosing: Mutex::default(),
                heard: Mutex::default(),
            })
            .collect()
    }

    /// Everything an instance does, and what it needs.
    ///
    /// # Errors
    /// When plan and catalogue do not fit.
    pub fn layout(&self, position: usize) -> Result<(Vec<Move<'a>>, Needs), String> {
        schedule::layout(self.catalogue, self.plan, &self.header.parameters, position)
    }
}

/// One attempt at one instance.
pub struct Docket<'a> {
    /// Where it is judged.
    pub court: Court<'a>,
    /// The instance.
    pub instance: &'a Instance,
    /// Its case.
    pub case: &'a TestCase,
    /// Its position in the plan.
    pub number: u32,
    /// Which attempt.
    pub attempt: u32,
    /// Its records, in order.
    pub records: Vec<&'a Record>,
    /// What was found out about disclosures, by record: a crawl is asked about several times.
    disclosing: Mutex<BTreeMap<u64, bool>>,
    /// What steps heard that waited, for the same reason.
    heard: Mutex<BTreeMap<StepId, Arc<Listened<'a>>>>,
}

impl<'a> Docket<'a> {
    /// What a step yields: its own records, of a crawl only those that disclosed the person asked about.
    ///
    /// Of one that waited also what arrived meanwhile, as far as it is meant.
    pub fn of_step<'s>(&'s self, step: &'s StepId) -> impl Iterator<Item = &'a Record> + 's {
        let of = self.case.step(step);
        let crawls = of.is_some_and(|step| matches!(step.verb, Verb::Crawl(_)));
        let heard = of.map(|step| self.listened(step));
        let heard: Vec<&'a Record> = heard
            .iter()
            .flat_map(|listened| &listened.windows)
            .flat_map(|window| window.heard.iter().copied())
            .collect();
        self.all_of_step(step)
            .filter(move |record| !crawls || matches!(record.event, Event::Skipped(_)) || self.discloses_asked(record))
            .chain(heard)
    }

    /// What a step heard while it waited.
    pub(super) fn listened(&self, step: &Step) -> Arc<Listened<'a>> {
        let known = self.heard.lock().unwrap_or_else(PoisonError::into_inner).get(&step.name).cloned();
        known.unwrap_or_else(|| {
            // Not under the lock: a path may hold what another step kept.
            let listened = Arc::new(Listened::of(self, step));
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(heard.entry(step.name.clone()).or_insert(listened))
        })
    }

    /// The exchange of a record as this step looks at it: what arrived at a counterpart belongs to whoever waited for it.
    #[must_use]
    pub fn exchange(&self, step: &Step, record: &'a Record) -> Option<Exchange<'a>> {
        let exchange = self.court.exchange(record)?;
        match (&step.verb, exchange.inbound) {
            (Verb::Await(_), true) => self.listened(step).key_of(record.number).map(|key| Exchange { key, ..exchange }),
            _ => Some(exchange),
        }
    }

    /// Whether an exchange disclosed the person it asked about.
    #[must_use]
    pub fn discloses_asked(&self, record: &'a Record) -> bool {
        if let Some(known) = self.disclosing.lock().unwrap_or_else(PoisonError::into_inner).get(&record.number) {
            return *known;
        }
        let exchange = self.court.exchange(record);
        let about = record.key.about.as_ref();
        let disclosed = about
            .zip(exchange)
            .is_some_and(|(about, exchange)| self.court.register.discloses(&exchange, about.as_str()));
        self.disclosing.lock().unwrap_or_else(PoisonError::into_inner).insert(record.number, disclosed);
        disclosed
    }

    /// The records of a step itself: what it sent and what it had done, not the exchanges that took.
    pub fn all_of_step<'s>(&'s self, step: &'s StepId) -> impl Iterator<Item = &'a Record> + 's {
        let is_own = |r: &Record| r.key.purpose == Purpose::Main || matches!(r.event, Event::Action(_));
        self.records.iter().copied().filter(move |r| r.key.step.as_ref() == Some(step) && is_own(r))
    }

    /// The answered exchanges of a step, first tries only.
    #[must_use]
    pub fn answered(&self, step: &StepId) -> Vec<Exchange<'a>> {
        let Some(of) = self.case.step(step) else { return Vec::new() };
        self.of_step(step)
            .filter(|record| record.key.try_number == 1)
            .filter_map(|record| self.exchange(of, record))
            .collect()
    }

    /// The `each` values under which a record was made.
    #[must_use]
    pub fn values(&self, step: &Step, key: &Key) -> Values {
        let mut values = self.instance.each.clone();
        let Some(claim) = self.court.plan.claim_of(self.instance) else { return values };
        let Some(profile) = self.court.catalogue.profiles.get(&claim.profile) else { return values };
        // `again` has the `each` of the step it repeats.
        let source = match &step.verb {
            Verb::Again(again) if step.frame.each.is_empty() => self.case.step(&again.step).unwrap_or(step),
            _ => step,
        };
        let sets = named_sets(profile, &self.court.plan.facts);
        let own = schedule::combinations(&source.frame.each, &sets, &self.court.header.parameters).unwrap_or_default();
        let fits =
            |own: &Values| own.iter().all(|(name, value)| key.each.get(name).is_some_and(|v| *v == value.label()));
        if let Some(own) = own.into_iter().find(fits) {
            values.extend(own);
        }
        values
    }

    /// Whom or what the record of this number asks about.
    #[must_use]
    pub fn asked(&self, step: &Step, number: u64, key: &Key) -> Option<Asked> {
        let Some(sample) = &key.sample else { return key.about.clone().map(Asked::Member) };
        if let Some(id) = &sample.id {
            return Some(Asked::Thing(id.clone()));
        }
        if let Some(index) = sample.person {
            return usize::try_from(index).ok().map(Asked::Never);
        }
        let Verb::Sample(verb) = &step.verb else { return None };
        let class = match sample.class {
            SampleClassName::Protected => &verb.protected,
            SampleClassName::Unknown => &verb.unknown,
            SampleClassName::Known => &verb.known,
        };
        match &class.subject {
            Subject::Person(_) => key.about.clone().map(Asked::Member),
            Subject::Thing(id) | Subject::Like(id) => {
                let (values, with) = (self.values(step, key), BTreeMap::new());
                let captures = |step: &str, name: &str| self.captured(number, step, name);
                self.scene(&values, None, &captures, &with).fill(id).ok().map(Asked::Thing)
            }
        }
    }

    /// Fills a text as it stood when the record of this number was made, with captures from the sealed recording.
    ///
    /// # Errors
    /// When a name stands for nothing.
    pub fn fill(&self, step: &Step, (number, key): (u64, &Key), text: &Text) -> Result<String, NoValue> {
        let (values, asked) = (self.values(step, key), self.asked(step, number, key));
        let captures = |step: &str, name: &str| self.captured(number, step, name);
        let with = BTreeMap::new();
        self.scene(&values, asked.as_ref(), &captures, &with).fill(text)
    }

    /// The scene of a record; ids are those of the endpoint `fhir`.
    pub fn scene<'s>(
        &'s self,
        values: &'s Values,
        asked: Option<&'s Asked>,
        captures: crate::engine::fill::Captures<'s>,
        with: &'s BTreeMap<String, String>,
    ) -> Scene<'s> {
        Scene {
            header: self.court.header,
            cast: self.court.cast,
            options: &self.instance.options,
            number: self.number,
            attempt: self.attempt,
            values,
            asked,
            endpoint: "fhir",
            captures,
            with,
        }
    }

    /// The same as they stood in the end: of a request that was tried twice, the second answer.
    #[must_use]
    pub fn answered_in_the_end(&self, step: &StepId) -> Vec<Exchange<'a>> {
        let own: Vec<&'a Record> = self.of_step(step).collect();
        self.in_the_end(&own)
    }

    /// The exchanges of these records, each request once: its second answer where it was tried twice.
    #[must_use]
    pub fn in_the_end(&self, records: &[&'a Record]) -> Vec<Exchange<'a>> {
        let superseded: BTreeSet<u64> = records
            .iter()
            .filter(|record| record.key.try_number == 1)
            .filter(|record| {
                self.second_try(record).is_some_and(|second| records.iter().any(|one| one.number == second.number))
            })
            .map(|record| record.number)
            .collect();
        records
            .iter()
            .filter(|record| !superseded.contains(&record.number))
            .filter_map(|record| self.court.exchange(record))
            .collect()
    }

    /// The second try of this very request, if there was one. Pages and routes share their key, so it is the one that
    /// came next.
    #[must_use]
    pub fn second_try(&self, first: &Record) -> Option<&'a Record> {
        let later = |other: &&Record| other.number > first.number;
        let same = |other: &Record| Key { try_number: 1, ..other.key.clone() } == first.key;
        let second = self.records.iter().filter(|o| o.key.try_number == 2 && later(o)).find(|other| same(other))?;
        let between = |other: &&&Record| later(other) && other.number < second.number;
        (!self.records.iter().filter(between).any(|other| other.key == first.key)).then_some(*second)
    }

    /// What a text stands for with each of the values that a step kept under a name, the latest first: once where no
    /// name in it was kept more than once, not at all where a name stands for nothing.
    #[must_use]
    pub fn fill_each(&self, step: &Step, (number, key): (u64, &Key), text: &Text) -> Vec<Text> {
        let (values, asked, with) = (self.values(step, key), self.asked(step, number, key), BTreeMap::new());
        let kept = |name: &Name| self.kept(number, &name.root, name.field.as_deref().unwrap_or_default()).len();
        let times = text.names().map(kept).max().unwrap_or_default().max(1);
        let nth = |index: usize| {
            let captures = |step: &str, name: &str| {
                let kept = self.kept(number, step, name);
                kept.get(index).or(kept.last()).cloned()
            };
            self.scene(&values, asked.as_ref(), &captures, &with).fill(text).ok().map(Text::literal)
        };
        (0..times).filter_map(nth).collect()
    }

    /// A value that a step had kept when the record of this number was made: of several the latest, as in the run.
    fn captured(&self, number: u64, step: &str, name: &str) -> Option<String> {
        self.kept(number, step, name).into_iter().next()
    }

    /// The values that a step had kept under a name when the record of this number was made, the latest first, read
    /// again from what was recorded. What the step does later, as `around` does, is not yet known then.
    fn kept(&self, number: u64, step: &str, name: &str) -> Vec<String> {
        let Some(step) = self.case.steps.iter().find(|s| s.name.as_str() == step) else { return Vec::new() };
        // What an action returned is kept under its own name.
        let saves = step.frame.save.get(name).filter(|_| !matches!(step.verb, Verb::Act(_)));
        if let Some(save) = saves {
            let latest_first = self.answered(&step.name).into_iter().rev().filter(|one| one.number <= number);
            let first = |one: Exchange<'_>| value::read(&save.at, one.side(save.of), &one).into_iter().next();
            return latest_first.filter_map(first).collect();
        }
        let so_far = self.of_step(&step.name).filter(|record| record.number <= number);
        let values = so_far.filter_map(|record| match &record.event {
            Event::Action(action) => action.returned.get(name).cloned(),
            _ => None,
        });
        let mut values: Vec<String> = values.collect();
        values.reverse();
        values
    }

    /// A value that an action returned, by the pointer with which cases cite it.
    #[must_use]
    pub fn returned(place: &Place, returned: &BTreeMap<String, String>) -> Vec<String> {
        match place {
            Place::Json(pointer) => returned.get(pointer.trim_start_matches('/')).cloned().into_iter().collect(),
            Place::Header(_)
            | Place::Element(_)
            | Place::Form(_)
            | Place::Query(_)
            | Place::Segment(_)
            | Place::Claim(_)
            | Place::Link(_)
            | Place::Links
            | Place::Body(_)
            | Place::ClientCertificate(_)
            | Place::Created(_)
            | Place::Notified(_) => Vec::new(),
        }
    }
}
