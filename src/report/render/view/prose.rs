//! A sentence of ours in which `backticks` mark what is to be typed literally.
//! For sentences of this program and of the catalogue only; an endpoint's text is never read for marks.

/// The sentence in pieces.
pub struct Prose(pub Vec<Piece>);

/// A piece of it.
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is to be typed literally.
    pub literal: bool,
}

impl Prose {
    /// Reads the marks; an odd one at the end marks nothing.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return Self(vec![Piece { text: text.to_owned(), literal: false }]);
        }
        let pieces = parts.into_iter().enumerate().filter(|(_, text)| !text.is_empty());
        Self(pieces.map(|(at, text)| Piece { text: text.to_owned(), literal: at % 2 == 1 }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_in_pairs() {
        let read = |text| Prose::of(text).0.into_iter().map(|piece| (piece.text, piece.literal)).collect::<Vec<_>>();
        assert_eq!(read("a `b`"), [("a ".to_owned(), false), ("b".to_owned(), true)]);
        assert_eq!(read("a `b"), [("a `b".to_owned(), false)]);
    }
}
