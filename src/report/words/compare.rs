//! The sentences of a comparison, Dutch and English side by side.
//! None of them ranks: they say what differs, what is the same for all, and what may not be laid side by side.

use super::{both, entry, page};
use crate::model::comparison::{ABSENT, Difference, NOT_OFFERED, Together};
use crate::model::id::RequirementId;
use crate::model::report::Said;
use crate::model::target::Environment;

/// What a report says of a requirement, in a word or two; the words of the page, and two more.
#[must_use]
pub fn state(word: &str) -> Said {
    match word {
        NOT_OFFERED => both("niet aangeboden", "not offered"),
        ABSENT => both("staat niet in dit verslag", "not in this report"),
        other => entry::outcome(other),
    }
}

/// The same as a letter, for a table with many columns: that of the page, so that a letter says one thing in both.
#[must_use]
pub fn letter(word: &str) -> Said {
    match word {
        NOT_OFFERED => both("A", "O"),
        ABSENT => both("-", "-"),
        other => super::banner::letter(other),
    }
}

/// What differs, in a few words.
#[must_use]
pub fn difference(kind: Difference) -> Said {
    match kind {
        Difference::Catalogue => both("andere profielen of testgevallen", "other profiles or cases"),
        Difference::Judge => both("andere versie van Toetssteen", "another version of Toetssteen"),
        Difference::Edition => both("andere uitgave van het profiel", "another edition of the profile"),
        Difference::Environment => both("ander soort omgeving", "another kind of environment"),
        Difference::Parameters => both("andere instellingen van de toets", "other settings of the test"),
        Difference::Age => both("te oud, of zonder bruikbare datum", "too old, or without a date that is of use"),
        Difference::Options => both("andere keuzes opgegeven", "other options stated"),
        Difference::Roles => both("rol niet overal aangeboden", "role not offered by all"),
        Difference::Executed => both("andere testgevallen uitgevoerd", "other cases carried out"),
        Difference::Ceiling => both("ander hoogste tempo van verzoeken", "another ceiling of the request rate"),
        Difference::Challenge => both("niet overal een tekst van de aanbesteder", "not all with a text of the buyer"),
        Difference::Independence => both("niet even onafhankelijk getoetst", "not tested equally independently"),
        Difference::Narrowed => both("toets beperkt of afgebroken", "run narrowed or cut off"),
        Difference::SameRun => both("dezelfde toets", "the same run"),
    }
}

/// Why it may not be compared, or what has to be known, in one sentence.
#[must_use]
pub fn obstacle(kind: Difference) -> Said {
    match kind {
        Difference::Catalogue => both(
            "Deze verslagen zijn niet met dezelfde profielen en testgevallen gemaakt; de digest van de catalogus verschilt.",
            "These reports were not made with the same profiles and test cases; the digest of the catalogue differs.",
        ),
        Difference::Judge => both(
            "Deze verslagen zijn niet door dezelfde versie van Toetssteen beoordeeld. Met `toetssteen rejudge` kan dat alsnog.",
            "These reports were not judged by the same version of Toetssteen. With `toetssteen rejudge` they still can be.",
        ),
        Difference::Edition => both(
            "Niet elk product is aan dezelfde uitgave van dit profiel getoetst.",
            "Not every product was tested against the same edition of this profile.",
        ),
        Difference::Environment => both(
            "Niet elk product is in hetzelfde soort omgeving getoetst.",
            "Not every product was tested in the same kind of environment.",
        ),
        Difference::Parameters => both(
            "Niet elk product is met dezelfde instellingen getoetst.",
            "Not every product was tested with the same settings.",
        ),
        Difference::Age => both(
            "Deze verslagen zijn te oud, of zeggen niet wanneer zij zijn gemaakt.",
            "These reports are too old, or do not say when they were made.",
        ),
        Difference::Options => {
            both("De leveranciers geven niet dezelfde keuzes op.", "The suppliers do not state the same options.")
        }
        Difference::Roles => both("Niet elk product biedt deze rol aan.", "Not every product offers this role."),
        Difference::Executed => both(
            "Niet bij elk product zijn dezelfde testgevallen uitgevoerd. Vergeleken wordt alleen wat bij dezelfde testgevallen is gebleken.",
            "Not every product had the same test cases carried out. Only what the same test cases showed is compared.",
        ),
        Difference::Ceiling => both(
            "Niet bij elke toets gold hetzelfde hoogste aantal verzoeken per seconde. Gemeten tijden zijn daarom niet te vergelijken.",
            "Not every run had the same ceiling of requests a second. Measured times can therefore not be compared.",
        ),
        Difference::Challenge => both(
            "Niet bij elke toets gaf de aanbesteder een eigen tekst mee. Zonder zo’n tekst koos de tester zelf de testpersonen.",
            "Not for every run did the buyer issue a text. Without one the tester chose the test persons.",
        ),
        Difference::Independence => both(
            "Bij sommige toetsen keek alleen de tester zelf, bij andere ook iemand anders.",
            "Some runs were seen by the tester alone, others by somebody else too.",
        ),
        Difference::Narrowed => both(
            "Deze toetsen zijn beperkt tot een keuze, of afgebroken. Wat niet is getoetst, is niet aangetoond.",
            "These runs were narrowed to a choice, or cut off. What was not tested is not shown.",
        ),
        Difference::SameRun => {
            both("Deze verslagen gaan over dezelfde toets.", "These reports are about the same run.")
        }
    }
}

