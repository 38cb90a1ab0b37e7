//! The workbook opened by LibreOffice, headless, and its cells read back from what that makes of it.
//! `tests/office/install.sh` fetches it; `soffice` has to be on the path, or named in SOFFICE.

#[path = "../compare/bidders.rs"]
mod bidders;
#[path = "../report/golden.rs"]
mod golden;

use bidders::{bidder, compared, end, same, withdraw};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use toetssteen::model::comparison::Comparison;
use toetssteen::model::text::Lang;
use toetssteen::report::render::compare::xlsx;

fn two() -> Comparison {
    let failing = |tree: &mut serde_json::Value| end(tree, "fhir-rest/ERR-01", "fail");
    compared(&[bidder("North", failing), bidder("=1+1", |tree| withdraw(tree, "privacy-by-design", "receiver"))])
}

/// Each sheet as CSV: `-1` in the filter's options asks for all of them.
fn opened(all: &Comparison, folder: &Path) {
    let program = std::env::var("SOFFICE").unwrap_or_else(|_| "soffice".to_owned());
    let book = folder.join("book.xlsx");
    fs::write(&book, xlsx::render(all, Lang::Nl).expect("a workbook")).expect("the disk takes it");
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let ran = Command::new("timeout")
        .args(["180", &program, &profile, "--headless", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
        .arg("--outdir")
        .args([folder, &book])
        .output()
        .expect("soffice starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn libreoffice_reads_the_same_cells() {
    let folder = TempDir::new().expect("a folder");
    opened(&two(), folder.path());
    let sheet = |name: &str| {
        let path = folder.path().join(format!("book-{name}.csv"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let line = |text: &str, words: &[&str]| {
        assert!(text.lines().any(|line| words.iter().all(|word| line.contains(word))), "{words:?} in {text}");
    };
    let matrix = sheet("Matrix");
    line(&matrix, &["Profiel", "A · North 4.2", "B · =1+1 4.2"]);
    line(&matrix, &["OPT-01", "Voldoet niet"]);
    line(&matrix, &["PSH-02", "Voldoet", "Niet aangeboden"]);
    line(&sheet("Vergelijkbaarheid"), &["Niet elk product biedt deze rol aan."]);
    line(&sheet("Bevindingen"), &["privacy-by-design/OPT-01", "Voldoet niet"]);
    line(&sheet("Metingen"), &["privacy-by-design/no-search-without-patient", "s"]);
    let reports = sheet("Verslagen");
    line(&reports, &["North 4.2", "2026-05-04 09:12"]);
    assert!(!reports.contains("2 4.2") && reports.contains("'=1+1 4.2"), "a name was reckoned with: {reports}");
    for name in ["Matrix", "Bevindingen", "Metingen", "Vergelijkbaarheid", "Verslagen"] {
        for fault in ["#NAME?", "#REF!", "#VALUE!", "Err:"] {
            assert!(!sheet(name).contains(fault), "{name} shows {fault}");
        }
    }
}

/// Two reports in which an endpoint wrote a formula, before, behind, or instead of every text.
#[test]
fn libreoffice_reckons_with_nothing() {
    for report in [golden::everywhere("=1234+4321"), golden::wherever_an_endpoint_writes("=1234+4321")] {
        let folder = TempDir::new().expect("a folder");
        let tree = |run: &str| {
            let mut tree = serde_json::to_value(&report).expect("a tree");
            tree["run"]["id"] = run.into();
            tree
        };
        let honest = bidder("North", same);
        opened(&compared(&[tree("one"), tree("two"), honest]), folder.path());
        for name in ["Matrix", "Bevindingen", "Metingen", "Vergelijkbaarheid", "Verslagen"] {
            let text = fs::read_to_string(folder.path().join(format!("book-{name}.csv"))).expect("a sheet");
            assert!(!text.contains("5555"), "{name} reckons: {text}");
        }
    }
}
