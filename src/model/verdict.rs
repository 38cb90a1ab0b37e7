//! Verdicts and outcomes, and the only rules for combining them.
//! Reasons are closed lists: a new reason is a decision, not a string.

use super::finding::{Expected, Observed};
use super::id::{CaseId, RequirementId, StepId};
use super::testcase::Head;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was concluded about one expectation, step, test case, or requirement.
///
/// Ordered from best to worst; combining keeps the worst, so no later step can repair an
/// earlier one and no fault of ours covers a leak. Nothing judged is `Inconclusive`, never `Pass`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// A SHOULD is broken.
    Warn,
    /// Neither can be said.
    Inconclusive,
    /// We are at fault.
    Error,
    /// A MUST is broken.
    Fail,
}

impl Verdict {
    /// The worst of these; `Inconclusive` if there are none.
    pub fn worst_of(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().max().unwrap_or(Self::Inconclusive)
    }
}

macro_rules! reasons {
    ($($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $reason:ident,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
            #[serde(rename_all = "kebab-case")]
            pub enum $name {
                $($(#[$what])* $reason,)*
            }

            impl $name {
                /// All of them, in the order of the enum.
                pub const ALL: &[Self] = &[$(Self::$reason,)*];
            }
        )*
    };
}

reasons! {
    /// Why something is inconclusive.
    Doubt {
        /// A control did not succeed.
        ControlFailed,
        /// A premise could not be brought about.
        SetupRefused,
        /// The trigger was not acknowledged.
        StimulusNotConfirmed,
        /// Too few observations.
        Underpowered,
        /// Twice the same question, two verdicts.
        Nondeterministic,
        /// Nothing within the time.
        TimedOut,
        /// The connection broke.
        Transport,
        /// The target asked us to slow down.
        RateLimited,
        /// Data of people outside the cast turned up.
        ForeignData,
        /// Nothing was shown at all.
        Vacuous,
        /// The recording does not fit the plan.
        EvidenceDoesNotFit,
        /// The run was interrupted.
        Aborted,
    }
    /// Why something was not tested.
    Gap {
        /// An action has no binding.
        NoBinding,
        /// A party has no credential.
        NoCredential,
        /// A manual action without an operator.
        NoOperator,
        /// An endpoint is not given.
        NoEndpoint,
        /// A request set is empty on this target.
        NoRequest,
        /// A member of the cast cannot be had.
        NoCast,
        /// The authorisation does not allow it.
        NotAuthorised,
        /// Too heavy for production.
        Production,
        /// An option that it depends on is not stated.
        OptionNotStated,
        /// The format is not supported.
        Format,
        /// It would take longer than allowed.
        TooSlow,
        /// The run was narrowed.
        NotSelected,
        /// There is no case yet.
        NotYet,
    }
    /// What pre-flight found.
    Fault {
        /// The host's name does not resolve.
        Name,
        /// Nobody listens, or it does not speak HTTP.
        Port,
        /// The certificate is not trusted, expired, or for another name.
        Tls,
        /// The token service refuses the credential.
        Credential,
        /// The cast could not be brought in.
        Cast,
        /// The endpoint speaks another version than claimed.
        Version,
        /// Claims contradict each other.
        Claims,
    }
    /// Why we are at fault.
    Trouble {
        /// Something in our code.
        Internal,
        /// The disk.
        Storage,
        /// A bound that configuration sets.
        Limit,
    }
}

/// What is said of a requirement, a case, or a profile's role: a verdict, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// A SHOULD is broken.
    Warn,
    /// A MUST is broken.
    Fail,
    /// Neither can be said, because …
    Inconclusive(Doubt),
    /// We are at fault.
    Error(Trouble),
    /// Found by pre-flight.
    ConfigError(Fault),
    /// Not tested, because …
    NotTested(Gap),
    /// Role or option not claimed.
    NotApplicable,
    /// Stated, with evidence.
    Attested,
}

/// Every word that [`Outcome::word`] can say.
pub const OUTCOMES: [&str; 9] =
    ["pass", "warn", "fail", "inconclusive", "error", "config-error", "not-tested", "not-applicable", "attested"];

impl Outcome {
    /// The word of the published format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Inconclusive(_) => "inconclusive",
            Self::Error(_) => "error",
            Self::ConfigError(_) => "config-error",
            Self::NotTested(_) => "not-tested",
            Self::NotApplicable => "not-applicable",
            Self::Attested => "attested",
        }
    }

    /// The reason, in the word of the published format.
    #[must_use]
    pub fn reason(self) -> Option<String> {
        let word = |reason: &dyn erased::Word| reason.word();
        match self {
            Self::Inconclusive(doubt) => Some(word(&doubt)),
            Self::Error(trouble) => Some(word(&trouble)),
            Self::ConfigError(fault) => Some(word(&fault)),
            Self::NotTested(gap) => Some(word(&gap)),
            Self::Pass | Self::Warn | Self::Fail | Self::NotApplicable | Self::Attested => None,
        }
    }

    /// Every outcome with every reason that it can have.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Pass, Self::Warn, Self::Fail, Self::NotApplicable, Self::Attested]
            .into_iter()
            .chain(Doubt::ALL.iter().copied().map(Self::Inconclusive))
            .chain(Trouble::ALL.iter().copied().map(Self::Error))
            .chain(Fault::ALL.iter().copied().map(Self::ConfigError))
            .chain(Gap::ALL.iter().copied().map(Self::NotTested))
    }

    /// Whether something was judged: pass, warn or fail.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        matches!(self, Self::Pass | Self::Warn | Self::Fail)
    }

    /// How much worse than others it is when several bear on one requirement.
    ///
    /// Verdicts keep their own order (`pass < warn < inconclusive < error < fail`). What was not
    /// judged at all stands with inconclusive: a requirement of which one case could not run is
    /// not met on the strength of the others. Not-applicable weighs nothing.
    const fn weight(self) -> u8 {
        match self {
            Self::NotApplicable => 0,
            Self::Attested => 1,
            Self::Pass => 2,
            Self::Warn => 3,
            Self::NotTested(_) => 4,
            Self::ConfigError(_) => 5,
            Self::Inconclusive(_) => 6,
            Self::Error(_) => 7,
            Self::Fail => 8,
        }
    }

    /// The worst of these; of equals the first. Nothing at all is vacuous.
    pub fn worst_of(parts: impl IntoIterator<Item = Self>) -> Self {
        parts
            .into_iter()
            .reduce(|worst, next| if next.weight() > worst.weight() { next } else { worst })
            .unwrap_or(Self::Inconclusive(Doubt::Vacuous))
    }
}