/// An option with its value, both as a target file has them.
#[must_use]
pub fn option(title: &Said, value: &str) -> Said {
    both(format!("{}: {value}", title.nl), format!("{}: {value}", title.en))
}

/// An option that is not stated.
#[must_use]
pub fn not_stated(title: &Said) -> Said {
    both(format!("{}: niet opgegeven", title.nl), format!("{}: not stated", title.en))
}

/// That not all state an option.
#[must_use]
pub fn partly_stated() -> Said {
    both(
        "Niet elke leverancier geeft deze keuzes op. Wat ervan afhangt, is bij wie niets opgeeft niet getoetst.",
        "Not every supplier states these options. What depends on them was not tested where nothing is stated.",
    )
}

/// How many cases were carried out here and not there.
#[must_use]
pub fn executed(cases: usize) -> Said {
    let lead = obstacle(Difference::Executed);
    match cases {
        1 => both(
            format!("{} Het verschil is 1 testgeval.", lead.nl),
            format!("{} The difference is 1 test case.", lead.en),
        ),
        n => both(
            format!("{} Het verschil is {n} testgevallen.", lead.nl),
            format!("{} The difference is {n} test cases.", lead.en),
        ),
    }
}

/// That a report is too old, counted from this day.
#[must_use]
pub fn too_old(days: u64, as_of: &str) -> Said {
    let day = day(as_of);
    both(
        format!(
            "Deze verslagen zijn te oud om mee te vergelijken: meer dan {days} dagen op {}, of zonder leesbare datum.",
            day.nl
        ),
        format!(
            "These reports are too old to compare with: more than {days} days on {}, or without a date that can be read.",
            day.en
        ),
    )
}

/// That a report is of a day that is yet to come, seen from this day.
#[must_use]
pub fn to_come(as_of: &str) -> Said {
    let day = day(as_of);
    both(
        format!(
            "Deze verslagen dragen een datum ver na de peildatum, {}. Hoe oud zij zijn, is dus niet te zeggen.",
            day.nl
        ),
        format!("These reports are dated long after {}, so it cannot be said how old they are.", day.en),
    )
}

/// The day of a moment.
#[must_use]
pub fn day(moment: &str) -> Said {
    super::moment::day_of(moment)
}

/// Whether a text is a moment with a day.
#[must_use]
pub fn has_date(moment: &str) -> bool {
    super::utc(moment).is_some()
}

/// How old a report of this date is; nothing for the newest.
#[must_use]
pub fn age(started: &str, days: Option<u64>) -> Said {
    match days {
        None if has_date(started) => both("ver na de peildatum", "long after the day that age is counted on"),
        None => both("geen leesbare datum", "no date that can be read"),
        Some(0) => both("", ""),
        Some(1) => both("1 dag oud", "1 day old"),
        Some(days) => both(format!("{days} dagen oud"), format!("{days} days old")),
    }
}

/// A kind of environment; none is the machine of the tester.
#[must_use]
pub fn environment(kind: Option<Environment>) -> Said {
    kind.map_or_else(|| both("op de machine van de tester", "on the machine of the tester"), page::environment)
}

/// The settings of a suite.
#[must_use]
pub fn parameters(attempts: u32, timeout_ms: u64, body_limit: u64) -> Said {
    both(
        format!("hoogstens {attempts} pogingen, {timeout_ms} ms wachttijd, antwoorden tot {body_limit} bytes"),
        format!("at most {attempts} attempts, {timeout_ms} ms to answer, answers up to {body_limit} bytes"),
    )
}

/// How many requests a second at most.
#[must_use]
pub fn ceiling(per_second: Option<u32>) -> Said {
    match per_second {
        None => both("geen opgegeven", "none stated"),
        Some(1) => both("1 verzoek per seconde", "1 request a second"),
        Some(n) => both(format!("{n} verzoeken per seconde"), format!("{n} requests a second")),
    }
}

/// Whether the buyer issued a text.
#[must_use]
pub fn challenge(given: bool) -> Said {
    if given {
        both("met tekst van de aanbesteder", "with a text of the buyer")
    } else {
        both("zonder tekst van de aanbesteder", "without a text of the buyer")
    }
}

/// Who saw the exchanges.
#[must_use]
pub fn independence(self_tested: bool) -> Said {
    if self_tested {
        both("zelf getoetst", "self-tested")
    } else {
        both("ook door een ander gezien", "seen by somebody else too")
    }
}

/// How a run was limited.
#[must_use]
pub fn narrowed(selection: bool, interrupted: bool) -> Said {
    match (selection, interrupted) {
        (true, true) => both("beperkt tot een keuze, en afgebroken", "narrowed to a choice, and cut off"),
        (true, false) => both("beperkt tot een keuze", "narrowed to a choice"),
        (false, true) => both("afgebroken", "cut off"),
        (false, false) => both("volledig", "complete"),
    }
}

