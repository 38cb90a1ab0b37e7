//! Whatever stands in a run directory, reading it ends in a report or in one fault that says where; and whatever a
//! server answers, what is recorded of it holds no secret.
//!
//! `TOETSSTEEN_FUZZ=N` tries N mangled ones instead of a few; what that found stands below as a test of its own.

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;
use toetssteen::engine::probe::{Answer, Request};
use toetssteen::engine::seal::{Seal, SecretKind};
use toetssteen::engine::{judge, tape};
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::digest::digest;
use toetssteen::model::record::Facts;
use toetssteen::model::request::Method;
use toetssteen::model::text::Lang;
use toetssteen::report::{build, render};

/// Cases that between them record every kind of event.
const CASES: &[&str] = &[
    "privacy-by-design/objection-stops-retrieval",
    "privacy-by-design/errors-do-not-betray-existence",
    "privacy-by-design/every-access-in-patients-log",
    "privacy-by-design/consent-ends-by-itself",
    "privacy-by-design/only-what-was-asked",
    "privacy-by-design/no-number-in-addresses",
    "fhir-rest/pages-reach-everything-once",
    "fhir-rest/transaction-is-all-or-nothing",
    "fhir-rest/self-link-names-what-was-applied",
    "eoverdracht/completing-changes-the-status-alone",
    "voorschrift/prescription-is-a-complete-order",
];

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::embedded().catalogue.expect("the embedded catalogue"));

/// A run as it was recorded: its lines without their chain, and its bodies by digest.
struct Run {
    lines: Vec<Value>,
    bodies: BTreeMap<String, Vec<u8>>,
}

static RUN: LazyLock<Run> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_toetssteen"));
    demo.args(["demo", "--seed", "7", "--out"]).arg(folder.path().join("run"));
    for case in CASES {
        demo.args(["--case", case]);
    }
    let status = demo.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the binary starts");
    assert!(status.success(), "the clean reference passes");
    let text = fs::read_to_string(folder.path().join("run/run.jsonl")).expect("a recording");
    let content = |line: &str| serde_json::from_str::<Value>(line).expect("a line")["is"].take();
    let bodies = fs::read_dir(folder.path().join("run/bodies")).expect("bodies").map(|entry| {
        let entry = entry.expect("a body");
        (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a body"))
    });
    Run { lines: text.lines().map(content).collect(), bodies: bodies.collect() }
});

