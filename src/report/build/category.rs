//! What is concluded about each kind of requirement: by rule, never by average.
//! A part of `build`, and so of the only place that counts.

use super::said;
use crate::language::catalogue::Catalogue;
use crate::model::id::RequirementId;
use crate::model::plan::PlannedClaim;
use crate::model::profile::{Profile, Requirement};
use crate::model::report::{CategoryConclusion, CategoryEntry, RequirementEntry, Said, Tally};

/// Every kind of requirement of every role of the claimed profiles, claimed roles first.
pub(super) fn all(
    catalogue: &Catalogue,
    claims: &[PlannedClaim],
    requirements: &[RequirementEntry],
    selection: bool,
) -> Vec<CategoryEntry> {
    let mut all = Vec::new();
    for claim in claims {
        let Some(profile) = catalogue.profiles.get(&claim.profile) else { continue };
        // A role that is not offered is information to a buyer too, so it is named.
        let unclaimed = profile.roles.iter().filter(|role| !claim.roles.contains(role));
        for role in claim.roles.iter().chain(unclaimed) {
            for (group, title) in kinds(profile) {
                let within = |requirement: &&Requirement| {
                    requirement.roles.contains(role)
                        && requirement.group.as_ref().map(|word| word.as_str()) == group.as_deref()
                };
                let ids: Vec<RequirementId> =
                    profile.requirements.iter().filter(within).map(|one| profile.id_of(one)).collect();
                if ids.is_empty() {
                    continue;
                }
                let entries: Vec<&RequirementEntry> = requirements
                    .iter()
                    .filter(|entry| entry.role == role.as_str() && ids.contains(&entry.id))
                    .collect();
                let must = tally(entries.iter().filter(|entry| entry.effective == "must"));
                let should = tally(entries.iter().filter(|entry| entry.effective != "must"));
                all.push(CategoryEntry {
                    profile: profile.id.to_string(),
                    role: role.to_string(),
                    group,
                    title,
                    conclusion: conclude(must, should, selection),
                    must,
                    should,
                    requirements: entries.iter().map(|entry| entry.id.clone()).collect(),
                });
            }
        }
    }
    all
}

/// The groups of a profile, and at the end what belongs to none.
fn kinds(profile: &Profile) -> Vec<(Option<String>, Said)> {
    let named = profile.groups.iter().map(|group| (Some(group.id.to_string()), said(&group.title)));
    named.chain([(None, said(&profile.title))]).collect()
}

fn tally<'a>(entries: impl Iterator<Item = &'a &'a RequirementEntry>) -> Tally {
    let mut tally = Tally::default();
    for entry in entries {
        let field = match entry.outcome.as_str() {
            "pass" => &mut tally.met,
            "warn" => &mut tally.remarks,
            "fail" => &mut tally.failed,
            "attested" => &mut tally.attested,
            "not-applicable" => &mut tally.not_applicable,
            _ => &mut tally.not_shown,
        };
        *field += 1;
    }
    tally
}

/// The rule. What was narrowed is not shown, and neither is what nobody could judge.
fn conclude(must: Tally, should: Tally, selection: bool) -> CategoryConclusion {
    let shown = must.met + must.remarks + must.attested + should.met + should.remarks + should.attested;
    if must.failed + should.failed > 0 {
        CategoryConclusion::DoesNotMeet
    } else if shown + must.not_shown + should.not_shown == 0 {
        CategoryConclusion::NotApplicable
    } else if must.not_shown > 0 || shown == 0 || selection {
        CategoryConclusion::NotShown
    } else if must.remarks + should.remarks > 0 {
        CategoryConclusion::MeetsWithRemarks
    } else {
        CategoryConclusion::Meets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Tally = Tally { met: 0, remarks: 0, failed: 0, not_shown: 0, attested: 0, not_applicable: 0 };

    #[test]
    fn a_broken_must_outweighs_everything() {
        let must = Tally { met: 9, failed: 1, not_shown: 3, ..NONE };
        assert_eq!(conclude(must, NONE, false), CategoryConclusion::DoesNotMeet);
        assert_eq!(conclude(must, NONE, true), CategoryConclusion::DoesNotMeet);
    }

    #[test]
    fn one_must_that_was_not_shown_takes_the_conclusion_away() {
        let must = Tally { met: 9, not_shown: 1, ..NONE };
        assert_eq!(conclude(must, Tally { remarks: 1, ..NONE }, false), CategoryConclusion::NotShown);
    }

    #[test]
    fn nothing_judged_is_never_met() {
        assert_eq!(conclude(NONE, Tally { not_shown: 2, ..NONE }, false), CategoryConclusion::NotShown);
        assert_eq!(conclude(NONE, NONE, false), CategoryConclusion::NotApplicable);
        assert_eq!(conclude(Tally { not_applicable: 2, ..NONE }, NONE, false), CategoryConclusion::NotApplicable);
    }

    #[test]
    fn a_narrowed_run_meets_nothing() {
        assert_eq!(conclude(Tally { met: 3, ..NONE }, NONE, true), CategoryConclusion::NotShown);
    }

    #[test]
    fn a_broken_should_is_a_remark() {
        let must = Tally { met: 3, ..NONE };
        assert_eq!(conclude(must, Tally { remarks: 1, met: 2, ..NONE }, false), CategoryConclusion::MeetsWithRemarks);
        assert_eq!(conclude(must, Tally { met: 2, not_shown: 1, ..NONE }, false), CategoryConclusion::Meets);
        assert_eq!(conclude(Tally { remarks: 1, ..must }, NONE, false), CategoryConclusion::MeetsWithRemarks);
    }
}
