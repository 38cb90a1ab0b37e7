//! What was wanted and what was seen, as facts: codes with typed arguments.
//! `report/words.rs` alone says them in Dutch and English.

use super::expectation::{Aspect, Relation};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an expectation wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "kebab-case")]
pub enum Expected {
    /// One of these status codes or classes.
    StatusOneOf(Vec<String>),
    /// One of these media types.
    MediaTypeOneOf(Vec<String>),
    /// A value at this place that fits this description.
    ValueAt {
        /// The place, as written: `header etag`.
        place: String,
        /// The matcher, as written: `equals W/"2"`.
        wanted: String,
    },
    /// No body.
    EmptyBody,
    /// A resource of this type.
    ResourceOf(String),
    /// Valid against this schema.
    FitsSchema(String),
    /// This many entries: `none`, `exactly 2`, `at-least 1`.
    Entries(String),
    /// Something of one of these.
    DisclosesAny(Vec<String>),
    /// Everything of these.
    DisclosesAll(Vec<String>),
    /// Nothing of these.
    DisclosesNone(Vec<String>),
    /// Nothing of anybody but these.
    DisclosesOnly(Vec<String>),
    /// Every decision open.
    OpensAll,
    /// Every decision closed.
    OpensNone,
    /// Open exactly as in this step, save the exceptions.
    OpensAsIn(String),
    /// A relation with an earlier step.
    Related {
        /// By what they are compared.
        what: Aspect,
        /// The relation.
        is: Relation,
        /// The earlier step.
        step: String,
    },
    /// Protected looks like unknown.
    Indistinguishable,
    /// This many exchanges.
    Count(String),
    /// The accesses of these steps and no others are in the log.
    Logged(Vec<String>),
    /// The accesses of these steps were logged at a facility, with the time at which they were.
    LoggedThere(Vec<String>),
    /// The action acknowledged (true) or refused (false).
    Acknowledged(bool),
    /// Decisions as the model decides.
    FollowsModel,
    /// The same decisions in any order of choices.
    OrderFree,
    /// No permission closes, no objection opens.
    Monotone,
    /// Every entry matches the search.
    OnlyMatching,
    /// Later than the first of this step.
    After(String),
    /// An answer at most this many milliseconds later than the slowest of this step.
    KeepsPace {
        /// The step that shows what is usual.
        step: String,
        /// Milliseconds.
        within_ms: u64,
    },
    /// By this pattern of communication, or a stricter one.
    Pattern(String),
    /// Spoken with (true) or refused (false) with such a certificate.
    Handshake(bool),
    /// The exchange takes place at all.
    Answered,
    /// The action can be carried out.
    Done,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "kebab-case")]
