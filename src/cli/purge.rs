//! `purge`: run directories are deleted, after a question or `--yes`.
//! What is not a run directory is left alone, and no link is followed.

use super::args::{Common, Purge};
use super::rundir::{self, RunDir};
use super::stream;
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::render::visible;
use std::fs;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// Runs the command.
pub fn run(command: &Purge, common: &Common) -> u8 {
    let lang: Lang = common.lang.into();
    let t = |nl: &'static str, en: &'static str| lang.pick(nl, en);
    if let Some(missing) = command.except.iter().find(|path| fs::canonicalize(path).is_err()) {
        return stream::refuse(&format!(
            "--except {}: there is no such folder; nothing was deleted",
            missing.display()
        ));
    }
    let found = found(command);
    let mut text = String::new();
    for (path, why) in &found.kept {
        text.push_str(&format!("{:<9}{} ({})\n", t("blijft", "keeps"), shown(path), visible(why)));
    }
    for dir in &found.due {
        let (day, target) = (dir.started.date(), visible(&dir.target));
        text.push_str(&format!("{:<9}{} ({day}, {target})\n", t("weg", "deletes"), shown(&dir.path)));
    }
    stream::out(&text);
    if found.due.is_empty() {
        stream::out(t("Niets te verwijderen.\n", "Nothing to delete.\n"));
        return Exit::Fine as u8;
    }
    if command.dry_run {
        return Exit::Fine as u8;
    }
    if !command.yes && !confirmed(found.due.len(), lang) {
        return stream::refuse("not confirmed, nothing was deleted; give --yes where nobody can be asked");
    }
    for dir in &found.due {
        // Looked at once more: the question may have stood open for long.
        let gone = RunDir::at(&dir.path).and_then(|_| fs::remove_dir_all(&dir.path).map_err(|error| error.to_string()));
        if let Err(why) = gone {
            stream::err(&format!("error: {} was not deleted: {why}\n", dir.path.display()));
            return Exit::Ours as u8;
        }
    }
    let count = found.due.len();
    stream::out(&lang.pick(format!("{count} verwijderd.\n"), format!("{count} deleted.\n")));
    Exit::Fine as u8
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string())
}

struct Found {
    due: Vec<RunDir>,
    kept: Vec<(PathBuf, String)>,
}

fn found(command: &Purge) -> Found {
    let mut found = Found { due: Vec::new(), kept: Vec::new() };
    let except: Vec<PathBuf> = command.except.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    for path in candidates(&command.out) {
        let dir = match RunDir::at(&path) {
            Ok(dir) => dir,
            Err(why) => {
                found.kept.push((path, why));
                continue;
            }
        };
        match kept(command, &dir, &except) {
            Some(why) => found.kept.push((path, why)),
            None => found.due.push(dir),
        }
    }
    found
}

/// Where runs may stand: the place itself, the run before it, one for each set of claims below it, and what
/// was cut off beside it. Nothing deeper is looked at.
fn candidates(out: &Path) -> Vec<PathBuf> {
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut all = Vec::new();
    for place in [out.to_path_buf(), out.with_file_name(format!("{name}.previous"))] {
        let Ok(kind) = fs::symlink_metadata(&place) else { continue };
        if kind.is_dir() && !place.join("run.jsonl").exists() && !rundir::is_merged(&place) {
            // A folder of runs: each set of claims of a demonstration has one of its own.
            all.extend(rundir::children(&place));
        } else {
            all.push(place);
        }
    }
    all.extend(rundir::partials(out));
    all
}

/// Why a run stays, if it does.
fn kept(command: &Purge, dir: &RunDir, except: &[PathBuf]) -> Option<String> {
    if dir.is_growing() {
        return Some("the run still goes on".to_owned());
    }
    if !dir.finished && !command.interrupted {
        return Some("interrupted: `clean` needs it; give --interrupted".to_owned());
    }
    if fs::canonicalize(&dir.path).is_ok_and(|path| except.contains(&path)) {
        return Some("--except".to_owned());
    }
    let oldest = command.older_than?;
    let age = OffsetDateTime::now_utc() - dir.started;
    let young = age.whole_milliseconds() < i128::from(oldest.as_millis());
    young.then(|| format!("younger than {oldest}"))
}

/// Asks at the terminal; where there is none, nobody confirms anything.
fn confirmed(count: usize, lang: Lang) -> bool {
    if !std::io::stdin().is_terminal() || stream::in_ci() {
        return false;
    }
    stream::err(&match count {
        1 => lang.pick("Deze map verwijderen? [j/n] ", "Delete this folder? [y/n] ").to_owned(),
        _ => lang
            .pick(format!("Deze {count} mappen verwijderen? [j/n] "), format!("Delete these {count} folders? [y/n] ")),
    });
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja")
}
