//! The one clock of the reference: system time plus an offset that a tester may move.
//! Nothing else reads the system time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// A hundred years: far enough for any test, near enough to stay printable.
const FURTHEST_MS: i64 = 100 * 365 * 86_400_000;

/// Copies are the same clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn now(&self) -> OffsetDateTime {
        let offset = Duration::milliseconds(self.offset_ms.load(Ordering::SeqCst));
        OffsetDateTime::now_utc().saturating_add(offset)
    }

    /// Moves the clock and gives the whole offset, or nothing when that is too far away.
    pub(crate) fn advance(&self, by_ms: i64) -> Option<i64> {
        let moved = |offset: i64| offset.checked_add(by_ms).filter(|sum| (-FURTHEST_MS..=FURTHEST_MS).contains(sum));
        self.offset_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved).ok().and_then(moved)
    }
}

/// A FHIR instant, always in UTC with milliseconds.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    at.format(INSTANT).unwrap_or_default()
}

/// Reads the form HTTP headers use.
pub(crate) fn from_http_date(text: &str) -> Option<OffsetDateTime> {
    time::PrimitiveDateTime::parse(text, HTTP_DATE).ok().map(time::PrimitiveDateTime::assume_utc)
}

/// The form HTTP headers use.
pub(crate) fn http_date(at: OffsetDateTime) -> String {
    at.format(HTTP_DATE).unwrap_or_default()
}
