//! `report`: a report that is there already, shown or written in other formats, for a reader of choice.
//! It judges nothing, so its exit code says nothing about the target, and it never reads the clock.

use super::args::{Common, Report as Arguments, ViewArg};
use super::further::Further;
use super::{day, further, load, run, rundir, stream};
use crate::language::catalogue::Catalogue;
use crate::model::report::Report;
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::gate::{self, Question, Waived};
use crate::report::render::frame::Frame;
use crate::report::render::{buyer, group, html, visible};
use std::io;
use std::path::Path;
use std::sync::Arc;
use time::Date;

/// Runs the command.
pub fn run(command: &Arguments, common: &Common) -> u8 {
    carry_out(command, common).unwrap_or_else(|code| code)
}

fn carry_out(command: &Arguments, common: &Common) -> Result<u8, u8> {
    let lang: Lang = common.lang.into();
    let further = further::asked(&command.reports)?;
    fits(command, &further).map_err(stream::refuse)?;
    let as_of = as_of(command).map_err(|why| stream::refuse(&why))?;
    let read: Vec<(Report, String)> =
        command.paths.iter().map(|path| load::digested(path)).collect::<Result<_, _>>()?;
    let Some((first, digest)) = read.first() else { return Ok(Exit::Usage as u8) };
    // Whoever asks for a format on standard output gets that alone.
    if read.len() == 1 && !further.iter().any(Further::is_stdout) {
        run::show(first, lang, &folder(&command.paths[0]));
    }
    let waived = match (&command.policy, as_of) {
        (Some(policy), Some(today)) => waived(policy, first, today)?,
        _ => Vec::new(),
    };
    let frame = Frame { as_of, digest: (read.len() == 1).then(|| digest.clone()), waived };
    match command.view {
        ViewArg::Ci => {
            further::write_with(&further, first, lang, &|report| {
                html::framed(report, lang, &frame).map_err(io::Error::other)
            })?;
        }
        ViewArg::Buyer => {
            further::write_with(&further, first, lang, &|report| {
                buyer::render(report, lang, &frame).map_err(io::Error::other)
            })?;
        }
        ViewArg::WorkingGroup => {
            let catalogue: Arc<Catalogue> = load::catalogue(common)?;
            let reports: Vec<&Report> = read.iter().map(|(report, _)| report).collect();
            further::write_with(&further, first, lang, &|_| {
                group::render(&reports, &catalogue, lang, &frame).map_err(io::Error::other)
            })?;
        }
    }
    Ok(Exit::Fine as u8)
}

/// Whether what is asked goes together.
fn fits(command: &Arguments, further: &[Further]) -> Result<(), &'static str> {
    let pages = further.iter().filter(|one| one.is_page()).count();
    if command.view != ViewArg::Ci && pages == 0 {
        return Err("`--view` chooses for whom the html report is written; add `--report html=FILE`");
    }
    if command.paths.len() > 1 && (command.view != ViewArg::WorkingGroup || pages < further.len()) {
        return Err("several reports go together only as `--view working-group --report html=FILE`");
    }
    if command.policy.is_some() && command.view != ViewArg::Ci {
        return Err("`--policy` marks findings; only `--view ci` shows them one by one");
    }
    Ok(())
}

fn folder(path: &Path) -> std::path::PathBuf {
    if path.is_dir() { path.to_owned() } else { rundir::parent(path) }
}

fn as_of(command: &Arguments) -> Result<Option<Date>, String> {
    let given = match command.as_of.as_deref() {
        Some(text) => {
            Some(day::read(text).ok_or_else(|| format!("`--as-of {text}` is no day; write it like 2026-12-01"))?)
        }
        None => day::epoch()?,
    };
    if command.policy.is_some() && given.is_none() {
        return Err("whether a waiver holds depends on the day: give `--as-of DATE`".to_owned());
    }
    Ok(given)
}

/// What this policy lets through on that day.
fn waived(policy: &Path, report: &Report, today: Date) -> Result<Vec<Waived>, u8> {
    let mut policy = load::policy(policy)?;
    // Nothing is compared here, and rules about an earlier report have nothing to say about a waiver.
    policy.baseline = None;
    let question = Question { policy: &policy, report, baseline: None, today };
    let decision = gate::decide(question).map_err(|why| stream::refuse(&visible(&why.to_string())))?;
    Ok(decision.waived)
}
