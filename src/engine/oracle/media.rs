//! Whether the media type is one of those wanted.

use super::Exchange;
use crate::model::finding::{Expected, Observed};
use crate::model::target::Format;
use crate::model::verdict::Judgement;

/// The word for the types that the request's `Accept` names.
const ASKED: &str = "asked";
/// The word for the type of the same form that says less: `application/json`, or `application/xml`.
const GENERIC: &str = "generic";

/// Holds the media type of the response against the list; parameters and letter case do not count.
///
/// `asked` and `generic` stand for what the request itself asked for.
#[must_use]
pub fn judge(one_of: &[String], exchange: &Exchange) -> Judgement {
    let found = essence(&exchange.response.header("content-type").unwrap_or_default());
    let accept = exchange.request.header("accept").unwrap_or_default();
    let asked = || accept.split(',').map(essence).filter(|asked| !asked.is_empty() && !asked.contains('*'));
    let generic = |asked: String| match Format::of_media_type(&asked) {
        Some(Format::Json) => "application/json".to_owned(),
        Some(Format::Xml) => "application/xml".to_owned(),
        None => asked,
    };
    let mut wanted: Vec<String> = Vec::new();
    for word in one_of {
        match word.as_str() {
            ASKED => wanted.extend(asked()),
            GENERIC => wanted.extend(asked().map(generic)),
            _ => wanted.push(word.clone()),
        }
    }
    Judgement::of(
        !found.is_empty() && wanted.iter().any(|wanted| essence(wanted) == found),
        Expected::MediaTypeOneOf(wanted),
        Observed::MediaType(found.chars().take(200).collect()),
        vec![exchange.number],
    )
}

/// Type and subtype of a media type in small letters, without parameters.
#[must_use]
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Given;
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn parameters_and_case_do_not_count() {
        let wanted = ["application/fhir+json".to_owned()];
        for (found, verdict) in [
            ("Application/FHIR+JSON; charset=utf-8; fhirVersion=4.0", Verdict::Pass),
            ("application/fhir+json", Verdict::Pass),
            ("application/json", Verdict::Fail),
            ("", Verdict::Fail),
        ] {
            let given = Given::answer(200).header("content-type", found);
            assert_eq!(judge(&wanted, &given.exchange()).verdict, verdict, "{found}");
        }
        assert_eq!(judge(&wanted, &Given::answer(200).exchange()).observed, Observed::MediaType(String::new()));
    }

    #[test]
    fn what_was_asked_for_is_wanted_in_its_own_form() {
        let verdict = |accept: &str, words: &[&str], found: &str| {
            let mut given = Given::answer(200).header("content-type", found);
            given.request.headers.retain(|(name, _)| name != "accept");
            given.request.headers.push(("accept".to_owned(), accept.to_owned()));
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            judge(&words, &given.exchange()).verdict
        };
        let (json, xml) = ("application/fhir+json", "application/fhir+xml");
        for asked in [json, xml] {
            for found in [json, xml] {
                let wanted = if asked == found { Verdict::Pass } else { Verdict::Fail };
                assert_eq!(verdict(asked, &["asked"], found), wanted, "{asked} {found}");
            }
        }
        assert_eq!(verdict(xml, &["asked"], "application/xml"), Verdict::Fail);
        assert_eq!(verdict(xml, &["asked", "generic"], "application/xml; charset=utf-8"), Verdict::Pass);
        assert_eq!(verdict(json, &["asked", "generic"], "application/xml"), Verdict::Fail);
        assert_eq!(verdict("*/*", &["asked", "generic"], json), Verdict::Fail);
    }
}
