//! A reference that serves, and the signals that stop it.
//! No expectation lives here.

use crate::binary::command;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A reference that `serve` started, with the target file it handed out.
pub struct Served {
    child: Child,
    pub folder: TempDir,
    /// What it said on stdout, up to its last line.
    pub welcome: Vec<String>,
}

impl Served {
    pub fn start(more: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let log = File::create(folder.path().join("serve.log")).expect("a log");
        let mut arguments = vec!["serve"];
        arguments.extend(more);
        arguments.extend(["--target-out", "t.yaml"]);
        let mut child = command(&arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("its stdout")).lines();
        let mut welcome = Vec::new();
        for line in lines.map_while(Result::ok) {
            let last = line.starts_with("In another terminal");
            welcome.push(line);
            if last {
                break;
            }
        }
        Self { child, folder, welcome }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The target file that fits it.
    pub fn target(&self) -> String {
        self.path("t.yaml").to_string_lossy().into_owned()
    }

    /// The same with one text replaced, as a file of its own beside it.
    pub fn variant(&self, name: &str, from: &str, to: &str) -> String {
        let text = fs::read_to_string(self.path("t.yaml")).expect("the target file");
        assert!(text.contains(from), "no {from:?} in {text}");
        let path = self.path(name);
        fs::write(&path, text.replacen(from, to, 1)).expect("a file");
        path.to_string_lossy().into_owned()
    }

    /// Every request it answered so far, as `METHOD status target`.
    pub fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("serve.log")).expect("the log");
        text.lines().map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")).collect()
    }

    /// Asks it to stop and waits; gives its exit code.
    pub fn stop(mut self, signal: &str) -> (Option<i32>, TempDir) {
        kill(signal, self.child.id());
        let status = self.child.wait().expect("it ends");
        let folder = std::mem::replace(&mut self.folder, TempDir::new().expect("a folder"));
        (status.code(), folder)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to a process of ours.
pub fn kill(signal: &str, process: u32) {
    let done = Command::new("kill").args([signal, &process.to_string()]).status().expect("kill runs");
    assert!(done.success(), "kill {signal} {process}");
}

/// Waits until this holds, for at most 60 seconds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}
