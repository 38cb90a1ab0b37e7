//! Two reports of one product: what got worse, what got better, what came and what went.
//! Pure; it compares what the reports say and judges nothing again.

mod caveat;
mod change;
mod show;

pub use change::{CaseChange, Change, Ended, Kind, Shown, shown};
pub use show::sheet;

use super::exit::{Exit, FailOn};
use super::words::page;
use crate::model::report::{Completeness, Conformance, ProfileConclusion, Report, Said};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Why two reports are not compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("OLD is about {old}, NEW is about {new}: a product is compared with itself only; its version may differ")]
pub struct OtherProduct {
    old: String,
    new: String,
}

/// What differs between two reports of one product.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Diff {
    /// The version of this format; 1.
    pub format: u32,
    /// The earlier report.
    pub old: Side,
    /// The later report.
    pub new: Side,
    /// What the comparison is worth: everything beside the product that may have made a difference.
    pub caveats: Vec<Said>,
    /// Roles and options that are claimed otherwise than before.
    pub claims: Vec<ClaimChange>,
    /// What got worse, the gravest first.
    pub regressions: Vec<Change>,
    /// What got better.
    pub improvements: Vec<Change>,
    /// What was not there, or did not apply, before.
    pub arrived: Vec<Change>,
    /// What is no longer there, or no longer applies.
    pub gone: Vec<Change>,
    /// How many requirements were broken before and still are.
    pub still_broken: u64,
    /// How many others ended as they did.
    pub unchanged: u64,
}

/// One of the two reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Side {
    /// The product's maker and name.
    pub product: String,
    /// The product's version.
    pub version: String,
    /// The run.
    pub run: String,
    /// When it began.
    pub started: String,
    /// What is concluded.
    pub conformance: Conformance,
    /// How much was judged.
    pub completeness: Completeness,
    /// The catalogue judged with.
    pub catalogue: String,
    /// The version of the judge.
    pub judge: String,
    /// Whether the run was narrowed.
    pub selection: bool,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

/// A role of a profile that is claimed otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClaimChange {
    /// The profile.
    pub profile: String,
    /// The role.
    pub role: String,
    /// What of it: `role`, `edition`, or the name of an option.
    pub what: String,
    /// As it was; absent if it was not claimed or stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As it is; absent if it is no longer claimed or stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Diff {
    /// The exit code: 1 if a MUST broke or lost its verdict, or with [`FailOn::Should`] if anything got worse.
    #[must_use]
    pub fn exit(&self, fail_on: FailOn) -> Exit {
        let counts = |change: &Change| fail_on == FailOn::Should || change.weighs();
        if self.regressions.iter().any(counts) { Exit::Failed } else { Exit::Fine }
    }
}

/// Whether two reports are about one product: same maker, same name; the version may differ. A product that nobody named
/// goes by the name of its system.
///
/// # Errors
/// Which two products they are about.
pub fn same_product(old: &Report, new: &Report) -> Result<(), OtherProduct> {
    fn key(report: &Report) -> (Option<&str>, &str) {
        (page::maker(&report.target), page::name(&report.target))
    }
    if key(old) == key(new) { Ok(()) } else { Err(OtherProduct { old: product(old), new: product(new) }) }
}

/// The product's maker, where one is stated, and its name.
fn product(report: &Report) -> String {
    let name = page::name(&report.target);
    page::maker(&report.target).map_or_else(|| name.to_owned(), |maker| format!("{maker} {name}"))
}

/// What differs.
///
/// # Errors
/// If the reports are about two products.
pub fn diff(old: &Report, new: &Report) -> Result<Diff, OtherProduct> {
    same_product(old, new)?;
    let mut found = Diff {
        format: 1,
        old: side(old),
        new: side(new),
        caveats: caveat::all(old, new),
        claims: claims(old, new),
        regressions: Vec::new(),
        improvements: Vec::new(),
        arrived: Vec::new(),
        gone: Vec::new(),
        still_broken: 0,
        unchanged: 0,
    };
    change::sort_out(old, new, &mut found);
    Ok(found)
}

fn side(report: &Report) -> Side {
    Side {
        product: product(report),
        version: report.target.product.version.clone(),
        run: report.run.id.clone(),
        started: report.run.started.clone(),
        conformance: report.conclusion.conformance,
        completeness: report.conclusion.completeness,
        catalogue: report.catalogue.digest.clone(),
        judge: report.judge.clone(),
        selection: report.run.selection,
        interrupted: report.run.interrupted,
    }
}

type Claims<'r> = BTreeMap<(&'r str, &'r str), &'r ProfileConclusion>;

fn claimed(report: &Report) -> Claims<'_> {
    report.profiles.iter().map(|claim| ((claim.id.as_str(), claim.role.as_str()), claim)).collect()
}

fn claims(old: &Report, new: &Report) -> Vec<ClaimChange> {
    let (before, after) = (claimed(old), claimed(new));
    let both: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let mut changes = Vec::new();
    for (profile, role) in both {
        let mut say = |what: &str, from: Option<&str>, to: Option<&str>| {
            if from != to {
                let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
                let (profile, role) = (profile.to_owned(), role.to_owned());
                changes.push(ClaimChange { profile, role, what: what.to_owned(), from, to });
            }
        };
        match (before.get(&(profile, role)), after.get(&(profile, role))) {
            (Some(from), Some(to)) => {
                say("edition", Some(&from.edition), Some(&to.edition));
                let options: BTreeSet<&String> = from.options.keys().chain(to.options.keys()).collect();
                for option in options {
                    let value = |claim: &ProfileConclusion| claim.options.get(option).cloned();
                    say(option, value(from).as_deref(), value(to).as_deref());
                }
            }
            (from, to) => say("role", from.map(|it| it.edition.as_str()), to.map(|it| it.edition.as_str())),
        }
    }
    changes
}
