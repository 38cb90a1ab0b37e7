//! Why two reports may not be compared: each reason by itself, and none where there is none.

use super::bidders::{bidder, compared, same, withdraw};
use super::look::{obstacles, row, subject};
use serde_json::Value;
use toetssteen::model::comparison::{Comparison, Difference, Weight};
use toetssteen::model::text::Lang;
use toetssteen::report::compare::{Settings, compare};
use toetssteen::report::render::compare::{html, xlsx};

fn ends(tree: &mut Value, place: &str, value: impl Into<Value>) {
    *tree.pointer_mut(place).expect("a place") = value.into();
}

/// Three bidders of which the last differs.
fn with_third(change: impl Fn(&mut Value)) -> Comparison {
    compared(&[bidder("North", same), bidder("South", same), bidder("East", change)])
}

/// Whether each bidder may be compared in a subject, as the page hatches it.
fn comparable(all: &Comparison, profile: &str, role: &str) -> Vec<bool> {
    subject(all, profile, role).offers.iter().map(|offer| offer.comparable).collect()
}

#[test]
fn equal_reports_have_nothing_against_them() {
    let all = with_third(same);
    assert!(all.obstacles.is_empty(), "{:?}", all.obstacles);
    for one in all.subjects.iter().filter(|one| one.role != "sender") {
        assert!(one.offers.iter().all(|offer| offer.comparable && offer.because.is_empty()), "{}", one.profile);
    }
}

#[test]
fn each_difference_hatches_the_one_that_differs() {
    type Change = fn(&mut Value);
    let changes: [(Difference, Change); 6] = [
        (Difference::Catalogue, |tree| ends(tree, "/catalogue/digest", "another")),
        (Difference::Judge, |tree| ends(tree, "/judge", "9.9.9")),
        (Difference::Environment, |tree| ends(tree, "/target/authorisation/environment", "test")),
        (Difference::Parameters, |tree| ends(tree, "/run/parameters/timeout-ms", 500)),
        (Difference::Edition, |tree| ends(tree, "/profiles/0/edition", "2027.1")),
        (Difference::Options, |tree| ends(tree, "/profiles/0/options/effect-within", "10s")),
    ];
    for (kind, change) in changes {
        let all = with_third(change);
        let known: Vec<Difference> = all.obstacles.iter().map(|one| one.kind).collect();
        assert_eq!(known, [kind]);
        let obstacle = obstacles(&all, kind)[0];
        assert_eq!(obstacle.weight, Weight::Blocks, "{kind:?}");
        assert_eq!(obstacle.values[0].reports, ["A", "B"], "{kind:?}");
        assert_eq!(obstacle.values[1].reports, ["C"], "{kind:?}");
        assert_eq!(comparable(&all, "privacy-by-design", "holder"), [true, true, false], "{kind:?}");
        let cell = &row(&all, "privacy-by-design/OPT-01").cells[2];
        assert!(!cell.comparable && cell.differs == [kind] && cell.state == "fail", "{kind:?}: what it says stays");
        // What belongs to one role of one profile leaves the others alone.
        let elsewhere = !matches!(kind, Difference::Edition | Difference::Options);
        assert_eq!(comparable(&all, "fhir-rest", "holder"), [true, true, !elsewhere], "{kind:?}");
    }
}

#[test]
fn where_no_two_agree_none_is_the_measure() {
    let other = |digest: &'static str| move |tree: &mut Value| ends(tree, "/catalogue/digest", digest);
    let all = compared(&[bidder("North", other("n")), bidder("South", other("s")), bidder("East", other("e"))]);
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [false; 3]);
    let all = compared(&[bidder("North", other("n")), bidder("South", other("s"))]);
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [false; 2], "of two that differ, neither is right");
}

#[test]
fn the_larger_set_is_aligned_wherever_it_stands() {
    let odd = |tree: &mut Value| ends(tree, "/judge", "9.9.9");
    let all = compared(&[bidder("North", odd), bidder("South", same), bidder("East", same)]);
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [false, true, true]);
}

