use crate::engine::oracle::people::{Case, register};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::io::Write as _;

/// `member.group` of everything found.
fn found(case: &Case) -> Vec<String> {
    let mut found: Vec<String> =
        register().found(&case.exchange()).iter().map(|one| format!("{}.{}", one.member, one.group)).collect();
    found.dedup();
    found
}

fn body(text: impl Into<Vec<u8>>) -> Vec<String> {
    found(&Case::new("http://host/fhir/Observation?subject=x").body(text))
}

#[test]
fn nothing_of_anybody_is_nothing() {
    assert!(body("{\"resourceType\":\"Bundle\",\"total\":0}").is_empty());
    assert!(body("").is_empty());
}

#[test]
fn a_canary_is_found_in_every_encoding() {
    let canary = "ctrlclinical0000000000000001";
    let entities: String = canary.bytes().map(|byte| format!("&#{byte};")).collect();
    let escapes: String = canary.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let claims = URL_SAFE_NO_PAD.encode(format!("{{\"note\":\"{canary}\"}}"));
    let mut zipper = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zipper.write_all(canary.as_bytes()).unwrap();
    let zipped = zipper.finish().unwrap();
    for text in [
        canary.to_owned(),
        canary.to_uppercase(),
        canary.replace('c', "%63"),
        format!("{{\"div\":\"<div xmlns=\\\"x\\\">{entities}</div>\"}}"),
        format!("{{\"display\":\"{escapes}\"}}"),
        hex,
        format!("{{\"resourceType\":\"Binary\",\"data\":\"{}\"}}", STANDARD.encode(format!("%PDF-1.4 {canary}"))),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        STANDARD.encode(&zipped),
    ] {
        assert_eq!(body(text.clone()), ["ctrl.clinical"], "{text}");
    }
    assert_eq!(body(zipped.clone()), ["ctrl.clinical"]);
    let coded = Case::new("http://host/fhir/Observation").header("content-encoding", "gzip").body(zipped);
    let markers = register().found(&coded.exchange());
    assert_eq!(markers[0].encoding, ["gzip"]);
    assert_eq!(markers[0].part, "body");
}

#[test]
fn a_canary_in_xml_is_found_wherever_it_stands() {
    let canary = "ctrlclinical0000000000000001";
    let entities: String = canary.bytes().map(|byte| format!("&#x{byte:x};")).collect();
    let patient = |inner: &str| format!("<Patient xmlns=\"http://hl7.org/fhir\">{inner}</Patient>");
    for text in [
        patient(&format!("<name><text value=\"a {canary}\"/></name>")),
        patient(&format!("<name><text value='{entities}'/></name>")),
        patient(&format!("<name><text value='{}'/></name>", entities.replace('&', "&amp;"))),
        patient(&format!("<text><div xmlns=\"http://www.w3.org/1999/xhtml\"><![CDATA[{canary}]]></div></text>")),
        patient(&format!("<text><div xmlns=\"http://www.w3.org/1999/xhtml\">{entities}</div></text>")),
        patient(&format!("<!-- {canary} -->")),
        patient(&format!("<photo><data value=\"{}\"/></photo>", STANDARD.encode(format!("%PDF-1.4 {canary}")))),
    ] {
        assert_eq!(body(text.clone()), ["ctrl.clinical"], "{text}");
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(body([b"\xff\xfe".as_slice(), &wide].concat()), ["ctrl.clinical"], "{text}");
    }
}

#[test]
fn a_header_and_a_trailer_give_away_as_much_as_a_body() {
    let case = Case::new("http://host/fhir/x")
        .header("location", "http://host/fhir/Patient/pat-ctrl/_history/1")
        .header("x-ctrlclinical0000000000000001", "1")
        .trailer("x-note", "Optfamilia");
    let markers = register().found(&case.exchange());
    let parts: Vec<(&str, &str)> = markers.iter().map(|one| (one.part.as_str(), one.group.as_str())).collect();
    assert_eq!(
        parts,
        [
            ("header x-ctrlclinical0000000000000001", "clinical"),
            ("header location", "id"),
            ("trailer x-note", "identity")
        ]
    );
}

#[test]
fn a_number_is_found_with_and_without_separators() {
    for text in ["\"999911120\"", "nr 9999.11.120,", "9999 11 120", "999-911-120", "urn:bsn:999911120"] {
        assert_eq!(body(text), ["ctrl.identity"], "{text}");
    }
    assert!(body("19999111201").is_empty());
}

#[test]
fn a_name_is_found_as_a_word() {
    assert_eq!(body("de heer CTRLFAMILIA, Ctrlgivenna"), ["ctrl.identity"]);
    assert!(body("ctrlfamiliar").is_empty());
}

