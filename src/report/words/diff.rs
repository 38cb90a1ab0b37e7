//! The sentences of a comparison of two reports of one product, Dutch and English side by side.
//! A comparison says what differs and what that is worth; it praises nobody.

use super::both;
use crate::model::report::Said;
use crate::report::diff::Kind;

/// What it is.
#[must_use]
pub fn title() -> Said {
    both("Twee toetsen van één product", "Two runs of one product")
}

/// The whole of it: how many regressions, of which so many weigh, and improvements.
#[must_use]
pub fn sentence(product: &str, regressions: usize, weighing: usize, improvements: usize) -> Said {
    let better = both(count_nl(improvements), count_en(improvements));
    match (regressions, weighing) {
        (0, _) => both(
            format!("{product}: niets werd slechter; {} beter.", better.nl),
            format!("{product}: nothing got worse; {} got better.", better.en),
        ),
        (all, weighing) => both(
            format!(
                "{product}: {} slechter, waarvan {weighing} verplicht en nu geschonden of niet meer beoordeeld; {} beter.",
                count_nl(all),
                better.nl
            ),
            format!(
                "{product}: {} got worse, of which {weighing} mandatory and now broken or no longer judged; {} got better.",
                count_en(all),
                better.en
            ),
        ),
    }
}

fn count_nl(number: usize) -> String {
    match number {
        1 => "1 eis werd".to_owned(),
        n => format!("{n} eisen werden"),
    }
}

fn count_en(number: usize) -> String {
    match number {
        1 => "1 requirement".to_owned(),
        n => format!("{n} requirements"),
    }
}

/// What became of a requirement.
#[must_use]
pub fn kind(kind: Kind) -> Said {
    match kind {
        Kind::Broken => both("nu geschonden", "broken now"),
        Kind::Lost => both("niet meer beoordeeld", "no longer judged"),
        Kind::Remark => both("nu met een opmerking", "now with a remark"),
        Kind::Mended => both("hersteld", "mended"),
        Kind::Judged => both("nu beoordeeld", "judged now"),
        Kind::Arrived => both("nieuw", "new"),
        Kind::Gone => both("vervallen", "gone"),
    }
}

/// What heads a list.
#[must_use]
pub fn heading(kind: Kind) -> Said {
    match kind {
        Kind::Broken | Kind::Lost | Kind::Remark => both("Slechter", "Worse"),
        Kind::Mended | Kind::Judged => both("Beter", "Better"),
        Kind::Arrived => both("Nieuw of nu van toepassing", "New, or applicable now"),
        Kind::Gone => both("Vervallen of niet meer van toepassing", "Gone, or no longer applicable"),
    }
}

/// Over what a comparison is worth.
#[must_use]
pub fn worth() -> Said {
    both("Wat deze vergelijking waard is", "What this comparison is worth")
}

/// Over claims.
#[must_use]
pub fn claims() -> Said {
    both("Anders opgegeven", "Claimed otherwise")
}

/// Over the two reports.
#[must_use]
pub fn reports() -> Said {
    both("De twee verslagen", "The two reports")
}

/// The earlier report.
#[must_use]
pub fn old() -> Said {
    both("Oud", "Old")
}

/// The later report.
#[must_use]
pub fn new() -> Said {
    both("Nieuw", "New")
}

/// From one thing to another.
#[must_use]
pub fn from_to(from: Option<&Said>, to: Option<&Said>) -> Said {
    let absent = both("niet in het verslag", "not in the report");
    let (from, to) = (from.unwrap_or(&absent), to.unwrap_or(&absent));
    both(format!("{} → {}", from.nl, to.nl), format!("{} → {}", from.en, to.en))
}

/// What was claimed and is not stated.
#[must_use]
pub fn unclaimed() -> Said {
    both("niet opgegeven", "not claimed")
}

