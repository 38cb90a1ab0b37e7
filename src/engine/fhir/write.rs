//! The tree of a resource as FHIR XML, elements in the order of the facts.
//! What XML or the version cannot say is a fault, never left out.

use super::facts::{self, Block, Element, Facts, Shape};
use super::fault::Fault;
use super::markup::{self, FHIR};
use super::primitive;
use crate::model::finding::Flaw;
use crate::model::target::FhirVersion;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The XML of a resource of that version.
///
/// Comments of old are left out: no form but JSON of FHIR 3.0 and before can hold them as elements.
///
/// # Errors
/// Says which element cannot be written, and why.
pub fn write(tree: &Value, version: FhirVersion) -> Result<String, Fault> {
    written(tree, version, "")
}

/// The same with every element on a line of its own; a narrative stays as it is.
///
/// # Errors
/// As [`write()`].
pub fn write_in_lines(tree: &Value, version: FhirVersion) -> Result<String, Fault> {
    written(tree, version, "\n")
}

fn written(tree: &Value, version: FhirVersion, after: &'static str) -> Result<String, Fault> {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{after}");
    let mut writing = Writing { facts: facts::of(version), text, after };
    let name = tree.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    writing.resource(tree, name, &format!(" xmlns=\"{FHIR}\""))?;
    Ok(writing.text)
}

static NULL: Value = Value::Null;

struct Writing {
    facts: &'static Facts,
    text: String,
    /// What follows each tag.
    after: &'static str,
}

impl Writing {
    fn resource(&mut self, tree: &Value, path: &str, namespace: &str) -> Result<(), Fault> {
        let members = tree.as_object().ok_or_else(|| fault(path, Flaw::NotObject))?;
        let name = members.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        let block = self.facts.resource(name).ok_or_else(|| fault(path, Flaw::UnknownResource))?;
        self.text.push_str(&format!("<{name}{namespace}"));
        let open = self.open();
        self.elements(members, block, path, &["resourceType"])?;
        self.close(name, open);
        Ok(())
    }

    /// Ends a start tag; gives the place behind it.
    fn open(&mut self) -> usize {
        self.text.push('>');
        self.text.push_str(self.after);
        self.text.len()
    }

    /// Ends an element; one that holds nothing becomes an empty tag.
    fn close(&mut self, name: &str, open: usize) {
        if self.text.len() == open {
            self.text.truncate(open - self.after.len() - 1);
            self.text.push_str("/>");
        } else {
            self.text.push_str(&format!("</{name}>"));
        }
        self.text.push_str(self.after);
    }

    /// Writes an element that holds elements.
    fn object(&mut self, name: &str, value: &Value, block: Block, path: &str) -> Result<(), Fault> {
        let members = value.as_object().ok_or_else(|| fault(path, Flaw::NotObject))?;
        self.text.push_str(&format!("<{name}"));
        let attributes = self.attributes(members, block, path)?;
        let open = self.open();
        self.elements(members, block, path, &attributes)?;
        self.close(name, open);
        Ok(())
    }

