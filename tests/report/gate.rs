//! Every rule of the gate: a policy, a report that satisfies it and one that does not, as a table.
//! Policies are read from text, as people write them.

use crate::made::{earlier, good, harmless, settled, unnamed, with, without};
use time::{Date, Month};
use toetssteen::language::policy::read_policy;
use toetssteen::model::policy::Policy;
use toetssteen::model::report::{Conformance, Report};
use toetssteen::model::text::Lang;
use toetssteen::report::gate::{Decision, Question, Rule, Unasked, decide, sheet};

const PROFILE: &str = "profiles: [ { id: fhir-rest, conformant: true } ]\n";
const BASELINE: &str = "baseline: { no-new-must-failure: true, completeness-may-not-drop: true }\n";
const ERR: &str = "fhir-rest/ERR-01";
const REVERSIBLE: &str = "privacy-by-design/OPT-01-reversible";

fn policy(text: &str) -> Policy {
    let loaded = read_policy("policy.yaml", format!("format: 1\n{text}").as_bytes());
    loaded.policy.unwrap_or_else(|| panic!("{text}: {:?}", loaded.diagnostics))
}

fn today() -> Date {
    Date::from_calendar_date(2026, Month::June, 15).expect("a day")
}

fn asked(text: &str, report: &Report, baseline: Option<&Report>) -> Decision {
    decide(Question { policy: &policy(text), report, baseline, today: today() }).expect("a question that can be asked")
}

fn rules(text: &str, report: &Report, baseline: Option<&Report>) -> Vec<Rule> {
    let decision = asked(text, report, baseline);
    assert_eq!(decision.passed, decision.violations.is_empty());
    decision.violations.iter().map(|it| it.rule).collect()
}

fn waiver(rest: &str) -> String {
    format!("{PROFILE}waivers: [ {{ {rest}, reason: Known, owner: a@b.example, until: 2026-12-31 }} ]\n")
}

/// The report changed in one way.
fn changed(change: impl Fn(&mut Report)) -> Report {
    let mut report = good();
    change(&mut report);
    settled(report)
}

#[test]
fn a_good_report_passes_every_policy_that_it_satisfies() {
    let earlier = earlier();
    assert_eq!(rules(PROFILE, &good(), None), []);
    assert_eq!(rules(BASELINE, &good(), Some(&earlier)), []);
    let all = "profiles: [ { id: fhir-rest, conformant: true }, { id: privacy-by-design, role: holder, conformant: true } ]\n";
    assert_eq!(
        rules(&format!("{all}{BASELINE}shoulds: {{ allowed-until: 2026-06-14 }}\n"), &good(), Some(&earlier)),
        []
    );
}

#[test]
fn what_is_no_whole_run_is_never_green() {
    let table: [(&str, Report, Rule); 6] = [
        ("interrupted", changed(|it| it.run.interrupted = true), Rule::Interrupted),
        ("narrowed", changed(|it| it.run.selection = true), Rule::Selection),
        ("set-up", changed(|it| it.preflight = crate::golden::report().preflight), Rule::SetUp),
        ("a fault of ours", with(good(), &["fhir-rest/SRCH-01 error:limit"]), Rule::Ours),
        ("empty", changed(|it| it.requirements.clear()), Rule::NothingJudged),
        (
            "altered",
            {
                let mut it = with(good(), &[&format!("{ERR} fail")]);
                it.profiles[2].conclusion.conformance = Conformance::Conformant;
                it
            },
            Rule::Contradiction,
        ),
    ];
    for (name, report, rule) in table {
        for (text, baseline) in [(PROFILE, None), (BASELINE, Some(earlier()))] {
            let found = rules(text, &report, baseline.as_ref());
            assert!(found.contains(&rule), "{name} under {text}: {found:?}");
        }
    }
}

