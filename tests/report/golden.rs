//! The golden report, and the same report with every text that is not a word of ours changed.

use serde_json::Value;
use std::sync::LazyLock;
use toetssteen::model::report::Report;

const GOLDEN: &str = include_str!("golden.json");

static TREE: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(GOLDEN).expect("golden.json is JSON"));

/// Where a text stands that the types accept whatever it is.
static FREE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut all = Vec::new();
    pointers(&TREE, String::new(), &mut all);
    all.retain(|place| {
        let mut tree = TREE.clone();
        *tree.pointer_mut(place).expect("a place") = Value::from("\u{1b}<x>");
        serde_json::from_value::<Report>(tree).is_ok()
    });
    all
});

/// Fields that hold words of ours: they choose what is shown, and no endpoint writes them.
const OURS: [&str; 12] = [
    "outcome",
    "verdict",
    "severity",
    "reason",
    "role",
    "effective",
    "obligation",
    "depth",
    "verification",
    "evidence",
    "strength",
    "fault",
];

/// The golden report.
pub fn report() -> Report {
    serde_json::from_value(TREE.clone()).expect("golden.json is a report")
}

/// The golden report with this text put into every field that takes one, words of ours included.
pub fn everywhere(text: &str) -> Report {
    changed(|_| true, |_| text.to_owned())
}

/// The golden report with this text added, before and behind, to every field that is not a word of ours.
pub fn wherever_an_endpoint_writes(text: &str) -> Report {
    changed(|place| !ours(place), |known| format!("{text}{known}{text}"))
}

fn ours(place: &str) -> bool {
    let field = place.rsplit('/').next().unwrap_or_default();
    // The profile's id groups the requirements, and two moments are read as such.
    OURS.contains(&field)
        || (place.starts_with("/profiles/") && field == "id")
        || (place.starts_with("/categories/") && field == "profile")
        || matches!(field, "started" | "finished")
}

fn changed(which: impl Fn(&str) -> bool, how: impl Fn(&str) -> String) -> Report {
    let mut tree = TREE.clone();
    for place in FREE.iter().filter(|place| which(place)) {
        let leaf = tree.pointer_mut(place).expect("a place");
        *leaf = Value::from(how(leaf.as_str().unwrap_or_default()));
    }
    keys(&mut tree, &how);
    serde_json::from_value(tree).expect("the changed report is a report")
}

/// Names of repetitions and addresses are keys; they come from catalogue and target file.
fn keys(tree: &mut Value, how: &impl Fn(&str) -> String) {
    match tree {
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                match value {
                    Value::Object(inner)
                        if ["each", "of", "endpoints", "bindings", "options"].contains(&name.as_str()) =>
                    {
                        *inner = std::mem::take(inner).into_iter().map(|(key, value)| (how(&key), value)).collect();
                    }
                    other => keys(other, how),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| keys(one, how)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn pointers(tree: &Value, place: String, all: &mut Vec<String>) {
    match tree {
        Value::Object(map) => {
            for (name, value) in map {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(value, format!("{place}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                pointers(value, format!("{place}/{at}"), all);
            }
        }
        Value::String(_) => all.push(place),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn the_free_fields_are_many() {
    assert!(FREE.len() > 200, "only {} fields take any text", FREE.len());
    assert!(FREE.iter().any(|place| place.ends_with("/observed/nl")));
    assert!(FREE.iter().any(|place| place.ends_with("/exchange")));
}

#[test]
fn the_golden_report_fits_the_schema() {
    let schema = serde_json::from_str(&toetssteen::report::schema::report()).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> =
        validator.iter_errors(&TREE).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
}
