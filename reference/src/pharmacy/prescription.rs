//! What makes a Bundle a prescription, and what that Bundle is refused for.
//! Key order, white space and unknown extensions make no difference here.

use crate::fhir::{PHARMACY, Speech, URA, fault, named};
use crate::wire::Reply;
use hyper::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

const SNOMED: &str = "http://snomed.info/sct";
const AGREEMENT: &str = "33633005";
const COMMON_TAGS: &str = "http://terminology.hl7.org/CodeSystem/common-tags";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

/// What one entry brings.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) full_url: String,
    pub(crate) kind: &'static str,
    pub(crate) resource: Value,
}

/// Reads a Bundle as a prescription.
pub(crate) fn items(bundle: &Value, speech: Speech) -> Result<Vec<Item>, Reply> {
    if bundle["resourceType"] != "Bundle" {
        return Err(speech.bad("structure", "only a Bundle is taken here"));
    }
    if bundle["type"] != "transaction" {
        return Err(speech.bad("value", "the Bundle is not a transaction"));
    }
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    let items = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| item(entry, speech).map_err(|reply| speech.at_entry(reply, index)))
        .collect::<Result<Vec<_>, _>>()?;
    let invalid = |what: &str| speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what);
    let mut requests = items.iter().filter(|item| item.kind == "MedicationRequest");
    if !requests.any(|item| is_agreement(&item.resource)) {
        return Err(invalid("no entry is a medication agreement"));
    }
    let mut patients = items.iter().filter(|item| item.kind == "Patient");
    if !patients.any(|item| has_bsn(&item.resource)) {
        return Err(invalid("no Patient entry has a BSN"));
    }
    let names: BTreeSet<_> = items.iter().map(|item| &item.full_url).collect();
    if names.len() != items.len() {
        return Err(speech.bad("duplicate", "a fullUrl is used twice"));
    }
    Ok(items)
}

fn item(entry: &Value, speech: Speech) -> Result<Item, Reply> {
    let bad = |what: &str| speech.bad("structure", what);
    let invalid = |what: &str| speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what);
    let full_url = entry["fullUrl"]
        .as_str()
        .filter(|url| url.starts_with("urn:uuid:"))
        .ok_or_else(|| bad("an entry has no urn:uuid as its fullUrl"))?;
    if entry["request"]["method"] != "POST" {
        return Err(bad("an entry does not ask for POST"));
    }
    let url = entry["request"]["url"].as_str().unwrap_or_default();
    let kind = named(PHARMACY, url.trim_start_matches('/'))
        .ok_or_else(|| invalid("an entry has a type that does not belong in a prescription"))?;
    let resource = entry["resource"].clone();
    if let Some(what) = fault(kind, &resource) {
        return Err(invalid(&what));
    }
    if kind.name == "MedicationRequest" {
        if !actionable(&resource) {
            return Err(invalid("a MedicationRequest is not tagged actionable"));
        }
        if resource["intent"] != "order" {
            return Err(invalid("a MedicationRequest is not an order"));
        }
    }
    Ok(Item { full_url: full_url.to_owned(), kind: kind.name, resource })
}

/// The URAs a prescription is addressed to.
pub(crate) fn addressees(items: &[Item]) -> BTreeSet<String> {
    items
        .iter()
        .map(|item| &item.resource["dispenseRequest"]["performer"]["identifier"])
        .filter(|identifier| identifier["system"] == URA)
        .filter_map(|identifier| identifier["value"].as_str().map(str::to_owned))
        .collect()
}

/// Whether any extension has an address that is not of FHIR or of the Dutch profiles.
pub(crate) fn strange_extension(value: &Value) -> bool {
    const KNOWN: [&str; 3] = ["http://hl7.org/fhir/", "http://nictiz.nl/fhir/", "http://fhir.nl/fhir/"];
    let strange = |extension: &Value| {
        !extension["url"].as_str().is_some_and(|url| KNOWN.iter().any(|known| url.starts_with(known)))
    };
    match value {
        Value::Array(items) => items.iter().any(strange_extension),
        Value::Object(fields) => fields.iter().any(|(name, field)| match field {
            Value::Array(extensions) if name == "extension" || name == "modifierExtension" => {
                extensions.iter().any(strange)
            }
            field => strange_extension(field),
        }),
        _ => false,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_agreement(request: &Value) -> bool {
    list(&request["category"])
        .flat_map(|category| list(&category["coding"]))
        .any(|coding| coding["system"] == SNOMED && coding["code"] == AGREEMENT)
}

fn actionable(request: &Value) -> bool {
    list(&request["meta"]["tag"]).any(|tag| tag["system"] == COMMON_TAGS && tag["code"] == "actionable")
}

fn has_bsn(patient: &Value) -> bool {
    list(&patient["identifier"]).any(|identifier| {
        identifier["system"] == BSN && identifier["value"].as_str().is_some_and(|value| !value.is_empty())
    })
}
