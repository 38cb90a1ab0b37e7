//! `prove`: a check that cannot fail is not a check. The clean reference passes in every style, each defect is
//! killed by a case that claims it, and impostors never earn a pass.

mod impostor;
mod matrix;
mod steady;
pub mod trial;

use super::args::{Common, Prove};
use super::progress::Bar;
use super::{load, run, stream};
use crate::language::catalogue::Catalogue;
use crate::model::defect::ClaimSet;
use crate::model::id::{CaseId, DefectId, Role};
use crate::report::exit::Exit;
use matrix::{Matrix, Row};
use std::collections::BTreeSet;
use std::sync::Arc;
use toetssteen_reference::Style;
use trial::{Draw, Seen, Trial};

/// Runs the command.
pub fn run(command: &Prove, common: &Common) -> u8 {
    prove(command, common).unwrap_or_else(|code| code)
}

fn prove(command: &Prove, common: &Common) -> Result<u8, u8> {
    let catalogue = load::catalogue(common)?;
    if let Some(unknown) = command.case.iter().find(|id| !catalogue.cases.contains_key(*id)) {
        return Err(stream::refuse(&format!("no case `{unknown}`; see `toetssteen list cases`")));
    }
    if let Some(unknown) = command.defect.iter().find(|id| !catalogue.defects.contains_key(*id)) {
        return Err(stream::refuse(&format!("no defect `{unknown}`; see `toetssteen list defects`")));
    }
    let runtime = run::runtime()?;
    let mut faults = Vec::new();
    let mut shown = Vec::new();
    if !command.no_defects {
        let (matrix, unsteady) = runtime.block_on(reference(command, &catalogue))?;
        stream::out(&matrix.render(&catalogue));
        faults.extend(matrix.faults(command.defect.is_empty()));
        faults.extend(unsteady);
        let untried = command.defect.iter().filter(|id| !matrix.tried(id));
        faults.extend(untried.map(|id| format!("{id} was not tried: no case that runs claims it")));
        shown.push(
            match command.defect.is_empty() {
                true => "the clean reference passes, every defect is killed by a case that claims it",
                false => "each of these defects is killed by a case that claims it",
            }
            .to_owned(),
        );
        let rounds = command.rounds;
        shown.extend(
            (rounds > 1)
                .then(|| format!("{rounds} rounds, each with its own seed, order and jobs, changed no verdict")),
        );
    }
    let impostors = !command.no_impostors && command.defect.is_empty();
    if impostors {
        let table = runtime.block_on(impostor::all(&catalogue, command.seed, command.jobs, &command.case))?;
        stream::out(&impostor::render(&table));
        faults.extend(impostor::faults(&table));
    }
    shown.push(if impostors { "no impostor passes" } else { "impostors were left out" }.to_owned());
    if faults.is_empty() {
        stream::out(&format!("proved: {}\n", shown.join(", ")));
        return Ok(Exit::Fine as u8);
    }
    for fault in &faults {
        stream::out(&format!("NOT PROVED: {fault}\n"));
    }
    Ok(Exit::Failed as u8)
}

/// Every trial of the reference: clean and with each defect, in both styles, under every set of claims; as a matrix,
/// with a sentence for each verdict that another round changed.
async fn reference(command: &Prove, catalogue: &Arc<Catalogue>) -> Result<(Matrix, Vec<String>), u8> {
    let mut trials = Vec::new();
    for set in &catalogue.reference.sets {
        let cases = |defect: Option<&DefectId>| -> Vec<CaseId> {
            selected(command, catalogue, defect).into_iter().filter(|id| set.takes(id)).collect()
        };
        let wanted = |defect: &&DefectId| {
            concerns(command, catalogue, defect)
                && claimants(catalogue, defect).iter().any(|id| set.takes(id) && is_claimed(catalogue, set, id))
        };
        let defects = || catalogue.defects.keys().filter(wanted).map(Some);
        for style in [Style::Plain, Style::Other] {
            let clean = command.defect.is_empty().then_some(None);
            for defect in clean.into_iter().chain(defects()) {
                let cases = cases(defect);
                // Naming no case would mean all of them.
                if !cases.is_empty() {
                    trials.push(Trial::new(catalogue, set, style, defect.cloned(), cases));
                }
            }
        }
    }
    let bar = Bar::of(trials.len() * usize::from(command.rounds));
    let mut rounds: Vec<Vec<Seen>> = Vec::new();
    for draw in Draw::rounds(command.seed, command.rounds.into()) {
        let done = |seen: &Seen| bar.step(seen.subject());
        rounds.push(trial::all(trials.clone(), draw, command.jobs, done).await.map_err(|why| {
            bar.clear();
            stream::err(&format!("error: {why}\n"));
            Exit::Ours as u8
        })?);
    }
    bar.clear();
    let mut rounds = rounds.into_iter();
    let first = rounds.next().unwrap_or_default();
    let unsteady = rounds.flat_map(|round| steady::differences(&first, &round)).collect();
    Ok((Matrix { rows: first.into_iter().map(Row::of).collect() }, unsteady))
}

/// Whether a defect is asked for, or claimed by one of the cases asked for.
fn concerns(command: &Prove, catalogue: &Catalogue, defect: &DefectId) -> bool {
    if !command.defect.is_empty() {
        return command.defect.contains(defect);
    }
    command.case.is_empty()
        || command.case.iter().any(|id| catalogue.cases.get(id).is_some_and(|case| case.kills.contains(defect)))
}

/// Whether a case is of a role that is claimed here.
fn is_claimed(catalogue: &Catalogue, set: &ClaimSet, id: &CaseId) -> bool {
    let of = |role: &Role| {
        set.claims.iter().any(|claim| claim.profile.as_str() == id.standard() && claim.roles.contains(role))
    };
    catalogue.cases.get(id).is_some_and(|case| of(&case.role))
}

/// The cases of one trial: those asked for; else, with a defect, those that claim it, or all there are.
fn selected(command: &Prove, catalogue: &Catalogue, defect: Option<&DefectId>) -> Vec<CaseId> {
    if !command.case.is_empty() {
        return command.case.clone();
    }
    match defect.filter(|_| !command.exact) {
        Some(defect) => claimants(catalogue, defect).into_iter().collect(),
        None => catalogue.cases.keys().cloned().collect(),
    }
}

/// The cases that claim a defect.
fn claimants(catalogue: &Catalogue, defect: &DefectId) -> BTreeSet<CaseId> {
    catalogue.cases.iter().filter(|(_, case)| case.kills.contains(defect)).map(|(id, _)| id.clone()).collect()
}
