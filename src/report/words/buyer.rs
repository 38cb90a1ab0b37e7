//! The sentences of the summary for a buyer, Dutch and English side by side.
//! Plain words only: no ids, no names of files or fields, no word that needs a glossary.

use super::both;
use crate::model::report::{Completeness, Conformance, Said};
use crate::model::verdict::{Gap, Outcome};

/// The verdict in one sentence.
#[must_use]
pub fn verdict(conformance: Conformance) -> Said {
    match conformance {
        Conformance::Conformant => both(
            "Het product voldoet aan alle verplichte eisen die gelden en die getoetst konden worden.",
            "The product meets every mandatory requirement that applies and that could be tested.",
        ),
        Conformance::NotConformant => both(
            "Het product voldoet niet: bij ten minste één verplichte eis is gezien dat het misgaat.",
            "The product does not comply: for at least one mandatory requirement it was seen to go wrong.",
        ),
        Conformance::NotShown => both(
            "Niet aangetoond: er is geen verplichte eis geschonden, maar niet alles wat verplicht is, is beoordeeld.",
            "Not shown: no mandatory requirement was broken, but not everything that is mandatory was judged.",
        ),
    }
}

/// How much the verdict rests on.
#[must_use]
pub fn judged(of: Completeness) -> Said {
    let (judged, applicable) = (of.judged, of.applicable);
    if applicable == 0 {
        return both("Er was geen verplichte eis te toetsen.", "There was no mandatory requirement to test.");
    }
    both(
        format!("Beoordeeld zijn {judged} van de {applicable} verplichte eisen die gelden en te toetsen zijn."),
        format!("{judged} of the {applicable} mandatory requirements that apply and can be tested were judged."),
    )
}

/// A heading of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    Title,
    Wrong,
    WrongMeans,
    WrongAndLeaked,
    Nothing,
    Remarks,
    RemarksMeans,
    Subjects,
    Shown,
    NothingShown,
    NotShown,
    AllShown,
    NotOffered,
    AllOffered,
    Ask,
    About,
    Where,
}

/// The words of a heading, or of the sentence that stands where there is nothing to list.
#[must_use]
pub fn heading(heading: Heading) -> Said {
    match heading {
        Heading::Title => both("Samenvatting voor de inkoper", "Summary for the buyer"),
        Heading::Wrong => both("Wat er misging", "What went wrong"),
        Heading::WrongMeans => both(
            "Aan deze verplichte eisen voldeed het product niet.",
            "The product did not meet these mandatory requirements.",
        ),
        Heading::WrongAndLeaked => both(
            "Aan deze eisen voldeed het product niet. Kwamen er gegevens bij iemand die daar geen recht op had, dan staat dat \
             hier ook als de eis zelf minder zwaar weegt.",
            "The product did not meet these requirements. Where data reached someone who was not entitled to it, that stands \
             here even where the requirement counts for less.",
        ),
        Heading::Nothing => both(
            "Bij de eisen die beoordeeld zijn, ging niets mis.",
            "Of the requirements that were judged, nothing went wrong.",
        ),
        Heading::Remarks => both("Wat beter kan", "What could be improved"),
        Heading::RemarksMeans => both(
            "Dit is aanbevolen, of de bron van de eis is minder zeker. Op zichzelf leidt het niet tot ‘voldoet niet’.",
            "This is recommended, or the source of the requirement is less certain. By itself it does not lead to “does not meet”.",
        ),
        Heading::Subjects => both("Oordeel per onderdeel", "Verdict by subject"),
        Heading::Shown => both("Wat is aangetoond", "What was shown"),
        Heading::NothingShown => both(
            "Van geen enkel onderdeel is aangetoond dat het product aan alles voldoet wat verplicht is.",
            "Of no subject it was shown that the product meets all that is mandatory.",
        ),
        Heading::NotShown => both("Wat niet is aangetoond, en waarom", "What was not shown, and why"),
        Heading::AllShown => both("Elke eis die geldt, is beoordeeld.", "Every requirement that applies was judged."),
        Heading::NotOffered => both("Wat niet wordt aangeboden", "What is not offered"),
        Heading::AllOffered => both(
            "De leverancier biedt alles aan wat deze normen beschrijven.",
            "The supplier offers all that these standards describe.",
        ),
        Heading::Ask => both("Wat u de leverancier kunt vragen", "What you can ask the supplier"),
        Heading::About => both("Over dit stuk", "About this summary"),
        Heading::Where => both(
            "Dit is een samenvatting. Wat er precies is gezien, met het bewijs erbij, staat in het volledige verslag: vraag de \
             leverancier erom. Vergelijk twee producten alleen als zij met dezelfde norm en dezelfde versie van de toets zijn \
             beoordeeld. Een oordeel over de wet geeft dit stuk niet.",
            "This is a summary. What exactly was seen, with the evidence, stands in the full report: ask the supplier for it. \
             Compare two products only if they were judged by the same standard and the same version of the test. This summary \
             gives no legal opinion.",
        ),
    }
}

