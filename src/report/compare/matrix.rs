//! Requirements by reports, grouped by profile, role and category.
//! A role that nobody offers is a subject too: what a product leaves out is information to a buyer.

use super::brief::{Kind, Point};
use super::comparability::{Ground, Standing, representative};
use super::{Brief, together};
use crate::model::comparison::{ABSENT, Category, Cell, Difference, NOT_OFFERED, Offer, Row, Subject};
use crate::model::id::RequirementId;
use crate::model::report::Said;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a report says, by requirement and role.
type Points<'b> = HashMap<(&'b str, &'b str), &'b Point>;

/// Every role of every profile that a report speaks of, by profile.
pub(super) fn all(briefs: &[Brief], ground: &Ground) -> Vec<Subject> {
    let points: Vec<Points<'_>> = briefs
        .iter()
        .map(|brief| brief.requirements.iter().map(|one| ((one.id.as_str(), &*one.role), one)).collect())
        .collect();
    named(briefs).into_iter().map(|(profile, role)| subject(briefs, ground, &points, profile, role)).collect()
}

/// Profiles by name, their roles in the order in which they first occur.
fn named(briefs: &[Brief]) -> Vec<(&str, &str)> {
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let mut add = |profile, role| {
        let next = seen.len();
        seen.entry((profile, role)).or_insert(next);
    };
    for brief in briefs {
        brief.profiles.iter().for_each(|one| add(one.id.as_str(), one.role.as_str()));
    }
    for brief in briefs {
        brief.categories.iter().for_each(|one| add(one.profile.as_str(), one.role.as_str()));
    }
    let mut all: Vec<((&str, &str), usize)> = seen.into_iter().collect();
    all.sort_by_key(|((profile, _), at)| (*profile, *at));
    all.into_iter().map(|(name, _)| name).collect()
}

