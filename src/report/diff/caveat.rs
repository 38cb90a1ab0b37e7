//! What a comparison is worth: everything beside the product that may have made the difference.
//! Said plainly and first, for a difference that came from the test says nothing about the product.

use crate::model::report::{Report, Said};
use crate::report::words::{diff as words, utc};

/// What has to be known before any difference is read.
pub(super) fn all(old: &Report, new: &Report) -> Vec<Said> {
    let mut all = Vec::new();
    let mut say = |holds: bool, said: fn() -> Said| {
        if holds {
            all.push(said());
        }
    };
    say(old.run.id == new.run.id, words::same_run);
    let (catalogue, judge) = (old.catalogue != new.catalogue, old.judge != new.judge);
    say(catalogue, words::other_catalogue);
    say(judge, words::other_judge);
    say(!catalogue && !judge, words::same_judging);
    say(old.run.interrupted || old.run.selection, words::old_is_part);
    say(new.run.interrupted || new.run.selection, words::new_is_part);
    say(!new.preflight.is_empty(), words::new_set_up);
    let parameters = |report: &Report| {
        let it = &report.run.parameters;
        (it.attempts, it.timeout_ms, it.body_limit)
    };
    say(parameters(old) != parameters(new), words::other_parameters);
    say(environment(old) != environment(new), words::other_environment);
    let began = |report: &Report| utc(&report.run.started);
    say(began(old).zip(began(new)).is_some_and(|(old, new)| new < old), words::backwards);
    all
}

fn environment(report: &Report) -> Option<crate::model::target::Environment> {
    report.target.authorisation.as_ref().map(|given| given.environment)
}
