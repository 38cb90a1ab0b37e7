//! The sentences of the page and of the summary for CI, Dutch and English side by side.
//! They say what the report holds; numbers come from the report and are never made here.

use super::{Label, both};
use crate::model::report::{CategoryConclusion, Completeness, Conclusion, Conformance, Said, Tally, TargetRef};
use crate::model::target::{Authorisation, Environment};
use crate::model::text::Lang;

/// What kept a run from showing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It did not reach its end.
    Interrupted,
    /// It was narrowed.
    Selection,
    /// Something was wrong before the first test.
    Preflight,
    /// Nothing of that kind.
    None,
}

/// The conclusion in one sentence.
#[must_use]
pub fn verdict(conclusion: &Conclusion, limit: Limit) -> Said {
    match conclusion.conformance {
        Conformance::Conformant => both(
            "Conform: elke verplichte eis die van toepassing is en getoetst kan worden, is beoordeeld en niet één is geschonden.",
            "Conformant: every mandatory requirement that applies and can be tested was judged, and not one was broken.",
        ),
        Conformance::NotConformant => both(
            "Niet conform: aan ten minste één verplichte eis is niet voldaan.",
            "Not conformant: at least one mandatory requirement was not met.",
        ),
        Conformance::NotShown => not_shown(limit, conclusion.completeness.judged),
    }
}

fn not_shown(limit: Limit, judged: u64) -> Said {
    match (limit, judged) {
        (Limit::Interrupted, _) => {
            both("Niet aangetoond: de toets is afgebroken.", "Not shown: the run was interrupted.")
        }
        (Limit::Selection, _) => both(
            "Niet aangetoond: alleen een gekozen deel van de eisen is getoetst.",
            "Not shown: only a chosen part of the requirements was tested.",
        ),
        (Limit::Preflight, 0) => both(
            "Niet aangetoond: het systeem kon zo niet worden getoetst. Wat eraan schort, staat bij ‘Gevonden vóór de eerste toets’.",
            "Not shown: the system could not be tested like this. What is wrong stands under “Found before the first test”.",
        ),
        (Limit::None, 0) => both(
            "Niet aangetoond: geen enkele verplichte eis kon worden beoordeeld.",
            "Not shown: not one mandatory requirement could be judged.",
        ),
        (Limit::Preflight | Limit::None, _) => both(
            "Niet aangetoond: geen verplichte eis is geschonden, maar niet elke verplichte eis kon worden beoordeeld.",
            "Not shown: no mandatory requirement was broken, but not every one could be judged.",
        ),
    }
}

/// The conclusion as a word.
#[must_use]
pub fn conformance(conformance: Conformance) -> Said {
    match conformance {
        Conformance::Conformant => both("conform", "conformant"),
        Conformance::NotConformant => both("niet conform", "not conformant"),
        Conformance::NotShown => both("niet aangetoond", "not shown"),
    }
}

/// How much was judged.
#[must_use]
pub fn completeness(of: Completeness) -> Said {
    let (judged, applicable) = (of.judged, of.applicable);
    both(
        format!("{judged} van {applicable} toepasselijke verplichte eisen beoordeeld"),
        format!("judged {judged} of {applicable} applicable mandatory requirements"),
    )
}

/// What is counted beside it.
#[must_use]
pub fn beside(of: Completeness) -> Vec<Said> {
    let mut all = Vec::new();
    match of.attested {
        0 => {}
        1 => {
            all.push(both("Daarnaast is 1 verplichte eis verklaard.", "Besides, 1 mandatory requirement is attested."))
        }
        n => all.push(both(
            format!("Daarnaast zijn {n} verplichte eisen verklaard."),
            format!("Besides, {n} mandatory requirements are attested."),
        )),
    }
    match of.not_yet {
        0 => {}
        1 => all.push(both(
            "Voor 1 verplichte eis bestaat nog geen toets.",
            "For 1 mandatory requirement no test exists yet.",
        )),
        n => all.push(both(
            format!("Voor {n} verplichte eisen bestaat nog geen toets."),
            format!("For {n} mandatory requirements no test exists yet."),
        )),
    }
    all
}

