//! YAML text to a tree in which every node knows where it stands.
//! It knows nothing of profiles or cases, and refuses what could exhaust or deceive a reader.

use super::code::Code;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use std::fmt;

/// The largest file that is read.
pub const MAX_BYTES: usize = 1024 * 1024;
/// How deep lists and mappings may stand in one another.
const MAX_DEPTH: usize = 64;
/// How many nodes a file may hold, those repeated by aliases included.
const MAX_NODES: usize = 200_000;

/// Stack for reading one file; what is not touched costs nothing.
const STACK: usize = 32 * 1024 * 1024;

/// A stretch of a file: bytes from start to end, and the line and column of its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Region {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// The line of the first byte; the first line is 1.
    pub line: usize,
    /// The column of the first byte in characters; the first column is 1.
    pub column: usize,
}

impl Region {
    /// The region of these bytes of a text.
    #[must_use]
    pub fn of(text: &str, start: usize, end: usize) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self { start, end, line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// One node of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands; of a mapping or list without braces, its first key or item.
    pub region: Region,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file; keys are unique.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, as text.
    pub key: String,
    /// Where the key stands.
    pub region: Region,
    /// What it holds.
    pub node: Node,
}

/// One step on the way from the root of a file to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The value of this key.
    Key(String),
    /// The item at this position.
    Index(usize),
}

impl Node {
    /// The value under a key, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The node at the end of a way of keys and positions with `/` between: `steps/0/ask/set`.
    #[must_use]
    pub fn find(&self, way: &str) -> Option<&Self> {
        way.split('/').filter(|part| !part.is_empty()).try_fold(self, |node, part| match &node.value {
            Value::List(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => node.get(part),
        })
    }

    /// Where the node at the end of a way stands; where it ends early, the last node on it.
    #[must_use]
    pub fn region(&self, way: &str) -> Region {
        let mut node = self;
        for part in way.split('/').filter(|part| !part.is_empty()) {
            match node.find(part) {
                Some(next) => node = next,
                None => break,
            }
        }
        node.region
    }

    /// Where the key at the end of a way stands; else as [`Node::region`].
    #[must_use]
    pub fn key_region(&self, way: &str) -> Region {
        let (above, key) = way.rsplit_once('/').unwrap_or(("", way));
        self.find(above).and_then(|node| node.entry(key)).map_or_else(|| self.region(way), |entry| entry.region)
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a mapping; none of anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The scalar as it is read as text.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Calls with every scalar at or below this node, and with every key.
    pub fn each_scalar<'n>(&'n self, call: &mut dyn FnMut(&'n str, Region)) {
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| item.each_scalar(call)),
            Value::Map(entries) => {
                for entry in entries {
                    call(&entry.key, entry.region);
                    entry.node.each_scalar(call);
                }
            }
            _ => {
                if let Some(text) = self.scalar() {
                    call(text, self.region);
                }
            }
        }
    }

    /// Calls with every mapping at or below this node.
    pub fn each_map<'n>(&'n self, call: &mut dyn FnMut(&'n Self)) {
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| item.each_map(call)),
            Value::Map(entries) => {
                call(self);
                entries.iter().for_each(|entry| entry.node.each_map(call));
            }
            _ => {}
        }
    }

    /// Takes the node at this path out of the tree; whether there was one.
    pub fn remove(&mut self, path: &[Segment]) -> bool {
        let Some((last, way)) = path.split_last() else {
            return false;
        };
        let mut node = self;
        for segment in way {
            let next = match (segment, &mut node.value) {
                (Segment::Key(key), Value::Map(entries)) => {
                    entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.node)
                }
                (Segment::Index(index), Value::List(items)) => items.get_mut(*index),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return false,
            }
        }
        match (last, &mut node.value) {
            (Segment::Key(key), Value::Map(entries)) => {
                let before = entries.len();
                entries.retain(|entry| entry.key != *key);
                entries.len() < before
            }
            (Segment::Index(index), Value::List(items)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            _ => false,
        }
    }
}

