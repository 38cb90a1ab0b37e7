//! A resource as XML, its elements in the order of FHIR.
//! The other style names its namespace by a prefix and breaks lines, which no reader may mind.

use super::table::{Content, Place, Table, Version};
use crate::config::Style;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The text; nothing if the resource holds what FHIR of that version does not know.
pub(crate) fn write(resource: &Value, version: Version, style: Style) -> Option<String> {
    let (prefix, binding, line) = match style {
        Style::Plain => ("", "xmlns", ""),
        Style::Other => ("f:", "xmlns:f", "\n"),
    };
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{line}");
    let mut pen = Pen { table: version.table(), prefix, line, text };
    pen.resource(resource, &format!(" {binding}=\"http://hl7.org/fhir\""))?;
    Some(pen.text)
}

struct Pen {
    table: &'static Table,
    prefix: &'static str,
    line: &'static str,
    text: String,
}

impl Pen {
    fn resource(&mut self, resource: &Value, binding: &str) -> Option<()> {
        let members = resource.as_object()?;
        let name = members.get("resourceType")?.as_str()?;
        let place = self.table.resource(name)?;
        self.tag(name, binding, |pen| pen.within(members, place, 1))
    }

    /// Writes a tag with what `within` writes into it; one that holds nothing ends at once.
    fn tag(&mut self, name: &str, attributes: &str, within: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let prefix = self.prefix;
        let _ = write!(self.text, "<{prefix}{name}{attributes}>");
        let begin = self.text.len();
        within(self)?;
        if self.text.len() == begin {
            self.text.truncate(begin - 1);
            self.text.push_str("/>");
        } else {
            let _ = write!(self.text, "</{prefix}{name}>");
        }
        self.text.push_str(self.line);
        Some(())
    }

    /// Writes the elements of a place; `apart` members were written otherwise.
    fn within(&mut self, members: &Map<String, Value>, place: Place, apart: usize) -> Option<()> {
        let table = self.table;
        let mut written = apart;
        for element in table.elements(place).into_iter().filter(|element| !element.is_attribute) {
            for (name, content) in table.names(element) {
                let (value, beside) = (members.get(&name), members.get(&format!("_{name}")));
                written += usize::from(value.is_some()) + usize::from(beside.is_some());
                let items = |value: Option<&Value>| match value {
                    None => Vec::new(),
                    Some(Value::Array(items)) => items.clone(),
                    Some(one) => vec![one.clone()],
                };
                let (values, besides) = (items(value), items(beside));
                for index in 0..values.len().max(besides.len()) {
                    let none = Value::Null;
                    self.one(&name, values.get(index).unwrap_or(&none), besides.get(index).unwrap_or(&none), content)?;
                }
            }
        }
        // A member that no element stands for would be lost.
        (written == members.len()).then_some(())
    }

    fn one(&mut self, name: &str, value: &Value, beside: &Value, content: Content) -> Option<()> {
        match content {
            Content::Markup => {
                self.text.push_str(value.as_str()?);
                Some(())
            }
            Content::Resource => self.tag(name, "", |pen| pen.resource(value, "")),
            Content::Elements(place) => self.object(name, "", value.as_object()?, place),
            Content::Value(_) => {
                let nothing = Map::new();
                let value = match value {
                    Value::Null => String::new(),
                    Value::String(text) => format!(" value=\"{}\"", escaped(text)?),
                    Value::Bool(_) | Value::Number(_) => format!(" value=\"{value}\""),
                    Value::Array(_) | Value::Object(_) => return None,
                };
                self.object(name, &value, beside.as_object().unwrap_or(&nothing), Place::Type("Element"))
            }
        }
    }

    fn object(&mut self, name: &str, value: &str, members: &Map<String, Value>, place: Place) -> Option<()> {
        let (mut attributes, mut apart) = (String::new(), 0);
        for element in self.table.elements(place).into_iter().filter(|element| element.is_attribute) {
            if let Some(text) = members.get(element.name) {
                let _ = write!(attributes, " {}=\"{}\"", element.name, escaped(text.as_str()?)?);
                apart += 1;
            }
        }
        self.tag(name, &format!("{attributes}{value}"), |pen| pen.within(members, place, apart))
    }
}

/// The text as an attribute has it; nothing if XML cannot hold it.
fn escaped(text: &str) -> Option<String> {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => drop(write!(escaped, "&#{};", u32::from(character))),
            other if other < ' ' => return None,
            other => escaped.push(other),
        }
    }
    Some(escaped)
}
