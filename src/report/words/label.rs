//! Headings and labels of a report that people read, Dutch and English side by side.
//! A label names a field; what stands in the field comes from elsewhere.

use crate::model::text::Lang;

macro_rules! labels {
    ($($name:ident: $nl:literal, $en:literal;)*) => {
        /// A heading, or the name of a field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Label {
            $(#[doc = $en] $name,)*
        }

        impl Label {
            /// The words in this language.
            #[must_use]
            pub const fn say(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::Nl) => $nl, (Self::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

labels! {
    Report: "Toetsverslag", "Test report";
    Language: "Taal", "Language";
    Contents: "Inhoud", "Contents";
    Conclusion: "Conclusie", "Conclusion";
    LeakFirst: "Gegevens kwamen bij iemand die daar geen recht op had", "Data reached someone who was not entitled to it";

    Findings: "Bevindingen", "Findings";
    NoFindings: "Bij de eisen die beoordeeld zijn, is niets gevonden dat niet klopt.", "Of the requirements that were judged, none was found to be broken.";
    NothingJudged: "Er is geen eis beoordeeld. Waarom niet, staat onder ‘Niet aangetoond’.", "No requirement was judged. Under “Not shown” stands why.";
    Verdict: "Oordeel", "Verdict";
    Expected: "Verwacht", "Expected";
    Observed: "Waargenomen", "Observed";
    Evidence: "Bewijs", "Evidence";
    Requirement: "Eis", "Requirement";
    WhatNow: "Wat nu", "What now";
    MoreObservations: "Verdere waarnemingen bij deze eis", "Further observations on this requirement";
    Case: "Testgeval", "Test case";
    Step: "stap", "step";
    Exchange: "Uitwisseling", "Exchange";
    NoObservation: "Hierover staat geen waarneming in het verslag.", "The report holds no observation of this.";
    Sources: "Reden van deze eis", "Why this requirement exists";
    Declared: "Toelichting van de eigenaar", "Explanation by the owner";

    Categories: "Oordeel per onderdeel", "Conclusion by subject";
    Category: "Onderdeel", "Subject";
    Requirements: "Eisen", "Requirements";
    Must: "Verplicht", "Mandatory";
    Should: "Aanbevolen", "Recommended";
    Options: "Opgegeven keuzes", "Options stated";
    Unclaimed: "Niet opgegeven rollen", "Roles not claimed";
    UnclaimedMeans: "De leverancier geeft niet op dat het product deze rollen vervult; daarom is hierover niets getoetst.", "The supplier does not state that the product fulfils these roles, so nothing of them was tested.";

    Outages: "Als een centrale voorziening uitvalt", "When a central facility is out";
    OutagesMeans: "Elk vakje is één keer beproefd: de voorziening in de rij viel uit op de manier boven de kolom, en daarna moest de uitwisseling doorgaan.", "Each cell was tried once: the facility of the row was out in the way of the column, and the exchange then had to go on.";
    Facility: "Voorziening", "Facility";

    Preflight: "Gevonden vóór de eerste toets", "Found before the first test";

    NotShown: "Niet aangetoond", "Not shown";
    NotShownMeans: "Van deze eisen is niet gebleken dat het product eraan voldoet, en ook niet dat het er niet aan voldoet.", "Of these requirements it did not appear that the product meets them, nor that it does not.";
    EverythingShown: "Elke eis die van toepassing is, is beoordeeld.", "Every requirement that applies was judged.";
    Reason: "Reden", "Reason";
    Missing: "Wat ontbrak", "What was missing";

    Passed: "Voldoet", "Meets";
    PassedMeans: "Klap een onderdeel open om de eisen te lezen waaraan is voldaan.", "Unfold a part to read the requirements that were met.";
    NothingPassed: "Van geen enkele eis is gebleken dat het product eraan voldoet.", "Of no requirement it appeared that the product meets it.";
    NotApplicable: "Niet van toepassing", "Not applicable";
    NotApplicableMeans: "Deze eisen gelden niet bij de keuzes die de leverancier opgeeft.", "These requirements do not hold under the options that the supplier states.";

    About: "Over deze toets", "About this test";
    Product: "Product", "Product";
    Supplier: "Leverancier", "Supplier";
    Version: "Versie", "Version";
    Target: "Getoetst systeem", "System under test";
    Profiles: "Profielen", "Profiles";
    Date: "Datum", "Date";
    Origin: "Herkomst", "Origin";
    CatalogueDigest: "Digest van de catalogus", "Digest of the catalogue";
    RunDigest: "Digest van de opname", "Digest of the recording";
    RunId: "Kenmerk van de toets", "Identity of the run";
    Judge: "Versie van Toetssteen", "Version of Toetssteen";
    Exchanges: "Uitwisselingen", "Exchanges";
    Authorisation: "Toestemming om te toetsen", "Authorisation to test";
    Endpoints: "Adressen", "Addresses";
    Bindings: "Hoe handelingen zijn verricht", "How actions were carried out";
    Seed: "Toevalsgetal", "Seed";
    Challenge: "Tekst van de aanbesteder", "Text issued by the buyer";
    LeftBehind: "Aangemaakt en niet opgeruimd", "Created and not removed";
    HowToRead: "Hoe dit verslag te lezen", "How to read this report";
    Again: "Opnieuw beoordelen", "Judging again";
    Comparing: "Verslagen vergelijken", "Comparing reports";
    People: "Testpersonen", "Test persons";
    NotStated: "niet opgegeven", "not stated";
    Law: "Wetsverwijzingen", "Legal references";
    Conclusions: "De oordelen per onderdeel", "The conclusions by subject";
    Strengths: "Sterkte van het bewijs", "Strength of the evidence";

    Comparison: "Vergelijking van toetsverslagen", "Comparison of test reports";
    OnlyDifferences: "Alleen verschillen", "Differences only";
    OnlyDifferencesOn: "Alleen eisen waarin de verslagen verschillen, staan hieronder.", "Only requirements in which the reports differ stand below.";
    NotToCompare: "Wat niet te vergelijken is", "What cannot be compared";
    NotToCompareMeans: "Gearceerd staat wat naast elkaar is gezet en toch niet te vergelijken is: een verschil daarin zegt niets over de producten.", "Hatched is what stands side by side and still cannot be compared: a difference there says nothing about the products.";
    AllToCompare: "De verslagen zijn op alle onderdelen te vergelijken.", "The reports can be compared in all their parts.";
    ToKnow: "Ook goed om te weten", "Also good to know";
    Vantage: "Vanaf welke plek in het netwerk is getoetst, staat niet in de verslagen. Vergelijk gemeten tijden alleen als die plek dezelfde was.", "The reports do not say from which place in the network they were made. Compare measured times only if that place was the same.";
    Reports: "De verslagen", "The reports";
    ReportsOrder: "De volgorde is die waarin de verslagen zijn opgegeven, en betekent niets.", "The order is that in which the reports were given, and means nothing.";
    Environment: "Omgeving", "Environment";
    Matrix: "Eisen naast elkaar", "Requirements side by side";
    RoleConclusion: "Conclusie over deze rol", "Conclusion about this role";
    ForAll: "Wat voor alle geldt", "What holds for all";
    AllFail: "Aan deze eisen voldoet geen enkel product", "None meets these requirements";
    AllFailMeans: "Van de producten waarvan de verslagen hier vergelijkbaar zijn, voldoet er geen. Dat kan een kwestie van de norm zijn: is de eis duidelijk en haalbaar?", "Of the products whose reports can be compared here, none meets it. That may be a matter of the standard: is the requirement clear, and can it be met?";
    AllMeet: "Aan deze eisen voldoen alle producten", "All meet these requirements";
    AllMeetMeans: "Elk product waarvan het verslag hier vergelijkbaar is, voldoet.", "Every product whose report can be compared here meets it.";
    NothingForAll: "Er is geen eis waarvoor dat geldt.", "There is no requirement of which that holds.";
    Quantities: "Wat is gemeten", "What was measured";
    NothingMeasured: "In deze verslagen is niets gemeten dat naast elkaar te zetten is.", "These reports hold nothing measured that can be laid side by side.";
    EffectMeans: "Een tijd is het laatste moment waarop het oude antwoord nog kwam, in hele seconden; kleinere verschillen zijn niet gemeten.", "A time is the last moment at which the old answer still came, in whole seconds; smaller differences were not measured.";
    Details: "Per eis", "By requirement";
    DetailsMeans: "Wat elk verslag over een eis zegt, met het bewijs waar iets niet klopt of niet is gebleken.", "What each report says of a requirement, with the evidence where something is broken or was not shown.";
    NotComparable: "niet vergelijkbaar", "not comparable";
    Hatched: "Gearceerd, met ≠", "Hatched, with ≠";
    HatchedMeans: "Niet te vergelijken met de andere vakjes; de reden staat boven de kolom of bij de eis.", "Not to be compared with the other cells; the reason stands above the column or with the requirement.";
    NotOfferedMeans: "De leverancier geeft niet op dat het product deze rol vervult.", "The supplier does not state that the product fulfils this role.";
    AbsentMeans: "Dit verslag kent deze eis niet; het is met andere profielen gemaakt.", "This report does not know this requirement; it was made with other profiles.";
    NoTotal: "Geen totaal", "No total";
    NoTotalMeans: "Deze vergelijking telt niets op en geeft geen rangorde: een totaal verbergt juist de ene tekortkoming waar het om gaat. Gelijk is gelijk.", "This comparison sums up nothing and gives no ranking: a total hides just the one shortcoming that matters. Equal is equal.";
    TooManyForPaper: "Zoveel verslagen passen niet naast elkaar op papier. Gebruik het werkboek.", "So many reports do not fit side by side on paper. Use the workbook.";
    OnPaper: "Op papier staan hieronder alleen eisen waarin de verslagen verschillen of waarbij iets is waargenomen dat niet klopt.", "On paper only requirements in which the reports differ, or of which something wrong was observed, stand below.";
    OpensReport: "verslag", "report";
    Weight: "Gevolg", "Consequence";
    Values: "Waarde", "Value";
    Outcome: "Uitkomst", "Outcome";
    Severity: "Ernst", "Severity";
    Obligation: "Verplichting", "Obligation";
    Role: "Rol", "Role";
    Profile: "Profiel", "Profile";
    Comparable: "Vergelijkbaar", "Comparable";
    Together: "Samen", "Together";
    WhatDiffers: "Wat verschilt", "What differs";
    Unit: "Eenheid", "Unit";
    Age: "Ouderdom in dagen", "Age in days";
    Text: "Wat de eis zegt", "What the requirement says";
    CategoryConclusion: "Oordeel over dit onderdeel", "Conclusion about this subject";
    Quantity: "Wat is gemeten", "What was measured";
    Judged: "Verplichte eisen beoordeeld", "Mandatory requirements judged";
    Applicable: "Verplichte eisen die gelden", "Mandatory requirements that apply";
    Narrowed: "Beperkt tot een keuze", "Narrowed to a choice";
    Which: "Verslag", "Report";
    Time: "Tijd", "Time";
    CutOff: "Afgebroken", "Cut off";
    SelfTested: "Zelf getoetst", "Self-tested";
    NotKept: "Niet nagekomen", "Not kept";
    AgainstTender: "Naast de aanbesteding gelegd", "Held against the tender";
    BidMeets: "Toont wat wordt gevraagd", "Shows what is demanded";
    BidMeetsNot: "Voldoet niet aan de eisen van de aanbesteding", "Does not meet the tender";
    BidNotShown: "Toont het gevraagde niet", "Does not show what is demanded";
    Reasons: "Waarom", "Why";
    InWords: "In één zin", "In one sentence";
    Caveats: "Verder van belang", "Also of importance";
    OutcomeCode: "Uitkomst (code)", "Outcome (code)";
    Deadline: "Sluitingsdatum", "Deadline";
    Overview: "Alle eisen in één oogopslag", "All requirements at a glance";
    OverviewMeans: "Elk vakje is één eis en leidt naar wat erover is gevonden. De letters:", "Each box is one requirement and leads to what was found about it. The letters:";
    AllRequirements: "Alle eisen", "All requirements";
    Filter: "Toon", "Show";
    FilterOpen: "niet aangetoond", "not shown";
    FilterMust: "alleen verplicht", "mandatory only";
    FilterSeverity: "Ernst", "Severity";
    FilterAll: "alle", "all";
    FilterFirst: "alleen I", "I only";
    FilterSecond: "I en II", "I and II";
    FilterRole: "Rol", "Role";
    FilterActive: "Er is een filter aan: niet alles staat op het scherm. Op papier staat altijd alles.", "A filter is on: not everything is on the screen. On paper everything stands.";
    Attested: "Verklaard, niet getoetst", "Attested, not tested";
    AttestedMeans: "Dit is van buiten niet te zien. De leverancier verklaart het; het is niet getoetst.", "This cannot be seen from outside. The supplier states it; it was not tested.";
    Waived: "Ontheffing", "Waiver";
    Skip: "Naar de bevindingen", "To the findings";
    Parts: "Delen", "Parts";
    ReportDigest: "Digest van het verslag", "Digest of the report";
    AsOf: "Gelezen op", "Read on";
}
