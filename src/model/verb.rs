//! What a step does: the verbs of the test language, each with its arguments.
//! Who does it, when and how often is the step's frame; what must hold is its expectations.

use super::id::{ActionId, RequestSetId, StepId, Word};
use super::request::{Body, BodyForms, Fixture, HeaderName, HttpRequest, Method};
use super::span::Moment;
use super::text::{Name, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a catalogue holds hundreds of steps, not millions")]
pub enum Verb {
    /// Every request of a set, about one person.
    Ask(Ask),
    /// One request written here.
    Send(Send),
    /// The same bytes as an earlier step.
    Again(Again),
    /// An action, done by the target's binding.
    Act(Act),
    /// Judges earlier exchanges again; nothing moves.
    Look(Vec<StepId>),
    /// Interleaved blocks of three classes of people.
    Sample(Sample),
    /// Sets what our counterparts do.
    Play(Play),
    /// Waits for what arrives at our counterparts.
    Await(Await),
    /// Finds every route by which a person's data can be reached.
    Crawl(Crawl),
    /// Records sets of choices in several orders, and asks what they open.
    Walk(Walk),
}

impl Verb {
    /// Whether it sends what a careless or hostile client might send; never to a system in use.
    #[must_use]
    pub fn is_hostile(&self) -> bool {
        matches!(self, Self::Send(Send::Http(http)) if matches!(http.body, Some(Body::Hostile(_))))
    }

    /// The request set that this verb asks, and what of it.
    #[must_use]
    pub fn set(&self) -> Option<(&RequestSetId, Option<&Name>)> {
        match self {
            Self::Ask(ask) => Some((&ask.set, ask.only.as_ref())),
            Self::Sample(sample) => Some((&sample.set, sample.only.as_ref())),
            Self::Crawl(crawl) => Some((&crawl.from, None)),
            Self::Walk(walk) => Some((&walk.set, None)),
            Self::Send(_) | Self::Again(_) | Self::Act(_) | Self::Look(_) | Self::Play(_) | Self::Await(_) => None,
        }
    }
}

/// Every request of a set, about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ask {
    /// The request set.
    pub set: RequestSetId,
    /// Only this request of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Name>,
    /// The person asked about.
    pub about: Name,
}

/// One request written in the case itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Send {
    /// An HTTP request.
    Http(Box<HttpRequest>),
    /// A request of the vendor's own client, from the file that the target names under `samples`.
    VendorSample(VendorSample),
}

/// A request of the vendor's own client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VendorSample {
    /// Its name in the target file.
    pub name: Word,
    /// The person asked about: `{{asked.id}}` in the sample.
    pub about: Name,
}

/// The same bytes as an earlier step, as the same party unless restated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Again {
    /// The earlier step.
    pub step: StepId,
    /// Another endpoint to send them to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Name>,
    /// Parts that are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<Without>,
}

/// Which parts of a request are left out, one at a time; a profile's named set lists parts.
///
/// A part is `method`, `path`, `header.NAME`, `query.NAME` or `form.NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Without {
    /// Every part that the set does not list: each alone, then all together.
    AllBut(Word),
    /// Each part that the set lists, alone.
    EachOf(Word),
}

/// An abstract action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Act {
    /// The action, or an `each` name that ranges over actions.
    #[serde(rename = "do")]
    pub action: Name,
    /// The person it concerns.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Name>,
    /// What the binding gets besides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<Word, Text>,
}

/// Interleaved blocks of three classes of people or things, in seeded order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sample {
    /// The request set.
    pub set: RequestSetId,
    /// Only this request of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Name>,
    /// Whose state must not show.
    pub protected: SampleClass,
    /// People who never existed, or ids that nobody gave out; each time a fresh one.
    pub unknown: SampleClass,
    /// Who or what must look different, or the comparison is blind.
    pub known: SampleClass,
    /// How many blocks, hence how many exchanges of each class and request.
    pub per_class: u32,
}

