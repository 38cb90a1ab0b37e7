//! What holds of several reports at once: the same for all, a matter of the standard, not inferior.
//! It speaks only of reports that may be compared, and never of how many.

use super::letter;
use crate::model::comparison::{Category, Cell, NotInferior, Offer, Row, Together};
use crate::model::id::RequirementId;
use crate::report::words::compare as words;

/// Of more reports than this nobody reads what each is to each other.
const FEW: usize = 8;

/// What holds of one row.
pub(super) fn of(cells: &[Cell]) -> Together {
    let mut states = cells.iter().filter(|cell| cell.comparable).map(|cell| cell.state.as_str());
    let (Some(first), Some(second)) = (states.next(), states.next()) else { return Together::Alone };
    let all = |wanted: &dyn Fn(&str) -> bool| {
        cells.iter().filter(|cell| cell.comparable).all(|cell| wanted(cell.state.as_str()))
    };
    if first == "pass" && second == "pass" && all(&|state| state == "pass") {
        Together::AllMeet
    } else if all(&|state| matches!(state, "fail" | "warn")) {
        Together::AllFail
    } else if all(&|state| state == first) {
        Together::Same
    } else {
        Together::Differ
    }
}

/// Every pair of which one meets all the MUSTs that the other meets, and breaks none that the other does not break.
pub(super) fn not_inferior(offers: &[Offer], categories: &[Category]) -> Vec<NotInferior> {
    let those: Vec<usize> = (0..offers.len()).filter(|at| offers[*at].offered && offers[*at].comparable).collect();
    if offers.len() > FEW {
        return Vec::new();
    }
    let musts: Vec<&Row> =
        categories.iter().flat_map(|category| &category.rows).filter(|row| row.effective == "must").collect();
    let mut all = Vec::new();
    for one in &those {
        for other in those.iter().filter(|other| *other != one) {
            all.extend(pair(*one, *other, &musts));
        }
    }
    all
}

fn pair(one: usize, other: usize, musts: &[&Row]) -> Option<NotInferior> {
    let ended = |row: &Row, at: usize, state: &str| row.cells[at].state == state && row.cells[at].comparable;
    let met = |at: usize| musts.iter().filter(move |row| ended(row, at, "pass"));
    // What the other meets by cases that none else ran is met all the same: then nobody knows whether this one does.
    let held = musts.iter().filter(|row| row.cells[other].state == "pass").all(|row| ended(row, one, "pass"));
    // To meet more while breaking something else is not to be as good.
    let broken = musts.iter().any(|row| row.cells[one].state == "fail" && row.cells[other].state != "fail");
    if met(other).next().is_none() || !held || broken {
        return None;
    }
    let besides: Vec<RequirementId> =
        met(one).filter(|row| row.cells[other].state != "pass").map(|row| row.requirement.clone()).collect();
    // Equality is said once.
    if besides.is_empty() && (one > other || met(one).count() != met(other).count()) {
        return None;
    }
    let (report, to) = (letter(one), letter(other));
    Some(NotInferior { says: words::not_inferior(&report, &to, &besides), report, to, besides })
}
