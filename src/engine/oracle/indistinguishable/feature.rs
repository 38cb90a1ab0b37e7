//! What an onlooker can tell from one answer, as features with sets of values.
//! Own values are blanked and masked places reduced to presence before anything is taken.

use super::super::Exchange;
use super::super::tree::{self, Unread};
use super::blank::Blanks;
use super::shape::{length, shape};
use crate::model::digest::digest;
use crate::model::expectation::Mask;
use crate::model::testcase::Side;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Headers that differ from answer to answer by their nature; only their presence is compared.
const NEVER_BY_VALUE: [&str; 3] = ["age", "content-length", "date"];

/// One thing that can be told from an answer, the most telling first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// The status.
    Status,
    /// Whether the answer was cut off.
    Connection,
    /// Whether a header is there.
    Header(String),
    /// How many lines a header has.
    HeaderLines(String),
    /// The value of a header.
    HeaderValue(String),
    /// Its value with drawn parts replaced by their class.
    HeaderShape(String),
    /// Its length.
    HeaderLength(String),
    /// Whether the body is JSON, text, bytes, nothing.
    BodyKind,
    /// The JSON type at a path.
    Path(String),
    /// How many items the list at a path has.
    Items(String),
    /// The value at a path.
    Value(String),
    /// All values at a path, in order.
    Series(String),
    /// The value at a path with drawn parts replaced by their class.
    Shape(String),
    /// The length of the value at a path.
    Length(String),
    /// The text of a body that is not JSON.
    Text,
    /// That text with drawn parts replaced by their class.
    TextShape,
    /// The length of that text.
    TextLength,
    /// In which order members stand.
    MemberOrder(String),
    /// How much white space a JSON body has.
    Layout,
    /// How long a JSON body is without white space.
    TreeLength,
}

impl Feature {
    /// Its name in reports.
    pub fn label(&self) -> String {
        let body = |path: &str, what: &str| ["body", path, what].join(" ").trim().replace("  ", " ");
        match self {
            Self::Status => "status".to_owned(),
            Self::Connection => "connection".to_owned(),
            Self::Header(name) | Self::HeaderValue(name) => format!("header {name}"),
            Self::HeaderLines(name) => format!("header {name} lines"),
            Self::HeaderShape(name) => format!("header {name} shape"),
            Self::HeaderLength(name) => format!("header {name} length"),
            Self::BodyKind => "body kind".to_owned(),
            Self::Path(path) | Self::Value(path) => body(path, ""),
            Self::Items(path) => body(path, "items"),
            Self::Series(path) => body(path, "series"),
            Self::Shape(path) => body(path, "shape"),
            Self::Length(path) => body(path, "length"),
            Self::Text => "body text".to_owned(),
            Self::TextShape => "body shape".to_owned(),
            Self::TextLength | Self::TreeLength => "body length".to_owned(),
            Self::MemberOrder(path) => body(path, "order"),
            Self::Layout => "body white space".to_owned(),
        }
    }

    /// Whether its values are numbers, of which a higher or lower one may tell as much as another.
    pub const fn is_ordered(&self) -> bool {
        matches!(
            self,
            Self::HeaderLines(_)
                | Self::HeaderLength(_)
                | Self::Items(_)
                | Self::Length(_)
                | Self::TextLength
                | Self::TreeLength
        )
    }

    /// Whether it may lawfully be a function of the person asked about, as the hash of an echo is.
    /// What an answer is made of may not.
    pub const fn may_be_personal(&self) -> bool {
        match self {
            Self::Status
            | Self::Connection
            | Self::Header(_)
            | Self::HeaderLines(_)
            | Self::BodyKind
            | Self::Path(_)
            | Self::Items(_)
            | Self::MemberOrder(_)
            | Self::Layout => false,
            Self::HeaderValue(_)
            | Self::HeaderShape(_)
            | Self::HeaderLength(_)
            | Self::Value(_)
            | Self::Series(_)
            | Self::Shape(_)
            | Self::Length(_)
            | Self::Text
            | Self::TextShape
            | Self::TextLength
            | Self::TreeLength => true,
        }
    }

    /// The value that this is taken from, where it is only a property of one.
    pub fn source(&self) -> Self {
        match self {
            Self::HeaderShape(name) | Self::HeaderLength(name) => Self::HeaderValue(name.clone()),
            Self::Shape(path) | Self::Length(path) => Self::Value(path.clone()),
            Self::TextShape | Self::TextLength => Self::Text,
            other => other.clone(),
        }
    }

    /// Whether it sums up what other features say one by one, noise included; it counts only where
    /// there is no noise.
    pub const fn is_sum(&self) -> bool {
        matches!(self, Self::TreeLength)
    }
}

/// Features with the values found; a feature that is not there has none.
pub type Features = BTreeMap<Feature, BTreeSet<String>>;

/// The features of one answer.
pub fn of(exchange: &Exchange, blanks: &Blanks, mask: &[Mask]) -> Features {
    let mut taker = Taker { blanks, mask, features: Features::new(), series: BTreeMap::new(), length: 0 };
    taker.take(Feature::Status, exchange.response.status.to_string());
    if exchange.response.body.cut {
        taker.take(Feature::Connection, "cut".to_owned());
    }
    taker.headers("", &exchange.response.headers);
    taker.headers("trailer ", &exchange.response.trailers);
    taker.body(exchange);
    taker.features
}

struct Taker<'a> {
    blanks: &'a Blanks,
    mask: &'a [Mask],
    features: Features,
    series: BTreeMap<String, Vec<String>>,
    length: usize,
}

