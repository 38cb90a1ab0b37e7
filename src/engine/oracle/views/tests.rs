use super::*;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::Write;

const NEEDLE: &str = "c4n4ry0123456789abcdef";

fn encodings_that_show(bytes: &[u8], coding: Option<&str>) -> Vec<Vec<String>> {
    views(bytes, coding, &Limits::default())
        .into_iter()
        .filter(|view| view.text.windows(NEEDLE.len()).any(|window| window == NEEDLE.as_bytes()))
        .map(|view| view.encoding)
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[track_caller]
fn shows(bytes: &[u8], names: &[&str]) {
    let shown = encodings_that_show(bytes, None);
    assert!(shown.iter().any(|encoding| encoding == names), "{names:?} not in {shown:?}");
}

#[test]
fn plain_text_is_its_own_only_view() {
    let views = views(b"{\"resourceType\":\"Bundle\",\"total\":0}", None, &Limits::default());
    assert_eq!(views.len(), 1);
    assert!(views[0].encoding.is_empty());
}

#[test]
fn every_encoding_is_undone() {
    let percent: String = NEEDLE.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let twice = percent.replace('%', "%25");
    let decimal: String = NEEDLE.bytes().map(|byte| format!("&#{byte};")).collect();
    let entities: String = NEEDLE.bytes().map(|byte| format!("&#x{byte:X};")).collect();
    let json: String = NEEDLE.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let hex: String = NEEDLE.bytes().map(|byte| format!("{byte:02X}")).collect();
    shows(NEEDLE.as_bytes(), &[]);
    shows(percent.as_bytes(), &["percent"]);
    shows(twice.as_bytes(), &["percent", "percent"]);
    shows(decimal.as_bytes(), &["entity"]);
    shows(entities.as_bytes(), &["entity"]);
    shows(json.as_bytes(), &["json"]);
    shows(json.replace('\\', "\\\\").as_bytes(), &["json", "json"]);
    shows(format!("sum: {hex}.").as_bytes(), &["hex"]);
    shows(format!("sum: 0{hex}.").as_bytes(), &["hex"]);
    let little: Vec<u8> = NEEDLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = NEEDLE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    shows(&little, &["utf-16le"]);
    shows(&big, &["utf-16be"]);
    shows(STANDARD.encode(&little).as_bytes(), &["base64", "utf-16le"]);
}

#[test]
fn base64_is_undone_at_every_alignment_with_and_without_padding() {
    for prefix in 0..4 {
        let inside = format!("{}{NEEDLE}~~~??>", "x".repeat(prefix));
        for encoded in [STANDARD.encode(&inside), URL_SAFE_NO_PAD.encode(&inside)] {
            shows(format!("{{\"data\":\"{encoded}\"}}").as_bytes(), &["base64"]);
            shows(format!("{}{encoded}", "a".repeat(prefix)).as_bytes(), &["base64"]);
            shows(STANDARD.encode(&encoded).as_bytes(), &["base64", "base64"]);
        }
    }
}

#[test]
fn base64_in_lines_is_one_run() {
    let text = format!("{}{NEEDLE}{}", "lorem ipsum ".repeat(4), "dolor sit amet".repeat(9));
    let encoded = STANDARD.encode(text);
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    shows(lines.join("\r\n").as_bytes(), &["base64"]);
    shows(lines.join("\\n").as_bytes(), &["json", "base64"]);
}

#[test]
fn a_jwt_shows_its_claims() {
    let claims = URL_SAFE_NO_PAD.encode(format!("{{\"sub\":\"{NEEDLE}\"}}"));
    shows(format!("Bearer eyJhbGciOiJub25lIn0.{claims}.c2ln").as_bytes(), &["base64"]);
}

#[test]
fn compression_is_undone_by_header_by_magic_and_within_base64() {
    let text = format!("{{\"div\":\"{NEEDLE}\"}} lorem ipsum lorem ipsum lorem ipsum lorem ipsum dolor sit amet");
    let zipped = gzip(text.as_bytes());
    assert_eq!(encodings_that_show(&zipped, Some("gzip")), [["gzip"]]);
    shows(&zipped, &["gzip"]);
    shows(STANDARD.encode(&zipped).as_bytes(), &["base64", "gzip"]);
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    let bare = encoder.finish().unwrap();
    assert_eq!(encodings_that_show(&bare, Some("deflate")), [["deflate"]]);
    shows(STANDARD.encode(&bare).as_bytes(), &["base64", "deflate"]);
    assert_eq!(encodings_that_show(&gzip(&zipped), Some("gzip, gzip")), [["gzip", "gzip"]]);
}

#[test]
fn a_bomb_does_not_grow_beyond_its_room() {
    let bomb = gzip(&gzip(&vec![b'a'; 80 << 20]));
    let limits = Limits::default();
    let unfolded = unfold(&bomb, Some("gzip"), &limits);
    let total: usize = unfolded.pieces.iter().map(|piece| piece.text.len()).sum();
    assert!(total <= bomb.len() + limits.floor.max(bomb.len() * limits.factor), "{total}");
    assert!(unfolded.exhausted);
}

#[test]
fn a_cut_stream_shows_what_came() {
    let mut text = NEEDLE.as_bytes().to_vec();
    text.extend((0_u32..20_000).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()));
    let zipped = gzip(&text);
    assert!(encodings_that_show(&zipped[..zipped.len() / 2], Some("gzip")).contains(&vec!["gzip".to_owned()]));
}