#[test]
fn a_profile_must_be_conformant() {
    let role = "profiles: [ { id: privacy-by-design, role: receiver, conformant: true } ]\n";
    let table: [(&str, &str, Report, &[Rule]); 9] = [
        ("broken", PROFILE, with(good(), &[&format!("{ERR} fail")]), &[Rule::MustBroken]),
        ("inconclusive", PROFILE, with(good(), &[&format!("{ERR} inconclusive:timed-out")]), &[Rule::NotShown]),
        ("not tested", PROFILE, with(good(), &[&format!("{ERR} not-tested:no-cast")]), &[Rule::NotShown]),
        ("attested", PROFILE, with(good(), &[&format!("{ERR} attested")]), &[Rule::NotShown]),
        ("no MUST applies", PROFILE, with(good(), &[&format!("{ERR} not-applicable")]), &[Rule::NotShown]),
        ("not claimed", "profiles: [ { id: voorschrift, conformant: true } ]\n", good(), &[Rule::NotClaimed]),
        (
            "role not claimed",
            "profiles: [ { id: fhir-rest, role: sender, conformant: true } ]\n",
            good(),
            &[Rule::NotClaimed],
        ),
        ("another role is open", role, with(good(), &[&format!("{REVERSIBLE} not-tested:no-binding")]), &[]),
        // A MUST that is broken needs an explanation even in a role that the policy does not name.
        ("another role is broken", role, with(good(), &[&format!("{REVERSIBLE} fail")]), &[Rule::MustBroken]),
    ];
    for (name, text, report, wanted) in table {
        assert_eq!(rules(text, &report, None), wanted, "{name}");
    }
}

#[test]
fn nothing_gets_worse_than_the_baseline() {
    let failing = |report: Report| with(report, &[&format!("{ERR} fail")]);
    let open = |report: Report| with(report, &[&format!("{ERR} not-tested:no-cast")]);
    let both = [PROFILE, BASELINE].concat();
    let only_new = "baseline: { no-new-must-failure: true }\n";
    let only_whole = "baseline: { completeness-may-not-drop: true }\n";
    let mut part = earlier();
    part.run.selection = true;
    let table: Vec<(&str, &str, Report, Report, &[Rule])> = vec![
        ("a new failure", BASELINE, failing(good()), earlier(), &[Rule::NewMustFailure]),
        ("it was open before", BASELINE, failing(good()), open(earlier()), &[Rule::NewMustFailure]),
        ("it was not there before", BASELINE, failing(good()), without(earlier(), ERR), &[Rule::NewMustFailure]),
        ("an old failure", BASELINE, failing(good()), failing(earlier()), &[]),
        ("an old failure, mended", BASELINE, good(), failing(earlier()), &[]),
        ("an old failure of what must be conformant", &both, failing(good()), failing(earlier()), &[Rule::MustBroken]),
        (
            "completeness alone explains no failure",
            only_whole,
            failing(good()),
            failing(earlier()),
            &[Rule::MustBroken],
        ),
        ("judged no more", BASELINE, open(good()), earlier(), &[Rule::CompletenessDropped]),
        ("broken, and judged no more", BASELINE, open(good()), failing(earlier()), &[Rule::CompletenessDropped]),
        ("no longer claimed", BASELINE, without(good(), ERR), earlier(), &[Rule::CompletenessDropped]),
        (
            "no longer applicable",
            BASELINE,
            with(good(), &[&format!("{ERR} not-applicable")]),
            earlier(),
            &[Rule::CompletenessDropped],
        ),
        ("open in both", BASELINE, open(good()), open(earlier()), &[]),
        ("not asked", only_new, open(good()), earlier(), &[]),
        ("a part is no measure", BASELINE, good(), settled(part), &[Rule::BaselinePart]),
        ("nor is the report itself", BASELINE, good(), good(), &[Rule::BaselineSame]),
    ];
    for (name, text, report, baseline, wanted) in table {
        assert_eq!(rules(text, &report, Some(&baseline)), wanted, "{name}");
    }
}

#[test]
fn data_that_reached_someone_not_entitled_passes_no_gate() {
    let leak = |report: Report| with(report, &["privacy-by-design/OPT-01 fail"]);
    assert_eq!(rules(PROFILE, &leak(good()), None), [Rule::Leak]);
    assert_eq!(rules(BASELINE, &leak(good()), Some(&leak(earlier()))), [Rule::Leak], "nor if it was so before");
    let waived = waiver("requirement: privacy-by-design/OPT-01, role: holder");
    assert_eq!(rules(&waived, &leak(good()), None), [Rule::Leak, Rule::WaiverOfLeak], "nor if somebody signs");
    let decision = asked(PROFILE, &leak(good()), None);
    assert!(decision.sentence.en.contains("data reached someone not entitled to them: privacy-by-design/OPT-01"));
    assert!(decision.violations[0].shown.is_some());
}

