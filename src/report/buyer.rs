//! A report as a buyer reads it: what went wrong, what was shown, what was not, and what to ask.
//! It counts and selects, so that two pages hold it; what it leaves out it says.

use super::ground::leaked;
use super::render::frame::Frame;
use super::words::buyer::{self, Why};
use super::words::{both, entry, page};
use crate::model::report::{CategoryConclusion, CategoryEntry, Report, RequirementEntry, Said};
use std::collections::{BTreeMap, HashMap, HashSet};

/// As much of each list as fits on two pages.
const FINDINGS: usize = 8;
const REMARKS: usize = 5;
const SUBJECTS: usize = 36;
const SHOWN: usize = 14;
const QUESTIONS: usize = 12;
/// Subjects with a question of their own.
const BROKEN: usize = 4;
const ROLES: usize = 8;
/// Names of subjects in one sentence.
const NAMES: usize = 3;
/// The longest sentence and the longest name of another that stand in a list, in characters.
const SENTENCE: usize = 220;
const NAME: usize = 60;

/// What a buyer reads.
pub struct Summary {
    /// The product and its version.
    pub product: String,
    /// Who supplies it; empty if nobody says.
    pub supplier: String,
    /// The standards, with their editions.
    pub standards: Vec<Said>,
    /// What went wrong, the gravest first.
    pub wrong: Vec<Gravity>,
    /// How many findings were left out.
    pub more_wrong: usize,
    /// Whether each of them is of a mandatory requirement; where data leaked, it need not be.
    pub all_mandatory: bool,
    /// What is only recommended, or rests on a weaker source, and was not kept; the gravest first.
    pub remarks: Vec<Said>,
    /// How many of those were left out.
    pub more_remarks: usize,
    /// Each subject with its conclusion, by profile.
    pub subjects: Vec<Standard>,
    /// How many subjects were left out.
    pub more_subjects: usize,
    /// The subjects of which all that is mandatory was met; none if there is no such subject.
    pub shown: Option<Said>,
    /// What was not shown, with its reason.
    pub not_shown: Vec<Said>,
    /// What the supplier does not offer.
    pub not_offered: Vec<Said>,
    /// What to ask.
    pub questions: Vec<Said>,
}

/// What went wrong, of one gravity.
pub struct Gravity {
    /// What this gravity means.
    pub title: Said,
    /// Whether data reached someone not entitled.
    pub grave: bool,
    /// The requirements that were broken, as sentences.
    pub texts: Vec<Said>,
}

/// The subjects of one profile.
pub struct Standard {
    /// Its name.
    pub title: Said,
    /// Its subjects.
    pub subjects: Vec<Subject>,
}

/// One subject with its conclusion.
pub struct Subject {
    /// The profile's id.
    profile: String,
    /// Its name.
    pub title: Said,
    /// What is concluded.
    pub conclusion: CategoryConclusion,
    /// How many mandatory requirements were met.
    pub musts_met: u64,
}

impl Summary {
    /// The summary of this report.
    #[must_use]
    pub fn of(report: &Report, frame: &Frame) -> Self {
        let titles = Titles::of(report);
        let gone_wrong = gone_wrong(report);
        let (wrong, more_wrong) = wrong(&gone_wrong);
        let (remarks, more_remarks) = remarks(report);
        let mut subjects = subjects(report);
        let more_subjects = subjects.len().saturating_sub(SUBJECTS);
        let met: Vec<&Said> = subjects
            .iter()
            .filter(|one| matches!(one.conclusion, CategoryConclusion::Meets | CategoryConclusion::MeetsWithRemarks))
            // Where nothing is mandatory, meeting all of it says nothing.
            .filter(|one| one.musts_met > 0)
            .map(|one| &one.title)
            .collect();
        let shown = (!met.is_empty()).then(|| buyer::shown(&names(&met, SHOWN)));
        // What is worst must not be what is left out.
        subjects.sort_by_key(|one| std::cmp::Reverse(rank(one.conclusion)));
        subjects.truncate(SUBJECTS);
        let not_offered = unclaimed(report);
        let mut questions = questions(report, frame, &titles, &not_offered);
        questions.truncate(QUESTIONS);
        let (name, version) = (page::name(&report.target), page::version(&report.target).unwrap_or_default());
        Self {
            product: format!("{} {}", short(name, NAME), short(version, NAME / 2)).trim_end().to_owned(),
            supplier: short(page::maker(&report.target).unwrap_or_default(), NAME),
            standards: editions(report),
            wrong,
            more_wrong,
            all_mandatory: gone_wrong.iter().all(|one| one.outcome == "fail"),
            remarks,
            more_remarks,
            subjects: standards(report, subjects),
            more_subjects,
            shown,
            not_shown: open(report).into_iter().map(|(why, all)| why.say(all.len(), &titles.list(&all))).collect(),
            not_offered: not_offered.into_iter().take(ROLES).collect(),
            questions,
        }
    }
}

/// To which subject a requirement belongs, for each role.
struct Titles<'r>(HashMap<(&'r str, &'r str), &'r Said>);

