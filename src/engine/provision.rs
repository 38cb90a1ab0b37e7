//! The cast goes in before the first case and out after the last.
//! Over FHIR as `writer`; or a program of the vendor loads it; or it stands there already.

use crate::engine::binding::{self, Call, Means};
use crate::engine::body;
use crate::engine::created::{Created, is_gone};
use crate::engine::credential::{Credentials, ResolvedChange, Tokens};
use crate::engine::draw;
use crate::engine::fill::{Asked, CastIndex, Scene};
use crate::engine::oracle::{created, tree};
use crate::engine::plan::{choice_of, opening_action, treated_by, writer};
use crate::engine::probe::{Answer, Request};
use crate::engine::record::{RunClock, Stop};
use crate::engine::tape::Tape;
use crate::engine::wire::Wire;
use crate::language::catalogue::Catalogue;
use crate::model::cast::{Choice, Person};
use crate::model::id::{ActionId, MemberId, OptionId, Word};
use crate::model::plan::Dialect;
use crate::model::record::{CastRecord, Event, Key, Phase, RunHeader, SkipReason, SkippedRecord};
use crate::model::request::{Layout, Method};
use crate::model::target::{Binding, CastMeans, ConsentBinding, Credential, FhirVersion, Format, Target};
use crate::model::text::Text;
use crate::model::verdict::{Fault, PreflightFinding};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait, time after time, when a server asks us to slow down: giving up would leave data behind.
const PATIENCE_MS: [u64; 4] = [500, 1000, 2000, 4000];

/// What bringing the cast in needs.
pub struct Provision<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// The target.
    pub target: &'a Target,
    /// The run.
    pub header: &'a RunHeader,
    /// The way to the target.
    pub wire: &'a Wire,
    /// The recording.
    pub tape: &'a Tape,
    /// The secrets.
    pub credentials: &'a Arc<Credentials>,
    /// How actions may be done.
    pub means: &'a Means,
    /// The time: bringing in and taking out may last longer than a token.
    pub clock: &'a RunClock,
    /// The wish to stop; nobody more is brought in after it.
    pub stop: &'a Stop,
}

