//! What a buyer and a working group read of the golden report, and what neither may meet.

use super::elements::of_page;
use super::{golden, large, made};
use std::sync::LazyLock;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::report::{CategoryConclusion, Report};
use toetssteen::model::text::Lang;
use toetssteen::report::buyer::Summary;
use toetssteen::report::group::Group;
use toetssteen::report::render::frame::Frame;
use toetssteen::report::render::terminal::{self, Colour};
use toetssteen::report::render::{buyer, group, html};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().catalogue.expect("a catalogue"));

fn summary(report: &Report) -> String {
    buyer::render(report, Lang::Nl, &Frame::default()).expect("a summary is written")
}

/// The texts of a page, without the tags.
fn words(page: &str) -> String {
    let body = page.split_once("</style>").expect("a style").1;
    body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim()).collect::<Vec<_>>().join(" ")
}

fn questions(report: &Report) -> Vec<String> {
    Summary::of(report, &Frame::default()).questions.into_iter().map(|one| one.nl).collect()
}

fn asks(report: &Report, wanted: &str) -> bool {
    questions(report).iter().any(|one| one.contains(wanted))
}

/// The golden report, judged with the catalogue of this program.
fn known() -> Report {
    let mut report = golden::report();
    report.catalogue.digest.clone_from(&CATALOGUE.digest);
    report
}

fn of(report: &Report, product: &str) -> Report {
    let mut other = report.clone();
    other.target.product.name = product.to_owned();
    other
}

#[test]
fn a_buyer_meets_no_code_word() {
    let mut text = words(&summary(&golden::report()));
    for entry in golden::report().requirements {
        let id = entry.id.local();
        assert!(!text.contains(id), "the id {id} is on the page");
        // What a requirement says is the profile's, and may be technical.
        text = text.replace(&entry.text.nl, "").replace(&entry.text.en, "");
    }
    for word in
        ["MUST", "SHOULD", "run.jsonl", "toetssteen ", "capability", "not-tested", "endpoint", "client", "token", "%"]
    {
        assert!(!text.contains(word), "`{word}` is on the page");
    }
}

#[test]
fn the_gravest_comes_first_and_a_long_list_says_what_it_leaves_out() {
    let mut report = large::report(200);
    for (at, one) in report.requirements.iter_mut().enumerate() {
        one.outcome = "fail".to_owned();
        one.severity = if at == 199 { "I" } else { "III" }.to_owned();
    }
    let summary = Summary::of(&report, &Frame::default());
    assert!(summary.wrong[0].grave && summary.wrong[0].texts.len() == 1);
    let shown: usize = summary.wrong.iter().map(|one| one.texts.len()).sum();
    assert_eq!(shown + summary.more_wrong, 200);
    assert!(summary.questions[0].nl.contains("geen recht op had"), "{}", summary.questions[0].nl);
}

#[test]
fn every_question_comes_from_the_report() {
    let golden = golden::report();
    let good = made::good();
    for (wanted, why) in [
        ("kwamen gegevens van testpatiënten bij iemand", "a leak"),
        ("gaf de toets geen uitsluitsel", "inconclusive"),
        ("geen toegang, testpatiënten of testmiddelen", "an endpoint that is not given"),
        ("laat bij 1 eis (Toestemming) een keuze", "an option that is not stated"),
        ("wijkt het product af van wat wordt aanbevolen", "a remark"),
    ] {
        assert!(asks(&golden, wanted), "{why}: {:#?}", questions(&golden));
        assert!(!asks(&good, wanted), "{why} is asked about a report without it");
    }
    assert!(asks(&golden, "bestaat nog geen toets") && asks(&golden, "is maar een deel getoetst"));
    // Who used the buyer's text is asked for the next step, not for the same.
    assert!(asks(&golden, "meekijken, of hem door een ander") && !asks(&golden, "met een tekst die wij u geven"));
    let mut plain = golden.clone();
    plain.run.parameters.challenge = None;
    assert!(asks(&plain, "met een tekst die wij u geven"));
    let mut attested = golden.clone();
    attested.requirements[0].outcome = "attested".to_owned();
    assert!(asks(&attested, "Wie tekende die verklaring") && !asks(&golden, "Wie tekende die verklaring"));
    assert!(asks(&golden, "gegevens gericht versturen"), "a role that is not claimed is not asked about");
}

#[test]
fn a_person_who_was_seen_went_wrong_however_little_the_verdict_rests_on() {
    let lowered = made::with(made::good(), &["privacy-by-design/OPT-01 warn"]);
    let told = Summary::of(&lowered, &Frame::default());
    assert!(told.wrong.len() == 1 && told.wrong[0].grave && told.wrong[0].texts.len() == 1);
    assert!(told.remarks.is_empty(), "it is told once");
    assert!(asks(&lowered, "kwamen gegevens van testpatiënten bij iemand"));
    assert!(!asks(&lowered, "wijkt het product af van wat wordt aanbevolen"));
    let text = words(&summary(&lowered));
    assert!(!text.contains("Aan deze verplichte eisen voldeed het product niet"), "nothing mandatory was broken");
    assert!(
        text.contains("ook als de eis zelf minder zwaar weegt") && text.contains("even where the requirement counts")
    );
    let failed = words(&summary(&made::with(made::good(), &["privacy-by-design/OPT-01 fail"])));
    assert!(failed.contains("Aan deze verplichte eisen voldeed het product niet"));
    let harmless = Summary::of(&made::harmless(lowered), &Frame::default());
    assert!(harmless.wrong.is_empty() && harmless.remarks.len() == 1);
}

