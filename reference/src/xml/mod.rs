//! FHIR XML at the door of the reference: what comes in XML is read as JSON, and an answer is written in the form asked for.
//! Everything within speaks JSON; how both forms are read and written is this crate's own.

mod form;
mod read;
mod table;
mod write;

pub(crate) use form::{Form, inward, is_xml};
pub(crate) use read::read;
pub(crate) use table::Version;
pub(crate) use write::write;

#[cfg(test)]
mod tests {
    use super::table::Version;
    use super::{read, write};
    use crate::config::Style;
    use serde_json::{Value, json};

    fn both() -> [(Version, Value); 2] {
        let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &amp; b<br/></p></div>";
        [
            (
                Version::R4,
                json!({ "resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [{
                    "fullUrl": "http://h/Patient/1",
                    "resource": { "resourceType": "Patient", "id": "1", "text": { "status": "generated", "div": div },
                        "extension": [{ "url": "http://x", "valueDecimal": 1.5 }],
                        "active": true, "name": [{ "family": "<A> & \"B\"", "given": ["c", "d"] }],
                        "birthDate": "2000-01-01", "_birthDate": { "extension": [{ "url": "http://t", "valueString": "é" }] },
                        "multipleBirthInteger": 2 } }] }),
            ),
            (
                Version::Stu3,
                json!({ "resourceType": "Task", "status": "requested", "intent": "order",
                    "requester": { "agent": { "identifier": { "system": "s", "value": "v" } } },
                    "input": [{ "type": { "text": "t" }, "valueReference": { "reference": "Composition/1" } }] }),
            ),
        ]
    }

    #[test]
    fn both_styles_of_xml_read_back_as_they_were() {
        for (version, resource) in both() {
            for style in [Style::Plain, Style::Other] {
                let text = write(&resource, version, style).unwrap();
                assert_eq!(read(text.as_bytes(), version), Some(resource.clone()), "{text}");
            }
        }
    }

    #[test]
    fn elements_stand_in_the_order_of_fhir() {
        let patient = json!({ "birthDate": "2000", "active": true, "id": "1", "resourceType": "Patient" });
        let text = write(&patient, Version::R4, Style::Plain).unwrap();
        assert!(
            text.ends_with("<id value=\"1\"/><active value=\"true\"/><birthDate value=\"2000\"/></Patient>"),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_fhir_is_neither_read_nor_written() {
        let ns = "xmlns=\"http://hl7.org/fhir\"";
        for text in [
            "",
            "{}",
            "<Patient/>",
            &format!("<Patient {ns}>"),
            &format!("<Patient {ns}><height value=\"1\"/></Patient>"),
            &format!("<Patient {ns}><active value=\"true\"/><active value=\"true\"/></Patient>"),
            &format!("<!DOCTYPE Patient [<!ENTITY a \"b\">]><Patient {ns}><id value=\"&a;\"/></Patient>"),
            &format!("<Element {ns}/>"),
        ] {
            assert_eq!(read(text.as_bytes(), Version::R4), None, "{text}");
        }
        assert_eq!(write(&json!({ "resourceType": "Patient", "height": 1 }), Version::R4, Style::Plain), None);
    }
}
