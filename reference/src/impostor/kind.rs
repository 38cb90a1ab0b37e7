//! Every impostor by name, and what it says about itself.
//! How one is played stands in `part`, never here.

use std::fmt;
use std::str::FromStr;

macro_rules! impostors {
    ($($(#[$doc:meta])* $variant:ident, $name:literal;)*) => {
        /// One way of answering without doing anything.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Impostor { $($(#[$doc])* $variant),* }

        impl Impostor {
            /// Every impostor, in the order in which they are explained.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name by which it is asked for; never changed once given.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}

impostors! {
    /// Refuses everything as unauthenticated.
    Refuses401, "refuses-401";
    /// Refuses everything as forbidden.
    Refuses403, "refuses-403";
    /// Refuses everything as not found, in as few words as FHIR allows.
    Refuses404, "refuses-404";
    /// Refuses everything as gone.
    Refuses410, "refuses-410";
    /// Refuses everything as too much, and asks to come back in a day.
    Refuses429, "refuses-429";
    /// Fails at everything.
    Refuses500, "refuses-500";
    /// 404 with a complete and well-formed OperationOutcome, whatever was asked.
    PoliteOutcome, "polite-outcome";
    /// 200 and `{}`.
    EmptyObject, "empty-object";
    /// 200 and a searchset without entries, total, or links.
    EmptyBundle, "empty-bundle";
    /// 200 and a searchset with total 0 whose self link repeats the request.
    EmptyBundleTotal, "empty-bundle-total";
    /// 201 with a fresh location and no body.
    Always201, "always-201";
    /// 200 and what was sent, the headers back under `X-Echo-`; a request without a body comes
    /// back as one JSON string, secrets included.
    Echo, "echo";
    /// 200 and a web page.
    Html, "html";
    /// 200 and noise under the name of FHIR JSON; the same noise for the same request number.
    RandomBytes, "random-bytes";
    /// 200 and a Bundle whose strings are not UTF-8.
    InvalidUtf8, "invalid-utf8";
    /// 200 and a Bundle with a hundred thousand arrays inside each other.
    NestedJson, "nested-json";
    /// 200 and the same Patient and Observation, for everybody.
    SamePatient, "same-patient";
    /// Takes every write, forgets it, and finds nothing back.
    AcceptsWritesReturnsNothing, "accepts-writes-returns-nothing";
    /// A bearer token for whoever asks at a path ending in `/token`; else an empty searchset.
    TokenForEveryone, "token-for-everyone";
    /// Bundles and outcomes whose every free string attacks whoever shows it.
    ScriptEverywhere, "script-everywhere";
    /// 302 to the very place that was asked for.
    RedirectLoop, "redirect-loop";
    /// One header of five megabytes.
    HugeHeader, "huge-header";
    /// One gigabyte of zeros in one megabyte of gzip.
    Bomb, "bomb";
    /// Promises more bytes than it sends, then closes.
    WrongLength, "wrong-length";
    /// Promises fewer bytes than it sends.
    WrongLengthShort, "wrong-length-short";
    /// Reads, and says nothing.
    NeverAnswers, "never-answers";
    /// A good start, and then the body byte by byte.
    OneByteASecond, "one-byte-a-second";
    /// A body without an end, as fast as it is read.
    EndlessBody, "endless-body";
    /// Hangs up without a word.
    ClosesAtOnce, "closes-at-once";
}

/// What the impostor says about itself at `GET …/metadata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Answers it like anything else.
    Same,
    /// An honest-looking CapabilityStatement; everything else is the impostor.
    Honest,
}

/// A word that names no impostor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownImpostor(String);

impl fmt::Display for UnknownImpostor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no impostor is called `{}`", self.0)
    }
}

impl std::error::Error for UnknownImpostor {}

impl fmt::Display for Impostor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Impostor {
    type Err = UnknownImpostor;

    fn from_str(word: &str) -> Result<Self, UnknownImpostor> {
        Self::ALL
            .iter()
            .copied()
            .find(|impostor| impostor.name() == word)
            .ok_or_else(|| UnknownImpostor(word.to_owned()))
    }
}
