//! In which form a recipient is told of a handoff; sources differ, and each form is lawful.
//! What all forms have in common, the Task and its message, knows nothing of it.

/// How word of a handoff is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    /// An empty POST to an address that ends in the id of the Task.
    #[default]
    EmptyPost,
    /// A notification Task that is created at the recipient (TA Notified Pull).
    Task,
    /// A message on a subscription of the recipient, with ids alone (the draft that follows both).
    Subscription,
}

impl Form {
    pub(super) fn named(word: Option<&str>) -> Option<Self> {
        match word {
            None | Some("empty-post") => Some(Self::EmptyPost),
            Some("ta-np-task") => Some(Self::Task),
            Some("r4-subscription") => Some(Self::Subscription),
            Some(_) => None,
        }
    }
}
