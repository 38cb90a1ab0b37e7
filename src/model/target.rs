//! The target file: the system under test, what it claims, and how abstract actions are done on it.
//! Secrets are never in it; it says where they are found.

use super::expectation::{Matcher, Place};
use super::id::{ActionId, MemberId, OptionId, ProfileId, RequirementId, Role, Word};
use super::request::{Format1, HeaderName, Method};
use super::span::Span;
use super::text::{Bilingual, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One target file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Target {
    /// The version of this file format; always 1.
    pub format: Format1,
    /// Its name in reports.
    pub name: String,
    /// What is tested.
    pub product: Product,
    /// Who allows the test, and its bounds; a loopback address needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<Authorisation>,
    /// What the vendor states it implements.
    pub claims: Vec<Claim>,
    /// Base URLs by name.
    pub endpoints: BTreeMap<Word, String>,
    /// Credentials by party: a cast organisation, `patient` or `writer`.
    #[serde(default)]
    pub credentials: BTreeMap<MemberId, Credential>,
    /// The care provider numbers by which this system knows cast organisations; drawn where absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub organisations: BTreeMap<MemberId, String>,
    /// How the cast gets into the target.
    pub cast: CastMeans,
    /// How actions are done.
    #[serde(default)]
    pub bindings: BTreeMap<ActionId, Binding>,
    /// Requests as the vendor's own client sends them, by name; cases about proprietary parts start from these.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub samples: BTreeMap<Word, SampleSource>,
    /// The headers by which the supplier's own client shows itself, for the cases that compare its treatment with ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_client: BTreeMap<HeaderName, String>,
    /// Where our stand-ins for other parties listen; needed where this system is to call us from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparts: Option<Counterparts>,
    /// Further number ranges that the owner vouches for as synthetic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub number_ranges: Vec<OwnedRange>,
    /// Trusted certificate authorities beside the public ones: PEM files, relative to this file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<String>,
    /// Requirements that the owner says cannot be tested here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_testable: Vec<NotTestable>,
}

impl Target {
    /// The form in which we speak outside any case: JSON, unless every claim is of XML alone.
    #[must_use]
    pub fn form(&self) -> Format {
        let xml_alone =
            !self.claims.is_empty() && self.claims.iter().all(|claim| !claim.format.contains(&Format::Json));
        if xml_alone { Format::Xml } else { Format::Json }
    }
}

/// Where a sample stands: `METHOD /path`, headers, an empty line, a body; with placeholders such as `{{asked.id}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SampleSource {
    /// In a file, relative to the target file.
    File(String),
    /// Here.
    Text(String),
}

/// What is tested, as its maker names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Product {
    /// The maker.
    pub vendor: String,
    /// The product.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Who allows the test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Authorisation {
    /// Who answers for the endpoint.
    pub owner: String,
    /// Test, acceptance or production.
    pub environment: Environment,
    /// The last day on which it may be tested (ISO 8601).
    pub until: String,
    /// The ceiling of the request rate.
    pub max_requests_per_second: u32,
}

/// What kind of environment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Only synthetic data.
    Test,
    /// A copy of production.
    Acceptance,
    /// Real care.
    Production,
}

/// What the vendor states it implements of one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Claim {
    /// The profile.
    pub profile: ProfileId,
    /// The roles claimed.
    pub roles: Vec<Role>,
    /// FHIR versions; `r4` covers 4.0 and 4.3.
    #[serde(default = "r4")]
    pub fhir: Vec<FhirVersion>,
    /// Formats.
    #[serde(default = "json")]
    pub format: Vec<Format>,
    /// The value of each option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<OptionId, String>,
}

fn r4() -> Vec<FhirVersion> {
    vec![FhirVersion::R4]
}

fn json() -> Vec<Format> {
    vec![Format::Json]
}

/// A FHIR version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FhirVersion {
    /// FHIR 3.0.
    Stu3,
    /// FHIR 4.0 and 4.3.
    R4,
}

