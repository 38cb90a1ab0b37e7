//! What is broken: each finding as verdict, expected, observed, evidence, requirement, what now.
//! The gravest stand first, whatever else the report says.

use super::super::frame::Frame;
use super::{Leak, Prose, anchor, capital, say, segment};
use crate::model::report::{CaseEntry, JudgementEntry, Report, RequirementEntry, StepEntry};
use crate::model::text::Lang;
use crate::report::ground;
use crate::report::words::{Label, banner, entry as words};

/// A broken requirement.
pub struct Finding {
    /// Where it stands on the page.
    pub anchor: String,
    /// Its address for everybody: the requirement's id; absent where another place has it.
    pub address: Option<String>,
    /// What filters go by.
    pub facets: String,
    /// `fail` or `warn`.
    pub mark: &'static str,
    /// Whether it is of the gravest kind, and broken for certain.
    pub grave: bool,
    /// The requirement's id in its profile.
    pub id: String,
    /// With its profile.
    pub full_id: String,
    /// The role it was tested in.
    pub role: String,
    /// The verdict in a word or two.
    pub verdict: String,
    /// How binding, how bad, how well known, how far tested.
    pub weight: Vec<String>,
    /// The first and most telling observation.
    pub first: Option<Observation>,
    /// The others.
    pub more: Vec<Observation>,
    /// The requirement's sentence.
    pub text: String,
    /// Why it exists.
    pub sources: Vec<Source>,
    /// What to do.
    pub remedy: Prose,
    /// What the owner says about it.
    pub declared: Option<String>,
    /// Who lets it through, until when and why.
    pub waiver: Option<String>,
}

/// One judgement, with what shows it.
pub struct Observation {
    /// The test case.
    pub case: String,
    /// Its purpose.
    pub purpose: String,
    /// The step and the repetition.
    pub step: String,
    /// What was wanted.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// The exchange in one line.
    pub exchange: Option<String>,
    /// The numbers of the records.
    pub records: String,
    /// How it came to be known, and how often.
    pub notes: Vec<String>,
}

/// Why a requirement exists.
pub struct Source {
    /// Document and clause.
    pub cite: String,
    /// How well that is known.
    pub strength: String,
}

impl Finding {
    /// The same in one line.
    pub(super) fn leak(&self) -> Leak {
        Leak {
            anchor: self.anchor.clone(),
            id: self.id.clone(),
            text: self.text.clone(),
            observed: self.first.as_ref().map(|seen| beginning(&seen.observed)),
        }
    }
}

/// The beginning of what was observed; the whole of it stands at the finding.
fn beginning(text: &str) -> String {
    const LONGEST: usize = 160;
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text.to_owned() };
    // Between two words, if there are any.
    let end = text[..end].rfind(' ').unwrap_or(end);
    format!("{} …", text[..end].trim_end_matches([' ', ',', ';', ':']))
}

/// All findings: the gravest first, and of equal severity a broken MUST before a remark.
pub(super) fn all(report: &Report, lang: Lang, frame: &Frame) -> Vec<Finding> {
    let mut broken: Vec<&RequirementEntry> =
        report.requirements.iter().filter(|one| matches!(one.outcome.as_str(), "fail" | "warn")).collect();
    broken.sort_by_key(|one| (rank(&one.severity), one.outcome != "fail"));
    broken.into_iter().map(|one| finding(report, one, lang, frame)).collect()
}

fn rank(severity: &str) -> usize {
    ["I", "II", "III", "IV"].iter().position(|known| *known == severity).unwrap_or(4)
}

/// One requirement that is broken.
pub(super) fn finding(report: &Report, entry: &RequirementEntry, lang: Lang, frame: &Frame) -> Finding {
    let mut observations = broken_observations(report, entry, lang).into_iter();
    let failed = entry.outcome == "fail";
    Finding {
        anchor: anchor(entry, lang),
        address: None,
        facets: segment::facets(entry),
        mark: if failed { "fail" } else { "warn" },
        grave: ground::leaked(report, entry),
        id: entry.id.local().to_owned(),
        full_id: entry.id.to_string(),
        role: say(words::role(&entry.role), lang),
        verdict: capital(&say(words::outcome(&entry.outcome), lang)),
        weight: weight(entry, lang),
        first: observations.next(),
        more: observations.collect(),
        text: entry.text.say(lang).to_owned(),
        sources: sources(entry, lang),
        remedy: Prose::of(entry.remedy.as_ref().unwrap_or(&words::look_closer()).say(lang)),
        declared: entry.not_testable.clone(),
        waiver: frame.waiver(entry).map(|one| say(banner::waiver(&one.owner, &one.until, &one.reason), lang)),
    }
}

