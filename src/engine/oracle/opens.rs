//! Whether decisions are open and closed in the pattern wanted.
//! What makes one answer open is said by the request set and computed by the judge.

use crate::model::expectation::Opening;
use crate::model::finding::{Expected, Observed};
use crate::model::id::StepId;
use crate::model::text::Text;
use crate::model::verdict::{Doubt, Judgement};
use std::collections::BTreeMap;

/// One decision of the target, read from one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it gave.
    pub open: bool,
    /// Whether it gave nothing because the server failed, which decides nothing.
    pub failed: bool,
    /// Whether nothing was seen in an answer that we do not hold whole: it may have given.
    pub unheld: bool,
    /// Its name in reports.
    pub label: String,
    /// The number of its record.
    pub number: u64,
    /// What was asked: `request`, `about`, and the values of the step's `each` names.
    /// `at` and `pass` may stand here too; they say when, and never tell two decisions apart.
    pub each: BTreeMap<String, String>,
}

/// Holds decisions against the pattern. What is open and should not be is a breach.
///
/// `earlier` gives the decisions of a cited step, `fill` the value of a text. Two decisions are of
/// the same question if they agree in every name that both have; of several earlier ones the last
/// counts. Where nothing was open earlier, a pass of `as-in` is underpowered. `none` has nothing
/// to look back at: its control is another step. A server that failed gave nothing, so what was to
/// be open fails; but it closed nothing either, and where closed was wanted nothing is shown. Of an answer that
/// we do not hold whole neither can be said.
#[must_use]
pub fn judge(
    opening: &Opening,
    decisions: &[Decision],
    earlier: &dyn Fn(&StepId) -> Vec<Decision>,
    fill: &dyn Fn(&Text) -> Option<String>,
) -> Judgement {
    let expected = match opening {
        Opening::All => Expected::OpensAll,
        Opening::None => Expected::OpensNone,
        Opening::AsIn(as_in) => Expected::OpensAsIn(as_in.step.to_string()),
    };
    let numbers: Vec<u64> = decisions.iter().map(|decision| decision.number).collect();
    if decisions.is_empty() {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingRecorded, numbers);
    }
    let open = decisions.iter().filter(|decision| decision.open).count();
    let seen = Observed::Decisions { open: open as u64, closed: (decisions.len() - open) as u64 };
    let Some(pattern) = Pattern::of(opening, earlier, fill) else {
        return Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, seen, numbers);
    };
    let (mut too_open, mut too_closed, mut unpaired) = (Vec::new(), Vec::new(), false);
    for decision in decisions.iter().filter(|decision| !decision.unheld) {
        match (pattern.wants(decision), decision.open) {
            (Some(false), true) => too_open.push(decision),
            (Some(true), false) => too_closed.push(decision),
            (Some(_), _) => {}
            (None, _) => unpaired = true,
        }
    }
    if !too_open.is_empty() || !too_closed.is_empty() {
        return misdecided(expected, &too_open, &too_closed);
    }
    let unheld: Vec<u64> =
        decisions.iter().filter(|decision| decision.unheld).map(|decision| decision.number).collect();
    let failed: Vec<u64> =
        decisions.iter().filter(|decision| decision.failed).map(|decision| decision.number).collect();
    if !unheld.is_empty() {
        Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, Observed::Unreadable("cut".to_owned()), unheld)
    } else if !failed.is_empty() {
        Judgement::doubtful(Doubt::Vacuous, expected, Observed::ServerFailed(failed.len() as u64), failed)
    } else if unpaired {
        Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, seen, numbers)
    } else if pattern.is_powered() {
        Judgement::of(true, expected, seen, numbers)
    } else {
        Judgement::doubtful(Doubt::Underpowered, expected, seen, numbers)
    }
}

fn misdecided(expected: Expected, too_open: &[&Decision], too_closed: &[&Decision]) -> Judgement {
    let labels = |decisions: &[&Decision]| decisions.iter().map(|decision| decision.label.clone()).collect();
    let witnesses = too_open.iter().chain(too_closed).map(|decision| decision.number).collect();
    let observed = Observed::Misdecided { too_open: labels(too_open), too_closed: labels(too_closed) };
    let judgement = Judgement::of(false, expected, observed, witnesses);
    if too_open.is_empty() { judgement } else { judgement.breach() }
}

