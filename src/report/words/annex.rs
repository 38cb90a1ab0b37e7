//! The sentences of a requirement annex, Dutch and English side by side: what a buyer asks, how a bidder shows it, and
//! how the buyer checks it. `Backticks` mark what is typed literally; no text of a file of somebody else's stands in such a sentence.

use super::both;
use crate::model::report::Said;
use crate::model::tender::{Challenge, MinimumKind};
use crate::model::text::Lang;

macro_rules! headings {
    ($($name:ident: $nl:literal, $en:literal;)*) => {
        /// A heading or the name of a field of the annex.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Heading {
            $(#[doc = $en] $name,)*
        }

        impl Heading {
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

headings! {
    Annex: "Bijlage met eisen", "Requirement annex";
    Short: "In het kort", "In short";
    Buyer: "Aanbesteder", "Buyer";
    Issued: "Bekendgemaakt op", "Published on";
    Deadline: "Sluitingsdatum", "Deadline";
    Period: "De toets begint niet eerder dan", "The run begins no earlier than";
    Where: "Omgeving van de toets", "Environment of the run";
    Text: "Tekst van de aanbesteder", "Text issued by the buyer";
    Version: "Versie van Toetssteen", "Version of Toetssteen";
    Catalogue: "Digest van de catalogus", "Digest of the catalogue";
    ProfileRole: "Profiel en rol, zoals u ze opgeeft", "Profile and role, as you claim them";
    Edition: "Uitgave", "Edition";
    Digest: "Digest van het profiel", "Digest of the profile";
    AsBidder: "Zo toont een inschrijver dit aan", "How a bidder shows this";
    AsBuyer: "Zo controleert de aanbesteder dit", "How the buyer checks this";
    Requirements: "De eisen", "The requirements";
    Options: "Gevraagde keuzes", "Options asked for";
    Minimum: "Wat het verslag ten minste laat zien", "What the report shows at least";
    Wishes: "Wensen", "Wishes";
    Questions: "Vragen om schriftelijk te beantwoorden", "Questions to answer in writing";
    NoTest: "Waarom geen toets", "Why no test";
    Question: "Vraag aan de inschrijver", "Question to the bidder";
    Rules: "Wat telt als bewijs, en wat niet", "What counts as evidence, and what does not";
    Evidence: "Bewijs", "Evidence";
    Grave: "Ernst I", "Severity I";
    WhyText: "Waarom een tekst van de aanbesteder", "Why a text issued by the buyer";
    SelfTested: "Zelf getoetst", "Self-tested";
    Limits: "Wat een toets niet laat zien", "What a test does not show";
    Law: "Geen juridisch oordeel", "No legal opinion";
}

/// The annex in one sentence.
#[must_use]
pub fn lead(roles: usize, minimum: usize, questions: usize, deadline: &str) -> Said {
    let deadline = day(deadline);
    let nl = format!(
        "{} ({})",
        counted(minimum, 0, 0).nl,
        if roles == 1 { "1 rol".to_owned() } else { format!("{roles} rollen") }
    );
    let en = format!(
        "{} ({})",
        counted(minimum, 0, 0).en,
        if roles == 1 { "1 role".to_owned() } else { format!("{roles} roles") }
    );
    let (asked, answered) = match questions {
        0 => (String::new(), String::new()),
        1 => (", en beantwoordt 1 vraag schriftelijk".to_owned(), ", and answers 1 question in writing".to_owned()),
        n => (format!(", en beantwoordt {n} vragen schriftelijk"), format!(", and answers {n} questions in writing")),
    };
    both(
        format!(
            "De inschrijver laat uiterlijk op {} met een toetsverslag zien dat het systeem voldoet aan {nl}{asked}.",
            deadline.nl
        ),
        format!(
            "By {} at the latest the bidder shows by a test report that the system meets {en}{answered}.",
            deadline.en
        ),
    )
}

/// A day, written out; as it came if it is none.
#[must_use]
pub fn day(text: &str) -> Said {
    let Ok(day) = time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")) else {
        return both(text, text);
    };
    let said = super::moment::day(day);
    // A day stays together on its line.
    let whole = |text: &str| text.replace(' ', "\u{a0}");
    both(whole(&said.nl), whole(&said.en))
}

/// Who can do it with what.
#[must_use]
pub fn open_to_all() -> Said {
    both(
        "De toets is van buitenaf en vraagt van geen leverancier bepaalde techniek. Toetssteen is vrij te gebruiken; een account, een netwerk van anderen of een vergoeding is niet nodig.",
        "The test is from the outside and asks no supplier for a technique of its own. Toetssteen is free to use; no account, no network of others and no fee is needed.",
    )
}

/// What is asked of a role at least.
#[must_use]
pub fn minimum(kind: MinimumKind) -> Said {
    match kind {
        MinimumKind::Conformant => both(
            "Conform: elke verplichte eis die bij de opgegeven keuzes geldt en getoetst kan worden, is beoordeeld en niet één is geschonden.",
            "Conformant: every mandatory requirement that applies under the options stated and can be tested was judged, and not one was broken.",
        ),
        MinimumKind::Listed => both(
            "Aan de eisen hieronder is voldaan. De overige eisen van het profiel worden ook getoetst; hun uitkomst staat in het verslag en telt hier niet mee.",
            "The requirements below are met. The other requirements of the profile are tested too; how they end stands in the report and does not count here.",
        ),
    }
}

/// How many requirements of each kind.
#[must_use]
pub fn counted(minimum: usize, wishes: usize, questions: usize) -> Said {
    let parts = [
        (minimum, both("eis", "requirement"), both("eisen", "requirements")),
        (wishes, both("wens", "wish"), both("wensen", "wishes")),
        (questions, both("vraag", "question"), both("vragen", "questions")),
    ];
    let list = |lang: Lang| {
        let shown = parts.iter().filter(|(number, ..)| *number > 0);
        let words =
            shown.map(|(number, one, more)| format!("{number} {}", if *number == 1 { one } else { more }.say(lang)));
        words.collect::<Vec<_>>().join(", ")
    };
    both(list(Lang::Nl), list(Lang::En))
}

/// An option that is asked for.
#[must_use]
pub fn option_value(at_most: bool) -> Said {
    if at_most { both("ten hoogste", "at most") } else { both("de waarde", "the value") }
}

/// When a requirement applies.
#[must_use]
pub fn applies_with() -> Said {
    both("geldt als wordt opgegeven", "applies if this is stated")
}

/// That it is asked for by name.
#[must_use]
pub fn named() -> Said {
    both("wordt uitdrukkelijk gevraagd", "asked for by name")
}

/// That it is only tested in part.
#[must_use]
pub fn in_part() -> Said {
    both("de toets laat een deel hiervan zien", "the test shows a part of this")
}

/// That a declared MUST is only a wish.
#[must_use]
pub fn lowered() -> Said {
    both(
        "de verwachte waarden berusten niet op een nagelezen bron; een afwijking wordt gemeld en sluit niemand uit",
        "the expected values rest on no source that was read; a deviation is told and excludes nobody",
    )
}

/// What wishes are.
#[must_use]
pub fn wishes() -> Said {
    both(
        "Deze punten worden getoetst en in het verslag gemeld. Wie er niet aan voldoet, wordt daarom niet uitgesloten.",
        "These points are tested and told in the report. Whoever does not meet them is not excluded for it.",
    )
}

/// What questions are.
#[must_use]
pub fn questions() -> Said {
    both(
        "Deze eisen horen bij het profiel, maar er bestaat (nog) geen toets voor. De inschrijver beantwoordt ze in eigen woorden, met het bewijs dat er is.",
        "These requirements belong to the profile, but no test for them exists (yet). The bidder answers them in its own words, with the evidence that there is.",
    )
}

/// The question where the profile asks for no evidence of its own.
#[must_use]
pub fn how_met() -> Said {
    both(
        "Beschrijf hoe het systeem hieraan voldoet, wie dat heeft vastgesteld en wanneer, en voeg het bewijs toe.",
        "Describe how the system meets this, who established it and when, and enclose the evidence.",
    )
}

/// The text, where each bidder gets one of its own.
#[must_use]
pub fn own_text() -> Said {
    both(
        "elke inschrijver krijgt een eigen tekst, op aanvraag bij de aanbesteder",
        "each bidder gets a text of its own from the buyer, on request",
    )
}

/// What stands in a command for a text of one's own.
#[must_use]
pub fn own_text_here(lang: Lang) -> &'static str {
    lang.pick("EIGEN-TEKST", "OWN-TEXT")
}

/// The folder of a bid.
#[must_use]
pub fn folder(lang: Lang) -> &'static str {
    lang.pick("inschrijving", "bid")
}

