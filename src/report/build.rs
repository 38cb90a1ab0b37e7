//! Verdicts to Report: the only place that counts.
//! A pure function of catalogue, recording and verdicts, so that a third party builds the same bytes.

mod category;
pub mod merge;

use super::words;
use crate::engine::judge::is_lowered;
use crate::engine::schedule;
use crate::language::catalogue::Catalogue;
use crate::model::id::{RequirementId, Role};
use crate::model::plan::{Dialect, Instance, PlannedClaim};
use crate::model::profile::{Obligation, Profile, Requirement, Verification};
use crate::model::record::{EndRecord, Event, Recording, RunHeader};
use crate::model::report::{
    CaseEntry, CatalogueRef, Completeness, Conclusion, Conformance, JudgementEntry, PreflightEntry, ProfileConclusion,
    Report, RequirementEntry, RunRef, Said, SaidFact, SourceEntry, StepEntry, TargetRef,
};
use crate::model::testcase::{Dialects, Head, Where};
use crate::model::text::Bilingual;
use crate::model::verdict::{Evidence, Gap, InstanceVerdict, Judgement, Outcome, StepVerdict, Verdict, Verdicts};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many judgements that do not hold are printed for one step; the rest is counted.
const PRINTED: usize = 20;

/// Builds the report. `run_digest` is the SHA-256 of `run.jsonl`.
#[must_use]
pub fn build(catalogue: &Catalogue, recording: &Recording, verdicts: &Verdicts, run_digest: &str) -> Report {
    let header = &recording.header;
    let requirements = requirements(catalogue, recording, verdicts);
    let selection = header.plan.selection;
    let end = recording.records.iter().rev().find_map(|record| match &record.event {
        Event::End(end) => Some(end),
        _ => None,
    });
    Report {
        format: 1,
        judge: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: CatalogueRef { digest: catalogue.digest.clone() },
        run: RunRef {
            id: header.run_id.clone(),
            started: header.started.clone(),
            finished: end.map(|end: &EndRecord| end.finished.clone()),
            interrupted: !verdicts.complete,
            selection,
            digest: run_digest.to_owned(),
            parameters: header.parameters.clone(),
            exchanges: exchanges(recording),
            self_tested: true,
            parts: Vec::new(),
        },
        target: target(header),
        conclusion: conclude(&requirements.iter().collect::<Vec<_>>(), selection),
        profiles: profiles(catalogue, &header.plan.claims, &requirements, selection),
        preflight: preflight(verdicts),
        categories: category::all(catalogue, &header.plan.claims, &requirements, selection),
        cases: cases(catalogue, recording, verdicts),
        requirements,
        left_behind: end.map(|end| end.left_behind.clone()).unwrap_or_default(),
    }
}

fn target(header: &RunHeader) -> TargetRef {
    TargetRef {
        name: header.target.name.clone(),
        product: header.target.product.clone(),
        authorisation: header.target.authorisation.clone(),
        endpoints: header.target.endpoints.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(),
        bindings: header.target.bindings.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(),
    }
}

/// How many exchanges were recorded, answered or not.
fn exchanges(recording: &Recording) -> u64 {
    let exchanged = |event: &Event| matches!(event, Event::Http(_) | Event::Fault(_));
    recording.records.iter().filter(|record| exchanged(&record.event)).count() as u64
}

/// The word that a unit of an enum has in files.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn said(text: &Bilingual) -> Said {
    words::both(text.nl.clone(), text.en.clone())
}

fn conclude(requirements: &[&RequirementEntry], selection: bool) -> Conclusion {
    let musts: Vec<&&RequirementEntry> = requirements.iter().filter(|entry| entry.effective == "must").collect();
    let applicable = |entry: &&&&RequirementEntry| entry.verification == "test" && entry.outcome != "not-applicable";
    let judged = |entry: &&&&RequirementEntry| matches!(entry.outcome.as_str(), "pass" | "warn" | "fail");
    let completeness = Completeness {
        judged: musts.iter().filter(applicable).filter(judged).count() as u64,
        applicable: musts.iter().filter(applicable).count() as u64,
        attested: musts.iter().filter(|entry| entry.outcome == "attested").count() as u64,
        not_yet: musts.iter().filter(|entry| entry.verification == "not-yet" && entry.outcome == "not-tested").count()
            as u64,
    };
    let failed = musts.iter().any(|entry| entry.outcome == "fail");
    let whole = completeness.applicable > 0 && completeness.judged == completeness.applicable;
    let conformance = if failed {
        Conformance::NotConformant
    } else if whole && !selection {
        Conformance::Conformant
    } else {
        Conformance::NotShown
    };
    Conclusion { conformance, completeness }
}

