//! What a killed run created without living to record it: the requests that were on their way.
//! Only what hangs on a patient of that run, or bears its markers, is called a stray of it.

use crate::engine::created::Created;
use crate::engine::credential::Tokens;
use crate::engine::draw;
use crate::engine::oracle::tree;
use crate::engine::preflight::speaks_fhir;
use crate::engine::provision::Provision;
use crate::model::cast::Person;
use crate::model::record::Phase;
use crate::model::request::Method;
use crate::model::target::{FhirVersion, Format};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use url::form_urlencoded::byte_serialize;

/// Searches every FHIR endpoint for them; what a server does not let us search stays unknown.
pub async fn find(provision: &Provision<'_>, known: &[Created]) -> Vec<Created> {
    let mut tokens = Tokens::new(Arc::clone(provision.credentials), "strays");
    let mut strays = Vec::new();
    let endpoints = provision.target.endpoints.iter().filter(|(name, _)| speaks_fhir(name.as_str()));
    for base in endpoints.map(|(_, base)| base.trim_end_matches('/').to_owned()) {
        for person in cast_of(provision) {
            let number = format!("{}|{}", provision.catalogue.numbers.bsn.system, person.bsn);
            let found = search(provision, &mut tokens, &base, "Patient", "identifier", &number).await;
            strays.extend(found.into_iter().filter(|(_, patient)| is_marked(patient, person)).map(|(one, _)| one));
        }
        let patients = known.iter().filter(|one| one.base == base && one.reference.starts_with("Patient/"));
        for patient in patients {
            let id = patient.reference.trim_start_matches("Patient/");
            for kind in kinds(provision) {
                let found = search(provision, &mut tokens, &base, &kind, "patient", id).await;
                // A server that ignores the parameter answers with everybody's: only what hangs on this patient is ours.
                let own = found.into_iter().filter(|(_, resource)| points_at(resource, &patient.reference));
                strays.extend(own.map(|(one, _)| one));
            }
        }
    }
    let mut seen: BTreeSet<Created> = known.iter().cloned().collect();
    strays.retain(|one| seen.insert(one.clone()));
    strays
}

/// The people whom the run itself created: somebody who stood there before has no given name of ours, and is never touched.
fn cast_of<'a>(provision: &'a Provision<'_>) -> impl Iterator<Item = &'a Person> {
    let cast = &provision.header.plan.cast;
    let ours = |person: &&Person| cast.contains_key(&person.member) && !person.given.is_empty();
    provision.header.people.iter().filter(ours)
}

/// Whether a reference to this resource stands anywhere in another.
fn points_at(tree: &Value, reference: &str) -> bool {
    let is_it = |text: &str| {
        let text = text.split("/_history/").next().unwrap_or(text);
        text.strip_suffix(reference).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    match tree {
        Value::Object(members) => {
            members.get("reference").and_then(Value::as_str).is_some_and(is_it)
                || members.values().any(|member| points_at(member, reference))
        }
        Value::Array(items) => items.iter().any(|item| points_at(item, reference)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether a record bears the number and a marker that were drawn for this person in this run.
fn is_marked(resource: &Value, person: &Person) -> bool {
    let text = resource.to_string();
    let marks = person.canaries.iter().map(|canary| canary.value.as_str()).chain([person.family.as_str()]);
    text.contains(person.bsn.as_str()) && marks.into_iter().any(|mark| mark.len() >= 6 && text.contains(mark))
}

/// The types that a run files under a patient.
fn kinds(provision: &Provision<'_>) -> BTreeSet<String> {
    let mut kinds: BTreeSet<String> = ["CareTeam", "Consent"].map(str::to_owned).into();
    for member in provision.header.plan.cast.keys() {
        let fixture = draw::record_of(provision.catalogue, member).map(|(record, _)| &record.fixture);
        let body = fixture.and_then(|name| provision.catalogue.body(name, FhirVersion::R4, Format::Json));
        let Some(bundle) = body.and_then(tree::parse) else { continue };
        let types = tree::entries(&bundle).unwrap_or_default().iter().filter_map(|entry| {
            entry.pointer("/resource/resourceType").and_then(Value::as_str).filter(|kind| *kind != "Patient")
        });
        kinds.extend(types.map(str::to_owned));
    }
    kinds
}

async fn search(
    provision: &Provision<'_>,
    tokens: &mut Tokens,
    base: &str,
    kind: &str,
    parameter: &str,
    value: &str,
) -> Vec<(Created, Value)> {
    let value: String = byte_serialize(value.as_bytes()).collect();
    let url = format!("{base}/{kind}?{parameter}={value}");
    let asked = provision.exchange(Phase::Cleanup, Method::Get, url, None, base, tokens).await;
    let Ok((_, answer)) = asked else { return Vec::new() };
    let Some(bundle) = tree::carried(&answer.headers, &answer.body).filter(|_| answer.status == 200) else {
        return Vec::new();
    };
    let entries = tree::entries(&bundle).unwrap_or_default().iter();
    let found = entries.filter_map(|entry| {
        let resource = entry.get("resource")?;
        let reference = super::created::own_reference(resource).filter(|own| own.starts_with(&format!("{kind}/")))?;
        Some((Created { base: base.to_owned(), reference }, resource.clone()))
    });
    found.collect()
}
