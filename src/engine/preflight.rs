//! Pre-flight: can every endpoint be reached, is every credential accepted, which FHIR version is spoken.
//! What it finds is recorded with its exchanges; a fault here is nobody's non-conformance.

use crate::engine::credential::{Credentials, ResolvedChange, TokenError, Tokens};
use crate::engine::oracle::tree;
use crate::engine::plan::is_loopback;
use crate::engine::probe::{Answer, Broken, Request};
use crate::engine::tape::Tape;
use crate::engine::wire::Wire;
use crate::model::id::{MemberId, Word};
use crate::model::plan::CapabilityFacts;
use crate::model::record::{Event, FaultPhase, Key, Phase};
use crate::model::request::Method;
use crate::model::target::{Credential, Target};
use crate::model::verdict::{Fault, PreflightFinding};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::OffsetDateTime;

/// What pre-flight learned besides the faults that it recorded.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What capability statements say, by endpoint.
    pub facts: BTreeMap<Word, CapabilityFacts>,
    /// Why endpoints could not be reached: nothing is known of what they declare.
    pub faults: BTreeMap<Word, Fault>,
    /// Whether each party with client credentials got a token.
    pub parties: BTreeMap<MemberId, Accepted>,
}

/// What a token service made of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It gave a token.
    Yes,
    /// It gave none, in words fit to follow a colon; a fault only if the client itself is refused.
    No(String),
}

/// What may be asked before any case, by the authorisation of the target file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    /// Everything: the target is on this machine, or somebody allows the test.
    Given,
    /// Nobody said anything: what anybody may read, and no credential is shown.
    Anonymous,
    /// It was given and has ended.
    Ended,
}

fn leave(target: &Target, today: &str) -> Leave {
    if target.endpoints.values().all(|url| is_loopback(url)) {
        return Leave::Given;
    }
    match &target.authorisation {
        None => Leave::Anonymous,
        Some(given) if given.until.as_str() < today => Leave::Ended,
        Some(_) => Leave::Given,
    }
}

/// Looks at every endpoint and credential of the target, as far as its authorisation goes.
pub async fn look(
    target: &Target,
    wire: &Wire,
    tape: &Tape,
    credentials: &Arc<Credentials>,
    now: OffsetDateTime,
) -> Looked {
    let mut looked = Looked::default();
    let leave = leave(target, &now.date().to_string());
    if leave == Leave::Ended {
        return looked;
    }
    let mut tokens = Tokens::new(Arc::clone(credentials), "pre-flight");
    for (name, base) in &target.endpoints {
        let speaks_fhir = speaks_fhir(name.as_str());
        let url = asked_first(name, base);
        let (number, result) = ask(wire, target, &url, None).await;
        match result {
            Err(broken) => {
                let fault = fault_of(&broken);
                find(tape, fault, name.as_str(), &broken.detail, vec![number]);
                looked.faults.insert(name.clone(), fault);
            }
            Ok(answer) if speaks_fhir => {
                let mut read = capability(&answer);
                if read.is_none() && matches!(answer.status, 401 | 403) && leave == Leave::Given {
                    read = with_credential(target, wire, &mut tokens, base, &url, now).await;
                }
                let read = read.unwrap_or_default();
                version(target, tape, name, &read, number);
                looked.facts.insert(name.clone(), read);
            }
            Ok(_) => {}
        }
    }
    for (party, credential) in &target.credentials {
        if !matches!(credential, Credential::ClientCredentials(_)) || leave == Leave::Anonymous {
            continue;
        }
        let key = Key::of(Phase::Preflight);
        let outcome = tokens.header(wire, key, party, &ResolvedChange::default(), now).await;
        if let Err(error) = &outcome
            && let Some((number, detail)) = refused(error)
        {
            find(tape, Fault::Credential, party.as_str(), &detail, vec![number]);
        }
        let accepted =
            outcome.map_or_else(|error| Accepted::No(tape.seal().text(None, &error.to_string())), |_| Accepted::Yes);
        looked.parties.insert(party.clone(), accepted);
    }
    looked
}

/// The first URL that is asked of an endpoint.
#[must_use]
pub fn asked_first(name: &Word, base: &str) -> String {
    let path = if speaks_fhir(name.as_str()) { "/metadata" } else { "" };
    format!("{}{path}", base.trim_end_matches('/'))
}

/// Endpoints whose capability statement is read.
#[must_use]
pub fn speaks_fhir(name: &str) -> bool {
    name == "fhir" || name.starts_with("fhir-") || matches!(name, "prescriptions" | "handoff")
}

/// One question before any case.
pub(super) async fn ask(
    wire: &Wire,
    target: &Target,
    url: &str,
    authorization: Option<(String, String)>,
) -> (u64, Result<Answer, Broken>) {
    let mut headers = Request::own_headers(target.form());
    headers.extend(authorization);
    let request = Request { method: Method::Get, url: url.to_owned(), headers, body: Vec::new() };
    let exchanged = wire.exchange(Key::of(Phase::Preflight), request).await;
    (exchanged.number, exchanged.carried.result)
}

