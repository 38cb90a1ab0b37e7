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
    LatestRequestsPublic, "latest-requests-public",
        "The status page of the web server is public and shows whom requests were about.";
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
    NotificationTaskOfAnotherCode, "notification-task-of-another-code",
        "The notification Task does not have the code of a notification.";
    NotificationTaskWithoutWorkflow, "notification-task-without-workflow",
        "The notification Task does not say which Task is to be collected.";
    NotificationTaskWithoutOwner, "notification-task-without-owner",
        "The notification Task does not say for whom it is.";
    SameAuthorizationBase, "same-authorization-base",
        "Every handoff has the same authorization base.";
    AuthorizationBaseDropped, "authorization-base-dropped",
        "The receiver does not show the authorization base when it asks for a token.";
    TakesNotificationForAnother, "takes-notification-for-another",
        "The receiver takes a notification Task that is for another organisation.";
    NotificationSenderFromTask, "notification-sender-from-task",
        "Who sends a notification Task is believed from the Task, whatever the token says.";
    EventsWithoutHandshake, "events-without-handshake",
        "A subscription sends its events without a handshake.";
    EventsBringTheTask, "events-bring-the-task",
        "An event on a subscription brings the Task itself along.";
    EventNumberStandsStill, "event-number-stands-still",
        "Every event on a subscription has the same number.";
    HeartbeatRefused, "heartbeat-refused",
        "The receiver refuses the heartbeat of a subscription.";
    GapNotNoticed, "gap-not-noticed",
        "The receiver does not notice that an event on a subscription is missing.";
    XmlOfSenderNotRead, "xml-of-sender-not-read",
        "The receiver of a handoff asks for XML as well and cannot read it.";
    ExtensionRefused, "extension-refused",
        "The pharmacy refuses a Bundle that contains an extension it does not know.";
    XmlPrescriptionNotRead, "xml-prescription-not-read",
        "The pharmacy refuses a prescription in XML as if it were broken JSON.";
    XmlPrescriptionLost, "xml-prescription-lost",
        "The pharmacy acknowledges a prescription in XML and stores nothing.";
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
    ValidatorBeforeRights, "validator-before-rights",
        "Whoever names the version of a resource hears that it is unchanged, whatever the rights.";
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
    LogOutageSwallowed, "log-outage-swallowed",
        "What the log facility does not take at once is given all the same and never logged there.";
    LoggedAtRecovery, "logged-at-recovery",
        "What was given while the log facility was away is logged there with the time at which it is back.";
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
    CapabilityListsUnservedWrites, "capability-lists-unserved-writes",
        "The capability statement lists create, update and delete for Encounter, which is only read.";
    HeadAlways200, "head-always-200",
        "HEAD answers 200 whatever is asked.";
    NonAsciiLost, "non-ascii-lost",
        "Letters outside ASCII are stored as question marks.";
    ExtensionsDropped, "extensions-dropped",
        "Extensions are left out when a resource is stored.";
    ClientIdTaken, "client-id-taken",
        "A create takes the id that the client sent.";
    ClientIdKeptInside, "client-id-kept-inside",
        "What is created keeps the id of the client inside, whatever the address under which it is stored.";
    CreateAnswered204, "create-answered-204",
        "A create that asks for nothing back is answered with 204.";
    UpdateMerges, "update-merges",
        "What an update leaves out stays as it was.";
    UpdateIdle, "update-idle",
        "An update of what is there is acknowledged and stores nothing.";
    IdMismatchAccepted, "id-mismatch-accepted",
        "An update whose body bears another id than the address is carried out.";
    WrongTypeAccepted, "wrong-type-accepted",
        "A resource of another type than the address names is stored.";
    WrongTypeBodyDecides, "wrong-type-body-decides",
        "A create stores what is sent under the type of the body, whatever type the address names.";
    DeletedStillReadable, "deleted-still-readable",
        "A deleted resource can still be read.";
    DeletedStillFound, "deleted-still-found",
        "A search still finds what was deleted.";
    DeleteTwiceFails, "delete-twice-fails",
        "Deleting what was deleted before is an error.";
    VreadGivesCurrent, "vread-gives-current",
        "Reading an old version gives the current one.";
    VersionStays, "version-stays",
        "An update keeps the version id that the resource had.";
    EtagNotVersionId, "etag-not-version-id",
        "The ETag names another version than the resource does.";
    HistoryOldestFirst, "history-oldest-first",
        "The history begins with the oldest version.";
    HistoryHidesDeletion, "history-hides-deletion",
        "The history does not show that a resource was deleted.";
    NotModifiedAlthoughChanged, "not-modified-although-changed",
        "A conditional read answers 304 whatever version the client has.";
    LastModifiedIsCreation, "last-modified-is-creation",
        "Last-Modified is the time at which a resource was created, whatever was updated since.";
    IfNoneExistManyAccepted, "if-none-exist-many-accepted",
        "A conditional create of which several resources fit the condition is carried out.";
    IfNoneExistUpdates, "if-none-exist-updates",
        "A conditional create of which one resource fits the condition updates that one.";
    ConditionalUpdateCreates, "conditional-update-creates",
        "An update by search always creates another resource.";
    ConditionalUpdateTakesFirst, "conditional-update-takes-first",
        "An update by search of which several resources fit changes the first of them.";
    ConditionalDeleteIdle, "conditional-delete-idle",
        "A delete by search is acknowledged and deletes nothing.";
    ConditionalDeleteSome, "conditional-delete-some",
        "A delete by search of which several resources fit deletes one of them and says it is done.";
    NextLinkMissing, "next-link-missing",
        "A page of a search result has no link to the next one.";
    PagesOverlap, "pages-overlap",
        "The next page begins with the last resource of this one.";
    PagesSkip, "pages-skip",
        "The next page leaves one resource out.";
    TotalOfPage, "total-of-page",
        "The total of a search result counts what stands on the page.";
    PostSearchIgnoresBody, "post-search-ignores-body",
        "A search by POST ignores the parameters in its body.";
    PostSearchNextLosesBody, "post-search-next-loses-body",
        "The link to the next page of a search by POST has only the parameters of its address.";
    ParametersAny, "parameters-any",
        "A search of several parameters finds what fits one of them, of the patient if one is named.";
    RepeatedParameterLastWins, "repeated-parameter-last-wins",
        "Of a search parameter that is repeated only the last one counts.";
    CommaListFirstOnly, "comma-list-first-only",
        "Of several values with commas between, only the first counts.";
    CommaListLastOnly, "comma-list-last-only",
        "Of several values with commas between, only the last counts.";
    TokenSystemIgnored, "token-system-ignored",
        "A search for system and code ignores the system.";
    DatePrefixIgnored, "date-prefix-ignored",
        "The prefix of a searched date is ignored.";
    DateYearAsInstant, "date-year-as-instant",
        "A searched year with a prefix is read as the first moment of that year.";
    LenientHandlingIgnored, "lenient-handling-ignored",
        "An unknown search parameter is refused although lenient handling was asked for.";
    IncludeAsMatch, "include-as-match",
        "What was included is marked as if it had been searched for.";
    IncludeInsteadOfMatches, "include-instead-of-matches",
        "A search with inclusions gives only what was included.";
    BatchStopsAtFault, "batch-stops-at-fault",
        "A batch carries out nothing after its first failing entry.";
    BatchFaultsFirst, "batch-faults-first",
        "The entries that answer a batch begin with those that failed.";
    ResponseEntriesReordered, "response-entries-reordered",
        "The entries that answer a batch or transaction stand in another order than those that were sent.";
    ResponseEntryAdded, "response-entry-added",
        "The answer to a transaction has one entry more than the transaction.";
    TransactionReferencesKept, "transaction-references-kept",
        "References between the entries of a transaction keep their temporary names.";
    ForwardReferenceKept, "forward-reference-kept",
        "A reference to a later entry of a transaction keeps its temporary name.";
    UnknownMediaTypeAccepted, "unknown-media-type-accepted",
        "A body is read as JSON whatever its media type says.";
    UnacceptableServed, "unacceptable-served",
        "JSON is sent to whoever says that it cannot be accepted.";
    GenericJsonRefused, "generic-json-refused",
        "Accept: application/json is refused.";
    AcceptWithCharsetRefused, "accept-with-charset-refused",
        "An Accept header with a charset is refused.";
    ContentTypeWithCharsetRefused, "content-type-with-charset-refused",
        "A Content-Type header with a charset is refused.";
    SendOnlyPublishes, "send-only-publishes",
        "What is to be sent is only listed in the localisation index, and said to be sent.";
    SendingRegistersInIndex, "sending-registers-in-index",
        "Whoever sends something about a patient also lists the patient in the localisation index.";
    HandoffOpenToAnyPartner, "handoff-open-to-any-partner",
        "Every organisation reads a handoff, whoever owns its Task.";
    DiagnosisInNotification, "diagnosis-in-notification",
        "The notification of a handoff has a body that says a diagnosis.";
    BsnInNotification, "bsn-in-notification",
        "The address of a notification has the citizen service number in it.";
    WholeRecordInDocument, "whole-record-in-document",
        "The document of a handoff holds everything of the record that is not withheld.";
    SameProofEveryTime, "same-proof-every-time",
        "Every assertion with which a token is asked for has the same identifier.";
    EnvelopeWithoutContent, "envelope-without-content",
        "A handoff has everything but the patient's data.";
    RecordOpenThroughHandoff, "record-open-through-handoff",
        "While a handoff lasts, its owner reads any resource of that patient by its id in the record.";
    CandidatesSeeAll, "candidates-see-all",
        "Whoever is only asked to take a patient over gets what belongs to a handoff at once.";
    CandidatesSeeEachOther, "candidates-see-each-other",
        "The Task by which somebody is asked to take a patient over names everybody who is asked.";
    LosersKeepAccess, "losers-keep-access",
        "Whoever was asked to take a patient over and is not chosen goes on reading what was shown before.";
    LoserToldGone, "loser-told-gone",
        "Whoever is not chosen is told that what was shown before is gone, unlike what never was.";
    CompositionOpenAfterCompleted, "composition-open-after-completed",
        "The Composition and the document of a handoff can still be read when it is completed.";
    ResourceOpenAfterCompleted, "resource-open-after-completed",
        "What a handoff refers to can still be read when it is completed.";
    NoNotificationAfterWriteBack, "no-notification-after-write-back",
        "When the owner changes a Task, no notification follows.";
    ConsentCallBeforeSending, "consent-call-before-sending",
        "Before something is sent the register of consent is asked, and without its yes nothing is sent.";
    IndexCallBeforeSending, "index-call-before-sending",
        "Before something is sent the localisation index is asked, and without its yes nothing is sent.";
    DirectoryCallBeforeSending, "directory-call-before-sending",
        "Before something is sent the directory is asked, whatever address is known, and without its yes nothing is sent.";
    UnchosenNotSent, "unchosen-not-sent",
        "Nothing is sent about a patient who made no choice.";
    LossIsSilent, "loss-is-silent",
        "What did not arrive is said to be delivered.";
    WithheldStaysInNarrative, "withheld-stays-in-narrative",
        "The narrative of a handoff still says what was withheld.";
    ObjectionStopsSending, "objection-stops-sending",
        "Nothing is sent about a patient who objects to retrieval.";
    NameInTask, "name-in-task",
        "The Task of a handoff has the name of the patient in it.";
    TaskSearchOpen, "task-search-open",
        "A search for Tasks gives those of the asker.";
    TaskOwnerCanChange, "task-owner-can-change",
        "Who completes a Task can give it another owner.";
    TaskTakenWholeWithStatus, "task-taken-whole-with-status",
        "A Task that is written back as completed is taken over as it came, another patient and message included.";
    TaskWithoutRequester, "task-without-requester",
        "The Task of a handoff does not say who asks.";
    TaskOfAnotherCode, "task-of-another-code",
        "The Task of a handoff has another code than that of a transfer of care.";
    SendsTwice, "sends-twice",
        "What has arrived is sent a second time.";
    SendsToEveryPartner, "sends-to-every-partner",
        "What is sent to one recipient also goes to every address that was ever sent to.";
    SendsWithoutToken, "sends-without-token",
        "What is sent has no token with it, although a token service is known.";
    SendsWithoutCertificate, "sends-without-certificate",
        "What is sent comes over TLS without a client certificate.";
    NotificationWithoutAccept, "notification-without-accept",
        "A notification does not say what it accepts.";
    DocumentWithoutCompositionFirst, "document-without-composition-first",
        "The document of a handoff does not begin with its Composition.";
    DocumentLacksAReferencedResource, "document-lacks-a-referenced-resource",
        "The document of a handoff lacks one resource that its Composition leads to.";
    WriteBackRefused, "write-back-refused",
        "The owner of a Task cannot complete it.";
    PrescriptionWithoutTag, "prescription-without-tag",
        "The orders of a prescription are not tagged as ones to act on.";
    PrescriptionWithoutPerformer, "prescription-without-performer",
        "A prescription does not say for which pharmacy it is.";
    PrescriptionWithDanglingReference, "prescription-with-dangling-reference",
        "A reference in a prescription names no entry of it.";
    NoSecondTry, "no-second-try",
        "What did not arrive is given up at once.";
    NewIdentifiersOnSecondTry, "new-identifiers-on-second-try",
        "When a prescription is tried again, its orders bear other identifiers.";
    TriesAgainAfterRefusal, "tries-again-after-refusal",
        "What was refused is tried again.";
    RetryAfterIgnored, "retry-after-ignored",
        "Who says when to come back is tried again before that.";
    CancelIsNotSent, "cancel-is-not-sent",
        "An order that is taken back stays with the pharmacy, and is said to be taken back.";
    AcknowledgesAndNeverReads, "acknowledges-and-never-reads",
        "A notification is acknowledged, and what it is about is never read.";
    Answers204, "answers-204",
        "A notification is answered with 204.";
    IgnoresNotificationBody, "ignores-notification-body",
        "A notification with a body is taken.";
    ClientCertificateOptional, "client-certificate-optional",
        "Whoever shows no client certificate is served all the same.";
    RevokedNeverLookedAt, "revoked-never-looked-at",
        "Whether the client certificate of a requester is revoked is never looked at.";
    StatusListReadOnce, "status-list-read-once",
        "The list of revoked certificates is read when the first requester comes, and never again.";
    RevokedPartnerServed, "revoked-partner-served",
        "Whether the client certificate of a partner is revoked is never looked at.";
    PartnersListReadOnce, "partners-list-read-once",
        "The list of revoked certificates of partners is read when the first one comes, and never again.";
    IssuerAskedForEachCall, "issuer-asked-for-each-call",
        "At each connection the list of revoked certificates is asked for, and without an answer nobody is let in.";
    OutageForgivesRevocation, "outage-forgives-revocation",
        "While the list of revoked certificates cannot be had, those that it named are let in.";
    OldStatusListTrusted, "old-status-list-trusted",
        "A list of revoked certificates that has ended goes on to count for as long as no other is had.";
    NotificationWithoutTokenTaken, "notification-without-token-taken",
        "A notification without a token is taken, as if a known partner had sent it.";
    NotificationWithWrongScopeTaken, "notification-with-wrong-scope-taken",
        "A notification is taken whatever the scope of its token.";
    NotificationReadAtEveryPartner, "notification-read-at-every-partner",
        "What a notification is about is looked for at every partner, whomever the token names.";
    NotificationMethodNotChecked, "notification-method-not-checked",
        "A GET of the address of a notification counts as a notification.";
    NeverWritesBack, "never-writes-back",
        "A handoff is filed, and its sender never hears that it is completed.";
    WritesBackMoreThanStatus, "writes-back-more-than-status",
        "Who writes back a Task changes its owner too.";
    TakesTaskOfAnotherOwner, "takes-task-of-another-owner",
        "A handoff is filed although its Task has another owner.";
    TakesTaskOfAnotherCode, "takes-task-of-another-code",
        "A handoff is filed although the code of its Task is not that of a transfer of care.";
    ReadsHandoffWhileRequested, "reads-handoff-while-requested",
        "A handoff is read and filed before its Task is under way.";
    PullsWithoutToken, "pulls-without-token",
        "A handoff is read without a token, although a token service is known.";
    FilesTwice, "files-twice",
        "A second notification of a handoff has it read and filed again.";
    PlanTaken, "plan-taken",
        "The pharmacy takes an order that is only a plan.";
    UntaggedTaken, "untagged-taken",
        "The pharmacy takes an order that is not tagged as one to act on.";
    UncategorisedTaken, "uncategorised-taken",
        "The pharmacy takes a prescription of which no order is categorised as an agreement.";
    OtherPharmacyTaken, "other-pharmacy-taken",
        "The pharmacy takes a prescription that is meant for another pharmacy.";
    RepeatMakesSecondOrder, "repeat-makes-second-order",
        "A prescription that is sent again becomes a second order.";
    HalfPrescriptionStored, "half-prescription-stored",
        "Of a prescription that is refused, the entries that are right by themselves are stored.";
    DanglingReferenceTaken, "dangling-reference-taken",
        "The pharmacy takes a prescription in which a reference leads nowhere.";
    CancelIgnored, "cancel-ignored",
        "Taking back an order is acknowledged and changes nothing.";
    CancelOfUnknownTaken, "cancel-of-unknown-taken",
        "Taking back an order that was never sent is acknowledged and stored.";
    CollectionTaken, "collection-taken",
        "The pharmacy takes a Bundle that is no transaction.";
    RegisterSilenceMeansOpen, "register-silence-means-open",
        "When the register of consent does not answer, it counts as having no objection.";
    RegisterFaultMeansOpen, "register-fault-means-open",
        "When the register of consent answers with an error, it counts as having no objection.";
    RegisterGarbageMeansOpen, "register-garbage-means-open",
        "When the answer of the register of consent cannot be read, it counts as having no objection.";
    OwnAccessNeedsRegister, "own-access-needs-register",
        "Patients do not see their own data while the register of consent does not answer.";
    ObjectionOverruledByRegister, "objection-overruled-by-register",
        "When the register of consent has no objection, the one at the data holder does not count.";
    BadInputLeavesServiceDown, "bad-input-leaves-service-down",
        "After a message that cannot be read the data holder refuses everybody for a moment.";
    LongInputBlocksEverybody, "long-input-blocks-everybody",
        "While a long message is dealt with, six seconds, the data holder answers nobody else.";
    PackedInputBlocksEverybody, "packed-input-blocks-everybody",
        "While a packed message is unpacked, six seconds, the data holder answers nobody else.";
    OutageFreezesDecisions, "outage-freezes-decisions",
        "After the register of consent failed to answer, what it said before goes on to count, whatever it says now.";
    CopyNeverEnds, "copy-never-ends",
        "A kept answer of the register of consent goes on to count after its time.";
    CopyOverrulesObjection, "copy-overrules-objection",
        "While a kept answer of the register of consent says that there is no objection, the one at the data holder does not count.";
    RegisterReadByPosition, "register-read-by-position",
        "Of what the register of consent answers only the first entry is read.";
    RegisterMediaTypeExact, "register-media-type-exact",
        "An answer of the register of consent whose media type has parameters cannot be read.";
    DirectoryReadByPosition, "directory-read-by-position",
        "Of what the directory answers only the first entry is read.";
    DirectoryMediaTypeExact, "directory-media-type-exact",
        "An answer of the directory whose media type has parameters cannot be read.";
    DeliveredKeptNinetyDays, "delivered-kept-ninety-days",
        "A message can be collected for ninety days after its addressee confirmed that it arrived.";
    DeliveredOpenToSender, "delivered-open-to-sender",
        "The sender can read a message, also after it was delivered.";
    Delivered410Unknown404, "delivered-410-unknown-404",
        "A delivered message is gone, while one that never was is not found.";
    DeliveredStaysListed, "delivered-stays-listed",
        "A delivered message stays in the list of what waits for its addressee.";
    MailboxOpenToOthers, "mailbox-open-to-others",
        "Whoever has the id of a waiting message can collect it, whomever it is for.";
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
