//! The sentences of a decision at the gate, Dutch and English side by side.
//! What is wrong is said without capital and full stop, so that it can follow a colon.

use super::{both, entry};
use crate::model::report::Said;
use crate::report::gate::Rule;

/// What it is.
#[must_use]
pub fn title() -> Said {
    both("Besluit volgens het beleid", "Decision under the policy")
}

/// Over what is broken.
#[must_use]
pub fn violations() -> Said {
    both("Geschonden regels", "Rules that are broken")
}

/// Over what is waived.
#[must_use]
pub fn waived() -> Said {
    both("Bekende afwijkingen met een eigenaar", "Known deviations with an owner")
}

/// Over what the baseline has too.
#[must_use]
pub fn known() -> Said {
    both("Ook in het ijkverslag geschonden", "Broken in the baseline too")
}

/// Over SHOULDs.
#[must_use]
pub fn remarks() -> Said {
    both("Geschonden aanbevelingen die zijn toegestaan", "Broken recommendations that are let through")
}

/// Over the rest.
#[must_use]
pub fn notes() -> Said {
    both("Verder van belang", "What else matters")
}

/// The name of the field for whoever answers for a waiver.
#[must_use]
pub fn owner() -> Said {
    both("Eigenaar", "Owner")
}

/// Who answers for a waiver, until when.
#[must_use]
pub fn by(owner: &str, until: &str) -> Said {
    both(format!("{owner}, tot en met {until}"), format!("{owner}, up to {until}"))
}

/// How many are not named.
#[must_use]
pub fn more(number: usize) -> Said {
    both(format!("en nog {number}"), format!("and {number} more"))
}

/// What is in the baseline and not in the report.
#[must_use]
pub fn gone() -> Said {
    both("niet in het verslag", "not in the report")
}

/// What a report that passes is said to satisfy.
pub struct Passed<'a> {
    /// The product and its version.
    pub product: &'a str,
    /// The day.
    pub today: &'a str,
    /// The profiles that had to be conformant.
    pub profiles: Vec<String>,
    /// Whether a baseline was compared with.
    pub baseline: bool,
    /// How much is waived.
    pub waived: usize,
    /// How much is broken in the baseline too.
    pub known: usize,
    /// How many SHOULDs are broken.
    pub remarks: usize,
}

/// It passes, and why.
#[must_use]
pub fn passed(of: &Passed<'_>) -> Said {
    let (mut nl, mut en) = (Vec::new(), Vec::new());
    let mut say = |dutch: String, english: String| {
        nl.push(dutch);
        en.push(english);
    };
    if !of.profiles.is_empty() {
        let names = of.profiles.join(", ");
        // With a waiver a profile is not conformant, and nobody may read that it is.
        match of.waived {
            0 => say(format!("conform: {names}"), format!("conformant: {names}")),
            _ => say(
                format!("van {names} is alles beoordeeld en niets geschonden buiten de bekende afwijkingen"),
                format!("of {names} everything was judged and nothing is broken but known deviations"),
            ),
        }
    }
    if of.baseline {
        say("niets is slechter dan het ijkverslag toelaat".into(), "nothing is worse than the baseline allows".into());
    }
    for (number, dutch, english) in [
        (
            of.waived,
            ("bekende afwijking met een eigenaar", "bekende afwijkingen met een eigenaar"),
            ("known deviation with an owner", "known deviations with an owner"),
        ),
        (
            of.known,
            ("verplichte eis ook in het ijkverslag geschonden", "verplichte eisen ook in het ijkverslag geschonden"),
            ("mandatory requirement broken in the baseline too", "mandatory requirements broken in the baseline too"),
        ),
        (
            of.remarks,
            ("aanbeveling geschonden, wat mag", "aanbevelingen geschonden, wat mag"),
            ("recommendation broken, which is let through", "recommendations broken, which is let through"),
        ),
    ] {
        if number > 0 {
            say(counted(number, dutch), counted(number, english));
        }
    }
    let (product, today) = (of.product, of.today);
    both(
        format!("Mag door ({today}): {product} voldoet aan het beleid; {}.", nl.join("; ")),
        format!("Passed ({today}): {product} satisfies the policy; {}.", en.join("; ")),
    )
}

