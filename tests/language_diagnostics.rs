//! Every diagnostic code is provoked by a fixture, and what people then read is kept as a snapshot.
//! A fixture is a list of edits of the faultless catalogue in `tests/diagnostics/base`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use toetssteen::language::catalogue::Catalogue;
use toetssteen::language::code::CODES;
use toetssteen::language::diagnostic::{Colour, Diagnostic, render};
use toetssteen::language::load::{Files, from_files};
use toetssteen::language::policy::read_policy;
use toetssteen::language::target::read_target;
use toetssteen::language::tender::read_tender;

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn read(folder: &Path, under: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{under}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

fn base() -> Files {
    let mut files = Files::new();
    read(&home().join("base"), "", &mut files);
    files
}

/// A number that passes the 11-proof; made here, so that it stands in no file.
fn number(prefix: &str) -> String {
    let proof = |digits: &str| {
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i32 = digits.bytes().zip(weights).map(|(d, w)| i32::from(d - b'0') * w).sum();
        sum % 11 == 0
    };
    (0..100).map(|last| format!("{prefix}{last:02}")).find(|digits| proof(digits)).unwrap()
}

/// What the lines after a directive say, without their mark.
fn marked<'a>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>, mark: char) -> String {
    let mut text = Vec::new();
    while let Some(line) = lines.peek().filter(|line| line.starts_with(mark)) {
        text.push(line.get(2..).unwrap_or_default());
        lines.next();
    }
    text.join("\n")
}

/// Applies a fixture; links are returned, for only a real folder has them.
fn apply(fixture: &str, files: &mut Files) -> Vec<(String, String)> {
    let fixture = fixture.replace("{made-up-rest}", &number("1234567")[1..]);
    let fixture = fixture.replace("{made-up}", &number("1234567")).replace("{vouched}", &number("8888000"));
    let mut links = Vec::new();
    let mut lines = fixture.lines().peekable();
    while let Some(line) = lines.next() {
        let (directive, rest) = line.split_once(' ').unwrap_or((line, ""));
        match directive {
            "edit" => {
                let (old, new) = (marked(&mut lines, '-'), marked(&mut lines, '+'));
                let text = String::from_utf8(files[rest].clone()).unwrap();
                assert!(text.contains(&old), "{rest} does not hold {old:?}");
                files.insert(rest.to_owned(), text.replacen(&old, &new, 1).into_bytes());
            }
            "file" => {
                let text = marked(&mut lines, '|') + "\n";
                files.insert(rest.to_owned(), text.into_bytes());
            }
            "drop" => assert!(files.remove(rest).is_some()),
            "large" => {
                let (path, size) = rest.split_once(' ').unwrap();
                files.insert(path.to_owned(), vec![b'#'; size.parse().unwrap()]);
            }
            "bytes" => {
                let mut parts = rest.split(' ');
                let path = parts.next().unwrap().to_owned();
                files.insert(path, parts.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect());
            }
            "link" => {
                let (path, to) = rest.split_once(' ').unwrap();
                links.push((path.to_owned(), to.to_owned()));
            }
            other => panic!("{other} is no directive"),
        }
    }
    links
}

fn sound() -> &'static Catalogue {
    static SOUND: OnceLock<Catalogue> = OnceLock::new();
    SOUND.get_or_init(|| {
        let mut files = base();
        files.remove("target.yaml");
        files.remove("policy.yaml");
        files.remove("tender.yaml");
        from_files(files).catalogue.unwrap()
    })
}

fn lint(mut files: Files, links: &[(String, String)]) -> Vec<Diagnostic> {
    let target = files.remove("target.yaml").unwrap();
    let policy = files.remove("policy.yaml");
    let tender = files.remove("tender.yaml");
    let loaded = if links.is_empty() { from_files(files) } else { from_folder(&files, links) };
    let mut diagnostics = loaded.diagnostics;
    // A target is held against a catalogue without faults, whatever the fixture did to it.
    let catalogue = loaded.catalogue.as_ref().unwrap_or_else(|| sound());
    diagnostics.extend(read_target("target.yaml", &target, catalogue).diagnostics);
    diagnostics.extend(tender.iter().flat_map(|tender| read_tender("tender.yaml", tender, catalogue).diagnostics));
    diagnostics.extend(policy.iter().flat_map(|policy| read_policy("policy.yaml", policy).diagnostics));
    diagnostics
}

