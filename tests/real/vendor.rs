//! What a vendor does: write a target file, run the binary, look at what it says, judge again.
//! The binary is the one that cargo built; nothing is called as a library.

use super::tables::Table;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What every run here is drawn from.
pub const SEED: u64 = 1;

/// A folder of one's own to work in.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// A run that took place.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// `report.json`.
    pub report: Value,
    /// What the terminal showed.
    pub shown: String,
    dir: PathBuf,
}

impl Desk {
    /// An empty one.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder to work in") }
    }

    /// A path on it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file on it.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file on the desk");
        path
    }

    /// `init` and `run`, with these claims or the one that `init` makes by itself.
    pub fn tests(&self, url: &str, claims: &[&str]) -> Ran {
        let target = self.path(&format!("t{}.yaml", self.runs_so_far()));
        let mut init = toetssteen();
        init.args(["init", "--fhir", url, "--output"]).arg(&target);
        for claim in claims {
            init.args(["--claim", claim]);
        }
        let done = output(&mut init);
        assert!(done.status.success(), "init: {}", said(&done));
        self.runs(&target, &[], &[])
    }

    /// `run` with a target file of this folder, its addresses filled in.
    pub fn runs_target(&self, name: &str, addresses: &[(&str, &str)], env: &[(&str, &str)]) -> Ran {
        self.runs_part(name, addresses, env, &[])
    }

    /// The same, narrowed by these arguments.
    pub fn runs_part(&self, name: &str, addresses: &[(&str, &str)], env: &[(&str, &str)], part: &[&str]) -> Ran {
        let file = super::server::folder().join("targets").join(name);
        let mut text = std::fs::read_to_string(&file).expect("a target file");
        for (mark, address) in addresses {
            text = text.replace(mark, address);
        }
        let target = self.write(name, &text);
        self.runs(&target, env, part)
    }

    /// So that every run has names of its own.
    fn runs_so_far(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path()).expect("the desk");
        entries.flatten().filter(|entry| entry.path().join("run.jsonl").exists()).count()
    }

    fn runs(&self, target: &Path, env: &[(&str, &str)], part: &[&str]) -> Ran {
        let dir = self.path(&format!("out{}", self.runs_so_far()));
        let mut run = toetssteen();
        run.args(["run", "--seed", &SEED.to_string(), "--target"])
            .arg(target)
            .arg("--out")
            .arg(&dir)
            .envs(env.iter().copied());
        run.args(part);
        let done = output(&mut run);
        let bytes = std::fs::read(dir.join("report.json")).unwrap_or_else(|_| panic!("no report: {}", said(&done)));
        Ran {
            code: done.status.code().expect("an exit code"),
            report: serde_json::from_slice(&bytes).expect("a report in JSON"),
            shown: said(&done),
            dir,
        }
    }
}

impl Ran {
    /// What every requirement ended in.
    pub fn outcomes(&self) -> Table {
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let entries = self.report["requirements"].as_array().expect("requirements");
        let row = |entry| {
            let outcome = format!("{} {}", text(entry, "outcome"), text(entry, "reason"));
            (text(entry, "id"), outcome.trim_end().to_owned())
        };
        entries.iter().map(row).collect()
    }

    /// Every requirement, no more and no less, ended so; the exit code is that; judging again gives the same bytes.
    pub fn ends(&self, code: i32, expected: &Table) {
        let seen = self.outcomes();
        let ids: std::collections::BTreeSet<&String> = expected.keys().chain(seen.keys()).collect();
        let none = "not in this table".to_owned();
        let wrong: Vec<String> = ids
            .into_iter()
            .filter(|id| expected.get(*id) != seen.get(*id))
            .map(|id| {
                let (wanted, got) = (expected.get(id).unwrap_or(&none), seen.get(id).unwrap_or(&none));
                format!("{id}: expected {wanted}, got {got}")
            })
            .collect();
        assert!(wrong.is_empty(), "{}\n\n{}", wrong.join("\n"), self.shown);
        assert_eq!(self.code, code, "{}", self.shown);
        self.is_judged_again_alike();
    }

    /// Judging again gives the same bytes.
    pub fn is_judged_again_alike(&self) {
        let again = self.dir.with_extension("again");
        let done = output(toetssteen().arg("rejudge").arg(&self.dir).arg("--out").arg(&again));
        assert_eq!(done.status.code(), Some(self.code), "rejudge: {}", said(&done));
        let read = |dir: &Path| std::fs::read(dir.join("report.json")).expect("a report");
        assert!(read(&self.dir) == read(&again), "judged again, {} says something else", self.dir.display());
        let done = output(toetssteen().arg("rejudge").arg(&self.dir));
        assert_eq!(done.status.code(), Some(self.code), "rejudge: {}", said(&done));
    }

    /// Nothing that was created stayed behind.
    pub fn leaves_nothing(&self) {
        let left = self.report["left-behind"].as_array();
        assert!(left.is_none_or(Vec::is_empty), "left behind: {left:?}");
    }

    /// This text stands in no file of the run, and was not shown.
    pub fn keeps_to_itself(&self, secret: &str) {
        assert!(!self.shown.contains(secret), "the terminal shows the secret");
        let mut folders = vec![self.dir.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the run directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("a file of the run");
                    let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                    assert!(!found, "{} holds the secret", path.display());
                }
            }
        }
    }
}

fn toetssteen() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toetssteen"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOETSSTEEN_")) {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1");
    command
}

fn output(command: &mut Command) -> Output {
    command.stdin(std::process::Stdio::null()).output().expect("the binary runs")
}

fn said(done: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}
