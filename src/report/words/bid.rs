//! What a bidder's report shows of a tender, Dutch and English side by side.
//! Reasons are said without capital and full stop, so that they can follow a colon.

use super::both;
use crate::model::report::Said;
use crate::model::tender::{DemandKind, Place};
use crate::report::tender::{Standing, TenderConclusion};

/// What it is.
#[must_use]
pub fn title() -> Said {
    both("Verslag van een inschrijver naast de eisen", "A bidder's report held against the requirements")
}

/// The whole of it in one sentence.
#[must_use]
pub fn sentence(conclusion: TenderConclusion, product: &str, first: Option<&Said>, reasons: usize) -> Said {
    let more = match reasons {
        0 | 1 => both("", ""),
        2 => both(" (en nog 1 reden)", " (and 1 more reason)"),
        n => both(format!(" (en nog {} redenen)", n - 1), format!(" (and {} more reasons)", n - 1)),
    };
    let (nl, en) = first.map_or(("", ""), |said| (said.nl.as_str(), said.en.as_str()));
    match conclusion {
        TenderConclusion::Meets => both(
            format!("{product}: het verslag laat zien wat ten minste wordt gevraagd."),
            format!("{product}: the report shows the minimum that is asked."),
        ),
        TenderConclusion::DoesNotMeet => both(
            format!("{product} voldoet niet aan wat ten minste wordt gevraagd: {nl}{}.", more.nl),
            format!("{product} does not meet the minimum that is asked: {en}{}.", more.en),
        ),
        TenderConclusion::NotShown => both(
            format!("{product}: wat ten minste wordt gevraagd, is niet aangetoond: {nl}{}.", more.nl),
            format!("{product}: the minimum that is asked was not shown: {en}{}.", more.en),
        ),
    }
}

/// Over the reasons.
#[must_use]
pub fn reasons() -> Said {
    both("Waarom niet", "Why not")
}

/// Over what the minimum holds, by role.
#[must_use]
pub fn kind(kind: DemandKind) -> Said {
    match kind {
        DemandKind::Minimum => both("Wat ten minste wordt gevraagd", "The minimum that is asked"),
        DemandKind::Wish => both("Wensen", "Wishes"),
        DemandKind::Question => both("Schriftelijk te beantwoorden", "To be answered in writing"),
    }
}

/// How a requirement stands.
#[must_use]
pub fn standing(standing: Standing) -> Said {
    match standing {
        Standing::Met => both("voldoet", "met"),
        Standing::MetWithRemark => both("voldoet, met een opmerking", "met, with a remark"),
        Standing::NotMet => both("voldoet niet", "not met"),
        Standing::NotShown => both("niet aangetoond", "not shown"),
        Standing::NotOffered => both("niet aangeboden", "not offered"),
        Standing::NotApplicable => {
            both("niet van toepassing bij de opgegeven keuzes", "not applicable under the options stated")
        }
        Standing::OtherEdition => both("andere uitgave van de eisen", "another edition of the requirements"),
        Standing::ToAnswer => {
            both("niet te toetsen: lees het antwoord van de inschrijver", "no test shows it: read the bidder's answer")
        }
    }
}

/// How many requirements stand so.
#[must_use]
pub fn times(number: usize, standing: Standing) -> Said {
    let word = self::standing(standing);
    both(format!("{number}\u{a0}× {}", word.nl), format!("{number}\u{a0}× {}", word.en))
}

/// Judged with another catalogue.
#[must_use]
pub fn other_catalogue(wanted: &str, found: &str) -> Said {
    both(
        format!("beoordeeld met een andere catalogus ({found}) dan de bijlage noemt ({wanted})"),
        format!("judged with another catalogue ({found}) than the annex names ({wanted})"),
    )
}

/// Another edition of a profile, under a catalogue that is said to be the same.
#[must_use]
pub fn other_edition(profile: &str, edition: &str) -> Said {
    both(
        format!(
            "het profiel {profile} waarmee is beoordeeld, is niet uitgave {edition} zoals de bijlage haar vastlegt"
        ),
        format!("the profile {profile} that was judged with is not edition {edition} as the annex fixes it"),
    )
}

/// The report says what its catalogue cannot say.
#[must_use]
pub fn denied(requirement: &str, role: &str) -> Said {
    let role = super::entry::role(role);
    both(
        format!("wat het verslag over {requirement} ({}) zegt, past niet bij de catalogus die het noemt", role.nl),
        format!("what the report says of {requirement} ({}) does not fit the catalogue that it names", role.en),
    )
}

/// Drawn from another text, or from none.
#[must_use]
pub fn other_challenge(drawn: Option<&str>) -> Said {
    match drawn {
        None => both(
            "de testpersonen zijn niet getrokken uit de tekst van de aanbesteder",
            "the test persons were not drawn from the text that the buyer issued",
        ),
        Some(text) => both(
            format!("de testpersonen zijn getrokken uit ‘{text}’, en dat is niet de tekst van de aanbesteder"),
            format!("the test persons were drawn from “{text}”, which is not the text that the buyer issued"),
        ),
    }
}

/// Two bids with one text.
#[must_use]
pub fn shared_challenge() -> Said {
    both(
        "een ander verslag gebruikt dezelfde tekst, terwijl elke inschrijver een eigen tekst kreeg",
        "another report uses the same text, although each bidder got one of its own",
    )
}

