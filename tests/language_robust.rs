//! Whatever a file holds, reading it ends in a catalogue or in diagnostics that can be shown.
//! `TOETSSTEEN_FUZZ=N` mangles N times instead of a few.

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use toetssteen::language::diagnostic::{Colour, render};
use toetssteen::language::load::{Files, from_files};
use toetssteen::language::target::read_target;

const PATHS: &[&str] = &[
    "profiles/demo/1/profile.yaml",
    "testcases/demo/closed.yaml",
    "testcases/demo/types.yaml",
    "testcases/demo/sent.yaml",
    "testcases/demo/defects.yaml",
    "testcases/cast/people.yaml",
    "testcases/cast/numbers.yaml",
    "testcases/requests/clinical.yaml",
    "testcases/reference.yaml",
    "testcases/bodies/adult.r4.json",
    "testcases/bodies/bundle.schema.json",
    "target.yaml",
];

fn base() -> Files {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base");
    PATHS.iter().map(|path| ((*path).to_owned(), fs::read(home.join(path)).unwrap())).collect()
}

fn show(files: Files) {
    let mut files = files;
    let target = files.remove("target.yaml").unwrap();
    let loaded = from_files(files);
    let mut diagnostics = loaded.diagnostics;
    if let Some(catalogue) = &loaded.catalogue {
        diagnostics.extend(read_target("target.yaml", &target, catalogue).diagnostics);
    }
    for diagnostic in &diagnostics {
        let text = render(diagnostic, Colour::Plain);
        assert!(text.contains(diagnostic.code.as_str()));
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']));
    }
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("TOETSSTEEN_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(48);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_mangled_file_ends_in_diagnostics(
        file in 0..PATHS.len(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..12,
        put in prop_oneof![
            Just(String::new()), Just("\n".to_owned()), Just("{".to_owned()), Just("]".to_owned()),
            Just("{{".to_owned()), Just("&a ".to_owned()), Just("*a".to_owned()), Just("- ".to_owned()),
            Just("é\u{202e}".to_owned()), Just("\u{1b}[31m".to_owned()), Just("\r\n".to_owned()),
            Just("null".to_owned()), Just("-1".to_owned()), "[a-z: ,]{1,6}",
        ],
    ) {
        let mut files = base();
        let text = String::from_utf8(files[PATHS[file]].clone()).unwrap();
        let chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let mangled: String = chars[..at]
            .iter()
            .copied()
            .chain(put.chars())
            .chain(chars[at..].iter().copied().skip(cut))
            .collect();
        files.insert(PATHS[file].to_owned(), mangled.into_bytes());
        show(files);
    }
}
