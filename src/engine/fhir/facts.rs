//! Which elements a type of FHIR has, in which order, how often and of which type.
//! The facts are HL7's, packed under `data/fhir` and decoded once; nothing is judged here.

use crate::model::target::FhirVersion;
use std::collections::HashMap;
use std::sync::LazyLock;

static STU3: LazyLock<Facts> = LazyLock::new(|| Facts::decode(include_str!("../../../data/fhir/stu3.txt")));
static R4: LazyLock<Facts> = LazyLock::new(|| Facts::decode(include_str!("../../../data/fhir/r4.txt")));

/// Everything known of the elements of one version.
#[derive(Debug, Default)]
pub(super) struct Facts {
    types: HashMap<&'static str, Type>,
    blocks: Vec<Vec<Element>>,
}

/// A list of elements: those of a type, or those within an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block(usize);

#[derive(Clone, Copy, Debug)]
struct Type {
    kind: Kind,
    is_abstract: bool,
    block: Block,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Resource,
    Complex,
    Primitive,
}

/// One element, under the name that it has in every form; that of a choice stands without its type.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) is_choice: bool,
    pub(super) is_required: bool,
    pub(super) is_list: bool,
    pub(super) is_attribute: bool,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Types(Vec<&'static str>),
    Block(Block),
    /// Of the element at this path; replaced once all are known.
    As(&'static str),
}

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A value of this primitive type.
    Primitive(&'static str),
    /// Markup of a narrative.
    Xhtml,
    /// These elements.
    Block(Block),
    /// Any resource.
    Resource,
}

/// The facts of that version.
pub(super) fn of(version: FhirVersion) -> &'static Facts {
    match version {
        FhirVersion::Stu3 => &STU3,
        FhirVersion::R4 => &R4,
    }
}

impl Facts {
    /// The elements of a resource type; nothing if there is no such type, or nothing is only that.
    pub(super) fn resource(&self, name: &str) -> Option<Block> {
        let found = self.types.get(name)?;
        (found.kind == Kind::Resource && !found.is_abstract).then_some(found.block)
    }

    /// What every primitive has beside its value.
    pub(super) fn beside_value(&self) -> Block {
        self.types.get("Element").map_or(Block(0), |found| found.block)
    }

    pub(super) fn elements(&self, block: Block) -> &[Element] {
        self.blocks.get(block.0).map_or(&[], Vec::as_slice)
    }

    /// The element of that name, a choice with its type, and what it holds.
    pub(super) fn find(&self, block: Block, name: &str) -> Option<(&Element, Shape)> {
        self.elements(block).iter().find_map(|element| {
            if !element.is_choice {
                return (element.name == name).then(|| (element, self.shape(element, 0)));
            }
            let typed = name.strip_prefix(element.name)?;
            let position = element.types().iter().position(|known| is_capitalised(typed, known))?;
            Some((element, self.shape(element, position)))
        })
    }

    /// Every name that the element may have, with what it then holds.
    pub(super) fn names(&self, element: &Element) -> Vec<(String, Shape)> {
        if !element.is_choice {
            return vec![(element.name.to_owned(), self.shape(element, 0))];
        }
        let named = |(position, known): (usize, &&str)| {
            let (first, rest) = known.split_at(1);
            (format!("{}{}{rest}", element.name, first.to_ascii_uppercase()), self.shape(element, position))
        };
        element.types().iter().enumerate().map(named).collect()
    }

    fn shape(&self, element: &Element, position: usize) -> Shape {
        match &element.content {
            Content::Block(block) => Shape::Block(*block),
            Content::Types(types) => match types.get(position).copied().unwrap_or_default() {
                "xhtml" => Shape::Xhtml,
                "Resource" => Shape::Resource,
                name => match self.types.get(name) {
                    Some(found) if found.kind != Kind::Primitive => Shape::Block(found.block),
                    _ => Shape::Primitive(name),
                },
            },
            Content::As(_) => Shape::Block(Block(0)),
        }
    }

    fn decode(text: &'static str) -> Self {
        let packed = Packed::of(text);
        let mut facts = Self::default();
        let mut paths = HashMap::new();
        for name in &packed.order {
            facts.add(name, &packed, &mut paths);
        }
        for element in facts.blocks.iter_mut().flatten() {
            if let Content::As(path) = element.content
                && let Some(block) = paths.get(path)
            {
                element.content = Content::Block(*block);
            }
        }
        facts
    }

