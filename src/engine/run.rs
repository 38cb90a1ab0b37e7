//! One run from target to recording: pre-flight, plan, cast in, cases, cast out, end.
//! It judges nothing and writes no report; it leaves a folder that can be judged at any moment.

use crate::engine::binding::{Ask, Made, Means, Programs};
use crate::engine::counterpart::{OpenError, Switchboard};
use crate::engine::credential::CredentialError;
use crate::engine::draw;
use crate::engine::fill::CastIndex;
use crate::engine::identity::{Identities, IdentityError};
use crate::engine::oracle::markers::Register;
use crate::engine::outfit::{self, Outfit, stamp};
use crate::engine::plan;
use crate::engine::preflight;
use crate::engine::probe::http::ProbeError;
use crate::engine::probe::trust::TrustError;
use crate::engine::provision::Provision;
use crate::engine::record::{Notice, Progress, Session, Stop};
use crate::engine::seal::Seal;
use crate::engine::sweep;
use crate::language::catalogue::Catalogue;
use crate::model::cast::Person;
use crate::model::counterpart::Counterpart;
use crate::model::id::{CaseId, Word};
use crate::model::plan::Selection;
use crate::model::record::{EndRecord, Event, Key, Parameters, Phase, Record, RecordedTarget, Recording, RunHeader};
use crate::model::target::{Binding, Counterparts, FacilityPlace, SampleSource, Target};
use crate::model::testcase::{TestCase, Verb};
use crate::model::text::Lang;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// Reads an environment variable; a secret of the target stands in one.
pub type Env = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a run is asked to do.
pub struct Request {
    /// The catalogue.
    pub catalogue: Arc<Catalogue>,
    /// The target.
    pub target: Target,
    /// The folder of the target file; paths in it are relative to this.
    pub base: PathBuf,
    /// Seed and limits.
    pub parameters: Parameters,
    /// What the run is narrowed to.
    pub selection: Selection,
    /// Where the recording grows; must not exist. Without it the recording is in memory alone.
    pub folder: Option<PathBuf>,
    /// How many bytes of bodies are kept in all; when they are reached the run is cut off, and judged.
    pub bodies_limit: u64,
    /// Where our counterparts listen already; without it they do from when the run begins, if a case needs them.
    pub board: Option<Arc<Switchboard>>,
    /// The certificates of this run; made when they are needed, if not given.
    pub identities: Option<Arc<Identities>>,
    /// How many cases at a time.
    pub jobs: usize,
    /// How actions may be done.
    pub means: MeansOf,
    /// Reads an environment variable.
    pub env: Env,
    /// The wish to stop.
    pub stop: Stop,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
}

/// What bindings may use, before the run has its id.
pub struct MeansOf {
    /// Whether programs may be started.
    pub programs: Programs,
    /// Somebody to ask.
    pub operator: Option<Arc<dyn Ask>>,
    /// The language to ask in.
    pub lang: Lang,
}

/// Why a run did not take place or could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A secret or key could not be read; nothing was contacted.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Credentials(Vec<CredentialError>),
    /// A trusted certificate could not be read; nothing was contacted.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A file that the target file names could not be read; nothing was contacted.
    #[error("{file}: {cause}")]
    File {
        /// Which.
        file: String,
        /// Why.
        cause: String,
    },
    /// The HTTP client could not be made; nothing was contacted.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// Certificates cannot be made; nothing was contacted.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A counterpart cannot listen; nothing was contacted.
    #[error(transparent)]
    Counterpart(#[from] OpenError),
    /// The disk.
    #[error("cannot write the recording in {folder}: {cause}")]
    Storage {
        /// Where.
        folder: String,
        /// Why.
        cause: String,
    },
}

