//! The secrets known so far and the placeholders given out; in memory only.
//! A secret keeps the kind under which it was first known, so that equality survives.

use super::door::Scope;
use super::placeholder;
use crate::engine::oracle::views::{Limits, Piece, digits, views};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::collections::{BTreeSet, HashMap};

/// Shorter values would be found by chance.
const LEAST: usize = 6;
/// Shorter values are only known where they stand by themselves.
const ANYWHERE_LEAST: usize = 12;

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKind {
    /// An access, refresh or identity token, or an API key.
    Token,
    /// An authorisation code or its verifier.
    Code,
    /// A client's secret.
    ClientSecret,
    /// A private key.
    PrivateKey,
    /// The signature of an assertion or of any JWT.
    Signature,
    /// A proof of possession.
    Proof,
    /// A cookie or session.
    Cookie,
    /// A parameter of a pre-signed URL.
    Presigned,
    /// A password.
    Password,
}

impl SecretKind {
    pub(super) const ALL: [Self; 9] = [
        Self::Token,
        Self::Code,
        Self::ClientSecret,
        Self::PrivateKey,
        Self::Signature,
        Self::Proof,
        Self::Cookie,
        Self::Presigned,
        Self::Password,
    ];

    /// The kind of this word; what is not known is as secret as a token.
    #[must_use]
    pub fn named(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(Self::Token)
    }

    /// The word in placeholders.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Code => "code",
            Self::ClientSecret => "client-secret",
            Self::PrivateKey => "private-key",
            Self::Signature => "signature",
            Self::Proof => "proof",
            Self::Cookie => "cookie",
            Self::Presigned => "presigned",
            Self::Password => "password",
        }
    }
}

/// A known secret that stands in a view.
pub(super) struct Hit {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) value: Vec<u8>,
    pub(super) kind: SecretKind,
}

/// What is known.
#[derive(Default)]
pub(super) struct Ledger {
    kinds: HashMap<Vec<u8>, SecretKind>,
    known: Vec<Vec<u8>>,
    /// Known values by their last bytes: adding one costs nothing, however many there are.
    tails: HashMap<[u8; LEAST], Vec<usize>>,
    /// Which tails there may be: most places of a text are ruled out without a look at the table.
    sieve: Sieve,
    placeholders: HashMap<(Scope, SecretKind), HashMap<Vec<u8>, String>>,
    numbers: BTreeSet<digits::Nine>,
    cast: BTreeSet<String>,
    cast_words: Vec<String>,
    cast_searcher: Option<AhoCorasick>,
}

impl Ledger {
    pub(super) fn of_numbers(numbers: &BTreeSet<String>) -> Self {
        let numbers = numbers.iter().filter_map(|number| digits::Nine::try_from(number.as_bytes()).ok()).collect();
        Self { numbers, ..Self::default() }
    }

    /// Takes up what gives our own people away: it is no secret and never becomes one.
    pub(super) fn know(&mut self, words: impl IntoIterator<Item = String>) {
        self.cast.extend(words.into_iter().filter(|word| word.len() >= LEAST).map(|word| word.to_ascii_lowercase()));
        self.cast_words = self.cast.iter().cloned().collect();
        self.cast_searcher = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(&self.cast_words).ok();
    }

    /// Takes up a secret, to be found from now on; too short ones and our own people's markers are none.
    pub(super) fn learn(&mut self, kind: SecretKind, value: &[u8]) {
        if value.len() < LEAST || self.kinds.contains_key(value) || self.is_cast(value) {
            return;
        }
        self.kinds.insert(value.to_vec(), kind);
        self.index(value.to_vec());
        if value.len() < ANYWHERE_LEAST {
            // Views decode only longer runs.
            for form in short_forms(value) {
                self.kinds.entry(form.clone()).or_insert(kind);
                self.index(form);
            }
        }
    }

    fn index(&mut self, value: Vec<u8>) {
        if let Some(tail) = value.last_chunk::<LEAST>() {
            self.sieve.add(tail);
            self.tails.entry(*tail).or_default().push(self.known.len());
            self.known.push(value);
        }
    }

