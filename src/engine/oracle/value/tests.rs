use super::super::fixture::Given;
use super::*;
use crate::model::expectation::Always;
use crate::model::verdict::Verdict;
use serde_json::json;

fn literal(text: &Text) -> Option<String> {
    (text.names().next().is_none()).then(|| text.to_string())
}

fn holds(matcher: &Matcher, values: &[&str]) -> Option<bool> {
    let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
    matches(matcher, &literal, &values)
}

fn text(text: &str) -> Text {
    text.parse().unwrap()
}

fn sent(url: &str) -> Given {
    let mut given = Given::answer(200);
    url.clone_into(&mut given.request.url);
    given
}

#[test]
fn each_matcher_can_hold_and_fail() {
    for (matcher, good, bad) in [
        (Matcher::Equals(text("a")), vec!["b", "a"], vec!["ab"]),
        (Matcher::OneOf(vec![text("a"), text("b")]), vec!["b"], vec!["c"]),
        (Matcher::Contains(text("b")), vec!["x", "abc"], vec!["ac"]),
        (Matcher::Lacks(text("b")), vec!["a", "c"], vec!["a", "abc"]),
        (Matcher::Pattern("^[0-9]+$".into()), vec!["12"], vec!["1a"]),
        (Matcher::AtMost(5), vec!["5", "4"], vec!["4", "6"]),
        (Matcher::AtLeast(5), vec!["5", " 6 "], vec!["5.5"]),
        (Matcher::Present(Always), vec![""], vec![]),
        (Matcher::Absent(Always), vec![], vec![""]),
        (Matcher::Never("b+".into()), vec!["a", "c"], vec!["a", "abbc"]),
    ] {
        assert_eq!(holds(&matcher, &good), Some(true), "{matcher:?}");
        assert_eq!(holds(&matcher, &bad), Some(false), "{matcher:?}");
    }
    assert_eq!(holds(&Matcher::Lacks(text("b")), &[]), Some(false), "lacks needs a value");
    assert_eq!(holds(&Matcher::AtMost(5), &[]), Some(false), "a limit needs a value");
}

#[test]
fn a_whole_body_can_be_searched_whatever_it_is() {
    let at = |pattern: &str| ValueAt { at: Place::Body(Always), of: None, is: Matcher::Never(pattern.into()) };
    let page = Given::answer(500).text("<p>at a.B.c(B.java:7)</p>");
    let verdict = |pattern: &str, given: &Given| judge(&at(pattern), &literal, &given.exchange()).verdict;
    assert_eq!(verdict(r"\(\w+\.java:\d+\)", &page), Verdict::Fail);
    let seen = judge(&at("[A-Z]\\.java"), &literal, &page.exchange()).observed;
    assert_eq!(seen, Observed::Values(vec!["B.java".into()]), "only what matched is shown");
    assert_eq!(verdict("SELECT", &page), Verdict::Pass);
    assert_eq!(verdict("SELECT", &Given::answer(204)), Verdict::Pass, "nothing holds nothing");
}

#[test]
fn what_cannot_be_filled_or_compiled_cannot_be_said() {
    assert_eq!(holds(&Matcher::Equals(text("{{gone.value}}")), &["a"]), None);
    assert_eq!(holds(&Matcher::Pattern("(".into()), &["a"]), None);
    assert_eq!(holds(&Matcher::Pattern("(a{1000}){1000}".into()), &["a"]), None, "a pattern is bounded");
    let at = ValueAt { at: Place::Json("/a".into()), of: None, is: Matcher::Equals(text("{{gone.value}}")) };
    let judgement = judge(&at, &literal, &Given::answer(200).json(&json!({"a": "x"})).exchange());
    assert_eq!(judgement.doubt, Some(Doubt::EvidenceDoesNotFit));
}

#[test]
fn places_of_a_url_are_read_decoded() {
    let given = sent("https://host/fhir/Task/a%20b?x=1&x=2%2B&y=a+b");
    let read = |place, side| read(&place, side, &given.exchange());
    assert_eq!(read(Place::Query("x".into()), Side::Request), ["1", "2+"]);
    assert_eq!(read(Place::Query("y".into()), Side::Request), ["a b"]);
    assert!(read(Place::Query("x".into()), Side::Response).is_empty());
    assert_eq!(read(Place::Segment(-1), Side::Response), ["a b"]);
    assert_eq!(read(Place::Segment(0), Side::Request), ["fhir"]);
    assert!(read(Place::Segment(-4), Side::Request).is_empty());
    assert!(read(Place::Segment(3), Side::Request).is_empty());
    let inbound = sent("/receive/Task/7/?a=b");
    assert_eq!(super::read(&Place::Segment(-1), Side::Request, &inbound.exchange()), ["7"]);
    assert_eq!(super::read(&Place::Query("a".into()), Side::Request, &inbound.exchange()), ["b"]);
}

#[test]
fn sealed_values_in_a_url_stay_as_they_are() {
    let given = sent("https://host/x?code=⟦code:1:20⟧");
    assert_eq!(read(&Place::Query("code".into()), Side::Request, &given.exchange()), ["⟦code:1:20⟧"]);
}

#[test]
fn headers_forms_and_bodies_are_read_on_their_own_side() {
    let mut given = Given::answer(200).header("vary", "a").header("vary", "b").json(&json!({
        "resourceType": "Bundle", "total": 3, "link": [{"relation": "self", "url": "http://h/x"}]}));
    given.request.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    given.request_body = b"patient=1%7C2&x=y".to_vec();
    let read = |place, side| read(&place, side, &given.exchange());
    assert_eq!(read(Place::Header("vary".to_owned().try_into().unwrap()), Side::Response), ["a, b"]);
    assert_eq!(read(Place::Form("patient".into()), Side::Request), ["1|2"]);
    assert!(read(Place::Form("patient".into()), Side::Response).is_empty());
    assert_eq!(read(Place::Json("/total".into()), Side::Response), ["3"]);
    assert_eq!(read(Place::Element("Bundle.total".into()), Side::Response), ["3"]);
    assert_eq!(read(Place::Link("self".into()), Side::Response), ["http://h/x"]);
    assert!(read(Place::Link("next".into()), Side::Response).is_empty());
}

#[test]
fn a_failing_value_says_what_was_there() {
    let wanted = Matcher::Equals(text("x"));
    let at = ValueAt { at: Place::Json("/a".into()), of: None, is: wanted };
    let long = "y".repeat(300);
    let judgement = judge(&at, &literal, &Given::answer(200).json(&json!({"a": vec![long; 20]})).exchange());
    assert_eq!(judgement.verdict, Verdict::Fail);
    let Observed::Values(values) = judgement.observed else { panic!("values") };
    assert_eq!((values.len(), values[0].chars().count()), (10, 200));
    assert_eq!(judgement.expected, Expected::ValueAt { place: "json /a".into(), wanted: "equals x".into() });
    assert_eq!(judge(&at, &literal, &Given::answer(200).exchange()).observed, Observed::NoValue);
}

#[test]
fn an_absence_in_a_body_that_we_cut_shows_nothing() {
    let at = ValueAt { at: Place::Json("/a".into()), of: None, is: Matcher::Absent(Always) };
    let mut cut = Given::answer(200).text("{\"b\": ");
    cut.response.body.cut = true;
    assert_eq!(judge(&at, &literal, &cut.exchange()).verdict, Verdict::Inconclusive);
    assert_eq!(judge(&at, &literal, &Given::answer(200).text("{}").exchange()).verdict, Verdict::Pass);
}
