//! What every rule asks for: the ids that exist, and where they were born.
//! Built once from what was read; holds no findings.

use crate::language::code::Code;
use crate::language::diagnostic::{Diagnostic, SourceFile};
use crate::language::load::{House, Parsed};
use crate::language::source::Region;
use crate::language::suggest;
use crate::model::cast::Patient;
use crate::model::id::CaseId;
use crate::model::profile::{Action, Profile, Requirement};
use crate::model::request::RequestSet;
use crate::model::testcase::{Step, TestCase};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Actions that belong to the language itself, with what they take.
pub(super) const OWN_ACTIONS: &[(&str, &str)] = &[("advance-clock", "by"), ("reach", "url")];
/// What their bindings are given: `by` as it is written, and the same in milliseconds.
pub(super) const OWN_INPUTS: &[(&str, &[&str])] = &[("advance-clock", &["by", "by-ms"]), ("reach", &["url"])];
/// Parties that are no cast members.
pub(super) const PARTIES: &[&str] = &["patient", "writer", "nonsense"];
/// Fields that every patient has.
pub(super) const FIELDS: &[&str] = &["id", "bsn", "family", "given", "birth-date"];
/// Words with a meaning of their own in placeholders.
pub(super) const RESERVED: &[&str] = &[
    "asked",
    "everyone",
    "fresh",
    "uuid",
    "option",
    "counterpart",
    "organisation",
    "time",
    "with",
    "never",
    "nonsense",
];

/// Everything that was read, by id.
pub(super) struct Ground<'h> {
    pub house: &'h House,
    pub profiles: BTreeMap<&'h str, &'h Parsed<Profile>>,
    pub actions: BTreeMap<&'h str, &'h Action>,
    pub patients: BTreeMap<&'h str, &'h Patient>,
    pub organisations: BTreeSet<&'h str>,
    pub sets: BTreeMap<&'h str, &'h Parsed<RequestSet>>,
    pub defects: BTreeSet<&'h str>,
    pub bodies: BTreeSet<&'h str>,
    pub schemas: BTreeSet<&'h str>,
}

impl<'h> Ground<'h> {
    pub fn new(house: &'h House) -> Self {
        let profiles: BTreeMap<_, _> = house.profiles.iter().map(|parsed| (parsed.value.id.as_str(), parsed)).collect();
        Self {
            house,
            actions: profiles
                .values()
                .flat_map(|parsed| &parsed.value.actions)
                .map(|action| (action.id.as_str(), action))
                .collect(),
            profiles,
            patients: house
                .casts
                .iter()
                .flat_map(|parsed| &parsed.value.patients)
                .map(|(id, patient)| (id.as_str(), patient))
                .collect(),
            organisations: house
                .casts
                .iter()
                .flat_map(|parsed| parsed.value.organisations.keys())
                .map(|id| id.as_str())
                .collect(),
            sets: house.sets.iter().map(|(_, parsed)| (parsed.value.id.as_str(), parsed)).collect(),
            defects: house
                .defects
                .iter()
                .flat_map(|(_, parsed)| &parsed.value.defects)
                .map(|defect| defect.id.as_str())
                .collect(),
            bodies: house.bodies.iter().filter(|body| !body.schema).map(|body| body.name.as_str()).collect(),
            schemas: house.bodies.iter().filter(|body| body.schema).map(|body| body.name.as_str()).collect(),
        }
    }

    /// The cases of which every item was read.
    pub fn cases(&self) -> impl Iterator<Item = (&'h CaseId, &'h Parsed<TestCase>)> {
        self.house.cases.iter().filter(|(_, parsed)| parsed.whole).map(|(id, parsed)| (id, parsed))
    }

