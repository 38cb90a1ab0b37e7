//! Impostors: servers that do nothing of what they answer to. None may earn a pass or an exit code of 0.
//! They are met with the cast taken for granted, so that every case runs and not only the first request.

use super::super::{progress, store, stream};
use crate::engine::binding::Programs;
use crate::engine::draw;
use crate::engine::record::Stop;
use crate::engine::run::{self as engine, MeansOf, Request};
use crate::language::catalogue::Catalogue;
use crate::model::counterpart::Counterpart;
use crate::model::id::CaseId;
use crate::model::plan::Selection;
use crate::model::record::Parameters;
use crate::model::target::{Claim, Target};
use crate::model::text::Lang;
use crate::report::exit::{self, Exit, FailOn};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use toetssteen_reference::impostor::{self, Capability, Impostor};
use tokio::sync::Semaphore;

/// What became of one impostor.
pub struct Met {
    name: &'static str,
    honest_statement: bool,
    /// Under which claims, where they are not the first.
    set: Option<String>,
    passes: Vec<String>,
    /// Whether a MUST was among the cases; without one, exit code 0 is no success.
    musts: bool,
    exit: Exit,
}

/// How many impostors are met at a time for each job.
const AT_A_TIME: usize = 6;

/// Meets every impostor, with its own and with an honest-looking capability statement.
///
/// # Errors
/// The exit code, once the fault is printed.
pub async fn all(catalogue: &Arc<Catalogue>, seed: u64, jobs: usize, cases: &[CaseId]) -> Result<Vec<Met>, u8> {
    // Most of the time an impostor is waited for, in vain.
    let permits = Arc::new(Semaphore::new(jobs.max(1) * AT_A_TIME));
    let mut running = tokio::task::JoinSet::new();
    let wanted = || Impostor::ALL.iter().flat_map(|one| [(*one, Capability::Same), (*one, Capability::Honest)]);
    let all = rounds(catalogue, cases).into_iter().flat_map(|round| wanted().map(move |who| (round.clone(), who)));
    for (index, (round, (one, capability))) in all.enumerate() {
        let (permits, catalogue) = (Arc::clone(&permits), Arc::clone(catalogue));
        running.spawn(async move {
            let _permit = permits.acquire_owned().await;
            (index, meet(&catalogue, one, capability, seed, round).await)
        });
    }
    let mut met = BTreeMap::new();
    while let Some(done) = running.join_next().await {
        let result = done.map_err(|error| error.to_string()).and_then(|(index, met)| Ok((index, met?)));
        let (index, one) = result.map_err(|why| {
            stream::err(&format!("error: {why}\n"));
            Exit::Ours as u8
        })?;
        met.insert(index, one);
    }
    Ok(met.into_values().collect())
}

/// The claims under which impostors are met, and the cases; no case means all that apply.
#[derive(Clone)]
struct Round {
    claims: Vec<Claim>,
    /// The name of the claims, where they are not the first.
    set: Option<String>,
    cases: Vec<CaseId>,
}

/// The first claims with all that was asked for, and each further ones with the cases that run under none before.
fn rounds(catalogue: &Catalogue, cases: &[CaseId]) -> Vec<Round> {
    let sets = &catalogue.reference.sets;
    let Some((first, further)) = sets.split_first() else { return Vec::new() };
    let mut rounds = vec![Round { claims: first.claims.clone(), set: None, cases: cases.to_vec() }];
    for (index, set) in further.iter().enumerate() {
        let before = &sets[..=index];
        let new = |id: &&CaseId| {
            (cases.is_empty() || cases.contains(id))
                && catalogue.runs(id, set)
                && !before.iter().any(|set| catalogue.runs(id, set))
        };
        let cases: Vec<CaseId> = catalogue.cases.keys().filter(new).cloned().collect();
        if !cases.is_empty() {
            rounds.push(Round { claims: set.claims.clone(), set: Some(set.id.to_string()), cases });
        }
    }
    rounds
}

