//! Rules about a target file: addresses, credentials, bindings, cast and excuses fit the catalogue.
//! Its claims are a matter of `claim`.

use super::cast::is_prefix;
use super::claim;
use super::ground::{FIELDS, OWN_INPUTS, PARTIES};
use super::name::placeholders;
use super::profile::{bad_day, is_day};
use super::text::bilingual;
use crate::language::catalogue::Catalogue;
use crate::language::code::Code;
use crate::language::diagnostic::Diagnostic;
use crate::language::load::Parsed;
use crate::language::source::Region;
use crate::language::suggest;
use crate::model::cast::Patient;
use crate::model::id::{ActionId, MemberId, Word};
use crate::model::target::{Binding, CastMeans, Credential, PreloadedPatient, Target};
use crate::model::text::{Part, Text};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// One target file against one catalogue.
pub(in crate::language) struct Look<'l> {
    catalogue: &'l Catalogue,
    parsed: &'l Parsed<Target>,
    /// Whether the claims are such that one can say what runs.
    claims_hold: bool,
    found: &'l mut Vec<Diagnostic>,
}

impl<'l> Look<'l> {
    pub fn new(
        catalogue: &'l Catalogue,
        parsed: &'l Parsed<Target>,
        claims_hold: bool,
        found: &'l mut Vec<Diagnostic>,
    ) -> Self {
        Self { catalogue, parsed, claims_hold, found }
    }

    pub fn check(mut self) {
        bilingual(&self.parsed.source, &self.parsed.tree, self.found);
        self.head();
        self.endpoints();
        self.credentials();
        self.cast();
        self.bindings();
        self.excuses();
    }

    fn region(&self, way: &str) -> Region {
        self.parsed.tree.region(way)
    }

    fn say(&mut self, code: Code, region: Region, message: impl Into<String>) {
        self.found.push(Diagnostic::at(code, &self.parsed.source, region, message));
    }

