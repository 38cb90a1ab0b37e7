//! Whether a tree is what FHIR says of its type: elements, how often they stand, types of values.
//! Codes are not looked at, and what FHIR forbids but harms nobody is let be: a right server must never fail here.

use super::facts::{self, Block, Element, Facts, Shape};
use super::primitive;
use crate::model::finding::Flaw;
use crate::model::target::FhirVersion;
use serde_json::{Map, Value};

/// How many problems are named.
const MOST: usize = 20;

/// Types that 4.3 added, or changed beyond what is known of 4.0; nothing can be said of their elements.
const SINCE_4_3: [&str; 24] = [
    "ActivityDefinition",
    "AdministrableProductDefinition",
    "Citation",
    "ClinicalUseDefinition",
    "DeviceDefinition",
    "Evidence",
    "EvidenceReport",
    "EvidenceVariable",
    "Ingredient",
    "ManufacturedItemDefinition",
    "MedicinalProductDefinition",
    "NutritionProduct",
    "PackagedProductDefinition",
    "PlanDefinition",
    "RegulatedAuthorization",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "ResearchStudy",
    "SubscriptionStatus",
    "SubscriptionTopic",
    "SubstanceDefinition",
    "SubstanceNucleicAcid",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a FHIR path with indexes.
    pub at: String,
    /// What.
    pub flaw: Flaw,
}

/// What is wrong with a resource of that version; at most twenty things, in the order of the tree.
#[must_use]
pub fn check(tree: &Value, version: FhirVersion) -> Vec<Problem> {
    let mut checking = Checking { version, facts: facts::of(version), problems: Vec::new() };
    let root = tree.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    checking.resource(tree, root);
    checking.problems.truncate(MOST);
    checking.problems
}

struct Checking {
    version: FhirVersion,
    facts: &'static Facts,
    problems: Vec<Problem>,
}

/// Whether what FHIR requires may be missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    No,
}

impl Checking {
    fn resource(&mut self, tree: &Value, path: &str) {
        let Some(members) = tree.as_object() else {
            return self.problem(path, Flaw::NotObject);
        };
        let name = members.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        if self.version == FhirVersion::R4 && SINCE_4_3.contains(&name) {
            return;
        }
        match self.facts.resource(name) {
            Some(block) => self.object(members, block, path, whole(members)),
            None => self.problem(path, Flaw::UnknownResource),
        }
    }

    fn object(&mut self, members: &Map<String, Value>, block: Block, path: &str, whole: Whole) {
        for (name, value) in members {
            if self.problems.len() >= MOST {
                return;
            }
            self.member(name, value, members, block, path, whole);
        }
        for element in self.facts.elements(block) {
            self.occurrence(element, members, path, whole);
        }
    }

    fn member(
        &mut self,
        name: &str,
        value: &Value,
        members: &Map<String, Value>,
        block: Block,
        path: &str,
        whole: Whole,
    ) {
        let facts = self.facts;
        if let Some(primitive) = name.strip_prefix('_') {
            if let Some((element, Shape::Primitive(_))) = facts.find(block, primitive) {
                self.beside(value, element, &format!("{path}.{primitive}"), whole);
            }
            return;
        }
        // The comments of old, and the type, which only a resource has.
        if name == "fhir_comments" || name == "resourceType" && members.contains_key(name) {
            return;
        }
        let path = format!("{path}.{name}");
        let Some((element, shape)) = facts.find(block, name) else {
            if !self.is_later(name) {
                self.problem(&path, Flaw::UnknownElement);
            }
            return;
        };
        match (value, element.is_list) {
            (Value::Null, _) => {}
            (Value::Array(items), true) => {
                for (position, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.content(item, shape, &format!("{path}[{position}]"), whole);
                }
            }
            (_, true) => self.problem(&path, Flaw::NotList),
            (Value::Array(_), false) => self.problem(&path, Flaw::List),
            (value, false) => self.content(value, shape, &path, whole),
        }
    }

    /// Whether an element has a type that 4.3 added to choices.
    fn is_later(&self, name: &str) -> bool {
        self.version == FhirVersion::R4 && ["CodeableReference", "RatioRange"].iter().any(|kind| name.ends_with(kind))
    }

    fn content(&mut self, value: &Value, shape: Shape, path: &str, whole: Whole) {
        if self.problems.len() >= MOST {
            return;
        }
        match (shape, value) {
            (Shape::Resource, _) => self.resource(value, path),
            (Shape::Block(block), Value::Object(members)) => self.object(members, block, path, whole),
            (Shape::Block(_), _) => self.problem(path, Flaw::NotObject),
            (Shape::Xhtml, Value::String(_)) => {}
            (Shape::Xhtml, _) => self.problem(path, Flaw::NotOf("xhtml".to_owned())),
            (Shape::Primitive(kind), value) => {
                if !primitive::fits(kind, value) {
                    self.problem(path, Flaw::NotOf(kind.to_owned()));
                }
            }
        }
    }

    /// What stands beside the value of a primitive, or beside each of several.
    fn beside(&mut self, value: &Value, element: &Element, path: &str, whole: Whole) {
        let block = self.facts.beside_value();
        match value {
            Value::Null => {}
            Value::Object(members) if !element.is_list => self.object(members, block, path, whole),
            Value::Array(items) if element.is_list => {
                for (position, item) in items.iter().enumerate() {
                    match item {
                        Value::Null => {}
                        Value::Object(members) => {
                            self.object(members, block, &format!("{path}[{position}]"), whole);
                        }
                        _ => self.problem(&format!("{path}[{position}]"), Flaw::NotObject),
                    }
                }
            }
            _ => self.problem(path, if element.is_list { Flaw::NotList } else { Flaw::NotObject }),
        }
    }

    /// Whether an element that must be there is, and whether a choice was made once.
    fn occurrence(&mut self, element: &Element, members: &Map<String, Value>, path: &str, whole: Whole) {
        if !element.is_required && !element.is_choice {
            return;
        }
        // Most objects make no choice at all, and an open one has fifty names.
        let is_chosen = |name: &String| name.trim_start_matches('_').starts_with(element.name);
        if !element.is_required && !members.keys().any(is_chosen) {
            return;
        }
        let there = |name: &String| {
            let is_there = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
            is_there(name) || is_there(&format!("_{name}"))
        };
        let names = self.facts.names(element);
        let later =
            element.is_choice && members.keys().any(|name| name.starts_with(element.name) && self.is_later(name));
        match names.iter().filter(|(name, _)| there(name)).count() {
            0 if element.is_required && whole == Whole::Yes && !later => {
                let name = if element.is_choice { format!("{}[x]", element.name) } else { element.name.to_owned() };
                self.problem(path, Flaw::Lacks(name));
            }
            0 | 1 => {}
            _ => self.problem(&format!("{path}.{}[x]", element.name), Flaw::TwoTypes),
        }
    }

    fn problem(&mut self, at: &str, flaw: Flaw) {
        if self.problems.len() < MOST {
            self.problems.push(Problem { at: at.to_owned(), flaw });
        }
    }
}

/// A resource that says that it is not whole may lack what it must have.
fn whole(members: &Map<String, Value>) -> Whole {
    let tags = members.get("meta").and_then(|meta| meta.get("tag")).and_then(Value::as_array);
    let subset = |tag: &Value| tag.get("code").and_then(Value::as_str) == Some("SUBSETTED");
    if tags.is_some_and(|tags| tags.iter().any(subset)) { Whole::No } else { Whole::Yes }
}