/// What is wanted of each decision, with everything looked up.
enum Pattern {
    All,
    None,
    AsIn { earlier: Vec<Decision>, except: BTreeMap<String, String> },
}

impl Pattern {
    fn of(
        opening: &Opening,
        earlier: &dyn Fn(&StepId) -> Vec<Decision>,
        fill: &dyn Fn(&Text) -> Option<String>,
    ) -> Option<Self> {
        match opening {
            Opening::All => Some(Self::All),
            Opening::None => Some(Self::None),
            Opening::AsIn(as_in) => {
                let except = as_in.except.iter().map(|(name, text)| Some((name.clone(), fill(text)?)));
                Some(Self::AsIn { earlier: earlier(&as_in.step), except: except.collect::<Option<_>>()? })
            }
        }
    }

    /// Whether a decision should be open; nothing if the cited step never asked the same.
    fn wants(&self, decision: &Decision) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::None => Some(false),
            Self::AsIn { except, .. } if is_excepted(decision, except) => Some(false),
            Self::AsIn { earlier, .. } => {
                let decided = earlier.iter().rev().filter(|earlier| !earlier.failed && !earlier.unheld);
                decided.clone().find(|earlier| is_same(earlier, decision)).map(|earlier| earlier.open)
            }
        }
    }

    fn is_powered(&self) -> bool {
        match self {
            Self::All | Self::None => true,
            Self::AsIn { earlier, .. } => earlier.iter().any(|decision| decision.open),
        }
    }
}

/// Without any exception nothing is excepted; `any` stands for every value.
fn is_excepted(decision: &Decision, except: &BTreeMap<String, String>) -> bool {
    !except.is_empty() && except.iter().all(|(name, value)| value == "any" || decision.each.get(name) == Some(value))
}

