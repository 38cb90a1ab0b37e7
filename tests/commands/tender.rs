//! `tender` through the binary: what it writes, that it writes the same on every day, and how its check exits.

use crate::bench::Served;
use crate::binary::{command, text, told};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::LazyLock;
use tempfile::TempDir;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/examples/tender.yaml");
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden.json");

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fn place(name: &str) -> String {
    FOLDER.path().join(name).to_string_lossy().into_owned()
}

fn file(name: &str, text: &str) -> String {
    fs::write(FOLDER.path().join(name), text).expect("a file");
    place(name)
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).env_remove("SOURCE_DATE_EPOCH").output().expect("the binary starts")
}

fn code(output: &Output, wanted: i32) {
    assert_eq!(output.status.code(), Some(wanted), "{}", told(output));
}

/// A tender that asks one thing, which the golden report has.
fn asked(challenge: &str, kind: &str) -> String {
    let golden: serde_json::Value = serde_json::from_slice(&fs::read(GOLDEN).expect("a report")).expect("JSON");
    let said = |text: &str| serde_json::json!({ "nl": text, "en": text });
    let challenge: serde_json::Value = serde_json::from_str(challenge).expect("JSON");
    serde_json::json!({
        "format": 1, "title": said("A system"), "buyer": "A Hospital", "deadline": "2026-06-01", "no-older-than-days": 60,
        "environments": ["acceptance"], "challenge": challenge, "judge": "0.1.0", "catalogue": golden["catalogue"]["digest"],
        "demands": [{
            "profile": "fhir-rest", "edition": "r4", "digest": "d", "title": said("FHIR"), "role": "holder", "minimum": "listed",
            "requirements": [{
                "id": "fhir-rest/ERR-01", "text": said("404"), "obligation": "must", "effective": "must",
                "severity": "IV", "depth": "full", "kind": kind, "named": true,
            }],
        }],
    })
    .to_string()
}

/// The golden report without its leak.
fn bid() -> String {
    let golden = fs::read_to_string(GOLDEN).expect("a report");
    let mut tree: serde_json::Value = serde_json::from_str(&golden).expect("JSON");
    tree["requirements"][0]["outcome"] = "inconclusive".into();
    tree["profiles"][0]["conformance"] = "not-shown".into();
    tree["preflight"] = serde_json::json!([]);
    file("bid.json", &tree.to_string())
}

#[test]
fn a_file_becomes_an_annex_and_the_same_one_every_day() {
    let (one, two) = (place("one"), place("two"));
    let written = run(&["tender", EXAMPLE, "--out", &one, "--lang", "nl"]);
    code(&written, 0);
    assert!(text(&written.stderr).contains("hold the challenge; keep them to yourself"), "{}", told(&written));
    assert_eq!(text(&written.stdout).lines().count(), 4);
    code(&run(&["tender", EXAMPLE, "--out", &two, "--lang", "nl"]), 0);
    for name in ["annex.nl.md", "annex.en.md", "annex.html", "tender.json"] {
        let read = |folder: &str| fs::read_to_string(Path::new(folder).join(name)).expect(name);
        assert_eq!(read(&one), read(&two), "{name}");
        assert!(read(&one).contains("Voorbeeldhof"), "{name}");
    }
    let annex = fs::read_to_string(Path::new(&one).join("annex.nl.md")).expect("an annex");
    assert!(
        annex.contains("toetssteen run --target toetssteen.yaml --challenge 7c1e94d0a86b4f2395e1 --out inschrijving")
    );
    // What an annex tells a bidder to type is understood.
    for line in
        annex.lines().map(str::trim).filter(|line| line.starts_with("toetssteen ") && !line.contains(" compare "))
    {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        let said = text(&run(&[&words[..], &["--help"]].concat()).stdout);
        assert!(said.contains("Usage: toetssteen") || line.ends_with("--version"), "{line}: {said}");
    }
    // What was published refuses the report of another run, and says why.
    let refused = run(&["tender", "check", &format!("{one}/tender.json"), GOLDEN, "--lang", "nl"]);
    code(&refused, 6);
    assert!(text(&refused.stdout).contains("andere catalogus"), "{}", told(&refused));
}

