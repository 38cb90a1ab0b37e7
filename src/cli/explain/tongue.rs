//! The closed words of the language that a case is written with: heads, verbs, counterparts, faults, patterns, own actions.
//! Each in one sentence; how they are combined stands in `docs/writing-a-testcase.md`.

use crate::model::text::Lang;

/// What this word of the language means; some stand for two things.
pub(super) fn explained(word: &str, lang: Lang) -> Option<String> {
    let of = |(_, kind, nl, en): &(&str, Kind, &str, &str)| {
        format!("{word} · {}\n\n  {}\n", kind.say(lang), lang.pick(nl, en))
    };
    let texts: Vec<String> = WORDS.iter().filter(|(known, ..)| *known == word).map(of).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// Every word that `explained` knows.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, ..)| *word)
}

/// What sort of word it is.
#[derive(Clone, Copy)]
enum Kind {
    Head,
    Verb,
    Action,
    Counterpart,
    Fault,
    Pattern,
    Hostile,
    Frame,
    Expectation,
}

impl Kind {
    fn say(self, lang: Lang) -> &'static str {
        match self {
            Self::Head => lang.pick("begin van een stap", "the head of a step"),
            Self::Verb => lang.pick("wat een stap doet", "what a step does"),
            Self::Action => lang.pick("een handeling van de testtaal zelf", "an action of the language itself"),
            Self::Counterpart => lang.pick("een partij die wij naspelen", "a party that we play"),
            Self::Fault => lang.pick(
                "hoe een nagespeelde partij uitvalt: `be: { fault: … }`",
                "how a party that we play fails: `be: { fault: … }`",
            ),
            Self::Pattern => lang.pick(
                "een patroon van uitwisseling: `pattern: { declared: … }`",
                "a pattern of communication: `pattern: { declared: … }`",
            ),
            Self::Hostile => lang.pick(
                "een vorm van een slecht bericht: `body: { hostile: { form: … } }`",
                "a form of a bad message: `body: { hostile: { form: … } }`",
            ),
            Self::Frame => lang.pick("wanneer een stap plaatsvindt", "when a step takes place"),
            Self::Expectation => lang.pick("wat een stap verwacht", "what a step expects"),
        }
    }
}