/// It does not pass, and why first of all.
#[must_use]
pub fn stopped(product: &str, today: &str, first: &Said, others: usize) -> Said {
    let (nl, en) = match others {
        0 => (String::new(), String::new()),
        1 => ("; nog 1 regel is geschonden".to_owned(), "; 1 more rule is broken".to_owned()),
        n => (format!("; nog {n} regels zijn geschonden"), format!("; {n} more rules are broken")),
    };
    both(
        format!("Tegengehouden ({today}): {product} voldoet niet aan het beleid: {}{nl}.", first.nl),
        format!("Stopped ({today}): {product} does not satisfy the policy: {}{en}.", first.en),
    )
}

/// A number with the word for one or for more.
fn counted(number: usize, (one, more): (&str, &str)) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

fn in_role(id: &str, role: &str) -> Said {
    let role = entry::role(role);
    both(format!("{id} ({})", role.nl), format!("{id} ({})", role.en))
}

/// Data reached someone not entitled.
#[must_use]
pub fn leak(id: &str, role: &str) -> Said {
    let who = in_role(id, role);
    both(
        format!("gegevens kwamen bij iemand die daar geen recht op heeft: {}", who.nl),
        format!("data reached someone not entitled to them: {}", who.en),
    )
}

/// The run did not reach its end.
#[must_use]
pub fn interrupted() -> Said {
    both("de toets is afgebroken", "the run was interrupted")
}

/// The run was narrowed.
#[must_use]
pub fn selection() -> Said {
    both("alleen een gekozen deel is getoetst", "only a chosen part was tested")
}

/// Something was wrong before the first case.
#[must_use]
pub fn set_up(place: &str, number: usize) -> Said {
    both(
        format!("vóór het eerste testgeval klopte er iets niet ({place}; {number} in totaal)"),
        format!("something was wrong before the first case ({place}; {number} in all)"),
    )
}

/// The tester was at fault.
#[must_use]
pub fn ours(number: usize) -> Said {
    both(
        format!("door een fout van Toetssteen zelf is niets te zeggen over {}", counted(number, ("eis", "eisen"))),
        format!(
            "for a fault of Toetssteen itself nothing can be said of {}",
            counted(number, ("requirement", "requirements"))
        ),
    )
}

/// Not one MUST was judged.
#[must_use]
pub fn nothing_judged() -> Said {
    both("geen enkele verplichte eis is beoordeeld", "not one mandatory requirement was judged")
}

/// Another catalogue.
#[must_use]
pub fn catalogue(wanted: &str, found: &str) -> Said {
    both(
        format!("er is beoordeeld met catalogus {found}, en het beleid noemt {wanted}"),
        format!("it was judged with catalogue {found}, and the policy names {wanted}"),
    )
}

/// The report's conclusion does not follow.
#[must_use]
pub fn contradiction(profile: &str, role: &str) -> Said {
    let who = in_role(profile, role);
    both(
        format!("het verslag spreekt zichzelf tegen: de conclusie over {} volgt niet uit de eisen", who.nl),
        format!("the report contradicts itself: the conclusion about {} does not follow from its requirements", who.en),
    )
}

/// A MUST is broken.
#[must_use]
pub fn must_broken(id: &str, role: &str) -> Said {
    let who = in_role(id, role);
    both(
        format!("een verplichte eis is geschonden: {}", who.nl),
        format!("a mandatory requirement is broken: {}", who.en),
    )
}

/// A MUST is broken that was not in the baseline.
#[must_use]
pub fn new_must_failure(id: &str, role: &str) -> Said {
    let who = in_role(id, role);
    both(
        format!("een verplichte eis is geschonden die dat in het ijkverslag niet is: {}", who.nl),
        format!("a mandatory requirement is broken that is not so in the baseline: {}", who.en),
    )
}

