//! What is wrong with a policy file is told like any other fault: which code, and where.

use toetssteen::language::policy::read_policy;

const BASE: &str = include_str!("diagnostics/base/policy.yaml");

/// The codes told of the base policy with one text replaced, each with the text under its caret.
fn told(old: &str, new: &str) -> Vec<(String, String)> {
    assert!(BASE.contains(old), "{old}");
    let text = BASE.replacen(old, new, 1);
    let loaded = read_policy("policy.yaml", text.as_bytes());
    assert_eq!(loaded.policy.is_none(), !loaded.diagnostics.is_empty());
    let at = |one: &toetssteen::language::diagnostic::Diagnostic| {
        one.span.map(|span| text[span.start..span.end].to_owned()).unwrap_or_default()
    };
    loaded.diagnostics.iter().map(|one| (one.code.to_string(), at(one))).collect()
}

#[test]
fn the_base_policy_has_no_fault() {
    assert_eq!(told("format", "format"), []);
}

#[test]
fn every_fault_is_pointed_at() {
    let waiver = "  - { requirement: demo/A-1, role: holder, reason: Mended in 7.4, owner: test@ehr.example, until: 2027-01-01 }\n";
    for (old, new, code, at) in [
        ("format: 1", "format: 2", "bad-value", "2"),
        ("conformant: true", "conformant: false", "bad-value", "false"),
        ("conformant: true", "conformance: true", "unknown-key", "conformance"),
        (", conformant: true", "", "missing-key", "{"),
        ("no-new-must-failure: true", "no-new-must-failure: false", "bad-value", "false"),
        ("{ no-new-must-failure: true, completeness-may-not-drop: true }", "{}", "idle-policy", "{"),
        ("allowed-until: 2027-01-01", "allowed-until: soon", "bad-date", "soon"),
        ("until: 2027-01-01 }\n", "until: 2027-02-30 }\n", "bad-date", "2027-02-30"),
        ("demo/A-1", "demo A-1", "bad-value", "demo A-1"),
        ("owner: test@ehr.example", "owner: ' '", "empty-text", "' '"),
        ("reason: Mended in 7.4, ", "", "missing-key", "{"),
        ("format: 1\n", "format: 1\ncatalogue: abc\n", "bad-value", "abc"),
        (waiver, &waiver.repeat(2), "duplicate-id", "demo/A-1"),
    ] {
        let found = told(old, new);
        let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, [code], "{new}");
        assert!(found[0].1.contains(at) && found[0].1.len() <= at.len() + 2, "{new}: {:?}", found[0].1);
    }
}

#[test]
fn what_is_no_policy_is_refused_whole() {
    for text in ["", "[]", "format: 1\n", "waivers: {", "format: 1\nformat: 1\n"] {
        let loaded = read_policy("policy.yaml", text.as_bytes());
        assert!(loaded.policy.is_none() && !loaded.diagnostics.is_empty(), "{text}");
    }
    assert!(read_policy("policy.yaml", &[0xff]).policy.is_none());
}
