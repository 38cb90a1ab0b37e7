//! One instance: heads, requirements and obligations turn findings into outcomes.
//! A failed control takes away every pass, and of the failures leaves only a breach that was seen.

use super::docket::{Court, Docket};
use super::heard;
use super::step::{self, Findings};
use super::trail;
use crate::engine::plan::choice_of;
use crate::engine::schedule::{self, Deed, Move, Needs};
use crate::model::cast::Choice;
use crate::model::id::RequirementId;
use crate::model::plan::Instance;
use crate::model::profile::{Obligation, Strength};
use crate::model::record::{Event, Phase, Record, SkipReason};
use crate::model::testcase::{Head, Step};
use crate::model::verdict::{Doubt, Evidence, Fault, InstanceVerdict, Outcome, StepVerdict, Trouble, Verdict};
use std::collections::BTreeMap;

/// Judges one instance of the plan.
pub fn instance(court: &Court<'_>, position: usize) -> InstanceVerdict {
    let instance = &court.plan.instances[position];
    let Some(case) = court.catalogue.cases.get(&instance.case) else {
        return unjudged(position, instance, &[], Outcome::Inconclusive(Doubt::EvidenceDoesNotFit));
    };
    let (moves, needs) = match court.layout(position) {
        Ok(layout) => layout,
        Err(_) => {
            let outcome = Outcome::Inconclusive(Doubt::EvidenceDoesNotFit);
            return unjudged(position, instance, &case.verifies, outcome);
        }
    };
    if let Some(fault) = configuration_fault(court, instance, &needs) {
        return unjudged(position, instance, &case.verifies, Outcome::ConfigError(fault));
    }
    let attempts: Vec<InstanceVerdict> = court.dockets(position).iter().map(|docket| attempt(docket, &moves)).collect();
    match one_of(attempts) {
        Some(verdict) => verdict,
        None => {
            let doubt = if court.reached_the_end() { Doubt::EvidenceDoesNotFit } else { Doubt::Aborted };
            unjudged(position, instance, &case.verifies, Outcome::Inconclusive(doubt))
        }
    }
}

/// The attempt that counts: a later one replaces one that could not be judged, but nothing repairs what was seen broken.
fn one_of(attempts: Vec<InstanceVerdict>) -> Option<InstanceVerdict> {
    let broken = attempts.iter().position(InstanceVerdict::saw_a_failure);
    let chosen = broken.or(attempts.len().checked_sub(1))?;
    attempts.into_iter().nth(chosen)
}

fn unjudged(position: usize, instance: &Instance, verifies: &[RequirementId], outcome: Outcome) -> InstanceVerdict {
    InstanceVerdict {
        instance: u32::try_from(position).unwrap_or(u32::MAX),
        case: instance.case.clone(),
        outcome,
        requirements: verifies.iter().map(|id| (id.clone(), outcome)).collect(),
        evidence: Evidence::Wire,
        steps: Vec::new(),
    }
}

/// A fault that pre-flight found in something this instance needs.
#[must_use]
pub fn configuration_fault(court: &Court<'_>, instance: &Instance, needs: &Needs) -> Option<Fault> {
    let findings = court.records.iter().filter_map(|record| match &record.event {
        Event::Preflight(finding) => Some(finding),
        _ => None,
    });
    let stands = || cast_stands(court, needs);
    findings
        .filter(|finding| match finding.fault {
            Fault::Version => needs.endpoints.contains(&finding.place),
            Fault::Name | Fault::Port | Fault::Tls => needs.endpoints.contains(&finding.place) || !stands(),
            Fault::Credential => needs.parties.contains(finding.place.as_str()) || !stands(),
            Fault::Cast => !needs.patients.is_empty() && needs.endpoints.contains(&finding.place),
            Fault::Claims => instance.case.standard() == finding.place,
        })
        .map(|finding| finding.fault)
        .next()
}

/// Whether the patients it needs are there, with the choice that they must have made.
///
/// Where pre-flight found why they cannot be brought in, nobody tried; that fault then is this case's as well.
fn cast_stands(court: &Court<'_>, needs: &Needs) -> bool {
    let there = needs.patients.iter().all(|member| court.cast.everywhere(member).next().is_some());
    let open = needs.patients.iter().any(|member| choice_of(court.catalogue, member) == Some(Choice::Open));
    let unopened = court
        .records
        .iter()
        .any(|record| record.key.phase == Phase::Provision && matches!(record.event, Event::Skipped(_)));
    there && !(open && unopened)
}

