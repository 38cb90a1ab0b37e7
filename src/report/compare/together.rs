//! What holds of several reports at once: the same for all, a matter of the standard, not inferior.
//! It speaks only of reports that may be compared, and never of how many.

use super::letter;
use crate::model::comparison::{Category, Cell, NotInferior, Offer, Row, Together};
use crate::model::id::RequirementId;
use crate::report::ground::{is_broken, is_met};
use crate::report::words::compare as words;

/// Of more reports than this nobody reads what each is to each other.
const FEW: usize = 8;

/// What holds of one row, by how binding the requirement counts: a MUST with a remark is met, as everywhere else.
pub(super) fn of(effective: &str, cells: &[Cell]) -> Together {
    let states = || cells.iter().filter(|cell| cell.comparable).map(|cell| cell.state.as_str());
    let Some(first) = states().next().filter(|_| states().count() > 1) else { return Together::Alone };
    if states().all(|state| is_met(effective, state)) {
        Together::AllMeet
    } else if states().all(|state| is_broken(effective, state)) {
        Together::AllFail
    } else if states().all(|state| state == first) {
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
    let meets = |row: &Row, at: usize| is_met(&row.effective, &row.cells[at].state);
    let shown = move |row: &Row, at: usize| meets(row, at) && row.cells[at].comparable;
    let met = |at: usize| musts.iter().filter(move |row| shown(row, at));
    // What the other meets by cases that none else ran is met all the same: then nobody knows whether this one does.
    let held = musts.iter().filter(|row| meets(row, other)).all(|row| shown(row, one));
    // To meet more while breaking something else is not to be as good.
    let broken = musts.iter().any(|row| row.cells[one].state == "fail" && row.cells[other].state != "fail");
    if met(other).next().is_none() || !held || broken {
        return None;
    }
    let besides: Vec<RequirementId> =
        met(one).filter(|row| !meets(row, other)).map(|row| row.requirement.clone()).collect();
    // Equality is said once.
    if besides.is_empty() && (one > other || met(one).count() != met(other).count()) {
        return None;
    }
    let (report, to) = (letter(one), letter(other));
    Some(NotInferior { says: words::not_inferior(&report, &to, &besides), report, to, besides })
}
