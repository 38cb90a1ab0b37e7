use super::super::fixture::Given;
use super::*;
use crate::model::record::{Pass, Withheld};
use crate::model::target::FhirVersion;
use crate::model::verdict::Verdict;
use serde_json::{Value, json};

fn wanted(what: Aspect, is: Relation) -> Comparison {
    Comparison { what, is, step: "before".parse().unwrap() }
}

fn bundle(resources: &[Value]) -> Given {
    let entry: Vec<Value> = resources.iter().map(|r| json!({"fullUrl": "urn:x", "resource": r})).collect();
    Given::answer(200).json(&json!({"resourceType": "Bundle", "id": "b", "total": entry.len(), "entry": entry}))
}

fn observation(id: &str, value: u32) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "valueInteger": value})
}

fn compared(comparison: &Comparison, earlier: &Given, later: &Given) -> Judgement {
    let later = later.clone().number(2);
    let judgements = judge(comparison, &[earlier.exchange()], &[later.exchange()], &|_| BTreeSet::new());
    assert_eq!(judgements.len(), 1);
    judgements.into_iter().next().unwrap()
}

fn differs(words: &[&str]) -> Observed {
    Observed::Differs(words.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn either_form_has_the_same_content() {
    let xml = r#"<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><entry><fullUrl value="urn:y"/><resource>
        <Observation><id value="1"/><status value="final"/><valueInteger value="VALUE"/></Observation></resource></entry></Bundle>"#;
    let later = |value: &str| Given::answer(200).xml(FhirVersion::R4, &xml.replace("VALUE", value));
    let earlier = bundle(&[observation("1", 1)]);
    for what in [Aspect::Content, Aspect::Entries, Aspect::Elements] {
        assert_eq!(compared(&wanted(what, Relation::Equal), &earlier, &later("1")).verdict, Verdict::Pass);
    }
    assert_eq!(compared(&wanted(Aspect::Content, Relation::Equal), &earlier, &later("2")).verdict, Verdict::Fail);
}

#[test]
fn equal_content_has_no_order_paging_or_meta() {
    let equal = wanted(Aspect::Content, Relation::Equal);
    let earlier = bundle(&[observation("1", 1), observation("2", 2)]);
    let reordered = json!({"valueInteger": 1, "id": "1", "meta": {"versionId": "9"}, "status": "final",
        "resourceType": "Observation"});
    let outcome = json!({"resourceType": "OperationOutcome"});
    let later = bundle(&[outcome, observation("2", 2), reordered]);
    assert_eq!(compared(&equal, &earlier, &later).verdict, Verdict::Pass);
}

#[test]
fn changed_content_is_named_and_never_shown() {
    let equal = wanted(Aspect::Content, Relation::Equal);
    let earlier = bundle(&[observation("1", 111), observation("2", 2), observation("2", 2)]);
    let later = bundle(&[observation("1", 999), observation("2", 2), observation("3", 3)]);
    let judgement = compared(&equal, &earlier, &later);
    assert_eq!((judgement.verdict, judgement.breach), (Verdict::Fail, false));
    assert_eq!(judgement.observed, differs(&["+ Observation/3", "- Observation/2", "~ Observation/1 valueInteger"]));
    assert_eq!(judgement.witnesses, [1, 2]);
    let gone = compared(&equal, &earlier, &Given::answer(403));
    let Observed::Differs(words) = gone.observed else { panic!("differs") };
    assert_eq!(words[0], "status 403 instead of 200");
}

#[test]
fn two_empty_answers_show_nothing() {
    for what in [Aspect::Content, Aspect::Entries, Aspect::Elements] {
        for is in [Relation::Equal, Relation::SubsetOf, Relation::SupersetOf] {
            let judgement = compared(&wanted(what, is), &bundle(&[]), &bundle(&[]));
            assert_eq!(judgement.doubt, Some(Doubt::Vacuous), "{what:?} {is:?}");
        }
    }
    let refused =
        compared(&wanted(Aspect::Entries, Relation::SubsetOf), &bundle(&[observation("1", 1)]), &Given::answer(400));
    assert_eq!(refused.doubt, Some(Doubt::Vacuous), "a refusal is no narrower answer");
}

#[test]
fn a_subset_may_lack_and_may_not_add() {
    let (whole, part) = (bundle(&[observation("1", 1), observation("2", 2)]), bundle(&[observation("2", 2)]));
    for what in [Aspect::Content, Aspect::Entries, Aspect::Elements] {
        let (subset, superset) = (wanted(what, Relation::SubsetOf), wanted(what, Relation::SupersetOf));
        assert_eq!(compared(&subset, &whole, &part).verdict, Verdict::Pass, "{what:?}");
        assert_eq!(compared(&subset, &part, &whole).verdict, Verdict::Fail, "{what:?}");
        assert_eq!(compared(&superset, &part, &whole).verdict, Verdict::Pass, "{what:?}");
        assert_eq!(compared(&superset, &whole, &part).verdict, Verdict::Fail, "{what:?}");
        assert_eq!(compared(&wanted(what, Relation::Equal), &whole, &part).verdict, Verdict::Fail, "{what:?}");
    }
}

#[test]
fn a_step_in_which_nothing_was_smaller_is_told() {
    let (whole, part) = (bundle(&[observation("1", 1), observation("2", 2)]), bundle(&[observation("2", 2)]));
    let subset = wanted(Aspect::Entries, Relation::SubsetOf);
    let smaller = |later: &Given| {
        let later = later.clone().number(2);
        ever_smaller(&subset, &[whole.exchange()], &[later.exchange()], &|_| BTreeSet::new())
    };
    assert_eq!((smaller(&part), smaller(&whole)), (Some(true), Some(false)));
    assert_eq!(smaller(&Given::answer(400)), Some(false), "a refusal narrows nothing");
    let none = |_: &Exchange| BTreeSet::new();
    for relation in [Relation::Equal, Relation::SupersetOf] {
        let (earlier, later) = (part.exchange(), whole.clone().number(2));
        let asked = ever_smaller(&wanted(Aspect::Entries, relation), &[earlier], &[later.exchange()], &none);
        assert_eq!(asked, None, "as much as before suffices: {relation:?}");
    }
    assert_eq!(underpowered(&subset, vec![2]).doubt, Some(Doubt::Underpowered));
}

#[test]
fn what_is_served_after_an_error_of_the_server_was_not_refused_before() {
    for what in [Aspect::Outcome, Aspect::Content] {
        let comparison = wanted(what, Relation::Equal);
        let (failed, served) = (Given::answer(503), bundle(&[observation("1", 1)]));
        let opened = compared(&comparison, &failed, &served);
        assert_eq!((opened.doubt, opened.breach), (Some(Doubt::Vacuous), false), "{what:?}");
        assert_eq!(compared(&comparison, &failed, &failed).doubt, Some(Doubt::Vacuous), "{what:?}");
        assert_eq!(compared(&comparison, &served, &failed).verdict, Verdict::Fail, "{what:?}");
    }
    let refused = Given::answer(403);
    let opened = compared(&wanted(Aspect::Outcome, Relation::Equal), &refused, &bundle(&[observation("1", 1)]));
    assert!(opened.breach, "a refusal that is lifted is one");
}

#[test]
fn elements_are_compared_per_entry() {
    let subset = wanted(Aspect::Elements, Relation::SubsetOf);
    let more = json!({"resourceType": "Observation", "id": "1", "status": "final", "note": [{"text": "x"}]});
    let marked = json!({"resourceType": "Observation", "id": "1", "meta": {"tag": [{"code": "SUBSETTED"}]}});
    let judgement = compared(&subset, &bundle(&[observation("1", 1)]), &bundle(&[more]));
    assert_eq!(judgement.observed, differs(&["+ Observation/1 note", "+ Observation/1 note.text"]));
    assert_eq!(compared(&subset, &bundle(&[observation("1", 1)]), &bundle(&[marked])).verdict, Verdict::Pass);
}

#[test]
fn shape_is_paths_and_types_without_values() {
    let equal = wanted(Aspect::Shape, Relation::Equal);
    let one = Given::answer(200).json(&json!({"a": [{"b": 1}, {"b": 2}]}));
    let same = Given::answer(201).json(&json!({"a": [{"b": 3}]}));
    let other = Given::answer(200).json(&json!({"a": [{"b": "3"}]}));
    assert_eq!(compared(&equal, &one, &same).verdict, Verdict::Pass);
    assert_eq!(compared(&equal, &one, &other).observed, differs(&["+ a.b (string)", "- a.b (number)"]));
    assert_eq!(compared(&equal, &Given::answer(200), &Given::answer(200)).doubt, Some(Doubt::Vacuous));
}

#[test]
fn outcome_is_served_or_refused_with_a_status() {
    let equal = wanted(Aspect::Outcome, Relation::Equal);
    let judged = |earlier, later| {
        let judgement = compared(&equal, &Given::answer(earlier), &Given::answer(later));
        (judgement.verdict, judgement.breach)
    };
    assert_eq!(judged(200, 206), (Verdict::Pass, false));
    assert_eq!(judged(401, 401), (Verdict::Pass, false));
    assert_eq!(judged(401, 403), (Verdict::Fail, false));
    assert_eq!(judged(200, 401), (Verdict::Fail, false));
    assert_eq!(judged(401, 200), (Verdict::Fail, true));
    let subset = wanted(Aspect::Outcome, Relation::SubsetOf);
    assert!(compared(&subset, &Given::answer(401), &Given::answer(200)).breach);
    assert_eq!(compared(&subset, &Given::answer(200), &Given::answer(401)).verdict, Verdict::Pass);
    assert_eq!(compared(&subset, &Given::answer(403), &Given::answer(401)).verdict, Verdict::Pass);
}

#[test]
fn what_is_not_json_is_compared_as_bytes() {
    let equal = wanted(Aspect::Content, Relation::Equal);
    let page = |status, text| Given::answer(status).text(text);
    assert_eq!(compared(&equal, &page(200, "<a/>"), &page(200, "<a/>")).verdict, Verdict::Pass);
    assert_eq!(compared(&equal, &page(200, "<a/>"), &page(200, "<b/>")).verdict, Verdict::Fail);
    assert_eq!(compared(&equal, &page(200, "<a/>"), &page(201, "<a/>")).verdict, Verdict::Fail);
    assert_eq!(compared(&equal, &page(200, "<a/>"), &bundle(&[observation("1", 1)])).verdict, Verdict::Fail);
    assert_eq!(compared(&equal, &Given::answer(204), &Given::answer(204)).doubt, Some(Doubt::Vacuous));
}

#[test]
fn canaries_are_compared_as_a_union() {
    let found = |exchange: &Exchange| -> BTreeSet<String> { exchange.response.header("found").into_iter().collect() };
    let says = |number, name| Given::answer(200).header("found", name).number(number);
    let (a, b, c) = (says(1, "ctrl.a"), says(2, "ctrl.b"), says(3, "ctrl.a"));
    let judged = |is, later: &[Exchange]| {
        let judgements = judge(&wanted(Aspect::Canaries, is), &[a.exchange(), b.exchange()], later, &found);
        assert_eq!(judgements.len(), 1);
        judgements.into_iter().next().unwrap()
    };
    assert_eq!(judged(Relation::SubsetOf, &[c.exchange()]).verdict, Verdict::Pass);
    assert_eq!(judged(Relation::Equal, &[c.exchange()]).observed, differs(&["- ctrl.b"]));
    let leak = says(4, "opt.a");
    assert_eq!(judged(Relation::SubsetOf, &[leak.exchange()]).observed, differs(&["+ opt.a"]));
}

#[test]
fn the_same_question_is_request_person_and_shared_names() {
    let ask = |number, value, about: &str, each: &[(&str, &str)]| {
        let mut given = bundle(&[observation("1", value)]).number(number);
        given.key.request = Some("laboratory".parse().unwrap());
        given.key.about = Some(about.parse().unwrap());
        given.key.each = each.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        given
    };
    let equal = wanted(Aspect::Content, Relation::Equal);
    let earlier = [
        ask(1, 1, "ctrl", &[("patient", "ctrl"), ("who", "a")]),
        ask(2, 2, "ctrl", &[("patient", "ctrl"), ("who", "a")]),
        ask(3, 3, "ctrl", &[("patient", "ctrl"), ("who", "b")]),
        ask(4, 4, "opt", &[("patient", "opt"), ("who", "a")]),
    ];
    let mut after = ask(20, 99, "ctrl", &[("patient", "ctrl"), ("who", "a")]);
    after.key.pass = Some(Pass::After);
    let mut earlier: Vec<Exchange> = earlier.iter().map(Given::exchange).collect();
    earlier.push(after.exchange());
    let later = [
        ask(10, 2, "ctrl", &[("who", "a"), ("time", "x")]),
        ask(11, 3, "ctrl", &[("who", "b"), ("time", "x")]),
        ask(12, 9, "opt", &[("who", "a"), ("time", "x")]),
        ask(13, 1, "other", &[("who", "a"), ("time", "x")]),
    ];
    let later: Vec<Exchange> = later.iter().map(Given::exchange).collect();
    let judgements = judge(&equal, &earlier, &later, &|_| BTreeSet::new());
    let verdicts: Vec<_> = judgements.iter().map(|j| (j.verdict, j.doubt)).collect();
    assert_eq!(
        verdicts,
        [
            (Verdict::Pass, None),
            (Verdict::Pass, None),
            (Verdict::Fail, None),
            (Verdict::Inconclusive, Some(Doubt::EvidenceDoesNotFit)),
        ]
    );
    assert_eq!(judgements[0].witnesses, [2, 10]);
    assert_eq!(judgements[2].of["about"], "opt");
}

#[test]
fn what_was_not_kept_cannot_be_compared() {
    let mut withheld = Given::answer(200);
    withheld.response.body.withheld = Some(Withheld::OtherCast);
    let judgement = compared(&wanted(Aspect::Content, Relation::Equal), &bundle(&[]), &withheld);
    assert_eq!(judgement.doubt, Some(Doubt::ForeignData));
    assert_eq!(
        compared(&wanted(Aspect::Outcome, Relation::Equal), &Given::answer(200), &withheld).verdict,
        Verdict::Pass
    );
}

#[test]
fn pages_are_one_whole_and_a_repeated_match_is_seen() {
    let equal = wanted(Aspect::Pages, Relation::Equal);
    let whole = bundle(&[observation("1", 1), observation("2", 2), observation("3", 3)]);
    let pages = |pages: &[&[Value]]| {
        let pages: Vec<Given> = pages.iter().enumerate().map(|(at, page)| bundle(page).number(2 + at as u64)).collect();
        let exchanges: Vec<Exchange> = pages.iter().map(Given::exchange).collect();
        let judgements = judge(&equal, &[whole.exchange()], &exchanges, &|_| BTreeSet::new());
        (judgements.len(), judgements[0].verdict, judgements[0].observed.clone())
    };
    let (one, two, three) = (observation("1", 1), observation("2", 2), observation("3", 3));
    let (count, verdict, _) = pages(&[&[two.clone(), one.clone()], std::slice::from_ref(&three)]);
    assert_eq!((count, verdict), (1, Verdict::Pass));
    let (_, _, lost) = pages(&[&[one.clone(), two.clone()]]);
    assert_eq!(lost, differs(&["- Observation/3"]));
    let (_, _, twice) = pages(&[&[one, two.clone()], &[two, three]]);
    assert_eq!(twice, differs(&["+ Observation/2 (time 2)"]));
}
