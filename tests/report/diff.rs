//! What counts as worse, better, new and gone between two runs of one product, and what that does to the exit code.

use crate::made::{earlier, good, settled, unnamed, with, without};
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::diff::{Change, Diff, Kind, diff, sheet};
use toetssteen::report::exit::{Exit, FailOn};

const OPT: &str = "privacy-by-design/OPT-01";
const ERR: &str = "fhir-rest/ERR-01";
const SRCH: &str = "fhir-rest/SRCH-01";

fn of(old: &Report, new: &Report) -> Diff {
    diff(old, new).expect("one product")
}

fn kinds(list: &[Change]) -> Vec<(&str, Kind)> {
    list.iter().map(|change| (change.requirement.as_str(), change.kind)).collect()
}

/// Before, after, and what became of it: the kind, and the exit codes for MUST and for SHOULD.
#[test]
fn every_pair_of_outcomes_is_worse_or_better_or_neither() {
    let table: [(&str, &str, Option<Kind>, u8, u8); 22] = [
        ("pass", "pass", None, 0, 0),
        ("pass", "fail", Some(Kind::Broken), 1, 1),
        ("warn", "fail", Some(Kind::Broken), 1, 1),
        ("not-tested:no-binding", "fail", Some(Kind::Broken), 1, 1),
        ("not-applicable", "fail", Some(Kind::Broken), 1, 1),
        ("fail", "fail", None, 0, 0),
        ("pass", "warn", Some(Kind::Remark), 0, 1),
        ("pass", "inconclusive:control-failed", Some(Kind::Lost), 1, 1),
        ("pass", "not-tested:not-selected", Some(Kind::Lost), 1, 1),
        ("pass", "config-error:tls", Some(Kind::Lost), 1, 1),
        ("pass", "attested", Some(Kind::Lost), 1, 1),
        ("pass", "not-applicable", Some(Kind::Lost), 1, 1),
        ("warn", "error:limit", Some(Kind::Lost), 1, 1),
        // What was broken and is judged no more is not mended.
        ("fail", "inconclusive:timed-out", Some(Kind::Lost), 1, 1),
        ("fail", "not-applicable", Some(Kind::Lost), 1, 1),
        ("fail", "pass", Some(Kind::Mended), 0, 0),
        ("fail", "warn", Some(Kind::Mended), 0, 0),
        ("warn", "pass", Some(Kind::Mended), 0, 0),
        ("not-tested:no-cast", "pass", Some(Kind::Judged), 0, 0),
        ("inconclusive:transport", "not-tested:no-cast", None, 0, 0),
        ("not-applicable", "pass", Some(Kind::Arrived), 0, 0),
        ("not-tested:no-cast", "not-applicable", Some(Kind::Gone), 0, 0),
    ];
    for (from, to, kind, must, should) in table {
        let found = of(&with(earlier(), &[&format!("{ERR} {from}")]), &with(good(), &[&format!("{ERR} {to}")]));
        let all =
            [&found.regressions, &found.improvements, &found.arrived, &found.gone].map(|list| kinds(list)).concat();
        let wanted: Vec<(&str, Kind)> = kind.map(|kind| (ERR, kind)).into_iter().collect();
        assert_eq!(all, wanted, "{from} → {to}");
        assert_eq!(found.exit(FailOn::Must) as u8, must, "{from} → {to}");
        assert_eq!(found.exit(FailOn::Should) as u8, should, "{from} → {to}");
        assert_eq!(found.still_broken, u64::from(from == "fail" && to == "fail"));
    }
}

#[test]
fn a_should_weighs_only_where_it_is_asked_to() {
    let found = of(&earlier(), &with(good(), &[&format!("{SRCH} not-tested:no-request")]));
    assert_eq!(kinds(&found.regressions), [(SRCH, Kind::Lost)]);
    assert_eq!((found.exit(FailOn::Must), found.exit(FailOn::Should)), (Exit::Fine, Exit::Failed));
}

/// A MUST that now counts as a SHOULD is a MUST all the same: lowering it must not hide what broke.
#[test]
fn lowering_an_obligation_hides_nothing() {
    let mut new = with(good(), &[&format!("{ERR} not-tested:no-cast")]);
    new.requirements
        .iter_mut()
        .filter(|one| one.id.as_str() == ERR)
        .for_each(|one| one.effective = "should".to_owned());
    assert_eq!(of(&earlier(), &new).exit(FailOn::Must), Exit::Failed);
}

#[test]
fn what_the_product_no_longer_claims_is_lost_and_what_the_profile_withdrew_is_gone() {
    let (old, new) = (earlier(), without(good(), ERR));
    assert_eq!(kinds(&of(&old, &new).regressions), [(ERR, Kind::Lost)]);
    let mut other = new.clone();
    other.catalogue.digest = "another".to_owned();
    let found = of(&old, &other);
    assert_eq!((kinds(&found.regressions), kinds(&found.gone)), (vec![], vec![(ERR, Kind::Gone)]));
    // A claim that was taken back is a loss under any catalogue.
    other.profiles.retain(|claim| claim.id != "fhir-rest");
    let found = of(&old, &other);
    assert!(kinds(&found.regressions).contains(&(ERR, Kind::Lost)));
    assert_eq!(
        found.claims.iter().map(|it| (it.profile.as_str(), it.what.as_str())).collect::<Vec<_>>(),
        [("fhir-rest", "role")]
    );
}

