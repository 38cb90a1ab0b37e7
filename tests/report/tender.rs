//! A tender and the reports held against it: every reason as a table, the annex as it reads, and what no text in it can do.

use crate::elements::of_page;
use crate::golden;
use crate::known::HOSTILE;
use crate::made::{good, harmless, settled, unnamed, with, without};
use crate::markup::{bare_links, of_markdown};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::tender::read_tender;
use toetssteen::model::report::{Conformance, Report, RequirementEntry};
use toetssteen::model::target::Environment;
use toetssteen::model::tender::{Challenge, DemandKind, Place, Tender};
use toetssteen::model::text::Lang;
use toetssteen::report::render::{annex, json as bytes, steers};
use toetssteen::report::tender::{
    Again, Bid, Cause, Facts, Standing, TenderConclusion, TenderVerdict, check, check_all, draw_up, sheet,
};

const ERR: &str = "fhir-rest/ERR-01";
const OPT: &str = "privacy-by-design/OPT-01";
const REVERSIBLE: &str = "privacy-by-design/OPT-01-reversible";
const PSH: &str = "privacy-by-design/PSH-02";

fn said(text: &str) -> Value {
    json!({ "nl": text, "en": text })
}

fn requirement(id: &str, severity: &str, kind: &str) -> Value {
    let (obligation, verification) = (if kind == "wish" { "should" } else { "must" }, kind);
    json!({
        "id": id, "text": said(id), "group": said("A group"), "obligation": obligation, "effective": obligation,
        "severity": severity, "depth": "full", "kind": verification,
    })
}

/// A tender that the good report meets: one role as a whole, one by a list.
fn tender() -> Tender {
    let mut named = requirement(REVERSIBLE, "III", "minimum");
    named["named"] = true.into();
    let mut question = requirement("privacy-by-design/UNT-07", "II", "question");
    question["because"] = said("Nobody can see it");
    let demand = |profile: &str, edition: &str, role: &str, minimum: &str, requirements: Vec<Value>| {
        json!({
            "profile": profile, "edition": edition, "digest": "d1", "title": said(profile), "role": role,
            "minimum": minimum, "requirements": requirements,
        })
    };
    let mut pbd = demand(
        "privacy-by-design",
        "2026.1",
        "holder",
        "listed",
        vec![requirement(OPT, "I", "minimum"), named, requirement("privacy-by-design/OPT-02", "I", "wish"), question],
    );
    pbd["options"] = json!([{ "id": "effect-within", "title": said("A choice"), "value": "60s", "at-most": true }]);
    let tree = json!({
        "format": 1, "title": said("A record system"), "buyer": "A Hospital", "issued": "2026-04-01",
        "deadline": "2026-06-01", "no-older-than-days": 60, "environments": ["test", "acceptance"],
        "challenge": { "text": "issued by a buyer" }, "judge": "0.1.0",
        "catalogue": golden::report().catalogue.digest,
        "demands": [
            demand("fhir-rest", "r4", "holder", "conformant", vec![requirement(ERR, "IV", "minimum"), requirement("fhir-rest/SRCH-01", "IV", "wish")]),
            pbd,
        ],
    });
    serde_json::from_value(tree).expect("a tender")
}

fn held(tender: &Tender, report: &Report) -> TenderVerdict {
    let verdict = check(tender, report, &Facts::default());
    assert_eq!(verdict.conclusion == TenderConclusion::Meets, verdict.reasons.is_empty());
    verdict
}

fn causes(tender: &Tender, report: &Report) -> Vec<Cause> {
    held(tender, report).reasons.iter().map(|reason| reason.cause).collect()
}

fn changed(change: impl Fn(&mut Report)) -> Report {
    let mut report = good();
    change(&mut report);
    settled(report)
}

fn asking(change: impl Fn(&mut Tender)) -> Tender {
    let mut tender = tender();
    change(&mut tender);
    tender
}

