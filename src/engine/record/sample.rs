//! Samples: interleaved blocks of protected, unknown and known, in seeded order. These are people, or things by their id.
//! The unknown are people of the pool in turn, each asked about in two blocks running: whoever else is in the sample is
//! asked about again and again, and a cache that says so would tell them from those who are asked about once.

use super::instance::Walk;
use crate::engine::draw;
use crate::engine::fill::{Asked, NoValue};
use crate::engine::schedule::{self, Move, Values, member_of};
use crate::model::record::{Key, SampleClassName, SampleKey, SkipReason};
use crate::model::request::SetRequest;
use crate::model::testcase::{Frame, SampleClass, Step, Subject, Verb};
use crate::model::text::Text;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;

impl Walk<'_> {
    pub(super) async fn sample(&mut self, one: &Move<'_>, requests: &[&SetRequest]) {
        let Verb::Sample(sample) = &one.step.verb else { return };
        let label = format!("sample {} {} {}", self.number, self.attempt, one.step.name);
        let mut order = draw::generator(&self.session.header.parameters, &label);
        let first_never = self.session.header.people.len().saturating_sub(draw::NEVER_POOL);
        let mut answered = false;
        for block in 0..=sample.per_class {
            if block == 2 && !answered {
                // Two whole blocks without one answer: more silence would show nothing more.
                self.skip(self.key(one), SkipReason::Silent, "nothing was answered in two blocks");
                return;
            }
            let of_block = schedule::asks_of_block(block, sample.per_class);
            let mut asks: Vec<_> =
                requests.iter().flat_map(|request| of_block.iter().map(move |ask| (*request, *ask))).collect();
            asks.shuffle(&mut order);
            for (position, (request, (class, turn))) in asks.into_iter().enumerate() {
                if self.is_over(|| self.key(one)) {
                    return;
                }
                let of_class = match class {
                    SampleClassName::Protected => &sample.protected,
                    SampleClassName::Unknown => &sample.unknown,
                    SampleClassName::Known => &sample.known,
                };
                let about = of_class.person().and_then(|name| member_of(name, &one.values));
                let never = first_never + turn as usize % draw::NEVER_POOL;
                let asked = match &of_class.subject {
                    Subject::Person(_) if class == SampleClassName::Unknown => Some(Asked::Never(never)),
                    Subject::Person(_) => about.clone().map(Asked::Member),
                    Subject::Thing(id) | Subject::Like(id) => match self.thing(id, &one.values) {
                        Ok(id) => Some(Asked::Thing(id)),
                        Err(error) => {
                            self.skip(self.key(one), SkipReason::NoValue, self.lacking(&error));
                            return;
                        }
                    },
                };
                let asked = match (asked, &of_class.subject) {
                    (Some(Asked::Thing(model)), Subject::Like(_)) => {
                        let parameters = &self.session.header.parameters;
                        Some(Asked::Thing(draw::id_like(&model, parameters, &format!("{label} {turn}"))))
                    }
                    (asked, _) => asked,
                };
                let (person, id) = match (&asked, &of_class.subject) {
                    (Some(Asked::Never(index)), _) => (u32::try_from(*index).ok(), None),
                    // What was drawn is no secret; what a step kept may be one, and is read from the recording again.
                    (Some(Asked::Thing(id)), Subject::Like(_)) => (Some(turn), Some(id.clone())),
                    _ => (None, None),
                };
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                let key = Key {
                    request: Some(request.id.clone()),
                    about,
                    sample: Some(SampleKey { class, block, position, person, id }),
                    ..self.key(one)
                };
                let step = as_party(one.step, of_class);
                if let Some(sent) = self.make(&step, key, &request.http, asked.as_ref(), &one.values).await {
                    answered |= self.send(&step, sent).await;
                }
            }
        }
    }
}

impl Walk<'_> {
    /// The id that a text stands for.
    fn thing(&self, text: &Text, values: &Values) -> Result<String, NoValue> {
        let captures = |step: &str, name: &str| self.kept.get(&(step.to_owned(), name.to_owned())).cloned();
        let with = BTreeMap::new();
        self.scene(values, None, "fhir", &captures, &with).fill(text)
    }
}

/// The step with the class's own party, where it has one.
fn as_party(step: &Step, class: &SampleClass) -> Step {
    let party = class.party.clone().or_else(|| step.frame.party.clone());
    Step { frame: Frame { party, ..step.frame.clone() }, ..step.clone() }
}
