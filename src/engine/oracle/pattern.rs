//! By which of the four patterns of communication data went from one party to another, as it was seen.
//! After the Twiin architecture: sending, making available to a recipient who is named first, being asked directly, and
//! being found through an index.

use crate::model::expectation::PatternWord;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::{Doubt, Judgement};

/// What was seen of an exchange, in the facts by which its pattern is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether the target sent something to the recipient.
    pub sent: bool,
    /// Whether that came before anybody obtained anything.
    pub first: bool,
    /// Whether it held data of the patient.
    pub content: bool,
    /// Whether the recipient obtained data of the patient.
    pub obtained: bool,
    /// Whether somebody else did.
    pub others: bool,
    /// Whether the patient was registered at, or looked up through, a central facility.
    pub registered: bool,
}

/// The pattern of these facts; nothing if no data went anywhere.
#[must_use]
pub const fn told(facts: Facts) -> Option<PatternWord> {
    let Facts { sent, first, content, obtained, others, registered } = facts;
    if others || (registered && (content || obtained)) {
        return Some(PatternWord::IndexedQuery);
    }
    if sent && content && first {
        return Some(PatternWord::Push);
    }
    if obtained && sent && first {
        return Some(PatternWord::NotifiedPull);
    }
    if obtained { Some(PatternWord::DirectedQuery) } else { None }
}

/// Holds the pattern that was seen against the one declared: a stricter one is as good, a looser one breaks the word.
#[must_use]
pub fn judge(declared: PatternWord, facts: Facts, witnesses: Vec<u64>) -> Judgement {
    let expected = Expected::Pattern(declared.as_str().to_owned());
    match told(facts) {
        None => Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingDisclosed, witnesses),
        Some(seen) => {
            let judgement =
                Judgement::of(seen <= declared, expected, Observed::Pattern(seen.as_str().to_owned()), witnesses);
            if facts.others || facts.registered { judgement.breach() } else { judgement }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn each_pattern_is_told_from_the_others() {
        let push = Facts { sent: true, first: true, content: true, ..Facts::default() };
        let notified = Facts { sent: true, first: true, obtained: true, ..Facts::default() };
        let asked = Facts { obtained: true, ..Facts::default() };
        let late = Facts { sent: true, obtained: true, ..Facts::default() };
        assert_eq!(told(push), Some(PatternWord::Push));
        assert_eq!(told(notified), Some(PatternWord::NotifiedPull));
        assert_eq!((told(asked), told(late)), (Some(PatternWord::DirectedQuery), Some(PatternWord::DirectedQuery)));
        for facts in [push, notified, asked] {
            assert_eq!(told(Facts { others: true, ..facts }), Some(PatternWord::IndexedQuery));
            assert_eq!(told(Facts { registered: true, ..facts }), Some(PatternWord::IndexedQuery));
        }
        assert_eq!(told(Facts { sent: true, first: true, ..Facts::default() }), None, "a notice alone gives nothing");
    }

    #[test]
    fn stricter_is_as_good_and_looser_is_not() {
        let push = Facts { sent: true, first: true, content: true, ..Facts::default() };
        let notified = Facts { sent: true, first: true, obtained: true, ..Facts::default() };
        let verdict = |declared, facts| judge(declared, facts, vec![1]).verdict;
        assert_eq!(verdict(PatternWord::NotifiedPull, push), Verdict::Pass);
        assert_eq!(verdict(PatternWord::NotifiedPull, notified), Verdict::Pass);
        assert_eq!(verdict(PatternWord::Push, notified), Verdict::Fail);
        let disguised = judge(PatternWord::NotifiedPull, Facts { registered: true, ..notified }, vec![1]);
        assert_eq!((disguised.verdict, disguised.breach), (Verdict::Fail, true));
        assert_eq!(judge(PatternWord::Push, Facts::default(), vec![1]).doubt, Some(Doubt::Vacuous));
    }
}
