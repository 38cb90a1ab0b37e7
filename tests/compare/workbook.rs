//! The workbook read back by another program's code: sheets, types, what is kept in sight, and always the same bytes.

use super::bidders::{bidder, compared, same, withdraw};
use calamine::{Data, DataType, Reader, Xlsx};
use std::io::{Cursor, Read};
use toetssteen::model::comparison::{Against, Comparison};
use toetssteen::model::report::Said;
use toetssteen::model::text::Lang;
use toetssteen::report::render::compare::xlsx;

fn two() -> Comparison {
    compared(&[bidder("North", same), bidder("=South()", |tree| withdraw(tree, "privacy-by-design", "receiver"))])
}

fn book(lang: Lang) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(xlsx::render(&two(), lang).expect("a workbook"))).expect("it is read")
}

fn sheet(lang: Lang, name: &str) -> Vec<Vec<Data>> {
    book(lang).worksheet_range(name).expect("the sheet").rows().map(<[Data]>::to_vec).collect()
}

fn column(rows: &[Vec<Data>], title: &str) -> usize {
    rows[0]
        .iter()
        .position(|cell| cell.as_string().as_deref() == Some(title))
        .unwrap_or_else(|| panic!("no column {title}: {:?}", rows[0]))
}

#[test]
fn it_has_its_sheets_in_both_languages() {
    assert_eq!(book(Lang::Nl).sheet_names(), ["Vergelijkbaarheid", "Matrix", "Bevindingen", "Metingen", "Verslagen"]);
    assert_eq!(book(Lang::En).sheet_names(), ["Comparability", "Matrix", "Findings", "Quantities", "Reports"]);
}

#[test]
fn the_matrix_says_what_the_comparison_says() {
    let rows = sheet(Lang::Nl, "Matrix");
    let (id, north) = (column(&rows, "Eis"), column(&rows, "A · North 4.2"));
    let of = |code: &str| {
        rows.iter().find(|row| row[id].as_string().as_deref() == Some(code)).unwrap_or_else(|| panic!("no {code}"))
    };
    assert_eq!(of("OPT-01")[north].to_string(), "Voldoet niet");
    assert_eq!(of("UNT-01")[north].to_string(), "Voldoet");
    assert_eq!(of("PSH-02")[north + 1].to_string(), "Niet aangeboden");
    assert_eq!(of("UNT-01")[column(&rows, "Samen")].to_string(), "alle vergelijkbare producten voldoen");
}

#[test]
fn numbers_dates_and_truth_are_no_text() {
    let rows = sheet(Lang::En, "Reports");
    let date = &rows[1][column(&rows, "Date")];
    assert!(matches!(date, Data::DateTime(_)), "{date:?}");
    assert!(matches!(rows[1][column(&rows, "Age in days")], Data::Float(0.0)));
    assert!(matches!(rows[1][column(&rows, "Self-tested")], Data::Bool(true)));
    assert!(matches!(rows[1][column(&rows, "Mandatory requirements judged")], Data::Float(_)));
    let rows = sheet(Lang::En, "Quantities");
    let value = &rows[1][column(&rows, "A · North 4.2")];
    assert!(matches!(value, Data::Float(_)), "{value:?}");
    let rows = sheet(Lang::En, "Findings");
    assert!(rows[1..].iter().all(|row| matches!(row[column(&rows, "Comparable")], Data::Bool(_))));
}

#[test]
fn a_name_that_begins_a_formula_is_text() {
    let rows = sheet(Lang::En, "Reports");
    assert_eq!(rows[2][column(&rows, "Product")].to_string(), "'=South() 4.2");
}

/// The parts of the file, by name.
fn parts() -> Vec<(String, String)> {
    let bytes = xlsx::render(&two(), Lang::Nl).expect("a workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    let mut text = |name: String| {
        let mut out = String::new();
        archive.by_name(&name).expect("a part").read_to_string(&mut out).expect("it is text");
        (name, out)
    };
    names.into_iter().map(&mut text).collect()
}

#[test]
fn every_sheet_keeps_its_head_in_sight_and_has_a_filter() {
    let parts = parts();
    let sheets: Vec<_> = parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")).collect();
    assert_eq!(sheets.len(), 5);
    for (name, text) in sheets {
        assert!(text.contains("state=\"frozen\""), "{name} keeps nothing in sight");
        assert!(text.contains("<autoFilter "), "{name} has no filter");
        assert!(text.contains("orientation=\"landscape\""), "{name} is printed upright");
    }
}

#[test]
fn what_is_held_against_a_tender_has_a_sheet_of_its_own_in_both_languages() {
    let mut held = two();
    held.against = Some(Against {
        title: Said { nl: "Zending".to_owned(), en: "Sending".to_owned() },
        buyer: "A hospital".to_owned(),
        deadline: "2027-01-31".to_owned(),
        bids: Vec::new(),
    });
    for (lang, name) in [(Lang::Nl, "Naast de aanbesteding gelegd"), (Lang::En, "Held against the tender")] {
        let book = xlsx::render(&held, lang).expect("a name that a workbook takes");
        let book: Xlsx<_> = Xlsx::new(Cursor::new(book)).expect("it is read");
        assert!(book.sheet_names().iter().any(|one| one == name), "{:?}", book.sheet_names());
    }
}

#[test]
fn it_reaches_for_nothing_and_knows_no_clock() {
    assert_eq!(xlsx::render(&two(), Lang::Nl).expect("one"), xlsx::render(&two(), Lang::Nl).expect("another"));
    for (name, text) in parts() {
        assert!(!text.contains("TargetMode=\"External\""), "{name} leads off the workbook");
        assert!(!name.contains("externalLink") && !name.contains("vba"), "{name}");
        if name == "docProps/core.xml" {
            assert!(text.contains("2026-05-04T09:12:30Z"), "it was made when the newest report was: {text}");
        }
    }
}