#[test]
fn age_is_counted_from_the_newest_report() {
    let old = |tree: &mut Value| ends(tree, "/run/started", "2025-05-04T09:12:30Z");
    let all = with_third(old);
    assert_eq!(all.reports.iter().map(|one| one.age_days).collect::<Vec<_>>(), [Some(0), Some(0), Some(365)]);
    assert_eq!(all.as_of.as_deref(), Some("2026-05-04T09:12:30Z"));
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true, true, false]);
    assert_eq!(obstacles(&all, Difference::Age)[0].values[0].reports, ["C"]);
    let all = with_third(|tree| ends(tree, "/run/started", "yesterday"));
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true, true, false], "no date is no young report");
    let all = with_third(|tree| ends(tree, "/run/started", "2025-11-10T09:12:30Z"));
    assert!(all.obstacles.is_empty(), "175 days are allowed");
}

#[test]
fn a_later_moment_makes_all_of_them_old() {
    let briefs = [bidder("North", same), bidder("South", same)].map(|tree| super::bidders::brief(&tree));
    let at = |year: i64| time::OffsetDateTime::from_unix_timestamp((year - 1970) * 31_557_600).expect("a moment");
    let all = compare(&briefs, Settings { not_before: Some(at(2030)), ..Settings::default() });
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [false, false]);
    // A moment before the newest report would make it younger than nothing.
    let early = compare(&briefs, Settings { not_before: Some(at(1980)), ..Settings::default() });
    assert_eq!(early, compare(&briefs, Settings::default()));
}

#[test]
fn a_report_from_after_the_moment_given_is_no_measure_of_age() {
    let dated = |north: &str, east: &str| {
        let trees = [("North", north), ("South", "2026-05-04T09:12:30Z"), ("East", east)];
        let briefs =
            trees.map(|(name, at)| super::bidders::brief(&bidder(name, |tree| ends(tree, "/run/started", at))));
        let moment = time::macros::datetime!(2026-06-01 00:00 UTC);
        compare(&briefs, Settings { not_before: Some(moment), ..Settings::default() })
    };
    // One bid of a day that is yet to come takes nothing from the others, and is shown for what it is.
    let all = dated("2026-05-04T09:12:30Z", "2099-01-01T00:00:00Z");
    assert_eq!(all.as_of.as_deref(), Some("2026-06-01T00:00:00Z"));
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true, true, false]);
    let age = obstacles(&all, Difference::Age);
    assert!(age.len() == 1 && age[0].values[0].reports == ["C"], "{age:?}");
    assert!(age[0].says.en.contains("dated long after 1 June 2026"), "{}", age[0].says.en);
    let shown = toetssteen::report::render::compare::terminal::render(&all, Lang::En, &[]);
    assert!(shown.contains("1 January 2099 (long after"), "{shown}");
    // Whoever ran after the moment is not refused for it, and makes nobody older: of 182 days it makes no 191.
    let all = dated("2025-12-01T00:00:00Z", "2026-06-10T00:00:00Z");
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true; 3], "{:?}", all.obstacles);
    assert_eq!(all.reports.iter().map(|one| one.age_days).collect::<Vec<_>>(), [Some(182), Some(27), Some(0)]);
    // Too old and too late are two things.
    let all = dated("2025-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let age: Vec<_> = obstacles(&all, Difference::Age).iter().map(|one| one.values[0].reports.clone()).collect();
    assert_eq!(age, [["A"], ["C"]]);
}

#[test]
fn a_moment_that_is_beyond_all_years_in_utc_is_no_date() {
    let all = with_third(|tree| ends(tree, "/run/started", "9999-12-31T23:59:59-01:00"));
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true, true, false]);
    assert_eq!(all.as_of.as_deref(), Some("2026-05-04T09:12:30Z"));
    for lang in [Lang::Nl, Lang::En] {
        xlsx::render(&all, lang).expect("a workbook is written");
        html::write(&all, &[None, None, None], lang, &mut Vec::new()).expect("a page is written");
    }
}

#[test]
fn one_duration_written_in_two_ways_is_one() {
    assert!(with_third(|tree| ends(tree, "/profiles/0/options/effect-within", "1m")).obstacles.is_empty());
}