/// How a requirement stands, wherever the tender names it.
fn standing(verdict: &TenderVerdict, id: &str) -> Standing {
    let all = verdict.demands.iter().flat_map(|demand| &demand.requirements);
    all.into_iter().find(|one| one.requirement == id).expect(id).standing
}

#[test]
fn a_report_that_shows_everything_meets_the_tender() {
    let verdict = held(&tender(), &good());
    assert_eq!(verdict.conclusion, TenderConclusion::Meets, "{:?}", verdict.reasons);
    assert!(verdict.self_tested && verdict.notes.iter().any(|note| note.nl.contains("niemand anders zag")));
    assert_eq!(standing(&verdict, ERR), Standing::Met);
    assert_eq!(standing(&verdict, "privacy-by-design/UNT-07"), Standing::ToAnswer);
    let remarks = with(good(), &[&format!("{ERR} warn"), "fhir-rest/SRCH-01 warn"]);
    let verdict = held(&tender(), &remarks);
    assert_eq!(verdict.conclusion, TenderConclusion::Meets, "a broken SHOULD excludes nobody");
    assert_eq!(
        [ERR, "fhir-rest/SRCH-01"].map(|id| standing(&verdict, id)),
        [Standing::MetWithRemark, Standing::NotMet]
    );
}

#[test]
fn every_reason_against_a_report() {
    let ended = |text: &str| with(good(), &[text]);
    let table: Vec<(&str, Report, Tender, &[Cause])> = vec![
        ("broken", ended(&format!("{ERR} fail")), tender(), &[Cause::NotMet]),
        ("a named MUST broken", ended(&format!("{REVERSIBLE} fail")), tender(), &[Cause::NotMet]),
        ("inconclusive", ended(&format!("{ERR} inconclusive:timed-out")), tender(), &[Cause::NotShown]),
        ("not tested", ended(&format!("{REVERSIBLE} not-tested:no-binding")), tender(), &[Cause::NotShown]),
        ("a fault of ours", ended(&format!("{ERR} error:limit")), tender(), &[Cause::NotShown]),
        ("a word that is none", ended(&format!("{ERR} passed")), tender(), &[Cause::NotShown]),
        ("a leak", ended(&format!("{OPT} fail")), tender(), &[Cause::Leak]),
        ("a leak nobody asked about", ended("privacy-by-design/UNT-01 fail"), tender(), &[Cause::Leak]),
        ("a MUST nobody asked about", ended(&format!("{PSH} fail")), tender(), &[]),
        ("open, and nobody asked", ended(&format!("{PSH} not-tested:no-cast")), tender(), &[]),
        (
            "a named MUST that does not apply",
            ended(&format!("{REVERSIBLE} not-applicable")),
            asking(|it| it.demands[1].requirements[1].applies_with = depends()),
            &[Cause::NotOffered],
        ),
        (
            "a MUST of severity I that does not apply",
            ended(&format!("{OPT} not-applicable")),
            asking(|it| it.demands[1].requirements[0].applies_with = depends()),
            &[],
        ),
        (
            "said not to apply although it does",
            ended(&format!("{OPT} not-applicable")),
            tender(),
            &[Cause::Contradiction],
        ),
        ("left out of the report", without(good(), REVERSIBLE), tender(), &[Cause::Contradiction]),
        (
            "said to bind less",
            {
                let mut it = good();
                it.requirements
                    .iter_mut()
                    .filter(|one| one.id.as_str() == OPT)
                    .for_each(|one| one.effective = "should".to_owned());
                settled(it)
            },
            tender(),
            &[Cause::Contradiction],
        ),
        // As an honest report has it of which every case is about other options.
        ("no case under the options stated", uncovered(ERR, "not-tested:not-yet"), tender(), &[Cause::NotShown]),
        ("the same of a named MUST", uncovered(REVERSIBLE, "not-tested:not-yet"), tender(), &[Cause::NotShown]),
        (
            "the same, and another option is not stated",
            uncovered(REVERSIBLE, "not-tested:option-not-stated"),
            tender(),
            &[Cause::NotShown],
        ),
        ("judged by a test that is said not to be", uncovered(REVERSIBLE, "pass"), tender(), &[Cause::Contradiction]),
        ("a person was seen, and it is a remark", ended(&format!("{OPT} warn")), tender(), &[Cause::Leak]),
        ("a remark in which nobody was seen", harmless(ended(&format!("{OPT} warn"))), tender(), &[]),
        (
            "a leak that is said to be less grave",
            {
                let mut it = ended(&format!("{OPT} fail"));
                named(&mut it, OPT).severity = "IV".to_owned();
                it
            },
            tender(),
            &[Cause::NotMet],
        ),
        (
            "the role is not claimed",
            changed(|it| it.profiles.retain(|one| one.id != "fhir-rest")),
            tender(),
            &[Cause::NotOffered],
        ),
        ("another option", changed(|it| option(it, "5m")), tender(), &[Cause::NotOffered]),
        ("a shorter time", changed(|it| option(it, "10s")), tender(), &[]),
        ("an option that is no time", changed(|it| option(it, "soon")), tender(), &[Cause::NotOffered]),
        ("an option not stated", changed(|it| it.profiles[0].options.clear()), tender(), &[Cause::NotOffered]),
        ("interrupted", changed(|it| it.run.interrupted = true), tender(), &[Cause::Interrupted]),
        ("narrowed", changed(|it| it.run.selection = true), tender(), &[Cause::Narrowed]),
        ("set-up", changed(|it| it.preflight = golden::report().preflight), tender(), &[Cause::SetUp]),
        (
            "altered",
            {
                let mut it = with(good(), &[&format!("{ERR} fail")]);
                it.profiles[2].conclusion.conformance = Conformance::Conformant;
                it
            },
            tender(),
            &[Cause::NotMet, Cause::Contradiction],
        ),
        (
            "another text",
            changed(|it| it.run.parameters.challenge = Some("of last year".to_owned())),
            tender(),
            &[Cause::OtherChallenge],
        ),
        ("no text", changed(|it| it.run.parameters.challenge = None), tender(), &[Cause::OtherChallenge]),
        (
            "a text per bidder that is not known",
            good(),
            asking(|it| it.challenge = Challenge::PerBidder),
            &[Cause::OtherChallenge],
        ),
        ("the first day counts", good(), asking(|it| it.deadline = "2026-07-03".to_owned()), &[]),
        ("too old", good(), asking(|it| it.deadline = "2026-07-04".to_owned()), &[Cause::TooOld]),
        ("the day of publication counts", good(), asking(|it| it.issued = Some("2026-05-04".to_owned())), &[]),
        ("before publication", good(), asking(|it| it.issued = Some("2026-05-05".to_owned())), &[Cause::TooOld]),
        ("the last day counts", good(), asking(|it| it.deadline = "2026-05-04".to_owned()), &[]),
        ("after the deadline", good(), asking(|it| it.deadline = "2026-05-03".to_owned()), &[Cause::AfterDeadline]),
        ("no day", changed(|it| it.run.started = "é".repeat(9)), tender(), &[Cause::TooOld]),
        ("elsewhere", changed(|it| at(it, Environment::Production)), tender(), &[Cause::Environment]),
        ("on a machine of one's own", changed(|it| it.target.authorisation = None), tender(), &[Cause::Environment]),
        (
            "on a machine of one's own, which is allowed",
            changed(|it| it.target.authorisation = None),
            asking(|it| it.environments = vec![Place::OwnMachine]),
            &[],
        ),
        ("another catalogue", good(), asking(|it| it.catalogue = "f00".to_owned()), &[Cause::OtherEdition]),
        ("another edition", good(), asking(|it| it.demands[0].edition = "r5".to_owned()), &[Cause::OtherEdition]),
    ];
    for (name, report, tender, wanted) in table {
        assert_eq!(causes(&tender, &report), wanted, "{name}");
    }
}

