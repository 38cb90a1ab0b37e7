//! Whether the plan in a recording is one that its claims, its catalogue and what it was narrowed to give: whoever takes a
//! case out of the first line takes it out of the report. What the target had is not known here, and is not asked.

use crate::engine::plan::fits::{Apart, Fits};
use crate::language::catalogue::Catalogue;
use crate::model::id::CaseId;
use crate::model::plan::{Instance, LeftOut, Plan};
use crate::model::record::{Parameters, RunHeader};
use crate::model::testcase::TestCase;
use crate::model::verdict::{Gap, Outcome};

/// Whether the plan of this recording is whole.
///
/// # Errors
/// What of it does not follow, in words fit to follow "does not fit: ".
pub(super) fn planned(catalogue: &Catalogue, header: &RunHeader) -> Result<(), String> {
    whole(catalogue, &header.plan, &header.parameters).map_err(|why| format!("run.jsonl:1: {why}"))
}

fn whole(catalogue: &Catalogue, plan: &Plan, parameters: &Parameters) -> Result<(), String> {
    match (plan.selection, plan.only.narrows() || parameters.shard.is_some()) {
        (true, false) => return Err("the plan is called a selection, and nothing was selected".to_owned()),
        (false, true) => return Err("the plan is a selection, and is not called one".to_owned()),
        (true, true) | (false, false) => {}
    }
    known(catalogue, plan)?;
    // The plan goes through claims and cases in one order, so that what is left over in the end belongs to none of them.
    let mut instances = plan.instances.iter().peekable();
    let mut left = plan.left_out.iter().peekable();
    for claim in &plan.claims {
        let fits = Fits::of(catalogue, claim, &plan.facts, &plan.only, parameters);
        let fits =
            fits.ok_or_else(|| format!("the plan claims {}, which its catalogue does not have", claim.profile))?;
        if claim.edition != fits.profile().edition {
            return Err(format!("the plan claims another edition of {} than its catalogue has", claim.profile));
        }
        for (id, case) in fits.cases() {
            // Of a role that this claim does not have an instance stands under another claim, later or earlier.
            let claimed = claim.roles.contains(&case.role);
            let mut ran: Vec<&Instance> = Vec::new();
            while let Some(instance) = instances.next_if(|one| claimed && one.case == *id) {
                ran.push(instance);
            }
            match (left.next_if(|one| one.case == *id), ran.is_empty()) {
                (None, true) => return Err(format!("the plan does not say what becomes of {id}")),
                (Some(_), false) => return Err(format!("the plan both runs {id} and leaves it out")),
                (Some(left), true) => grounded(&fits, case, left)?,
                (None, false) if ran.iter().any(|one| one.options != claim.options) => {
                    return Err(format!("the plan runs {id} under other options than it claims"));
                }
                (None, false) => complete(&fits, id, case, &ran)?,
            }
        }
    }
    match (instances.next().map(|one| &one.case), left.next().map(|one| &one.case)) {
        (Some(id), _) | (None, Some(id)) => Err(format!("the plan has {id} more than once, or out of its order")),
        (None, None) => Ok(()),
    }
}

/// Whether every case in the plan exists and is of a claim: what nobody knows would be judged as nothing.
fn known(catalogue: &Catalogue, plan: &Plan) -> Result<(), String> {
    let instances = plan.instances.iter().map(|one| (&one.case, true));
    for (id, runs) in instances.chain(plan.left_out.iter().map(|one| (&one.case, false))) {
        let Some(case) = catalogue.cases.get(id) else {
            return Err(format!("the plan has a case {id}, and its catalogue has none"));
        };
        let claims = || plan.claims.iter().filter(|claim| claim.profile.as_str() == id.standard());
        if claims().next().is_none() || runs && !claims().any(|claim| claim.roles.contains(&case.role)) {
            return Err(format!("the plan has {id}, whose profile and role it does not claim"));
        }
    }
    Ok(())
}

/// Whether a case was left out for a reason that holds. Of what the target lacks nothing is known here, but a case that
/// lacks something is reported as not tested; only what does not apply and what was not selected counts for nothing.
fn grounded(fits: &Fits<'_>, case: &TestCase, left: &LeftOut) -> Result<(), String> {
    let id = &left.case;
    let apart = fits.apart(id, case);
    match (left.outcome, apart) {
        (Outcome::NotApplicable, Some(Apart::Role | Apart::RuledOut)) => Ok(()),
        (Outcome::NotApplicable, None) if fits.instances(id, case).is_ok_and(|all| all.is_empty()) => Ok(()),
        (Outcome::NotApplicable, _) => {
            Err(format!("the plan calls {id} not applicable, and under what is claimed it applies"))
        }
        (Outcome::NotTested(Gap::NotSelected), Some(Apart::NotSelected)) => Ok(()),
        (Outcome::NotTested(Gap::NotSelected), _) => {
            Err(format!("the plan leaves {id} out as not selected, and it was selected"))
        }
        (_, Some(Apart::Role | Apart::NotSelected)) => {
            Err(format!("the plan leaves {id} out for another reason than that nobody asked for it"))
        }
        // An earlier version asked for an option before it looked whether another rules the case out.
        (Outcome::NotTested(_) | Outcome::ConfigError(_), None | Some(Apart::RuledOut | Apart::Unstated(_))) => Ok(()),
        (
            Outcome::Pass
            | Outcome::Warn
            | Outcome::Fail
            | Outcome::Inconclusive(_)
            | Outcome::Error(_)
            | Outcome::Attested,
            _,
        ) => Err(format!("the plan leaves {id} out and gives it a verdict")),
    }
}

/// Whether a case that runs does so in every combination: one that fails is not taken out either.
fn complete(fits: &Fits<'_>, id: &CaseId, case: &TestCase, ran: &[&Instance]) -> Result<(), String> {
    if fits.apart(id, case).is_some() {
        return Err(format!("the plan runs {id}, which does not apply or was not selected"));
    }
    let all = fits.instances(id, case).unwrap_or_default();
    if all.iter().eq(ran.iter().copied()) {
        return Ok(());
    }
    Err(format!("the plan runs {id} in other combinations than there are under what is claimed"))
}

#[cfg(test)]
mod tests;