const WORDS: &[(&str, Kind, &str, &str)] = &[
    (
        "given",
        Kind::Head,
        "uitgangspunt: lukt dit niet, dan stopt het testgeval en is er geen oordeel",
        "a premise: if it does not hold, the case stops and nothing is concluded",
    ),
    (
        "control",
        Kind::Head,
        "controleproef: mislukt deze, dan zegt zwijgen of weigeren niets meer",
        "an experiment that must succeed for silence or refusal to mean anything",
    ),
    (
        "around",
        Kind::Head,
        "controleproef die vóór de eerste en na de laatste beoordeelde stap wordt gedaan",
        "a control that is done before the first judged step and after the last",
    ),
    (
        "step",
        Kind::Head,
        "het enige waarop het systeem wordt beoordeeld",
        "the only thing that is judged about the system",
    ),
    (
        "ask",
        Kind::Verb,
        "stelt alle vragen van een reeks over één persoon",
        "asks every request of a set about one person",
    ),
    (
        "send",
        Kind::Verb,
        "stuurt één verzoek, dat in de stap zelf staat",
        "sends one request, which is written in the step",
    ),
    (
        "again",
        Kind::Verb,
        "stuurt het verzoek van een eerdere stap nog eens, ergens anders heen of met iets minder",
        "sends the request of an earlier step once more, elsewhere or with something left out",
    ),
    (
        "act",
        Kind::Verb,
        "laat het systeem iets doen, via de koppeling in het doelbestand",
        "has the system do something, by the binding in the target file",
    ),
    (
        "play",
        Kind::Verb,
        "zegt een nagespeelde partij wat zij doet: `up`, `unguarded`, `fault`, `holds`, `answers` of `lists`",
        "tells a party that we play what to do: `up`, `unguarded`, `fault`, `holds`, `answers` or `lists`",
    ),
    (
        "await",
        Kind::Verb,
        "wacht op wat het systeem aan nagespeelde partijen stuurt sinds de laatste aanleiding",
        "waits for what the system sends to parties that we play, since the latest trigger",
    ),
    (
        "look",
        Kind::Verb,
        "beoordeelt eerdere uitwisselingen opnieuw; er wordt niets verstuurd",
        "judges earlier exchanges again; nothing is sent",
    ),
    (
        "crawl",
        Kind::Verb,
        "zoekt vanuit een reeks vragen elke weg die naar een persoon leidt",
        "follows every route that leads to a person from a set of requests",
    ),
    (
        "sample",
        Kind::Verb,
        "vraagt door elkaar naar beschermden, onbekenden en bekenden, om ze te vergelijken",
        "asks in turn about the protected, the unknown and the known, to compare them",
    ),
    (
        "walk",
        Kind::Verb,
        "legt getrokken reeksen keuzes vast, in verschillende volgorden, en vraagt wat er open is",
        "records drawn sets of choices in several orders, and asks what is open",
    ),
    (
        "advance-clock",
        Kind::Action,
        "zet de klok van het systeem vooruit; is deze handeling gekoppeld, dan hoeft er niet te worden gewacht (`{{with.by}}`, `{{with.by-ms}}`)",
        "puts the system's clock forward; once bound, nothing has to be waited for (`{{with.by}}`, `{{with.by-ms}}`)",
    ),
    (
        "reach",
        Kind::Action,
        "laat het systeem één adres van ons aanroepen, zodat vaststaat dat het ons kan bereiken (`{{with.url}}`)",
        "has the system call one address of ours, so that it is known to reach us (`{{with.url}}`)",
    ),
    (
        "receiver",
        Kind::Counterpart,
        "aan wie iets wordt gestuurd; neemt uit zichzelf elke POST aan met 202",
        "to whom something is sent; takes any POST with 202 by itself",
    ),
    (
        "other-receiver",
        Kind::Counterpart,
        "een ander aan wie het had kunnen gaan; doet als `receiver`",
        "another to whom it could have gone; does as `receiver` does",
    ),
    (
        "sender",
        Kind::Counterpart,
        "wie iets verstuurt en klaarlegt; heeft uit zichzelf niets (404)",
        "who sends something and keeps it ready; has nothing by itself (404)",
    ),
    (
        "token-service",
        Kind::Counterpart,
        "waar tokens worden uitgegeven; geeft er uit zichzelf een op elke POST",
        "where tokens are issued; gives one for any POST by itself",
    ),
    (
        "consent-register",
        Kind::Counterpart,
        "waar keuzes centraal worden bewaard; vindt uit zichzelf niets",
        "where choices are kept centrally; finds nothing by itself",
    ),
    (
        "localisation-index",
        Kind::Counterpart,
        "waar staat wie gegevens over wie heeft; vindt uit zichzelf niets",
        "where it is kept who has data about whom; finds nothing by itself",
    ),
    (
        "directory",
        Kind::Counterpart,
        "waar adressen worden bewaard; vindt uit zichzelf niets",
        "where addresses are kept; finds nothing by itself",
    ),
    (
        "log-facility",
        Kind::Counterpart,
        "waar een systeem inzagen laat loggen; neemt uit zichzelf iedere AuditEvent aan (201)",
        "where a system has accesses logged; takes any AuditEvent by itself (201)",
    ),
    (
        "status-list",
        Kind::Counterpart,
        "waar de uitgever van de testcertificaten meldt welke zijn ingetrokken; geeft uit zichzelf een lijst die een dag geldt",
        "where the issuer of the test certificates says which are revoked; gives a list by itself that is good for a day",
    ),
    (
        "every-facility",
        Kind::Counterpart,
        "consent-register, localisation-index en directory tegelijk",
        "consent-register, localisation-index and directory together",
    ),
    (
        "refused",
        Kind::Fault,
        "er luistert niemand: de verbinding wordt geweigerd",
        "nobody listens: the connection is refused",
    ),
    ("silent", Kind::Fault, "de verbinding staat, en er komt niets", "the connection stands, and nothing comes"),
    ("error", Kind::Fault, "antwoordt 503", "answers 503"),
    ("wrong-answer", Kind::Fault, "antwoordt 200 met een webpagina", "answers 200 with a web page"),
    (
        "out-of-date",
        Kind::Fault,
        "geeft een lijst van ingetrokken certificaten die een uur geleden is geëindigd; alleen bij status-list",
        "gives a list of revoked certificates that ended an hour ago; of status-list alone",
    ),
    ("cut-off", Kind::Hostile, "het houdt halverwege op", "it ends in the middle"),
    (
        "deeply-nested",
        Kind::Hostile,
        "extensies in extensies, duizenden diep",
        "extensions within extensions, thousands deep",
    ),
    ("long-text", Kind::Hostile, "een notitie van een halve megabyte", "a note of half a megabyte"),
    (
        "pattern-trap",
        Kind::Hostile,
        "een lange reeks waarin een onzorgvuldige reguliere expressie vastloopt",
        "a long run in which a careless regular expression gets stuck",
    ),
    (
        "swelling",
        Kind::Hostile,
        "enkele honderden bytes die uitgepakt een halve megabyte zijn",
        "some hundred bytes that unpack to half a megabyte",
    ),
    (
        "meanwhile",
        Kind::Frame,
        "tijdens een eerdere stap: bij ieder verzoek daarvan, terwijl het loopt en nog eens als het is beantwoord",
        "during an earlier step: with each request of it, while it is under way and once more when it was answered",
    ),
    (
        "keeps-pace",
        Kind::Expectation,
        "een antwoord dat niet veel later komt dan het traagste van een eerdere stap",
        "an answer that comes not much later than the slowest of an earlier step",
    ),
    ("push", Kind::Pattern, "gegevens worden naar een ontvanger gestuurd", "data are sent to a recipient"),
    (
        "notified-pull",
        Kind::Pattern,
        "een ontvanger krijgt een seintje en haalt dan op",
        "a recipient is told, and then collects",
    ),
    ("directed-query", Kind::Pattern, "iemand bevraagt een bron die hij kent", "somebody asks a holder that is known"),
    (
        "indexed-query",
        Kind::Pattern,
        "iemand vindt een bron via een index, en bevraagt die",
        "somebody finds a holder through an index, and asks",
    ),
    (
        "pattern",
        Kind::Expectation,
        "gegevens gingen volgens het patroon dat is opgegeven, of een strenger",
        "data went by the pattern that is declared, or by a stricter one",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::counterpart::{Counterpart, EVERY_FACILITY, Outage};
    use crate::model::expectation::PatternWord;
    use crate::model::request::HostileForm;

    #[test]
    fn every_closed_word_is_explained_in_two_languages() {
        let words = Counterpart::ALL.map(Counterpart::as_str).into_iter().chain([EVERY_FACILITY]);
        let words = words.chain(Outage::ALL.map(Outage::as_str)).chain(PatternWord::ALL.map(PatternWord::as_str));
        let words = words.chain(HostileForm::ALL.map(HostileForm::as_str));
        for word in words.chain(names()) {
            let said = [Lang::Nl, Lang::En].map(|lang| explained(word, lang).unwrap_or_else(|| panic!("{word}")));
            assert_ne!(said[0], said[1], "{word}");
        }
    }
}