fn attempt(docket: &Docket<'_>, moves: &[Move<'_>]) -> InstanceVerdict {
    let mut judged = Vec::new();
    for step in &docket.case.steps {
        let expected: Vec<&Move<'_>> = moves.iter().filter(|one| one.step.name == step.name).collect();
        if expected.is_empty() {
            continue;
        }
        let findings = step::judge(docket, step);
        let missing = !matches!(expected[0].deed, Deed::Look) && !whole(docket, &expected);
        judged.push((step, findings, missing));
    }
    // A premise that failed ended the case: what comes after it is missing, and the second time of what stands around it.
    let refused = judged.iter().position(|(step, findings, missing)| {
        step.head == Head::Given && !missing && step_outcome(docket, findings, false, false) != Outcome::Pass
    });
    let mut steps = Vec::new();
    for (index, (step, findings, missing)) in judged.into_iter().enumerate() {
        let stopped = refused.is_some_and(|refused| index > refused || step.head == Head::Around);
        let outcome = step_outcome(docket, &findings, missing, stopped);
        steps.push(step_verdict(docket, step, findings, outcome));
    }
    let mut requirements = BTreeMap::new();
    let of_matter = |requirement: &&RequirementId| is_of_matter(docket, requirement);
    // Where nothing is left, what was seen is still told; the report says not-applicable of each.
    let all = !docket.case.verifies.iter().any(|requirement| of_matter(&requirement));
    for requirement in docket.case.verifies.iter().filter(|requirement| all || of_matter(requirement)) {
        requirements.insert(requirement.clone(), requirement_outcome(docket, &steps, requirement));
    }
    let outcome = Outcome::worst_of(requirements.values().copied());
    let evidence = steps.iter().map(|step| step.evidence).max().unwrap_or_default();
    InstanceVerdict {
        instance: docket.number,
        case: docket.instance.case.clone(),
        outcome,
        requirements,
        evidence,
        steps,
    }
}

/// Whether every move left its trace.
fn whole(docket: &Docket<'_>, moves: &[&Move<'_>]) -> bool {
    moves.iter().all(|one| {
        let records: Vec<&Record> =
            docket.all_of_step(&one.step.name).filter(|record| trail::belongs(&record.key, one)).collect();
        match &one.deed {
            Deed::Sample { requests } => {
                let skipped = records.iter().any(|record| matches!(record.event, Event::Skipped(_)));
                let asks = match &one.step.verb {
                    crate::model::testcase::Verb::Sample(sample) => schedule::asks_of_sample(sample.per_class),
                    _ => 0,
                };
                let seen = records.iter().filter(|record| record.key.sample.is_some()).count();
                skipped || seen >= asks * requests.len()
            }
            Deed::Crawl { requests } => trail::fits(docket, one, requests, &records),
            Deed::Request { request, about, .. } => {
                records.iter().any(|record| record.key.request.as_ref() == *request && record.key.about == *about)
            }
            Deed::Walk { requests, cells } => trail::walked(docket, one, requests.len() * cells.len()),
            Deed::Again { .. } | Deed::Act | Deed::VendorSample { .. } => !records.is_empty(),
            Deed::Play | Deed::Await => heard::is_whole(docket, one.step, one),
            Deed::Look => true,
        }
    })
}

