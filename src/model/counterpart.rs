//! The parties that we stand in for, and how they can fail: closed lists with their words.
//! What they answer is a case's affair; where they listen is the target file's.

use std::fmt;
use std::str::FromStr;

/// The other party of an exchange, or a central facility, played by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counterpart {
    /// Whom something is sent to.
    Receiver,
    /// Another who could have been meant.
    OtherReceiver,
    /// Who sends, and keeps what is to be collected.
    Sender,
    /// Who issues tokens for the two of them.
    TokenService,
    /// Where choices are kept centrally.
    ConsentRegister,
    /// Where it is kept who has data about whom.
    LocalisationIndex,
    /// Where addresses are kept.
    Directory,
    /// Where a system has its accesses logged (IHE ATNA: Audit Record Repository).
    LogFacility,
    /// Where the authority of this run says which certificates are revoked (RFC 5280).
    StatusList,
}

impl Counterpart {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Receiver,
        Self::OtherReceiver,
        Self::Sender,
        Self::TokenService,
        Self::ConsentRegister,
        Self::LocalisationIndex,
        Self::Directory,
        Self::LogFacility,
        Self::StatusList,
    ];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::OtherReceiver => "other-receiver",
            Self::Sender => "sender",
            Self::TokenService => "token-service",
            Self::ConsentRegister => "consent-register",
            Self::LocalisationIndex => "localisation-index",
            Self::Directory => "directory",
            Self::LogFacility => "log-facility",
            Self::StatusList => "status-list",
        }
    }

    /// Whether it is a facility: there is one for everybody, under the address that a target has in its configuration or
    /// reads in a certificate.
    #[must_use]
    pub const fn is_facility(self) -> bool {
        self.is_central() || matches!(self, Self::LogFacility | Self::StatusList)
    }

    /// Whether it is one that many organisations share for an exchange; a log is an organisation's own, and a status list
    /// the issuer's.
    #[must_use]
    pub const fn is_central(self) -> bool {
        matches!(self, Self::ConsentRegister | Self::LocalisationIndex | Self::Directory)
    }

    /// Those that a word stands for: one, or with `every-facility` all central ones; none if it is no such word.
    #[must_use]
    pub fn named(word: &str) -> Vec<Self> {
        match word {
            EVERY_FACILITY => Self::ALL.into_iter().filter(|one| one.is_central()).collect(),
            _ => word.parse().into_iter().collect(),
        }
    }
}

/// The word for all central facilities together.
pub const EVERY_FACILITY: &str = "every-facility";

impl fmt::Display for Counterpart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no counterpart or no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPart;

impl FromStr for Counterpart {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or(UnknownPart)
    }
}

/// How a counterpart fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outage {
    /// Nobody listens; where several counterparts share a port, the connection is reset once it is clear who is meant.
    Refused,
    /// The connection stands and nothing comes.
    Silent,
    /// An error of the server.
    Error,
    /// A success whose body is of another kind than any that was asked for.
    WrongAnswer,
    /// A status list that has ended; of the status list alone.
    OutOfDate,
}

impl Outage {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Refused, Self::Silent, Self::Error, Self::WrongAnswer, Self::OutOfDate];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Error => "error",
            Self::WrongAnswer => "wrong-answer",
            Self::OutOfDate => "out-of-date",
        }
    }
}

impl FromStr for Outage {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or(UnknownPart)
    }
}
