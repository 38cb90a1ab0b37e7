//! Whatever an endpoint sends, no renderer makes script, style, link, control or direction characters of it.
//! Hostile texts stand in every field of the golden report that takes a text.

use super::bones::{command, of_commands, of_json, of_tap};
use super::elements::of_page;
use super::golden;
use super::known::HOSTILE;
use super::markup::{bare_links, of_markdown, of_xml};
use proptest::prelude::*;
use std::sync::LazyLock;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::policy::read_policy;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::render::frame::Frame;
use toetssteen::report::render::terminal::{self, Colour};
use toetssteen::report::render::{buyer, github, gitlab, group, html, json, junit, markdown, sarif, steers, tap};
use toetssteen::report::{diff, gate};

const TODAY: time::Date = time::macros::date!(2026 - 06 - 15);

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::embedded().catalogue.expect("a catalogue"));

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
        all.push(Rendered { name: "github", text: github::render(report, lang, &report.target.name) });
        all.push(Rendered { name: "tap", text: tap::render(report, lang) });
        for (name, text) in [
            ("gitlab", gitlab::render(report, lang, &report.target.name)),
            ("sarif", sarif::render(report, lang, &report.target.name)),
        ] {
            all.push(Rendered { name, text: text.expect("JSON is written") });
        }
        all.push(Rendered { name: "html", text: html::render(report, lang).expect("a page is written") });
        let frame = Frame { as_of: Some(TODAY), digest: Some(report.target.name.clone()), waived: Vec::new() };
        let summary = buyer::render(report, lang, &frame).expect("a summary is written");
        all.push(Rendered { name: "html", text: summary });
        let page = group::render(&[report, report], &CATALOGUE, lang, &frame).expect("a page is written");
        all.push(Rendered { name: "html", text: page });
    }
    all.extend(sheets(report));
    let bytes = json::render(report).expect("JSON is written");
    all.push(Rendered { name: "json", text: String::from_utf8(bytes).expect("JSON is text") });
    all
}

/// A comparison and a decision about this report, with waivers in which the same text stands.
fn sheets(report: &Report) -> Vec<Rendered> {
    let mut old = report.clone();
    old.run.id.push('0');
    for (at, entry) in old.requirements.iter_mut().enumerate() {
        entry.outcome = if at % 2 == 0 { "pass" } else { "fail" }.to_owned();
    }
    let compared = diff::diff(&old, report).expect("one product");
    let mut policy = read_policy("policy.yaml", POLICY.as_bytes()).policy.expect("a policy");
    for waiver in &mut policy.waivers {
        waiver.reason.clone_from(&report.target.name);
        waiver.owner.clone_from(&report.target.name);
    }
    let today = TODAY;
    let question = gate::Question { policy: &policy, report, baseline: Some(&old), today };
    let decision = gate::decide(question).expect("a question");
    let mut all = Vec::new();
    for lang in [Lang::Nl, Lang::En] {
        for sheet in [diff::sheet(&compared, lang), gate::sheet(&decision, lang)] {
            all.push(Rendered { name: "sheet", text: sheet.text() });
            all.push(Rendered { name: "markdown", text: sheet.markdown() });
        }
    }
    all.push(Rendered { name: "json", text: json::text(&compared).expect("JSON is written") });
    all.push(Rendered { name: "json", text: json::text(&decision).expect("JSON is written") });
    all
}

const POLICY: &str = "format: 1
profiles: [ { id: fhir-rest, conformant: true } ]
baseline: { no-new-must-failure: true, completeness-may-not-drop: true }
waivers:
  - { requirement: fhir-rest/SRCH-01, reason: x, owner: y, until: 2026-12-31 }
  - { requirement: privacy-by-design/OPT-02, reason: x, owner: y, until: 2026-01-01 }
";

fn bones(one: &Rendered) -> Vec<String> {
    match one.name {
        "html" => of_page(&one.text),
        "markdown" => of_markdown(&one.text),
        "junit" => of_xml(&one.text),
        "github" => of_commands(&one.text),
        "gitlab" | "sarif" => of_json(&one.text),
        "tap" => of_tap(&one.text),
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
        if matches!(one.name, "terminal" | "sheet") {
            let heard = one.text.lines().find(|line| command(line).is_some());
            assert_eq!(heard, None, "{} is heard by a runner", one.name);
        }
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
