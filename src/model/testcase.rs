//! A test case: one purpose, one file, a list of steps.
//! What a step needs and changes follows from it; nothing here says it twice.

pub use super::verb::{
    Act, Again, Ask, Asking, Await, Crawl, Follow, Listed, Part, Play, Revocable, Sample, SampleClass, Scripted,
    ScriptedBody, Send, Subject, VendorSample, Verb, Walk, Without,
};

use super::expectation::{Expectation, Place};
use super::id::{ActionId, CaseId, DefectId, OptionId, RequirementId, Role, StepId, Word};
use super::profile::Strength;
use super::request::Format1;
use super::span::Moment;
use super::target::{FhirVersion, Format};
use super::text::{Bilingual, Name, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One test case; its id is its path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TestCase {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// The requirements whose verdicts this case bears on.
    pub verifies: Vec<RequirementId>,
    /// The role of the target that is under test.
    pub role: Role,
    /// What the case is for, in one sentence.
    pub purpose: Bilingual,
    /// The defects that this case must find.
    pub kills: Vec<DefectId>,
    /// Where the case applies at all; elsewhere it is not-applicable.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Where>,
    /// Makes one instance of the case for each combination.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: Each,
    /// How the combinations are thinned; default not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduce: Option<Reduce>,
    /// Whether every dialect of the target is run, or the first that fits.
    #[serde(default, skip_serializing_if = "Dialects::is_first")]
    pub dialects: Dialects,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// Which dialects (FHIR version and format) a case runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dialects {
    /// The first that the target claims.
    #[default]
    First,
    /// All that it claims.
    Every,
}

impl Dialects {
    fn is_first(&self) -> bool {
        *self == Self::First
    }
}

/// Conditions on claims; all that are stated must hold, any value of a list suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Where {
    /// FHIR versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fhir: Vec<FhirVersion>,
    /// Formats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub format: Vec<Format>,
    /// Values of profile options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<OptionId, Vec<String>>,
    /// Other roles that the target claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Role>,
    /// Values of the case's own `each` names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub each: BTreeMap<String, Vec<String>>,
}

impl Where {
    /// Whether a value that is stated is none of those wanted: then nothing that is not stated matters.
    #[must_use]
    pub fn is_ruled_out(&self, stated: &BTreeMap<OptionId, String>) -> bool {
        let other = |(option, wanted): (&OptionId, &Vec<String>)| {
            stated.get(option).is_some_and(|value| !wanted.contains(value))
        };
        self.options.iter().any(other)
    }
}

/// Names and what they range over.
pub type Each = BTreeMap<String, Range>;

/// What an `each` name ranges over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Range {
    /// These words.
    In(Vec<String>),
    /// A named set of the profile.
    Of(Word),
    /// Rows with named columns, each column a text.
    Rows(Vec<BTreeMap<String, Text>>),
    /// Seeded draws from these texts, in columns `1`, `2` ….
    Draw(Draw),
    /// The neighbours of an id, as a server that numbers its records would give them out.
    Near(Near),
}

/// Seeded draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Draw {
    /// How many draws.
    pub count: u32,
    /// How many different texts each draw takes.
    pub take: u32,
    /// What is drawn from.
    pub from: Vec<Text>,
}

/// Neighbours of an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Near {
    /// The id.
    pub to: Text,
    /// How many on each side.
    pub by: u32,
}

/// How a product of `each` names is thinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reduce {
    /// Every pair of values of two names still occurs together.
    Pairwise,
}

/// One thing that happens: a head that says what its failure means, a verb, a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RawStep", into = "RawStep")]
#[schemars(with = "RawStep")]
pub struct Step {
    /// What it means if this does not hold.
    pub head: Head,
    /// How later steps cite it.
    pub name: StepId,
    /// What happens.
    pub verb: Verb,
    /// Who, when, how often, and what must hold.
    pub frame: Frame,
}

/// What it means if a step does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// A premise: without it the case stops, inconclusive.
    Given,
    /// An experiment that must succeed for silence or refusal to mean anything.
    Control,
    /// A control that runs before the first `step` and again after the last.
    Around,
    /// The only thing judged about the target.
    Step,
}

