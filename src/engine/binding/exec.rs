//! The action is a program of the target's owner, started without a shell and with next to no environment.
//! Exit 0 acknowledges; what it prints is a JSON object of returned values, or nothing of interest.

use super::act::{Done, Halt};
use super::stage::{Call, Means, Programs, Refusal, Stage};
use crate::model::target::CastFixture;
use crate::model::text::{Name, Text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// How many bytes of each output are kept.
const OUTPUT_LIMIT: usize = 64 * 1024;

/// How many characters of what it complained about are recorded.
const DETAIL_LIMIT: usize = 2000;

/// How long outputs may stay open after the program ended: something it started may hold them.
const GRACE: Duration = Duration::from_millis(500);

/// What of our environment a program gets.
const ENVIRONMENT: &[&str] = if cfg!(windows) { &["PATH", "SystemRoot"] } else { &["PATH"] };

pub(super) async fn run(stage: &Stage<'_>, call: &Call, arguments: &[Text]) -> Result<Done, Halt> {
    if stage.means.programs == Programs::Forbidden {
        return Err(Refusal::ProgramsForbidden.into());
    }
    let arguments = filled(stage, call, arguments)?;
    let (program, arguments) = arguments.split_first().ok_or_else(|| Refusal::NoValue("no program".to_owned()))?;
    let mut command = command(&stage.means.folder, program);
    command.args(arguments);
    let child = command
        .spawn()
        .map_err(|error| Halt::Failed(format!("the program `{program}` could not be started: {}", error.kind())))?;
    let deadline = stage.means.deadline;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    match tokio::time::timeout(deadline, attend(child, input(call), &mut out, &mut err)).await {
        Err(_) => Err(Halt::Failed(format!("the program did not end within {} s", deadline.as_secs_f32()))),
        Ok(Err(error)) => Err(Halt::Failed(format!("the program could not be waited for: {}", error.kind()))),
        Ok(Ok(status)) if status.success() => Ok(acknowledged(&out)),
        Ok(Ok(status)) => {
            let said: String = String::from_utf8_lossy(&err).trim().chars().take(DETAIL_LIMIT).collect();
            let code = status.code().map_or_else(|| "by a signal".to_owned(), |code| format!("with {code}"));
            Err(Halt::Failed(format!("the program ended {code}: {said}")))
        }
    }
}

/// Has a program load the cast from a file that we write; gives the JSON object it answers with.
///
/// # Errors
/// What went wrong, in words fit to follow a colon.
pub async fn load_cast(means: &Means, fixture: &CastFixture, cast: &Value) -> Result<Value, String> {
    if means.programs == Programs::Forbidden {
        return Err(Refusal::ProgramsForbidden.to_string());
    }
    let file = means.folder.join(&fixture.write);
    let text = serde_json::to_vec_pretty(cast).map_err(|error| error.to_string())?;
    std::fs::write(&file, text).map_err(|error| format!("{} cannot be written: {}", fixture.write, error.kind()))?;
    let (program, arguments) = fixture.exec.split_first().ok_or("no program is given")?;
    let mut command = command(&means.folder, program);
    command.args(arguments);
    let child =
        command.spawn().map_err(|error| format!("the program `{program}` could not be started: {}", error.kind()))?;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let ended = tokio::time::timeout(means.deadline, attend(child, Vec::new(), &mut out, &mut err)).await;
    match ended {
        Ok(Ok(status)) if status.success() => {
            serde_json::from_slice(&out).map_err(|error| format!("the program did not answer with JSON: {error}"))
        }
        Ok(Ok(_)) => {
            let said: String = String::from_utf8_lossy(&err).trim().chars().take(DETAIL_LIMIT).collect();
            Err(format!("the program failed: {said}"))
        }
        Ok(Err(error)) => Err(format!("the program could not be waited for: {}", error.kind())),
        Err(_) => Err(format!("the program did not end within {} s", means.deadline.as_secs_f32())),
    }
}

/// The arguments; the program itself and everything else hold only what the owner wrote and we drew.
fn filled(stage: &Stage<'_>, call: &Call, arguments: &[Text]) -> Result<Vec<String>, Refusal> {
    let fill = |(position, text): (usize, &Text)| {
        if let Some(name) = text.names().find(|name| position == 0 || !is_drawn(name, call)) {
            return Err(Refusal::NotDrawn(name.clone()));
        }
        (stage.fill)("", text).map_err(Refusal::NoValue)
    };
    arguments.iter().enumerate().map(fill).collect()
}

fn is_drawn(name: &Name, call: &Call) -> bool {
    let field = name.field.as_deref().unwrap_or_default();
    match name.root.as_str() {
        "asked" => matches!(field, "bsn" | "family" | "given" | "birth-date"),
        "with" => !call.captured.contains(field),
        // Options and care provider numbers stand in files; the rest we draw. Anything else may be a capture.
        "option" | "organisation" | "fresh" | "uuid" | "time" | "counterpart" => true,
        _ => false,
    }
}

/// Everything the program is told, as JSON on standard input.
fn input(call: &Call) -> Vec<u8> {
    let asked = call.person.as_ref().map(|person| {
        json!({
            "member": person.member,
            "bsn": person.bsn,
            "family": person.family,
            "given": person.given,
            "birth-date": person.birth_date,
            "ids": person.ids,
        })
    });
    json!({ "action": call.action, "asked": asked, "with": call.with }).to_string().into_bytes()
}

/// Whether a program is named by a bare name, which is looked for on the path.
pub(super) fn is_bare(program: &str) -> bool {
    !program.contains('/') && !program.contains(MAIN_SEPARATOR)
}

/// What is started for a program: a bare name is looked for on the path; anything else stands in the target file's folder.
pub(super) fn place(folder: &Path, program: &str) -> PathBuf {
    if is_bare(program) { PathBuf::from(program) } else { absolute(folder).join(program) }
}

fn absolute(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

fn command(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(place(folder, program));
    let kept = ENVIRONMENT.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value)));
    command
        .env_clear()
        .envs(kept)
        .current_dir(absolute(folder))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// Feeds it, reads it and waits for it; given up, it is ended with all that it started.
