//! The value at a place of an exchange, and whether it matches.
//! Captures and bindings read places through the same door.

use super::{Exchange, created, links, media, notified, tree};
use crate::model::expectation::{Matcher, Place, ValueAt};
use crate::model::finding::{Expected, Observed};
use crate::model::testcase::Side;
use crate::model::text::Text;
use crate::model::verdict::{Doubt, Judgement};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use regex::RegexBuilder;
use url::Url;

/// Every value at a place, as text, in the order in which it stands there.
///
/// A query and a path are part of the request only: a query has no values on the side of the
/// response, while a segment is read from the URL whichever side is named, since a response has
/// none of its own. Segments count from 0, negative ones from the end; an empty last one is none.
#[must_use]
pub fn read(place: &Place, side: Side, exchange: &Exchange) -> Vec<String> {
    let body = || tree::read(side, exchange).ok();
    match place {
        Place::Header(name) => header(name.as_str(), side, exchange).into_iter().collect(),
        Place::Json(pointer) => body().map_or_else(Vec::new, |tree| tree::pointer(&tree, pointer)),
        Place::Element(path) => body().map_or_else(Vec::new, |tree| tree::element(&tree, path)),
        Place::Created(kind) => {
            let location = header("location", side, exchange);
            let base = created::base_of(&exchange.request.url, kind);
            created::id(base, kind, location.as_deref(), body().as_ref()).into_iter().collect()
        }
        Place::Notified(kind) => {
            notified::id(kind, segment(-1, &exchange.request.url), body().as_ref()).into_iter().collect()
        }
        Place::Link(relation) => body().map_or_else(Vec::new, |tree| tree::links(&tree, relation)),
        Place::Links => links::of(side, exchange),
        Place::Body(_) => tree::decoded(side, exchange)
            .ok()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .into_iter()
            .collect(),
        Place::ClientCertificate(_) => exchange.certificate.map(str::to_owned).into_iter().collect(),
        Place::Form(name) => form(name, side, exchange),
        // The address that a target called is its own, whichever side is named.
        Place::Query(name) if exchange.inbound || side == Side::Request => query(name, &exchange.request.url),
        Place::Query(_) => Vec::new(),
        Place::Claim(name) => claim(name, side, exchange),
        Place::Segment(position) => segment(*position, &exchange.request.url).into_iter().collect(),
    }
}

/// A claim of the token that stands in a form as an assertion, else in the `authorization` header.
fn claim(name: &str, side: Side, exchange: &Exchange) -> Vec<String> {
    let assertion = ["assertion", "client_assertion"].into_iter().flat_map(|field| form(field, side, exchange)).next();
    let bearer = || Some(header("authorization", side, exchange)?.split_once(' ')?.1.trim().to_owned());
    let Some(token) = assertion.or_else(bearer) else { return Vec::new() };
    let Some(payload) = token.split('.').nth(1) else { return Vec::new() };
    let decoded = URL_SAFE_NO_PAD.decode(payload).ok();
    let claims = decoded.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    claims.map_or_else(Vec::new, |claims| tree::pointer(&claims, &format!("/{name}")))
}

fn header(name: &str, side: Side, exchange: &Exchange) -> Option<String> {
    match side {
        Side::Request => exchange.request.header(name),
        Side::Response => exchange.response.header(name),
    }
}

fn form(name: &str, side: Side, exchange: &Exchange) -> Vec<String> {
    let is_form = header("content-type", side, exchange)
        .is_none_or(|media_type| media::essence(&media_type) == "application/x-www-form-urlencoded");
    let Some(bytes) = tree::decoded(side, exchange).ok().filter(|_| is_form) else {
        return Vec::new();
    };
    named(url::form_urlencoded::parse(&bytes), name)
}

fn query(name: &str, url: &str) -> Vec<String> {
    parsed(url).map_or_else(Vec::new, |url| named(url.query_pairs(), name))
}