fn step_outcome(docket: &Docket<'_>, findings: &Findings, missing: bool, stopped: bool) -> Outcome {
    let verdict = Verdict::worst_of(findings.judgements.iter().map(|judgement| judgement.verdict));
    if verdict == Verdict::Fail {
        return Outcome::Fail;
    }
    if let Some(reason) = findings.skipped {
        return match reason {
            SkipReason::NoValue => Outcome::Inconclusive(Doubt::ControlFailed),
            SkipReason::NoToken | SkipReason::ScopeRefused | SkipReason::Stopped => {
                Outcome::Inconclusive(Doubt::SetupRefused)
            }
            SkipReason::Silent => Outcome::Inconclusive(Doubt::Transport),
            SkipReason::Aborted => Outcome::Inconclusive(Doubt::Aborted),
            // A list without end is of the endpoint's making, and no fault of ours.
            SkipReason::Limit => Outcome::Inconclusive(Doubt::Underpowered),
            SkipReason::Internal => Outcome::Error(Trouble::Internal),
        };
    }
    if missing {
        let doubt = if stopped {
            Doubt::SetupRefused
        } else if foreign(docket) {
            Doubt::ForeignData
        } else if docket.court.reached_the_end() {
            Doubt::EvidenceDoesNotFit
        } else {
            Doubt::Aborted
        };
        return Outcome::Inconclusive(doubt);
    }
    match verdict {
        Verdict::Inconclusive => {
            let doubt = findings.judgements.iter().filter_map(|judgement| judgement.doubt).next();
            Outcome::Inconclusive(doubt.unwrap_or(Doubt::Vacuous))
        }
        Verdict::Pass => Outcome::Pass,
        Verdict::Warn => Outcome::Warn,
        Verdict::Error => Outcome::Error(Trouble::Internal),
        Verdict::Fail => Outcome::Fail,
    }
}

fn step_verdict(docket: &Docket<'_>, step: &Step, findings: Findings, outcome: Outcome) -> StepVerdict {
    let verifies = match step.head {
        Head::Step => step.frame.verifies.clone().unwrap_or_else(|| docket.case.verifies.clone()),
        Head::Given | Head::Control | Head::Around => Vec::new(),
    };
    let shown = match step.head {
        Head::Step => lowest(docket, step, &verifies, outcome),
        Head::Given => premise(outcome, Doubt::SetupRefused),
        Head::Control | Head::Around => premise(outcome, Doubt::ControlFailed),
    };
    StepVerdict {
        step: step.name.clone(),
        head: step.head,
        verifies,
        outcome: shown,
        evidence: findings.evidence,
        breach: findings.judgements.iter().any(|j| j.breach && j.verdict == Verdict::Fail),
        effect_ms: findings.effect_ms,
        judgements: findings.judgements,
    }
}

/// What a premise or control that does not hold means: the connection, the data or an earlier premise where it was
/// those, else itself.
fn premise(outcome: Outcome, doubt: Doubt) -> Outcome {
    match outcome {
        Outcome::Pass => Outcome::Pass,
        Outcome::Error(_) => outcome,
        Outcome::Inconclusive(
            own @ (Doubt::Transport
            | Doubt::TimedOut
            | Doubt::RateLimited
            | Doubt::ForeignData
            | Doubt::Aborted
            | Doubt::SetupRefused
            | Doubt::EvidenceDoesNotFit),
        ) => Outcome::Inconclusive(own),
        _ => Outcome::Inconclusive(doubt),
    }
}

/// Whether the claim leaves a requirement in force: of one that its options rule out, a case has nothing to say.
fn is_of_matter(docket: &Docket<'_>, requirement: &RequirementId) -> bool {
    let found = docket.court.catalogue.requirement(requirement);
    let condition = found.and_then(|(_, requirement)| requirement.condition.as_ref());
    condition.is_none_or(|condition| !condition.is_ruled_out(&docket.instance.options))
}

/// A failure as the strictest of the step's requirements sees it.
fn lowest(docket: &Docket<'_>, step: &Step, verifies: &[RequirementId], outcome: Outcome) -> Outcome {
    let seen = verifies.iter().map(|requirement| lowered(docket.court.catalogue, step, requirement, outcome));
    Outcome::worst_of(seen)
}

fn lowered(
    catalogue: &crate::language::catalogue::Catalogue,
    step: &Step,
    requirement: &RequirementId,
    outcome: Outcome,
) -> Outcome {
    let should = catalogue.requirement(requirement).is_some_and(|(_, r)| r.obligation == Obligation::Should);
    if outcome == Outcome::Fail && (should || is_lowered(step)) { Outcome::Warn } else { outcome }
}

/// Whether a step's expected values rest on so little that a failure of it is a SHOULD.
#[must_use]
pub fn is_lowered(step: &Step) -> bool {
    matches!(step.frame.rests_on, Some(Strength::Known | Strength::Guess))
}