fn is_same(one: &Decision, other: &Decision) -> bool {
    let mut names = one.each.keys().filter(|name| !matches!(name.as_str(), "at" | "pass"));
    names.all(|name| other.each.get(name).is_none_or(|value| one.each.get(name) == Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expectation::AsIn;
    use crate::model::verdict::Verdict;

    fn cell(category: &str, organisation: &str, open: bool) -> Decision {
        Decision {
            open,
            failed: false,
            unheld: false,
            label: format!("{category} {organisation}"),
            number: 1,
            each: [("category", category), ("organisation", organisation)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        }
    }

    fn as_in(except: &[(&str, &str)]) -> Opening {
        let except = except.iter().map(|(name, value)| ((*name).to_owned(), Text::literal(*value))).collect();
        Opening::AsIn(AsIn { step: "before".parse().unwrap(), except })
    }

    fn judged(opening: &Opening, decisions: &[Decision], earlier: &[Decision]) -> Judgement {
        judge(opening, decisions, &|_| earlier.to_vec(), &|text| Some(text.to_string()))
    }

    fn cells(open: [bool; 4]) -> Vec<Decision> {
        vec![
            cell("medication", "a", open[0]),
            cell("medication", "b", open[1]),
            cell("laboratory", "a", open[2]),
            cell("laboratory", "b", open[3]),
        ]
    }

    #[test]
    fn only_the_excepted_part_closes() {
        let opening = as_in(&[("category", "medication"), ("organisation", "any")]);
        let judged = |open| judged(&opening, &cells(open), &cells([true; 4]));
        assert_eq!(judged([false, false, true, true]).verdict, Verdict::Pass);
        let both = judged([true, false, false, true]);
        assert!(both.breach);
        assert_eq!(
            both.observed,
            Observed::Misdecided { too_open: vec!["medication a".into()], too_closed: vec!["laboratory a".into()] }
        );
        let narrow = judged([false, false, false, true]);
        assert_eq!((narrow.verdict, narrow.breach), (Verdict::Fail, false));
    }

    #[test]
    fn without_exception_nothing_may_change() {
        let earlier = cells([true, false, true, true]);
        assert_eq!(judged(&as_in(&[]), &earlier, &earlier).verdict, Verdict::Pass);
        assert!(judged(&as_in(&[]), &cells([true; 4]), &earlier).breach);
    }

    #[test]
    fn when_it_was_asked_does_not_count_and_the_last_time_does() {
        let mut later = cells([true; 4]);
        later.iter_mut().for_each(|decision| drop(decision.each.insert("at".to_owned(), "10s".to_owned())));
        let mut earlier = cells([false; 4]);
        earlier.extend(cells([true; 4]));
        earlier.iter_mut().for_each(|decision| drop(decision.each.insert("at".to_owned(), "0s".to_owned())));
        assert_eq!(judged(&as_in(&[]), &later, &earlier).verdict, Verdict::Pass);
    }

    #[test]
    fn what_was_never_open_shows_nothing() {
        let closed = cells([false; 4]);
        assert_eq!(judged(&as_in(&[]), &closed, &closed).doubt, Some(Doubt::Underpowered));
        assert!(judged(&as_in(&[]), &cells([true; 4]), &closed).breach, "a breach that was seen stands");
        assert_eq!(judged(&Opening::All, &[], &[]).doubt, Some(Doubt::Vacuous));
        assert_eq!(judged(&Opening::None, &[], &[]).doubt, Some(Doubt::Vacuous));
    }

    #[test]
    fn all_and_none_mean_every_one() {
        assert_eq!(judged(&Opening::All, &cells([true; 4]), &[]).verdict, Verdict::Pass);
        let closed = judged(&Opening::All, &cells([true, false, true, true]), &[]);
        assert_eq!((closed.verdict, closed.breach), (Verdict::Fail, false));
        assert_eq!(judged(&Opening::None, &cells([false; 4]), &[]).verdict, Verdict::Pass);
        assert!(judged(&Opening::None, &cells([false, true, false, false]), &[]).breach);
    }

    #[test]
    fn an_answer_that_we_do_not_hold_is_neither_open_nor_closed() {
        let mut unheld = cells([false; 4]);
        unheld[2].unheld = true;
        for opening in [Opening::None, Opening::All] {
            let open = cells([opening == Opening::All; 4]);
            let seen = [&open[..2], &unheld[2..3], &open[3..]].concat();
            assert_eq!(judged(&opening, &seen, &[]).doubt, Some(Doubt::EvidenceDoesNotFit));
        }
        // Nor does it say how it was before.
        assert_eq!(judged(&as_in(&[]), &cells([true; 4])[2..3], &unheld[2..3]).doubt, Some(Doubt::EvidenceDoesNotFit));
        unheld[0].open = true;
        assert!(judged(&Opening::None, &unheld, &[]).breach, "what was seen stands");
    }

    #[test]
    fn a_server_that_failed_closed_nothing() {
        let failing = |which: usize| {
            let mut all = cells([false; 4]);
            all[which].failed = true;
            all
        };
        assert_eq!(judged(&Opening::None, &failing(2), &[]).doubt, Some(Doubt::Vacuous));
        let opening = as_in(&[("category", "any")]);
        assert_eq!(judged(&opening, &failing(0), &cells([true; 4])).doubt, Some(Doubt::Vacuous));
        // What was to be open is not; the server may say why it likes.
        assert_eq!(judged(&Opening::All, &failing(1), &[]).verdict, Verdict::Fail);
        // That it failed before is no decision that anything could have opened since.
        let opened = judged(&as_in(&[]), &cells([true, false, false, false]), &failing(0));
        assert_eq!((opened.verdict, opened.breach), (Verdict::Inconclusive, false));
    }

    #[test]
    fn a_question_that_was_never_asked_before_does_not_fit() {
        let all = cells([true; 4]);
        assert_eq!(judged(&as_in(&[]), &all, &all[..3]).doubt, Some(Doubt::EvidenceDoesNotFit));
        let nobody = judge(&as_in(&[("category", "x")]), &all, &|_| cells([true; 4]), &|_| None);
        assert_eq!(nobody.doubt, Some(Doubt::EvidenceDoesNotFit));
    }
}
