//! The page of a comparison in a browser; `compare.mjs` holds the checks of its own.

use super::bidders::{bidder, compared, end, same, withdraw};
use super::{FOLDER, check, golden, known};
use serde_json::Value;
use std::fs::{self, File};
use std::path::PathBuf;
use toetssteen::model::comparison::Comparison;
use toetssteen::model::text::Lang;
use toetssteen::report::render::compare::html;

/// Three bidders: one offers less and breaks more, one stated another option.
fn three() -> Comparison {
    let away = |tree: &mut Value| {
        withdraw(tree, "privacy-by-design", "receiver");
        end(tree, "fhir-rest/ERR-01", "fail");
    };
    let other = |tree: &mut Value| tree["profiles"][0]["options"]["effect-within"] = "10s".into();
    compared(&[bidder("North", same), bidder("South", away), bidder("East", other)])
}

fn written(name: &str, all: &Comparison, lang: Lang) -> PathBuf {
    let path = FOLDER.path().join(name);
    let mut out = File::create(&path).expect("the disk takes it");
    html::write(all, &[], lang, &mut out).expect("a page is written");
    path
}

/// A comparison of reports in which an endpoint wrote this everywhere.
fn hostile() -> Comparison {
    let text = known::HOSTILE.concat();
    let tree = serde_json::to_value(golden::wherever_an_endpoint_writes(&text)).expect("a tree");
    let other = |run: &str| {
        let mut tree = tree.clone();
        tree["run"]["id"] = run.into();
        tree
    };
    compared(&[other("one"), other("two")])
}

#[test]
fn axe_finds_nothing_in_a_comparison() {
    check("axe", &written("compare-axe.html", &three(), Lang::Nl));
    let many: Vec<Value> = (0..10).map(|at| bidder(&format!("Product {at}"), same)).collect();
    check("axe", &written("compare-axe-many.html", &compared(&many), Lang::En));
}

#[test]
fn the_first_screen_says_what_may_not_be_compared() {
    check("first", &written("compare-first.html", &three(), Lang::Nl));
}

#[test]
fn only_differences_by_a_switch() {
    check("only", &written("compare-only.html", &three(), Lang::En));
}

#[test]
fn a_cell_leads_to_its_finding() {
    check("deep", &written("compare-deep.html", &three(), Lang::Nl));
}

#[test]
fn heads_stay_in_sight_and_hatching_is_known_without_the_pattern() {
    check("sticky", &written("compare-sticky.html", &three(), Lang::Nl));
}

#[test]
fn a_narrow_screen_scrolls_only_tables() {
    check("narrow", &written("compare-narrow.html", &three(), Lang::Nl));
    check("narrow", &written("compare-narrow-hostile.html", &hostile(), Lang::Nl));
}

#[test]
fn no_request_leaves_a_comparison_and_nothing_runs() {
    check("quiet", &written("compare-hostile.html", &hostile(), Lang::Nl));
    check("policy", &written("compare-policy.html", &three(), Lang::Nl));
}

#[test]
fn paper_repeats_heads_and_cuts_no_row() {
    let path = written("compare-sheet.html", &three(), Lang::Nl);
    assert!(fs::metadata(&path).expect("a page").len() > 0);
    check("sheet", &path);
}
