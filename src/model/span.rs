//! Lengths of time as files write them: `250ms`, `10s`, `5m`, `24h`, `365d`, or a profile option.
//! Nothing here asks what time it is.

use super::id::OptionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A fixed length of time, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Span(u64);

/// A text that is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a length of time: write a whole number and a unit, as in `250ms`, `10s`, `5m`, `24h` or `365d`")]
pub struct SpanError(pub String);

impl Span {
    /// A length of this many milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Its length in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_millis(span.0)
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let scale = match &text[digits..] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(SpanError(text)),
        };
        let amount: u64 = text[..digits].parse().map_err(|_| SpanError(text.clone()))?;
        amount.checked_mul(scale).map(Self).ok_or(SpanError(text))
    }
}

impl std::str::FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, unit) = match self.0 {
            0 => (0, "s"),
            n if n % 86_400_000 == 0 => (n / 86_400_000, "d"),
            n if n % 3_600_000 == 0 => (n / 3_600_000, "h"),
            n if n % 60_000 == 0 => (n / 60_000, "m"),
            n if n % 1_000 == 0 => (n / 1_000, "s"),
            n => (n, "ms"),
        };
        write!(f, "{amount}{unit}")
    }
}

/// A moment of a case: a fixed length after its anchor, or the value of a profile option.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Moment {
    /// This long after the anchor.
    Fixed(Span),
    /// As long as the target states for this option, or its default.
    Option(OptionId),
}

impl TryFrom<String> for Moment {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        match text.strip_prefix("{{option.").and_then(|rest| rest.strip_suffix("}}")) {
            Some(option) => option.parse().map(Self::Option).map_err(|_| SpanError(text.clone())),
            None => Span::try_from(text).map(Self::Fixed),
        }
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Fixed(span) => span.to_string(),
            Moment::Option(option) => format!("{{{{option.{option}}}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_say_what_they_were_given() {
        for text in ["0s", "250ms", "10s", "5m", "24h", "365d"] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }
        assert!("10".parse::<Span>().is_err());
        assert!("99999999999999999999d".parse::<Span>().is_err());
    }

    #[test]
    fn a_moment_may_be_an_option() {
        let moment = Moment::try_from("{{option.effect-within}}".to_owned()).unwrap();
        assert_eq!(String::from(moment), "{{option.effect-within}}");
    }
}
