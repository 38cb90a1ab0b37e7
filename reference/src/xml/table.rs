//! Which elements a type has, in which order, and whether they are lists: facts of HL7, read from its packed tables.
//! A table is data about FHIR, not a rule about anybody.

use std::collections::HashMap;
use std::sync::LazyLock;

static STU3: LazyLock<Table> = LazyLock::new(|| Table::of(include_str!("../../../data/fhir/stu3.txt")));
static R4: LazyLock<Table> = LazyLock::new(|| Table::of(include_str!("../../../data/fhir/r4.txt")));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Stu3,
    R4,
}

#[derive(Debug, Default)]
pub(super) struct Table {
    /// What an open choice may hold.
    any: Vec<&'static str>,
    types: HashMap<&'static str, Type>,
}

#[derive(Debug, Default)]
struct Type {
    /// `resource`, `type` or `primitive`.
    kind: &'static str,
    is_abstract: bool,
    base: Option<&'static str>,
    elements: Vec<Element>,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    is_choice: bool,
    pub(super) is_list: bool,
    pub(super) is_attribute: bool,
    types: Vec<&'static str>,
    within: Vec<Element>,
}

/// What holds elements.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Type(&'static str),
    Within(&'static Element),
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    Value(&'static str),
    Markup,
    Resource,
    Elements(Place),
}

impl Version {
    pub(super) fn table(self) -> &'static Table {
        match self {
            Self::Stu3 => &STU3,
            Self::R4 => &R4,
        }
    }
}

impl Table {
    fn of(text: &'static str) -> Self {
        let mut table = Self::default();
        let mut current = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let bare = line.trim_start_matches('.');
            let mut words = bare.split(' ').filter(|word| *word != ":");
            let first = words.next().unwrap_or_default();
            match (line.len() - bare.len(), first) {
                (0, "any") => table.any = words.collect(),
                (0, kind) => {
                    let mut words = words.peekable();
                    let is_abstract = words.next_if_eq(&"abstract").is_some();
                    current = words.next().unwrap_or_default();
                    table.types.insert(current, Type { kind, is_abstract, base: words.next(), elements: Vec::new() });
                }
                (depth, name) => {
                    let cardinality = words.next().unwrap_or_default();
                    let element = Element {
                        name: name.trim_start_matches('@').trim_end_matches("[x]"),
                        is_choice: name.ends_with("[x]"),
                        is_list: cardinality.ends_with('*'),
                        is_attribute: name.starts_with('@'),
                        types: words.collect(),
                        within: Vec::new(),
                    };
                    let mut into = table.types.get_mut(current).map(|kind| &mut kind.elements);
                    for _ in 1..depth {
                        into = into.and_then(|elements| Some(&mut elements.last_mut()?.within));
                    }
                    if let Some(elements) = into {
                        elements.push(element);
                    }
                }
            }
        }
        table
    }

    /// The place of a resource's elements; nothing if there is no such resource.
    pub(super) fn resource(&'static self, name: &str) -> Option<Place> {
        let (name, found) = self.types.get_key_value(name)?;
        (found.kind == "resource" && !found.is_abstract).then_some(Place::Type(name))
    }

    /// The elements of a place in their order, those of its base first.
    pub(super) fn elements(&'static self, place: Place) -> Vec<&'static Element> {
        match place {
            Place::Type(name) => {
                let Some(found) = self.types.get(name) else { return Vec::new() };
                let mut elements = found.base.map_or_else(Vec::new, |base| self.elements(Place::Type(base)));
                elements.extend(&found.elements);
                elements
            }
            Place::Within(element) => {
                let Some(element) = self.real(element) else { return Vec::new() };
                let base = element.types.first().copied().unwrap_or_default();
                let mut elements = self.elements(Place::Type(base));
                elements.extend(&element.within);
                elements
            }
        }
    }

    /// The element itself, or the one whose content it has.
    fn real(&'static self, element: &'static Element) -> Option<&'static Element> {
        let Some(path) = element.types.first().and_then(|first| first.strip_prefix('=')) else { return Some(element) };
        let mut names = path.split('.');
        let mut elements = &self.types.get(names.next()?)?.elements;
        let mut found = None;
        for name in names {
            let next = elements.iter().find(|one| one.name == name)?;
            (elements, found) = (&next.within, Some(next));
        }
        found
    }

    /// Every name the element may have, with what it then holds.
    pub(super) fn names(&'static self, element: &'static Element) -> Vec<(String, Content)> {
        let types = if element.types == ["*"] { &self.any } else { &element.types };
        if !element.is_choice {
            return vec![(element.name.to_owned(), self.content(element, types.first().copied().unwrap_or_default()))];
        }
        let named = |name: &&'static str| {
            let (first, rest) = name.split_at(1);
            (format!("{}{}{rest}", element.name, first.to_uppercase()), self.content(element, name))
        };
        types.iter().map(named).collect()
    }

    fn content(&'static self, element: &'static Element, name: &'static str) -> Content {
        if name.starts_with('=') || !element.within.is_empty() {
            return Content::Elements(Place::Within(element));
        }
        match (name, self.types.get(name).map(|found| found.kind)) {
            ("xhtml", _) => Content::Markup,
            ("Resource", _) => Content::Resource,
            (_, Some("resource" | "type")) => Content::Elements(Place::Type(name)),
            _ => Content::Value(name),
        }
    }
}
