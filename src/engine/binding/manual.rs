//! The action is done by a person, who is asked and waited for.
//! Nobody there means refused at once: a run without a terminal never hangs on a question.

use super::act::{Done, Halt};
use super::stage::{Call, PersonAt, Refusal, Stage};
use crate::model::target::ManualBinding;
use std::collections::BTreeMap;
use std::time::Duration;

/// Puts a question to an operator; lives where printing is allowed.
#[async_trait::async_trait]
pub trait Ask: Send + Sync {
    /// Shows the question, once nobody is asked anything else, and waits for the answer as long as the question says.
    async fn ask(&self, question: &Question) -> Told;
}

/// What an operator is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The target file's own sentence, in the operator's language.
    pub say: String,
    /// Whom it concerns.
    pub person: Option<PersonAt>,
    /// What else is to be entered.
    pub with: BTreeMap<String, String>,
    /// How long we wait.
    pub within: Duration,
}

/// What an operator answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is done.
    Done,
    /// It cannot be done.
    NotDone,
    /// No answer came in the time that the question gives, from when it was shown.
    Silent,
}

pub(super) async fn run(stage: &Stage<'_>, call: &Call, binding: &ManualBinding) -> Result<Done, Halt> {
    let operator = stage.means.operator.as_ref().ok_or(Refusal::NoOperator)?;
    let question = Question {
        say: binding.say.say(stage.means.lang).to_owned(),
        person: call.person.clone(),
        with: call.with.clone(),
        within: binding.within.into(),
    };
    match operator.ask(&question).await {
        Told::Done => Ok(Done::acknowledged("the operator says it is done")),
        Told::NotDone => Err(Halt::failed("the operator says it cannot be done")),
        Told::Silent => Err(Halt::Failed(format!("the operator did not answer within {}", binding.within))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::binding::testing::{Set, binding};
    use crate::model::verdict::Evidence;
    use serde_json::json;
    use std::sync::Arc;

    struct Says(Option<Told>);

    #[async_trait::async_trait]
    impl Ask for Says {
        async fn ask(&self, question: &Question) -> Told {
            assert_eq!((question.say.as_str(), question.with["scope"].as_str()), ("Record it.", "all"));
            match self.0 {
                Some(told) => told,
                None => Told::Silent,
            }
        }
    }

    #[tokio::test]
    async fn an_operator_is_asked_and_waited_for_only_so_long() {
        let binding =
            binding(&json!({ "manual": { "say": { "nl": "Leg vast.", "en": "Record it." }, "within": "50ms" } }));
        for (told, acknowledged) in [(Some(Told::Done), true), (Some(Told::NotDone), false), (None, false)] {
            let mut set = Set::at("http://127.0.0.1:1");
            set.means.operator = Some(Arc::new(Says(told)));
            let acted = set.act(&binding).await.unwrap();
            assert_eq!((acted.record.acknowledged, acted.record.evidence), (acknowledged, Evidence::Operator));
        }
        assert_eq!(Set::at("http://127.0.0.1:1").act(&binding).await.unwrap_err(), Refusal::NoOperator);
    }
}
