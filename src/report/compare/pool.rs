//! Texts that many reports have in common, kept once: requirements, reasons, names of cases.
//! It changes no value, only where it stands in memory.

use crate::model::report::Said;
use std::collections::HashSet;
use std::sync::Arc;

/// Texts seen so far.
#[derive(Debug, Default)]
pub struct Pool {
    said: HashSet<Arc<Said>>,
    names: HashSet<Arc<str>>,
}

impl Pool {
    /// The sentence, shared with whoever had it before.
    pub(super) fn said(&mut self, said: Said) -> Arc<Said> {
        if let Some(known) = self.said.get(&said) {
            return Arc::clone(known);
        }
        let new = Arc::new(said);
        self.said.insert(Arc::clone(&new));
        new
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
