//! What was not shown, gathered by reason, so that forty missing bindings are one heading.
//! Every requirement without a verdict that applies stands here, none is left out.

use super::finding::{Observation, limits, observation};
use super::{Prose, anchor, capital, say, segment};
use crate::model::report::{Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::entry;

/// Requirements that were not shown for one reason.
pub struct Unshown {
    /// What they ended as, and why, as a sentence.
    pub reason: String,
    /// What to do about it.
    pub next: Option<Prose>,
    /// Whether they may be folded away: nobody asked for them.
    pub folded: bool,
    /// They.
    pub requirements: Vec<Open>,
}

/// One requirement that was not shown.
pub struct Open {
    /// Where it stands on the page.
    pub anchor: String,
    /// Its address for everybody: the requirement's id; absent where another place has it.
    pub address: Option<String>,
    /// What filters go by.
    pub facets: String,
    /// The requirement's id in its profile.
    pub id: String,
    /// With its profile.
    pub full_id: String,
    /// The role.
    pub role: String,
    /// Its sentence.
    pub text: String,
    /// How binding, and what limits it.
    pub limits: Vec<String>,
    /// What was missing.
    pub detail: Option<String>,
    /// What did not hold, in every case that ended without a verdict.
    pub observations: Vec<Observation>,
    /// What the owner says about it.
    pub declared: Option<String>,
}

/// All of them, in the order in which their reasons first occur; what was not selected comes last.
pub(super) fn all(report: &Report, lang: Lang) -> Vec<Unshown> {
    let judged = ["pass", "warn", "fail", "not-applicable", "attested"];
    let mut groups: Vec<Unshown> = Vec::new();
    for entry in report.requirements.iter().filter(|one| !judged.contains(&one.outcome.as_str())) {
        let reason = capital(entry::ended(entry).say(lang));
        let one = open(report, entry, lang);
        if let Some(group) = groups.iter_mut().find(|group| group.reason == reason) {
            group.requirements.push(one);
            continue;
        }
        let outcome = entry::parse(&entry.outcome, entry.reason.as_deref());
        groups.push(Unshown {
            reason,
            next: outcome.and_then(entry::next).map(|said| Prose::of(said.say(lang))),
            folded: entry.reason.as_deref() == Some("not-selected"),
            requirements: vec![one],
        });
    }
    groups.sort_by_key(|group| group.folded);
    groups
}

fn open(report: &Report, one: &RequirementEntry, lang: Lang) -> Open {
    let cases = report.cases.iter().filter(|case| one.cases.contains(&case.id));
    // The first that did not hold decides; what comes after it may only be its consequence.
    let observations = cases
        .filter_map(|case| {
            let step = case.steps.iter().find(|step| step.outcome != "pass")?;
            let judgement = step.judgements.iter().find(|judgement| judgement.verdict != "pass")?;
            Some(observation(case, step, judgement, lang))
        })
        .collect();
    let mut all = vec![capital(&say(entry::obligations(&one.obligation, &one.effective), lang))];
    all.extend(limits(one, lang));
    Open {
        anchor: anchor(one, lang),
        address: None,
        facets: segment::facets(one),
        id: one.id.local().to_owned(),
        full_id: one.id.to_string(),
        role: say(entry::role(&one.role), lang),
        text: one.text.say(lang).to_owned(),
        limits: all,
        detail: entry::missing(one).map(str::to_owned),
        observations,
        declared: one.not_testable.clone(),
    }
}
