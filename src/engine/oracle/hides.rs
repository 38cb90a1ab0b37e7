//! Whether nothing of somebody stands at a place, such as in the URLs that a target makes.
//! Unlike a disclosure it counts what the requester brought up itself: an echo in a URL ends up in logs.

use super::disclosure::Who;
use super::markers::Register;
use super::{Exchange, value};
use crate::model::expectation::ValueAt;
use crate::model::finding::{Expected, Observed};
use crate::model::verdict::Judgement;

/// The group that means a person's number and nothing else of them.
const NUMBER: &str = "bsn";

/// Looks for these people in every value at a place; no value hides everything.
#[must_use]
pub fn judge(at: &ValueAt, whos: &[Who], register: &Register, exchange: &Exchange<'_>) -> Judgement {
    let values = value::read(&at.at, exchange.side(at.of), exchange);
    let names: Vec<String> = whos.iter().map(Who::written).collect();
    let expected =
        Expected::ValueAt { place: value::place_words(&at.at), wanted: format!("hides {}", names.join(", ")) };
    let witnesses = vec![exchange.number];
    if let Some(doubt) = value::not_held(at, exchange) {
        return Judgement::doubtful(doubt, expected, Observed::NoValue, witnesses);
    }
    let wanted = |member: &str, group: &str, number: bool| {
        whos.iter().any(|who| match who.group.as_deref() {
            Some(NUMBER) => number && Who { group: None, ..who.clone() }.covers(member, group),
            _ => who.covers(member, group),
        })
    };
    let part = value::place_words(&at.at);
    let mut found: Vec<_> = values.iter().flat_map(|text| register.held(&part, text.as_bytes(), &wanted)).collect();
    found.sort();
    found.dedup();
    if !found.is_empty() {
        return Judgement::of(false, expected, Observed::Disclosed(found), witnesses).breach();
    }
    let observed = if values.is_empty() { Observed::NoValue } else { Observed::NothingDisclosed };
    Judgement::of(true, expected, observed, witnesses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::oracle::people::{Case, register};
    use crate::model::expectation::{Matcher, Place};
    use crate::model::verdict::Verdict;
    use base64::Engine as _;

    fn judged(group: &str, url: &str) -> Verdict {
        let at = ValueAt { at: Place::Links, of: None, is: Matcher::Hides(Vec::new()) };
        let who = Who { member: Some("ctrl".parse().unwrap()), group: Some(group.to_owned()) };
        let body = format!(r#"{{"resourceType":"Bundle","link":[{{"relation":"self","url":"{url}"}}]}}"#);
        // The number was sent by us, which is no excuse.
        let case = Case::new("http://host/fhir/Patient/_search").sent("identifier=999911120").body(body);
        judge(&at, &[who], &register(), &case.exchange()).verdict
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let coded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode("identifier=x|999911120");
        let hash = crate::model::digest::digest(b"999911120");
        for url in
            ["http://h/Patient?identifier=x%7C999911120", "Patient/999911120", &coded, &format!("http://h/p/{hash}")]
        {
            assert_eq!(judged("bsn", url), Verdict::Fail, "{url}");
        }
        assert_eq!(judged("bsn", "http://h/Patient?_id=pat-ctrl"), Verdict::Pass);
    }

    #[test]
    fn a_name_is_no_number() {
        assert_eq!(judged("bsn", "http://h/Patient?family=Ctrlfamilia"), Verdict::Pass);
        assert_eq!(judged("identity", "http://h/Patient?family=Ctrlfamilia"), Verdict::Fail);
    }
}
