//! Whether a run directory can be read at all: files and folders of a size that runs have, before any of them is opened.
//! To open a pipe or a device would wait for ever, and a link would lead out of the folder.

use crate::cli::run::BODIES_LIMIT;
use std::fs;
use std::path::Path;

/// A recording of more bytes than this is none of ours.
const RECORDING: u64 = 4 << 30;
/// What is under way when the room for bodies is full is still recorded whole, so that an honest run may have somewhat more.
const BODIES: u64 = 2 * BODIES_LIMIT;
/// Any other file.
const OTHER: u64 = 256 << 20;

/// Whether everything in this folder is a file or a folder, and none is larger than a run leaves it.
///
/// # Errors
/// What is not, in words fit to follow "does not fit: ".
pub(super) fn sound(dir: &Path) -> Result<(), String> {
    let mut bodies = 0;
    below(dir, "", &mut bodies)
}

fn below(folder: &Path, name: &str, bodies: &mut u64) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        let own = format!("{name}{}", entry.file_name().to_string_lossy());
        // Of the entry itself: nothing is followed and nothing opened.
        let about = entry.metadata().map_err(|error| error.to_string())?;
        let kind = about.file_type();
        if kind.is_dir() {
            below(&entry.path(), &format!("{own}/"), bodies)?;
        } else if kind.is_symlink() {
            return Err(format!("its {own} is a link"));
        } else if !kind.is_file() {
            return Err(format!("its {own} is neither a file nor a folder"));
        } else if own.starts_with("bodies/") {
            *bodies = bodies.saturating_add(about.len());
            bounded("bodies", *bodies, BODIES)?;
        } else {
            bounded(&own, about.len(), if own == "run.jsonl" { RECORDING } else { OTHER })?;
        }
    }
    Ok(())
}

fn bounded(name: &str, size: u64, largest: u64) -> Result<(), String> {
    if size <= largest {
        return Ok(());
    }
    Err(format!("its {name} has {size} bytes or more, and no run leaves more than {largest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use tempfile::TempDir;

    fn with(name: &str, size: u64) -> Result<(), String> {
        let folder = TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("bodies")).unwrap();
        fs::create_dir_all(folder.path().join("catalogue/profiles")).unwrap();
        for (name, size) in [(name, size), ("bodies/other", 1)] {
            // A hole takes no room on the disk.
            File::create(folder.path().join(name)).unwrap().set_len(size).unwrap();
        }
        sound(folder.path())
    }

    #[test]
    fn what_is_larger_than_a_run_leaves_it_is_refused_by_name() {
        for (name, most) in [
            ("run.jsonl", RECORDING),
            ("bodies/a", BODIES - 1),
            ("report.json", OTHER),
            ("catalogue/profiles/profile.yaml", OTHER),
        ] {
            assert_eq!(with(name, most), Ok(()), "{name}");
            let why = with(name, most + 1).unwrap_err();
            assert!(why.contains(name.trim_end_matches("/a")) && why.contains("no run leaves more"), "{why}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_and_no_folder_is_refused_by_name() {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("bodies")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(folder.path().join("bodies/s")).unwrap();
        assert_eq!(sound(folder.path()), Err("its bodies/s is neither a file nor a folder".to_owned()));
        drop(socket);
        fs::remove_file(folder.path().join("bodies/s")).unwrap();
        assert_eq!(sound(folder.path()), Ok(()));
        std::os::unix::fs::symlink("/", folder.path().join("bodies/l")).unwrap();
        assert_eq!(sound(folder.path()), Err("its bodies/l is a link".to_owned()));
    }
}
