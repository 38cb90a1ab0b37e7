//! What people read of the golden report: snapshots, and what must stand on the page whatever it looks like.

use super::elements::of_page;
use super::golden;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::frame::Frame;
use toetssteen::report::render::{html, markdown};

fn page(report: &Report) -> String {
    html::render(report, Lang::Nl).expect("a page is written")
}

/// The side of the page in one language.
fn side(page: &str, code: &str) -> String {
    let start = page.find(&format!("<div class=\"side\" id=\"{code}\"")).expect("the side");
    let rest = &page[start..];
    let end = rest[1..].find("<div class=\"side\"").map_or(rest.len(), |end| end + 1);
    rest[..end].to_owned()
}

fn in_order(text: &str, wanted: &[&str]) {
    let mut from = 0;
    for word in wanted {
        match text[from..].find(word) {
            Some(at) => from += at + word.len(),
            None => panic!("`{word}` does not follow; after {from}: {}", &text[from..text.len().min(from + 300)]),
        }
    }
}

#[test]
fn the_summary_for_ci() {
    insta::assert_snapshot!("markdown-nl", markdown::render(&golden::report(), Lang::Nl));
    insta::assert_snapshot!("markdown-en", markdown::render(&golden::report(), Lang::En));
}

#[test]
fn the_page() {
    // The style sheet is a file of its own, and its hash changes with it.
    let page = page(&golden::report());
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, body) = rest.split_once("</style>").expect("its end");
    let (before, after) = head.split_once("sha256-").expect("a hash");
    let after = after.split_once('&').expect("its end").1;
    insta::assert_snapshot!("page", format!("{before}sha256-…&{after}<style>…</style>{body}"));
}

#[test]
fn the_conclusion_comes_first_and_the_gravest_with_it() {
    for (code, words) in [
        (
            "nl",
            [
                "Niet conform: aan ten minste één",
                "4 van 7 toepasselijke",
                "Voor 1 verplichte eis bestaat nog geen toets",
                "Gegevens kwamen bij iemand",
            ],
        ),
        (
            "en",
            [
                "Not conformant: at least one",
                "Judged 4 of 7 applicable",
                "For 1 mandatory requirement no test exists yet",
                "Data reached someone",
            ],
        ),
    ] {
        let side = side(&page(&golden::report()), code);
        in_order(&side, &words);
        in_order(&side, &[words[3], "OPT-01", "Dossier", "A Vendor", "c0ffee", "feed", "<nav"]);
    }
}

#[test]
fn a_finding_has_its_six_fields_in_order() {
    let page = page(&golden::report());
    let fields = |labels: [&str; 6]| labels.map(|label| format!("<dt>{label}</dt>"));
    let nl = fields(["Oordeel", "Verwacht", "Waargenomen", "Bewijs", "Eis", "Wat nu"]);
    let en = fields(["Verdict", "Expected", "Observed", "Evidence", "Requirement", "What now"]);
    for (code, fields) in [("nl", nl), ("en", en)] {
        let side = side(&page, code);
        let findings: Vec<&str> =
            side.split("<article class=\"finding ").skip(1).filter(|one| !one.starts_with("open")).collect();
        assert_eq!(findings.len(), 3);
        for finding in findings {
            let finding = finding.split_once("</article>").expect("its end").0;
            in_order(finding, &fields.each_ref().map(String::as_str));
        }
    }
}

#[test]
fn the_gravest_finding_stands_first() {
    let mut report = golden::report();
    report.requirements.reverse();
    let side = side(&page(&report), "en");
    in_order(&side, &["id=\"en-findings\"", ">OPT-01 <", ">OPT-02 <", ">SRCH-01 <"]);
}

#[test]
fn categories_are_concluded_in_words() {
    let page = page(&golden::report());
    in_order(
        &side(&page, "nl"),
        &[
            "Oordeel per onderdeel",
            "Bezwaar",
            "Voldoet niet",
            "Toestemming",
            "Niet aangetoond",
            "Niet van toepassing",
            "Voldoet met opmerkingen",
            "Fouten",
            "Voldoet",
            "Niet opgegeven rollen",
            "verzender",
        ],
    );
    in_order(
        &side(&page, "en"),
        &[
            "Conclusion by subject",
            "Objection",
            "Does not meet",
            "Consent",
            "Not shown",
            "Not applicable",
            "Meets with remarks",
            "Errors",
            "Meets",
            "Roles not claimed",
            "sender",
        ],
    );
}

#[test]
fn what_was_not_tested_says_why_and_what_to_do() {
    let page = page(&golden::report());
    let nl = side(&page, "nl");
    in_order(&nl, &["id=\"nl-open\"", "een controleproef slaagde niet", "OPT-01-reversible", "Waargenomen"]);
    in_order(&nl, &["een keuze uit het profiel is niet opgegeven", "Wat nu", "CON-01", "choice-regime"]);
    in_order(&nl, &["De tijd van antwoorden wordt nog niet gemeten.", "UNT-07"]);
    assert!(!nl.contains("The time of answers is not measured yet."), "the Dutch side gives the reason in English");
    in_order(&side(&page, "en"), &["an endpoint is not given", "BLR-01", "fhir-2", "The second holder comes in May"]);
}