fn named<'r>(report: &'r mut Report, id: &str) -> &'r mut RequirementEntry {
    report.requirements.iter_mut().find(|one| one.id.as_str() == id).expect(id)
}

/// A requirement of which the report says that no test looks at it, and how it ended.
fn uncovered(id: &str, ended: &str) -> Report {
    let mut report = with(good(), &[&format!("{id} {ended}")]);
    named(&mut report, id).verification = "not-yet".to_owned();
    settled(report)
}

fn depends() -> Vec<toetssteen::model::tender::Condition> {
    let tree = json!([{ "option": "choice-regime", "title": said("Regime"), "values": ["opt-in"], "all": ["opt-in", "opt-out"] }]);
    serde_json::from_value(tree).expect("a condition")
}

fn option(report: &mut Report, value: &str) {
    report.profiles[0].options.insert("effect-within".to_owned(), value.to_owned());
}

fn at(report: &mut Report, environment: Environment) {
    report.target.authorisation.as_mut().expect("an authorisation").environment = environment;
}

#[test]
fn what_leaked_is_not_met_however_little_the_verdict_rests_on() {
    let report = with(good(), &[&format!("{OPT} warn")]);
    assert_eq!(standing(&held(&tender(), &report), OPT), Standing::NotMet);
    assert_eq!(standing(&held(&tender(), &harmless(report)), OPT), Standing::MetWithRemark);
}

