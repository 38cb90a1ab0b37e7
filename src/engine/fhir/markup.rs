//! XML as nodes: well formed, bounded, in the namespaces of FHIR, with the markup of narratives as it stands.
//! What an element means is not known here; entities beyond the five of XML do not exist.

use super::fault::{Fault, Spot};
use crate::engine::oracle::tree::DECODED_LIMIT;
use crate::model::finding::Flaw;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The namespace of FHIR.
pub(super) const FHIR: &str = "http://hl7.org/fhir";
/// The namespace of narratives.
pub(super) const XHTML: &str = "http://www.w3.org/1999/xhtml";
const XSI: &[u8] = b"http://www.w3.org/2001/XMLSchema-instance";
const XML: &[u8] = b"http://www.w3.org/XML/1998/namespace";

/// How deep elements may stand in one another.
pub(super) const DEPTH: usize = 64;
/// How many attributes an element may have: each is compared with every other.
const ATTRIBUTES: usize = 100;

/// An element of FHIR.
#[derive(Debug)]
pub(super) struct Node {
    /// Its name, without a prefix.
    pub(super) name: String,
    /// Where it begins in the text.
    pub(super) at: usize,
    /// Its attributes, without those of XML itself.
    pub(super) attributes: Vec<(String, String)>,
    /// What stands in it.
    pub(super) children: Vec<Node>,
    /// Of the `div` of a narrative: all of it, as it stands.
    pub(super) div: Option<String>,
}

/// The text of a document, with line ends as XML reads them.
///
/// # Errors
/// Says where it is too large, is not UTF-8, or holds what XML cannot.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let fault = |text: &str, byte, flaw| Fault { at: String::new(), spot: Some(Spot::of(text, byte)), flaw };
    if bytes.len() > DECODED_LIMIT {
        return Err(fault("", 0, Flaw::TooLarge));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        fault(&valid, valid.len(), Flaw::NotUtf8)
    })?;
    if let Some((byte, _)) = text.char_indices().find(|(_, character)| !is_character(*character)) {
        return Err(fault(text, byte, Flaw::NotWellFormed));
    }
    if text.contains('\r') {
        return Ok(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")));
    }
    Ok(Cow::Borrowed(text))
}

/// The root of a document.
///
/// # Errors
/// Says where it is not well formed, holds what has no place in FHIR, or goes too deep.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut parse = Parse { text, reader, begin: 0, open: Vec::new(), root: None };
    while parse.step()? {}
    let end = text.len();
    match parse.root.take() {
        Some(root) if parse.open.is_empty() => Ok(root),
        _ => Err(parse.fault(end, Flaw::NotWellFormed)),
    }
}

/// Whether XML can hold this character at all.
pub(super) const fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

struct Parse<'a> {
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    /// Where the event at hand begins.
    begin: usize,
    open: Vec<Node>,
    root: Option<Node>,
}