/// Why a text is not a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What kind of fault.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where, if it can be said.
    pub region: Option<Region>,
}

/// The text of a file, if it is one that a person can have written.
///
/// # Errors
///
/// If it is too large, not UTF-8, or holds NUL.
pub fn text(bytes: &[u8]) -> Result<&str, Unread> {
    let unread = |code, message: String| Unread { code, message, region: None };
    if bytes.len() > MAX_BYTES {
        return Err(unread(
            Code::FileTooLarge,
            format!("the file has {} bytes; at most {MAX_BYTES} are read", bytes.len()),
        ));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(unread(Code::NotText, format!("byte {at} is NUL, so this is not a text file")));
    }
    std::str::from_utf8(bytes)
        .map_err(|fault| unread(Code::NotText, format!("byte {} is not UTF-8", fault.valid_up_to())))
}

/// Reads YAML 1.2.
///
/// # Errors
///
/// If the text is not one YAML document, repeats a key, nests too deep, grows too large by
/// aliases, or uses merge keys.
pub fn parse(text: &str) -> Result<Node, Unread> {
    // The reader recurses, and a file at the allowed depth needs more stack than a small thread has.
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || parse_here(text));
        match reader.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            _ => {
                Err(Unread { code: Code::Yaml, message: "the file made the YAML reader stop".to_owned(), region: None })
            }
        }
    })
}

fn parse_here(text: &str) -> Result<Node, Unread> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: MAX_NODES * 3,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_NODES,
            max_replay_stack_depth: 16,
        },
    };
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => {
            let mut room = MAX_NODES;
            settle(raw, text, MAX_DEPTH, &mut room)
        }
        Err(error) => Err(unread(&error, text)),
    }
}

fn unread(error: &serde_saphyr::Error, text: &str) -> Unread {
    let region = error.location().map(|location| region_of(location, text));
    let (code, message) = match error.without_snippet() {
        serde_saphyr::Error::DuplicateMappingKey { key, .. } => {
            (Code::DuplicateKey, format!("the key `{}` stands twice in one mapping", key.as_deref().unwrap_or("?")))
        }
        serde_saphyr::Error::Budget { .. } => {
            (Code::TooComplex, "the file nests deeper, or repeats more by aliases, than is read".to_owned())
        }
        serde_saphyr::Error::MultipleDocuments { .. } => {
            (Code::Yaml, "a file is one YAML document; a second one begins here".to_owned())
        }
        other => {
            let options = serde_saphyr::render_options! { snippets: serde_saphyr::SnippetMode::Off };
            let message = other.render_with_options(options);
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            (Code::Yaml, message.trim().to_owned())
        }
    };
    Unread { code, message, region }
}

fn region_of(location: serde_saphyr::Location, text: &str) -> Region {
    let span = location.span();
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let line = number(location.line()).max(1);
    let column = number(location.column()).max(1);
    let start = span.byte_offset().map_or_else(|| byte_at(text, line, column), number).min(text.len());
    let end = start.saturating_add(span.byte_len().map_or(0, number)).min(text.len());
    Region { start, end, line, column }
}

/// The byte at which this line and column begin.
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &text[line_start..];
    line_start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
}

/// A value as the YAML reader hands it over, before numbers get their own spelling back.
enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

