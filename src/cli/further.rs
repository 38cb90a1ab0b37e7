//! Further reports of one run: which kinds there are, and where each is written.
//! What stands in them is the renderers' affair; a kind shows the same whichever command writes it.

use super::args::Reports;
use super::{store, stream};
use crate::model::digest::digest;
use crate::model::report::Report;
use crate::model::text::Lang;
use crate::report::exit::Exit;
use crate::report::render;
use crate::report::render::frame::Frame;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A further report: its kind and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Further {
    kind: Kind,
    path: PathBuf,
    /// The file at which kinds point that mark places in files.
    source: String,
}

/// How a page is made of a report.
pub type Page<'a> = &'a dyn Fn(&Report) -> io::Result<String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    Junit,
    Html,
    Markdown,
    Sarif,
    Github,
    Gitlab,
    Tap,
}

/// Every kind by its name.
const KINDS: [(&str, Kind); 8] = [
    ("html", Kind::Html),
    ("markdown", Kind::Markdown),
    ("junit", Kind::Junit),
    ("json", Kind::Json),
    ("sarif", Kind::Sarif),
    ("github", Kind::Github),
    ("gitlab", Kind::Gitlab),
    ("tap", Kind::Tap),
];

impl Further {
    /// Reads `KIND=PATH`.
    fn read(text: &str, source: &str) -> Result<Self, String> {
        let (kind, path) = text.split_once('=').ok_or_else(|| format!("`--report {text}` is not KIND=PATH"))?;
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            let known = KINDS.map(|(name, _)| name).join(", ");
            return Err(format!("no report of kind `{kind}`; there are {known}"));
        };
        if path.is_empty() {
            return Err(format!("`--report {text}` names no file; `-` is standard output"));
        }
        Ok(Self { kind: *kind, path: path.into(), source: source.to_owned() })
    }

    /// Whether it goes to standard output.
    #[must_use]
    pub fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    /// Whether it is a page.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.kind == Kind::Html
    }

    fn bytes(&self, report: &Report, lang: Lang, page: Page<'_>) -> io::Result<Vec<u8>> {
        Ok(match self.kind {
            Kind::Json => render::json::render(report).map_err(io::Error::other)?,
            Kind::Junit => render::junit::render(report, lang).map_err(io::Error::other)?.into_bytes(),
            Kind::Html => page(report)?.into_bytes(),
            Kind::Markdown => render::markdown::render(report, lang).into_bytes(),
            Kind::Sarif => render::sarif::render(report, lang, &self.source).map_err(io::Error::other)?.into_bytes(),
            Kind::Github => render::github::render(report, lang, &self.source).into_bytes(),
            Kind::Gitlab => render::gitlab::render(report, lang, &self.source).map_err(io::Error::other)?.into_bytes(),
            Kind::Tap => render::tap::render(report, lang).into_bytes(),
        })
    }
}

/// The further reports asked for.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn asked(reports: &Reports) -> Result<Vec<Further>, u8> {
    let read = |text: &String| Further::read(text, &reports.source).map_err(|why| stream::refuse(&why));
    reports.report.iter().map(read).collect()
}

/// The same for a further run of one command: beside the first, with this word in their names.
#[must_use]
pub fn beside(further: &[Further], word: &str) -> Vec<Further> {
    let place = |one: &Further| if one.is_stdout() { one.path.clone() } else { store::beside(&one.path, word) };
    further.iter().map(|one| Further { path: place(one), ..one.clone() }).collect()
}

/// Writes them.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn write(further: &[Further], report: &Report, lang: Lang) -> Result<(), u8> {
    let page = |report: &Report| {
        let digest = digest(&render::json::render(report).map_err(io::Error::other)?);
        let frame = Frame { digest: Some(digest), ..Frame::default() };
        render::html::framed(report, lang, &frame).map_err(io::Error::other)
    };
    write_with(further, report, lang, &page)
}

/// Writes them, with this way of making a page.
///
/// # Errors
/// The exit code, once the fault is printed.
pub fn write_with(further: &[Further], report: &Report, lang: Lang, page: Page<'_>) -> Result<(), u8> {
    further.iter().try_for_each(|one| {
        one.bytes(report, lang, page).and_then(|bytes| to(&one.path, &bytes)).map_err(|error| {
            stream::err(&format!("error: cannot write a report: {error}\n"));
            Exit::Ours as u8
        })
    })
}

/// Writes bytes to this place, making its folder; `-` is standard output.
///
/// # Errors
/// When the disk refuses.
pub fn to(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path == Path::new("-") {
        stream::out(&String::from_utf8_lossy(bytes));
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_name() {
        let read = |text: &str| Further::read(text, "t.yaml");
        for (name, kind) in KINDS {
            assert_eq!(read(&format!("{name}=out/file")).map(|it| it.kind), Ok(kind));
        }
        assert_eq!(read("html=a=b").map(|it| it.path), Ok(PathBuf::from("a=b")));
        assert!(read("pdf=file").is_err_and(|why| why.contains("html") && why.contains("tap")));
        assert!(read("html").is_err() && read("html=").is_err());
        assert!(read("tap=-").is_ok_and(|it| it.is_stdout()));
    }

    #[test]
    fn standard_output_has_nothing_beside_it() {
        let both = ["tap=-", "html=out/a.html"].map(|text| Further::read(text, "t.yaml").expect("a kind"));
        let paths = beside(&both, "second").into_iter().map(|it| it.path).collect::<Vec<_>>();
        assert_eq!(paths, [PathBuf::from("-"), PathBuf::from("out/a-second.html")]);
    }
}
