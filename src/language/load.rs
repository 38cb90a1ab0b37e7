//! Folders, and what is embedded in the binary, to a Catalogue: every fault in one pass.
//! Reads files and nothing else; follows no link out of the folder.

use super::catalogue::Catalogue;
use super::code::Code;
use super::diagnostic::{Diagnostic, Severity, SourceFile};
use super::folder::{gather, reason, walk};
use super::lint;
use super::prune::{self, Pruned};
use super::source::{self, Node, Region};
use crate::model::cast::{Cast, Numbers};
use crate::model::defect::{Defects, ReferenceClaims};
use crate::model::demand::Demands;
use crate::model::digest::digest as sha256;
use crate::model::id::{CaseId, RequestSetId, Word};
use crate::model::profile::Profile;
use crate::model::request::RequestSet;
use crate::model::testcase::TestCase;
use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/profiles");
static TESTCASES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/testcases");

/// Files by their path with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What came of loading and linting.
#[derive(Debug)]
pub struct Loaded {
    /// The catalogue, if no error was found.
    pub catalogue: Option<Catalogue>,
    /// Errors and warnings, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// The errors and warnings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(move |diagnostic| diagnostic.severity == severity)
    }
}

impl Catalogue {
    /// The catalogue that is embedded in the binary.
    #[must_use]
    pub fn embedded() -> Loaded {
        let mut files = Files::new();
        gather(&PROFILES, "profiles", &mut files);
        gather(&TESTCASES, "testcases", &mut files);
        from_files(files)
    }

    /// The catalogue in a folder that holds `profiles/` and `testcases/`.
    #[must_use]
    pub fn from_folder(folder: &Path) -> Loaded {
        let mut files = Files::new();
        let mut diagnostics = Vec::new();
        match fs::canonicalize(folder) {
            Ok(root) => {
                for part in ["profiles", "testcases"] {
                    if root.join(part).exists() {
                        walk(&root, &root.join(part), part, 0, &mut files, &mut diagnostics);
                    }
                }
            }
            Err(error) => diagnostics.push(Diagnostic::of_file(
                Code::Unreadable,
                folder.display().to_string(),
                format!("the folder cannot be opened: {}", reason(&error)),
            )),
        }
        if !diagnostics.is_empty() && files.is_empty() {
            return Loaded { catalogue: None, diagnostics };
        }
        let mut loaded = from_files(files);
        if !diagnostics.is_empty() {
            loaded.catalogue = None;
            loaded.diagnostics.extend(diagnostics);
            loaded.diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        loaded
    }
}

/// What a file is, by its path alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Profile,
    Demands,
    Case,
    Defects,
    Cast,
    Numbers,
    Requests,
    Body,
    Reference,
    /// YAML where none is read.
    Astray,
    Ignored,
}

/// Whether a file of this path is part of a catalogue, or looks as if it were meant to be.
pub(super) fn is_read(path: &str) -> bool {
    kind_of(path) != Kind::Ignored
}

fn kind_of(path: &str) -> Kind {
    let parts: Vec<&str> = path.split('/').collect();
    let yaml = path.ends_with(".yaml");
    match parts.as_slice() {
        [.., file] if file.starts_with('.') => Kind::Ignored,
        ["profiles", _, _, "profile.yaml"] => Kind::Profile,
        ["profiles", "demands.yaml"] => Kind::Demands,
        ["testcases", "reference.yaml"] => Kind::Reference,
        ["testcases", "cast", "numbers.yaml"] => Kind::Numbers,
        ["testcases", "cast", _] if yaml => Kind::Cast,
        ["testcases", "requests", _] if yaml => Kind::Requests,
        ["testcases", "bodies", file] if !file.ends_with(".md") => Kind::Body,
        ["testcases", "cast" | "requests" | "bodies", ..] if yaml => Kind::Astray,
        ["testcases", _, "defects.yaml"] => Kind::Defects,
        ["testcases", _, _] if yaml => Kind::Case,
        ["profiles" | "testcases", ..] if yaml || path.ends_with(".yml") => Kind::Astray,
        _ => Kind::Ignored,
    }
}

