//! What is wrong with a tender file is told like any other fault: which code, and where.

use std::path::Path;
use std::sync::LazyLock;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::tender::read_tender;

const BASE: &str = include_str!("diagnostics/base/tender.yaml");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base");
    Catalogue::from_folder(&folder).catalogue.expect("the base catalogue has no fault")
});

/// The codes told of a tender, each with the text under its caret.
fn told_of(text: &str) -> Vec<(String, String)> {
    let loaded = read_tender("tender.yaml", text.as_bytes(), &CATALOGUE);
    assert_eq!(loaded.tender.is_none(), !loaded.diagnostics.is_empty(), "{text}");
    let at = |one: &toetssteen::language::diagnostic::Diagnostic| {
        one.span.map(|span| text[span.start..span.end].to_owned()).unwrap_or_default()
    };
    loaded.diagnostics.iter().map(|one| (one.code.to_string(), at(one))).collect()
}

/// The same of the base tender with one text replaced.
fn told(old: &str, new: &str) -> Vec<(String, String)> {
    assert!(BASE.contains(old), "{old}");
    told_of(&BASE.replacen(old, new, 1))
}

#[test]
fn a_tender_without_fault_is_read() {
    for (old, new) in [
        ("format", "format"),
        ("{ text: 7c1e94d0a86b4f2395e1 }", "per-bidder"),
        ("issued: 2027-01-11\n", ""),
        ("minimum: conformant", "minimum: { musts: [demo/A-1] }"),
        ("[test, acceptance]", "[own-machine, production]"),
    ] {
        assert_eq!(told(old, new), [], "{new}");
    }
}

#[test]
fn every_fault_is_pointed_at() {
    let entry = BASE.lines().last().expect("a profile");
    for (old, new, code, at) in [
        ("format: 1", "format: 2", "bad-value", "2"),
        ("buyer: A Hospital", "buyer: ' '", "empty-text", "' '"),
        ("issued:", "isued:", "unknown-key", "isued"),
        ("buyer: A Hospital\n", "", "missing-key", "format"),
        ("nl: Een dossiersysteem, ", "", "missing-language", "{"),
        ("en: A record system", "en: ''", "empty-text", "''"),
        ("deadline: 2027-03-01", "deadline: soon", "bad-date", "soon"),
        ("issued: 2027-01-11", "issued: 2027-02-30", "bad-date", "2027-02-30"),
        ("issued: 2027-01-11", "issued: 2027-03-02", "bad-date", "2027-03-02"),
        ("60d", "36h", "bad-value", "36h"),
        ("60d", "0s", "bad-value", "0s"),
        ("60d", "9999d", "bad-value", "9999d"),
        ("60d", "two months", "bad-value", "two months"),
        ("[test, acceptance]", "[]", "empty-list", "["),
        ("[test, acceptance]", "[test, cloud]", "unknown-word", "cloud"),
        ("7c1e94d0a86b4f2395e1", "short", "weak-challenge", "short"),
        ("7c1e94d0a86b4f2395e1", "'x; rm -rf / # 0123456789'", "bad-value", "x; rm"),
        ("7c1e94d0a86b4f2395e1", "--profile-0123456789", "bad-value", "--profile"),
        ("{ text: 7c1e94d0a86b4f2395e1 }", "draw", "unknown-word", "draw"),
        ("profile: demo", "profile: dmo", "unknown-profile", "dmo"),
        ("[holder]", "[hodler]", "unknown-role", "hodler"),
        ("[holder]", "[]", "empty-list", "["),
        ("regime: opt-in", "regme: opt-in", "unknown-option", "regme"),
        ("regime: opt-in", "regime: opt-up", "unknown-option-value", "opt-up"),
        ("minimum: conformant", "minimum: all", "unknown-word", "all"),
        ("minimum: conformant", "minimum: { musts: [] }", "empty-list", "["),
        ("demo/A-2", "demo/A-9", "unknown-requirement", "demo/A-9"),
        ("demo/A-2", "demo/S-1", "role-not-bound", "demo/S-1"),
        ("[demo/A-2]", "[demo/A-2, demo/A-2]", "duplicate-id", "demo/A-2"),
        ("demo/A-2", "demo/N-1", "untestable-demand", "demo/N-1"),
        ("minimum: conformant, wishes: [demo/A-2]", "minimum: { musts: [demo/A-2] }", "untestable-demand", "demo/A-2"),
        ("minimum: conformant, wishes: [demo/A-2]", "minimum: { musts: [demo/N-1] }", "untestable-demand", "demo/N-1"),
        (
            "regime: opt-in }, minimum: conformant",
            "regime: opt-out }, minimum: { musts: [demo/A-1] }",
            "untestable-demand",
            "demo/A-1",
        ),
        (entry, &format!("{entry}\n{entry}"), "contradicting-claims", "demo"),
    ] {
        let found = told(old, new);
        let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, [code], "{new}");
        assert!(found[0].1.contains(at), "{new}: {:?}", found[0].1);
    }
}

#[test]
fn what_is_no_tender_is_refused_whole() {
    for text in ["", "[]", "format: 1\n", "profiles: {", "format: 1\nformat: 1\n"] {
        assert!(!told_of(text).is_empty(), "{text}");
    }
    assert!(read_tender("tender.yaml", &[0xff], &CATALOGUE).tender.is_none());
}
