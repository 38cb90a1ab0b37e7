//! The embedded reference as a target: clients, secrets, bindings and claims, all made for one run.
//! The reference knows nothing of us; it is met over sockets like any other endpoint.

mod partner;

use crate::engine::counterpart::Switchboard;
use crate::engine::draw;
use crate::engine::identity::{Identities, Who};
use crate::engine::run::Env;
use crate::language::catalogue::Catalogue;
use crate::model::counterpart::Counterpart;
use crate::model::defect::{Change, ClaimSet, Means, Mutation};
use crate::model::id::DefectId;
use crate::model::record::Parameters;
use crate::model::span::Span;
use crate::model::target::{Claim, Counterparts, FacilityPlace, Target};
use p256::ecdsa::SigningKey;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use toetssteen_reference::mutate::{self, RunningProxy};
use toetssteen_reference::{
    Client, ClientKey, Config, Door, Partners, Regime, Revocation, RevocationAt, Right, Running, Style, Tls,
};

/// The reference on its own ports, with what is needed to test it.
pub struct Endpoint {
    reference: Running,
    proxy: Option<RunningProxy>,
    /// The target file that would describe it.
    pub target: Target,
    /// The secrets by the variables that the target file names.
    pub secrets: BTreeMap<String, String>,
    /// Where its secrets are read from, in place of the environment.
    pub env: Env,
    /// Where our counterparts listen, as the reference was told before it started.
    pub board: Arc<Switchboard>,
    /// The certificates that both sides show, where they speak TLS.
    pub identities: Option<Arc<Identities>>,
}

/// How the reference and its partners speak to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// Without TLS, so that a target file is all that somebody needs.
    Plain,
    /// With TLS and certificates on both sides.
    Secure,
}

/// The organisation of the cast that is the system under test itself.
const OWN: &str = "own";

/// Our counterparts on free ports of this machine; facilities among them, as the reference is configured with.
fn counterparts() -> Counterparts {
    let facilities = Counterpart::ALL.into_iter().filter(|one| one.is_facility()).filter_map(|facility| {
        let place = FacilityPlace { listen: "127.0.0.1:0".to_owned(), public_url: None };
        Some((facility.as_str().parse().ok()?, place))
    });
    // Who sends twice here does so at once.
    Counterparts { settle: Span::millis(150), facilities: facilities.collect(), ..Counterparts::default() }
}

/// Starts the reference under these claims, with these defects, on a free port.
///
/// # Errors
/// What kept it from starting.
pub async fn start(
    catalogue: &Catalogue,
    claims: &ClaimSet,
    style: Style,
    defects: &[DefectId],
    parameters: &Parameters,
) -> Result<Endpoint, String> {
    start_at(catalogue, claims, style, defects, parameters, (Door::default(), Ways::Secure)).await
}

