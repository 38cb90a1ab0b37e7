//! What of a plan follows from a claim, the catalogue and what the run was narrowed to, whatever the target has.
//! The plan is laid out by it and a recording is held against it; nothing here knows a target.

use super::named_sets;
use crate::engine::schedule::{self, LayoutError};
use crate::language::catalogue::Catalogue;
use crate::model::id::{CaseId, OptionId, Word};
use crate::model::plan::{CapabilityFacts, Dialect, Instance, PlannedClaim, Selection};
use crate::model::profile::Profile;
use crate::model::record::Parameters;
use crate::model::target::FhirVersion;
use crate::model::testcase::{Dialects, TestCase, Where};
use std::collections::BTreeMap;

/// The FHIR version that cast and bodies are written in; to send them to another would test nothing.
const BODIES: FhirVersion = FhirVersion::R4;

/// A claim, with all that decides besides the target what runs under it.
pub struct Fits<'a> {
    catalogue: &'a Catalogue,
    profile: &'a Profile,
    claim: &'a PlannedClaim,
    facts: &'a BTreeMap<Word, CapabilityFacts>,
    only: &'a Selection,
    parameters: &'a Parameters,
    sets: BTreeMap<Word, Vec<String>>,
}

/// Why a case does not run under a claim, whatever the target has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Its role is not claimed.
    Role,
    /// The run was narrowed to others, or another process takes it.
    NotSelected,
    /// It is about other options.
    RuledOut,
    /// It depends on an option that is not stated.
    Unstated(OptionId),
}

/// Why the instances of a case cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlaid {
    /// There are no bodies in the version of FHIR that is claimed.
    NoBodies(FhirVersion),
    /// What it ranges over is not there.
    Layout(LayoutError),
}

impl<'a> Fits<'a> {
    /// What is claimed of a profile; nothing if the catalogue does not have that.
    #[must_use]
    pub fn of(
        catalogue: &'a Catalogue,
        claim: &'a PlannedClaim,
        facts: &'a BTreeMap<Word, CapabilityFacts>,
        only: &'a Selection,
        parameters: &'a Parameters,
    ) -> Option<Self> {
        let profile = catalogue.profiles.get(&claim.profile)?;
        Some(Self { catalogue, profile, claim, facts, only, parameters, sets: named_sets(profile, facts) })
    }

    /// The cases of the profile, in the order in which they are planned.
    pub fn cases(&self) -> impl Iterator<Item = (&'a CaseId, &'a TestCase)> {
        let profile = self.claim.profile.as_str();
        self.catalogue.cases.iter().filter(move |(id, _)| id.standard() == profile)
    }

    /// The profile.
    #[must_use]
    pub const fn profile(&self) -> &'a Profile {
        self.profile
    }

    /// Its named sets, as far as they can be read from the capability statements.
    #[must_use]
    pub const fn sets(&self) -> &BTreeMap<Word, Vec<String>> {
        &self.sets
    }

    /// Why a case does not run, if that follows from the claim and from what the run was narrowed to.
    #[must_use]
    pub fn apart(&self, id: &CaseId, case: &TestCase) -> Option<Apart> {
        let position = || self.catalogue.cases.keys().position(|known| known == id);
        let of_part = || self.parameters.shard.is_none_or(|shard| position().is_some_and(|at| shard.takes(at)));
        if !self.claim.roles.contains(&case.role) {
            Some(Apart::Role)
        } else if !of_part() || !self.only.takes(&self.claim.profile, id, &case.role) {
            Some(Apart::NotSelected)
        } else if case.condition.as_ref().is_some_and(|condition| condition.is_ruled_out(&self.claim.options)) {
            Some(Apart::RuledOut)
        } else {
            self.unstated(case).map(Apart::Unstated)
        }
    }

    /// Every instance of a case, in order: each combination of its values in each of its dialects, if its condition holds
    /// there. Not one of them may be left out.
    ///
    /// # Errors
    /// When there are no bodies for it, or nothing that it ranges over.
    pub fn instances(&self, id: &CaseId, case: &TestCase) -> Result<Vec<Instance>, Unlaid> {
        let dialects = self.dialects().map_err(Unlaid::NoBodies)?;
        let wanted = match case.dialects {
            Dialects::First => 1,
            Dialects::Every => dialects.len(),
        };
        let each = schedule::combinations(&case.each, &self.sets, self.parameters).map_err(Unlaid::Layout)?;
        let each = schedule::reduced(each, case.reduce);
        let options = || self.claim.options.clone();
        let all = dialects.into_iter().take(wanted).flat_map(|dialect| {
            each.iter().map(move |values| Instance {
                case: id.clone(),
                dialect,
                each: values.clone(),
                options: options(),
            })
        });
        let holds = |one: &Instance| schedule::holds(case.condition.as_ref(), one, &one.each, &self.claim.roles);
        Ok(all.filter(holds).collect())
    }

    /// The dialects of the claim for which there are bodies, if the endpoint speaks one of them; else the first version
    /// for which there are none.
    ///
    /// A claim that does not fit the endpoint at all is left in: pre-flight has found that fault, and says what to change.
    fn dialects(&self) -> Result<Vec<Dialect>, FhirVersion> {
        let claimed = self.claim.dialects.clone();
        // A profile with an endpoint of its own brings no cast in through it, and has its bodies in the versions it names.
        let own = self.profile.endpoint.as_ref();
        let endpoint = own.map_or("fhir", |endpoint| endpoint.as_str());
        let spoken = self.facts.get(endpoint).and_then(|facts| facts.fhir_version.as_deref());
        let speaks = |dialect: &Dialect| spoken.is_none_or(|spoken| dialect.fhir.covers(spoken));
        let fits = claimed.iter().any(speaks);
        let (with_bodies, without): (Vec<Dialect>, Vec<Dialect>) = claimed
            .into_iter()
            .filter(|dialect| !fits || speaks(dialect))
            .partition(|d| own.is_some() || d.fhir == BODIES);
        match without.first() {
            Some(other) if with_bodies.is_empty() && fits => Err(other.fhir),
            _ if with_bodies.is_empty() => Ok(without),
            _ => Ok(with_bodies),
        }
    }

    /// An option that a case or what it verifies depends on, and that is not stated; which value it has is the
    /// condition's affair.
    fn unstated(&self, case: &TestCase) -> Option<OptionId> {
        let cited = |condition: &'a Where| condition.options.keys();
        let of = |id| self.catalogue.requirement(id).and_then(|(_, requirement)| requirement.condition.as_ref());
        let verified = case.verifies.iter().filter_map(of).flat_map(cited);
        let own = case.condition.iter().flat_map(|condition| condition.options.keys());
        own.chain(verified).find(|option| !self.claim.options.contains_key(option.as_str())).cloned()
    }
}
