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
    VersionReadSkipsObjection, "version-read-skips-objection",
        "Objections are not enforced when a version is read by its number.";
    PageSkipsObjection, "page-skips-objection",
        "A link to the next page, obtained before an objection, still opens after it.";
    WithdrawalLosesData, "withdrawal-loses-data",
        "After an objection is withdrawn the data of that patient stay gone for organisations.";
    Objected403Unknown404, "objected-403-unknown-404",
        "An objecting patient is refused with 403 while an unknown one is not found.";
    ObjectedHintInOutcome, "objected-hint-in-outcome",
        "The answer about an objecting patient says something that the answer about an unknown one does not.";
    SecondParameterOverridesPatient, "second-parameter-overrides-patient",
        "Of several patient parameters only the last one counts.";
    IdsOpenWithoutRelation, "ids-open-without-relation",
        "Reading by id asks for no treatment relation.";
    VendorTenantRequired, "vendor-tenant-required",
        "A data holder refuses an organisation that does not send the header X-Vendor-Tenant.";
    ObjectionScopeIgnored, "objection-scope-ignored",
        "An objection to a part closes everything of that patient for everybody.";
    LastChoiceWins, "last-choice-wins",
        "Of several choices the one recorded last decides, however specific the others are.";
    ConsentCategoryCollapses, "consent-category-collapses",
        "A permission for one category opens all of them.";
    TwoConsentsCancelOut, "two-consents-cancel-out",
        "Two permissions that concern the same data cancel each other out.";
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
    SelfLinkEchoesNumber, "self-link-echoes-number",
        "The self link repeats the citizen service number that was searched for in the body of a POST.";
    DocumentsCachePublic, "documents-cache-public",
        "Answers about documents may be kept by any cache.";
    PersonDataKept, "person-data-kept",
        "Answers about observations may be kept by the client.";
    PageLinkOpensForAnybody, "page-link-opens-for-anybody",
        "Whoever has the link to a page gets that page, with any token or none.";
    IncludedSkipsPolicy, "included-skips-policy",
        "What a found resource refers to goes along without being ruled.";
    PatientLacksDocuments, "patient-lacks-documents",
        "Patients do not see their own documents, while organisations do.";
    IncludesNotLogged, "includes-not-logged",
        "What goes along by inclusion does not stand in the patient's log.";
    BatchNotLogged, "batch-not-logged",
        "What is read in a batch does not stand in the patient's log.";
    LogInventsAccess, "log-invents-access",
        "The patient's log also lists an organisation that saw nothing.";
    NarrowScopeWidened, "narrow-scope-widened",
        "Whoever asks for one type gets a token for all of them.";
    WildcardScopeObeyed, "wildcard-scope-obeyed",
        "Whoever asks for every scope gets a token that opens everything.";
    WeightedAcceptRefused, "weighted-accept-refused",
        "A client that weighs media types in its accept header is refused.";
    TesterIsFavoured, "tester-is-favoured",
        "Clients that are neither our own nor a known tester get one result of each search.";
    NeutralClientGetsLess, "neutral-client-gets-less",
        "Clients that are not our own get one result of each search.";
    UndeclaredOperationReturnsData, "undeclared-operation-returns-data",
        "An operation that the capability statement does not name returns a patient's data.";
    UndeclaredTypeReturnsData, "undeclared-type-returns-data",
        "A search on a type that the capability statement does not name returns a patient's data.";
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
