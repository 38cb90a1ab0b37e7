//! `gate`: a report held against a policy file; one sentence, what is behind it, and an exit code.
//! The only command that asks the clock what day it is, and it says which day it took.

use super::args::{Common, Gate as Arguments, SheetFormat};
use super::{day, further, load, stream};
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::gate::{self, Decision, Question};
use crate::report::render::{json, visible};
use std::io;
use std::path::PathBuf;
use time::{Date, OffsetDateTime};

/// Runs the command.
pub fn run(command: &Arguments, common: &Common) -> u8 {
    carry_out(command, common).unwrap_or_else(|code| code)
}

fn carry_out(command: &Arguments, common: &Common) -> Result<u8, u8> {
    let lang: Lang = common.lang.into();
    let asked: Vec<(SheetFormat, PathBuf)> = command
        .report
        .iter()
        .map(|text| further(text))
        .collect::<Result<_, _>>()
        .map_err(|why| stream::refuse(&why))?;
    let today = today().map_err(|why| stream::refuse(&why))?;
    let policy = load::policy(&command.policy)?;
    let report = load::report(&command.report_path)?;
    // CI often sets the day of a commit: waivers that have ended since must not live again by that.
    if report.run.started.get(..10).is_some_and(|began| today.to_string().as_str() < began) {
        return Err(stream::refuse(&format!(
            "the day is {today} (SOURCE_DATE_EPOCH), and the run began later, on {}; unset the variable",
            visible(report.run.started.get(..10).unwrap_or_default())
        )));
    }
    let baseline = command.baseline.as_deref().map(load::report).transpose()?;
    let question = Question { policy: &policy, report: &report, baseline: baseline.as_ref(), today };
    let decision = gate::decide(question).map_err(|why| stream::refuse(&visible(&why.to_string())))?;
    stream::out(&gate::sheet(&decision, lang).text());
    for (format, path) in asked {
        written(&decision, format, lang).and_then(|text| further::to(&path, text.as_bytes())).map_err(|error| {
            stream::err(&format!("error: cannot write the decision: {error}\n"));
            Exit::Ours as u8
        })?;
    }
    Ok(if decision.passed { Exit::Fine } else { Exit::Gate } as u8)
}

fn written(decision: &Decision, format: SheetFormat, lang: Lang) -> io::Result<String> {
    match format {
        SheetFormat::Text => Ok(gate::sheet(decision, lang).text()),
        SheetFormat::Markdown => Ok(gate::sheet(decision, lang).markdown()),
        SheetFormat::Json => json::text(decision).map_err(io::Error::other),
    }
}

/// Reads `KIND=PATH`.
fn further(text: &str) -> Result<(SheetFormat, PathBuf), String> {
    let (kind, path) = text.split_once('=').ok_or_else(|| format!("`--report {text}` is not KIND=PATH"))?;
    let format = match kind {
        "text" => SheetFormat::Text,
        "markdown" => SheetFormat::Markdown,
        "json" => SheetFormat::Json,
        other => return Err(format!("no decision of kind `{other}`; there are text, markdown and json")),
    };
    if path.is_empty() { Err(format!("`--report {text}` names no file")) } else { Ok((format, path.into())) }
}

/// The day: that of `SOURCE_DATE_EPOCH` if it is set, else of the clock, in UTC.
fn today() -> Result<Date, String> {
    Ok(day::epoch()?.unwrap_or_else(|| OffsetDateTime::now_utc().date()))
}
