//! The plan as a pure function: what will run and, for every other case of a claimed profile, why not.
//! It contacts nothing; what it needs to know of the target was read in pre-flight.

pub mod fits;
mod reads;

use self::fits::{Apart, Fits, Unlaid};
use self::reads::reads_only;
use crate::engine::body;
use crate::engine::draw;
use crate::engine::schedule::{self, LayoutError, Needs, Stage};
use crate::language::catalogue::Catalogue;
use crate::model::cast::Choice;
use crate::model::counterpart::Counterpart;
use crate::model::id::{ActionId, CaseId, MemberId, OptionId, Word};
use crate::model::plan::{CapabilityFacts, Dialect, Instance, LeftOut, Plan, PlannedClaim, Selection};
use crate::model::profile::{Capability, NamedSet, Profile};
use crate::model::record::Parameters;
use crate::model::target::{Binding, CastMeans, Claim, Credential, Environment, Target};
use crate::model::testcase::{TestCase, Where};
use crate::model::verdict::{Fault, Gap, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// What the plan must know besides catalogue and target.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// What was read from capability statements, by endpoint.
    pub facts: BTreeMap<Word, CapabilityFacts>,
    /// Why endpoints could not be reached; what they declare is then not known.
    pub faults: BTreeMap<Word, Fault>,
    /// What the run is narrowed to.
    pub selection: Selection,
    /// Whether programs of the target file may be started.
    pub allow_exec: bool,
    /// Whether an operator can be asked.
    pub operator: bool,
    /// The day (ISO 8601), for authorisations that end.
    pub today: String,
}

/// Lays out the run.
#[must_use]
pub fn plan(catalogue: &Catalogue, target: &Target, known: &Circumstances, parameters: &Parameters) -> Plan {
    let mut plan = Plan {
        claims: target.claims.iter().filter_map(|claim| planned_claim(catalogue, claim)).collect(),
        facts: known.facts.clone(),
        instances: Vec::new(),
        left_out: Vec::new(),
        cast: BTreeMap::new(),
        selection: known.selection.narrows() || parameters.shard.is_some(),
        only: known.selection.clone(),
    };
    for claim in plan.claims.clone() {
        let Some(fits) = Fits::of(catalogue, &claim, &known.facts, &known.selection, parameters) else { continue };
        let planner = Planner { catalogue, target, known, parameters, fits: &fits, claim: &claim };
        for (id, case) in fits.cases() {
            match planner.case(id, case) {
                Ok(laid_out) => {
                    for (instance, needs) in laid_out {
                        planner.add_cast(&mut plan.cast, &needs);
                        plan.instances.push(instance);
                    }
                }
                Err((outcome, detail)) => plan.left_out.push(LeftOut { case: id.clone(), outcome, detail }),
            }
        }
    }
    plan
}

/// A claim with its options resolved: stated, or the default of a length of time.
fn planned_claim(catalogue: &Catalogue, claim: &Claim) -> Option<PlannedClaim> {
    let profile = catalogue.profiles.get(&claim.profile)?;
    let mut options = claim.options.clone();
    for option in &profile.options {
        if let Some(default) = option.default {
            options.entry(option.id.clone()).or_insert_with(|| default.to_string());
        }
    }
    let dialects = claim
        .fhir
        .iter()
        .flat_map(|fhir| claim.format.iter().map(move |format| Dialect { fhir: *fhir, format: *format }))
        .collect();
    Some(PlannedClaim {
        profile: claim.profile.clone(),
        edition: profile.edition.clone(),
        roles: claim.roles.clone(),
        dialects,
        options,
    })
}

/// Operations on one patient that servers have, of FHIR and of suppliers; looked for where they are not declared.
const OPERATIONS: [&str; 9] =
    ["everything", "summary", "patient-summary", "export", "ccda", "dossier", "get-record", "patient-record", "all"];
/// Types of clinical data that are searched by patient.
const TYPES: [&str; 14] = [
    "AllergyIntolerance",
    "Basic",
    "CarePlan",
    "Composition",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Flag",
    "Immunization",
    "List",
    "MedicationRequest",
    "Observation",
    "Procedure",
];

