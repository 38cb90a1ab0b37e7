//! Folders on disk and in the binary to files by path: sorted, bounded, and never out of the folder.
//! What the files hold is a matter of `load`.

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::load::{Files, is_read};
use super::source;
use include_dir::Dir;
use std::fs;
use std::path::Path;

/// Why a file could not be read, without the operating system's number.
pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The files of an embedded folder.
pub(super) fn gather(dir: &Dir<'_>, under: &str, files: &mut Files) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            files.insert(format!("{under}/{}", path.replace('\\', "/")), file.contents().to_vec());
        }
    }
    for dir in dir.dirs() {
        gather(dir, under, files);
    }
}

/// Reads a folder in sorted order. A link is followed only to what lies in the catalogue's own folder.
pub(super) fn walk(
    root: &Path,
    folder: &Path,
    name: &str,
    depth: usize,
    files: &mut Files,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let fault = |message: String| Diagnostic::of_file(Code::Unreadable, name, message);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            return diagnostics.push(fault(format!("the folder cannot be read: {}", reason(&error))));
        }
    };
    if depth > 8 {
        return diagnostics.push(fault("folders stand more than eight deep in one another".to_owned()));
    }
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let Some(file) = path.file_name().and_then(|file| file.to_str()) else {
            continue;
        };
        if file.starts_with('.') {
            continue;
        }
        let name = format!("{name}/{file}");
        let fault = |message: String| Diagnostic::of_file(Code::Unreadable, name.clone(), message);
        let real = match fs::canonicalize(&path) {
            Ok(real) => real,
            Err(error) => {
                diagnostics.push(fault(format!("it cannot be opened: {}", reason(&error))));
                continue;
            }
        };
        if !real.starts_with(root) {
            diagnostics.push(fault("it is a link that leads out of the catalogue's folder".to_owned()));
        } else if real.is_dir() {
            walk(root, &path, &name, depth + 1, files, diagnostics);
        } else if is_read(&name) {
            match read_file(&real) {
                Ok(bytes) => {
                    files.insert(name, bytes);
                }
                Err(error) => diagnostics.push(fault(format!("it cannot be read: {}", reason(&error)))),
            }
        }
    }
}

/// Reads a file, but never more of it than shows that it is too large.
pub(super) fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("it is not a file"));
    }
    file.take(source::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
