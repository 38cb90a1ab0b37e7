//! What runs together and what alone: who changes a person's state holds that person alone,
//! and who advances the target's clock holds the whole target.
//!
//! A case goes ahead of an earlier one that must wait, as long as it takes nothing that one waits for: so a
//! long case keeps nobody else from running, and nobody waits for ever.

use crate::engine::schedule::Needs;
use crate::model::counterpart::Counterpart;
use crate::model::id::MemberId;
use std::collections::{BTreeMap, BTreeSet};

/// One instance, with what it takes.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its position in the plan.
    pub position: usize,
    /// Whether it takes the whole target, for its clock is advanced.
    pub alone: bool,
    looks_at: BTreeSet<MemberId>,
    changes: BTreeSet<MemberId>,
    /// Counterparts that it has to itself.
    counterparts: BTreeSet<Counterpart>,
}

impl Entry {
    /// What an instance with these needs takes; `fixed` says that counterparts have one address for all.
    #[must_use]
    pub fn new(position: usize, needs: &Needs, alone: bool, fixed: bool) -> Self {
        Self {
            position,
            alone,
            looks_at: needs.patients.clone(),
            changes: needs.changes.clone(),
            counterparts: needs.exclusive(fixed),
        }
    }
}

/// What is taken by somebody.
#[derive(Default)]
struct Taken<'a> {
    looked_at: BTreeSet<&'a MemberId>,
    changed: BTreeSet<&'a MemberId>,
    counterparts: BTreeSet<Counterpart>,
}

impl<'a> Taken<'a> {
    fn by(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut taken = Self::default();
        entries.for_each(|entry| taken.add(entry));
        taken
    }

    fn add(&mut self, entry: &'a Entry) {
        self.looked_at.extend(&entry.looks_at);
        self.changed.extend(&entry.changes);
        self.counterparts.extend(&entry.counterparts);
    }

    fn leaves_room_for(&self, entry: &Entry) -> bool {
        let changed =
            entry.changes.iter().all(|member| !self.looked_at.contains(member) && !self.changed.contains(member));
        let heard = entry.counterparts.is_disjoint(&self.counterparts);
        heard && changed && entry.looks_at.iter().all(|member| !self.changed.contains(member))
    }
}

/// The instances of a run that were not begun yet, and those under way.
#[derive(Debug)]
pub struct Queue {
    waiting: Vec<Entry>,
    running: BTreeMap<usize, Entry>,
}

impl Queue {
    /// A queue in this order. Who takes the whole target comes last: nobody has to wait for its turn, and a clock
    /// that was advanced meets no case after it but its like.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let (alone, mut waiting): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.alone);
        waiting.extend(alone);
        Self { waiting, running: BTreeMap::new() }
    }

    /// The next that can run beside those under way, which it joins; `None` if one of these must end first, or
    /// nobody waits any more.
    pub fn next(&mut self) -> Option<Entry> {
        if self.running.values().any(|entry| entry.alone) {
            return None;
        }
        let mut taken = Taken::by(self.running.values());
        let mut fits = None;
        for (index, entry) in self.waiting.iter().enumerate() {
            if entry.alone {
                // All that take less than the whole target stand before it.
                fits = (index == 0 && self.running.is_empty()).then_some(index);
                break;
            }
            if taken.leaves_room_for(entry) {
                fits = Some(index);
                break;
            }
            taken.add(entry);
        }
        let entry = self.waiting.remove(fits?);
        self.running.insert(entry.position, entry.clone());
        Some(entry)
    }

    /// Notes that an instance has ended.
    pub fn ended(&mut self, position: usize) {
        self.running.remove(&position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(names: &[&str]) -> BTreeSet<MemberId> {
        names.iter().map(|name| name.parse().expect("a member")).collect()
    }

    fn entry(position: usize, looks_at: &[&str], changes: &[&str]) -> Entry {
        let (looks_at, changes) = (members(looks_at), members(changes));
        Entry { position, alone: false, looks_at, changes, counterparts: BTreeSet::new() }
    }

    #[test]
    fn a_counterpart_is_had_by_one_case_at_a_time() {
        let at = |position, counterpart| Entry { counterparts: [counterpart].into(), ..entry(position, &[], &[]) };
        let mut queue =
            Queue::new(vec![at(0, Counterpart::Sender), at(1, Counterpart::Sender), at(2, Counterpart::Directory)]);
        assert_eq!(begun(&mut queue), [0, 2]);
        queue.ended(0);
        assert_eq!(begun(&mut queue), [1]);
    }

    fn begun(queue: &mut Queue) -> Vec<usize> {
        std::iter::from_fn(|| queue.next()).map(|entry| entry.position).collect()
    }

    #[test]
    fn who_changes_somebody_holds_them_alone_and_who_looks_does_not() {
        let mut queue = Queue::new(vec![
            entry(0, &["ctrl"], &[]),
            entry(1, &["ctrl"], &[]),
            entry(2, &["ctrl", "opt"], &["opt"]),
            entry(3, &["opt"], &["opt"]),
            entry(4, &["opt"], &[]),
        ]);
        assert_eq!(begun(&mut queue), [0, 1, 2]);
        queue.ended(0);
        assert_eq!(begun(&mut queue), [] as [usize; 0]);
        queue.ended(2);
        assert_eq!(begun(&mut queue), [3]);
        queue.ended(3);
        assert_eq!(begun(&mut queue), [4]);
    }

    #[test]
    fn a_case_passes_one_that_waits_only_if_it_takes_nothing_of_what_that_waits_for() {
        let mut queue = Queue::new(vec![
            entry(0, &["opt"], &["opt"]),
            entry(1, &["opt", "ctrl"], &["opt", "ctrl"]),
            entry(2, &["ctrl"], &[]),
            entry(3, &["plain"], &["plain"]),
        ]);
        assert_eq!(begun(&mut queue), [0, 3]);
        queue.ended(0);
        assert_eq!(begun(&mut queue), [1]);
        queue.ended(1);
        assert_eq!(begun(&mut queue), [2]);
    }

    #[test]
    fn who_advances_the_clock_runs_alone_when_all_others_have_ended() {
        let mut queue =
            Queue::new(vec![Entry { alone: true, ..entry(0, &[], &[]) }, entry(1, &["ctrl"], &[]), entry(2, &[], &[])]);
        assert_eq!(begun(&mut queue), [1, 2]);
        queue.ended(1);
        assert_eq!(begun(&mut queue), [] as [usize; 0]);
        queue.ended(2);
        assert_eq!(begun(&mut queue), [0]);
        queue.ended(0);
        assert_eq!(begun(&mut queue), [] as [usize; 0]);
    }
}
