//! What an answer is, seen by one aspect: a set of items with names fit to be shown.
//! Two answers are related as their items are; values stay inside.

use super::super::Exchange;
use super::super::tree::{self, Unread};
use crate::model::expectation::Aspect;
use crate::model::testcase::Side;
use crate::model::verdict::Doubt;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An answer by one aspect.
pub enum Items {
    /// Resources: how often each stands there, with its name and its tree.
    Resources(BTreeMap<String, Resource>),
    /// Things that are their own name.
    Names(BTreeSet<String>),
    /// Bytes that are not JSON, with their status.
    Bytes(Vec<u8>, u16),
    /// Served, or refused with that status.
    Outcome(u16),
    /// What we do not hold.
    Unheld(Unread),
}

/// One resource of a content.
pub struct Resource {
    times: usize,
    name: String,
    tree: Value,
}

/// Whether a status says that the request was granted.
pub const fn is_served(status: u16) -> bool {
    status >= 200 && status < 300
}

/// How a changed status is said.
pub fn status_words(earlier: u16, later: u16) -> String {
    format!("status {later} instead of {earlier}")
}

impl Items {
    /// An answer by that aspect; canaries are gathered elsewhere.
    pub fn of(what: Aspect, exchange: &Exchange) -> Self {
        let status = exchange.response.status;
        if what == Aspect::Outcome {
            return Self::Outcome(status);
        }
        let tree = match tree::read(Side::Response, exchange) {
            Ok(tree) => tree,
            Err(unread) if unread.doubt().is_some() => return Self::Unheld(unread),
            Err(Unread::Empty) => return Self::Bytes(Vec::new(), status),
            Err(_) => {
                let bytes = tree::decoded(Side::Response, exchange).map_or_else(|_| exchange.body.to_vec(), Into::into);
                return Self::Bytes(bytes, status);
            }
        };
        match what {
            Aspect::Content => Self::content(&tree),
            Aspect::Shape => {
                let paths = tree::paths(&tree).into_iter();
                Self::Names(paths.map(|(path, kind)| format!("{path} ({kind})").trim().to_owned()).collect())
            }
            Aspect::Entries => Self::Names(tree::resources(&tree).into_iter().map(tree::name).collect()),
            Aspect::Elements => Self::Names(tree::resources(&tree).into_iter().flat_map(elements).collect()),
            Aspect::Outcome | Aspect::Canaries | Aspect::Pages => Self::Names(BTreeSet::new()),
        }
    }

    /// The matches of several answers together; what stands there twice has two names.
    pub fn pages(exchanges: &[Exchange]) -> Self {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for exchange in exchanges {
            let tree = match tree::read(Side::Response, exchange) {
                Ok(tree) => tree,
                Err(unread) if unread.doubt().is_some() => return Self::Unheld(unread),
                Err(_) => continue,
            };
            for name in tree::matches(&tree).into_iter().map(tree::name) {
                let time = times.entry(name.clone()).or_default();
                *time += 1;
                names.insert(if *time == 1 { name } else { format!("{name} (time {time})") });
            }
        }
        Self::Names(names)
    }

    /// Things that are their own name.
    pub fn named(names: BTreeSet<String>) -> Self {
        Self::Names(names)
    }

    fn content(tree: &Value) -> Self {
        let mut found = BTreeMap::new();
        for resource in tree::resources(tree) {
            let tree = without_meta(resource);
            let name = tree::name(&tree);
            found.entry(tree::canonical(&tree)).or_insert(Resource { times: 0, name, tree }).times += 1;
        }
        Self::Resources(found)
    }

    /// Why nothing can be said of it, if so.
    pub fn unusable(&self) -> Option<(Doubt, &'static str)> {
        match self {
            Self::Unheld(unread) => unread.doubt().map(|doubt| (doubt, unread.word())),
            Self::Resources(_) | Self::Names(_) | Self::Bytes(..) | Self::Outcome(_) => None,
        }
    }