/// One class of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawSampleClass", into = "RawSampleClass")]
#[schemars(with = "RawSampleClass")]
pub struct SampleClass {
    /// What is asked about.
    pub subject: Subject,
    /// Who asks, if not the step's own party.
    pub party: Option<Name>,
}

/// What a class of a sample asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person of the cast.
    Person(Name),
    /// What has this id, which an earlier step kept: `asked.id` is that, and nothing else of `asked` has a value.
    Thing(Text),
    /// Ids of the same form that nobody ever gave out, each time another.
    Like(Text),
}

/// The shape in which a class is written: exactly one of `about`, `id` and `like`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RawSampleClass {
    /// The person asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<Name>,
    /// The id asked about, where it is not a person's: a value that an earlier step kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<Text>,
    /// Of the unknown alone: an id, of whose form others are drawn that nobody ever gave out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    like: Option<Text>,
    /// Who asks, if not the step's own party.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    party: Option<Name>,
}

impl TryFrom<RawSampleClass> for SampleClass {
    type Error = String;

    fn try_from(raw: RawSampleClass) -> Result<Self, String> {
        let subject = match (raw.about, raw.id, raw.like) {
            (Some(person), None, None) => Subject::Person(person),
            (None, Some(id), None) => Subject::Thing(id),
            (None, None, Some(like)) => Subject::Like(like),
            _ => return Err("a class of a sample has exactly one of `about`, `id` and `like`".to_owned()),
        };
        Ok(Self { subject, party: raw.party })
    }
}

impl From<SampleClass> for RawSampleClass {
    fn from(class: SampleClass) -> Self {
        let raw = Self { party: class.party, ..Self::default() };
        match class.subject {
            Subject::Person(person) => Self { about: Some(person), ..raw },
            Subject::Thing(id) => Self { id: Some(id), ..raw },
            Subject::Like(like) => Self { like: Some(like), ..raw },
        }
    }
}

impl SampleClass {
    /// The person asked about, if it is one.
    #[must_use]
    pub const fn person(&self) -> Option<&Name> {
        match &self.subject {
            Subject::Person(person) => Some(person),
            Subject::Thing(_) | Subject::Like(_) => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(person) => person.fmt(f),
            Self::Thing(text) | Self::Like(text) => text.fmt(f),
        }
    }
}

/// Finds every route by which a person's data can be reached, beginning with a request set.
///
/// The step yields the exchanges that disclosed the person; `again` repeats those.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Crawl {
    /// The person asked about.
    pub about: Name,
    /// The request set it begins with.
    pub from: RequestSetId,
    /// The kinds of routes that are followed; default all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow: Vec<Follow>,
    /// How many requests are sent at most.
    pub requests: u32,
    /// How many routes lead from the set to the last one at most.
    pub depth: u32,
}

/// Seeded sets of choices, each recorded in several orders; what they open is asked once they have effect.
///
/// Scopes within a set differ: choosing anew about the same part is a change of mind, and how that is
/// recorded differs lawfully.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Walk {
    /// Whose choices they are.
    #[serde(rename = "for")]
    pub person: Name,
    /// The action that records one; its undo clears all.
    #[serde(rename = "do")]
    pub action: ActionId,
    /// The profile's choices that are drawn from.
    pub choices: Word,
    /// How many sets.
    pub walks: u32,
    /// The smallest and the largest number of choices in a set.
    pub length: (u32, u32),
    /// In how many orders each set is recorded at most.
    pub orders: u32,
    /// The request set: one decision for each request and each value of the step's `each`.
    pub set: RequestSetId,
    /// When is asked.
    pub ask: Asking,
}

/// When a walk asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Asking {
    /// When the whole set is on record.
    AtEnd,
    /// After each choice.
    AfterEach,
}