/// The subjects of which all that is mandatory was met.
#[must_use]
pub fn shown(subjects: &Said) -> Said {
    both(
        format!(
            "Voor zover getoetst, voldoet het product aan alles wat verplicht is bij deze onderdelen: {}.",
            subjects.nl
        ),
        format!("As far as tested, the product meets all that is mandatory in these subjects: {}.", subjects.en),
    )
}

/// A rule that was broken, so that nobody reads the rule as what happened.
#[must_use]
pub fn not_kept(nl: &str, en: &str) -> Said {
    both(format!("Niet nagekomen: {nl}"), format!("Not kept: {en}"))
}

/// How bad it is, as a heading over what went wrong.
#[must_use]
pub fn gravity(severity: &str) -> Said {
    match severity {
        "I" => both(
            "Ernstig: gegevens kwamen bij iemand die daar geen recht op had",
            "Serious: data reached someone who was not entitled to it",
        ),
        "II" => both(
            "Een ander kon zien dat iemand patiënt is, of wat die patiënt koos",
            "Others could see that somebody is a patient, or what that patient chose",
        ),
        "III" => both(
            "De patiënt of de zorgverlener kon niet doen wat had gemoeten",
            "The patient or the care provider could not do what should have been possible",
        ),
        _ => both("Bewijs, documentatie of overdraagbaarheid", "Evidence, documentation or portability"),
    }
}

/// What a role does, for somebody who buys it.
#[must_use]
pub fn role(word: &str) -> Said {
    match word {
        "holder" => both("gegevens beschikbaar stellen aan wie ze opvraagt", "making data available to those who ask"),
        "requester" => both("gegevens bij anderen opvragen", "asking others for data"),
        "sender" => both("gegevens gericht versturen", "sending data to a chosen recipient"),
        "receiver" => both("toegestuurde gegevens ontvangen", "receiving data that others send"),
        "intermediary" => both("berichten tussen anderen doorgeven", "passing messages on between others"),
        "consent-register" => both("toestemmingen en bezwaren bijhouden", "keeping consents and objections"),
        "localisation-index" => {
            both("bijhouden wie gegevens van een patiënt heeft", "keeping who has data about a patient")
        }
        "token-service" => both("toegang verlenen", "granting access"),
        "patient-portal" => both("patiënten inzage geven", "giving patients access to their data"),
        "secondary-use-gateway" => {
            both("gegevens leveren voor onderzoek en beleid", "supplying data for research and policy")
        }
        other => both(other, other),
    }
}

/// Why nothing was shown, in the order in which a buyer can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The supplier did not give what the test needs.
    Supplier,
    /// The supplier did not say how the product works here.
    Unstated,
    /// It may not be done there.
    Forbidden,
    /// It was tried and no verdict came of it.
    Doubt,
    /// The test could not begin.
    SetUp,
    /// It was left out on purpose.
    LeftOut,
    /// There is no test.
    NoTest,
    /// A fault of the test.
    Ours,
}

