//! Texts that many reports have in common, kept once: requirements, reasons, names of cases.
//! It changes no value, only where it stands in memory.

use crate::model::id::RequirementId;
use crate::model::report::Said;
use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

/// Texts seen so far.
#[derive(Debug, Default)]
pub struct Pool {
    said: HashSet<Arc<Said>>,
    names: HashSet<Arc<str>>,
    ids: HashSet<Arc<RequirementId>>,
    sets: HashSet<Arc<BTreeSet<Arc<str>>>>,
}

impl Pool {
    /// The sentence, shared with whoever had it before.
    pub(super) fn said(&mut self, said: Said) -> Arc<Said> {
        shared(&mut self.said, said)
    }

    /// The id, shared with whoever had it before.
    pub(super) fn id(&mut self, id: RequirementId) -> Arc<RequirementId> {
        shared(&mut self.ids, id)
    }

    /// The names, shared with whoever had the same.
    pub(super) fn set(&mut self, set: BTreeSet<Arc<str>>) -> Arc<BTreeSet<Arc<str>>> {
        shared(&mut self.sets, set)
    }

    /// The name, shared with whoever had it before.
    pub(super) fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = name.into();
        self.names.insert(Arc::clone(&new));
        new
    }
}

fn shared<T: Eq + Hash>(known: &mut HashSet<Arc<T>>, value: T) -> Arc<T> {
    if let Some(known) = known.get(&value) {
        return Arc::clone(known);
    }
    let new = Arc::new(value);
    known.insert(Arc::clone(&new));
    new
}