impl Provision<'_> {
    /// Brings the cast in; gives what was created, in order. What fails is recorded as a finding.
    pub async fn bring_in(&self) -> Vec<Created> {
        match &self.target.cast {
            CastMeans::Fhir => self.over_fhir().await,
            // Where nobody is needed, or programs may not be started, the plan has left out who would be.
            CastMeans::Fixture(_) if self.header.plan.cast.is_empty() => Vec::new(),
            CastMeans::Fixture(fixture) => {
                if let Err(detail) = self.by_program(fixture).await {
                    self.fault("fhir", &detail, Vec::new());
                }
                Vec::new()
            }
            CastMeans::Preloaded(patients) => {
                for (member, patient) in patients {
                    for (endpoint, id) in &patient.id {
                        self.known(CastRecord {
                            member: member.clone(),
                            endpoint: endpoint.clone(),
                            id: id.clone(),
                            fields: patient.fields.iter().map(|(k, v)| (k.to_string(), v.clone())).collect(),
                            resources: vec![format!("Patient/{id}")],
                        });
                    }
                }
                Vec::new()
            }
        }
    }

    fn known(&self, record: CastRecord) {
        self.tape.event(Key::of(Phase::Provision), Event::Cast(record));
    }

    fn fault(&self, endpoint: &str, detail: &str, witnesses: Vec<u64>) {
        let detail = self.tape.seal().text(None, detail);
        let finding = PreflightFinding { fault: Fault::Cast, place: endpoint.to_owned(), detail, witnesses };
        self.tape.event(Key::of(Phase::Provision), Event::Preflight(finding));
    }

    /// Whether pre-flight already said why this endpoint cannot be used: nothing is created there, and a fault of the
    /// cast on top would mislead.
    fn endpoint_is_faulty(&self, endpoint: &Word) -> bool {
        let of_endpoint = |fault| matches!(fault, Fault::Name | Fault::Port | Fault::Tls | Fault::Version);
        self.found(|finding| finding.place == endpoint.as_str() && of_endpoint(finding.fault))
    }

    /// The same for a party: its credential is refused, or nobody answers where its tokens come from.
    fn party_is_faulty(&self, party: &MemberId) -> bool {
        let refused = self.found(|finding| finding.fault == Fault::Credential && finding.place == party.as_str());
        refused
            || match self.target.credentials.get(party) {
                Some(Credential::ClientCredentials(by)) => self.endpoint_is_faulty(&by.endpoint),
                Some(Credential::None | Credential::Bearer(_) | Credential::Basic(_)) | None => false,
            }
    }

    fn found(&self, wanted: impl Fn(&PreflightFinding) -> bool) -> bool {
        self.tape.look(|records, _| {
            records.iter().any(|record| matches!(&record.event, Event::Preflight(finding) if wanted(finding)))
        })
    }

    async fn over_fhir(&self) -> Vec<Created> {
        let mut created = Vec::new();
        if self.party_is_faulty(&writer()) {
            return created;
        }
        let mut index = CastIndex::default();
        let mut tokens = Tokens::new(Arc::clone(self.credentials), &self.header.run_id);
        let mut endpoints: Vec<&Word> = self.header.plan.cast.values().flatten().collect();
        endpoints.sort();
        endpoints.dedup();
        for endpoint in endpoints {
            let Some(base) = self.target.endpoints.get(endpoint) else { continue };
            if self.endpoint_is_faulty(endpoint) {
                continue;
            }
            for (member, _) in self.header.plan.cast.iter().filter(|(_, places)| places.contains(endpoint)) {
                if self.stop.asked() {
                    return created;
                }
                let Some(person) = self.header.people.iter().find(|person| person.member == *member) else { continue };
                match self.record(endpoint, base, person, &mut tokens, &mut created).await {
                    Ok(record) => {
                        index.add(record.clone());
                        self.known(record);
                    }
                    Err((detail, witnesses)) => {
                        self.fault(endpoint.as_str(), &detail, witnesses);
                        break;
                    }
                }
            }
        }
        self.open(&index, &mut tokens).await;
        created
    }

    /// Creates one person's record. Only the Patient is essential: what a server does not keep, it does not keep.
    async fn record(
        &self,
        endpoint: &Word,
        base: &str,
        person: &Person,
        tokens: &mut Tokens,
        created: &mut Vec<Created>,
    ) -> Result<CastRecord, (String, Vec<u64>)> {
        let (record, _) = draw::record_of(self.catalogue, &person.member).ok_or(("no record".to_owned(), vec![]))?;
        let text = self.catalogue.body(&record.fixture, FhirVersion::R4, Format::Json).unwrap_or_default();
        let text = draw::fixture_of(&String::from_utf8_lossy(text), person);
        let bundle: Value = serde_json::from_str(&text).map_err(|e| (e.to_string(), vec![]))?;
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        let mut first = None;
        for entry in bundle.get("entry").and_then(Value::as_array).into_iter().flatten() {
            let full_url = entry.get("fullUrl").and_then(Value::as_str).unwrap_or_default().to_owned();
            let Some(resource) = entry.get("resource") else { continue };
            let resource = with_references(resource, &ids);
            match self.create(base, &resource, tokens).await {
                Ok(reference) => {
                    created.push(Created { base: base.to_owned(), reference: reference.clone() });
                    first.get_or_insert(reference.clone());
                    ids.insert(full_url, reference);
                }
                Err(problem) if first.is_none() => return Err(problem),
                Err(_) => {}
            }
        }
        let patient = first.ok_or(("the fixture holds no Patient".to_owned(), vec![]))?;
        let id = patient.split('/').next_back().unwrap_or_default().to_owned();
        self.relations(base, person, &patient, endpoint, tokens, created).await;
        let fields = record.fields.iter().filter_map(|(name, tail)| {
            let reference = ids.get(&format!("urn:uuid:{tail}"))?;
            Some((name.to_string(), reference.split('/').next_back()?.to_owned()))
        });
        Ok(CastRecord {
            member: person.member.clone(),
            endpoint: endpoint.clone(),
            id,
            fields: fields.collect(),
            resources: ids.into_values().collect(),
        })
    }

    /// Says who treats a person, as a CareTeam; a server without that type arranges it in its own way.
    async fn relations(
        &self,
        base: &str,
        person: &Person,
        patient: &str,
        endpoint: &Word,
        tokens: &mut Tokens,
        created: &mut Vec<Created>,
    ) {
        let Some(name) = &self.catalogue.cast.relation else { return };
        let Some(text) = self.catalogue.body(name, FhirVersion::R4, Format::Json) else { return };
        let declared = self.header.plan.facts.get(endpoint).map(|facts| &facts.search);
        if declared.is_some_and(|types| !types.is_empty() && !types.contains_key("CareTeam")) {
            return;
        }
        for organisation in treated_by(self.catalogue, &person.member) {
            let Some(ura) = self.header.organisations.get(organisation) else { continue };
            let id = patient.split('/').next_back().unwrap_or_default();
            let text = String::from_utf8_lossy(text).replace("{{asked.id}}", id).replace("{{organisation.ura}}", ura);
            let Ok(resource) = serde_json::from_str::<Value>(&text) else { continue };
            if let Ok(reference) = self.create(base, &resource, tokens).await {
                created.push(Created { base: base.to_owned(), reference });
            }
        }
    }

    /// Creates one resource; gives `Type/id`. What stood there before, or stands elsewhere, is not taken for it.
    async fn create(&self, base: &str, resource: &Value, tokens: &mut Tokens) -> Result<String, (String, Vec<u64>)> {
        let kind = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
        let base = base.trim_end_matches('/');
        let url = format!("{base}/{kind}");
        let exchange = self.exchange(Phase::Provision, Method::Post, url, Some(resource), base, tokens).await;
        let (number, answer) = exchange?;
        // 204 is wrong, but not for the cast to judge: what stands at the location decides below.
        if !matches!(answer.status, 200 | 201 | 204) {
            return Err((format!("creating a {kind} was answered with status {}", answer.status), vec![number]));
        }
        let (location, body) = (location_of(&answer), tree::carried(&answer.headers, &answer.body));
        let named = created::id(base, &kind, location, body.as_ref()).map(|id| format!("{kind}/{id}"));
        let echoed = body.as_ref().is_some_and(|body| created::echoes(resource, body));
        if let Some(reference) = named.clone().filter(|_| answer.status == 201 || echoed) {
            return Ok(reference);
        }
        // Nothing says for certain that this is ours: what is read there decides.
        let shown = body.filter(|body| tree::resource_type(body) == Some(kind.as_str()));
        let elsewhere = || location.and_then(created::reference_of).filter(|one| one.starts_with(&format!("{kind}/")));
        let candidate = named.or_else(elsewhere).filter(|_| shown.is_none());
        let Some(reference) = candidate else {
            let why = if shown.is_some() {
                format!(
                    "creating a {kind} was answered with status {} and a {kind} of other content, which stood there already: \
                     it is left alone, and nobody was brought in",
                    answer.status
                )
            } else {
                format!("creating a {kind} was answered without an id")
            };
            return Err((why, vec![number]));
        };
        let url = format!("{base}/{reference}");
        let (read, found) = self.exchange(Phase::Provision, Method::Get, url, None, base, tokens).await?;
        let tree = tree::carried(&found.headers, &found.body).filter(|_| found.status == 200);
        if tree.is_some_and(|tree| created::echoes(resource, &tree)) {
            return Ok(reference);
        }
        let status = answer.status;
        let why = format!(
            "creating a {kind} was answered with status {status} and a location where what was sent does not stand: \
             whatever stands there is left alone, and nobody was brought in"
        );
        Err((why, vec![number, read]))
    }

    /// One exchange as `writer`, with the number of its record.
    pub(in crate::engine) async fn exchange(
        &self,
        phase: Phase,
        method: Method,
        url: String,
        resource: Option<&Value>,
        base: &str,
        tokens: &mut Tokens,
    ) -> Result<(u64, Answer), (String, Vec<u64>)> {
        let dialect = Dialect { fhir: FhirVersion::R4, format: self.target.form() };
        let mut headers = Request::own_headers(dialect.format);
        let mut bytes = Vec::new();
        if let Some(resource) = resource {
            let written = body::written(resource, Layout::Compact, dialect);
            let written = written.map_err(|error| (error.to_string(), vec![]))?;
            headers.push(("content-type".to_owned(), written.media_type.to_owned()));
            bytes = written.bytes;
        }
        let change = ResolvedChange { default_endpoint: Some(base.to_owned()), ..ResolvedChange::default() };
        let header = tokens.header(self.wire, Key::of(phase), &writer(), &change, self.clock.now()).await;
        headers.extend(header.map_err(|error| (format!("writer: {error}"), vec![]))?);
        let request = Request { method, url, headers, body: bytes };
        for wait in PATIENCE_MS.map(Duration::from_millis) {
            let exchanged = self.wire.exchange(Key::of(phase), request.clone()).await;
            match exchanged.carried.result {
                Ok(answer) if answer.status == 429 => tokio::time::sleep(wait).await,
                Ok(answer) => return Ok((exchanged.number, answer)),
                Err(broken) => return Err((broken.detail, vec![exchanged.number])),
            }
        }
        let exchanged = self.wire.exchange(Key::of(phase), request).await;
        exchanged
            .carried
            .result
            .map(|answer| (exchanged.number, answer))
            .map_err(|b| (b.detail, vec![exchanged.number]))
    }

    /// Records the choice that members with an open one need under the claimed regime, wherever they stand.
    async fn open(&self, index: &CastIndex, tokens: &mut Tokens) {
        for claim in &self.header.plan.claims {
            let Some(profile) = self.catalogue.profiles.get(&claim.profile) else { continue };
            let Some(action) = opening_action(profile, &claim.options) else { continue };
            let Some(binding) = self.target.bindings.get(&action) else { continue };
            if let Some(party) = acting(binding).filter(|party| self.party_is_faulty(party)) {
                let detail = format!("{action}: {party} has no token");
                let skipped = SkippedRecord { why: SkipReason::NoToken, detail };
                self.tape.event(Key::of(Phase::Provision), Event::Skipped(skipped));
                continue;
            }
            for (member, endpoints) in &self.header.plan.cast {
                if choice_of(self.catalogue, member) != Some(Choice::Open) {
                    continue;
                }
                for endpoint in endpoints.iter().filter(|endpoint| index.at(member, endpoint.as_str()).is_some()) {
                    let asked = Asked::Member(member.clone());
                    if !self.open_one(&action, binding, &asked, endpoint, &claim.options, index, tokens).await {
                        return;
                    }
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call, and a struct would only repeat these names")]
    async fn open_one(
        &self,
        action: &ActionId,
        binding: &Binding,
        asked: &Asked,
        endpoint: &Word,
        options: &BTreeMap<OptionId, String>,
        index: &CastIndex,
        tokens: &mut Tokens,
    ) -> bool {
        let Asked::Member(member) = asked else { return true };
        let seen = index.as_seen_from(endpoint);
        let (values, with) = (BTreeMap::new(), BTreeMap::new());
        let fill = |_: &str, text: &Text| {
            let scene = Scene {
                header: self.header,
                cast: &seen,
                options,
                number: 0,
                attempt: 1,
                values: &values,
                asked: Some(asked),
                endpoint: endpoint.as_str(),
                captures: &|_, _| None,
                with: &with,
            };
            scene.fill(text).map_err(|error| error.to_string())
        };
        let stage = binding::Stage {
            wire: self.wire,
            target: self.target,
            means: self.means,
            now: self.clock.now(),
            fill: &fill,
            read: &binding::returned,
        };
        let mut person = seen.person(self.header, member);
        let own_door = match binding {
            Binding::FhirConsent(consent) => {
                // The id is that of the endpoint whose Consents are written.
                if let Some(person) = &mut person
                    && let Some(id) = person.ids.get("fhir").cloned()
                {
                    person.ids.insert(endpoint.clone(), id);
                }
                Binding::FhirConsent(ConsentBinding { endpoint: endpoint.clone(), ..consent.clone() })
            }
            Binding::Http(_) | Binding::Exec(_) | Binding::Manual(_) => binding.clone(),
        };
        let call = Call {
            action: action.clone(),
            person,
            with: BTreeMap::new(),
            captured: std::collections::BTreeSet::new(),
            key: Key::of(Phase::Provision),
        };
        let problem = match binding::act(&stage, tokens, &call, &own_door).await {
            Ok(acted) if acted.record.acknowledged => return true,
            Ok(acted) => (acted.record.detail, vec![acted.number]),
            Err(refusal) => (refusal.to_string(), Vec::new()),
        };
        self.fault(endpoint.as_str(), &format!("{action} for {member}: {}", problem.0), problem.1);
        false
    }

    /// Removes what was created, last first; gives what could not be removed.
    pub async fn take_out(&self, created: &[Created]) -> Vec<String> {
        let mut left = Vec::new();
        let mut tokens = Tokens::new(Arc::clone(self.credentials), &self.header.run_id);
        let mut refusals: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for one in created.iter().rev() {
            let url = format!("{}/{}", one.base.trim_end_matches('/'), one.reference);
            // A server that does not delete a type at all is not asked hundreds of times.
            let kind = (one.base.as_str(), one.reference.split('/').next().unwrap_or_default());
            let removed = refusals.get(&kind).is_none_or(|count| *count < 3) && {
                let answer = self.exchange(Phase::Cleanup, Method::Delete, url.clone(), None, &one.base, &mut tokens);
                matches!(answer.await, Ok((_, answer)) if is_gone(answer.status))
            };
            if !removed {
                *refusals.entry(kind).or_default() += 1;
                left.push(url);
            }
        }
        left
    }

    async fn by_program(&self, fixture: &crate::model::target::CastFixture) -> Result<(), String> {
        let people: Vec<&Person> =
            self.header.people.iter().filter(|person| self.header.plan.cast.contains_key(&person.member)).collect();
        let mut members = serde_json::Map::new();
        for person in people {
            let Some((record, _)) = draw::record_of(self.catalogue, &person.member) else { continue };
            let text = self.catalogue.body(&record.fixture, FhirVersion::R4, Format::Json).unwrap_or_default();
            let text = draw::fixture_of(&String::from_utf8_lossy(text), person);
            let bundle: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let by: Vec<&String> = treated_by(self.catalogue, &person.member)
                .iter()
                .filter_map(|organisation| self.header.organisations.get(organisation))
                .collect();
            let open = choice_of(self.catalogue, &person.member) == Some(Choice::Open);
            members.insert(
                person.member.to_string(),
                serde_json::json!({ "bundle": bundle, "treated-by": by, "choice": if open { "open" } else { "unset" } }),
            );
        }
        let answer = binding::load_cast(self.means, fixture, &Value::Object(members)).await?;
        let endpoints = answer.as_object().ok_or("the program did not answer with an object of endpoints")?;
        for (endpoint, members) in endpoints {
            let endpoint: Word = endpoint.parse().map_err(|_| format!("`{endpoint}` is no endpoint"))?;
            for (member, ids) in members.as_object().into_iter().flatten() {
                let member: MemberId = member.parse().map_err(|_| format!("`{member}` is no member"))?;
                let declared = draw::record_of(self.catalogue, &member).map(|(record, _)| &record.fields);
                let is_wanted =
                    |name: &str| name == "id" || declared.is_some_and(|all| all.keys().any(|one| one.as_str() == name));
                let said = ids.as_object().into_iter().flatten().filter(|(name, _)| is_wanted(name));
                let fields: BTreeMap<String, String> =
                    said.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
                for (name, value) in &fields {
                    self.harmless(value).map_err(|why| format!("{member} at {endpoint}: `{name}` {why}"))?;
                }
                let id = fields.get("id").cloned().ok_or_else(|| format!("{member} at {endpoint} has no id"))?;
                let resources = vec![format!("Patient/{id}")];
                self.known(CastRecord { member, endpoint: endpoint.clone(), id, fields, resources });
            }
        }
        Ok(())
    }

    /// Whether what a program calls one of our people may stand in the recording as it is, as an id has to.
    fn harmless(&self, id: &str) -> Result<(), &'static str> {
        let seal = self.tape.seal();
        if seal.line_of_real_number(id).is_some() {
            return Err("holds what may be the number of a living person; answer with ids");
        }
        if seal.text(None, id) != id {
            return Err("holds a secret; answer with ids");
        }
        Ok(())
    }
}

/// The party whose credential a binding uses.
const fn acting(binding: &Binding) -> Option<&MemberId> {
    match binding {
        Binding::FhirConsent(consent) => Some(&consent.party),
        Binding::Http(http) => http.party.as_ref(),
        Binding::Exec(_) | Binding::Manual(_) => None,
    }
}

/// A resource with references to entries of its Bundle replaced by those the server gave.
fn with_references(resource: &Value, ids: &BTreeMap<String, String>) -> Value {
    match resource {
        Value::String(text) => Value::String(ids.get(text).cloned().unwrap_or_else(|| text.clone())),
        Value::Array(items) => Value::Array(items.iter().map(|item| with_references(item, ids)).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), with_references(value, ids))).collect())
        }
        other => other.clone(),
    }
}

fn location_of(answer: &Answer) -> Option<&str> {
    answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.as_str())
}
