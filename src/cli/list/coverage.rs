//! Requirements by cases by defects: what is shown to be able to fail, and what nothing shows.
//! Reads the catalogue only; whether a defect is really killed is for `prove`.

use super::{Row, texts, word};
use crate::language::catalogue::Catalogue;
use crate::model::id::{CaseId, RequirementId, Role};
use crate::model::profile::{Profile, Requirement, Verification};
use crate::model::testcase::TestCase;
use crate::model::text::Bilingual;
use serde_json::json;
use std::collections::BTreeSet;

/// Every requirement with what verifies it.
pub fn requirements(catalogue: &Catalogue) -> Vec<Row> {
    let all = catalogue.profiles.values().flat_map(|profile| profile.requirements.iter().map(move |r| (profile, r)));
    all.map(|(profile, requirement)| row(catalogue, profile, requirement)).collect()
}

/// A profile with how many of its requirements are verified in which way.
pub fn of_profile(catalogue: &Catalogue, profile: &Profile, mut row: Row) -> Row {
    let (mut tested, mut attested, mut not_yet) = (0, 0, 0);
    for requirement in &profile.requirements {
        match &requirement.verification {
            Verification::Test if verifying(catalogue, &profile.id_of(requirement)).next().is_some() => tested += 1,
            Verification::Test | Verification::NotYet(_) => not_yet += 1,
            Verification::Attestation(_) => attested += 1,
        }
    }
    row.words.push(format!("tested={tested}"));
    row.words.push(format!("attestation={attested}"));
    row.words.push(format!("not-yet={not_yet}"));
    row.more.insert("tested".to_owned(), json!(tested));
    row.more.insert("attestation".to_owned(), json!(attested));
    row.more.insert("not-yet".to_owned(), json!(not_yet));
    row
}

fn row(catalogue: &Catalogue, profile: &Profile, requirement: &Requirement) -> Row {
    let id = profile.id_of(requirement);
    let (verification, depth) = (kind(&requirement.verification), word(&requirement.depth));
    let (obligation, severity) = (word(&requirement.obligation), word(&requirement.severity));
    let cases: Vec<_> = verifying(catalogue, &id).collect();
    let mut row = Row::of(
        &id,
        vec![obligation.clone(), severity.clone(), verification.to_owned(), depth.clone()],
        &requirement.text,
    )
    .list("cases", texts(cases.iter().map(|(name, _)| name)))
    .list("defects", killed(&cases));
    row.reason = untested(requirement, &cases);
    let matrix: Vec<_> = cases
        .iter()
        .map(|(name, case)| json!({ "case": name.to_string(), "role": case.role.to_string(), "defects": texts(&case.kills) }))
        .collect();
    for (name, value) in [
        ("obligation", json!(obligation)),
        ("severity", json!(severity)),
        ("roles", json!(texts(&requirement.roles))),
        ("verification", json!(verification)),
        ("depth", json!(depth)),
        ("tested", json!(!cases.is_empty())),
        ("matrix", json!(matrix)),
    ] {
        row.more.insert(name.to_owned(), value);
    }
    row
}

/// The cases that verify a requirement.
pub fn verifying<'a>(
    catalogue: &'a Catalogue,
    id: &RequirementId,
) -> impl Iterator<Item = (&'a CaseId, &'a TestCase)> + use<'a> {
    let id = id.clone();
    catalogue.cases.iter().filter(move |(_, case)| case.verifies.contains(&id))
}

/// The defects that these cases kill, each once.
pub fn killed(cases: &[(&CaseId, &TestCase)]) -> Vec<String> {
    let all: BTreeSet<String> = cases.iter().flat_map(|(_, case)| texts(&case.kills)).collect();
    all.into_iter().collect()
}

/// The word for how a requirement is verified.
const fn kind(verification: &Verification) -> &'static str {
    match verification {
        Verification::Test => "test",
        Verification::Attestation(_) => "attestation",
        Verification::NotYet(_) => "not-yet",
    }
}

/// Why a requirement has no case, or none for one of its roles.
pub fn untested(requirement: &Requirement, cases: &[(&CaseId, &TestCase)]) -> Option<Bilingual> {
    match &requirement.verification {
        Verification::Attestation(attestation) => Some(Bilingual {
            nl: format!("verklaring met bewijs: {}", attestation.because.nl),
            en: format!("statement with evidence: {}", attestation.because.en),
        }),
        Verification::NotYet(not_yet) => Some(Bilingual {
            nl: format!("nog geen testgeval: {}", not_yet.because.nl),
            en: format!("no case yet: {}", not_yet.because.en),
        }),
        Verification::Test => {
            let without = |role: &&Role| !cases.iter().any(|(_, case)| case.role == **role);
            let roles: Vec<String> = texts(requirement.roles.iter().filter(without));
            (!roles.is_empty()).then(|| Bilingual {
                nl: format!("geen testgeval voor de rol {}", roles.join(", ")),
                en: format!("no case for the role {}", roles.join(", ")),
            })
        }
    }
}