#[test]
fn the_day_is_said_by_the_file_or_the_environment() {
    let undated = fs::read_to_string(EXAMPLE).expect("a tender").replace("issued: 2026-11-02\n", "");
    let undated = file("undated.yaml", &undated);
    let out = place("undated");
    let annex = |arguments: &mut std::process::Command| {
        code(&arguments.output().expect("the binary starts"), 0);
        fs::read_to_string(Path::new(&out).join("annex.en.md")).expect("an annex")
    };
    let mut plain = command(&["tender", &undated, "--out", &out]);
    assert!(!annex(plain.env_remove("SOURCE_DATE_EPOCH")).contains("Published on"));
    let mut dated = command(&["tender", &undated, "--out", &out]);
    assert!(annex(dated.env("SOURCE_DATE_EPOCH", "1796083200")).contains("1\u{a0}December\u{a0}2026"));
    let mut faulty = command(&["tender", &undated, "--out", &out]);
    code(&faulty.env("SOURCE_DATE_EPOCH", "soon").output().expect("the binary starts"), 2);
}

#[test]
fn a_check_exits_by_what_was_shown() {
    let one_for_all = r#"{ "text": "issued by a buyer" }"#;
    let tender = file("tender.json", &asked(one_for_all, "minimum"));
    let met = run(&["tender", "check", &tender, &bid()]);
    code(&met, 0);
    assert!(text(&met.stdout).starts_with("Dossier 4.2: the report shows the minimum"), "{}", told(&met));
    assert!(text(&met.stdout).contains("Self-tested."), "{}", told(&met));
    let both = run(&["tender", "check", &tender, &bid(), GOLDEN, "--format", "json"]);
    code(&both, 6);
    let tree: serde_json::Value = serde_json::from_slice(&both.stdout).expect("JSON");
    assert_eq!((&tree[0]["conclusion"], &tree[1]["conclusion"]), (&"meets".into(), &"does-not-meet".into()));
    assert_eq!((&tree[0]["self-tested"], &tree[1]["reasons"][0]["cause"]), (&true.into(), &"leak".into()));
    let markdown = run(&["tender", "check", &tender, &bid(), "--format", "markdown", "--lang", "nl"]);
    code(&markdown, 0);
    assert!(text(&markdown.stdout).starts_with("# Verslag van een inschrijver"), "{}", told(&markdown));
    let own = file("own.json", &asked("\"per-bidder\"", "minimum"));
    code(&run(&["tender", "check", &own, &bid(), "--challenge", "issued by a buyer"]), 0);
    code(&run(&["tender", "check", &own, &bid(), "--challenge", "another"]), 6);
}