/// A kind of route from an answer to further requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Follow {
    /// Reading each resource by its id.
    Read,
    /// Reading the version that its `meta` names.
    Version,
    /// The history of each resource.
    History,
    /// Links of a Bundle, paging among them.
    Link,
    /// References to other resources, and addresses of attachments.
    Reference,
    /// The same search with everything included.
    Include,
    /// A patient with everything that refers to it.
    Revinclude,
    /// The operation `$everything`.
    Everything,
    /// The patient's compartment.
    Compartment,
    /// Searches by the patient's identifier instead of the id.
    Chained,
    /// Searches by POST.
    Form,
    /// The same reads inside a batch.
    Batch,
}

impl Follow {
    /// All kinds, in the order in which routes are tried.
    pub const ALL: [Self; 12] = [
        Self::Read,
        Self::Link,
        Self::Reference,
        Self::Version,
        Self::History,
        Self::Include,
        Self::Revinclude,
        Self::Everything,
        Self::Compartment,
        Self::Chained,
        Self::Form,
        Self::Batch,
    ];
}

/// Waits for inbound exchanges since the latest trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Await {
    /// The counterparts that listen.
    pub at: Vec<Name>,
    /// Only exchanges with this method count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Only exchanges with this path count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Text>,
    /// How long to wait at most.
    pub within: Moment,
}

/// Sets what our counterparts do from here on; at the end of the case they are up again by themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Play {
    /// Which.
    pub who: Vec<Name>,
    /// What they do.
    pub be: Part,
}

impl Play {
    /// The bodies that it names, each with the way to it below `play`.
    #[must_use]
    pub fn fixtures(&self) -> Vec<(String, &Fixture)> {
        match &self.be {
            Part::Up | Part::Unguarded | Part::Fault(_) | Part::Lists(_) => Vec::new(),
            Part::Holds(held) => held.iter().enumerate().map(|(n, one)| (format!("be/holds/{n}"), one)).collect(),
            Part::Answers(lines) => {
                let way = |n: usize| format!("be/answers/{n}/body/fixture");
                let bodies = lines.iter().map(|line| line.body.as_ref()).enumerate();
                bodies
                    .filter_map(|(n, body)| match body? {
                        ScriptedBody::Fixture(fixture) => Some((way(n), fixture)),
                        ScriptedBody::Text(_) | ScriptedBody::Forms(_) | ScriptedBody::TransactionResponse(_) => None,
                    })
                    .collect()
            }
        }
    }
}

/// What a counterpart does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Part {
    /// It answers as it does by itself.
    Up,
    /// It does so for a caller without a client certificate too, so that it shows who has none. Elsewhere such a caller is
    /// cut off.
    Unguarded,
    /// It fails: `refused`, `silent`, `error` or `wrong-answer`, the status list also `out-of-date`, or an `each` name that
    /// ranges over these.
    Fault(Name),
    /// It keeps these resources and gives them to whoever shows a token that our token service issued in this case.
    Holds(Vec<Fixture>),
    /// It answers so; the first that fits is taken.
    Answers(Vec<Scripted>),
    /// The status list says this from here on.
    Lists(Listed),
}

/// What the status list says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Listed {
    /// What is revoked from here on, for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revocable>,
    /// How long each list is good once it was asked for; a day by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Moment>,
}

/// What a case can have revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Revocable {
    /// The certificate that only this attempt at this case shows.
    RevocableCertificate,
}

/// One answer of a counterpart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scripted {
    /// Only to this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Only to this path below the counterpart; `*` stands for one segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Text>,
    /// Only to what names this person by citizen service number, in the address or in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Name>,
    /// How often at most; without it always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// The status.
    pub status: u16,
    /// Headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<HeaderName, Text>,
    /// The body; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ScriptedBody>,
}

/// The body of a scripted answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScriptedBody {
    /// This text.
    Text(Text),
    /// One of these texts, in the form that is asked for and with its media type.
    Forms(BodyForms),
    /// A file of `testcases/bodies`.
    Fixture(Fixture),
    /// A `transaction-response` with this status for every entry of the Bundle that came.
    TransactionResponse(u16),
}
