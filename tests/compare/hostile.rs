//! Whatever an endpoint or a supplier writes, no renderer of a comparison makes markup, formula or control of it.
//! Hostile texts stand in every field of every report that takes a text.

use super::bidders::brief;
use super::bones::command;
use super::elements::of_page;
use super::golden;
use super::known::HOSTILE;
use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use std::io::Cursor;
use std::sync::LazyLock;
use toetssteen::model::comparison::Comparison;
use toetssteen::model::report::Report;
use toetssteen::model::text::Lang;
use toetssteen::report::compare::{Settings, compare};
use toetssteen::report::render::compare::{Page, csv, html, terminal, xlsx};
use toetssteen::report::render::{json, steers};

/// Formulas beside the texts that harm elsewhere.
const FORMULAS: [&str; 11] = [
    "=HYPERLINK(\"http://127.0.0.1:9/\",\"x\")",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "  =1+1",
    "\t=1+1",
    "＝1+1",
    "x;=1+1;",
    "x; \"+cmd|' /C calc'!A0\"",
    ";;@SUM(A1)",
    "x\t;\t-1",
];

fn comparison(report: &Report) -> Comparison {
    let tree = |name: &str| {
        let mut tree = serde_json::to_value(report).expect("a tree");
        tree["run"]["id"] = format!("{name}{}", tree["run"]["id"].as_str().unwrap_or_default()).into();
        // The second differs in what is compared, so that obstacles and hatching are written too.
        if name == "b" {
            tree["run"]["parameters"]["attempts"] = 9.into();
        }
        tree
    };
    compare(&["a", "b", "c"].map(|name| brief(&tree(name))), Settings::default())
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).expect("it is text")
}

fn pages(text: &str) -> Vec<Option<Page>> {
    // What a path may hold is escaped before it comes here.
    let href = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    vec![Some(Page { href: format!("x{href}"), lang: Lang::Nl }), None, None]
}

fn page(all: &Comparison, lang: Lang) -> String {
    written(|out| html::write(all, &pages(""), lang, out).expect("a page is written"))
}

fn table(all: &Comparison, lang: Lang) -> String {
    written(|out| csv::write(all, lang, out).expect("CSV is written"))
}

fn cells(all: &Comparison, lang: Lang) -> Vec<(String, String)> {
    let bytes = xlsx::render(all, lang).expect("a workbook is written");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("it is a workbook");
    let mut found = Vec::new();
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).expect("a sheet");
        assert_eq!(
            formulas.used_cells().filter(|(.., formula)| !formula.is_empty()).count(),
            0,
            "{sheet} holds a formula"
        );
        let range = book.worksheet_range(&sheet).expect("a sheet");
        found.extend(range.used_cells().filter_map(|(.., cell)| match cell {
            Data::String(text) => Some((sheet.clone(), text.clone())),
            _ => None,
        }));
    }
    found
}

fn begins_a_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'])
}

/// No character that acts instead of being seen, and nothing that a spreadsheet would reckon with.
fn nothing_acts(text: &str) {
    let all = comparison(&golden::everywhere(text));
    for lang in [Lang::Nl, Lang::En] {
        let texts = [
            ("page", page(&all, lang)),
            ("csv", table(&all, lang)),
            ("terminal", terminal::render(&all, lang, &[])),
            ("json", written(|out| json::write(&all, out).expect("JSON is written"))),
        ];
        for (name, out) in texts {
            let found = out.chars().find(|c| !matches!(c, '\n' | '\r') && steers(*c));
            assert_eq!(found, None, "{name} lets {found:?} through");
        }
        for (sheet, cell) in cells(&all, lang) {
            assert!(!cell.chars().any(steers), "{sheet} lets something through: {cell:?}");
            assert!(!begins_a_formula(&cell), "{sheet}: {cell:?}");
        }
        for field in fields(&table(&all, lang)).iter().flatten() {
            assert!(!begins_a_formula(field), "csv: {field:?}");
        }
        parted_it_holds_no_formula(&table(&all, lang));
        let heard = terminal::render(&all, lang, &[]).lines().find_map(command);
        assert_eq!(heard, None, "a runner takes a line of the summary for a command");
    }
}

/// A spreadsheet with a decimal comma parts the lines of any CSV at semicolons, and takes what is quoted elsewhere as it is.
fn parted_it_holds_no_formula(csv: &str) {
    for piece in csv.lines().flat_map(|line| line.split([';', '\t']).skip(1)) {
        let bare = piece.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
        assert!(!begins_a_formula(bare), "csv, parted at a semicolon: {piece:?}");
    }
}

/// CSV as RFC 4180 has it, so that a quote in a text ends no field.
fn fields(text: &str) -> Vec<Vec<String>> {
    let mut lines = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let line = lines.last_mut().expect("a line");
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                line.last_mut().expect("a field").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(letters.next(), Some('\n'), "a line ends with CR LF");
                lines.push(vec![String::new()]);
            }
            other => line.last_mut().expect("a field").push(other),
        }
    }
    lines.pop();
    lines
}

static HONEST: LazyLock<Comparison> = LazyLock::new(|| comparison(&golden::report()));

/// Text stays text: the same elements, the same lines and fields, whatever stands in them.
fn text_stays_text(text: &str) {
    let all = comparison(&golden::wherever_an_endpoint_writes(text));
    let (found, honest) = (of_page(&page(&all, Lang::Nl)), of_page(&page(&HONEST, Lang::Nl)));
    let differs = found.iter().zip(&honest).position(|(a, b)| a != b).unwrap_or(found.len().min(honest.len()));
    assert!(found == honest, "page of {text:?}: {:?} for {:?}", found.get(differs), honest.get(differs));
    let shape = |all: &Comparison| fields(&table(all, Lang::Nl)).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(shape(&all), shape(&HONEST), "csv of {text:?}");
    let read: Comparison = serde_json::from_str(&written(|out| json::write(&all, out).expect("JSON is written")))
        .expect("it is read back");
    assert_eq!(read, all);
}

#[test]
fn known_texts_do_no_harm() {
    for text in HOSTILE.into_iter().chain(FORMULAS) {
        nothing_acts(text);
        text_stays_text(text);
    }
}

#[test]
fn a_line_that_is_parted_at_its_semicolons_holds_no_formula() {
    for text in FORMULAS {
        let all = comparison(&golden::everywhere(text));
        for lang in [Lang::Nl, Lang::En] {
            parted_it_holds_no_formula(&table(&all, lang));
        }
    }
}

#[test]
fn a_path_does_no_harm() {
    for text in HOSTILE {
        let out = written(|out| html::write(&HONEST, &pages(text), Lang::Nl, out).expect("a page is written"));
        assert!(!out.chars().any(|c| c != '\n' && steers(c)), "{text:?}");
        let strange = |bone: &String| {
            ["<script", "<img", "<svg", "<iframe", "<base", "<link"].iter().any(|tag| bone.starts_with(tag))
        };
        assert!(!of_page(&out).iter().any(strange), "{text:?}");
    }
}

fn assembled() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<", ">", "</", "\"", "'", "&", "=", "+", "-", "@", "|", "script", "<!--", "-->", "`", ",", ";", "\n", "\r\n",
        "\t", "\u{1b}[", "\u{202e}", "\u{0}", "{{", "}}", "]]>", " ", "x", "SUM(", "_x0009_", "'=",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_acts(text in prop_oneof![any::<String>(), assembled()]) {
        nothing_acts(&text);
    }

    #[test]
    fn every_text_stays_text(text in prop_oneof![any::<String>(), assembled()]) {
        text_stays_text(&text);
    }
}