    /// Adds a type, its base first; gives its elements.
    fn add(&mut self, name: &'static str, packed: &Packed, paths: &mut HashMap<String, Block>) -> Block {
        if let Some(found) = self.types.get(name) {
            return found.block;
        }
        let Some(header) = packed.types.get(name) else { return Block(0) };
        let inherited = header.base.map_or_else(Vec::new, |base| {
            let base = self.add(base, packed, paths);
            self.elements(base).to_vec()
        });
        let block = self.fill(name, inherited, &header.lines, packed, paths);
        self.types.insert(name, Type { kind: header.kind, is_abstract: header.is_abstract, block });
        block
    }

    /// Makes a block of what is inherited and of these lines, which may hold blocks in turn.
    fn fill(
        &mut self,
        path: &str,
        mut elements: Vec<Element>,
        lines: &[Line],
        packed: &Packed,
        paths: &mut HashMap<String, Block>,
    ) -> Block {
        let depth = lines.first().map_or(0, |line| line.depth);
        let mut rest = lines;
        while let [line, after @ ..] = rest {
            let within = after.iter().take_while(|line| line.depth > depth).count();
            let (inner, next) = after.split_at(within);
            let mut element = line.element.clone();
            if let (Content::Types(types), [_, ..]) = (&element.content, inner) {
                let base = types.first().map_or(Block(0), |base| self.add(base, packed, paths));
                let inherited = self.elements(base).to_vec();
                let block = self.fill(&format!("{path}.{}", element.name), inherited, inner, packed, paths);
                element.content = Content::Block(block);
            }
            elements.push(element);
            rest = next;
        }
        let block = Block(self.blocks.len());
        self.blocks.push(elements);
        paths.insert(path.to_owned(), block);
        block
    }
}

impl Element {
    fn types(&self) -> &[&'static str] {
        match &self.content {
            Content::Types(types) => types,
            Content::Block(_) | Content::As(_) => &[],
        }
    }
}

/// Whether a text is this name with a capital, as in `valueDateTime`.
fn is_capitalised(text: &str, name: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| {
        first.is_ascii_uppercase()
            && name.chars().next().is_some_and(|other| other.to_ascii_uppercase() == first)
            && name.get(1..) == Some(characters.as_str())
    })
}

/// The lines of a packed file, by type.
#[derive(Default)]
struct Packed {
    order: Vec<&'static str>,
    types: HashMap<&'static str, Header>,
}

struct Header {
    kind: Kind,
    is_abstract: bool,
    base: Option<&'static str>,
    lines: Vec<Line>,
}

struct Line {
    depth: usize,
    element: Element,
}

impl Packed {
    fn of(text: &'static str) -> Self {
        let mut packed = Self::default();
        let mut any = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('.') {
                let last = packed.order.last().and_then(|name| packed.types.get_mut(name));
                if let (Some(header), Some(line)) = (last, Line::of(line, &any)) {
                    header.lines.push(line);
                }
                continue;
            }
            let mut words = line.split(' ');
            let kind = match words.next() {
                Some("resource") => Kind::Resource,
                Some("primitive") => Kind::Primitive,
                Some("type") => Kind::Complex,
                _ => {
                    any = words.collect();
                    continue;
                }
            };
            let words: Vec<_> = words.filter(|word| *word != ":").collect();
            let is_abstract = words.first() == Some(&"abstract");
            let mut names = words.into_iter().skip(usize::from(is_abstract));
            if let Some(name) = names.next() {
                packed.order.push(name);
                packed.types.insert(name, Header { kind, is_abstract, base: names.next(), lines: Vec::new() });
            }
        }
        packed
    }
}

