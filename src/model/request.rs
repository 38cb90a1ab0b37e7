//! Requests as cases and request sets write them, before any placeholder is filled.
//! What was really sent is a record (`record.rs`), never this.

use super::expectation::Expectation;
use super::id::{RequestSetId, StepId, Word};
use super::testcase::Where;
use super::text::{Bilingual, Name, Part, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A named list of requests about one person (`testcases/requests/<id>.yaml`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RequestSet {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The name by which cases cite it; the same as the file's.
    pub id: RequestSetId,
    /// What it is, for reports.
    pub title: Bilingual,
    /// When an answer counts as open; default: it discloses the person asked about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_when: Vec<Expectation>,
    /// The requests, in the order in which they are sent.
    pub requests: Vec<SetRequest>,
}

/// One request of a set. Entries with the same id and disjoint `where` are forms of one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SetRequest {
    /// Its name within the set.
    pub id: Word,
    /// The dialects and options under which it exists.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Where>,
    /// What is sent.
    pub http: HttpRequest,
}

/// The number that heads every file people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32")]
pub struct Format1;

impl TryFrom<u32> for Format1 {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        match number {
            1 => Ok(Self),
            other => Err(format!("format {other} is not known to this version; it reads format 1")),
        }
    }
}

impl From<Format1> for u32 {
    fn from(_: Format1) -> Self {
        1
    }
}

/// One HTTP request, with placeholders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The endpoint of the target it goes to, or an `each` name that holds one.
    pub endpoint: Name,
    /// Path and query below that endpoint, beginning with `/`; or one saved value alone, which is followed as a link.
    pub path: Text,
    /// Further headers, or ones that replace the engine's own; an empty text leaves the engine's out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<HeaderName, Text>,
    /// Form fields; sent as `application/x-www-form-urlencoded`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, Text>,
    /// After the answer, the link of this relation in it is read too, and that of the next answer, at most 20 in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<String>,
    /// The body; excludes `form`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

impl HttpRequest {
    /// Whether its path is one saved value alone: a link that the target gave.
    #[must_use]
    pub fn is_link(&self) -> bool {
        matches!(self.path.parts(), [Part::Placeholder(name)] if name.field.is_some())
    }
}

/// A header name in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct HeaderName(String);

impl HeaderName {
    /// The name, in small letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(name)) } else { Err(format!("`{name}` is not a header name in small letters")) }
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> Self {
        name.0
    }
}

/// An HTTP method that cases may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the methods of RFC 9110 and RFC 5789 name themselves")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl Method {
    /// The method as it stands on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

/// Where the body of a request comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Body {
    /// A file `testcases/bodies/<name>.<fhir>.<format>`, changed as said.
    Fixture(Fixture),
    /// This text; its media type is given by a header.
    Text(Text),
    /// One of these texts, in the form that the claim asks for and with its media type: for what is no sound resource.
    Forms(BodyForms),
    /// What an earlier step received, changed as said.
    Response(ResponseBody),
    /// Malformed or extreme, within bounds: what a careless or hostile client might send.
    Hostile(Hostile),
}

/// An Observation about one person that nobody would send on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hostile {
    /// What is wrong with it: a word of [`HostileForm`], or an `each` name that ranges over such words.
    pub form: Name,
    /// Whom it is about, as a FHIR reference.
    pub subject: Text,
}

/// What is wrong with a hostile body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostileForm {
    /// It ends in the middle.
    CutOff,
    /// Extensions within extensions, thousands deep.
    DeeplyNested,
    /// A note of half a megabyte.
    LongText,
    /// A long run of one letter where a careless regular expression would try every way to read it.
    PatternTrap,
    /// Half a megabyte of spaces that travels as some hundred bytes; goes with `content-encoding: gzip`.
    Swelling,
}

impl HostileForm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::CutOff, Self::DeeplyNested, Self::LongText, Self::PatternTrap, Self::Swelling];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::DeeplyNested => "deeply-nested",
            Self::LongText => "long-text",
            Self::PatternTrap => "pattern-trap",
            Self::Swelling => "swelling",
        }
    }

    /// The form of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == word)
    }
}

/// A text for each form of FHIR.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BodyForms {
    /// In JSON.
    pub json: Text,
    /// In XML.
    pub xml: Text,
}

/// A body from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fixture {
    /// The file's name, without FHIR version and format.
    pub name: Word,
    /// Values put in place, by dotted path from the root (`entry.0.resource.status`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<DottedPath, Text>,
    /// Elements taken out, by dotted path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<DottedPath>,
    /// How the same tree is written down.
    #[serde(default)]
    pub layout: Layout,
}

/// A body that an earlier step received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ResponseBody {
    /// The step whose last response is used.
    pub of: StepId,
    /// Values put in place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<DottedPath, Text>,
    /// Elements taken out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<DottedPath>,
}

/// How one tree is serialised; every layout says the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// As the fixture file has it, without white space.
    #[default]
    Compact,
    /// With line breaks and indentation.
    Indented,
    /// Members of every object in reverse order.
    Reversed,
}

/// A path of member names and list positions with dots between: `entry.0.resource.status`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct DottedPath(Vec<String>);

impl DottedPath {
    /// Its segments in order.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.0
    }
}

impl TryFrom<String> for DottedPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let segments: Vec<String> = text.split('.').map(str::to_owned).collect();
        if segments.iter().any(|segment| {
            segment.is_empty() || !segment.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        }) {
            return Err(format!("`{text}` is not a path of names and positions with dots between"));
        }
        Ok(Self(segments))
    }
}

impl From<DottedPath> for String {
    fn from(path: DottedPath) -> Self {
        path.0.join(".")
    }
}