/// The named sets of a profile, as far as they can be read from these capability statements.
#[must_use]
pub fn named_sets(profile: &Profile, facts: &BTreeMap<Word, CapabilityFacts>) -> BTreeMap<Word, Vec<String>> {
    let read = facts.get("fhir").map(|facts| &facts.search);
    let types = |wanted: &dyn Fn(&BTreeMap<String, String>) -> bool| {
        read.into_iter().flatten().filter(|(_, params)| wanted(params)).map(|(kind, _)| kind.clone()).collect()
    };
    // Of a target without capability statement nothing can be said to be undeclared.
    let has_statement = read.is_some_and(|read| !read.is_empty());
    let with = |interaction: &str| {
        let types = facts.get("fhir").and_then(|facts| facts.interactions.get(interaction));
        types.cloned().unwrap_or_default()
    };
    profile
        .sets
        .iter()
        .map(|(name, set)| {
            let words = match set {
                NamedSet::Capability(Capability::CreateTypes) => with("create"),
                NamedSet::Capability(Capability::UpdateTypes) => with("update"),
                NamedSet::Capability(Capability::DeleteTypes) => with("delete"),
                NamedSet::Words(words) => words.clone(),
                NamedSet::Capability(Capability::SearchTypes) => types(&|_| true),
                NamedSet::Capability(Capability::PatientSearchTypes) => {
                    types(&|params| params.get("patient").is_some_and(|kind| kind == "reference"))
                }
                NamedSet::Capability(Capability::UndeclaredOperations) => {
                    let declared = facts.get("fhir").map(|facts| &facts.operations);
                    let absent = |name: &&&str| declared.is_none_or(|declared| !declared.contains(**name));
                    OPERATIONS.iter().filter(|_| has_statement).filter(absent).map(|name| format!("/${name}")).collect()
                }
                NamedSet::Capability(Capability::UndeclaredTypes) => {
                    let absent = |kind: &&&str| read.is_none_or(|read| !read.contains_key(**kind));
                    TYPES.iter().filter(|_| has_statement).filter(absent).map(|kind| (*kind).to_owned()).collect()
                }
                NamedSet::Capability(Capability::SearchParameters) => read
                    .into_iter()
                    .flatten()
                    .flat_map(|(kind, params)| {
                        params
                            .iter()
                            // `_sort`, `_include` and the like steer an answer; no value of a type can be made for them.
                            .filter(|(name, _)| {
                                !name.starts_with('_') || matches!(name.as_str(), "_id" | "_lastUpdated")
                            })
                            .filter(|(_, of)| matches!(of.as_str(), "string" | "token" | "date" | "reference"))
                            .map(move |(name, _)| format!("{kind}?{name}"))
                    })
                    .collect(),
            };
            (name.clone(), words)
        })
        .collect()
}

/// Whether this URL leads to the machine itself.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

type Refusal = (Outcome, String);

fn gap(gap: Gap, detail: impl Into<String>) -> Refusal {
    (Outcome::NotTested(gap), detail.into())
}

struct Planner<'a> {
    catalogue: &'a Catalogue,
    target: &'a Target,
    known: &'a Circumstances,
    parameters: &'a Parameters,
    fits: &'a Fits<'a>,
    claim: &'a PlannedClaim,
}

