//! Every requirement as one small box with a shape and a letter, in the order of roles and subjects.
//! A box says how a requirement ended and leads to what was found; it says nothing of its own.

use super::{anchor, profile_title, say};
use crate::model::report::{Report, RequirementEntry};
use crate::model::text::Lang;
use crate::report::words::{Label, banner, entry};
use std::collections::{HashMap, HashSet};

/// The boxes of one role of one profile.
pub struct Strip {
    /// Profile and role.
    pub title: String,
    /// Its subjects.
    pub lines: Vec<Line>,
}

/// The boxes of one subject.
pub struct Line {
    /// Its name.
    pub title: String,
    /// One for each requirement.
    pub segments: Vec<Segment>,
}

/// One requirement.
pub struct Segment {
    /// Where what is said of it stands.
    pub anchor: String,
    /// Its id in its profile.
    pub id: String,
    /// How it ended, as the style sheet knows it.
    pub mark: &'static str,
    /// What filters go by.
    pub facets: String,
    /// How it ended, in a letter.
    pub letter: String,
    /// The same in a word or two.
    pub outcome: String,
}

/// A letter with what it stands for.
pub struct Key {
    /// How the style sheet marks it.
    pub mark: &'static str,
    /// The letter.
    pub letter: String,
    /// What it stands for.
    pub outcome: String,
}

/// How an outcome is marked; a word of a later version counts as not shown.
pub(super) fn mark(outcome: &str) -> &'static str {
    match outcome {
        "pass" => "meets",
        "warn" => "warn",
        "fail" => "fail",
        "attested" => "attested",
        "not-applicable" => "none",
        "not-tested" => "untested",
        _ => "not-shown",
    }
}

/// What filters go by: how it ended, how binding and how grave it is, and the role. Closed words only: they are
/// names in the style sheet.
pub(super) fn facets(one: &RequirementEntry) -> String {
    let ended = match mark(&one.outcome) {
        "meets" => "is-pass",
        "warn" => "is-warn",
        "fail" => "is-fail",
        "attested" => "is-attested",
        "none" => "is-none",
        _ => "is-open",
    };
    let binding = if one.effective == "must" { "" } else { " is-optional" };
    let grave = match one.severity.as_str() {
        "I" => "",
        "II" => " below-1",
        _ => " below-1 below-2",
    };
    format!(
        "{ended}{binding}{grave}{}",
        ROLES.iter().find(|known| **known == one.role).map_or(String::new(), |role| format!(" of-{role}"))
    )
}

/// The roles that there can be, as filters know them.
const ROLES: [&str; 10] = [
    "holder",
    "requester",
    "sender",
    "receiver",
    "intermediary",
    "consent-register",
    "localisation-index",
    "token-service",
    "patient-portal",
    "secondary-use-gateway",
];

/// The roles of this report, as filters know them and as a reader does; none if there is no choice.
pub(super) fn roles(report: &Report, lang: Lang) -> Vec<(&'static str, String)> {
    let found: HashSet<&str> = report.requirements.iter().map(|one| one.role.as_str()).collect();
    let roles: Vec<_> = ROLES.into_iter().filter(|role| found.contains(role)).collect();
    if roles.len() < 2 {
        return Vec::new();
    }
    roles.into_iter().map(|role| (role, say(entry::role(role), lang))).collect()
}

/// All boxes; a report without subjects has one line for each role.
pub(super) fn all(report: &Report, lang: Lang) -> Vec<Strip> {
    let mut subjects: HashMap<(&str, &str, &str), &str> = HashMap::new();
    for one in &report.categories {
        for id in &one.requirements {
            subjects.insert((one.profile.as_str(), one.role.as_str(), id.as_str()), one.title.say(lang));
        }
    }
    let mut strips: Vec<((&str, &str), Strip)> = Vec::new();
    for one in &report.requirements {
        let key = (one.id.profile(), one.role.as_str());
        let subject = subjects.get(&(key.0, key.1, one.id.as_str())).copied();
        let at = strips.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            let title = format!("{} · {}", profile_title(report, key.0, lang), entry::role(key.1).say(lang));
            strips.push((key, Strip { title, lines: Vec::new() }));
            strips.len() - 1
        });
        let lines = &mut strips[at].1.lines;
        let title = subject.unwrap_or_else(|| Label::AllRequirements.say(lang));
        let segment = segment(one, lang);
        match lines.iter_mut().find(|line| line.title == title) {
            Some(line) => line.segments.push(segment),
            None => lines.push(Line { title: title.to_owned(), segments: vec![segment] }),
        }
    }
    strips.into_iter().map(|(_, strip)| strip).collect()
}

fn segment(one: &RequirementEntry, lang: Lang) -> Segment {
    Segment {
        anchor: anchor(one, lang),
        id: one.id.local().to_owned(),
        mark: mark(&one.outcome),
        facets: facets(one),
        letter: say(banner::letter(&one.outcome), lang),
        outcome: say(entry::outcome(&one.outcome), lang),
    }
}

/// The letters that occur, with what they stand for.
pub(super) fn legend(report: &Report, lang: Lang) -> Vec<Key> {
    let order =
        ["fail", "warn", "inconclusive", "not-tested", "config-error", "error", "pass", "attested", "not-applicable"];
    let found: HashSet<&str> = report.requirements.iter().map(|one| one.outcome.as_str()).collect();
    let key = |word: &str| Key {
        mark: mark(word),
        letter: say(banner::letter(word), lang),
        outcome: say(entry::outcome(word), lang),
    };
    order.into_iter().filter(|word| found.contains(word)).map(key).collect()
}