/// What of a claim changed.
#[must_use]
pub fn claim(what: &str) -> Said {
    match what {
        "role" => both("rol", "role"),
        "edition" => both("uitgave", "edition"),
        option => both(format!("keuze {option}"), format!("option {option}")),
    }
}

/// What did not change.
#[must_use]
pub fn unchanged(still_broken: u64, others: u64) -> Said {
    both(
        format!("Onveranderd: {still_broken} nog steeds geschonden, {others} andere eisen."),
        format!("Unchanged: {still_broken} still broken, {others} other requirements."),
    )
}

/// The two are one.
#[must_use]
pub fn same_run() -> Said {
    both("Beide verslagen gaan over dezelfde toets.", "Both reports are about the same run.")
}

/// Nothing but the product and its surroundings can have made a difference.
#[must_use]
pub fn same_judging() -> Said {
    both(
        "Beide zijn beoordeeld met dezelfde catalogus en dezelfde versie van Toetssteen: een verschil komt van het product, \
         van zijn inrichting of van toeval.",
        "Both were judged with the same catalogue and the same version of Toetssteen: a difference comes from the product, \
         its set-up or chance.",
    )
}

/// The profiles or the cases differ.
#[must_use]
pub fn other_catalogue() -> Said {
    both(
        "De catalogus verschilt (andere digest): profielen of testgevallen zijn gewijzigd, dus een verschil kan van de toets \
         komen in plaats van het product. Wie zeker wil zijn, toetst beide versies van het product met één catalogus.",
        "The catalogue differs (another digest): profiles or cases changed, so a difference may come from the test instead of \
         the product. To be sure, test both versions of the product with one catalogue.",
    )
}

/// The judge differs.
#[must_use]
pub fn other_judge() -> Said {
    both(
        "De versie van Toetssteen verschilt: dezelfde opname kan dan anders beoordeeld zijn. `toetssteen rejudge DIR --out DIR2` \
         beoordeelt de oude opname met de nieuwe versie.",
        "The version of Toetssteen differs: the same recording may have been judged otherwise. `toetssteen rejudge DIR --out DIR2` \
         judges the old recording with the new version.",
    )
}

/// The old report is of a narrowed or interrupted run.
#[must_use]
pub fn old_is_part() -> Said {
    both(
        "De oude toets was een selectie of is afgebroken: wat daarin ontbreekt, kan hier beter lijken dan het werd.",
        "The old run was a selection or was interrupted: what it lacks may look as if it got better here.",
    )
}

/// The new report is of a narrowed or interrupted run.
#[must_use]
pub fn new_is_part() -> Said {
    both(
        "De nieuwe toets is een selectie of is afgebroken: wat daarin ontbreekt, telt hier als niet meer beoordeeld.",
        "The new run is a selection or was interrupted: what it lacks counts as no longer judged here.",
    )
}

/// Something was wrong before the first case of the new run.
#[must_use]
pub fn new_set_up() -> Said {
    both(
        "Bij de nieuwe toets klopte iets niet vóór het eerste testgeval; een verschil kan daarvan komen.",
        "In the new run something was wrong before the first case; a difference may come from that.",
    )
}

/// Limits differ.
#[must_use]
pub fn other_parameters() -> Said {
    both(
        "De grenzen van de toets verschillen (pogingen, wachttijd of grootte); een verschil kan daarvan komen.",
        "The limits of the run differ (attempts, time or size); a difference may come from that.",
    )
}

/// The environment differs.
#[must_use]
pub fn other_environment() -> Said {
    both(
        "De omgeving verschilt (test, acceptatie of productie).",
        "The environment differs (test, acceptance or production).",
    )
}

/// NEW began before OLD.
#[must_use]
pub fn backwards() -> Said {
    both(
        "Het nieuwe verslag is van een eerdere toets dan het oude: staan de twee in de goede volgorde?",
        "The new report is of an earlier run than the old one: are the two in the right order?",
    )
}
