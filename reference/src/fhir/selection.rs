//! The elements that a search asks for: what was not asked for does not travel.
//! What a resource must have stays, and a tag says that it is not whole.

use super::kind::{HOLDER, Kind, Need, named};
use crate::app::Setup;
use crate::defect::Defect;
use serde_json::{Value, json};

/// What FHIR demands of a type beyond what this endpoint checks when it stores one.
const DEMANDED: &[(&str, &[&str])] = &[
    ("Encounter", &["status", "class"]),
    ("DocumentReference", &["status", "content"]),
    ("Consent", &["status", "scope", "category"]),
];

/// Leaves of every match in a Bundle what was asked for and what must be there.
pub(crate) fn narrow(setup: &Setup, bundle: &mut Value, asked: &[String]) {
    let Some(entries) = bundle["entry"].as_array_mut() else {
        return;
    };
    for entry in entries.iter_mut().filter(|entry| entry["search"]["mode"] == "match") {
        let resource = &mut entry["resource"];
        let Some(kind) = resource["resourceType"].as_str().and_then(|name| named(HOLDER, name)) else {
            continue;
        };
        let tells_all = setup.has(Defect::NarrativeSurvivesSelection);
        if let Some(fields) = resource.as_object_mut() {
            fields.retain(|name, _| {
                let always = ["resourceType", "id", "meta"].contains(&name.as_str()) || demanded(kind, name);
                always || asked.iter().any(|wanted| wanted == name) || (tells_all && name == "text")
            });
        }
        resource["meta"]["tag"] = json!([{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
            "code": "SUBSETTED"
        }]);
    }
}

fn demanded(kind: &Kind, name: &str) -> bool {
    let of_table = kind.needs.iter().any(|need| match need {
        Need::Field(field) | Need::Code(field, _) => *field == name,
        Need::OneOf(fields) => fields.contains(&name),
    });
    of_table || DEMANDED.iter().any(|(of, fields)| *of == kind.name && fields.contains(&name))
}
