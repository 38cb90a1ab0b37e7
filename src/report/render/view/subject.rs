//! The conclusion about every role claimed, by subject, and what was met.
//! Conclusions and numbers come from the report; the rule behind them is `build`'s.

use super::finding::{Source, limits, sources};
use super::{anchor, capital, profile_title, say, segment};
use crate::model::report::{CategoryConclusion, CategoryEntry, ProfileConclusion, Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::{entry, page};

/// One role of one profile.
pub struct Subject {
    /// Its name: profile, edition and role.
    pub title: String,
    /// The conclusion as a word, and how much was judged.
    pub conclusion: String,
    /// The options stated: what each is called, and the value.
    pub options: Vec<(String, String)>,
    /// Its kinds of requirement.
    pub categories: Vec<Category>,
}

/// One kind of requirement.
pub struct Category {
    /// Its name.
    pub title: String,
    /// `meets`, `remarks`, `not-shown`, `fails` or `none`: how it is marked, beside its words.
    pub mark: &'static str,
    /// The conclusion.
    pub conclusion: String,
    /// How its MUSTs ended; empty if there are none.
    pub must: String,
    /// How its SHOULDs ended; empty if there are none.
    pub should: String,
}

/// A role that is not claimed, with what it would be asked about.
pub struct Role {
    /// Profile and role.
    pub title: String,
    /// The kinds of requirement.
    pub subjects: String,
}

/// Requirements of one role that ended the same way.
pub struct Passed {
    /// Profile and role.
    pub title: String,
    /// They.
    pub requirements: Vec<Met>,
}

/// One requirement that was met, or does not apply.
pub struct Met {
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
    /// Its sentence.
    pub text: String,
    /// How binding, and what limits the verdict.
    pub limits: Vec<String>,
    /// The purposes of the cases that showed it.
    pub purposes: Vec<String>,
    /// Why it exists.
    pub sources: Vec<Source>,
}

/// Every role claimed.
pub(super) fn all(report: &Report, lang: Lang) -> Vec<Subject> {
    report.profiles.iter().map(|profile| subject(report, profile, lang)).collect()
}

fn subject(report: &Report, profile: &ProfileConclusion, lang: Lang) -> Subject {
    let of = |one: &&CategoryEntry| one.profile == profile.id && one.role == profile.role;
    let conclusion = &profile.conclusion;
    Subject {
        title: format!("{} {} · {}", profile.title.say(lang), profile.edition, entry::role(&profile.role).say(lang)),
        conclusion: format!(
            "{}: {}",
            capital(&say(page::conformance(conclusion.conformance), lang)),
            page::completeness(conclusion.completeness).say(lang)
        ),
        options: profile.options.iter().map(|(name, value)| (titled(profile, name, lang), value.clone())).collect(),
        categories: report.categories.iter().filter(of).map(|one| category(one, lang)).collect(),
    }
}

/// A report of before these names were kept names its options by their ids.
fn titled(profile: &ProfileConclusion, option: &str, lang: Lang) -> String {
    profile.option_titles.get(option).map_or(option, |title| title.say(lang)).to_owned()
}

fn category(one: &CategoryEntry, lang: Lang) -> Category {
    Category {
        title: one.title.say(lang).to_owned(),
        mark: match one.conclusion {
            CategoryConclusion::Meets => "meets",
            CategoryConclusion::MeetsWithRemarks => "remarks",
            CategoryConclusion::NotShown => "not-shown",
            CategoryConclusion::DoesNotMeet => "fails",
            CategoryConclusion::NotApplicable => "none",
        },
        conclusion: capital(&say(page::category(one.conclusion), lang)),
        must: say(page::tally(one.must), lang),
        should: say(page::tally(one.should), lang),
    }
}

/// The roles of claimed profiles that are not claimed.
pub(super) fn unclaimed(report: &Report, lang: Lang) -> Vec<Role> {
    let claimed = |one: &CategoryEntry| {
        report.profiles.iter().any(|profile| profile.id == one.profile && profile.role == one.role)
    };
    let mut roles: Vec<(String, Vec<&str>)> = Vec::new();
    for one in report.categories.iter().filter(|one| !claimed(one)) {
        let title = role_title(report, &one.profile, &one.role, lang);
        match roles.iter_mut().find(|(known, _)| *known == title) {
            Some((_, subjects)) => subjects.push(one.title.say(lang)),
            None => roles.push((title, vec![one.title.say(lang)])),
        }
    }
    roles.into_iter().map(|(title, subjects)| Role { title, subjects: subjects.join(", ") }).collect()
}

fn role_title(report: &Report, profile: &str, role: &str, lang: Lang) -> String {
    format!("{} · {}", profile_title(report, profile, lang), entry::role(role).say(lang))
}

/// The requirements that ended like this, by role.
pub(super) fn ended(report: &Report, lang: Lang, outcome: &str) -> Vec<Passed> {
    let mut groups: Vec<Passed> = Vec::new();
    for one in report.requirements.iter().filter(|one| one.outcome == outcome) {
        let title = role_title(report, one.id.profile(), &one.role, lang);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.requirements.push(met(report, one, lang)),
            None => groups.push(Passed { title, requirements: vec![met(report, one, lang)] }),
        }
    }
    groups
}

fn met(report: &Report, one: &RequirementEntry, lang: Lang) -> Met {
    let mut purposes: Vec<String> = Vec::new();
    // The instances of a case have one purpose.
    for case in report.cases.iter().filter(|case| one.cases.contains(&case.id)) {
        let purpose = case.purpose.say(lang);
        if !purposes.iter().any(|known| known == purpose) {
            purposes.push(purpose.to_owned());
        }
    }
    let mut all = vec![capital(&say(entry::obligations(&one.obligation, &one.effective), lang))];
    all.extend(limits(one, lang));
    all.extend(slowest(report, one).map(|longest| say(entry::effect(longest), lang)));
    Met {
        anchor: anchor(one, lang),
        address: None,
        facets: segment::facets(one),
        id: one.id.local().to_owned(),
        full_id: one.id.to_string(),
        text: one.text.say(lang).to_owned(),
        limits: all,
        purposes,
        sources: sources(one, lang),
    }
}

/// The longest that an action was seen not to have taken effect yet, in the steps that bear on this requirement.
fn slowest(report: &Report, one: &RequirementEntry) -> Option<u64> {
    let cases = report.cases.iter().filter(|case| one.cases.contains(&case.id));
    let steps = cases.flat_map(|case| &case.steps).filter(|step| step.verifies.contains(&one.id));
    steps.filter_map(|step| step.effect_ms).max()
}
