//! `doctor`: pre-flight alone, in words that whoever runs the system can act on.
//! It reads and asks for tokens; it creates and changes nothing at the target.

mod page;

use super::args::{Common, Doctor};
use super::progress::Quiet;
use super::{load, operator, run, stream};
use crate::engine::binding::Programs;
use crate::engine::checkup::{self, Checkup};
use crate::engine::record::Stop;
use crate::engine::run::{MeansOf, Request};
use crate::model::record::Parameters;
use crate::model::verdict::{Gap, Outcome};
use crate::report::exit::Exit;
use std::path::PathBuf;
use std::sync::Arc;

/// Runs the command.
pub fn run(command: &Doctor, common: &Common) -> u8 {
    examine(command, common).unwrap_or_else(|code| code)
}

fn examine(command: &Doctor, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let target = load::target(&command.target, &catalogue)?;
    let selection = load::selection(&command.narrow, &catalogue)?;
    let request = Request {
        catalogue,
        target,
        base: run::folder_of(&command.target),
        parameters: Parameters {
            seed: 0,
            attempts: 1,
            timeout_ms: command.timeout.as_millis(),
            body_limit: run::BODY_LIMIT,
            challenge: None,
        },
        selection,
        folder: PathBuf::new(),
        jobs: 1,
        means: MeansOf {
            programs: if command.allow_exec { Programs::Allowed } else { Programs::Forbidden },
            operator: operator::present(),
            lang: common.lang.into(),
        },
        env: Arc::new(|name| std::env::var(name).ok()),
        stop: Stop::default(),
        progress: Arc::new(Quiet),
    };
    let runtime = run::runtime()?;
    let checkup = runtime.block_on(checkup::examine(&request)).map_err(|error| run::refusal(&error))?;
    stream::out(&page::render(&request, &checkup, common.lang.into()));
    Ok(code(&checkup) as u8)
}

/// A fault seen on the wire weighs most; then that nothing at all would run.
fn code(checkup: &Checkup) -> Exit {
    if !checkup.findings.is_empty() {
        return Exit::NotJudged;
    }
    if !checkup.plan.instances.is_empty() {
        return Exit::Fine;
    }
    let unselected =
        |outcome: Outcome| matches!(outcome, Outcome::NotTested(Gap::NotSelected) | Outcome::NotApplicable);
    let nothing = checkup.plan.left_out.iter().all(|left| unselected(left.outcome));
    if nothing { Exit::Nothing } else { Exit::NotJudged }
}
