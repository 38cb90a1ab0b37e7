//! The sealed recording: all that oracles, reports and third parties ever see of a run.
//! Nothing in it is secret; what was secret stands as `⟦kind:n:length⟧`.

pub use super::clock::{ClockRecord, WaitRecord};
pub use super::inbound::{CounterpartPlace, InboundRecord, ListenRecord, Mirror, PATH, PlayRecord};

use super::cast::Person;
use super::id::{ActionId, MemberId, RequirementId, StepId, Word};
use super::plan::Plan;
use super::shard::Shard;
use super::target::{Authorisation, Product};
use super::verdict::{Evidence, PreflightFinding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first line of `run.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunHeader {
    /// The version of the recording format; 1.
    pub format: u32,
    /// The version of the program that recorded.
    pub judge: String,
    /// The digest of the catalogue judged with.
    pub catalogue_digest: String,
    /// Drawn anew for every run.
    pub run_id: String,
    /// When it began (RFC 3339, UTC).
    pub started: String,
    /// What was tested.
    pub target: RecordedTarget,
    /// Seed and limits.
    pub parameters: Parameters,
    /// What was to run.
    pub plan: Plan,
    /// The people of this run, `never` numbers included.
    pub people: Vec<Person>,
    /// The care provider number of each organisation.
    pub organisations: BTreeMap<MemberId, String>,
    /// Number ranges in which synthetic people live, the owner's included.
    pub ranges: Vec<String>,
    /// Where our counterparts listened, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counterparts: BTreeMap<String, CounterpartPlace>,
}

/// What of the target file is recorded: nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecordedTarget {
    /// Its name.
    pub name: String,
    /// The product.
    pub product: Product,
    /// Who allowed the test; absent for a loopback address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<Authorisation>,
    /// Base URLs by name.
    pub endpoints: BTreeMap<Word, String>,
    /// How each bound action is done: `fhir-consent`, `http`, `exec` or `manual`.
    pub bindings: BTreeMap<ActionId, String>,
    /// Requirements that the owner says cannot be tested, with reason, owner and end date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_testable: Vec<(RequirementId, String, String, String)>,
}

/// Seed and limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Parameters {
    /// Everything random follows from it.
    pub seed: u64,
    /// How often a case may be attempted when the connection breaks.
    pub attempts: u32,
    /// How long one exchange may take, in milliseconds.
    pub timeout_ms: u64,
    /// How many bytes of one body are kept.
    pub body_limit: u64,
    /// A text that a buyer issued, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// Which part of the cases it took, if others took the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// One line after the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    /// Its number, from 1.
    pub number: u64,
    /// To what it belongs.
    pub key: Key,
    /// What happened.
    pub event: Event,
}

/// To what a record belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Key {
    /// In which part of the run.
    pub phase: Phase,
    /// The instance's position in the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<u32>,
    /// The attempt at the instance, from 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub attempt: u32,
    /// The step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// For an `around` step: its first or second time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<Pass>,
    /// Milliseconds after the anchor, where the step has `at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<u64>,
    /// The values of the step's own `each` names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: BTreeMap<String, String>,
    /// The request of a set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Word>,
    /// The person asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<MemberId>,
    /// The position within a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleKey>,
    /// 1 for the first try, 2 for the second of a failing request.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub try_number: u32,
    /// What the exchange is for.
    #[serde(default, skip_serializing_if = "Purpose::is_main")]
    pub purpose: Purpose,
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_one(number: &u32) -> bool {
    *number == 1
}

impl Key {
    /// A key that says nothing but the phase.
    #[must_use]
    pub const fn of(phase: Phase) -> Self {
        Self {
            phase,
            instance: None,
            attempt: 1,
            step: None,
            pass: None,
            at_ms: None,
            each: BTreeMap::new(),
            request: None,
            about: None,
            sample: None,
            try_number: 1,
            purpose: Purpose::Main,
        }
    }
}

/// A part of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before anything else: can it be reached, what does it speak.
    Preflight,
    /// The cast is brought in.
    Provision,
    /// A case.
    Case,
    /// What a case did is taken back.
    Undo,
    /// What the run created is removed.
    Cleanup,
}