/// One file that was read.
#[derive(Clone, Debug)]
pub(super) struct Parsed<T> {
    /// Its text.
    pub source: Arc<SourceFile>,
    /// The same as a tree; for places.
    pub tree: Node,
    /// The same as a value.
    pub value: T,
    /// Whether every item of it was read; only then do positions in value and tree agree.
    pub whole: bool,
}

/// Everything that was read, before lint. Files that could not be read at all are in `broken` only.
#[derive(Debug, Default)]
pub(super) struct House {
    pub profiles: Vec<Parsed<Profile>>,
    pub demands: Option<Parsed<Demands>>,
    pub cases: Vec<(CaseId, Parsed<TestCase>)>,
    pub defects: Vec<(String, Parsed<Defects>)>,
    pub casts: Vec<Parsed<Cast>>,
    pub numbers: Option<Parsed<Numbers>>,
    pub sets: Vec<(String, Parsed<RequestSet>)>,
    pub reference: Option<Parsed<ReferenceClaims>>,
    pub bodies: Vec<BodyFile>,
    /// Texts of files that were not read wholly; what is named there may well exist.
    pub broken: Vec<Arc<SourceFile>>,
}

/// One file below `testcases/bodies/`.
#[derive(Clone, Debug)]
pub(super) struct BodyFile {
    /// Its text.
    pub source: Arc<SourceFile>,
    /// The name by which requests or expectations cite it.
    pub name: Word,
    /// Whether it is a JSON Schema.
    pub schema: bool,
}

/// Loads and lints files given by path.
#[must_use]
pub fn from_files(files: Files) -> Loaded {
    let mut reader = FileReader::default();
    let mut kept = BTreeMap::new();
    for (path, bytes) in files {
        let kind = kind_of(&path);
        if kind == Kind::Ignored {
            continue;
        }
        reader.file(kind, &path, &bytes);
        if kind != Kind::Astray {
            kept.insert(path, Arc::<[u8]>::from(bytes));
        }
    }
    let FileReader { house, mut diagnostics } = reader;
    parts(&house, &kept, &mut diagnostics);
    diagnostics.extend(lint::run(&house));
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
    let faulty = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let catalogue = if faulty { None } else { assemble(house, kept) };
    Loaded { catalogue, diagnostics }
}

/// Says which parts are missing altogether.
fn parts(house: &House, files: &BTreeMap<String, Arc<[u8]>>, diagnostics: &mut Vec<Diagnostic>) {
    let mut missing = |there: bool, path: &str, message: &str| {
        if !there {
            diagnostics.push(Diagnostic::of_file(Code::MissingPart, path, message));
        }
    };
    if files.is_empty() {
        missing(false, "profiles/", "the catalogue is empty: there is neither `profiles/` nor `testcases/`");
        return;
    }
    let any = |fits: fn(Kind) -> bool| files.keys().any(|path| fits(kind_of(path)));
    missing(any(|kind| kind == Kind::Profile), "profiles/", "there is no `profiles/<standard>/<edition>/profile.yaml`");
    missing(any(|kind| kind == Kind::Case), "testcases/", "there is no `testcases/<standard>/<slug>.yaml`");
    missing(any(|kind| kind == Kind::Cast), "testcases/cast/", "there is no cast: no `testcases/cast/<name>.yaml`");
    missing(
        any(|kind| kind == Kind::Numbers),
        "testcases/cast/numbers.yaml",
        "nothing says which numbers are reserved for tests",
    );
    missing(
        any(|kind| kind == Kind::Reference),
        "testcases/reference.yaml",
        "nothing says under which claims the reference is run",
    );
    debug_assert!(house.numbers.is_none() || any(|kind| kind == Kind::Numbers));
}

