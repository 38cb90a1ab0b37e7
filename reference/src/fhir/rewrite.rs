//! References inside a Bundle: which temporary name becomes which resource.
//! It touches nothing but `reference` members of resources.

use serde_json::Value;
use std::collections::BTreeMap;

/// From `fullUrl` to the reference that takes its place.
#[derive(Debug, Default)]
pub(crate) struct Rewrite(BTreeMap<String, String>);

impl Rewrite {
    /// Adds a name; false when it was there already.
    pub(crate) fn promise(&mut self, full_url: &str, reference: String) -> bool {
        self.0.insert(full_url.to_owned(), reference).is_none()
    }

    /// The same, but these names stay as they are; only a defect wants that.
    pub(crate) fn keeping<'n>(&self, names: impl Iterator<Item = &'n str>) -> Self {
        let mut all = self.0.clone();
        all.extend(names.map(|name| (name.to_owned(), name.to_owned())));
        Self(all)
    }

    /// Rewrites every reference; the fault is a temporary name that nothing in the Bundle bears.
    pub(crate) fn apply(&self, value: &mut Value) -> Result<(), String> {
        match value {
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.apply(item)),
            Value::Object(fields) => fields.iter_mut().try_for_each(|(name, field)| match field {
                Value::String(reference) if name == "reference" => self.one(reference),
                field => self.apply(field),
            }),
            _ => Ok(()),
        }
    }

    fn one(&self, reference: &mut String) -> Result<(), String> {
        match self.0.get(reference.as_str()) {
            Some(known) => {
                known.clone_into(reference);
                Ok(())
            }
            None if reference.starts_with("urn:") => Err("a reference names no entry of the Bundle".to_owned()),
            None if reference.contains('?') => Err("a conditional reference is not supported".to_owned()),
            None => Ok(()),
        }
    }
}