#[test]
fn what_limits_a_verdict_is_printed() {
    let nl = side(&page(&golden::report()), "nl");
    for words in [
        "Bewijs: op de verbinding waargenomen",
        "Deels gedekt",
        "Telt als aanbeveling",
        "Zelf getoetst",
        "Gemeten: tot 1 seconde",
        "algemeen bekend, niet nagelezen",
    ] {
        assert!(nl.contains(words), "the page does not say: {words}");
    }
}

#[test]
fn no_percentage_no_ranking_no_legal_word() {
    let page = page(&golden::report());
    let (_, body) = page.split_once("</style>").expect("a style");
    let text = format!(
        "{body}{}{}",
        markdown::render(&golden::report(), Lang::Nl),
        markdown::render(&golden::report(), Lang::En)
    );
    for word in ["%", "lawful", "rechtmatig", "legal compliance"] {
        assert!(!text.contains(word), "the report says `{word}`");
    }
}

#[test]
fn the_page_holds_only_what_it_needs() {
    const TAGS: [&str; 43] = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "article", "nav", "div", "p",
        "span", "h1", "h2", "h3", "h4", "ul", "li", "dl", "dt", "dd", "a", "table", "thead", "tbody", "tr", "th", "td",
        "strong", "details", "summary", "fieldset", "legend", "input", "label", "br", "code", "em", "ol", "abbr",
        "footer",
    ];
    for bone in of_page(&page(&golden::report())) {
        if let Some(tag) = bone.strip_prefix('<').filter(|tag| !tag.starts_with(['!', '/'])) {
            let (name, attributes) = tag.split_once(' ').expect("a name");
            assert!(TAGS.contains(&name), "a tag that the page does not need: {name}");
            assert!(!attributes.contains("http") || name == "meta", "an address outside the page: {bone}");
            assert!(
                !attributes.starts_with("href=") || attributes.starts_with("href=#"),
                "a link off the page: {bone}"
            );
            assert!(!attributes.split(' ').any(|one| one.starts_with("on") || one.starts_with("style=")), "{bone}");
        }
        assert!(!bone.starts_with("error"), "the page is not well-formed: {bone}");
    }
}

#[test]
fn every_link_leads_somewhere_and_no_id_stands_twice() {
    let bones = of_page(&page(&golden::report()));
    let values = |name: &str| -> Vec<String> {
        let mark = format!("{name}=");
        let attributes = bones.iter().flat_map(|bone| bone.split(' '));
        attributes
            .filter_map(|one| one.strip_prefix(&mark))
            .map(|value| value.trim_start_matches('#').to_owned())
            .collect()
    };
    let mut ids = values("id");
    for wanted in values("href").into_iter().chain(values("for")).chain(values("aria-labelledby")) {
        assert!(ids.contains(&wanted), "nothing has the id {wanted}");
    }
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
}

#[test]
fn the_language_asked_for_is_shown_first() {
    for (lang, first) in [(Lang::Nl, "nl"), (Lang::En, "en")] {
        let page = html::render(&golden::report(), lang).expect("a page is written");
        in_order(
            &page,
            &[
                &format!("<html lang=\"{first}\">"),
                &format!("id=\"in-{first}\" checked"),
                "class=\"side\"",
                &format!("id=\"{first}\""),
            ],
        );
    }
}

#[test]
fn a_report_of_an_earlier_version_is_still_shown() {
    let mut tree = serde_json::to_value(golden::report()).expect("a tree");
    tree.as_object_mut().expect("a report").remove("categories");
    for entry in tree["requirements"].as_array_mut().expect("requirements") {
        entry.as_object_mut().expect("an entry").remove("because");
    }
    tree["conclusion"]["completeness"].as_object_mut().expect("numbers").remove("not-yet");
    let old: Report = serde_json::from_value(tree).expect("the older form is read");
    in_order(&side(&page(&old), "nl"), &["Niet conform", "een controleproef slaagde niet"]);
}

#[test]
fn a_person_who_was_seen_stands_on_the_first_screen_even_in_a_remark() {
    let mut lowered = golden::report();
    for entry in lowered.requirements.iter_mut().filter(|one| one.id.as_str() == "privacy-by-design/OPT-01") {
        entry.outcome = "warn".to_owned();
    }
    assert!(page(&lowered).contains("class=\"leaks\""), "a disclosure is seen whatever the verdict rests on");
    for judgement in lowered.cases.iter_mut().flat_map(|case| &mut case.steps).flat_map(|step| &mut step.judgements) {
        judgement.observed.code = "status".to_owned();
    }
    assert!(!page(&lowered).contains("class=\"leaks\""), "a remark without one is none");
}

#[test]
fn a_moment_that_is_beyond_all_years_in_utc_is_no_date() {
    let beyond = "9999-12-31T23:59:59-01:00";
    assert_eq!(toetssteen::report::words::period(beyond, None).en, beyond);
    let mut report = golden::report();
    report.run.started = beyond.to_owned();
    report.run.finished = Some("-9999-01-01T00:00:00+01:00".to_owned());
    let frame = Frame { as_of: Some(time::macros::date!(2026 - 12 - 01)), ..Frame::default() };
    assert_eq!(frame.outdated(&report), None);
    report.run.finished = None;
    assert_eq!(frame.outdated(&report), None);
    assert!(page(&report).contains(beyond));
}