/// The conclusion about a kind of requirement.
#[must_use]
pub fn category(conclusion: CategoryConclusion) -> Said {
    match conclusion {
        CategoryConclusion::Meets => both("voldoet", "meets"),
        CategoryConclusion::MeetsWithRemarks => both("voldoet met opmerkingen", "meets with remarks"),
        CategoryConclusion::NotShown => both("niet aangetoond", "not shown"),
        CategoryConclusion::DoesNotMeet => both("voldoet niet", "does not meet"),
        CategoryConclusion::NotApplicable => both("niet van toepassing", "not applicable"),
    }
}

/// The rule behind it.
#[must_use]
pub fn category_rule(conclusion: CategoryConclusion) -> Said {
    match conclusion {
        CategoryConclusion::Meets => both(
            "aan elke toepasselijke verplichte eis is voldaan en geen aanbeveling is geschonden",
            "every applicable mandatory requirement was met and no recommendation was broken",
        ),
        CategoryConclusion::MeetsWithRemarks => both(
            "aan elke toepasselijke verplichte eis is voldaan, maar niet aan alles wat als aanbeveling telt",
            "every applicable mandatory requirement was met, but not everything that counts as a recommendation",
        ),
        CategoryConclusion::NotShown => both(
            "geen verplichte eis is geschonden, maar van ten minste één is niets gebleken",
            "no mandatory requirement was broken, but of at least one nothing was shown",
        ),
        CategoryConclusion::DoesNotMeet => {
            both("aan ten minste één verplichte eis is niet voldaan", "at least one mandatory requirement was not met")
        }
        CategoryConclusion::NotApplicable => both(
            "de rol is niet opgegeven, of de eisen gelden niet bij de opgegeven keuzes",
            "the role is not claimed, or the requirements do not hold under the options stated",
        ),
    }
}

/// A tally as words; what is zero is left out.
#[must_use]
pub fn tally(of: Tally) -> Said {
    let parts = [
        (of.met, "voldoet", "met"),
        (of.remarks, "met opmerking", "with a remark"),
        (of.failed, "voldoet niet", "not met"),
        (of.not_shown, "niet aangetoond", "not shown"),
        (of.attested, "verklaard", "attested"),
        (of.not_applicable, "niet van toepassing", "not applicable"),
    ];
    let shown = || parts.iter().filter(|(number, ..)| *number > 0);
    let nl: Vec<String> = shown().map(|(number, nl, _)| format!("{number}\u{a0}× {nl}")).collect();
    let en: Vec<String> = shown().map(|(number, _, en)| format!("{number}\u{a0}× {en}")).collect();
    both(nl.join(", "), en.join(", "))
}

/// Stamps that limit what a run can say.
#[must_use]
pub fn stamps(selection: bool, interrupted: bool) -> Vec<Said> {
    let mut all = Vec::new();
    if selection {
        all.push(both("Selectie: alleen het gekozen deel is getoetst.", "Selection: only the chosen part was tested."));
    }
    if interrupted {
        all.push(both(
            "Afgebroken: de toets is niet tot het einde gekomen.",
            "Interrupted: the run did not reach its end.",
        ));
    }
    all
}

/// What *self-tested* is.
#[must_use]
pub fn self_tested() -> Said {
    both("Zelf getoetst", "Self-tested")
}

/// What *self-tested* means.
#[must_use]
pub fn self_tested_means() -> Said {
    both(
        "Wie de toets uitvoerde, maakte ook dit verslag; niemand anders zag de uitwisselingen. Iedereen kan de opname opnieuw \
         beoordelen. Dat toont aan dat de oordelen uit de opname volgen, niet dat de uitwisselingen hebben plaatsgevonden.",
        "Whoever carried out the test also made this report; nobody else saw the exchanges. Anybody can judge the recording \
         again. That shows that the verdicts follow from the recording, not that the exchanges took place.",
    )
}