impl FhirVersion {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stu3 => "stu3",
            Self::R4 => "r4",
        }
    }

    /// Whether a capability statement with this `fhirVersion` speaks it.
    #[must_use]
    pub fn covers(self, fhir_version: &str) -> bool {
        match self {
            Self::Stu3 => fhir_version.starts_with("3."),
            Self::R4 => fhir_version.starts_with("4.0") || fhir_version.starts_with("4.3"),
        }
    }
}

/// A serialisation of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl Format {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    /// The media type in which we ask for it and send it, of FHIR 3.0 and 4.0 alike.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
            Self::Xml => "application/fhir+xml",
        }
    }

    /// The form that this media type, without parameters, stands for; those of old and those that say less count too.
    #[must_use]
    pub fn of_media_type(essence: &str) -> Option<Self> {
        match essence {
            "application/fhir+json" | "application/json+fhir" | "application/json" | "text/json" => Some(Self::Json),
            "application/fhir+xml" | "application/xml+fhir" | "application/xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

/// How a party proves who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Credential {
    /// It does not; the endpoint asks for nothing.
    None,
    /// OAuth 2 client credentials (RFC 6749, 4.4).
    ClientCredentials(ClientCredentials),
    /// A token obtained elsewhere.
    Bearer(Bearer),
    /// HTTP Basic authentication (RFC 7617).
    Basic(Basic),
}

/// OAuth 2 client credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClientCredentials {
    /// The client identifier.
    pub id: String,
    /// A client secret; excludes `key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
    /// A private key in PEM (P-256 or RSA) for `private_key_jwt` (RFC 7523); excludes `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<SecretRef>,
    /// The `kid` header of the assertion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// How the secret is sent.
    #[serde(default)]
    pub method: SecretMethod,
    /// The scope asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The endpoint that issues tokens; default `token`.
    #[serde(default = "token_endpoint")]
    pub endpoint: Word,
    /// The request parameters by which this server takes an endpoint, patient or purpose.
    #[serde(default)]
    pub parameters: TokenParameters,
}

fn token_endpoint() -> Word {
    // A literal that satisfies its own rule; the fallback can never be taken but keeps this total.
    Word::try_from("token".to_owned()).unwrap_or_else(|_| unreachable!("`token` is a word"))
}

/// How a client secret is sent to the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretMethod {
    /// HTTP Basic, with id and secret form-encoded (RFC 6749, 2.3.1).
    #[default]
    Basic,
    /// As form fields.
    Post,
}

/// Names of token request parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TokenParameters {
    /// For the endpoint; default `resource` (RFC 8707).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// For the patient; without a name, steps that need it are not-tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// For the purpose of use; without a name, steps that need it are not-tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// A token obtained elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bearer {
    /// Where the token is found.
    pub token: SecretRef,
}

/// HTTP Basic authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Basic {
    /// The user.
    pub user: String,
    /// Where the password is found.
    pub password: SecretRef,
}

/// Where a secret is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A file, relative to the target file; a final line break is not part of it.
    File(String),
}

/// How the cast gets into the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CastMeans {
    /// We create it over FHIR as `writer` and remove it afterwards.
    Fhir,
    /// We write a file and a program loads it and answers with the ids.
    Fixture(CastFixture),
    /// It stands there already.
    Preloaded(BTreeMap<MemberId, PreloadedPatient>),
}

/// A cast loaded by a program of the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CastFixture {
    /// The file we write, relative to the target file.
    pub write: String,
    /// The program and its arguments; answers `{ "endpoint": { "member": { "id": "…" } } }` on stdout.
    pub exec: Vec<String>,
}

/// A patient that stands there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PreloadedPatient {
    /// Its logical id at each endpoint.
    pub id: BTreeMap<Word, String>,
    /// Its synthetic citizen service number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsn: Option<String>,
    /// Its family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Its birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Ids of further resources, by the field names of the cast.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Word, String>,
    /// Two values that occur in its record and nowhere else.
    pub markers: [String; 2],
}

