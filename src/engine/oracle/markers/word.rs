//! Many words sought at once in one text.
//! Letters match in any case, ids only as they are written.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

/// How a word has to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Anywhere.
    Anywhere,
    /// Not within a longer word.
    Word,
    /// As `Type/id`, not within a longer name or id.
    Reference,
    /// An id in quotes; the reader has to look whose it is.
    Quoted,
}

/// The words.
#[derive(Debug)]
pub(super) struct Words {
    searcher: Option<AhoCorasick>,
    words: Vec<(String, Look, usize)>,
}

impl Words {
    /// Words, how each has to stand, and whose number it goes by.
    pub(super) fn of(words: Vec<(String, Look, usize)>) -> Self {
        let searcher = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(words.iter().map(|(word, ..)| word))
            .ok();
        Self { searcher, words }
    }

    /// Calls back for each word that stands in the text as it has to, with the place where it begins.
    pub(super) fn each(&self, text: &[u8], mut found: impl FnMut(usize, Look, usize)) {
        let Some(searcher) = &self.searcher else { return self.each_slowly(text, found) };
        for hit in searcher.find_overlapping_iter(text) {
            if let Some((word, look, value)) = self.words.get(hit.pattern().as_usize())
                && stands(text, hit.start(), hit.end(), word, *look)
            {
                found(*value, *look, hit.start());
            }
        }
    }

    /// The same without an automaton, for a cast too large for one: a missed leak is worse than a slow search.
    fn each_slowly(&self, text: &[u8], mut found: impl FnMut(usize, Look, usize)) {
        for (word, look, value) in &self.words {
            for (at, window) in text.windows(word.len().max(1)).enumerate() {
                if window.eq_ignore_ascii_case(word.as_bytes()) && stands(text, at, at + word.len(), word, *look) {
                    found(*value, *look, at);
                }
            }
        }
    }
}

fn stands(text: &[u8], from: usize, to: usize, word: &str, look: Look) -> bool {
    let before = from.checked_sub(1).and_then(|at| text.get(at)).copied();
    let after = text.get(to).copied();
    let letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
    match look {
        Look::Anywhere => true,
        Look::Word => !letter(before) && !letter(after),
        Look::Quoted => &text[from..to] == word.as_bytes(),
        Look::Reference => {
            let inner =
                |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            // A dot may belong to an id or end a sentence.
            let goes_on = inner(after) || after == Some(b'.') && inner(text.get(to + 1).copied());
            &text[from..to] == word.as_bytes() && !inner(before) && !goes_on
        }
    }
}
