//! A report as it stands on disk: a `report.json`, or the run directory that holds one.
//! It is read as it is; whether it follows from its recording is for `rejudge` to say.

use crate::model::digest::digest;
use crate::model::report::Report;
use crate::model::tender::Tender;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A report of more bytes than this is none of ours.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The number of the format that is read.
const FORMAT: u32 = 1;

/// Why there is no report to be had, fit to follow "cannot continue: ".
#[derive(Debug, thiserror::Error)]
pub enum Unloaded {
    /// The file cannot be opened or read.
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// The run did not reach its end, so that nobody has judged it yet.
    #[error("{} holds no report.json; `toetssteen rejudge DIR --out DIR2` judges a run that was cut off", path.display())]
    Unjudged {
        /// The folder.
        path: PathBuf,
    },
    /// It is larger than any report.
    #[error("{} is larger than a report can be", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is no report.
    #[error("{} is no report: {why}", path.display())]
    NoReport {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        why: serde_json::Error,
    },
    /// It is no tender.
    #[error("{} is no tender.json: {why}", path.display())]
    NoTender {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        why: serde_json::Error,
    },
    /// It is a tender of a format that this version does not know.
    #[error("{} is a tender of format {found}; this version reads format {FORMAT}", path.display())]
    OtherTender {
        /// The file.
        path: PathBuf,
        /// The number in it.
        found: u32,
    },
    /// It is a report of a format that this version does not know.
    #[error("{} is a report of format {found}; this version reads format {FORMAT}", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The number in it.
        found: u32,
    },
}

/// What is read first: a later format may have nothing else in common with this one.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The report of this path: a `report.json`, or a run directory.
///
/// # Errors
/// Why it cannot be had, naming the file.
pub fn load(path: &Path) -> Result<Report, Unloaded> {
    digested(path).map(|(report, _)| report)
}

/// The same, with the SHA-256 of the file in hexadecimal.
///
/// # Errors
/// As [`load`].
pub fn digested(path: &Path) -> Result<(Report, String), Unloaded> {
    let file = place(path)?;
    let bytes = read(&file)?;
    let no_report = |why| Unloaded::NoReport { path: file.clone(), why };
    let head: Head = serde_json::from_slice(&bytes).map_err(no_report)?;
    if head.format != FORMAT {
        return Err(Unloaded::OtherFormat { path: file, found: head.format });
    }
    let report = serde_json::from_slice(&bytes).map_err(no_report)?;
    Ok((report, digest(&bytes)))
}

/// The file that holds the report of this path: itself, or the one in the run directory.
///
/// # Errors
/// When the run did not reach its end.
pub fn place(path: &Path) -> Result<PathBuf, Unloaded> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let file = path.join("report.json");
    if file.exists() { Ok(file) } else { Err(Unloaded::Unjudged { path: path.to_owned() }) }
}

/// The published form of a tender (`tender.json`).
///
/// # Errors
/// Why it cannot be had, naming the file.
pub fn tender(path: &Path) -> Result<Tender, Unloaded> {
    let bytes = read(path)?;
    let no_tender = |why| Unloaded::NoTender { path: path.to_owned(), why };
    let head: Head = serde_json::from_slice(&bytes).map_err(no_tender)?;
    if head.format != FORMAT {
        return Err(Unloaded::OtherTender { path: path.to_owned(), found: head.format });
    }
    serde_json::from_slice(&bytes).map_err(no_tender)
}

/// The bytes of such a file, up to a bound.
///
/// # Errors
/// When it cannot be read, or is larger than any report.
pub fn read(path: &Path) -> Result<Vec<u8>, Unloaded> {
    let unreadable = |why| Unloaded::Unreadable { path: path.to_owned(), why };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unloaded::TooLarge { path: path.to_owned() });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn why(name: &str, text: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(name);
        fs::write(&file, text).expect("a file");
        let from = if name == "report.json" { folder.path() } else { &file };
        load(from).expect_err("no report").to_string()
    }

    #[test]
    fn what_is_no_report_is_refused_by_name() {
        assert!(why("a.json", "{}").contains("a.json is no report: missing field `format`"));
        assert!(why("report.json", "[]").contains("report.json is no report"));
        assert!(why("a.json", "{\"format\": 2, \"all\": \"else\"}").contains("is a report of format 2"));
        assert!(why("a.json", "{\"format\": 1}").contains("missing field"));
        assert!(why("run.jsonl", "{").contains("is no report"));
        let empty = tempfile::tempdir().expect("a folder");
        assert!(load(empty.path()).is_err_and(|why| why.to_string().contains("holds no report.json")));
        assert!(load(&empty.path().join("no")).is_err_and(|why| why.to_string().contains("cannot be read")));
    }
}