#[test]
fn the_number_of_views_is_bounded() {
    let nested = (0..6).fold(format!("%41&#65;\\u0041{NEEDLE}+="), |text, _| {
        format!(
            "{}%41&#65;\\u0041{}",
            STANDARD.encode(&text),
            text.bytes().map(|b| format!("{b:02x}")).collect::<String>()
        )
    });
    let limits = Limits { views: 20, ..Limits::default() };
    assert!(views(nested.as_bytes(), None, &limits).len() <= 20);
    assert!(views(nested.as_bytes(), None, &Limits::default()).iter().all(|view| view.encoding.len() <= 5));
}

#[test]
fn a_large_ordinary_bundle_has_few_views() {
    let entry = r#"{"fullUrl":"http://example.org/fhir/Observation/1a2b","resource":{"resourceType":"Observation","id":"1a2b","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">caf&eacute; &amp; more<\/div>"},"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"effectiveDateTime":"2026-01-01T10:00:00+01:00"}},"#;
    let bundle = format!("{{\"resourceType\":\"Bundle\",\"entry\":[{}{{}}]}}", entry.repeat(300));
    let views = views(bundle.as_bytes(), None, &Limits::default());
    assert!(views.len() <= 8, "{:?}", views.iter().map(|view| &view.encoding).collect::<Vec<_>>());
}

#[test]
fn a_trace_points_back_at_the_input() {
    let text = format!("{{\"token\":\"{}\",\"x\":\"a\\/b\"}}", STANDARD.encode(format!("id:{NEEDLE}:rest")));
    let traced = trace(text.as_bytes(), &Limits::default());
    let mut hits = 0;
    for piece in &traced.pieces {
        let Some(at) = piece.text.windows(NEEDLE.len()).position(|window| window == NEEDLE.as_bytes()) else {
            continue;
        };
        let (from, to) = piece.origin(at, at + NEEDLE.len());
        assert!(to - from >= NEEDLE.len() * 4 / 3 && to - from <= NEEDLE.len() * 4 / 3 + 3);
        let mut blanked = text.clone().into_bytes();
        blanked.splice(from..to, *b"");
        assert!(encodings_that_show(&blanked, None).is_empty());
        hits += 1;
    }
    assert!(hits > 0);
}

#[test]
fn nine_digits_are_found_in_groups() {
    let numbers = |text: &str| -> Vec<String> {
        digits::nines(text.as_bytes())
            .into_iter()
            .map(|(nine, _)| String::from_utf8_lossy(&nine).into_owned())
            .collect()
    };
    assert_eq!(numbers("a999911120b"), ["999911120"]);
    assert_eq!(numbers("9999.11.120"), ["999911120"]);
    assert_eq!(numbers("on 2024-01-05 9999 11 120."), ["999911120"]);
    assert!(numbers("1999911120").is_empty());
    assert!(numbers("9999111200").is_empty());
}