impl Serialize for Outcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match self.reason() {
            Some(reason) => format!("{}:{reason}", self.word()),
            None => self.word().to_owned(),
        };
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn reason<T: serde::de::DeserializeOwned, E: serde::de::Error>(word: &str) -> Result<T, E> {
            T::deserialize(serde::de::value::StrDeserializer::<E>::new(word))
        }
        let text = String::deserialize(deserializer)?;
        let (word, why) = text.split_once(':').unwrap_or((&text, ""));
        Ok(match word {
            "pass" => Self::Pass,
            "warn" => Self::Warn,
            "fail" => Self::Fail,
            "inconclusive" => Self::Inconclusive(reason(why)?),
            "error" => Self::Error(reason(why)?),
            "config-error" => Self::ConfigError(reason(why)?),
            "not-tested" => Self::NotTested(reason(why)?),
            "not-applicable" => Self::NotApplicable,
            "attested" => Self::Attested,
            other => {
                return Err(serde::de::Error::custom(format!("`{other}` is not an outcome")));
            }
        })
    }
}

mod erased {
    /// A reason that knows its own word.
    pub(super) trait Word {
        fn word(&self) -> String;
    }

    impl<T: serde::Serialize> Word for T {
        fn word(&self) -> String {
            match serde_json::to_value(self) {
                Ok(serde_json::Value::String(word)) => word,
                _ => String::new(),
            }
        }
    }
}

/// How something came to be known; the weakest used is printed beside the verdict and never changes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Seen on the wire by us.
    #[default]
    Wire,
    /// Acknowledged by a program of the vendor.
    Hook,
    /// Told by an operator.
    Operator,
}

/// One expectation held against what was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Judgement {
    /// What was concluded; a broken SHOULD is lowered to warn by the judge, not by the oracle.
    pub verdict: Verdict,
    /// Why, if inconclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// Whether something happened that should not have: disclosed, opened, accepted, stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub breach: bool,
    /// What was wanted.
    pub expected: Expected,
    /// What was seen.
    pub observed: Observed,
    /// The numbers of the records that show it.
    pub witnesses: Vec<u64>,
    /// The repetition it belongs to: `each` names with their values, request, person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, String>,
}

impl Judgement {
    /// A judgement that holds or does not.
    #[must_use]
    pub fn of(holds: bool, expected: Expected, observed: Observed, witnesses: Vec<u64>) -> Self {
        Self {
            verdict: if holds { Verdict::Pass } else { Verdict::Fail },
            doubt: None,
            breach: false,
            expected,
            observed,
            witnesses,
            of: BTreeMap::new(),
        }
    }

