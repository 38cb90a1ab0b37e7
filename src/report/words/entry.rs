//! The words of a report's fields as a reader knows them: obligations, roles, severities, strengths.
//! The fields are text, so that reports of later versions stay readable; an unknown word is shown as it is.

use super::both;
use crate::model::report::{RequirementEntry, Said};
use crate::model::verdict::{Gap, Outcome};

fn as_it_is(word: &str) -> Said {
    both(word, word)
}

/// An outcome and its reason, as they stand in a report.
#[must_use]
pub fn parse(outcome: &str, reason: Option<&str>) -> Option<Outcome> {
    let text = reason.map_or_else(|| outcome.to_owned(), |reason| format!("{outcome}:{reason}"));
    serde_json::from_value(serde_json::Value::String(text)).ok()
}

/// What is said of a requirement, in a word or two.
#[must_use]
pub fn outcome(word: &str) -> Said {
    match word {
        "pass" => both("voldoet", "meets"),
        "warn" => both("opmerking", "remark"),
        "fail" => both("voldoet niet", "does not meet"),
        "inconclusive" => both("geen uitsluitsel", "inconclusive"),
        "error" => both("fout van Toetssteen", "fault of Toetssteen"),
        "config-error" => both("fout in de inrichting", "configuration error"),
        "not-tested" => both("niet getoetst", "not tested"),
        "not-applicable" => both("niet van toepassing", "not applicable"),
        "attested" => both("verklaard", "attested"),
        other => as_it_is(other),
    }
}

/// How a requirement ended, and why if it was not judged; in the profile's own words where it gives them.
#[must_use]
pub fn ended(one: &RequirementEntry) -> Said {
    let word = outcome(&one.outcome);
    let known = || parse(&one.outcome, one.reason.as_deref()).and_then(super::because);
    let unknown = || one.reason.as_deref().map(as_it_is);
    match one.because.clone().or_else(known).or_else(unknown) {
        Some(reason) => super::with(&word, &reason),
        None => word,
    }
}

/// What was missing, by name. Where the profile itself says why, the detail repeats it in English only.
#[must_use]
pub fn missing(one: &RequirementEntry) -> Option<&str> {
    one.detail.as_deref().filter(|detail| one.because.as_ref().is_none_or(|said| said.en != *detail))
}

/// How binding it is.
#[must_use]
pub fn obligation(word: &str) -> Said {
    match word {
        "must" => both("verplicht", "mandatory"),
        "should" => both("aanbevolen", "recommended"),
        "may" => both("facultatief", "optional"),
        other => as_it_is(other),
    }
}

/// How binding it is declared, and how binding it counts here.
#[must_use]
pub fn obligations(declared: &str, effective: &str) -> Said {
    let (as_declared, as_counted) = (obligation(declared), obligation(effective));
    if declared == effective {
        return as_declared;
    }
    both(
        format!("{}, telt hier als {}", as_declared.nl, as_counted.nl),
        format!("{}, counts as {} here", as_declared.en, as_counted.en),
    )
}

/// A role.
#[must_use]
pub fn role(word: &str) -> Said {
    match word {
        "holder" => both("bron", "holder"),
        "requester" => both("raadpleger", "requester"),
        "sender" => both("verzender", "sender"),
        "receiver" => both("ontvanger", "receiver"),
        "intermediary" => both("tussenpartij", "intermediary"),
        "consent-register" => both("toestemmingsregister", "consent register"),
        "localisation-index" => both("verwijsindex", "localisation index"),
        "token-service" => both("tokendienst", "token service"),
        "patient-portal" => both("patiëntportaal", "patient portal"),
        "secondary-use-gateway" => both("poort voor secundair gebruik", "secondary-use gateway"),
        other => as_it_is(other),
    }
}

/// A party that we stand in for.
#[must_use]
pub fn counterpart(word: &str) -> Said {
    match word {
        "receiver" => both("ontvanger", "receiver"),
        "other-receiver" => both("andere ontvanger", "other receiver"),
        "sender" => both("verzender", "sender"),
        "token-service" => both("tokendienst", "token service"),
        "consent-register" => both("toestemmingsregister", "consent register"),
        "localisation-index" => both("verwijsindex", "localisation index"),
        "directory" => both("adresboek", "directory"),
        "log-facility" => both("logvoorziening", "log facility"),
        "status-list" => both("lijst van ingetrokken certificaten", "list of revoked certificates"),
        "every-facility" => both("alle voorzieningen samen", "all facilities together"),
        other => as_it_is(other),
    }
}

/// A pattern of communication.
#[must_use]
pub fn pattern(word: &str) -> Said {
    match word {
        "push" => both("gericht verzenden", "sent to a recipient"),
        "notified-pull" => {
            both("gericht beschikbaar stellen na een seintje", "made available to a recipient who is told")
        }
        "directed-query" => both("gericht bevragen", "asked of a known holder"),
        "indexed-query" => both("ongericht bevragen", "found through an index, or open to others"),
        other => as_it_is(other),
    }
}

