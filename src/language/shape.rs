//! From a tree to a typed value: a serde deserialiser whose faults know their node.
//! It checks shapes and words only; whether ids exist is a matter of lint.

use super::source::{Entry, Node, Region, Segment, Value};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// What is wrong with the shape of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// The way from the root to the node, or to the mapping that has the wrong key.
    pub path: Vec<Segment>,
    /// Where it stands.
    pub region: Option<Region>,
}

/// Kinds of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A key that the mapping does not know.
    UnknownKey {
        /// As written.
        key: String,
        /// What it knows.
        known: &'static [&'static str],
    },
    /// A word where others are allowed.
    UnknownWord {
        /// As written.
        word: String,
        /// The words that are allowed.
        known: &'static [&'static str],
    },
    /// A key that must stand.
    MissingKey(&'static str),
    /// A value of another type.
    WrongType {
        /// What stands there.
        found: String,
        /// What must.
        wanted: String,
    },
    /// A value that its type refuses.
    BadValue(String),
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self { kind, path: Vec::new(), region: None }
    }

    fn at(mut self, region: Region) -> Self {
        self.region.get_or_insert(region);
        self
    }

    fn under(mut self, segment: Segment) -> Self {
        // Collected from the leaf to the root, turned round once in `read`.
        self.path.push(segment);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FaultKind::UnknownKey { key, .. } => write!(f, "unknown key `{key}`"),
            FaultKind::UnknownWord { word, .. } => write!(f, "unknown word `{word}`"),
            FaultKind::MissingKey(key) => write!(f, "the key `{key}` is missing"),
            FaultKind::WrongType { found, wanted } => write!(f, "found {found}, expected {wanted}"),
            FaultKind::BadValue(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(FaultKind::BadValue(message.to_string()))
    }

    fn invalid_type(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        Self::new(FaultKind::WrongType { found: plain(found), wanted: wanted.to_string() })
    }

    fn invalid_value(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(FaultKind::UnknownKey { key: key.to_owned(), known })
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(FaultKind::UnknownWord { word: word.to_owned(), known })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(FaultKind::MissingKey(key))
    }
}

/// What stands there, in the words of someone who writes YAML rather than Rust.
fn plain(found: de::Unexpected<'_>) -> String {
    match found {
        de::Unexpected::Bool(value) => format!("`{value}`"),
        de::Unexpected::Unsigned(value) => format!("the number {value}"),
        de::Unexpected::Signed(value) => format!("the number {value}"),
        de::Unexpected::Float(value) => format!("the number {value}"),
        de::Unexpected::Str(text) => format!("the text `{text}`"),
        de::Unexpected::Unit => "nothing".to_owned(),
        de::Unexpected::Seq => "a list".to_owned(),
        de::Unexpected::Map => "a mapping".to_owned(),
        de::Unexpected::UnitVariant | de::Unexpected::NewtypeVariant => "another form of this word".to_owned(),
        other => other.to_string(),
    }
}

/// Reads a typed value from a tree.
///
/// # Errors
///
/// The first fault that serde meets, with its region and its path from the root.
pub fn read<'de, T: de::Deserialize<'de>>(node: &'de Node) -> Result<T, Fault> {
    T::deserialize(Reader { node }).map_err(|fault| {
        let mut fault = fault.at(node.region);
        fault.path.reverse();
        fault
    })
}

#[derive(Clone, Copy)]
struct Reader<'de> {
    node: &'de Node,
}

impl<'de> Reader<'de> {
    fn number<V: Visitor<'de>>(written: &str, visitor: V) -> Result<V::Value, Fault> {
        if let Ok(number) = written.parse::<u64>() {
            visitor.visit_u64(number)
        } else if let Ok(number) = written.parse::<i64>() {
            visitor.visit_i64(number)
        } else if let Ok(number) = written.parse::<f64>() {
            visitor.visit_f64(number)
        } else {
            visitor.visit_str(written)
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(written) => Self::number(written, visitor),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { rest: items.iter().enumerate() }),
            Value::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
    }

    // Where a text is wanted, `7.3` and `true` are texts: people do not quote versions.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.scalar() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Map(entries) => match entries.as_slice() {
                [entry] => {
                    visitor.visit_enum(Variant { word: &entry.key, region: entry.region, node: Some(&entry.node) })
                }
                [] => {
                    Err(Fault::new(FaultKind::BadValue(format!("exactly one of {} must stand here", list(variants)))))
                }
                [_, second, ..] => Err(Fault::new(FaultKind::BadValue(format!(
                    "only one of {} can stand here; this is a second key",
                    list(variants)
                )))
                .at(second.region)),
            },
            _ => match self.node.scalar() {
                Some(word) => visitor.visit_enum(Variant { word, region: self.node.region, node: None }),
                None => Err(Fault::new(FaultKind::WrongType {
                    found: if matches!(self.node.value, Value::Null) { "nothing".into() } else { "a list".into() },
                    wanted: format!("one of {}", list(variants)),
                })),
            },
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

