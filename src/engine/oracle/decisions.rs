//! Whether decisions follow from the choices on record: by a model, in whatever order, and always in the right direction.
//! Which choices stood and what was open is read from the recording by the judge.

use super::consent;
use crate::engine::steer::walk::{Choice, EFFECT};
use crate::model::expectation::Decisions;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::{Doubt, Judgement};
use std::collections::{BTreeMap, BTreeSet};

/// One decision, with the choices that stood when it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which set of choices, and which order of it.
    pub course: (u32, u32),
    /// The choices on record, oldest first.
    pub choices: Vec<Choice>,
    /// What was asked, a value for each dimension.
    pub cell: BTreeMap<String, String>,
    /// Whether it gave.
    pub open: bool,
    /// Whether it gave nothing because the server failed, which decides nothing.
    pub failed: bool,
    /// Whether nothing was seen in an answer that we do not hold whole: it may have given.
    pub unheld: bool,
    /// The number of its record.
    pub number: u64,
}

/// A decision that is not as it should be.
struct Wrong<'t> {
    taken: &'t Taken,
    /// Whether it opened too much.
    too_open: bool,
}

/// Holds decisions against what is wanted. What is open and should not be is a breach.
///
/// A pass needs that something was seen open and something closed; for `monotone` every cell. A server
/// that failed gave nothing, so what was to be open fails; but it closed nothing either. What may have given
/// unseen counts neither way.
#[must_use]
pub fn judge(wanted: Decisions, taken: &[Taken], default: Option<bool>) -> Judgement {
    let expected = match wanted {
        Decisions::Follow(_) => Expected::FollowsModel,
        Decisions::OrderFree => Expected::OrderFree,
        Decisions::Monotone => Expected::Monotone,
    };
    let numbers: Vec<u64> = taken.iter().map(|one| one.number).collect();
    if taken.is_empty() {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::NothingRecorded, numbers);
    }
    let unheld: Vec<u64> = taken.iter().filter(|one| one.unheld).map(|one| one.number).collect();
    let held: Vec<Taken> = taken.iter().filter(|one| !one.unheld).cloned().collect();
    let taken = held.as_slice();
    let mut wrong = match wanted {
        Decisions::Follow(model) => against(taken, |one| consent::decide(model, &one.choices, &one.cell, default)),
        Decisions::OrderFree => in_another_order(taken),
        Decisions::Monotone => in_the_wrong_direction(taken),
    };
    // The smallest set that shows it comes first.
    wrong.sort_by_key(|one| one.taken.choices.len());
    if !wrong.is_empty() {
        let labels = |too_open: bool| {
            let of = wrong.iter().filter(move |one| one.too_open == too_open);
            of.map(|one| label(one.taken)).take(3).collect::<Vec<_>>()
        };
        let witnesses = wrong.iter().map(|one| one.taken.number).collect();
        let observed = Observed::Misdecided { too_open: labels(true), too_closed: labels(false) };
        let judgement = Judgement::of(false, expected, observed, witnesses);
        return if wrong.iter().any(|one| one.too_open) { judgement.breach() } else { judgement };
    }
    if !unheld.is_empty() {
        let observed = Observed::Unreadable("cut".to_owned());
        return Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, observed, unheld);
    }
    let failed: Vec<u64> = taken.iter().filter(|one| one.failed).map(|one| one.number).collect();
    if !failed.is_empty() {
        return Judgement::doubtful(Doubt::Vacuous, expected, Observed::ServerFailed(failed.len() as u64), failed);
    }
    let open = taken.iter().filter(|one| one.open).count();
    let seen = Observed::Decisions { open: open as u64, closed: (taken.len() - open) as u64 };
    let powered = match wanted {
        Decisions::Follow(_) | Decisions::OrderFree => open > 0 && open < taken.len(),
        Decisions::Monotone => every_cell_both_ways(taken),
    };
    if powered {
        Judgement::of(true, expected, seen, numbers)
    } else {
        Judgement::doubtful(Doubt::Underpowered, expected, seen, numbers)
    }
}

fn against(taken: &[Taken], should: impl Fn(&Taken) -> Option<bool>) -> Vec<Wrong<'_>> {
    let wrong = |one| should(one).filter(|open| *open != one.open).map(|open| Wrong { taken: one, too_open: !open });
    taken.iter().filter_map(wrong).collect()
}

/// Of one set, a cell that is open in one order and closed in another: what is open is too open.
fn in_another_order(taken: &[Taken]) -> Vec<Wrong<'_>> {
    let mut closed: BTreeSet<(u32, &BTreeMap<String, String>)> = BTreeSet::new();
    closed.extend(taken.iter().filter(|one| !one.open && !one.failed).map(|one| (one.course.0, &one.cell)));
    let both = taken.iter().filter(|one| one.open && closed.contains(&(one.course.0, &one.cell)));
    both.map(|taken| Wrong { taken, too_open: true }).collect()
}

/// From one decision to the next, a permission that closes or an objection that opens.
fn in_the_wrong_direction(taken: &[Taken]) -> Vec<Wrong<'_>> {
    let mut wrong = Vec::new();
    for one in taken {
        let before = taken.iter().rev().find(|other| {
            other.course == one.course && other.cell == one.cell && other.choices.len() + 1 == one.choices.len()
        });
        let (Some(before), Some(last)) = (before, one.choices.last()) else { continue };
        let permits = last.get(EFFECT).is_some_and(|effect| effect == "permit");
        if permits && before.open && !one.open {
            wrong.push(Wrong { taken: one, too_open: false });
        } else if !permits && !before.open && !before.failed && one.open {
            wrong.push(Wrong { taken: one, too_open: true });
        }
    }
    wrong
}

