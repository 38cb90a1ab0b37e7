//! What must hold for the exchanges of a step: typed, one variant a kind.
//! An expectation says what is wanted; the oracle of the same name says what was seen.

use super::id::{StepId, Word};
use super::request::HeaderName;
use super::span::{Moment, Span};
use super::text::{Name, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expectation {
    /// The status is one of these.
    Status(Vec<StatusPattern>),
    /// The media type of the response is one of these; parameters are not compared. `asked` is what the request's Accept
    /// names, `generic` the type of that form which says less.
    MediaType(Vec<String>),
    /// The value at a place matches.
    Value(ValueAt),
    /// The body is that.
    Body(BodyIs),
    /// Canaries and identifiers of the cast occur so, anywhere, in any encoding.
    Discloses(Disclosure),
    /// Decisions form that pattern.
    Opens(Opening),
    /// A relation with the exchanges of an earlier step.
    Compare(Comparison),
    /// Protected equals unknown, by what can be observed.
    Indistinguishable(Indistinguishable),
    /// That many exchanges were yielded.
    Count(Count),
    /// The accesses that a log lists are exactly those of these steps.
    Logs(Log),
    /// Whether the binding acknowledged the action.
    Acknowledged(YesNo),
    /// Decisions of a walk follow from the choices on record.
    Decisions(Decisions),
    /// Every entry of a search result matches what was asked, by our own evaluation.
    OnlyMatching,
    /// Each came later than the first of that step.
    After(StepId),
    /// Each was answered, and not much later than those of an earlier step.
    KeepsPace(Pace),
    /// Whether the other side spoke with us at all, given the certificate that we showed.
    Handshake(Handshake),
    /// Data went by the pattern of communication that is declared, or by a stricter one.
    Pattern(Pattern),
}

/// How much later than usual an answer may come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pace {
    /// The earlier step that shows what is usual: the slowest answer to the same request counts.
    pub with: StepId,
    /// How much longer than that an answer may take.
    pub within: Moment,
}

/// From which steps a pattern of communication is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pattern {
    /// The pattern declared: `push`, `notified-pull`, `directed-query` or `indexed-query`.
    pub declared: Text,
    /// Whose data they are.
    pub about: Vec<Name>,
    /// The step that waited at the recipient.
    pub sent: StepId,
    /// Steps in which the recipient asked for the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obtained: Vec<StepId>,
    /// Steps in which others asked for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<StepId>,
    /// Steps that waited at central facilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facilities: Vec<StepId>,
}

/// A pattern of communication, from the strictest to the loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatternWord {
    /// Data are sent to a recipient.
    Push,
    /// A recipient is told, and then collects.
    NotifiedPull,
    /// Somebody asks a known holder.
    DirectedQuery,
    /// Somebody finds a holder through an index, and asks.
    IndexedQuery,
}

impl PatternWord {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Push, Self::NotifiedPull, Self::DirectedQuery, Self::IndexedQuery];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::NotifiedPull => "notified-pull",
            Self::DirectedQuery => "directed-query",
            Self::IndexedQuery => "indexed-query",
        }
    }
}

/// Whether the other side speaks with a client that shows such a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handshake {
    /// It does.
    Completed,
    /// It does not: it breaks off, or answers with a refusal and nothing else.
    Refused,
}

/// How decisions relate to the choices on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decisions {
    /// As this model decides; where it does not decide, anything is right.
    Follow(Model),
    /// The same whatever the order in which the choices were recorded.
    OrderFree,
    /// A permission more never closes, an objection more never opens.
    Monotone,
}

/// A model of how choices decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The conflict rules of the Dutch generic function consent.
    NlGfConsent,
}

/// A status code or a class of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "StatusText", into = "StatusText")]
#[schemars(with = "StatusText")]
pub enum StatusPattern {
    /// Exactly this code.
    Code(u16),
    /// Every code of this class: `4` is `4xx`.
    Class(u8),
}