#[test]
fn a_person_who_was_seen_passes_no_gate_however_little_the_verdict_rests_on() {
    const OPT: &str = "privacy-by-design/OPT-01";
    let lowered = |report: Report| with(report, &[&format!("{OPT} warn")]);
    assert_eq!(rules(PROFILE, &lowered(good()), None), [Rule::Leak]);
    assert_eq!(rules(BASELINE, &lowered(good()), Some(&lowered(earlier()))), [Rule::Leak], "nor if it was so before");
    let waived = waiver(&format!("requirement: {OPT}, role: holder"));
    assert_eq!(rules(&waived, &lowered(good()), None), [Rule::Leak, Rule::WaiverOfLeak], "nor if somebody signs");
    let overdue = format!("{PROFILE}shoulds: {{ allowed-until: 2026-06-14 }}\n");
    assert_eq!(rules(&overdue, &lowered(good()), None), [Rule::Leak], "it is told once");
    let decision = asked(PROFILE, &lowered(good()), None);
    assert!(decision.remarks.is_empty() && decision.violations[0].shown.is_some());
    // A remark in which nobody was seen is one.
    assert_eq!(rules(PROFILE, &harmless(lowered(good())), None), []);
    assert_eq!(rules(&waived, &harmless(lowered(good())), None), []);
}

#[test]
fn shoulds_are_let_through_until_a_day() {
    let report = with(good(), &["fhir-rest/SRCH-01 warn"]);
    let until = |day: &str| format!("{PROFILE}shoulds: {{ allowed-until: {day} }}\n");
    assert_eq!(rules(PROFILE, &report, None), [], "without a rule they never count");
    assert_eq!(rules(&until("2026-06-15"), &report, None), [], "the last day counts");
    assert_eq!(rules(&until("2026-06-14"), &report, None), [Rule::ShouldOverdue]);
    let waived = format!("{}shoulds: {{ allowed-until: 2026-06-14 }}\n", waiver("requirement: fhir-rest/SRCH-01"));
    assert_eq!(rules(&waived, &report, None), []);
    assert_eq!(asked(PROFILE, &report, None).remarks.len(), 1);
}

#[test]
fn a_waiver_holds_for_one_thing_that_is_broken_and_for_a_time() {
    let broken = with(good(), &[&format!("{ERR} fail")]);
    let until = |day: &str| waiver("requirement: fhir-rest/ERR-01").replace("2026-12-31", day);
    let mut both = broken.clone();
    let mut twin = both.requirements.iter().find(|one| one.id.as_str() == ERR).cloned().expect("it");
    twin.role = "sender".to_owned();
    both.requirements.push(twin);
    let table: Vec<(&str, String, &Report, &[Rule])> = vec![
        ("it holds", waiver("requirement: fhir-rest/ERR-01"), &broken, &[]),
        ("in its role", waiver("requirement: fhir-rest/ERR-01, role: holder"), &broken, &[]),
        ("on its last day", until("2026-06-15"), &broken, &[]),
        ("expired", until("2026-06-14"), &broken, &[Rule::MustBroken, Rule::WaiverExpired]),
        ("for a year", until("2027-06-16"), &broken, &[]),
        ("for longer", until("2027-06-17"), &broken, &[Rule::MustBroken, Rule::WaiverBroad]),
        (
            "in another role",
            waiver("requirement: fhir-rest/ERR-01, role: sender"),
            &broken,
            &[Rule::MustBroken, Rule::WaiverUnmatched],
        ),
        ("a pattern", waiver("requirement: fhir-rest/*"), &broken, &[Rule::MustBroken, Rule::WaiverBroad]),
        ("everything", waiver("requirement: '*'"), &broken, &[Rule::MustBroken, Rule::WaiverBroad]),
        ("a whole profile", waiver("requirement: fhir-rest"), &broken, &[Rule::MustBroken, Rule::WaiverBroad]),
        (
            "two roles",
            waiver("requirement: fhir-rest/ERR-01"),
            &both,
            &[Rule::MustBroken, Rule::MustBroken, Rule::WaiverBroad],
        ),
        ("met already", waiver("requirement: fhir-rest/SRCH-01"), &broken, &[Rule::MustBroken, Rule::WaiverUnmatched]),
        ("unknown", waiver("requirement: fhir-rest/ERR-99"), &broken, &[Rule::MustBroken, Rule::WaiverUnmatched]),
    ];
    for (name, text, report, wanted) in table {
        assert_eq!(rules(&text, report, None), wanted, "{name}");
    }
    let waived = asked(&waiver("requirement: fhir-rest/ERR-01"), &broken, None).waived;
    assert_eq!((waived[0].owner.as_str(), waived[0].until.as_str()), ("a@b.example", "2026-12-31"));
}

