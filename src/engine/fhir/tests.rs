//! Both forms of the same resources, each fault with its place, and what holds for all of them.

use super::*;
use crate::model::finding::Flaw;
use crate::model::target::FhirVersion::{self, R4, Stu3};
use proptest::prelude::*;
use serde_json::{Value, json};

mod pairs;

fn tree(xml: &str, version: FhirVersion) -> Value {
    read(xml.as_bytes(), version).unwrap_or_else(|fault| panic!("{fault}"))
}

fn fault(xml: &str) -> Fault {
    read(xml.as_bytes(), R4).expect_err("a fault")
}

fn place(xml: &str) -> (String, Flaw) {
    let fault = fault(xml);
    (fault.place(), fault.flaw)
}

fn flaws(tree: &Value, version: FhirVersion) -> Vec<(String, Flaw)> {
    check(tree, version).into_iter().map(|problem| (problem.at, problem.flaw)).collect()
}

const NS: &str = r#"xmlns="http://hl7.org/fhir""#;

#[test]
fn both_forms_are_one_tree() {
    for (version, xml, json) in pairs::PAIRS {
        let json: Value = serde_json::from_str(json).unwrap();
        assert_eq!(tree(xml, version), json, "{version:?}");
    }
}

#[test]
fn what_is_right_has_no_problem_and_survives_writing() {
    for (version, _, json) in pairs::PAIRS {
        let json: Value = serde_json::from_str(json).unwrap();
        assert_eq!(flaws(&json, version), [], "{version:?}");
        let written = write(&json, version).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(tree(&written, version), json, "{written}");
    }
}

#[test]
fn any_prefix_may_stand_for_the_namespace() {
    let xml = r#"<?xml version="1.0"?><f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir x.xsd">
        <f:text><f:status value="empty"/><h:div lang='nl'><h:p class='a"b'>x &amp; y<h:br/></h:p></h:div></f:text>
        <f:active value="true"/></f:Patient>"#;
    let div = r#"<div xmlns="http://www.w3.org/1999/xhtml" lang="nl"><p class="a&quot;b">x &amp; y<br/></p></div>"#;
    let wanted = json!({"resourceType": "Patient", "active": true, "text": {"status": "empty", "div": div}});
    assert_eq!(tree(xml, R4), wanted);
}

#[test]
fn comments_instructions_and_a_byte_order_mark_are_nothing() {
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<?s t?><!-- a --><Patient {NS}><!-- b -->\r\n<active value=\"false\"><!-- c --></active></Patient><!-- d -->\n"
    );
    assert_eq!(tree(&xml, Stu3), json!({"resourceType": "Patient", "active": false}));
}

#[test]
fn the_five_entities_and_characters_are_read() {
    let xml = format!(
        r#"<Patient {NS}><name><text value="&lt;&amp;&gt;&quot;&apos;&#233;&#xe9;&#10;a&#9;b"/></name></Patient>"#
    );
    assert_eq!(tree(&xml, R4)["name"][0]["text"], json!("<&>\"'éé\na\tb"));
}