/// Some servers show their statement only to those they know.
async fn with_credential(
    target: &Target,
    wire: &Wire,
    tokens: &mut Tokens,
    base: &str,
    url: &str,
    now: OffsetDateTime,
) -> Option<CapabilityFacts> {
    for party in target.credentials.keys() {
        let change = ResolvedChange { default_endpoint: Some(base.to_owned()), ..ResolvedChange::default() };
        if let Ok(Some(header)) = tokens.header(wire, Key::of(Phase::Preflight), party, &change, now).await
            && let (_, Ok(answer)) = ask(wire, target, url, Some(header)).await
            && let Some(facts) = capability(&answer)
        {
            return Some(facts);
        }
    }
    None
}

fn find(tape: &Tape, fault: Fault, place: &str, detail: &str, witnesses: Vec<u64>) {
    let detail = tape.seal().text(None, detail);
    let finding = PreflightFinding { fault, place: place.to_owned(), detail, witnesses };
    tape.event(Key::of(Phase::Preflight), Event::Preflight(finding));
}

const fn fault_of(broken: &Broken) -> Fault {
    match broken.phase {
        FaultPhase::Resolve => Fault::Name,
        FaultPhase::Tls => Fault::Tls,
        FaultPhase::Connect | FaultPhase::Send | FaultPhase::Receive => Fault::Port,
    }
}

/// Only a refusal of the client itself is a fault of the credential; other errors may concern this one request.
/// Some services say neither 401 nor why, but 403 with nothing in it.
fn refused(error: &TokenError) -> Option<(u64, String)> {
    match error {
        TokenError::Refused { number, status, code } => {
            let unknown = matches!(code.as_deref(), Some("invalid_client" | "unauthorized_client"));
            let of_client = unknown || *status == 401 || (*status == 403 && code.is_none());
            of_client.then(|| (*number, error.to_string()))
        }
        _ => None,
    }
}

fn version(target: &Target, tape: &Tape, name: &Word, facts: &CapabilityFacts, number: u64) {
    let Some(spoken) = &facts.fhir_version else { return };
    let claimed: Vec<_> = target.claims.iter().flat_map(|claim| claim.fhir.iter().copied()).collect();
    if claimed.is_empty() || claimed.iter().any(|version| version.covers(spoken)) {
        return;
    }
    let claimed = claimed.first().map_or("", |version| version.as_str());
    let detail = format!("the capability statement says fhirVersion {spoken}; the claim says fhir: [{claimed}]");
    find(tape, Fault::Version, name.as_str(), &detail, vec![number]);
}

/// The interactions that are read from a statement besides searching.
const WRITES: [&str; 3] = ["create", "update", "delete"];

/// What a capability statement says, if this answer is one.
fn capability(answer: &Answer) -> Option<CapabilityFacts> {
    if !(200..300).contains(&answer.status) {
        return None;
    }
    let statement: Value = tree::carried(&answer.headers, &answer.body)?;
    if statement.get("resourceType")?.as_str()? != "CapabilityStatement" {
        return None;
    }
    let short = |value: &Value| value.as_str().filter(|text| text.len() <= 64).map(str::to_owned);
    let mut facts =
        CapabilityFacts { fhir_version: statement.get("fhirVersion").and_then(short), ..CapabilityFacts::default() };
    facts.operations = operations(&statement);
    let resources = statement.get("rest").and_then(Value::as_array).into_iter().flatten();
    for resource in resources.filter_map(|rest| rest.get("resource").and_then(Value::as_array)).flatten() {
        let Some(kind) = resource.get("type").and_then(short).filter(|kind| is_type(kind)) else { continue };
        let interactions = resource.get("interaction").and_then(Value::as_array).into_iter().flatten();
        let codes: Vec<&str> =
            interactions.filter_map(|interaction| interaction.get("code").and_then(Value::as_str)).collect();
        for code in codes.iter().filter(|code| WRITES.contains(code)) {
            let types = facts.interactions.entry((*code).to_owned()).or_default();
            if !types.contains(&kind) {
                types.push(kind.clone());
            }
        }
        if !codes.contains(&"search-type") {
            continue;
        }
        let parameters = resource.get("searchParam").and_then(Value::as_array).into_iter().flatten();
        let known = parameters
            .filter_map(|p| Some((p.get("name").and_then(short)?, p.get("type").and_then(short)?)))
            .filter(|(name, _)| is_parameter(name))
            .collect();
        facts.search.insert(kind, known);
    }
    Some(facts)
}