#[test]
fn an_option_that_is_not_stated_refuses_nothing() {
    let all = with_third(|tree| {
        tree["profiles"][0]["options"].as_object_mut().expect("options").remove("effect-within");
    });
    assert_eq!(comparable(&all, "privacy-by-design", "holder"), [true; 3]);
    let known = obstacles(&all, Difference::Options);
    assert!(known.len() == 1 && known[0].weight == Weight::Notes, "{known:?}");
}

#[test]
fn an_option_that_two_state_unlike_refuses_both_whoever_leaves_it_out() {
    let stated = |value: &'static str| move |tree: &mut Value| ends(tree, "/profiles/0/options/effect-within", value);
    let silent = |tree: &mut Value| {
        tree["profiles"][0]["options"].as_object_mut().expect("options").remove("effect-within");
    };
    let all = compared(&[bidder("North", stated("60s")), bidder("South", stated("10s")), bidder("East", silent)]);
    assert_eq!(comparable(&all, "privacy-by-design", "holder"), [false; 3]);
    let known = obstacles(&all, Difference::Options);
    assert!(known.len() == 1 && known[0].weight == Weight::Blocks && known[0].values.len() == 3, "{known:?}");
}

#[test]
fn a_role_that_some_do_not_offer_is_said_and_leaves_the_others_alone() {
    let all = with_third(|tree| withdraw(tree, "privacy-by-design", "receiver"));
    let known = obstacles(&all, Difference::Roles);
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].profile.as_deref(), known[0].role.as_deref()), (Some("privacy-by-design"), Some("receiver")));
    let offers = &subject(&all, "privacy-by-design", "receiver").offers;
    assert!(offers[0].comparable && offers[1].comparable && !offers[2].offered);
    assert!(offers[2].because.is_empty(), "not to offer is no reason to hatch");
}

#[test]
fn a_verdict_on_other_cases_is_no_verdict_to_compare() {
    // The third ran one case of two, and broke the requirement in that one already.
    let all = compared(&["North", "South", "East"].map(|name| {
        bidder(name, |tree| {
            let case = "privacy-by-design/objected-looks-unknown";
            tree["requirements"][0]["cases"].as_array_mut().expect("cases").push(case.into());
            for one in tree["cases"].as_array_mut().expect("cases") {
                if one["id"] == case && name == "East" {
                    one["steps"] = Value::Array(Vec::new());
                }
            }
        })
    }));
    let cells = &row(&all, "privacy-by-design/OPT-01").cells;
    assert_eq!(cells.iter().map(|cell| cell.comparable).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(cells[2].cases, ["-privacy-by-design/objected-looks-unknown"]);
    let known = obstacles(&all, Difference::Executed);
    assert_eq!(known.len(), 1, "said once for the category");
    assert_eq!(known[0].values[0].reports, ["A", "B"]);
    assert_eq!(known[0].group.as_deref(), Some("opt"));
}

#[test]
fn what_matters_less_is_noted() {
    let all = with_third(|tree| {
        tree["run"]["parameters"].as_object_mut().expect("parameters").remove("challenge");
        ends(tree, "/run/self-tested", false);
        ends(tree, "/run/selection", true);
        ends(tree, "/target/authorisation/max-requests-per-second", 5);
    });
    let kinds: Vec<(Difference, Weight)> = all.obstacles.iter().map(|one| (one.kind, one.weight)).collect();
    let notes = [Difference::Challenge, Difference::Independence, Difference::Narrowed];
    assert_eq!(kinds[0], (Difference::Ceiling, Weight::Quantities));
    assert_eq!(kinds[1..], notes.map(|kind| (kind, Weight::Notes)));
    assert_eq!(comparable(&all, "fhir-rest", "holder"), [true; 3]);
    let times = all.quantities.iter().flat_map(|one| &one.values);
    assert!(times.into_iter().all(|value| !value.comparable), "times under another ceiling are not compared");
}

#[test]
fn the_same_run_twice_is_told() {
    let twice = |tree: &mut Value| ends(tree, "/run/id", "one");
    let all = compared(&[bidder("North", twice), bidder("South", twice)]);
    assert_eq!(obstacles(&all, Difference::SameRun)[0].values[0].reports, ["A", "B"]);
}