/// Makes the catalogue of what was found to be without error.
fn assemble(house: House, files: BTreeMap<String, Arc<[u8]>>) -> Option<Catalogue> {
    let mut cast = Cast {
        format: crate::model::request::Format1,
        patients: BTreeMap::new(),
        organisations: BTreeMap::new(),
        relation: None,
    };
    for parsed in house.casts {
        cast.relation = cast.relation.or(parsed.value.relation);
        cast.patients.extend(parsed.value.patients);
        cast.organisations.extend(parsed.value.organisations);
    }
    let mut defects = BTreeMap::new();
    for (profile, parsed) in house.defects {
        let profile: crate::model::id::ProfileId = profile.parse().ok()?;
        for defect in parsed.value.defects {
            defects.insert(defect.id.clone(), (profile.clone(), defect));
        }
    }
    Some(Catalogue {
        profiles: house.profiles.into_iter().map(|parsed| (parsed.value.id.clone(), parsed.value)).collect(),
        cases: house.cases.into_iter().map(|(id, parsed)| (id, parsed.value)).collect(),
        sets: house.sets.into_iter().map(|(_, parsed)| (parsed.value.id.clone(), parsed.value)).collect(),
        cast,
        numbers: house.numbers?.value,
        defects,
        demands: house.demands.map(|parsed| parsed.value.demands).unwrap_or_default(),
        reference: house.reference?.value,
        digest: digest(&files),
        files,
    })
}

/// SHA-256 over lines `<SHA-256 of the file>  <path>`, sorted by path: what `sha256sum` prints of
/// the files, put through `sha256sum` once more.
#[must_use]
pub fn digest(files: &BTreeMap<String, Arc<[u8]>>) -> String {
    let lines: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect();
    sha256(lines.as_bytes())
}

#[derive(Default)]
struct FileReader {
    house: House,
    diagnostics: Vec<Diagnostic>,
}

impl FileReader {
    fn file(&mut self, kind: Kind, path: &str, bytes: &[u8]) {
        if kind == Kind::Astray {
            let message = "a YAML file where none is read";
            return self
                .diagnostics
                .push(Diagnostic::of_file(Code::UnreadFile, path, message).help(where_yaml_stands()));
        }
        let Some(source) = text(path, bytes, &mut self.diagnostics) else {
            return;
        };
        let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".yaml").to_owned();
        let folder = path.split('/').nth(1).unwrap_or_default().to_owned();
        match kind {
            Kind::Profile => {
                let items = &["requirements/*", "options/*", "actions/*", "groups/*", "sets/*"];
                if let Some(parsed) = self.yaml(source, items) {
                    self.house.profiles.push(parsed);
                }
            }
            Kind::Demands => self.house.demands = self.yaml(source, &["demands/*"]),
            Kind::Case => match format!("{folder}/{stem}").parse::<CaseId>() {
                Ok(id) => {
                    if let Some(parsed) = self.yaml(source, &["steps/*", "steps/*/expect/*", "each/*"]) {
                        self.house.cases.push((id, parsed));
                    }
                }
                Err(_) => {
                    self.name(path, "the folder and the file of a case are words of small letters, digits and hyphens");
                    self.house.broken.push(source);
                }
            },
            Kind::Defects => {
                if let Some(parsed) = self.yaml(source, &["defects/*"]) {
                    self.house.defects.push((folder, parsed));
                }
            }
            Kind::Cast => {
                if let Some(parsed) = self.yaml(source, &["patients/*", "organisations/*"]) {
                    self.house.casts.push(parsed);
                }
            }
            Kind::Numbers => self.house.numbers = self.yaml(source, &["bsn/ranges/*", "ura/ranges/*"]),
            Kind::Requests => {
                if let Err(error) = stem.parse::<RequestSetId>() {
                    self.name(path, &error.to_string());
                }
                if let Some(parsed) = self.yaml(source, &["requests/*", "open-when/*"]) {
                    self.house.sets.push((stem, parsed));
                }
            }
            Kind::Reference => self.house.reference = self.yaml(source, &["sets/*", "sets/*/claims/*"]),
            Kind::Body => self.body(path, source),
            Kind::Astray | Kind::Ignored => {}
        }
    }

    fn name(&mut self, path: &str, message: &str) {
        self.diagnostics.push(Diagnostic::of_file(Code::FileName, path, message.to_owned()));
    }

    fn yaml<T: DeserializeOwned + JsonSchema>(&mut self, source: Arc<SourceFile>, items: &[&str]) -> Option<Parsed<T>> {
        let parsed = yaml(&source, items, &mut self.diagnostics);
        if !parsed.as_ref().is_some_and(|parsed| parsed.whole) {
            self.house.broken.push(source);
        }
        parsed
    }

    fn body(&mut self, path: &str, source: Arc<SourceFile>) {
        let file = path.rsplit('/').next().unwrap_or(path);
        let parts: Vec<&str> = file.split('.').collect();
        let (name, schema) = match parts.as_slice() {
            [name, "schema", "json"] => (*name, true),
            [name, "stu3" | "r4", "json" | "xml"] => (*name, false),
            _ => {
                return self.name(path, "a body is named `<name>.<stu3|r4>.<json|xml>`, a schema `<name>.schema.json`");
            }
        };
        let name = match name.parse::<Word>() {
            Ok(name) => name,
            Err(error) => return self.name(path, &error.to_string()),
        };
        if path.ends_with(".json")
            && let Some(diagnostic) = json_fault(&source, schema)
        {
            self.diagnostics.push(diagnostic);
        }
        self.house.bodies.push(BodyFile { source, name, schema });
    }
}