impl StatusPattern {
    /// Whether this status fits.
    #[must_use]
    pub fn fits(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => status / 100 == u16::from(class),
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// A status as files write it: a number, or a class such as `4xx`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(with = "StatusSchema")]
pub struct StatusText(String);

#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum StatusSchema {
    Code(#[schemars(range(min = 100, max = 599))] u16),
    Class(#[schemars(regex(pattern = "^[1-5]xx$"))] String),
}

impl<'de> Deserialize<'de> for StatusText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = StatusText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status such as `404` or `4xx`")
            }

            fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<StatusText, E> {
                Ok(StatusText(code.to_string()))
            }

            fn visit_i64<E: serde::de::Error>(self, code: i64) -> Result<StatusText, E> {
                Ok(StatusText(code.to_string()))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<StatusText, E> {
                Ok(StatusText(text.to_owned()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl TryFrom<StatusText> for StatusPattern {
    type Error = String;

    fn try_from(StatusText(text): StatusText) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a status: write a code such as `404` or a class such as `4xx`");
        if let Some(class) = text.strip_suffix("xx") {
            return match class.parse::<u8>() {
                Ok(class @ 1..=5) => Ok(Self::Class(class)),
                _ => Err(wrong()),
            };
        }
        match text.parse::<u16>() {
            Ok(code @ 100..=599) => Ok(Self::Code(code)),
            _ => Err(wrong()),
        }
    }
}

impl From<StatusPattern> for StatusText {
    fn from(pattern: StatusPattern) -> Self {
        Self(pattern.to_string())
    }
}

/// A value at a place, of the request or of the response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ValueAt {
    /// Where.
    pub at: Place,
    /// In the request or in the response; by default in what came from the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<super::testcase::Side>,
    /// What it must be.
    pub is: Matcher,
}

/// A place in an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Place {
    /// A header; several lines of it are one value with commas.
    Header(HeaderName),
    /// A JSON pointer (RFC 6901) into the body.
    Json(String),
    /// A FHIR path of member names; any item of a list counts.
    Element(String),
    /// A form field of the body.
    Form(String),
    /// A query parameter of the URL, decoded.
    Query(String),
    /// A path segment of the URL; negative counts from the end.
    Segment(i32),
    /// The link of that relation in a Bundle.
    Link(String),
    /// A claim of the JSON Web Token in the form field `assertion` or `client_assertion`, else in the `authorization` header.
    Claim(String),
    /// Every URL that stands in a header or in the body.
    Links,
    /// The id of the resource of that type that an answer says was created, by `Location`, else by its body.
    Created(String),
    /// The id of the resource of that type that a notification tells of, in its body, else by the last segment of its URL.
    Notified(String),
    /// The whole body as text, whatever it is; written `body: true`.
    Body(Always),
    /// The client certificate that a caller of ours showed, as its SHA-256; written `client-certificate: true`.
    ClientCertificate(Always),
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Matcher {
    /// This, compared as text.
    Equals(Text),
    /// One of these.
    OneOf(Vec<Text>),
    /// One of these, where a name that a step kept more than once stands for each of its values and not the latest alone.
    OneOfEvery(Vec<Text>),
    /// Holds this.
    Contains(Text),
    /// Is there and does not hold this.
    Lacks(Text),
    /// A regular expression (linear time, no look-around).
    Pattern(String),
    /// A number not above this.
    AtMost(i64),
    /// A number not below this.
    AtLeast(i64),
    /// There is a value.
    Present(Always),
    /// There is none.
    Absent(Always),
    /// Nothing of these people in any of them, however encoded, whoever brought it up; `who.bsn` is the number alone.
    Hides(Vec<Name>),
    /// No value matches this regular expression; no value at all does not either.
    Never(String),
}

/// The word `true`; a matcher that takes no argument is written `present: true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "bool", into = "bool")]
#[schemars(with = "bool")]
pub struct Always;

impl TryFrom<bool> for Always {
    type Error = &'static str;

    fn try_from(yes: bool) -> Result<Self, Self::Error> {
        if yes { Ok(Self) } else { Err("write `true`, or use the opposite matcher") }
    }
}

impl From<Always> for bool {
    fn from(_: Always) -> Self {
        true
    }
}

/// What a body must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BodyIs {
    /// No bytes.
    Empty,
    /// A FHIR resource of this type.
    Resource(String),
    /// Valid against `testcases/bodies/<name>.schema.json` (JSON Schema 2020-12).
    Schema(Word),
    /// A Bundle with this many entries, OperationOutcome entries not counted.
    Entries(Count),
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Count {
    /// None at all.
    None,
    /// Exactly this many.
    Exactly(u32),
    /// This many or more.
    AtLeast(u32),
    /// This many or fewer.
    AtMost(u32),
}

/// Whose canaries and identifiers occur. Each key that stands must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Disclosure {
    /// Something of at least one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Name>,
    /// Every marker of each of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Name>,
    /// Nothing of any of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<Name>,
    /// Nothing of anybody but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Name>,
}

/// Which decisions are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Opening {
    /// Every one.
    All,
    /// Not one.
    None,
    /// As in an earlier step, except where these `each` values hold; there closed.
    AsIn(AsIn),
}

/// A pattern taken from an earlier step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AsIn {
    /// The earlier step.
    pub step: StepId,
    /// Repetitions that must be closed; the word `any` stands for every value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub except: BTreeMap<String, Text>,
}

/// A relation between two steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Comparison {
    /// What is compared.
    pub what: Aspect,
    /// The relation.
    pub is: Relation,
    /// The earlier step.
    pub step: StepId,
}

