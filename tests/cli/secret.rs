//! A server that throws every secret back, in every coding it can think of, and plants a few of its own.
//! Whatever the run writes or says is searched for them; that the searcher can find them is tested first.

use super::binary::{command, text, told};
use super::server::{Answer, Asked, Server};
use super::stage::{files, rejudged};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const CLIENT_SECRET: &str = "kl1ent+gehe1m/\"m&t=tekens%";
const BEARER: &str = "drager0token1van2de3aanvrager4";
const PASSWORD: &str = "wachtw00rd-van-de-huisarts-9";
const ACCESS_TOKEN: &str = "toegang5token6uit7de8balie9";
const REFRESH_TOKEN: &str = "ververs5token6uit7de8balie9";
const COOKIE: &str = "koekje0123456789abcdef";
const SIGNATURE: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const ALL: [&str; 7] = [CLIENT_SECRET, BEARER, PASSWORD, ACCESS_TOKEN, REFRESH_TOKEN, COOKIE, SIGNATURE];

fn hex(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn percent(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// As a form writes it: only what must be is encoded.
fn form(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn unicode(value: &str) -> String {
    value.chars().map(|c| format!("\\u{:04x}", c as u32)).collect()
}

fn quoted(value: &str) -> String {
    json!(value).to_string().trim_matches('"').to_owned()
}

fn gzip(value: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(value).expect("memory");
    encoder.finish().expect("memory")
}

/// The part of a base64 text that depends on the value alone, wherever in its threes it begins.
fn aligned(value: &str, engine: &impl Engine, before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend(value.as_bytes());
    let coded = engine.encode(&bytes);
    let end = bytes.len() / 3 * 4;
    coded[(before * 4).div_ceil(3)..end].to_owned()
}

/// Everything that gives a secret away.
fn needles(secret: &str) -> Vec<Vec<u8>> {
    let mut all = vec![
        secret.to_owned(),
        quoted(secret),
        form(secret),
        percent(secret),
        percent(secret).to_lowercase(),
        hex(secret),
        hex(secret).to_uppercase(),
        unicode(secret),
        STANDARD.encode(gzip(secret.as_bytes())),
    ];
    for before in 0..3 {
        all.push(aligned(secret, &STANDARD_NO_PAD, before));
        all.push(aligned(secret, &URL_SAFE_NO_PAD, before));
    }
    all.into_iter().map(String::into_bytes).collect()
}

/// The secrets that stand in these bytes, also where they are compressed.
fn found(bytes: &[u8]) -> Vec<String> {
    let mut texts = vec![bytes.to_vec()];
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let _ = flate2::read::GzDecoder::new(bytes).take(16 * 1024 * 1024).read_to_end(&mut plain);
        texts.push(plain);
    }
    let holds = |needle: &Vec<u8>| texts.iter().any(|text| memmem(text, needle));
    let hits = ALL.iter().flat_map(|secret| needles(secret)).filter(holds);
    hits.map(|needle| String::from_utf8_lossy(&needle).into_owned()).collect()
}

fn memmem(text: &[u8], needle: &[u8]) -> bool {
    aho_corasick::AhoCorasick::new([needle]).expect("a needle").is_match(text)
}

#[test]
fn the_searcher_finds_what_it_is_to_find() {
    for secret in ALL {
        for coded in [
            secret.to_owned(),
            hex(secret),
            percent(secret),
            format!("{{\"a\":\"{}\"}}", unicode(secret)),
            STANDARD.encode(format!("Basic a:{secret}")),
            URL_SAFE_NO_PAD.encode(format!("ab{secret}cd")),
        ] {
            assert!(!found(coded.as_bytes()).is_empty(), "{coded}");
        }
        assert!(!found(&gzip(secret.as_bytes())).is_empty());
    }
    assert_eq!(found(b"{\"resourceType\":\"Bundle\"}"), Vec::<String>::new());
}

/// The secrets seen so far: ours as they came, and its own.
#[derive(Default)]
struct Loot {
    seen: Mutex<Vec<String>>,
    turn: AtomicUsize,
}

impl Loot {
    fn take(&self, asked: &Asked) -> Vec<String> {
        let mut seen = self.seen.lock().expect("no panic in here");
        if seen.is_empty() {
            seen.extend([CLIENT_SECRET, BEARER, PASSWORD].map(str::to_owned));
        }
        // What was not issued yet is no token yet, and nobody can know it for one.
        if asked.path.ends_with("/token") && !seen.iter().any(|known| known == ACCESS_TOKEN) {
            seen.extend([ACCESS_TOKEN, REFRESH_TOKEN].map(str::to_owned));
        }
        for value in asked.header("authorization").map(str::to_owned).into_iter().chain([asked.body.clone()]) {
            let telling = ALL.iter().any(|secret| value.contains(secret) || value.contains(&form(secret)));
            if (telling || value.starts_with("Basic ")) && !seen.contains(&value) && seen.len() < 12 {
                seen.push(value);
            }
        }
        seen.clone()
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        let echoes: Vec<String> = self.take(asked).iter().map(|value| coded(value)).collect();
        let link = format!("https://opslag.example/f?X-Amz-Date=1&X-Amz-Signature={SIGNATURE}");
        let path = asked.path.split('?').next().unwrap_or_default();
        let kind = path.rsplit('/').next().unwrap_or_default();
        let (status, start) = match (asked.method.as_str(), kind) {
            (_, "token") => (
                200,
                format!(
                    "\"access_token\":\"{ACCESS_TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":600,\"refresh_token\":\"{REFRESH_TOKEN}\""
                ),
            ),
            (_, "metadata") => (200, "\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\"".to_owned()),
            ("POST", _) => (201, format!("\"resourceType\":\"{kind}\",\"id\":\"n{turn}\"")),
            _ => (200, "\"resourceType\":\"Bundle\",\"type\":\"searchset\"".to_owned()),
        };
        let body = format!("{{{start},\"url\":\"{link}\",\"echo\":[{}]}}", echoes.join(","));
        let mut answer = Answer::json(status, body)
            .with("set-cookie", format!("session={COOKIE}; Path=/; HttpOnly"))
            .with("link", format!("<{link}>; rel=\"related\""))
            .with("x-hex", hex(PASSWORD))
            .with("x-raw", CLIENT_SECRET)
            .with("x-base64", STANDARD.encode(BEARER))
            .with("www-authenticate", format!("Bearer error=\"invalid\", error_description=\"{BEARER}\""));
        if turn % 3 == 1 {
            answer.body = gzip(&answer.body);
            answer = answer.with("content-encoding", "gzip");
        }
        answer
    }
}

/// One value in every coding, as members of a JSON object.
fn coded(value: &str) -> String {
    format!(
        "{{\"raw\":\"{}\",\"percent\":\"{}\",\"form\":\"{}\",\"base64\":\"{}\",\"base64url\":\"{}\",\"hex\":\"{}\",\"HEX\":\"{}\",\"unicode\":\"{}\",\"gzip\":\"{}\",\"twice\":\"{}\"}}",
        quoted(value),
        percent(value),
        form(value),
        STANDARD.encode(value),
        URL_SAFE_NO_PAD.encode(format!("<{value}>")),
        hex(value),
        hex(value).to_uppercase(),
        unicode(value),
        STANDARD.encode(gzip(value.as_bytes())),
        percent(&STANDARD.encode(value)),
    )
}

#[test]
fn no_secret_is_written_or_said_whatever_the_server_does_with_it() {
    let loot = Arc::new(Loot::default());
    let held = Arc::clone(&loot);
    let server = Server::start(move |asked| held.answer(asked));
    let folder = TempDir::new().expect("a folder");
    let target = folder.path().join("t.yaml");
    let act = "{ http: { as: patient, method: POST, endpoint: fhir, path: /choice } }";
    let place = "{ at: { json: /id } }";
    let show = act.replace(" } }", &format!(", returns: {{ objected: {place}, consented: {place} }} }} }}"));
    let file = format!(
        "format: 1\nname: thief\nproduct: {{ vendor: V, name: P, version: \"1\" }}\n\
         claims:\n  - {{ profile: fhir-rest, roles: [holder], fhir: [r4], format: [json] }}\n  \
         - {{ profile: privacy-by-design, roles: [holder], fhir: [r4], format: [json], options: {{ choice-regime: opt-in }} }}\n\
         endpoints: {{ fhir: {:?}, fhir-2: {:?}, token: {:?} }}\n\
         credentials:\n  writer: {{ client-credentials: {{ id: w, secret: {{ env: CLIENT_SECRET }} }} }}\n  \
         patient: {{ client-credentials: {{ id: p, secret: {{ env: CLIENT_SECRET }}, method: post }} }}\n  \
         requester: {{ bearer: {{ token: {{ env: BEARER }} }} }}\n  \
         requester-2: {{ basic: {{ user: huisarts, password: {{ env: PASSWORD }} }} }}\n  \
         stranger: {{ basic: {{ user: elders, password: {{ env: PASSWORD }} }} }}\n\
         cast: fhir\n\
         bindings: {{ record-objection: {act}, withdraw-objection: {act}, record-consent: {act}, \
         clear-choices: {act}, show-choices: {show}, advance-clock: {act} }}\n",
        server.url("/fhir"),
        server.url("/fhir-2"),
        server.url("/token"),
    );
    fs::write(&target, file).expect("a target file");
    let (out, junit) = (folder.path().join("out"), folder.path().join("junit.xml"));
    let done = command(&["run", "--target", &target.to_string_lossy(), "--out", &out.to_string_lossy()])
        .args(["--seed", "5", "--report", &format!("junit={}", junit.display())])
        .args(
            ["fhir-rest/unknown-id", "fhir-rest/stale-if-match", "privacy-by-design/objection-stops-retrieval"]
                .iter()
                .flat_map(|case| ["--case", case]),
        )
        .env("CLIENT_SECRET", CLIENT_SECRET)
        .env("BEARER", BEARER)
        .env("PASSWORD", PASSWORD)
        .output()
        .expect("the binary starts");
    assert!(matches!(done.status.code(), Some(1 | 3)), "{}", told(&done));

    let written: Vec<_> = files(&out).into_iter().chain([junit]).collect();
    for file in &written {
        let hits = found(&fs::read(file).expect("a file"));
        assert!(hits.is_empty(), "{} holds {hits:?}", file.display());
    }
    assert_eq!(found(&done.stdout), Vec::<String>::new());
    assert_eq!(found(&done.stderr), Vec::<String>::new());

    // The secrets did go out and did come back, or nothing was shown.
    let seen = loot.seen.lock().expect("no panic in there").join("\n");
    let (token, bearer) = (format!("Bearer {ACCESS_TOKEN}"), format!("Bearer {BEARER}"));
    for sent in ["Basic ", &bearer, "client_secret=", &token] {
        assert!(seen.contains(sent), "{sent} never reached the server: {seen}\n{}", told(&done));
    }
    let recording = written.iter().map(|file| text(&fs::read(file).expect("a file"))).collect::<String>();
    for kind in ["token", "client-secret", "cookie", "presigned", "password"] {
        assert!(recording.contains(&format!("⟦{kind}:")), "no {kind} stands sealed");
    }
    assert_eq!(rejudged(&out).status.code(), done.status.code(), "what was sealed is judged alike");
}