fn profiles(
    catalogue: &Catalogue,
    claims: &[PlannedClaim],
    requirements: &[RequirementEntry],
    selection: bool,
) -> Vec<ProfileConclusion> {
    let mut all = Vec::new();
    for claim in claims {
        let Some(profile) = catalogue.profiles.get(&claim.profile) else { continue };
        for role in &claim.roles {
            let of_role: Vec<&RequirementEntry> = requirements
                .iter()
                .filter(|entry| entry.id.profile() == claim.profile.as_str() && entry.role == role.as_str())
                .collect();
            all.push(ProfileConclusion {
                id: claim.profile.to_string(),
                edition: claim.edition.clone(),
                title: said(&profile.title),
                role: role.to_string(),
                options: claim.options.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(),
                option_titles: titles(profile, claim),
                conclusion: conclude(&of_role, selection),
            });
        }
    }
    all
}

fn titles(profile: &Profile, claim: &PlannedClaim) -> BTreeMap<String, Said> {
    let stated = profile.options.iter().filter(|option| claim.options.contains_key(&option.id));
    stated.map(|option| (option.id.to_string(), said(&option.title))).collect()
}

fn preflight(verdicts: &Verdicts) -> Vec<PreflightEntry> {
    verdicts
        .preflight
        .iter()
        .map(|finding| PreflightEntry {
            fault: word(&finding.fault),
            place: finding.place.clone(),
            detail: finding.detail.clone(),
            remedy: words::remedy(finding.fault),
            records: finding.witnesses.clone(),
        })
        .collect()
}

fn requirements(catalogue: &Catalogue, recording: &Recording, verdicts: &Verdicts) -> Vec<RequirementEntry> {
    let mut all = Vec::new();
    for claim in &recording.header.plan.claims {
        let Some(profile) = catalogue.profiles.get(&claim.profile) else { continue };
        for role in &claim.roles {
            for requirement in profile.requirements.iter().filter(|r| r.roles.contains(role)) {
                all.push(entry(catalogue, recording, verdicts, claim, profile, requirement, role));
            }
        }
    }
    all
}