#[test]
fn a_requirement_that_came_and_fails_is_told_first() {
    let found = of(&without(earlier(), OPT), &with(good(), &[&format!("{OPT} fail"), &format!("{ERR} fail")]));
    assert_eq!(kinds(&found.regressions), [(OPT, Kind::Broken), (ERR, Kind::Broken)], "severity I before IV");
    assert_eq!(kinds(&of(&without(earlier(), OPT), &good()).arrived), [(OPT, Kind::Arrived)]);
}

#[test]
fn the_case_and_the_exchange_that_show_it_are_named() {
    let mut old = earlier();
    for case in &mut old.cases {
        (case.outcome, case.reason) = ("pass".to_owned(), None);
    }
    let found = of(&old, &with(good(), &[&format!("{OPT} fail")]));
    let change = &found.regressions[0];
    let case = &change.cases[0];
    assert_eq!((case.id.as_str(), case.to.as_deref()), ("privacy-by-design/objection-stops-retrieval", Some("fail")));
    assert!(change.shown.as_ref().is_some_and(|shown| shown.observed.en.contains("clinical data of opt")));
    let text = sheet(&found, Lang::En).text();
    assert!(text.contains("Evidence: GET http://127.0.0.1:8080/fhir/Observation"), "{text}");
}

#[test]
fn options_and_editions_that_are_stated_otherwise_are_told() {
    let mut new = good();
    new.profiles[0].edition = "2027.1".to_owned();
    new.profiles[0].options.insert("choice-regime".to_owned(), "opt-out".to_owned());
    let found = of(&earlier(), &new);
    let told: Vec<_> = found.claims.iter().map(|it| (it.what.as_str(), it.to.as_deref())).collect();
    assert_eq!(told, [("edition", Some("2027.1")), ("choice-regime", Some("opt-out"))]);
}

#[test]
fn two_products_are_refused_and_two_versions_are_not() {
    let mut new = good();
    new.target.product.version = "9".to_owned();
    assert!(diff(&earlier(), &new).is_ok());
    for change in
        [|it: &mut Report| it.target.product.name.push('x'), |it: &mut Report| it.target.product.vendor.push('x')]
    {
        let mut other = good();
        change(&mut other);
        let why = diff(&earlier(), &other).expect_err("two products").to_string();
        assert!(why.contains("A Vendor Dossier") && why.contains('x'), "{why}");
    }
}

#[test]
fn two_systems_whose_products_are_not_named_are_not_one_product() {
    let one = unnamed(earlier(), "one.example:8080", "not stated");
    let found = of(&one, &unnamed(good(), "one.example:8080", "niet opgegeven"));
    assert_eq!(found.new.product, "one.example:8080");
    let why = diff(&one, &unnamed(good(), "two.example:8080", "not stated")).expect_err("two systems").to_string();
    assert!(why.contains("OLD is about one.example:8080, NEW is about two.example:8080"), "{why}");
}

#[test]
fn what_the_comparison_is_worth_is_said_first() {
    let says = |change: &dyn Fn(&mut Report, &mut Report), wanted: &str| {
        let (mut old, mut new) = (earlier(), good());
        change(&mut old, &mut new);
        let found = of(&settled(old), &settled(new));
        let text = sheet(&found, Lang::En).text();
        assert!(found.caveats.iter().any(|said| said.en.contains(wanted)), "{wanted}: {text}");
        assert!(text.find(wanted) < text.find("The two reports"), "{text}");
    };
    says(&|_, _| (), "the same catalogue and the same version");
    says(&|old, _| old.catalogue.digest.push('0'), "The catalogue differs");
    says(&|old, _| old.judge.push('0'), "The version of Toetssteen differs");
    says(&|old, _| old.run.selection = true, "The old run was a selection");
    says(&|_, new| new.run.interrupted = true, "The new run is a selection");
    says(&|old, new| old.run.id.clone_from(&new.run.id), "the same run");
    says(&|old, _| old.run.parameters.timeout_ms = 1, "limits of the run differ");
    says(&|old, _| old.run.started = "2027-01-01T00:00:00Z".to_owned(), "an earlier run than the old one");
    says(&|_, new| new.target.authorisation = None, "The environment differs");
    let mut other = earlier();
    other.catalogue.digest.push('0');
    assert!(!of(&other, &good()).caveats.iter().any(|said| said.en.contains("the same catalogue")));
}

#[test]
fn the_sheets() {
    let old = with(earlier(), &[&format!("{SRCH} warn"), "privacy-by-design/PSH-02 fail"]);
    let new = with(good(), &[&format!("{OPT} fail"), &format!("{ERR} inconclusive:timed-out")]);
    let found = of(&old, &new);
    insta::assert_snapshot!("diff-nl", sheet(&found, Lang::Nl).text());
    insta::assert_snapshot!("diff-markdown-en", sheet(&found, Lang::En).markdown());
}
