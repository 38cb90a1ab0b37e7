//! What stands around a `code`: an authorisation code is secret, a code of FHIR is not.
//! What is found of one address counts for every `code` in it, so that a body of nothing else is read once.

use regex::bytes::Regex;
use std::sync::LazyLock;

/// What stands beside a `code` that is an authorisation code.
static BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    super::place::regex(
        r"(?-u)(?:^|[?&;#])(?:state|grant_type|redirect_uri|client_id|code_verifier|iss|session_state|id_token|access_token)=",
    )
});

/// Text without white space, quotes or brackets: an address, or a form.
#[derive(Default)]
pub(super) struct Stretch {
    start: usize,
    end: usize,
    /// Whether a parameter of an authorisation stands in it.
    is_authorisation: bool,
    /// Where its question marks are, and whether a route of FHIR stands before each.
    questions: Vec<(usize, bool)>,
}

impl Stretch {
    /// Whether the `code` that stands here, with this value, is an authorisation code. Asked from the beginning of a
    /// text to its end, this costs one pass.
    pub(super) fn has_authorisation(&mut self, text: &[u8], at: usize, value: &[u8]) -> bool {
        if !(self.start..self.end).contains(&at) {
            *self = Self::around(text, at);
        }
        if self.is_authorisation {
            return true;
        }
        let before = self.questions.partition_point(|(question, _)| *question < at);
        let Some((_, is_fhir)) = before.checked_sub(1).and_then(|last| self.questions.get(last)) else { return false };
        // In FHIR `code` is a search parameter.
        !is_fhir && !value.contains(&b'|') && !value.windows(3).any(|window| window.eq_ignore_ascii_case(b"%7c"))
    }

    fn around(text: &[u8], at: usize) -> Self {
        let is_edge = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
        let start = text[..at].iter().rposition(is_edge).map_or(0, |edge| edge + 1);
        let end = text[at..].iter().position(is_edge).map_or(text.len(), |edge| at + edge);
        let (mut segment, mut questions) = (start, Vec::new());
        for (place, byte) in text[start..end].iter().enumerate().map(|(offset, byte)| (start + offset, byte)) {
            match byte {
                b'/' => segment = place + 1,
                b'?' => {
                    let first = text[segment..place].first();
                    questions.push((place, matches!(first, None | Some(b'A'..=b'Z' | b'$' | b'_'))));
                }
                _ => {}
            }
        }
        let is_authorisation = BESIDE.as_ref().is_some_and(|beside| beside.is_match(&text[start..end]));
        Self { start, end, is_authorisation, questions }
    }
}
