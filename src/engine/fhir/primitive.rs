//! Values of the primitive types: from text, to text, and whether they are what their type says.
//! A value that is not of its type stays text, so that nothing is lost before it is looked at.
//!
//! A decimal becomes the number that JSON reads for the same text, so that both forms are one tree: `1.10` and `1.1`
//! are alike in it. A decimal that no such number holds stays its text, which loses nothing either.

use regex::Regex;
use serde_json::{Number, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The patterns of FHIR where both versions agree, and the wider one where they do not.
const PATTERNS: [(&str, &str); 14] = [
    ("base64Binary", r"[0-9A-Za-z+/=\s]*"),
    ("canonical", r"\S*"),
    ("code", r"\S+(\s\S+)*"),
    ("date", r"-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"),
    (
        "dateTime",
        r"-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?",
    ),
    ("decimal", r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"),
    ("id", r"[A-Za-z0-9.-]{1,64}"),
    (
        "instant",
        r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
    ),
    ("integer", r"[+-]?(0|[1-9][0-9]*)"),
    ("oid", r"urn:oid:[0-9]+(\.(0|[1-9][0-9]*))+"),
    ("time", r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"),
    ("uri", r"\S*"),
    ("url", r"\S*"),
    ("uuid", r"urn:uuid:[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
];

static COMPILED: LazyLock<HashMap<&str, Regex>> = LazyLock::new(|| {
    let compiled = PATTERNS.iter().map(|(kind, pattern)| Some((*kind, Regex::new(&format!("^(?:{pattern})$")).ok()?)));
    compiled.flatten().collect()
});

/// The value of that type that a text of XML stands for.
pub(super) fn typed(kind: &str, text: &str) -> Value {
    let bare = text.trim_matches([' ', '\t', '\n', '\r']);
    let number = match kind {
        "boolean" => {
            return match bare {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::from(text),
            };
        }
        "decimal" => decimal(bare),
        "integer" | "positiveInt" | "unsignedInt" => whole(bare),
        _ => None,
    };
    number.map_or_else(|| Value::from(text), Value::Number)
}

/// The text of a value of that type in XML; nothing if it is none.
pub(super) fn text(kind: &str, value: &Value) -> Option<String> {
    match (kind, value) {
        (_, Value::String(text)) => Some(text.clone()),
        ("boolean", Value::Bool(value)) => Some(value.to_string()),
        ("decimal" | "integer" | "positiveInt" | "unsignedInt", Value::Number(number)) => Some(plain(number)),
        _ => None,
    }
}

/// Whether a value of the tree is of that type.
pub(super) fn fits(kind: &str, value: &Value) -> bool {
    match (kind, value) {
        ("boolean", Value::Bool(_)) => true,
        ("decimal", Value::Number(_)) => true,
        ("decimal", Value::String(text)) => matches("decimal", text) && decimal(text).is_none(),
        ("integer" | "positiveInt" | "unsignedInt", Value::Number(number)) => {
            let least = match kind {
                "integer" => i64::from(i32::MIN),
                "positiveInt" => 1,
                _ => 0,
            };
            integral(number).is_some_and(|number| (least..=i64::from(i32::MAX)).contains(&number))
        }
        ("boolean" | "decimal" | "integer" | "positiveInt" | "unsignedInt", _) => false,
        (kind, Value::String(text)) => matches(kind, text),
        _ => false,
    }
}

fn matches(kind: &str, text: &str) -> bool {
    COMPILED.get(kind).is_none_or(|pattern| pattern.is_match(text))
}

fn whole(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    matches("integer", text).then(|| text.parse::<i64>().ok().map(Number::from))?
}

/// The number that JSON reads for a decimal; nothing if none holds it.
fn decimal(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if !matches("decimal", text) {
        return None;
    }
    let holds = |number: &Number| digits(&plain(number)) == digits(text);
    let read = serde_json::from_str(text).ok().filter(holds);
    // JSON is read fast, and may then miss the last digit.
    read.or_else(|| text.parse().ok().and_then(Number::from_f64).filter(holds))
}

/// A number without an exponent, which XML of FHIR 3.0 does not know.
fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let text = float.to_string();
            if text.contains('.') { text } else { format!("{text}.0") }
        }
        _ => number.to_string(),
    }
}

fn integral(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| plain(number).strip_suffix(".0")?.parse().ok())
}

