//! What runs together and what alone: who changes a person's state holds that person alone,
//! and who advances the target's clock holds the whole target.

use crate::engine::schedule::Needs;
use crate::model::id::MemberId;
use crate::model::plan::Plan;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// One lock for the target and one for each member of the cast.
pub struct Locks {
    target: Arc<RwLock<()>>,
    members: BTreeMap<MemberId, Arc<RwLock<()>>>,
}

/// What one instance holds while it runs.
pub enum Held {
    /// Together with others.
    Shared(#[expect(dead_code, reason = "held, never read")] OwnedRwLockReadGuard<()>),
    /// Alone.
    Alone(#[expect(dead_code, reason = "held, never read")] OwnedRwLockWriteGuard<()>),
}

impl Locks {
    /// Locks for the people of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self {
            target: Arc::new(RwLock::new(())),
            members: plan.cast.keys().map(|member| (member.clone(), Arc::new(RwLock::new(())))).collect(),
        }
    }

    /// Waits for what an instance needs. Always in the same order, so that no two wait for each other.
    pub async fn hold(&self, needs: &Needs, whole_target: bool) -> Vec<Held> {
        let mut held = Vec::new();
        if whole_target {
            held.push(Held::Alone(Arc::clone(&self.target).write_owned().await));
            return held;
        }
        held.push(Held::Shared(Arc::clone(&self.target).read_owned().await));
        for (member, lock) in &self.members {
            if needs.changes.contains(member) {
                held.push(Held::Alone(Arc::clone(lock).write_owned().await));
            } else if needs.patients.contains(member) {
                held.push(Held::Shared(Arc::clone(lock).read_owned().await));
            }
        }
        held
    }
}
