//! Why a name of a case stands for nothing, said to whoever can mend it: most often an action returned too little.

use super::instance::Walk;
use crate::engine::fill::NoValue;
use crate::engine::schedule::action_of;
use crate::model::expectation::Place;
use crate::model::target::Binding;
use crate::model::testcase::Verb;

impl Walk<'_> {
    /// What to note of a name without a value.
    pub(super) fn lacking(&self, error: &NoValue) -> String {
        match self.not_returned(&error.0) {
            Some(hint) => format!("{error}: {hint}"),
            None => error.to_string(),
        }
    }

    /// What an action did not return, where the name is one that an action should have given.
    fn not_returned(&self, name: &str) -> Option<String> {
        let (step, name) = name.split_once('.')?;
        let case = self.session.catalogue.cases.get(&self.instance().case)?;
        let step = case.steps.iter().find(|one| one.name.as_str() == step)?;
        let Verb::Act(act) = &step.verb else { return None };
        let action = action_of(&act.action, &self.instance().each)?;
        let word = match step.frame.save.get(name).map(|save| &save.at) {
            Some(Place::Json(pointer)) => pointer.trim_start_matches('/'),
            Some(_) => return None,
            None => name,
        };
        let how = match self.session.target.bindings.get(&action)? {
            Binding::Exec(_) => format!("let its program print one JSON object with it, as {{\"{word}\": \"…\"}}"),
            Binding::Http(_) => {
                format!("give it under `returns` of its binding, as `{word}: {{ at: {{ json: /{word} }} }}`")
            }
            Binding::Manual(_) | Binding::FhirConsent(_) => {
                "its binding returns nothing; bind it with `exec` or `http`".to_owned()
            }
        };
        Some(format!("the action {action} of step {} returned no `{word}`; {how}", step.name))
    }
}