/// A profile is not claimed.
#[must_use]
pub fn not_claimed(profile: &str, role: Option<&str>) -> Said {
    let who = role.map_or_else(|| both(profile, profile), |role| in_role(profile, role));
    both(
        format!("het product zegt niet dat het aan {} voldoet, dus daarover is niets getoetst", who.nl),
        format!("the product does not claim {}, so nothing of it was tested", who.en),
    )
}

/// A MUST was not judged.
#[must_use]
pub fn not_shown(profile: &str, role: &str, open: usize, all: usize) -> Said {
    let who = in_role(profile, role);
    match all {
        0 => both(
            format!("van {} is geen verplichte eis van toepassing", who.nl),
            format!("of {} no mandatory requirement applies", who.en),
        ),
        _ => both(
            format!("bij {} is van {open} van de {all} verplichte eisen niets gebleken", who.nl),
            format!("under {}, nothing was shown of {open} of {all} mandatory requirements", who.en),
        ),
    }
}

/// Less was judged than in the baseline.
#[must_use]
pub fn completeness_dropped(number: usize) -> Said {
    both(
        format!(
            "niet meer beoordeeld, en in het ijkverslag wel: {}",
            counted(number, ("verplichte eis", "verplichte eisen"))
        ),
        format!(
            "no longer judged, though the baseline has it: {}",
            counted(number, ("mandatory requirement", "mandatory requirements"))
        ),
    )
}

/// The baseline is not whole.
#[must_use]
pub fn baseline_part() -> Said {
    both(
        "het ijkverslag is van een selectie of een afgebroken toets, dus er is niets om aan te ijken",
        "the baseline is of a narrowed or interrupted run, so that it is no measure",
    )
}

/// The baseline is the report.
#[must_use]
pub fn baseline_same() -> Said {
    both(
        "verslag en ijkverslag zijn van dezelfde toets, dus vergelijken zegt niets",
        "report and baseline are of the same run, so that comparing says nothing",
    )
}

/// A SHOULD is broken for too long.
#[must_use]
pub fn should_overdue(id: &str, role: &str, until: &str) -> Said {
    let who = in_role(id, role);
    both(
        format!("een aanbeveling is geschonden, en dat mocht tot en met {until}: {}", who.nl),
        format!("a recommendation is broken, which was let through up to {until}: {}", who.en),
    )
}

/// A waiver covers severity I.
#[must_use]
pub fn waiver_of_leak(name: &str) -> Said {
    both(
        format!(
            "de ontheffing voor {name} dekt gegevens die bij een onbevoegde kwamen, en daarvoor kan niemand ontheffing geven"
        ),
        format!("the waiver for {name} covers data that reached someone not entitled, which nobody can waive"),
    )
}

/// A waiver is for a profile or a pattern.
#[must_use]
pub fn waiver_broad(name: &str) -> Said {
    both(
        format!("de ontheffing voor {name} is te ruim: zij noemt niet één eis"),
        format!("the waiver for {name} is over-broad: it does not name one requirement"),
    )
}

/// A waiver covers more than one role.
#[must_use]
pub fn waiver_roles(name: &str, number: usize) -> Said {
    both(
        format!("de ontheffing voor {name} is te ruim: zij dekt {number} rollen"),
        format!("the waiver for {name} is over-broad: it covers {number} roles"),
    )
}

/// A waiver ends too far ahead.
#[must_use]
pub fn waiver_long(name: &str, until: &str) -> Said {
    both(
        format!("de ontheffing voor {name} is te ruim: zij duurt langer dan een jaar ({until})"),
        format!("the waiver for {name} is over-broad: it lasts for more than a year ({until})"),
    )
}

/// A waiver has ended.
#[must_use]
pub fn waiver_expired(name: &str, owner: &str, until: &str) -> Said {
    both(
        format!("de ontheffing voor {name} van {owner} is op {until} verlopen"),
        format!("the waiver for {name} by {owner} ended on {until}"),
    )
}