/// The folder of a comparison.
#[must_use]
pub fn beside(lang: Lang) -> &'static str {
    lang.pick("vergelijking", "comparison")
}

/// One step, with what is typed or put into a file under it.
pub struct Told {
    /// What is done.
    pub says: Said,
    /// What is typed, or stands in a file.
    pub exact: Option<String>,
}

/// What a bidder does.
#[must_use]
pub fn bidder(version: &str, claims: &str, run: &str, own: &str, folder: &str) -> Vec<Told> {
    let told = |says, exact: Option<&str>| Told { says, exact: exact.map(str::to_owned) };
    vec![
        told(
            both(
                format!(
                    "Gebruik Toetssteen {version}, met de eisen die daarin zitten. Het verslag noemt de digest van de catalogus; die is gelijk aan de digest in deze bijlage."
                ),
                format!(
                    "Use Toetssteen {version} with the requirements that are in it. The report names the digest of the catalogue; it equals the digest in this annex."
                ),
            ),
            Some("toetssteen --version"),
        ),
        told(
            both(
                "Beschrijf het systeem in een doelbestand `toetssteen.yaml`, met in elk geval deze opgaven. Achter een `#` staat wat u zelf invult: geef bij elke keuze de waarde van uw systeem op, want wat daarvan afhangt en niet is opgegeven, wordt niet getoetst.",
                "Describe the system in a target file `toetssteen.yaml` with at least these claims. After a `#` stands what you fill in yourself: state for each option the value of your system, for what depends on it and is not stated is not tested.",
            ),
            Some(claims),
        ),
        told(
            both(
                "Kijk of de toets kan beginnen, en wat hij in het systeem aanmaakt en wijzigt. Er zijn alleen verzonnen testpersonen; er komen geen gegevens van echte patiënten aan te pas.",
                "See whether the test can begin, and what it creates and changes in the system. There are made-up test persons only; no data of real patients are involved.",
            ),
            Some("toetssteen doctor --target toetssteen.yaml\ntoetssteen plan --target toetssteen.yaml"),
        ),
        told(
            both(
                "Voer de hele toets uit, precies zo. Voeg alleen `--allow-exec` toe als uw doelbestand programma's start. Met `--profile`, `--case` of `--role` is de toets een deel, en een deel telt niet.",
                "Carry out the whole test, exactly like this. Add only `--allow-exec`, if your target file starts programs. With `--profile`, `--case` or `--role` the run is a part, and a part does not count.",
            ),
            Some(run),
        ),
        told(
            both("Controleer zelf wat de aanbesteder zal controleren.", "Check yourself what the buyer will check."),
            Some(own),
        ),
        told(
            both(
                format!(
                    "Dien de hele map `{folder}` in, ongewijzigd, met de antwoorden op de vragen. De map bevat geen wachtwoorden of sleutels: geheimen zijn vóór het opslaan vervangen."
                ),
                format!(
                    "Hand in the whole folder `{folder}`, unaltered, with the answers to the questions. It holds no passwords or keys: secrets were replaced before anything was stored."
                ),
            ),
            None,
        ),
    ]
}