/// Carries out a run; gives its recording, which also stands in the folder.
///
/// # Errors
/// Before anything is contacted, when secrets cannot be read; later only when the disk fails.
pub async fn run(request: Request) -> Result<Recording, RunError> {
    let board = board(&request).await?;
    let Outfit { credentials, people, ranges, run_id, tape, wire, .. } = Outfit::new(&request, board.as_deref())?;
    let samples = samples(&request, tape.seal())?;
    let clock = Arc::new(crate::engine::record::RunClock::default());
    if let Some(board) = &board {
        // Before the target is contacted: it may ask for the status list of whoever contacts it.
        board.serve(&tape, &clock);
    }
    let means = Arc::new(means(&request, &run_id));
    let started = OffsetDateTime::now_utc();
    request.progress.tell(Notice::Began("pre-flight"));
    let seen = preflight::look(&request.target, &wire, &tape, &credentials, started).await;
    let places = board.as_ref().map(|board| board.places()).unwrap_or_default();
    let header =
        Arc::new(RunHeader { counterparts: places, ..header(&request, people, ranges, run_id, &seen, started) });
    let storage = |cause: std::io::Error| RunError::Storage {
        folder: request.folder.as_deref().unwrap_or(Path::new("")).display().to_string(),
        cause: cause.to_string(),
    };
    if let Some(folder) = &request.folder {
        tape.begin(folder, &header).map_err(storage)?;
        keep_catalogue(folder, &request.catalogue).map_err(storage)?;
    }
    request.progress.tell(Notice::Began("cast"));
    let provision = Provision {
        catalogue: &request.catalogue,
        target: &request.target,
        header: &header,
        wire: &wire,
        tape: &tape,
        credentials: &credentials,
        means: &means,
        clock: &clock,
        stop: &request.stop,
    };
    let created = provision.bring_in().await;
    let ids = tape.look(|records, _| records.iter().flat_map(ids_of).collect::<Vec<_>>());
    tape.seal().know(ids);
    let (cast, register) = tape.look(|records, _| {
        let cast = CastIndex::of(records);
        let known = records.iter().filter_map(|record| match &record.event {
            Event::Cast(cast) => Some(cast),
            _ => None,
        });
        (cast, Register::of(&header, known))
    });
    let session = Arc::new(Session {
        catalogue: Arc::clone(&request.catalogue),
        target: Arc::new(request.target.clone()),
        header: Arc::clone(&header),
        tape: Arc::clone(&tape),
        wire: Arc::clone(&wire),
        credentials: Arc::clone(&credentials),
        means: Arc::clone(&means),
        cast,
        register,
        clock: Arc::clone(&clock),
        stop: request.stop.clone(),
        progress: Arc::clone(&request.progress),
        board,
        samples,
        created: std::sync::Mutex::default(),
        left: std::sync::Mutex::default(),
    });
    request.progress.tell(Notice::Began("cases"));
    session.cases(request.jobs).await;
    request.progress.tell(Notice::Began("clean-up"));
    let mut left_behind = provision.take_out(&session.all_created(created)).await;
    left_behind.extend(session.all_left());
    let open = tape.look(|records, _| sweep::open(&request.catalogue, &request.target, records));
    for one in open.iter().map(ToString::to_string) {
        if !left_behind.contains(&one) {
            left_behind.push(one);
        }
    }
    let interrupted = request.stop.asked();
    let finished = stamp(OffsetDateTime::now_utc());
    tape.event(Key::of(Phase::Cleanup), Event::End(EndRecord { finished, interrupted, left_behind }));
    if let Some(cause) = tape.trouble() {
        return Err(storage(std::io::Error::other(cause)));
    }
    Ok(tape.recording(header))
}

/// The samples that the target names, read before anything is contacted.
fn samples(request: &Request, seal: &Seal) -> Result<BTreeMap<crate::model::id::Word, String>, RunError> {
    /// A request of a client is small; anything larger is not one.
    const LARGEST: u64 = 1 << 20;
    let read = |file: &String| {
        let path = request.base.join(file);
        let wrong = |cause: String| RunError::File { file: file.clone(), cause };
        let size = std::fs::metadata(&path).map_err(|error| wrong(error.to_string()))?.len();
        if size > LARGEST {
            return Err(wrong(format!("{size} bytes are too many for a request")));
        }
        std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))
    };
    let all = request.target.samples.iter().map(|(name, source)| {
        let text = match source {
            SampleSource::Text(text) => text.clone(),
            SampleSource::File(file) => read(file)?,
        };
        let file = match source {
            SampleSource::Text(_) => format!("the target file, samples.{name}"),
            SampleSource::File(file) => file.clone(),
        };
        match seal.line_of_real_number(&text) {
            Some(line) => Err(RunError::File { file: format!("{file}:{line}"), cause: REAL_NUMBER.to_owned() }),
            None => Ok((name.clone(), text)),
        }
    });
    all.collect()
}

/// Said of a sample in which a number is found by its label, in whatever coding; the plain ones are found earlier.
const REAL_NUMBER: &str = "this may be the number of a living person: labelled as a citizen service number, it passes \
     the 11-proof outside every reserved range; use a number from `testcases/cast/numbers.yaml`, or declare the range \
     under `number-ranges`";

/// The ids that an endpoint gave a person's records, with and without type.
fn ids_of(record: &Record) -> Vec<String> {
    let Event::Cast(cast) = &record.event else { return Vec::new() };
    let bare = cast.resources.iter().filter_map(|reference| reference.split_once('/')).map(|(_, id)| id.to_owned());
    cast.resources.iter().cloned().chain(bare).collect()
}

