//! Whether answers about the protected can be told from answers about people who never existed.
//! Carries its own instruments: unknown against unknown, and known against unknown.

mod blank;
mod contrast;
mod feature;
mod fisher;
mod shape;

use super::Exchange;
use crate::model::expectation::{Indistinguishable, Mask, Observable};
use crate::model::finding::{Expected, Observed};
use crate::model::record::SampleClassName;
use crate::model::verdict::{Doubt, Judgement};
use blank::Blanks;
use contrast::{Contrast, Difference, Observation};
use fisher::Fisher;
use std::collections::{BTreeMap, BTreeSet};

/// A difference less likely than this by chance counts. Thirty against thirty reach 1.7e-17, twelve
/// against twelve just reach it; it leaves room for some thousands of features in one answer.
const DISTINCT: f64 = 1e-6;

/// The same between two halves of the unknown, which are smaller; halves too small to reach it
/// must be separated wholly.
const UNSTABLE: f64 = 1e-5;

/// One answered exchange of a sample.
#[derive(Clone, Debug)]
pub struct Sampled<'a> {
    /// The exchange.
    pub exchange: Exchange<'a>,
    /// The class of the person asked about.
    pub class: SampleClassName,
    /// The block, from 0.
    pub block: u32,
    /// The request of the set.
    pub request: String,
    /// The asked person's own values: id, number, names, birth date. For everybody in one order,
    /// an empty text where a person lacks one; they are blanked before anything is compared.
    pub own: Vec<String>,
}

/// How many exchanges of a request and class were sent and got no usable answer.
pub type Unanswered = BTreeMap<(String, SampleClassName), u32>;

/// Holds protected against unknown, one judgement for each request of the set.
///
/// For every feature of an answer and every value, Fisher's exact test on how often protected and
/// unknown have it. What is different each time therefore never counts, and neither does what is
/// different for every person. A difference is a breach. Doubtful are, in this order: fewer than
/// four of five answered (transport), bodies not kept (foreign data), too few answers to show anything (underpowered), unknown
/// different from unknown (nondeterministic), and known no different from unknown for any request
/// of the set (control failed). A difference that may be a person's own value, where nobody unknown
/// was asked twice, is underpowered.
#[must_use]
pub fn judge(wanted: &Indistinguishable, sampled: &[Sampled], unanswered: &Unanswered) -> Vec<Judgement> {
    match wanted.by {
        Observable::Structure => {}
    }
    let requests: BTreeSet<&str> = sampled
        .iter()
        .map(|one| one.request.as_str())
        .chain(unanswered.keys().map(|(request, _)| request.as_str()))
        .collect();
    if requests.is_empty() {
        let seen = Observed::NothingRecorded;
        return vec![Judgement::doubtful(Doubt::Vacuous, Expected::Indistinguishable, seen, Vec::new())];
    }
    // Persons with fewer values than others cannot be lined up with them value by value.
    let numbered = sampled.windows(2).all(|pair| pair[0].own.len() == pair[1].own.len());
    let trials: Vec<(&str, Trial)> = requests
        .into_iter()
        .map(|request| (request, Trial::of(request, sampled, unanswered, &wanted.mask, numbered)))
        .collect();
    let sighted = trials.iter().any(|(_, trial)| trial.sighted);
    trials.into_iter().map(|(request, trial)| trial.judge(request, sighted)).collect()
}

/// What was found about one request.
struct Trial {
    /// Whether known differed from unknown, so that a difference could have shown.
    sighted: bool,
    finding: Finding,
    witnesses: Vec<u64>,
}

enum Finding {
    Doubt(Doubt, Observed),
    Distinguished(Difference),
    Unclear(Difference),
    Alike(u64),
}