/// What a buyer does.
#[must_use]
pub fn buyer(rejudge: &str, check: &str, compare: &str) -> Vec<Told> {
    let told = |says, exact: &str| Told { says, exact: Some(exact.to_owned()) };
    vec![
        told(
            both(
                "Laat elk verslag opnieuw beoordelen uit de opname in de map. Daar is het systeem niet voor nodig en geen netwerk. Past de map niet, dan is er iets gewijzigd, toegevoegd of verloren.",
                "Have each report judged again from the recording in its folder. That needs neither the system nor a network. If the folder does not fit, something was altered, added or lost.",
            ),
            rejudge,
        ),
        told(
            both(
                "Houd de map naast deze eisen. Ook dan wordt zij opnieuw beoordeeld, en wordt nagegaan of de testpersonen uit de tekst van de aanbesteder zijn getrokken. De afsluitcode is 0 als alles is aangetoond wat ten minste wordt gevraagd, 6 als dat niet zo is, en 2 als er niets te beoordelen viel.",
                "Hold the folder against these requirements. It is judged again then too, and it is looked whether the test persons were drawn from the text issued by the buyer. The command exits with 0 if the whole minimum was shown, with 6 if not, and with 2 if there was nothing to judge.",
            ),
            check,
        ),
        told(
            both(
                "Zet meer verslagen naast elkaar. Er komt geen rapportcijfer en geen rangorde uit: een totaal verbergt juist de ene tekortkoming waar het om gaat.",
                "Put several reports side by side. That gives no mark and no ranking: a total hides just the one shortcoming that matters.",
            ),
            compare,
        ),
    ]
}

