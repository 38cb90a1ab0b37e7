//! Bodies of requests: fixtures and earlier responses, changed as a case says, in the layout it asks for.
//! What is made here is a pure function of texts; nothing is sent.

use crate::engine::fill::{NoValue, Scene};
use crate::model::request::{DottedPath, Layout};
use crate::model::text::Text;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Why a body cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// A name in it stands for nothing.
    #[error(transparent)]
    NoValue(#[from] NoValue),
    /// The text is not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// A path leads nowhere.
    #[error("`{0}` leads nowhere in the body")]
    NoPlace(String),
    /// A link leads to a host that the target file does not name.
    #[error("a link leads to {0}, which is no endpoint of the target")]
    Elsewhere(String),
}

/// A body from a text with placeholders, changed and laid out.
///
/// # Errors
/// When a name stands for nothing, or the text is not JSON while a change or layout needs it to be.
pub fn fixture(
    bytes: &[u8],
    set: &BTreeMap<DottedPath, Text>,
    remove: &[DottedPath],
    layout: Layout,
    scene: &Scene<'_>,
) -> Result<Vec<u8>, BodyError> {
    let text = Text::try_from(String::from_utf8_lossy(bytes).into_owned())
        .map_err(|error| BodyError::NotJson(error.to_string()))?;
    let filled = scene.fill(&text)?;
    let mut tree: Value = serde_json::from_str(&filled).map_err(|e| BodyError::NotJson(e.to_string()))?;
    change(&mut tree, set, remove, scene)?;
    Ok(laid_out(&tree, layout).into_bytes())
}

/// Applies `set` and `remove`.
///
/// # Errors
/// When a path leads nowhere or a name stands for nothing.
pub fn change(
    tree: &mut Value,
    set: &BTreeMap<DottedPath, Text>,
    remove: &[DottedPath],
    scene: &Scene<'_>,
) -> Result<(), BodyError> {
    for (path, text) in set {
        let value = scene.fill(text)?;
        *place(tree, path.segments()).ok_or_else(|| BodyError::NoPlace(path.clone().into()))? = Value::String(value);
    }
    for path in remove {
        let nowhere = || BodyError::NoPlace(path.clone().into());
        let (last, before) = path.segments().split_last().ok_or_else(nowhere)?;
        match place(tree, before).ok_or_else(nowhere)? {
            Value::Object(members) => {
                members.shift_remove(last).ok_or_else(nowhere)?;
            }
            Value::Array(items) => {
                let position: usize = last.parse().map_err(|_| nowhere())?;
                if position >= items.len() {
                    return Err(nowhere());
                }
                items.remove(position);
            }
            _ => return Err(nowhere()),
        }
    }
    Ok(())
}

/// The value at a path; what is missing is made: a list where a position comes next, else an object.
fn place<'a>(tree: &'a mut Value, segments: &[String]) -> Option<&'a mut Value> {
    let mut here = tree;
    for (index, segment) in segments.iter().enumerate() {
        let is_position = |next: &String| next.parse::<usize>().is_ok();
        let made = match segments.get(index + 1).is_some_and(is_position) {
            true => Value::Array(Vec::new()),
            false => Value::Object(Map::new()),
        };
        here = match here {
            Value::Object(members) => members.entry(segment.as_str()).or_insert(made),
            Value::Array(items) => {
                let position: usize = segment.parse().ok()?;
                if position == items.len() {
                    items.push(made);
                }
                items.get_mut(position)?
            }
            _ => return None,
        };
    }
    Some(here)
}

/// The tree in this layout; every layout says the same.
#[must_use]
pub fn laid_out(tree: &Value, layout: Layout) -> String {
    match layout {
        Layout::Compact => tree.to_string(),
        Layout::Indented => serde_json::to_string_pretty(tree).unwrap_or_else(|_| tree.to_string()),
        Layout::Reversed => reversed(tree).to_string(),
    }
}

fn reversed(tree: &Value) -> Value {
    match tree {
        Value::Object(members) => {
            Value::Object(members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(reversed).collect()),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn layouts_say_the_same() {
        let tree = json!({"resourceType": "Patient", "name": [{"family": "x", "given": ["y"]}]});
        for layout in [Layout::Compact, Layout::Indented, Layout::Reversed] {
            assert_eq!(serde_json::from_str::<Value>(&laid_out(&tree, layout)).unwrap(), tree);
        }
        assert!(laid_out(&tree, Layout::Reversed).starts_with("{\"name\""));
    }

    #[test]
    fn a_path_makes_what_is_missing_but_leaves_no_gap() {
        let mut tree = json!({"entry": [{"resource": {}}]});
        let path = DottedPath::try_from("entry.0.resource.status".to_owned()).unwrap();
        *place(&mut tree, path.segments()).unwrap() = json!("final");
        assert_eq!(tree["entry"][0]["resource"]["status"], "final");
        let note = DottedPath::try_from("entry.0.resource.note.0.text".to_owned()).unwrap();
        *place(&mut tree, note.segments()).unwrap() = json!("seen");
        assert_eq!(tree["entry"][0]["resource"]["note"], json!([{ "text": "seen" }]), "a position stands in a list");
        let far = DottedPath::try_from("entry.7.resource".to_owned()).unwrap();
        assert!(place(&mut tree, far.segments()).is_none());
    }
}
