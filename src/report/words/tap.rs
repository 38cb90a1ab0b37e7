//! The few sentences that only a TAP stream has, Dutch and English side by side.
//! They end a stream that would otherwise look whole.

use super::both;
use crate::model::report::Said;

/// There is no test point at all.
#[must_use]
pub fn nothing() -> Said {
    both("Er is niets getoetst.", "Nothing was tested.")
}

/// The run did not reach its end.
#[must_use]
pub fn interrupted() -> Said {
    both("De toets is afgebroken.", "The run was interrupted.")
}
