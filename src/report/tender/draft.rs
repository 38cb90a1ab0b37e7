//! A tender file to the published tender: every requirement that follows from it, and what it is in this tender.

use crate::language::catalogue::Catalogue;
use crate::language::tender::{DAY, excluded};
use crate::model::digest;
use crate::model::id::Role;
use crate::model::profile::{Obligation, Profile, Requirement, Severity, Verification};
use crate::model::report::Said;
use crate::model::tender::{
    Condition, DemandKind, Demanded, Minimum, MinimumKind, OptionDemand, RequirementDemand, RoleDemand, Tender,
    TenderFile,
};
use crate::model::text::Bilingual;
use crate::report::build::effective;
use crate::report::words::both;

/// The published tender; `today` stands in it if the file names no day of its own.
#[must_use]
pub fn draw_up(file: &TenderFile, catalogue: &Catalogue, today: Option<String>) -> Tender {
    let mut environments = file.environments.clone();
    environments.sort_unstable();
    environments.dedup();
    let roles = |demanded| roles(catalogue, demanded);
    Tender {
        format: 1,
        title: said(&file.title),
        buyer: file.buyer.clone(),
        issued: file.issued.clone().or(today),
        deadline: file.deadline.clone(),
        // The file was read: it is a number of days that fits.
        no_older_than_days: u32::try_from(file.no_older_than.as_millis() / DAY).unwrap_or(u32::MAX),
        environments,
        challenge: file.challenge.clone(),
        judge: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: catalogue.digest.clone(),
        demands: file.profiles.iter().flat_map(roles).collect(),
    }
}

fn said(text: &Bilingual) -> Said {
    both(text.nl.clone(), text.en.clone())
}

fn roles(catalogue: &Catalogue, demanded: &Demanded) -> Vec<RoleDemand> {
    let Some(profile) = catalogue.profiles.get(&demanded.profile) else { return Vec::new() };
    let of_role = |role: &Role| RoleDemand {
        profile: profile.id.to_string(),
        edition: profile.edition.clone(),
        digest: digest(catalogue, profile),
        title: said(&profile.title),
        fhir: profile.fhir,
        role: role.to_string(),
        options: options(profile, demanded),
        minimum: match demanded.minimum {
            Minimum::Conformant => MinimumKind::Conformant,
            Minimum::Musts(_) => MinimumKind::Listed,
        },
        requirements: profile
            .requirements
            .iter()
            .filter(|requirement| requirement.roles.contains(role))
            .filter_map(|requirement| demand(catalogue, profile, requirement, demanded))
            .collect(),
    };
    demanded.roles.iter().map(of_role).collect()
}

/// SHA-256 of the profile's file; every profile of a catalogue was read from one.
fn digest(catalogue: &Catalogue, profile: &Profile) -> String {
    let path = format!("profiles/{}/{}/profile.yaml", profile.id, profile.edition);
    catalogue.files.get(&path).map(|bytes| digest::digest(bytes)).unwrap_or_default()
}

fn options(profile: &Profile, demanded: &Demanded) -> Vec<OptionDemand> {
    let demand = |(id, value): (&crate::model::id::OptionId, &String)| {
        let option = profile.options.iter().find(|option| option.id == *id)?;
        Some(OptionDemand {
            id: id.to_string(),
            title: said(&option.title),
            value: value.clone(),
            at_most: option.default.is_some(),
        })
    };
    demanded.options.iter().filter_map(demand).collect()
}

fn demand(
    catalogue: &Catalogue,
    profile: &Profile,
    requirement: &Requirement,
    demanded: &Demanded,
) -> Option<RequirementDemand> {
    if excluded(requirement, demanded).is_some() {
        return None;
    }
    let id = profile.id_of(requirement);
    let in_effect = effective(catalogue, &id, requirement);
    let listed = matches!(&demanded.minimum, Minimum::Musts(musts) if musts.contains(&id));
    let kind = kind(requirement, in_effect, demanded, listed, demanded.wishes.contains(&id))?;
    let (because, asks) = match &requirement.verification {
        Verification::Test => (None, None),
        Verification::NotYet(why) => (Some(said(&why.because)), None),
        Verification::Attestation(why) => (Some(said(&why.because)), Some(said(&why.asks))),
    };
    Some(RequirementDemand {
        text: said(&requirement.text),
        group: requirement
            .group
            .as_ref()
            .and_then(|group| profile.groups.iter().find(|known| known.id == *group))
            .map(|group| said(&group.title)),
        obligation: requirement.obligation,
        effective: in_effect,
        severity: requirement.severity,
        depth: requirement.depth,
        kind,
        named: listed && kind == DemandKind::Minimum,
        applies_with: conditions(profile, requirement, demanded),
        because,
        asks,
        id,
    })
}

/// What a requirement is in this tender; nothing if the tender says nothing of it.
fn kind(
    requirement: &Requirement,
    in_effect: Obligation,
    demanded: &Demanded,
    listed: bool,
    wished: bool,
) -> Option<DemandKind> {
    let whole = demanded.minimum == Minimum::Conformant;
    let must = in_effect == Obligation::Must;
    if requirement.verification != Verification::Test {
        return (whole && requirement.obligation == Obligation::Must).then_some(DemandKind::Question);
    }
    // Nobody but the patient could do without a MUST of severity I, whatever the list says.
    if must && (whole || listed || requirement.severity == Severity::I) {
        return Some(DemandKind::Minimum);
    }
    // A MUST whose expected values rest on no source that was read excludes nobody, and is shown as what it is.
    let lowered = requirement.obligation == Obligation::Must && !must && whole;
    (lowered || listed || wished).then_some(DemandKind::Wish)
}

/// The options on which it depends whether a requirement applies, as far as the tender leaves them open.
fn conditions(profile: &Profile, requirement: &Requirement, demanded: &Demanded) -> Vec<Condition> {
    let cited = requirement.condition.iter().flat_map(|condition| &condition.options);
    cited
        .filter(|(id, _)| !demanded.options.contains_key(*id))
        .filter_map(|(id, values)| {
            let option = profile.options.iter().find(|option| option.id == *id)?;
            Some(Condition {
                option: id.to_string(),
                title: said(&option.title),
                values: values.clone(),
                all: option.values.clone(),
            })
        })
        .collect()
}