async fn meet(
    catalogue: &Arc<Catalogue>,
    one: Impostor,
    capability: Capability,
    seed: u64,
    round: Round,
) -> Result<Met, String> {
    let honest_statement = matches!(capability, Capability::Honest);
    let server = impostor::start(one, capability).await.map_err(|error| error.to_string())?;
    let parameters =
        Parameters { seed, attempts: 1, timeout_ms: 250, body_limit: 64 * 1024, challenge: None, shard: None };
    let request = Request {
        catalogue: Arc::clone(catalogue),
        target: target(catalogue, round.claims, &parameters, &|path| server.url(path))?,
        base: PathBuf::from("."),
        parameters,
        selection: Selection { cases: round.cases, ..Selection::default() },
        folder: None,
        bodies_limit: crate::cli::run::BODIES_LIMIT,
        board: None,
        identities: None,
        jobs: 8,
        means: MeansOf { programs: Programs::Forbidden, operator: None, lang: Lang::En },
        env: Arc::new(|_| Some("a-secret-that-nobody-checks".to_owned())),
        stop: Stop::default(),
        progress: Arc::new(progress::Quiet),
    };
    let recording = engine::run(request).await.map_err(|error| format!("{}: {error}", one.name()));
    server.stop().await;
    let report = store::unkept(catalogue, recording?).await?;
    let passes = report.requirements.iter().filter(|entry| entry.outcome == "pass").map(|entry| entry.id.to_string());
    Ok(Met {
        name: one.name(),
        honest_statement,
        set: round.set,
        passes: passes.collect(),
        musts: exit::selects_a_must(&report),
        exit: exit::of(&report, FailOn::Must, false),
    })
}

/// A target that takes everything for granted: every endpoint there, every action bound, the cast known.
fn target(
    catalogue: &Catalogue,
    mut claims: Vec<Claim>,
    parameters: &Parameters,
    url: &dyn Fn(&str) -> String,
) -> Result<Target, String> {
    let mut credentials = serde_json::Map::new();
    let by_secret = json!({ "client-credentials": { "id": "demo", "secret": { "env": "ANY" },
        "parameters": { "patient": "patient", "purpose": "purpose" } } });
    // Half of the parties ask for a token first, half ask for nothing, so that both ways are met.
    for (index, party) in catalogue.cast.organisations.keys().enumerate() {
        let credential = if index % 2 == 0 { json!("none") } else { by_secret.clone() };
        credentials.insert(party.to_string(), credential);
    }
    credentials.insert("writer".to_owned(), json!("none"));
    credentials.insert("patient".to_owned(), json!("none"));
    let mut rng = draw::generator(parameters, "impostors");
    let mut cast = serde_json::Map::new();
    for member in catalogue.cast.patients.keys() {
        let Some((record, _)) = draw::record_of(catalogue, member) else { continue };
        let id = draw::marker(&mut rng);
        let fields: BTreeMap<String, String> =
            record.fields.keys().map(|field| (field.to_string(), draw::marker(&mut rng))).collect();
        let patient = json!({
            "id": { "fhir": id, "fhir-2": id },
            "bsn": "999911120", "family": "Bakoremu", "birth-date": "1980-01-01",
            "fields": fields,
            "markers": [draw::marker(&mut rng), draw::marker(&mut rng)],
        });
        cast.insert(member.to_string(), patient);
    }
    let act = |path: &str| json!({ "http": { "method": "POST", "endpoint": "portal", "path": path } });
    let mut bindings = serde_json::Map::new();
    for action in catalogue.profiles.values().flat_map(|profile| &profile.actions) {
        let mut binding = act(&format!("/{}", action.id));
        let returns: BTreeMap<String, Value> = action
            .returns
            .iter()
            .map(|name| (name.to_string(), json!({ "at": { "json": format!("/{name}") } })))
            .collect();
        binding["http"]["returns"] = json!(returns);
        bindings.insert(action.id.to_string(), binding);
    }
    bindings.insert("advance-clock".to_owned(), act("/clock"));
    bindings.insert("reach".to_owned(), act("/reach"));
    for claim in &mut claims {
        let options = catalogue.profiles.get(&claim.profile).map(|profile| profile.options.as_slice());
        // Whoever does nothing is waited for as briefly as may be.
        for option in options.unwrap_or_default().iter().filter(|option| option.default.is_some()) {
            claim.options.extend(option.values.first().map(|least| (option.id.clone(), least.clone())));
        }
    }
    let facility = |name: Counterpart| (name.to_string(), json!({ "listen": "127.0.0.1:0" }));
    let facilities: BTreeMap<String, Value> =
        Counterpart::ALL.into_iter().filter(|one| one.is_facility()).map(facility).collect();
    let tree = json!({
        "format": 1, "name": "impostor",
        "product": { "vendor": "-", "name": "impostor", "version": "-" },
        "claims": claims,
        "counterparts": { "settle": "50ms", "facilities": facilities },
        "endpoints": {
            "fhir": url("/fhir"), "fhir-2": url("/fhir-2"), "token": url("/token"),
            "portal": url("/portal"), "prescriptions": url("/prescriptions"), "public": url("/public"),
            "handoff": url("/handoff"), "notification": url("/notification"), "hooks": url("/hooks"),
        },
        "credentials": credentials,
        "cast": { "preloaded": cast },
        "bindings": bindings,
    });
    serde_json::from_value(tree).map_err(|error| format!("the target of an impostor: {error}"))
}

