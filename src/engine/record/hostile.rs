//! Hostile bodies: malformed or extreme, and bounded, so that a test system is vexed and not brought down.
//! Each is an Observation about one synthetic person, otherwise as FHIR has it in every version.

use crate::model::request::HostileForm;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// How deep extensions stand within extensions; parsers commonly stop at some hundreds.
const DEPTH: usize = 5_000;
/// How long text, trap and swollen body are, in bytes: as much as a scanned letter, which systems must be able to refuse.
const LENGTH: usize = 512 * 1024;
/// How long the run of one letter is; tried in every way, a tenth of it would take for ever.
const RUN: usize = 50_000;

/// The bytes of such a body.
#[must_use]
pub fn bytes(form: HostileForm, subject: &str) -> Vec<u8> {
    let subject = serde_json::Value::from(subject);
    let observation = |extra: &str| {
        format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"bounded hostile input"}},"subject":{{"reference":{subject}}}{extra}}}"#
        )
    };
    match form {
        HostileForm::CutOff => {
            let mut whole = observation("").into_bytes();
            whole.truncate(whole.len() - 3);
            whole
        }
        HostileForm::DeeplyNested => {
            let (open, close) = (r#"{"url":"urn:x","extension":["#, "]}");
            let nested = format!(r#","extension":[{}{}]"#, open.repeat(DEPTH), close.repeat(DEPTH));
            observation(&nested).into_bytes()
        }
        HostileForm::LongText => {
            let line = "a long note that says nothing. ";
            observation(&format!(r#","valueString":"{}""#, line.repeat(LENGTH / line.len()))).into_bytes()
        }
        HostileForm::PatternTrap => {
            observation(&format!(r#","effectiveDateTime":"{}!""#, "1".repeat(RUN))).into_bytes()
        }
        HostileForm::Swelling => {
            let mut coder = GzEncoder::new(Vec::new(), Compression::best());
            let swollen = observation(&" ".repeat(LENGTH));
            // Into memory, which does not fail.
            let _ = coder.write_all(swollen.as_bytes());
            coder.finish().unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_bounded_and_is_what_its_name_says() {
        for form in HostileForm::ALL {
            let bytes = bytes(form, "Patient/7\"x");
            assert!(!bytes.is_empty() && bytes.len() < 2 * LENGTH, "{form:?}: {}", bytes.len());
            let read = serde_json::from_slice::<serde_json::Value>(&bytes);
            let readable = matches!(form, HostileForm::LongText | HostileForm::PatternTrap);
            assert_eq!(read.is_ok(), readable, "{form:?}");
            if let Ok(tree) = read {
                assert_eq!(tree["subject"]["reference"], "Patient/7\"x", "{form:?}");
            }
        }
        let deep = bytes(HostileForm::DeeplyNested, "Patient/7");
        let count = |wanted: u8| deep.iter().filter(|byte| **byte == wanted).count();
        assert_eq!((count(b'{'), count(b'[')), (count(b'}'), count(b']')), "it is balanced");
        assert!(bytes(HostileForm::Swelling, "Patient/7").len() < 2_000, "it travels small");
    }
}
