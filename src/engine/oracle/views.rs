//! The plausible decodings of a byte string, so that nothing hides behind base64, gzip or an escape.
//! Bounded in depth, number and bytes; what a view means is for its reader to say.

mod decode;
pub(crate) mod digits;
mod inflate;
pub(crate) mod object;
mod run;

use decode::{Made, Source, Trace};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

pub(crate) use inflate::{Undone, undo};

/// One way to read a byte string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What was undone, outermost first; empty for the bytes as they came.
    pub encoding: Vec<String>,
    /// The bytes it yields. Decodings of several runs stand in one view, a line each.
    pub text: Vec<u8>,
}

/// How far decoding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many encodings within one another are undone.
    pub depth: usize,
    /// How many views are made.
    pub views: usize,
    /// How many times the size of the input all views together may have.
    pub factor: usize,
    /// The least that all views together may always have.
    pub floor: usize,
    /// The most that all views together may ever have.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 4, views: 256, factor: 16, floor: 1 << 20, bytes: 64 << 20 }
    }
}

/// Where a byte of a view comes from in the input.
pub(crate) type Span = (u32, u32);

/// A view that knows where each of its bytes comes from.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    pub(crate) encoding: Vec<&'static str>,
    pub(crate) text: Vec<u8>,
    spans: Vec<Span>,
    root: bool,
}

impl Piece {
    /// The part of the input that this part of the view was made of.
    pub(crate) fn origin(&self, from: usize, to: usize) -> (usize, usize) {
        if self.root {
            return (from, to);
        }
        let spans = self.spans.get(from..to).unwrap_or_default();
        let start = spans.iter().map(|span| span.0).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.1).max().unwrap_or(0);
        (start as usize, end as usize)
    }
}

/// All views of an input, and whether a bound kept any out.
#[derive(Debug, Default)]
pub(crate) struct Unfolded {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) exhausted: bool,
}

/// Every plausible decoding of these bytes, the bytes themselves first.
#[must_use]
pub fn views(bytes: &[u8], content_encoding: Option<&str>, limits: &Limits) -> Vec<View> {
    unfold(bytes, content_encoding, limits)
        .pieces
        .into_iter()
        .map(|piece| View { encoding: piece.encoding.into_iter().map(str::to_owned).collect(), text: piece.text })
        .collect()
}

/// As [`views`], and says whether a bound was reached.
pub(crate) fn unfold(bytes: &[u8], content_encoding: Option<&str>, limits: &Limits) -> Unfolded {
    let mut unfolding = Unfolding::new(bytes.len(), Tracing::Off, *limits);
    unfolding.keep(Vec::new(), bytes.to_vec(), Vec::new());
    if let Some(coding) = content_encoding
        && let Some(undone) = undo(bytes, coding, unfolding.room)
    {
        unfolding.exhausted |= !undone.complete;
        unfolding.keep(undone.codings, undone.text, Vec::new());
    }
    unfolding.run()
}