fn requirement_outcome(docket: &Docket<'_>, steps: &[StepVerdict], requirement: &RequirementId) -> Outcome {
    let premise_failed =
        steps.iter().filter(|step| step.head != Head::Step && step.outcome != Outcome::Pass).map(|step| step.outcome);
    let failed: Vec<Outcome> = premise_failed.collect();
    let mut parts = failed.clone();
    for step in steps.iter().filter(|step| step.head == Head::Step && step.verifies.contains(requirement)) {
        // A failure that is no breach may have the same cause as the failed control.
        let counts = failed.is_empty() || (step.breach && matches!(step.outcome, Outcome::Fail | Outcome::Warn));
        if counts {
            let original = if step.outcome == Outcome::Warn { Outcome::Fail } else { step.outcome };
            let step_file = docket.case.step(&step.step);
            let seen = step_file.map(|file| lowered(docket.court.catalogue, file, requirement, original));
            parts.push(seen.unwrap_or(step.outcome));
        }
    }
    let outcome = Outcome::worst_of(parts);
    match outcome {
        // The case stopped there: what it could not do or see any more is for that reason and no other.
        Outcome::Pass | Outcome::Warn | Outcome::Inconclusive(_) if foreign(docket) => {
            Outcome::Inconclusive(Doubt::ForeignData)
        }
        // What the system said after that is not known.
        Outcome::Pass if overrun(docket) => Outcome::Inconclusive(Doubt::Underpowered),
        Outcome::Pass if !served(docket) => Outcome::Inconclusive(Doubt::Vacuous),
        other => other,
    }
}

/// Whether anything at all was served in this case: a server that refuses everything passes nothing.
fn served(docket: &Docket<'_>) -> bool {
    docket.records.iter().any(|record| match &record.event {
        Event::Http(http) => {
            record.key.purpose == crate::model::record::Purpose::Main && (200..300).contains(&http.response.status)
        }
        // A system that calls another does something.
        Event::Inbound(_) => true,
        _ => false,
    })
}

/// Whether the target called us more often than is kept.
fn overrun(docket: &Docket<'_>) -> bool {
    let limit =
        |record: &&&Record| matches!(&record.event, Event::Skipped(skipped) if skipped.why == SkipReason::Limit);
    docket.records.iter().filter(limit).any(|record| record.key.step.is_none())
}

fn foreign(docket: &Docket<'_>) -> bool {
    docket.records.iter().any(|record| !record.event.foreign().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOWED: Outcome = Outcome::Inconclusive(Doubt::RateLimited);

    /// An attempt at a case of two requirements.
    fn attempt(first: Outcome, second: Outcome, breach: bool) -> InstanceVerdict {
        let requirements: BTreeMap<RequirementId, Outcome> =
            [("p/A-01", first), ("p/A-02", second)].map(|(id, outcome)| (id.parse().unwrap(), outcome)).into();
        let step = StepVerdict {
            step: "seen".parse().unwrap(),
            head: Head::Step,
            verifies: Vec::new(),
            outcome: SLOWED,
            evidence: Evidence::Wire,
            breach,
            effect_ms: None,
            judgements: Vec::new(),
        };
        InstanceVerdict {
            instance: 0,
            case: "p/case".parse().unwrap(),
            outcome: Outcome::worst_of(requirements.values().copied()),
            requirements,
            evidence: Evidence::Wire,
            steps: vec![step],
        }
    }

    #[test]
    fn another_attempt_repairs_nothing_that_was_seen() {
        let well = attempt(Outcome::Pass, Outcome::Pass, false);
        let slowed = attempt(SLOWED, SLOWED, false);
        assert_eq!(one_of(vec![slowed, well.clone()]), Some(well.clone()));
        for broken in [
            attempt(Outcome::Fail, Outcome::Pass, false),
            // What is only advised is less than not being able to tell, and is still told.
            attempt(Outcome::Warn, SLOWED, false),
            attempt(SLOWED, SLOWED, true),
        ] {
            assert_eq!(one_of(vec![broken.clone(), well.clone()]), Some(broken));
        }
        assert_eq!(one_of(Vec::new()), None);
    }
}
