//! What placeholders stand for, in the recorder (raw captures) and in the judge (sealed ones) alike.
//! Everything but a capture is a pure function of header, plan and what endpoints called our people.

mod origin;

use crate::engine::binding::PersonAt;
use crate::engine::draw;
use crate::engine::schedule::{Values, neighbour};
use crate::model::cast::Person;
use crate::model::id::{MemberId, OptionId, Word};
use crate::model::plan::EachValue;
use crate::model::record::{CastRecord, Event, Record, RunHeader};
use crate::model::text::{Name, Part, Text};
use std::collections::BTreeMap;

/// What endpoints call our people, by member and endpoint.
#[derive(Clone, Debug, Default)]
pub struct CastIndex {
    by: BTreeMap<(MemberId, String), CastRecord>,
}

impl CastIndex {
    /// From the records of the run.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let mut index = Self::default();
        for record in records {
            if let Event::Cast(cast) = &record.event {
                index.add(cast.clone());
            }
        }
        index
    }

    /// Takes in what an endpoint called somebody.
    pub fn add(&mut self, cast: CastRecord) {
        self.by.insert((cast.member.clone(), cast.endpoint.to_string()), cast);
    }

    /// Whether some endpoint calls somebody, or something of theirs, by this reference or id.
    #[must_use]
    pub fn names(&self, reference: &str, id: &str) -> bool {
        self.by.values().any(|cast| {
            cast.id == id
                || cast.fields.values().any(|field| field == id)
                || cast.resources.iter().any(|r| r == reference)
        })
    }

    /// What this endpoint calls this member.
    #[must_use]
    pub fn at(&self, member: &MemberId, endpoint: &str) -> Option<&CastRecord> {
        self.by.get(&(member.clone(), endpoint.to_owned()))
    }

    /// Every endpoint that knows this member, with what it calls them.
    pub fn everywhere<'a>(&'a self, member: &'a MemberId) -> impl Iterator<Item = &'a CastRecord> {
        self.by.values().filter(move |cast| cast.member == *member)
    }

    /// A member as bindings get to know them.
    #[must_use]
    pub fn person(&self, header: &RunHeader, member: &MemberId) -> Option<PersonAt> {
        let person = header.people.iter().find(|person| person.member == *member)?;
        Some(PersonAt {
            member: member.clone(),
            bsn: person.bsn.clone(),
            family: person.family.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date.clone(),
            ids: self.everywhere(member).map(|cast| (cast.endpoint.clone(), cast.id.clone())).collect(),
        })
    }

    /// The same people as this endpoint alone knows them, under the name `fhir`.
    #[must_use]
    pub fn as_seen_from(&self, endpoint: &Word) -> Self {
        let mut seen = Self::default();
        let Ok(fhir) = "fhir".parse::<Word>() else { return seen };
        for cast in self.by.values().filter(|cast| cast.endpoint == *endpoint) {
            seen.add(CastRecord { endpoint: fhir.clone(), ..cast.clone() });
        }
        seen
    }

    /// An id that this endpoint gave to somebody, as a model for ids that no one has.
    fn model(&self, endpoint: &str) -> Option<&str> {
        self.by.values().find(|cast| cast.endpoint.as_str() == endpoint).map(|cast| cast.id.as_str())
    }
}

/// Whom a request asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A member of the cast.
    Member(MemberId),
    /// Somebody of the pool of those who never existed, by position among the run's people.
    Never(usize),
    /// What has this id; it has nothing else.
    Thing(String),
}

/// Reads a value that an earlier step kept, by step and name.
pub type Captures<'a> = &'a (dyn Fn(&str, &str) -> Option<String> + Sync);

/// Everything that names can stand for, for one request.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub header: &'a RunHeader,
    /// What endpoints call our people.
    pub cast: &'a CastIndex,
    /// The options of the claim.
    pub options: &'a BTreeMap<OptionId, String>,
    /// Its position in the plan.
    pub number: u32,
    /// The attempt.
    pub attempt: u32,
    /// The `each` values.
    pub values: &'a Values,
    /// Whom the request asks about.
    pub asked: Option<&'a Asked>,
    /// The endpoint it goes to; ids are those of this endpoint.
    pub endpoint: &'a str,
    /// What earlier steps kept.
    pub captures: Captures<'a>,
    /// What a binding gets.
    pub with: &'a BTreeMap<String, String>,
}

/// A name that stands for nothing here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` has no value here")]
pub struct NoValue(pub String);

/// How deep a column may cite names that cite names.
const DEPTH: u8 = 4;

