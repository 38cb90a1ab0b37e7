//! The sentences of the page for a working group, Dutch and English side by side.
//! They speak about a standard and its tests; about a product only as far as it says something of the standard.

use super::both;
use crate::model::report::Said;

/// A heading, or a sentence that stands under one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    Title,
    Reports,
    Coverage,
    CoverageMeans,
    Untested,
    UntestedMeans,
    NoneUntested,
    EveryoneFails,
    EveryoneFailsMeans,
    NobodyFails,
    OneProduct,
    NobodyJudged,
    NobodyJudgedMeans,
    AllJudged,
    Contradictions,
    ContradictionsMeans,
    NoContradictions,
    Interpretations,
    InterpretationsMeans,
    NoInterpretations,
    HowTested,
    CasesAndDefects,
    Ended,
    NoCase,
    NoDefect,
    Values,
    Chosen,
    Nobody,
    Unclaimed,
    OtherCatalogue,
    LeftOut,
    Steps,
}

/// Its words.
#[must_use]
pub fn heading(heading: Heading) -> Said {
    match heading {
        Heading::Title => both("Voor de werkgroep", "For the working group"),
        Heading::Reports => both("Verslagen waaruit dit is gemaakt", "Reports that this is made of"),
        Heading::Coverage => both("Dekking", "Coverage"),
        Heading::CoverageMeans => both(
            "Per eis: hoe diep zij is getoetst, door welke testgevallen, welke defecten die testgevallen moeten vinden, en hoe het \
             afliep. Of zij die defecten werkelijk vinden, laat `toetssteen prove` zien.",
            "For each requirement: how deeply it is tested, by which cases, which defects those cases must kill, and how it ended. \
             Whether they really kill them, `toetssteen prove` shows.",
        ),
        Heading::Untested => both("Eisen die niemand toetst", "Requirements that nobody tests"),
        Heading::UntestedMeans => both(
            "Voor deze eisen bestaat geen testgeval. Een eis die niet te toetsen is, is misschien anders te formuleren.",
            "No test case exists for these. A requirement that cannot be tested may have to be put another way.",
        ),
        Heading::NoneUntested => both("Voor elke eis bestaat een testgeval.", "Every requirement has a test case."),
        Heading::EveryoneFails => {
            both("Eisen waaraan geen enkel product voldoet", "Requirements that no product meets")
        }
        Heading::EveryoneFailsMeans => both(
            "Als elk product faalt, is het misschien een kwestie van de norm: onduidelijk, te streng of nog niet in te voeren.",
            "If every product fails, it may be a matter of the standard: unclear, too strict, or not ready to be built.",
        ),
        Heading::NobodyFails => both(
            "Er is geen eis waaraan elk beoordeeld product niet voldoet.",
            "There is no requirement that every product judged on it fails.",
        ),
        Heading::OneProduct => both(
            "Hiervoor zijn verslagen van ten minste twee producten nodig, met dezelfde catalogus beoordeeld.",
            "This takes reports of at least two products, judged with the same catalogue.",
        ),
        Heading::NobodyJudged => {
            both("Eisen waarop geen product is beoordeeld", "Requirements on which no product was judged")
        }
        Heading::NobodyJudgedMeans => both(
            "Er is wel een testgeval, maar in geen verslag kwam het tot een oordeel.",
            "There is a test case, but in no report it came to a verdict.",
        ),
        Heading::AllJudged => both(
            "Elke eis met een testgeval is bij ten minste één product beoordeeld.",
            "Every requirement with a test case was judged for at least one product.",
        ),
        Heading::Contradictions => both("Waar bronnen verschillen", "Where sources differ"),
        Heading::ContradictionsMeans => both(
            "Waar bronnen elkaar tegenspreken of meer dan één vorm toelaten, laat het profiel een keuze. Een leverancier wordt op zijn \
             eigen keuze getoetst en faalt nooit om die keuze zelf.",
            "Where sources contradict each other or allow more than one form, the profile leaves a choice. A supplier is tested on its \
             own choice and never fails for the choice itself.",
        ),
        Heading::NoContradictions => both("Het profiel laat geen keuzes.", "The profile leaves no choices."),
        Heading::Interpretations => both("Open interpretaties", "Open interpretations"),
        Heading::InterpretationsMeans => both(
            "Deze eisen rusten op een aanname of op wat algemeen bekend is, niet op een nagelezen bron. Waar ook de verwachte waarde \
             daarop rust, telt een verplichting als aanbeveling. De werkgroep kan hier de bron aanwijzen of de eis aanpassen.",
            "These requirements rest on an assumption or on common knowledge, not on a source that was read. Where the expected value \
             rests on it too, an obligation counts as a recommendation. The working group can name the source here or change the requirement.",
        ),
        Heading::NoInterpretations => {
            both("Elke eis rust op een nagelezen bron.", "Every requirement rests on a source that was read.")
        }
        Heading::HowTested => both("Hoe getoetst", "How tested"),
        Heading::CasesAndDefects => {
            both("Testgevallen, en de defecten die zij moeten vinden", "Test cases, and the defects they must kill")
        }
        Heading::Ended => both("Afloop", "How it ended"),
        Heading::NoCase => both("geen testgeval", "no test case"),
        Heading::NoDefect => both("geen defect genoemd", "no defect named"),
        Heading::Values => both("Mogelijk", "Possible"),
        Heading::Chosen => both("Gekozen", "Chosen"),
        Heading::Nobody => both("niemand gaf dit op", "nobody stated it"),
        Heading::Unclaimed => both("Profielen die in geen verslag voorkomen", "Profiles that no report is about"),
        Heading::OtherCatalogue => both(
            "Deze verslagen zijn met een andere catalogus beoordeeld dan die nu voorligt. Hieronder staat daarom alleen wat de \
             verslagen zelf zeggen: defecten alleen met hun kenmerk, keuzes alleen zoals opgegeven, en van de testgevallen niet \
             waarop hun verwachtingen rusten. Geef met `--catalogue` de catalogus van het verslag op om alles te zien.",
            "These reports were judged with another catalogue than the one at hand. So below stands only what the reports \
             themselves say: defects by their id only, options only as stated, and not what the cases' expectations rest on. Give \
             the report's catalogue with `--catalogue` to see everything.",
        ),
        Heading::LeftOut => both(
            "Niet meegeteld: met een andere catalogus of een andere versie van Toetssteen beoordeeld dan het eerste verslag.",
            "Not counted: judged with another catalogue or another version of Toetssteen than the first report.",
        ),
        Heading::Steps => both("Verwachtingen die hierop rusten", "Expectations that rest on it"),
    }
}

/// How deeply a requirement is tested.
#[must_use]
pub fn depth(verification: &str, depth: &str) -> Said {
    match (verification, depth) {
        ("test", "partial") => both("deels", "in part"),
        ("test", _) => both("volledig", "in full"),
        ("attestation", _) => both("verklaring met bewijs, geen toets", "statement with evidence, no test"),
        _ => both("nog geen toets", "no test yet"),
    }
}

/// How many requirements have a case, of how many.
#[must_use]
pub fn tested(tested: usize, all: usize) -> Said {
    both(
        format!("{tested} van {all} eisen hebben een testgeval."),
        format!("{tested} of {all} requirements have a test case."),
    )
}

/// How many products there are.
#[must_use]
pub fn products(number: usize) -> Said {
    match number {
        1 => both("1 product", "1 product"),
        n => both(format!("{n} producten"), format!("{n} products")),
    }
}
