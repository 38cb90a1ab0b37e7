//! Texts with placeholders, bare names, and sentences in two languages.
//! There are no filters, defaults, arithmetic or conditions, on purpose: a case stays readable.

use super::id::IdError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A language that a report can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lang {
    /// Dutch.
    Nl,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// What is said in this language, of the same in both.
    #[must_use]
    pub fn pick<T>(self, nl: T, en: T) -> T {
        match self {
            Self::Nl => nl,
            Self::En => en,
        }
    }
}

/// One sentence in Dutch and in English; both are required, neither may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// The Dutch sentence.
    pub nl: String,
    /// The English sentence.
    pub en: String,
}

impl Bilingual {
    /// The sentence in this language.
    #[must_use]
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }
}

/// A bare name, with at most one field: `patient`, `way.away`, `ctrl.clinical`.
///
/// It names a cast member, an `each` variable, a column of one, or a group of canaries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Name {
    /// What stands before the dot.
    pub root: String,
    /// What stands after it, if anything does.
    pub field: Option<String>,
}

impl TryFrom<String> for Name {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        let (root, field) = match text.split_once('.') {
            Some((root, field)) => (root, Some(field)),
            None => (text.as_str(), None),
        };
        let fits = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !fits(root) || !field.is_none_or(fits) {
            return Err(IdError::NotAWord(text));
        }
        Ok(Self { root: root.to_owned(), field: field.map(str::to_owned) })
    }
}

impl std::str::FromStr for Name {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{}.{field}", self.root),
            None => f.write_str(&self.root),
        }
    }
}

/// One piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Stands as written.
    Literal(String),
    /// Is replaced by the value of that name when the request is made.
    Placeholder(Name),
}

/// Text in which `{{name.field}}` stands for a value known only during the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Text {
    parts: Vec<Part>,
}

/// Why a text does not hold together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// `{{` without `}}`.
    #[error("`{{{{` is not closed by `}}}}`")]
    Unclosed,
    /// Something between the braces that is not a name.
    #[error("`{{{{{0}}}}}` is not a name: between braces stands `name` or `name.field`, nothing else")]
    NotAName(String),
}

impl Text {
    /// Its pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The names it cites.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.parts.iter().filter_map(|part| match part {
            Part::Placeholder(name) => Some(name),
            Part::Literal(_) => None,
        })
    }

    /// A text without placeholders.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Literal(text.into())] }
    }
}

impl TryFrom<String> for Text {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find("{{") {
            if start > 0 {
                parts.push(Part::Literal(rest[..start].to_owned()));
            }
            let inside = &rest[start + 2..];
            let end = inside.find("}}").ok_or(TextError::Unclosed)?;
            let name = inside[..end].trim();
            parts.push(Part::Placeholder(name.parse().map_err(|_| TextError::NotAName(inside[..end].to_owned()))?));
            rest = &inside[end + 2..];
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { parts })
    }
}

impl std::str::FromStr for Text {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.to_string()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Placeholder(name) => write!(f, "{{{{{name}}}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_picks_its_own() {
        let both = Bilingual { nl: "eis".to_owned(), en: "requirement".to_owned() };
        assert_eq!([Lang::Nl, Lang::En].map(|lang| both.say(lang)), ["eis", "requirement"]);
        assert_eq!([Lang::Nl, Lang::En].map(|lang| lang.pick(1, 2)), [1, 2]);
    }

    #[test]
    fn a_text_survives_the_round_trip() {
        let text: Text = "/Observation?patient={{ctrl.id}}&_count=1".parse().unwrap();
        assert_eq!(text.to_string(), "/Observation?patient={{ctrl.id}}&_count=1");
        assert_eq!(text.names().map(Name::to_string).collect::<Vec<_>>(), ["ctrl.id"]);
    }

    #[test]
    fn logic_between_braces_is_refused() {
        assert_eq!("{{ if a }}".parse::<Text>(), Err(TextError::NotAName(" if a ".to_owned())));
        assert_eq!("{{a".parse::<Text>(), Err(TextError::Unclosed));
    }
}
