//! The target file that `serve` hands out, and the secrets beside it as long as the server runs.
//! Nothing that is not ours is overwritten, and no secret outlives the server.

use crate::model::target::{Credential, SecretRef, Target};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The first line of every file that is ours to overwrite.
const MARK: &str = "# Written by `toetssteen serve`; it fits one running server and is overwritten by the next.";

/// What was handed out; its secrets go when it is dropped.
#[derive(Debug)]
pub struct Handout {
    folder: PathBuf,
    files: Vec<PathBuf>,
}

impl Handout {
    /// Whether this place is free, or holds what an earlier `serve` left.
    ///
    /// # Errors
    /// What stands there instead.
    pub fn free(path: &Path) -> Result<(), String> {
        match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Ok(text) if text.starts_with(MARK) && !path.is_symlink() => Ok(()),
            Ok(_) | Err(_) => Err(format!(
                "{} was not written by `serve` and is left alone; give --target-out another name",
                path.display()
            )),
        }
    }

    /// Writes the target file and its secrets.
    ///
    /// # Errors
    /// When the disk refuses; what was written by then goes again.
    pub fn write(path: &Path, target: &Target, secrets: &BTreeMap<String, String>) -> io::Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = format!("{name}.secrets");
        let mut handout = Self { folder: path.with_file_name(&beside), files: Vec::new() };
        private_folder(&handout.folder)?;
        let mut target = target.clone();
        for (party, credential) in &mut target.credentials {
            let Credential::ClientCredentials(client) = credential else { continue };
            for place in [&mut client.secret, &mut client.key].into_iter().flatten() {
                let SecretRef::Env(variable) = place else { continue };
                let secret = secrets.get(variable).map(String::as_str).unwrap_or_default();
                let file = handout.folder.join(party.as_str());
                private_file(&file, secret)?;
                handout.files.push(file);
                *place = SecretRef::File(format!("{beside}/{party}"));
            }
        }
        let tree = serde_json::to_value(&target).map_err(io::Error::other)?;
        let text = serde_saphyr::to_string(&tree).map_err(io::Error::other)?;
        fs::write(path, format!("{MARK}\n{text}"))?;
        Ok(handout)
    }
}

impl Drop for Handout {
    fn drop(&mut self) {
        for file in &self.files {
            // What is gone already is as it should be.
            let _ = fs::remove_file(file);
        }
        // Only if nothing else was put there.
        let _ = fs::remove_dir(&self.folder);
    }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() && !folder.is_symlink() => Ok(()),
        done => done,
    }
}

fn private_file(path: &Path, content: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(content.as_bytes())
}
