//! A policy file to a Policy: its shape, its dates, and that it demands something.
//! Whether what it names is in a report is for the gate to say: that is a decision, not a fault of the file.

use super::code::Code;
use super::diagnostic::{Diagnostic, Severity};
use super::folder;
use super::lint::profile::{bad_day, is_day};
use super::load::{self, Parsed};
use crate::model::policy::Policy;
use std::collections::BTreeMap;
use std::path::Path;

/// What came of reading a policy file.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// The policy, if no error was found.
    pub policy: Option<Policy>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// The parts of a policy file of which each tells at most one fault of shape.
const ITEMS: &[&str] = &["profiles/*", "waivers/*"];

/// Reads and checks a policy file.
#[must_use]
pub fn load_policy(path: &Path) -> LoadedPolicy {
    let name = path.display().to_string();
    match folder::read_file(path) {
        Ok(bytes) => read_policy(&name, &bytes),
        Err(error) => {
            let message = format!("the policy file cannot be read: {}", folder::reason(&error));
            LoadedPolicy { policy: None, diagnostics: vec![Diagnostic::of_file(Code::Unreadable, name, message)] }
        }
    }
}

/// Checks the bytes of a policy file; `name` is what diagnostics call it.
#[must_use]
pub fn read_policy(name: &str, bytes: &[u8]) -> LoadedPolicy {
    let mut found = Vec::new();
    let Some(source) = load::text(name, bytes, &mut found) else {
        return LoadedPolicy { policy: None, diagnostics: found };
    };
    let parsed: Option<Parsed<Policy>> = load::yaml(&source, ITEMS, &mut found);
    if let Some(parsed) = parsed.as_ref().filter(|parsed| parsed.whole) {
        Look { parsed, found: &mut found }.check();
    }
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    found.dedup();
    let faulty = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    LoadedPolicy { policy: parsed.filter(|_| !faulty).map(|parsed| parsed.value), diagnostics: found }
}

struct Look<'p> {
    parsed: &'p Parsed<Policy>,
    found: &'p mut Vec<Diagnostic>,
}

impl Look<'_> {
    fn check(&mut self) {
        let policy = &self.parsed.value;
        self.demands();
        if let Some(digest) = &policy.catalogue
            && (digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        {
            self.say(Code::BadValue, "catalogue", "a digest is 64 digits of 0-9 and a-f".to_owned());
        }
        if let Some(shoulds) = &policy.shoulds {
            self.day("shoulds/allowed-until", &shoulds.allowed_until);
        }
        let mut rules = BTreeMap::new();
        for (n, rule) in policy.profiles.iter().enumerate() {
            let key = (rule.id.to_string(), rule.role.as_ref().map(ToString::to_string));
            self.twice(&mut rules, key, &format!("profiles/{n}/id"), "profile and role");
        }
        let mut waivers = BTreeMap::new();
        for (n, waiver) in policy.waivers.iter().enumerate() {
            let key = (waiver.requirement.to_string(), waiver.role.as_ref().map(ToString::to_string));
            self.twice(&mut waivers, key, &format!("waivers/{n}/requirement"), "requirement and role");
            self.day(&format!("waivers/{n}/until"), &waiver.until);
            for (key, text) in [("reason", &waiver.reason), ("owner", &waiver.owner)] {
                if text.trim().is_empty() {
                    self.say(Code::EmptyText, &format!("waivers/{n}/{key}"), format!("it has no {key}"));
                }
            }
        }
    }

    /// A gate that demands nothing is open.
    fn demands(&mut self) {
        let policy = &self.parsed.value;
        let compares = policy
            .baseline
            .as_ref()
            .map(|rule| rule.no_new_must_failure.is_some() || rule.completeness_may_not_drop.is_some());
        if compares == Some(false) {
            self.say(Code::IdlePolicy, "baseline", "it compares nothing with the baseline".to_owned());
        } else if compares.is_none() && policy.profiles.is_empty() {
            self.say(
                Code::IdlePolicy,
                "format",
                "it names no profile that must be conformant, and no baseline".to_owned(),
            );
        }
    }

    fn twice(
        &mut self,
        known: &mut BTreeMap<(String, Option<String>), ()>,
        key: (String, Option<String>),
        way: &str,
        what: &str,
    ) {
        if known.insert(key, ()).is_some() {
            self.say(Code::DuplicateId, way, format!("the same {what} stand in an entry before this one"));
        }
    }

    fn day(&mut self, way: &str, day: &str) {
        if !is_day(day) {
            self.found.push(bad_day(&self.parsed.source, self.parsed.tree.region(way), day));
        }
    }

    fn say(&mut self, code: Code, way: &str, message: String) {
        let region = self.parsed.tree.region(way);
        self.found.push(Diagnostic::at(code, &self.parsed.source, region, message));
    }
}