#[test]
fn a_fault_has_its_place_and_its_cause() {
    let patient = |inner: &str| place(&format!("<Patient {NS}>\n  {inner}\n</Patient>"));
    let at = |place: &str, flaw: Flaw| (place.to_owned(), flaw);
    assert_eq!(patient("<nam/>"), at("Patient.nam, 2:3", Flaw::UnknownElement));
    assert_eq!(patient("<valueString value=\"a\"/>"), at("Patient.valueString, 2:3", Flaw::UnknownElement));
    assert_eq!(
        patient("<name><given value=\"a\" x=\"b\"/></name>"),
        at("Patient.name[0].given[0], 2:9", Flaw::UnknownAttribute)
    );
    assert_eq!(patient("<name><given/></name>"), at("Patient.name[0].given[0], 2:9", Flaw::NoValue));
    assert_eq!(patient("<gender value=\"male\"/><gender value=\"male\"/>"), at("Patient.gender, 2:25", Flaw::Repeated));
    assert_eq!(patient("é <name/>"), at("Patient, 2:3", Flaw::Text));
    assert_eq!(patient("<name>&amp;</name>"), at("Patient.name, 2:9", Flaw::Text));
    assert_eq!(patient("<name><![CDATA[x]]></name>"), at("Patient.name, 2:9", Flaw::Text));
    assert_eq!(patient("<name xmlns=\"urn:x\"/>"), at("Patient.name, 2:3", Flaw::Namespace));
    assert_eq!(patient("<name x:y=\"\" xmlns:x=\"urn:x\"/>"), at("Patient.name, 2:3", Flaw::Namespace));
    assert_eq!(patient("<text><div/></text>"), at("Patient.text.div, 2:9", Flaw::Namespace));
    assert_eq!(patient("<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"), at("Patient.div, 2:3", Flaw::UnknownElement));
    assert_eq!(patient("<contained/>"), at("Patient.contained[0], 2:3", Flaw::NoValue));
    assert_eq!(patient("<contained><Pat/></contained>"), at("Patient.contained[0], 2:14", Flaw::UnknownResource));
    assert_eq!(patient("<name></nam>"), at("Patient.name, 2:9", Flaw::NotWellFormed));
    assert_eq!(patient("<gender value=\"&nbsp;\"/>"), at("Patient.gender, 2:3", Flaw::NotWellFormed));
    assert_eq!(patient("<gender value=\"a\" value=\"b\"/>"), at("Patient.gender, 2:3", Flaw::NotWellFormed));
    assert_eq!(patient("<gender value=\"&#1;\"/>"), at("Patient.gender, 2:3", Flaw::NotWellFormed));
    assert_eq!(patient("<p:gender value=\"a\"/>"), at("Patient.gender, 2:3", Flaw::NotWellFormed));
    assert_eq!(patient("\u{1}"), at("2:3", Flaw::NotWellFormed));
    assert_eq!(place("<Patient/>"), at("Patient, 1:1", Flaw::Namespace));
    assert_eq!(place(&format!("<HumanName {NS}/>")), at("HumanName, 1:1", Flaw::UnknownResource));
    assert_eq!(place(&format!("<Patient {NS}/><Patient {NS}/>")).1, Flaw::NotWellFormed);
    assert_eq!(place(&format!("<Patient {NS}>")).1, Flaw::NotWellFormed);
    assert_eq!(place(&format!("<Patient {NS}/>tekst")).1, Flaw::NotWellFormed);
    assert_eq!(place("{}").1, Flaw::NotWellFormed);
    assert_eq!(place("").1, Flaw::NotWellFormed);
    assert_eq!(read(b"<Patient>\n\xff", R4).unwrap_err().place(), "2:1");
}

#[test]
fn nothing_is_ever_expanded() {
    let bomb = format!("<!DOCTYPE Patient [<!ENTITY a \"b\">]>\n<Patient {NS}><gender value=\"&a;\"/></Patient>");
    assert_eq!(place(&bomb), ("1:1".to_owned(), Flaw::Doctype));
    let outside = format!("<!DOCTYPE Patient SYSTEM \"file:///etc/passwd\"><Patient {NS}/>");
    assert_eq!(place(&outside).1, Flaw::Doctype);
    assert_eq!(place("<!DOCTYPE Patient").1, Flaw::Doctype);
}

#[test]
fn what_is_too_deep_or_too_large_is_not_read() {
    let deep = |depth: usize| {
        format!("<Patient {NS}>{}{}</Patient>", "<extension url=\"a\">".repeat(depth), "</extension>".repeat(depth))
    };
    assert!(read(deep(63).as_bytes(), R4).is_ok());
    assert_eq!(fault(&deep(64)).flaw, Flaw::TooDeep);
    let markup = format!("<Patient {NS}><text><div xmlns=\"http://www.w3.org/1999/xhtml\">{}", "<b>".repeat(100_000));
    assert_eq!(fault(&markup).flaw, Flaw::TooDeep);
    let crowd: String = (0..200_000).map(|number| format!(" a{number}=''")).collect();
    assert_eq!(fault(&format!("<Patient {NS}{crowd}/>")).flaw, Flaw::TooLarge);
    let crowded =
        format!("<Patient {NS}><text><div xmlns=\"http://www.w3.org/1999/xhtml\"><p{crowd}/></div></text></Patient>");
    assert_eq!(fault(&crowded).flaw, Flaw::TooLarge);
    let large = " ".repeat(crate::engine::oracle::tree::DECODED_LIMIT);
    assert_eq!(fault(&format!("<Patient {NS}/>{large}")).flaw, Flaw::TooLarge);
}