fn entry(
    catalogue: &Catalogue,
    recording: &Recording,
    verdicts: &Verdicts,
    claim: &PlannedClaim,
    profile: &Profile,
    requirement: &Requirement,
    role: &Role,
) -> RequirementEntry {
    let id = profile.id_of(requirement);
    let cases: Vec<_> = catalogue
        .cases
        .iter()
        .filter(|(_, case)| case.verifies.contains(&id) && case.role == *role)
        .map(|(case, _)| case.clone())
        .collect();
    let plan = &recording.header.plan;
    let instances = || verdicts.instances.iter().filter(|verdict| cases.contains(&verdict.case));
    let left = || plan.left_out.iter().filter(|left| cases.contains(&left.case));
    let not_selected = |outcome: &Outcome| *outcome == Outcome::NotTested(Gap::NotSelected);
    let mut parts: Vec<Outcome> = instances().filter_map(|verdict| verdict.requirements.get(&id)).copied().collect();
    // A narrowed run speaks of what was selected; what was not is neither met nor missed.
    parts.extend(left().map(|left| left.outcome).filter(|outcome| !not_selected(outcome)));
    let selected = plan.only.takes_any(&claim.profile, &cases, role);
    let missing = missing_option(requirement, claim);
    let ruled_out = requirement.condition.as_ref().is_some_and(|condition| condition.is_ruled_out(&claim.options));
    // It holds here, and each case that looks at it is about other options: that is a test that is missing, and no
    // requirement that does not apply.
    let uncovered = requirement.verification == Verification::Test
        && !ruled_out
        && !cases.is_empty()
        && cases
            .iter()
            .filter_map(|case| catalogue.cases.get(case)?.condition.as_ref())
            .filter(|own| own.is_ruled_out(&claim.options))
            .count()
            == cases.len();
    let (outcome, detail) = match &requirement.verification {
        _ if ruled_out || !applies(requirement.condition.as_ref(), claim) && missing.is_none() => {
            (Outcome::NotApplicable, None)
        }
        // Nobody asked for it, so it is no use to say what it lacks.
        _ if !selected => (Outcome::NotTested(Gap::NotSelected), None),
        _ if !applies(requirement.condition.as_ref(), claim) => (Outcome::NotTested(Gap::OptionNotStated), missing),
        Verification::NotYet(not_yet) => (Outcome::NotTested(Gap::NotYet), Some(not_yet.because.en.clone())),
        Verification::Attestation(_) => (Outcome::NotTested(Gap::NotYet), None),
        Verification::Test if parts.is_empty() && left().any(|left| not_selected(&left.outcome)) => {
            (Outcome::NotTested(Gap::NotSelected), None)
        }
        Verification::Test if uncovered || parts.is_empty() => (Outcome::NotTested(Gap::NotYet), None),
        Verification::Test => {
            let worst = Outcome::worst_of(parts);
            let detail = left().find(|left| left.outcome == worst).map(|left| left.detail.clone());
            (worst, detail.filter(|detail| !detail.is_empty()))
        }
    };
    let not_testable = recording.header.target.not_testable.iter().find(|(known, ..)| *known == id);
    RequirementEntry {
        role: role.to_string(),
        text: said(&requirement.text),
        obligation: word(&requirement.obligation),
        effective: word(&effective(catalogue, &id, requirement)),
        lowered: lowered(catalogue, &id, requirement, outcome),
        outcome: outcome.word().to_owned(),
        reason: outcome.reason(),
        because: if uncovered && outcome == Outcome::NotTested(Gap::NotYet) {
            Some(words::no_case_here())
        } else {
            because(&requirement.verification, outcome)
        },
        detail,
        severity: word(&requirement.severity),
        depth: word(&requirement.depth),
        verification: match requirement.verification {
            Verification::Test if uncovered => "not-yet",
            Verification::Test => "test",
            Verification::Attestation(_) => "attestation",
            Verification::NotYet(_) => "not-yet",
        }
        .to_owned(),
        evidence: outcome
            .is_judged()
            .then(|| word(&instances().map(|verdict| verdict.evidence).max().unwrap_or(Evidence::Wire))),
        sources: requirement
            .sources
            .iter()
            .map(|source| SourceEntry { cite: source.cite.clone(), strength: word(&source.strength) })
            .collect(),
        cases,
        remedy: requirement.remedy.as_ref().map(said),
        not_testable: not_testable.map(|(_, reason, owner, until)| format!("{reason} ({owner}, until {until})")),
        id,
    }
}

/// Why there is no verdict; the profile's own words where it gives them.
fn because(verification: &Verification, outcome: Outcome) -> Option<Said> {
    match verification {
        Verification::NotYet(why) if outcome == Outcome::NotTested(Gap::NotYet) => Some(said(&why.because)),
        Verification::Attestation(why) if outcome == Outcome::NotTested(Gap::NotYet) => Some(said(&why.because)),
        Verification::NotYet(_) | Verification::Attestation(_) | Verification::Test => words::because(outcome),
    }
}

fn applies(condition: Option<&Where>, claim: &PlannedClaim) -> bool {
    condition.is_none_or(|condition| {
        condition
            .options
            .iter()
            .all(|(option, allowed)| claim.options.get(option).is_some_and(|value| allowed.contains(value)))
    })
}

fn missing_option(requirement: &Requirement, claim: &PlannedClaim) -> Option<String> {
    let cited = requirement.condition.iter().flat_map(|condition| condition.options.keys());
    cited.into_iter().find(|option| !claim.options.contains_key(*option)).map(ToString::to_string)
}

