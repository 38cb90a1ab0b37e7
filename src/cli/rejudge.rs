//! `rejudge`: the verdicts of a run once more, from its directory alone; no target, no network.
//! A directory in which anything was altered, added or lost does not fit.

mod misfit;
mod planned;
mod sound;

pub(super) use self::misfit::{Misfit, other_judge};

use super::args::{Common, Rejudge};
use super::{further, merge, run, rundir, store, stream};
use crate::engine::tape;
use crate::language::catalogue::Catalogue;
use crate::language::diagnostic::Severity;
use crate::model::record::Recording;
use crate::model::report::Report;
use crate::model::text::Lang;
use crate::model::verdict::Verdicts;
use crate::report::exit::{self, FailOn};
use crate::report::load;
use crate::report::render::{self, visible};
use std::fs;
use std::path::{Path, PathBuf};

/// A run that was judged again and says what its report says.
pub(super) struct Judged {
    /// What it was judged with.
    pub catalogue: Catalogue,
    /// The recording.
    pub recording: Recording,
    /// What was judged.
    pub verdicts: Verdicts,
    /// SHA-256 of `run.jsonl`.
    pub digest: String,
}

/// Runs the command.
pub fn run(command: &Rejudge, common: &Common) -> u8 {
    let further = match further::asked(&command.reports) {
        Ok(further) => further,
        Err(code) => return code,
    };
    let (report, code) = match judge_again(command, common) {
        Ok(judged) => judged,
        Err(why) => return stream::refuse(&visible(&why.at(&command.dir).say(common.lang.into()))),
    };
    match further::write(&further, &report, common.lang.into()) {
        Ok(()) => code,
        Err(code) => code,
    }
}

fn judge_again(command: &Rejudge, common: &Common) -> Result<(Report, u8), Misfit> {
    let dir = &command.dir;
    let report = if rundir::is_merged(dir) { of_parts(dir)? } else { read(dir)?.0 };
    let bytes = render::json::render(&report).map_err(|error| error.to_string())?;
    let lang: Lang = common.lang.into();
    match &command.out {
        Some(out) => {
            fs::create_dir_all(out).map_err(|error| error.to_string())?;
            fs::write(out.join("report.json"), &bytes).map_err(|error| error.to_string())?;
            run::show(&report, lang, out);
        }
        None => {
            says(dir, &bytes)?;
            run::show(&report, lang, dir);
            stream::out(lang.pick(
                "Opnieuw beoordeeld: dezelfde oordelen, byte voor byte.\n",
                "Judged again: the same verdicts, byte for byte.\n",
            ));
        }
    }
    let code = exit::of(&report, FailOn::from(command.fail_on), false) as u8;
    Ok((report, code))
}

/// Judges a run again and holds it against the report that stands with it.
///
/// # Errors
/// Why it does not fit.
pub(super) fn judged(dir: &Path) -> Result<Judged, Misfit> {
    let (report, judged) = read(dir)?;
    says(dir, &render::json::render(&report).map_err(|error| error.to_string())?)?;
    Ok(judged)
}

/// Judges a run, or every part of one that was put together, again and holds it against the report that stands with it.
///
/// # Errors
/// Why it does not fit.
pub(super) fn all_judged(dir: &Path) -> Result<Vec<Judged>, Misfit> {
    if !rundir::is_merged(dir) {
        return judged(dir).map(|one| vec![one]);
    }
    says(dir, &render::json::render(&of_parts(dir)?).map_err(|error| error.to_string())?)?;
    rundir::children(&parts_of(dir)).iter().map(|part| judged(part)).collect()
}

/// The folder in which a run that was put together keeps its parts.
pub(super) fn parts_of(dir: &Path) -> PathBuf {
    dir.join(rundir::MERGED[1])
}

fn of_parts(dir: &Path) -> Result<Report, Misfit> {
    rundir::names(dir, &rundir::MERGED)?;
    let mut parts = rundir::children(&parts_of(dir));
    // 2 stands before 10.
    parts.sort_by_key(|part| part.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok()));
    merge::together(&parts).map(|(report, ..)| report)
}

fn read(dir: &Path) -> Result<(Report, Judged), Misfit> {
    // Whatever is not part of a run directory was put there by somebody else.
    rundir::names(dir, &rundir::PARTS)?;
    sound::sound(dir)?;
    let recording = tape::read(dir).map_err(|error| error.to_string())?;
    let loaded = Catalogue::from_folder(&dir.join("catalogue"));
    let Some(catalogue) = loaded.catalogue else {
        let first = loaded.diagnostics.iter().find(|one| one.severity == Severity::Error);
        let why = first.map(|one| one.message.clone()).unwrap_or_default();
        return Err(format!("its catalogue cannot be read: {why}").into());
    };
    if catalogue.digest != recording.header.catalogue_digest {
        return Err("the catalogue is not the one that was judged with".to_owned().into());
    }
    // Another version may have laid out the same claims otherwise.
    planned::planned(&catalogue, &recording.header).map_err(|why| Misfit::of(&recording.header.judge, || why))?;
    let (report, verdicts) = store::report(&catalogue, &recording, dir).map_err(|error| error.to_string())?;
    let digest = report.run.digest.clone();
    Ok((report, Judged { catalogue, recording, verdicts, digest }))
}

/// Whether the report that stands there has these very bytes.
fn says(dir: &Path, bytes: &[u8]) -> Result<(), Misfit> {
    let known = load::read(&dir.join("report.json"))
        .map_err(|error| format!("{error}; a run that was cut off is judged with --out DIR"))?;
    if known == bytes {
        return Ok(());
    }
    let judge = misfit::judge_of(&known);
    Err(Misfit::of(judge.as_deref().unwrap_or(misfit::OWN), || difference(&known, bytes)))
}

fn difference(known: &[u8], now: &[u8]) -> String {
    let line = known.iter().zip(now).take_while(|(a, b)| a == b).filter(|(a, _)| **a == b'\n').count() + 1;
    format!("report.json:{line}: says something else than the recording gives")
}