    /// Whether there is nothing in it to compare.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Resources(resources) => resources.is_empty(),
            Self::Names(names) => names.is_empty(),
            Self::Bytes(bytes, _) => bytes.is_empty(),
            Self::Outcome(_) => false,
            Self::Unheld(_) => true,
        }
    }

    /// Whether everything in it is in the other, and something of the other is not in it.
    pub fn is_smaller_than(&self, other: &Self) -> bool {
        let usable = self.unusable().is_none() && other.unusable().is_none();
        usable
            && Self::differences(other, self, true, false).is_empty()
            && !Self::differences(other, self, false, true).is_empty()
    }

    /// What came and what went between two answers, as far as asked.
    pub fn differences(earlier: &Self, later: &Self, came: bool, went: bool) -> Vec<String> {
        match (earlier, later) {
            (Self::Resources(earlier), Self::Resources(later)) => of_resources(earlier, later, came, went),
            (Self::Names(earlier), Self::Names(later)) => {
                let came = later.difference(earlier).filter(|_| came).map(|name| format!("+ {name}"));
                came.chain(earlier.difference(later).filter(|_| went).map(|name| format!("- {name}"))).collect()
            }
            (Self::Bytes(earlier, before), Self::Bytes(later, after)) => {
                let status = (came && went && before != after).then(|| status_words(*before, *after));
                let differ = earlier != later && ((came && !later.is_empty()) || (went && !earlier.is_empty()));
                let bytes = differ.then(|| format!("body of {} bytes instead of {}", later.len(), earlier.len()));
                status.into_iter().chain(bytes).collect()
            }
            (Self::Outcome(before), Self::Outcome(after)) => {
                let differs = match (is_served(*before), is_served(*after)) {
                    (true, true) => false,
                    (false, true) => came,
                    (true, false) => went,
                    (false, false) => came && went && before != after,
                };
                differs.then(|| status_words(*before, *after)).into_iter().collect()
            }
            (earlier, later) => unlike(earlier, later, came, went),
        }
    }
}

/// JSON against something else: what is empty is part of anything.
fn unlike(earlier: &Items, later: &Items, came: bool, went: bool) -> Vec<String> {
    let mut found = Vec::new();
    if came && !later.is_empty() {
        found.push("+ body".to_owned());
    }
    if went && !earlier.is_empty() {
        found.push("- body".to_owned());
    }
    found
}

fn of_resources(
    earlier: &BTreeMap<String, Resource>,
    later: &BTreeMap<String, Resource>,
    came: bool,
    went: bool,
) -> Vec<String> {
    let more = |these: &'_ BTreeMap<String, Resource>, those: &BTreeMap<String, Resource>| -> Vec<(String, Value)> {
        these
            .iter()
            .filter(|(text, resource)| resource.times > those.get(*text).map_or(0, |other| other.times))
            .map(|(_, resource)| (resource.name.clone(), resource.tree.clone()))
            .collect()
    };
    let (new, gone) = (more(later, earlier), more(earlier, later));
    let mut words = BTreeSet::new();
    for (name, tree) in new.iter().filter(|_| came) {
        match gone.iter().find(|(other, _)| other == name && name.contains('/')) {
            Some((_, before)) => words.extend(changed(before, tree).into_iter().map(|path| format!("~ {name} {path}"))),
            None => drop(words.insert(format!("+ {name}"))),
        }
    }
    for (name, tree) in gone.iter().filter(|_| went) {
        match new.iter().find(|(other, _)| other == name && name.contains('/')) {
            Some((_, after)) => words.extend(changed(tree, after).into_iter().map(|path| format!("~ {name} {path}"))),
            None => drop(words.insert(format!("- {name}"))),
        }
    }
    words.into_iter().collect()
}

/// The members of a resource that are not the same in both.
fn changed(before: &Value, after: &Value) -> Vec<String> {
    let names = |tree: &Value| -> BTreeSet<String> {
        tree.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    };
    let same = |name: &String| before.get(name).map(tree::canonical) == after.get(name).map(tree::canonical);
    (&names(before) | &names(after)).into_iter().filter(|name| !same(name)).collect()
}

/// A resource without what a server changes by itself.
fn without_meta(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if tree::resource_type(&resource).is_some()
        && let Some(members) = resource.as_object_mut()
    {
        members.shift_remove("meta");
    }
    resource
}

/// The paths of a resource, each with its name; `meta` is left out, where servers mark a subset.
fn elements(resource: &Value) -> Vec<String> {
    let name = tree::name(resource);
    let paths = tree::paths(&without_meta(resource)).into_iter().map(|(path, _)| path);
    paths.filter(|path| !path.is_empty()).map(|path| format!("{name} {path}")).collect()
}