/// The obligation in effect: a MUST whose expected values nowhere rest on more than knowledge or guess is a SHOULD,
/// and a MAY counts as MUST once its option is claimed.
pub(super) fn effective(catalogue: &Catalogue, id: &RequirementId, requirement: &Requirement) -> Obligation {
    let mut steps = catalogue
        .cases
        .values()
        .filter(|case| case.verifies.contains(id))
        .flat_map(|case| case.steps.iter().filter(|step| step.head == Head::Step))
        .filter(|step| step.frame.verifies.as_ref().is_none_or(|some| some.contains(id)))
        .peekable();
    match requirement.obligation {
        Obligation::Should => Obligation::Should,
        Obligation::Must | Obligation::May if steps.peek().is_some() && steps.all(is_lowered) => Obligation::Should,
        Obligation::Must | Obligation::May => Obligation::Must,
    }
}

/// Why less is in effect than declared, or why a broken MUST is only a warning.
fn lowered(catalogue: &Catalogue, id: &RequirementId, requirement: &Requirement, outcome: Outcome) -> Option<Said> {
    let declared = requirement.obligation != Obligation::Should;
    if declared && effective(catalogue, id, requirement) == Obligation::Should {
        return Some(words::lowered_whole());
    }
    (declared && outcome == Outcome::Warn).then(words::lowered_part)
}

fn cases(catalogue: &Catalogue, recording: &Recording, verdicts: &Verdicts) -> Vec<CaseEntry> {
    let plan = &recording.header.plan;
    let mut all: Vec<CaseEntry> = Vec::new();
    for verdict in &verdicts.instances {
        let Some(instance) = usize::try_from(verdict.instance).ok().and_then(|i| plan.instances.get(i)) else {
            continue;
        };
        all.extend(case_entry(catalogue, recording, verdict, each_of(catalogue, instance)));
    }
    for left in &plan.left_out {
        let Some(case) = catalogue.cases.get(&left.case) else { continue };
        all.push(CaseEntry {
            id: left.case.clone(),
            role: case.role.to_string(),
            purpose: said(&case.purpose),
            each: BTreeMap::new(),
            outcome: left.outcome.word().to_owned(),
            reason: left.outcome.reason(),
            detail: (!left.detail.is_empty()).then(|| left.detail.clone()),
            verifies: case.verifies.clone(),
            kills: case.kills.iter().map(ToString::to_string).collect(),
            absent: Vec::new(),
            part: None,
            steps: Vec::new(),
        });
    }
    // Sorted: reviewers diff two reports by eye.
    all.sort_by(|a, b| (&a.id, &a.each).cmp(&(&b.id, &b.each)));
    all
}

/// What tells the instances of one case apart.
fn each_of(catalogue: &Catalogue, instance: &Instance) -> BTreeMap<String, String> {
    let mut each: BTreeMap<String, String> =
        instance.each.iter().map(|(name, value)| (name.clone(), value.label().to_owned())).collect();
    let every = catalogue.cases.get(&instance.case).is_some_and(|case| case.dialects == Dialects::Every);
    if every {
        let Dialect { fhir, format } = instance.dialect;
        each.insert("dialect".to_owned(), format!("{} {}", fhir.as_str(), format.as_str()));
    }
    each
}

fn case_entry(
    catalogue: &Catalogue,
    recording: &Recording,
    verdict: &InstanceVerdict,
    each: BTreeMap<String, String>,
) -> Option<CaseEntry> {
    let case = catalogue.cases.get(&verdict.case)?;
    Some(CaseEntry {
        id: verdict.case.clone(),
        role: case.role.to_string(),
        purpose: said(&case.purpose),
        each,
        outcome: verdict.outcome.word().to_owned(),
        reason: verdict.outcome.reason(),
        detail: None,
        verifies: case.verifies.clone(),
        kills: case.kills.iter().map(ToString::to_string).collect(),
        absent: absent(catalogue, recording, verdict),
        part: None,
        steps: verdict
            .steps
            .iter()
            .filter_map(|step| step_entry(catalogue, recording, case.step(&step.step)?, step))
            .collect(),
    })
}

