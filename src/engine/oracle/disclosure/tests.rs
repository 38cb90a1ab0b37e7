use super::*;
use crate::engine::oracle::people::{Case, register};
use crate::model::verdict::Verdict;

const URL: &str = "http://host/fhir/Observation?patient=pat-ctrl";

fn who(text: &str) -> Who {
    let (member, group) = text.split_once('.').map_or((text, None), |(member, group)| (member, Some(group)));
    Who { member: (member != "everyone").then(|| member.parse().unwrap()), group: group.map(str::to_owned) }
}

fn any(text: &str) -> Wanted {
    Wanted { any: vec![who(text)], ..Wanted::default() }
}

fn all(text: &str) -> Wanted {
    Wanted { all: vec![who(text)], ..Wanted::default() }
}

fn none(text: &str) -> Wanted {
    Wanted { none: vec![who(text)], ..Wanted::default() }
}

fn only(text: &str) -> Wanted {
    Wanted { only: vec![who(text)], ..Wanted::default() }
}

fn judged(wanted: &Wanted, body: &str) -> Judgement {
    judge(wanted, &register(), &Case::new(URL).body(body).exchange())
}

#[track_caller]
fn assert_verdict(wanted: &Wanted, body: &str, verdict: Verdict, breach: bool) {
    let judgement = judged(wanted, body);
    assert_eq!((judgement.verdict, judgement.breach), (verdict, breach), "{body}: {judgement:?}");
    assert_eq!(judgement.witnesses, [7]);
}

#[test]
fn any_needs_a_canary_or_a_name() {
    assert_verdict(&any("ctrl"), "ctrlin-set0000000000000001", Verdict::Pass, false);
    assert_verdict(&any("ctrl"), "Ctrlfamilia", Verdict::Pass, false);
    assert_verdict(&any("ctrl"), "optclinical0000000000000001", Verdict::Fail, false);
    assert_verdict(&any("ctrl"), "Patient/pat-ctrl", Verdict::Fail, false);
    assert_verdict(&any("ctrl"), "Observation/obs-ctrl", Verdict::Fail, false);
    assert_verdict(&any("ctrl.clinical"), "Ctrlfamilia", Verdict::Fail, false);
    assert_verdict(&any("everyone"), "optclinical0000000000000001", Verdict::Pass, false);
    assert_verdict(&any("ctrl"), "", Verdict::Fail, false);
}

#[test]
fn all_needs_every_canary_of_the_group() {
    let clinical = "ctrlclinical0000000000000001";
    assert_verdict(&all("ctrl.clinical"), clinical, Verdict::Pass, false);
    assert_verdict(&all("ctrl.clinical"), "Ctrlfamilia", Verdict::Fail, false);
    let judgement = judged(&all("ctrl"), clinical);
    assert_eq!(judgement.observed, Observed::Missing(vec!["ctrl.identity".into(), "ctrl.in-set".into()]));
    let identity = "ctrlidentity0000000000000001 Ctrlfamilia Ctrlgivenna";
    assert_verdict(&all("ctrl.identity"), &format!("{identity} 999911120"), Verdict::Pass, false);
    assert_verdict(&all("ctrl.identity"), identity, Verdict::Fail, false);
    let asked = Case::new("http://host/fhir/Patient?identifier=999911120").body(identity);
    assert_eq!(judge(&all("ctrl.identity"), &register(), &asked.exchange()).verdict, Verdict::Pass);
    assert_verdict(&all("ctrl.nowhere"), clinical, Verdict::Inconclusive, false);
}

#[test]
fn none_fails_on_any_marker_and_it_is_a_breach() {
    for body in ["optclinical0000000000000001", "Optgivenna", "999912343", "Patient/pat-opt"] {
        assert_verdict(&none("opt"), body, Verdict::Fail, true);
        assert_verdict(&none("everyone"), body, Verdict::Fail, true);
        assert_verdict(&none("ctrl"), body, Verdict::Pass, false);
    }
    assert_verdict(&none("opt.clinical"), "Optgivenna", Verdict::Pass, false);
    assert_verdict(&none("opt.identity"), "999912343", Verdict::Fail, true);
    assert_verdict(&none("ctrl"), "Patient/pat-ctrl", Verdict::Pass, false);
}

#[test]
fn only_fails_on_anybody_else() {
    assert_verdict(
        &only("ctrl"),
        "ctrlclinical0000000000000001 Ctrlfamilia Observation/obs-ctrl",
        Verdict::Pass,
        false,
    );
    for body in ["Optgivenna", "Patient/pat-opt", "999923341", "x ⟦withheld⟧"] {
        assert_verdict(&only("ctrl"), body, Verdict::Fail, true);
    }
    assert_verdict(&only("ctrl"), "", Verdict::Pass, false);
}

#[test]
fn of_several_keys_the_failing_one_is_told() {
    let wanted = Wanted { any: vec![who("ctrl")], only: vec![who("ctrl")], ..Wanted::default() };
    let body = "ctrlclinical0000000000000001";
    assert_eq!(judged(&wanted, body).verdict, Verdict::Pass);
    assert_eq!(judged(&wanted, &format!("{body} Optgivenna")).expected, Expected::DisclosesOnly(vec!["ctrl".into()]));
    assert_eq!(judged(&wanted, "").expected, Expected::DisclosesAny(vec!["ctrl".into()]));
    // A breach is told before something that is missing.
    assert!(judged(&wanted, "Optgivenna").breach);
    assert_eq!(judged(&Wanted::default(), body).doubt, Some(Doubt::Vacuous));
}

#[test]
fn a_real_number_fails_what_must_be_silent_and_leaves_the_rest_open() {
    let case = Case::new(URL).withheld(Withheld::RealNumber);
    for wanted in [none("opt"), only("ctrl"), none("ctrl.clinical")] {
        let judgement = judge(&wanted, &register(), &case.exchange());
        assert!(judgement.breach);
        assert_eq!(judgement.observed, Observed::ForeignData("real-number".into()));
    }
    for wanted in [any("ctrl"), all("ctrl")] {
        assert_eq!(judge(&wanted, &register(), &case.exchange()).doubt, Some(Doubt::ForeignData));
    }
}

#[test]
fn somebody_elses_test_patient_is_a_leak_where_nobody_else_may_be() {
    let case = Case::new(URL).withheld(Withheld::OtherCast);
    for wanted in [only("ctrl"), none("everyone")] {
        assert!(judge(&wanted, &register(), &case.exchange()).breach);
    }
    for wanted in [none("opt"), any("ctrl")] {
        assert_eq!(judge(&wanted, &register(), &case.exchange()).doubt, Some(Doubt::ForeignData));
    }
}

#[test]
fn what_was_cut_off_proves_no_absence() {
    let case = Case::new(URL).cut().body("Ctrlfamilia");
    assert_eq!(judge(&none("opt"), &register(), &case.exchange()).verdict, Verdict::Inconclusive);
    assert_eq!(judge(&none("ctrl"), &register(), &case.exchange()).verdict, Verdict::Fail);
    assert_eq!(judge(&any("ctrl"), &register(), &case.exchange()).verdict, Verdict::Pass);
    assert_eq!(judge(&any("opt"), &register(), &case.exchange()).verdict, Verdict::Inconclusive);
}