/// A place that is not allowed.
#[must_use]
pub fn other_place(found: Place, allowed: &[Place]) -> Said {
    let all = places(allowed);
    let found = place(found);
    both(
        format!("de omgeving van de toets was {}; toegestaan is: {}", found.nl, all.nl),
        format!("the environment of the run was {}; allowed is: {}", found.en, all.en),
    )
}

/// Where a run took place.
#[must_use]
pub fn place(place: Place) -> Said {
    match place {
        Place::OwnMachine => both("een machine van de inschrijver zelf", "a machine of the bidder's own"),
        Place::Test => both("een testomgeving", "a test environment"),
        Place::Acceptance => both("een acceptatieomgeving", "an acceptance environment"),
        Place::Production => both("een productieomgeving", "a production environment"),
    }
}

/// Places as a list.
#[must_use]
pub fn places(places: &[Place]) -> Said {
    let all: Vec<Said> = places.iter().map(|one| place(*one)).collect();
    let list = |words: Vec<&str>, or: &str| match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {or} {last}", first.join(", ")),
    };
    both(
        list(all.iter().map(|one| one.nl.as_str()).collect(), "of"),
        list(all.iter().map(|one| one.en.as_str()).collect(), "or"),
    )
}

/// A moment that cannot be read.
#[must_use]
pub fn no_day() -> Said {
    both(
        "de datum van de toets of de sluitingsdatum is niet te lezen",
        "the date of the run or the deadline cannot be read",
    )
}

/// Too old.
#[must_use]
pub fn too_old(began: &str, earliest: &str) -> Said {
    both(
        format!("de toets begon op {began}; de vroegste dag die telt, is {earliest}"),
        format!("the run began on {began}; the earliest day that counts is {earliest}"),
    )
}

/// Too late.
#[must_use]
pub fn after_deadline(ended: &str, deadline: &str) -> Said {
    both(
        format!("de toets eindigde op {ended}, na de sluitingsdatum {deadline}"),
        format!("the run ended on {ended}, after the deadline {deadline}"),
    )
}

/// An option that is stated otherwise.
#[must_use]
pub fn other_option(profile: &str, role: &str, option: &str, wanted: &str, stated: Option<&str>) -> Said {
    let role = super::entry::role(role);
    let found = stated.map_or_else(
        || both("is die keuze niet opgegeven", "that option is not stated"),
        |stated| both(format!("is dat {stated}"), format!("it is {stated}")),
    );
    both(
        format!("gevraagd is {option}: {wanted} ({profile}, {}), en in het verslag {}", role.nl, found.nl),
        format!("asked is {option}: {wanted} ({profile}, {}), and in the report {}", role.en, found.en),
    )
}

/// A requirement that was named and does not apply.
#[must_use]
pub fn left_out(requirement: &str, role: &str) -> Said {
    let role = super::entry::role(role);
    both(
        format!(
            "{requirement} ({}) geldt niet bij de keuzes die de inschrijver opgeeft, en wordt uitdrukkelijk gevraagd",
            role.nl
        ),
        format!(
            "{requirement} ({}) does not apply under the options that the bidder states, and is asked for by name",
            role.en
        ),
    )
}

/// Another version of the program.
#[must_use]
pub fn other_judge(wanted: &str, found: &str) -> Said {
    both(
        format!(
            "Het verslag is van Toetssteen {found}, de bijlage van {wanted}: laat het verslag met één versie opnieuw beoordelen."
        ),
        format!(
            "The report is of Toetssteen {found}, the annex of {wanted}: have the report judged again with one version."
        ),
    )
}

/// That answers have to be read.
#[must_use]
pub fn questions() -> Said {
    both(
        "De bijlage stelt ook vragen die geen toets beantwoordt. Die antwoorden staan niet in dit verslag.",
        "The annex also asks what no test answers. Those answers are not in this report.",
    )
}

/// That nobody else saw the exchanges, and what that means.
#[must_use]
pub fn self_tested() -> Said {
    let (word, means) = (super::page::self_tested(), super::page::self_tested_means());
    both(format!("{}. {}", word.nl, means.nl), format!("{}. {}", word.en, means.en))
}

/// What was not done here.
#[must_use]
pub fn rejudge_first() -> Said {
    both(
        "Alleen het verslag zelf is gelezen. Of het volgt uit de opname, blijkt pas uit de map waarin het is ingediend.",
        "Only the report itself was read. Whether it follows from its recording shows only in the folder that was handed in.",
    )
}

/// That it was judged again.
#[must_use]
pub fn judged_again() -> Said {
    both(
        "Het verslag is opnieuw beoordeeld uit de opname in de map, en volgt daaruit.",
        "The report was judged again from the recording in its folder, and follows from it.",
    )
}

/// That it does not follow from the recording.
#[must_use]
pub fn does_not_follow(why: &str) -> Said {
    both(
        format!("het verslag volgt niet uit de opname in de map ({why})"),
        format!("the report does not follow from the recording in its folder ({why})"),
    )
}

/// That the recording names a text from which its test persons were not drawn.
#[must_use]
pub fn not_drawn() -> Said {
    both(
        "de opname noemt een tekst waaruit haar testpersonen niet zijn getrokken",
        "the recording names a text from which its test persons were not drawn",
    )
}

/// What this is not.
#[must_use]
pub fn measured() -> Said {
    both(
        "Dit zegt wat er is gemeten. Het is geen juridisch oordeel, en geen oordeel over de geldigheid van een inschrijving.",
        "This says what was measured. It is no legal opinion, and no judgment on the validity of a bid.",
    )
}