impl Scene<'_> {
    /// The text with every placeholder replaced.
    ///
    /// # Errors
    /// When a name stands for nothing.
    pub fn fill(&self, text: &Text) -> Result<String, NoValue> {
        self.fill_within(text, DEPTH)
    }

    fn fill_within(&self, text: &Text, depth: u8) -> Result<String, NoValue> {
        let mut out = String::new();
        for part in text.parts() {
            match part {
                Part::Literal(literal) => out.push_str(literal),
                Part::Placeholder(name) => out.push_str(&self.value(name, depth)?),
            }
        }
        Ok(out)
    }

    fn value(&self, name: &Name, depth: u8) -> Result<String, NoValue> {
        let none = || NoValue(name.to_string());
        let field = name.field.as_deref();
        if let Some(value) = self.values.get(&name.root) {
            return match (value, field) {
                (EachValue::Word(word), None) => Ok(word.clone()),
                (EachValue::Row(row), Some(column)) => {
                    let text = row.get(column).ok_or_else(none)?;
                    let text = Text::try_from(text.clone()).map_err(|_| none())?;
                    if depth == 0 { Err(none()) } else { self.fill_within(&text, depth - 1) }
                }
                // `{{patient.id}}` where `patient` ranges over members of the cast.
                (EachValue::Word(word), Some(field)) => self.somebodys(word, field).ok_or_else(none),
                (EachValue::Near { to, offset }, None) => {
                    let text = Text::try_from(to.clone()).map_err(|_| none())?;
                    let id = if depth == 0 { Err(none()) } else { self.fill_within(&text, depth - 1) }?;
                    neighbour(&id, *offset).ok_or_else(none)
                }
                (EachValue::Row(_), None) | (EachValue::Near { .. }, Some(_)) => Err(none()),
            };
        }
        let found = match (name.root.as_str(), field) {
            ("option", Some(option)) => self.options.get(option).cloned(),
            ("fresh", Some(word)) => Some(draw::fresh(&self.header.parameters, self.number, self.attempt, word)),
            ("uuid", Some(word)) => Some(draw::uuid(&self.header.parameters, self.number, self.attempt, word)),
            ("organisation", Some(member)) => self.header.organisations.get(member).cloned(),
            ("counterpart", Some(word)) => word
                .parse()
                .ok()
                .and_then(|one| crate::engine::counterpart::address(self.header, self.number, self.attempt, one)),
            ("with", Some(key)) => self.with.get(key).cloned(),
            ("time", Some(field)) => time(self.header, field),
            ("asked", Some("holder")) => Some(self.holder().to_owned()),
            ("asked", Some(field)) => self.askeds(field),
            (root, Some(field)) => (self.captures)(root, field).or_else(|| self.somebodys(root, field)),
            (_, None) => None,
        };
        found.ok_or_else(none)
    }

    /// The endpoint whose people these are: the one asked if it knows anybody, else `fhir`.
    fn holder(&self) -> &str {
        let has_own = self.endpoint == "fhir" || self.endpoint.starts_with("fhir-");
        if has_own { self.endpoint } else { "fhir" }
    }

    /// The person of the pool that belongs to this instance where no sample takes turns.
    fn never_of_instance(&self) -> usize {
        let first = self.header.people.len().saturating_sub(draw::NEVER_POOL);
        first + self.number as usize % draw::NEVER_POOL
    }

    /// What belongs to the person asked about.
    fn askeds(&self, field: &str) -> Option<String> {
        match self.asked? {
            Asked::Member(member) => self.somebodys(member.as_str(), field),
            Asked::Never(index) => self.never_field(*index, field),
            Asked::Thing(id) => (field == "id").then(|| id.clone()),
        }
    }

    /// What belongs to a member of the cast; `never` is one as well, who only exists nowhere.
    fn somebodys(&self, member: &str, field: &str) -> Option<String> {
        if member == "never" {
            return self.never_field(self.never_of_instance(), field);
        }
        self.member_field(member, field)
    }

    fn person(&self, member: &str) -> Option<&Person> {
        self.header.people.iter().find(|person| person.member.as_str() == member && member != "never")
    }

    fn member_field(&self, member: &str, field: &str) -> Option<String> {
        let person = self.person(member)?;
        // A portal or another door has no ids of its own; it speaks of people as the holder does.
        let here = self.cast.at(&person.member, self.endpoint).or_else(|| self.cast.at(&person.member, "fhir"));
        match field {
            "id" => here.map(|cast| cast.id.clone()),
            _ => personal(person, field).or_else(|| here.and_then(|cast| cast.fields.get(field).cloned())),
        }
    }

    fn never_field(&self, index: usize, field: &str) -> Option<String> {
        let person = self.header.people.get(index)?;
        match field {
            "id" => {
                let model = self.cast.model(self.endpoint).or_else(|| self.cast.model("fhir"))?;
                Some(draw::id_like(model, &self.header.parameters, &format!("{index} {}", self.endpoint)))
            }
            _ => personal(person, field),
        }
    }

    /// The values that are the asked person's own, blanked before answers are compared; what somebody
    /// lacks stands as an empty text, since values are blanked by position.
    #[must_use]
    pub fn own_values(&self) -> Vec<String> {
        ["id", "bsn", "family", "given", "birth-date"]
            .into_iter()
            .map(|field| self.askeds(field).unwrap_or_default())
            .collect()
    }
}

fn personal(person: &Person, field: &str) -> Option<String> {
    let value = match field {
        "bsn" => &person.bsn,
        "family" => &person.family,
        "given" => &person.given,
        "birth-date" => &person.birth_date,
        _ => return None,
    };
    // A preloaded patient may lack a value; an empty one would turn a search into another search.
    (!value.is_empty()).then(|| value.clone())
}

/// Times that cases may cite. Records of the cast lie between two fixed days.
fn time(header: &RunHeader, field: &str) -> Option<String> {
    match field {
        "record-start" => Some("2020-01-01".to_owned()),
        "record-middle" => Some("2022-01-01".to_owned()),
        "run-start" => Some(header.started.clone()),
        _ => None,
    }
}

/// The URL of a path below an endpoint; `/` alone is the endpoint itself.
#[must_use]
pub fn url_below(base: &str, path: &str) -> String {
    let base = base.trim_end_matches('/');
    match path.strip_prefix('/') {
        Some("") => base.to_owned(),
        Some(query) if query.starts_with('?') => format!("{base}{query}"),
        _ => format!("{base}{path}"),
    }
}