impl Planner<'_> {
    /// The instances of a case with what each needs, or why it does not run.
    fn case(&self, id: &CaseId, case: &TestCase) -> Result<Vec<(Instance, Needs)>, Refusal> {
        let none = || (Outcome::NotApplicable, "no combination applies to this claim".to_owned());
        match self.fits.apart(id, case) {
            None => {}
            Some(Apart::Role) => return Err((Outcome::NotApplicable, format!("role {}", case.role))),
            Some(Apart::NotSelected) => return Err(gap(Gap::NotSelected, "")),
            Some(Apart::RuledOut) => return Err(none()),
            Some(Apart::Unstated(option)) => return Err(gap(Gap::OptionNotStated, option.to_string())),
        }
        let instances = self.fits.instances(id, case).map_err(|unlaid| match unlaid {
            Unlaid::NoBodies(fhir) => gap(Gap::NotYet, format!("fhir: {}", fhir.as_str())),
            Unlaid::Layout(error) => self.layout_gap(error),
        })?;
        let stage = Stage {
            catalogue: self.catalogue,
            parameters: self.parameters,
            roles: &self.claim.roles,
            sets: self.fits.sets(),
            facts: &self.known.facts,
        };
        let mut all = Vec::new();
        for instance in instances {
            let moves = schedule::moves(&stage, case, &instance, 0).map_err(|error| self.layout_gap(error))?;
            let needs = schedule::needs(self.catalogue, &moves);
            self.can_be_had(case, &needs)?;
            self.writable(instance.dialect, &needs)?;
            if let Some(step) = step_without_moves(case, &moves) {
                return Err(gap(Gap::NoRequest, step.to_string()));
            }
            all.push((instance, needs));
        }
        if all.is_empty() {
            return Err(none());
        }
        Ok(all)
    }

    /// Whether every body of a case can be written in this dialect: what cannot is no supplier's failure, so that nothing
    /// is sent.
    fn writable(&self, dialect: Dialect, needs: &Needs) -> Result<(), Refusal> {
        for (fixture, content_type) in &needs.fixtures {
            let form = body::form(dialect, content_type.as_deref());
            body::writable(self.catalogue, fixture, form)
                .map_err(|error| gap(Gap::Format, format!("{}: {error}", fixture.name)))?;
        }
        Ok(())
    }

    /// A set that could not be read for want of the endpoint is not an empty one.
    fn layout_gap(&self, error: LayoutError) -> Refusal {
        match error {
            LayoutError::EmptySet(set) => match self.known.faults.get("fhir") {
                Some(fault) => (Outcome::ConfigError(*fault), set),
                None => gap(Gap::NoRequest, set),
            },
            LayoutError::NoOption(option) => gap(Gap::OptionNotStated, option.to_string()),
            LayoutError::NoSet(set) => gap(Gap::NoRequest, set.to_string()),
        }
    }

    fn can_be_had(&self, case: &TestCase, needs: &Needs) -> Result<(), Refusal> {
        self.allowed(case, needs)?;
        if needs.own_client && self.target.own_client.is_empty() {
            return Err(gap(Gap::NoRequest, "own-client"));
        }
        if needs.certificates && !self.target.counterparts.as_ref().is_some_and(|at| at.secure) {
            return Err(gap(Gap::NoEndpoint, "counterparts.secure"));
        }
        self.heard(needs)?;
        if let Some(missing) = needs.endpoints.iter().find(|name| !self.target.endpoints.contains_key(name.as_str())) {
            return Err(gap(Gap::NoEndpoint, missing));
        }
        if let Some(missing) = needs.samples.iter().find(|name| !self.target.samples.contains_key(*name)) {
            return Err(gap(Gap::NoRequest, format!("samples.{missing}")));
        }
        for party in &needs.parties {
            self.party(party, needs)?;
        }
        let opening = self.opening_action(needs);
        for action in needs.actions.iter().chain(opening.as_ref()) {
            self.bound(action)?;
            if let Some(undo) = self.catalogue.action(action).and_then(|action| action.undo.as_ref()) {
                // Opening the cast is not taken back: the patient itself is removed.
                if Some(action) != opening.as_ref() {
                    self.bound(undo)?;
                }
            }
        }
        if let CastMeans::Preloaded(patients) = &self.target.cast
            && let Some(missing) = needs.patients.iter().find(|member| !patients.contains_key(*member))
        {
            return Err(gap(Gap::NoCast, missing.to_string()));
        }
        if matches!(self.target.cast, CastMeans::Fixture(_)) && !self.known.allow_exec && !needs.patients.is_empty() {
            return Err(gap(Gap::NotAuthorised, "cast: --allow-exec"));
        }
        if self.target.cast == CastMeans::Fhir && !needs.patients.is_empty() {
            if !self.target.endpoints.contains_key("fhir") {
                return Err(gap(Gap::NoEndpoint, "fhir"));
            }
            self.party(&writer(), needs)?;
        }
        Ok(())
    }

    /// Whether the target could call the counterparts that a case needs.
    fn heard(&self, needs: &Needs) -> Result<(), Refusal> {
        let Some(first) = needs.counterparts.first() else { return Ok(()) };
        let Some(at) = &self.target.counterparts else {
            // A target on this machine reaches us by itself, but no facility is in its configuration.
            let here = self.target.endpoints.values().all(|url| is_loopback(url));
            return match needs.counterparts.iter().find(|one| one.is_facility()) {
                Some(facility) => Err(gap(Gap::NoEndpoint, format!("counterparts.facilities.{facility}"))),
                None if here => Ok(()),
                None => Err(gap(Gap::NoEndpoint, format!("counterparts ({first})"))),
            };
        };
        let missing = |one: &&Counterpart| one.is_facility() && !at.facilities.contains_key(one.as_str());
        match needs.counterparts.iter().find(missing) {
            Some(facility) => Err(gap(Gap::NoEndpoint, format!("counterparts.facilities.{facility}"))),
            None => Ok(()),
        }
    }

    fn party(&self, party: &MemberId, needs: &Needs) -> Result<(), Refusal> {
        if party.as_str() == "nonsense" {
            return Ok(());
        }
        match self.target.credentials.get(party) {
            None => Err(gap(Gap::NoCredential, party.to_string())),
            Some(Credential::ClientCredentials(client)) => {
                if !self.target.endpoints.contains_key(client.endpoint.as_str()) {
                    return Err(gap(Gap::NoEndpoint, client.endpoint.to_string()));
                }
                if needs.patient_tokens.contains(party) && client.parameters.patient.is_none() {
                    return Err(gap(Gap::NoCredential, format!("{party}: parameters.patient")));
                }
                if needs.purpose_tokens.contains(party) && client.parameters.purpose.is_none() {
                    return Err(gap(Gap::NoCredential, format!("{party}: parameters.purpose")));
                }
                Ok(())
            }
            Some(Credential::None | Credential::Bearer(_) | Credential::Basic(_)) => {
                if needs.patient_tokens.contains(party) || needs.purpose_tokens.contains(party) {
                    return Err(gap(Gap::NoCredential, format!("{party}: client-credentials")));
                }
                Ok(())
            }
        }
    }

    fn bound(&self, action: &ActionId) -> Result<(), Refusal> {
        match self.target.bindings.get(action) {
            None => Err(gap(Gap::NoBinding, action.to_string())),
            Some(Binding::Exec(_)) if !self.known.allow_exec => {
                Err(gap(Gap::NotAuthorised, format!("{action}: --allow-exec")))
            }
            Some(Binding::Manual(_)) if !self.known.operator => Err(gap(Gap::NoOperator, action.to_string())),
            Some(Binding::FhirConsent(consent)) if !self.target.credentials.contains_key(&consent.party) => {
                Err(gap(Gap::NoCredential, format!("{} ({action})", consent.party)))
            }
            Some(Binding::Http(http)) => match &http.party {
                Some(party) if !self.target.credentials.contains_key(party) => {
                    Err(gap(Gap::NoCredential, format!("{party} ({action})")))
                }
                _ => Ok(()),
            },
            Some(Binding::FhirConsent(_) | Binding::Exec(_) | Binding::Manual(_)) => Ok(()),
        }
    }

    /// The action by which members with an open choice become available under this claim, if one is needed.
    fn opening_action(&self, needs: &Needs) -> Option<ActionId> {
        let opens = needs.patients.iter().any(|member| choice_of(self.catalogue, member) == Some(Choice::Open));
        if !opens || matches!(self.target.cast, CastMeans::Preloaded(_) | CastMeans::Fixture(_)) {
            return None;
        }
        opening_action(self.fits.profile(), &self.claim.options)
    }

    /// What the authorisation allows.
    fn allowed(&self, case: &TestCase, needs: &Needs) -> Result<(), Refusal> {
        let remote = self.target.endpoints.values().any(|url| !is_loopback(url));
        match &self.target.authorisation {
            None if remote => {
                let anonymous = needs.parties.is_empty() && needs.actions.is_empty() && needs.patients.is_empty();
                if anonymous && reads_only(self.catalogue, case) {
                    Ok(())
                } else {
                    Err(gap(Gap::NotAuthorised, "authorisation"))
                }
            }
            Some(given) if given.until < self.known.today => {
                Err(gap(Gap::NotAuthorised, format!("authorisation.until: {}", given.until)))
            }
            Some(given) if given.environment == Environment::Production => {
                let hostile = case.steps.iter().any(|step| step.verb.is_hostile());
                let changes = !needs.changes.is_empty() || !reads_only(self.catalogue, case);
                if hostile || changes || self.target.cast == CastMeans::Fhir {
                    Err(gap(Gap::Production, ""))
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    fn add_cast(&self, cast: &mut BTreeMap<MemberId, Vec<Word>>, needs: &Needs) {
        let mut bases: BTreeSet<Word> = needs
            .endpoints
            .iter()
            .filter(|name| *name == "fhir" || name.starts_with("fhir-"))
            .filter_map(|name| name.parse().ok())
            .collect();
        // Whom something is done for stands where records are, also if nothing is asked there.
        if bases.is_empty() && self.target.endpoints.contains_key("fhir") {
            bases.extend("fhir".parse::<Word>());
        }
        for member in &needs.patients {
            let places = cast.entry(member.clone()).or_default();
            places.extend(bases.iter().cloned());
            places.sort();
            places.dedup();
        }
    }
}

/// The party that brings the cast in.
#[must_use]
pub fn writer() -> MemberId {
    // A literal that satisfies its own rule.
    MemberId::try_from("writer".to_owned()).unwrap_or_else(|_| unreachable!("`writer` is a word"))
}

/// The action by which availability is opened under these options, if the profile has one.
#[must_use]
pub fn opening_action(profile: &Profile, options: &BTreeMap<OptionId, String>) -> Option<ActionId> {
    let holds = |condition: &Where| {
        condition.options.iter().all(|(id, allowed)| options.get(id).is_some_and(|value| allowed.contains(value)))
    };
    profile.actions.iter().find(|action| action.opens.as_ref().is_some_and(holds)).map(|action| action.id.clone())
}

/// The choice that must be on record for a member when a case begins.
#[must_use]
pub fn choice_of(catalogue: &Catalogue, member: &MemberId) -> Option<Choice> {
    use crate::model::cast::Patient;
    let (record, patient) = draw::record_of(catalogue, member)?;
    Some(match patient {
        Patient::Twin(twin) => twin.choice.unwrap_or(record.choice),
        Patient::Record(_) | Patient::Never => record.choice,
    })
}

/// The organisations that treat a member.
#[must_use]
pub fn treated_by<'a>(catalogue: &'a Catalogue, member: &MemberId) -> &'a [MemberId] {
    use crate::model::cast::Patient;
    match draw::record_of(catalogue, member) {
        Some((record, Patient::Twin(twin))) => twin.treated_by.as_deref().unwrap_or(&record.treated_by),
        Some((record, _)) => &record.treated_by,
        None => &[],
    }
}

/// A step that asks a set of which the target declares nothing.
fn step_without_moves<'a>(case: &'a TestCase, moves: &[schedule::Move<'_>]) -> Option<&'a str> {
    case.steps
        .iter()
        .filter(|step| step.verb.set().is_some() && step.frame.condition.is_none())
        .find(|step| {
            !moves.iter().any(|one| {
                one.step.name == step.name
                    && match &one.deed {
                        schedule::Deed::Sample { requests }
                        | schedule::Deed::Crawl { requests }
                        | schedule::Deed::Walk { requests, .. } => !requests.is_empty(),
                        _ => true,
                    }
            })
        })
        .map(|step| step.name.as_str())
}

#[cfg(test)]
#[path = "plan_dialect_tests.rs"]
mod dialect_tests;

#[cfg(test)]
#[path = "plan_set_tests.rs"]
mod set_tests;