struct Items<'de, I: Iterator<Item = (usize, &'de Node)>> {
    rest: I,
}

impl<'de, I: Iterator<Item = (usize, &'de Node)>> de::SeqAccess<'de> for Items<'de, I> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((index, node)) = self.rest.next() else {
            return Ok(None);
        };
        seed.deserialize(Reader { node }).map(Some).map_err(|fault| fault.at(node.region).under(Segment::Index(index)))
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, Entry>,
    value: Option<&'de Entry>,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(entry) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(entry);
        let reader: de::value::BorrowedStrDeserializer<'de, Fault> =
            de::value::BorrowedStrDeserializer::new(&entry.key);
        seed.deserialize(reader)
            .map(Some)
            .map_err(|fault| fault.at(entry.region).under(Segment::Key(entry.key.clone())))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        seed.deserialize(Reader { node: &entry.node })
            .map_err(|fault| fault.at(entry.node.region).under(Segment::Key(entry.key.clone())))
    }
}

struct Variant<'de> {
    word: &'de str,
    region: Region,
    node: Option<&'de Node>,
}

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let word: de::value::StrDeserializer<'_, Fault> = self.word.into_deserializer();
        let value = seed.deserialize(word).map_err(|fault| fault.at(self.region))?;
        Ok((value, self))
    }
}

impl<'de> Variant<'de> {
    fn content(&self) -> Result<&'de Node, Fault> {
        self.node.ok_or_else(|| {
            Fault::new(FaultKind::BadValue(format!("`{}` needs a value: write `{}: …`", self.word, self.word)))
                .at(self.region)
        })
    }

    fn placed(&self, fault: Fault, node: &Node) -> Fault {
        fault.at(node.region).under(Segment::Key(self.word.to_owned()))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.node {
            None => Ok(()),
            Some(_) => {
                Err(Fault::new(FaultKind::BadValue(format!("`{}` takes no value: write the word alone", self.word)))
                    .at(self.region))
            }
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        let node = self.content()?;
        seed.deserialize(Reader { node }).map_err(|fault| self.placed(fault, node))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Fault> {
        let node = self.content()?;
        Reader { node }.deserialize_any(visitor).map_err(|fault| self.placed(fault, node))
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let node = self.content()?;
        Reader { node }.deserialize_any(visitor).map_err(|fault| self.placed(fault, node))
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::parse;
    use super::*;
    use crate::model::testcase::Step;

    fn fault(text: &str) -> (Fault, String) {
        let tree = parse(text).unwrap();
        let fault = read::<Vec<Step>>(&tree).unwrap_err();
        let region = fault.region.unwrap();
        (fault.clone(), text[region.start..region.end].to_owned())
    }

    #[test]
    fn an_unknown_key_is_pointed_at_itself() {
        let (fault, at) = fault("- { step: a, lok: [b] }");
        assert_eq!(at, "lok");
        assert!(matches!(fault.kind, FaultKind::UnknownKey { .. }));
        assert_eq!(fault.path[0], Segment::Index(0));
    }

    #[test]
    fn a_wrong_word_deep_inside_is_pointed_at_itself() {
        let (_, at) = fault("- step: a\n  look: [b]\n  expect: [ { status: [200, 6xx] } ]\n");
        assert_eq!(at, "6xx");
        let (fault, at) = fault("- step: a\n  look: [b]\n  expect: [ { discloses: { eny: [x] } } ]\n");
        assert_eq!(at, "eny");
        assert_eq!(fault.path.len(), 5);
    }

    #[test]
    fn a_missing_key_is_pointed_at_the_start_of_its_mapping() {
        let (fault, at) = fault("- step: a\n  ask: { set: clinical }\n");
        assert_eq!(at, "{");
        assert_eq!(fault.kind, FaultKind::MissingKey("about"));
    }

    #[test]
    fn a_version_need_not_be_quoted() {
        let tree = parse("{ vendor: a, name: b, version: 7.10 }").unwrap();
        let product: crate::model::target::Product = read(&tree).unwrap();
        assert_eq!(product.version, "7.10");
    }
}
