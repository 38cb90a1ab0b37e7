//! One trial: the reference in one style, clean or with one defect, judged by some cases.
//! The recording lives in memory and is gone with the trial.

use super::super::{endpoint, progress, run, store};
use super::claimants;
use crate::engine::binding::Programs;
use crate::engine::record::Stop;
use crate::engine::run::{self as engine, MeansOf, Request};
use crate::language::catalogue::Catalogue;
use crate::model::defect::ClaimSet;
use crate::model::id::{CaseId, DefectId, Role};
use crate::model::plan::Selection;
use crate::model::record::Parameters;
use crate::model::report::{CaseEntry, Report};
use crate::model::text::Lang;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use toetssteen_reference::Style;
use tokio::sync::Semaphore;

/// What a verdict may not depend on: the numbers drawn, the order that follows from them, and how many cases run
/// beside one another.
#[derive(Clone, Copy)]
pub struct Draw {
    /// Where cast, orders and samples come from.
    pub seed: u64,
    /// Cases at a time.
    pub jobs: usize,
}

impl Draw {
    /// The draw of each round: every one has another seed, and so another order, and another number of jobs.
    pub fn rounds(seed: u64, count: usize) -> impl Iterator<Item = Self> {
        const JOBS: [usize; 4] = [4, 1, 8, 2];
        (0..)
            .zip(JOBS.into_iter().cycle())
            .map(move |(round, jobs)| Self { seed: seed.wrapping_add(round), jobs })
            .take(count)
    }
}

/// What is tried.
#[derive(Clone)]
pub struct Trial {
    catalogue: Arc<Catalogue>,
    set: ClaimSet,
    style: Style,
    defect: Option<DefectId>,
    cases: Vec<CaseId>,
}

/// What was seen.
pub struct Seen {
    /// With which numbers.
    pub draw: Draw,
    /// The claims.
    pub set: String,
    /// The style.
    pub style: Style,
    /// The defect; none for the clean reference.
    pub defect: Option<DefectId>,
    /// The role that has the defect.
    pub role: Option<Role>,
    /// The cases that claim it.
    pub claimants: BTreeSet<CaseId>,
    /// The worst outcome of each case that ran, with its role.
    pub outcomes: BTreeMap<CaseId, (Role, String)>,
    /// What first did not hold in each case that did not pass: its step, what was wanted and what was seen.
    pub why: BTreeMap<CaseId, String>,
}

impl Seen {
    /// The defect, or that there was none.
    #[must_use]
    pub fn subject(&self) -> String {
        self.defect.as_ref().map_or_else(|| "the clean reference".to_owned(), ToString::to_string)
    }
}

impl Trial {
    /// A trial of these cases.
    #[must_use]
    pub fn new(
        catalogue: &Arc<Catalogue>,
        set: &ClaimSet,
        style: Style,
        defect: Option<DefectId>,
        cases: Vec<CaseId>,
    ) -> Self {
        Self { catalogue: Arc::clone(catalogue), set: set.clone(), style, defect, cases }
    }

    async fn run(self, draw: Draw) -> Result<Seen, String> {
        let parameters = Parameters {
            seed: draw.seed,
            attempts: 1,
            timeout_ms: 10_000,
            body_limit: run::BODY_LIMIT,
            challenge: None,
            shard: None,
        };
        let defects: Vec<DefectId> = self.defect.iter().cloned().collect();
        let endpoint = endpoint::start(&self.catalogue, &self.set, self.style, &defects, &parameters).await?;
        let request = Request {
            catalogue: Arc::clone(&self.catalogue),
            target: endpoint.target.clone(),
            base: PathBuf::from("."),
            parameters,
            selection: Selection { cases: self.cases.clone(), ..Selection::default() },
            folder: None,
            bodies_limit: run::BODIES_LIMIT,
            board: Some(Arc::clone(&endpoint.board)),
            identities: endpoint.identities.clone(),
            jobs: draw.jobs,
            means: MeansOf { programs: Programs::Forbidden, operator: None, lang: Lang::En },
            env: Arc::clone(&endpoint.env),
            stop: Stop::default(),
            progress: Arc::new(progress::Quiet),
        };
        let recording = engine::run(request).await.map_err(|error| error.to_string());
        endpoint.stop().await;
        let report = store::unkept(&self.catalogue, recording?).await?;
        let defect = self.defect.as_ref();
        Ok(Seen {
            draw,
            set: self.set.id.to_string(),
            style: self.style,
            role: defect.and_then(|id| self.catalogue.defects.get(id)).map(|(_, defect)| defect.role.clone()),
            claimants: defect.map(|id| claimants(&self.catalogue, id)).unwrap_or_default(),
            outcomes: outcomes(&report),
            why: report.cases.iter().filter_map(|case| Some((case.id.clone(), first_fault(case)?))).collect(),
            defect: self.defect,
        })
    }
}

/// The worst outcome of each case that ran; what does not apply under these claims is no matter of this trial.
fn outcomes(report: &Report) -> BTreeMap<CaseId, (Role, String)> {
    const ORDER: [&str; 7] = ["not-applicable", "not-tested", "pass", "config-error", "inconclusive", "warn", "fail"];
    let rank = |outcome: &str| ORDER.iter().position(|known| *known == outcome).unwrap_or(ORDER.len());
    let mut worst: BTreeMap<CaseId, (Role, String)> = BTreeMap::new();
    let applies = |outcome: &str, reason: Option<&str>| outcome != "not-applicable" && reason != Some("not-selected");
    for case in report.cases.iter().filter(|case| applies(&case.outcome, case.reason.as_deref())) {
        let Ok(role) = case.role.parse::<Role>() else { continue };
        let known = worst.entry(case.id.clone()).or_insert_with(|| (role, case.outcome.clone()));
        if rank(&case.outcome) > rank(&known.1) {
            known.1.clone_from(&case.outcome);
        }
    }
    worst
}

/// What first did not hold in a case; nothing in one that passes or did not run.
fn first_fault(case: &CaseEntry) -> Option<String> {
    let mut steps = case.steps.iter().filter(|step| step.outcome != "pass");
    steps.find_map(|step| {
        let judgement = step.judgements.iter().find(|judgement| judgement.verdict != "pass")?;
        let (expected, observed) = (judgement.expected.say(Lang::En), judgement.observed.say(Lang::En));
        Some(format!("{}: expected {expected}; observed {observed}", step.id))
    })
}

/// Runs trials, at most `jobs` at a time, and tells `done` of each as it ends; what was seen comes in the order of
/// the trials.
///
/// # Errors
/// What kept the first failing one from running.
pub async fn all(trials: Vec<Trial>, draw: Draw, jobs: usize, done: impl Fn(&Seen)) -> Result<Vec<Seen>, String> {
    let permits = Arc::new(Semaphore::new(jobs.max(1)));
    let mut running = tokio::task::JoinSet::new();
    for (index, trial) in trials.into_iter().enumerate() {
        let permits = Arc::clone(&permits);
        running.spawn(async move {
            let _permit = permits.acquire_owned().await;
            (index, trial.run(draw).await)
        });
    }
    let mut seen = BTreeMap::new();
    while let Some(ended) = running.join_next().await {
        let (index, result) = ended.map_err(|error| error.to_string())?;
        let one = result?;
        done(&one);
        seen.insert(index, one);
    }
    Ok(seen.into_values().collect())
}