/// The same at a door of choice: whoever comes through the proxy, if there is one, comes through the door.
///
/// # Errors
/// What kept it from starting.
pub async fn start_at(
    catalogue: &Catalogue,
    claims: &ClaimSet,
    style: Style,
    defects: &[DefectId],
    parameters: &Parameters,
    (door, ways): (Door, Ways),
) -> Result<Endpoint, String> {
    let mut switches = BTreeSet::new();
    let mut mutations = Vec::new();
    for id in defects {
        let (_, defect) = catalogue.defects.get(id).ok_or_else(|| format!("no defect `{id}`"))?;
        match &defect.by {
            Means::Switch => {
                switches.insert(id.to_string());
            }
            Means::Mutation(mutation) => mutations.push(mutation.clone()),
        }
    }
    let regime = claims.claims.iter().find_map(|claim| claim.options.get("choice-regime"));
    let regime: Regime = match regime {
        Some(word) => word.parse().map_err(|_| format!("the reference knows no regime `{word}`"))?,
        None => Regime::OptIn,
    };
    // The proxy is another server to the token service, which an assertion would have to name; secrets do without.
    let parties = parties(catalogue, parameters, mutations.is_empty())?;
    let clients = parties.iter().map(|party| party.client.clone()).collect();
    let (inner, outer) = if mutations.is_empty() { (door, None) } else { (Door::default(), Some(door)) };
    let organisations = draw::organisations(catalogue, parameters);
    let own_ura = organisations.get(OWN).cloned().unwrap_or_default();
    // The proxy speaks no TLS: what it changes is shown without.
    let secure = ways == Ways::Secure && outer.is_none();
    let at = Counterparts { secure, ..counterparts() };
    let board = Switchboard::open(&at, parameters.body_limit).await.map_err(|error| error.to_string())?;
    let identities = secure.then(|| Identities::fresh(&[], board.status_list().as_deref()).map(Arc::new)).transpose();
    let identities = identities.map_err(|error| error.to_string())?;
    if let Some(own) = &identities {
        board.secure(own, &[]).map_err(|error| error.to_string())?;
    }
    let facilities: BTreeMap<String, String> =
        board.places().into_iter().filter(|(_, place)| place.shared).map(|(name, at)| (name, at.url)).collect();
    let revocation = revocation(claims, &board)?;
    let tls = identities.as_ref().and_then(|own| {
        let reference = own.of(Who::Reference)?;
        Some(Tls {
            certificate_pem: reference.certificate_pem.clone(),
            key_pem: reference.key_pem.clone(),
            authority_pem: own.authority_pem(),
            revocation,
        })
    });
    let partners = Partners { facilities, copies_last: copies_last(claims)?, tls };
    let config = Config { style, regime, defects: switches, clients, own_ura, partners };
    let reference = toetssteen_reference::start_at(config, inner).await.map_err(|error| error.to_string())?;
    let mut endpoints = reference.endpoints();
    let proxy = match outer {
        None => None,
        Some(door) => {
            let mutations = mutations.iter().map(mutation_of).collect();
            let proxy =
                mutate::start_at(endpoints.clone(), mutations, door).await.map_err(|error| error.to_string())?;
            endpoints = proxy.endpoints();
            Some(proxy)
        }
    };
    let secrets: BTreeMap<String, String> =
        parties.iter().map(|party| (party.variable.clone(), party.secret.clone())).collect();
    let mut target = target(style, claims, &endpoints, &parties)?;
    target.organisations = organisations;
    target.counterparts = Some(at);
    let known = secrets.clone();
    let env = Arc::new(move |name: &str| known.get(name).cloned());
    Ok(Endpoint { reference, proxy, target, secrets, env, board: Arc::new(board), identities })
}

/// How long the reference may use an answer of the register again, if it is claimed to keep copies.
fn copies_last(claims: &ClaimSet) -> Result<Option<Duration>, String> {
    let keeps = |claim: &&Claim| claim.options.get("register-copies").is_some_and(|word| word == "kept");
    let Some(claim) = claims.claims.iter().find(keeps) else { return Ok(None) };
    let stated = claim.options.get("copies-last").and_then(|word| word.parse::<Span>().ok());
    stated.map(|span| Some(span.into())).ok_or_else(|| "`copies-last` is not stated".to_owned())
}

/// Where the reference learns which certificates are revoked and how soon, if it is claimed to look.
fn revocation(claims: &ClaimSet, board: &Switchboard) -> Result<Option<Revocation>, String> {
    let looks = |claim: &&Claim| claim.options.get("revocation").is_some_and(|word| word == "crl");
    let Some(claim) = claims.claims.iter().find(looks) else { return Ok(None) };
    let stated = claim.options.get("revocation-within").and_then(|word| word.parse::<Span>().ok());
    // Which door it is follows from the claim, as the defects of one role may not show at the other.
    let holds = claim.roles.iter().any(|role| role.as_str() == "holder");
    let door = if holds { RevocationAt::Holders } else { RevocationAt::Receiver };
    let within = stated.ok_or_else(|| "`revocation-within` is not stated".to_owned())?.into();
    Ok(board.status_list().map(|list| Revocation { list, within, door }))
}

impl Endpoint {
    /// Frees the ports of our counterparts for another process, whose target file says where they were: the reference
    /// is told of central facilities before it starts.
    pub fn leave_counterparts_to_others(&mut self) {
        let places = self.board.places();
        if let Some(at) = &mut self.target.counterparts {
            for (name, facility) in &mut at.facilities {
                let url = places.get(name.as_str()).and_then(|place| url::Url::parse(&place.url).ok());
                let port = url.and_then(|url| url.port());
                facility.listen = format!("127.0.0.1:{}", port.unwrap_or_default());
            }
        }
        self.board.close();
    }

    /// Stops it and waits until its ports are free.
    pub async fn stop(self) {
        if let Some(proxy) = self.proxy {
            proxy.stop().await;
        }
        self.reference.stop().await;
    }
}

/// A party with its secret, on both sides of the counter.
struct Party {
    name: String,
    variable: String,
    secret: String,
    by_key: bool,
    client: Client,
}

