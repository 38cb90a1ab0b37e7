//! Reads a typed value, and goes on after a fault by leaving out the item that has it.
//! So a file with several faults tells them all at once, at most one for each item.

use super::code::Code;
use super::diagnostic::{Diagnostic, SourceFile};
use super::shape::{self, Fault, FaultKind};
use super::source::{Node, Region, Segment};
use super::suggest;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// At most this many faults are told of one file.
const MOST: usize = 50;

/// What was read of a file.
#[derive(Debug)]
pub struct Pruned<T> {
    /// The value, without the items that had faults; nothing if it does not hold together even so.
    pub value: Option<T>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads `T` from a tree. `items` are the paths of its items, `*` standing for any key or position:
/// `steps/*/expect/*`.
pub fn read<T: DeserializeOwned + JsonSchema>(source: &Arc<SourceFile>, tree: &Node, items: &[&str]) -> Pruned<T> {
    let mut diagnostics = Vec::new();
    let mut rest = tree.clone();
    let mut taken: Vec<String> = Vec::new();
    loop {
        match shape::read::<T>(&rest) {
            Ok(value) => {
                return Pruned { value: Some(value), diagnostics };
            }
            Err(fault) => {
                // A key of the root that was taken out for its own fault is not also missing.
                let told = matches!(&fault.kind, FaultKind::MissingKey(key) if fault.path.is_empty() && taken.iter().any(|t| t == key));
                if !told {
                    diagnostics.push(describe(source, &fault));
                }
                if diagnostics.len() >= MOST {
                    return Pruned { value: None, diagnostics };
                }
                if fault.path.is_empty() {
                    if let FaultKind::MissingKey(first) = fault.kind {
                        missing::<T>(source, &rest, first, &taken, fault.region, &mut diagnostics);
                    }
                    return Pruned { value: None, diagnostics };
                }
                let item = item(&fault.path, items);
                if let [Segment::Key(key)] = item {
                    taken.push(key.clone());
                }
                if !rest.remove(item) {
                    return Pruned { value: None, diagnostics };
                }
            }
        }
    }
}

/// The other keys that the root lacks; serde itself stops at the first.
fn missing<T: JsonSchema>(
    source: &Arc<SourceFile>,
    tree: &Node,
    first: &str,
    taken: &[String],
    region: Option<Region>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let schema = schemars::schema_for!(T);
    let required = schema.get("required").and_then(|required| required.as_array()).cloned().unwrap_or_default();
    for key in required.iter().filter_map(|key| key.as_str()) {
        if key != first && tree.entry(key).is_none() && !taken.iter().any(|taken| taken == key) {
            let message = format!("the key `{key}` is missing");
            diagnostics.push(place(source, region, missing_code(key), message).label("in this mapping"));
        }
    }
}

/// The longest beginning of a path that is an item; else the key of the root it lies under.
fn item<'p>(path: &'p [Segment], items: &[&str]) -> &'p [Segment] {
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        let holds = parts.len() <= path.len()
            && parts.iter().zip(path).all(|(part, segment)| match segment {
                Segment::Key(key) => *part == "*" || part == key,
                Segment::Index(_) => *part == "*",
            });
        holds.then_some(parts.len())
    };
    let length = items.iter().filter_map(|pattern| fits(pattern)).max().unwrap_or(1);
    &path[..length]
}

fn place(source: &Arc<SourceFile>, region: Option<Region>, code: Code, message: String) -> Diagnostic {
    match region {
        Some(region) => Diagnostic::at(code, source, region, message),
        None => Diagnostic { source: Some(Arc::clone(source)), ..Diagnostic::of_file(code, &source.path, message) },
    }
}

fn missing_code(key: &str) -> Code {
    match key {
        "strength" => Code::MissingStrength,
        "nl" | "en" => Code::MissingLanguage,
        _ => Code::MissingKey,
    }
}

