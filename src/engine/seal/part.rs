//! One part of an exchange on its way to the recording: its views, what is secret in it, and what is left.
//! Where two finds overlap all of both is replaced.

use super::SecretKind;
use super::door::Scope;
use super::ledger::Ledger;
use super::place::{self, Find};
use super::{WITHHELD, header};
use crate::engine::oracle::views::{Limits, Piece, digits, trace};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// How far a part is decoded in search of secrets.
const LIMITS: Limits = Limits { depth: 4, views: 256, factor: 24, floor: 4 << 20, bytes: 192 << 20 };

/// One part, with its secrets.
pub(super) struct Part {
    text: Vec<u8>,
    traced: Arc<Traced>,
    /// What the name of a header says of its value.
    named: Vec<Find>,
}

/// What a text shows when it is decoded, whatever part it is.
struct Traced {
    pieces: Vec<Piece>,
    finds: Vec<Find>,
    /// Whether it is too large to be sure.
    exhausted: bool,
}

/// Most headers, and many addresses, come again and again: a run spent a fifth of its work on decoding the same few
/// texts. What a text shows depends on nothing else, so it is remembered: so many texts, none that is longer, and none that decodes to more.
const REMEMBERED: usize = 1024;
const LONGEST: usize = 2048;
const WIDEST: usize = 16 * 1024;

static MEMORY: LazyLock<Mutex<HashMap<Vec<u8>, Arc<Traced>>>> = LazyLock::new(Mutex::default);

impl Traced {
    fn of(text: &[u8]) -> Arc<Self> {
        let memory = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        if text.len() <= LONGEST
            && let Some(known) = memory().get(text)
        {
            return Arc::clone(known);
        }
        let unfolded = trace(text, &LIMITS);
        let finds = unfolded.pieces.iter().flat_map(place::scan).collect();
        let traced = Arc::new(Self { pieces: unfolded.pieces, finds, exhausted: unfolded.exhausted });
        let width: usize = traced.pieces.iter().map(|piece| piece.text.len()).sum();
        if text.len() <= LONGEST && width <= WIDEST {
            let mut memory = memory();
            if memory.len() >= REMEMBERED {
                memory.clear();
            }
            memory.insert(text.to_vec(), Arc::clone(&traced));
        }
        traced
    }
}

/// A stretch of a part that is replaced.
struct Cover {
    from: usize,
    to: usize,
    with: With,
    /// Whether the part is UTF-16, small end first or last.
    wide: Option<Wide>,
}

enum With {
    Secret(SecretKind, Vec<u8>),
    Blank,
}

#[derive(Clone, Copy)]
enum Wide {
    Little,
    Big,
}

impl Part {
    /// A text that is no header's value.
    pub(super) fn of(text: &[u8]) -> Self {
        Self { text: text.to_vec(), traced: Traced::of(text), named: Vec::new() }
    }

    /// The value of a header.
    pub(super) fn of_header(name: &str, value: &str) -> Self {
        Self { named: header::scan(name, value), ..Self::of(value.as_bytes()) }
    }

    /// The text and everything decoded from it.
    pub(super) fn pieces(&self) -> &[Piece] {
        &self.traced.pieces
    }

    /// Whether it is too large to be sure.
    pub(super) fn is_exhausted(&self) -> bool {
        self.traced.exhausted
    }

    /// Where it is secret. The header's name decides first.
    fn finds(&self) -> impl Iterator<Item = &Find> {
        self.named.iter().chain(&self.traced.finds)
    }

    /// Makes what was found here known everywhere.
    pub(super) fn teach(&self, ledger: &mut Ledger) {
        for find in self.finds().filter(|find| find.is_learnt()) {
            ledger.learn(find.kind, &find.value);
        }
    }

    /// Whether one of these numbers stands in it.
    pub(super) fn holds(&self, is_sought: impl Fn(&digits::Nine) -> bool) -> bool {
        self.pieces().iter().any(|piece| digits::nines(&piece.text).iter().any(|(nine, _)| is_sought(nine)))
    }

    /// Every number of nine digits that stands in it.
    pub(super) fn numbers(&self) -> Vec<digits::Nine> {
        self.pieces().iter().flat_map(|piece| digits::nines(&piece.text)).map(|(nine, _)| nine).collect()
    }

    /// What may be recorded; nothing if all of it may, as it is.
    pub(super) fn sealed(
        &self,
        scope: Scope,
        ledger: &mut Ledger,
        is_blank: impl Fn(&digits::Nine) -> bool,
    ) -> Option<Vec<u8>> {
        if self.is_exhausted() {
            return Some(WITHHELD.as_bytes().to_vec());
        }
        let covers = merged(self.covers(ledger, is_blank));
        if covers.is_empty() {
            return None;
        }
        let mut sealed = Vec::with_capacity(self.text.len());
        let mut copied = 0;
        for cover in covers {
            sealed.extend_from_slice(&self.text[copied..cover.from]);
            let text = match &cover.with {
                With::Secret(kind, value) => ledger.placeholder(scope, *kind, value),
                With::Blank => WITHHELD.to_owned(),
            };
            match cover.wide {
                None => sealed.extend_from_slice(text.as_bytes()),
                Some(Wide::Little) => sealed.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
                Some(Wide::Big) => sealed.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            }
            copied = cover.to;
        }
        sealed.extend_from_slice(&self.text[copied..]);
        Some(sealed)
    }

    fn covers(&self, ledger: &Ledger, is_blank: impl Fn(&digits::Nine) -> bool) -> Vec<Cover> {
        let wide = self.pieces().iter().find_map(|piece| match piece.encoding.as_slice() {
            ["utf-16le"] => Some(Wide::Little),
            ["utf-16be"] => Some(Wide::Big),
            _ => None,
        });
        let mut covers: Vec<Cover> = Vec::new();
        for find in self.finds() {
            let with = With::Secret(find.kind, find.value.clone());
            covers.push(Cover { from: find.from, to: find.to, with, wide });
        }
        for piece in self.pieces() {
            for hit in ledger.hits(&piece.text) {
                let (from, to) = piece.origin(hit.from, hit.to);
                covers.push(Cover { from, to, with: With::Secret(hit.kind, hit.value), wide });
            }
            for (_, range) in digits::nines(&piece.text).into_iter().filter(|(nine, _)| is_blank(nine)) {
                let (from, to) = piece.origin(range.start, range.end);
                covers.push(Cover { from, to, with: With::Blank, wide });
            }
        }
        covers
    }
}

/// In order and without overlap; of several that begin together the longest gives the name.
fn merged(mut covers: Vec<Cover>) -> Vec<Cover> {
    covers.retain(|cover| cover.from < cover.to);
    covers.sort_by(|one, other| one.from.cmp(&other.from).then(other.to.cmp(&one.to)));
    let mut merged: Vec<Cover> = Vec::new();
    for cover in covers {
        match merged.last_mut() {
            Some(last) if cover.from < last.to => last.to = last.to.max(cover.to),
            _ => merged.push(cover),
        }
    }
    merged
}
