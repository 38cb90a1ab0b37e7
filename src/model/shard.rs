//! A part of a run that several processes share: which cases it takes, and which numbers are its own.
//! Whoever knows the catalogue knows the parts; nobody hands them out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// More parts than this would not leave each enough numbers of people for a cast of its own.
pub const MOST: u32 = 32;

/// One part of so many, written `2/4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Shard {
    index: u32,
    of: u32,
}

/// A text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part of a run: write which one and of how many, as in `2/4`; at most {MOST}")]
pub struct ShardError(pub String);

impl Shard {
    /// Which, from 1.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.index
    }

    /// Of how many.
    #[must_use]
    pub const fn of(self) -> u32 {
        self.of
    }

    /// Whether the case at this position among all of the catalogue, in the order of their ids, is of this part.
    #[must_use]
    pub fn takes(self, position: usize) -> bool {
        position % self.of as usize == self.index as usize - 1
    }

    /// Whether a number of a person or organisation may be drawn here, so that two parts never have the same.
    #[must_use]
    pub fn owns(self, number: u64) -> bool {
        // Numbers with an 11-proof are eleven apart, more or less; their quotients are spread evenly.
        (number / 11) % u64::from(self.of) == u64::from(self.index) - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let read = || {
            let (index, of) = text.split_once('/')?;
            let (index, of): (u32, u32) = (index.parse().ok()?, of.parse().ok()?);
            ((1..=of).contains(&index) && of <= MOST).then_some(Self { index, of })
        };
        read().ok_or_else(|| ShardError(text.to_owned()))
    }
}

impl TryFrom<String> for Shard {
    type Error = ShardError;

    fn try_from(text: String) -> Result<Self, ShardError> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_and_every_number_is_of_one_part() {
        let parts: Vec<Shard> = (1..=4).map(|index| format!("{index}/4").parse().unwrap()).collect();
        for position in 0..100 {
            assert_eq!(parts.iter().filter(|part| part.takes(position)).count(), 1);
            assert_eq!(parts.iter().filter(|part| part.owns(999_900_000 + position as u64)).count(), 1);
        }
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["", "2", "0/2", "3/2", "1/33", "1/0", "-1/2", "1/2/3", "a/b"] {
            assert_eq!(text.parse::<Shard>(), Err(ShardError(text.to_owned())));
        }
        assert_eq!("3/4".parse::<Shard>().unwrap().to_string(), "3/4");
    }
}
