//! Run directories on disk: which folder is one, and which belongs to a run that still goes on.
//! A link is never one, and nothing is read through one.

use crate::model::record::RunHeader;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What every run directory is made of.
pub const PARTS: [&str; 4] = ["report.json", "run.jsonl", "bodies", "catalogue"];
/// What a run is made of that was put together.
pub const MERGED: [&str; 2] = ["report.json", "parts"];
/// The first line of a recording holds plan and cast; more than this is none of ours.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// A folder that holds a run and nothing else.
#[derive(Clone, Debug)]
pub struct RunDir {
    /// Where it stands.
    pub path: PathBuf,
    /// What was tested.
    pub target: String,
    /// When the run began.
    pub started: OffsetDateTime,
    /// Whether it has a report; without one the run did not reach its end.
    pub finished: bool,
}

impl RunDir {
    /// The run in this folder.
    ///
    /// # Errors
    /// Why it is no run directory.
    pub fn at(path: &Path) -> Result<Self, String> {
        let kind = fs::symlink_metadata(path).map_err(|error| error.to_string())?;
        if kind.is_symlink() {
            return Err("it is a link".to_owned());
        }
        if !kind.is_dir() {
            return Err("it is no folder".to_owned());
        }
        if is_merged(path) {
            return Self::merged(path);
        }
        let found = names(path, &PARTS)?;
        if !found.contains("run.jsonl") {
            return Err("it holds no run.jsonl".to_owned());
        }
        let header = header(&path.join("run.jsonl"))?;
        let started = OffsetDateTime::parse(&header.started, &Rfc3339)
            .map_err(|_| "its run.jsonl does not say when it began".to_owned())?;
        let finished = found.contains("report.json");
        Ok(Self { path: path.to_owned(), target: header.target.name, started, finished })
    }

    /// A run that was put together: its report, and a run directory for each part.
    fn merged(path: &Path) -> Result<Self, String> {
        let found = names(path, &MERGED)?;
        let parts = children(&path.join(MERGED[1]));
        let parts: Vec<Self> = parts.iter().map(|part| Self::at(part)).collect::<Result<_, _>>()?;
        let first = parts.iter().min_by_key(|part| part.started).ok_or("it holds no part")?;
        Ok(Self { path: path.to_owned(), finished: found.contains("report.json"), ..first.clone() })
    }

    /// Whether the process that writes it is still there: it holds its recording as long as it lives. Its number, which
    /// stands in the name, tells only where a disk knows no locks: another process may have it by now.
    #[must_use]
    pub fn is_growing(&self) -> bool {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        process_of(&name)
            .is_some_and(|process| is_held(&self.path.join("run.jsonl")).unwrap_or_else(|| is_alive(process)))
    }
}

/// The names of what stands in a folder; only these may, each a file or a folder and none of them a link.
///
/// # Errors
/// What stands there besides.
pub fn names(path: &Path, known: &[&str]) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(path).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !known.contains(&name.as_str()) {
            return Err(format!("it holds {name}, which no run leaves"));
        }
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        if kind.is_symlink() {
            return Err(format!("its {name} is a link"));
        }
        if !kind.is_file() && !kind.is_dir() {
            return Err(format!("its {name} is neither a file nor a folder"));
        }
        found.insert(name);
    }
    Ok(found)
}

/// Whether the report of this folder may be opened, if it is one: to open a pipe or a device would wait for ever.
///
/// # Errors
/// When it is none that can be read.
pub fn readable(path: &Path) -> Result<(), String> {
    let report = path.join(MERGED[0]);
    match fs::metadata(&report) {
        Ok(kind) if path.is_dir() && !kind.is_file() => Err(format!("{} is not a file", report.display())),
        // What is missing is told by who reads it.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Whether this is a run that was put together from parts.
#[must_use]
pub fn is_merged(path: &Path) -> bool {
    fs::symlink_metadata(path.join(MERGED[1])).is_ok_and(|kind| kind.is_dir()) && !path.join("run.jsonl").exists()
}

#[derive(serde::Deserialize)]
struct First {
    is: RunHeader,
}

fn header(path: &Path) -> Result<RunHeader, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut line = String::new();
    BufReader::new(file.take(LONGEST_LINE)).read_line(&mut line).map_err(|error| error.to_string())?;
    let first: First =
        serde_json::from_str(&line).map_err(|_| "its run.jsonl does not begin as a recording does".to_owned())?;
    Ok(first.is)
}

/// What interrupted runs left beside this place, in the order of their names.
#[must_use]
pub fn partials(out: &Path) -> Vec<PathBuf> {
    let name = out.file_name().map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned());
    let begin = format!(".{name}.");
    children(&parent(out))
        .into_iter()
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with(&begin) && process_of(&name).is_some()
        })
        .collect()
}

/// The folder in which a path stands.
#[must_use]
pub fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// What stands in a folder, in order; nothing if it cannot be read.
#[must_use]
pub fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The process number in `.name.NUMBER.partial` or `.name.NUMBER-NTH.partial`.
fn process_of(name: &str) -> Option<u32> {
    let number = name.strip_prefix('.')?.strip_suffix(".partial")?.rsplit_once('.')?.1;
    let (process, nth) = number.split_once('-').unwrap_or((number, "1"));
    nth.parse::<u32>().ok()?;
    process.parse().ok()
}

/// Whether somebody holds this file; nothing where that cannot be told.
fn is_held(file: &Path) -> Option<bool> {
    match File::open(file).ok()?.try_lock_shared() {
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    let id = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    // A refusal means that it is there and somebody else's.
    id.is_some_and(|id| rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    // It cannot be asked here; the run of another process is then told from a dead one by its owner.
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_stands_in_the_name() {
        assert_eq!(process_of(".out.4711.partial"), Some(4711));
        assert_eq!(process_of(".out.4711-2.partial"), Some(4711));
        for other in ["out", ".out.partial", ".out.x.partial", ".out.1-x.partial", "out.4711.partial"] {
            assert_eq!(process_of(other), None, "{other}");
        }
        assert!(is_alive(std::process::id()));
    }
}
