//! An action on its way to the recording: what it was given, what it said and what it returned.
//! A number of a real person in any of these counts as it does in an answer, and what came with it is not kept.

use super::WITHHELD;
use super::door::{Scope, Seal};
use super::part::Part;
use crate::engine::oracle::views::digits::Nine;
use crate::model::record::ActionRecord;
use std::collections::BTreeSet;

impl Seal {
    /// Seals an action, and says in it whether numbers of real people came with it.
    pub fn action(&self, scope: Scope, record: &mut ActionRecord) {
        let mut real: BTreeSet<Nine> = BTreeSet::new();
        for (name, value) in &record.returned {
            real.extend(self.meet(scope, name, value));
        }
        let spoken = self.real_in(scope, &Part::of(record.detail.as_bytes()));
        let returned = !real.is_empty() || !spoken.is_empty();
        // Beside the number may stand whose it is: all of it goes, as the whole body of an answer does.
        record.detail = if spoken.is_empty() { self.text(scope, &record.detail) } else { WITHHELD.to_owned() };
        for value in record.returned.values_mut() {
            *value = if returned { WITHHELD.to_owned() } else { self.text(scope, value) };
        }
        real.extend(spoken);
        for (name, value) in &mut record.with {
            // What it is given is drawn here or says by its name what it is: a duration of nine digits is no number.
            let given = self.real_in(scope, &Part::of(format!("{name}={value}").as_bytes()));
            *value = if given.is_empty() { self.text(scope, value) } else { WITHHELD.to_owned() };
            real.extend(given);
        }
        record.foreign = real.iter().map(|nine| self.numbers.hash(nine)).collect();
    }
}