fn describe(source: &Arc<SourceFile>, fault: &Fault) -> Diagnostic {
    let within = match fault.path.iter().rev().find_map(|segment| match segment {
        Segment::Key(key) => Some(key.as_str()),
        Segment::Index(_) => None,
    }) {
        Some(key) => format!(" in `{key}`"),
        None => String::new(),
    };
    let of = |code, message: String| place(source, fault.region, code, message);
    match &fault.kind {
        FaultKind::UnknownKey { key, known } => {
            // The last segment is the key itself.
            let above = fault.path.iter().rev().skip(1).find_map(|segment| match segment {
                Segment::Key(key) => Some(format!(" in `{key}`")),
                Segment::Index(_) => None,
            });
            let message = format!("unknown key `{key}`{}", above.unwrap_or_default());
            of(Code::UnknownKey, message).label("not known here").help(suggest::help(key, known.iter().copied()))
        }
        FaultKind::UnknownWord { word, known } => of(Code::UnknownWord, format!("unknown word `{word}`{within}"))
            .label("not one of the words allowed")
            .help(suggest::help(word, known.iter().copied())),
        FaultKind::MissingKey(key) => {
            let code = missing_code(key);
            let message = match code {
                Code::MissingStrength => "a source without strength".to_owned(),
                Code::MissingLanguage => {
                    let language = if *key == "nl" { "Dutch" } else { "English" };
                    format!("the {language}{within} is missing (`{key}`)")
                }
                _ => format!("the key `{key}` is missing{within}"),
            };
            let help = match code {
                Code::MissingStrength => {
                    Some("add `strength: verified` if it was read in the named public source, else `known`, `guess` or `profile`".to_owned())
                }
                _ => None,
            };
            of(code, message).label("in this mapping").help(help)
        }
        FaultKind::WrongType { found, wanted } => {
            of(Code::WrongType, format!("found {found}{within}, expected {}", said(wanted))).label("this")
        }
        FaultKind::BadValue(message) => of(Code::BadValue, message.clone()),
    }
}

/// What serde wants, in the words of someone who writes YAML.
fn said(wanted: &str) -> String {
    match wanted {
        "a sequence" => "a list: `[a, b]`".to_owned(),
        "a map" => "a mapping: `{ key: value }`".to_owned(),
        "a string" => "a text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        number if ["u8", "u16", "u32", "u64", "i32", "i64"].contains(&number) => "a whole number".to_owned(),
        other => match other.strip_prefix("struct ") {
            Some(_) => "a mapping: `{ key: value }`".to_owned(),
            None => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::parse;
    use super::*;
    use crate::model::testcase::TestCase;

    const CASE: &str = "\
format: 1
verifies: [a/X-1]
role: holder
purpose: { nl: een }
kills: [b]
steps:
  - { step: one, lok: [x] }
  - step: two
    look: [one]
    expect: [ { statuss: [200] }, { count: nune } ]
  - { step: three, stop: four, look: [one] }
";

    #[test]
    fn every_item_tells_one_fault_in_one_pass() {
        let source = Arc::new(SourceFile { path: "case.yaml".into(), text: CASE.into() });
        let tree = parse(CASE).unwrap();
        let pruned = read::<TestCase>(&source, &tree, &["steps/*", "steps/*/expect/*"]);
        let mut told: Vec<(Code, usize)> = pruned.diagnostics.iter().map(|d| (d.code, d.span.unwrap().line)).collect();
        told.sort();
        assert_eq!(
            told,
            [
                (Code::UnknownKey, 7),
                (Code::UnknownKey, 11),
                (Code::UnknownWord, 10),
                (Code::UnknownWord, 10),
                (Code::MissingLanguage, 4),
            ]
        );
    }

    #[test]
    fn every_missing_key_of_the_root_is_told() {
        let text = "format: 1\nrole: holder\n";
        let source = Arc::new(SourceFile { path: "case.yaml".into(), text: text.into() });
        let pruned = read::<TestCase>(&source, &parse(text).unwrap(), &[]);
        assert_eq!(pruned.diagnostics.len(), 4);
    }
}
