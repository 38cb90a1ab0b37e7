//! Resources with all their versions, bounded in number and size.
//! The store knows whom a resource is about, but not who may see it.

use crate::clock::instant;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use time::OffsetDateTime;

pub(crate) const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";

/// Versions are what takes room, so versions are what is counted.
const MOST_VERSIONS: usize = 50_000;
const MOST_BYTES: usize = 256 * 1024 * 1024;

pub(crate) type Key = (String, String);

#[derive(Clone, Debug)]
pub(crate) struct Store {
    base: String,
    records: BTreeMap<Key, Record>,
    /// Everything that ever was about a patient; whoever reads this looks at the resource again.
    about: HashMap<String, BTreeSet<Key>>,
    versions: usize,
    bytes: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The order in which resources came in, which is the order of every answer.
    pub(crate) rank: usize,
    pub(crate) versions: Vec<Version>,
}

#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) number: usize,
    pub(crate) at: OffsetDateTime,
    /// Nothing when this version is the deletion.
    pub(crate) body: Option<Arc<Value>>,
}

/// The store has no room for another version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Full;

impl Record {
    /// The newest version, unless it is a deletion.
    pub(crate) fn live(&self) -> Option<(&Version, &Arc<Value>)> {
        let version = self.versions.last()?;
        Some((version, version.body.as_ref()?))
    }

    pub(crate) fn version(&self, number: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.number.to_string() == number)
    }
}

impl Store {
    pub(crate) fn new(base: String) -> Self {
        Self { base, records: BTreeMap::new(), about: HashMap::new(), versions: 0, bytes: 0 }
    }

    pub(crate) fn record(&self, kind: &str, id: &str) -> Option<&Record> {
        self.records.get(&(kind.to_owned(), id.to_owned()))
    }

    pub(crate) fn live(&self, kind: &str, id: &str) -> Option<(&Version, &Arc<Value>)> {
        self.record(kind, id)?.live()
    }

    /// Everything of a type that is there now, oldest first.
    pub(crate) fn each(&self, kind: &str) -> Vec<(&str, &Version, &Arc<Value>)> {
        let start = (kind.to_owned(), String::new());
        let mut all: Vec<_> = self
            .records
            .range(start..)
            .take_while(|((name, _), _)| name == kind)
            .filter_map(|((_, id), record)| {
                let (version, body) = record.live()?;
                Some((record.rank, id.as_str(), version, body))
            })
            .collect();
        all.sort_by_key(|(rank, ..)| *rank);
        all.into_iter().map(|(_, id, version, body)| (id, version, body)).collect()
    }

    /// Every record of a type that is or once was about a patient.
    pub(crate) fn about(&self, patient: &str, kind: &str) -> impl Iterator<Item = &Record> {
        let start = (kind.to_owned(), String::new());
        let kind = kind.to_owned();
        self.about
            .get(patient)
            .into_iter()
            .flat_map(move |keys| keys.range(start.clone()..))
            .take_while(move |(name, _)| *name == kind)
            .filter_map(|key| self.records.get(key))
    }

    /// Everything that is or once was about a patient, the patient included.
    pub(crate) fn keys_about(&self, patient: &str) -> Vec<Key> {
        self.about.get(patient).into_iter().flatten().cloned().collect()
    }

    pub(crate) fn put(&mut self, kind: &str, id: &str, body: Value, at: OffsetDateTime) -> Result<Version, Full> {
        let number = self.record(kind, id).map_or(0, |record| record.versions.len()) + 1;
        let body = Arc::new(stamped(kind, id, number, at, body));
        let size = serde_json::to_vec(body.as_ref()).map_or(0, |bytes| bytes.len());
        if self.bytes + size > MOST_BYTES {
            return Err(Full);
        }
        let patient = self.patient_of(&body);
        let version = self.push(kind, id, Some(body), at)?;
        self.bytes += size;
        if let Some(patient) = patient {
            let key = (kind.to_owned(), id.to_owned());
            self.about.entry(patient).or_default().insert(key);
        }
        Ok(version)
    }

    pub(crate) fn delete(&mut self, kind: &str, id: &str, at: OffsetDateTime) -> Result<Version, Full> {
        self.push(kind, id, None, at)
    }

    fn push(&mut self, kind: &str, id: &str, body: Option<Arc<Value>>, at: OffsetDateTime) -> Result<Version, Full> {
        if self.versions >= MOST_VERSIONS {
            return Err(Full);
        }
        let rank = self.records.len();
        let record = self
            .records
            .entry((kind.to_owned(), id.to_owned()))
            .or_insert_with(|| Record { rank, versions: Vec::new() });
        let version = Version { number: record.versions.len() + 1, at, body };
        record.versions.push(version.clone());
        self.versions += 1;
        Ok(version)
    }

    /// The logical id of the patient a resource is about, if that patient is one of ours.
    pub(crate) fn patient_of(&self, resource: &Value) -> Option<String> {
        if resource["resourceType"] == "Patient" {
            return resource["id"].as_str().map(str::to_owned);
        }
        ["subject", "patient"]
            .iter()
            .find_map(|field| resource[*field]["reference"].as_str())
            .and_then(|reference| self.local(reference, "Patient"))
    }

    /// The logical id in a reference to a resource of this type at this base.
    pub(crate) fn local(&self, reference: &str, kind: &str) -> Option<String> {
        let relative = match reference.strip_prefix(&self.base) {
            Some(rest) => rest.strip_prefix('/')?,
            None => reference,
        };
        let mut parts = relative.split('/');
        let id = parts.next().filter(|name| *name == kind).and(parts.next())?;
        let tail: Vec<_> = parts.collect();
        matches!(tail.as_slice(), [] | ["_history", _]).then(|| id.to_owned())
    }
}

/// The body as it is stored: type, id and meta first, then everything as it was sent.
fn stamped(kind: &str, id: &str, number: usize, at: OffsetDateTime, body: Value) -> Value {
    let mut sent = match body {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let mut meta = Map::new();
    meta.insert("versionId".to_owned(), json!(number.to_string()));
    meta.insert("lastUpdated".to_owned(), json!(instant(at)));
    if let Some(Value::Object(old)) = sent.shift_remove("meta") {
        for (key, value) in old {
            meta.entry(key).or_insert(value);
        }
    }
    let mut whole = Map::new();
    whole.insert("resourceType".to_owned(), json!(kind));
    whole.insert("id".to_owned(), json!(id));
    whole.insert("meta".to_owned(), Value::Object(meta));
    for (key, value) in sent {
        whole.entry(key).or_insert(value);
    }
    Value::Object(whole)
}
