//! A prescription as its sender makes it: one transaction that says everything it refers to (FHIR R4).
//! Sent again or taken back it bears the same identifiers, so that a pharmacy knows it.

use super::handoff::{BSN, SNOMED};
use super::state::{Address, Delivery};
use crate::app::{App, Setup};
use crate::clock::instant;
use crate::config::Style;
use crate::defect::Defect;
use crate::fhir::{Store, URA, fresh_id};
use serde_json::{Value, json};

const AGREEMENT: &str = "33633005";
const DISPENSE: &str = "52711000146108";
const AGREEMENT_NUMBERS: &str = "urn:oid:2.16.840.1.113883.2.4.3.11.999.77.16076005.1";
const DISPENSE_NUMBERS: &str = "urn:oid:2.16.840.1.113883.2.4.3.11.999.77.52711000146108.1";
const PROFILES: &str = "http://nictiz.nl/fhir/StructureDefinition";

#[derive(Clone, Debug)]
pub(super) struct Prescription {
    /// The URA of the pharmacy.
    pub(super) recipient: String,
    pub(super) address: Address,
    /// What became of what was sent last: the order, or that it was taken back.
    pub(super) delivery: Delivery,
    /// What both orders are known by.
    number: String,
    /// The temporary names of the entries in their order, and one that nothing bears.
    names: Vec<String>,
    at: String,
    own_ura: String,
    patient: Value,
    medication: Value,
}

/// Whether something is ordered, or an order is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intention {
    Order,
    Cancel,
}

impl Prescription {
    /// Makes a prescription from a record; nothing if that patient has none here.
    pub(super) fn made(app: &App, store: &Store, patient: &str, recipient: &str, address: Address) -> Option<Self> {
        let (_, record) = store.live("Patient", patient)?;
        let name = || format!("urn:uuid:{}", fresh_id(Style::Other));
        Some(Self {
            recipient: recipient.to_owned(),
            address,
            delivery: Delivery::Pending,
            number: fresh_id(Style::Other),
            names: (0..9).map(|_| name()).collect(),
            at: instant(app.clock.now()),
            own_ura: app.setup.own_ura.clone(),
            patient: person(record),
            medication: medication(store, patient),
        })
    }