fn subject(briefs: &[Brief], ground: &Ground, points: &[Points<'_>], profile: &str, role: &str) -> Subject {
    let standings = ground.standings(briefs, profile, role);
    let claims = || briefs.iter().filter_map(|brief| brief.profiles.iter().find(|claim| claim.id == profile));
    let editions: BTreeSet<&String> =
        briefs.iter().filter_map(|one| one.claim(profile, role)).map(|one| &one.edition).collect();
    let offers: Vec<Offer> =
        briefs.iter().zip(&standings).map(|(brief, standing)| offer(brief, standing.as_ref(), profile, role)).collect();
    let categories = categories(briefs, &standings, points, profile, role);
    Subject {
        title: claims()
            .next()
            .map_or_else(|| Said { nl: profile.to_owned(), en: profile.to_owned() }, |claim| claim.title.clone()),
        editions: editions.into_iter().cloned().collect(),
        not_inferior: together::not_inferior(&offers, &categories),
        profile: profile.to_owned(),
        role: role.to_owned(),
        offers,
        categories,
    }
}

fn offer(brief: &Brief, standing: Option<&Standing>, profile: &str, role: &str) -> Offer {
    let claim = brief.claim(profile, role);
    Offer {
        offered: claim.is_some(),
        comparable: standing.is_some_and(|standing| standing.comparable),
        because: standing.map(|standing| standing.because.clone()).unwrap_or_default(),
        conclusion: claim.map(|claim| claim.conclusion.clone()),
        options: claim.map(|claim| claim.options.clone()).unwrap_or_default(),
    }
}

fn categories(
    briefs: &[Brief],
    standings: &[Option<Standing>],
    points: &[Points<'_>],
    profile: &str,
    role: &str,
) -> Vec<Category> {
    let of = |kind: &&Kind| kind.profile == profile && kind.role == role;
    // Those that are aligned decide the order of the rows; what only others know comes after.
    let comparable = |at: &usize| standings[*at].as_ref().is_some_and(|standing| standing.comparable);
    let (first, rest): (Vec<usize>, Vec<usize>) = (0..briefs.len()).partition(comparable);
    let order: Vec<usize> = first.into_iter().chain(rest).collect();
    let mut all: Vec<(Option<&str>, Said, Vec<RequirementId>)> = Vec::new();
    let mut placed: BTreeSet<&RequirementId> = BTreeSet::new();
    for at in &order {
        for kind in briefs[*at].categories.iter().filter(of) {
            let group = kind.group.as_deref();
            let place = all.iter().position(|(known, ..)| *known == group).unwrap_or_else(|| {
                all.push((group, Said::clone(&kind.title), Vec::new()));
                all.len() - 1
            });
            for id in &kind.requirements {
                if placed.insert(id) {
                    all[place].2.push(RequirementId::clone(id));
                }
            }
        }
    }
    // A report of an earlier version may have no categories.
    let strays: Vec<&RequirementId> = order
        .iter()
        .flat_map(|at| briefs[*at].requirements.iter())
        .filter(|one| &*one.role == role && one.id.profile() == profile)
        .map(|one| &*one.id)
        .filter(|id| placed.insert(id))
        .collect();
    if !strays.is_empty() {
        let title = Said { nl: "Overige eisen".to_owned(), en: "Other requirements".to_owned() };
        all.push((None, title, strays.into_iter().cloned().collect()));
    }
    all.into_iter()
        .map(|(group, title, ids)| Category {
            group: group.map(ToOwned::to_owned),
            title,
            conclusions: briefs
                .iter()
                .map(|brief| {
                    brief.claim(profile, role)?;
                    let own = brief.categories.iter().filter(of).find(|kind| kind.group.as_deref() == group);
                    own.map(|kind| kind.conclusion)
                })
                .collect(),
            rows: ids.iter().filter_map(|id| row(standings, points, id, role)).collect(),
        })
        .collect()
}

fn row(standings: &[Option<Standing>], points: &[Points<'_>], id: &RequirementId, role: &str) -> Option<Row> {
    let own: Vec<Option<&Point>> = points.iter().map(|of| of.get(&(id.as_str(), role)).copied()).collect();
    let comparable = |at: usize| standings[at].as_ref().is_some_and(|standing| standing.comparable);
    let first = own.iter().enumerate().filter(|(at, _)| comparable(*at)).find_map(|(_, point)| *point);
    let model = first.or_else(|| own.iter().flatten().next().copied())?;
    // A verdict rests on the cases that were carried out; where those differ, so may the verdict.
    let ran: Vec<Option<&BTreeSet<Arc<str>>>> = own
        .iter()
        .enumerate()
        .map(|(at, point)| point.filter(|point| comparable(at) && is_judged(&point.outcome)).map(|point| &*point.ran))
        .collect();
    let most = representative(&ran);
    let cells: Vec<Cell> =
        own.iter().enumerate().map(|(at, point)| cell(standings[at].as_ref(), *point, ran[at], most)).collect();
    Some(Row {
        requirement: id.clone(),
        text: Said::clone(&model.text),
        effective: model.effective.to_string(),
        severity: model.severity.to_string(),
        together: together::of(&model.effective, &cells),
        cells,
    })
}

fn is_judged(outcome: &str) -> bool {
    matches!(outcome, "pass" | "warn" | "fail")
}

fn cell(
    standing: Option<&Standing>,
    point: Option<&Point>,
    ran: Option<&BTreeSet<Arc<str>>>,
    most: Option<&BTreeSet<Arc<str>>>,
) -> Cell {
    let bare = |state: &str| Cell {
        state: state.to_owned(),
        reason: None,
        because: None,
        comparable: false,
        differs: Vec::new(),
        cases: Vec::new(),
        evidence: None,
        shown: None,
    };
    let Some(standing) = standing else { return bare(NOT_OFFERED) };
    let Some(point) = point else {
        return Cell { differs: standing.because.clone(), ..bare(ABSENT) };
    };
    let mut differs = standing.because.clone();
    let mut cases = Vec::new();
    if let Some(ran) = ran.filter(|ran| Some(*ran) != most) {
        differs.push(Difference::Executed);
        let none = BTreeSet::new();
        let most = most.unwrap_or(&none);
        cases.extend(ran.difference(most).map(|case| format!("+{case}")));
        cases.extend(most.difference(ran).map(|case| format!("-{case}")));
    }
    Cell {
        reason: point.reason.clone(),
        because: point.because.as_deref().cloned(),
        comparable: differs.is_empty(),
        differs,
        cases,
        evidence: point.evidence.as_deref().map(ToOwned::to_owned),
        shown: point.shown.clone(),
        ..bare(&point.outcome)
    }
}
