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
    Challenge: "Tekst van de opdrachtgever", "Text issued by the buyer";
    LeftBehind: "Aangemaakt en niet opgeruimd", "Created and not removed";
    HowToRead: "Hoe dit verslag te lezen", "How to read this report";
    Again: "Opnieuw beoordelen", "Judging again";
    Comparing: "Verslagen vergelijken", "Comparing reports";
    People: "Testpersonen", "Test persons";
    NotStated: "niet opgegeven", "not stated";
    Law: "Wetsverwijzingen", "Legal references";
    Conclusions: "De oordelen per onderdeel", "The conclusions by subject";
    Strengths: "Sterkte van het bewijs", "Strength of the evidence";

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