#[test]
fn a_system_without_a_name_is_called_by_that_of_its_target_file() {
    let verdict = held(&tender(), &unnamed(good(), "one.example:8080", "niet opgegeven"));
    assert!(verdict.sentence.en.starts_with("one.example:8080: "), "{}", verdict.sentence.en);
    assert!(!verdict.sentence.nl.contains("niet opgegeven"), "{}", verdict.sentence.nl);
}

#[test]
fn what_does_not_meet_is_told_from_what_was_not_shown() {
    let of = |report: &Report| held(&tender(), report).conclusion;
    assert_eq!(of(&with(good(), &[&format!("{ERR} fail")])), TenderConclusion::DoesNotMeet);
    assert_eq!(of(&with(good(), &[&format!("{ERR} not-tested:no-cast")])), TenderConclusion::NotShown);
    assert_eq!(of(&changed(|it| it.run.selection = true)), TenderConclusion::NotShown);
    // Under another edition nothing is said of a requirement, not even that it is broken.
    let other = asking(|it| it.catalogue = "f00".to_owned());
    let verdict = held(&other, &with(good(), &[&format!("{ERR} fail")]));
    assert_eq!((verdict.conclusion, standing(&verdict, ERR)), (TenderConclusion::NotShown, Standing::OtherEdition));
    let leak = held(&other, &with(good(), &[&format!("{OPT} fail")]));
    assert_eq!(leak.conclusion, TenderConclusion::DoesNotMeet, "data that leaked did leak");
}

#[test]
fn the_files_of_the_run_directory_must_be_those_of_the_tender() {
    let facts = |digest: &str| Facts {
        profiles: BTreeMap::from([("fhir-rest".to_owned(), digest.to_owned())]),
        ..Facts::default()
    };
    assert!(check(&tender(), &good(), &facts("d1")).reasons.is_empty());
    let verdict = check(&tender(), &good(), &facts("d2"));
    assert_eq!(verdict.reasons[0].cause, Cause::OtherEdition);
}

#[test]
fn what_is_judged_again_must_say_the_same() {
    let of = |again: Again| {
        let verdict = check(&tender(), &good(), &Facts { again, ..Facts::default() });
        (verdict.conclusion, verdict.reasons.first().map(|one| one.cause))
    };
    assert_eq!(of(Again::NotAsked), (TenderConclusion::Meets, None));
    assert_eq!(of(Again::Fits { drawn: true }), (TenderConclusion::Meets, None));
    assert_eq!(of(Again::Fits { drawn: false }), (TenderConclusion::NotShown, Some(Cause::OtherChallenge)));
    assert_eq!(of(Again::DoesNotFit("x".to_owned())), (TenderConclusion::NotShown, Some(Cause::DoesNotFollow)));
}

