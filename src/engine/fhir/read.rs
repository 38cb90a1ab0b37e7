//! FHIR XML as the tree that FHIR JSON is: lists where the facts allow several, values with their types.
//! Order is not asked for, and values are not judged: `check.rs` does that alike for both forms.

use super::facts::{self, Block, Element, Facts, Shape};
use super::fault::{Fault, Spot};
use super::markup::{self, Node};
use super::primitive;
use crate::model::finding::Flaw;
use crate::model::target::FhirVersion;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The tree of a resource in XML.
///
/// Comments, processing instructions and white space between elements are nothing; no entity is ever looked up.
///
/// # Errors
/// Says where and why the text is no FHIR XML of that version.
pub fn read(bytes: &[u8], version: FhirVersion) -> Result<Value, Fault> {
    let text = markup::text(bytes)?;
    let root = markup::parse(&text)?;
    let reading = Reading { text: &text, facts: facts::of(version) };
    reading.resource(&root, &root.name)
}

struct Reading<'a> {
    text: &'a str,
    facts: &'static Facts,
}

impl Reading<'_> {
    fn resource(&self, node: &Node, path: &str) -> Result<Value, Fault> {
        let Some(block) = self.facts.resource(&node.name) else {
            return Err(self.fault(node, path, Flaw::UnknownResource));
        };
        let mut members = Map::new();
        members.insert("resourceType".to_owned(), Value::from(node.name.as_str()));
        self.fill(&mut members, node, block, path, &[])?;
        Ok(Value::Object(members))
    }

    /// Adds the attributes and elements of a node, except the attributes that are read elsewhere.
    fn fill(
        &self,
        members: &mut Map<String, Value>,
        node: &Node,
        block: Block,
        path: &str,
        apart: &[&str],
    ) -> Result<(), Fault> {
        for (name, value) in node.attributes.iter().filter(|(name, _)| !apart.contains(&name.as_str())) {
            if !matches!(self.facts.find(block, name), Some((element, _)) if element.is_attribute) {
                return Err(self.fault(node, path, Flaw::UnknownAttribute));
            }
            members.insert(name.clone(), Value::from(value.as_str()));
        }
        let mut order: Vec<Vec<&Node>> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for child in &node.children {
            let position = *known.entry(&child.name).or_insert(order.len());
            if position == order.len() {
                order.push(Vec::new());
            }
            order[position].push(child);
        }
        for nodes in order {
            self.element(members, &nodes, block, path)?;
        }
        Ok(())
    }

    /// Adds all elements of one name.
    fn element(
        &self,
        members: &mut Map<String, Value>,
        nodes: &[&Node],
        block: Block,
        path: &str,
    ) -> Result<(), Fault> {
        let Some(first) = nodes.first() else { return Ok(()) };
        let path = format!("{path}.{}", first.name);
        let found = self.facts.find(block, &first.name).filter(|(element, _)| !element.is_attribute);
        let Some((element, shape)) = found else {
            return Err(self.fault(first, &path, Flaw::UnknownElement));
        };
        if let (Some(second), false) = (nodes.get(1), element.is_list) {
            return Err(self.fault(second, &path, Flaw::Repeated));
        }
        let place = |position: usize| if element.is_list { format!("{path}[{position}]") } else { path.clone() };
        let (mut values, mut besides) = (Vec::new(), Vec::new());
        for (position, node) in nodes.iter().enumerate() {
            let (value, beside) = self.content(node, shape, &place(position))?;
            values.push(value);
            besides.push(beside);
        }
        insert(members, first.name.clone(), element, values);
        insert(members, format!("_{}", first.name), element, besides);
        Ok(())
    }

    /// What an element holds, and what a primitive has beside its value; null where there is nothing.
    fn content(&self, node: &Node, shape: Shape, path: &str) -> Result<(Value, Value), Fault> {
        if node.div.is_some() != (shape == Shape::Xhtml) {
            return Err(self.fault(node, path, Flaw::Namespace));
        }
        match shape {
            Shape::Xhtml => Ok((node.div.as_deref().map_or(Value::Null, Value::from), Value::Null)),
            Shape::Primitive(kind) => self.primitive(node, kind, path),
            Shape::Block(block) => {
                let mut members = Map::new();
                self.fill(&mut members, node, block, path, &[])?;
                Ok((Value::Object(members), Value::Null))
            }
            Shape::Resource => match (node.attributes.as_slice(), node.children.as_slice()) {
                ([_, ..], _) => Err(self.fault(node, path, Flaw::UnknownAttribute)),
                (_, [resource]) => Ok((self.resource(resource, path)?, Value::Null)),
                (_, []) => Err(self.fault(node, path, Flaw::NoValue)),
                (_, [_, second, ..]) => Err(self.fault(second, path, Flaw::Repeated)),
            },
        }
    }

    fn primitive(&self, node: &Node, kind: &str, path: &str) -> Result<(Value, Value), Fault> {
        let value = node.attributes.iter().find(|(name, _)| name == "value");
        if value.is_none() && node.children.is_empty() {
            return Err(self.fault(node, path, Flaw::NoValue));
        }
        let mut beside = Map::new();
        self.fill(&mut beside, node, self.facts.beside_value(), path, &["value"])?;
        let beside = if beside.is_empty() { Value::Null } else { Value::Object(beside) };
        Ok((value.map_or(Value::Null, |(_, text)| primitive::typed(kind, text)), beside))
    }

    fn fault(&self, node: &Node, path: &str, flaw: Flaw) -> Fault {
        Fault { at: path.to_owned(), spot: Some(Spot::of(self.text, node.at)), flaw }
    }
}

/// Adds a member; a list keeps its nulls, so that both lists of a primitive run alike.
fn insert(members: &mut Map<String, Value>, name: String, element: &Element, mut values: Vec<Value>) {
    if values.iter().all(Value::is_null) {
        return;
    }
    let value = if element.is_list { Value::Array(values) } else { values.remove(0) };
    members.insert(name, value);
}
