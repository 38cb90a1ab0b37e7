//! From a recording to a run directory: judge, build, write, and only then give it its name.
//! An earlier run in the same place is moved aside, never written into.

use crate::engine::judge;
use crate::language::catalogue::Catalogue;
use crate::model::digest::digest;
use crate::model::record::Recording;
use crate::model::report::Report;
use crate::model::verdict::Verdicts;
use crate::report::{build, render};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Judges a recording and builds its report; the verdicts come with it. `folder` is where `run.jsonl` stands.
///
/// # Errors
/// When `run.jsonl` cannot be read.
pub fn report(catalogue: &Catalogue, recording: &Recording, folder: &Path) -> io::Result<(Report, Verdicts)> {
    let digest = digest(&fs::read(folder.join("run.jsonl"))?);
    Ok(judged(catalogue, recording, &digest))
}

/// The report of a recording that stands in no folder, so that nobody can judge it again. It is judged on a thread of its
/// own: judging a whole catalogue takes a second, in which a thread that carries sockets would keep other runs waiting.
///
/// # Errors
/// When judging broke off.
pub async fn unkept(catalogue: &Arc<Catalogue>, recording: Recording) -> Result<Report, String> {
    let catalogue = Arc::clone(catalogue);
    let judging = tokio::task::spawn_blocking(move || judged(&catalogue, &recording, "").0);
    judging.await.map_err(|error| error.to_string())
}

fn judged(catalogue: &Catalogue, recording: &Recording, digest: &str) -> (Report, Verdicts) {
    let verdicts = judge::judge(catalogue, &recording.header.plan, recording);
    (build::build(catalogue, recording, &verdicts, digest), verdicts)
}

/// The folder in which a run grows before it has its name. In a container every run has the same process number, so that
/// what a run left there that was cut off is not written over.
#[must_use]
pub fn aside(out: &Path) -> PathBuf {
    let name = out.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned());
    let process = std::process::id();
    let first = out.with_file_name(format!(".{name}.{process}.partial"));
    let others = (2..).map(|number: u32| out.with_file_name(format!(".{name}.{process}-{number}.partial")));
    std::iter::once(first).chain(others).find(|place| place.symlink_metadata().is_err()).unwrap_or_default()
}

/// A path beside another, with a word more at the end of its name and before its ending.
#[must_use]
pub fn beside(path: &Path, word: &str) -> PathBuf {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let name = match path.extension() {
        Some(ending) => format!("{}-{word}.{}", text(path.file_stem()), ending.to_string_lossy()),
        None => format!("{}-{word}", text(path.file_name())),
    };
    path.with_file_name(name)
}

/// Whether a run may take this place: nothing there, an empty folder, or an earlier run.
///
/// # Errors
/// What stands there instead, in words fit to follow "cannot write the run: ".
pub fn free(out: &Path) -> Result<(), String> {
    let before = previous(out);
    let empty = fs::read_dir(&before).is_ok_and(|mut entries| entries.next().is_none());
    if fs::symlink_metadata(&before).is_ok() && !empty && !before.join("run.jsonl").is_file() {
        // The run that is there now goes to that place, and what stands there is deleted.
        return Err(format!("{} is no earlier run and would be deleted; give --out another name", before.display()));
    }
    let Ok(entries) = fs::read_dir(out) else {
        return if out.exists() { Err(format!("{} is not a folder", out.display())) } else { Ok(()) };
    };
    let names: Vec<String> =
        entries.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    if names.is_empty() || names.iter().any(|name| name == "run.jsonl") {
        Ok(())
    } else {
        Err(format!("{} holds other files; give --out a folder of its own", out.display()))
    }
}

/// Writes `report.json` beside the recording and gives the folder its name.
///
/// # Errors
/// When the disk refuses; the recording then still stands where it grew.
pub fn finish(report: &Report, from: &Path, to: &Path) -> io::Result<()> {
    let bytes = render::json::render(report).map_err(io::Error::other)?;
    fs::write(from.join("report.json"), bytes)?;
    if to.exists() {
        let previous = previous(to);
        if previous.exists() {
            fs::remove_dir_all(&previous)?;
        }
        if fs::read_dir(to)?.next().is_none() {
            fs::remove_dir(to)?;
        } else {
            fs::rename(to, &previous)?;
        }
    } else if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

fn previous(to: &Path) -> PathBuf {
    let name = to.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned());
    to.with_file_name(format!("{name}.previous"))
}