impl<'r> Titles<'r> {
    fn of(report: &'r Report) -> Self {
        let each = |one: &'r CategoryEntry| {
            one.requirements.iter().map(move |id| ((id.as_str(), one.role.as_str()), &one.title))
        };
        Self(report.categories.iter().flat_map(each).collect())
    }

    /// The subjects of these requirements, each once, as a list.
    fn list(&self, all: &[&RequirementEntry]) -> Said {
        let mut found: Vec<&Said> = Vec::new();
        for one in all {
            if let Some(title) = self.title(one).filter(|title| !found.contains(title)) {
                found.push(title);
            }
        }
        if found.is_empty() { various() } else { names(&found, NAMES) }
    }

    fn title(&self, one: &RequirementEntry) -> Option<&'r Said> {
        self.0.get(&(one.id.as_str(), one.role.as_str())).copied()
    }
}

/// What a report without subjects speaks about.
fn various() -> Said {
    both("diverse onderwerpen", "various subjects")
}

/// So many names after each other, each cut where it is too long.
fn names(all: &[&Said], most: usize) -> Said {
    let all: Vec<Said> = all.iter().map(|one| name(one)).collect();
    buyer::list(&all.iter().collect::<Vec<_>>(), most)
}

fn place(one: &RequirementEntry) -> usize {
    ["I", "II", "III", "IV"].iter().position(|known| *known == one.severity).unwrap_or(4)
}

/// What went wrong: what is mandatory and broken, and data that leaked, whatever the verdict on it counts as.
fn gone_wrong(report: &Report) -> Vec<&RequirementEntry> {
    gravest(report.requirements.iter().filter(|one| one.outcome == "fail" || leaked(report, one)))
}

/// What was not kept, and is no more than a remark.
fn is_remark(report: &Report, one: &RequirementEntry) -> bool {
    one.outcome == "warn" && !leaked(report, one)
}

/// These requirements, the gravest first.
fn gravest<'r>(all: impl Iterator<Item = &'r RequirementEntry>) -> Vec<&'r RequirementEntry> {
    let mut all: Vec<&RequirementEntry> = all.collect();
    all.sort_by_key(|one| place(one));
    // One sentence stands once, in however many roles it is broken.
    let mut seen = HashSet::new();
    all.retain(|one| seen.insert(&one.id));
    all
}

fn not_kept(one: &RequirementEntry) -> Said {
    buyer::not_kept(&short(&one.text.nl, SENTENCE), &short(&one.text.en, SENTENCE))
}

fn remarks(report: &Report) -> (Vec<Said>, usize) {
    let all = gravest(report.requirements.iter().filter(|one| is_remark(report, one)));
    (all.iter().take(REMARKS).map(|one| not_kept(one)).collect(), all.len().saturating_sub(REMARKS))
}

fn wrong(all: &[&RequirementEntry]) -> (Vec<Gravity>, usize) {
    let more = all.len().saturating_sub(FINDINGS);
    let mut groups: Vec<(usize, Gravity)> = Vec::new();
    for one in all.iter().take(FINDINGS) {
        let at = place(one);
        let text = not_kept(one);
        match groups.last_mut().filter(|(known, _)| *known == at) {
            Some((_, group)) => group.texts.push(text),
            None => {
                let title = buyer::gravity(&one.severity);
                groups.push((at, Gravity { title, grave: at == 0, texts: vec![text] }));
            }
        }
    }
    (groups.into_iter().map(|(_, group)| group).collect(), more)
}

/// A name, cut where it is too long for a list.
fn name(said: &Said) -> Said {
    both(short(&said.nl, NAME), short(&said.en, NAME))
}

/// The text, cut at a word where it is longer than this many characters.
fn short(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest).collect();
    let end = cut.rfind(' ').filter(|at| *at > longest / 2).unwrap_or(cut.len());
    format!("{} …", &cut[..end])
}

const fn rank(conclusion: CategoryConclusion) -> u8 {
    match conclusion {
        CategoryConclusion::NotApplicable => 0,
        CategoryConclusion::Meets => 1,
        CategoryConclusion::MeetsWithRemarks => 2,
        CategoryConclusion::NotShown => 3,
        CategoryConclusion::DoesNotMeet => 4,
    }
}

/// Each subject of each profile once: of several roles the worst conclusion counts.
fn subjects(report: &Report) -> Vec<Subject> {
    let claimed = |one: &&CategoryEntry| {
        report.profiles.iter().any(|profile| profile.id == one.profile && profile.role == one.role)
    };
    let mut found: Vec<Subject> = Vec::new();
    for one in report.categories.iter().filter(claimed) {
        let musts_met = one.must.met + one.must.remarks;
        match found.iter_mut().find(|known| known.profile == one.profile && known.title == one.title) {
            Some(known) => {
                known.musts_met += musts_met;
                if rank(one.conclusion) > rank(known.conclusion) {
                    known.conclusion = one.conclusion;
                }
            }
            None => found.push(Subject {
                profile: one.profile.clone(),
                title: one.title.clone(),
                conclusion: one.conclusion,
                musts_met,
            }),
        }
    }
    found.retain(|one| one.conclusion != CategoryConclusion::NotApplicable);
    found
}

