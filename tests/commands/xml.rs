//! Whoever claims XML alone is tested, and nothing of ours is in JSON where FHIR is spoken.

use crate::bench::Served;
use crate::binary::{toetssteen, told};
use serde_json::Value;
use std::fs;

const CASES: [&str; 10] = [
    "fhir-rest/body-with-a-charset",
    "fhir-rest/malformed-body",
    "fhir-rest/read-names-its-resource",
    "fhir-rest/transaction-is-all-or-nothing",
    "eoverdracht/handoff-is-collected-and-completed",
    "eoverdracht/message-is-a-document",
    "eoverdracht/only-the-status-is-taken",
    "voorschrift/answer-names-each-part",
    "voorschrift/prescription-in-xml-is-taken",
    "voorschrift/prescription-is-a-complete-order",
];

#[test]
fn a_target_that_claims_xml_alone_is_judged_in_xml() {
    for style in ["plain", "other"] {
        let served = Served::start(&["reference", "--style", style]);
        let text = fs::read_to_string(served.path("t.yaml")).expect("the target file");
        let text = text.replace("  - json\n  - xml\n", "  - xml\n").replace("  - json\n", "  - xml\n");
        assert!(!text.contains("- json"), "{text}");
        fs::write(served.path("x.yaml"), text).expect("a file");
        let (target, out) = (served.path("x.yaml"), served.path("out"));
        let (target, out_name) = (target.to_string_lossy(), out.to_string_lossy());
        let mut arguments = vec!["run", "--target", &target, "--out", &out_name];
        CASES.iter().for_each(|case| arguments.extend(["--case", case]));
        let done = toetssteen(&arguments);
        assert_eq!(done.status.code(), Some(0), "{style}: {}", told(&done));
        let report: Value = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
        for case in CASES {
            let of = |one: &&Value| one["id"].as_str() == Some(case);
            let all: Vec<&Value> = report["cases"].as_array().into_iter().flatten().filter(of).collect();
            assert!(!all.is_empty() && all.iter().all(|one| one["outcome"] == "pass"), "{style} {case}: {all:?}");
        }
        in_xml_alone(&fs::read_to_string(out.join("run.jsonl")).unwrap());
    }
}

/// Holds every exchange with a door that speaks FHIR against the claim.
fn in_xml_alone(recording: &str) {
    let (mut bodies, mut answers, mut inbound) = (0, 0, 0);
    for line in recording.lines().skip(1) {
        let line: Value = serde_json::from_str(line).expect("a line of the recording");
        let event = &line["is"]["event"];
        let request = &event["request"];
        let sent = header(request, "content-type").filter(|media| !media.contains("form-urlencoded"));
        let url = request["url"].as_str().unwrap_or_default();
        if event["kind"] == "http" && url.contains("/fhir") {
            assert!(!sent.as_ref().is_some_and(|media| media.contains("json")), "{url}: {sent:?}");
            let asked = header(request, "accept");
            assert!(asked.as_ref().is_some_and(|media| media.contains("xml")), "{url}: {asked:?}");
            let got = header(&event["response"], "content-type");
            bodies += usize::from(sent.is_some());
            answers += usize::from(got.is_some_and(|media| media.contains("fhir+xml")));
        } else if event["kind"] == "inbound" && request["method"] == "PUT" {
            assert_eq!(sent.as_deref(), Some("application/fhir+xml"));
            inbound += 1;
        }
    }
    assert!(bodies > 5 && answers > 20 && inbound > 0, "{bodies} bodies, {answers} answers, {inbound} inbound");
}

fn header(side: &Value, name: &str) -> Option<String> {
    let headers = side["headers"].as_array()?;
    headers.iter().find(|pair| pair[0] == name)?[1].as_str().map(str::to_owned)
}
