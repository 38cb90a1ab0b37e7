//! Where a value was looked for and what was wanted of it, in words.
//! The oracles write both as test cases do: a word, and what it is about.

use super::both;
use crate::model::report::Said;

/// A place in an exchange.
#[must_use]
pub fn place(text: &str) -> Said {
    let (word, name) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "header" => both(format!("header {name}"), format!("header {name}")),
        "json" => both(format!("{name} in de body"), format!("{name} in the body")),
        "element" => both(format!("element {name}"), format!("element {name}")),
        "form" => both(format!("formulierveld {name}"), format!("form field {name}")),
        "query" => both(format!("parameter {name} in het adres"), format!("parameter {name} of the address")),
        "claim" => both(format!("claim {name} in het token"), format!("claim {name} of the token")),
        "segment" => both(format!("deel {name} van het pad"), format!("segment {name} of the path")),
        "link" => both(format!("link {name}"), format!("link {name}")),
        "created" => both(format!("aangemaakt: {name}"), format!("created: {name}")),
        "notified" => both(format!("gemeld: {name}"), format!("notified: {name}")),
        "client-certificate" => both("clientcertificaat", "client certificate"),
        _ => both(text.to_owned(), text.to_owned()),
    }
}

/// What was wanted of a value.
#[must_use]
pub fn value(text: &str) -> Said {
    let (word, what) = text.split_once(' ').unwrap_or((text, ""));
    let of = |nl: &str, en: &str| both(format!("{nl} {what}"), format!("{en} {what}"));
    match word {
        "equals" => of("gelijk aan", "equal to"),
        "one-of" => of("een van", "one of"),
        "contains" => of("bevat", "contains"),
        "lacks" => of("bevat niet", "does not contain"),
        "pattern" => of("past op patroon", "fits the pattern"),
        "never" => of("past nergens op patroon", "nowhere fits the pattern"),
        "at-most" => of("ten hoogste", "at most"),
        "at-least" => of("ten minste", "at least"),
        "hides" => of("niets van", "nothing of"),
        "present" => both("aanwezig", "present"),
        "absent" => both("afwezig", "absent"),
        _ => both(text.to_owned(), text.to_owned()),
    }
}

/// How many there should be.
#[must_use]
pub fn count(text: &str) -> Said {
    let (word, number) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "at-least" => both(format!("ten minste {number}"), format!("at least {number}")),
        "at-most" => both(format!("ten hoogste {number}"), format!("at most {number}")),
        "exactly" => both(format!("precies {number}"), format!("exactly {number}")),
        "none" => both("geen", "none"),
        _ => both(text.to_owned(), text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_case_wants_is_said_in_both_languages() {
        let said = value("one-of a, b");
        assert_eq!((said.nl.as_str(), said.en.as_str()), ("een van a, b", "one of a, b"));
        assert_eq!(value("absent").nl, "afwezig");
        assert_eq!(count("at-most 2").nl, "ten hoogste 2");
        assert_eq!(place("json /entry/0").nl, "/entry/0 in de body");
    }
}
