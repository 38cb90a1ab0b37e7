//! Every defect that can be switched on, by name, with the one thing it does wrong.
//! How a defect is carried out stands where the honest behaviour stands, never here.

use std::collections::BTreeSet;

/// One named way in which the reference can be made to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefectSwitch {
    pub id: &'static str,
    /// One sentence: what goes wrong, and only that.
    pub breaks: &'static str,
}

macro_rules! defects {
    ($($variant:ident, $id:literal, $breaks:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Defect { $($variant),* }

        impl Defect {
            fn named(id: &str) -> Option<Self> {
                match id {
                    $($id => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        /// Every defect, in the order in which they are explained.
        pub const DEFECTS: &[DefectSwitch] = &[$(DefectSwitch { id: $id, breaks: $breaks }),*];
    };
}

defects! {
    ObjectionNeverConsulted, "objection-never-consulted",
        "Objections are stored and read back, but never enforced.";
    ObjectionOnlyOnGet, "objection-only-on-get",
        "Objections are not enforced when the search arrives as POST _search.";
    WithdrawalLosesData, "withdrawal-loses-data",
        "After an objection is withdrawn the data of that patient stay gone for organisations.";
    Objected403Unknown404, "objected-403-unknown-404",
        "An objecting patient is refused with 403 while an unknown one is not found.";
    ObjectedHintInOutcome, "objected-hint-in-outcome",
        "The answer about an objecting patient says something that the answer about an unknown one does not.";
    OpenWithoutChoice, "open-without-choice",
        "Under opt-in, a patient who made no choice counts as permitting.";
    NoChoice403, "no-choice-403",
        "Under opt-in, a patient who made no choice is refused with 403 while an unknown one is not found.";
    EmptyPatientMeansAll, "empty-patient-means-all",
        "An empty patient parameter counts as no filter, and everybody's data are returned.";
    PatientListAccepted, "patient-list-accepted",
        "A list of patients is accepted, and access to one of them opens all of them.";
    DateSearchWithoutPatient, "date-search-without-patient",
        "A search with only a date, or with nothing at all, returns everybody's data.";
    LookupBeforeNegotiation, "lookup-before-negotiation",
        "An unacceptable media type is refused for what exists and not found for what does not.";
    Relation403Unknown404, "relation-403-unknown-404",
        "A patient without relation to the asker is refused with 403 while an unknown one is not found.";
    AudienceNotChecked, "audience-not-checked",
        "A data holder accepts a token that was issued for the other data holder.";
    ConsentReadableByRequesters, "consent-readable-by-requesters",
        "Organisations can search the choices of a patient.";
    ObjectionDateInRefusal, "objection-date-in-refusal",
        "Who searches the choices of an objecting patient is refused with the words that there is an objection.";
    ReimportResetsObjection, "reimport-resets-objection",
        "When a record is imported again, its patient's objection no longer counts.";
    RestoreForgetsObjection, "restore-forgets-objection",
        "When a backup is put back, the objection of the patient concerned no longer counts.";
    DemographicsChangeReopens, "demographics-change-reopens",
        "When the demographics of a patient are changed, the objection no longer counts.";
    ConsentHeaderTrusted, "consent-header-trusted",
        "Whoever sends the header X-Consent is believed.";
    RequesterConsentCounts, "requester-consent-counts",
        "An organisation can record a Consent for a patient, and it counts.";
    WithdrawalKeepsAccess, "withdrawal-keeps-access",
        "A permission that was withdrawn keeps counting.";
    Withdrawn403Unknown404, "withdrawn-403-unknown-404",
        "After a permission ended a patient is refused with 403 while an unknown one is not found.";
    ConsentEndIgnored, "consent-end-ignored",
        "The period of a permission is stored and shown, but not looked at.";
    ClientDateTrusted, "client-date-trusted",
        "Whether a permission has ended is judged by the Date header of the request.";
    ContainsPassesThrough, "contains-passes-through",
        "A part of a family name finds everybody whose name has it.";
    IdentifierPrefixMatches, "identifier-prefix-matches",
        "The first digits of a number with a star find everybody whose number begins so.";
    NameAloneSuffices, "name-alone-suffices",
        "A family name alone, or a birth date alone, finds the patients of the asker.";
    ConditionalCreateBetrays, "conditional-create-betrays",
        "A conditional create that is not allowed says that the patient exists already.";
    SubjectBeforeRights, "subject-before-rights",
        "A create that is not allowed says that its subject does not exist.";
    EtagOnExisting, "etag-on-existing",
        "The not-found answer for what exists carries an ETag.";
    LongerRefusalForExisting, "longer-refusal-for-existing",
        "The not-found answer for what exists is one space longer.";
    ExportForAnyToken, "export-for-any-token",
        "An export of everything is begun for any token.";
    SystemHistoryOpen, "system-history-open",
        "The history of a type or of everything is given to any token.";
    TypeEverythingOpen, "type-everything-open",
        "Everything of everybody is given to any token.";
    WideSubscriptionAccepted, "wide-subscription-accepted",
        "A subscription to everybody's data is accepted.";
    FirstPatientCheckedLastUsed, "first-patient-checked-last-used",
        "Of two patients in a question the token is held against one, and the other is looked up.";
    TokenPatientNotCheckedOnRead, "token-patient-not-checked-on-read",
        "A token for one patient reads the record of another by its address.";
    MetricsNamePatients, "metrics-name-patients",
        "The public metrics count reads by patient.";
    OpenapiShowsAPatient, "openapi-shows-a-patient",
        "The public description of the interface shows a stored patient as its example.";
    NarrativeSurvivesSelection, "narrative-survives-selection",
        "The narrative of a resource travels although other elements were asked for.";
    HtmlErrorPage, "html-error-page",
        "A request that is wrong is answered with a web page and a ticket number.";
    TraceInError, "trace-in-error",
        "A request that is wrong is answered with a stack trace.";
    QueryInError, "query-in-error",
        "A request that is wrong is answered with the query on the database.";
    VendorHeaderRequired, "vendor-header-required",
        "The pharmacy refuses whoever does not send the header X-Vendor-Tenant.";
    KeyOrderRequired, "key-order-required",
        "The pharmacy refuses a Bundle whose first JSON key is not resourceType.";
    ExtensionRefused, "extension-refused",
        "The pharmacy refuses a Bundle that contains an extension it does not know.";
    AcknowledgesWithoutStoring, "acknowledges-without-storing",
        "The pharmacy acknowledges a prescription and stores nothing.";
    CapabilityListsUnservedType, "capability-lists-unserved-type",
        "The capability statement lists AllergyIntolerance, which is not served.";
    CapabilityListsUnservedParameter, "capability-lists-unserved-parameter",
        "The capability statement lists the search parameter performer for Observation, which is not known.";
    StrictHandlingIgnored, "strict-handling-ignored",
        "An unknown search parameter is ignored although strict handling was asked for.";
    UnknownIdWithoutOutcome, "unknown-id-without-outcome",
        "The 404 for an unknown id has an empty body.";
    UnknownTypeWithoutOutcome, "unknown-type-without-outcome",
        "The 404 for an unknown type is an HTML page.";
    UnknownId200, "unknown-id-200",
        "Reading an unknown id answers 200 with an empty Bundle.";
    StaleIfMatchAccepted, "stale-if-match-accepted",
        "An update is carried out although its If-Match names an old version.";
    TransactionHalfApplied, "transaction-half-applied",
        "The entries before the failing one of a transaction are stored.";
    TransactionFailure200, "transaction-failure-200",
        "A failing transaction, of which nothing is stored, answers 200.";
    SelfLinkEchoesIgnored, "self-link-echoes-ignored",
        "The self link also lists parameters that were ignored.";
    SelfLinkMissing, "self-link-missing",
        "A search answer has no self link.";
}

/// The defects that are on; honest when empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defects(BTreeSet<Defect>);

impl Defects {
    /// Reads names; the first unknown one is given back.
    pub(crate) fn parse(names: &BTreeSet<String>) -> Result<Self, String> {
        names.iter().map(|name| Defect::named(name).ok_or_else(|| name.clone())).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.0.contains(&defect)
    }
}