    /// A judgement that cannot be made.
    #[must_use]
    pub fn doubtful(doubt: Doubt, expected: Expected, observed: Observed, witnesses: Vec<u64>) -> Self {
        Self { verdict: Verdict::Inconclusive, doubt: Some(doubt), ..Self::of(true, expected, observed, witnesses) }
    }

    /// Marks what was found as a breach, if it fails.
    #[must_use]
    pub fn breach(mut self) -> Self {
        self.breach = self.verdict == Verdict::Fail;
        self
    }
}

/// What was concluded about one step of one case instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StepVerdict {
    /// The step.
    pub step: StepId,
    /// Its head.
    pub head: Head,
    /// The requirements it bears on.
    pub verifies: Vec<RequirementId>,
    /// What was concluded.
    pub outcome: Outcome,
    /// The weakest evidence used.
    pub evidence: Evidence,
    /// Whether a breach was seen.
    pub breach: bool,
    /// For how long after the act a breach was still measured, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect_ms: Option<u64>,
    /// What it rests on.
    pub judgements: Vec<Judgement>,
}

/// What was concluded about one instance of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct InstanceVerdict {
    /// The instance's number in the plan.
    pub instance: u32,
    /// The case.
    pub case: CaseId,
    /// The worst over its requirements.
    pub outcome: Outcome,
    /// The outcome for each requirement it verifies.
    pub requirements: BTreeMap<RequirementId, Outcome>,
    /// The weakest evidence used.
    pub evidence: Evidence,
    /// Its steps.
    pub steps: Vec<StepVerdict>,
}

impl InstanceVerdict {
    /// Whether a requirement was seen broken, or somebody was seen who should not have been: whatever else could not be
    /// judged.
    #[must_use]
    pub fn saw_a_failure(&self) -> bool {
        let broken = |outcome: &Outcome| matches!(outcome, Outcome::Fail | Outcome::Warn);
        self.requirements.values().any(broken) || self.steps.iter().any(|step| step.breach)
    }
}

/// Everything that was concluded about one recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verdicts {
    /// What pre-flight found, if it found a fault.
    pub preflight: Vec<PreflightFinding>,
    /// Every instance of the plan, in plan order.
    pub instances: Vec<InstanceVerdict>,
    /// Whether the run reached its end.
    pub complete: bool,
}

/// A fault found by contacting the target before any case ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PreflightFinding {
    /// What kind.
    pub fault: Fault,
    /// The endpoint or party it concerns.
    pub place: String,
    /// What was seen, in the words of the recorder.
    pub detail: String,
    /// The records that show it.
    pub witnesses: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_later_pass_does_not_repair_a_failure() {
        assert_eq!(Verdict::worst_of([Verdict::Fail, Verdict::Pass]), Verdict::Fail);
        assert_eq!(Outcome::worst_of([Outcome::Fail, Outcome::Error(Trouble::Internal)]), Outcome::Fail);
    }

    #[test]
    fn nothing_judged_is_inconclusive() {
        assert_eq!(Verdict::worst_of([]), Verdict::Inconclusive);
        assert_eq!(Outcome::worst_of([]), Outcome::Inconclusive(Doubt::Vacuous));
    }

    #[test]
    fn one_case_that_could_not_run_takes_the_pass_away() {
        let parts = [Outcome::Pass, Outcome::NotTested(Gap::NoBinding)];
        assert_eq!(Outcome::worst_of(parts), Outcome::NotTested(Gap::NoBinding));
        assert_eq!(Outcome::worst_of([Outcome::Pass, Outcome::NotApplicable]), Outcome::Pass);
    }

    #[test]
    fn every_word_is_listed_once() {
        let all = [
            Outcome::Pass,
            Outcome::Warn,
            Outcome::Fail,
            Outcome::Inconclusive(Doubt::Vacuous),
            Outcome::Error(Trouble::Internal),
            Outcome::ConfigError(Fault::Tls),
            Outcome::NotTested(Gap::NotYet),
            Outcome::NotApplicable,
            Outcome::Attested,
        ];
        assert_eq!(all.map(Outcome::word), OUTCOMES);
        let words: BTreeSet<&str> = Outcome::all().map(Outcome::word).collect();
        assert_eq!(words, OUTCOMES.into());
    }

    /// `explain` looks a reason up by its word alone.
    #[test]
    fn a_reason_belongs_to_one_outcome() {
        let reasons: Vec<String> = Outcome::all().filter_map(Outcome::reason).collect();
        assert_eq!(reasons.iter().collect::<BTreeSet<_>>().len(), reasons.len(), "{reasons:?}");
    }

    #[test]
    fn an_outcome_survives_the_round_trip() {
        for outcome in Outcome::all() {
            let text = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
        }
    }
}
