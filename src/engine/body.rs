//! Bodies of requests: fixtures and earlier responses, changed as a case says, in the form and layout it asks for.
//! What is made here is a pure function of texts; nothing is sent.

use crate::engine::fhir::{self, Fault};
use crate::engine::fill::{NoValue, Scene};
use crate::engine::oracle::{media, tree};
use crate::language::catalogue::Catalogue;
use crate::model::plan::Dialect;
use crate::model::request::{DottedPath, Fixture, Layout};
use crate::model::target::Format;
use crate::model::text::Text;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A body as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is, where the case does not say so itself.
    pub media_type: &'static str,
}

/// Why a body cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// A name in it stands for nothing.
    #[error(transparent)]
    NoValue(#[from] NoValue),
    /// The text is not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// The text is no FHIR in XML, or what it holds cannot be said in XML.
    #[error("the body is not FHIR XML: {0}")]
    NotXml(#[from] Fault),
    /// There is no such file for this version.
    #[error("there is no body `{0}` of FHIR {1}")]
    Missing(String, &'static str),
    /// A path leads nowhere.
    #[error("`{0}` leads nowhere in the body")]
    NoPlace(String),
    /// A link leads to a host that the target file does not name.
    #[error("a link leads to {0}, which is no endpoint of the target")]
    Elsewhere(String),
}

/// The dialect in which a body is written: a content type that the case writes itself says which form it has, if it is
/// one of FHIR's; else the claim does.
#[must_use]
pub fn form(dialect: Dialect, content_type: Option<&str>) -> Dialect {
    let named = content_type.map(media::essence).unwrap_or_default();
    Dialect { format: Format::of_media_type(&named).unwrap_or(dialect.format), ..dialect }
}

/// A fixture, filled, changed and written in this dialect.
///
/// # Errors
/// When a name stands for nothing, a path leads nowhere, or the resource cannot be said in this form.
pub fn fixture(
    catalogue: &Catalogue,
    fixture: &Fixture,
    dialect: Dialect,
    scene: &Scene<'_>,
) -> Result<Written, BodyError> {
    let mut tree = filled(catalogue, fixture, dialect, scene)?;
    change(&mut tree, &fixture.set, &fixture.remove, &mut |text| Ok(scene.fill(text)?))?;
    written(&tree, fixture.layout, dialect)
}

/// A body as it came, changed and written in this dialect.
///
/// # Errors
/// As [`fixture`], and when what came can be read in neither form.
pub fn response(
    came: &[u8],
    set: &BTreeMap<DottedPath, Text>,
    remove: &[DottedPath],
    dialect: Dialect,
    scene: &Scene<'_>,
) -> Result<Written, BodyError> {
    let mut tree =
        tree::either(came).ok_or_else(|| BodyError::NotJson("what came is neither JSON nor FHIR XML".to_owned()))?;
    change(&mut tree, set, remove, &mut |text| Ok(scene.fill(text)?))?;
    written(&tree, Layout::Compact, dialect)
}

/// Whether a fixture can be written in this dialect at all, as far as that shows before any name is filled in.
///
/// # Errors
/// Says what keeps it from being written.
pub fn writable(catalogue: &Catalogue, fixture: &Fixture, dialect: Dialect) -> Result<(), BodyError> {
    let text = text_of(catalogue, fixture, dialect)?;
    // Where a name stands for more than a text, only its value shows what it makes of the body.
    let Ok(mut tree) = serde_json::from_str::<Value>(&text) else { return Ok(()) };
    change(&mut tree, &fixture.set, &fixture.remove, &mut |text| Ok(text.to_string()))?;
    written(&tree, fixture.layout, dialect).map(|_| ())
}

/// The tree in this dialect. Only a resource has a form in XML; what is none, such as a patch, stays JSON.
///
/// # Errors
/// When the resource holds what XML or the version cannot say.
pub fn written(tree: &Value, layout: Layout, dialect: Dialect) -> Result<Written, BodyError> {
    let format = if tree::resource_type(tree).is_some() { dialect.format } else { Format::Json };
    let text = match (format, layout) {
        (Format::Json, layout) => laid_out(tree, layout),
        (Format::Xml, Layout::Indented) => fhir::write_in_lines(tree, dialect.fhir)?,
        // The order of elements is fixed in XML, so that there is nothing to reverse.
        (Format::Xml, Layout::Compact | Layout::Reversed) => fhir::write(tree, dialect.fhir)?,
    };
    Ok(Written { bytes: text.into_bytes(), media_type: format.media_type() })
}

/// The tree of a fixture, its names filled in.
fn filled(catalogue: &Catalogue, fixture: &Fixture, dialect: Dialect, scene: &Scene<'_>) -> Result<Value, BodyError> {
    let text = text_of(catalogue, fixture, dialect)?;
    let text = Text::try_from(text).map_err(|error| BodyError::NotJson(error.to_string()))?;
    serde_json::from_str(&scene.fill(&text)?).map_err(|error| BodyError::NotJson(error.to_string()))
}

/// The text of a fixture as JSON, with its placeholders. A file in the form that is asked for goes before one in the other.
fn text_of(catalogue: &Catalogue, fixture: &Fixture, dialect: Dialect) -> Result<String, BodyError> {
    let other = match dialect.format {
        Format::Json => Format::Xml,
        Format::Xml => Format::Json,
    };
    let find = |format| Some((format, catalogue.body(&fixture.name, dialect.fhir, format)?));
    let missing = || BodyError::Missing(fixture.name.to_string(), dialect.fhir.as_str());
    let (format, bytes) = find(dialect.format).or_else(|| find(other)).ok_or_else(missing)?;
    Ok(match format {
        Format::Json => String::from_utf8_lossy(bytes).into_owned(),
        Format::Xml => fhir::read(bytes, dialect.fhir)?.to_string(),
    })
}

/// Applies `set` and `remove`.
fn change(
    tree: &mut Value,
    set: &BTreeMap<DottedPath, Text>,
    remove: &[DottedPath],
    fill: &mut dyn FnMut(&Text) -> Result<String, BodyError>,
) -> Result<(), BodyError> {
    for (path, text) in set {
        let value = fill(text)?;
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

/// The tree as JSON in this layout; every layout says the same.
fn laid_out(tree: &Value, layout: Layout) -> String {
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
    use crate::model::target::FhirVersion;
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

    const R4_XML: Dialect = Dialect { fhir: FhirVersion::R4, format: Format::Xml };

    #[test]
    fn a_content_type_of_fhir_says_the_form_and_another_does_not() {
        let named = |named| form(R4_XML, named).format;
        assert_eq!(named(Some("application/fhir+json; charset=utf-8")), Format::Json);
        assert_eq!(named(Some("Text/XML")), Format::Xml);
        assert_eq!((named(None), named(Some("text/plain"))), (Format::Xml, Format::Xml));
    }

    #[test]
    fn a_resource_is_written_as_xml_and_what_is_none_stays_json() {
        let patient = json!({"resourceType": "Patient", "active": true, "name": [{"family": "A&B"}]});
        for layout in [Layout::Compact, Layout::Indented, Layout::Reversed] {
            let xml = written(&patient, layout, R4_XML).unwrap();
            assert_eq!(xml.media_type, "application/fhir+xml");
            assert_eq!(fhir::read(&xml.bytes, FhirVersion::R4).unwrap(), patient);
            assert_eq!(xml.bytes.contains(&b'\n'), layout == Layout::Indented);
        }
        let patch = json!([{"op": "remove", "path": "/name"}]);
        let stays = written(&patch, Layout::Compact, R4_XML).unwrap();
        assert_eq!((stays.media_type, stays.bytes), ("application/fhir+json", patch.to_string().into_bytes()));
        let unknown = json!({"resourceType": "Patient", "height": 180});
        assert!(matches!(written(&unknown, Layout::Compact, R4_XML), Err(BodyError::NotXml(_))));
    }

    #[test]
    fn every_body_of_ours_can_be_said_in_xml() {
        let catalogue = Catalogue::embedded().catalogue.unwrap();
        let mut resources = 0;
        for path in catalogue.files.keys().filter_map(|path| path.strip_prefix("testcases/bodies/")) {
            let [name, version @ ("stu3" | "r4"), "json"] = path.split('.').collect::<Vec<_>>()[..] else { continue };
            let fhir = if version == "stu3" { FhirVersion::Stu3 } else { FhirVersion::R4 };
            let fixture = Fixture {
                name: name.parse().unwrap(),
                set: BTreeMap::new(),
                remove: Vec::new(),
                layout: Layout::Compact,
            };
            for format in [Format::Json, Format::Xml] {
                writable(&catalogue, &fixture, Dialect { fhir, format })
                    .unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            resources += 1;
        }
        assert!(resources > 15, "{resources}");
    }
}