impl Why {
    /// Why this outcome is no verdict.
    #[must_use]
    pub const fn of(outcome: Outcome) -> Option<Self> {
        Some(match outcome {
            Outcome::Pass | Outcome::Warn | Outcome::Fail | Outcome::NotApplicable | Outcome::Attested => return None,
            Outcome::NotTested(gap) => match gap {
                Gap::NoBinding
                | Gap::NoCredential
                | Gap::NoOperator
                | Gap::NoEndpoint
                | Gap::NoRequest
                | Gap::NoCast => Self::Supplier,
                Gap::OptionNotStated | Gap::Format => Self::Unstated,
                Gap::NotAuthorised | Gap::Production => Self::Forbidden,
                Gap::TooSlow | Gap::NotSelected => Self::LeftOut,
                Gap::NotYet => Self::NoTest,
            },
            Outcome::Inconclusive(_) => Self::Doubt,
            Outcome::ConfigError(_) => Self::SetUp,
            Outcome::Error(_) => Self::Ours,
        })
    }

    /// How many, about what, and why.
    #[must_use]
    pub fn say(self, number: usize, subjects: &Said) -> Said {
        let (nl, en) = match self {
            Self::Supplier => (
                "de leverancier gaf voor de toets niet wat daarvoor nodig is",
                "the supplier did not give the test what it needs",
            ),
            Self::Unstated => (
                "de leverancier gaf niet op welke mogelijkheid van de norm het product gebruikt",
                "the supplier did not state which option of the standard the product uses",
            ),
            Self::Forbidden => (
                "dit mocht op het getoetste systeem niet worden geprobeerd",
                "this could not be tried on the system under test",
            ),
            Self::Doubt => ("het is geprobeerd, maar gaf geen uitsluitsel", "it was tried, without a clear result"),
            Self::SetUp => (
                "de toets kon niet beginnen, omdat het systeem niet goed was ingericht of niet bereikbaar was",
                "the test could not begin, because the system was not set up or reachable",
            ),
            Self::LeftOut => ("dit is buiten deze toets gelaten", "it was left out of this test"),
            Self::NoTest => ("hiervoor bestaat nog geen toets", "no test exists for it yet"),
            Self::Ours => ("de toets zelf haperde", "the test itself failed"),
        };
        both(
            format!("{} ({}): {nl}", requirements(number).nl, subjects.nl),
            format!("{} ({}): {en}", requirements(number).en, subjects.en),
        )
    }

    /// What to ask, where the supplier can do something about it; the subjects are those concerned.
    #[must_use]
    pub fn ask(self, number: usize, subjects: &Said) -> Option<Said> {
        let (over, about) = (&subjects.nl, &subjects.en);
        let (eisen, of) = (requirements(number).nl, requirements(number).en);
        Some(match self {
            Self::Supplier => both(
                format!(
                    "Bij {eisen} ({over}) kon niet worden getoetst, omdat u er geen toegang, testpatiënten of testmiddelen \
                     voor gaf. Geeft u die alsnog, en laat u de toets overdoen?"
                ),
                format!(
                    "Of {of} ({about}) nothing could be tested, because you gave no access, test patients or test means. \
                     Will you give them, and have the test repeated?"
                ),
            ),
            Self::Unstated => both(
                format!(
                    "De norm laat bij {eisen} ({over}) een keuze, en u hebt niet opgegeven welke. Hoe werkt uw product hier?"
                ),
                format!(
                    "For {of} ({about}) the standard leaves a choice, and you did not state yours. How does your product work here?"
                ),
            ),
            Self::Forbidden => both(
                format!("Kunt u {eisen} ({over}) laten toetsen op een testomgeving waar dat wel mag?"),
                format!("Can you have {of} ({about}) tested in a test environment where that is allowed?"),
            ),
            Self::Doubt => both(
                format!(
                    "Bij {eisen} ({over}) gaf de toets geen uitsluitsel. Wat was de oorzaak, en wanneer toetst u opnieuw?"
                ),
                format!(
                    "Of {of} ({about}) the test gave no clear result. What was the cause, and when will you test again?"
                ),
            ),
            Self::SetUp => both(
                "De toets kon niet beginnen. Wanneer is uw testomgeving in orde en laat u de toets overdoen?",
                "The test could not begin. When is your test environment in order, and when will you repeat the test?",
            ),
            Self::LeftOut => {
                let (zijn, were) = if number == 1 { ("is", "was") } else { ("zijn", "were") };
                both(
                    format!(
                        "Waarom {zijn} {eisen} ({over}) buiten de toets gelaten? Kunnen wij een volledige toets krijgen?"
                    ),
                    format!("Why {were} {of} ({about}) left out of the test? Can we have a complete test?"),
                )
            }
            Self::NoTest => both(
                format!("Voor {eisen} ({over}) bestaat nog geen toets. Hoe toont u aan dat uw product eraan voldoet?"),
                format!("For {of} ({about}) no test exists yet. How do you show that your product meets them?"),
            ),
            Self::Ours => return None,
        })
    }
}