fn absent(catalogue: &Catalogue, recording: &Recording, verdict: &InstanceVerdict) -> Vec<String> {
    let header = &recording.header;
    let position = usize::try_from(verdict.instance).unwrap_or(usize::MAX);
    schedule::undeclared(catalogue, &header.plan, &header.parameters, position).into_iter().collect()
}

fn step_entry(
    catalogue: &Catalogue,
    recording: &Recording,
    step: &crate::model::testcase::Step,
    verdict: &StepVerdict,
) -> Option<StepEntry> {
    Some(StepEntry {
        id: verdict.step.clone(),
        head: word(&verdict.head),
        verifies: verdict.verifies.clone(),
        says: words::sentence(catalogue, step),
        outcome: verdict.outcome.word().to_owned(),
        reason: verdict.outcome.reason(),
        evidence: word(&verdict.evidence),
        breach: verdict.breach,
        effect_ms: verdict.effect_ms,
        judgements: judgements(recording, &verdict.judgements),
    })
}

/// All that does not hold, up to a bound, and one of each kind that does.
fn judgements(recording: &Recording, all: &[Judgement]) -> Vec<JudgementEntry> {
    let mut entries: Vec<JudgementEntry> = Vec::new();
    let mut printed = 0;
    for judgement in all {
        let entry = judgement_entry(recording, judgement);
        let holds = judgement.verdict == Verdict::Pass;
        let alike = entries.iter_mut().find(|known| {
            known.verdict == entry.verdict
                && known.expected.code == entry.expected.code
                && (holds || (known.expected == entry.expected && known.observed == entry.observed))
        });
        if let Some(known) = alike {
            known.times += 1;
        } else if holds || printed < PRINTED {
            printed += usize::from(!holds);
            entries.push(entry);
        } else if let Some(last) = entries.iter_mut().rev().find(|known| known.verdict == entry.verdict) {
            last.times += 1;
        }
    }
    entries
}

fn judgement_entry(recording: &Recording, judgement: &Judgement) -> JudgementEntry {
    JudgementEntry {
        verdict: word(&judgement.verdict),
        reason: judgement.doubt.as_ref().map(word),
        expected: fact(&judgement.expected, words::expected(&judgement.expected)),
        observed: fact(&judgement.observed, words::observed(&judgement.observed)),
        of: judgement.of.clone(),
        records: judgement.witnesses.iter().take(10).copied().collect(),
        exchange: judgement.witnesses.first().and_then(|number| exchange(recording, *number)),
        times: 1,
    }
}

/// An exchange in one line, so that a reader need not open the recording to know what was asked.
fn exchange(recording: &Recording, number: u64) -> Option<String> {
    match &recording.record(number)?.event {
        Event::Http(http) => {
            Some(format!("{} {} → {}", http.request.method, cut(&http.request.url), http.response.status))
        }
        Event::Fault(fault) => {
            Some(format!("{} {} → {}", fault.request.method, cut(&fault.request.url), word(&fault.phase)))
        }
        Event::Inbound(inbound) => {
            let answer = inbound.response.as_ref().map_or_else(|| "–".to_owned(), |answer| answer.status.to_string());
            let (method, counterpart) = (&inbound.request.method, &inbound.counterpart);
            Some(format!("{counterpart} ← {method} {} → {answer}", cut(&inbound.below)))
        }
        Event::Listen(_)
        | Event::Play(_)
        | Event::Action(_)
        | Event::Wait(_)
        | Event::Clock(_)
        | Event::Cast(_)
        | Event::Preflight(_)
        | Event::Skipped(_)
        | Event::End(_) => None,
    }
}

/// The beginning of a text that may be long.
fn cut(text: &str) -> String {
    const LONGEST: usize = 300;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

fn fact(value: &impl Serialize, said: Said) -> SaidFact {
    let tree = serde_json::to_value(value).unwrap_or(Value::Null);
    SaidFact {
        code: tree.get("code").and_then(Value::as_str).unwrap_or_default().to_owned(),
        args: tree.get("args").cloned().unwrap_or(Value::Null),
        nl: said.nl,
        en: said.en,
    }
}
