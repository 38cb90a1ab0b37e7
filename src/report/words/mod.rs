//! Every sentence a reader sees, Dutch and English side by side.
//! Nothing here decides anything; it says what was decided.

pub mod advice;
pub mod annex;
pub mod banner;
pub mod bid;
pub mod buyer;
pub mod compare;
pub mod diff;
pub mod entry;
mod fact;
pub mod gate;
pub mod group;
mod label;
pub mod meaning;
mod moment;
pub mod page;
mod step;
pub mod tap;
mod wanted;

pub use fact::{expected, observed};
pub use label::Label;
pub use moment::{day, period, utc};
pub use step::sentence;

use crate::model::report::Said;
use crate::model::verdict::{Doubt, Fault, Gap, Outcome, Trouble};

/// A sentence in both languages.
#[must_use]
pub fn both(nl: impl Into<String>, en: impl Into<String>) -> Said {
    Said { nl: nl.into(), en: en.into() }
}

/// An outcome with its reason, as a few words.
#[must_use]
pub fn outcome(outcome: Outcome) -> Said {
    let word = entry::outcome(outcome.word());
    match because(outcome) {
        Some(reason) => with(&word, &reason),
        None => word,
    }
}

fn with(outcome: &Said, reason: &Said) -> Said {
    both(format!("{}: {}", outcome.nl, reason.nl), format!("{}: {}", outcome.en, reason.en))
}

/// Why there is no verdict, where there is none.
#[must_use]
pub fn because(outcome: Outcome) -> Option<Said> {
    match outcome {
        Outcome::Pass | Outcome::Warn | Outcome::Fail | Outcome::Attested | Outcome::NotApplicable => None,
        Outcome::Inconclusive(reason) => Some(doubt(reason)),
        Outcome::Error(reason) => Some(trouble(reason)),
        Outcome::ConfigError(reason) => Some(fault(reason)),
        Outcome::NotTested(reason) => Some(gap(reason)),
    }
}

/// Why there is no verdict where every case is about options other than those stated.
#[must_use]
pub fn no_case_here() -> Said {
    both(
        "bij de keuzes die zijn opgegeven, bestaat voor deze eis nog geen toets",
        "under the options stated there is no test of this requirement yet",
    )
}

/// Why something is inconclusive.
#[must_use]
pub fn doubt(doubt: Doubt) -> Said {
    match doubt {
        Doubt::ControlFailed => both("een controleproef slaagde niet", "a control did not succeed"),
        Doubt::SetupRefused => {
            both("de uitgangssituatie kwam niet tot stand", "the premise could not be brought about")
        }
        Doubt::StimulusNotConfirmed => both("de handeling is niet bevestigd", "the action was not acknowledged"),
        Doubt::Underpowered => both("te weinig waarnemingen", "too few observations"),
        Doubt::Nondeterministic => both("dezelfde vraag gaf twee oordelen", "the same request gave two verdicts"),
        Doubt::TimedOut => both("geen antwoord binnen de tijd", "no answer in time"),
        Doubt::Transport => both("de verbinding brak af", "the connection broke"),
        Doubt::RateLimited => {
            both("het systeem vroeg om langzamer te gaan (429)", "the target asked us to slow down (429)")
        }
        Doubt::ForeignData => both("er kwamen gegevens van anderen mee", "data of people outside the test came along"),
        Doubt::Vacuous => both("er is niets aangetoond", "nothing was shown"),
        Doubt::EvidenceDoesNotFit => both("de opname past niet bij het plan", "the recording does not fit the plan"),
        Doubt::Aborted => both("de toets is afgebroken", "the run was broken off"),
    }
}

/// Why something was not tested.
#[must_use]
pub fn gap(gap: Gap) -> Said {
    match gap {
        Gap::NoBinding => both("een handeling is niet gekoppeld", "an action has no binding"),
        Gap::NoCredential => both("een partij heeft geen inloggegevens", "a party has no credential"),
        Gap::NoOperator => both("er is geen bediener aanwezig", "no operator is present"),
        Gap::NoEndpoint => both("een eindpunt is niet opgegeven", "an endpoint is not given"),
        Gap::NoRequest => both(
            "er is niets te vragen: capability statement en doelbestand noemen er geen verzoek voor",
            "there is nothing to ask: neither capability statement nor target file names a request for it",
        ),
        Gap::NoCast => both("een testpatiënt ontbreekt", "a test patient is missing"),
        Gap::NotAuthorised => both("de toestemming om te toetsen dekt dit niet", "the authorisation does not cover it"),
        Gap::Production => both("te zwaar voor een productieomgeving", "too heavy for production"),
        Gap::OptionNotStated => {
            both("een keuze uit het profiel is niet opgegeven", "an option of the profile is not stated")
        }
        Gap::Format => {
            both("een bericht van ons bestaat niet in dit formaat", "a message of ours does not exist in this format")
        }
        Gap::TooSlow => both("het zou langer duren dan is toegestaan", "it would take longer than allowed"),
        Gap::NotSelected => both("niet geselecteerd", "not selected"),
        Gap::NotYet => both("hiervoor bestaat nog geen testgeval", "there is no case for it yet"),
    }
}

