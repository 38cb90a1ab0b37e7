//! The words that cases are made of: members of the cast, options, actions, request sets, named sets.
//! Whoever writes a case, or the target file for it, asks here what is already there.

use crate::language::catalogue::Catalogue;
use crate::model::cast::{Choice, Patient};
use crate::model::profile::{Action, NamedSet, Profile, ProfileOption};
use crate::model::request::RequestSet;
use crate::model::text::Lang;

/// All that has this name; two profiles may each have an option of it.
pub(super) fn explained(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let mut texts: Vec<String> = patient(catalogue, word, lang).into_iter().collect();
    texts.extend(organisation(catalogue, word, lang));
    for profile in catalogue.profiles.values() {
        let options = profile.options.iter().filter(|option| option.id.as_str() == word);
        texts.extend(options.map(|one| option(profile, one, lang)));
        let actions = profile.actions.iter().filter(|action| action.id.as_str() == word);
        texts.extend(actions.map(|one| action(profile, one, lang)));
        let sets = profile.sets.iter().filter(|(name, _)| name.as_str() == word);
        texts.extend(sets.map(|(_, set)| named_set(profile, word, set, lang)));
    }
    texts.extend(catalogue.sets.values().filter(|set| set.id.as_str() == word).map(|set| requests(set, lang)));
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// Every name that `explained` knows.
pub(super) fn names(catalogue: &Catalogue) -> impl Iterator<Item = &str> {
    let cast = catalogue.cast.patients.keys().chain(catalogue.cast.organisations.keys()).map(|id| id.as_str());
    let profiles = catalogue.profiles.values().flat_map(|profile| {
        let options = profile.options.iter().map(|option| option.id.as_str());
        let actions = profile.actions.iter().map(|action| action.id.as_str());
        options.chain(actions).chain(profile.sets.keys().map(|name| name.as_str()))
    });
    cast.chain(profiles).chain(catalogue.sets.keys().map(|id| id.as_str()))
}

fn patient(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (member, patient) = catalogue.cast.patients.iter().find(|(member, _)| member.as_str() == word)?;
    let lead = format!("{member} · {}\n\n", lang.pick("een patiënt van de cast", "a patient of the cast"));
    let (record, treated_by, choice) = match patient {
        Patient::Never => {
            let says = lang.pick(
                "heeft nooit bestaan; wel met een nummer, een naam en een id waarnaar gevraagd kan worden",
                "never existed, yet has a number, a name and an id that can be asked for",
            );
            return Some(format!("{lead}  {says}\n"));
        }
        Patient::Record(record) => {
            let says = lang.pick("dossier", "record");
            (format!("{says}: {}", record.fixture), &record.treated_by, record.choice)
        }
        Patient::Twin(twin) => {
            // Lint sees to it that a twin has somebody to be like.
            let Some(Patient::Record(model)) = catalogue.cast.patients.get(&twin.of) else { return Some(lead) };
            let says = lang.pick(
                format!("dossier: als dat van {}, met evenveel gegevens van elke soort en een andere inhoud", twin.of),
                format!("record: like that of {}, with as many data of each kind and other content", twin.of),
            );
            (says, twin.treated_by.as_ref().unwrap_or(&model.treated_by), twin.choice.unwrap_or(model.choice))
        }
    };
    let treated_by = treated_by.iter().map(|organisation| organisation.as_str()).collect::<Vec<_>>().join(", ");
    let nobody = lang.pick("niemand", "nobody");
    let treated_by = if treated_by.is_empty() { nobody } else { &treated_by };
    let choice = match choice {
        Choice::Open => lang.pick(
            "open: wat het keuzeregime vraagt om opvragen toe te staan",
            "open: whatever the choice regime needs to allow retrieval",
        ),
        Choice::Unset => lang.pick("geen: er is nooit een keuze vastgelegd", "none: no choice was ever recorded"),
    };
    let (by, begins) =
        (lang.pick("onder behandeling bij", "treated by"), lang.pick("keuze bij het begin", "choice at the beginning"));
    Some(format!("{lead}  {record}\n  {by}: {treated_by}\n  {begins}: {choice}\n"))
}

fn organisation(catalogue: &Catalogue, word: &str, lang: Lang) -> Option<String> {
    let (member, organisation) = catalogue.cast.organisations.iter().find(|(member, _)| member.as_str() == word)?;
    let kind =
        lang.pick("een organisatie van de cast: `as` in een stap", "an organisation of the cast: `as` in a step");
    Some(format!("{member} · {kind}\n\n  {}\n", organisation.title.say(lang)))
}

fn option(profile: &Profile, option: &ProfileOption, lang: Lang) -> String {
    let kind = lang.pick("een keuze van", "an option of");
    let values = option.values.join(if option.default.is_some() { " – " } else { ", " });
    let default = option
        .default
        .as_ref()
        .map_or_else(String::new, |span| format!("; {} {span}", lang.pick("zonder opgave", "if not stated")));
    let label = lang.pick("waarden", "values");
    format!("{} · {kind} {}\n\n  {}\n  {label}: {values}{default}\n", option.id, profile.id, option.title.say(lang))
}

fn action(profile: &Profile, action: &Action, lang: Lang) -> String {
    let kind = lang.pick("een handeling van", "an action of");
    let mut text = format!("{} · {kind} {}\n\n  {}\n", action.id, profile.id, action.title.say(lang));
    let mut list = |label: &str, words: &[crate::model::id::Word]| {
        if !words.is_empty() {
            let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
            text.push_str(&format!("  {label}: {}\n", words.join(", ")));
        }
    };
    list("with", &action.with);
    list(lang.pick("geeft terug", "returns"), &action.returns);
    if let Some(undo) = &action.undo {
        text.push_str(&format!("  {}: {undo}\n", lang.pick("teruggenomen met", "taken back by")));
    }
    text
}

fn named_set(profile: &Profile, word: &str, set: &NamedSet, lang: Lang) -> String {
    let kind = lang.pick("een lijst van", "a list of");
    let holds = match set {
        NamedSet::Words(words) => words.join(", "),
        NamedSet::Capability(_) => {
            lang.pick("gelezen uit het capability statement", "read from the capability statement").to_owned()
        }
    };
    format!("{word} · {kind} {}\n\n  {holds}\n", profile.id)
}

fn requests(set: &RequestSet, lang: Lang) -> String {
    let kind = lang.pick("een reeks verzoeken", "a request set");
    let mut text = format!("{} · {kind}\n\n  {}\n", set.id, set.title.say(lang));
    let width = set.requests.iter().map(|request| request.id.as_str().len()).max().unwrap_or(0);
    for request in &set.requests {
        let method = serde_json::to_value(request.http.method).unwrap_or_default();
        let method = method.as_str().unwrap_or_default().to_owned();
        text.push_str(&format!("  {:<width$}  {method} {}\n", request.id.as_str(), request.http.path));
    }
    text
}
