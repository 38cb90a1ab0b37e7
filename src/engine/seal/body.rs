//! A body on its way to the recording: content coding undone if need be, kept under its digest or not at all.
//! Coded bytes are kept as they came if no secret was found in what they read as, nor in themselves: a name in the head
//! of a gzip stream, or what stands behind its end, is no part of what it reads as.

use super::door::Scope;
use super::ledger::Ledger;
use super::part::Part;
use crate::engine::oracle::views::Piece;
use crate::engine::oracle::views::digits::Nine;
use crate::engine::oracle::views::undo;
use crate::model::digest::digest;
use crate::model::record::{BodyRef, Withheld};

/// How much a coded body may grow.
const ROOM: usize = 4 << 20;
/// Codings that nobody here can read.
const UNREADABLE: [&str; 6] = ["br", "zstd", "compress", "x-compress", "dcb", "dcz"];

/// A body and what it reads as.
pub(super) struct Body<'a> {
    raw: &'a [u8],
    coding: Option<String>,
    decoded: Option<Vec<u8>>,
    /// Whether more may be in the bytes than could be read.
    unread: bool,
    readable: bool,
    cut: bool,
    pub(super) part: Part,
    /// The bytes as they came, where a coding was undone.
    wire: Option<Part>,
}

impl<'a> Body<'a> {
    pub(super) fn of(raw: &'a [u8], headers: &[(String, String)], cut: bool) -> Self {
        let codings: Vec<&str> = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"))
            .map(|(_, value)| value.as_str())
            .collect();
        let coding = codings.join(", ");
        let unreadable = coding.split(',').any(|one| UNREADABLE.contains(&one.trim().to_ascii_lowercase().as_str()));
        let undone = undo(raw, &coding, ROOM);
        let part = Part::of(undone.as_ref().map_or(raw, |undone| &undone.text));
        Self {
            raw,
            coding: undone.as_ref().map(|undone| undone.codings.join(", ")),
            unread: undone.as_ref().is_some_and(|undone| !undone.complete),
            wire: undone.as_ref().map(|_| Part::of(raw)),
            readable: (raw.is_empty() || !unreadable) && !part.is_exhausted(),
            decoded: undone.map(|undone| undone.text),
            cut,
            part,
        }
    }

    /// The bytes as they came and everything decoded from them, where a coding was undone.
    pub(super) fn wire_pieces(&self) -> &[Piece] {
        self.wire.as_ref().map_or(&[], Part::pieces)
    }

    /// The body as it is referred to, and its bytes, with its secrets replaced.
    pub(super) fn sealed(
        self,
        scope: Scope,
        ledger: &mut Ledger,
        is_blank: impl Fn(&Nine) -> bool,
    ) -> (BodyRef, Option<(String, Vec<u8>)>) {
        let sealed = self.part.sealed(scope, ledger, &is_blank);
        let shows = self.wire.as_ref().is_some_and(|wire| wire.sealed(scope, ledger, &is_blank).is_some());
        self.kept(sealed, shows)
    }

    /// `sealed` replaces what it reads as; if the bytes as they came show something, they are not kept.
    fn kept(self, sealed: Option<Vec<u8>>, shows: bool) -> (BodyRef, Option<(String, Vec<u8>)>) {
        let mut body = BodyRef { length: self.length(), cut: self.cut, ..BodyRef::default() };
        if self.raw.is_empty() {
            return (body, None);
        }
        if !self.readable {
            // What cannot be read may hold anything: nothing of it is kept, and no absence is concluded.
            body.cut = true;
            return (body, None);
        }
        let bytes = match (sealed, self.decoded) {
            (Some(sealed), decoded) => {
                body.decoded = decoded.and(self.coding);
                body.cut |= self.unread;
                sealed
            }
            (None, Some(decoded)) if self.unread || shows => {
                body.decoded = self.coding;
                body.cut |= self.unread;
                decoded
            }
            (None, _) => self.raw.to_vec(),
        };
        let digest = digest(&bytes);
        body.sha256 = Some(digest.clone());
        (body, Some((digest, bytes)))
    }

    /// The body as it is referred to if it is not kept.
    pub(super) fn withheld(&self, why: Withheld) -> BodyRef {
        BodyRef { length: self.length(), cut: self.cut, withheld: Some(why), ..BodyRef::default() }
    }

    fn length(&self) -> u64 {
        u64::try_from(self.raw.len()).unwrap_or(u64::MAX)
    }
}
