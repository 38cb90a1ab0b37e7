//! Resources with all their versions, bounded in number and size.
//! The store knows whom a resource is about, but not who may see it.

use crate::clock::instant;
use crate::config::Style;
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
    style: Style,
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
    /// Its version id: the number in one style, opaque in the other.
    pub(crate) name: String,
    pub(crate) at: OffsetDateTime,
    /// When the first version came; only a defect shows it.
    pub(crate) made: OffsetDateTime,
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

    pub(crate) fn version(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.name == name)
    }
}

impl Store {
    pub(crate) fn new(base: String, style: Style) -> Self {
        Self { base, style, records: BTreeMap::new(), about: HashMap::new(), versions: 0, bytes: 0 }
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

    /// Everything of a type that was deleted, as it last was; only a defect shows it.
    pub(crate) fn deleted(&self, kind: &str) -> Vec<(&str, &Version, &Arc<Value>)> {
        let of_kind = self.records.iter().filter(|((name, _), record)| name == kind && record.live().is_none());
        let last = |record: &'_ Record| record.versions.iter().rposition(|version| version.body.is_some());
        of_kind
            .filter_map(|((_, id), record)| {
                let version = &record.versions[last(record)?];
                Some((id.as_str(), version, version.body.as_ref()?))
            })
            .collect()
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
        let body = Arc::new(stamped(kind, id, version_name(self.style, number), at, body));
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

    /// Takes a resource out with all its versions; only a defect does.
    pub(crate) fn forget(&mut self, kind: &str, id: &str) {
        self.records.remove(&(kind.to_owned(), id.to_owned()));
    }

    /// Lets the newest version bear another id inside than the one it is stored under; only a defect does.
    pub(crate) fn bear(&mut self, kind: &str, id: &str, inside: &str) -> Option<Version> {
        let version = self.records.get_mut(&(kind.to_owned(), id.to_owned()))?.versions.last_mut()?;
        Arc::make_mut(version.body.as_mut()?)["id"] = json!(inside);
        Some(version.clone())
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
        let number = record.versions.len() + 1;
        let made = record.versions.first().map_or(at, |first| first.made);
        let version = Version { number, name: version_name(self.style, number), at, made, body };
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

/// Numbers that count are lawful version ids, and so are words that say nothing.
fn version_name(style: Style, number: usize) -> String {
    match style {
        Style::Plain => number.to_string(),
        Style::Other => format!("r{:06x}", number.wrapping_mul(0x9e_3779) & 0xff_ffff),
    }
}

/// The body as it is stored: type, id and meta first, then everything as it was sent.
fn stamped(kind: &str, id: &str, name: String, at: OffsetDateTime, body: Value) -> Value {
    let mut sent = match body {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let mut meta = Map::new();
    meta.insert("versionId".to_owned(), json!(name));
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
