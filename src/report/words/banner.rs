//! What stands above a page because it limits what the page can say, Dutch and English side by side.
//! A banner repeats what the report holds in plain words; it changes no conclusion.

use super::{both, moment};
use crate::model::report::Said;
use time::Date;

/// Not every requirement that applies was judged; how many stands with the conclusion.
#[must_use]
pub fn partial() -> Said {
    both(
        "Onvolledig: niet elke verplichte eis die geldt, is beoordeeld.",
        "Partial: not every mandatory requirement that applies was judged.",
    )
}

/// Too long ago.
#[must_use]
pub fn outdated(ended: Date, as_of: Date) -> Said {
    let (ended, as_of) = (moment::day(ended), moment::day(as_of));
    both(
        format!(
            "Verouderd: op {} was deze toets meer dan een half jaar oud; hij liep tot {}. Het product kan sindsdien zijn veranderd.",
            as_of.nl, ended.nl
        ),
        format!(
            "Outdated: on {} this test was more than half a year old; it ended on {}. The product may have changed since.",
            as_of.en, ended.en
        ),
    )
}

/// Broken requirements that a policy lets through.
#[must_use]
pub fn waived(number: usize) -> Said {
    match number {
        1 => both(
            "Ontheffing: 1 bevinding is door een beleidsbestand tijdelijk toegestaan. Het oordeel blijft hetzelfde.",
            "Waived: a policy lets 1 finding through for a time. The verdict stays the same.",
        ),
        n => both(
            format!(
                "Ontheffing: {n} bevindingen zijn door een beleidsbestand tijdelijk toegestaan. Het oordeel blijft hetzelfde."
            ),
            format!("Waived: a policy lets {n} findings through for a time. The verdict stays the same."),
        ),
    }
}

/// Requirements of which the owner says that they cannot be tested here.
#[must_use]
pub fn excused(number: usize) -> Said {
    match number {
        1 => both(
            "Toegelicht: bij 1 eis verklaart de eigenaar waarom zij hier niet te toetsen is.",
            "Explained: of 1 requirement the owner says why it cannot be tested here.",
        ),
        n => both(
            format!("Toegelicht: bij {n} eisen verklaart de eigenaar waarom zij hier niet te toetsen zijn."),
            format!("Explained: of {n} requirements the owner says why they cannot be tested here."),
        ),
    }
}

/// The buyer's text was used.
#[must_use]
pub fn challenge() -> Said {
    both(
        "Met tekst van de aanbesteder: de testpatiënten zijn mede getrokken uit een tekst die de aanbesteder uitgaf. Was die \
         tekst nieuw, dan is de toets daarna gedaan.",
        "With a text of the buyer: the test patients were also drawn from a text that the buyer issued. If that text was new, the \
         test was done after it.",
    )
}

/// One waiver, as it stands with its finding.
#[must_use]
pub fn waiver(owner: &str, until: &str, reason: &str) -> Said {
    both(
        format!("Tijdelijk toegestaan tot en met {until} ({owner}): {reason}"),
        format!("Let through up to {until} ({owner}): {reason}"),
    )
}

/// A run that several processes shared.
#[must_use]
pub fn parts(number: usize) -> Said {
    both(
        format!("Samengevoegd uit {number} delen, elk met een eigen opname."),
        format!("Put together from {number} parts, each with a recording of its own."),
    )
}

/// The letter of an outcome in a segment; its shape is the style sheet's.
#[must_use]
pub fn letter(outcome: &str) -> Said {
    match outcome {
        "pass" => both("V", "M"),
        "warn" => both("O", "R"),
        "fail" => both("X", "X"),
        "inconclusive" => both("G", "I"),
        "not-tested" => both("T", "U"),
        "attested" => both("K", "A"),
        "not-applicable" => both("N", "N"),
        "error" | "config-error" => both("F", "E"),
        _ => both("?", "?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::verdict::OUTCOMES;
    use std::collections::BTreeSet;

    /// Two outcomes share a letter only where both are a fault of the set-up or of ours.
    #[test]
    fn a_letter_says_one_thing() {
        let letters =
            |pick: fn(Said) -> String| OUTCOMES.iter().map(|word| pick(letter(word))).collect::<BTreeSet<_>>();
        assert_eq!(letters(|said| said.nl).len(), OUTCOMES.len() - 1);
        assert_eq!(letters(|said| said.en).len(), OUTCOMES.len() - 1);
        assert!(!letters(|said| said.nl).contains("?"));
    }
}