#[test]
fn nobody_hands_in_the_recording_of_another() {
    let per_bidder = asking(|it| it.challenge = Challenge::PerBidder);
    let facts = Facts { challenges: vec!["issued by a buyer".to_owned(), "another".to_owned()], ..Facts::default() };
    let other = changed(|it| it.run.parameters.challenge = Some("another".to_owned()));
    let good = good();
    let causes = |reports: [&Report; 2], tender: &Tender| {
        let bids = reports.map(|report| Bid { report, facts: &facts });
        let verdicts = check_all(tender, &bids);
        verdicts
            .into_iter()
            .map(|it| it.reasons.into_iter().map(|one| one.cause).collect())
            .collect::<Vec<Vec<Cause>>>()
    };
    assert_eq!(causes([&good, &other], &per_bidder), [vec![], vec![]]);
    assert_eq!(causes([&good, &good], &per_bidder), [vec![Cause::SharedChallenge], vec![Cause::SharedChallenge]]);
    assert_eq!(causes([&good, &good], &tender()), [vec![], vec![]], "one text for all is shared by all");
}

#[test]
fn a_verdict_reads_well() {
    let report = with(
        good(),
        &[&format!("{ERR} fail"), &format!("{REVERSIBLE} not-tested:no-binding"), "privacy-by-design/OPT-02 warn"],
    );
    let verdict = held(&tender(), &report);
    insta::assert_snapshot!("tender-verdict.nl", sheet(&verdict, Lang::Nl).text());
    insta::assert_snapshot!("tender-verdict.en", sheet(&verdict, Lang::En).text());
}

/// The tender of the diagnostics' base, drawn up from its catalogue of four requirements.
fn drawn(change: impl Fn(String) -> String) -> Tender {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base");
    let catalogue = Catalogue::from_folder(&folder).catalogue.expect("a catalogue");
    let text = change(include_str!("../diagnostics/base/tender.yaml").to_owned());
    let file = read_tender("tender.yaml", text.as_bytes(), &catalogue);
    draw_up(&file.tender.unwrap_or_else(|| panic!("{:?}", file.diagnostics)), &catalogue, Some("2026-12-01".to_owned()))
}

#[test]
fn a_small_annex_reads_well() {
    let tender = drawn(|text| text);
    insta::assert_snapshot!("annex.nl", annex::markdown(&tender, Lang::Nl));
    insta::assert_snapshot!("annex.en", annex::markdown(&tender, Lang::En));
    insta::assert_snapshot!("tender.json", bytes::text(&tender).expect("JSON"));
    let page = annex::page(&tender, Lang::Nl).expect("a page");
    assert_eq!(page, annex::page(&drawn(|text| text), Lang::Nl).expect("a page"), "the same bytes");
    for text in [tender.catalogue.as_str(), &tender.demands[0].digest, "--challenge 7c1e94d0a86b4f2395e1", "demo/N-1"] {
        assert!(page.matches(text).count() >= 2, "{text} stands in both languages");
    }
}