#[test]
fn markup_of_a_narrative_is_checked_and_kept() {
    let patient = |inner: &str| {
        let div = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inner}</div>");
        (div.clone(), read(format!("<Patient {NS}><text>{div}</text></Patient>").as_bytes(), R4))
    };
    for good in ["", "a<!-- b --><br/>&#160;&lt;<p class='x'>  y\n</p>", "<![CDATA[<]]>"] {
        let (div, read) = patient(good);
        assert_eq!(read.unwrap()["text"]["div"], json!(div));
    }
    for bad in ["&nbsp;", "<p>", "</p>", "<p x=y/>", "&#0;", "]]>"] {
        assert_eq!(patient(bad).1.unwrap_err().flaw, Flaw::NotWellFormed, "{bad}");
    }
    assert_eq!(patient("<p xmlns='urn:x'/>").1.unwrap_err().flaw, Flaw::Namespace);
}

#[test]
fn a_problem_has_its_place_and_its_cause() {
    let at = |place: &str, flaw: Flaw| vec![(place.to_owned(), flaw)];
    let patient = |member: &str, value: Value| {
        let mut tree = json!({"resourceType": "Patient"});
        tree[member] = value;
        flaws(&tree, R4)
    };
    let not = |kind: &str| Flaw::NotOf(kind.to_owned());
    let lacks = |name: &str| Flaw::Lacks(name.to_owned());
    assert_eq!(patient("nam", json!("x")), at("Patient.nam", Flaw::UnknownElement));
    assert_eq!(patient("name", json!([{}, {"famly": "x"}])), at("Patient.name[1].famly", Flaw::UnknownElement));
    assert_eq!(patient("name", json!({"family": "x"})), at("Patient.name", Flaw::NotList));
    assert_eq!(patient("name", json!(["x"])), at("Patient.name[0]", Flaw::NotObject));
    assert_eq!(patient("gender", json!(["male"])), at("Patient.gender", Flaw::List));
    assert_eq!(patient("active", json!("true")), at("Patient.active", not("boolean")));
    assert_eq!(patient("birthDate", json!("1-1-1970")), at("Patient.birthDate", not("date")));
    assert_eq!(patient("id", json!("a b")), at("Patient.id", not("id")));
    assert_eq!(patient("communication", json!([{}])), at("Patient.communication[0]", lacks("language")));
    assert_eq!(patient("extension", json!([{}])), at("Patient.extension[0]", lacks("url")));
    assert_eq!(patient("_gender", json!({"extension": [{}]})), at("Patient.gender.extension[0]", lacks("url")));
    assert_eq!(
        patient("contained", json!([{"resourceType": "Pat"}])),
        at("Patient.contained[0]", Flaw::UnknownResource)
    );
    assert_eq!(patient("resourceType", json!("X")), at("X", Flaw::UnknownResource));
    let both = json!({"resourceType": "Patient", "deceasedBoolean": true, "deceasedDateTime": "2020"});
    assert_eq!(flaws(&both, R4), at("Patient.deceased[x]", Flaw::TwoTypes));
    assert_eq!(flaws(&json!({"resourceType": "Condition"}), R4), at("Condition", lacks("subject")));
    assert_eq!(flaws(&json!([]), R4).len(), 1);
}

#[test]
fn what_harms_nobody_is_no_problem() {
    let odd = json!({
        "resourceType": "Patient", "fhir_comments": ["x"], "_nothing": 3, "active": null, "name": [], "telecom": [{}],
        "_birthDate": {"extension": [{"url": "a", "valueCode": "unknown"}], "fhir_comments": ["y"]},
        "generalPractitioner": [{"reference": ""}], "gender": "not-a-code",
    });
    assert_eq!(flaws(&odd, Stu3), []);
    let subset = json!({"resourceType": "Condition", "meta": {"tag": [{"code": "SUBSETTED"}]}});
    assert_eq!(flaws(&subset, R4), []);
    let later = json!({"resourceType": "Basic", "code": {}, "extension": [{"url": "a", "valueRatioRange": {}}]});
    assert_eq!(flaws(&later, R4), []);
    assert_eq!(flaws(&json!({"resourceType": "SubscriptionStatus", "x": 1}), R4), []);
    let absent = json!({"resourceType": "Observation", "code": {}, "_status": {"extension": [{"url": "a", "valueCode": "unknown"}]}});
    assert_eq!(flaws(&absent, R4), []);
}

#[test]
fn problems_are_bounded() {
    let many: Vec<_> = (0..1000).map(|_| json!({"x": 1})).collect();
    assert_eq!(flaws(&json!({"resourceType": "Patient", "name": many}), R4).len(), 20);
}

