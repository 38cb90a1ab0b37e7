//! Samples: interleaved blocks of protected, unknown and known, in seeded order.
//! The unknown are people of the pool in turn, each asked about in two blocks running: whoever else is in the sample is
//! asked about again and again, and a cache that says so would tell them from those who are asked about once.

use super::instance::Walk;
use crate::engine::draw;
use crate::engine::fill::Asked;
use crate::engine::schedule::{self, Move, member_of};
use crate::model::record::{Key, SampleClassName, SampleKey, SkipReason};
use crate::model::request::SetRequest;
use crate::model::testcase::{Frame, SampleClass, Step, Verb};
use rand::seq::SliceRandom;

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
                let never = first_never + turn as usize % draw::NEVER_POOL;
                let person = (class == SampleClassName::Unknown).then_some(never);
                let key = Key {
                    request: Some(request.id.clone()),
                    about: member_of(&of_class.about, &one.values),
                    sample: Some(SampleKey {
                        class,
                        block,
                        position: u32::try_from(position).unwrap_or(u32::MAX),
                        person: person.and_then(|index| u32::try_from(index).ok()),
                    }),
                    ..self.key(one)
                };
                let asked = match person {
                    Some(index) => Some(Asked::Never(index)),
                    None => key.about.clone().map(Asked::Member),
                };
                let step = as_party(one.step, of_class);
                if let Some(sent) = self.make(&step, key, &request.http, asked.as_ref(), &one.values).await {
                    answered |= self.send(&step, sent).await;
                }
            }
        }
    }
}

/// The step with the class's own party, where it has one.
fn as_party(step: &Step, class: &SampleClass) -> Step {
    let party = class.party.clone().or_else(|| step.frame.party.clone());
    Step { frame: Frame { party, ..step.frame.clone() }, ..step.clone() }
}
