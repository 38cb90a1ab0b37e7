//! When a waiver holds: one requirement in one role that is broken, an owner, and an end within a year.
//! Data that leaked cannot be waived: nobody but the person whose data it is could, and a policy file is not from that person.

use super::{About, Rule, Violation};
use crate::model::policy::{Scope, Waiver};
use crate::model::report::{Report, RequirementEntry};
use crate::report::ground::leaked;
use crate::report::words::gate as words;
use schemars::JsonSchema;
use serde::Serialize;
use time::{Date, Duration};

/// How far ahead a waiver may end: who renews nothing has forgotten it.
const LONGEST: Duration = Duration::days(366);

/// What is broken and covered by a waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Waived {
    /// What is broken.
    pub about: About,
    /// Why it is let through, in the owner's words.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which the waiver holds.
    pub until: String,
}

/// What a waiver covers.
///
/// # Errors
/// Every way in which it does not hold; it then covers nothing.
pub(super) fn hold(waiver: &Waiver, report: &Report, today: Date) -> Result<Vec<Waived>, Vec<Violation>> {
    let mut wrong = Vec::new();
    let mut say = |rule, said| wrong.push(Violation { rule, said, about: Vec::new(), shown: None });
    let name = waiver.requirement.to_string();
    if waiver.until < today.to_string() {
        say(Rule::WaiverExpired, words::waiver_expired(&name, &waiver.owner, &waiver.until));
    } else if waiver.until > today.checked_add(LONGEST).unwrap_or(Date::MAX).to_string() {
        say(Rule::WaiverBroad, words::waiver_long(&name, &waiver.until));
    }
    let Scope::One(id) = &waiver.requirement else {
        say(Rule::WaiverBroad, words::waiver_broad(&name));
        return Err(wrong);
    };
    let broken = |one: &&RequirementEntry| matches!(one.outcome.as_str(), "fail" | "warn");
    let role = |one: &&RequirementEntry| waiver.role.as_ref().is_none_or(|role| role.as_str() == one.role);
    let covered: Vec<_> = report.requirements.iter().filter(|one| one.id == *id).filter(broken).filter(role).collect();
    if covered.is_empty() {
        say(Rule::WaiverUnmatched, words::waiver_unmatched(&name, waiver.role.as_ref().map(|role| role.as_str())));
    }
    if covered.len() > 1 {
        say(Rule::WaiverBroad, words::waiver_roles(&name, covered.len()));
    }
    if covered.iter().any(|one| leaked(report, one)) {
        say(Rule::WaiverOfLeak, words::waiver_of_leak(&name));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let waived = |one: &RequirementEntry| Waived {
        about: About::of(one),
        reason: waiver.reason.clone(),
        owner: waiver.owner.clone(),
        until: waiver.until.clone(),
    };
    Ok(covered.into_iter().map(waived).collect())
}