/// How a central facility fails.
#[must_use]
pub fn fault(word: &str) -> Said {
    match word {
        "refused" => both("weigert de verbinding", "refuses the connection"),
        "silent" => both("zwijgt", "is silent"),
        "error" => both("antwoordt met een foutmelding", "answers with an error"),
        "wrong-answer" => both("antwoordt met onzin", "answers nonsense"),
        "out-of-date" => both("geeft een verlopen lijst", "gives a list that has ended"),
        other => as_it_is(other),
    }
}

/// How bad a breach is.
#[must_use]
pub fn severity(word: &str) -> Said {
    match word {
        "I" => both(
            "ernst I: gegevens bij iemand die daar geen recht op heeft",
            "severity I: data reaching someone not entitled to it",
        ),
        "II" => both(
            "ernst II: het bestaan of de keuze van een patiënt blijkt",
            "severity II: the existence or the choice of a patient is revealed",
        ),
        "III" => both(
            "ernst III: zeggenschap of beschikbaarheid ontbreekt",
            "severity III: control or availability is missing",
        ),
        "IV" => both(
            "ernst IV: bewijs, documentatie of overdraagbaarheid ontbreekt",
            "severity IV: evidence, documentation or portability is missing",
        ),
        other => as_it_is(other),
    }
}

/// How something came to be known.
#[must_use]
pub fn evidence(word: &str) -> Said {
    match word {
        "wire" => both("op de verbinding waargenomen", "seen on the wire"),
        "hook" => both("bevestigd door een programma van de leverancier", "acknowledged by a program of the supplier"),
        "operator" => both("verklaard door een bediener", "told by an operator"),
        other => as_it_is(other),
    }
}

/// That a requirement is covered in part.
#[must_use]
pub fn partial() -> Said {
    both(
        "Deels gedekt: de testgevallen dekken niet de hele eis.",
        "Covered in part: the test cases do not cover the whole requirement.",
    )
}

/// How well a source is known.
#[must_use]
pub fn strength(word: &str) -> Said {
    match word {
        "verified" => both("nagelezen", "verified"),
        "known" => both("algemeen bekend, niet nagelezen", "common knowledge, not verified"),
        "guess" => both("aanname", "assumption"),
        "profile" => both("bepaald door het profiel", "set by the profile"),
        other => as_it_is(other),
    }
}

/// What a vendor does about something that was not tested.
#[must_use]
pub fn next(outcome: Outcome) -> Option<Said> {
    match outcome {
        // A missing test is ours to write; there is nothing to advise.
        Outcome::NotTested(Gap::NotYet) => None,
        Outcome::NotTested(gap) => Some(super::advice::gap(gap)),
        Outcome::Inconclusive(_) => Some(both(
            "Herstel eerst wat hieronder niet lukte en toets dan opnieuw.",
            "First mend what did not succeed below, then test again.",
        )),
        Outcome::ConfigError(fault) => Some(super::remedy(fault)),
        Outcome::Error(_) => Some(both(
            "Meld dit bij Toetssteen, met de map van deze toets.",
            "Report this to Toetssteen, with the directory of this run.",
        )),
        Outcome::Pass | Outcome::Warn | Outcome::Fail | Outcome::NotApplicable | Outcome::Attested => None,
    }
}

/// A finding without advice of its own.
#[must_use]
pub fn look_closer() -> Said {
    both(
        "Bekijk de genoemde records in run.jsonl; `toetssteen explain` met de eis erachter geeft uitleg.",
        "Look at the records named in run.jsonl; `toetssteen explain` followed by the requirement explains it.",
    )
}

/// How often the same was seen.
#[must_use]
pub fn times(times: u64) -> Option<Said> {
    (times > 1).then(|| both(format!("{times} keer hetzelfde waargenomen"), format!("the same was seen {times} times")))
}

/// For how long after an action the old answer was still given, within what the profile allows.
#[must_use]
pub fn effect(milliseconds: u64) -> Said {
    match milliseconds / 1000 {
        0 => both(
            "Gemeten: binnen een seconde na de handeling werkte zij.",
            "Measured: the action took effect within a second.",
        ),
        1 => both(
            "Gemeten: tot 1 seconde na de handeling werkte zij nog niet.",
            "Measured: up to 1 second after the action it had not taken effect yet.",
        ),
        seconds => both(
            format!("Gemeten: tot {seconds} seconden na de handeling werkte zij nog niet."),
            format!("Measured: up to {seconds} seconds after the action it had not taken effect yet."),
        ),
    }
}

/// The recording in which the numbers of a case's records stand, seen from the folder of the report.
#[must_use]
pub fn recording(part: Option<u32>) -> String {
    part.map_or_else(|| "run.jsonl".to_owned(), |part| format!("parts/{part}/run.jsonl"))
}

/// The records that show it.
#[must_use]
pub fn records(numbers: &[u64], part: Option<u32>) -> Said {
    let file = recording(part);
    let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match numbers {
        [] => both("Geen record", "No record"),
        [_] => as_it_is(&format!("Record {list} in {file}")),
        _ => as_it_is(&format!("Records {list} in {file}")),
    }
}
