//! What an outcome says of the system, for whoever looks its word up.
//! The word itself is the matter of `entry`; a reason explains itself.

use super::both;
use crate::model::report::Said;

/// What it means that something ended like this; none for a word that is no outcome.
#[must_use]
pub fn outcome(word: &str) -> Option<Said> {
    Some(match word {
        "pass" => both(
            "Alles wat deze eis verwacht, is waargenomen, en elke controleproef slaagde.",
            "Everything that the requirement expects was seen, and every control succeeded.",
        ),
        "warn" => both(
            "Een aanbeveling (SHOULD) is geschonden, of een verplichte eis waarvan de verwachte waarde niet op een nagelezen bron berust.",
            "A recommendation (SHOULD) is broken, or a mandatory requirement whose expected value rests on no source that was read.",
        ),
        "fail" => both(
            "Een verplichte eis (MUST) is geschonden; het verslag noemt de uitwisseling waaruit dat blijkt.",
            "A mandatory requirement (MUST) is broken; the report names the exchange that shows it.",
        ),
        "inconclusive" => both(
            "Er is getoetst, maar niet gebleken of het systeem voldoet; dat is geen tekortkoming van het systeem.",
            "It was tested, and whether the system meets it was not shown; that is no shortcoming of the system.",
        ),
        "error" => both(
            "De fout ligt bij Toetssteen; over het systeem zegt dit niets.",
            "The fault lies with Toetssteen; it says nothing about the system.",
        ),
        "config-error" => both(
            "Vóór het eerste testgeval bleek dat zo niet getoetst kan worden: het doelbestand of de inrichting klopt niet.",
            "Before the first case it showed that testing like this is impossible: target file or set-up is not right.",
        ),
        "not-tested" => both(
            "Hierover is niets gevraagd; de reden zegt wat ervoor ontbrak.",
            "Nothing was asked about this; the reason says what was missing for it.",
        ),
        "not-applicable" => both(
            "De rol is niet opgegeven, of de eis geldt niet bij de opgegeven keuzes.",
            "The role is not claimed, or the requirement does not apply under the options stated.",
        ),
        "attested" => both(
            "Van buiten is dit niet te toetsen; de leverancier verklaart het en voegt bewijs toe.",
            "This cannot be tested from outside; the supplier states it and adds evidence.",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::OUTCOMES;

    #[test]
    fn every_outcome_has_a_meaning_and_no_other_word_has() {
        for word in OUTCOMES {
            let said = outcome(word).expect(word);
            assert!(said.nl != said.en && said.nl.ends_with('.') && said.en.ends_with('.'), "{word}");
        }
        assert_eq!(outcome("control-failed"), None);
    }
}
