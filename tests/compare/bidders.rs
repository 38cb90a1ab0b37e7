//! Reports of several bidders: the golden report, each with a name and with what a test changes in it.

use super::golden;
use serde_json::{Value, json};
use toetssteen::model::comparison::Comparison;
use toetssteen::model::report::Report;
use toetssteen::report::compare::{Brief, Pool, Settings, compare};
use toetssteen::report::render::json;

/// The golden report under another name, changed.
pub fn bidder(name: &str, change: impl Fn(&mut Value)) -> Value {
    let mut tree = serde_json::to_value(golden::report()).expect("a tree");
    tree["target"]["product"]["name"] = name.into();
    tree["run"]["id"] = format!("run-of-{}", name.to_lowercase()).into();
    change(&mut tree);
    tree
}

pub fn same(_: &mut Value) {}

pub fn brief(tree: &Value) -> Brief {
    // As it stands in a file, so that it is also shown to be a report.
    let report: Report = serde_json::from_value(tree.clone()).expect("a report");
    Brief::read(&json::render(&report).expect("JSON"), &mut Pool::default()).expect("it is read")
}

pub fn compared(trees: &[Value]) -> Comparison {
    compare(&trees.iter().map(brief).collect::<Vec<_>>(), Settings::default())
}

/// Sets one field of every requirement of this name.
pub fn end(tree: &mut Value, requirement: &str, outcome: &str) {
    for entry in tree["requirements"].as_array_mut().expect("requirements") {
        if entry["id"] == requirement {
            entry["outcome"] = outcome.into();
            entry.as_object_mut().expect("an entry").remove("reason");
        }
    }
}

/// Lets a role be claimed no longer.
pub fn withdraw(tree: &mut Value, profile: &str, role: &str) {
    let keep = |list: &mut Value, name: &str, of: &dyn Fn(&Value) -> bool| {
        list[name].as_array_mut().expect("a list").retain(|one| !of(one));
    };
    keep(tree, "profiles", &|one| one["id"] == profile && one["role"] == role);
    let prefix = format!("{profile}/");
    keep(tree, "requirements", &|one| one["role"] == role && one["id"].as_str().expect("an id").starts_with(&prefix));
    for kind in tree["categories"].as_array_mut().expect("categories") {
        if kind["profile"] == profile && kind["role"] == role {
            kind["requirements"] = json!([]);
            kind["conclusion"] = "not-applicable".into();
        }
    }
}