#[test]
fn a_person_who_was_seen_stands_first_on_the_terminal() {
    let out = |ends: &[&str]| terminal::render(&made::with(made::good(), ends), Lang::Nl, Colour::Plain, "out");
    let lowered = out(&["privacy-by-design/OPT-01 warn", "fhir-rest/ERR-01 fail"]);
    let place = |text: &str| lowered.find(text).unwrap_or_else(|| panic!("no {text}: {lowered}"));
    assert!(place("OPMERKING privacy-by-design/OPT-01") < place("VOLDOET NIET fhir-rest/ERR-01"), "{lowered}");
    let leak = "Gegevens kwamen bij iemand die daar geen recht op had";
    assert!(place("OPMERKING privacy-by-design/OPT-01") < place(leak), "{lowered}");
    assert_eq!(lowered.matches(leak).count(), 1);
}

#[test]
fn a_system_without_a_name_is_called_by_that_of_its_target_file() {
    let report = made::unnamed(golden::report(), "one.example:8080", "niet opgegeven");
    let told = Summary::of(&report, &Frame::default());
    assert_eq!((told.product.as_str(), told.supplier.as_str()), ("one.example:8080", ""));
}

#[test]
fn what_is_not_offered_is_no_shortcoming() {
    let text = words(&summary(&golden::report()));
    assert!(
        text.contains("Wat niet wordt aangeboden")
            && text.contains("gegevens gericht versturen (Privacy door ontwerp)")
    );
    let titles: Vec<String> =
        Summary::of(&golden::report(), &Frame::default()).subjects.iter().map(|one| one.title.nl.clone()).collect();
    assert_eq!(titles, ["Privacy door ontwerp", "FHIR R4 via REST"]);
}

#[test]
fn a_subject_without_anything_mandatory_is_not_said_to_meet_it() {
    let mut report = golden::report();
    let shown = |report: &Report| Summary::of(report, &Frame::default()).shown.map(|said| said.nl).unwrap_or_default();
    let claimed: Vec<String> = report.profiles.iter().map(|one| format!("{} {}", one.id, one.role)).collect();
    let one = report
        .categories
        .iter_mut()
        .find(|one| claimed.contains(&format!("{} {}", one.profile, one.role)) && !one.requirements.is_empty())
        .expect("a subject of a role that is claimed");
    let title = one.title.nl.clone();
    one.conclusion = CategoryConclusion::Meets;
    one.must.met = 1;
    assert!(shown(&report).contains(&title), "{}", shown(&report));
    let one = report.categories.iter_mut().find(|one| one.title.nl == title).expect("the same");
    (one.must.met, one.must.remarks) = (0, 0);
    assert!(!shown(&report).contains(&title), "{}", shown(&report));
}

#[test]
fn coverage_names_cases_and_defects() {
    let report = known();
    let group = Group::of(&[&report], &CATALOGUE);
    assert!(group.same_catalogue && group.products == 1);
    let row = group.rows().find(|row| row.id == "privacy-by-design/OPT-01").expect("a row");
    assert!(row.cases.iter().any(|case| case.id == "privacy-by-design/objection-stops-retrieval"));
    let defect = &row.cases[0].kills[0];
    assert!(defect.nl.contains(' ') && defect.nl != defect.en, "a defect without its name: {}", defect.nl);
    // Another catalogue may call something else by the same id.
    let foreign = golden::report();
    let other = Group::of(&[&foreign], &CATALOGUE);
    assert!(!other.same_catalogue && other.unclaimed.is_empty());
    let row = other.rows().find(|row| row.id == "privacy-by-design/OPT-01").expect("a row");
    assert!(!row.cases[0].kills[0].nl.contains(' ') && row.resting.is_empty());
    assert!(other.choices.iter().all(|choice| choice.values.is_empty()));
}

#[test]
fn everybody_is_more_than_one_product() {
    let report = known();
    let failing = |reports: &[&Report]| {
        let group = Group::of(reports, &CATALOGUE);
        group.rows().filter(|row| row.everyone_fails()).map(|row| row.local.clone()).collect::<Vec<_>>()
    };
    assert_eq!(failing(&[&report]), Vec::<String>::new());
    // A later version of one product is not another product.
    let mut later = report.clone();
    later.target.product.version = "5.0".to_owned();
    assert_eq!(failing(&[&report, &later]), Vec::<String>::new());
    let second = of(&report, "Second");
    assert_eq!(failing(&[&report, &second]), ["OPT-01", "OPT-02", "SRCH-01"]);
    // One that meets it is enough, and one that was not judged says nothing.
    let better = made::with(
        of(&report, "Better"),
        &["privacy-by-design/OPT-01 pass", "privacy-by-design/OPT-02 inconclusive:transport"],
    );
    assert_eq!(failing(&[&report, &second, &better]), ["OPT-02", "SRCH-01"]);
    assert_eq!(failing(&[&report, &better]), ["SRCH-01"]);
    // A MUST of which a part that only counts as a SHOULD is broken is met.
    let remark =
        |name: &str| made::with(of(&report, name), &["privacy-by-design/OPT-01 warn", "fhir-rest/ERR-01 warn"]);
    assert_eq!(failing(&[&remark("One"), &remark("Two")]), ["OPT-02", "SRCH-01"]);
}

