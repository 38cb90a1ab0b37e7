//! What a binding is given: the call, the means, and how values and answers are read.
//! Nothing here acts.

use super::manual::Ask;
use crate::engine::probe::{Answer, Request};
use crate::engine::wire::Wire;
use crate::model::id::{ActionId, MemberId, Word};
use crate::model::record::Key;
use crate::model::target::{Returned, Target};
use crate::model::text::{Lang, Name, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;

/// One action to be carried out.
#[derive(Clone, Debug)]
pub struct Call {
    /// The action.
    pub action: ActionId,
    /// Whom it concerns.
    pub person: Option<PersonAt>,
    /// What the binding gets besides.
    pub with: BTreeMap<String, String>,
    /// The names in `with` whose values came from the target; no program gets them as an argument.
    pub captured: BTreeSet<String>,
    /// To what it belongs.
    pub key: Key,
}

/// A person of the cast, and what endpoints call them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonAt {
    /// The name in the cast.
    pub member: MemberId,
    /// The citizen service number.
    pub bsn: String,
    /// The family name.
    pub family: String,
    /// The given name.
    pub given: String,
    /// The birth date, ISO 8601.
    pub birth_date: String,
    /// The logical id at each endpoint.
    pub ids: BTreeMap<Word, String>,
}

/// Fills a text for requests to this endpoint (`asked.*`, `with.*` and all else).
pub type Fill<'a> = dyn Fn(&str, &Text) -> Result<String, String> + Sync + 'a;

/// Reads what an action returns from an answer; nothing if it is not there.
pub type Read<'a> = dyn Fn(&Returned, &Answer, &Request) -> Option<String> + Sync + 'a;

/// What all actions of a case use.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// The line to the target.
    pub wire: &'a Wire,
    /// The target.
    pub target: &'a Target,
    /// What a binding may use.
    pub means: &'a Means,
    /// The time on the run's clock.
    pub now: OffsetDateTime,
    /// Fills texts.
    pub fill: &'a Fill<'a>,
    /// Reads returned values.
    pub read: &'a Read<'a>,
}

/// What a binding may use, the same for a whole run.
pub struct Means {
    /// Whether programs may be started (`--allow-exec`).
    pub programs: Programs,
    /// Somebody to ask; nobody without a terminal, or in CI.
    pub operator: Option<Arc<dyn Ask>>,
    /// The language to ask in.
    pub lang: Lang,
    /// The folder of the target file.
    pub folder: PathBuf,
    /// How long a program may take; 30 seconds unless stated otherwise.
    pub deadline: Duration,
    /// What marks as ours what this run creates: the run's id.
    pub run: String,
    /// What this run created and must remove.
    pub made: Made,
}

/// Whether programs of the target's owner may be started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Programs {
    /// They may.
    Allowed,
    /// They may not.
    #[default]
    Forbidden,
}

/// Consents that this run created.
#[derive(Debug, Default)]
pub struct Made(Mutex<Vec<MadeConsent>>);

/// A Consent that this run created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeConsent {
    /// Where.
    pub endpoint: Word,
    /// As which party.
    pub party: MemberId,
    /// The id of the patient there.
    pub patient: String,
    /// Its own id there.
    pub id: String,
    /// Its `provision.type`.
    pub provision: &'static str,
    /// Whether it was seen to hold no longer; it is still there, and is removed when the run ends.
    pub ended: bool,
}

impl Made {
    /// Notes one.
    pub(super) fn add(&self, consent: MadeConsent) {
        self.list().push(consent);
    }

    /// Forgets one that is gone.
    pub fn forget(&self, endpoint: &Word, id: &str) {
        self.list().retain(|made| made.endpoint != *endpoint || made.id != id);
    }

    /// Notes that one holds no longer, so that it is not looked at again and again.
    pub(super) fn end(&self, endpoint: &Word, id: &str) {
        let mut list = self.list();
        let own = list.iter_mut().filter(|made| made.endpoint == *endpoint && made.id == id);
        own.for_each(|made| made.ended = true);
    }

    /// All that were created and not removed, in order.
    #[must_use]
    pub fn all(&self) -> Vec<MadeConsent> {
        self.list().clone()
    }

    fn list(&self) -> MutexGuard<'_, Vec<MadeConsent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nothing was done; nothing is recorded as an action then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nobody to ask.
    #[error("there is no operator to ask: no terminal, or a CI run")]
    NoOperator,
    /// Programs may not be started.
    #[error("programs may not be started without --allow-exec")]
    ProgramsForbidden,
    /// The action needs a person and the step names none.
    #[error("the action needs a person")]
    NoPerson,
    /// An endpoint has no id for the person.
    #[error("endpoint `{0}` has no id for the person")]
    NoId(Word),
    /// The target file has no such endpoint.
    #[error("the target file gives no endpoint `{0}`")]
    NoEndpoint(Word),
    /// The party has no credential.
    #[error("there is no credential for `{0}`")]
    NoCredential(MemberId),
    /// A placeholder has no value.
    #[error("{0}")]
    NoValue(String),
    /// An argument of a program would hold a value that we did not draw.
    #[error("`{0}` was not drawn by us and may not be an argument of a program; it is given on standard input")]
    NotDrawn(Name),
}