/// Who, when, how often, and what must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Whose credential; absent is anonymous.
    pub party: Option<Name>,
    /// How its token differs from the default.
    pub token: Option<TokenChange>,
    /// Which client it is sent with, if not our ordinary one.
    pub via: Option<Via>,
    /// Repetitions.
    pub each: Each,
    /// Repeat at these times after the latest act, else after the step before.
    pub at: Vec<Moment>,
    /// Before this a breach is measured, after it judged.
    pub settles: Option<Moment>,
    /// The step before it during which this one is carried out, once for each thing that step does.
    pub meanwhile: Option<StepId>,
    /// Where this step exists.
    pub condition: Option<Where>,
    /// Which of the case's requirements this step bears on; default all.
    pub verifies: Option<Vec<RequirementId>>,
    /// Where the expected values have no better source than this.
    pub rests_on: Option<Strength>,
    /// Values kept for later steps.
    pub save: BTreeMap<Word, Save>,
    /// What must hold for every exchange the step yields.
    pub expect: Vec<Expectation>,
    /// A sentence that replaces the composed one in reports.
    pub title: Option<Bilingual>,
}

/// Which client a request is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A second client of ours: other user agent, other order of headers, another form of `accept`, other connections.
    #[serde(rename = "client-2")]
    Client2,
    /// One that shows itself as the supplier's own client does, by the headers that the target file states.
    OwnClient,
    /// Ours, showing no client certificate.
    WithoutCertificate,
    /// Ours, showing a client certificate that has expired.
    ExpiredCertificate,
    /// Ours, showing a client certificate of an authority that nobody knows.
    UntrustedCertificate,
    /// Ours, showing a client certificate that only this case shows, and that it may have revoked; over a connection of
    /// its own.
    RevocableCertificate,
}

impl Via {
    /// Whether it differs from our ordinary client by the certificate that it shows.
    #[must_use]
    pub const fn is_of_certificate(self) -> bool {
        match self {
            Self::Client2 | Self::OwnClient => false,
            Self::WithoutCertificate
            | Self::ExpiredCertificate
            | Self::UntrustedCertificate
            | Self::RevocableCertificate => true,
        }
    }
}

/// How a token differs from the one a party normally gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TokenChange {
    /// The endpoint it is meant for (RFC 8707 `resource` unless the credential names another parameter).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Name>,
    /// The patient it is meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<Name>,
    /// The scope asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Text>,
    /// The purpose of use stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Text>,
}

/// A value kept for later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Save {
    /// Where it stands.
    pub at: Place,
    /// In the request or in the response; by default in what came from the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Side>,
}

/// One side of an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What was sent.
    Request,
    /// What came back.
    #[default]
    Response,
}

/// The shape in which a step is written: optional heads and verbs, of which exactly one each must stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RawStep {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<StepId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    control: Option<StepId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    around: Option<StepId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<StepId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Bilingual>,
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    condition: Option<Where>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verifies: Option<Vec<RequirementId>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    each: Each,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    at: Vec<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settles: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meanwhile: Option<StepId>,
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    party: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<TokenChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    via: Option<Via>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ask: Option<Ask>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    send: Option<Send>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<Again>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    look: Option<Vec<StepId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    play: Option<Play>,
    #[serde(default, rename = "await", skip_serializing_if = "Option::is_none")]
    wait: Option<Await>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crawl: Option<Crawl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    walk: Option<Walk>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rests_on: Option<Strength>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expect: Vec<Expectation>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    save: BTreeMap<Word, Save>,
}

impl TryFrom<RawStep> for Step {
    type Error = String;

    fn try_from(raw: RawStep) -> Result<Self, String> {
        let mut heads = [
            (Head::Given, raw.given),
            (Head::Control, raw.control),
            (Head::Around, raw.around),
            (Head::Step, raw.step),
        ]
        .into_iter()
        .filter_map(|(head, name)| name.map(|name| (head, name)));
        let (Some((head, name)), None) = (heads.next(), heads.next()) else {
            return Err("a step has exactly one head: `given`, `control`, `around` or `step`".to_owned());
        };
        let mut verbs = [
            raw.ask.map(Verb::Ask),
            raw.send.map(Verb::Send),
            raw.again.map(Verb::Again),
            raw.act.map(Verb::Act),
            raw.look.map(Verb::Look),
            raw.sample.map(Verb::Sample),
            raw.play.map(Verb::Play),
            raw.wait.map(Verb::Await),
            raw.crawl.map(Verb::Crawl),
            raw.walk.map(Verb::Walk),
        ]
        .into_iter()
        .flatten();
        let (Some(verb), None) = (verbs.next(), verbs.next()) else {
            return Err(format!(
                "step `{name}` needs exactly one verb: `ask`, `send`, `again`, `act`, `look`, `sample`, `crawl`, `walk`, `play` or `await`"
            ));
        };
        let frame = Frame {
            party: raw.party,
            token: raw.token,
            via: raw.via,
            each: raw.each,
            at: raw.at,
            settles: raw.settles,
            meanwhile: raw.meanwhile,
            condition: raw.condition,
            verifies: raw.verifies,
            rests_on: raw.rests_on,
            save: raw.save,
            expect: raw.expect,
            title: raw.title,
        };
        Ok(Self { head, name, verb, frame })
    }
}