fn parties(catalogue: &Catalogue, parameters: &Parameters, keys: bool) -> Result<Vec<Party>, String> {
    let organisations = draw::organisations(catalogue, parameters);
    let rights = organisations
        .into_iter()
        .map(|(name, ura)| (name.to_string(), Right::Organisation { ura }))
        .chain([("writer".to_owned(), Right::Writer), ("patient".to_owned(), Right::Portal)]);
    // Half of the parties sign, half have a secret, so that both ways are walked in every run.
    rights.enumerate().map(|(index, (name, right))| party(name, right, keys && index % 2 == 0)).collect()
}

fn party(name: String, right: Right, by_key: bool) -> Result<Party, String> {
    let variable = format!("REFERENCE_{}", name.to_uppercase().replace('-', "_"));
    let (secret, key) = if by_key {
        let signing = signing_key()?;
        let private = signing.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
        let public = signing.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|error| error.to_string())?;
        (private.to_string(), ClientKey::PublicPem(public))
    } else {
        let secret = draw::marker(&mut rand::rng());
        (secret.clone(), ClientKey::Secret(secret))
    };
    let client = Client { id: format!("demo-{name}"), key, right };
    Ok(Party { name, variable, secret, by_key, client })
}

fn signing_key() -> Result<SigningKey, String> {
    // Nearly every 32 bytes are a key; the few that are not are drawn again.
    for _ in 0..8 {
        let bytes: [u8; 32] = rand::random();
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
    Err("no signing key could be drawn".to_owned())
}

fn target(
    style: Style,
    claims: &ClaimSet,
    endpoints: &BTreeMap<String, String>,
    parties: &[Party],
) -> Result<Target, String> {
    let mut credentials = serde_json::Map::new();
    for party in parties {
        let secret = if party.by_key { "key" } else { "secret" };
        let credential = json!({ "client-credentials": {
            "id": party.client.id,
            secret: { "env": party.variable },
            "parameters": { "patient": "patient", "purpose": "purpose" },
        } });
        credentials.insert(party.name.clone(), credential);
    }
    let tree = json!({
        "format": 1,
        "name": format!("reference ({style}, {})", claims.id),
        "product": { "vendor": "Toetssteen", "name": "reference", "version": env!("CARGO_PKG_VERSION") },
        "claims": claims.claims,
        "endpoints": endpoints,
        "credentials": credentials,
        "own-client": { "user-agent": "Gemaal-Client/7" },
        "cast": "fhir",
        "bindings": bindings(style, claims),
        "samples": { "retrieval": { "text": SAMPLE } },
    });
    serde_json::from_value(tree).map_err(|error| format!("the reference's own target file: {error}"))
}

/// A retrieval as a supplier's own client might send it, with a header that only that supplier knows.
const SAMPLE: &str =
    "GET /Observation?patient={{asked.id}}\nAccept: application/fhir+json\nX-Vendor-Tenant: reference\n\n";

/// How actions are done: as FHIR Consents in the plain style, at the portal in the other.
fn bindings(style: Style, claims: &ClaimSet) -> Value {
    let clock = json!({ "http": {
        "method": "POST", "endpoint": "control", "path": "/clock",
        "header": { "content-type": "application/json" },
        "body": "{\"by-ms\":{{with.by-ms}}}",
    } });
    let mut bindings = match style {
        Style::Plain => {
            let consent =
                |effect: &str| json!({ "fhir-consent": { "endpoint": "fhir", "as": "patient", "do": effect } });
            json!({
                "advance-clock": clock,
                "record-consent-until": consent("permit"),
                "withdraw-consent": consent("revoke-all"),
                "record-objection": consent("deny"),
                "record-choice": consent("as-asked"),
                "withdraw-objection": consent("revoke-deny"),
                "record-consent": consent("permit"),
                "clear-choices": consent("revoke-all"),
                "show-choices": consent("show"),
            })
        }
        Style::Other => {
            let choice = |choice: &str| {
                json!({ "http": {
                    "as": "patient", "method": "PUT", "endpoint": "portal",
                    "path": "/choices/{{asked.id}}?endpoint={{asked.holder}}",
                    "header": { "content-type": "application/json" },
                    "body": format!("{{\"choice\":\"{choice}\"}}"),
                } })
            };
            let part = |choice: &str| {
                let mut binding = choice_of_part();
                let choice = format!("\"choice\":\"{choice}\"");
                binding["http"]["body"] = json!(format!(
                    "{{{choice},\"category\":\"{{{{with.category}}}}\",\"organisation\":\"{{{{with.organisation}}}}\"}}"
                ));
                binding
            };
            let mut until = choice("permit");
            until["http"]["body"] = json!("{\"choice\":\"permit\",\"lasts\":\"{{with.lasts}}\"}");
            json!({
                "advance-clock": clock,
                "record-consent-until": until,
                "withdraw-consent": choice("none"),
                "record-objection": part("objection"),
                "record-choice": part("{{with.effect}}"),
                "withdraw-objection": choice("withdraw"),
                "record-consent": choice("permit"),
                "clear-choices": choice("none"),
                "show-choices": { "http": {
                    "as": "patient", "method": "GET", "endpoint": "portal",
                    "path": "/choices/{{asked.id}}?endpoint={{asked.holder}}",
                    "returns": {
                        "objected": { "at": { "json": "/objected" } },
                        "consented": { "at": { "json": "/consented" } },
                    },
                } },
            })
        }
    };
    for further in [life(), partner::bindings(style, claims)] {
        if let (Some(all), Value::Object(further)) = (bindings.as_object_mut(), further) {
            all.extend(further);
        }
    }
    bindings
}

/// How things happen to a record over the years: through the writer, or at the control route.
fn life() -> Value {
    let written = |method: &str, path: &str| {
        json!({ "http": {
            "as": "writer", "method": method, "endpoint": "fhir", "path": path,
            "header": { "content-type": "application/fhir+json" },
        } })
    };
    let happens = |event: &str| {
        json!({ "http": {
            "method": "POST", "endpoint": "control", "path": format!("/life/{event}"),
            "header": { "content-type": "application/json" },
            "body": "{\"patient\":\"{{asked.id}}\",\"endpoint\":\"{{asked.holder}}\"}",
        } })
    };
    let mut new = written("PUT", "/Observation/{{asked.id}}-new");
    new["http"]["body"] = json!(concat!(
        r#"{"resourceType":"Observation","id":"{{asked.id}}-new","status":"final","#,
        r#""code":{"text":"made later"},"subject":{"reference":"Patient/{{asked.id}}"}}"#
    ));
    let mut moved = written("PUT", "/Patient/{{asked.id}}");
    moved["http"]["body"] = json!(concat!(
        r#"{"resourceType":"Patient","id":"{{asked.id}}","active":true,"birthDate":"{{asked.birth-date}}","#,
        r#""identifier":[{"system":"http://fhir.nl/fhir/NamingSystem/bsn","value":"{{asked.bsn}}"}],"#,
        r#""name":[{"family":"{{asked.family}}","given":["{{asked.given}}"]}],"address":[{"city":"Moved"}]}"#
    ));
    json!({
        "store-new-record": new,
        "remove-new-record": written("DELETE", "/Observation/{{asked.id}}-new"),
        "change-demographics": moved,
        "import-again": happens("import"),
        "restore-backup": happens("restore"),
    })
}

/// A choice about a part, recorded at the portal; the body is filled in by whoever uses it.
fn choice_of_part() -> Value {
    json!({ "http": {
        "as": "patient", "method": "PUT", "endpoint": "portal",
        "path": "/choices/{{asked.id}}?endpoint={{asked.holder}}",
        "header": { "content-type": "application/json" },
    } })
}

fn mutation_of(mutation: &Mutation) -> mutate::Mutation {
    let route = mutate::Route {
        method: mutation.route.method.map(|method| method.as_str().to_owned()),
        path: mutation.route.path.clone(),
        status: mutation.route.status_class.map(|class| (class * 100, class * 100 + 99)),
    };
    let action = match &mutation.change {
        Change::Status(status) => mutate::Action::Status(*status),
        Change::Body(body) => mutate::Action::Body(body.clone()),
        Change::DropBody => mutate::Action::DropBody,
        Change::Header { name, value } => {
            mutate::Action::Header { name: name.as_str().to_owned(), value: value.clone() }
        }
        Change::DropHeader(name) => mutate::Action::DropHeader(name.as_str().to_owned()),
        Change::RemoveElement(pointer) => mutate::Action::RemoveElement(pointer.clone()),
        Change::IgnoreParameter(name) => mutate::Action::IgnoreParameter(name.clone()),
        Change::DropRequestHeader(name) => mutate::Action::DropRequestHeader(name.as_str().to_owned()),
        Change::Delay(span) => mutate::Action::Delay((*span).into()),
    };
    mutate::Mutation { route, action }
}