impl<'a> Parse<'a> {
    /// Takes one event; false at the end.
    fn step(&mut self) -> Result<bool, Fault> {
        match self.next()? {
            Event::Start(start) => {
                let node = self.node(&start)?;
                if self.is_xhtml(&start) {
                    let node = Node { div: Some(self.narrative(&start, Empty::No)?), ..node };
                    self.close(node)?;
                } else {
                    self.open.push(node);
                }
            }
            Event::Empty(start) => {
                let mut node = self.node(&start)?;
                if self.is_xhtml(&start) {
                    node.div = Some(self.narrative(&start, Empty::Yes)?);
                }
                self.close(node)?;
            }
            Event::End(_) => {
                let node = self.open.pop().ok_or_else(|| self.fault(self.begin, Flaw::NotWellFormed))?;
                self.close(node)?;
            }
            Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                let flaw = if self.open.is_empty() { Flaw::NotWellFormed } else { Flaw::Text };
                let rest = self.text.get(self.begin..).unwrap_or_default();
                return Err(self.fault(self.text.len() - rest.trim_start().len(), flaw));
            }
            Event::Decl(_) if self.begin > 0 => return Err(self.fault(self.begin, Flaw::NotWellFormed)),
            Event::DocType(_) => return Err(self.fault(self.begin, Flaw::Doctype)),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn next(&mut self) -> Result<Event<'a>, Fault> {
        self.begin = self.position();
        match self.reader.read_event() {
            Ok(event) => Ok(event),
            Err(_) => {
                let at = usize::try_from(self.reader.error_position()).unwrap_or(self.begin);
                // A document type that is broken in itself is refused for what it is.
                let is_doctype = self.text.get(self.begin..).is_some_and(|rest| rest.starts_with("<!DOCTYPE"));
                Err(self.fault(at, if is_doctype { Flaw::Doctype } else { Flaw::NotWellFormed }))
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.text.len())
    }

    /// The element that begins here, in a namespace that may stand here.
    fn node(&self, start: &BytesStart) -> Result<Node, Fault> {
        let name = lossy(start.local_name().as_ref());
        let fault = |flaw| {
            let mut fault = self.fault(self.begin, flaw);
            fault.at = if fault.at.is_empty() { name.clone() } else { format!("{}.{name}", fault.at) };
            fault
        };
        if self.root.is_some() || !is_name(&name) {
            return Err(fault(Flaw::NotWellFormed));
        }
        match self.reader.resolver().resolve_element(start.name()).0 {
            ResolveResult::Bound(Namespace(found)) if found == FHIR.as_bytes() => {}
            ResolveResult::Bound(Namespace(found))
                if found == XHTML.as_bytes() && name == "div" && !self.open.is_empty() => {}
            ResolveResult::Unknown(_) => return Err(fault(Flaw::NotWellFormed)),
            ResolveResult::Bound(_) | ResolveResult::Unbound => return Err(fault(Flaw::Namespace)),
        }
        if self.open.len() >= DEPTH {
            return Err(fault(Flaw::TooDeep));
        }
        if is_crowded(start) {
            return Err(fault(Flaw::TooLarge));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| fault(Flaw::NotWellFormed))?;
            let value = value(&attribute).ok_or_else(|| fault(Flaw::NotWellFormed))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, key) = self.reader.resolver().resolve_attribute(attribute.key);
            match namespace {
                ResolveResult::Unbound => attributes.push((lossy(key.as_ref()), value)),
                // Both say something of the document, nothing of the resource.
                ResolveResult::Bound(Namespace(found)) if found == XSI || found == XML => {}
                ResolveResult::Bound(_) => return Err(fault(Flaw::Namespace)),
                ResolveResult::Unknown(_) => return Err(fault(Flaw::NotWellFormed)),
            }
        }
        Ok(Node { name, at: self.begin, attributes, children: Vec::new(), div: None })
    }

    fn is_xhtml(&self, start: &BytesStart) -> bool {
        let (namespace, _) = self.reader.resolver().resolve_element(start.name());
        matches!(namespace, ResolveResult::Bound(Namespace(found)) if found == XHTML.as_bytes())
    }

    /// Puts an element into the one around it.
    fn close(&mut self, node: Node) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None if self.root.is_none() => self.root = Some(node),
            None => return Err(self.fault(node.at, Flaw::NotWellFormed)),
        }
        Ok(())
    }

    /// The markup that begins here, to its end.
    ///
    /// It is kept as it stands where it says its namespace itself, as in JSON; else it is written anew so that it does.
    fn narrative(&mut self, start: &BytesStart, empty: Empty) -> Result<String, Fault> {
        let from = self.begin;
        let declares = |attribute: &quick_xml::events::attributes::Attribute| attribute.key.as_ref() == b"xmlns";
        let stands_alone =
            start.name().prefix().is_none() && start.attributes().with_checks(false).flatten().any(|it| declares(&it));
        let mut anew = String::new();
        let mut prefixes = !stands_alone;
        self.tag(start, &mut anew, Outermost::Yes, &empty)?;
        let mut depth = usize::from(matches!(empty, Empty::No));
        while depth > 0 {
            let event = self.next()?;
            let raw = self.text.get(self.begin..self.position()).unwrap_or_default();
            match &event {
                Event::Start(inner) | Event::Empty(inner) => {
                    let empty = if matches!(event, Event::Empty(_)) { Empty::Yes } else { Empty::No };
                    prefixes |= inner.name().prefix().is_some();
                    self.tag(inner, &mut anew, Outermost::No, &empty)?;
                    depth += usize::from(matches!(empty, Empty::No));
                    if self.open.len() + depth > DEPTH {
                        return Err(self.fault(self.begin, Flaw::TooDeep));
                    }
                }
                Event::End(end) => {
                    depth -= 1;
                    let _ = write!(anew, "</{}>", lossy(end.local_name().as_ref()));
                }
                Event::Text(text) if text.windows(3).any(|three| three == b"]]>") => {
                    return Err(self.fault(self.begin, Flaw::NotWellFormed));
                }
                Event::GeneralRef(reference) if !is_known(reference) => {
                    return Err(self.fault(self.begin, Flaw::NotWellFormed));
                }
                Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::GeneralRef(_) => anew.push_str(raw),
                Event::PI(_) => {}
                Event::DocType(_) => return Err(self.fault(self.begin, Flaw::Doctype)),
                Event::Decl(_) | Event::Eof => return Err(self.fault(self.begin, Flaw::NotWellFormed)),
            }
        }
        if prefixes {
            return Ok(anew);
        }
        Ok(self.text.get(from..self.position()).unwrap_or_default().to_owned())
    }

    /// Writes the beginning of an element of a narrative without prefixes.
    fn tag(&self, start: &BytesStart, into: &mut String, outermost: Outermost, empty: &Empty) -> Result<(), Fault> {
        let fault = |flaw| self.fault(self.begin, flaw);
        let name = lossy(start.local_name().as_ref());
        if !is_name(&name) {
            return Err(fault(Flaw::NotWellFormed));
        }
        if !self.is_xhtml(start) {
            return Err(fault(Flaw::Namespace));
        }
        if is_crowded(start) {
            return Err(fault(Flaw::TooLarge));
        }
        let _ = write!(into, "<{name}");
        if matches!(outermost, Outermost::Yes) {
            let _ = write!(into, " xmlns=\"{XHTML}\"");
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| fault(Flaw::NotWellFormed))?;
            value(&attribute).ok_or_else(|| fault(Flaw::NotWellFormed))?;
            if attribute.key.as_namespace_binding().is_none() {
                let raw = lossy(&attribute.value).replace('"', "&quot;");
                let _ = write!(into, " {}=\"{raw}\"", lossy(attribute.key.as_ref()));
            }
        }
        into.push_str(if matches!(empty, Empty::Yes) { "/>" } else { ">" });
        Ok(())
    }

    fn fault(&self, byte: usize, flaw: Flaw) -> Fault {
        let at = self.open.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(".");
        Fault { at, spot: Some(Spot::of(self.text, byte)), flaw }
    }
}

enum Empty {
    Yes,
    No,
}

enum Outermost {
    Yes,
    No,
}

fn is_crowded(start: &BytesStart) -> bool {
    start.attributes().with_checks(false).nth(ATTRIBUTES).is_some()
}

/// The value of an attribute as XML reads it; nothing if it is not well formed.
fn value(attribute: &quick_xml::events::attributes::Attribute) -> Option<String> {
    if attribute.value.contains(&b'<') {
        return None;
    }
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
    value.chars().all(is_character).then(|| value.into_owned())
}

fn is_known(reference: &BytesRef) -> bool {
    if reference.is_char_ref() {
        return matches!(reference.resolve_char_ref(), Ok(Some(character)) if is_character(character));
    }
    matches!(&**reference, b"amp" | b"lt" | b"gt" | b"apos" | b"quot")
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | '-' | '.' | '\u{b7}'))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