impl Line {
    fn of(line: &'static str, any: &[&'static str]) -> Option<Self> {
        let bare = line.trim_start_matches('.');
        let mut words = bare.split(' ');
        let (name, cardinality) = (words.next()?, words.next()?);
        let types: Vec<_> = words.collect();
        let content = match types.as_slice() {
            ["*"] => Content::Types(any.to_vec()),
            [only] if only.starts_with('=') => Content::As(&only[1..]),
            _ => Content::Types(types),
        };
        let is_attribute = name.starts_with('@');
        let name = name.trim_start_matches('@');
        let element = Element {
            name: name.trim_end_matches("[x]"),
            is_choice: name.ends_with("[x]"),
            is_required: cardinality.starts_with('1'),
            is_list: cardinality.ends_with('*'),
            is_attribute,
            content,
        };
        Some(Self { depth: line.len() - bare.len(), element })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(version: FhirVersion, path: &str) -> Option<(&'static Element, Shape)> {
        let mut names = path.split('.');
        let mut block = of(version).resource(names.next()?)?;
        let mut found = None;
        for name in names {
            found = of(version).find(block, name);
            if let (_, Shape::Block(inner)) = found? {
                block = inner;
            }
        }
        found
    }

    /// How many paths a packed file stands for, as its source counts them.
    fn paths(version: FhirVersion, text: &'static str) -> (usize, usize) {
        let (facts, packed) = (of(version), Packed::of(text));
        let within = |header: &Header| {
            let nested =
                header.lines.iter().zip(header.lines.iter().skip(1)).filter(|(one, next)| next.depth > one.depth);
            let inherited = |line: &Line| {
                let base = line.element.types().first().and_then(|base| facts.types.get(base));
                base.map_or(0, |base| facts.elements(base.block).len())
            };
            header.lines.len() + nested.map(|(line, _)| inherited(line)).sum::<usize>()
        };
        let all = packed.types.values().map(|header| match header.kind {
            // The type itself, `id`, `extension`, `value`.
            Kind::Primitive => 4,
            _ => 1 + within(header) + header.base.map_or(0, |base| facts.elements(facts.types[base].block).len()),
        });
        (packed.types.len(), all.sum())
    }

    #[test]
    fn nothing_of_the_packages_was_lost() {
        assert_eq!(paths(FhirVersion::Stu3, include_str!("../../../data/fhir/stu3.txt")), (172, 5711));
        assert_eq!(paths(FhirVersion::R4, include_str!("../../../data/fhir/r4.txt")), (209, 7675));
    }

    #[test]
    fn every_name_leads_somewhere() {
        for version in [FhirVersion::Stu3, FhirVersion::R4] {
            let facts = of(version);
            for element in facts.blocks.iter().flatten() {
                assert!(!matches!(element.content, Content::As(_)), "{}", element.name);
                for name in element.types() {
                    assert!(facts.types.contains_key(name), "{} of {name}", element.name);
                }
            }
        }
    }

    #[test]
    fn elements_are_found_by_name_choice_and_reference() {
        for version in [FhirVersion::Stu3, FhirVersion::R4] {
            assert!(find(version, "Patient.name.given").is_some_and(|(element, _)| element.is_list));
            assert!(find(version, "Patient.gender").is_some_and(|(element, _)| !element.is_list));
            assert_eq!(
                find(version, "Patient.deceasedDateTime").map(|(_, shape)| shape),
                Some(Shape::Primitive("dateTime"))
            );
            assert_eq!(find(version, "Patient.deceasedInstant").map(|(_, shape)| shape), None);
            assert_eq!(find(version, "Patient.deceased").map(|(_, shape)| shape), None);
            assert_eq!(find(version, "Bundle.entry.link.url").map(|(_, shape)| shape), Some(Shape::Primitive("uri")));
            assert_eq!(find(version, "Patient.id").map(|(_, shape)| shape), Some(Shape::Primitive("id")));
            assert_eq!(find(version, "Patient.text.div").map(|(_, shape)| shape), Some(Shape::Xhtml));
            assert_eq!(find(version, "Patient.contained").map(|(_, shape)| shape), Some(Shape::Resource));
            assert!(find(version, "Patient.extension.url").is_some_and(|(element, _)| element.is_attribute));
            assert!(of(version).resource("DomainResource").is_none() && of(version).resource("HumanName").is_none());
        }
        assert!(of(FhirVersion::R4).resource("ServiceRequest").is_some());
        assert!(of(FhirVersion::Stu3).resource("ServiceRequest").is_none());
    }
}