#[test]
fn a_faulty_question_exits_2() {
    let tender = file("sound.json", &asked(r#"{ "text": "issued by a buyer" }"#, "minimum"));
    let own = file("own-faulty.json", &asked("\"per-bidder\"", "minimum"));
    let later = file("later.json", &asked(r#"{ "text": "x" }"#, "minimum").replace("\"format\":1", "\"format\":2"));
    let unknown = file("unknown.json", &asked(r#"{ "text": "x" }"#, "maximum"));
    let faulty = file("faulty.yaml", "format: 1\nbuyer: A\n");
    for (arguments, why) in [
        (vec!["tender"], "required"),
        (vec!["tender", &faulty], "missing-key"),
        (vec!["tender", "no-such-file"], "cannot be read"),
        (vec!["tender", "check", &tender], "required"),
        (vec!["tender", "check", GOLDEN, GOLDEN], "is no tender.json"),
        (vec!["tender", "check", &tender, &tender], "is no report"),
        (vec!["tender", "check", &later, GOLDEN], "tender of format 2"),
        (vec!["tender", "check", &unknown, GOLDEN], "is no tender.json"),
        (vec!["tender", "check", &tender, "no-such-file"], "cannot be read"),
        (vec!["tender", "check", &own, GOLDEN], "--challenge"),
        (vec!["tender", "check", &tender, GOLDEN, "--challenge", "x"], "leave --challenge out"),
    ] {
        let refused = run(&arguments);
        code(&refused, 2);
        assert!(refused.stdout.is_empty() && text(&refused.stderr).contains(why), "{}", told(&refused));
    }
}

/// A tender of a sender that gives everything at once, with this text, from a month ago to a month ahead.
fn of_a_sender(challenge: &str) -> String {
    let deadline = (time::OffsetDateTime::now_utc() + time::Duration::days(30)).date();
    format!(
        "format: 1\ntitle: {{ nl: Verzenden, en: Sending }}\nbuyer: A Hospital\ndeadline: {deadline}\nno-older-than: 60d\n\
         environments: [own-machine]\nchallenge: {{ text: {challenge} }}\nprofiles: [ {{ profile: privacy-by-design, roles: \
         [sender], options: {{ push-form: message }}, minimum: {{ musts: [privacy-by-design/PSH-01] }} }} ]\n"
    )
}

#[test]
fn what_an_annex_asks_is_what_a_run_gives() {
    const CHALLENGE: &str = "7c1e94d0a86b4f2395e1";
    const OTHER: &str = "0123456789abcdef0123";
    let served = Served::start(&["--claims", "message"]);
    let (target, bid) = (served.target(), place("bid"));
    let written = |name: &str, challenge: &str| {
        let out = place(name);
        code(&run(&["tender", &file(&format!("{name}.yaml"), &of_a_sender(challenge)), "--out", &out]), 0);
        format!("{out}/tender.json")
    };
    let (asked, other) = (written("sender", CHALLENGE), written("other", OTHER));
    let ran = run(&["run", "--target", &target, "--challenge", CHALLENGE, "--out", &bid, "--allow-exec"]);
    code(&ran, 0);
    let met = run(&["tender", "check", &asked, &bid]);
    code(&met, 0);
    assert!(text(&met.stdout).contains("judged again"), "{}", told(&met));
    code(&run(&["tender", "check", &other, &bid]), 6);
    what_cannot_be_judged_again_is_said_to_be_so(&asked, &bid);
    // A report that was improved by hand is found out, and named.
    let report = Path::new(&bid).join("report.json");
    let honest = fs::read_to_string(&report).expect("a report");
    fs::write(&report, honest.replace(CHALLENGE, OTHER)).expect("a report");
    let forged = run(&["tender", "check", &other, &bid]);
    code(&forged, 6);
    assert!(text(&forged.stdout).contains("does not follow from the recording"), "{}", told(&forged));
    // So is the recording of another text under a new name, with every hash made anew.
    let tape = Path::new(&bid).join("run.jsonl");
    let lines = fs::read_to_string(&tape).expect("a recording");
    fs::write(&tape, relabelled(&lines, CHALLENGE, OTHER)).expect("a recording");
    run(&["rejudge", &bid, "--out", &bid]);
    code(&run(&["rejudge", &bid]), 0);
    let relabelled = run(&["tender", "check", &other, &bid]);
    code(&relabelled, 6);
    assert!(text(&relabelled.stdout).contains("test persons were not drawn"), "{}", told(&relabelled));
}

/// A report of another version of the program does not follow for all that is known, and what is no file is never opened.
fn what_cannot_be_judged_again_is_said_to_be_so(asked: &str, bid: &str) {
    let report = Path::new(bid).join("report.json");
    let honest = fs::read_to_string(&report).expect("a report");
    let own = format!("\"judge\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(honest.contains(&own), "a report names its judge");
    fs::write(&report, honest.replace(&own, "\"judge\": \"0.0.9\"")).expect("the report");
    for (lang, judged, other) in [
        ("en", "judged by Toetssteen 0.0.9, and this is", "does not follow"),
        ("nl", "beoordeeld door Toetssteen 0.0.9, en dit is", "volgt niet"),
    ] {
        let checked = run(&["--lang", lang, "tender", "check", asked, bid]);
        code(&checked, 6);
        let said = text(&checked.stdout);
        assert_eq!(said.matches(judged).count(), 2, "as sentence and as reason: {}", told(&checked));
        assert!(!said.contains(other), "{}", told(&checked));
    }
    fs::write(&report, &honest).expect("the report");

    let pipe = |place: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(place).status().expect("mkfifo").success());
    };
    let body = Path::new(bid).join("bodies/pipe");
    pipe(&body);
    let checked = run(&["tender", "check", asked, bid]);
    code(&checked, 6);
    assert!(text(&checked.stdout).contains("its bodies/pipe is neither a file nor a folder"), "{}", told(&checked));
    fs::remove_file(&body).expect("the pipe");
    let alone = place("alone");
    fs::create_dir(&alone).expect("a folder");
    pipe(&Path::new(&alone).join("report.json"));
    for arguments in [vec!["tender", "check", asked, &alone], vec!["compare", &alone, bid]] {
        let refused = run(&arguments);
        code(&refused, 2);
        assert!(text(&refused.stderr).contains("report.json is not a file"), "{}", told(&refused));
    }
    code(&run(&["tender", "check", asked, bid]), 0);
}

/// A recording with one text in it replaced, and the chain of hashes made anew.
fn relabelled(lines: &str, from: &str, to: &str) -> String {
    const MARK: &str = "{\"after\":\"";
    let mut before: Option<String> = None;
    let mut out = String::new();
    for line in lines.lines() {
        let line = line.replace(from, to);
        let (known, rest) = line.strip_prefix(MARK).and_then(|rest| rest.split_once('"')).expect("a line of a chain");
        let line = format!("{MARK}{}\"{rest}", before.unwrap_or_else(|| known.to_owned()));
        before = Some(toetssteen::model::digest::digest(line.as_bytes()));
        out.push_str(&line);
        out.push('\n');
    }
    out
}
