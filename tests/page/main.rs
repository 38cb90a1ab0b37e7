//! The page in a browser: headless Chromium, axe-core, a keyboard and paper.
//! `tests/page/install.sh` fetches what this needs; `browser.mjs` holds the checks.

#[path = "../compare/bidders.rs"]
mod bidders;
mod comparison;
#[path = "../report/golden.rs"]
mod golden;
#[path = "../report/known.rs"]
mod known;
#[path = "../report/large.rs"]
mod large;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::tender::load_tender;
use toetssteen::model::report::Report;
use toetssteen::model::tender::Tender;
use toetssteen::model::text::Lang;
use toetssteen::report::render::frame::Frame;
use toetssteen::report::render::{annex, buyer, group, html};
use toetssteen::report::tender::draw_up;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fn written(name: &str, report: &Report, lang: Lang) -> PathBuf {
    let path = FOLDER.path().join(name);
    fs::write(&path, html::render(report, lang).expect("a page is written")).expect("the disk takes it");
    path
}

/// What is known beside the golden report: it is old, and it has a digest.
fn frame() -> Frame {
    let as_of = time::Date::from_calendar_date(2026, time::Month::December, 1).expect("a day");
    Frame { as_of: Some(as_of), digest: Some("0123456789abcdef".repeat(4)), waived: Vec::new() }
}

fn put(name: &str, page: &str) -> PathBuf {
    let path = FOLDER.path().join(name);
    fs::write(&path, page).expect("the disk takes it");
    path
}

fn for_a_buyer(name: &str, report: &Report, lang: Lang) -> PathBuf {
    put(name, &buyer::render(report, lang, &frame()).expect("a summary is written"))
}

/// Two products, both of which forget objections, judged with the embedded catalogue.
fn for_a_group(name: &str, report: &Report, lang: Lang) -> PathBuf {
    let catalogue = Catalogue::embedded().catalogue.expect("a catalogue");
    let mut one = report.clone();
    one.catalogue.digest.clone_from(&catalogue.digest);
    let mut two = one.clone();
    two.target.product.name.push_str(" Two");
    put(name, &group::render(&[&one, &two], &catalogue, lang, &frame()).expect("a page is written"))
}

/// The page that `demo` leaves, of a reference that forgets objections.
fn of_a_run() -> PathBuf {
    let path = FOLDER.path().join("run.html");
    let out = FOLDER.path().join("run");
    let report = format!("html={}", path.display());
    let ran = Command::new(env!("CARGO_BIN_EXE_toetssteen"))
        .args(["demo", "--defect", "objection-never-consulted", "--profile", "privacy-by-design", "--lang", "nl"])
        .args(["--seed", "7", "--report", &report, "--out"])
        .arg(&out)
        .output()
        .expect("the binary starts");
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    path
}

/// The tender of the examples.
fn tender() -> Tender {
    let catalogue = Catalogue::embedded().catalogue.expect("a catalogue");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/examples/tender.yaml");
    draw_up(&load_tender(&file, &catalogue).tender.expect("the example has no fault"), &catalogue, None)
}

fn annexed(name: &str, tender: &Tender, lang: Lang) -> PathBuf {
    let path = FOLDER.path().join(name);
    fs::write(&path, annex::page(tender, lang).expect("a page is written")).expect("the disk takes it");
    path
}