/// The table as text.
pub fn render(table: &[Met]) -> String {
    let mut out = format!("{:<34} {:<24} {:>6} {:>6}\n", "impostor", "capability statement", "passes", "exit");
    for met in table {
        let mut statement = if met.honest_statement { "honest-looking" } else { "its own" }.to_owned();
        if let Some(set) = &met.set {
            statement.push_str(&format!(", {set}"));
        }
        out.push_str(&format!("{:<34} {statement:<24} {:>6} {:>6}\n", met.name, met.passes.len(), met.exit as u8));
    }
    out.push('\n');
    out
}

/// What impostors got away with, one sentence each.
pub fn faults(table: &[Met]) -> Vec<String> {
    let mut faults = Vec::new();
    for met in table {
        let statement = if met.honest_statement { "with an honest-looking capability statement" } else { "as it is" };
        for pass in &met.passes {
            faults.push(format!("impostor {} ({statement}) passes {pass}", met.name));
        }
        if met.exit == Exit::Fine && met.musts {
            faults.push(format!("impostor {} ({statement}) gives exit code 0", met.name));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(passes: &[&str], musts: bool, exit: Exit) -> Vec<String> {
        let passes = passes.iter().map(|id| (*id).to_owned()).collect();
        faults(&[Met { name: "echo", honest_statement: false, set: None, passes, musts, exit }])
    }

    #[test]
    fn an_impostor_gets_away_with_a_pass_or_with_exit_code_0_for_a_must() {
        assert_eq!(met(&[], true, Exit::Fine).len(), 1);
        assert_eq!(met(&["demo/1"], true, Exit::NotJudged).len(), 1);
        assert_eq!(met(&["demo/1"], true, Exit::Fine).len(), 2);
        assert_eq!(met(&[], true, Exit::Failed), Vec::<String>::new());
    }

    /// A broken SHOULD is a remark, and where nothing else is asked a run ends with 0.
    #[test]
    fn where_only_a_should_is_asked_only_a_pass_counts() {
        assert_eq!(met(&[], false, Exit::Fine), Vec::<String>::new());
        assert_eq!(met(&["demo/2"], false, Exit::Fine).len(), 1);
    }
}