async fn attend(mut child: Child, input: Vec<u8>, out: &mut Vec<u8>, err: &mut Vec<u8>) -> io::Result<ExitStatus> {
    let mut group = Group(child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let mut talk = pin!(async {
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that does not listen is no fault.
                let _ = stdin.write_all(&input).await;
            }
        };
        tokio::join!(feed, take(stdout, out), take(stderr, err));
    });
    let mut silent = false;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            () = &mut talk, if !silent => silent = true,
        }
    };
    group.0 = None;
    if !silent {
        let _ = tokio::time::timeout(GRACE, &mut talk).await;
    }
    Ok(status)
}

/// Reads to the end and keeps the beginning.
async fn take(source: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut source) = source else { return };
    let mut buffer = vec![0; 8192];
    while let Ok(read @ 1..) = source.read(&mut buffer).await {
        let room = OUTPUT_LIMIT - kept.len();
        kept.extend_from_slice(&buffer[..read.min(room)]);
    }
}

fn acknowledged(out: &[u8]) -> Done {
    let text = String::from_utf8_lossy(out);
    let mut done = Done::acknowledged("the program ended with 0");
    match serde_json::from_str::<BTreeMap<String, Value>>(&text) {
        Ok(values) => {
            done.returned = values.into_iter().filter_map(|(name, value)| Some((name, said(&value)?))).collect()
        }
        Err(_) if text.trim().is_empty() => {}
        Err(_) => done.detail.push_str("; what it printed is not one JSON object and was not read"),
    }
    done
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The processes that a program started; ended when this is dropped while it still runs.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        // Elsewhere only the program itself is ended, by `kill_on_drop`.
        #[cfg(unix)]
        if let Some(group) = self.0.and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(all(test, unix))]
#[path = "exec_tests.rs"]
mod tests;
