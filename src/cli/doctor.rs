//! `doctor`: pre-flight alone, in words that whoever runs the system can act on.
//! It reads and asks for tokens; it creates and changes nothing at the target.

mod page;

use super::args::{Common, Doctor};
use super::{load, run, stream};
use crate::engine::approach::Approach;
use crate::engine::checkup::{self, Checkup};
use crate::engine::run::Request;
use crate::model::target::Target;
use crate::model::verdict::{Gap, Outcome};
use crate::report::exit::Exit;

/// Runs the command.
pub fn run(command: &Doctor, common: &Common) -> u8 {
    examine(command, common).unwrap_or_else(|code| code)
}

fn examine(command: &Doctor, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let target = load::target(&command.target, &catalogue)?;
    let selection = load::selection(&command.narrow, &catalogue)?;
    load::programs(&command.target, &target, command.allow_exec)?;
    let plain = run::plain_request(catalogue, target, &command.target, command.timeout, common);
    let request = Request { selection, means: run::means(command.allow_exec, common), ..plain };
    let runtime = run::runtime()?;
    let checkup = runtime.block_on(checkup::examine(&request)).map_err(|error| run::refusal(&error))?;
    stream::out(&page::render(&request, &checkup, common.lang.into()));
    Ok(code(&checkup, &request.target) as u8)
}

/// A fault seen on the wire weighs most; then that nothing at all would run.
fn code(checkup: &Checkup, target: &Target) -> Exit {
    let unreached = checkup.approaches.iter().any(Approach::is_fault);
    if !checkup.findings.is_empty() || !checkup.refused(target).is_empty() || unreached {
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