/// Not knowing is no deviation that somebody can answer for.
#[test]
fn what_was_not_judged_cannot_be_waived() {
    let open = with(good(), &[&format!("{ERR} not-tested:no-cast")]);
    assert_eq!(rules(&waiver("requirement: fhir-rest/ERR-01"), &open, None), [Rule::NotShown, Rule::WaiverUnmatched]);
}

#[test]
fn a_waiver_changes_no_outcome() {
    let broken = with(good(), &[&format!("{ERR} fail")]);
    let before = broken.clone();
    let decision = asked(&waiver("requirement: fhir-rest/ERR-01"), &broken, None);
    assert!(decision.passed && broken == before);
    assert!(!decision.sentence.en.contains("conformant"), "{}", decision.sentence.en);
}

#[test]
fn only_the_catalogue_that_is_named_counts() {
    let digest = good().catalogue.digest;
    assert_eq!(rules(&format!("catalogue: {digest}\n{PROFILE}"), &good(), None), []);
    let other = "0".repeat(64);
    assert_eq!(rules(&format!("catalogue: {other:?}\n{PROFILE}"), &good(), None), [Rule::Catalogue]);
}

#[test]
fn a_question_that_would_mislead_is_not_answered() {
    let ask = |text: &str, baseline: Option<&Report>| {
        decide(Question { policy: &policy(text), report: &good(), baseline, today: today() }).expect_err("no answer")
    };
    assert_eq!(ask(BASELINE, None), Unasked::NoBaseline);
    assert_eq!(ask(PROFILE, Some(&earlier())), Unasked::IdleBaseline);
    let mut other = earlier();
    other.target.product.name = "Another".to_owned();
    assert!(matches!(ask(BASELINE, Some(&other)), Unasked::OtherProduct(_)));
}

#[test]
fn systems_without_a_name_are_told_apart_by_that_of_their_target_file() {
    let (report, policy) = (unnamed(good(), "one.example:8080", "not stated"), policy(BASELINE));
    let ask = |baseline: &Report| {
        decide(Question { policy: &policy, report: &report, baseline: Some(baseline), today: today() })
    };
    let other = ask(&unnamed(earlier(), "two.example:8080", "not stated")).expect_err("another system");
    assert!(matches!(other, Unasked::OtherProduct(_)) && other.to_string().contains("two.example:8080"), "{other}");
    let same = ask(&unnamed(earlier(), "one.example:8080", "niet opgegeven")).expect("the same system");
    assert!(
        same.sentence.en.contains("one.example:8080") && !same.sentence.en.contains("stated"),
        "{}",
        same.sentence.en
    );
}

#[test]
fn the_decision_is_one_sentence_and_comes_first() {
    let reports = [good(), with(good(), &[&format!("{ERR} fail"), "privacy-by-design/OPT-01 fail"])];
    for report in reports {
        let decision = asked(PROFILE, &report, None);
        for lang in [Lang::Nl, Lang::En] {
            let sentence = decision.sentence.say(lang);
            assert!(
                sentence.ends_with('.') && !sentence.contains('\n') && sentence.contains("2026-06-15"),
                "{sentence}"
            );
            assert_eq!(sheet(&decision, lang).text().lines().next(), Some(sentence));
            assert!(sheet(&decision, lang).markdown().contains("\n**"));
        }
    }
}

#[test]
fn the_sheets() {
    let ends = [
        &format!("{ERR} fail"),
        "privacy-by-design/OPT-01 fail",
        "fhir-rest/SRCH-01 warn",
        &format!("{REVERSIBLE} not-tested:no-binding"),
    ];
    let ends: Vec<&str> = ends.iter().map(|end| &**end).collect();
    let text = waiver("requirement: fhir-rest/ERR-01").replace("fhir-rest, conf", "privacy-by-design, conf");
    let decision = asked(&text, &with(good(), &ends), None);
    insta::assert_snapshot!("gate-nl", sheet(&decision, Lang::Nl).text());
    insta::assert_snapshot!("gate-markdown-en", sheet(&decision, Lang::En).markdown());
}
