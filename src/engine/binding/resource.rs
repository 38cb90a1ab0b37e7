//! The Consent resource (R4) as the carrier of a choice: made, recognised and read, without moving a byte.
//! What it holds beyond R4's own rules is what IHE PCF asks of every consent.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The system of the tag by which what we created is known as ours; its code is the run's id.
pub const TAG_SYSTEM: &str = "https://example.org/toetssteen/run";

const URA_SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/ura";

const POLICY: &str = "https://example.org/toetssteen/synthetic-choice";

/// The part of the data, and of those who ask for them, that a choice is about; what is not named is all of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope<'s> {
    /// `medication`, `laboratory`, or the name of a resource type.
    pub(super) category: Option<&'s str>,
    /// The URA of an organisation.
    pub(super) organisation: Option<&'s str>,
}

impl Scope<'_> {
    /// `provision.class` and `provision.actor`, as IHE PCF uses them.
    fn limit(&self, provision: &mut Value) {
        if let Some(category) = self.category {
            let code = match category {
                "medication" => "MedicationRequest",
                "laboratory" => "Observation",
                other => other,
            };
            provision["class"] = json!([{ "system": "http://hl7.org/fhir/resource-types", "code": code }]);
        }
        if let Some(ura) = self.organisation {
            provision["actor"] = json!([{
                "role": coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
                "reference": { "identifier": { "system": URA_SYSTEM, "value": ura } },
            }]);
        }
    }
}

/// A choice of this patient, given now.
pub(super) fn choice(patient: &str, provision: &str, scope: &Scope<'_>, run: &str, now: OffsetDateTime) -> Value {
    // Whole seconds: some servers keep no fractions, and then compare what they kept.
    let now = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default();
    let patient = json!({ "reference": format!("Patient/{patient}") });
    let mut provision = json!({ "type": provision });
    scope.limit(&mut provision);
    json!({
        "resourceType": "Consent",
        "meta": { "tag": [{ "system": TAG_SYSTEM, "code": run }] },
        "status": "active",
        "scope": coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
        "category": [
            coded("http://loinc.org", "59284-0"),
            coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IDSCL"),
        ],
        "patient": patient,
        "dateTime": now,
        "performer": [patient],
        "organization": [{ "display": "Toetssteen" }],
        "sourceAttachment": { "title": "Synthetic choice, recorded by Toetssteen" },
        "policy": [{ "uri": POLICY }],
        "provision": provision,
    })
}

/// Gives a choice an end, so long after it was given.
pub(super) fn end_after(consent: &mut Value, now: OffsetDateTime, lasts: std::time::Duration) {
    let now = now.replace_nanosecond(0).unwrap_or(now);
    let written = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    consent["provision"]["period"] = json!({ "start": written(now), "end": written(now + lasts) });
}

fn coded(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

/// Whether this run created it.
pub(super) fn is_ours(consent: &Value, run: &str) -> bool {
    let tags = consent["meta"]["tag"].as_array().map_or(&[][..], Vec::as_slice);
    tags.iter().any(|tag| tag["system"] == TAG_SYSTEM && tag["code"] == run)
}

/// Whether it holds.
pub(super) fn is_active(consent: &Value) -> bool {
    consent["resourceType"] == "Consent" && consent["status"] == "active"
}

/// Whether it permits or denies.
pub(super) fn provision(consent: &Value) -> Option<&str> {
    consent["provision"]["type"].as_str()
}

/// Whether it is about this patient.
pub(super) fn concerns(consent: &Value, patient: &str) -> bool {
    let reference = consent["patient"]["reference"].as_str().unwrap_or_default();
    let reference = reference.split("/_history/").next().unwrap_or_default();
    reference
        .rsplit_once('/')
        .is_some_and(|(kind, id)| id == patient && (kind == "Patient" || kind.ends_with("/Patient")))
}

/// Its id, if it is one.
pub(super) fn id(consent: &Value) -> Option<&str> {
    consent["id"].as_str().filter(|id| is_id(id))
}

/// The id that a `location` names, whatever server it names.
pub(super) fn id_in(location: &str) -> Option<&str> {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').skip_while(|segment| *segment != "Consent");
    segments.nth(1).filter(|id| is_id(id))
}

/// The Consents of a search result.
pub(super) fn consents(bundle: &Value) -> impl Iterator<Item = &Value> {
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == "Consent")
}

/// Where a search result goes on.
pub(super) fn next(bundle: &Value) -> Option<&str> {
    let links = bundle["link"].as_array().map_or(&[][..], Vec::as_slice);
    links.iter().find(|link| link["relation"] == "next").and_then(|link| link["url"].as_str())
}

fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_recognised() {
        let made = choice("p1", "deny", &Scope::default(), "run-1", OffsetDateTime::UNIX_EPOCH);
        assert!(is_active(&made) && is_ours(&made, "run-1") && !is_ours(&made, "run-2"));
        assert!(concerns(&made, "p1") && !concerns(&made, "1"));
        assert_eq!((provision(&made), made["dateTime"].as_str()), (Some("deny"), Some("1970-01-01T00:00:00Z")));
        let absolute = json!({ "patient": { "reference": "https://a.example/fhir/Patient/p1/_history/2" } });
        assert!(concerns(&absolute, "p1"));
    }

    #[test]
    fn a_choice_about_a_part_says_which() {
        let scope = Scope { category: Some("medication"), organisation: Some("90000001") };
        let made = choice("p1", "permit", &scope, "run-1", OffsetDateTime::UNIX_EPOCH);
        assert_eq!(made["provision"]["class"][0]["code"], "MedicationRequest");
        assert_eq!(made["provision"]["actor"][0]["reference"]["identifier"]["value"], "90000001");
        let whole = choice("p1", "permit", &Scope::default(), "run-1", OffsetDateTime::UNIX_EPOCH);
        assert_eq!(whole["provision"], json!({ "type": "permit" }));
    }

    #[test]
    fn a_choice_that_lasts_has_a_beginning_and_an_end() {
        let mut made = choice("p1", "permit", &Scope::default(), "run-1", OffsetDateTime::UNIX_EPOCH);
        end_after(&mut made, OffsetDateTime::UNIX_EPOCH, std::time::Duration::from_secs(180));
        let period = json!({ "start": "1970-01-01T00:00:00Z", "end": "1970-01-01T00:03:00Z" });
        assert_eq!(made["provision"], json!({ "type": "permit", "period": period }));
    }

    #[test]
    fn an_id_is_found_in_every_form_of_location_and_never_a_path() {
        for location in ["Consent/c-1", "/fhir/Consent/c-1/_history/2", "http://a.example/fhir/Consent/c-1?x=Consent/2"]
        {
            assert_eq!(id_in(location), Some("c-1"), "{location}");
        }
        for location in ["", "Consent", "Consent/", "Consent/%2e%2e", "Patient/1"] {
            assert_eq!(id_in(location), None, "{location}");
        }
    }
}
