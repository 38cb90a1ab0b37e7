//! The types that are served, what each must contain, and what each can be searched by.
//! The capability statement and the search are both read from this one table.

/// One resource type as it is served.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    pub(crate) needs: &'static [Need],
}

/// One search parameter.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Id,
    LastUpdated,
    /// A token in any of these fields.
    Token(&'static [&'static str]),
    /// A reference to a Patient in this field.
    Patient(&'static str),
    /// A date, dateTime, instant or Period in any of these fields.
    Date(&'static [&'static str]),
    Family,
}

/// What the structure of a resource must contain.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// A field that is there and not empty.
    Field(&'static str),
    /// A code from a fixed list.
    Code(&'static str, &'static [&'static str]),
    /// One of several fields.
    OneOf(&'static [&'static str]),
}

const fn param(name: &'static str, meaning: Meaning) -> Param {
    Param { name, meaning }
}

const ID: Param = param("_id", Meaning::Id);
const UPDATED: Param = param("_lastUpdated", Meaning::LastUpdated);
const IDENTIFIER: Param = param("identifier", Meaning::Token(&["identifier"]));
const OF_PATIENT: Param = param("patient", Meaning::Patient("subject"));
const OF_SUBJECT: Param = param("subject", Meaning::Patient("subject"));
const CATEGORY: Param = param("category", Meaning::Token(&["category"]));
const CODE: Param = param("code", Meaning::Token(&["code"]));
const STATUS: Param = param("status", Meaning::Token(&["status"]));
const IN_PERIOD: Param = param("date", Meaning::Date(&["period"]));

const OBSERVATION_STATUS: &[&str] =
    &["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];
const REQUEST_STATUS: &[&str] =
    &["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"];
const REQUEST_INTENT: &[&str] =
    &["proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"];
const REQUEST_NEEDS: &[Need] = &[
    Need::Code("status", REQUEST_STATUS),
    Need::Code("intent", REQUEST_INTENT),
    Need::Field("subject"),
    Need::OneOf(&["medicationCodeableConcept", "medicationReference"]),
];
const OBSERVATION_NEEDS: &[Need] = &[Need::Code("status", OBSERVATION_STATUS), Need::Field("code")];

/// What a data holder serves.
pub(crate) const HOLDER: &[Kind] = &[
    Kind {
        name: "Patient",
        params: &[
            ID,
            UPDATED,
            IDENTIFIER,
            param("family", Meaning::Family),
            param("birthdate", Meaning::Date(&["birthDate"])),
        ],
        needs: &[],
    },
    Kind {
        name: "Observation",
        params: &[
            ID,
            UPDATED,
            IDENTIFIER,
            OF_PATIENT,
            OF_SUBJECT,
            CATEGORY,
            CODE,
            STATUS,
            param("date", Meaning::Date(&["effectiveDateTime", "effectivePeriod", "effectiveInstant"])),
        ],
        needs: OBSERVATION_NEEDS,
    },
    Kind {
        name: "MedicationRequest",
        params: &[
            ID,
            UPDATED,
            IDENTIFIER,
            OF_PATIENT,
            OF_SUBJECT,
            CATEGORY,
            param("code", Meaning::Token(&["medicationCodeableConcept"])),
            STATUS,
        ],
        needs: REQUEST_NEEDS,
    },
    Kind {
        name: "Condition",
        params: &[ID, UPDATED, IDENTIFIER, OF_PATIENT, OF_SUBJECT, CATEGORY, CODE],
        needs: &[Need::Field("subject")],
    },
    Kind {
        name: "Encounter",
        params: &[ID, UPDATED, IDENTIFIER, OF_PATIENT, OF_SUBJECT, STATUS, IN_PERIOD],
        needs: &[],
    },
    Kind {
        name: "DocumentReference",
        params: &[
            ID,
            UPDATED,
            param("identifier", Meaning::Token(&["masterIdentifier", "identifier"])),
            OF_PATIENT,
            OF_SUBJECT,
            CATEGORY,
            STATUS,
            param("date", Meaning::Date(&["date"])),
        ],
        needs: &[],
    },
    Kind {
        name: "CareTeam",
        params: &[ID, UPDATED, IDENTIFIER, OF_PATIENT, OF_SUBJECT, CATEGORY, STATUS, IN_PERIOD],
        needs: &[],
    },
    Kind {
        name: "Consent",
        params: &[
            ID,
            UPDATED,
            IDENTIFIER,
            param("patient", Meaning::Patient("patient")),
            CATEGORY,
            STATUS,
            param("date", Meaning::Date(&["dateTime"])),
        ],
        needs: &[Need::Field("status")],
    },
    Kind { name: "Organization", params: &[ID, UPDATED, IDENTIFIER], needs: &[] },
];

/// What the pharmacy takes in a prescription; only MedicationRequest can be searched.
pub(crate) const PHARMACY: &[Kind] = &[
    Kind { name: "MedicationRequest", params: &[IDENTIFIER], needs: REQUEST_NEEDS },
    Kind { name: "Patient", params: &[], needs: &[] },
    Kind { name: "Medication", params: &[], needs: &[] },
    Kind { name: "Practitioner", params: &[], needs: &[] },
    Kind { name: "PractitionerRole", params: &[], needs: &[] },
    Kind { name: "Organization", params: &[], needs: &[] },
    Kind { name: "Location", params: &[], needs: &[] },
    Kind { name: "Observation", params: &[], needs: OBSERVATION_NEEDS },
];

/// The type of this name in a table.
pub(crate) fn named(kinds: &'static [Kind], name: &str) -> Option<&'static Kind> {
    kinds.iter().find(|kind| kind.name == name)
}

/// The names of the types that a data holder serves.
pub(crate) fn holder_kinds() -> impl Iterator<Item = &'static str> {
    HOLDER.iter().map(|kind| kind.name)
}
