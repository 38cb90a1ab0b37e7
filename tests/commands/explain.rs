//! `explain`: every word that a report can say is known, in two languages, and a misspelt one finds its neighbour.

use crate::binary::{text, toetssteen, told};
use toetssteen::model::verdict::{OUTCOMES, Outcome};

fn explain(word: &str, lang: &str) -> (Option<i32>, String, String) {
    let output = toetssteen(&["--lang", lang, "explain", word]);
    (output.status.code(), text(&output.stdout), told(&output))
}

#[test]
fn every_outcome_and_every_reason_is_explained_in_both_languages() {
    let reasons = Outcome::all().filter_map(Outcome::reason);
    for word in OUTCOMES.map(str::to_owned).into_iter().chain(reasons) {
        let [dutch, english] = ["nl", "en"].map(|lang| {
            let (code, page, all) = explain(&word, lang);
            assert_eq!(code, Some(0), "{all}");
            assert!(page.starts_with(&word), "{page}");
            page
        });
        assert_ne!(dutch, english, "{word}");
    }
}

#[test]
fn an_outcome_lists_its_reasons_and_a_reason_its_outcome() {
    let (_, page, _) = explain("not-tested", "nl");
    assert!(page.contains("niet getoetst") && page.contains("\nRedenen:\n"), "{page}");
    for reason in Outcome::all().filter(|one| one.word() == "not-tested").filter_map(Outcome::reason) {
        assert!(page.contains(&format!("\n  {reason} ")), "{reason} in {page}");
    }
    assert!(!explain("pass", "en").1.contains("Reasons"));
    let (_, page, _) = explain("option-not-stated", "nl");
    assert!(page.contains("niet getoetst (not-tested)") && page.contains("Wat nu: Geef deze keuze op"), "{page}");
    let (_, page, _) = explain("underpowered", "en");
    assert!(page.contains("underpowered · inconclusive\n") && page.contains("too few observations"), "{page}");
}

#[test]
fn a_misspelt_word_finds_what_was_meant() {
    for (word, meant) in [
        ("inconclusief", "inconclusive"),
        ("PASS", "pass"),
        ("no-bindings", "no-binding"),
        ("unknown-requirment", "unknown-requirement"),
        ("objection-never-consultd", "objection-never-consulted"),
        ("privacy-by-design/objection-stops-retreival", "privacy-by-design/objection-stops-retrieval"),
        ("privacy-by-design/opt-01", "privacy-by-design/OPT-01"),
        ("OPT-01", "privacy-by-design/OPT-01"),
    ] {
        let (code, page, all) = explain(word, "en");
        assert_eq!((code, page.as_str()), (Some(2), ""), "{all}");
        assert!(all.contains(&format!("nothing is called `{word}`; did you mean `{meant}`?")), "{all}");
        let (_, _, all) = explain(word, "nl");
        assert!(all.contains(&format!("niets heet `{word}`; bedoelde u `{meant}`?")), "{all}");
    }
    let (code, _, all) = explain("xyzzy-plugh", "en");
    assert_eq!(code, Some(2), "{all}");
    assert!(!all.contains("did you mean") && all.contains("toetssteen list"), "{all}");
}

#[test]
fn what_cases_are_made_of_is_explained_in_both_languages() {
    for (word, dutch, english) in [
        ("never", "heeft nooit bestaan", "never existed"),
        ("nocon", "keuze bij het begin: geen", "choice at the beginning: none"),
        ("opt", "als dat van ctrl", "like that of ctrl"),
        ("stranger", "Kliniek Elders", "Elsewhere Clinic"),
        ("effect-within", "waarden: 60s – 10m; zonder opgave 1m", "values: 60s – 10m; if not stated 1m"),
        ("record-objection", "teruggenomen met: withdraw-objection", "taken back by: withdraw-objection"),
        ("clinical", "conditions  POST /Condition/_search", "conditions  POST /Condition/_search"),
        ("reach", "aanroepen", "call one address"),
        ("await", "sinds de laatste aanleiding", "since the latest trigger"),
        ("localisation-index", "wie gegevens over wie heeft", "who has data about whom"),
        ("wrong-answer", "een webpagina", "a web page"),
        ("notified-pull", "haalt dan op", "then collects"),
        ("search-types", "gelezen uit het capability statement", "read from the capability statement"),
    ] {
        for (lang, wanted) in [("nl", dutch), ("en", english)] {
            let (code, page, all) = explain(word, lang);
            assert_eq!(code, Some(0), "{all}");
            assert!(page.starts_with(&format!("{word} · ")) && page.contains(wanted), "{page}");
        }
    }
    let (_, page, _) = explain("include", "en");
    assert!(page.contains("an option of fhir-rest") && page.contains("an option of privacy-by-design"), "{page}");
    let (_, _, all) = explain("effect-withn", "en");
    assert!(all.contains("did you mean `effect-within`?"), "{all}");
}