#[test]
fn systems_whose_products_are_not_named_are_several() {
    let system = |name: &str| made::unnamed(known(), name, "not stated");
    let (one, two) = (system("one.example:8080"), system("two.example:8080"));
    let group = Group::of(&[&one, &two], &CATALOGUE);
    assert_eq!(group.products, 2);
    assert!(group.rows().any(|row| row.everyone_fails()));
    // The same system, once in each language.
    let again = made::unnamed(known(), "one.example:8080", "niet opgegeven");
    assert_eq!(Group::of(&[&one, &again], &CATALOGUE).products, 1);
}

#[test]
fn what_one_report_has_a_test_for_is_tested() {
    // Under the options of the first no case looks at it; under those of the second one does.
    let second = of(&known(), "Second");
    let mut first = known();
    for one in first.requirements.iter_mut().filter(|one| one.id.as_str() == "fhir-rest/ERR-01") {
        let none = "Under these options there is no test.".to_owned();
        one.verification = "not-yet".to_owned();
        one.because = Some(toetssteen::model::report::Said { nl: none.clone(), en: none });
    }
    let first = made::with(first, &[]);
    for reports in [[&first, &second], [&second, &first]] {
        let group = Group::of(&reports, &CATALOGUE);
        let row = group.rows().find(|row| row.local == "ERR-01").expect("a row");
        assert_eq!((row.depth.en.as_str(), row.because.as_ref()), ("in full", None));
    }
    let group = Group::of(&[&first], &CATALOGUE);
    let row = group.rows().find(|row| row.local == "ERR-01").expect("a row");
    assert!(row.depth.en == "no test yet" && row.because.is_some());
}

#[test]
fn what_was_judged_with_another_catalogue_does_not_count() {
    let (report, second) = (known(), of(&golden::report(), "Second"));
    let group = Group::of(&[&report, &second], &CATALOGUE);
    assert_eq!((group.reports.len(), group.left_out.len(), group.products), (1, 1, 1));
    assert!(!group.rows().any(|row| row.everyone_fails()));
    let page = group::render(&[&report, &second], &CATALOGUE, Lang::Nl, &Frame::default()).expect("a page");
    assert!(words(&page).contains("Niet meegeteld") && page.contains("c0ffee"));
}

#[test]
fn what_nobody_tests_is_not_what_nobody_was_judged_on() {
    let report = known();
    let group = Group::of(&[&report], &CATALOGUE);
    let named = |keep: fn(&toetssteen::report::group::Row) -> bool| {
        group.rows().filter(|row| keep(row)).map(|row| row.local.clone()).collect::<Vec<_>>()
    };
    assert_eq!(named(|row| row.is_untested()), ["UNT-07"]);
    assert_eq!(named(|row| row.nobody_judged()), ["OPT-01-reversible", "CON-01", "BLR-01"]);
}

#[test]
fn views_hold_only_links_of_their_own_and_no_id_twice() {
    let report = known();
    let second = of(&report, "Second");
    let frame = Frame::default();
    let pages = [
        html::framed(&large::report(40), Lang::Nl, &frame).expect("a page"),
        summary(&report),
        group::render(&[&report, &second], &CATALOGUE, Lang::Nl, &frame).expect("a page"),
    ];
    for page in pages {
        let bones = of_page(&page);
        let values = |name: &str| -> Vec<String> {
            let attributes = bones.iter().flat_map(|bone| bone.split(' '));
            attributes.filter_map(|one| one.strip_prefix(&format!("{name}="))).map(str::to_owned).collect()
        };
        let mut ids = values("id");
        for link in values("href") {
            let place = link.strip_prefix('#').expect("a link on the page");
            assert!(ids.iter().any(|id| id == place), "nothing has the id {place}");
        }
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id stands twice");
        assert!(!bones.iter().any(|bone| bone.starts_with("error")), "a page is not well-formed");
        assert!(!bones.iter().any(|bone| bone.starts_with("<script")), "a page has a script");
    }
}

#[test]
fn every_requirement_has_one_box_and_one_address() {
    let report = large::report(110);
    let page = html::render(&report, Lang::Nl).expect("a page is written");
    for entry in &report.requirements {
        assert_eq!(page.matches(&format!(" id=\"{}\"", entry.id)).count(), 1, "{}", entry.id);
    }
    let boxes = of_page(&page).iter().filter(|bone| bone.starts_with("<a class=box")).count();
    assert_eq!(boxes, 2 * 110, "one in each language");
}