/// The operations that a statement names, for the whole system and for types alike.
///
/// Products write `everything`, `$everything` and `patient-everything`, and some say it in the definition alone.
fn operations(statement: &Value) -> BTreeSet<String> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let rest = list(statement, "rest");
    let resources = rest.iter().flat_map(|rest| list(rest, "resource")).collect::<Vec<_>>();
    let kinds: Vec<String> =
        resources.iter().filter_map(|place| Some(format!("{}-", place.get("type")?.as_str()?))).collect();
    let without_type = |name: &str| {
        let kind =
            kinds.iter().find(|kind| name.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)));
        kind.map(|kind| name[kind.len()..].to_owned())
    };
    let named = |operation: &Value| {
        let text = |field: &str| operation.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let definition = text("definition");
        let last = definition.split(['|', '#']).next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        [text("name"), last.to_owned()]
    };
    let written = rest.iter().chain(&resources).flat_map(|place| list(place, "operation"));
    let written = written.flat_map(|operation| named(&operation)).map(|name| name.trim_start_matches('$').to_owned());
    written
        .flat_map(|name| [without_type(&name), Some(name)])
        .flatten()
        .filter(|name| name.len() <= 64 && is_parameter(name))
        .collect()
}

/// Names from a statement go into URLs, so they must look like names.
fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_parameter(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Facts;

    #[test]
    fn a_strange_machine_is_asked_what_its_owner_allows() {
        let catalogue = crate::language::catalogue::Catalogue::embedded().catalogue.unwrap();
        let of = |host: &str, authorisation: &str| {
            let text = format!(
                "format: 1\nname: t\nproduct: {{ vendor: v, name: n, version: '1' }}\nclaims: [ {{ profile: fhir-rest, roles: [holder] }} ]\n\
                 endpoints: {{ fhir: 'http://{host}/fhir' }}\ncredentials: {{ writer: none }}\ncast: fhir\n{authorisation}"
            );
            let target = crate::language::target::read_target("t.yaml", text.as_bytes(), &catalogue).target.unwrap();
            leave(&target, "2026-06-30")
        };
        let until = |day: &str| {
            format!("authorisation: {{ owner: o, environment: test, until: {day}, max-requests-per-second: 5 }}\n")
        };
        assert_eq!(of("127.0.0.1:1", ""), Leave::Given);
        assert_eq!(of("ehr.example", ""), Leave::Anonymous);
        assert_eq!(of("ehr.example", &until("2026-06-30")), Leave::Given);
        assert_eq!(of("ehr.example", &until("2026-06-29")), Leave::Ended);
    }

    fn answer(body: &str) -> Answer {
        let body = body.as_bytes().to_vec();
        Answer { status: 200, headers: Vec::new(), trailers: Vec::new(), body, cut: false, facts: Facts::default() }
    }

    #[test]
    fn a_refusal_of_the_client_is_told_from_one_of_this_request() {
        let of = |status, code: Option<&str>| {
            refused(&TokenError::Refused { number: 1, status, code: code.map(str::to_owned) }).is_some()
        };
        assert!(of(401, None) && of(400, Some("invalid_client")) && of(403, None));
        assert!(
            !of(400, Some("invalid_scope")) && !of(403, Some("invalid_target")) && !of(400, None) && !of(500, None)
        );
    }

    #[test]
    fn an_operation_is_known_by_any_name_that_products_give_it() {
        let statement = serde_json::json!({ "rest": [{
            "operation": [{ "name": "$export" }, { "name": "patient-everything" }],
            "resource": [
                { "type": "Patient", "operation": [{ "name": "match", "definition": "http://h/OperationDefinition/Patient-match|4.0.1" }] },
                { "type": "Observation", "operation": [{ "definition": "http://hl7.org/fhir/OperationDefinition/Observation-lastn" }] },
                { "type": "Practitioner" },
            ],
        }] });
        let found = operations(&statement);
        for name in ["export", "everything", "match", "lastn"] {
            assert!(found.contains(name), "{name} in {found:?}");
        }
        assert!(!found.contains("practitioner") && !found.contains(""), "{found:?}");
    }

    #[test]
    fn only_names_that_are_names_are_taken_from_a_statement() {
        let facts = capability(&answer(
            r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"resource":[
                {"type":"Observation","interaction":[{"code":"search-type"}],
                 "searchParam":[{"name":"patient","type":"reference"},{"name":"a&b=c","type":"token"}]},
                {"type":"../../x","interaction":[{"code":"search-type"},{"code":"create"}]},
                {"type":"Patient","interaction":[{"code":"read"},{"code":"create"}]}]}]}"#,
        ))
        .unwrap();
        assert_eq!(facts.search.keys().collect::<Vec<_>>(), ["Observation"]);
        assert_eq!(facts.search["Observation"].keys().collect::<Vec<_>>(), ["patient"]);
        assert_eq!(facts.interactions["create"], ["Patient"]);
        assert!(capability(&answer("{}")).is_none());
    }
}
