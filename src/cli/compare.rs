//! `compare`: the reports of several products laid side by side, as a page, a workbook, CSV and JSON.
//! Nothing is contacted and no clock is read: the same reports give the same bytes.

mod beside;

use super::args::{Common, Compare};
use super::{day, rundir, stream, tender};
use crate::model::comparison::Comparison;
use crate::model::text::Lang;
use crate::report::compare::{self, Brief, Pool, Settings};
use crate::report::exit::Exit;
use crate::report::load;
use crate::report::render::compare::{csv, html, terminal, xlsx};
use crate::report::render::{json, visible};
use crate::report::tender::{TenderConclusion, against};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread;

const DAY: u64 = 86_400_000;

/// Runs the command.
pub fn run(command: &Compare, common: &Common) -> u8 {
    let lang: Lang = common.lang.into();
    // What is no report may quote itself, and it may be anybody's.
    let refuse = |why: &str| stream::refuse(&visible(why));
    let written = match wanted(command) {
        Ok(written) => written,
        Err(why) => return refuse(&why),
    };
    let settings = match settings(command) {
        Ok(settings) => settings,
        Err(why) => return refuse(&why),
    };
    if let Some(why) = command.of.iter().find_map(|path| rundir::readable(path).err()) {
        return refuse(&why);
    }
    let files: Vec<PathBuf> = match command.of.iter().map(|path| load::place(path)).collect() {
        Ok(files) => files,
        Err(why) => return refuse(&why.to_string()),
    };
    let briefs = match read(&files) {
        Ok(briefs) => briefs,
        Err(why) => return refuse(&why),
    };
    let mut comparison = compare::compare(&briefs, settings);
    let mut code = Exit::Fine;
    if let Some(file) = &command.against {
        match tender::verdicts(file, &command.challenge, &command.of) {
            Ok((tender, verdicts)) => {
                let all = verdicts.iter().all(|verdict| verdict.conclusion == TenderConclusion::Meets);
                code = if all { Exit::Fine } else { Exit::Gate };
                comparison.against = Some(against(&tender, &verdicts));
            }
            Err(code) => return code,
        }
    }
    // Of hundreds of reports both would be in memory.
    drop(briefs);
    for one in &written {
        if let Err(error) = write(one, &comparison, &files, lang) {
            stream::fault(&visible(&format!("cannot write {}: {error}", one.path.display())));
            return Exit::Ours as u8;
        }
    }
    let names: Vec<String> = written.iter().map(|one| one.path.display().to_string()).collect();
    stream::out(&terminal::render(&comparison, lang, &names));
    code as u8
}

/// A file to write.
struct Written {
    kind: Kind,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Html,
    Xlsx,
    Csv,
    Json,
}

impl Kind {
    const ALL: [(&str, Self); 4] =
        [("html", Self::Html), ("xlsx", Self::Xlsx), ("csv", Self::Csv), ("json", Self::Json)];
}

fn wanted(command: &Compare) -> Result<Vec<Written>, String> {
    let mut all: Vec<Written> = Vec::new();
    if let Some(out) = &command.out {
        let own = Kind::ALL.map(|(name, kind)| Written { kind, path: out.join(format!("comparison.{name}")) });
        all.extend(own);
    }
    for text in &command.report {
        let (name, path) = text.split_once('=').ok_or_else(|| format!("`--report {text}` is not KIND=PATH"))?;
        let Some((_, kind)) = Kind::ALL.into_iter().find(|(known, _)| *known == name) else {
            return Err(format!("no comparison of kind `{name}`; there are html, xlsx, csv and json"));
        };
        all.push(Written { kind, path: path.into() });
    }
    Ok(all)
}

fn settings(command: &Compare) -> Result<Settings, String> {
    Ok(Settings { max_age_days: command.max_age.as_millis() / DAY, not_before: day::moment()? })
}

/// Reads all reports, on both halves of the list at once.
fn read(files: &[PathBuf]) -> Result<Vec<Brief>, String> {
    let mut distinct = BTreeSet::new();
    for path in files {
        let place = fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if !distinct.insert(place) {
            return Err(format!("{} is named twice", path.display()));
        }
    }
    let (first, second) = files.split_at(files.len() / 2);
    let (first, second) = thread::scope(|scope| {
        let second = scope.spawn(|| all_of(second));
        (all_of(first), second.join())
    });
    let mut briefs = first?;
    briefs.extend(second.map_err(|_| "reading broke off".to_owned())??);
    Ok(briefs)
}

fn all_of(files: &[PathBuf]) -> Result<Vec<Brief>, String> {
    let mut pool = Pool::default();
    files.iter().map(|path| one_of(path, &mut pool)).collect()
}

fn one_of(path: &Path, pool: &mut Pool) -> Result<Brief, String> {
    let bytes = load::read(path).map_err(|error| error.to_string())?;
    Brief::read(&bytes, pool).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(one: &Written, comparison: &Comparison, files: &[PathBuf], lang: Lang) -> io::Result<()> {
    if let Some(parent) = one.path.parent() {
        fs::create_dir_all(parent)?;
    }
    // A workbook that cannot be made leaves alone the one that stands there.
    let book = match one.kind {
        Kind::Xlsx => xlsx::render(comparison, lang).map_err(io::Error::other)?,
        Kind::Html | Kind::Csv | Kind::Json => Vec::new(),
    };
    let mut out = BufWriter::new(File::create(&one.path)?);
    match one.kind {
        Kind::Html => {
            let pages = beside::pages(comparison, files, &one.path);
            html::write(comparison, &pages, lang, &mut out)?;
        }
        Kind::Xlsx => out.write_all(&book)?,
        Kind::Csv => csv::write(comparison, lang, &mut out)?,
        Kind::Json => json::write(comparison, &mut out).map_err(io::Error::other)?,
    }
    out.flush()
}