/// Every plausible decoding of these bytes, each byte with its origin.
///
/// Nothing is left out for looking like noise, and equal text in two places counts twice.
pub(crate) fn trace(bytes: &[u8], limits: &Limits) -> Unfolded {
    let mut unfolding = Unfolding::new(bytes.len(), Tracing::On, *limits);
    unfolding.keep(Vec::new(), bytes.to_vec(), Vec::new());
    unfolding.run()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tracing {
    Off,
    On,
}

struct Unfolding {
    done: Vec<Piece>,
    seen: HashSet<u64>,
    room: usize,
    exhausted: bool,
    tracing: Tracing,
    limits: Limits,
}

impl Unfolding {
    fn new(length: usize, tracing: Tracing, limits: Limits) -> Self {
        let room = length.saturating_mul(limits.factor).max(limits.floor).min(limits.bytes.max(length));
        Self { done: Vec::new(), seen: HashSet::new(), room, exhausted: false, tracing, limits }
    }

    fn run(mut self) -> Unfolded {
        let mut next = 0;
        while next < self.done.len() {
            if self.done[next].encoding.len() < self.limits.depth {
                let piece = std::mem::take(&mut self.done[next]);
                self.whole(&piece);
                self.runs(&piece);
                self.done[next] = piece;
            }
            next += 1;
        }
        Unfolded { pieces: self.done, exhausted: self.exhausted }
    }

    /// Decodings of the text as a whole.
    fn whole(&mut self, piece: &Piece) {
        let source = self.source(piece);
        let made = [
            ("percent", decode::percent(source)),
            ("form", decode::form(source)),
            ("entity", decode::entity(source)),
            ("json", decode::json(source)),
        ];
        for (name, made) in made {
            if let Some(made) = made {
                self.keep(named(piece, &[name]), made.text, made.spans);
            }
        }
        if let Some((name, made)) = decode::utf16(source) {
            self.keep(named(piece, &[name]), made.text, made.spans);
        }
        if let Some((name, undone)) = inflate::by_magic(&piece.text, self.room) {
            let span = source.span(0, piece.text.len());
            self.inflated(named(piece, &[name]), undone, span);
        }
    }

    /// Decodings of runs of an alphabet: those of one kind become one view.
    fn runs(&mut self, piece: &Piece) {
        let source = self.source(piece);
        let mut base64 = Made::new(source);
        let mut hex = Made::new(source);
        for run in run::runs(&piece.text) {
            if !self.is_new(&(source.span(run.from, run.to), &piece.text[run.from..run.to])) {
                continue;
            }
            run.hex(source, &mut hex, self.plausible());
            for offset in 0..4 {
                let made = run.base64(source, offset);
                let bare = Source { text: &made.text, trace: made.trace() };
                if let Some((name, wide)) = decode::utf16(bare) {
                    self.keep(named(piece, &["base64", name]), wide.text, wide.spans);
                }
                let packed = inflate::by_magic(&made.text, self.room)
                    .or_else(|| if offset == 0 { inflate::bare(&made.text, self.room) } else { None });
                if let Some((name, undone)) = packed {
                    self.inflated(named(piece, &["base64", name]), undone, source.span(run.from, run.to));
                }
                if self.plausible()(&made.text) {
                    base64.append(&made);
                }
            }
        }
        for (name, made) in [("base64", base64), ("hex", hex)] {
            if !made.text.is_empty() {
                self.keep(named(piece, &[name]), made.text, made.spans);
            }
        }
    }

    fn source<'a>(&self, piece: &'a Piece) -> Source<'a> {
        let trace = match self.tracing {
            Tracing::Off => Trace::Off,
            Tracing::On if piece.root => Trace::Root,
            Tracing::On => Trace::Spans(&piece.spans),
        };
        Source { text: &piece.text, trace }
    }

    fn plausible(&self) -> fn(&[u8]) -> bool {
        match self.tracing {
            Tracing::Off => run::holds_text,
            Tracing::On => |_| true,
        }
    }

    fn inflated(&mut self, encoding: Vec<&'static str>, undone: Undone, span: Span) {
        self.exhausted |= !undone.complete && undone.text.len() >= self.room;
        let spans = match self.tracing {
            Tracing::Off => Vec::new(),
            // What was compressed together can only be replaced together.
            Tracing::On => vec![span; undone.text.len()],
        };
        self.keep(encoding, undone.text, spans);
    }

    fn keep(&mut self, encoding: Vec<&'static str>, text: Vec<u8>, spans: Vec<Span>) {
        let root = self.done.is_empty();
        if !root && (self.done.len() >= self.limits.views || text.len() > self.room) {
            self.exhausted = true;
            return;
        }
        if text.is_empty() && !root || !self.is_new(&(&text, &spans)) {
            return;
        }
        if !root {
            self.room -= text.len();
        }
        self.done.push(Piece { encoding, text, spans, root });
    }

    fn is_new(&mut self, what: &impl Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.seen.insert(hasher.finish())
    }
}

fn named(piece: &Piece, names: &[&'static str]) -> Vec<&'static str> {
    piece.encoding.iter().chain(names).copied().collect()
}

#[cfg(test)]
mod tests;