    /// The transaction that says so.
    pub(super) fn transaction(&self, setup: &Setup, intention: Intention) -> Value {
        let [agreement, dispense, patient, role, practitioner, prescriber, pharmacy, medication] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|index| self.names[index].as_str());
        let (mut agreed, mut ordered) = (self.agreement(intention), self.dispense(intention));
        if setup.has(Defect::PrescriptionWithoutTag) {
            [&mut agreed, &mut ordered].into_iter().for_each(|order| without(&mut order["meta"], "tag"));
        }
        if setup.has(Defect::PrescriptionWithoutPerformer) {
            without(&mut ordered, "performer");
        }
        if setup.has(Defect::PrescriptionWithDanglingReference) {
            agreed["requester"]["reference"] = json!(self.names[8]);
        }
        let resources = [
            (agreement, agreed),
            (dispense, ordered),
            (patient, self.patient.clone()),
            (
                role,
                json!({
                    "resourceType": "PractitionerRole",
                    "practitioner": { "reference": practitioner },
                    "organization": { "reference": prescriber }
                }),
            ),
            (
                practitioner,
                json!({
                    "resourceType": "Practitioner",
                    "identifier": [{ "system": "http://fhir.nl/fhir/NamingSystem/uzi-nr-pers", "value": "900000001" }],
                    "name": [{ "family": "Voorschrijver" }]
                }),
            ),
            (prescriber, organization(&self.own_ura)),
            (pharmacy, organization(&self.recipient)),
            (medication, json!({ "resourceType": "Medication", "code": self.medication })),
        ];
        let entries: Vec<Value> = resources
            .into_iter()
            .map(|(name, resource)| {
                let request = json!({ "method": "POST", "url": resource["resourceType"] });
                json!({ "fullUrl": name, "resource": resource, "request": request })
            })
            .collect();
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
    }

    /// Only with a defect: the same under another number.
    pub(super) fn renumbered(&self) -> Self {
        Self { number: fresh_id(Style::Other), ..self.clone() }
    }

    /// The number of whom it is for; empty when there is none.
    pub(super) fn bsn(&self) -> &str {
        self.patient["identifier"][0]["value"].as_str().unwrap_or_default()
    }

    fn agreement(&self, intention: Intention) -> Value {
        let mut agreement = self.request("mp-MedicationAgreement", AGREEMENT, AGREEMENT_NUMBERS);
        agreement["dosageInstruction"] = json!([{ "text": "volgens voorschrift" }]);
        if intention == Intention::Cancel {
            agreement["status"] = json!("cancelled");
            agreement["priorPrescription"] = json!({ "identifier": agreement["identifier"][0] });
            agreement["modifierExtension"] = json!([{
                "url": format!("{PROFILES}/ext-StopType"),
                "valueCodeableConcept": { "coding": [{ "system": SNOMED, "code": "410546004" }] }
            }]);
        }
        agreement
    }

    fn dispense(&self, intention: Intention) -> Value {
        let mut dispense = self.request("mp-DispenseRequest", DISPENSE, DISPENSE_NUMBERS);
        dispense["basedOn"] = json!([{ "reference": self.names[0] }]);
        dispense["performer"] = json!({
            "reference": self.names[6],
            "identifier": { "system": URA, "value": self.recipient }
        });
        dispense["dispenseRequest"] = json!({ "quantity": { "value": 30, "unit": "stuk" } });
        if intention == Intention::Cancel {
            dispense["status"] = json!("entered-in-error");
        }
        dispense
    }

    fn request(&self, profile: &str, category: &str, numbers: &str) -> Value {
        json!({
            "resourceType": "MedicationRequest",
            "meta": {
                "profile": [format!("{PROFILES}/{profile}")],
                "tag": [{ "system": "http://terminology.hl7.org/CodeSystem/common-tags", "code": "actionable" }]
            },
            "extension": [{ "url": format!("{PROFILES}/ext-RegistrationDateTime"), "valueDateTime": self.at }],
            "identifier": [{ "system": numbers, "value": self.number }],
            "status": "active",
            "intent": "order",
            "category": [{ "coding": [{ "system": SNOMED, "code": category }] }],
            "medicationReference": { "reference": self.names[7] },
            "subject": { "reference": self.names[2] },
            "authoredOn": self.at,
            "requester": { "reference": self.names[3] }
        })
    }
}

fn without(value: &mut Value, name: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove(name);
    }
}

/// Who it is for: number, name and birth date, and nothing else.
fn person(record: &Value) -> Value {
    let numbers = record["identifier"].as_array().into_iter().flatten();
    let numbers: Vec<_> = numbers.filter(|identifier| identifier["system"] == BSN).collect();
    let mut person = json!({ "resourceType": "Patient", "identifier": numbers });
    for name in ["name", "birthDate"] {
        if let Some(value) = record.get(name) {
            person[name] = value.clone();
        }
    }
    person
}

/// What is prescribed: what the patient was prescribed first, in the same words.
fn medication(store: &Store, patient: &str) -> Value {
    let records = store.about(patient, "MedicationRequest").filter_map(|record| Some((record.rank, record.live()?.1)));
    let own = records.filter(|(_, body)| store.patient_of(body).as_deref() == Some(patient));
    let first = own.min_by_key(|(rank, _)| *rank).map(|(_, body)| body);
    let concept = first.map(|first| &first["medicationCodeableConcept"]).filter(|concept| concept.is_object());
    let shown = first.and_then(|first| first["medicationReference"]["display"].as_str());
    concept.cloned().unwrap_or_else(|| json!({ "text": shown.unwrap_or("Paracetamol 500 mg tablet") }))
}

fn organization(ura: &str) -> Value {
    json!({ "resourceType": "Organization", "identifier": [{ "system": URA, "value": ura }] })
}
