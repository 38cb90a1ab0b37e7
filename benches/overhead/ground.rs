//! A fresh reference and a target file for it. Every party has a secret, none a key: what a recording seals can
//! then be put back, for a secret is told by its length.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use toetssteen::cli::endpoint;
use toetssteen::engine::{draw, tape};
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::record::{Event, Parameters, Recording};
use toetssteen_reference::{Client, ClientKey, Config, Door, Regime, Right, Running, Style};

/// The seed of every run, so that each does the same.
const SEED: u64 = 20;

/// A reference, and how it is tested.
pub struct Ground {
    reference: Running,
    /// Its address.
    pub origin: String,
    folder: TempDir,
    secrets: BTreeMap<String, String>,
}

/// What a run left.
pub struct Ran {
    /// From the start of the process to its end.
    pub wall: Duration,
    /// What was sent and received.
    pub recording: Recording,
    /// How many exchanges that were.
    pub exchanges: usize,
    /// The address of the reference then.
    pub origin: String,
}

/// The secret of the party at this place; each has a length of its own once it is coded.
fn secret(index: usize) -> String {
    "s".repeat(24 + 6 * index)
}

/// Parties by name, with what goes into a Basic header for each.
pub fn basics() -> Vec<String> {
    use base64::Engine as _;
    let names = parties().into_iter().map(|(name, _)| name);
    names
        .enumerate()
        .map(|(index, name)| base64::engine::general_purpose::STANDARD.encode(format!("demo-{name}:{}", secret(index))))
        .collect()
}

fn parameters() -> Parameters {
    Parameters { seed: SEED, attempts: 1, timeout_ms: 10_000, body_limit: 1 << 24, challenge: None, shard: None }
}

/// The shortest names first, so that longer secrets make longer headers.
fn parties() -> Vec<(String, Right)> {
    let catalogue = Catalogue::embedded().catalogue.expect("the embedded catalogue");
    let organisations = draw::organisations(&catalogue, &parameters()).into_iter();
    let mut parties: Vec<(String, Right)> =
        organisations.map(|(name, ura)| (name.to_string(), Right::Organisation { ura })).collect();
    parties.push(("writer".to_owned(), Right::Writer));
    parties.push(("patient".to_owned(), Right::Portal));
    parties.sort_by_key(|(name, _)| name.len());
    parties
}

impl Ground {
    pub async fn start() -> Result<Self, String> {
        let catalogue = Catalogue::embedded().catalogue.ok_or("the embedded catalogue has faults")?;
        let set = catalogue.reference.sets.first().ok_or("no claims")?;
        // What a target file for the reference holds, from a reference that is stopped at once.
        let model = endpoint::start(&catalogue, set, Style::Plain, &[], &parameters()).await?;
        let mut target = serde_json::to_value(&model.target).map_err(|error| error.to_string())?;
        model.stop().await;
        let (mut clients, mut secrets) = (Vec::new(), BTreeMap::new());
        for (index, (name, right)) in parties().into_iter().enumerate() {
            let (id, variable) = (format!("demo-{name}"), format!("SECRET_{index}"));
            target["credentials"][&name] = serde_json::json!({ "client-credentials": {
                "id": id, "secret": { "env": variable },
                "parameters": { "patient": "patient", "purpose": "purpose" },
            } });
            clients.push(Client { id, key: ClientKey::Secret(secret(index)), right });
            secrets.insert(variable, secret(index));
        }
        let (own_ura, partners) = (String::new(), Default::default());
        let config = Config {
            style: Style::Plain,
            regime: Regime::OptIn,
            defects: Default::default(),
            clients,
            own_ura,
            partners,
        };
        let reference =
            toetssteen_reference::start_at(config, Door::default()).await.map_err(|error| error.to_string())?;
        target["endpoints"] = serde_json::to_value(reference.endpoints()).map_err(|error| error.to_string())?;
        let url = reference.endpoint("control").ok_or("no control endpoint")?;
        let origin = url.strip_suffix("/control").unwrap_or(&url).to_owned();
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        std::fs::write(folder.path().join("toetssteen.yaml"), target.to_string()).map_err(|error| error.to_string())?;
        Ok(Self { reference, origin, folder, secrets })
    }

    /// Runs the binary against it, and stops it.
    pub fn run(self, runtime: &tokio::runtime::Runtime, jobs: usize) -> Result<Ran, String> {
        let (seed, jobs) = (SEED.to_string(), jobs.to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_toetssteen"));
        command.args(["run", "--seed", &seed, "--jobs", &jobs, "--attempts", "1", "--out", "out"]);
        command.current_dir(self.folder.path()).envs(&self.secrets).stdout(Stdio::null()).stderr(Stdio::piped());
        let began = Instant::now();
        let output = command.output().map_err(|error| error.to_string())?;
        let wall = began.elapsed();
        if !output.status.success() {
            return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        let recording = read(&self.folder.path().join("out"))?;
        let exchanges = recording.records.iter().filter(|record| matches!(record.event, Event::Http(_))).count();
        let origin = self.origin.clone();
        runtime.block_on(self.stop());
        Ok(Ran { wall, recording, exchanges, origin })
    }

    pub async fn stop(self) {
        self.reference.stop().await;
    }
}

fn read(folder: &Path) -> Result<Recording, String> {
    tape::read(folder).map_err(|error| error.to_string())
}