fn where_yaml_stands() -> Option<String> {
    Some(
        "a case is `testcases/<standard>/<slug>.yaml`, a profile `profiles/<standard>/<edition>/profile.yaml`"
            .to_owned(),
    )
}

/// The text of a file, or why it has none.
pub(super) fn text(path: &str, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Option<Arc<SourceFile>> {
    match source::text(bytes) {
        Ok(text) => Some(Arc::new(SourceFile { path: path.to_owned(), text: text.to_owned() })),
        Err(unread) => {
            diagnostics.push(Diagnostic::of_file(unread.code, path, unread.message));
            None
        }
    }
}

/// Reads one YAML file into its type.
pub(super) fn yaml<T: DeserializeOwned + JsonSchema>(
    source: &Arc<SourceFile>,
    items: &[&str],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Parsed<T>> {
    let tree = match source::parse(&source.text) {
        Ok(tree) => tree,
        Err(unread) => {
            diagnostics.push(match unread.region {
                Some(region) => Diagnostic::at(unread.code, source, region, unread.message),
                None => Diagnostic::of_file(unread.code, &source.path, unread.message),
            });
            return None;
        }
    };
    let Pruned { value, diagnostics: faults } = prune::read(source, &tree, items);
    let whole = faults.is_empty();
    diagnostics.extend(faults);
    Some(Parsed { source: Arc::clone(source), tree, value: value?, whole })
}

fn json_fault(source: &Arc<SourceFile>, schema: bool) -> Option<Diagnostic> {
    match serde_json::from_str::<serde_json::Value>(&source.text) {
        Err(error) => {
            let start: usize =
                source.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = (start + error.column().saturating_sub(1)).min(source.text.len());
            let at = (0..=at).rev().find(|at| source.text.is_char_boundary(*at)).unwrap_or(0);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let region = Region::of(&source.text, at, at);
            Some(Diagnostic::at(Code::Body, source, region, format!("this is not JSON: {message}")))
        }
        Ok(value) if schema => jsonschema::validator_for(&value)
            .err()
            .map(|error| Diagnostic::of_file(Code::Body, &source.path, format!("this is not a JSON Schema: {error}"))),
        Ok(_) => None,
    }
}
