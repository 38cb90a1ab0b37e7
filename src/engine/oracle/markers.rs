//! What gives a person of the cast away: canaries, numbers, names and ids, in any encoding.
//! What the requester itself sent in the same request is not given away when it comes back.

mod reference;
mod word;

use super::Exchange;
use super::views::{Limits, Unfolded, digits, unfold};
use crate::model::finding::Marker;
use crate::model::record::{CastRecord, RunHeader};
use reference::Structure;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use word::{Look, Words};

/// Shorter canaries would be found by chance.
const CANARY_LEAST: usize = 8;
/// Shorter names would be found by chance.
const NAME_LEAST: usize = 5;

/// All markers of a run.
#[derive(Debug)]
pub struct Register {
    values: Vec<Value>,
    words: Words,
    numbers: HashMap<digits::Nine, Vec<usize>>,
    /// Base URLs by endpoint, to tell which endpoint's ids an answer may hold.
    endpoints: Vec<(String, String)>,
    /// Endpoints whose ids are known.
    own_ids: BTreeSet<String>,
}

/// One thing that gives somebody away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) member: String,
    pub(super) group: String,
    pub(super) kind: Kind,
    pub(super) text: String,
}

/// What kind of thing it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Planted by us.
    Canary,
    /// A number or a name.
    Identity,
    /// `Type/id` at an endpoint.
    Reference {
        /// The type.
        resource: String,
        /// The id.
        id: String,
        /// Where it is called so.
        endpoint: String,
    },
}

/// A marker found, and which one it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sighting {
    pub(super) value: usize,
    pub(super) marker: Marker,
}

/// All that was found in an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    pub(super) sightings: Vec<Sighting>,
    /// What the requester itself sent; not looked for if nothing was found.
    pub(super) sent: BTreeSet<usize>,
    /// Whether a bound kept some decoding out.
    pub(super) exhausted: bool,
}

