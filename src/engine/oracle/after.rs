//! Whether exchanges came later than those of another step.
//! Records are numbered in the order in which they were noted, so that no clock is asked.

use crate::model::finding::{Expected, Observed};
use crate::model::verdict::{Doubt, Judgement};

/// Holds the numbers of some exchanges against the first of an earlier step.
#[must_use]
pub fn judge(step: &str, first: Option<u64>, numbers: &[u64]) -> Judgement {
    let expected = Expected::After(step.to_owned());
    let (Some(first), Some(earliest)) = (first, numbers.iter().min()) else {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingToCompare, numbers.to_vec());
    };
    let early = numbers.iter().filter(|number| **number < first).count() as u64;
    let witnesses = vec![first, *earliest];
    let observed = if early == 0 { Observed::RelationHolds } else { Observed::Early(early) };
    Judgement::of(early == 0, expected, observed, witnesses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn one_that_came_before_is_enough_to_fail() {
        assert_eq!(judge("asked", Some(5), &[6, 9]).verdict, Verdict::Pass);
        let early = judge("asked", Some(5), &[4, 9]);
        assert_eq!((early.verdict, early.observed), (Verdict::Fail, Observed::Early(1)));
        assert_eq!(judge("asked", None, &[4]).doubt, Some(Doubt::Vacuous));
        assert_eq!(judge("asked", Some(5), &[]).doubt, Some(Doubt::Vacuous));
    }
}