/// Carries out one check; whatever is wrong is the failure's message.
fn check(name: &str, page: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page");
    assert!(folder.join("node_modules/.installed").exists(), "first run tests/page/install.sh");
    let ran = Command::new("timeout")
        .args(["240", "node", "browser.mjs", name])
        .arg(page)
        .current_dir(&folder)
        .output()
        .expect("node starts");
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let wrong: Vec<String> = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{name} said nothing: {out}{err}"));
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[test]
fn axe_finds_nothing() {
    check("axe", &written("golden-axe.html", &golden::report(), Lang::En));
}

#[test]
fn axe_finds_nothing_after_a_run() {
    check("axe", &of_a_run());
}

#[test]
fn a_hostile_report_does_nothing() {
    let text = known::HOSTILE.concat();
    check("quiet", &written("hostile.html", &golden::wherever_an_endpoint_writes(&text), Lang::Nl));
    check("quiet", &written("hostile-words.html", &golden::everywhere(&text), Lang::En));
}

#[test]
fn a_hostile_report_stays_readable() {
    let text = known::HOSTILE.concat();
    check("reflow", &written("hostile-narrow.html", &golden::wherever_an_endpoint_writes(&text), Lang::Nl));
}

#[test]
fn the_policy_lets_nothing_run_or_leave() {
    check("policy", &written("policy.html", &golden::report(), Lang::Nl));
}

#[test]
fn the_language_is_chosen_by_keyboard() {
    check("keyboard", &written("keyboard-nl.html", &golden::report(), Lang::Nl));
    check("keyboard", &written("keyboard-en.html", &golden::report(), Lang::En));
}

#[test]
fn a_narrow_screen_shows_everything() {
    check("reflow", &written("narrow.html", &golden::report(), Lang::Nl));
}

#[test]
fn paper_shows_everything() {
    check("paper", &written("paper.html", &golden::report(), Lang::Nl));
}

#[test]
fn an_annex_is_as_sound_as_a_report() {
    let page = annexed("annex.html", &tender(), Lang::Nl);
    for name in ["axe", "quiet", "policy", "reflow", "annex"] {
        check(name, &page);
    }
    check("annex", &annexed("annex-en.html", &tender(), Lang::En));
}

#[test]
fn a_hostile_annex_does_nothing() {
    let mut hostile = tender();
    let text = known::HOSTILE.concat();
    hostile.title.nl.clone_from(&text);
    hostile.title.en.clone_from(&text);
    hostile.buyer.clone_from(&text);
    for one in hostile.demands.iter_mut().flat_map(|demand| &mut demand.requirements) {
        one.text.nl.push_str(&text);
        one.text.en.push_str(&text);
    }
    let page = annexed("annex-hostile.html", &hostile, Lang::Nl);
    check("quiet", &page);
    check("reflow", &page);
}

#[test]
fn the_first_screen_says_what_matters() {
    check("screen", &written("first.html", &golden::report(), Lang::Nl));
    check("screen", &for_a_buyer("first-buyer.html", &golden::report(), Lang::Nl));
}

#[test]
fn a_requirement_has_an_address() {
    check("address", &written("address-nl.html", &golden::report(), Lang::Nl));
    check("address", &written("address-en.html", &golden::report(), Lang::En));
    check("address", &for_a_group("address-group.html", &golden::report(), Lang::Nl));
}

#[test]
fn filters_show_what_they_say() {
    check("filter", &written("filter.html", &golden::report(), Lang::Nl));
}

#[test]
fn filters_and_boxes_work_by_keyboard() {
    check("reach", &written("reach.html", &golden::report(), Lang::Nl));
}

#[test]
fn five_thousand_requirements_are_filtered() {
    check("filter", &written("large.html", &large::report(5000), Lang::Nl));
}

#[test]
fn every_theme_can_be_read() {
    check("themes", &written("themes.html", &golden::report(), Lang::Nl));
    check("themes", &for_a_buyer("themes-buyer.html", &golden::report(), Lang::Nl));
    check("themes", &for_a_group("themes-group.html", &golden::report(), Lang::Nl));
}

#[test]
fn a_summary_for_a_buyer_is_two_pages() {
    check("two", &for_a_buyer("two.html", &golden::report(), Lang::Nl));
    check("two", &for_a_buyer("two-large.html", &large::report(5000), Lang::En));
    let long = "Een lange zin die iemand anders schreef en die nergens ophoudt. ".repeat(12);
    check("two", &for_a_buyer("two-long.html", &golden::wherever_an_endpoint_writes(&long), Lang::Nl));
}

#[test]
fn the_other_views_are_for_everybody_too() {
    let text = known::HOSTILE.concat();
    let (honest, hostile) = (golden::report(), golden::wherever_an_endpoint_writes(&text));
    for (name, page) in [("buyer", for_a_buyer as fn(&str, &Report, Lang) -> PathBuf), ("group", for_a_group)] {
        check("axe", &page(&format!("{name}-axe.html"), &honest, Lang::Nl));
        check("reflow", &page(&format!("{name}-narrow.html"), &hostile, Lang::Nl));
        check("quiet", &page(&format!("{name}-quiet.html"), &hostile, Lang::En));
        check("policy", &page(&format!("{name}-policy.html"), &honest, Lang::Nl));
    }
}

/// Writes the large pages to the folder named in `TOETSSTEEN_PAGES`, for `node browser.mjs measure FILE`.
#[test]
fn large_pages_are_well_formed_files() {
    let large = large::report(5000);
    let pages = [
        ("ci.html", html::framed(&large, Lang::Nl, &frame()).expect("a page is written")),
        ("buyer.html", buyer::render(&large, Lang::Nl, &frame()).expect("a summary is written")),
    ];
    for (name, page) in pages {
        assert!(page.ends_with("</html>"), "{name}");
        if let Some(folder) = std::env::var_os("TOETSSTEEN_PAGES") {
            fs::write(Path::new(&folder).join(name), page).expect("the disk takes it");
        }
    }
}

#[test]
fn no_row_is_cut_by_the_end_of_a_sheet() {
    check("rows", &for_a_group("group-rows.html", &large::report(60), Lang::Nl));
}