impl Trial {
    fn of(request: &str, sampled: &[Sampled], unanswered: &Unanswered, mask: &[Mask], numbered: bool) -> Self {
        let of_class = |class: SampleClassName| -> Vec<&Sampled> {
            sampled.iter().filter(|one| one.request == request && one.class == class).collect()
        };
        let classes = [SampleClassName::Protected, SampleClassName::Unknown, SampleClassName::Known];
        let answers = classes.map(of_class);
        let mut witnesses: Vec<u64> = answers.iter().flatten().map(|one| one.exchange.number).collect();
        witnesses.sort_unstable();
        let doubt = |doubt, few: usize| Self {
            sighted: false,
            finding: Finding::Doubt(doubt, Observed::TooFew(few as u64)),
            witnesses: witnesses.clone(),
        };
        let lost = |class| unanswered.get(&(request.to_owned(), class)).map_or(0, |lost| *lost as usize);
        for (class, answers) in classes.into_iter().zip(&answers) {
            // Four of five.
            if lost(class) > 0 && answers.len() * 5 < (answers.len() + lost(class)) * 4 {
                return doubt(Doubt::Transport, answers.len());
            }
        }
        if answers.iter().flatten().any(|one| one.exchange.response.body.withheld.is_some()) {
            let seen = Observed::ForeignData(request.to_owned());
            return Self { sighted: false, finding: Finding::Doubt(Doubt::ForeignData, seen), witnesses };
        }
        let fewest = answers.iter().map(Vec::len).min().unwrap_or(0);
        let fisher = Fisher::up_to(answers.iter().map(Vec::len).sum());
        if fisher.of_full_separation(fewest, fewest) >= DISTINCT {
            return doubt(Doubt::Underpowered, fewest);
        }
        let observed = answers.each_ref().map(|answers| observations(answers, mask, numbered));
        let (sighted, finding) = found(&observed, &answers[1], &fisher);
        Self { sighted, finding, witnesses }
    }

    fn judge(self, request: &str, sighted_elsewhere: bool) -> Judgement {
        let (expected, witnesses) = (Expected::Indistinguishable, self.witnesses);
        let distinguished = |difference: Difference| {
            let seen = Observed::Distinguished {
                request: request.to_owned(),
                feature: difference.feature,
                protected: difference.one,
                unknown: difference.other,
            };
            (seen, difference.witnesses)
        };
        let mut judgement = match self.finding {
            Finding::Doubt(doubt, seen) => Judgement::doubtful(doubt, expected, seen, witnesses),
            Finding::Distinguished(difference) => {
                let (seen, witnesses) = distinguished(difference);
                Judgement::of(false, expected, seen, witnesses).breach()
            }
            Finding::Unclear(difference) => {
                let (seen, witnesses) = distinguished(difference);
                Judgement::doubtful(Doubt::Underpowered, expected, seen, witnesses)
            }
            Finding::Alike(_) if !sighted_elsewhere => {
                Judgement::doubtful(Doubt::ControlFailed, expected, Observed::Blind, witnesses)
            }
            Finding::Alike(number) => Judgement::of(true, expected, Observed::Alike(number), witnesses),
        };
        if !request.is_empty() {
            judgement.of.insert("request".to_owned(), request.to_owned());
        }
        judgement
    }
}

fn observations<'s>(answers: &[&'s Sampled], mask: &[Mask], numbered: bool) -> Vec<Observation<'s>> {
    let observe = |one: &&'s Sampled| Observation {
        number: one.exchange.number,
        person: one.own.as_slice(),
        features: feature::of(&one.exchange, &Blanks::of(&one.own, numbered), mask),
    };
    answers.iter().map(observe).collect()
}

/// Whether a difference could have shown, and whether one did.
fn found(observed: &[Vec<Observation>; 3], unknown_answers: &[&Sampled], fisher: &Fisher) -> (bool, Finding) {
    let [protected, unknown, known] = observed.each_ref().map(|class| class.iter().collect::<Vec<_>>());
    let half = |parity: u32| -> Vec<&Observation> {
        let of_half = unknown.iter().zip(unknown_answers).filter(|(_, answer)| answer.block % 2 == parity);
        of_half.map(|(observation, _)| *observation).collect()
    };
    let (even, odd) = (half(0), half(1));
    let most = UNSTABLE.max(fisher.of_full_separation(even.len(), odd.len()) * (1.0 + 1e-6));
    if let Some(unstable) = contrast::of_halves(&even, &odd, most.min(0.01), fisher) {
        return (false, Finding::Doubt(Doubt::Nondeterministic, Observed::UnknownUnstable(unstable.feature)));
    }
    let sighted = contrast::of_person(&known, &unknown, &protected, DISTINCT, fisher).certain.is_some();
    let finding = match contrast::of_person(&protected, &unknown, &known, DISTINCT, fisher) {
        Contrast { certain: Some(difference), .. } => Finding::Distinguished(difference),
        Contrast { unclear: Some(difference), .. } => Finding::Unclear(difference),
        Contrast { certain: None, unclear: None } => Finding::Alike(protected.len().min(unknown.len()) as u64),
    };
    (sighted, finding)
}

#[cfg(test)]
mod tests;
