//! What stands in the cells, what holds of several at once, and that nothing is summed up.

use super::bidders::{bidder, compared, end, same, withdraw};
use super::look::{row, subject};
use serde_json::Value;
use toetssteen::model::comparison::Together;
use toetssteen::report::compare::{Brief, BriefError, Pool};
use toetssteen::report::schema;

const UNT: &str = "privacy-by-design/UNT-01";
const PSH: &str = "privacy-by-design/PSH-02";

#[test]
fn not_offered_is_not_not_applicable_and_not_not_tested() {
    let all =
        compared(&[bidder("North", same), bidder("South", |tree| withdraw(tree, "privacy-by-design", "receiver"))]);
    assert_eq!(
        row(&all, PSH).cells.iter().map(|cell| cell.state.as_str()).collect::<Vec<_>>(),
        ["pass", "not-offered"]
    );
    assert_eq!(row(&all, "fhir-rest/CAP-02").cells[1].state, "not-applicable");
    assert_eq!(row(&all, "privacy-by-design/CON-01").cells[1].state, "not-tested");
    let receiver = subject(&all, "privacy-by-design", "receiver");
    assert!(receiver.categories[0].conclusions[0].is_some() && receiver.categories[0].conclusions[1].is_none());
}

#[test]
fn a_role_that_nobody_offers_is_there() {
    let all = compared(&[bidder("North", same), bidder("South", same)]);
    let sender = subject(&all, "privacy-by-design", "sender");
    assert!(sender.offers.iter().all(|offer| !offer.offered));
    assert!(!sender.categories.is_empty() && sender.categories.iter().all(|category| category.rows.is_empty()));
}

#[test]
fn a_profile_that_one_does_not_claim_is_not_offered_by_it() {
    let all = compared(&[
        bidder("North", same),
        bidder("South", |tree| {
            withdraw(tree, "fhir-rest", "holder");
            tree["categories"].as_array_mut().expect("categories").retain(|one| one["profile"] != "fhir-rest");
        }),
    ]);
    assert_eq!(row(&all, "fhir-rest/ERR-01").cells[1].state, "not-offered");
}

#[test]
fn a_requirement_that_a_report_does_not_know_is_absent_and_hatched() {
    let unknown = |tree: &mut Value| {
        tree["catalogue"]["digest"] = "older".into();
        tree["requirements"].as_array_mut().expect("requirements").retain(|one| one["id"] != UNT);
    };
    let all = compared(&[bidder("North", same), bidder("South", same), bidder("East", unknown)]);
    let cell = &row(&all, UNT).cells[2];
    assert!(cell.state == "absent" && !cell.comparable && !cell.differs.is_empty());
}

#[test]
fn what_holds_of_all_is_said_of_those_that_may_be_compared() {
    let failing = |tree: &mut Value| end(tree, UNT, "fail");
    let of = |all: &[Value]| row(&compared(all), UNT).together;
    assert_eq!(of(&[bidder("North", same), bidder("South", same)]), Together::AllMeet);
    assert_eq!(of(&[bidder("North", failing), bidder("South", failing)]), Together::AllFail);
    assert_eq!(of(&[bidder("North", failing), bidder("South", same)]), Together::Differ);
    let untested = |tree: &mut Value| end(tree, UNT, "not-tested");
    assert_eq!(of(&[bidder("North", untested), bidder("South", untested)]), Together::Same);
    let odd = |tree: &mut Value| {
        failing(tree);
        tree["judge"] = "9.9.9".into();
    };
    assert_eq!(of(&[bidder("North", same), bidder("South", same), bidder("East", odd)]), Together::AllMeet);
    assert_eq!(
        of(&[bidder("North", same), bidder("East", odd)]),
        Together::Alone,
        "two that differ say nothing together"
    );
    let away = |tree: &mut Value| withdraw(tree, "privacy-by-design", "holder");
    assert_eq!(of(&[bidder("North", failing), bidder("South", away)]), Together::Alone, "one is not all");
}