/// The subjects under their profiles, in the report's order of profiles.
fn standards(report: &Report, subjects: Vec<Subject>) -> Vec<Standard> {
    let mut all: Vec<(&str, Standard)> = Vec::new();
    for profile in &report.profiles {
        if !all.iter().any(|(known, _)| *known == profile.id) {
            let title = name(&profile.title);
            all.push((&profile.id, Standard { title, subjects: Vec::new() }));
        }
    }
    for mut subject in subjects {
        subject.title = name(&subject.title);
        if let Some((_, standard)) = all.iter_mut().find(|(known, _)| *known == subject.profile) {
            standard.subjects.push(subject);
        }
    }
    all.retain(|(_, standard)| !standard.subjects.is_empty());
    all.into_iter().map(|(_, standard)| standard).collect()
}

/// The standards tested against, each once.
fn editions(report: &Report) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    for one in &report.profiles {
        let (title, edition) = (name(&one.title), short(&one.edition, NAME / 2));
        let said = both(format!("{} ({edition})", title.nl), format!("{} ({edition})", title.en));
        if all.len() < ROLES && !all.contains(&said) {
            all.push(said);
        }
    }
    all
}

/// What was not shown, by reason.
fn open(report: &Report) -> BTreeMap<Why, Vec<&RequirementEntry>> {
    let mut found: BTreeMap<Why, Vec<&RequirementEntry>> = BTreeMap::new();
    for one in &report.requirements {
        if let Some(why) = entry::parse(&one.outcome, one.reason.as_deref()).and_then(Why::of) {
            found.entry(why).or_default().push(one);
        }
    }
    found
}

/// What the roles that are not claimed would do, each once.
fn unclaimed(report: &Report) -> Vec<Said> {
    let mut seen = HashSet::new();
    let mut found: Vec<Said> = Vec::new();
    for one in &report.categories {
        let claimed = report.profiles.iter().any(|profile| profile.id == one.profile && profile.role == one.role);
        let profile = report.profiles.iter().find(|profile| profile.id == one.profile);
        if let Some(profile) = profile.filter(|_| !claimed && seen.insert((&one.profile, &one.role))) {
            let (role, title) = (buyer::role(&one.role), name(&profile.title));
            found.push(both(format!("{} ({})", role.nl, title.nl), format!("{} ({})", role.en, title.en)));
        }
    }
    found
}

fn questions(report: &Report, frame: &Frame, titles: &Titles<'_>, unclaimed: &[Said]) -> Vec<Said> {
    let of = |keep: &dyn Fn(&RequirementEntry) -> bool| {
        report.requirements.iter().filter(|one| keep(one)).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    let leaks = of(&|one| leaked(report, one));
    if !leaks.is_empty() {
        all.push(buyer::ask_leak(leaks.len(), &titles.list(&leaks)));
    }
    let mut broken: Vec<(Option<&Said>, usize)> = Vec::new();
    for one in of(&|one| one.outcome == "fail" && !leaked(report, one)) {
        let title = titles.title(one);
        match broken.iter_mut().find(|(known, _)| *known == title) {
            Some((_, number)) => *number += 1,
            None => broken.push((title, 1)),
        }
    }
    let about = |title: &Option<&Said>| title.map_or_else(various, name);
    all.extend(broken.iter().take(BROKEN).map(|(title, number)| buyer::ask_broken(*number, &about(title))));
    for (why, these) in open(report) {
        all.extend(why.ask(these.len(), &titles.list(&these)));
    }
    all.extend(
        unclaimed.first().map(|_| buyer::ask_unclaimed(&buyer::list(&unclaimed.iter().collect::<Vec<_>>(), NAMES))),
    );
    let mut about = |these: Vec<&RequirementEntry>, ask: fn(usize, &Said) -> Said| {
        if !these.is_empty() {
            all.push(ask(these.len(), &titles.list(&these)));
        }
    };
    about(of(&|one| one.outcome == "attested"), buyer::ask_attested);
    about(of(&|one| one.outcome == "pass" && one.depth == "partial"), buyer::ask_partial);
    about(of(&|one| is_remark(report, one)), buyer::ask_remarks);
    let trusted = of(&|one| one.outcome == "pass" && one.evidence.as_deref().is_some_and(|word| word != "wire"));
    if !trusted.is_empty() {
        all.push(buyer::ask_trusted(trusted.len()));
    }
    if frame.outdated(report).is_some() {
        all.push(buyer::ask_outdated());
    }
    if report.run.self_tested {
        all.push(buyer::ask_self_tested(report.run.parameters.challenge.is_some()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        assert_eq!(short("kort", 9), "kort");
        assert_eq!(short("een twee drie vier", 10), "een twee …");
        // A text without a blank is cut all the same, and never inside a character.
        assert_eq!(short(&"é".repeat(500), 10).chars().count(), 12);
    }
}
