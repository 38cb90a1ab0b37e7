//! `merge`: the parts of one run put together, each judged again first; no target, no network.
//! What comes of it is a folder that anybody can judge again: the report, and each part as it was.

use super::args::{Common, Merge};
use super::rejudge::{Judged, Misfit, judged, parts_of};
use super::rundir::{RunDir, is_merged};
use super::{further, run, store, stream};
use crate::model::report::Report;
use crate::report::build::merge::{self, Part};
use crate::report::exit::{self, FailOn};
use crate::report::render::visible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Runs the command.
pub fn run(command: &Merge, common: &Common) -> u8 {
    prepare(command, common).unwrap_or_else(|code| code)
}

fn prepare(command: &Merge, common: &Common) -> Result<u8, u8> {
    let further = further::asked(&command.reports)?;
    let refuse = |why: &str| stream::refuse(&visible(why));
    free(&command.out, &command.dirs).map_err(|why| refuse(&format!("cannot write the run: {why}")))?;
    let (report, order, overdue) = together(&command.dirs).map_err(|why| refuse(&why.say(common.lang.into())))?;
    let ordered: Vec<&Path> = order.iter().map(|position| command.dirs[*position].as_path()).collect();
    write(&report, &ordered, &command.out).map_err(|error| {
        stream::fault(&visible(&format!("cannot write {}: {error}", command.out.display())));
        exit::Exit::Ours as u8
    })?;
    run::show(&report, common.lang.into(), &command.out);
    further::write(&further, &report, common.lang.into())?;
    // Until when something cannot be tested stands in a part, as somebody else wrote it.
    let overdue: Vec<String> = overdue.iter().map(|entry| visible(entry)).collect();
    run::tell_overdue(&overdue);
    Ok(exit::of(&report, FailOn::from(command.fail_on), !overdue.is_empty()) as u8)
}

/// The report of these parts, the order in which they belong, and what of their target file is overdue by now.
///
/// # Errors
/// When a part does not fit, or they are not the parts of one run.
pub(super) fn together(dirs: &[PathBuf]) -> Result<(Report, Vec<usize>, Vec<String>), Misfit> {
    let read = |dir: &PathBuf| {
        if is_merged(dir) {
            return Err(Misfit::from(format!("{} is put together already; give its parts", dir.display())));
        }
        judged(dir).map_err(|why| why.at(dir))
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
    let nothing = || merge::Unlike::Nothing.to_string();
    let first = all.first().ok_or_else(nothing)?;
    let report = merge::merge(&first.catalogue, &parts).ok_or_else(nothing)?;
    // All have the same, or they would differ.
    let stated = first.recording.header.target.not_testable.iter();
    let overdue = run::overdue(stated.map(|(requirement, .., until)| (requirement, until.as_str())), &first.catalogue);
    Ok((report, order, overdue))
}

/// Whether what is put together may take this place: nothing there, an empty folder, or what an earlier merge left and
/// nothing else. Whatever stands there is moved aside, and what was moved aside before it is deleted.
fn free(out: &Path, parts: &[PathBuf]) -> Result<(), String> {
    let Some(name) = out.file_name() else {
        return Err(format!("{} has no name of its own to be moved aside by; name a folder for --out", out.display()));
    };
    let place = |path: &Path| {
        let there = |path: &Path| fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path });
        path.ancestors().find_map(|path| there(path).ok())
    };
    // A part would be copied into itself.
    let holds =
        |part: &&PathBuf| place(out).zip(fs::canonicalize(part).ok()).is_some_and(|(out, part)| out.starts_with(part));
    if let Some(part) = parts.iter().find(holds) {
        return Err(format!(
            "{} lies in {}, which is a part; give --out a folder elsewhere",
            out.display(),
            part.display()
        ));
    }
    let before = out.with_file_name(format!("{}.previous", name.to_string_lossy()));
    let other = |path: &Path, why: &str| format!("{}: {why}; give --out a folder of its own", path.display());
    replaceable(out).map_err(|why| other(out, &format!("it is not what a merge leaves ({why})")))?;
    replaceable(&before)
        .or_else(|why| RunDir::at(&before).map(|_| ()).map_err(|_| why))
        .map_err(|why| other(&before, &format!("it is no earlier run and would be deleted ({why})")))
}

/// Whether nothing stands here but what a merge leaves.
fn replaceable(path: &Path) -> Result<(), String> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.to_string()),
        Ok(kind) if kind.is_dir() && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()) => {
            return Ok(());
        }
        Ok(_) => {}
    }
    match RunDir::at(path)? {
        run if !is_merged(path) => Err(format!("it is a run of its own, of {}", run.target)),
        run if run.finished => Ok(()),
        _ => Err("it holds no report.json".to_owned()),
    }
}

fn write(report: &Report, parts: &[&Path], out: &Path) -> io::Result<()> {
    let aside = store::aside(out);
    for (part, number) in parts.iter().zip(1_u32..) {
        copy(part, &parts_of(&aside).join(number.to_string()))?;
    }
    store::finish(report, &aside, out)
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
