//! What a caller chooses before the reference starts: style, regime, defects, and clients.
//! Nothing here changes once the reference is running.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One of two lawful ways to answer; a tester that tells them apart by verdict is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Other,
}

/// Whether and how a patient's choice is needed before organisations see anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    OptIn,
    OptOut,
    Implied,
}

/// Everything that is fixed for one run of the reference.
#[derive(Clone, Debug)]
pub struct Config {
    pub style: Style,
    pub regime: Regime,
    /// Names from [`crate::DEFECTS`]; any other name keeps the reference from starting.
    pub defects: BTreeSet<String>,
    pub clients: Vec<Client>,
    /// Under which URA this system sends and receives.
    pub own_ura: String,
    pub partners: Partners,
}

/// What a directed exchange may need beside the two parties of it.
#[derive(Clone, Debug, Default)]
pub struct Partners {
    /// Base URLs of facilities by name: `consent-register`, `localisation-index`, `directory`, `log-facility`.
    pub facilities: BTreeMap<String, String>,
    /// How long an answer of the register of consent may be used again; without it none is kept.
    pub copies_last: Option<Duration>,
    /// With it, `handoff`, `notification` and `prescriptions` are served over HTTPS at a second port, where a client
    /// certificate is required, and calls to https addresses can be made.
    pub tls: Option<Tls>,
}

/// A certificate with its key, for both sides of a connection, and the authority that partners are trusted by.
#[derive(Clone)]
pub struct Tls {
    pub certificate_pem: String,
    pub key_pem: String,
    pub authority_pem: String,
    /// With it, certificates that are revoked open nothing.
    pub revocation: Option<Revocation>,
}

/// Where it is said which certificates are revoked (RFC 5280), and how soon that counts.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// The address of the list.
    pub list: String,
    /// A certificate that the list names is refused after this at the latest.
    pub within: Duration,
    pub door: RevocationAt,
}

/// Whose door it is; defects of the other have no effect on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationAt {
    /// The data holders are served at the port of partners, so that whoever reads shows a certificate.
    Holders,
    /// Partners alone come in there, as ever.
    Receiver,
}

/// A party that may ask for tokens.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: String,
    pub key: ClientKey,
    pub right: Right,
}

/// How a client proves who it is at the token service.
#[derive(Clone)]
pub enum ClientKey {
    Secret(String),
    /// A P-256 public key (SPKI, PEM) for `private_key_jwt` with ES256.
    PublicPem(String),
}

/// What a client may do once it has a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// Reads and searches under the access rules, in the name of this URA.
    Organisation { ura: String },
    /// Fills and empties the stores; sees everything.
    Writer,
    /// Acts for the patient named when the token was asked for.
    Portal,
}

/// A word that is not one of those a style or regime is written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord(String);

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A secret must not reach a log through a derived Debug.
        f.write_str(match self {
            Self::Secret(_) => "Secret(…)",
            Self::PublicPem(_) => "PublicPem(…)",
        })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither must a private key.
        f.write_str("Tls(…)")
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown word `{}`", self.0)
    }
}

impl std::error::Error for UnknownWord {}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Other => "other",
        })
    }
}

impl FromStr for Style {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "plain" => Ok(Self::Plain),
            "other" => Ok(Self::Other),
            _ => Err(UnknownWord(word.to_owned())),
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OptIn => "opt-in",
            Self::OptOut => "opt-out",
            Self::Implied => "implied",
        })
    }
}

impl FromStr for Regime {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "opt-in" => Ok(Self::OptIn),
            "opt-out" => Ok(Self::OptOut),
            "implied" => Ok(Self::Implied),
            _ => Err(UnknownWord(word.to_owned())),
        }
    }
}