/// The first or second time of an `around` step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// Before the first `step`.
    Before,
    /// After the last.
    After,
}

/// The position of an exchange within a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SampleKey {
    /// The class.
    pub class: SampleClassName,
    /// The block, from 0.
    pub block: u32,
    /// The position within the block, from 0.
    pub position: u32,
    /// Which of the unknown is asked about: of people an index into the run's people, of ids the how manieth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<u32>,
    /// The id asked about, where it was drawn in the form of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A class of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleClassName {
    /// Whose state must not show.
    Protected,
    /// Who never existed.
    Unknown,
    /// Who must look different.
    Known,
}

/// What an exchange is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The step itself.
    #[default]
    Main,
    /// Obtaining a token for it.
    Token,
    /// Carrying out an action.
    Action,
}

impl Purpose {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_main(&self) -> bool {
        *self == Self::Main
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// An exchange over HTTP.
    Http(Box<HttpRecord>),
    /// A request that could not be carried.
    Fault(FaultRecord),
    /// An exchange that the target began, at a counterpart of ours.
    Inbound(Box<InboundRecord>),
    /// We waited for such exchanges.
    Listen(ListenRecord),
    /// A counterpart was told what to do.
    Play(PlayRecord),
    /// An abstract action was done, or refused.
    Action(ActionRecord),
    /// Time passed.
    Wait(WaitRecord),
    /// The clock of our machine took a step.
    Clock(ClockRecord),
    /// What an endpoint called our people.
    Cast(CastRecord),
    /// What pre-flight concluded.
    Preflight(PreflightFinding),
    /// What could not be carried out because something before it failed.
    Skipped(SkippedRecord),
    /// The run's end.
    End(EndRecord),
}

/// An exchange over HTTP, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HttpRecord {
    /// What was sent.
    pub request: SentRequest,
    /// What came back.
    pub response: Response,
    /// When it began, in nanoseconds since the run began.
    pub started_ns: u64,
    /// When the last byte had come.
    pub ended_ns: u64,
    /// What was measured before sealing.
    pub facts: Facts,
}

/// A request as sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyRef,
}

/// A response as received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Headers in order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Trailers in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailers: Vec<(String, String)>,
    /// The body, before content-decoding.
    pub body: BodyRef,
}

/// A body, kept apart under its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BodyRef {
    /// The SHA-256 of the sealed bytes, in hexadecimal; absent if there is no body or it is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How many bytes came over the wire, as far as they were read.
    pub length: u64,
    /// Whether more came than is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The content coding that was undone because the coded bytes held a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded: Option<String>,
    /// Why it is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

/// Why a body is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// It held a citizen service number outside the synthetic ranges.
    RealNumber,
    /// It held a patient with a synthetic number who is not of this run.
    OtherCast,
}

/// What was measured before sealing; a closed list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    /// Bytes of the response on the wire, where the probe counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire_length: Option<u64>,
    /// A number for the connection, where the probe knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<u64>,
    /// The TLS version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
    /// The SHA-256 of the certificate that the other side showed, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_certificate: Option<String>,
    /// Salted hashes of citizen service numbers outside the ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<String>,
}

/// A request that could not be carried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FaultRecord {
    /// What was to be sent.
    pub request: SentRequest,
    /// Where it broke.
    pub phase: FaultPhase,
    /// How, in our words.
    pub detail: String,
    /// Whether it broke because time ran out.
    pub timed_out: bool,
    /// When it began, in nanoseconds since the run began.
    pub started_ns: u64,
    /// When it broke.
    pub ended_ns: u64,
}

/// Where an exchange broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultPhase {
    /// The name did not resolve.
    Resolve,
    /// No connection.
    Connect,
    /// No TLS session.
    Tls,
    /// The request could not be sent.
    Send,
    /// The answer did not come, or not whole.
    Receive,
}