/// Writes a directory whose chain and digests are right, so that only what stands in it is wrong.
fn written(lines: &[Value], bodies: &BTreeMap<String, Vec<u8>>, folder: &Path) {
    fs::create_dir_all(folder.join("bodies")).expect("a folder");
    for (name, bytes) in bodies {
        fs::write(folder.join("bodies").join(name), bytes).expect("a body");
    }
    let (mut text, mut last) = (String::new(), tape::no_line_before());
    for content in lines {
        let line = format!("{{\"after\":\"{last}\",\"is\":{content}}}");
        last = digest(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(folder.join("run.jsonl"), text).expect("a recording");
}

/// Reads, judges and renders a directory, as `rejudge` does; a fault must say where.
fn judged(folder: &Path) {
    let recording = match tape::read(folder) {
        Ok(recording) => recording,
        Err(fault) => {
            let text = fault.to_string();
            assert!(text.starts_with("run.jsonl") || text.starts_with("bodies"), "{text}");
            return;
        }
    };
    let verdicts = judge::judge(&CATALOGUE, &recording.header.plan, &recording);
    let report = build::build(&CATALOGUE, &recording, &verdicts, "0");
    for lang in [Lang::Nl, Lang::En] {
        let page = render::html::render(&report, lang).expect("a page");
        assert!(!page.contains("<script") && !page.contains('\u{202e}'));
        let _ = render::markdown::render(&report, lang);
        let _ = render::junit::render(&report, lang).expect("JUnit");
    }
}

#[test]
fn what_a_crash_cuts_off_is_left_out_and_the_rest_is_read() {
    let folder = TempDir::new().expect("a folder");
    written(&RUN.lines, &RUN.bodies, folder.path());
    let file = folder.path().join("run.jsonl");
    let whole = fs::read(&file).expect("a recording");
    // The last letter of more than one byte: a crash may stop within it.
    let letter = whole.iter().rposition(|byte| *byte >= 0xc0).expect("a mark of a sealed value");
    let lines = whole[..letter].iter().filter(|byte| **byte == b'\n').count();
    fs::write(&file, &whole[..=letter]).expect("a recording");
    // Nor was the body written to its end that the next line would have cited.
    fs::write(folder.path().join("bodies").join("0".repeat(64)), b"").expect("a body");
    for read in [tape::read, tape::salvage] {
        assert_eq!(read(folder.path()).expect("it is read").records.len() + 1, lines);
    }
    let cited = RUN.bodies.keys().next().expect("a body");
    fs::write(folder.path().join("bodies").join(cited), b"another").expect("a body");
    fs::write(&file, &whole).expect("a recording");
    assert!(tape::read(folder.path()).is_err_and(|fault| fault.to_string().contains(cited)));
}

/// What is done to one value of a line.
#[derive(Clone, Debug)]
enum Change {
    Put(Value),
    Remove,
    Twice,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        prop_oneof![
            Just(Value::Null),
            Just(Value::from(-1)),
            Just(Value::from(u64::MAX)),
            Just(Value::from(0)),
            Just(Value::from("")),
            Just(Value::from("⟦token:1:1⟧\u{202e}<script>\u{0}")),
            Just(Value::from("../../etc/passwd")),
            Just(Value::Array(Vec::new())),
            Just(Value::Object(serde_json::Map::new())),
            "[ -~]{0,12}".prop_map(Value::from),
        ]
        .prop_map(Change::Put),
        Just(Change::Remove),
        Just(Change::Twice),
    ]
}

/// Every place in a tree, as a JSON pointer.
fn places(tree: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match tree {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{}", escaped(name)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

fn apply(tree: &mut Value, place: &str, change: &Change) {
    match change {
        Change::Put(value) => {
            if let Some(found) = tree.pointer_mut(place) {
                *found = value.clone();
            }
        }
        Change::Remove | Change::Twice => {
            let Some((parent, last)) = place.rsplit_once('/') else { return };
            match tree.pointer_mut(parent) {
                Some(Value::Object(members)) => drop(members.remove(last)),
                Some(Value::Array(items)) => {
                    let Some(at) = last.parse::<usize>().ok().filter(|at| *at < items.len()) else { return };
                    let item = items.remove(at);
                    if matches!(change, Change::Twice) {
                        items.extend([item.clone(), item]);
                    }
                }
                _ => {}
            }
        }
    }
}

fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("TOETSSTEEN_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn a_mangled_recording_is_judged_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), change()), 1..4),
        dropped in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut lines = RUN.lines.clone();
        for (line, place, change) in &edits {
            // The first line is one of hundreds, and the one that everything else is read by.
            let at = if line.index(5) == 0 { 0 } else { line.index(lines.len()) };
            let mut found = Vec::new();
            places(&lines[at], "", &mut found);
            let place = &found[place.index(found.len())];
            apply(&mut lines[at], place, change);
        }
        if let Some(line) = dropped {
            lines.remove(line.index(lines.len()));
        }
        let folder = TempDir::new().expect("a folder");
        written(&lines, &RUN.bodies, folder.path());
        judged(folder.path());
    }

    #[test]
    fn a_mangled_answer_is_judged(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), change()), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let (mut bodies, mut renamed) = (RUN.bodies.clone(), BTreeMap::new());
        for (body, place, change) in &edits {
            let names: Vec<&String> = RUN.bodies.keys().collect();
            let name = names[body.index(names.len())];
            let Some(bytes) = bodies.remove(name) else { continue };
            let mut bytes = match serde_json::from_slice::<Value>(&bytes) {
                Ok(mut tree) => {
                    let mut found = Vec::new();
                    places(&tree, "", &mut found);
                    let place = found[place.index(found.len())].clone();
                    apply(&mut tree, &place, change);
                    tree.to_string().into_bytes()
                }
                Err(_) => bytes,
            };
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len() + 1));
            }
            let digest = digest(&bytes);
            bodies.insert(digest.clone(), bytes);
            renamed.insert(name.clone(), digest);
        }
        let mut lines = RUN.lines.clone();
        for side in ["request", "response"] {
            for line in &mut lines {
                let Some(cited) = line.pointer_mut(&format!("/event/{side}/body/sha256")) else { continue };
                if let Some(digest) = cited.as_str().and_then(|name| renamed.get(name)) {
                    *cited = Value::from(digest.clone());
                }
            }
        }
        let folder = TempDir::new().expect("a folder");
        written(&lines, &bodies, folder.path());
        judged(folder.path());
    }

    #[test]
    fn nothing_of_a_secret_is_kept_of_a_mangled_answer(
        body in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        noise in prop::collection::vec(any::<u8>(), 0..24),
        coding in prop_oneof![Just(None), Just(Some("gzip")), Just(Some("deflate")), Just(Some("x-unknown"))],
        media in prop_oneof![Just("application/fhir+json"), Just("text/html; charset=utf-16"), Just("\u{fffd}")],
    ) {
        const SECRET: &str = "kept-by-nobody-0123456789";
        let bodies: Vec<&Vec<u8>> = RUN.bodies.values().collect();
        let mut bytes = bodies[body.index(bodies.len())].clone();
        let at = at.index(bytes.len() + 1);
        bytes.truncate(bytes.len().saturating_sub(cut).max(at));
        let planted = [&noise[..], b" ", SECRET.as_bytes(), b" ", &noise[..]].concat();
        bytes.splice(at..at, planted);
        let seal = Seal::new(vec!["9999".to_owned()], vec!["bsn".to_owned()], Default::default(), "salt");
        seal.learn(SecretKind::ClientSecret, SECRET);
        let mut headers = vec![("content-type".to_owned(), media.to_owned())];
        headers.extend(coding.map(|coding| ("content-encoding".to_owned(), coding.to_owned())));
        let request = Request { method: Method::Get, url: format!("http://h/{SECRET}"), headers: Vec::new(), body: Vec::new() };
        let answer = Answer { status: 200, headers, trailers: Vec::new(), body: bytes, cut: false, facts: Facts::default() };
        let sealed = seal.answer(Some(1), &request, &answer);
        let shown = format!("{:?}{:?}", sealed.request, sealed.response);
        prop_assert!(!shown.contains(SECRET), "{}", shown);
        for (_, kept) in &sealed.bodies {
            let holds = kept.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
            prop_assert!(!holds, "{}", String::from_utf8_lossy(kept));
        }
    }
}