/// What two answers are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The multiset of resources, without Bundle id, `meta` and paging.
    Content,
    /// Paths and types.
    Shape,
    /// Served, or refused with which status.
    Outcome,
    /// Type and id of each entry.
    Entries,
    /// Paths per entry.
    Elements,
    /// Canaries, as a union over the step.
    Canaries,
    /// Type and id of each match, how often it stands there included, over all answers of the step together.
    Pages,
}

impl Aspect {
    /// Whether a step is compared as a whole, not answer by answer.
    #[must_use]
    pub const fn is_of_whole_step(self) -> bool {
        match self {
            Self::Canaries | Self::Pages => true,
            Self::Content | Self::Shape | Self::Outcome | Self::Entries | Self::Elements => false,
        }
    }
}

/// How two answers relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same.
    Equal,
    /// Nothing that the other lacks.
    SubsetOf,
    /// Lacks nothing that the other has.
    SupersetOf,
}

/// Protected looks like unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Indistinguishable {
    /// What is observed.
    pub by: Observable,
    /// Places whose values are not compared; presence still is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mask: Vec<Mask>,
}

/// What an onlooker can observe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Observable {
    /// Status, headers and body.
    Structure,
}

/// A place whose value is noise by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mask {
    /// A response header.
    Header(HeaderName),
    /// An element of the body by FHIR path.
    Element(String),
}

/// What a log must list, and nothing else by the organisations of the cast since the case began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Log {
    /// The steps whose exchanges were accesses.
    #[serde(default)]
    pub steps: Vec<StepId>,
    /// How far the time that is logged may be off.
    pub within: Span,
}

/// Yes or no, where a binding's refusal is what is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum YesNo {
    /// It was acknowledged.
    Yes,
    /// It was refused.
    No,
}

impl Expectation {
    /// The earlier steps that this cites.
    #[must_use]
    pub fn cites(&self) -> Vec<&StepId> {
        match self {
            Self::Compare(comparison) => vec![&comparison.step],
            Self::Opens(Opening::AsIn(as_in)) => vec![&as_in.step],
            Self::Logs(log) => log.steps.iter().collect(),
            Self::After(step) => vec![step],
            Self::KeepsPace(pace) => vec![&pace.with],
            Self::Pattern(pattern) => std::iter::once(&pattern.sent)
                .chain(&pattern.obtained)
                .chain(&pattern.others)
                .chain(&pattern.facilities)
                .collect(),
            Self::Status(_)
            | Self::MediaType(_)
            | Self::Value(_)
            | Self::Body(_)
            | Self::Discloses(_)
            | Self::Opens(Opening::All | Opening::None)
            | Self::Indistinguishable(_)
            | Self::Count(_)
            | Self::Decisions(_)
            | Self::OnlyMatching
            | Self::Handshake(_)
            | Self::Acknowledged(_) => Vec::new(),
        }
    }

    /// Whether this only says whose data an answer may hold at most, so that an answer with none satisfies it.
    #[must_use]
    pub fn only_limits(&self) -> bool {
        matches!(self, Self::Discloses(disclosure) if disclosure.any.is_empty() && disclosure.all.is_empty())
    }

    /// Whether this wants something *not* to happen, so that an idle server would satisfy it.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Status(patterns) => patterns.iter().all(|pattern| match pattern {
                StatusPattern::Code(code) => *code >= 400,
                StatusPattern::Class(class) => *class >= 4,
            }),
            Self::Discloses(disclosure) => {
                disclosure.any.is_empty() && disclosure.all.is_empty() && !disclosure.none.is_empty()
            }
            Self::Opens(opening) => *opening == Opening::None,
            Self::Handshake(handshake) => *handshake == Handshake::Refused,
            Self::Count(count) | Self::Body(BodyIs::Entries(count)) => *count == Count::None,
            Self::Value(value) => matches!(value.is, Matcher::Absent(_) | Matcher::Never(_) | Matcher::Hides(_)),
            Self::Body(_)
            | Self::MediaType(_)
            | Self::Compare(_)
            | Self::Indistinguishable(_)
            | Self::Decisions(_)
            | Self::OnlyMatching
            | Self::Logs(_)
            | Self::After(_)
            | Self::KeepsPace(_)
            | Self::Pattern(_)
            | Self::Acknowledged(_) => false,
        }
    }
}