impl Register {
    /// The markers of this run's people, and of what endpoints call their records.
    #[must_use]
    pub fn of<'a>(header: &RunHeader, cast: impl Iterator<Item = &'a CastRecord>) -> Self {
        let mut values = Vec::new();
        for person in &header.people {
            let mut add = |group: &str, kind: Kind, text: &str| {
                let member = person.member.as_str().to_owned();
                values.push(Value { member, group: group.to_owned(), kind, text: text.to_owned() });
            };
            for canary in &person.canaries {
                add(&canary.group, Kind::Canary, &canary.value);
            }
            for text in [&person.bsn, &person.family, &person.given] {
                add("identity", Kind::Identity, text);
            }
        }
        let references = references(cast);
        let own_ids = references.iter().filter_map(|value| value.endpoint().map(str::to_owned)).collect();
        values.extend(references);
        let mut numbers: HashMap<digits::Nine, Vec<usize>> = HashMap::new();
        let mut words = Vec::new();
        for (index, value) in values.iter().enumerate() {
            match &value.kind {
                Kind::Canary if value.text.len() >= CANARY_LEAST => {
                    words.push((value.text.clone(), Look::Anywhere, index))
                }
                Kind::Identity => match digits::Nine::try_from(value.text.as_bytes()) {
                    Ok(nine) if nine.iter().all(u8::is_ascii_digit) => numbers.entry(nine).or_default().push(index),
                    _ if value.text.len() >= NAME_LEAST => words.push((value.text.clone(), Look::Word, index)),
                    _ => {}
                },
                Kind::Reference { id, .. } => {
                    words.push((value.text.clone(), Look::Reference, index));
                    words.push((format!("\"{id}\""), Look::Quoted, index));
                    words.push((format!("'{id}'"), Look::Quoted, index));
                }
                Kind::Canary => {}
            }
        }
        let endpoints = header.target.endpoints.iter().map(|(name, url)| (name.as_str().to_owned(), url.clone()));
        Self { values, words: Words::of(words), numbers, endpoints: endpoints.collect(), own_ids }
    }

    /// The markers that an answer gives away, in order of member, group and part.
    #[must_use]
    pub fn found(&self, exchange: &Exchange<'_>) -> Vec<Marker> {
        let found: BTreeSet<Marker> =
            self.search(exchange).sightings.into_iter().map(|sighting| sighting.marker).collect();
        found.into_iter().collect()
    }

    /// Whether an answer may hold more than can be looked at: it is cut or withheld, or packed too deeply.
    #[must_use]
    pub fn may_hold_more(&self, exchange: &Exchange<'_>) -> bool {
        let body = &exchange.response.body;
        body.cut || body.withheld.is_some() || self.search(exchange).exhausted
    }

    /// Whether an answer gives this member away.
    #[must_use]
    pub fn discloses(&self, exchange: &Exchange<'_>, member: &str) -> bool {
        self.search(exchange).sightings.iter().any(|sighting| sighting.marker.member == member)
    }

    /// The markers that an answer gives away, each with what it is; one for each part it stands in.
    pub(super) fn search(&self, exchange: &Exchange<'_>) -> Search {
        let mut found: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
        let mut exhausted = false;
        for (part, bytes, coding) in answer_parts(exchange) {
            let unfolded = unfold(&without_placeholders(bytes), coding, &Limits::default());
            exhausted |= unfolded.exhausted;
            for piece in &unfolded.pieces {
                for value in self.in_text(&piece.text) {
                    // Views come shallowest first; the plainest way it stood there is what is told.
                    found
                        .entry((value, part.clone()))
                        .or_insert_with(|| piece.encoding.iter().map(|name| (*name).to_owned()).collect());
                }
            }
        }
        if found.is_empty() {
            return Search { exhausted, ..Search::default() };
        }
        let sent = Sent::of(self, exchange);
        let endpoint = self.endpoint_of(&exchange.request.url);
        found.retain(|(value, _), _| {
            let value_of = &self.values[*value];
            !sent.holds(*value, value_of) && self.is_of_endpoint(value_of, endpoint)
        });
        let sightings = found.into_iter().map(|((value, part), encoding)| {
            let Value { member, group, .. } = &self.values[value];
            Sighting { value, marker: Marker { member: member.clone(), group: group.clone(), part, encoding } }
        });
        Search { sightings: sightings.collect(), sent: sent.values, exhausted }
    }

    /// The markers of these people in a text, whoever brought them up; a number counts as its SHA-256 too.
    ///
    /// `wanted` is asked with member, group, and whether the marker is a number.
    pub(super) fn held(&self, part: &str, text: &[u8], wanted: &dyn Fn(&str, &str, bool) -> bool) -> Vec<Marker> {
        let unfolded = unfold(&without_placeholders(text), None, &Limits::default());
        let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for piece in &unfolded.pieces {
            let mut seen = self.in_text(&piece.text);
            let lower = String::from_utf8_lossy(&piece.text).to_ascii_lowercase();
            let digested = |value: &Value| lower.contains(&crate::model::digest::digest(value.text.as_bytes()));
            seen.extend(
                (0..self.values.len()).filter(|at| self.values[*at].is_number() && digested(&self.values[*at])),
            );
            for value in seen {
                found.entry(value).or_insert_with(|| piece.encoding.iter().map(|name| (*name).to_owned()).collect());
            }
        }
        let meant = |value: &Value| wanted(&value.member, &value.group, value.is_number());
        let found = found.into_iter().filter(|(value, _)| meant(&self.values[*value]));
        found
            .map(|(value, encoding)| {
                let Value { member, group, .. } = &self.values[value];
                Marker { member: member.clone(), group: group.clone(), part: part.to_owned(), encoding }
            })
            .collect()
    }

    /// The canaries of somebody that an answer gives away, each by a name of its own.
    #[must_use]
    pub fn canaries(&self, exchange: &Exchange<'_>) -> BTreeSet<String> {
        let about = exchange.key.about.as_ref().map(|about| about.as_str());
        let of_person = |value: &Value| about.is_none_or(|about| value.member == about);
        let search = self.search(exchange);
        let planted = search.sightings.iter().filter(|found| self.values[found.value].kind == Kind::Canary);
        planted
            .filter(|found| of_person(&self.values[found.value]))
            .map(|found| {
                let Value { member, group, .. } = &self.values[found.value];
                let first = self.values.iter().position(|value| value.member == *member).unwrap_or_default();
                format!("{member}.{group} {}", found.value - first + 1)
            })
            .collect()
    }

    /// All values of the run, by their number in sightings.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    fn in_text(&self, text: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let structure = Structure::of(text);
        self.words.each(text, |value, look, at| {
            let stands = match (look, &self.values[value].kind) {
                (Look::Quoted, Kind::Reference { resource, id, .. }) => structure.calls(resource, id, at),
                _ => true,
            };
            if stands {
                found.insert(value);
            }
        });
        if !self.numbers.is_empty() {
            for (nine, _) in digits::nines(text) {
                found.extend(self.numbers.get(&nine).into_iter().flatten());
            }
        }
        found
    }

    /// The endpoint whose base URL this URL has; the longest if several.
    fn endpoint_of(&self, url: &str) -> Option<&str> {
        self.endpoints
            .iter()
            .filter(|(_, base)| {
                let rest = url.strip_prefix(base.trim_end_matches('/'));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
            })
            .max_by_key(|(_, base)| base.len())
            .map(|(name, _)| name.as_str())
    }

    /// Whether an id may mean this person here: another endpoint may call somebody else so.
    fn is_of_endpoint(&self, value: &Value, endpoint: Option<&str>) -> bool {
        let Some(own) = value.endpoint() else { return true };
        match endpoint {
            Some(name) if name == own => true,
            Some(name) if self.own_ids.contains(name) => self.values.iter().any(|other| {
                other.text == value.text && other.member == value.member && other.endpoint() == Some(name)
            }),
            _ => !self.values.iter().any(|other| other.text == value.text && other.member != value.member),
        }
    }
}