/// How an action is done on this target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Binding {
    /// Writes, reads back and revokes a FHIR Consent (IHE PCF).
    FhirConsent(ConsentBinding),
    /// Sends one HTTP request.
    Http(HttpBinding),
    /// Starts a program, without a shell.
    Exec(Vec<Text>),
    /// Asks an operator.
    Manual(ManualBinding),
}

/// A FHIR Consent as the carrier of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConsentBinding {
    /// The endpoint that keeps it.
    pub endpoint: Word,
    /// The party that writes it.
    #[serde(rename = "as")]
    pub party: MemberId,
    /// What is done.
    #[serde(rename = "do")]
    pub effect: ConsentEffect,
}

/// What is done with a Consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentEffect {
    /// An active Consent with `provision.type` deny.
    Deny,
    /// An active Consent with `provision.type` permit.
    Permit,
    /// An active Consent with the `provision.type` that the argument `effect` names.
    AsAsked,
    /// Every Consent of ours with `deny` is made inactive.
    RevokeDeny,
    /// Every Consent of ours is made inactive.
    RevokeAll,
    /// Reads back; returns `objected` and `consented`.
    Show,
}

/// One HTTP request that does an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HttpBinding {
    /// The party that sends it.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub party: Option<MemberId>,
    /// The method.
    pub method: Method,
    /// The endpoint.
    pub endpoint: Word,
    /// Path and query below it.
    pub path: Text,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<HeaderName, Text>,
    /// The body, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Text>,
    /// What the action returns: `true` where the value at the place matches, `false` where it does not.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returns: BTreeMap<Word, Returned>,
}

/// How a returned value is read from an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Returned {
    /// Where.
    pub at: Place,
    /// What it must be; without it the value itself is returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Matcher>,
}

/// An action that a person does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ManualBinding {
    /// What the operator is asked.
    pub say: Bilingual,
    /// How long we wait for the answer.
    pub within: Span,
}

/// Where our stand-ins for other parties listen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Counterparts {
    /// Address and port; port 0 takes any that is free.
    #[serde(default = "any_port")]
    pub listen: String,
    /// The base URL under which this system reaches that address, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// This system can only be given fixed addresses: counterparts have no segment of the case in theirs, and cases that
    /// listen run one at a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// Parties listen over HTTPS and ask for a client certificate, and our own requests show one. All are made fresh for
    /// each run; `identities` tells this system whom to believe.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secure: bool,
    /// A folder, relative to this file, in which the authority of this run (`authority.pem`) and the certificate that
    /// we show (`party.pem`) are written before anything is contacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identities: Option<String>,
    /// After as many exchanges as wanted have come, we wait this long for one too many.
    #[serde(default = "settle")]
    pub settle: Span,
    /// Facilities whose address this system has in its configuration: `consent-register`, `localisation-index`,
    /// `directory`, `log-facility`; and `status-list`, whose address it reads in our certificates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facilities: BTreeMap<Word, FacilityPlace>,
}

/// Where our stand-in for a central facility listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FacilityPlace {
    /// Address and port.
    pub listen: String,
    /// The base URL under which this system reaches that address, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl Default for Counterparts {
    fn default() -> Self {
        Self {
            listen: any_port(),
            public_url: None,
            fixed: false,
            secure: false,
            identities: None,
            settle: settle(),
            facilities: BTreeMap::new(),
        }
    }
}

fn any_port() -> String {
    "127.0.0.1:0".to_owned()
}

fn settle() -> Span {
    Span::millis(1000)
}

/// A number range that the owner vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnedRange {
    /// The digits it begins with.
    pub prefix: String,
    /// Why these are synthetic.
    pub reason: String,
    /// Who says so.
    pub owner: String,
}

/// A requirement that the owner says cannot be tested here; decorates, never changes an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotTestable {
    /// The requirement.
    pub requirement: RequirementId,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub owner: String,
    /// The last day on which that holds (ISO 8601).
    pub until: String,
}