#[cfg(unix)]
fn from_folder(files: &Files, links: &[(String, String)]) -> toetssteen::language::load::Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for (path, to) in links {
        std::os::unix::fs::symlink(to, folder.path().join(path)).unwrap();
    }
    Catalogue::from_folder(folder.path())
}

#[cfg(not(unix))]
fn from_folder(files: &Files, _: &[(String, String)]) -> toetssteen::language::load::Loaded {
    from_files(files.clone())
}

fn told(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| render(diagnostic, Colour::Plain)).collect::<Vec<_>>().join("\n\n")
}

fn fixtures(folder: &str) -> BTreeMap<String, String> {
    fs::read_dir(home().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn the_base_catalogue_has_no_fault() {
    let diagnostics = lint(base(), &[]);
    assert!(diagnostics.is_empty(), "{}", told(&diagnostics));
}

#[test]
#[cfg_attr(not(unix), ignore = "links")]
fn every_code_is_provoked_by_its_fixture_and_reads_well() {
    let fixtures = fixtures("faulty");
    for rule in CODES {
        assert!(fixtures.contains_key(rule.name), "no fixture provokes `{}`", rule.name);
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(home().join("faulty"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, fixture) in fixtures {
            let mut files = base();
            let links = apply(&fixture, &mut files);
            let diagnostics = lint(files, &links);
            let text = told(&diagnostics);
            assert!(diagnostics.iter().any(|d| d.code.as_str() == name), "`{name}` is not provoked:\n{text}");
            assert!(!text.contains(&number("1234567")[1..]), "`{name}` repeats a real number:\n{text}");
            assert!(!text.contains("hunter2"), "`{name}` repeats a secret:\n{text}");
            insta::assert_snapshot!(name, text);
        }
    });
}

#[test]
fn what_is_allowed_raises_no_false_alarm() {
    for (name, fixture) in fixtures("clean") {
        let mut files = base();
        let links = apply(&fixture, &mut files);
        let diagnostics = lint(files, &links);
        assert!(diagnostics.is_empty(), "{name}:\n{}", told(&diagnostics));
    }
}

#[test]
fn a_fixture_provokes_at_most_few_other_codes() {
    // A fault must not drown in its consequences.
    for (name, fixture) in fixtures("faulty") {
        let mut files = base();
        let links = apply(&fixture, &mut files);
        let diagnostics = lint(files, &links);
        assert!(diagnostics.len() <= 6, "`{name}` tells {} things:\n{}", diagnostics.len(), told(&diagnostics));
    }
}

#[test]
fn a_folder_and_given_files_make_the_same_digest() {
    let mut files = base();
    files.remove("target.yaml");
    files.remove("policy.yaml");
    files.remove("tender.yaml");
    let one = from_files(files.clone()).catalogue.unwrap();
    files.insert("testcases/demo/notes.md".to_owned(), b"not judged with".to_vec());
    let same = from_files(files.clone()).catalogue.unwrap();
    assert_eq!(one.digest, same.digest);
    assert_eq!(one.digest.len(), 64);
    let folder = Catalogue::from_folder(&home().join("base")).catalogue.unwrap();
    assert_eq!(one.digest, folder.digest);
    let text = String::from_utf8(files["testcases/demo/sent.yaml"].clone()).unwrap();
    files.insert("testcases/demo/sent.yaml".to_owned(), format!("{text}\n").into_bytes());
    assert_ne!(one.digest, from_files(files).catalogue.unwrap().digest);
}

#[test]
fn an_empty_folder_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = Catalogue::from_folder(folder.path());
    assert!(loaded.catalogue.is_none());
    assert_eq!(loaded.diagnostics[0].code.as_str(), "missing-part");
    let loaded = Catalogue::from_folder(&folder.path().join("not-there"));
    assert_eq!(loaded.diagnostics[0].code.as_str(), "unreadable");
}

#[test]
fn the_embedded_catalogue_is_that_of_the_source_tree() {
    let embedded = Catalogue::embedded();
    let folder = Catalogue::from_folder(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(told(&embedded.diagnostics), told(&folder.diagnostics));
    assert_eq!(
        embedded.catalogue.map(|catalogue| catalogue.digest),
        folder.catalogue.map(|catalogue| catalogue.digest)
    );
}