fn named(pairs: url::form_urlencoded::Parse, name: &str) -> Vec<String> {
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

fn segment(position: i32, url: &str) -> Option<String> {
    let url = parsed(url)?;
    let mut segments: Vec<&str> = url.path_segments()?.collect();
    if segments.last().is_some_and(|last| last.is_empty()) {
        segments.pop();
    }
    let distance = usize::try_from(position.unsigned_abs()).ok()?;
    let index = if position < 0 { segments.len().checked_sub(distance)? } else { distance };
    segments.get(index).map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
}

/// A URL; what arrives at us has only a path, which is read as if it had a host.
fn parsed(url: &str) -> Option<Url> {
    Url::parse(url).ok().or_else(|| Url::parse("http://relative.invalid").ok()?.join(url).ok())
}

/// Holds the values at a place against the matcher.
///
/// A placeholder that stands for nothing, a pattern that is none, and a body that we do not hold
/// make it doubtful.
#[must_use]
pub fn judge(at: &ValueAt, fill: &dyn Fn(&Text) -> Option<String>, exchange: &Exchange) -> Judgement {
    let values = read(&at.at, exchange.side(at.of), exchange);
    // What must not be there is shown, not the whole of what it was found in.
    let shown = if let Matcher::Never(pattern) = &at.is { fragments(pattern, &values) } else { values.clone() };
    let (expected, seen, witnesses) = (expected(at, fill), observed(&shown), vec![exchange.number]);
    if let Some(doubt) = not_held(at, exchange) {
        return Judgement::doubtful(doubt, expected, seen, witnesses);
    }
    match matches(&at.is, fill, &values) {
        Some(holds) => Judgement::of(holds, expected, seen, witnesses),
        None => Judgement::doubtful(Doubt::EvidenceDoesNotFit, expected, seen, witnesses),
    }
}

/// The parts of values that match a pattern.
fn fragments(pattern: &str, values: &[String]) -> Vec<String> {
    let Some(pattern) = bounded(pattern) else { return Vec::new() };
    values.iter().flat_map(|value| pattern.find_iter(value)).map(|found| found.as_str().to_owned()).take(10).collect()
}

/// A pattern that takes no more room than we allow.
fn bounded(pattern: &str) -> Option<regex::Regex> {
    RegexBuilder::new(pattern).size_limit(1 << 20).build().ok()
}

/// Why a place cannot be read for a reason on our side.
#[must_use]
pub fn not_held(at: &ValueAt, exchange: &Exchange) -> Option<Doubt> {
    match at.at {
        Place::Json(_)
        | Place::Element(_)
        | Place::Form(_)
        | Place::Claim(_)
        | Place::Link(_)
        | Place::Links
        | Place::Body(_) => tree::decoded(exchange.side(at.of), exchange).err().and_then(|unread| unread.doubt()),
        Place::Header(_)
        | Place::Query(_)
        | Place::Segment(_)
        | Place::Created(_)
        | Place::Notified(_)
        | Place::ClientCertificate(_) => None,
    }
}

/// What was wanted, as the case writes it, with placeholders filled where they can be.
#[must_use]
pub fn expected(at: &ValueAt, fill: &dyn Fn(&Text) -> Option<String>) -> Expected {
    let text = |text: &Text| fill(text).unwrap_or_else(|| text.to_string());
    let wanted = match &at.is {
        Matcher::Equals(wanted) => format!("equals {}", text(wanted)),
        Matcher::OneOf(wanted) | Matcher::OneOfEvery(wanted) => {
            format!("one-of {}", wanted.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Matcher::Contains(wanted) => format!("contains {}", text(wanted)),
        Matcher::Lacks(wanted) => format!("lacks {}", text(wanted)),
        Matcher::Pattern(pattern) => format!("pattern {pattern}"),
        Matcher::AtMost(most) => format!("at-most {most}"),
        Matcher::AtLeast(least) => format!("at-least {least}"),
        Matcher::Present(_) => "present".to_owned(),
        Matcher::Absent(_) => "absent".to_owned(),
        Matcher::Never(pattern) => format!("never {pattern}"),
        Matcher::Hides(whos) => {
            format!("hides {}", whos.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    };
    Expected::ValueAt { place: place_words(&at.at), wanted: cut(&wanted, 200) }
}

/// A place as reports name it.
#[must_use]
pub fn place_words(place: &Place) -> String {
    let (word, name) = match place {
        Place::Header(name) => ("header", name.as_str().to_owned()),
        Place::Json(pointer) => ("json", pointer.clone()),
        Place::Element(path) => ("element", path.clone()),
        Place::Form(name) => ("form", name.clone()),
        Place::Query(name) => ("query", name.clone()),
        Place::Claim(name) => ("claim", name.clone()),
        Place::Segment(position) => ("segment", position.to_string()),
        Place::Link(relation) => ("link", relation.clone()),
        Place::Created(kind) => ("created", kind.clone()),
        Place::Notified(kind) => ("notified", kind.clone()),
        Place::Body(_) => return "body".to_owned(),
        Place::ClientCertificate(_) => return "client-certificate".to_owned(),
        Place::Links => return "links".to_owned(),
    };
    format!("{word} {name}")
}

/// What was seen: at most ten values of at most 200 characters.
#[must_use]
pub fn observed(values: &[String]) -> Observed {
    if values.is_empty() {
        return Observed::NoValue;
    }
    Observed::Values(values.iter().take(10).map(|value| cut(value, 200)).collect())
}

/// A text of at most this many characters.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// Whether values match; nothing if that cannot be said.
///
/// Of several values one suffices, except where something must not be: for `lacks`, `at-most` and
/// `at-least` every one counts. All three need a value to be there.
#[must_use]
pub fn matches(matcher: &Matcher, fill: &dyn Fn(&Text) -> Option<String>, values: &[String]) -> Option<bool> {
    let number = |value: &String| value.trim().parse::<i64>().ok();
    let every = |holds: &dyn Fn(&String) -> bool| !values.is_empty() && values.iter().all(holds);
    Some(match matcher {
        Matcher::Equals(text) => values.contains(&fill(text)?),
        Matcher::OneOf(texts) | Matcher::OneOfEvery(texts) => {
            let texts = texts.iter().map(fill).collect::<Option<Vec<_>>>()?;
            values.iter().any(|value| texts.contains(value))
        }
        Matcher::Contains(text) => {
            let text = fill(text)?;
            values.iter().any(|value| value.contains(&text))
        }
        Matcher::Lacks(text) => {
            let text = fill(text)?;
            every(&|value| !value.contains(&text))
        }
        Matcher::Pattern(pattern) => {
            let pattern = bounded(pattern)?;
            values.iter().any(|value| pattern.is_match(value))
        }
        Matcher::AtMost(most) => every(&|value| number(value).is_some_and(|number| number <= *most)),
        Matcher::AtLeast(least) => every(&|value| number(value).is_some_and(|number| number >= *least)),
        Matcher::Present(_) => !values.is_empty(),
        Matcher::Absent(_) => values.is_empty(),
        Matcher::Never(pattern) => {
            let pattern = bounded(pattern)?;
            !values.iter().any(|value| pattern.is_match(value))
        }
        // Who is meant is known to `hides.rs` alone; an action returns nothing to look through.
        Matcher::Hides(_) => return None,
    })
}

#[cfg(test)]
mod tests;