/// A number of requirements.
#[must_use]
pub fn requirements(number: usize) -> Said {
    match number {
        1 => both("1 eis", "1 requirement"),
        n => both(format!("{n} eisen"), format!("{n} requirements")),
    }
}

/// What to ask about data that reached someone not entitled.
#[must_use]
pub fn ask_leak(number: usize, subjects: &Said) -> Said {
    let (eisen, of) = (requirements(number).nl, requirements(number).en);
    both(
        format!(
            "In de toets kwamen gegevens van testpatiënten bij iemand die daar geen recht op had ({eisen}; {}). Kan dat bij uw klanten ook \
             gebeuren? Wanneer is het verholpen, en laat u dat met een nieuwe toets zien?",
            subjects.nl
        ),
        format!(
            "In the test, data of test patients reached someone who was not entitled to it ({of}; {}). Can this happen at your \
             customers too? When will it be mended, and will you show that with a new test?",
            subjects.en
        ),
    )
}

/// What to ask about other mandatory requirements that were broken.
#[must_use]
pub fn ask_broken(number: usize, subject: &Said) -> Said {
    let (eisen, of) = (requirements(number).nl, requirements(number).en);
    both(
        format!(
            "Aan {eisen} over ‘{}’ is niet voldaan. In welke versie is dat verholpen, en wanneer komt die uit?",
            subject.nl
        ),
        format!(
            "{of} about “{}”: not met. In which version is that mended, and when does it come out?",
            capital(&subject.en)
        ),
    )
}

/// What to ask about recommendations that were not followed.
#[must_use]
pub fn ask_remarks(number: usize, subjects: &Said) -> Said {
    both(
        format!(
            "Bij {} ({}) wijkt het product af van wat wordt aanbevolen. Waarom, en blijft dat zo?",
            requirements(number).nl,
            subjects.nl
        ),
        format!(
            "For {} ({}) the product departs from what is recommended. Why, and will that stay?",
            requirements(number).en,
            subjects.en
        ),
    )
}

/// What to ask about requirements that the test covers in part.
#[must_use]
pub fn ask_partial(number: usize, subjects: &Said) -> Said {
    both(
        format!(
            "Van {} ({}) is maar een deel getoetst. Hoe toont u aan dat het product ook aan de rest voldoet?",
            requirements(number).nl,
            subjects.nl
        ),
        format!(
            "Of {} ({}) only a part was tested. How do you show that the product meets the rest too?",
            requirements(number).en,
            subjects.en
        ),
    )
}