/// What bindings may use in the run of this id.
pub(super) fn means(request: &Request, run_id: &str) -> Means {
    Means {
        programs: request.means.programs,
        operator: request.means.operator.clone(),
        lang: request.means.lang,
        folder: request.base.clone(),
        deadline: Duration::from_secs(30),
        run: run_id.to_owned(),
        made: Made::default(),
    }
}

fn header(
    request: &Request,
    people: Vec<Person>,
    ranges: Vec<String>,
    run_id: String,
    seen: &preflight::Looked,
    started: OffsetDateTime,
) -> RunHeader {
    let circumstances = outfit::circumstances(request, seen, started);
    let plan = plan::plan(&request.catalogue, &request.target, &circumstances, &request.parameters);
    let mut organisations = draw::organisations(&request.catalogue, &request.parameters);
    organisations.extend(request.target.organisations.clone());
    RunHeader {
        format: 1,
        judge: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue_digest: request.catalogue.digest.clone(),
        run_id,
        started: stamp(started),
        target: recorded(&request.target),
        parameters: request.parameters.clone(),
        plan,
        people,
        organisations,
        ranges,
        counterparts: BTreeMap::new(),
    }
}

/// Where our counterparts listen, if any case of a claimed role has some.
async fn board(request: &Request) -> Result<Option<Arc<Switchboard>>, RunError> {
    if let Some(board) = &request.board {
        return Ok(Some(Arc::clone(board)));
    }
    let at = request.target.counterparts.clone().unwrap_or_default();
    if !has_counterparts(request) && status_list(&at).is_none() {
        return Ok(None);
    }
    Ok(Some(Arc::new(Switchboard::open(&at, request.parameters.body_limit).await?)))
}

/// Where the status list is, if certificates of a run say so.
fn status_list(at: &Counterparts) -> Option<(&Word, &FacilityPlace)> {
    at.facilities.iter().find(|(name, _)| at.secure && name.as_str() == Counterpart::StatusList.as_str())
}

/// Nothing but the status list, for whoever contacts a target without running cases: a target may ask for it.
///
/// # Errors
/// When its address cannot be listened at.
pub(super) async fn status_list_alone(request: &Request) -> Result<Option<Arc<Switchboard>>, RunError> {
    let Some((name, place)) = request.target.counterparts.as_ref().and_then(status_list) else { return Ok(None) };
    let facilities = [(name.clone(), place.clone())].into();
    let at = Counterparts { secure: true, facilities, ..Counterparts::default() };
    Ok(Some(Arc::new(Switchboard::open(&at, request.parameters.body_limit).await?)))
}

/// Whether any case of a claimed role has counterparts.
pub(super) fn has_counterparts(request: &Request) -> bool {
    let claimed = |id: &CaseId, case: &TestCase| {
        request.target.claims.iter().any(|claim| {
            claim.profile.as_str() == id.standard()
                && claim.roles.contains(&case.role)
                && request.selection.takes(&claim.profile, id, &case.role)
        })
    };
    let listens = |case: &TestCase| case.steps.iter().any(|step| matches!(step.verb, Verb::Play(_) | Verb::Await(_)));
    request.catalogue.cases.iter().any(|(id, case)| listens(case) && claimed(id, case))
}

/// What of the target is recorded. Nothing here is secret; secrets are only named in the file.
fn recorded(target: &Target) -> RecordedTarget {
    let kind = |binding: &Binding| match binding {
        Binding::FhirConsent(_) => "fhir-consent",
        Binding::Http(_) => "http",
        Binding::Exec(_) => "exec",
        Binding::Manual(_) => "manual",
    };
    RecordedTarget {
        name: target.name.clone(),
        product: target.product.clone(),
        authorisation: target.authorisation.clone(),
        endpoints: target.endpoints.clone(),
        bindings: target.bindings.iter().map(|(id, binding)| (id.clone(), kind(binding).to_owned())).collect(),
        not_testable: target
            .not_testable
            .iter()
            .map(|entry| (entry.requirement.clone(), entry.reason.clone(), entry.owner.clone(), entry.until.clone()))
            .collect(),
    }
}

/// Writes the files that are judged with beside the recording.
fn keep_catalogue(folder: &Path, catalogue: &Catalogue) -> std::io::Result<()> {
    for (path, bytes) in &catalogue.files {
        let file = folder.join("catalogue").join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, bytes)?;
    }
    Ok(())
}