/// A waiver fits nothing.
#[must_use]
pub fn waiver_unmatched(name: &str, role: Option<&str>) -> Said {
    let who = role.map_or_else(|| both(name, name), |role| in_role(name, role));
    both(
        format!("de ontheffing voor {} past bij niets wat geschonden is", who.nl),
        format!("the waiver for {} fits nothing that is broken", who.en),
    )
}

/// What to do about it.
#[must_use]
pub fn next(rule: Rule) -> Said {
    match rule {
        Rule::Leak => both(
            "Herstel dit eerst. Een ontheffing of een ijkverslag helpt hier niet.",
            "Mend this first. Neither a waiver nor a baseline helps here.",
        ),
        Rule::Interrupted => both("Toets opnieuw, tot het einde.", "Test again, to the end."),
        Rule::Selection => both("Toets opnieuw zonder selectie.", "Test again without a selection."),
        Rule::SetUp => both(
            "Herstel de inrichting; `toetssteen doctor` zegt wat eraan schort.",
            "Mend the set-up; `toetssteen doctor` says what is wrong with it.",
        ),
        Rule::Ours => both(
            "Meld dit bij Toetssteen, met de map van deze toets.",
            "Report this to Toetssteen, with the directory of this run.",
        ),
        Rule::NothingJudged => {
            both("Kijk in het verslag waarom niets beoordeeld is.", "See in the report why nothing was judged.")
        }
        Rule::Catalogue => both(
            "Toets met de catalogus die het beleid noemt, of wijzig `catalogue` in het beleid.",
            "Test with the catalogue that the policy names, or change `catalogue` in the policy.",
        ),
        Rule::Contradiction => both(
            "Beoordeel de toets opnieuw met `toetssteen rejudge`; dit verslag is gewijzigd.",
            "Judge the run again with `toetssteen rejudge`; this report was altered.",
        ),
        Rule::MustBroken | Rule::NewMustFailure => both(
            "Herstel het product, of neem een ontheffing op met reden, eigenaar en einddatum.",
            "Mend the product, or add a waiver with reason, owner and end.",
        ),
        Rule::NotClaimed => both(
            "Geef profiel en rol op onder `claims` in het doelbestand.",
            "State profile and role under `claims` in the target file.",
        ),
        Rule::NotShown => both(
            "Zorg dat deze eisen beoordeeld worden; het verslag zegt per eis wat ontbrak. Een ontheffing geldt alleen voor wat geschonden is.",
            "Have these requirements judged; the report says for each what was missing. A waiver is only for what is broken.",
        ),
        Rule::CompletenessDropped => both(
            "Zorg dat deze eisen weer beoordeeld worden, of kies bewust een nieuw ijkverslag.",
            "Have these requirements judged again, or choose a new baseline on purpose.",
        ),
        Rule::BaselinePart | Rule::BaselineSame => both(
            "Kies als ijkverslag dat van een eerdere, volledige toets.",
            "Choose as baseline the report of an earlier, whole run.",
        ),
        Rule::ShouldOverdue => both(
            "Volg de aanbeveling, neem een ontheffing op, of verzet `shoulds.allowed-until` bewust.",
            "Follow the recommendation, add a waiver, or move `shoulds.allowed-until` on purpose.",
        ),
        Rule::WaiverOfLeak => {
            both("Haal de ontheffing weg en herstel het product.", "Take the waiver away and mend the product.")
        }
        Rule::WaiverBroad => both(
            "Noem één eis, en de rol als het er meer zijn, met een einde binnen een jaar.",
            "Name one requirement, and the role if there are more, with an end within a year.",
        ),
        Rule::WaiverExpired => both(
            "Herstel het product en haal de ontheffing weg, of laat de eigenaar haar verlengen.",
            "Mend the product and take the waiver away, or have its owner extend it.",
        ),
        Rule::WaiverUnmatched => both(
            "Haal de ontheffing weg, of verbeter de eis of rol die zij noemt.",
            "Take the waiver away, or mend the requirement or role that it names.",
        ),
    }
}