/// What to ask about what the supplier states.
#[must_use]
pub fn ask_attested(number: usize, subjects: &Said) -> Said {
    both(
        format!(
            "Aan {} ({}) voldoet u volgens uw eigen verklaring; van buiten is dat niet te zien. Wie tekende die verklaring, tot \
             wanneer geldt zij, en welk bewijs kunnen wij inzien?",
            requirements(number).nl,
            subjects.nl
        ),
        format!(
            "By your own statement you meet {} ({}); it cannot be seen from outside. Who signed that statement, until when does it \
             hold, and which evidence may we see?",
            requirements(number).en,
            subjects.en
        ),
    )
}

/// What to ask about evidence that had to be taken on trust.
#[must_use]
pub fn ask_trusted(number: usize) -> Said {
    both(
        format!(
            "Bij {} rust het oordeel mede op een bevestiging van uw kant. Mogen wij een keer meekijken als dat gebeurt?",
            requirements(number).nl
        ),
        format!(
            "For {} the verdict rests in part on a confirmation from your side. May we watch when that happens?",
            requirements(number).en
        ),
    )
}

/// What to ask about roles that are not offered.
#[must_use]
pub fn ask_unclaimed(roles: &Said) -> Said {
    both(
        format!("Uw product is niet getoetst op: {}. Biedt u dat aan, en zo ja, laat u het dan toetsen?", roles.nl),
        format!("Your product was not tested for: {}. Do you offer it, and if so, will you have it tested?", roles.en),
    )
}

/// What to ask where nobody else saw the test.
#[must_use]
pub fn ask_self_tested(with_challenge: bool) -> Said {
    if with_challenge {
        return both(
            "Mogen wij bij een volgende toets meekijken, of hem door een ander laten uitvoeren?",
            "May we watch the next test, or have somebody else carry it out?",
        );
    }
    both(
        "U hebt zelf getoetst. Wilt u de toets overdoen met een tekst die wij u geven, zodat vaststaat dat hij nieuw is, of mag een \
         ander hem uitvoeren?",
        "You tested yourself. Will you repeat the test with a text that we give you, so that it is certain to be new, or may somebody \
         else carry it out?",
    )
}

/// What to ask where the test is old.
#[must_use]
pub fn ask_outdated() -> Said {
    both(
        "De toets is meer dan een half jaar oud. Is de versie die wij krijgen dezelfde, en wilt u die opnieuw laten toetsen?",
        "The test is more than half a year old. Is the version that we get the same, and will you have it tested again?",
    )
}

/// What is left out of a list for want of room.
#[must_use]
pub fn more(number: usize) -> Said {
    match number {
        1 => both("En nog 1; dat staat in het volledige verslag.", "And 1 more; it stands in the full report."),
        n => both(
            format!("En nog {n}; die staan in het volledige verslag."),
            format!("And {n} more; they stand in the full report."),
        ),
    }
}

/// Names after each other, with the number of those left out.
#[must_use]
pub fn list(names: &[&Said], most: usize) -> Said {
    let shown = || names.iter().take(most);
    let join = |all: Vec<&str>| all.join("; ");
    let (nl, en) =
        (join(shown().map(|one| one.nl.as_str()).collect()), join(shown().map(|one| one.en.as_str()).collect()));
    match names.len().saturating_sub(most) {
        0 => both(nl, en),
        rest => both(format!("{nl}; en nog {rest}"), format!("{en}; and {rest} more")),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every outcome without a verdict has a reason, and every reason of the supplier's a question.
    #[test]
    fn whatever_was_not_shown_has_a_reason_in_plain_words() {
        let subjects = both("Lezen", "Reading");
        for outcome in Outcome::all() {
            let Some(why) = Why::of(outcome) else {
                assert!(super::super::because(outcome).is_none(), "{outcome:?}");
                continue;
            };
            let said = why.say(2, &subjects);
            let asked = why.ask(2, &subjects);
            assert_eq!(asked.is_none(), why == Why::Ours);
            for text in [said.nl, said.en].into_iter().chain(asked.into_iter().flat_map(|one| [one.nl, one.en])) {
                assert!(!text.contains('`') && !text.contains('_'), "{text}");
            }
        }
    }
}