#[test]
fn a_must_with_a_remark_is_met_and_a_should_with_one_is_not() {
    let ended = |id: &'static str, outcome: &'static str| move |tree: &mut Value| end(tree, id, outcome);
    let of = |id: &'static str, north: &'static str, south: &'static str| {
        let all = compared(&[bidder("North", ended(id, north)), bidder("South", ended(id, south))]);
        row(&all, id).together
    };
    assert_eq!(of(UNT, "warn", "pass"), Together::AllMeet);
    assert_eq!(of(UNT, "warn", "warn"), Together::AllMeet);
    assert_eq!(of(UNT, "warn", "fail"), Together::Differ);
    assert_eq!(of(UNT, "fail", "fail"), Together::AllFail);
    const SRCH: &str = "fhir-rest/SRCH-01";
    assert_eq!(of(SRCH, "warn", "warn"), Together::AllFail);
    assert_eq!(of(SRCH, "warn", "pass"), Together::Differ);
    let all = compared(&[bidder("North", ended(UNT, "warn")), bidder("South", same)]);
    let pairs = &subject(&all, "privacy-by-design", "holder").not_inferior;
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(pairs[0].says.en, "A and B meet the same mandatory requirements.");
}

#[test]
fn not_inferior_is_said_only_where_it_holds() {
    let sentences = |all: &[Value]| -> Vec<String> {
        let all = compared(all);
        subject(&all, "privacy-by-design", "holder").not_inferior.iter().map(|one| one.says.nl.clone()).collect()
    };
    let more = |tree: &mut Value| end(tree, "privacy-by-design/CON-01", "pass");
    assert_eq!(
        sentences(&[bidder("North", same), bidder("South", more)]),
        ["B voldoet aan elke verplichte eis waaraan A voldoet, en daarnaast aan CON-01."]
    );
    assert_eq!(
        sentences(&[bidder("North", same), bidder("South", same)]),
        ["A en B voldoen aan dezelfde verplichte eisen."]
    );
    // It meets more, and breaks what the other does not break.
    let mixed = |tree: &mut Value| {
        more(tree);
        end(tree, "privacy-by-design/BLR-01", "fail");
    };
    assert!(sentences(&[bidder("North", same), bidder("South", mixed)]).is_empty());
    let odd = |tree: &mut Value| {
        more(tree);
        tree["judge"] = "9.9.9".into();
    };
    assert!(sentences(&[bidder("North", same), bidder("South", odd)]).is_empty(), "what may not be compared is not");
}

#[test]
fn what_two_meet_by_different_cases_is_met_by_none_that_was_not_judged() {
    // North and East each ran cases of their own; of South nothing is known.
    let ran = |case: &'static str| {
        move |tree: &mut Value| {
            for one in tree["requirements"].as_array_mut().expect("requirements") {
                if one["id"] == UNT {
                    one["cases"] = serde_json::json!([case]);
                }
            }
        }
    };
    let doubtful = |tree: &mut Value| end(tree, UNT, "inconclusive");
    let (first, second) =
        ("privacy-by-design/no-search-without-patient", "privacy-by-design/objection-stops-retrieval");
    let all = compared(&[bidder("North", ran(first)), bidder("South", doubtful), bidder("East", ran(second))]);
    let cells = &row(&all, UNT).cells;
    assert!(!cells[0].comparable && !cells[2].comparable, "the ground of this test: {cells:?}");
    let pairs = &subject(&all, "privacy-by-design", "holder").not_inferior;
    assert!(pairs.iter().all(|pair| pair.report != "B"), "{pairs:?}");
}

#[test]
fn a_leak_is_told_whatever_may_be_compared() {
    let odd = |tree: &mut Value| tree["judge"] = "9.9.9".into();
    let mended = |tree: &mut Value| end(tree, "privacy-by-design/OPT-01", "pass");
    let all = compared(&[bidder("North", odd), bidder("South", mended), bidder("East", same)]);
    assert_eq!(all.leaks.len(), 1);
    assert_eq!(all.leaks[0].reports, ["A", "C"]);
}

