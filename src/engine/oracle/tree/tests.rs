use super::super::fixture::Given;
use super::*;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use serde_json::json;
use std::io::Write;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_compressed_body_is_read() {
    let text = br#"{"a":1}"#;
    let mut zlib = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(text).unwrap();
    let mut bare = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    bare.write_all(text).unwrap();
    for (coding, bytes) in [
        ("gzip", gzip(text)),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", bare.finish().unwrap()),
        ("gzip, gzip", gzip(&gzip(text))),
        ("identity", text.to_vec()),
    ] {
        let given = Given::answer(200).header("content-encoding", coding).bytes(&bytes);
        assert_eq!(json(&given.exchange()), Some(json!({"a": 1})), "{coding}");
        assert_eq!(carried(&given.response.headers, &given.body), Some(json!({"a": 1})), "{coding}");
    }
}

#[test]
fn a_bomb_an_unknown_coding_and_a_cut_body_are_not_read() {
    let bomb = gzip(&vec![b' '; DECODED_LIMIT + 1]);
    let read = |given: Given| read(Side::Response, &given.exchange());
    assert_eq!(read(Given::answer(200).header("content-encoding", "gzip").bytes(&bomb)), Err(Unread::TooLarge));
    assert_eq!(read(Given::answer(200).header("content-encoding", "br").text("{}")), Err(Unread::Coding));
    assert_eq!(read(Given::answer(200).header("content-encoding", "gzip").text("{}")), Err(Unread::Coding));
    let mut cut = Given::answer(200).text("12");
    cut.response.body.cut = true;
    assert_eq!(read(cut), Err(Unread::Cut));
    assert_eq!(read(Given::answer(200).text(&"[".repeat(100_000))), Err(Unread::NotJson));
    assert_eq!(read(Given::answer(200).text("\u{feff}[1]")), Ok(json!([1])));
}

#[test]
fn what_sealing_decoded_is_not_decoded_again() {
    let mut given = Given::answer(200).header("content-encoding", "gzip").text("{}");
    given.response.body.decoded = Some("gzip".to_owned());
    assert_eq!(json(&given.exchange()), Some(json!({})));
}

#[test]
fn any_item_of_a_list_counts_in_a_path() {
    let task = json!({"resourceType": "Task", "input": [
        {"valueReference": {"reference": "Composition/1"}}, {"valueString": "x"},
        {"valueReference": {"reference": "Composition/2"}}]});
    assert_eq!(element(&task, "Task.input.valueReference.reference"), ["Composition/1", "Composition/2"]);
    assert_eq!(element(&task, "Patient.input.valueString"), Vec::<String>::new());
    assert_eq!(element(&json!({"resourceType": "Bundle", "entry": [{"resource": task}]}), "Task.input").len(), 0);
    assert_eq!(element(&json!({"resourceType": "Patient", "name": [{"family": "A"}]}), "Patient.name").len(), 1);
}

#[test]
fn members_have_no_order_and_items_have() {
    assert_eq!(canonical(&json!({"b": [1, 2], "a": "\""})), canonical(&json!({"a": "\"", "b": [1, 2]})));
    assert_ne!(canonical(&json!([1, 2])), canonical(&json!([2, 1])));
}

const TASK: &str = r#"<Task xmlns="http://hl7.org/fhir"><id value="t"/><status value="requested"/><intent value="order"/>
    <for><reference value="Patient/p"/></for><requester><agent><reference value="Organization/a"/></agent></requester>
    <input><type><text value="x"/></type><valueReference><reference value="Composition/1"/></valueReference></input></Task>"#;

#[test]
fn xml_is_the_tree_that_it_is_in_json() {
    let given = Given::answer(200).xml(FhirVersion::Stu3, TASK);
    let tree = read(Side::Response, &given.exchange()).unwrap();
    assert_eq!(element(&tree, "Task.input.valueReference.reference"), ["Composition/1"]);
    assert_eq!(pointer(&tree, "/input/0/valueReference/reference"), ["Composition/1"]);
    assert_eq!(pointer(&tree, "/requester/agent/reference"), ["Organization/a"]);
    let mut sent = Given::answer(200);
    sent.request.headers.push(("Content-Type".to_owned(), "text/xml".to_owned()));
    sent.request_body = b"<Basic xmlns=\"http://hl7.org/fhir\"><code/></Basic>".to_vec();
    assert_eq!(read(Side::Request, &sent.exchange()), Ok(json!({"resourceType": "Basic", "code": {}})));
}

#[test]
fn the_version_decides_what_an_element_is() {
    let given = Given::answer(200).xml(FhirVersion::R4, TASK);
    // It reads as that of the other version does, as in JSON, and what the claimed one does not know is told.
    assert_eq!(read(Side::Response, &given.exchange()).as_ref().ok(), either(TASK.as_bytes()).as_ref());
    let fault = fault(Side::Response, &given.exchange()).unwrap();
    assert_eq!(fault.place(), "Task.requester.agent, 2:57");
    assert_eq!(either(TASK.as_bytes()).as_ref().and_then(resource_type), Some("Task"));
}

#[test]
fn what_a_body_is_counts_more_than_what_it_says() {
    let labelled = |text: &str| Given::answer(200).xml(FhirVersion::R4, text);
    assert_eq!(json(&labelled(" {\"a\":1}").exchange()), Some(json!({"a": 1})));
    assert_eq!(read(Side::Response, &labelled("<html/>").exchange()), Err(Unread::NotXml));
    assert!(fault(Side::Response, &labelled("{").exchange()).is_none());
    let bare = Given::answer(200).text(TASK);
    assert_eq!(read(Side::Response, &bare.exchange()), Err(Unread::NotJson));
    let headers = [("content-type".to_owned(), "application/fhir+xml".to_owned())];
    assert_eq!(carried(&headers, TASK.as_bytes()).as_ref().map(name), Some("Task/t".to_owned()));
}

#[test]
fn compressed_xml_is_read() {
    let given = Given::answer(200).header("content-encoding", "gzip").xml(FhirVersion::Stu3, "");
    let given = given.bytes(&gzip(TASK.as_bytes()));
    assert_eq!(json(&given.exchange()).as_ref().map(name), Some("Task/t".to_owned()));
}