    fn unknown<'c>(
        &mut self,
        code: Code,
        region: Region,
        (id, message): (&str, String),
        known: impl IntoIterator<Item = &'c str>,
    ) {
        let finding = Diagnostic::at(code, &self.parsed.source, region, message).label("cited here");
        self.found.push(finding.help(suggest::help(id, known)));
    }

    fn head(&mut self) {
        let target = &self.parsed.value;
        if let Some(until) = target.authorisation.as_ref().map(|given| &given.until).filter(|until| !is_day(until)) {
            self.found.push(bad_day(&self.parsed.source, self.region("authorisation/until"), until));
        }
        if target.authorisation.as_ref().is_some_and(|given| given.max_requests_per_second == 0) {
            let region = self.region("authorisation/max-requests-per-second");
            self.say(Code::BadValue, region, "at a ceiling of 0 requests a second nothing can be tested");
        }
        if target.claims.is_empty() && self.parsed.whole {
            self.say(Code::EmptyList, self.region("claims"), "a target that claims nothing");
        }
        for (n, range) in target.number_ranges.iter().enumerate() {
            if !is_prefix(&range.prefix, 9) {
                let message = format!("`{}` is not the beginning of a number of 9 digits", range.prefix);
                self.say(Code::BadRange, self.region(&format!("number-ranges/{n}/prefix")), message);
            }
            for (key, text) in [("reason", &range.reason), ("owner", &range.owner)] {
                if text.trim().is_empty() {
                    let message = format!("a number range needs a {key}");
                    self.say(Code::EmptyText, self.region(&format!("number-ranges/{n}/{key}")), message);
                }
            }
        }
    }

    fn endpoints(&mut self) {
        for (name, endpoint) in &self.parsed.value.endpoints {
            if let Some(message) = address_fault(endpoint) {
                let region = self.region(&format!("endpoints/{name}"));
                self.say(Code::BadUrl, region, format!("the endpoint `{name}` {message}"));
            }
        }
        if self.parsed.value.endpoints.is_empty() && self.parsed.whole {
            self.say(Code::EmptyList, self.region("endpoints"), "a target without endpoints");
        }
    }

    fn endpoint(&mut self, endpoint: &Word, region: Region) {
        let endpoints = &self.parsed.value.endpoints;
        if !endpoints.contains_key(endpoint) && self.parsed.whole {
            let said = (endpoint.as_str(), format!("`endpoints` has no `{endpoint}`"));
            self.unknown(Code::UnknownEndpoint, region, said, endpoints.keys().map(|name| name.as_str()));
        }
    }

    fn organisation(&mut self, party: &MemberId, region: Region) {
        let organisations = &self.catalogue.cast.organisations;
        if !organisations.contains_key(party) {
            let said = (party.as_str(), format!("no organisation of the cast is called `{party}`"));
            self.unknown(Code::UnknownParty, region, said, organisations.keys().map(|id| id.as_str()));
        }
    }

    fn party(&mut self, party: &MemberId, region: Region) {
        let organisations = &self.catalogue.cast.organisations;
        if !organisations.contains_key(party) && !PARTIES.contains(&party.as_str()) {
            let known: Vec<&str> = organisations.keys().map(|id| id.as_str()).chain(PARTIES.iter().copied()).collect();
            let said = (party.as_str(), format!("nobody of the name `{party}` can act"));
            self.unknown(Code::UnknownParty, region, said, known);
        }
    }

    fn credentials(&mut self) {
        let target = &self.parsed.value;
        for (party, number) in &target.organisations {
            let way = format!("organisations/{party}");
            self.organisation(party, self.parsed.tree.key_region(&way));
            if !matches!(number.len(), 1..=16) || !number.bytes().all(|b| b.is_ascii_digit()) {
                let message = format!("`{number}` is not a number of a care provider: digits only");
                self.say(Code::BadValue, self.region(&way), message);
            }
        }
        for (party, credential) in &target.credentials {
            let way = format!("credentials/{party}");
            self.party(party, self.parsed.tree.key_region(&way));
            let Credential::ClientCredentials(client) = credential else {
                continue;
            };
            let way = format!("{way}/client-credentials");
            match (&client.secret, &client.key) {
                (Some(_), Some(_)) => {
                    let region = self.parsed.tree.key_region(&format!("{way}/key"));
                    self.say(Code::SecretAndKey, region, format!("`{party}` has a secret and a key"));
                }
                (None, None) => {
                    let message = format!("`{party}` has neither a secret nor a key");
                    self.say(Code::SecretAndKey, self.region(&way), message);
                }
                _ => {}
            }
            self.endpoint(&client.endpoint, self.region(&format!("{way}/endpoint")));
        }
    }

    fn cast(&mut self) {
        match &self.parsed.value.cast {
            CastMeans::Fhir => {}
            CastMeans::Fixture(fixture) => {
                if fixture.exec.is_empty() {
                    self.say(Code::EmptyList, self.region("cast/fixture/exec"), "no program is named");
                }
            }
            CastMeans::Preloaded(patients) => {
                for (id, patient) in patients {
                    self.preloaded(id, patient);
                }
            }
        }
    }

    fn preloaded(&mut self, id: &MemberId, patient: &PreloadedPatient) {
        let way = format!("cast/preloaded/{id}");
        let members = &self.catalogue.cast.patients;
        if !members.contains_key(id) {
            let said = (id.as_str(), format!("the cast has no patient `{id}`"));
            let region = self.parsed.tree.key_region(&way);
            self.unknown(Code::UnknownMember, region, said, members.keys().map(|id| id.as_str()));
        }
        for endpoint in patient.id.keys() {
            self.endpoint(endpoint, self.parsed.tree.key_region(&format!("{way}/id/{endpoint}")));
        }
        if let Some(day) = &patient.birth_date
            && !is_day(day)
        {
            self.found.push(bad_day(&self.parsed.source, self.region(&format!("{way}/birth-date")), day));
        }
        let origin = match members.get(id) {
            Some(Patient::Twin(twin)) => members.get(&twin.of),
            other => other,
        };
        if let Some(Patient::Record(record)) = origin {
            for field in patient.fields.keys() {
                if !record.fields.contains_key(field) && !FIELDS.contains(&field.as_str()) {
                    let region = self.parsed.tree.key_region(&format!("{way}/fields/{field}"));
                    let said = (field.as_str(), format!("the patient `{id}` has no field `{field}`"));
                    self.unknown(Code::UnknownField, region, said, record.fields.keys().map(|field| field.as_str()));
                }
            }
        }
        let [one, other] = &patient.markers;
        if one.trim().is_empty() || other.trim().is_empty() || one == other {
            let message = format!("`{id}` needs two different markers");
            self.say(Code::EmptyText, self.region(&format!("{way}/markers")), message);
        }
    }

    fn bindings(&mut self) {
        let used = self.used_actions();
        for (id, binding) in &self.parsed.value.bindings {
            let way = format!("bindings/{id}");
            let key = self.parsed.tree.key_region(&way);
            let own = OWN_INPUTS.iter().find(|(own, _)| *own == id.as_str());
            let action = self.catalogue.action(id);
            if own.is_none() && action.is_none() {
                let profiles = self.catalogue.profiles.values();
                let known = profiles.flat_map(|profile| &profile.actions).map(|action| action.id.as_str());
                let said = (id.as_str(), format!("no profile defines the action `{id}`"));
                self.unknown(Code::UnknownAction, key, said, known);
                continue;
            }
            if own.is_none() && !used.contains(id) && self.claims_hold {
                let message = format!("no case of what is claimed does `{id}`");
                self.say(Code::UnusedBinding, key, message);
            }
            let takes: Vec<&str> = match (own, action) {
                (Some((_, takes)), _) => takes.to_vec(),
                (None, Some(action)) => action.with.iter().map(|word| word.as_str()).collect(),
                (None, None) => Vec::new(),
            };
            self.arguments(id, &way, &takes);
            self.binding(id, &way, binding);
        }
    }

    /// The actions that cases under these claims do, and those that undo them.
    fn used_actions(&self) -> BTreeSet<ActionId> {
        let profiles: Vec<_> = self.catalogue.profiles.values().collect();
        let mut used = BTreeSet::new();
        for (id, case) in &self.catalogue.cases {
            if claim::runs(&profiles, id, case, &self.parsed.value.claims) {
                used.extend(case.actions());
            }
        }
        let undo: Vec<_> =
            used.iter().filter_map(|id| self.catalogue.action(id).and_then(|action| action.undo.clone())).collect();
        used.extend(undo);
        used
    }

    fn arguments(&mut self, id: &ActionId, way: &str, takes: &[&str]) {
        let Some(node) = self.parsed.tree.find(way) else {
            return;
        };
        let mut cited = Vec::new();
        placeholders(&self.parsed.source, node, &mut |name, region| cited.push((name, region)));
        for (name, region) in cited {
            match (name.root.as_str(), name.field.as_deref()) {
                ("with", Some(word)) if !takes.contains(&word) => {
                    let said = (word, format!("the action `{id}` does not take `{word}`"));
                    self.unknown(Code::UnknownArgument, region, said, takes.iter().copied());
                }
                ("asked", Some(field)) => {
                    let fields: BTreeSet<&str> = self.fields();
                    if !fields.contains(field) {
                        let said = (field, format!("no patient has a field `{field}`"));
                        self.unknown(Code::UnknownField, region, said, fields);
                    }
                }
                ("asked" | "with", None) => {
                    let message = format!("`{{{{{}}}}}` does not say which value", name.root);
                    self.say(Code::UnknownField, region, message);
                }
                ("with" | "option" | "time" | "fresh" | "uuid" | "organisation" | "counterpart", Some(_)) => {}
                (root, _) => {
                    let known = ["asked", "with", "option", "time", "fresh", "uuid", "organisation", "counterpart"];
                    let said = (root, format!("a binding is given nothing of the name `{root}`"));
                    self.unknown(Code::UnknownName, region, said, known);
                }
            }
        }
    }

    fn fields(&self) -> BTreeSet<&'l str> {
        let records = self.catalogue.cast.patients.values().filter_map(|patient| match patient {
            Patient::Record(record) => Some(record.fields.keys().map(|field| field.as_str())),
            Patient::Twin(_) | Patient::Never => None,
        });
        // `holder` is the endpoint that keeps the person; only a binding has to be told.
        records.flatten().chain(FIELDS.iter().copied()).chain(["holder"]).collect()
    }

    fn binding(&mut self, id: &ActionId, way: &str, binding: &Binding) {
        match binding {
            Binding::FhirConsent(consent) => {
                self.endpoint(&consent.endpoint, self.region(&format!("{way}/fhir-consent/endpoint")));
                self.party(&consent.party, self.region(&format!("{way}/fhir-consent/as")));
            }
            Binding::Http(http) => {
                self.endpoint(&http.endpoint, self.region(&format!("{way}/http/endpoint")));
                if let Some(party) = &http.party {
                    self.party(party, self.region(&format!("{way}/http/as")));
                }
                if !matches!(http.path.parts().first(), Some(Part::Literal(text)) if text.starts_with('/')) {
                    let region = self.region(&format!("{way}/http/path"));
                    self.say(Code::BadPlace, region, "the path of a request begins with `/`");
                }
                self.returns(id, &format!("{way}/http/returns"), &http.returns.keys().collect::<Vec<_>>());
            }
            Binding::Exec(command) => match command.first() {
                None => self.say(Code::EmptyList, self.region(&format!("{way}/exec")), "no program is named"),
                Some(program) if program.names().next().is_some() => {
                    let region = self.region(&format!("{way}/exec/0"));
                    self.say(Code::BadValue, region, "the program itself cannot be chosen by a placeholder");
                }
                Some(_) => {}
            },
            Binding::Manual(_) => {}
        }
    }

    fn returns(&mut self, id: &ActionId, way: &str, returned: &[&Word]) {
        let Some(action) = self.catalogue.action(id) else {
            return;
        };
        for word in returned {
            if !action.returns.contains(word) {
                let region = self.parsed.tree.key_region(&format!("{way}/{word}"));
                let said = (word.as_str(), format!("the action `{id}` does not return `{word}`"));
                self.unknown(Code::UnknownArgument, region, said, action.returns.iter().map(|word| word.as_str()));
            }
        }
    }

    fn excuses(&mut self) {
        for (n, excuse) in self.parsed.value.not_testable.iter().enumerate() {
            let way = |key: &str| format!("not-testable/{n}/{key}");
            if self.catalogue.requirement(&excuse.requirement).is_none() {
                let ids: BTreeMap<String, ()> = self
                    .catalogue
                    .profiles
                    .values()
                    .flat_map(|profile| profile.requirements.iter().map(|known| (profile.id_of(known).to_string(), ())))
                    .collect();
                let said = (excuse.requirement.as_str(), format!("no profile defines `{}`", excuse.requirement));
                let region = self.region(&way("requirement"));
                self.unknown(Code::UnknownRequirement, region, said, ids.keys().map(String::as_str));
            }
            if !is_day(&excuse.until) {
                self.found.push(bad_day(&self.parsed.source, self.region(&way("until")), &excuse.until));
            }
            for (key, text) in [("reason", &excuse.reason), ("owner", &excuse.owner)] {
                if text.trim().is_empty() {
                    self.say(Code::EmptyText, self.region(&way(key)), format!("it has no {key}"));
                }
            }
        }
    }
}

/// Why a text cannot be the base of an endpoint.
fn address_fault(endpoint: &str) -> Option<String> {
    if let Ok(text) = endpoint.parse::<Text>()
        && let Some(Part::Placeholder(name)) = text.parts().first()
    {
        let ours = name.root == "counterpart" && name.field.is_some() && text.names().count() == 1;
        return (!ours).then(|| "is a URL, or begins with `{{counterpart.…}}`".to_owned());
    }
    let url = match Url::parse(endpoint) {
        Ok(url) => url,
        Err(error) => return Some(format!("is not a URL: {error}")),
    };
    let message = if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        "is not an `http` or `https` URL"
    } else if !url.username().is_empty() || url.password().is_some() {
        "holds a user name or password; put it under `credentials`"
    } else if url.fragment().is_some() {
        "has a fragment, which is never sent"
    } else if url.query().is_some() {
        "has a query; an endpoint is a base to which paths are added"
    } else {
        return None;
    };
    Some(message.to_owned())
}