#[test]
fn what_is_broken_shows_its_observation() {
    let all = compared(&[bidder("North", same), bidder("South", same)]);
    let cell = &row(&all, "privacy-by-design/OPT-01").cells[0];
    let shown = cell.shown.as_ref().expect("an observation");
    assert!(!shown.records.is_empty() && shown.case.starts_with("privacy-by-design/objection-stops-retrieval / "));
    let doubt = &row(&all, "privacy-by-design/OPT-01-reversible").cells[0];
    assert!(doubt.shown.is_some(), "a doubt shows the control that failed");
    assert!(row(&all, UNT).cells[0].shown.is_none());
}

#[test]
fn times_are_whole_seconds_and_who_measured_none_was_at_once() {
    let quick = |tree: &mut Value| {
        for step in tree["cases"]
            .as_array_mut()
            .expect("cases")
            .iter_mut()
            .flat_map(|case| case["steps"].as_array_mut().expect("steps"))
        {
            step.as_object_mut().expect("a step").remove("effect-ms");
        }
    };
    let nearly = |tree: &mut Value| {
        for case in tree["cases"].as_array_mut().expect("cases") {
            if case["id"] == "privacy-by-design/no-search-without-patient" {
                case["steps"][0]["effect-ms"] = 1_900.into();
            }
        }
    };
    let all = compared(&[bidder("North", same), bidder("South", nearly), bidder("East", quick)]);
    let time =
        all.quantities.iter().find(|one| one.case == "privacy-by-design/no-search-without-patient").expect("a time");
    let numbers: Vec<(Option<u64>, &str)> = time.values.iter().map(|one| (one.number, one.state.as_str())).collect();
    assert_eq!(numbers, [(Some(1), "pass"), (Some(1), "pass"), (None, "pass")], "a difference below a second is none");
    assert_eq!(time.unit, "s");
}

#[test]
fn no_total_no_rank_no_percentage_in_the_format() {
    let schema = schema::comparison().to_lowercase();
    for word in ["score", "rank\"", "percent\"", "total\"", "sum\"", "weighted"] {
        assert!(!schema.contains(word), "the schema speaks of {word}");
    }
}

#[test]
fn a_report_of_another_number_is_refused_by_that_number() {
    let mut tree = bidder("North", same);
    tree["format"] = 2.into();
    let later = serde_json::to_vec(&tree).expect("bytes");
    assert!(matches!(Brief::read(&later, &mut Pool::default()), Err(BriefError::Format(2))));
    let other = br#"{"format": 7, "shape": "another"}"#;
    assert!(matches!(Brief::read(other, &mut Pool::default()), Err(BriefError::Format(7))));
    assert!(matches!(Brief::read(b"{}", &mut Pool::default()), Err(BriefError::Shape(_))));
}

#[test]
fn a_report_without_categories_still_has_rows() {
    let old = |tree: &mut Value| {
        tree.as_object_mut().expect("a report").remove("categories");
    };
    let all = compared(&[bidder("North", old), bidder("South", old)]);
    assert_eq!(row(&all, UNT).together, Together::AllMeet);
}

#[test]
fn a_person_who_was_seen_is_a_leak_however_little_the_verdict_rests_on() {
    // The golden report fails OPT-01 by a disclosure; lowered to a remark, the person was seen all the same.
    let lowered = |tree: &mut Value| end(tree, "privacy-by-design/OPT-01", "warn");
    let all = compared(&[bidder("Alfa", lowered), bidder("Bravo", lowered)]);
    assert_eq!(all.leaks.iter().map(|one| one.reports.clone()).collect::<Vec<_>>(), [["A", "B"]]);
    // A remark in which nobody was disclosed is none.
    let harmless = |tree: &mut Value| {
        lowered(tree);
        for case in tree["cases"].as_array_mut().expect("cases") {
            for step in case["steps"].as_array_mut().expect("steps") {
                for one in step["judgements"].as_array_mut().expect("judgements") {
                    one["observed"]["code"] = "status".into();
                }
            }
        }
    };
    assert_eq!(compared(&[bidder("Alfa", harmless), bidder("Bravo", harmless)]).leaks, []);
}