#[test]
fn what_follows_from_a_tender_file() {
    let kinds = |tender: &Tender| -> Vec<(String, DemandKind, bool)> {
        tender.demands[0].requirements.iter().map(|one| (one.id.local().to_owned(), one.kind, one.named)).collect()
    };
    let one = |id: &str, kind, named| (id.to_owned(), kind, named);
    let whole = drawn(|text| text);
    assert_eq!(
        kinds(&whole),
        [
            one("A-1", DemandKind::Minimum, false),
            one("A-2", DemandKind::Wish, false),
            one("N-1", DemandKind::Question, false)
        ]
    );
    assert!(whole.demands[0].requirements[0].applies_with.is_empty(), "the option is demanded");
    assert_eq!(whole.issued.as_deref(), Some("2027-01-11"), "the file's own day");
    assert_eq!(whole.earliest().as_deref(), Some("2027-01-11"));
    let listed =
        drawn(|text| text.replace("minimum: conformant, wishes: [demo/A-2]", "minimum: { musts: [demo/A-1] }"));
    assert_eq!(kinds(&listed), [one("A-1", DemandKind::Minimum, true)]);
    let open = drawn(|text| text.replace(", options: { regime: opt-in }", "").replace("issued: 2027-01-11\n", ""));
    assert_eq!(open.demands[0].requirements[0].applies_with[0].values, ["opt-in"]);
    assert_eq!((open.issued.as_deref(), open.earliest().as_deref()), (Some("2026-12-01"), Some("2026-12-31")));
    let shut = drawn(|text| {
        text.replace("opt-in", "opt-out").replace("minimum: conformant, wishes: [demo/A-2]", "minimum: conformant")
    });
    assert!(!kinds(&shut).iter().any(|(id, ..)| id == "A-1"), "it does not apply under what is demanded");
    let sender = drawn(|text| text.replace("[holder]", "[holder, sender]"));
    assert_eq!(sender.demands.len(), 2);
}

/// The drawn tender with this text in every field that takes one.
fn hostile(text: &str) -> Tender {
    fn fill(tree: &mut Value, text: &str) {
        match tree {
            Value::Object(map) => map.iter_mut().for_each(|(key, value)| match value {
                Value::String(known) if ["nl", "en", "buyer"].contains(&key.as_str()) => {
                    *known = format!("{text}{known}{text}")
                }
                other => fill(other, text),
            }),
            Value::Array(all) => all.iter_mut().for_each(|one| fill(one, text)),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut tree = serde_json::to_value(drawn(|text| text.replace(", options: { regime: opt-in }", ""))).expect("JSON");
    fill(&mut tree, text);
    serde_json::from_value(tree).expect("a tender")
}

#[test]
fn hostile_texts_stay_texts() {
    let honest = hostile("");
    let all = HOSTILE.concat();
    for text in HOSTILE.iter().copied().chain([all.as_str()]) {
        let tender = hostile(text);
        for lang in [Lang::Nl, Lang::En] {
            let (page, plain) =
                (annex::page(&tender, lang).expect("a page"), annex::page(&honest, lang).expect("a page"));
            assert_eq!(of_page(&page), of_page(&plain), "{text:?}");
            let (markdown, known) = (annex::markdown(&tender, lang), annex::markdown(&honest, lang));
            assert_eq!(of_markdown(&markdown), of_markdown(&known), "{text:?}");
            assert_eq!(bare_links(&markdown), bare_links(&known), "{text:?}");
            let shown = sheet(&held(&tender, &golden::everywhere(text)), lang);
            for out in [page, markdown, shown.text(), shown.markdown()] {
                assert_eq!(out.chars().find(|c| *c != '\n' && steers(*c)), None, "{text:?}");
            }
        }
        assert_eq!(bytes::text(&tender).expect("JSON").chars().find(|c| *c != '\n' && steers(*c)), None);
    }
}

#[test]
fn the_committed_schema_is_that_of_the_type_and_can_say_no() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/schema/tender.schema.json");
    let schema = toetssteen::report::schema::tender();
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&file, &schema).expect("the schema");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema, "stale: run this test once with UPDATE_SCHEMAS=1 and commit");
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON")).expect("a schema");
    let mut tree = serde_json::to_value(drawn(|text| text)).expect("JSON");
    assert!(validator.is_valid(&tree));
    tree["demands"][0]["requirements"][0]["kind"] = "maximum".into();
    assert!(!validator.is_valid(&tree));
}
