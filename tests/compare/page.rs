//! The page as it is written: what stands first, where links lead, and what never stands in it.

use super::bidders::{bidder, compared, end, same, withdraw};
use super::elements::of_page;
use serde_json::Value;
use toetssteen::model::comparison::Comparison;
use toetssteen::model::text::Lang;
use toetssteen::report::render::compare::{Page, html, terminal};

fn three() -> Comparison {
    let away = |tree: &mut Value| {
        withdraw(tree, "privacy-by-design", "receiver");
        end(tree, "fhir-rest/ERR-01", "fail");
    };
    let other = |tree: &mut Value| tree["profiles"][0]["options"]["effect-within"] = "10s".into();
    compared(&[bidder("North", same), bidder("South", away), bidder("East", other)])
}

fn page(all: &Comparison, pages: &[Option<Page>], lang: Lang) -> String {
    let mut out = Vec::new();
    html::write(all, pages, lang, &mut out).expect("a page is written");
    String::from_utf8(out).expect("it is text")
}

fn side(page: &str, code: &str) -> String {
    let start = page.find(&format!("id=\"{code}\" lang=")).expect("the side");
    let rest = &page[start..];
    rest.find("<div class=\"side").map_or(rest, |end| &rest[..end]).to_owned()
}

fn in_order(text: &str, wanted: &[&str]) {
    let mut from = 0;
    for word in wanted {
        match text[from..].find(word) {
            Some(at) => from += at + word.len(),
            None => {
                panic!("`{word}` does not follow; after {from}: {}", text[from..].chars().take(300).collect::<String>())
            }
        }
    }
}

#[test]
fn what_may_not_be_compared_comes_first_and_leaks_with_it() {
    let page = page(&three(), &[], Lang::Nl);
    in_order(
        &side(&page, "nl"),
        &[
            "Wat niet te vergelijken is",
            "niet dezelfde keuzes",
            "effect-within: 10s",
            "Niet elk product biedt deze rol aan",
            "Gegevens kwamen bij iemand",
            "OPT-01",
            "De verslagen",
            "North",
            "South",
            "East",
            "Eisen naast elkaar",
            "Wat voor alle geldt",
            "Wat is gemeten",
            "Per eis",
            "Geen totaal",
        ],
    );
    in_order(&side(&page, "en"), &["What cannot be compared", "Data reached someone", "The reports", "By requirement"]);
    let terminal = terminal::render(&three(), Lang::Nl, &[]);
    in_order(
        &terminal,
        &["Wat niet te vergelijken is", "Gegevens kwamen bij iemand", "De verslagen", "Eisen naast elkaar"],
    );
}

#[test]
fn cells_say_their_state_in_words_and_hatching_says_why() {
    let page = page(&three(), &[], Lang::Nl);
    let nl = side(&page, "nl");
    for word in
        ["Voldoet<", "Voldoet niet<", "Niet aangeboden<", "Niet van toepassing<", "Niet getoetst<", "Geen uitsluitsel<"]
    {
        assert!(nl.contains(word), "no cell says {word}");
    }
    in_order(&nl, &["class=\"hatch\"", "niet vergelijkbaar: andere keuzes opgegeven"]);
    assert!(nl.contains("Geen van deze producten biedt deze rol aan."), "the sender is a role that nobody offers");
}

#[test]
fn every_link_leads_somewhere_and_no_id_stands_twice() {
    let bones = of_page(&page(&three(), &[], Lang::Nl));
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
    assert!(!bones.iter().any(|bone| bone.starts_with("error")), "the page is not well-formed");
}

#[test]
fn a_cell_leads_to_the_page_of_its_report_if_there_is_one() {
    let beside = [Some(Page { href: "../north.html".to_owned(), lang: Lang::En }), None, None];
    let page = page(&three(), &beside, Lang::Nl);
    // In the language that the other page shows first, for a target in a hidden side is not seen.
    assert!(side(&page, "nl").contains("href=\"../north.html#en-privacy-by-design-OPT-01-holder\""));
    assert!(
        side(&page, "nl").contains("href=\"#nl-privacy-by-design-OPT-01-holder\""),
        "the others lead to the finding below"
    );
    assert!(!page.contains("north.html#en-privacy-by-design-PSH-01"));
}

#[test]
fn it_holds_no_percentage_no_ranking_no_script() {
    let page = page(&three(), &[], Lang::Nl);
    let (head, body) = page.split_once("</style>").expect("a style");
    for word in ["%", "lawful", "rechtmatig", "<script", "href=\"http", "score", "winnaar"] {
        assert!(!body.contains(word), "the page says `{word}`");
    }
    assert!(head.contains("default-src &#39;none&#39;; style-src &#39;sha256-"), "no policy");
    assert!(!body.contains(" style="), "the policy would refuse it");
}

#[test]
fn many_reports_are_shown_by_letter_with_the_words_for_who_cannot_see() {
    let many: Vec<Value> = (0..12).map(|at| bidder(&format!("Product {at}"), same)).collect();
    let page = page(&compared(&many), &[], Lang::Nl);
    in_order(&side(&page, "nl"), &["<b aria-hidden=\"true\">X</b><span class=\"unseen\">Voldoet niet</span>"]);
    assert!(page.contains("<div class=\"side dense\""), "no place is saved");
    in_order(&side(&page, "nl"), &["Hoe dit verslag te lezen", "<b>V</b> Voldoet"]);
}

#[test]
fn all_that_can_be_compared_is_said_to_be() {
    let page = page(&compared(&[bidder("North", same), bidder("South", same)]), &[], Lang::En);
    in_order(&page, &["<html lang=\"en\">", "The reports can be compared in all their parts."]);
    assert!(!side(&page, "en").contains("class=\"hatch\""), "nothing is hatched");
}
