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
