//! What stops FHIR from being read or written, with its place.
//! A fault names elements, never values: those may be of people.

use crate::model::finding::Flaw;
use std::fmt;

/// Why there is no tree, or no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The element, as a FHIR path; empty for the text as a whole.
    pub at: String,
    /// Where in the text; absent where there is none.
    pub spot: Option<Spot>,
    /// What is wrong there.
    pub flaw: Flaw,
}

impl Fault {
    /// The place as reports name it: `Patient.name[0], 3:14`.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.spot, self.at.as_str()) {
            (None, at) => at.to_owned(),
            (Some(spot), "") => spot.to_string(),
            (Some(spot), at) => format!("{at}, {spot}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place(), self.flaw)
    }
}

impl std::error::Error for Fault {}

/// A place in a text, both from 1; a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Spot {
    /// The place of this byte of the text.
    #[must_use]
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
        Self {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}