/// The digits of a decimal and the power of ten of the last: two texts of one number have the same.
fn digits(text: &str) -> Option<(bool, String, i64)> {
    let negative = text.starts_with('-');
    let text = text.trim_start_matches(['+', '-']);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let all = all.trim_start_matches('0');
    let shown = all.trim_end_matches('0');
    let dropped = i64::try_from(all.len() - shown.len()).ok()?;
    let power = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    Some(if shown.is_empty() { (false, String::new(), 0) } else { (negative, shown.to_owned(), power) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_decimal_is_what_json_reads() {
        for text in ["0", "-0.0", "1", "1.10", "6.3", "-12.5", "0.0000001", "1e3", "1.5E-7", "123456789.123456"] {
            let read: Value = serde_json::from_str(text).unwrap();
            assert_eq!(typed("decimal", text), read, "{text}");
        }
        assert_eq!(typed("decimal", " +6.3 "), json!(6.3));
    }

    #[test]
    fn a_decimal_that_no_number_holds_stays_text() {
        for text in ["0.1234567890123456789", "1e999999999999999999999", "1e400", "12345678901234567890123"] {
            assert_eq!(typed("decimal", text), json!(text));
        }
        assert!(fits("decimal", &json!("0.1234567890123456789")));
        for text in ["1,5", "", "01", ".5", "ja", "NaN"] {
            assert_eq!(typed("decimal", text), json!(text));
            assert!(!fits("decimal", &json!(text)), "{text}");
        }
        assert!(!fits("decimal", &json!("1.5")));
    }

    #[test]
    fn numbers_are_written_without_exponent() {
        for (number, wanted) in [(json!(1e21), "1000000000000000000000.0"), (json!(1e-7), "0.0000001"), (json!(5), "5")]
        {
            let text = text("decimal", &number).unwrap();
            assert_eq!((text.as_str(), typed("decimal", &text)), (wanted, number));
        }
        assert_eq!(text("boolean", &json!(1)), None);
    }

    #[test]
    fn values_are_of_their_type() {
        let good = [
            ("boolean", json!(true)),
            ("integer", json!(-3)),
            ("unsignedInt", json!(0)),
            ("date", json!("1970-02")),
            ("dateTime", json!("2020-02-03T04:05:06.789+01:00")),
            ("instant", json!("2020-02-03T04:05:06Z")),
            ("time", json!("04:05:06")),
            ("code", json!("entered-in-error")),
            ("uri", json!("urn:oid:2.16.840.1.113883.2.4.6.3")),
            ("id", json!("a-1.B")),
            ("oid", json!("urn:oid:2.16")),
            ("uuid", json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520")),
            ("base64Binary", json!("QUJD\nQUI=")),
            ("string", json!("wat dan ook\n")),
        ];
        for (kind, value) in good {
            assert!(fits(kind, &value), "{kind} {value}");
        }
        let bad = [
            ("boolean", json!("true")),
            ("integer", json!(1.5)),
            ("integer", json!(3_000_000_000_u64)),
            ("positiveInt", json!(0)),
            ("unsignedInt", json!(-1)),
            ("date", json!("1970-13")),
            ("date", json!("01-02-1970")),
            ("dateTime", json!("2020-02-03T04:05:06")),
            ("dateTime", json!("2020-02-03 04:05")),
            ("instant", json!("2020-02-03")),
            ("code", json!(" a")),
            ("uri", json!("http://a b")),
            ("id", json!("a_1")),
            ("string", json!(1)),
            ("base64Binary", json!("a-b")),
        ];
        for (kind, value) in bad {
            assert!(!fits(kind, &value), "{kind} {value}");
        }
    }
}
