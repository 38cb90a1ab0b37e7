//! Whether the media type is one of those wanted.

use super::Exchange;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::Judgement;

/// Holds the media type of the response against the list; parameters and letter case do not count.
#[must_use]
pub fn judge(one_of: &[String], exchange: &Exchange) -> Judgement {
    let found = essence(&exchange.response.header("content-type").unwrap_or_default());
    Judgement::of(
        !found.is_empty() && one_of.iter().any(|wanted| essence(wanted) == found),
        Expected::MediaTypeOneOf(one_of.to_vec()),
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
}