impl Taker<'_> {
    fn take(&mut self, feature: Feature, value: String) {
        self.features.entry(feature).or_default().insert(value);
    }

    fn headers(&mut self, kind: &str, headers: &[(String, String)]) {
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            let masked = self.mask.iter().any(|mask| matches!(mask, Mask::Header(masked) if masked.as_str() == name));
            let place = format!("{kind}{name}");
            *lines.entry(place.clone()).or_default() += 1;
            if masked || NEVER_BY_VALUE.contains(&name.as_str()) {
                continue;
            }
            let text = self.blanks.apply(value);
            self.take(Feature::HeaderShape(place.clone()), kept(&shape(&text)));
            self.take(Feature::HeaderLength(place.clone()), length(&text).to_string());
            self.take(Feature::HeaderValue(place), kept(&text));
        }
        for (place, lines) in lines {
            self.take(Feature::Header(place.clone()), "present".to_owned());
            self.take(Feature::HeaderLines(place), lines.to_string());
        }
    }

    fn body(&mut self, exchange: &Exchange) {
        let kind = match tree::read(Side::Response, exchange) {
            Ok(tree) => {
                self.tree(&tree);
                if let Ok(bytes) = tree::decoded(Side::Response, exchange) {
                    self.take(Feature::Layout, white_space(&bytes).to_string());
                }
                // Both forms are one tree; that they differ shows all the same.
                let is_xml = tree::decoded(Side::Response, exchange)
                    .is_ok_and(|bytes| tree::is_xml(Side::Response, exchange, &bytes));
                if is_xml { "xml" } else { "json" }
            }
            Err(Unread::NotJson | Unread::NotXml) => match tree::decoded(Side::Response, exchange) {
                Ok(bytes) => self.text(&bytes),
                Err(unread) => unread.word(),
            },
            Err(unread) => unread.word(),
        };
        self.take(Feature::BodyKind, kind.to_owned());
    }

    fn text(&mut self, bytes: &[u8]) -> &'static str {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.take(Feature::Text, mark(bytes));
            self.take(Feature::TextLength, bytes.len().to_string());
            return "bytes";
        };
        let text = self.blanks.apply(text);
        self.take(Feature::TextShape, kept(&shape(&text)));
        self.take(Feature::TextLength, length(&text).to_string());
        self.take(Feature::Text, kept(&text));
        "text"
    }

    fn tree(&mut self, tree: &Value) {
        let masked: BTreeSet<String> = self
            .mask
            .iter()
            .filter_map(|mask| match mask {
                Mask::Element(path) => path.split_once('.'),
                Mask::Header(_) => None,
            })
            .filter(|(kind, _)| Some(*kind) == tree::resource_type(tree))
            .map(|(_, path)| path.to_owned())
            .collect();
        self.walk(tree, "", &masked);
        for (path, series) in std::mem::take(&mut self.series) {
            if series.len() > 1 {
                self.take(Feature::Series(path), kept(&series.join(" | ")));
            }
        }
        self.take(Feature::TreeLength, self.length.to_string());
    }

    fn walk(&mut self, value: &Value, path: &str, masked: &BTreeSet<String>) {
        if masked.contains(path) {
            self.take(Feature::Path(path.to_owned()), "present".to_owned());
            return;
        }
        self.take(Feature::Path(path.to_owned()), tree::kind(value).to_owned());
        match value {
            Value::Object(members) => {
                let names: Vec<String> = members.keys().map(|name| self.blanks.apply(name)).collect();
                self.take(Feature::MemberOrder(path.to_owned()), kept(&names.join(" ")));
                for (name, member) in names.iter().zip(members.values()) {
                    self.length += name.len() + 4;
                    self.walk(member, &tree::join(path, name), masked);
                }
            }
            Value::Array(items) => {
                self.take(Feature::Items(path.to_owned()), items.len().to_string());
                self.length += items.len() + 2;
                items.iter().for_each(|item| self.walk(item, path, masked));
            }
            Value::String(text) => self.scalar(path, &self.blanks.apply(text)),
            Value::Number(number) => self.scalar(path, &self.blanks.apply_to_number(&number.to_string())),
            Value::Bool(_) | Value::Null => self.scalar(path, &value.to_string()),
        }
    }

    fn scalar(&mut self, path: &str, text: &str) {
        let chars = length(text);
        self.length += chars + 2;
        self.take(Feature::Shape(path.to_owned()), kept(&shape(text)));
        self.take(Feature::Length(path.to_owned()), chars.to_string());
        self.take(Feature::Value(path.to_owned()), kept(text));
        self.series.entry(path.to_owned()).or_default().push(kept(text));
    }
}

/// White space between the tokens of a JSON text.
fn white_space(text: &[u8]) -> usize {
    let (mut count, mut inside, mut escaped) = (0, false, false);
    for byte in text {
        match (inside, byte) {
            (true, b'\\') if !escaped => escaped = true,
            (true, b'"') if !escaped => inside = false,
            (true, _) => escaped = false,
            (false, b'"') => inside = true,
            (false, byte) => count += usize::from(byte.is_ascii_whitespace()),
        }
    }
    count
}

/// The beginning of a digest, which is as good for comparing.
fn mark(bytes: &[u8]) -> String {
    format!("sha256:{:.16}", digest(bytes))
}

/// A text as it is; a long one as its beginning and digest, which are as good for comparing.
fn kept(text: &str) -> String {
    if text.len() <= 200 {
        return text.to_owned();
    }
    text.chars().take(50).chain([' ', '…', ' ']).chain(mark(text.as_bytes()).chars()).collect()
}
