//! `explain`: what a word of a report, a diagnostic or the catalogue means.
//! Codes first, then outcomes and their reasons, requirements, cases and defects, then what cases are made of.

mod ground;
mod tongue;

use super::args::{Common, Explain};
use super::{load, stream};
use crate::language::catalogue::Catalogue;
use crate::language::code::{CODES, Code};
use crate::language::suggest;
use crate::model::id::RequirementId;
use crate::model::text::Lang;
use crate::model::verdict::{OUTCOMES, Outcome};
use crate::report::words::{self, entry, meaning};
use std::collections::{BTreeMap, BTreeSet};

/// Runs the command.
pub fn run(command: &Explain, common: &Common) -> u8 {
    let (word, lang): (&str, Lang) = (&command.word, common.lang.into());
    if let Some(code) = Code::named(word) {
        stream::out(&format!("{}\n", code.rule().text()));
        return 0;
    }
    if let Some(text) = outcome(word, lang).or_else(|| reason(word, lang)) {
        stream::out(&text);
        return 0;
    }
    let catalogue = match load::catalogue(common) {
        Ok(catalogue) => catalogue,
        Err(code) => return code,
    };
    let found = requirement(&catalogue, word, lang)
        .or_else(|| case(&catalogue, word, lang))
        .or_else(|| defect(&catalogue, word, lang))
        .or_else(|| made_of(&catalogue, word, lang));
    match found {
        Some(text) => {
            stream::out(&text);
            0
        }
        None => stream::refuse(&unknown(&catalogue, word, lang)),
    }
}

/// What cases are made of: words of the catalogue and of the language, both where one word is both.
fn made_of(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let texts: Vec<String> =
        [ground::explained(catalogue, word, lang), tongue::explained(word, lang)].into_iter().flatten().collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// An outcome: its words, its meaning, and the reasons it can have.
fn outcome(word: &str, lang: Lang) -> Option<String> {
    let means = meaning::outcome(word)?;
    let mut text = format!("{word} · {}\n\n  {}\n", entry::outcome(word).say(lang), means.say(lang));
    let reasons: Vec<(String, String)> = Outcome::all()
        .filter(|one| one.word() == word)
        .filter_map(|one| Some((one.reason()?, words::because(one)?.into_said(lang))))
        .collect();
    let width = reasons.iter().map(|(reason, _)| reason.len()).max().unwrap_or(0);
    if !reasons.is_empty() {
        text.push_str(&format!("\n{}:\n", lang.pick("Redenen", "Reasons")));
    }
    for (reason, said) in reasons {
        text.push_str(&format!("  {reason:<width$}  {said}\n"));
    }
    Some(text)
}

/// A reason, with the outcome it belongs to and what to do.
fn reason(word: &str, lang: Lang) -> Option<String> {
    let one = Outcome::all().find(|one| one.reason().as_deref() == Some(word))?;
    let outcome = entry::outcome(one.word()).into_said(lang);
    let code = if outcome == one.word() { String::new() } else { format!(" ({})", one.word()) };
    let mut text = format!("{word} · {outcome}{code}\n\n  {}\n", words::because(one)?.say(lang));
    if let Some(next) = entry::next(one) {
        text.push_str(&format!("\n{}: {}\n", lang.pick("Wat nu", "Do"), next.say(lang)));
    }
    Some(text)
}

/// That nothing has this name, with the names that were most likely meant.
fn unknown(catalogue: &Catalogue, word: &str, lang: Lang) -> String {
    let names = names(catalogue);
    let near =
        suggest::nearest(&word.to_lowercase(), names.keys().map(String::as_str)).and_then(|near| names.get(near));
    let lead = lang.pick(format!("niets heet `{word}`"), format!("nothing is called `{word}`"));
    let Some(near) = near else {
        let list = lang.pick(
            "`toetssteen list` toont eisen, testgevallen en defecten",
            "`toetssteen list` shows requirements, cases and defects",
        );
        return format!("{lead}; {list}");
    };
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    format!("{lead}; {} {}?", lang.pick("bedoelde u", "did you mean"), near.join(lang.pick(" of ", " or ")))
}

/// Everything that can be explained, by its name in small letters; a requirement also by its id within its profile,
/// for that is how reports name it below the profile's title.
fn names(catalogue: &Catalogue) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |short: &str, name: &str| {
        names.entry(short.to_lowercase()).or_default().insert(name.to_owned());
    };
    CODES.iter().for_each(|rule| add(rule.name, rule.name));
    OUTCOMES.iter().for_each(|word| add(word, word));
    Outcome::all().filter_map(Outcome::reason).for_each(|word| add(&word, &word));
    catalogue.cases.keys().for_each(|id| add(id.as_str(), id.as_str()));
    catalogue.defects.keys().for_each(|id| add(id.as_str(), id.as_str()));
    ground::names(catalogue).for_each(|name| add(name, name));
    tongue::names().for_each(|name| add(name, name));
    for profile in catalogue.profiles.values() {
        for id in profile.requirements.iter().map(|requirement| profile.id_of(requirement)) {
            add(id.as_str(), id.as_str());
            add(id.local(), id.as_str());
        }
    }
    names
}