#[test]
fn an_id_is_found_as_a_reference_and_as_a_resource() {
    for text in [
        "{\"reference\":\"Patient/pat-ctrl\"}",
        "<reference value=\"http://host/fhir/Patient/pat-ctrl\"/>",
        "See Patient/pat-ctrl.",
        "Patient%2Fpat-ctrl",
        "{\"entry\":[{\"resource\":{\"id\" : \"pat-ctrl\",\"a\":{\"b\":\"}\"},\"resourceType\":\"Patient\"}}]}",
        "{\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"meta\":{\"x\":1},\"id\":\"pat-ctrl\",\"cut",
        "<Patient xmlns=\"http://hl7.org/fhir\">\n <id value=\"pat-ctrl\"/>",
        "<f:Patient xmlns:f=\"http://hl7.org/fhir\"><!-- a --><f:active value=\"true\"/><f:id value = 'pat-&#99;trl'/></f:Patient>",
    ] {
        assert_eq!(body(text), ["ctrl.id"], "{text}");
    }
    for text in [
        "Patient/pat-ctrl2",
        "Patient/PAT-CTRL",
        "MyPatient/pat-ctrl",
        "{\"resourceType\":\"Group\",\"id\":\"pat-ctrl\"}",
        "{\"resourceType\":\"Patient\",\"name\":\"pat-ctrl\"}",
        "<Group><id value='pat-ctrl'/>",
    ] {
        assert!(body(text).is_empty(), "{text}");
    }
}

#[test]
fn what_the_requester_sent_is_not_given_away() {
    let echo =
        "{\"self\":\"http://host/fhir/Observation?patient=pat-ctrl&identifier=999911120\",\"r\":\"Patient/pat-ctrl\"}";
    for url in [
        "http://host/fhir/Observation?patient=pat-ctrl&identifier=http%3A%2F%2Fx%7C999911120",
        "http://host/fhir/Observation?patient=Patient%2Fpat-ctrl&identifier=999911120",
    ] {
        assert!(found(&Case::new(url).body(echo)).is_empty(), "{url}");
    }
    assert_eq!(body(echo), ["ctrl.id", "ctrl.identity"]);
    let posted =
        Case::new("http://host/fhir").sent("note ctrlclinical0000000000000001").body("CTRLCLINICAL0000000000000001");
    assert!(found(&posted).is_empty());
    let bearer = format!("Bearer x.{}.y", URL_SAFE_NO_PAD.encode("{\"bsn\":\"999911120\"}"));
    assert!(found(&Case::new("http://host/fhir").sent_header("authorization", &bearer).body("999911120")).is_empty());
}

#[test]
fn what_another_person_has_is_not_an_echo() {
    let case = Case::new("http://host/fhir/Patient/pat-ctrl").body("Patient/pat-ctrl Patient/pat-opt");
    assert_eq!(found(&case), ["opt.id"]);
}

#[test]
fn an_id_counts_at_the_endpoint_that_gave_it() {
    // `Patient/7` is ctrl at one endpoint and opt at the other.
    assert_eq!(found(&Case::new("http://host/fhir/x").body("Patient/7 ")), ["ctrl.id"]);
    assert_eq!(found(&Case::new("http://second/r4/x").body("Patient/7 ")), ["opt.id"]);
    assert!(found(&Case::new("http://elsewhere/x").body("Patient/7 ")).is_empty());
    assert_eq!(found(&Case::new("http://elsewhere/x").body("Patient/pat-opt ")), ["opt.id"]);
}

#[test]
fn what_two_people_share_gives_nobody_away() {
    assert!(body("Organization/shared").is_empty());
}

#[test]
fn a_placeholder_is_nobody() {
    assert!(body("⟦token:1:20⟧ ⟦withheld⟧").is_empty());
    // An endpoint that writes such brackets itself hides nothing behind them.
    assert_eq!(body("⟦ctrlclinical0000000000000001⟧"), ["ctrl.clinical"]);
    assert_eq!(body("⟦token:1:999911120⟧"), ["ctrl.identity"]);
}

#[test]
fn people_who_never_were_are_found_too() {
    assert_eq!(body("999923341"), ["never.identity"]);
}

#[test]
fn a_bundle_of_many_entries_is_searched() {
    let entry =
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"pat-ctrl\",\"note\":\"caf\\u00e9 &amp; more\"}},";
    let text = format!("{{\"entry\":[{}{{\"x\":\"Optgivenna\"}}]}}", entry.repeat(1000));
    assert_eq!(body(text), ["opt.identity"]);
}