/// What counts as evidence.
#[must_use]
pub fn evidence() -> Said {
    both(
        "Alleen wat in de opname van een volledige toets staat, telt als bewijs. Een eis die niet is beoordeeld, geldt als niet aangetoond, wat daarvan ook de reden is. Een weigering van het systeem telt alleen als hetzelfde verzoek ervoor en erna wel slaagt waar het mag.",
        "Only what stands in the recording of a whole run counts as evidence. A requirement that was not judged counts as not shown, whatever the reason. A refusal by the system counts only if the same request succeeds, before and after it, where it may.",
    )
}

/// What severity I is.
#[must_use]
pub fn grave() -> Said {
    both(
        "Bij ernst I kwamen gegevens bij iemand die daar geen recht op heeft. Zo'n bevinding staat het ten minste gevraagde altijd in de weg, ook bij een eis die hierboven niet is genoemd. Een ontheffing bestaat daarvoor niet: die zou alleen de patiënt kunnen geven.",
        "With severity I data reached someone not entitled to them. Such a finding always bars the minimum, also of a requirement that is not named above. There is no waiver for it: only the patient could give one.",
    )
}

/// Why there is a text.
#[must_use]
pub fn why_text(challenge: &Challenge) -> Said {
    let (nl, en) = match challenge {
        Challenge::Text(_) => (
            "De tekst is pas met deze bijlage bekendgemaakt, voor alle inschrijvers tegelijk.",
            "The text was made known with this annex and not before, to all bidders at once.",
        ),
        Challenge::PerBidder => (
            "Elke inschrijver krijgt een eigen tekst en houdt die voor zich, zodat niemand de opname van een ander kan indienen.",
            "Each bidder gets a text of its own and keeps it to itself, so that nobody can hand in the recording of another.",
        ),
    };
    both(
        format!(
            "Uit deze tekst worden de nummers en merktekens van de testpersonen getrokken. Een toets met deze tekst kan dus niet zijn uitgevoerd voordat de tekst bekend was. {nl} De tekst zegt niet wie de toets uitvoerde."
        ),
        format!(
            "From this text the numbers and markers of the test persons are drawn. A run with this text can therefore not have taken place before the text was known. {en} The text does not say who carried out the run."
        ),
    )
}

/// What no test shows.
#[must_use]
pub fn limits() -> Said {
    both(
        "Toetssteen kijkt van buitenaf. Of gegevens echt zijn gewist, wie bij de leverancier erbij kan, onder welk recht een bedrijf valt en hoe de organisatie ermee werkt, is zo niet te zien. Vraag daar apart naar.",
        "Toetssteen looks from the outside. Whether data were really erased, who at the supplier has access, under whose law a company falls and how the organisation works with it cannot be seen that way. Ask for that separately.",
    )
}

/// What the annex is not.
#[must_use]
pub fn law() -> Said {
    both(
        "Deze bijlage en de verslagen zeggen wat er is gemeten. Zij zeggen niet of een product, een verwerking of een inschrijving aan de wet voldoet; verwijzingen naar wetten en normen geven alleen de reden van een eis. Of deze eisen passend en evenredig zijn, beoordeelt de aanbesteder.",
        "This annex and the reports say what was measured. They do not say whether a product, a processing or a bid complies with the law; references to laws and standards give only the reason for a requirement. Whether these requirements are fitting and proportionate is for the buyer to judge.",
    )
}