fn requirement(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let id: RequirementId = word.parse().ok()?;
    let (profile, requirement) = catalogue.requirement(&id)?;
    let mut text =
        format!("{id} · {} {}\n\n  {}\n\n", profile.title.say(lang), profile.edition, requirement.text.say(lang));
    let kind = |value: serde_json::Value| value.as_str().unwrap_or_default().to_uppercase();
    let obligation = serde_json::to_value(requirement.obligation).map(kind).unwrap_or_default();
    let severity = serde_json::to_value(requirement.severity).map(kind).unwrap_or_default();
    text.push_str(&format!(
        "{}: {obligation} ({}) · {}\n",
        lang.pick("Verplichting", "Obligation"),
        entry::obligation(&obligation.to_lowercase()).say(lang),
        entry::severity(&severity).say(lang)
    ));
    for source in &requirement.sources {
        let strength = serde_json::to_value(source.strength)
            .map(|v| entry::strength(v.as_str().unwrap_or_default()).into_said(lang))
            .unwrap_or_default();
        text.push_str(&format!("{}: {} ({strength})\n", lang.pick("Bron", "Source"), source.cite));
    }
    for (case, file) in catalogue.cases.iter().filter(|(_, case)| case.verifies.contains(&id)) {
        text.push_str(&format!("{}: {case} — {}\n", lang.pick("Testgeval", "Case"), file.purpose.say(lang)));
    }
    if let Some(remedy) = &requirement.remedy {
        text.push_str(&format!("{}: {}\n", lang.pick("Wat nu", "Do"), remedy.say(lang)));
    }
    Some(text)
}

fn case(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (id, case) = catalogue.cases.iter().find(|(id, _)| id.as_str() == word)?;
    let role = entry::role(case.role.as_str());
    let mut text = format!("{id} · {}\n\n  {}\n\n", role.say(lang), case.purpose.say(lang));
    for requirement in &case.verifies {
        text.push_str(&format!("{} {requirement}\n", lang.pick("toetst", "verifies")));
    }
    let options = case.condition.iter().flat_map(|condition| &condition.options);
    for (option, values) in options {
        text.push_str(&format!("{} {option}: {}\n", lang.pick("alleen bij", "only where"), values.join(", ")));
    }
    for defect in &case.kills {
        text.push_str(&format!("{} {defect}\n", lang.pick("ontdekt", "kills")));
    }
    text.push('\n');
    for (index, step) in case.steps.iter().enumerate() {
        text.push_str(&format!("{:>2}. {}\n", index + 1, words::sentence(catalogue, step).say(lang)));
    }
    Some(text)
}

fn defect(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (profile, defect) = catalogue.defects.get(word)?;
    let role = entry::role(defect.role.as_str());
    let mut text = format!("{word} · {profile} · {}\n\n  {}\n\n", role.say(lang), defect.title.say(lang));
    for (id, _) in catalogue.cases.iter().filter(|(_, case)| case.kills.iter().any(|kill| kill.as_str() == word)) {
        text.push_str(&format!("{} {id}\n", lang.pick("ontdekt door", "killed by")));
    }
    Some(text)
}