/// How anybody judges again.
#[must_use]
pub fn again() -> Said {
    both(
        "Met de map van deze toets geeft de opdracht hieronder dezelfde oordelen, zonder het getoetste systeem en zonder netwerk. \
         De nummers bij ‘Bewijs’ zijn regels in het bestand run.jsonl in die map.",
        "With the directory of this run the command below gives the same verdicts, without the system under test and without a \
         network. The numbers under “Evidence” are records in the file run.jsonl in that directory.",
    )
}

/// When two reports may stand side by side.
#[must_use]
pub fn comparing() -> Said {
    both(
        "Twee verslagen zijn alleen te vergelijken als de digest van de catalogus, de versie van Toetssteen, de opgegeven rollen en \
         de opgegeven keuzes gelijk zijn. Dit verslag geeft geen rapportcijfer en geen rangorde: een totaal verbergt juist de ene \
         tekortkoming waar het om gaat.",
        "Two reports can be compared only if the digest of the catalogue, the version of Toetssteen, the roles claimed and the \
         options stated are equal. This report gives no mark and no ranking: a total hides just the one shortcoming that matters.",
    )
}

/// What a legal reference is for.
#[must_use]
pub fn law() -> Said {
    both(
        "Een verwijzing naar een wet of norm geeft alleen de reden van een toets. Een juridisch oordeel geeft dit verslag niet.",
        "A reference to a law or standard gives only the reason for a check. This report gives no legal opinion.",
    )
}

/// What the strength of evidence is.
#[must_use]
pub fn strengths() -> Said {
    both(
        "Op de verbinding waargenomen: Toetssteen zag het zelf. Bevestigd door een programma van de leverancier, of verklaard door een \
         bediener: Toetssteen moest het aannemen. Bij elk oordeel staat het zwakste bewijs dat is gebruikt; het oordeel verandert er niet door.",
        "Seen on the wire: Toetssteen saw it itself. Acknowledged by a program of the supplier, or told by an operator: Toetssteen had to \
         take it on trust. Each verdict names the weakest evidence it used; the verdict does not change by it.",
    )
}

/// Who allowed the test, for what, until when.
#[must_use]
pub fn authorised(given: &Authorisation) -> Said {
    let (owner, until, environment) = (&given.owner, &given.until, environment(given.environment));
    both(
        format!("{owner}, {}, tot en met {until}", environment.nl),
        format!("{owner}, {}, up to {until}", environment.en),
    )
}

/// A kind of environment.
#[must_use]
pub fn environment(kind: Environment) -> Said {
    match kind {
        Environment::Test => both("testomgeving", "test environment"),
        Environment::Acceptance => both("acceptatieomgeving", "acceptance environment"),
        Environment::Production => both("productieomgeving", "production environment"),
    }
}

/// The product and its version; the name of the target file's system where no product is stated.
#[must_use]
pub fn product(target: &TargetRef) -> String {
    version(target).map_or_else(|| name(target).to_owned(), |version| format!("{} {version}", name(target)))
}

/// The product's name; that of the target file's system where none is stated, for two systems are not one product because
/// nobody named either.
#[must_use]
pub fn name(target: &TargetRef) -> &str {
    if stated(&target.product.name) { &target.product.name } else { &target.name }
}

/// The version of a product that has a name.
#[must_use]
pub fn version(target: &TargetRef) -> Option<&str> {
    let product = &target.product;
    (stated(&product.name) && stated(&product.version)).then_some(product.version.as_str())
}

/// Who makes it, where that is stated.
#[must_use]
pub fn maker(target: &TargetRef) -> Option<&str> {
    Some(target.product.vendor.as_str()).filter(|vendor| stated(vendor))
}

/// Whether a field was filled in: `init` writes that it was not, in the language it was run in.
#[must_use]
pub fn stated(text: &str) -> bool {
    !text.is_empty() && [Lang::Nl, Lang::En].iter().all(|lang| Label::NotStated.say(*lang) != text)
}

/// Who the people named in a report are.
#[must_use]
pub fn people() -> Said {
    both(
        "Namen zoals `opt` en `ctrl` zijn testpatiënten en testorganisaties. Zij bestaan alleen in deze toets.",
        "Names such as `opt` and `ctrl` are test patients and test organisations. They exist in this test only.",
    )
}