/// How binding a requirement is, how bad its breach, how well it is known and how far it was tested.
fn weight(entry: &RequirementEntry, lang: Lang) -> Vec<String> {
    let mut all = vec![
        capital(&say(words::obligations(&entry.obligation, &entry.effective), lang)),
        capital(&say(words::severity(&entry.severity), lang)),
    ];
    all.extend(limits(entry, lang));
    all
}

/// What limits a verdict: the strength of its evidence, a lowered obligation, partial depth.
pub(super) fn limits(entry: &RequirementEntry, lang: Lang) -> Vec<String> {
    let strength = entry.evidence.as_deref().map(|word| {
        let (label, said) = (Label::Evidence.say(lang), words::evidence(word));
        format!("{label}: {}", said.say(lang))
    });
    let lowered = entry.lowered.as_ref().map(|said| said.say(lang).to_owned());
    let partial = (entry.depth == "partial").then(|| say(words::partial(), lang));
    [strength, lowered, partial].into_iter().flatten().collect()
}

/// Why the requirement exists.
pub(super) fn sources(entry: &RequirementEntry, lang: Lang) -> Vec<Source> {
    entry
        .sources
        .iter()
        .map(|source| Source { cite: source.cite.clone(), strength: say(words::strength(&source.strength), lang) })
        .collect()
}

fn broken_observations(report: &Report, entry: &RequirementEntry, lang: Lang) -> Vec<Observation> {
    let found = breaking(report, entry);
    found.into_iter().map(|(case, step, judgement)| observation(case, step, judgement, lang)).collect()
}

/// A judgement with the step and the case that it is of.
pub type Breaking<'r> = (&'r CaseEntry, &'r StepEntry, &'r JudgementEntry);

/// Every judgement that breaks this requirement; what should not have happened before what was missing.
#[must_use]
pub fn breaking<'r>(report: &'r Report, entry: &RequirementEntry) -> Vec<Breaking<'r>> {
    let bears =
        |step: &&StepEntry| matches!(step.outcome.as_str(), "fail" | "warn") && step.verifies.contains(&entry.id);
    let mut found: Vec<Breaking<'r>> = Vec::new();
    for case in report.cases.iter().filter(|case| entry.cases.contains(&case.id)) {
        for step in case.steps.iter().filter(bears) {
            let broken = step.judgements.iter().filter(|one| matches!(one.verdict.as_str(), "fail" | "warn"));
            found.extend(broken.map(|judgement| (case, step, judgement)));
        }
    }
    found.sort_by_key(|(_, step, judgement)| (!step.breach, judgement.verdict != "fail"));
    found
}

/// One judgement as an observation.
pub(super) fn observation(case: &CaseEntry, step: &StepEntry, judgement: &JudgementEntry, lang: Lang) -> Observation {
    let of: Vec<String> =
        case.each.iter().chain(&judgement.of).map(|(name, value)| format!("{name}={value}")).collect();
    let repetition = if of.is_empty() { String::new() } else { format!(" ({})", of.join(", ")) };
    let notes = [Some(words::evidence(&step.evidence)), words::times(judgement.times)];
    Observation {
        case: case.id.to_string(),
        purpose: case.purpose.say(lang).to_owned(),
        step: format!("{}{repetition}", step.id),
        expected: judgement.expected.say(lang).to_owned(),
        observed: judgement.observed.say(lang).to_owned(),
        exchange: judgement.exchange.clone(),
        records: say(words::records(&judgement.records, case.part), lang),
        notes: notes.into_iter().flatten().map(|said| said.into_said(lang)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn what_was_observed_is_told_in_a_line_and_cut_between_words() {
        assert_eq!(beginning("identity of opt in the body"), "identity of opt in the body");
        let told = beginning(&"about=opt-part kind=medication, ".repeat(20));
        assert!(told.chars().count() <= 162 && told.ends_with("kind=medication …"), "{told}");
        assert_eq!(beginning(&"é".repeat(400)).chars().count(), 162);
    }
}
