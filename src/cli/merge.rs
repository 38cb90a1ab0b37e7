//! `merge`: the parts of one run put together, each judged again first; no target, no network.
//! What comes of it is a folder that anybody can judge again: the report, and each part as it was.

use super::args::{Common, Merge};
use super::rejudge::{Judged, judged, parts_of};
use super::rundir::is_merged;
use super::{further, run, store, stream};
use crate::model::report::Report;
use crate::report::build::merge::{self, Part};
use crate::report::exit::{self, FailOn};
use crate::report::render;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(command: &Merge, common: &Common) -> u8 {
    prepare(command, common).unwrap_or_else(|code| code)
}

fn prepare(command: &Merge, common: &Common) -> Result<u8, u8> {
    let further = further::asked(&command.reports)?;
    free(&command.out).map_err(|why| stream::refuse(&format!("cannot write the run: {why}")))?;
    let (report, order, overdue) = together(&command.dirs).map_err(|why| stream::refuse(&why))?;
    let ordered: Vec<&Path> = order.iter().map(|position| command.dirs[*position].as_path()).collect();
    write(&report, &ordered, &command.out).map_err(|error| {
        stream::err(&format!("error: cannot write {}: {error}\n", command.out.display()));
        exit::Exit::Ours as u8
    })?;
    run::show(&report, common.lang.into(), &command.out);
    further::write(&further, &report, common.lang.into())?;
    run::tell_overdue(&overdue);
    Ok(exit::of(&report, FailOn::from(command.fail_on), !overdue.is_empty()) as u8)
}

/// The report of these parts, the order in which they belong, and what of their target file is overdue by now.
///
/// # Errors
/// When a part does not fit, or they are not the parts of one run; in words.
pub(super) fn together(dirs: &[PathBuf]) -> Result<(Report, Vec<usize>, Vec<String>), String> {
    let read = |dir: &PathBuf| {
        if is_merged(dir) {
            return Err(format!("{} is put together already; give its parts", dir.display()));
        }
        judged(dir).map_err(|why| format!("{} does not fit: {why}", dir.display()))
    };
    let all: Vec<Judged> = dirs.iter().map(read).collect::<Result<_, _>>()?;
    let headers: Vec<_> = all.iter().map(|one| &*one.recording.header).collect();
    let name = |position: usize| dirs[position].display().to_string();
    let order = merge::order(&headers, &name).map_err(|unlike| unlike.to_string())?;
    let parts: Vec<Part<'_>> = order
        .iter()
        .map(|position| &all[*position])
        .map(|one| Part { recording: &one.recording, verdicts: &one.verdicts, digest: &one.digest })
        .collect();
    let first = all.first().ok_or("there is nothing to merge")?;
    let report = merge::merge(&first.catalogue, &parts).ok_or("there is nothing to merge")?;
    // All have the same, or they would differ.
    let stated = first.recording.header.target.not_testable.iter();
    let overdue = run::overdue(stated.map(|(requirement, .., until)| (requirement, until.as_str())), &first.catalogue);
    Ok((report, order, overdue))
}

/// Whether what is put together may take this place: nothing there, an empty folder, or an earlier one.
fn free(out: &Path) -> Result<(), String> {
    let empty = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    if fs::symlink_metadata(out).is_err() || empty || is_merged(out) {
        return Ok(());
    }
    Err(format!("{} holds something else; give --out a folder of its own", out.display()))
}

fn write(report: &Report, parts: &[&Path], out: &Path) -> io::Result<()> {
    let aside = store::aside(out);
    fs::create_dir_all(&aside)?;
    for (part, number) in parts.iter().zip(1_u32..) {
        copy(part, &parts_of(&aside).join(number.to_string()))?;
    }
    fs::write(aside.join("report.json"), render::json::render(report).map_err(io::Error::other)?)?;
    if out.exists() {
        // An earlier one, whose parts still stand where they were made; or nothing.
        fs::remove_dir_all(out)?;
    }
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(aside, out)
}

/// A run directory has folders in it, and files in those; links were refused when it was read.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