pub enum Observed {
    /// This status.
    Status(u16),
    /// This media type; empty if none.
    MediaType(String),
    /// These values at the place.
    Values(Vec<String>),
    /// Nothing at the place.
    NoValue,
    /// A body of this many bytes.
    BodyOf(u64),
    /// A resource of this type; empty if the body is none.
    Resource(String),
    /// Not valid, at this place, for this reason.
    Misfit {
        /// JSON pointer.
        at: String,
        /// What is wrong there.
        why: String,
    },
    /// Not what FHIR says of its type, at this place.
    Flawed {
        /// FHIR path, and of XML the line and the column.
        at: String,
        /// What is wrong there.
        flaw: Flaw,
    },
    /// Valid.
    Fits,
    /// This many entries.
    Entries(u64),
    /// A body that is not a Bundle or cannot be read.
    Unreadable(String),
    /// Markers of these people, each with the ways in which they were written and where.
    Disclosed(Vec<Marker>),
    /// No marker of anybody asked about.
    NothingDisclosed,
    /// Markers of these groups were missing.
    Missing(Vec<String>),
    /// This many open and this many closed.
    Decisions {
        /// Open.
        open: u64,
        /// Closed.
        closed: u64,
    },
    /// A failing server, in this many answers: none of them decides anything.
    ServerFailed(u64),
    /// Wrongly open or wrongly closed.
    Misdecided {
        /// Open where closed was wanted.
        too_open: Vec<String>,
        /// Closed where open was wanted.
        too_closed: Vec<String>,
    },
    /// The relation holds.
    RelationHolds,
    /// What breaks it, a few examples.
    Differs(Vec<String>),
    /// Nothing to compare.
    NothingToCompare,
    /// By this pattern of communication.
    Pattern(String),
    /// This many came before.
    Early(u64),
    /// Answered after this many milliseconds, while the slowest usual answer took so many.
    Took {
        /// This one, in milliseconds.
        ms: u64,
        /// The slowest usual one, in milliseconds.
        usual_ms: u64,
    },
    /// Not answered while we waited, this many milliseconds.
    NoAnswerIn(u64),
    /// This many exchanges arrived, although nothing shows that one could have.
    Unproven {
        /// How many.
        count: u64,
        /// What is lacking: `trigger`, `line`, `control`.
        lacks: String,
    },
    /// This feature tells protected from unknown.
    Distinguished {
        /// The request.
        request: String,
        /// The feature: `status`, `header etag`, `body length`, …
        feature: String,
        /// What it is for the protected.
        protected: String,
        /// What it is for the unknown.
        unknown: String,
    },
    /// No feature told them apart, in this many exchanges of each class.
    Alike(u64),
    /// Unknown differs from unknown by this feature.
    UnknownUnstable(String),
    /// Known does not differ from unknown, so nothing could have shown.
    Blind,
    /// Fewer exchanges than needed.
    TooFew(u64),
    /// This many exchanges.
    Count(u64),
    /// The binding acknowledged (true) or refused (false), with its words.
    Acknowledged {
        /// Whether it did.
        yes: bool,
        /// What it said.
        detail: String,
    },
    /// Accesses that the log lacks, and entries of it that no access explains.
    Mislogged {
        /// Not in the log.
        missing: Vec<String>,
        /// Only in the log.
        invented: Vec<String>,
    },
    /// The log explains this many accesses, and nothing else.
    LogOf(u64),
    /// The token service refused the scope that was asked for.
    ScopeRefused,
    /// The connection broke in this phase.
    Fault {
        /// `resolve`, `connect`, `tls`, `send` or `receive`.
        phase: String,
        /// What went wrong.
        detail: String,
    },
    /// Told to slow down.
    RateLimited,
    /// Data outside the cast.
    ForeignData(String),
    /// The second try gave another verdict.
    SecondTryDiffers,
    /// Not sent, or not read to the end, for this reason.
    NotSent(String),
    /// The recording holds nothing for this step.
    NothingRecorded,
    /// Nothing in the whole case was ever served.
    NothingServed,
}

/// A marker that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Marker {
    /// The member of the cast.
    pub member: String,
    /// The group: `clinical`, `identity`, `id`, …
    pub group: String,
    /// The part of the exchange: `body`, `header location`, `status line`.
    pub part: String,
    /// The encodings that had to be undone, outermost first; empty if it stood there plainly.
    pub encoding: Vec<String>,
}

/// What is wrong at a place of a resource, whichever form it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", content = "args", rename_all = "kebab-case")]
pub enum Flaw {
    /// Larger than is read.
    TooLarge,
    /// Not text in UTF-8.
    NotUtf8,
    /// Not well-formed XML.
    NotWellFormed,
    /// A document type, which could bring entities along.
    Doctype,
    /// Elements too deep in one another.
    TooDeep,
    /// In another namespace than that of FHIR, or of a narrative where one belongs.
    Namespace,
    /// Text between elements.
    Text,
    /// No type of resource of that version.
    UnknownResource,
    /// An element that its place does not know.
    UnknownElement,
    /// An attribute that its place does not know.
    UnknownAttribute,
    /// More than one where one is the most.
    Repeated,
    /// Neither a value nor an extension.
    NoValue,
    /// One thing where a list belongs.
    NotList,
    /// A list where one thing belongs.
    List,
    /// A value where elements belong.
    NotObject,
    /// Not a value of this type.
    NotOf(String),
    /// Without this element, which must be there.
    Lacks(String),
    /// More than one type of one choice.
    TwoTypes,
    /// Nothing that XML can hold.
    Unwritable,
}

impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLarge => "it is larger than is read",
            Self::NotUtf8 => "it is not text in UTF-8",
            Self::NotWellFormed => "the XML is not well formed",
            Self::Doctype => "a document type is not allowed",
            Self::TooDeep => "elements stand too deep in one another",
            Self::Namespace => "the namespace is not the one that belongs here",
            Self::Text => "text stands where none belongs",
            Self::UnknownResource => "the resource type is unknown",
            Self::UnknownElement => "the element is unknown",
            Self::UnknownAttribute => "an attribute is unknown",
            Self::Repeated => "the element may stand here once",
            Self::NoValue => "there is neither a value nor an extension",
            Self::NotList => "a list belongs here",
            Self::List => "no list belongs here",
            Self::NotObject => "elements belong here, not a value",
            Self::NotOf(kind) => return write!(formatter, "the value is no {kind}"),
            Self::Lacks(name) => return write!(formatter, "the element {name} is missing"),
            Self::TwoTypes => "a choice was made more than once",
            Self::Unwritable => "XML cannot hold this",
        })
    }
}
