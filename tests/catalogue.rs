//! Every case of the catalogue becomes three tests: it lints clean; the clean reference passes it in both styles;
//! each defect that it claims to kill makes it fail or, for a SHOULD, warn.
//! Nothing is registered: a new case file is found here by being there.

use libtest_mimic::{Arguments, Failed, Trial as Test};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use toetssteen::cli::prove::trial::{self, Draw, Seen, Trial};
use toetssteen::language::catalogue::Catalogue;
use toetssteen::model::id::{CaseId, DefectId};
use toetssteen_reference::Style;
use tokio::runtime::Runtime;

/// The styles in which the reference is tried: both when it is clean, one with a defect; `prove` tries both.
fn styles(defect: Option<&DefectId>) -> &'static [Style] {
    const BOTH: [Style; 2] = [Style::Plain, Style::Other];
    match defect.map(|defect| defect.as_str().len() % 2) {
        None => &BOTH,
        Some(0) => &BOTH[..1],
        Some(_) => &BOTH[1..],
    }
}

const DRAW: Draw = Draw { seed: 1, jobs: 4 };

fn main() {
    let arguments = Arguments::from_args();
    let loaded = Catalogue::embedded();
    let found = loaded.diagnostics.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
    let Some(catalogue) = loaded.catalogue else {
        // Without a catalogue there are no cases to name; the lint itself is then the one test, and it fails.
        let test = Test::test("the catalogue loads", move || Err(Failed::from(found.join("\n"))));
        libtest_mimic::run(&arguments, vec![test]).exit();
    };
    let house = Arc::new(House::new(Arc::new(catalogue), found, &arguments));
    let mut tests = Vec::new();
    for case in house.catalogue.cases.keys().cloned().collect::<Vec<_>>() {
        type Question = fn(&House, &CaseId) -> Result<(), Failed>;
        let questions: [(Question, &str); 3] =
            [(lints_clean, LINTS), (the_clean_reference_passes, PASSES), (each_defect_is_killed, KILLS)];
        for (question, name) in questions {
            let (house, case) = (Arc::clone(&house), case.clone());
            tests.push(Test::test(name_of(&case, name), move || question(&house, &case)));
        }
    }
    libtest_mimic::run(&arguments, tests).exit();
}

const LINTS: &str = "lints clean";
const PASSES: &str = "passes on the clean reference";
const KILLS: &str = "is broken by each defect it kills";

fn name_of(case: &CaseId, question: &str) -> String {
    format!("{case} {question}")
}

/// What is tried: a set of claims, a style, and a defect or none.
type What = (String, String, Option<DefectId>);
type Shared = Arc<OnceLock<Result<Seen, String>>>;

/// The catalogue, and the trials made so far; one trial serves every case that looks at it.
struct House {
    catalogue: Arc<Catalogue>,
    diagnostics: Vec<String>,
    /// The cases that the clean reference is asked about: all, or those that were filtered for.
    clean: Vec<CaseId>,
    runtime: Runtime,
    trials: Mutex<BTreeMap<What, Shared>>,
}

impl House {
    fn new(catalogue: Arc<Catalogue>, diagnostics: Vec<String>, arguments: &Arguments) -> Self {
        let asked = |case: &&CaseId| {
            let name = name_of(case, PASSES);
            arguments
                .filter
                .as_ref()
                .is_none_or(|filter| if arguments.exact { name == *filter } else { name.contains(filter.as_str()) })
        };
        let clean = catalogue.cases.keys().filter(asked).cloned().collect();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        Self { catalogue, diagnostics, clean, runtime, trials: Mutex::default() }
    }

    /// What was seen under each set of claims and in each style that is tried.
    ///
    /// The tests that wait here are as many as libtest has threads, which bounds the trials that run.
    fn seen<T>(&self, defect: Option<&DefectId>, look: impl Fn(&Seen) -> T) -> Result<Vec<T>, Failed> {
        let mut all = Vec::new();
        for set in &self.catalogue.reference.sets {
            let asked = defect.map_or_else(|| self.clean.clone(), |defect| self.claimants(defect));
            let cases: Vec<CaseId> = asked.into_iter().filter(|case| set.takes(case)).collect();
            // A trial of no case would be one of all.
            if cases.is_empty() {
                continue;
            }
            for style in styles(defect).iter().copied() {
                let what = (set.id.to_string(), style.to_string(), defect.cloned());
                let shared = Arc::clone(self.trials.lock().expect("no test panics here").entry(what).or_default());
                let seen = shared.get_or_init(|| {
                    let trial = Trial::new(&self.catalogue, set, style, defect.cloned(), cases.clone());
                    let mut seen = self.runtime.block_on(trial::all(vec![trial], DRAW, 1, |_| ()))?;
                    seen.pop().ok_or_else(|| "the trial was not made".to_owned())
                });
                all.push(look(seen.as_ref().map_err(|why| Failed::from(why.clone()))?));
            }
        }
        Ok(all)
    }

    fn claimants(&self, defect: &DefectId) -> Vec<CaseId> {
        let claims = self.catalogue.cases.iter().filter(|(_, case)| case.kills.contains(defect));
        claims.map(|(id, _)| id.clone()).collect()
    }
}

fn lints_clean(house: &House, case: &CaseId) -> Result<(), Failed> {
    let of_case: BTreeSet<&String> =
        house.diagnostics.iter().filter(|one| one.contains(&format!("testcases/{case}.yaml"))).collect();
    if of_case.is_empty() { Ok(()) } else { Err(format!("{of_case:#?}").into()) }
}

/// Where a case ran and how it ended, for each trial in which it is applicable.
fn outcomes(house: &House, case: &CaseId, defect: Option<&DefectId>) -> Result<Vec<(String, String)>, Failed> {
    let found = house.seen(defect, |seen| {
        let outcome = seen.outcomes.get(case).map(|(_, outcome)| outcome.clone())?;
        Some((format!("{}, {}", seen.set, seen.style), outcome))
    })?;
    let ran: Vec<_> = found.into_iter().flatten().filter(|(_, outcome)| outcome != "not-applicable").collect();
    if ran.is_empty() { Err(format!("{case} ran under no set of claims").into()) } else { Ok(ran) }
}

fn the_clean_reference_passes(house: &House, case: &CaseId) -> Result<(), Failed> {
    let other: Vec<_> = outcomes(house, case, None)?.into_iter().filter(|(_, outcome)| outcome != "pass").collect();
    if other.is_empty() { Ok(()) } else { Err(format!("{other:#?}").into()) }
}

fn each_defect_is_killed(house: &House, case: &CaseId) -> Result<(), Failed> {
    let kills = &house.catalogue.cases[case].kills;
    let mut missed = Vec::new();
    for defect in kills {
        // Under some claims a defect may be of no matter, as one of messages where none are sent; under others it is noticed
        // in every style.
        let mut by_claims: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (place, outcome) in outcomes(house, case, Some(defect))? {
            let not = by_claims.entry(place.split(',').next().unwrap_or_default().to_owned()).or_default();
            if !matches!(outcome.as_str(), "fail" | "warn") {
                not.push(format!("under {defect} it ends {outcome} ({place})"));
            }
        }
        if by_claims.values().all(|not| !not.is_empty()) {
            missed.extend(by_claims.into_values().flatten());
        }
    }
    // Lint asks for at least one; a test that looked at none would prove nothing.
    if kills.is_empty() {
        missed.push("it names no defect".to_owned());
    }
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}
