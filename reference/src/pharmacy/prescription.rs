//! What makes a Bundle a prescription, and what that Bundle is refused for.
//! Key order, white space and unknown extensions make no difference here.

use crate::app::Setup;
use crate::defect::Defect;
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
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) full_url: String,
    pub(crate) kind: &'static str,
    pub(crate) resource: Value,
}

/// Reads a Bundle as a prescription.
pub(crate) fn items(bundle: &Value, setup: &Setup) -> Result<Vec<Item>, Reply> {
    let speech = Speech(setup.style);
    if bundle["resourceType"] != "Bundle" {
        return Err(speech.bad("structure", "only a Bundle is taken here"));
    }
    let collected = setup.has(Defect::CollectionTaken) && bundle["type"].is_string();
    if bundle["type"] != "transaction" && !collected {
        return Err(speech.bad("value", "the Bundle is not a transaction"));
    }
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    let items = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| item(entry, setup).map_err(|reply| speech.at_entry(reply, index)))
        .collect::<Result<Vec<_>, _>>()?;
    let invalid = |what: &str| speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what);
    let mut requests = items.iter().filter(|item| item.kind == "MedicationRequest");
    if !requests.any(|item| is_agreement(&item.resource) || setup.has(Defect::UncategorisedTaken)) {
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
    let elsewhere = addressees(&items).iter().any(|ura| *ura != setup.own_ura);
    if elsewhere && !setup.has(Defect::OtherPharmacyTaken) {
        return Err(invalid("it is meant for another pharmacy"));
    }
    Ok(items)
}

/// Only with a defect: the entries that are right by themselves, whatever the others are.
pub(crate) fn sound_items(bundle: &Value, setup: &Setup) -> Vec<Item> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries.filter_map(|entry| item(entry, setup).ok()).collect()
}

fn item(entry: &Value, setup: &Setup) -> Result<Item, Reply> {
    let speech = Speech(setup.style);
    let bad = |what: &str| speech.bad("structure", what);
    let invalid = |what: &str| speech.refused_content(StatusCode::UNPROCESSABLE_ENTITY, what);
    let full_url = entry["fullUrl"]
        .as_str()
        .filter(|url| url.starts_with("urn:uuid:"))
        .ok_or_else(|| bad("an entry has no urn:uuid as its fullUrl"))?;
    // What is merely collected asks for nothing.
    let unasked = setup.has(Defect::CollectionTaken) && entry["request"].is_null();
    if entry["request"]["method"] != "POST" && !unasked {
        return Err(bad("an entry does not ask for POST"));
    }
    let asked = if unasked { &entry["resource"]["resourceType"] } else { &entry["request"]["url"] };
    let url = asked.as_str().unwrap_or_default();
    let kind = named(PHARMACY, url.trim_start_matches('/'))
        .ok_or_else(|| invalid("an entry has a type that does not belong in a prescription"))?;
    let resource = entry["resource"].clone();
    if let Some(what) = fault(kind, &resource) {
        return Err(invalid(&what));
    }
    if kind.name == "MedicationRequest" {
        if !actionable(&resource) && !setup.has(Defect::UntaggedTaken) {
            return Err(invalid("a MedicationRequest is not tagged actionable"));
        }
        if resource["intent"] != "order" && !setup.has(Defect::PlanTaken) {
            return Err(invalid("a MedicationRequest is not an order"));
        }
    }
    Ok(Item { full_url: full_url.to_owned(), kind: kind.name, resource })
}

/// The URAs a prescription is addressed to, said by number or by a reference to an Organization that comes along.
pub(crate) fn addressees(items: &[Item]) -> BTreeSet<String> {
    let mut identifiers = Vec::new();
    // The profile names the pharmacy as performer of the order; FHIR has a place for it in what is to be dispensed too.
    let performers =
        items.iter().flat_map(|item| [&item.resource["performer"], &item.resource["dispenseRequest"]["performer"]]);
    for performer in performers {
        identifiers.push(&performer["identifier"]);
        let named = items.iter().filter(|one| one.kind == "Organization" && performer["reference"] == one.full_url);
        identifiers.extend(named.flat_map(|one| list(&one.resource["identifier"])));
    }
    let numbers = identifiers.into_iter().filter(|identifier| identifier["system"] == URA);
    numbers.filter_map(|identifier| identifier["value"].as_str().map(str::to_owned)).collect()
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

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
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