/// An abstract action, as it was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ActionRecord {
    /// The action.
    pub action: ActionId,
    /// The person it concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<MemberId>,
    /// The binding: `fhir-consent`, `http`, `exec` or `manual`.
    pub binding: String,
    /// What it was given.
    pub with: BTreeMap<String, String>,
    /// Whether it was acknowledged.
    pub acknowledged: bool,
    /// What it said, sealed and cut.
    pub detail: String,
    /// What it returned.
    pub returned: BTreeMap<String, String>,
    /// How it came to be known.
    pub evidence: Evidence,
    /// The exchanges it took.
    pub exchanges: Vec<u64>,
    /// Salted hashes of citizen service numbers outside the ranges that it returned or spoke of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<String>,
    /// When it was done, in nanoseconds since the run began.
    pub ended_ns: u64,
}

/// What an endpoint called one of our people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CastRecord {
    /// The member.
    pub member: MemberId,
    /// The endpoint.
    pub endpoint: Word,
    /// The logical id of the Patient.
    pub id: String,
    /// Ids of further resources by field name.
    pub fields: BTreeMap<String, String>,
    /// Every resource of the record, as `Type/id`.
    pub resources: Vec<String>,
}

/// A step that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SkippedRecord {
    /// Why.
    pub why: SkipReason,
    /// What was missing.
    pub detail: String,
}

/// Why a step was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// A value it needs was never captured.
    NoValue,
    /// No token could be obtained.
    NoToken,
    /// The token service refused the scope that was asked for.
    ScopeRefused,
    /// A premise failed before it.
    Stopped,
    /// The run was interrupted.
    Aborted,
    /// Nobody answered, so often that going on would show nothing more.
    Silent,
    /// A bound was reached.
    Limit,
    /// Our own fault.
    Internal,
}

/// How the run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct EndRecord {
    /// When (RFC 3339, UTC).
    pub finished: String,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// What was created and could not be removed.
    pub left_behind: Vec<String>,
}

/// A whole recording: header, records, and the bodies they refer to.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The first line.
    pub header: Arc<RunHeader>,
    /// The lines after it.
    pub records: Vec<Record>,
    /// Sealed bodies by digest.
    pub bodies: Bodies,
}

/// Sealed bodies by their SHA-256 in hexadecimal.
pub type Bodies = BTreeMap<String, Arc<[u8]>>;

impl BodyRef {
    /// The sealed bytes; empty if there is none or it is not kept.
    #[must_use]
    pub fn bytes<'a>(&self, bodies: &'a Bodies) -> &'a [u8] {
        self.sha256.as_ref().and_then(|digest| bodies.get(digest)).map_or(&[], |bytes| bytes)
    }
}

impl Event {
    /// Salted hashes of numbers outside the ranges that came with it: data of people who are not ours.
    #[must_use]
    pub fn foreign(&self) -> &[String] {
        match self {
            Self::Http(http) => &http.facts.foreign,
            Self::Inbound(inbound) => &inbound.facts.foreign,
            Self::Action(action) => &action.foreign,
            Self::Fault(_)
            | Self::Listen(_)
            | Self::Play(_)
            | Self::Wait(_)
            | Self::Clock(_)
            | Self::Cast(_)
            | Self::Preflight(_)
            | Self::Skipped(_)
            | Self::End(_) => &[],
        }
    }
}

impl Recording {
    /// The sealed bytes of a body; empty if there is none or it is not kept.
    #[must_use]
    pub fn body(&self, body: &BodyRef) -> &[u8] {
        body.bytes(&self.bodies)
    }

    /// The record of this number.
    #[must_use]
    pub fn record(&self, number: u64) -> Option<&Record> {
        // Numbers are positions: the writer counts from 1 without gaps, the reader checks it.
        self.records.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// What endpoints call our people.
    pub fn cast(&self) -> impl Iterator<Item = &CastRecord> {
        self.records.iter().filter_map(|record| match &record.event {
            Event::Cast(cast) => Some(cast),
            _ => None,
        })
    }
}

impl Response {
    /// The value of a header; several lines are one value with commas.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        joined(&self.headers, name)
    }
}

impl SentRequest {
    /// The value of a header; several lines are one value with commas.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        joined(&self.headers, name)
    }
}

fn joined(headers: &[(String, String)], name: &str) -> Option<String> {
    let values: Vec<&str> =
        headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect();
    if values.is_empty() { None } else { Some(values.join(", ")) }
}