impl Value {
    /// Whether it is a citizen service number.
    fn is_number(&self) -> bool {
        self.kind == Kind::Identity && self.text.len() == 9 && self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn endpoint(&self) -> Option<&str> {
        match &self.kind {
            Kind::Reference { endpoint, .. } => Some(endpoint),
            Kind::Canary | Kind::Identity => None,
        }
    }
}

/// The ids of all records; what two members have in common at one endpoint gives neither away.
fn references<'a>(cast: impl Iterator<Item = &'a CastRecord>) -> Vec<Value> {
    let mut owners: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for record in cast {
        let patient = (!record.id.is_empty()).then(|| format!("Patient/{}", record.id));
        for text in record.resources.iter().chain(patient.as_ref()) {
            let place = (record.endpoint.as_str().to_owned(), text.clone());
            owners.entry(place).or_default().insert(record.member.as_str().to_owned());
        }
    }
    let mut values = Vec::new();
    for ((endpoint, text), members) in owners {
        let Some((resource, id)) = text.split_once('/').filter(|(resource, id)| !resource.is_empty() && !id.is_empty())
        else {
            continue;
        };
        if let (Some(member), 1) = (members.first(), members.len()) {
            let kind = Kind::Reference { resource: resource.to_owned(), id: id.to_owned(), endpoint };
            values.push(Value { member: member.clone(), group: "id".to_owned(), kind, text: text.clone() });
        }
    }
    values
}

/// Everything that the target wrote, part by part.
fn answer_parts<'a>(exchange: &'a Exchange<'_>) -> Vec<(String, &'a [u8], Option<&'a str>)> {
    let mut parts = Vec::new();
    let sets = [("header", &exchange.response.headers), ("trailer", &exchange.response.trailers)];
    for (what, pairs) in sets {
        for (name, value) in pairs {
            parts.push((format!("{what} {name}"), name.as_bytes(), None));
            parts.push((format!("{what} {name}"), value.as_bytes(), None));
        }
    }
    let coding = coding(&exchange.response.headers).filter(|_| exchange.response.body.decoded.is_none());
    parts.push(("body".to_owned(), exchange.body, coding));
    parts
}

fn coding(headers: &[(String, String)]) -> Option<&str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-encoding")).map(|(_, value)| value.as_str())
}

/// What the requester itself sent.
struct Sent {
    values: BTreeSet<usize>,
    unfolded: Vec<Unfolded>,
}

impl Sent {
    fn of(register: &Register, exchange: &Exchange<'_>) -> Self {
        if exchange.inbound {
            // What the target sends of itself, it says of its own accord: nobody asked for it with the same words.
            return Self { values: BTreeSet::new(), unfolded: Vec::new() };
        }
        let request = exchange.request;
        let mut parts: Vec<(&[u8], Option<&str>)> = vec![(request.url.as_bytes(), None)];
        parts.extend(request.headers.iter().map(|(_, value)| (value.as_bytes(), None)));
        let coding = coding(&request.headers).filter(|_| request.body.decoded.is_none());
        parts.push((exchange.request_body, coding));
        let unfolded: Vec<Unfolded> = parts
            .into_iter()
            .map(|(bytes, coding)| unfold(&without_placeholders(bytes), coding, &Limits::default()))
            .collect();
        let texts = unfolded.iter().flat_map(|unfolded| &unfolded.pieces);
        let values = texts.flat_map(|piece| register.in_text(&piece.text)).collect();
        Self { values, unfolded }
    }

    fn holds(&self, number: usize, value: &Value) -> bool {
        self.values.contains(&number)
            || match &value.kind {
                Kind::Reference { id, .. } => self
                    .unfolded
                    .iter()
                    .flat_map(|unfolded| &unfolded.pieces)
                    .any(|piece| reference::holds_token(&piece.text, id)),
                Kind::Canary | Kind::Identity => false,
            }
    }
}

/// A text without what stands for secrets: `⟦token:1:20⟧` is nobody's name.
fn without_placeholders(bytes: &[u8]) -> Cow<'_, [u8]> {
    crate::engine::seal::without_placeholders(bytes)
}

#[cfg(test)]
mod tests;