    fn attributes(
        &mut self,
        members: &Map<String, Value>,
        block: Block,
        path: &str,
    ) -> Result<Vec<&'static str>, Fault> {
        let mut written = Vec::new();
        for element in self.facts.elements(block).iter().filter(|element| element.is_attribute) {
            match members.get(element.name) {
                None => {}
                Some(Value::String(text)) => self.attribute(element.name, text, &format!("{path}.{}", element.name))?,
                Some(_) => return Err(fault(&format!("{path}.{}", element.name), Flaw::NotOf("string".to_owned()))),
            }
            written.push(element.name);
        }
        Ok(written)
    }

    fn attribute(&mut self, name: &str, value: &str, path: &str) -> Result<(), Fault> {
        self.text.push_str(&format!(" {name}=\""));
        for character in value.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                // As they stand, a reader would take them for spaces.
                '\t' | '\n' | '\r' => self.text.push_str(&format!("&#{};", u32::from(character))),
                other if markup::is_character(other) => self.text.push(other),
                _ => return Err(fault(path, Flaw::Unwritable)),
            }
        }
        self.text.push('"');
        Ok(())
    }

    /// Writes every element of a block that is there; `apart` was written elsewhere.
    fn elements(
        &mut self,
        members: &Map<String, Value>,
        block: Block,
        path: &str,
        apart: &[&str],
    ) -> Result<(), Fault> {
        let mut written: HashSet<String> = apart.iter().map(|name| (*name).to_owned()).collect();
        written.insert("fhir_comments".to_owned());
        for element in self.facts.elements(block).iter().filter(|element| !element.is_attribute) {
            for (name, shape) in self.facts.names(element) {
                let beside_name = format!("_{name}");
                let beside = members.get(&beside_name).filter(|_| matches!(shape, Shape::Primitive(_)));
                if let (None, None) = (members.get(&name), beside) {
                    continue;
                }
                self.element(&name, members.get(&name), beside, element, shape, &format!("{path}.{name}"))?;
                written.extend([name, beside_name]);
            }
        }
        match members.keys().find(|name| !written.contains(*name)) {
            Some(unknown) => Err(fault(&format!("{path}.{unknown}"), Flaw::UnknownElement)),
            None => Ok(()),
        }
    }

    /// Writes all elements of one name.
    fn element(
        &mut self,
        name: &str,
        value: Option<&Value>,
        beside: Option<&Value>,
        element: &Element,
        shape: Shape,
        path: &str,
    ) -> Result<(), Fault> {
        let (value, beside) = (value.unwrap_or(&NULL), beside.unwrap_or(&NULL));
        if !element.is_list {
            return match value {
                Value::Array(_) => Err(fault(path, Flaw::List)),
                value => self.one(name, value, beside, shape, path),
            };
        }
        let items = |value| match value {
            &Value::Null => Ok([].as_slice()),
            Value::Array(items) => Ok(items.as_slice()),
            _ => Err(fault(path, Flaw::NotList)),
        };
        let (values, besides) = (items(value)?, items(beside)?);
        for position in 0..values.len().max(besides.len()) {
            let (value, beside) = (values.get(position).unwrap_or(&NULL), besides.get(position).unwrap_or(&NULL));
            self.one(name, value, beside, shape, &format!("{path}[{position}]"))?;
        }
        Ok(())
    }

    fn one(&mut self, name: &str, value: &Value, beside: &Value, shape: Shape, path: &str) -> Result<(), Fault> {
        match (shape, value) {
            (_, Value::Null) if beside.is_null() => Ok(()),
            (Shape::Block(block), value) => self.object(name, value, block, path),
            (Shape::Resource, value) => {
                self.text.push_str(&format!("<{name}"));
                let open = self.open();
                self.resource(value, path, "")?;
                self.close(name, open);
                Ok(())
            }
            (Shape::Xhtml, Value::String(text)) => self.narrative(text, path),
            (Shape::Xhtml, _) => Err(fault(path, Flaw::NotOf("xhtml".to_owned()))),
            (Shape::Primitive(kind), value) => self.primitive(name, value, beside, kind, path),
        }
    }

    fn primitive(&mut self, name: &str, value: &Value, beside: &Value, kind: &str, path: &str) -> Result<(), Fault> {
        let nothing = Map::new();
        let beside = match beside {
            Value::Null => &nothing,
            Value::Object(members) => members,
            _ => return Err(fault(path, Flaw::NotObject)),
        };
        let block = self.facts.beside_value();
        self.text.push_str(&format!("<{name}"));
        let attributes = self.attributes(beside, block, path)?;
        if !value.is_null() {
            let text = primitive::text(kind, value).ok_or_else(|| fault(path, Flaw::NotOf(kind.to_owned())))?;
            self.attribute("value", &text, path)?;
        }
        let open = self.open();
        self.elements(beside, block, path, &attributes)?;
        self.close(name, open);
        Ok(())
    }

    /// Writes a narrative as it stands, if it is markup that XML can hold.
    fn narrative(&mut self, text: &str, path: &str) -> Result<(), Fault> {
        let whole = format!("<text xmlns=\"{FHIR}\">{text}</text>");
        let read = markup::text(whole.as_bytes()).and_then(|text| markup::parse(&text));
        match read {
            Ok(node) if node.children.len() == 1 && node.children[0].div.is_some() => {
                self.text.push_str(text.trim());
                self.text.push_str(self.after);
                Ok(())
            }
            _ => Err(fault(path, Flaw::Unwritable)),
        }
    }
}

fn fault(at: &str, flaw: Flaw) -> Fault {
    Fault { at: at.to_owned(), spot: None, flaw }
}
