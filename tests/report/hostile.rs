//! Whatever an endpoint sends, no renderer makes script, style, link, control or direction characters of it.
//! Hostile texts stand in every field of the golden report that takes a text.

use super::elements::of_page;
use super::golden;
use super::known::HOSTILE;
use super::markup::{bare_links, of_markdown, of_xml};
use proptest::prelude::*;
use std::sync::LazyLock;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::terminal::{self, Colour};
use toetssteen::report::render::{html, json, junit, markdown, steers};

struct Rendered {
    name: &'static str,
    text: String,
}

fn rendered(report: &Report) -> Vec<Rendered> {
    let mut all = Vec::new();
    for lang in [Lang::Nl, Lang::En] {
        all.push(Rendered { name: "terminal", text: terminal::render(report, lang, Colour::Plain, "out") });
        all.push(Rendered { name: "junit", text: junit::render(report, lang).expect("JUnit is written") });
        all.push(Rendered { name: "markdown", text: markdown::render(report, lang) });
        all.push(Rendered { name: "html", text: html::render(report, lang).expect("a page is written") });
    }
    let bytes = json::render(report).expect("JSON is written");
    all.push(Rendered { name: "json", text: String::from_utf8(bytes).expect("JSON is text") });
    all
}

fn bones(one: &Rendered) -> Vec<String> {
    match one.name {
        "html" => of_page(&one.text),
        "markdown" => of_markdown(&one.text),
        "junit" => of_xml(&one.text),
        // Neither knows markup: a line is all the structure that a terminal or pretty-printed JSON has.
        _ => vec!["line".to_owned(); one.text.lines().count()],
    }
}

static HONEST: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| rendered(&golden::report()).iter().map(bones).collect());

/// No character that acts instead of being seen, whatever field it came in.
fn nothing_steers(text: &str) {
    let report = golden::everywhere(text);
    for one in rendered(&report) {
        let found = one.text.chars().find(|c| *c != '\n' && steers(*c));
        assert_eq!(found, None, "{} lets {found:?} through", one.name);
    }
    let coloured = terminal::render(&report, Lang::En, Colour::Ansi, "out");
    let mut bare = coloured;
    for code in ["\u{1b}[31;1m", "\u{1b}[33;1m", "\u{1b}[32;1m", "\u{1b}[1m", "\u{1b}[0m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare.chars().find(|c| *c != '\n' && steers(*c)), None, "the coloured terminal lets something through");
}

/// Text stays text: the rendering has the same bones as that of the honest report.
fn text_stays_text(text: &str) {
    let report = golden::wherever_an_endpoint_writes(text);
    for (one, honest) in rendered(&report).iter().zip(HONEST.iter()) {
        let found = bones(one);
        let differs = found.iter().zip(honest).position(|(a, b)| a != b).unwrap_or(found.len().min(honest.len()));
        assert!(found == *honest, "{} of {text:?}: at {differs}: {:?}", one.name, found.get(differs));
        if one.name == "markdown" {
            assert_eq!(bare_links(&one.text), Vec::<String>::new());
        }
    }
}

/// The published file holds what was seen, character for character.
fn json_keeps_everything(text: &str) {
    let report = golden::everywhere(text);
    let read: Report =
        serde_json::from_slice(&json::render(&report).expect("JSON is written")).expect("it is read back");
    assert_eq!(read, report);
}

#[test]
fn known_texts_do_no_harm() {
    for text in HOSTILE {
        nothing_steers(text);
        text_stays_text(text);
        json_keeps_everything(text);
    }
}

#[test]
fn all_known_texts_together_do_no_harm() {
    let text = HOSTILE.concat();
    nothing_steers(&text);
    text_stays_text(&text);
    json_keeps_everything(&text);
}

/// Markup in pieces, put together at random.
fn assembled() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "\"",
        "'",
        "&",
        ";",
        "=",
        "script",
        "style",
        "a href=",
        "<!--",
        "-->",
        "`",
        "``",
        "*",
        "_",
        "[",
        "]",
        "(",
        ")",
        "!",
        "#",
        "-",
        "+",
        "1. ",
        "|",
        "\\",
        "$",
        "~",
        "@",
        "://",
        "www.",
        "http",
        "\n",
        "\r",
        "\t",
        "\u{1b}[",
        "\u{202e}",
        "\u{2028}",
        "\u{9b}",
        "\u{0}",
        "{{",
        "}}",
        "{%",
        "%}",
        "]]>",
        "<![CDATA[",
        " ",
        "x",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_steers(text in prop_oneof![any::<String>(), assembled()]) {
        nothing_steers(&text);
        json_keeps_everything(&text);
    }

    #[test]
    fn every_text_stays_text(text in prop_oneof![any::<String>(), assembled()]) {
        text_stays_text(&text);
    }
}
