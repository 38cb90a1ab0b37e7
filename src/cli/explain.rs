//! `explain`: what a word of a report, a diagnostic or the catalogue means.
//! Codes first, then requirements, cases, defects, and the reasons of outcomes.

use super::args::{Common, Explain};
use super::{load, stream};
use crate::language::catalogue::Catalogue;
use crate::language::code::Code;
use crate::model::id::RequirementId;
use crate::model::text::Lang;
use crate::model::verdict::{Doubt, Fault, Gap, Trouble};
use crate::report::words;
use serde::de::DeserializeOwned;

/// Runs the command.
pub fn run(command: &Explain, common: &Common) -> u8 {
    let lang: Lang = common.lang.into();
    if let Some(code) = Code::named(&command.word) {
        stream::out(&format!("{}\n", code.rule().text()));
        return 0;
    }
    if let Some(text) = reason(&command.word, lang) {
        stream::out(&text);
        return 0;
    }
    let catalogue = match load::catalogue(common) {
        Ok(catalogue) => catalogue,
        Err(code) => return code,
    };
    let found = requirement(&catalogue, &command.word, lang)
        .or_else(|| case(&catalogue, &command.word, lang))
        .or_else(|| defect(&catalogue, &command.word, lang));
    match found {
        Some(text) => {
            stream::out(&text);
            0
        }
        None => stream::refuse(&format!(
            "nothing is called `{}`; `toetssteen list` shows requirements, cases and defects",
            command.word
        )),
    }
}

fn parse<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// A reason, with the outcome it belongs to.
fn reason(word: &str, lang: Lang) -> Option<String> {
    let (outcome, said) = parse::<Doubt>(word)
        .map(|doubt| ("inconclusive", words::doubt(doubt)))
        .or_else(|| parse::<Gap>(word).map(|gap| ("not-tested", words::gap(gap))))
        .or_else(|| parse::<Fault>(word).map(|fault| ("config-error", words::fault(fault))))
        .or_else(|| parse::<Trouble>(word).map(|trouble| ("error", words::trouble(trouble))))?;
    let mut text = format!("{outcome} ({word}): {}\n", said.say(lang));
    if let Some(fault) = parse::<Fault>(word) {
        text.push_str(&format!("{}\n", words::remedy(fault).say(lang)));
    }
    Some(text)
}

fn requirement(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let id: RequirementId = word.parse().ok()?;
    let (profile, requirement) = catalogue.requirement(&id)?;
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    let mut text =
        format!("{id} · {} {}\n\n  {}\n\n", profile.title.say(lang), profile.edition, requirement.text.say(lang));
    let kind = |value: serde_json::Value| value.as_str().unwrap_or_default().to_uppercase();
    let obligation = serde_json::to_value(requirement.obligation).map(kind).unwrap_or_default();
    let severity = serde_json::to_value(requirement.severity).map(kind).unwrap_or_default();
    text.push_str(&format!(
        "{}: {obligation} · {}: {severity}\n",
        t("Verplichting", "Obligation"),
        t("ernst", "severity")
    ));
    for source in &requirement.sources {
        let strength = serde_json::to_value(source.strength)
            .map(|v| v.as_str().unwrap_or_default().to_owned())
            .unwrap_or_default();
        text.push_str(&format!("{}: {} ({strength})\n", t("Bron", "Source"), source.cite));
    }
    for (case, file) in catalogue.cases.iter().filter(|(_, case)| case.verifies.contains(&id)) {
        text.push_str(&format!("{}: {case} — {}\n", t("Testgeval", "Case"), file.purpose.say(lang)));
    }
    if let Some(remedy) = &requirement.remedy {
        text.push_str(&format!("{}: {}\n", t("Wat nu", "Do"), remedy.say(lang)));
    }
    Some(text)
}

fn case(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (id, case) = catalogue.cases.iter().find(|(id, _)| id.as_str() == word)?;
    let mut text = format!("{id} · {}\n\n  {}\n\n", case.role, case.purpose.say(lang));
    for requirement in &case.verifies {
        text.push_str(&format!("verifies {requirement}\n"));
    }
    for defect in &case.kills {
        text.push_str(&format!("kills {defect}\n"));
    }
    text.push('\n');
    for (index, step) in case.steps.iter().enumerate() {
        text.push_str(&format!("{:>2}. {}\n", index + 1, words::sentence(catalogue, step).say(lang)));
    }
    Some(text)
}

fn defect(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (profile, defect) = catalogue.defects.get(word)?;
    let mut text = format!("{word} · {profile} · {}\n\n  {}\n\n", defect.role, defect.title.say(lang));
    for (id, _) in catalogue.cases.iter().filter(|(_, case)| case.kills.iter().any(|kill| kill.as_str() == word)) {
        text.push_str(&format!("killed by {id}\n"));
    }
    Some(text)
}