#[test]
fn what_cannot_be_written_is_never_left_out() {
    let patient = |member: &str, value: Value| {
        let mut tree = json!({"resourceType": "Patient"});
        tree[member] = value;
        write(&tree, R4).map_err(|fault| (fault.place(), fault.flaw))
    };
    let at = |place: &str, flaw: Flaw| Err((place.to_owned(), flaw));
    assert_eq!(patient("nam", json!("x")), at("Patient.nam", Flaw::UnknownElement));
    assert_eq!(patient("name", json!([{"text": "\u{0}"}])), at("Patient.name[0].text", Flaw::Unwritable));
    assert_eq!(patient("active", json!(1)), at("Patient.active", Flaw::NotOf("boolean".to_owned())));
    assert_eq!(patient("name", json!({})), at("Patient.name", Flaw::NotList));
    assert_eq!(patient("text", json!({"div": "<div>x</div>"})), at("Patient.text.div", Flaw::Unwritable));
    assert_eq!(patient("text", json!({"div": "</text><x/>"})), at("Patient.text.div", Flaw::Unwritable));
    assert!(write(&json!({}), R4).is_err());
}

/// Texts that XML can hold and that a value of FHIR may have.
fn any_text() -> impl Strategy<Value = String> {
    "[ -~\n\t\r\u{a0}-\u{24f}\u{1f600}-\u{1f64f}]{1,12}"
}

prop_compose! {
    fn any_extension()(url in "[a-z:/]{1,8}", text in any_text()) -> Value {
        json!({"url": url, "valueString": text})
    }
}

prop_compose! {
    fn any_observation()(
        given in proptest::collection::vec((any_text(), proptest::option::of(any_extension())), 1..4),
        number in proptest::num::f64::NORMAL,
        whole in any::<i32>(),
        active in any::<bool>(),
        id in proptest::option::of("[a-z]{1,5}"),
    ) -> Value {
        let mut name = json!({"given": given.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>()});
        if given.iter().any(|(_, extension)| extension.is_some()) {
            let beside = |extension: &Option<Value>| extension.as_ref().map_or(Value::Null, |it| json!({"extension": [it]}));
            name["_given"] = given.iter().map(|(_, extension)| beside(extension)).collect();
        }
        if let Some(id) = id {
            name["id"] = json!(id);
        }
        let patient = json!({"resourceType": "Patient", "id": "p", "name": [name], "active": active});
        json!({
            "resourceType": "Observation", "status": "final", "code": {"text": given[0].0}, "contained": [patient],
            "valueQuantity": {"value": number},
            "component": [{"code": {"text": "x"}, "extension": [{"url": "a", "valueInteger": whole}]}],
        })
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(tree in any_observation(), is_r4 in any::<bool>()) {
        let version = if is_r4 { R4 } else { Stu3 };
        prop_assert_eq!(flaws(&tree, version), vec![]);
        let written = write(&tree, version).unwrap();
        prop_assert_eq!(read(written.as_bytes(), version).unwrap(), tree);
    }

    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, R4);
    }

    #[test]
    fn no_mangled_document_brings_it_down(
        pair in 0..pairs::PAIRS.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40usize, "[<>&;/a\"'= :!\\-\\[\\]?x#]{0,4}"), 1..4),
    ) {
        let (version, xml, _) = pairs::PAIRS[pair];
        let mut mangled = xml.as_bytes().to_vec();
        for (at, length, put) in cuts {
            let at = at.index(mangled.len() + 1);
            let end = (at + length).min(mangled.len());
            mangled.splice(at..end, put.bytes());
        }
        if let Ok(tree) = read(&mangled, version) {
            let _ = check(&tree, version);
            if let Ok(written) = write(&tree, version) {
                prop_assert_eq!(read(written.as_bytes(), version), Ok(tree));
            }
        }
    }

    #[test]
    fn no_tree_brings_the_check_down(
        members in proptest::collection::vec(("_?(name|text|id|contained|extension|active|given|deceasedBoolean|x)", any_json()), 0..6),
    ) {
        let mut tree = json!({"resourceType": "Patient"});
        for (name, value) in members {
            tree[name] = value;
        }
        prop_assert!(check(&tree, R4).len() <= 20);
        let _ = write(&tree, R4);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec(("_?(name|given|extension|url|valueString|resourceType|text|div)", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