    /// The steps of those, each with its case and the way to it.
    pub fn steps(&self) -> impl Iterator<Item = StepAt<'h>> {
        self.cases().flat_map(|(id, parsed)| {
            parsed.value.steps.iter().enumerate().map(move |(index, step)| StepAt { id, parsed, index, step })
        })
    }

    /// The requirement of this id, `profile/code`.
    pub fn requirement(&self, id: &str) -> Option<(&'h Profile, &'h Requirement)> {
        let (profile, code) = id.split_once('/')?;
        let profile = &self.profiles.get(profile)?.value;
        Some((profile, profile.requirements.iter().find(|requirement| requirement.id.as_str() == code)?))
    }

    /// Whether a file that was not read wholly names this; then nothing is said of its absence.
    pub fn doubted(&self, id: &str) -> bool {
        let id = id.rsplit('/').next().unwrap_or(id);
        self.house.broken.iter().any(|source| source.text.contains(id))
    }

    /// Whether everything was read, so that one can say what nobody cites.
    pub fn complete(&self) -> bool {
        self.house.broken.is_empty()
    }

    /// Says that something is not known, unless it may stand in a file that was not read.
    pub fn unknown<'c>(
        &self,
        found: &mut Vec<Diagnostic>,
        code: Code,
        place: (&Arc<SourceFile>, Region),
        said: (&str, String),
        known: impl IntoIterator<Item = &'c str>,
    ) {
        let (id, message) = said;
        if self.doubted(id) {
            return;
        }
        found.push(Diagnostic::at(code, place.0, place.1, message).label("cited here").help(suggest::help(id, known)));
    }

    /// The field names that this patient has beside the common ones; those of all for `None`.
    pub fn fields(&self, patient: Option<&str>) -> BTreeSet<&'h str> {
        let mut fields: BTreeSet<&'h str> = FIELDS.iter().copied().collect();
        for (id, member) in &self.patients {
            if let Patient::Record(record) = self.origin(member)
                && patient.is_none_or(|patient| patient == *id)
            {
                fields.extend(record.fields.keys().map(|field| field.as_str()));
            }
        }
        fields
    }

    /// The groups of canaries that are planted in this patient's record.
    pub fn groups(&self, patient: &str) -> BTreeSet<String> {
        let mut groups = BTreeSet::from(["identity".to_owned()]);
        if let Some(Patient::Record(record)) = self.patients.get(patient).map(|member| self.origin(member)) {
            for body in self.house.bodies.iter().filter(|body| body.name == record.fixture) {
                for after in body.source.text.split("{{canary.").skip(1) {
                    groups.extend(after.split("}}").next().map(str::to_owned));
                }
            }
        }
        groups
    }

    /// What a twin is a twin of; anything else is its own.
    fn origin(&self, patient: &'h Patient) -> &'h Patient {
        match patient {
            Patient::Twin(twin) => self.patients.get(twin.of.as_str()).copied().unwrap_or(patient),
            Patient::Record(_) | Patient::Never => patient,
        }
    }
}

/// One step with its surroundings.
#[derive(Clone, Copy)]
pub(super) struct StepAt<'h> {
    pub id: &'h CaseId,
    pub parsed: &'h Parsed<TestCase>,
    pub index: usize,
    pub step: &'h Step,
}

impl<'h> StepAt<'h> {
    pub fn case(&self) -> &'h TestCase {
        &self.parsed.value
    }

    pub fn source(&self) -> &'h Arc<SourceFile> {
        &self.parsed.source
    }

    /// The way to something in this step.
    pub fn way(&self, below: &str) -> String {
        format!("steps/{}/{below}", self.index)
    }

    /// Where something in this step stands.
    pub fn region(&self, below: &str) -> Region {
        self.parsed.tree.region(&self.way(below))
    }

    /// Where the step's name stands.
    pub fn name_region(&self) -> Region {
        ["given", "control", "around", "step"]
            .iter()
            .find_map(|head| self.parsed.tree.find(&self.way(head)))
            .map_or_else(|| self.region(""), |node| node.region)
    }

    /// A finding at something in this step.
    pub fn finding(&self, code: Code, below: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(code, self.source(), self.region(below), message)
    }
}

/// Says that ids stand twice; each comes with the file and region where it stands.
pub(super) fn duplicates<'a>(
    found: &mut Vec<Diagnostic>,
    kind: &str,
    ids: impl IntoIterator<Item = (String, &'a Arc<SourceFile>, Region)>,
) {
    let mut seen: BTreeMap<String, (&Arc<SourceFile>, Region)> = BTreeMap::new();
    for (id, source, region) in ids {
        match seen.get(&id) {
            Some((first, at)) => found.push(
                Diagnostic::at(Code::DuplicateId, source, region, format!("a second {kind} `{id}`"))
                    .label("and here again")
                    .related(first, *at, "the first is here"),
            ),
            None => {
                seen.insert(id, (source, region));
            }
        }
    }
}