fn every_cell_both_ways(taken: &[Taken]) -> bool {
    let mut seen: BTreeMap<&BTreeMap<String, String>, BTreeSet<bool>> = BTreeMap::new();
    for one in taken {
        seen.entry(&one.cell).or_default().insert(one.open);
    }
    seen.values().all(|ways| ways.len() == 2)
}

/// A decision in words that need no language: the cell, and the choices that stood.
fn label(taken: &Taken) -> String {
    let cell = taken.cell.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    let choice = |choice: &Choice| {
        let scope: Vec<&str> =
            choice.iter().filter(|(name, _)| name.as_str() != EFFECT).map(|(_, value)| value.as_str()).collect();
        format!("{} {}", choice.get(EFFECT).map_or("?", String::as_str), scope.join("/"))
    };
    let choices: Vec<String> = taken.choices.iter().map(choice).collect();
    format!("{cell} [{}]", choices.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expectation::Model;
    use crate::model::verdict::Verdict;

    fn choice(effect: &str, category: &str) -> Choice {
        [(EFFECT, effect), ("category", category)].map(|(n, v)| (n.to_owned(), v.to_owned())).into()
    }

    fn taken(course: (u32, u32), choices: &[Choice], category: &str, open: bool) -> Taken {
        let cell = [("category".to_owned(), category.to_owned())].into();
        Taken { course, choices: choices.to_vec(), cell, open, failed: false, unheld: false, number: 1 }
    }

    #[test]
    fn the_model_tells_too_open_from_too_closed() {
        let follow = Decisions::Follow(Model::NlGfConsent);
        let permit = [choice("permit", "medication")];
        let right = [taken((0, 0), &permit, "medication", true), taken((0, 0), &permit, "laboratory", false)];
        assert_eq!(judge(follow, &right, Some(false)).verdict, Verdict::Pass);
        let collapsed = [taken((0, 0), &permit, "medication", true), taken((0, 0), &permit, "laboratory", true)];
        assert!(judge(follow, &collapsed, Some(false)).breach);
        let closed = [taken((0, 0), &permit, "medication", false), taken((0, 0), &permit, "laboratory", false)];
        let judgement = judge(follow, &closed, Some(false));
        assert_eq!((judgement.verdict, judgement.breach), (Verdict::Fail, false));
        assert_eq!(judge(follow, &right[..1], Some(false)).doubt, Some(Doubt::Underpowered));
    }

    #[test]
    fn an_answer_that_we_do_not_hold_decides_nothing() {
        let follow = Decisions::Follow(Model::NlGfConsent);
        let permit = [choice("permit", "medication")];
        let unheld = |category: &str| Taken { unheld: true, ..taken((0, 0), &permit, category, false) };
        let right = [taken((0, 0), &permit, "medication", true), taken((0, 0), &permit, "laboratory", false)];
        for other in ["medication", "laboratory"] {
            let seen = [&right[..], &[unheld(other)]].concat();
            assert_eq!(judge(follow, &seen, Some(false)).doubt, Some(Doubt::EvidenceDoesNotFit), "{other}");
        }
    }

    #[test]
    fn a_server_that_failed_decided_nothing() {
        let follow = Decisions::Follow(Model::NlGfConsent);
        let permit = [choice("permit", "medication")];
        let failing = |category: &str| Taken { failed: true, ..taken((0, 0), &permit, category, false) };
        let rightly = [taken((0, 0), &permit, "medication", true), failing("laboratory")];
        assert_eq!(judge(follow, &rightly, Some(false)).doubt, Some(Doubt::Vacuous));
        let wrongly = [failing("medication"), taken((0, 0), &permit, "laboratory", false)];
        assert_eq!(judge(follow, &wrongly, Some(false)).verdict, Verdict::Fail);
        // Neither another order nor one objection more opened what was never decided.
        let other = [failing("medication"), taken((0, 1), &permit, "medication", true)];
        assert_eq!(judge(Decisions::OrderFree, &other, None).verdict, Verdict::Inconclusive);
        let deny = [permit[0].clone(), choice("deny", "medication")];
        let more = [failing("medication"), taken((0, 0), &deny, "medication", true)];
        assert!(!judge(Decisions::Monotone, &more, None).breach);
    }

    #[test]
    fn another_order_must_not_decide_otherwise() {
        let (a, b) = (choice("permit", "any"), choice("deny", "medication"));
        let mixed =
            [taken((0, 0), &[a.clone(), b.clone()], "medication", false), taken((0, 1), &[b, a], "medication", true)];
        assert!(judge(Decisions::OrderFree, &mixed, None).breach);
        let other_set = [mixed[0].clone(), Taken { course: (1, 0), ..mixed[1].clone() }];
        assert_eq!(judge(Decisions::OrderFree, &other_set, None).verdict, Verdict::Pass);
    }

    #[test]
    fn more_permission_never_closes_and_more_objection_never_opens() {
        let (permit, deny) = (choice("permit", "any"), choice("deny", "medication"));
        let steps = |second: bool| {
            vec![
                taken((0, 0), &[], "medication", false),
                taken((0, 0), std::slice::from_ref(&permit), "medication", true),
                taken((0, 0), &[permit.clone(), deny.clone()], "medication", second),
            ]
        };
        assert_eq!(judge(Decisions::Monotone, &steps(false), None).verdict, Verdict::Pass);
        let mut opens = steps(true);
        opens[1].open = false;
        assert!(judge(Decisions::Monotone, &opens, None).breach);
        let mut closes = steps(false);
        closes[0].open = true;
        closes[1].open = false;
        let judgement = judge(Decisions::Monotone, &closes, None);
        assert_eq!((judgement.verdict, judgement.breach), (Verdict::Fail, false));
        assert_eq!(judge(Decisions::Monotone, &[], None).doubt, Some(Doubt::Vacuous));
    }
}