/// Gives each value its region and each number its spelling, and holds the bounds once more,
/// so that they do not rest on the reader's options alone.
fn settle(raw: Spanned<Raw>, text: &str, depth: usize, room: &mut usize) -> Result<Node, Unread> {
    let mut region = region_of(raw.referenced, text);
    let written = region_of(raw.defined, text);
    if depth == 0 || *room == 0 {
        let message = "the file nests deeper, or repeats more by aliases, than is read".to_owned();
        return Err(Unread { code: Code::TooComplex, message, region: Some(region) });
    }
    *room -= 1;
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        // The spelling matters where a number is read as text: `1.10` is a version, `012` a code.
        Raw::Number(value) => Value::Number(
            text.get(written.start..written.end).filter(|written| !written.is_empty()).map_or(value, str::to_owned),
        ),
        Raw::Text(value) => Value::Text(value),
        Raw::List(items) => {
            Value::List(items.into_iter().map(|item| settle(item, text, depth - 1, room)).collect::<Result<_, _>>()?)
        }
        Raw::Map(entries) => {
            let mut settled: Vec<Entry> = Vec::with_capacity(entries.len());
            for (key, node) in entries {
                let key = settle(key, text, depth - 1, room)?;
                let Some(name) = key.scalar().map(str::to_owned) else {
                    let message = "a key is a word, not a list, a mapping or nothing".to_owned();
                    return Err(Unread { code: Code::Yaml, message, region: Some(key.region) });
                };
                let node = settle(node, text, depth - 1, room)?;
                if settled.iter().any(|entry| entry.key == name) {
                    let message = format!("the key `{name}` stands twice in one mapping");
                    return Err(Unread { code: Code::DuplicateKey, message, region: Some(key.region) });
                }
                settled.push(Entry { key: name, region: key.region, node });
            }
            Value::Map(settled)
        }
    };
    // A block mapping or list has no character of its own; its first key or item stands for it.
    if region.start == region.end {
        match &value {
            Value::Map(entries) => region = entries.first().map_or(region, |entry| entry.region),
            Value::List(items) => region = items.first().map_or(region, |item| item.region),
            _ => {}
        }
    }
    Ok(Node { region, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_place() {
        let text = "# cömment\na: { nl: \"é\" }\nb:\n  - x: 0012\n";
        let tree = parse(text).unwrap();
        let nl = tree.get("a").unwrap().entry("nl").unwrap();
        assert_eq!((nl.region.line, nl.region.column), (2, 6));
        assert_eq!(&text[nl.region.start..nl.region.end], "nl");
        let x = tree.get("b").unwrap().items()[0].get("x").unwrap();
        assert_eq!((x.region.line, x.region.column), (4, 8));
        assert_eq!(x.scalar(), Some("0012"));
    }

    #[test]
    fn yes_and_no_are_words() {
        let tree = parse("a: [yes, no, on, off, y, true]").unwrap();
        let kinds: Vec<bool> =
            tree.get("a").unwrap().items().iter().map(|item| matches!(item.value, Value::Text(_))).collect();
        assert_eq!(kinds, [true, true, true, true, true, false]);
    }

    #[test]
    fn what_could_exhaust_a_reader_is_refused() {
        let code = |text: &str| parse(text).unwrap_err().code;
        assert_eq!(code("a: 1\nb: 2\na: 3\n"), Code::DuplicateKey);
        assert_eq!(code("1: a\n\"1\": b\n"), Code::DuplicateKey);
        assert_eq!(code("a: &x [*x]\n"), Code::Yaml);
        assert_eq!(code("<<: { a: 1 }\n"), Code::Yaml);
        assert_eq!(code("a: 1\n---\nb: 2\n"), Code::Yaml);
        assert_eq!(code(&format!("{}{}", "[".repeat(100), "]".repeat(100))), Code::TooComplex);
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let below = format!("*a{}", level - 1);
            laughs.push_str(&format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(", ")));
        }
        assert!(matches!(code(&laughs), Code::TooComplex | Code::Yaml));
        assert_eq!(super::text(&[b'a', 0]).unwrap_err().code, Code::NotText);
        assert_eq!(super::text(&[0xff, 0xfe]).unwrap_err().code, Code::NotText);
        assert_eq!(super::text(&vec![b'a'; MAX_BYTES + 1]).unwrap_err().code, Code::FileTooLarge);
    }
}