/// Why a MUST counts as a SHOULD.
#[must_use]
pub fn lowered_whole() -> Said {
    both(
        "Telt als aanbeveling: de verwachte waarden berusten op algemene kennis of een aanname, niet op een nagelezen bron.",
        "Counts as a SHOULD: the expected values rest on common knowledge or a guess, not on a source that was read.",
    )
}

/// Why a broken MUST is only a warning.
#[must_use]
pub fn lowered_part() -> Said {
    both(
        "Telt als opmerking: wat hier niet klopt, berust op algemene kennis of een aanname; de rest van de eis is wel getoetst.",
        "Counts as a warning: what does not hold here rests on common knowledge or a guess; the rest of the requirement was tested.",
    )
}

/// What pre-flight found.
#[must_use]
pub fn fault(fault: Fault) -> Said {
    match fault {
        Fault::Name => both("de naam van de server is onbekend", "the host name does not resolve"),
        Fault::Port => both("er antwoordt geen server", "no server answers"),
        Fault::Tls => both("het certificaat wordt niet vertrouwd", "the certificate is not trusted"),
        Fault::Credential => both("de inloggegevens worden geweigerd", "the credential is refused"),
        Fault::Cast => both("de testpatiënten konden niet worden aangemaakt", "the cast could not be brought in"),
        Fault::Version => both("het systeem spreekt een andere FHIR-versie", "the target speaks another FHIR version"),
        Fault::Claims => both("de opgaven spreken elkaar tegen", "the claims contradict each other"),
    }
}

/// What to do about a fault that pre-flight found.
#[must_use]
pub fn remedy(fault: Fault) -> Said {
    match fault {
        Fault::Name => both(
            "Controleer de hostnaam in het doelbestand en of deze machine hem kan vinden.",
            "Check the host name in the target file, and that this machine can resolve it.",
        ),
        Fault::Port => both(
            "Controleer of het systeem draait en of poort en pad kloppen.",
            "Check that the system is running and that port and path are right.",
        ),
        Fault::Tls => both(
            "Geef de uitgever van het certificaat op onder `trust`, of vervang een verlopen of verkeerd certificaat.",
            "Name the certificate's issuer under `trust`, or replace an expired or wrong certificate.",
        ),
        Fault::Credential => both(
            "Controleer client-id, sleutel of geheim van deze partij, en of de tokendienst haar kent.",
            "Check client id, key or secret of this party, and that the token service knows it.",
        ),
        Fault::Cast => both(
            "Geef de partij `writer` rechten om patiënten aan te maken, of kies onder `cast` voor `preloaded` of `fixture`.",
            "Let the party `writer` create patients, or choose `preloaded` or `fixture` under `cast`.",
        ),
        Fault::Version => both(
            "Wijzig de regel `fhir:` bij de claim in het doelbestand.",
            "Change the line `fhir:` of the claim in the target file.",
        ),
        Fault::Claims => both(
            "Los de tegenspraak tussen de opgaven in het doelbestand op.",
            "Resolve the contradiction between the claims in the target file.",
        ),
    }
}

/// Why we are at fault.
#[must_use]
pub fn trouble(trouble: Trouble) -> Said {
    match trouble {
        Trouble::Internal => both("in het programma zelf", "in the program itself"),
        Trouble::Storage => both("de opslag", "the disk"),
        Trouble::Limit => both("een ingestelde grens is bereikt", "a configured limit was reached"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of the published format is for programs; a reader of Dutch meets Dutch.
    #[test]
    fn no_outcome_or_reason_is_said_by_its_code() {
        for one in Outcome::all() {
            let said = outcome(one);
            let codes = [Some(one.word().to_owned()), one.reason()];
            for code in codes.into_iter().flatten().filter(|code| code.contains('-')) {
                assert!(!said.nl.contains(&code), "{code}: {}", said.nl);
            }
            let word = entry::outcome(one.word());
            assert_ne!(word.nl, word.en, "{one:?}");
            assert_eq!(because(one).is_some(), one.reason().is_some(), "{one:?}");
            assert!(because(one).is_none_or(|reason| reason.nl != reason.en), "{one:?}");
        }
    }
}
