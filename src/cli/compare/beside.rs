//! The page of a report, if it stands beside it: then a cell leads to the finding there.
//! A page of another run is left alone, for its findings are not those of this report.

use crate::model::comparison::Comparison;
use crate::model::text::Lang;
use crate::report::render::compare::Page;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What stays as it is in one part of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// A page is a few times as large as its report.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The page of each report, as seen from the comparison that is written to `to`.
pub(super) fn pages(comparison: &Comparison, files: &[PathBuf], to: &Path) -> Vec<Option<Page>> {
    let folder = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let found = files.iter().zip(&comparison.reports);
    found.map(|(file, party)| candidates(file).into_iter().find_map(|path| page(&path, &party.run, &folder))).collect()
}

/// `report.html` for `report.json`, and for a run directory also `DIR.html` beside it, since nothing may stand in one.
fn candidates(file: &Path) -> Vec<PathBuf> {
    let mut all = vec![file.with_extension("html")];
    if let Some(folder) = file.parent().and_then(|parent| fs::canonicalize(parent).ok())
        && let Some(name) = folder.file_name()
    {
        let mut name = name.to_owned();
        name.push(".html");
        all.push(folder.with_file_name(name));
    }
    all
}

fn page(path: &Path, run: &str, folder: &Path) -> Option<Page> {
    if run.is_empty() || fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let lang = [("<html lang=\"nl\">", Lang::Nl), ("<html lang=\"en\">", Lang::En)];
    let (_, lang) = lang.into_iter().find(|(mark, _)| text.contains(mark))?;
    text.contains(run).then_some(())?;
    Some(Page { href: relative(folder, &fs::canonicalize(path).ok()?)?, lang })
}

/// The way from a folder to a file, as an address.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - same);
    let down = to[same..].iter().map(|part| match part {
        Component::Normal(name) => Some(utf8_percent_encode(name.to_str()?, PLAIN).to_string()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    let parts: Vec<String> = up.map(Some).chain(down).collect::<Option<_>>()?;
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_from_folder_to_file() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b", "/a/b/c.html").as_deref(), Some("c.html"));
        assert_eq!(way("/a/b", "/a/x/c d.html").as_deref(), Some("../x/c%20d.html"));
        assert_eq!(way("/a", "/a/javascript:x\"<.html").as_deref(), Some("javascript%3Ax%22%3C.html"));
    }
}