    fn is_cast(&self, value: &[u8]) -> bool {
        let lower = String::from_utf8_lossy(value).to_ascii_lowercase();
        self.cast.contains(&lower) || digits::Nine::try_from(value).is_ok_and(|nine| self.numbers.contains(&nine))
    }

    /// The known secrets in a text.
    pub(super) fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        if self.tails.is_empty() {
            return hits;
        }
        for (at, tail) in tails(text).filter(|(_, tail)| self.sieve.may_hold(tail)) {
            for index in self.tails.get(tail).into_iter().flatten() {
                let to = at + LEAST;
                let Some(value) = self.known.get(*index).filter(|value| text[..to].ends_with(value)) else { continue };
                let from = to - value.len();
                if value.len() >= ANYWHERE_LEAST || stands_alone(text, from, to) {
                    let kind = self.kinds.get(value).copied().unwrap_or(SecretKind::Token);
                    hits.push(Hit { from, to, value: value.clone(), kind });
                }
            }
        }
        hits
    }

    /// The placeholder of a value: the same for the same value within a scope.
    pub(super) fn placeholder(&mut self, scope: Scope, kind: SecretKind, value: &[u8]) -> String {
        let kind = self.kinds.get(value).copied().unwrap_or(kind);
        if let Some(known) = self.placeholders.get(&(scope, kind)).and_then(|given| given.get(value)) {
            return known.clone();
        }
        let cast = self.cast_within(value);
        let given = self.placeholders.entry((scope, kind)).or_default();
        let placeholder = placeholder::write(kind, given.len() + 1, value.len(), &cast);
        given.insert(value.to_vec(), placeholder.clone());
        placeholder
    }

    /// What a secret holds of our own people: an endpoint may not hide a leak in a cookie.
    fn cast_within(&self, value: &[u8]) -> Vec<String> {
        let mut found = BTreeSet::new();
        for view in views(value, None, &Limits::default()) {
            found.extend(self.cast_in(&view.text));
        }
        found.into_iter().collect()
    }

    fn cast_in(&self, text: &[u8]) -> Vec<String> {
        let hits = self.cast_searcher.iter().flat_map(|searcher| searcher.find_overlapping_iter(text));
        let mut found: Vec<String> =
            hits.filter_map(|hit| self.cast_words.get(hit.pattern().as_usize()).cloned()).collect();
        let nines = digits::nines(text).into_iter().map(|(nine, _)| nine).filter(|nine| self.numbers.contains(nine));
        found.extend(nines.map(|nine| String::from_utf8_lossy(&nine).into_owned()));
        found
    }

    /// Whether any view of a part holds something of our own people.
    pub(super) fn holds_cast(&self, pieces: &[Piece]) -> bool {
        pieces.iter().any(|piece| !self.cast_in(&piece.text).is_empty())
    }

    pub(super) fn is_known_number(&self, nine: &digits::Nine) -> bool {
        self.numbers.contains(nine)
    }
}

fn stands_alone(text: &[u8], from: usize, to: usize) -> bool {
    let inner = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    !inner(from.checked_sub(1).and_then(|at| text.get(at))) && !inner(text.get(to))
}

fn short_forms(value: &[u8]) -> Vec<Vec<u8>> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![hex.to_ascii_uppercase().into_bytes(), hex.into_bytes()];
    for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        forms.push(engine.encode(value).into_bytes());
    }
    forms.dedup();
    forms
}

fn tails(text: &[u8]) -> impl Iterator<Item = (usize, &[u8; LEAST])> {
    text.windows(LEAST).enumerate().filter_map(|(at, window)| window.first_chunk().map(|chunk| (at, chunk)))
}

/// One bit for each of many classes of tails.
struct Sieve(Vec<u64>);

impl Default for Sieve {
    fn default() -> Self {
        Self(vec![0; 1024])
    }
}

impl Sieve {
    fn add(&mut self, tail: &[u8; LEAST]) {
        let (word, bit) = Self::place(tail);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_hold(&self, tail: &[u8; LEAST]) -> bool {
        let (word, bit) = Self::place(tail);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(tail: &[u8; LEAST]) -> (usize, u64) {
        let [_, _, last @ ..] = *tail;
        let class = u32::from_le_bytes(last).wrapping_mul(0x9e37_79b1) >> 16;
        ((class >> 6) as usize, 1 << (class & 63))
    }
}
