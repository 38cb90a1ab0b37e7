//! What to do about something that is not tested, said to whoever can mend it.
//! Advice decides nothing; it only names the next step.

use super::both;
use crate::model::report::Said;
use crate::model::verdict::Gap;

/// What to do so that it is tested after all.
#[must_use]
pub fn gap(gap: Gap) -> Said {
    match gap {
        Gap::NoBinding => both(
            "Koppel deze handeling onder `bindings` in het doelbestand.",
            "Bind this action under `bindings` in the target file.",
        ),
        Gap::NoCredential => both(
            "Geef deze partij inloggegevens onder `credentials` in het doelbestand.",
            "Give this party a credential under `credentials` in the target file.",
        ),
        Gap::NoOperator => both(
            "Voer de toets uit in een terminal, of koppel de handeling met `http` of `exec`.",
            "Run it in a terminal, or bind the action with `http` or `exec`.",
        ),
        Gap::NoEndpoint => both(
            "Geef dit op in het doelbestand: een adres van het systeem onder `endpoints`, een van ons onder `counterparts`.",
            "Give this in the target file: an address of the system under `endpoints`, one of ours under `counterparts`.",
        ),
        Gap::NoRequest => both(
            "Controleer of het capability statement noemt wat het systeem kan, en vul in het doelbestand aan wat ontbreekt.",
            "Check that the capability statement names what the system can do, and add to the target file what is missing.",
        ),
        Gap::NoCast => both(
            "Geef deze testpatiënt op onder `cast` in het doelbestand.",
            "Give this test patient under `cast` in the target file.",
        ),
        Gap::NotAuthorised => both(
            "Vul `authorisation` in, of geef de genoemde vlag mee.",
            "Fill in `authorisation`, or give the flag that is named.",
        ),
        Gap::Production => {
            both("Toets dit op een test- of acceptatieomgeving.", "Test this on a test or acceptance environment.")
        }
        Gap::OptionNotStated => {
            both("Geef deze keuze op onder `options` bij de claim.", "State this option under `options` of the claim.")
        }
        Gap::Format => both(
            "Geef ook `format: [json]` op als het systeem dat spreekt.",
            "Claim `format: [json]` too if the system speaks it.",
        ),
        Gap::TooSlow => both("Geef de toets meer tijd.", "Give the run more time."),
        Gap::NotSelected => both("Laat de selectie weg.", "Leave the selection out."),
        Gap::NotYet => both("Hier is niets aan te doen.", "There is nothing to be done about it."),
    }
}

/// What to do where the address that we are to be reached at leads elsewhere.
#[must_use]
pub fn not_reached() -> Said {
    both(
        "Laat dit adres uitkomen waar wij luisteren (`listen`), of laat `public-url` weg als het systeem op deze machine draait.",
        "Make this address lead to where we listen (`listen`), or leave `public-url` out if the system runs on this machine.",
    )
}

/// What to do where only the target's side can tell whether an address leads to us.
#[must_use]
pub fn reached_from_there() -> Said {
    both(
        "Roep dit adres tijdens de toets aan vanaf de machine van het systeem: het antwoord hoort van ons te komen (404 met een OperationOutcome).",
        "Call this address from the system's machine during a run: the answer should be ours (404 with an OperationOutcome).",
    )
}

/// What to do where an address cannot be listened at.
#[must_use]
pub fn not_listening() -> Said {
    both(
        "Geef onder `counterparts` een ander adres op, of stop wat daar nu luistert.",
        "Give another address under `counterparts`, or stop what listens there now.",
    )
}
