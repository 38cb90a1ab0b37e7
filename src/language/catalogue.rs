//! The catalogue: every profile, case, request set, cast member and defect, loaded and linted.
//! It exists only when loading and linting found no error; nothing after it has to doubt an id.

use super::lint::claim;
use crate::model::cast::{Cast, Numbers};
use crate::model::defect::{ClaimSet, Defect, ReferenceClaims};
use crate::model::demand::Stated;
use crate::model::id::{ActionId, CaseId, DefectId, ProfileId, RequestSetId, RequirementId, Word};
use crate::model::profile::Choices;
use crate::model::profile::{Action, Profile, Requirement};
use crate::model::request::RequestSet;
use crate::model::target::{FhirVersion, Format};
use crate::model::testcase::TestCase;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that is judged with.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Profiles by id; one edition of each.
    pub profiles: BTreeMap<ProfileId, Profile>,
    /// Cases by id.
    pub cases: BTreeMap<CaseId, TestCase>,
    /// Request sets by id.
    pub sets: BTreeMap<RequestSetId, RequestSet>,
    /// All cast files as one cast.
    pub cast: Cast,
    /// The numbers that synthetic people may bear.
    pub numbers: Numbers,
    /// Defects by id, each with the profile that declares it.
    pub defects: BTreeMap<DefectId, (ProfileId, Defect)>,
    /// What civil-rights texts ask, in the order of the file; empty where there is no such file.
    pub demands: Vec<Stated>,
    /// The claims under which the reference is run.
    pub reference: ReferenceClaims,
    /// Every file it was made from, by path with `/`, as it stood: `profiles/…`, `testcases/…`.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// SHA-256 over the sorted paths and the SHA-256 of each file, in hexadecimal.
    pub digest: String,
}

impl Catalogue {
    /// The requirement of this id, with its profile.
    #[must_use]
    pub fn requirement(&self, id: &RequirementId) -> Option<(&Profile, &Requirement)> {
        let profile = self.profiles.get(id.profile())?;
        let requirement = profile.requirements.iter().find(|requirement| profile.id_of(requirement) == *id)?;
        Some((profile, requirement))
    }

    /// Whether a case is run under these claims of the reference: it applies, and the set does not leave it out.
    #[must_use]
    pub fn runs(&self, id: &CaseId, set: &ClaimSet) -> bool {
        let profiles: Vec<&Profile> = self.profiles.values().collect();
        let applies = |case: &TestCase| claim::runs(&profiles, id, case, &set.claims);
        set.takes(id) && self.cases.get(id).is_some_and(applies)
    }

    /// The action of this id, whichever profile it is born in.
    #[must_use]
    pub fn action(&self, id: &ActionId) -> Option<&Action> {
        self.profiles.values().flat_map(|profile| &profile.actions).find(|action| action.id == *id)
    }

    /// What walks of this case draw from, by the name under which its profile has it.
    #[must_use]
    pub fn choices(&self, case: &CaseId, name: &Word) -> Option<&Choices> {
        let profile = self.profiles.iter().find(|(id, _)| id.as_str() == case.standard())?.1;
        profile.choices.get(name)
    }

    /// The bytes of a body file for this FHIR version and format.
    #[must_use]
    pub fn body(&self, name: &Word, fhir: FhirVersion, format: Format) -> Option<&[u8]> {
        let path = format!("testcases/bodies/{name}.{}.{}", fhir.as_str(), format.as_str());
        self.files.get(&path).map(AsRef::as_ref)
    }

    /// The bytes of a JSON Schema that cases cite.
    #[must_use]
    pub fn schema(&self, name: &Word) -> Option<&[u8]> {
        self.files.get(&format!("testcases/bodies/{name}.schema.json")).map(AsRef::as_ref)
    }
}
