//! `report --view`: the page for a buyer and for a working group, through the binary.
//! What stands on the pages is tested beside the renderers; here, how they are asked for.

use crate::binary::{command, text, told};
use std::fs;
use std::process::Output;
use std::sync::LazyLock;
use tempfile::TempDir;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden.json");

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fn report(arguments: &[&str], epoch: Option<&str>) -> Output {
    let mut it = command(&[&["report"], arguments].concat());
    it.env_remove("SOURCE_DATE_EPOCH");
    if let Some(epoch) = epoch {
        it.env("SOURCE_DATE_EPOCH", epoch);
    }
    it.output().expect("the binary starts")
}

fn page(arguments: &[&str], epoch: Option<&str>) -> String {
    let ran = report(&[arguments, &["--lang", "nl", "--report", "html=-"]].concat(), epoch);
    assert_eq!(ran.status.code(), Some(0), "{}", told(&ran));
    text(&ran.stdout)
}

#[test]
fn each_reader_has_a_page() {
    let views =
        [("ci", "Toetsverslag"), ("buyer", "Samenvatting voor de inkoper"), ("working-group", "Voor de werkgroep")];
    for (view, title) in views {
        let page = page(&[GOLDEN, "--view", view], None);
        assert!(page.contains(&format!("<h1>{title}")), "{view}: {}", &page[..400]);
    }
    assert_eq!(page(&[GOLDEN], None), page(&[GOLDEN, "--view", "ci"], None));
}

#[test]
fn age_is_judged_on_the_day_that_is_given_and_on_no_other() {
    let old = |arguments: &[&str], epoch| page(&[&[GOLDEN], arguments].concat(), epoch).contains("Verouderd");
    // The run ended on 4 May 2026; half a year is 183 days.
    assert!(!old(&[], None), "the clock was read");
    assert!(!old(&["--as-of", "2026-11-03"], None));
    assert!(old(&["--as-of", "2026-11-04"], None));
    assert!(old(&["--view", "buyer", "--as-of", "2026-11-04"], None));
    assert!(old(&[], Some("1796083200")));
    // A flag goes before the environment.
    assert!(!old(&["--as-of", "2026-06-01"], Some("1796083200")));
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for view in ["ci", "buyer", "working-group"] {
        let asked = [GOLDEN, "--view", view, "--as-of", "2026-12-01"];
        assert_eq!(page(&asked, None), page(&asked, Some("1")), "{view}");
    }
}

#[test]
fn the_foot_of_a_sheet_names_the_file() {
    let bytes = fs::read(GOLDEN).expect("the golden report");
    let digest = toetssteen::model::digest::digest(&bytes);
    assert!(page(&[GOLDEN], None).contains(&format!("@bottom-left {{ content: \"report.json · SHA-256 {digest}\"")));
}

#[test]
fn what_every_product_breaks_is_a_matter_of_the_standard() {
    let second = FOLDER.path().join("second.json");
    let other =
        fs::read_to_string(GOLDEN).expect("the golden report").replace("\"name\": \"Dossier\"", "\"name\": \"Other\"");
    fs::write(&second, &other).expect("a file");
    let second = second.to_string_lossy().into_owned();
    let two = page(&[GOLDEN, &second, "--view", "working-group"], None);
    assert!(two.contains("misschien een kwestie van de norm"), "nothing is said of the standard");
    let one = page(&[GOLDEN, "--view", "working-group"], None);
    assert!(one.contains("verslagen van ten minste twee producten nodig"), "one product is taken for everybody");
    assert!(one.contains("met een andere catalogus beoordeeld dan die nu voorligt"), "catalogues are mixed");
}

#[test]
fn a_waiver_is_shown_and_changes_nothing() {
    let policy = FOLDER.path().join("policy.yaml");
    let text = "format: 1\nprofiles: [ { id: fhir-rest, conformant: true } ]\nwaivers:\n  - { requirement: fhir-rest/SRCH-01, \
                reason: in release 5, owner: a tester, until: 2026-12-31 }\n";
    fs::write(&policy, text).expect("a file");
    let policy = policy.to_string_lossy().into_owned();
    let page = page(&[GOLDEN, "--policy", &policy, "--as-of", "2026-11-01"], None);
    assert!(page.contains("Ontheffing: 1 bevinding") && page.contains("in release 5"), "the waiver is not shown");
    assert!(page.contains("Niet conform"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let html = ["--report", "html=-"];
    for (arguments, why) in [
        (vec![GOLDEN, "--view", "buyer"], "add `--report html=FILE`"),
        (vec![GOLDEN, "--view", "buyer", "--report", "tap=-"], "add `--report html=FILE`"),
        ([&[GOLDEN, GOLDEN], &html[..]].concat(), "several reports"),
        ([&[GOLDEN, GOLDEN, "--view", "working-group", "--report", "json=-"], &html[..]].concat(), "several reports"),
        ([&[GOLDEN, "--as-of", "tomorrow"], &html[..]].concat(), "is no day"),
        ([&[GOLDEN, "--policy", "policy.yaml"], &html[..]].concat(), "give `--as-of DATE`"),
        ([&[GOLDEN, "--view", "buyer", "--policy", "policy.yaml"], &html[..]].concat(), "marks findings"),
    ] {
        let ran = report(&arguments, None);
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}", told(&ran));
        assert!(text(&ran.stderr).contains(why), "{arguments:?}: {}", told(&ran));
    }
}