impl From<Step> for RawStep {
    fn from(step: Step) -> Self {
        let frame = step.frame;
        let mut raw = Self {
            title: frame.title,
            condition: frame.condition,
            verifies: frame.verifies,
            each: frame.each,
            at: frame.at,
            settles: frame.settles,
            meanwhile: frame.meanwhile,
            party: frame.party,
            token: frame.token,
            via: frame.via,
            rests_on: frame.rests_on,
            expect: frame.expect,
            save: frame.save,
            ..Self::default()
        };
        match step.head {
            Head::Given => raw.given = Some(step.name),
            Head::Control => raw.control = Some(step.name),
            Head::Around => raw.around = Some(step.name),
            Head::Step => raw.step = Some(step.name),
        }
        match step.verb {
            Verb::Ask(ask) => raw.ask = Some(ask),
            Verb::Send(send) => raw.send = Some(send),
            Verb::Again(again) => raw.again = Some(again),
            Verb::Act(act) => raw.act = Some(act),
            Verb::Look(look) => raw.look = Some(look),
            Verb::Sample(sample) => raw.sample = Some(sample),
            Verb::Play(play) => raw.play = Some(play),
            Verb::Await(wait) => raw.wait = Some(wait),
            Verb::Crawl(crawl) => raw.crawl = Some(crawl),
            Verb::Walk(walk) => raw.walk = Some(walk),
        }
        raw
    }
}

impl TestCase {
    /// Every action that this case may do, those included over which an `each` name ranges.
    #[must_use]
    pub fn actions(&self) -> BTreeSet<ActionId> {
        let mut actions = BTreeSet::new();
        for step in &self.steps {
            let act = match &step.verb {
                Verb::Act(act) => act,
                Verb::Walk(walk) => {
                    actions.insert(walk.action.clone());
                    continue;
                }
                _ => continue,
            };
            match step.frame.each.get(&act.action.root).or_else(|| self.each.get(&act.action.root)) {
                Some(Range::In(words)) => actions.extend(words.iter().filter_map(|word| word.parse().ok())),
                Some(Range::Of(_) | Range::Rows(_) | Range::Draw(_) | Range::Near(_)) => {}
                None => actions.extend(act.action.to_string().parse::<ActionId>().ok()),
            }
        }
        actions
    }

    /// The step of this name.
    #[must_use]
    pub fn step(&self, name: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| &step.name == name)
    }

    /// The folder this case belongs to must be the profile of what it verifies first.
    #[must_use]
    pub fn belongs_to(&self, id: &CaseId) -> bool {
        self.verifies.iter().all(|requirement| requirement.profile() == id.standard())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stated_value_that_is_not_wanted_rules_out_whatever_is_not_stated() {
        let option = |name: &str| name.parse::<OptionId>().unwrap();
        let wanted = [("form", vec!["task".to_owned()]), ("number", vec!["left-out".to_owned()])];
        let options = wanted.into_iter().map(|(name, values)| (option(name), values)).collect();
        let condition = Where { options, ..Where::default() };
        let stated = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| (option(name), (*value).to_owned())).collect::<BTreeMap<_, _>>()
        };
        assert!(condition.is_ruled_out(&stated(&[("form", "empty")])));
        assert!(condition.is_ruled_out(&stated(&[("form", "task"), ("number", "sent")])));
        assert!(!condition.is_ruled_out(&stated(&[("form", "task")])));
        assert!(!condition.is_ruled_out(&stated(&[("form", "task"), ("number", "left-out")])));
    }
}
