//! `demo`: the whole catalogue against the embedded reference, over real sockets.
//! With a defect it shows which case notices.

use super::args::{Common, Demo};
use super::endpoint;
use super::progress::Bar;
use super::{further, load, run, store, stream};
use crate::engine::binding::Programs;
use crate::engine::record::Stop;
use crate::engine::run::{MeansOf, Request};
use crate::language::catalogue::Catalogue;
use crate::model::defect::ClaimSet;
use crate::model::id::DefectId;
use crate::model::plan::Selection;
use crate::model::record::Parameters;
use crate::model::report::Report;
use crate::report::exit::{self, Exit, FailOn};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs the command.
pub fn run(command: &Demo, common: &Common) -> u8 {
    demonstrate(command, common).unwrap_or_else(|code| code)
}

fn demonstrate(command: &Demo, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    let selection = load::selection(&command.narrow, &catalogue)?;
    let further = further::asked(&command.reports)?;
    if let Some(unknown) = command.defect.iter().find(|id| !catalogue.defects.contains_key(*id)) {
        return Err(stream::refuse(&format!("no defect `{unknown}`; see `toetssteen list defects`")));
    }
    let all = &catalogue.reference.sets;
    let wanted: Vec<&ClaimSet> = all.iter().filter(|set| takes_any(&catalogue, set, &selection)).collect();
    // Where nothing at all is taken, one run says so.
    let sets = if wanted.is_empty() { all.iter().take(1).collect() } else { wanted };
    for (index, set) in sets.iter().enumerate() {
        let out = place(&command.out, index, set);
        store::free(&out).map_err(|why| stream::refuse(&format!("cannot write the run: {why}")))?;
    }
    let mut codes = Vec::new();
    let mut killed = false;
    for (index, set) in sets.iter().enumerate() {
        let out = place(&command.out, index, set);
        let report = one(command, common, &catalogue, set, set.narrowed(&selection), out.clone())?;
        run::show(&report, common.lang.into(), &out);
        let further = if index == 0 { further.clone() } else { further::beside(&further, set.id.as_str()) };
        further::write(&further, &report, common.lang.into())?;
        killed |= command.defect.iter().any(|defect| kills(&report, defect));
        let fail_on = if command.defect.is_empty() { FailOn::Must } else { FailOn::Should };
        codes.push(exit::of(&report, fail_on, false));
        if report.run.interrupted {
            break;
        }
    }
    if !command.defect.is_empty() {
        return Ok(if killed { Exit::Failed } else { Exit::NotJudged } as u8);
    }
    // The gravest of several runs, in the order in which one run would weigh them.
    let order = [Exit::Interrupted, Exit::Failed, Exit::Ours, Exit::Gate, Exit::NotJudged, Exit::Nothing];
    Ok(order.into_iter().find(|code| codes.contains(code)).unwrap_or(Exit::Fine) as u8)
}

/// Where a run under these claims goes: the first to the place that was asked for, a further one beside it.
fn place(out: &Path, index: usize, set: &ClaimSet) -> PathBuf {
    if index == 0 { out.to_owned() } else { store::beside(out, set.id.as_str()) }
}

/// Whether a selection takes any case of these claims.
fn takes_any(catalogue: &Catalogue, set: &ClaimSet, selection: &Selection) -> bool {
    set.claims.iter().any(|claim| {
        let own = catalogue.cases.iter().filter(|(id, _)| id.standard() == claim.profile.as_str());
        let mut own = own.filter(|(_, case)| claim.roles.contains(&case.role));
        own.any(|(id, case)| set.takes(id) && selection.takes(&claim.profile, id, &case.role))
    })
}

/// Whether a case that claims this defect noticed it.
#[must_use]
pub fn kills(report: &Report, defect: &DefectId) -> bool {
    report.cases.iter().any(|case| {
        case.kills.iter().any(|id| id == defect.as_str()) && matches!(case.outcome.as_str(), "fail" | "warn")
    })
}

fn one(
    command: &Demo,
    common: &Common,
    catalogue: &Arc<Catalogue>,
    set: &ClaimSet,
    selection: Selection,
    out: PathBuf,
) -> Result<Report, u8> {
    let parameters = Parameters {
        seed: command.seed.unwrap_or_else(rand::random),
        attempts: 2,
        timeout_ms: 10_000,
        body_limit: run::BODY_LIMIT,
        challenge: None,
        shard: None,
    };
    let runtime = run::runtime()?;
    let started = runtime.block_on(endpoint::start(catalogue, set, command.style.into(), &command.defect, &parameters));
    let endpoint = started.map_err(|why| {
        stream::err(&format!("error: the reference did not start: {why}\n"));
        Exit::Ours as u8
    })?;
    let bar = Arc::new(Bar::new());
    let request = Request {
        catalogue: Arc::clone(catalogue),
        target: endpoint.target.clone(),
        base: PathBuf::from("."),
        parameters,
        selection,
        folder: None,
        bodies_limit: run::BODIES_LIMIT,
        board: Some(Arc::clone(&endpoint.board)),
        identities: endpoint.identities.clone(),
        jobs: command.jobs,
        means: MeansOf { programs: Programs::Forbidden, operator: None, lang: common.lang.into() },
        env: Arc::clone(&endpoint.env),
        stop: Stop::default(),
        progress: Arc::clone(&bar) as Arc<dyn crate::engine::record::Progress>,
    };
    let report = run::carry_out(request, &out);
    bar.clear();
    runtime.block_on(endpoint.stop());
    report
}