/// Whether a role is offered.
#[must_use]
pub fn offered(yes: bool) -> Said {
    if yes { both("aangeboden", "offered") } else { state(NOT_OFFERED) }
}

/// What holds of all reports that may be compared in one requirement.
#[must_use]
pub fn together(what: Together) -> Said {
    match what {
        Together::AllMeet => both("alle vergelijkbare producten voldoen", "all comparable products meet it"),
        Together::AllFail => both(
            "geen vergelijkbaar product voldoet: kwestie van de norm?",
            "no comparable product meets it: a matter of the standard?",
        ),
        Together::Same => both("overal hetzelfde", "the same for all"),
        Together::Differ => both("verschilt", "differs"),
        Together::Alone => both("niets om mee te vergelijken", "nothing to compare with"),
    }
}

/// That one meets all that the other meets.
#[must_use]
pub fn not_inferior(report: &str, to: &str, besides: &[RequirementId]) -> Said {
    const NAMED: usize = 12;
    let mut names: Vec<String> = besides.iter().take(NAMED).map(|id| id.local().to_owned()).collect();
    if names.is_empty() {
        return both(
            format!("{report} en {to} voldoen aan dezelfde verplichte eisen."),
            format!("{report} and {to} meet the same mandatory requirements."),
        );
    }
    let more = besides.len() - names.len();
    let last = if more > 0 { None } else { names.pop() };
    let head = names.join(", ");
    let (nl, en) = match (last, head.is_empty()) {
        (Some(last), true) => (last.clone(), last),
        (Some(last), false) => (format!("{head} en {last}"), format!("{head} and {last}")),
        (None, _) => (format!("{head} en nog {more}"), format!("{head} and {more} more")),
    };
    both(
        format!("{report} voldoet aan elke verplichte eis waaraan {to} voldoet, en daarnaast aan {nl}."),
        format!("{report} meets every mandatory requirement that {to} meets, and {en} besides."),
    )
}

/// For how many whole seconds an action had not taken effect yet.
#[must_use]
pub fn seconds(number: u64) -> Said {
    match number {
        0 => both("binnen 1 s", "within 1 s"),
        n => both(format!("na {n} s nog niet"), format!("not yet after {n} s")),
    }
}

/// That a case measured nothing worth a number: the action worked at the first look.
#[must_use]
pub fn at_once() -> Said {
    both("bij de eerste meting al", "at the first look")
}

/// What a time is.
#[must_use]
pub fn effect(purpose: &Said) -> Said {
    both(
        format!("Hoe snel een handeling werkt: {}", purpose.nl),
        format!("How soon an action takes effect: {}", purpose.en),
    )
}

/// The letters of reports put together as in a sentence; of many, the first.
#[must_use]
pub fn letters(names: &[String]) -> Said {
    const NAMED: usize = 12;
    match names {
        [] => both("", ""),
        [one] => both(one, one),
        [head @ .., last] if names.len() <= NAMED => {
            both(format!("{} en {last}", head.join(", ")), format!("{} and {last}", head.join(", ")))
        }
        _ => {
            let (head, more) = (names[..NAMED].join(", "), names.len() - NAMED);
            both(format!("{head} en nog {more}"), format!("{head} and {more} more"))
        }
    }
}

/// Who offers a role.
#[must_use]
pub fn offer(with: &[String], without: &[String]) -> Said {
    let (yes, no) = (letters(with), letters(without));
    match (with, without) {
        ([], _) => both("Geen van deze producten biedt deze rol aan.", "None of these products offers this role."),
        (_, []) => both("Alle producten bieden deze rol aan.", "All products offer this role."),
        ([_], _) => both(
            format!("Alleen {} biedt deze rol aan; {} niet.", yes.nl, no.nl),
            format!("Only {} offers this role; not {}.", yes.en, no.en),
        ),
        _ => both(
            format!("{} bieden deze rol aan; {} niet.", yes.nl, no.nl),
            format!("{} offer this role; not {}.", yes.en, no.en),
        ),
    }
}

/// Why a report may not be laid beside the others.
#[must_use]
pub fn not_comparable(because: &[Difference]) -> Said {
    let said: Vec<Said> = because.iter().map(|kind| difference(*kind)).collect();
    let join = |parts: Vec<&str>| parts.join(", ");
    both(
        format!("niet vergelijkbaar: {}", join(said.iter().map(|one| one.nl.as_str()).collect())),
        format!("not comparable: {}", join(said.iter().map(|one| one.en.as_str()).collect())),
    )
}

/// How many reports, and from when they are counted.
#[must_use]
pub fn extent(reports: usize, as_of: Option<&str>) -> Said {
    match as_of.map(day) {
        Some(day) => both(
            format!("{reports} verslagen. Hoe oud zij zijn, is gerekend op {}.", day.nl),
            format!("{reports} reports. How old they are is counted on {}.", day.en),
        ),
        None => both(
            format!("{reports} verslagen, zonder leesbare datum."),
            format!("{reports} reports, without a date that can be read."),
        ),
    }
}
