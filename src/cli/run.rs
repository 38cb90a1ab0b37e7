//! `run`: a target file, a running system, a run directory and an exit code.
//! Nothing is contacted before every input was found in order.

use super::args::{Common, Run};
use super::progress::{Bar, Quiet};
use super::signals::Signals;
use super::{further, load, operator, store, stream};
use crate::engine::binding::Programs;
use crate::engine::record::Stop;
use crate::engine::run::{self, MeansOf, Request, RunError};
use crate::language::catalogue::Catalogue;
use crate::model::id::RequirementId;
use crate::model::plan::Selection;
use crate::model::record::Parameters;
use crate::model::report::Report;
use crate::model::span::Span;
use crate::model::target::Target;
use crate::model::text::Lang;
use crate::report::exit::{self, Exit, FailOn};
use crate::report::render::terminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many bytes of one body are kept.
pub const BODY_LIMIT: u64 = 2 * 1024 * 1024;

/// How many bytes of all bodies of a run are kept. They stand in memory, so that there is a bound; no honest endpoint
/// comes near it.
pub const BODIES_LIMIT: u64 = 512 * 1024 * 1024;

/// Runs the command.
pub fn run(command: &Run, common: &Common) -> u8 {
    prepare(command, common).unwrap_or_else(|code| code)
}

fn prepare(command: &Run, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let target = load::target(&command.target, &catalogue)?;
    let selection = load::selection(&command.narrow, &catalogue)?;
    load::programs(&command.target, &target, command.allow_exec)?;
    let further = further::asked(&command.reports)?;
    store::free(&command.out).map_err(|why| stream::refuse(&format!("cannot write the run: {why}")))?;
    let gate = not_testable(&target, &catalogue);
    let bar = Arc::new(Bar::new());
    let plain = plain_request(catalogue, target, &command.target, command.timeout, common);
    let request = Request {
        parameters: Parameters {
            seed: command.seed.unwrap_or_else(rand::random),
            attempts: command.attempts,
            challenge: command.challenge.clone(),
            shard: command.shard,
            ..plain.parameters.clone()
        },
        selection,
        board: None,
        identities: None,
        jobs: command.jobs,
        means: means(command.allow_exec, common),
        progress: Arc::clone(&bar) as Arc<dyn crate::engine::record::Progress>,
        ..plain
    };
    let report = carry_out(request, &command.out)?;
    bar.clear();
    show(&report, common.lang.into(), &command.out);
    further::write(&further, &report, common.lang.into())?;
    tell_overdue(&gate);
    Ok(exit::of(&report, FailOn::from(command.fail_on), !gate.is_empty()) as u8)
}

/// A request about the system of a target file that chooses nothing, keeps nothing and starts nothing.
pub fn plain_request(
    catalogue: Arc<Catalogue>,
    target: Target,
    target_file: &Path,
    timeout: Span,
    common: &Common,
) -> Request {
    let parameters = Parameters {
        seed: 0,
        attempts: 1,
        timeout_ms: timeout.as_millis(),
        body_limit: BODY_LIMIT,
        challenge: None,
        shard: None,
    };
    Request {
        catalogue,
        target,
        base: folder_of(target_file),
        parameters,
        selection: Selection::default(),
        folder: None,
        bodies_limit: BODIES_LIMIT,
        board: None,
        identities: None,
        jobs: 1,
        means: MeansOf { programs: Programs::Forbidden, operator: None, lang: common.lang.into() },
        env: Arc::new(|name| std::env::var(name).ok()),
        stop: Stop::default(),
        progress: Arc::new(Quiet),
    }
}

/// What a command that starts programs and asks an operator may use.
pub fn means(allow_exec: bool, common: &Common) -> MeansOf {
    MeansOf {
        programs: if allow_exec { Programs::Allowed } else { Programs::Forbidden },
        operator: operator::present(),
        lang: common.lang.into(),
    }
}

/// The folder of a target file; paths in it are relative to this.
pub fn folder_of(target: &Path) -> PathBuf {
    let base = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    base.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Entries of the target file that say a requirement cannot be tested, expired or unmatched.
fn not_testable(target: &Target, catalogue: &crate::language::catalogue::Catalogue) -> Vec<String> {
    overdue(target.not_testable.iter().map(|entry| (&entry.requirement, entry.until.as_str())), catalogue)
}

/// Which entries about what cannot be tested, each with its last day, are over or about nothing.
pub(super) fn overdue<'e>(
    entries: impl Iterator<Item = (&'e RequirementId, &'e str)>,
    catalogue: &crate::language::catalogue::Catalogue,
) -> Vec<String> {
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let mut violated = Vec::new();
    for (requirement, until) in entries {
        if until < today.as_str() {
            violated.push(format!("{requirement} ended on {until}"));
        } else if catalogue.requirement(requirement).is_none() {
            violated.push(format!("{requirement} is no requirement"));
        }
    }
    violated
}

/// Says them.
pub(super) fn tell_overdue(violated: &[String]) {
    for entry in violated {
        stream::err(&format!("not-testable: {entry}\n"));
    }
}

/// Prints the report.
pub fn show(report: &Report, lang: Lang, out: &Path) {
    stream::out(&terminal::render(report, lang, stream::colour(), &out.display().to_string()));
}

/// Runs, judges, and gives the run its place. Ctrl-C, or the end of its job, stops it in order; a second time at once.
pub fn carry_out(request: Request, out: &Path) -> Result<Report, u8> {
    let runtime = runtime()?;
    let folder = store::aside(out);
    let request = Request { folder: Some(folder.clone()), ..request };
    let (catalogue, stop) = (Arc::clone(&request.catalogue), request.stop.clone());
    let recording = runtime.block_on(async move {
        let mut signals = Signals::new();
        let watch = tokio::spawn(async move {
            signals.next().await;
            stop.now();
            stream::err("stopping: taking back what was done; press Ctrl-C again to stop at once\n");
            signals.next().await;
            std::process::exit(Exit::Interrupted as i32);
        });
        let recording = run::run(request).await;
        watch.abort();
        recording
    });
    let recording = recording.map_err(|error| refusal(&error))?;
    let ours = |error: std::io::Error| {
        stream::err(&format!("error: {error}; the recording stands in {}\n", folder.display()));
        Exit::Ours as u8
    };
    let (report, _) = store::report(&catalogue, &recording, &folder).map_err(ours)?;
    store::finish(&report, &folder, out).map_err(ours)?;
    Ok(report)
}

/// A runtime for the commands that move bytes.
pub fn runtime() -> Result<tokio::runtime::Runtime, u8> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        stream::err(&format!("error: cannot start: {error}\n"));
        Exit::Ours as u8
    })
}

/// Says why nothing took place, and gives the exit code for that.
pub fn refusal(error: &RunError) -> u8 {
    match error {
        RunError::Credentials(all) => {
            for one in all {
                stream::err(&format!("error: cannot continue: {one}\n"));
            }
            Exit::Usage as u8
        }
        RunError::Trust(_)
        | RunError::File { .. }
        | RunError::Probe(_)
        | RunError::Counterpart(_)
        | RunError::Identity(_) => stream::refuse(&error.to_string()),
        RunError::Storage { .. } => {
            stream::err(&format!("error: {error}\n"));
            Exit::Ours as u8
        }
    }
}
